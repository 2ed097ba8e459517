//! A store behind a case: what is decided is committed to it, and what the next step reads comes from it.
//!
//! The same case gives the same transcript over memory and over any store: the store is then a faithful fold of decisions.

use crate::decision::{Decision, ReservationFaite};
use crate::demarche::Dossier;
use crate::foyer::{Fait, Foyer, Sujet};
use crate::identifiant::{DossierId, FoyerId};
use crate::reservation::Inscrit;

/// Where a case keeps what it does, instead of memory.
pub trait Depot {
    /// Commits one decision, whole. `Err`: why it was not, in words.
    fn commet(&mut self, decision: &Decision) -> Result<(), String>;

    /// All that is stored of these households and dossiers.
    fn relit(&mut self, foyers: &[FoyerId], dossiers: &[DossierId]) -> Result<Relu, String>;
}

/// What a store gives back.
#[derive(Clone, Debug, Default)]
pub struct Relu {
    /// The households, with who is in them.
    pub foyers: Vec<Foyer>,
    /// What is known of their people; of one fact, in the order learnt.
    pub faits: Vec<Fait>,
    /// The dossiers.
    pub dossiers: Vec<Dossier>,
    /// The registrations, of whom.
    pub inscriptions: Vec<(Sujet, Inscrit)>,
    /// The booked days, cancelled ones too.
    pub reservations: Vec<ReservationFaite>,
}
