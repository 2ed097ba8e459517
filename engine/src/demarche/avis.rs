//! An agent's opinion on a request, for an action that asks for one (`exige: [avis]`).

use super::agir::lisible;
use super::chantier::Chantier;
use super::decide::agent_concerne;
use super::dossier::{Changement, Dossier};
use super::suivi::Avis;
use crate::decision::Refus;

/// Records it, while the request is being examined.
pub(super) fn rendre(chantier: &mut Chantier<'_>, favorable: bool, texte: &str) -> Result<(), Refus> {
    let auteur = chantier.ctx.auteur;
    let Some(de) = auteur.agent().filter(|_| agent_concerne(chantier.demarche, auteur)) else {
        let motif = "Seuls les agents qui interviennent sur ce dossier y donnent un avis.";
        return Err(Refus::nouveau("dossier.instruction", motif));
    };
    let phase = chantier.dossier.phase;
    if !phase.silence_court() {
        let motif = format!("Un avis se donne pendant l’examen : {}.", phase.libelle());
        return Err(Refus::nouveau("dossier.phase", motif));
    }
    let texte = texte.trim();
    if texte.is_empty() {
        return Err(Refus::nouveau("avis.texte", "Écrivez les raisons de cet avis."));
    }
    lisible("avis.texte", texte)?;
    let avis = Avis {
        de: de.clone(),
        le: chantier.ctx.maintenant,
        favorable,
        texte: texte.to_owned(),
        depot: chantier.dossier.depots,
    };
    chantier.change(Changement::AvisRendu(avis));
    Ok(())
}

/// Was one recorded since the request was last filed?
pub(super) fn rendu(dossier: &Dossier) -> bool {
    dossier.suivi.avis.iter().any(|a| a.depot == dossier.depots)
}
