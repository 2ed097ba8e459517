//! Randomness of the system, one draw an act.

use engine::decision::Refus;
use engine_store::Erreur;

/// The system gives no randomness: nothing weaker takes its place.
#[derive(Debug, thiserror::Error)]
#[error("no randomness from the system")]
pub(crate) struct SansAlea;

impl From<SansAlea> for Refus {
    fn from(_: SansAlea) -> Self {
        Self::nouveau(
            "systeme.alea",
            "Le système ne peut pas enregistrer en ce moment. Réessayez dans un instant.",
        )
    }
}

impl From<SansAlea> for Erreur {
    fn from(erreur: SansAlea) -> Self {
        Self::Dossier(std::io::Error::other(erreur))
    }
}

/// Randomness of one act.
pub(crate) fn alea() -> Result<[u8; 16], SansAlea> {
    let mut octets = [0; 16];
    getrandom::fill(&mut octets).map_err(|erreur| {
        tracing::error!(%erreur, "no randomness from the system");
        SansAlea
    })?;
    Ok(octets)
}
