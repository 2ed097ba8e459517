//! A document of a file, for those who examine it. Who read it is written down before it is sent.

use axum::extract::Path;
use axum::response::Response;
use engine::identifiant::DossierId;

use super::sien;
use crate::files;
use crate::pages::{Arret, page_introuvable};
use crate::session::Agent;

/// `GET /{slug}/agent/dossiers/{dossier}/pieces/{piece}/{n}`: the `n`-th file (from 1) of a document, to be saved.
pub(super) async fn document(
    agent: Agent,
    Path((_, id, piece, n)): Path<(String, String, String, usize)>,
) -> Result<Response, Arret> {
    let visiteur = &agent.visiteur;
    let etat = &visiteur.etat;
    let introuvable = || page_introuvable(etat, &visiteur.chemin);
    let Ok(id) = DossierId::lit(&id) else { return Ok(introuvable()) };
    let portee = &agent.session.portee;
    let dossier = etat.store.dossier(portee, &id).await.map_err(|e| etat.panne(&e))?;
    let Some(dossier) = dossier.filter(|d| sien(&agent.visiteur, &agent.session, d)) else {
        return Ok(introuvable());
    };
    let rang = n.checked_sub(1);
    let Some(fichier) = dossier.pieces.get(&piece).zip(rang).and_then(|(p, i)| p.fichiers.get(i)) else {
        return Ok(introuvable());
    };
    let octets = etat.fichiers.lit(&visiteur.slug, fichier).await.map_err(|e| etat.panne(&e))?;
    if let Some(foyer) = &dossier.foyer {
        let detail = Some(format!("{id}/{piece}/{n}"));
        let note = etat.store.consigne(portee, foyer, "lire_piece", detail, etat.horloge.maintenant()).await;
        note.map_err(|e| etat.panne(&e))?;
    }
    let numero = dossier.numero.unwrap_or_else(|| "dossier".to_owned());
    let nom = format!("{numero}-{piece}-{n}");
    Ok(files::envoie(octets, &nom, false).unwrap_or_else(introuvable))
}
