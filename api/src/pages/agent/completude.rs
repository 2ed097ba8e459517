//! What the family of a file gave and what it lacks, for each child: the family's own page, read by whoever examines.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use engine::identifiant::DossierId;
use forms::vues::PageMesPieces;

use super::{personne, sien};
use crate::pages::pieces::{FORMATS, lit};
use crate::pages::{Arret, page, page_introuvable};
use crate::session::Agent;

/// `GET /{slug}/agent/dossiers/{dossier}/completude`
pub(super) async fn completude(
    agent: Agent,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Arret> {
    let visiteur = &agent.visiteur;
    let (etat, portee) = (&visiteur.etat, &agent.session.portee);
    let introuvable = || page_introuvable(etat, &visiteur.chemin);
    let Ok(id) = DossierId::lit(&id) else { return Ok(introuvable()) };
    let dossier = etat.store.dossier(portee, &id).await.map_err(|e| etat.panne(&e))?;
    let Some(dossier) = dossier.filter(|d| sien(visiteur, &agent.session, d)) else {
        return Ok(introuvable());
    };
    // a request without an account has no family yet
    let Some(foyer) = &dossier.foyer else { return Ok(introuvable()) };
    let sections = lit(visiteur, portee, foyer).await.map_err(|e| etat.panne(&e))?;
    let de_qui = personne(&agent, (None, Some(foyer))).await.map_err(|e| etat.panne(&e))?;
    // it says which documents of health are asked: the reading is written down
    let note = etat.store.consigne(portee, foyer, "lire_completude", None, etat.horloge.maintenant()).await;
    note.map_err(|e| etat.panne(&e))?;
    let vue = PageMesPieces {
        cadre: visiteur.cadre("Pièces de la famille"),
        de_qui: format!("de la famille de {de_qui}"),
        retour: format!("/{}/agent/dossiers/{id}", visiteur.slug),
        sections,
        formats: FORMATS.to_owned(),
        jeton: String::new(),
    };
    Ok(page(etat, StatusCode::OK, &vue))
}
