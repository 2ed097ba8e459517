//! What another version of a town would change: compared with what runs, and with the dossiers that live under it. Pure.

mod dossiers;
mod ecarts;
mod etapes;
mod liste;
mod rendu;
mod tarifs;

pub use dossiers::{DemarcheTouchee, Devenir, EtapeTouchee, PieceDue, Pourquoi};
pub use ecarts::{Ecart, Ecrit};
pub use etapes::{EnEtape, etapes_retirees, lieu_de};
pub use tarifs::{Prix, TarifChange};

use jiff::civil::Date;
use serde::Serialize;

use crate::commune::Commune;
use crate::definition::source::SourceSet;

/// A version of a town: its texts, and what they compile to.
#[derive(Clone, Copy, Debug)]
pub struct Version<'a> {
    /// Its texts.
    pub sources: &'a SourceSet,
    /// The town.
    pub commune: &'a Commune,
}

/// What changes from one version to another.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// The town.
    pub commune: String,
    /// Digest of what runs; `None`: nothing runs yet.
    pub avant: Option<String>,
    /// Digest of what would run.
    pub apres: String,
    /// The keys whose resolved value changes, in the order of the files.
    pub ecarts: Vec<Ecart>,
    /// The prices that change, and for whom, from today on.
    pub tarifs: Vec<TarifChange>,
    /// The procedures that change, with the dossiers that live under them.
    pub demarches: Vec<DemarcheTouchee>,
    /// What could not be compared, and why.
    pub non_compares: Vec<String>,
}

/// Compares `apres` with what runs, for the dossiers alive on `aujourdhui`.
pub fn plan(avant: Option<Version<'_>>, apres: Version<'_>, vivants: &[EnEtape], aujourdhui: Date) -> Plan {
    let mut non_compares = Vec::new();
    let (mut liste, mut prix, mut demarches) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(avant) = avant {
        liste = ecarts::ecarts(avant, apres);
        prix = tarifs::tarifs(avant.commune, apres.commune, aujourdhui, &mut non_compares);
        demarches = dossiers::demarches(avant.commune, apres.commune, vivants);
    }
    Plan {
        commune: apres.commune.slug.clone(),
        avant: avant.map(|v| v.commune.digest.clone()),
        apres: apres.commune.digest.clone(),
        ecarts: liste,
        tarifs: prix,
        demarches,
        non_compares,
    }
}
