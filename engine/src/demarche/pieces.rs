//! Documents: given by the family, looked at by an agent.

use super::brouillon::la_famille_ecrit;
use super::chantier::Chantier;
use super::contexte::PieceDemandee;
use super::decide::est;
use super::definition::{Acteur, Demarche};
use super::dossier::{Changement, EtatPiece, PieceRecue};
use crate::decision::Refus;
use crate::identifiant::FichierId;

pub(super) fn deposer(chantier: &mut Chantier<'_>, piece: &str, fichiers: &[FichierId]) -> Result<(), Refus> {
    la_famille_ecrit(chantier)?;
    connue(chantier.demarche, piece)?;
    if fichiers.is_empty() {
        return Err(Refus::nouveau(format!("piece.{piece}"), "Joignez au moins un fichier."));
    }
    chantier.change(Changement::PieceRecue {
        piece: piece.to_owned(),
        recue: PieceRecue {
            fichiers: fichiers.to_vec(),
            recue_le: chantier.ctx.maintenant,
            etat: EtatPiece::AVerifier,
        },
    });
    Ok(())
}

pub(super) fn verifier(chantier: &mut Chantier<'_>, piece: &str, etat: &EtatPiece) -> Result<(), Refus> {
    connue(chantier.demarche, piece)?;
    if !est(chantier.demarche, &Acteur::Agent(None), chantier.ctx.auteur) {
        return Err(Refus::nouveau(
            "dossier.instruction",
            "Seuls les agents qui instruisent ce dossier vérifient ses pièces.",
        ));
    }
    let phase = chantier.dossier.phase;
    if !phase.silence_court() {
        return Err(Refus::nouveau(
            "dossier.phase",
            format!("Les pièces de ce dossier ne se vérifient pas : {}.", phase.libelle()),
        ));
    }
    if !chantier.dossier.pieces.contains_key(piece) {
        return Err(Refus::nouveau(format!("piece.{piece}"), "Cette pièce n’a pas été reçue."));
    }
    if matches!(etat, EtatPiece::Refusee(motif) if motif.trim().is_empty()) {
        return Err(Refus::nouveau(
            format!("piece.{piece}.motif"),
            "Dites à la famille pourquoi la pièce est refusée.",
        ));
    }
    chantier.change(Changement::PieceVue { piece: piece.to_owned(), etat: etat.clone() });
    Ok(())
}

/// Refuses while a document that stops the dossier is missing or refused.
pub(super) fn exige(chantier: &Chantier<'_>) -> Result<(), Refus> {
    let manque = |p: &&PieceDemandee| {
        p.bloque
            && !p.deja_recue
            && chantier.dossier.pieces.get(&p.piece).is_none_or(|r| matches!(r.etat, EtatPiece::Refusee(_)))
    };
    let manquantes: Vec<&PieceDemandee> = chantier.ctx.pieces.iter().filter(manque).collect();
    let Some(premiere) = manquantes.first() else { return Ok(()) };
    let noms: Vec<String> = manquantes.iter().map(|p| format!("« {} »", p.nom)).collect();
    let motif = match noms.len() {
        1 => format!("Il manque la pièce {}.", noms.join("")),
        n => format!("Il manque {n} pièces : {}.", noms.join(", ")),
    };
    let refus = Refus::nouveau(format!("piece.{}", premiere.piece), motif).lieu(chantier.demarche.lieu);
    Err(Refus { fait_manquant: Some(premiere.piece.as_str().into()), ..refus })
}

fn connue(demarche: &Demarche, piece: &str) -> Result<(), Refus> {
    if demarche.pieces.iter().any(|p| p == piece) {
        return Ok(());
    }
    Err(Refus::nouveau(format!("piece.{piece}"), "Cette démarche ne demande pas cette pièce.")
        .lieu(demarche.lieu))
}
