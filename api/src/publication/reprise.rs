//! `reprise`: the dossiers of an étape that the live version took away go on where it says.

use engine::commune::Commune;
use engine::identifiant::CommuneSlug;

use crate::acts::{self, Echec};
use crate::error::Fatale;
use crate::state::Etat;

/// Dossiers read at a time.
const LOT: u32 = 100;

/// Moves them, each in a transaction of its own: an interruption leaves the rest for the next start.
pub(super) async fn reprend(etat: &Etat, commune: &Commune) -> Result<(), Fatale> {
    let Ok(slug) = CommuneSlug::lit(&commune.slug) else { return Ok(()) };
    let portee = etat.store.portee_de_commande(&slug, "reprise");
    for demarche in &commune.demarches {
        for (ancienne, nouvelle) in &demarche.reprise {
            let mut repris = 0_u32;
            let refuses = loop {
                let ids = etat
                    .store
                    .dossiers_a_reprendre(&portee, &demarche.id, ancienne, &demarche.digest, LOT)
                    .await?;
                let avant = repris;
                let mut refuses = 0_u32;
                for id in ids {
                    match acts::reprend(etat, commune, &portee, demarche, &id).await {
                        Ok(()) => repris = repris.saturating_add(1),
                        Err(Echec::Store(erreur)) => return Err(erreur.into()),
                        Err(echec) => {
                            refuses = refuses.saturating_add(1);
                            tracing::error!(commune = %slug, dossier = %id, ?echec, "dossier not moved");
                        }
                    }
                }
                if repris == avant {
                    break refuses;
                }
            };
            if repris > 0 || refuses > 0 {
                tracing::info!(
                    commune = %slug,
                    demarche = demarche.id,
                    ancienne,
                    nouvelle,
                    repris,
                    refuses,
                    "dossiers moved"
                );
            }
        }
    }
    Ok(())
}
