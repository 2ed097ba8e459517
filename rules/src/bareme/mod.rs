//! Tariffs: dated grids of disjoint rows, each with one way to make a price.
//!
//! A price is exact and unrounded: rounding is where the règlement says, by the caller. Whatever has no price is a
//! [`Refus`] with its reason, never zero euros.

mod analyse;
mod grille;
mod refus;
mod resultat;
mod simulation;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::expression::Hote;
use crate::faits::Faits;
use crate::lieu::Lieu;
use crate::trace::{Quoi, Trace};

pub use analyse::{ConstatCourbe, NonAnalyse, Regard};
pub use grille::{ConstatGrille, Decale, DefinitionGrille, Grille};
pub use refus::Refus;
pub use resultat::{Ecart, Grandeur, Resultat};
pub use simulation::RefusSimulation;

/// A tariff, interned when the town is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BaremeId(pub u16);

/// A part of a price (`repas`, `animation`), interned when the town is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartId(pub u16);

/// How many tariffs a price may follow through `comme` before it is a circle.
const DETOURS_MAX: u8 = 8;

/// A part and its amount, in euros.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// Which.
    pub part: PartId,
    /// Its share of the price.
    pub montant: Decimal,
}

/// A unit price.
#[derive(Clone, Debug, PartialEq)]
pub struct Prix {
    /// Euros for one unit, unrounded; the sum of `parts` when there are some.
    pub montant: Decimal,
    /// The parts, in the order written; none for a price in one piece.
    pub parts: Vec<Part>,
    /// An amount no text gives was used: show « montant d'exemple, non voté ».
    pub exemple: bool,
    /// Where the row is written.
    pub lieu: Lieu,
}

/// What a price may ask of its town.
pub trait Tarifs {
    /// The tariff of that id.
    fn bareme(&self, id: BaremeId) -> Option<&Bareme>;
    /// What a script answers for these facts, and for the amount so far when it adjusts a line; `Err` is its reason.
    fn script(&self, script: u16, courant: Option<Decimal>, faits: &Faits<'_>) -> Result<Decimal, String>;
    /// The town's calendars, for expressions.
    fn hote(&self) -> &dyn Hote;
}

/// A tariff: its grids, each in force until the next one begins.
#[derive(Clone, Debug)]
pub struct Bareme {
    id: BaremeId,
    lieu: Lieu,
    versions: Box<[Version]>,
}

/// A grid and the day it begins. `grille: None` ends the tariff.
#[derive(Clone, Debug)]
pub struct Version {
    /// First day.
    pub depuis: Date,
    /// The whole grid: never a change of single cells.
    pub grille: Option<Grille>,
}

impl Bareme {
    /// From its versions, in any order. `Err`: two begin on that day.
    pub fn nouveau(id: BaremeId, lieu: Lieu, mut versions: Vec<Version>) -> Result<Self, Date> {
        versions.sort_by_key(|v| v.depuis);
        for paire in versions.windows(2) {
            if let [a, b] = paire
                && a.depuis == b.depuis
            {
                return Err(a.depuis);
            }
        }
        Ok(Self { id, lieu, versions: versions.into_boxed_slice() })
    }

    /// Its id.
    pub fn id(&self) -> BaremeId {
        self.id
    }

    /// Its versions, by date: each is in force from `depuis` until the day before the next one's.
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// The grid in force on `jour`.
    pub fn grille(&self, jour: Date) -> Option<(Date, &Grille)> {
        let rang = self.versions.partition_point(|v| v.depuis <= jour).checked_sub(1)?;
        let version = self.versions.get(rang)?;
        Some((version.depuis, version.grille.as_ref()?))
    }

    /// The unit price of one day for these facts.
    #[inline]
    pub fn prix<T: Trace>(
        &self,
        jour: Date,
        faits: &Faits<'_>,
        tarifs: &dyn Tarifs,
        trace: &mut T,
    ) -> Result<Prix, Refus> {
        self.prix_apres(jour, faits, tarifs, trace, DETOURS_MAX)
    }

    /// The price that the row called `nom` gives on `jour`, whatever its conditions say.
    pub fn prix_de_ligne<T: Trace>(
        &self,
        nom: &str,
        jour: Date,
        faits: &Faits<'_>,
        tarifs: &dyn Tarifs,
        trace: &mut T,
    ) -> Result<Prix, Refus> {
        let (depuis, grille) = self.grille(jour).ok_or(Refus::AucuneVersion { lieu: self.lieu, jour })?;
        let ligne = grille.table().nommee(nom).ok_or(Refus::LigneInconnue { lieu: self.lieu })?;
        if T::ACTIVE {
            trace.note(Quoi::Version(self.id, depuis), self.lieu, None, None);
        }
        grille.prix_de(ligne, jour, faits, tarifs, trace, DETOURS_MAX)
    }

    fn prix_apres<T: Trace>(
        &self,
        jour: Date,
        faits: &Faits<'_>,
        tarifs: &dyn Tarifs,
        trace: &mut T,
        detours: u8,
    ) -> Result<Prix, Refus> {
        let (depuis, grille) = self.grille(jour).ok_or(Refus::AucuneVersion { lieu: self.lieu, jour })?;
        if T::ACTIVE {
            trace.note(Quoi::Version(self.id, depuis), self.lieu, None, None);
        }
        grille.prix(self.id, self.lieu, jour, faits, tarifs, trace, detours)
    }
}
