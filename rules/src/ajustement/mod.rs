//! What changes the price of an existing line: an ordered pipeline over the family's lines of the period.
//!
//! The input is pure and whole: all the lines of the payer at once, with what was counted before. The order of
//! computation is the day, the child, the product, the number, whatever the order given, so two runs are identical.

mod applique;
mod avant;
mod groupe;
mod ligne;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::bareme::{BaremeId, Grandeur, PartId, Refus};
use crate::condition::Condition;
use crate::faits::{FaitId, Faits};
use crate::lieu::Lieu;
use crate::montant::Arrondi;
use crate::table::Table;
use crate::valeur::Valeur;

pub use applique::{ajuste, prix_des_actes};
pub(crate) use applique::{
    arrondit_unitaire, montant_de_table, nouvelle, prix_et_arrondi, tient_avec_compteur,
};
pub use avant::{ActesAvant, ServiceAvant};
pub use groupe::{Cle, Groupe};
pub use ligne::{Ligne, Origine};

/// A product, interned when the town is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrestationId(pub u16);

/// One billed act: what the engine decided to bill, with the facts of its day.
#[derive(Clone, Copy, Debug)]
pub struct Acte<'a> {
    /// The caller's number, unique in the input: lines keep it, and ties are settled by it.
    pub numero: u32,
    /// The household.
    pub foyer: u32,
    /// The child.
    pub enfant: u32,
    /// The product.
    pub prestation: PrestationId,
    /// The day of the service.
    pub jour: Date,
    /// The day whose tariffs hold: that of the service, of the booking or of the invoice (`date_du_prix`).
    pub au: Date,
    /// The school year, by the year it begins in.
    pub annee_scolaire: i16,
    /// The submission it came in.
    pub lot: u32,
    /// How many units.
    pub quantite: Decimal,
    /// What prices it.
    pub tarif: Tarif,
    /// The facts, derived ones included.
    pub valeurs: &'a [Valeur],
    /// The named figures in force that day.
    pub parametres: &'a [Valeur],
}

impl<'a> Acte<'a> {
    /// The facts, as rules read them.
    pub fn faits(&self) -> Faits<'a> {
        Faits { valeurs: self.valeurs, parametres: self.parametres }
    }
}

/// What prices a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tarif {
    /// A tariff.
    Bareme(BaremeId),
    /// `gratuit`, where it is written.
    Gratuit(Lieu),
}

/// A step of the pipeline.
#[derive(Clone, Debug)]
pub struct Ajustement {
    /// Its number in the service, for the trace.
    pub numero: u16,
    /// When.
    pub si: Condition,
    /// What.
    pub operation: Operation,
    /// Of what a rate is taken, and where a difference goes.
    pub sur: Sur,
    /// Once in each such group, instead of once a unit.
    pub par: Option<Vec<Cle>>,
    /// Only for the first lines that meet `si`.
    pub seulement: Option<Seulement>,
    /// For all the lines of a submission when one meets `si`.
    pub lot: bool,
    /// Gives `occurrence` its value before `si` is read.
    pub compteur: Option<Compteur>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// What an adjustment does; exactly one.
#[derive(Clone, Debug)]
pub enum Operation {
    /// `majore`.
    Majore(Quantum),
    /// `remise`.
    Remise(Quantum),
    /// `remplace`.
    Remplace(Remplacement),
    /// `multiplie`.
    Multiplie(Decimal),
    /// `plancher`, for one unit.
    Plancher(Grandeur),
    /// `plafond`, for one unit.
    Plafond(Grandeur),
    /// `supplement`: a line of its own, that the rest of the pipeline leaves alone.
    Supplement(PrestationId, BaremeId),
    /// `arrondit`.
    Arrondit(Arrondi),
    /// `script`: the new amount of the line, from the amount so far.
    Script(u16),
}

/// An amount (for one unit) or a rate.
#[derive(Clone, Debug)]
pub enum Quantum {
    /// Euros.
    Montant(Grandeur),
    /// 0.25 = 25 %.
    Taux(Decimal),
    /// A table of amounts.
    Lignes(Table<Grandeur>),
    /// The unit price of a tariff.
    Bareme(BaremeId),
}

/// What a price is replaced by.
#[derive(Clone, Debug)]
pub enum Remplacement {
    /// Euros for one unit.
    Montant(Grandeur),
    /// A table of amounts.
    Lignes(Table<Grandeur>),
    /// Another tariff.
    Bareme(BaremeId),
    /// A named row of the line's own tariff.
    Ligne(Box<str>),
}

/// What a rate is a rate of, and which part a difference goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sur {
    /// The amount as the steps before left it.
    Courant,
    /// The voted price, before any adjustment.
    Unitaire,
    /// One part of the price.
    Part(PartId),
}

/// `seulement: { premiers, par }`.
#[derive(Clone, Debug)]
pub struct Seulement {
    /// How many.
    pub premiers: u32,
    /// In each such group.
    pub par: Vec<Cle>,
}

/// `compteur`: the rank of an event since the counter was last at zero.
#[derive(Clone, Debug)]
pub struct Compteur {
    /// The dimension that takes the rank (`occurrence`); absent on a line that does not count.
    pub fait: FaitId,
    /// Which lines count.
    pub compte: Condition,
    /// In each such group.
    pub par: Vec<Cle>,
}

/// What happened before the lines given: acts of other days, earlier invoices of the year.
pub trait Avant {
    /// How many events the counter of that adjustment or penalty already holds for this act's group.
    fn compte(&self, regle: Regle, acte: &Acte<'_>) -> Result<u32, Refus>;
    /// How many lines of this act's group adjustment `numero` already took as `premiers`.
    fn premiers(&self, numero: u16, acte: &Acte<'_>) -> Result<u32, Refus>;
    /// Did a rule already apply to this act's group (`par`)?
    fn deja(&self, regle: Regle, acte: &Acte<'_>) -> Result<bool, Refus>;
}

/// A rule that applies once a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regle {
    /// An adjustment with `par`.
    Ajustement(u16),
    /// A penalty with `par`.
    Penalite(u16),
    /// A fee.
    Frais(u16),
}

/// Nothing happened before.
#[derive(Clone, Copy, Debug, Default)]
pub struct RienAvant;

impl Avant for RienAvant {
    fn compte(&self, _: Regle, _: &Acte<'_>) -> Result<u32, Refus> {
        Ok(0)
    }

    fn premiers(&self, _: u16, _: &Acte<'_>) -> Result<u32, Refus> {
        Ok(0)
    }

    fn deja(&self, _: Regle, _: &Acte<'_>) -> Result<bool, Refus> {
        Ok(false)
    }
}

/// An act that could not be billed, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Echec {
    /// The act's number.
    pub numero: u32,
    /// Why.
    pub refus: Refus,
}

/// Where amounts are rounded, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArrondiA {
    /// How.
    pub arrondi: Arrondi,
    /// Where.
    pub a: Niveau,
}

/// `arrondi.a`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Niveau {
    /// The unit price, before it is multiplied.
    Unitaire,
    /// Each line, once adjusted.
    Ligne,
    /// The invoice: lines are the differences of the rounded running total, so they always add up to it.
    Facture,
}
