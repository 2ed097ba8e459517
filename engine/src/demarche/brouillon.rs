//! The family keeps what it wrote so far.

use super::chantier::Chantier;
use super::decide::{est, vue_a_jour};
use super::definition::Acteur;
use super::dossier::Changement;
use super::phase::Phase;
use super::reponses::Reponses;
use super::{quota, rendez_vous};
use crate::decision::{Ecriture, Refus};

pub(super) fn enregistrer(
    chantier: &mut Chantier<'_>,
    reponses: &Reponses,
    vue: Option<i64>,
) -> Result<(), Refus> {
    la_famille_ecrit(chantier)?;
    vue_a_jour(&chantier.dossier, vue)?;
    chantier.repond(reponses)
}

/// The family deletes what it never sent: nothing of it is read again.
pub(super) fn supprimer(chantier: &mut Chantier<'_>) -> Result<(), Refus> {
    la_famille_ecrit(chantier)?;
    if chantier.dossier.phase != Phase::Brouillon {
        let motif = "Cette demande a été envoyée : annulez-la plutôt que de la supprimer.";
        return Err(Refus::nouveau("dossier.phase", motif));
    }
    rendez_vous::rend(chantier);
    quota::rend(chantier);
    let le = chantier.ctx.maintenant;
    chantier.pas("dossier.brouillon".to_owned(), None, "supprimé par la famille");
    let dossier = chantier.dossier.id.clone();
    chantier.ecrit(Ecriture::OubliReponses { dossier });
    chantier.change(Changement::Efface(le));
    Ok(())
}

/// Only the family, and only while the dossier is in its hands.
pub(super) fn la_famille_ecrit(chantier: &Chantier<'_>) -> Result<(), Refus> {
    la_famille(chantier, chantier.dossier.phase.famille_ecrit())
}

/// Only the family, and only while the dossier's phase lets it: `permis`.
pub(super) fn la_famille(chantier: &Chantier<'_>, permis: bool) -> Result<(), Refus> {
    if !est(chantier.demarche, &Acteur::Parent, chantier.ctx.auteur) {
        return Err(Refus::nouveau("dossier.famille", "Seule la famille remplit son dossier."));
    }
    if !permis {
        let phase = chantier.dossier.phase.libelle();
        return Err(Refus::nouveau("dossier.phase", format!("Ce dossier ne se modifie plus : {phase}.")));
    }
    Ok(())
}
