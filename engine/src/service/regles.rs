//! The dated rules of a service.

use rules::lieu::Lieu;
use rules::periode::Regles;
use rules::repere::SiJourFerme;
use rules::table::Table;

use super::choix::RegleDeChoix;
use crate::commune::{Condition, Texte};

/// The rules of a service in force from a date.
#[derive(Clone, Debug, Default)]
pub struct RegleService {
    /// What a family must have to book: all refusals are computed and shown.
    pub acces: Vec<Acces>,
    /// How one books; `None` = the service is not booked.
    pub reservation: Option<Reservation>,
    /// Compulsory combinations.
    pub choix: Vec<RegleDeChoix>,
    /// Declared absences and what they cost.
    pub absence: Option<Absence>,
    /// What happens to a child who came without a booking.
    pub presence_sans_reservation: Option<PresenceSansReservation>,
    /// Price steps, rules of the period, penalties, fees, third parties.
    pub pipeline: Regles,
    /// Their names, by number.
    pub noms: NomsRegles,
    /// Places by condition.
    pub capacite: Vec<Capacite>,
    /// What a town may declare in one act: strike, closure…
    pub evenements: Vec<Evenement>,
    /// Document that these rules come from.
    pub source: Option<Texte>,
}

/// Names of the rules of a pipeline, by number.
#[derive(Clone, Debug, Default)]
pub struct NomsRegles {
    /// Price steps.
    pub ajustements: Vec<NomRegle>,
    /// Rules of the period.
    pub sur_periode: Vec<NomRegle>,
    /// Penalties.
    pub penalites: Vec<NomRegle>,
    /// Fees.
    pub frais: Vec<NomRegle>,
    /// Third parties.
    pub tiers: Vec<NomRegle>,
}

/// A rule's name and what proves that it applies.
#[derive(Clone, Debug)]
pub struct NomRegle {
    /// As the file writes it.
    pub id: String,
    /// As families read it.
    pub nom: String,
    /// echeance, reservations, pointage…
    pub preuve: Vec<String>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// One access rule.
#[derive(Clone, Debug)]
pub struct Acces {
    /// Its name in refusals: the word of `exige`, or the written id.
    pub id: String,
    /// What is required.
    pub exige: Exige,
    /// Applies only if.
    pub si: Condition,
    /// Message shown instead of the built sentence.
    pub message: Option<String>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// The closed set of access requirements (language.md §4.2).
#[derive(Clone, Debug)]
pub enum Exige {
    /// Every blocking piece of the child's file is there and valid.
    DossierComplet,
    /// The inscription to this service is accepted.
    InscriptionAcceptee,
    /// No suspension for unpaid dues.
    SansImpaye,
    /// The parent's account was validated by the town.
    CompteValide,
    /// The child goes to one of these schools.
    Ecole(Vec<String>),
    /// This piece is valid.
    Piece(String),
    /// This prestation was paid.
    Paye(String),
    /// A condition on facts holds.
    Fait(Condition),
    /// A counter is at most `max`.
    Compteur {
        /// What is counted.
        de: String,
        /// At most.
        max: u32,
        /// In which period.
        par: String,
    },
    /// Present the same day at another prestation.
    Presence(String),
    /// Booked the same day at another prestation.
    Reserve(String),
    /// Signed authorisations.
    Autorisations(Vec<String>),
}

/// How one books.
#[derive(Clone, Debug)]
pub struct Reservation {
    /// Booking modes; empty = one unnamed mode.
    pub modes: Vec<String>,
    /// When booking opens, by audience.
    pub ouverture: Table<Limite>,
    /// Ordered: the first whose limit still holds names the `delai`.
    pub delais: Vec<Delai>,
    /// When none holds.
    pub sinon: Sinon,
    /// What happens to a computed deadline that falls on a closed day; written when one can.
    pub si_jour_ferme: SiJourFerme,
    /// Where it is written.
    pub lieu: Lieu,
}

/// One named delay.
#[derive(Clone, Debug)]
pub struct Delai {
    /// `a_temps`, `tardif`…
    pub id: String,
    /// Until when, by condition.
    pub limite: Table<Limite>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// One row of a limit.
#[derive(Clone, Debug)]
pub struct Limite {
    /// The verb and its instant.
    pub borne: Verdict,
    /// Where it is written.
    pub lieu: Lieu,
}

/// What a row of a limit says.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// Until when, from when, always or never.
    Borne(rules::limite::Limite),
    /// Not said by the town: its question.
    ADemander(String),
}

/// When every delay has passed.
#[derive(Clone, Debug)]
pub enum Sinon {
    /// Refused, with an optional message id.
    Refus(Option<String>),
    /// On the waiting list.
    ListeAttente,
    /// Accepted under this delay's name.
    Delai(String),
}

/// Declared absences.
#[derive(Clone, Debug)]
pub struct Absence {
    /// Accepted reasons; empty = none is asked.
    pub motifs: Vec<String>,
    /// When an absence counts as announced, in order; then `trop_tard`, then `aucune`.
    pub annonces: Vec<Annonce>,
    /// Billed or not, by condition.
    pub lignes: Table<LigneAbsence>,
    /// Where a credit goes.
    pub credit: Option<Credit>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// A named announcement delay.
#[derive(Clone, Debug)]
pub struct Annonce {
    /// `a_temps`…
    pub id: String,
    /// Until when.
    pub limite: Table<Limite>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// What an absence costs.
#[derive(Clone, Debug)]
pub struct LigneAbsence {
    /// Billed?
    pub facture: Facturee,
    /// A right that stays (a meal to take away).
    pub droit: Option<String>,
    /// Message to the family.
    pub message: Option<String>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// How much of the price stays due.
#[derive(Clone, Debug, PartialEq)]
pub enum Facturee {
    /// All of it.
    Oui,
    /// Nothing.
    Non,
    /// This share of it.
    Taux(rust_decimal::Decimal),
    /// This amount in euros.
    Montant(rust_decimal::Decimal),
    /// The town has not said: its question.
    ADemander(String),
}

/// Where a credit goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credit {
    /// Next invoice.
    FactureSuivante,
    /// End of the year.
    FinAnnee,
    /// The family's wallet.
    Portefeuille,
}

/// What happens to a child who came without a booking.
#[derive(Clone, Debug)]
pub struct PresenceSansReservation {
    /// `accepte`, `refuse` or `selon_place`.
    pub accueil: Accueil,
    /// Message to the family.
    pub message: Option<String>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// See [`PresenceSansReservation`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accueil {
    /// The child is taken.
    Accepte,
    /// The child is not taken; the family comes for it.
    Refuse,
    /// Taken where a place is left.
    SelonPlace,
}

/// Places.
#[derive(Clone, Debug)]
pub struct Capacite {
    /// For whom.
    pub si: Condition,
    /// How many; `None` = the town has not said, or it depends on the staff.
    pub places: Option<u32>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// What a town may declare in one act.
#[derive(Clone, Debug)]
pub struct Evenement {
    /// greve, fermeture…
    pub id: String,
    /// commune, ecole or classe.
    pub portee: String,
    /// Where it is written.
    pub lieu: Lieu,
}
