//! The values that facts take, and the domains that conditions are checked against.

use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};

/// What a fact is worth on a date. `Copy`, so that a line's facts are a flat array.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Valeur {
    /// Not known on that date: a value like another, that tables must cover.
    Absent,
    /// Yes or no.
    Booleen(bool),
    /// Index in the domain's list of names.
    Choix(u16),
    /// A quantity, a quotient, an amount in euros.
    Nombre(Decimal),
    /// A civil date.
    Date(Date),
    /// Minutes since midnight, 0 to 1440 included (`24:00`).
    Heure(u16),
    /// Whole units of the domain's unit.
    Duree(i32),
    /// Bit `i` set: the set holds the domain's `i`-th name.
    Ensemble(u64),
}

/// The unit of a duration; a domain has exactly one, so durations compare as integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UniteDuree {
    /// Minutes.
    Minute,
    /// Civil days.
    Jour,
    /// Calendar months.
    Mois,
}

/// Direction in which a number is brought to a multiple of its `pas` before it meets a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sens {
    /// Towards minus infinity: 900.50 reads 900.
    Inferieur,
    /// Towards plus infinity: 900.50 reads 901.
    Superieur,
    /// To the nearest, half away from zero.
    Proche,
}

/// The declared domain of a dimension: what a table must cover.
#[derive(Clone, Debug, PartialEq)]
pub enum Domaine {
    /// `oui` / `non`.
    Booleen,
    /// One of these names.
    Choix(Arc<[Box<str>]>),
    /// A number. Without `pas`, the axis is dense: between 900 and 901 there is 900.5.
    Nombre {
        /// The step that tables see, with its direction.
        pas: Option<(Decimal, Sens)>,
        /// Smallest value the fact may take (inclusive); a quotient is never below 0.
        min: Option<Decimal>,
        /// Largest value (inclusive).
        max: Option<Decimal>,
    },
    /// A civil date.
    Date,
    /// A time of day.
    Heure,
    /// A duration in one unit.
    Duree(UniteDuree),
    /// A set of these names (at most 64).
    Ensemble(Arc<[Box<str>]>),
}

impl Domaine {
    /// The value that `texte` names in this domain, or `None`.
    pub fn choix(&self, texte: &str) -> Option<Valeur> {
        match self {
            Self::Booleen => match texte {
                "oui" | "true" => Some(Valeur::Booleen(true)),
                "non" | "false" => Some(Valeur::Booleen(false)),
                _ => None,
            },
            Self::Choix(noms) => {
                let i = noms.iter().position(|n| **n == *texte)?;
                u16::try_from(i).ok().map(Valeur::Choix)
            }
            Self::Ensemble(noms) => {
                let i = noms.iter().position(|n| **n == *texte)?;
                1_u64.checked_shl(u32::try_from(i).ok()?).map(Valeur::Ensemble)
            }
            _ => None,
        }
    }
}

/// The integer that a table compares: `valeur / pas` in direction `sens`. `None` when it does not fit.
///
/// The usual case (a quotient with at most four decimals) is integer arithmetic only.
pub fn en_pas(valeur: Decimal, pas: Decimal, sens: Sens) -> Option<i64> {
    if let (Some(v), Some(p)) = (aligne(valeur, pas.scale()), aligne(pas, valeur.scale()))
        && p > 0
    {
        let (quotient, reste) = (v.div_euclid(p), v.rem_euclid(p));
        return Some(match sens {
            Sens::Inferieur => quotient,
            Sens::Superieur => quotient + i64::from(reste > 0),
            // half away from zero: on the negative side, exactly half goes down
            Sens::Proche => {
                let double = reste.checked_mul(2)?;
                quotient + i64::from(double > p || (double == p && v >= 0))
            }
        });
    }
    let strategie = match sens {
        Sens::Inferieur => RoundingStrategy::ToNegativeInfinity,
        Sens::Superieur => RoundingStrategy::ToPositiveInfinity,
        Sens::Proche => RoundingStrategy::MidpointAwayFromZero,
    };
    valeur.checked_div(pas)?.round_dp_with_strategy(0, strategie).to_i64()
}

/// `valeur`'s mantissa with `decimales` more decimals, when it fits in 64 bits.
fn aligne(valeur: Decimal, decimales: u32) -> Option<i64> {
    let mantisse = i64::try_from(valeur.mantissa()).ok()?;
    mantisse.checked_mul(10_i64.checked_pow(decimales)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_quotient_est_ramene_a_son_pas() {
        let d = |t: &str| t.parse::<Decimal>().unwrap();
        for (v, pas, sens, attendu) in [
            ("900.50", "1", Sens::Inferieur, 900),
            ("900.50", "1", Sens::Superieur, 901),
            ("900.50", "1", Sens::Proche, 901),
            ("900", "0.01", Sens::Proche, 90_000),
            ("-0.5", "1", Sens::Proche, -1),
            ("-0.5", "1", Sens::Inferieur, -1),
            ("12345678901234567890", "10000000000", Sens::Inferieur, 1_234_567_890),
        ] {
            assert_eq!(en_pas(d(v), d(pas), sens), Some(attendu), "{v} / {pas} {sens:?}");
        }
    }
}
