//! An agent asks for documents: the family reads why, and the file goes back to it where the town says so.

use super::agir::{agir, etape_de, permise, tient};
use super::chantier::Chantier;
use super::decide::est;
use super::definition::{Acteur, Exige};
use super::dossier::{Changement, EtatPiece};
use super::echange;
use super::phase::Phase;
use crate::decision::Refus;

pub(super) fn demander(chantier: &mut Chantier<'_>, pieces: &[String], texte: &str) -> Result<(), Refus> {
    if !est(chantier.demarche, &Acteur::Agent(None), chantier.ctx.auteur) {
        return Err(Refus::nouveau(
            "dossier.instruction",
            "Seuls les agents qui instruisent demandent une pièce.",
        ));
    }
    let phase = chantier.dossier.phase;
    if phase == Phase::Brouillon || phase.est_finale() {
        let motif = format!("On ne demande pas de pièce à ce dossier : {}.", phase.libelle());
        return Err(Refus::nouveau("dossier.phase", motif));
    }
    if pieces.is_empty() {
        return Err(Refus::nouveau("piece.demande", "Cochez au moins une pièce à demander."));
    }
    if texte.trim().is_empty() {
        return Err(Refus::nouveau("piece.demande", "Écrivez ce que la famille lira."));
    }
    for piece in pieces {
        let connue = chantier.ctx.pieces.iter().any(|p| p.piece == *piece)
            || chantier.demarche.pieces.iter().any(|p| p == piece);
        if !connue {
            return Err(Refus::nouveau(
                format!("piece.{piece}"),
                "Cette démarche ne demande pas cette pièce.",
            )
            .lieu(chantier.demarche.lieu));
        }
        // one already received is to be sent again, whatever was said of it before
        if chantier.dossier.pieces.contains_key(piece) {
            let etat = EtatPiece::Refusee(texte.trim().to_owned());
            chantier.change(Changement::PieceVue { piece: piece.clone(), etat });
        }
    }
    chantier.change(Changement::PiecesDemandees(pieces.iter().cloned().collect()));
    match complement(chantier)? {
        Some(action) => agir(chantier, &action, Some(texte), None),
        // already in the family's hands, or the town has no such étape: the request is a message
        None => echange::ecrire(chantier, texte),
    }
}

/// The action by which this agent sends the file back.
fn complement(chantier: &Chantier<'_>) -> Result<Option<String>, Refus> {
    let etape = etape_de(chantier.demarche, &chantier.dossier)?;
    let renvoie = etape.actions.iter().find(|a| {
        let vers = a.vers.as_deref().and_then(|v| chantier.demarche.etape(v));
        vers.is_some_and(|v| v.phase == Phase::Incomplete)
            && a.exige.iter().all(|e| *e == Exige::Motif)
            && permise(chantier, etape, a).is_ok()
            && tient(chantier, etape, a).is_ok()
    });
    Ok(renvoie.map(|a| a.id.clone()))
}
