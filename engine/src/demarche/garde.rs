//! What a guard that did not hold says to whoever acted.

use super::agenda::cle_des_creneaux;
use super::definition::Demarche;
use super::dossier::Dossier;
use super::quota;
use crate::decision::{CleUnique, Garde, Refus};

/// The refusal of an act whose `garde` did not hold at the commit and would not hold the next time either; `None` when
/// it is worth deciding again.
pub fn refus_de_garde(demarche: &Demarche, dossier: Option<&Dossier>, garde: &Garde) -> Option<Refus> {
    let atteinte = match garde {
        Garde::Capacite { cle, .. } => cle,
        Garde::Unique(CleUnique::Dossier(_)) => {
            return Some(Refus::nouveau("un_dossier_par", "Un dossier est déjà en cours sur le même sujet."));
        }
        Garde::SansInscription { .. } => {
            let motif = "Cet enfant est inscrit à un service : retirez-le depuis la fiche de la famille, qui dit auquel.";
            return Some(Refus::nouveau("foyer.retrait.obstacles", motif));
        }
        Garde::Brouillons { max, .. } => {
            let motif = format!(
                "Votre foyer a déjà {max} demandes commencées et non envoyées : envoyez-en une, ou supprimez-la, avant d’en commencer une autre."
            );
            return Some(Refus::nouveau("foyer.brouillons", motif));
        }
        _ => return None,
    };
    let regle = |suite: &str| format!("demarche.{}.{suite}", demarche.id);
    if let Some(quota) = demarche.quota
        && dossier.is_some_and(|d| *atteinte == quota::cle(demarche, d))
    {
        let motif = format!(
            "Les {} places de cette démarche sont prises. Votre demande reste en brouillon : vous pourrez l’envoyer si une place se libère.",
            quota.places
        );
        return Some(Refus::nouveau(regle("quota"), motif).lieu(quota.lieu));
    }
    match &demarche.rendez_vous {
        Some(agenda) if atteinte.starts_with(&cle_des_creneaux(&demarche.id)) => {
            let motif = "Ce créneau vient d’être pris : choisissez-en un autre.";
            Some(Refus::nouveau(regle("rendez_vous"), motif).lieu(agenda.lieu))
        }
        _ => None,
    }
}
