//! An effect that failed too often waits for an agent: tried again, or given up with a reason.

use super::agir::lisible;
use super::chantier::Chantier;
use super::decide::agent_concerne;
use crate::decision::{Agregat, CleEffet, Ecriture, Refus};

/// It is due again, from now.
pub(super) fn rejouer(chantier: &mut Chantier<'_>, entree: i64, rang: u16) -> Result<(), Refus> {
    let cle = cle(chantier, entree, rang)?;
    let le = chantier.ctx.maintenant;
    chantier.ecrit(Ecriture::EffetRejoue { cle, le });
    Ok(())
}

/// It never happens.
pub(super) fn abandonner(
    chantier: &mut Chantier<'_>,
    entree: i64,
    rang: u16,
    motif: &str,
) -> Result<(), Refus> {
    let cle = cle(chantier, entree, rang)?;
    if motif.trim().is_empty() {
        let phrase = "Écrivez pourquoi cet envoi est abandonné : les autres agents le liront.";
        return Err(Refus::nouveau("envoi.motif", phrase));
    }
    lisible("envoi.motif", motif)?;
    let le = chantier.ctx.maintenant;
    chantier.ecrit(Ecriture::EffetAbandonne { cle, le });
    Ok(())
}

fn cle(chantier: &Chantier<'_>, seq: i64, rang: u16) -> Result<CleEffet, Refus> {
    if agent_concerne(chantier.demarche, chantier.ctx.auteur) {
        return Ok(CleEffet { agregat: Agregat::Dossier(chantier.dossier.id.clone()), seq, rang });
    }
    let motif = "Seuls les agents qui instruisent ce dossier décident de ses envois.";
    Err(Refus::nouveau("dossier.instruction", motif))
}
