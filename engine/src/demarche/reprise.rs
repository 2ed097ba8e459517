//! A new definition took away the étape where a dossier stands: `reprise` says where it goes on.

use super::chantier::{Chantier, fin_de};
use super::contexte::Contexte;
use super::definition::{Demarche, Etape, Quand};
use super::dossier::{Changement, Dossier};
use super::echeance::arme_le_silence;
use crate::decision::{Appartient, Decision, EcheanceAFaire, Refus};

/// Moves a filed dossier to `demarche`, the new definition of its own, at the étape that replaces its own.
///
/// It is the same wait under another name: the étape counts as entered when the old one was, its delays run from there, and
/// no effect of the entry happens again. What the family answered stays as it was filed.
pub fn reprend(demarche: &Demarche, dossier: &Dossier, ctx: &Contexte<'_>) -> Result<Decision, Refus> {
    let regle = || format!("demarche.{}.reprise", demarche.id);
    let cible = demarche.reprise.iter().find(|(ancienne, _)| *ancienne == dossier.etape);
    let Some(etape) = cible.and_then(|(_, vers)| demarche.etape(vers)) else {
        let motif = format!("La démarche ne dit pas où continue l’étape « {} ».", dossier.etape);
        return Err(Refus::nouveau(regle(), motif).lieu(demarche.lieu));
    };
    let mut chantier = Chantier::sur(demarche, ctx, dossier);
    chantier.change(Changement::Repris(demarche.digest.clone()));
    chantier.change(Changement::Entre { etape: etape.id.clone(), phase: etape.phase, le: dossier.entree_le });
    chantier.pas(regle(), Some(demarche.lieu), format!("{} → {}", dossier.etape, etape.id));
    rearme(&mut chantier, etape)?;
    Ok(chantier.fini("reprendre", Some(dossier.etape.clone())))
}

/// The étape's delays, and the silence's, by the new definition and from the same instants.
fn rearme(chantier: &mut Chantier<'_>, etape: &Etape) -> Result<(), Refus> {
    let id = chantier.dossier.id.clone();
    for (rang, echeance) in etape.echeances.iter().enumerate() {
        let le = match &echeance.quand {
            Quand::Apres(duree) => fin_de(chantier.ctx, duree, chantier.dossier.entree_le, echeance.lieu)?,
            Quand::Le(instant) if *instant < chantier.ctx.maintenant => continue,
            Quand::Le(instant) => *instant,
        };
        let Ok(rang) = u16::try_from(rang) else { continue };
        let appartient = Appartient::Etape { entree: chantier.dossier.entree, rang };
        chantier.prevoit(EcheanceAFaire { dossier: id.clone(), le, appartient });
    }
    if let Some(depot) = chantier.dossier.dernier_depot_le
        && etape.phase.silence_court()
    {
        arme_le_silence(chantier, depot)?;
    }
    Ok(())
}
