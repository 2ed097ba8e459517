//! A dossier filed without an account joins the space of the family that holds its secret link.

use super::chantier::Chantier;
use super::dossier::Changement;
use crate::decision::{Auteur, Refus};
use crate::identifiant::FoyerId;

pub(super) fn rattacher(chantier: &mut Chantier<'_>, foyer: &FoyerId) -> Result<(), Refus> {
    let Auteur::Parent { personne, foyer: sien } = chantier.ctx.auteur else {
        return Err(Refus::nouveau(
            "dossier.famille",
            "Entrez dans votre espace pour y rattacher cette demande.",
        ));
    };
    if sien != foyer {
        return Err(Refus::nouveau("dossier.acces", "Ce dossier n’existe pas."));
    }
    if chantier.dossier.foyer.is_some() {
        return Err(Refus::nouveau("dossier.rattache", "Cette demande est déjà dans votre espace."));
    }
    let demandeur = Some(personne.clone());
    chantier.change(Changement::Rattache { foyer: foyer.clone(), demandeur });
    Ok(())
}
