//! Places that the town gives: one a dossier, from its filing until it is refused, cancelled or expired.

use super::chantier::Chantier;
use super::definition::{Demarche, Unicite};
use super::dossier::{Changement, Dossier};
use crate::decision::{Ecriture, Garde};

/// Takes one, when the démarche has some and the dossier has none.
pub(super) fn prend(chantier: &mut Chantier<'_>) {
    let Some(quota) = chantier.demarche.quota else { return };
    if chantier.dossier.suivi.place.is_some() {
        return;
    }
    let cle = cle(chantier.demarche, &chantier.dossier);
    chantier.garde(Garde::Capacite { cle: cle.clone(), places: quota.places, prend: 1 });
    let regle = chantier.regle("quota");
    chantier.pas(regle, Some(quota.lieu), "une place");
    chantier.change(Changement::QuotaPris(cle));
}

/// Gives it back.
pub(super) fn rend(chantier: &mut Chantier<'_>) {
    if let Some(cle) = chantier.dossier.suivi.place.clone() {
        chantier.ecrit(Ecriture::RendPlace { cle, nombre: 1 });
        chantier.change(Changement::QuotaRendu);
    }
}

/// A démarche made anew each school year has its places anew.
pub(super) fn cle(demarche: &Demarche, dossier: &Dossier) -> String {
    let annuelle = demarche.un_dossier_par.contains(&Unicite::AnneeScolaire);
    let annee = dossier.annee_scolaire.as_deref().filter(|_| annuelle).unwrap_or_default();
    format!("quota/{}/{annee}", demarche.id)
}
