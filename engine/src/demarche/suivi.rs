//! What a dossier carries besides its answers and documents: messages, an appointment, what an agent asked for.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use super::veille::RappelDit;
use crate::identifiant::AgentId;

/// Its follow-up; a dossier stored before it existed has an empty one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Suivi {
    /// Messages between the family and the service, in order.
    pub echanges: Vec<Echange>,
    /// The appointment.
    pub rendez_vous: Option<RendezVous>,
    /// The slot that it held, and that went back to others because the request was not sent in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creneau_perdu: Option<DateTime>,
    /// Documents that an agent asked for, besides those of the definition.
    pub pieces_demandees: BTreeSet<String>,
    /// Opinions of agents on the request, in order; the family does not read them before it is decided.
    pub avis: Vec<Avis>,
    /// The counter of places that it holds one of (`quota`).
    pub place: Option<String>,
    /// What the family was last told of each document: that it ends, that it is due.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub rappels: BTreeMap<String, RappelDit>,
    /// When silence decides; it only counts while the phase says so.
    pub silence_le: Option<Timestamp>,
    /// When the agents were told that silence comes near.
    pub alerte_le: Option<Timestamp>,
    /// The family deleted it while it was a draft: nobody reads it any more.
    pub efface: bool,
}

/// An agent's opinion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Avis {
    /// Whose.
    pub de: AgentId,
    /// When.
    pub le: Timestamp,
    /// For the request, or against it.
    pub favorable: bool,
    /// Why.
    pub texte: String,
    /// Count of filings when it was recorded: a request filed again asks for another.
    pub depot: u32,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Echange {
    /// Its rank in the dossier, from 1.
    pub n: u32,
    /// Who wrote it.
    pub de: Cote,
    /// When.
    pub le: Timestamp,
    /// Its text.
    pub texte: String,
    /// When the other side opened it.
    pub lu_le: Option<Timestamp>,
}

/// One of the two sides of a dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cote {
    /// Who filed.
    Famille,
    /// The service that examines.
    Service,
}

/// An appointment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RendezVous {
    /// Its beginning, at the town's watch.
    pub debut: DateTime,
    /// When it was taken.
    pub pris_le: Timestamp,
    /// What an agent noted of it: held, or not.
    pub tenu: Option<bool>,
}

impl Suivi {
    /// Messages written by the other side that this one did not open.
    pub fn non_lus(&self, lecteur: Cote) -> usize {
        self.echanges.iter().filter(|e| e.de != lecteur && e.lu_le.is_none()).count()
    }
}
