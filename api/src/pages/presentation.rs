//! A procedure's own page: what it is, before starting it.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use engine::commune::{Commune, Piece, SiManque};
use engine::demarche::{self, Demarche, Fenetre, Phase, SujetVise, Unicite};
use engine_store::{Erreur, FiltreDossiers};
use forms::fenetre;
use forms::formulaire::OptionVue;
use forms::suivi::{self, Ou};
use forms::vues::{PageDemarche, PieceAPreparer};

use super::{page, page_introuvable};
use crate::attachment;
use crate::routes::{Acces, Routes};
use crate::session::Visiteur;

pub(super) fn routes() -> Routes {
    Routes::default().get("/{slug}/demarches/{id}", Acces::Public, demarche)
}

/// `GET /{slug}/demarches/{id}`: what it is, before starting it.
async fn demarche(visiteur: Visiteur, Path((_, id)): Path<(String, String)>) -> Response {
    let (etat, commune) = (&visiteur.etat, &visiteur.commune);
    let Some(demarche) = commune.demarche(&id) else { return page_introuvable(etat, &visiteur.chemin) };
    let ou = demarche.fenetre(etat.horloge.maintenant());
    let depart = match depart(&visiteur, demarche, ou).await {
        Ok(depart) => depart,
        Err(erreur) => return etat.panne(&erreur),
    };
    let vue = PageDemarche {
        cadre: visiteur.cadre(&demarche.nom),
        jalons: suivi::jalons(demarche, Ou::Presentation),
        nom: demarche.nom.clone(),
        description: demarche.description.clone().unwrap_or_default(),
        duree: demarche.duree.clone().unwrap_or_default(),
        fenetre: fenetre::phrase(ou, &commune.fuseau),
        aide: demarche.aide.clone().unwrap_or_default(),
        service: commune.instructeur(demarche),
        pieces: pieces(commune, demarche),
        silence: suivi::silence(&demarche.silence),
        source: demarche.source.clone().unwrap_or_default(),
        jeton: depart.jeton,
        action: visiteur.chemin.clone(),
        enfants: depart.enfants,
        refus: depart.refus,
        brouillon: depart.brouillon,
    };
    page(etat, StatusCode::OK, &vue)
}

/// Who may start a procedure, and for whom.
#[derive(Default)]
struct Depart {
    jeton: String,
    enfants: Vec<OptionVue>,
    refus: String,
    brouillon: String,
}

async fn depart(visiteur: &Visiteur, demarche: &Demarche, ou: Fenetre) -> Result<Depart, Erreur> {
    let refus = |texte: &str| Ok(Depart { refus: texte.to_owned(), ..Depart::default() });
    let close = || fenetre::phrase(ou, &visiteur.commune.fuseau);
    let Some((session, foyer)) = visiteur.famille() else {
        return match demarche.acces {
            _ if visiteur.est_agent() => refus("Cette démarche se remplit depuis l’espace d’une famille."),
            _ if !ou.prend() => refus(&close()),
            // without an account there is no session to bind a form to: that it comes from this site is checked apart
            demarche::Acces::Public => Ok(Depart { jeton: "public".to_owned(), ..Depart::default() }),
            demarche::Acces::Compte => {
                refus("Pour commencer votre demande, entrez dans votre espace depuis la page d’accueil.")
            }
        };
    };
    let cadenas =
        attachment::cadenas(&visiteur.etat.store, &visiteur.commune, &session.portee, (demarche, &foyer));
    if let Some(ferme) = cadenas.await? {
        return refus(&ferme.motif);
    }
    let filtre = FiltreDossiers {
        demarche: Some(demarche.id.clone()),
        phase: Some(Phase::Brouillon),
        nombre: 1,
        ..FiltreDossiers::default()
    };
    let brouillons = visiteur.etat.store.dossiers(&session.portee, &filtre).await?;
    let brouillon = brouillons.first().map(|d| format!("/{}/dossiers/{}/ecrans/1", visiteur.slug, d.id));
    let brouillon = brouillon.unwrap_or_default();
    if !ou.prend() {
        // a draft begun while it was open is kept, and may be read
        return Ok(Depart { refus: close(), brouillon, ..Depart::default() });
    }
    let mut enfants = Vec::new();
    let vise_un_enfant = demarche.un_dossier_par.contains(&Unicite::Enfant)
        || demarche.champs().any(|c| c.fait.as_ref().is_some_and(|f| f.de == SujetVise::Enfant));
    if vise_un_enfant {
        enfants = visiteur.enfants(&session.portee, &foyer).await?;
        if enfants.is_empty() {
            return refus(
                "Aucun enfant n’est encore rattaché à votre espace : déclarez d’abord votre entourage.",
            );
        }
    }
    Ok(Depart { jeton: session.jeton_de_formulaire(), enfants, refus: String::new(), brouillon })
}

/// The documents that it may ask, each with those of whom it is asked.
fn pieces(commune: &Commune, demarche: &Demarche) -> Vec<PieceAPreparer> {
    let nom = |id: &String| commune.piece(id).map_or_else(|| id.clone(), |p| p.nom.clone());
    let une = |p: &Piece| {
        let jeux = p.alternatives.iter().map(|a| &a.pieces).filter(|a| !a.is_empty());
        let jeux = jeux.map(|a| a.iter().map(&nom).collect::<Vec<_>>().join(" et "));
        let sinon: Vec<String> = jeux.chain(p.provisoire.iter().map(|p| nom(&p.piece))).collect();
        PieceAPreparer {
            nom: p.nom.clone(),
            pour_qui: p.pour_qui.clone(),
            sinon: sinon.join(", ou "),
            exigence: match p.si_manque {
                SiManque::Bloque => "",
                SiManque::SansBlocage => "facultative",
                SiManque::DesQuePossible => "dès que possible",
            }
            .to_owned(),
        }
    };
    demarche.pieces.iter().filter_map(|id| commune.piece(id)).map(une).collect()
}
