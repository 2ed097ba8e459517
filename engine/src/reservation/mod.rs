//! Booking a day, announcing an absence, marking attendance: decided by the town's rules, every refusal at once.
//!
//! Deadlines are compared with the server's instant (`recu_le`), never with a browser's clock. [`echeances`] is what a
//! planning prints and what [`decide`] refuses by: one computation.

mod absence;
mod acces;
mod besoins;
mod choix;
mod connu;
mod echeance;
mod ecrire;
mod jour;
mod panier;
mod phrases;
mod pointer;
mod reserver;

pub use besoins::{Besoins, besoins};
pub use connu::FoyerConnu;
pub use echeance::{DelaiPossible, Echeances, echeances, echeances_absence, prochaine};
pub use ecrire::cle_places;
pub use jour::pourquoi_ferme;
pub use panier::{Demande, decide_chacune, decide_ensemble};
pub use reserver::prix_dit;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::commune::Commune;
use crate::decision::{Auteur, Decision, Refus, ReservationFaite};
use crate::identifiant::{Alea, FoyerId, PersonneId};
use crate::service::Facturee;
use crate::tarification::{self, FaitsFamille, Famille, LignePricee};

/// What a family asks, or an agent for it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Acte {
    /// To come that day.
    Reserver(Venue),
    /// Not to come although it was booked.
    Absence(Absence),
    /// The child came, or did not.
    Pointer {
        /// What and when.
        venue: Venue,
        /// Came?
        present: bool,
    },
}

/// A child at a prestation on a day.
#[derive(Clone, Debug, Serialize)]
pub struct Venue {
    /// Which.
    pub prestation: String,
    /// When.
    pub jour: Date,
    /// The town's booking mode, where it has some.
    pub mode: Option<String>,
    /// Minutes since midnight, where the time is metered.
    pub arrivee: Option<u16>,
    /// Minutes since midnight.
    pub depart: Option<u16>,
}

impl Venue {
    /// Without a mode or hours.
    pub fn simple(prestation: &str, jour: Date) -> Self {
        Self { prestation: prestation.to_owned(), jour, mode: None, arrivee: None, depart: None }
    }
}

/// An announced absence.
#[derive(Clone, Debug, Serialize)]
pub struct Absence {
    /// From what.
    pub prestation: String,
    /// When.
    pub jour: Date,
    /// The reason, where the town asks for one.
    pub motif: Option<String>,
    /// How it was announced; `None` = on the portal.
    pub canal: Option<String>,
    /// The document that proves it: `recue`, `attendue`; `None` = absente.
    pub piece: Option<String>,
}

impl Acte {
    /// The prestation and the day.
    pub fn quoi(&self) -> (&str, Date) {
        match self {
            Self::Reserver(v) | Self::Pointer { venue: v, .. } => (&v.prestation, v.jour),
            Self::Absence(a) => (&a.prestation, a.jour),
        }
    }
}

/// A child's right to use a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inscrit {
    /// Which.
    pub service: String,
    /// First day.
    pub du: Date,
    /// Last day, included; `None` = until it is ended.
    pub au: Option<Date>,
}

/// What a decision reads of the child and its household, as [`besoins()`] lists it.
#[derive(Clone, Debug)]
pub struct Etat<'a> {
    /// Who pays.
    pub foyer: FoyerId,
    /// The household's number of writes: the guard of what was read of it. `None` = not guarded.
    pub version_foyer: Option<i64>,
    /// Who comes.
    pub enfant: PersonneId,
    /// The child's place among `famille.enfants`.
    pub numero: u32,
    /// The household's children, for ranks and counts.
    pub famille: Famille,
    /// What is known of them.
    pub faits: FaitsFamille<'a>,
    /// The child's accepted registrations.
    pub inscriptions: Vec<Inscrit>,
    /// Blocking documents that the child's file lacks, by name; empty = complete.
    pub pieces_manquantes: Vec<String>,
    /// Documents received and valid, by id.
    pub pieces_valables: BTreeSet<String>,
    /// Suspended for unpaid dues.
    pub impaye: bool,
    /// The account was validated by the town.
    pub compte_valide: bool,
    /// Authorisations signed, by name.
    pub autorisations: BTreeSet<String>,
    /// Prestations paid.
    pub payees: BTreeSet<String>,
    /// Counters that access rules read, by what they count.
    pub compteurs: BTreeMap<String, u32>,
    /// The household's booked days that [`besoins()`] names, cancelled ones too.
    pub reservations: Vec<ReservationFaite>,
    /// Prestations at which the child was marked present, with the day.
    pub presences: BTreeSet<(String, Date)>,
    /// The household's other acts of the days that [`besoins()`] names, for ranks and counts.
    pub autres: Vec<tarification::Acte>,
    /// Places taken that day at this prestation, when they are counted.
    pub prises: Option<u32>,
}

impl<'a> Etat<'a> {
    /// A child of whom nothing is known: not registered, file not said to lack anything, account not validated.
    pub fn nouveau(foyer: FoyerId, enfant: PersonneId, faits: FaitsFamille<'a>) -> Self {
        Self {
            foyer,
            version_foyer: None,
            enfant,
            numero: 0,
            famille: Famille::default(),
            faits,
            inscriptions: Vec::new(),
            pieces_manquantes: Vec::new(),
            pieces_valables: BTreeSet::new(),
            impaye: false,
            compte_valide: false,
            autorisations: BTreeSet::new(),
            payees: BTreeSet::new(),
            compteurs: BTreeMap::new(),
            reservations: Vec::new(),
            presences: BTreeSet::new(),
            autres: Vec::new(),
            prises: None,
        }
    }

    /// The child who already came that day without a booking.
    pub fn venue_sans_reservation(&self, prestation: &str, jour: Date) -> Option<&ReservationFaite> {
        self.reservations.iter().find(|r| {
            r.prestation == prestation
                && r.jour == jour
                && r.enfant == self.enfant
                && r.etat == crate::decision::EtatReservation::SansReservation
        })
    }

    /// The live booking of that prestation on that day.
    pub fn reservee(&self, prestation: &str, jour: Date) -> Option<&ReservationFaite> {
        self.reservations.iter().find(|r| {
            r.prestation == prestation
                && r.jour == jour
                && r.enfant == self.enfant
                && r.etat == crate::decision::EtatReservation::Ferme
        })
    }
}

/// When, by whom, and the randomness of the act.
#[derive(Clone, Debug)]
pub struct Contexte {
    /// The server's instant.
    pub recu_le: Timestamp,
    /// Who acts.
    pub auteur: Auteur,
    /// Identifiers come from it.
    pub alea: Alea,
}

/// An accepted act.
#[derive(Clone, Debug)]
pub struct Issue {
    /// What the store commits.
    pub decision: Decision,
    /// Which of the town's delays holds, or `sans_reservation`.
    pub delai: Option<String>,
    /// Which announcement an absence met: the town's, `trop_tard` or `aucune`.
    pub annonce: Option<String>,
    /// What an absence costs.
    pub facture: Option<Facturee>,
    /// A right that stays after an absence (a meal to take away).
    pub droit: Option<String>,
    /// The town's text for the family.
    pub message: Option<String>,
    /// The price told that day: the invoice prices again from bookings, attendance and facts.
    pub prix: Result<Vec<LignePricee>, Vec<Refus>>,
}

/// Decides. Every refusal is computed and returned, each with its rule, its place and a French sentence.
pub fn decide(
    commune: &Commune,
    etat: &Etat<'_>,
    acte: &Acte,
    contexte: &Contexte,
) -> Result<Issue, Vec<Refus>> {
    match acte {
        Acte::Reserver(venue) => reserver::decide(commune, etat, venue, contexte),
        Acte::Absence(absence) => absence::decide(commune, etat, absence, contexte),
        Acte::Pointer { venue, present: true } => pointer::present(commune, etat, venue, contexte),
        Acte::Pointer { venue, present: false } => pointer::absent(commune, etat, venue, contexte),
    }
}
