//! A dossier made from another one of the same family: the answers are copied, and the documents that both share.

use super::contexte::Contexte;
use super::definition::{Demarche, SujetVise};
use super::demarrer;
use super::dossier::{Changement, Dossier, EtatPiece, PieceRecue};
use super::reponses::Reponses;
use crate::decision::{Decision, Refus};
use crate::identifiant::PersonneId;

/// For a sibling: what the source says of its own child is not copied.
pub(super) fn dupliquer(
    demarche: &Demarche,
    source: &Dossier,
    enfant: Option<&PersonneId>,
    ctx: &Contexte<'_>,
) -> Result<Decision, Refus> {
    if source.demarche != demarche.id || source.foyer.is_none() || source.suivi.efface {
        return Err(Refus::nouveau("dossier.acces", "Ce dossier n’existe pas."));
    }
    if source.enfant.as_ref() == enfant {
        let motif = "Choisissez un autre enfant : cette demande est déjà la sienne.";
        return Err(Refus::nouveau("dossier.enfant", motif));
    }
    let mut reponses = Reponses::default();
    for champ in demarche.champs() {
        let de_l_enfant = champ
            .fait
            .as_ref()
            .is_some_and(|f| matches!(f.de, SujetVise::Enfant | SujetVise::PersonneAjoutee));
        if let Some(reponse) = source.reponses.0.get(&champ.id).filter(|_| !de_l_enfant) {
            reponses.0.insert(champ.id.clone(), reponse.clone());
        }
    }
    let mut chantier = demarrer::ouvre(demarche, source.foyer.as_ref(), enfant, &reponses, ctx)?;
    // what proves something of the household proves it for each of its children
    let du_foyer = |piece: &str| {
        ctx.pieces.iter().filter(|p| p.du_foyer).any(|p| {
            p.piece == piece
                || p.alternatives
                    .iter()
                    .flatten()
                    .chain(p.provisoire.iter().map(|p| &p.piece))
                    .any(|a| a == piece)
        })
    };
    let communes = source
        .pieces
        .iter()
        .filter(|(piece, recue)| du_foyer(piece) && !matches!(recue.etat, EtatPiece::Refusee(_)));
    for (piece, recue) in communes {
        let recue = PieceRecue { etat: EtatPiece::AVerifier, ..recue.clone() };
        chantier.change(Changement::PieceRecue { piece: piece.clone(), recue });
    }
    Ok(chantier.fini("dupliquer", None))
}
