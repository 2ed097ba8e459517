//! Why there is no price.

use jiff::civil::Date;

use crate::expression::ErreurCalcul;
use crate::faits::FaitId;
use crate::lieu::Lieu;
use crate::table::Manque;

/// A price that cannot be said, and the rule that says so. Never an amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refus {
    /// No grid is in force on that day.
    #[error("aucun tarif n'est en vigueur le {jour}")]
    AucuneVersion {
        /// The tariff.
        lieu: Lieu,
        /// The day.
        jour: Date,
    },
    /// The fact is absent and the rule needs it.
    #[error("une information nécessaire au tarif n'est pas connue")]
    FaitManquant {
        /// The rule.
        lieu: Lieu,
        /// The fact.
        fait: FaitId,
    },
    /// The grid has no row for the case.
    #[error("la grille ne prévoit pas ce cas")]
    CasNonPrevu {
        /// The grid.
        lieu: Lieu,
    },
    /// Two rows take the case.
    #[error("deux lignes de la grille prévoient ce cas")]
    DeuxLignes {
        /// One row.
        a: Lieu,
        /// The other.
        b: Lieu,
    },
    /// The fact's value is not of its declared type.
    #[error("une information n'a pas le type déclaré")]
    TypeInattendu {
        /// The rule.
        lieu: Lieu,
        /// The fact.
        fait: FaitId,
    },
    /// The town does not offer this.
    #[error("cette prestation n'est pas proposée dans ce cas")]
    NonOffert {
        /// The row.
        lieu: Lieu,
    },
    /// The source is silent: the town must answer first.
    #[error("ce montant n'est pas publié : {question}")]
    ADemander {
        /// The row.
        lieu: Lieu,
        /// The question.
        question: Box<str>,
    },
    /// A row that another rule names does not exist in the grid in force.
    #[error("la ligne nommée n'existe pas dans la grille en vigueur")]
    LigneInconnue {
        /// The tariff.
        lieu: Lieu,
    },
    /// A tariff that another rule names does not exist.
    #[error("le barème nommé n'existe pas")]
    BaremeInconnu {
        /// The rule.
        lieu: Lieu,
    },
    /// `comme` goes round in a circle.
    #[error("ce tarif se définit par lui-même")]
    Cercle {
        /// The row.
        lieu: Lieu,
    },
    /// A formula has no result.
    #[error("{faute}")]
    Calcul {
        /// The rule.
        lieu: Lieu,
        /// Why.
        faute: ErreurCalcul,
    },
    /// A script failed.
    #[error("le calcul propre à la commune a échoué : {motif}")]
    Script {
        /// The rule.
        lieu: Lieu,
        /// Its reason.
        motif: Box<str>,
    },
    /// An amount that does not fit.
    #[error("le calcul dépasse les montants possibles")]
    Depassement {
        /// The rule.
        lieu: Lieu,
    },
    /// The value on the axis is outside the two ends of `entre`.
    #[error("la valeur sort de la tranche de la ligne")]
    HorsTranche {
        /// The row.
        lieu: Lieu,
    },
    /// A reduction went below zero, or a voted amount is negative.
    #[error("le montant serait négatif")]
    Negatif {
        /// The rule.
        lieu: Lieu,
    },
    /// An amount with fractions of a centime, and no rule says how to round it.
    #[error("le montant n'est pas un nombre entier de centimes et aucun arrondi n'est prévu")]
    SansArrondi {
        /// The rule that gave the amount.
        lieu: Lieu,
    },
    /// An amount must be shared among parts or lines, and nothing says in what proportion.
    #[error("rien ne dit comment répartir ce montant")]
    SansProportion {
        /// The rule.
        lieu: Lieu,
    },
    /// The rule names a part that the price does not have.
    #[error("le prix n'a pas la part nommée")]
    PartInconnue {
        /// The rule.
        lieu: Lieu,
    },
}

impl Refus {
    /// A table's failure, told of the table at `lieu`; `ligne` places its rows.
    pub fn de_table(manque: Manque, lieu: Lieu, ligne: impl Fn(u32) -> Lieu) -> Self {
        match manque {
            Manque::Absent(fait) => Self::FaitManquant { lieu, fait },
            Manque::Trou => Self::CasNonPrevu { lieu },
            Manque::Recouvrement(a, b) => Self::DeuxLignes { a: ligne(a), b: ligne(b) },
            Manque::HorsDomaine(fait) => Self::TypeInattendu { lieu, fait },
            Manque::Garde(i, faute) => Self::calcul(ligne(i), faute),
        }
    }

    /// An expression's failure.
    pub fn calcul(lieu: Lieu, faute: ErreurCalcul) -> Self {
        match faute {
            ErreurCalcul::FaitAbsent(fait) => Self::FaitManquant { lieu, fait },
            ErreurCalcul::TypeInattendu(fait) => Self::TypeInattendu { lieu, fait },
            ErreurCalcul::Depassement => Self::Depassement { lieu },
            faute => Self::Calcul { lieu, faute },
        }
    }
}
