//! A billed line while rules work on it.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::PrestationId;
use crate::bareme::{Part, PartId, Prix, Refus};
use crate::lieu::Lieu;
use crate::montant::Arrondi;

/// Why a line exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origine {
    /// An act.
    Acte,
    /// `supplement` of that adjustment.
    Supplement(u16),
    /// `regroupe` of that rule: it stands for several acts.
    Regroupement(u16),
    /// `minimum` or `maximum` of that rule; a maximum's line is negative.
    Complement(u16),
    /// A penalty.
    Penalite(u16),
    /// A fee.
    Frais(u16),
}

/// A line. Amounts are in euros for the whole quantity.
#[derive(Clone, Debug, PartialEq)]
pub struct Ligne {
    /// Its number in the trace: the act's, or a new one.
    pub numero: u32,
    /// The place in the input of the act that it comes from: its facts, its groups.
    pub acte: usize,
    /// The product.
    pub prestation: PrestationId,
    /// The day.
    pub jour: Date,
    /// Why it exists.
    pub origine: Origine,
    /// How many units.
    pub quantite: Decimal,
    /// The voted price of one unit.
    pub unitaire: Decimal,
    /// The amount so far.
    pub montant: Decimal,
    /// The parts of the amount so far; their sum is `montant`.
    pub parts: Vec<Part>,
    /// An example amount was used: show « montant d'exemple, non voté ».
    pub exemple: bool,
    /// The rule that made the price.
    pub lieu: Lieu,
    /// Its rounding, when its tariff overrides the town's.
    pub arrondi: Option<Arrondi>,
}

impl Ligne {
    /// Sets the price of one unit, and the amount of the quantity.
    pub(crate) fn evalue(&mut self, prix: Prix) -> Result<(), Refus> {
        let lieu = prix.lieu;
        let fois = |m: Decimal| m.checked_mul(self.quantite).ok_or(Refus::Depassement { lieu });
        let montant = fois(prix.montant)?;
        let mut parts = prix.parts;
        for p in &mut parts {
            p.montant = fois(p.montant)?;
        }
        (self.montant, self.parts, self.lieu) = (montant, parts, lieu);
        self.exemple |= prix.exemple;
        Ok(())
    }

    /// The amount of a part.
    pub(crate) fn part(&self, part: PartId) -> Option<Decimal> {
        self.parts.iter().find(|p| p.part == part).map(|p| p.montant)
    }

    /// The amount becomes `nouveau`; the difference goes to `vers`, or to each part in proportion, the last one taking
    /// what division leaves.
    pub(crate) fn change(&mut self, nouveau: Decimal, vers: Option<PartId>, lieu: Lieu) -> Result<(), Refus> {
        let trop = || Refus::Depassement { lieu };
        let avant = self.montant;
        if let Some(vers) = vers {
            let part = self.parts.iter_mut().find(|p| p.part == vers).ok_or(Refus::PartInconnue { lieu })?;
            part.montant = nouveau
                .checked_sub(avant)
                .and_then(|ecart| part.montant.checked_add(ecart))
                .ok_or_else(trop)?;
            if part.montant < Decimal::ZERO {
                return Err(Refus::Negatif { lieu });
            }
        } else if let Some((derniere, premieres)) = self.parts.split_last_mut() {
            if avant.is_zero() && !nouveau.is_zero() && !premieres.is_empty() {
                return Err(Refus::SansProportion { lieu });
            }
            let mut reste = nouveau;
            for p in premieres {
                if !avant.is_zero() {
                    p.montant =
                        p.montant.checked_mul(nouveau).and_then(|m| m.checked_div(avant)).ok_or_else(trop)?;
                }
                reste = reste.checked_sub(p.montant).ok_or_else(trop)?;
            }
            derniere.montant = reste;
        }
        self.montant = nouveau;
        Ok(())
    }

    /// Rounds the amount, then the parts; the last part takes the remainder.
    pub(crate) fn arrondit(&mut self, arrondi: Arrondi) -> Result<(), Refus> {
        let lieu = self.lieu;
        let rond = |m: Decimal| arrondi.applique(m).ok_or(Refus::Depassement { lieu });
        self.montant = rond(self.montant)?;
        if let Some((derniere, premieres)) = self.parts.split_last_mut() {
            let mut reste = self.montant;
            for p in premieres {
                p.montant = rond(p.montant)?;
                reste = reste.checked_sub(p.montant).ok_or(Refus::Depassement { lieu })?;
            }
            derniere.montant = reste;
        }
        Ok(())
    }
}
