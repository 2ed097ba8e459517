//! « Mes demandes »: drafts to take up again, and what was sent.

use axum::http::StatusCode;
use axum::response::Response;
use engine::demarche::{Cote, Phase};
use engine_store::{Erreur, FiltreDossiers};
use forms::suivi;
use forms::vues::{PageDemandes, ResumeDossier};
use rules::date_fr;

use super::connexion::Retour;
use super::{Arret, page};
use crate::acts;
use crate::routes::{Acces, Routes};
use crate::session::{Ouverte, Parent, Visiteur};

/// Most requests of a family on the page.
const DEMANDES: u32 = 200;

pub(super) fn routes() -> Routes {
    Routes::default().get("/{slug}/demandes", Acces::Famille, demandes)
}

/// `GET /{slug}/demandes`
async fn demandes(parent: Parent, retour: Retour) -> Result<Response, Arret> {
    let visiteur = &parent.visiteur;
    let toutes = siennes(visiteur, &parent.session).await.map_err(|e| visiteur.etat.panne(&e))?;
    let (brouillons, demandes) = toutes.into_iter().partition(|r| !r.supprimer.is_empty());
    let mut cadre = visiteur.cadre("Mes demandes");
    cadre.avis = retour.avis();
    let vue = PageDemandes { cadre, brouillons, demandes, jeton: parent.session.jeton_de_formulaire() };
    Ok(page(&visiteur.etat, StatusCode::OK, &vue))
}

/// A family's own requests, the latest first; a deleted draft is none.
pub(super) async fn siennes(visiteur: &Visiteur, session: &Ouverte) -> Result<Vec<ResumeDossier>, Erreur> {
    let commune = &visiteur.commune;
    let filtre = FiltreDossiers { nombre: DEMANDES, ..FiltreDossiers::default() };
    let mut resumes = visiteur.etat.store.dossiers(&session.portee, &filtre).await?;
    resumes.retain(|r| acts::est_montre(&visiteur.etat, commune, &r.demarche, session.portee.auteur()));
    resumes.sort_by_key(|r| std::cmp::Reverse(r.entree_le));
    let mut siennes = Vec::new();
    for r in resumes {
        let efface = r.phase == Phase::Annulee && r.numero.is_none();
        let Some(dossier) = visiteur.etat.store.dossier(&session.portee, &r.id).await?.filter(|_| !efface)
        else {
            continue;
        };
        let demarche = visiteur.etat.demarche_de(commune, &r.demarche);
        let etape = demarche.and_then(|d| d.etape(&r.etape));
        let quand = date_fr::date_courte(r.entree_le.to_zoned(commune.fuseau.clone()).date());
        let prenom = visiteur.prenom(session, &dossier).await?;
        let titre = demarche.map_or_else(|| r.demarche.clone(), |d| d.nom.clone());
        let href = format!("/{}/dossiers/{}", visiteur.slug, r.id);
        let brouillon = r.phase == Phase::Brouillon;
        siennes.push(ResumeDossier {
            titre: if prenom.is_empty() { titre } else { format!("{titre} – {prenom}") },
            detail: match &r.numero {
                Some(numero) => format!("Dossier {numero}, le {quand}"),
                None => format!("Commencée le {quand}"),
            },
            etat: etape.map_or_else(|| r.phase.libelle().to_owned(), |e| e.nom.clone()),
            genre: suivi::genre(r.phase),
            non_lus: dossier.suivi.non_lus(Cote::Famille),
            supprimer: if brouillon { format!("{href}/suppression") } else { String::new() },
            href,
        });
    }
    Ok(siennes)
}
