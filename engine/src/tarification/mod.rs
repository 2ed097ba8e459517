//! From an act and what is known of the family to priced lines, each with its sentence and its trace.
//!
//! Order (language.md §5.3): facts of the service day, built-in dimensions, facts of the family's acts, derived facts,
//! row of the tariff, quantity, price steps, rounding where it is said, third parties. Whatever has no price is a
//! [`Refus`] with its rule, never zero euros.

mod connus;
mod date;
mod dimensions;
mod ensemble;
mod explique;
mod mots;
mod panier;
mod refus;
mod ville;

pub(crate) use dimensions::{Valeurs, valeurs};
pub(crate) use ensemble::SANS_RESERVATION;

pub use connus::{Connus, FaitsFamille, Sujets};
pub use date::jour_du_prix;
pub use dimensions::{derives, parametres};
pub use ensemble::{Enfant, Famille};
pub use explique::{en_json, explique};
pub use panier::{Etendue, Panier, panier, prix};

use std::collections::BTreeMap;

use jiff::civil::Date;
use rules::ajustement::Origine;
use rules::faits::FaitId;
use rules::lieu::Lieu;
use rules::montant::Montant;
use rules::trace::Pas;
use rules::valeur::Valeur;
use rust_decimal::Decimal;

use crate::decision::Refus;

/// Rule of the refusal of an amount that no text of the town gives.
pub const A_DEMANDER: &str = "a_demander";

/// What happens on the day, beside the family's facts. What is `None` is `absent` for the rules.
#[derive(Clone, Debug, Default)]
pub struct Circonstances {
    /// The town's booking mode.
    pub mode: Option<String>,
    /// Which delay the booking met, or `sans_reservation`.
    pub delai: Option<String>,
    /// The deadline in words, for « présent sans réservation (échéance : …) ».
    pub echeance: Option<String>,
    /// Known absent; otherwise the price is that of a presence.
    pub absent: bool,
    /// Minutes since midnight.
    pub arrivee: Option<u16>,
    /// Minutes since midnight.
    pub depart: Option<u16>,
    /// How many units, when attendance is not metered.
    pub quantite: Option<Decimal>,
    /// Euros, for tariffs that are a share of a real cost.
    pub cout_reel: Option<Decimal>,
}

/// One act to price.
#[derive(Clone, Debug)]
pub struct Acte {
    /// The caller's number, unique in the basket.
    pub numero: u32,
    /// The child's number in [`Famille::enfants`].
    pub enfant: u32,
    /// What is priced.
    pub prestation: String,
    /// The service day.
    pub jour: Date,
    /// The day whose tariffs and facts hold, as [`jour_du_prix`] says.
    pub au: Date,
    /// The submission it came in.
    pub lot: u32,
    /// What happens that day.
    pub circonstances: Circonstances,
    /// What is known of the child and its household that day.
    pub connus: Connus,
}

impl Acte {
    /// One act of one child, numbered 0, priced as of its own day.
    pub fn seul(prestation: &str, jour: Date, circonstances: Circonstances, connus: Connus) -> Self {
        let prestation = prestation.to_owned();
        Self { numero: 0, enfant: 0, prestation, jour, au: jour, lot: 0, circonstances, connus }
    }
}

/// A fact as a line read it.
#[derive(Clone, Debug, PartialEq)]
pub struct FaitLu {
    /// Its value.
    pub valeur: Valeur,
    /// « attestation, valable jusqu'au 31 décembre 2025 »: recorded facts only.
    pub provenance: Option<String>,
}

/// What a named price step did to a line.
#[derive(Clone, Debug, PartialEq)]
pub struct EtapeAppliquee {
    /// Its name in the town's file.
    pub id: String,
    /// Euros added (negative: taken off), before rounding; `None` for a rate of an amount that no text gives.
    pub ecart: Option<Decimal>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// A priced line.
#[derive(Clone, Debug)]
pub struct LignePricee {
    /// Its number: the act's, or a new one for a supplement, a penalty…
    pub numero: u32,
    /// The number of the act that it comes from.
    pub acte: u32,
    /// What is billed.
    pub produit: String,
    /// The day.
    pub jour: Date,
    /// Why it exists.
    pub origine: Origine,
    /// The penalty's name, for the line of a penalty.
    pub penalite: Option<String>,
    /// How many units.
    pub quantite: Decimal,
    /// The voted price of one unit, in euros.
    pub unitaire: Decimal,
    /// The amount; `Err` ([`A_DEMANDER`]) when no text gives it, though the act itself is allowed.
    pub montant: Result<Montant, Refus>,
    /// What the family owes of it.
    pub famille: Option<Montant>,
    /// What each third party owes of it, by name.
    pub tiers: Vec<(String, Montant)>,
    /// Its parts, by name; they add up to the amount.
    pub parts: Vec<(String, Montant)>,
    /// What is called each month of it, for a forfait paid in instalments; they add up to the amount.
    pub echeances: Vec<(&'static str, Montant)>,
    /// An example amount was used: « montant d'exemple, non voté ».
    pub exemple: bool,
    /// The price steps that applied, in order.
    pub etapes: Vec<EtapeAppliquee>,
    /// One French sentence for the parent.
    pub phrase: String,
    /// The steps, in order.
    pub pas: Vec<Pas>,
    /// The facts that the steps read.
    pub faits: BTreeMap<FaitId, FaitLu>,
    /// The rule that made the price.
    pub lieu: Lieu,
}
