//! Places that the town gives: one a dossier, from its filing until it is refused, cancelled or expired.

use super::agenda::cle_de_creneau;
use super::chantier::Chantier;
use super::definition::{Demarche, Unicite};
use super::dossier::{Changement, Dossier};
use crate::decision::{Ecriture, Garde, Refus};

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
fn cle(demarche: &Demarche, dossier: &Dossier) -> String {
    let annuelle = demarche.un_dossier_par.contains(&Unicite::AnneeScolaire);
    let annee = dossier.annee_scolaire.as_deref().filter(|_| annuelle).unwrap_or_default();
    format!("quota/{}/{annee}", demarche.id)
}

/// The refusal of an act whose `garde` did not hold at the commit and would not hold the next time either; `None` when
/// it is worth deciding again.
pub fn refus_de_garde(demarche: &Demarche, dossier: Option<&Dossier>, garde: &Garde) -> Option<Refus> {
    let Garde::Capacite { cle: atteinte, .. } = garde else { return None };
    let regle = |suite: &str| format!("demarche.{}.{suite}", demarche.id);
    if let Some(quota) = demarche.quota
        && dossier.is_some_and(|d| *atteinte == cle(demarche, d))
    {
        let motif = format!(
            "Les {} places de cette démarche sont prises. Votre demande reste en brouillon : vous pourrez l’envoyer si une place se libère.",
            quota.places
        );
        return Some(Refus::nouveau(regle("quota"), motif).lieu(quota.lieu));
    }
    let prefixe = cle_de_creneau(&demarche.id, jiff::civil::DateTime::MIN);
    let prefixe = prefixe.rsplit_once('/').map_or("", |(p, _)| p);
    match &demarche.rendez_vous {
        Some(agenda) if atteinte.starts_with(prefixe) => {
            let motif = "Ce créneau vient d’être pris : choisissez-en un autre.";
            Some(Refus::nouveau(regle("rendez_vous"), motif).lieu(agenda.lieu))
        }
        _ => None,
    }
}
