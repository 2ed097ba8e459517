//! What must still hold when a decision is committed.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Agregat;
use crate::identifiant::{CompteId, FoyerId, PersonneId};

/// What must still hold at the commit; otherwise the caller reads again and decides again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Garde {
    /// Nobody wrote the aggregate since it was read. 0 = it does not exist yet.
    Version {
        /// Which.
        agregat: Agregat,
        /// The version read.
        attendue: i64,
    },
    /// Nothing else is live under this key.
    Unique(CleUnique),
    /// The household does not hold that many drafts yet.
    Brouillons {
        /// Whose.
        foyer: FoyerId,
        /// How many it may hold.
        max: u32,
    },
    /// No right to a service is open to this person by this household.
    SansInscription {
        /// Who.
        personne: PersonneId,
        /// The household.
        foyer: FoyerId,
    },
    /// Places remain; the same write takes them.
    Capacite {
        /// Which counter of places (`repas/2025-09-01`).
        cle: String,
        /// How many there are.
        places: u32,
        /// How many are taken now.
        prend: u32,
    },
    /// A secret link of an account was not followed yet and is not over; the same write follows it.
    Lien {
        /// SHA-256 of its token.
        empreinte: [u8; 32],
        /// Whose account.
        compte: CompteId,
        /// The instant of the act.
        le: Timestamp,
    },
}

/// What may be live only once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CleUnique {
    /// A dossier on the same subject.
    Dossier(String),
    /// A child's booking of that prestation on that day.
    Reservation {
        /// Who.
        enfant: PersonneId,
        /// What.
        prestation: String,
        /// Which day.
        jour: Date,
    },
    /// The login name of that account: no other active one has it.
    Identifiant(CompteId),
    /// Its address: no other active one has it.
    Courriel(CompteId),
}
