//! The family keeps what it wrote so far.

use super::chantier::Chantier;
use super::decide::{est, vue_a_jour};
use super::definition::Acteur;
use super::reponses::Reponses;
use crate::decision::Refus;

pub(super) fn enregistrer(
    chantier: &mut Chantier<'_>,
    reponses: &Reponses,
    vue: Option<i64>,
) -> Result<(), Refus> {
    la_famille_ecrit(chantier)?;
    vue_a_jour(&chantier.dossier, vue)?;
    chantier.repond(reponses)
}

/// Only the family, and only while the dossier is in its hands.
pub(super) fn la_famille_ecrit(chantier: &Chantier<'_>) -> Result<(), Refus> {
    if !est(chantier.demarche, &Acteur::Parent, chantier.ctx.auteur) {
        return Err(Refus::nouveau("dossier.famille", "Seule la famille remplit son dossier."));
    }
    if !chantier.dossier.phase.famille_ecrit() {
        let phase = chantier.dossier.phase.libelle();
        return Err(Refus::nouveau("dossier.phase", format!("Ce dossier ne se modifie plus : {phase}.")));
    }
    Ok(())
}
