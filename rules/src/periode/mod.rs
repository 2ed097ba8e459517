//! Rules over a period: from the family's acts to the lines of its invoice.
//!
//! Order: price of each act, adjustments, rounding of lines, rules of the period in their order, penalties, fees,
//! rounding again of what those changed, third parties, parts. The invoice's total is the sum of its lines, always.

mod charges;
mod facture;
mod regles;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::ajustement::{
    Acte, Ajustement, ArrondiA, Avant, Cle, Compteur, Echec, Ligne, Niveau, PrestationId, Quantum, ajuste,
    prix_des_actes,
};
use crate::bareme::{BaremeId, Grandeur, PartId, Refus, Tarifs};
use crate::condition::Condition;
use crate::faits::FaitId;
use crate::lieu::Lieu;
use crate::table::Table;
use crate::trace::{Quoi, Trace};

pub use facture::{Facture, LigneFacturee, facture};

/// What a service does to the lines of its products.
#[derive(Clone, Debug, Default)]
pub struct Regles {
    /// Per line.
    pub ajustements: Vec<Ajustement>,
    /// Per period, in order.
    pub sur_periode: Vec<RegleDePeriode>,
    /// Charges that stand on their own line.
    pub penalites: Vec<Penalite>,
    /// Fees.
    pub frais: Vec<Frais>,
    /// Second debtors, in order.
    pub tiers: Vec<Tiers>,
}

impl Regles {
    /// Do some of these rules depend on acts of other days: counted, the first ones, once a group?
    pub fn compte(&self) -> bool {
        self.ajustements.iter().any(|a| a.compteur.is_some() || a.seulement.is_some() || a.par.is_some())
            || self.penalites.iter().any(|p| p.compteur.is_some() || p.par.is_some())
            || !self.frais.is_empty()
    }
}

/// A rule over the lines of a period.
#[derive(Clone, Debug)]
pub struct RegleDePeriode {
    /// Its number in the service, for the trace.
    pub numero: u16,
    /// Which lines it sees.
    pub si: Condition,
    /// It applies to each such group of lines.
    pub par: Vec<Cle>,
    /// What it does.
    pub operation: SurPeriode,
    /// Where it is written.
    pub lieu: Lieu,
}

/// What a rule does to a group of lines; exactly one.
#[derive(Clone, Debug)]
pub enum SurPeriode {
    /// `regroupe: { actes, en }`: each complete set of these acts becomes one unit of another product.
    Regroupe {
        /// How many lines of each product make one set.
        actes: Vec<(PrestationId, u32)>,
        /// The product that replaces them.
        en: PrestationId,
        /// Its tariff, with the facts of the first line replaced.
        bareme: BaremeId,
    },
    /// `regroupe: { prestation, a_partir_de, en }`: from that many lines, all of them become one unit of another product.
    Forfait {
        /// The product counted.
        prestation: PrestationId,
        /// From how many lines.
        a_partir_de: u32,
        /// The product that replaces them.
        en: PrestationId,
        /// Its tariff.
        bareme: BaremeId,
    },
    /// `total_selon`: the group's total, spread over its lines.
    TotalSelon {
        /// The total, by the facts of the group's first line.
        table: Table<Grandeur>,
        /// How it is spread.
        repartit: Repartit,
    },
    /// `remise: { classe, rang, taux }`: a rate off, by rank of price.
    Remise {
        /// The dearest line is first (`prix_decroissant`), or the cheapest.
        decroissant: bool,
        /// First rank reduced, from 1.
        de: u32,
        /// Last rank reduced, if any.
        a: Option<u32>,
        /// 1 = 100 %.
        taux: Decimal,
    },
    /// `minimum`: a line completes the group up to it.
    Minimum(Quantum),
    /// `maximum`: a negative line brings the group down to it.
    Maximum(Quantum),
    /// `transforme`: a script gives each line's new amount from its amount so far; lines are neither added nor removed.
    Script(u16),
}

/// How a total is spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repartit {
    /// In equal shares; the last line takes the remainder.
    Egal,
    /// In proportion of the lines' amounts; the last line takes the remainder.
    Proportion,
    /// The n-th line takes what the total gains when that fact goes from n − 1 to n.
    Rang(FaitId),
}

/// A charge on its own line, that can be contested.
#[derive(Clone, Debug)]
pub struct Penalite {
    /// Its number in the service.
    pub numero: u16,
    /// `quand` and `si`: on which lines.
    pub si: Condition,
    /// How much.
    pub prix: PrixPenalite,
    /// Is the line's own price then not due?
    pub remplace_le_prix: bool,
    /// Once in each such group, instead of once a line.
    pub par: Option<Vec<Cle>>,
    /// Gives `occurrence` its value before `si` is read.
    pub compteur: Option<Compteur>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// How much a penalty is.
#[derive(Clone, Debug)]
pub enum PrixPenalite {
    /// An amount, a table of amounts or a tariff; a rate is of the line's amount.
    Quantum(Quantum),
    /// By steps of time after an hour.
    Retard(Retard),
}

/// `{ apres: "18:45", par_tranche: 15 min, entamee: due, tolerance: 5 min, montant: 6.00 }`
#[derive(Clone, Debug, PartialEq)]
pub struct Retard {
    /// The hour of departure.
    pub fait: FaitId,
    /// Minutes since midnight.
    pub apres: u16,
    /// Minutes of one step.
    pub par_tranche: u16,
    /// Is a step begun due?
    pub entamee: bool,
    /// Minutes that are forgiven; beyond them, lateness counts from `apres`.
    pub tolerance: u16,
    /// Euros a step.
    pub montant: Grandeur,
}

/// A fee on its own line: membership, deposit.
#[derive(Clone, Debug)]
pub struct Frais {
    /// Its number in the service.
    pub numero: u16,
    /// Which lines bring it.
    pub declenche: Condition,
    /// Once in each such group.
    pub par: Vec<Cle>,
    /// The product it is billed as.
    pub prestation: PrestationId,
    /// Its tariff.
    pub bareme: BaremeId,
    /// Where it is written.
    pub lieu: Lieu,
}

/// A third party that pays a part of some lines.
#[derive(Clone, Debug)]
pub struct Tiers {
    /// Its number in the service.
    pub numero: u16,
    /// When.
    pub si: Condition,
    /// For these products only.
    pub prestations: Vec<PrestationId>,
    /// From that day.
    pub des: Option<Date>,
    /// Until that day, included.
    pub jusqu_a: Option<Date>,
    /// How much.
    pub part: PartTiers,
    /// Where it is written.
    pub lieu: Lieu,
}

/// What a third party pays.
#[derive(Clone, Debug)]
pub enum PartTiers {
    /// All but that amount a unit.
    ResteFamille(Grandeur),
    /// An amount a unit, a rate of the line, or a tariff; never more than the line.
    Quantum(Quantum),
}

/// What the computation of a service needs beside its acts.
#[derive(Clone, Copy)]
pub struct Cadre<'a> {
    /// Tariffs, scripts, calendars.
    pub tarifs: &'a dyn Tarifs,
    /// What was counted before.
    pub avant: &'a dyn Avant,
    /// The town's rounding.
    pub arrondi: ArrondiA,
}

/// The lines of one service, in euros, before third parties and parts. `numeros` gives the next free line number.
pub fn lignes<T: Trace>(
    actes: &[Acte<'_>],
    regles: &Regles,
    cadre: Cadre<'_>,
    numeros: &mut u32,
    trace: &mut T,
) -> Result<Vec<Ligne>, Vec<Echec>> {
    let mut lignes = prix_des_actes(actes, cadre.arrondi, cadre.tarifs, trace)?;
    ajuste(&mut lignes, actes, &regles.ajustements, (cadre.tarifs, cadre.avant), numeros, trace)?;
    arrondit(&mut lignes, actes, cadre.arrondi, trace)?;
    for regle in &regles.sur_periode {
        regles::applique(&mut lignes, actes, regle, cadre, numeros, trace)?;
    }
    charges::penalites(&mut lignes, actes, &regles.penalites, cadre, numeros, trace)?;
    charges::frais(&mut lignes, actes, &regles.frais, cadre, numeros, trace)?;
    arrondit(&mut lignes, actes, cadre.arrondi, trace)?;
    Ok(lignes)
}

/// Rounds each line, unless the invoice is rounded as a whole.
fn arrondit<T: Trace>(
    lignes: &mut [Ligne],
    actes: &[Acte<'_>],
    arrondi: ArrondiA,
    trace: &mut T,
) -> Result<(), Vec<Echec>> {
    if arrondi.a == Niveau::Facture {
        return Ok(());
    }
    for ligne in lignes {
        let (a, avant) = (ligne.arrondi.unwrap_or(arrondi.arrondi), ligne.montant);
        ligne.arrondit(a).map_err(|refus| vec![echec(ligne, actes, refus)])?;
        if T::ACTIVE && avant != ligne.montant {
            trace.ligne(ligne.numero);
            trace.note(Quoi::Arrondi(a), ligne.lieu, Some(avant), Some(ligne.montant));
        }
    }
    Ok(())
}

/// A refusal, told of the act that the line comes from.
fn echec(ligne: &Ligne, actes: &[Acte<'_>], refus: Refus) -> Echec {
    Echec { numero: actes.get(ligne.acte).map_or(ligne.numero, |a| a.numero), refus }
}

/// `ventilation`: which parts go to which budget line is the town's; the shares are the line's own.
pub type Ventilation = Vec<(PartId, crate::montant::Montant)>;
