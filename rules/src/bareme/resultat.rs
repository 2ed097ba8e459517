//! The ways a row makes a price.

use rust_decimal::Decimal;

use super::{BaremeId, PartId, Refus};
use crate::expression::{Expr, Hote};
use crate::faits::{FaitId, Faits};
use crate::lieu::Lieu;
use crate::valeur::Valeur;

/// An amount or a quantity that a rule writes, names or computes.
#[derive(Clone, Debug, PartialEq)]
pub enum Grandeur {
    /// Written.
    Montant(Decimal),
    /// A named dated figure.
    Parametre(u16),
    /// Computed.
    Formule(Expr),
    /// The value of a fact.
    Fait(FaitId),
}

impl Grandeur {
    /// Its value for these facts.
    pub fn vaut(&self, faits: &Faits<'_>, hote: &dyn Hote, lieu: Lieu) -> Result<Decimal, Refus> {
        match self {
            Self::Montant(m) => Ok(*m),
            Self::Parametre(p) => match faits.parametre(*p) {
                Valeur::Nombre(n) => Ok(n),
                _ => Err(Refus::Calcul { lieu, faute: crate::expression::ErreurCalcul::ParametreAbsent(*p) }),
            },
            Self::Formule(e) => match e.evalue(faits, hote).map_err(|f| Refus::calcul(lieu, f))? {
                Valeur::Nombre(n) => Ok(n),
                _ => Err(Refus::Calcul { lieu, faute: crate::expression::ErreurCalcul::PasEntier }),
            },
            Self::Fait(f) => nombre(faits, *f, lieu),
        }
    }
}

/// The number that a fact is.
pub(super) fn nombre(faits: &Faits<'_>, fait: FaitId, lieu: Lieu) -> Result<Decimal, Refus> {
    match faits.valeur(fait) {
        Valeur::Nombre(n) => Ok(n),
        Valeur::Duree(d) => Ok(Decimal::from(d)),
        Valeur::Absent => Err(Refus::FaitManquant { lieu, fait }),
        _ => Err(Refus::TypeInattendu { lieu, fait }),
    }
}

/// A difference, as an amount or as a rate of what it is applied to.
#[derive(Clone, Debug, PartialEq)]
pub enum Ecart {
    /// Euros.
    Montant(Grandeur),
    /// A rate: 0.2 = 20 %.
    Taux(Decimal),
}

/// What a row of a tariff gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Resultat {
    /// `prix: 3.50`.
    Prix(Decimal),
    /// `parts: { repas: 2.10, animation: 0.40 }`: the price is their sum.
    Parts(Box<[(PartId, Decimal)]>),
    /// `taux: 0.50 %` of the `assiette`.
    Taux {
        /// The rate: 0.005 = 0.50 %.
        taux: Decimal,
        /// The base, when it is not the grid's.
        assiette: Option<FaitId>,
        /// Never below.
        plancher: Option<Grandeur>,
        /// Never above.
        plafond: Option<Grandeur>,
    },
    /// `entre: [5.00, 8.00]`: on a straight line over the row's own interval of the grid's axis.
    Entre(Decimal, Decimal),
    /// `formule: "…"`.
    Formule(Expr),
    /// `comme: { bareme, avec, majore }`: the price of another grid, or of another row of this one.
    Comme {
        /// Which.
        bareme: BaremeId,
        /// Facts that are read otherwise there.
        avec: Vec<(FaitId, Valeur)>,
        /// Added to it.
        majore: Option<Ecart>,
    },
    /// `script: regles/x.rhai`, by index.
    Script(u16),
    /// `non_offert: true`.
    NonOffert,
    /// `a_demander: "question"`.
    ADemander(Box<str>),
    /// `prix: { exemple: 3.10 }`: an amount no text gives.
    Exemple(Decimal),
}
