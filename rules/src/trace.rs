//! Why a figure is what it is: an ordered list of small `Copy` steps, written into a buffer that is used again.
//!
//! A computation is generic over [`Trace`]: with [`SansTrace`] the steps cost nothing, the figures are the same.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::bareme::{BaremeId, PartId};
use crate::faits::FaitId;
use crate::lieu::Lieu;
use crate::montant::Arrondi;
use crate::valeur::Valeur;

/// Receives the steps of a computation, in its order.
pub trait Trace {
    /// Is anybody listening? Steps are not even made otherwise.
    const ACTIVE: bool;
    /// The following steps are about that line of the period.
    fn ligne(&mut self, ligne: u32);
    /// One step.
    fn note(&mut self, quoi: Quoi, lieu: Lieu, avant: Option<Decimal>, apres: Option<Decimal>);
}

/// Nobody listens.
#[derive(Clone, Copy, Debug, Default)]
pub struct SansTrace;

impl Trace for SansTrace {
    const ACTIVE: bool = false;

    #[inline]
    fn ligne(&mut self, _: u32) {}

    #[inline]
    fn note(&mut self, _: Quoi, _: Lieu, _: Option<Decimal>, _: Option<Decimal>) {}
}

/// One step. Amounts are in euros, unrounded unless `quoi` is a rounding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pas {
    /// The line of the period, 0 when a single price was asked.
    pub ligne: u32,
    /// Where the rule is written; the town turns it into a file, a line and a délibération.
    pub lieu: Lieu,
    /// What was done.
    pub quoi: Quoi,
    /// The amount before, when there was one.
    pub avant: Option<Decimal>,
    /// The amount after.
    pub apres: Option<Decimal>,
}

/// What a step did. Facts are named by id: the caller holds their dates, sources and pieces.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quoi {
    /// The grid in force, and since when.
    Version(BaremeId, Date),
    /// A fact that the rule read.
    Fait(FaitId, Valeur),
    /// The row that takes the case.
    Ligne(BaremeId, u32),
    /// The row some places further along the axis was taken instead.
    Decale(i32, u32),
    /// A voted amount.
    Prix,
    /// An amount no text gives: « montant d'exemple, non voté ».
    Exemple,
    /// One part of the price.
    Part(PartId),
    /// A rate (0.0042 = 0.42 %) of a base.
    Taux {
        /// The rate.
        taux: Decimal,
        /// The base.
        assiette: Decimal,
    },
    /// Raised to a floor.
    Plancher,
    /// Lowered to a ceiling.
    Plafond,
    /// On a straight line between two voted amounts.
    Entre,
    /// A formula.
    Formule,
    /// A script, by its index.
    Script(u16),
    /// The price of another grid or row.
    Comme(BaremeId),
    /// A multiple: the quantity of a line, or `multiplie`.
    Fois(Decimal),
    /// Raised by an amount (`None`) or a rate.
    Majore(u16, Option<Decimal>),
    /// Lowered by an amount (`None`) or a rate.
    Remise(u16, Option<Decimal>),
    /// Replaced.
    Remplace(u16),
    /// A line of its own that another one brings.
    Supplement(u16),
    /// A voted adjustment of another kind, by its number: the step after says which.
    Ajustement(u16),
    /// A rule over the period, by its number.
    Regle(u16),
    /// The line's share of a total.
    Repartition(u16),
    /// A stated rounding.
    Arrondi(Arrondi),
    /// A penalty.
    Penalite(u16),
    /// A fee.
    Frais(u16),
    /// What a third party pays of it.
    Tiers(u16),
    /// An open question hangs on the rule used.
    Question,
}

/// A buffer of steps.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    pas: Vec<Pas>,
    ligne: u32,
}

impl Journal {
    /// Forgets the steps and keeps the memory.
    pub fn vide(&mut self) {
        self.pas.clear();
        self.ligne = 0;
    }

    /// The steps, in the order of the computation.
    pub fn pas(&self) -> &[Pas] {
        &self.pas
    }

    /// The steps about one line.
    pub fn de(&self, ligne: u32) -> impl Iterator<Item = &Pas> {
        self.pas.iter().filter(move |p| p.ligne == ligne)
    }
}

impl Trace for Journal {
    const ACTIVE: bool = true;

    fn ligne(&mut self, ligne: u32) {
        self.ligne = ligne;
    }

    #[inline]
    fn note(&mut self, quoi: Quoi, lieu: Lieu, avant: Option<Decimal>, apres: Option<Decimal>) {
        self.pas.push(Pas { ligne: self.ligne, lieu, quoi, avant, apres });
    }
}
