//! The dossier leaves the family's hands: the guarantees of a filing, whatever the town's action is called.

use super::chantier::{Chantier, refus_de_calcul};
use super::definition::Etape;
use super::demarrer::reserve_la_place;
use super::dossier::Changement;
use super::echeance::arme_le_silence;
use super::formulaire::champs_visibles;
use super::phase::Phase;
use super::{ouverture, quota, rendez_vous};
use crate::decision::{Ecriture, Refus};

/// From `etape`, which the family writes in.
pub(super) fn deposer(chantier: &mut Chantier<'_>, etape: &Etape) -> Result<(), Refus> {
    if etape.phase == Phase::Brouillon {
        ouverture::au_depot(chantier)?;
    }
    oublie_ce_qui_ne_se_voit_pas(chantier)?;
    chantier.exige_champs()?;
    rendez_vous::exige(chantier)?;
    reserve_la_place(chantier)?;
    quota::prend(chantier);
    let maintenant = chantier.ctx.maintenant;
    chantier.change(Changement::Depose(maintenant));
    if chantier.dossier.numero.is_none() {
        let annee = chantier.aujourdhui().year();
        chantier.ecrit(Ecriture::Numero {
            compteur: format!("dossier-{annee}"),
            prefixe: format!("{annee}-"),
            dossier: chantier.dossier.id.clone(),
        });
    }
    // A file sent back and completed starts a new delay: the silence only counts on a complete file
    // (code des relations entre le public et l'administration, L114-3 and L114-5).
    arme_le_silence(chantier, maintenant)
}

/// What the family wrote in fields that its other answers then hid is not part of what it files.
fn oublie_ce_qui_ne_se_voit_pas(chantier: &mut Chantier<'_>) -> Result<(), Refus> {
    let visibles: Vec<&str> = champs_visibles(chantier.demarche, &mut chantier.lecture()?)
        .map_err(|e| refus_de_calcul(&chantier.regle("formulaire"), &e))?
        .into_iter()
        .map(|c| c.id.as_str())
        .collect();
    if chantier.dossier.reponses.0.keys().all(|champ| visibles.contains(&champ.as_str())) {
        return Ok(());
    }
    let mut reponses = chantier.dossier.reponses.clone();
    reponses.0.retain(|champ, _| visibles.contains(&champ.as_str()));
    chantier.change(Changement::Repondu(reponses));
    Ok(())
}
