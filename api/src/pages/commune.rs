//! A town's own pages that anybody may read.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use engine::commune::{Commune, Contact};
use engine::decision::Auteur;
use engine::demarche::{self, Demarche, Phase, SujetVise, Unicite};
use engine_store::{Erreur, FiltreDossiers};
use forms::couleur::Theme;
use forms::formulaire::OptionVue;
use forms::suivi::{self, Ou};
use forms::vues::{
    Accessibilite, Connexion, ContactAffiche, PageCommune, PageDemarche, ResumeDossier, Tuile,
};
use jiff::Timestamp;
use rules::date_fr;

use super::connexion::Retour;
use super::{demandes, page, page_introuvable};
use crate::demo;
use crate::routes::{Acces, Routes};
use crate::session::Visiteur;
use crate::state::Etat;

/// How many requests the home shows.
const DERNIERES: usize = 4;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/{slug}", Acces::Public, sans_barre)
        .get("/{slug}/", Acces::Public, accueil)
        .get("/{slug}/theme.css", Acces::Public, theme)
        .get("/{slug}/accessibilite", Acces::Public, accessibilite)
        .get("/{slug}/demarches/{id}", Acces::Public, demarche)
}

/// `GET /{slug}`
async fn sans_barre(State(etat): State<Arc<Etat>>, Path(slug): Path<String>) -> Response {
    if etat.communes.contains_key(&slug) {
        return Redirect::permanent(&format!("/{slug}/")).into_response();
    }
    page_introuvable(&etat, &format!("/{slug}"))
}

/// `GET /{slug}/`
async fn accueil(visiteur: Visiteur, retour: Retour) -> Response {
    let (etat, commune) = (&visiteur.etat, &visiteur.commune);
    let (connexions, (dossiers, plus)) = match (connexions(&visiteur).await, dossiers(&visiteur).await) {
        (Ok(connexions), Ok(dossiers)) => (connexions, dossiers),
        (Err(erreur), _) | (_, Err(erreur)) => return etat.panne(&erreur),
    };
    let mut cadre = visiteur.cadre("Accueil");
    cadre.avis = retour.avis();
    let maintenant = etat.horloge.maintenant();
    let tuiles = commune.demarches.iter().map(|d| tuile(commune, d, maintenant)).collect();
    let toutes = if plus { format!("/{}/demandes", visiteur.slug) } else { String::new() };
    let vue = PageCommune { cadre, connexions, dossiers, toutes, tuiles, contacts: contacts(commune) };
    page(etat, StatusCode::OK, &vue)
}

/// The demonstration's logins, for whoever has not entered.
async fn connexions(visiteur: &Visiteur) -> Result<Vec<Connexion>, Erreur> {
    let etat = &visiteur.etat;
    let entre = visiteur.session.as_ref().is_some_and(|s| !matches!(s.portee.auteur(), Auteur::Public));
    if entre || !etat.est_demonstration() {
        return Ok(Vec::new());
    }
    let comptes = demo::comptes(&etat.store, &visiteur.commune, &visiteur.slug).await?;
    let connexion = |c: demo::Compte| Connexion {
        agent: matches!(c.auteur, Auteur::Agent { .. }),
        identifiant: c.identifiant,
        libelle: c.libelle,
    };
    Ok(comptes.into_iter().map(connexion).collect())
}

/// The family's latest requests, and whether there are more.
async fn dossiers(visiteur: &Visiteur) -> Result<(Vec<ResumeDossier>, bool), Erreur> {
    let Some((session, _)) = visiteur.famille() else { return Ok((Vec::new(), false)) };
    let mut siennes = demandes::siennes(visiteur, &session).await?;
    let plus = siennes.len() > DERNIERES;
    siennes.truncate(DERNIERES);
    Ok((siennes, plus))
}

/// `GET /{slug}/theme.css`: the town's colours. Its address changes with the town's definition.
async fn theme(State(etat): State<Arc<Etat>>, Path(slug): Path<String>) -> Response {
    let Some(commune) = etat.communes.get(&slug) else { return StatusCode::NOT_FOUND.into_response() };
    let portail = &commune.portail;
    let theme = portail.principale.as_deref().and_then(|p| Theme::nouveau(p, portail.texte.as_deref()));
    let css = theme.map(|t| t.css()).unwrap_or_default();
    let garde = "public, max-age=31536000, immutable";
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, garde)], css).into_response()
}

/// `GET /{slug}/accessibilite`
async fn accessibilite(visiteur: Visiteur) -> Response {
    let vue = Accessibilite {
        cadre: visiteur.cadre("Accessibilité"),
        commune: visiteur.commune.nom.clone(),
        contacts: contacts(&visiteur.commune),
    };
    page(&visiteur.etat, StatusCode::OK, &vue)
}

/// `GET /{slug}/demarches/{id}`: what it is, before starting it.
async fn demarche(visiteur: Visiteur, Path((_, id)): Path<(String, String)>) -> Response {
    let (etat, commune) = (&visiteur.etat, &visiteur.commune);
    let Some(demarche) = commune.demarche(&id) else { return page_introuvable(etat, &visiteur.chemin) };
    let depart = match depart(&visiteur, demarche).await {
        Ok(depart) => depart,
        Err(erreur) => return etat.panne(&erreur),
    };
    let vue = PageDemarche {
        cadre: visiteur.cadre(&demarche.nom),
        jalons: suivi::jalons(demarche, Ou::Presentation),
        nom: demarche.nom.clone(),
        description: demarche.description.clone().unwrap_or_default(),
        duree: demarche.duree.clone().unwrap_or_default(),
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

async fn depart(visiteur: &Visiteur, demarche: &Demarche) -> Result<Depart, Erreur> {
    let refus = |texte: &str| Ok(Depart { refus: texte.to_owned(), ..Depart::default() });
    let Some((session, foyer)) = visiteur.famille() else {
        return match demarche.acces {
            _ if visiteur.est_agent() => refus("Cette démarche se remplit depuis l’espace d’une famille."),
            // without an account there is no session to bind a form to: that it comes from this site is checked apart
            demarche::Acces::Public => Ok(Depart { jeton: "public".to_owned(), ..Depart::default() }),
            demarche::Acces::Compte => {
                refus("Pour commencer votre demande, entrez dans votre espace depuis la page d’accueil.")
            }
        };
    };
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
    let filtre = FiltreDossiers {
        demarche: Some(demarche.id.clone()),
        phase: Some(Phase::Brouillon),
        nombre: 1,
        ..FiltreDossiers::default()
    };
    let brouillons = visiteur.etat.store.dossiers(&session.portee, &filtre).await?;
    let brouillon = brouillons.first().map(|d| format!("/{}/dossiers/{}/ecrans/1", visiteur.slug, d.id));
    Ok(Depart {
        jeton: session.jeton_de_formulaire(),
        enfants,
        refus: String::new(),
        brouillon: brouillon.unwrap_or_default(),
    })
}

fn tuile(commune: &Commune, demarche: &Demarche, maintenant: Timestamp) -> Tuile {
    let duree = demarche.duree.as_ref().map(|d| format!("{d} environ"));
    let duree = duree.unwrap_or_else(|| commune.instructeur(demarche));
    let detail = match ouvre_le(demarche, maintenant) {
        Some(le) => {
            let jour = date_fr::date_longue(le.to_zoned(commune.fuseau.clone()).date());
            format!("Ouvre le {jour} ; {duree}")
        }
        None => duree,
    };
    Tuile {
        href: format!("/{}/demarches/{}", commune.slug, demarche.id),
        titre: demarche.nom.clone(),
        detail,
    }
}

/// When it first opens to somebody, while it is open to nobody yet.
fn ouvre_le(demarche: &Demarche, maintenant: Timestamp) -> Option<Timestamp> {
    let mut rangs = demarche.ouverture.iter().filter(|o| o.jamais.is_none());
    if rangs.clone().any(|o| o.des.is_none_or(|des| des <= maintenant)) {
        return None;
    }
    rangs
        .try_fold(None::<Timestamp>, |tot, o| o.des.map(|des| Some(tot.map_or(des, |t| t.min(des)))))
        .flatten()
}

/// Names of the documents that it asks.
fn pieces(commune: &Commune, demarche: &Demarche) -> Vec<String> {
    let nom = |id: &String| {
        commune.pieces.iter().find(|p| p.id == *id).map_or_else(|| id.clone(), |p| p.nom.clone())
    };
    demarche.pieces.iter().map(nom).collect()
}

/// The town hall's services; an address kept as a secret is not shown.
fn contacts(commune: &Commune) -> Vec<ContactAffiche> {
    commune
        .contacts
        .iter()
        .map(|c| ContactAffiche {
            nom: c.nom.clone(),
            lignes: [telephone(c), c.courriel.clone(), c.adresse.clone(), c.horaires.clone()]
                .into_iter()
                .flatten()
                .filter(|l| !l.starts_with("secret:"))
                .collect(),
        })
        // a name alone helps nobody to reach it
        .filter(|c: &ContactAffiche| !c.lignes.is_empty())
        .collect()
}

/// The number, and when nobody answers it.
fn telephone(contact: &Contact) -> Option<String> {
    let numero = contact.telephone.clone()?;
    Some(match &contact.telephone_ferme {
        Some(ferme) => format!("{numero} (ne répond pas {ferme})"),
        None => numero,
    })
}
