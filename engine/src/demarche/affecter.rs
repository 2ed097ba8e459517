//! An agent takes a dossier in charge, so that two do not examine it at once.

use super::chantier::Chantier;
use super::decide::agent_concerne;
use super::dossier::Changement;
use crate::decision::Refus;
use crate::identifiant::AgentId;

/// To oneself, or back to all (`None`): an agent is never given work without knowing it.
pub(super) fn affecter(chantier: &mut Chantier<'_>, a: Option<&AgentId>) -> Result<(), Refus> {
    let auteur = chantier.ctx.auteur;
    if !agent_concerne(chantier.demarche, auteur) {
        let motif = "Seuls les agents qui instruisent ce dossier le prennent en charge.";
        return Err(Refus::nouveau("dossier.instruction", motif));
    }
    let phase = chantier.dossier.phase;
    if phase.est_finale() {
        let motif = format!("Ce dossier n’est plus à prendre en charge : {}.", phase.libelle());
        return Err(Refus::nouveau("dossier.phase", motif));
    }
    if a.is_some() && a != auteur.agent() {
        let motif = "On ne prend en charge un dossier que pour soi-même.";
        return Err(Refus::nouveau("dossier.affectation", motif));
    }
    if a.is_some() && chantier.dossier.affecte_a.as_ref().is_some_and(|deja| Some(deja) != a) {
        let motif = "Un autre agent a déjà pris ce dossier en charge : il doit d’abord le rendre.";
        return Err(Refus::nouveau("dossier.affectation", motif));
    }
    if chantier.dossier.affecte_a.as_ref() != a {
        chantier.change(Changement::Affecte(a.cloned()));
    }
    Ok(())
}
