//! What a condition accepts on one dimension: the map form of `si`, and the cells of a table's row.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::valeur::Valeur;

/// One end of an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Borne<T> {
    /// The bound.
    pub valeur: T,
    /// Does the interval hold it? `<` or `>` beside it says no.
    pub incluse: bool,
}

/// An interval with optional ends; both absent = any known value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Intervalle<T> {
    /// Lower end.
    pub de: Option<Borne<T>>,
    /// Upper end.
    pub a: Option<Borne<T>>,
}

impl<T: PartialOrd> Intervalle<T> {
    /// Does it hold `v`?
    pub fn contient(&self, v: &T) -> bool {
        self.de.as_ref().is_none_or(|b| if b.incluse { *v >= b.valeur } else { *v > b.valeur })
            && self.a.as_ref().is_none_or(|b| if b.incluse { *v <= b.valeur } else { *v < b.valeur })
    }
}

/// One accepted thing in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Motif {
    /// Exactly this value ([`Valeur::Absent`] included). For a set-valued dimension: the set contains it.
    Valeur(Valeur),
    /// Numbers.
    Nombres(Intervalle<Decimal>),
    /// Dates.
    Dates(Intervalle<Date>),
    /// Minutes since midnight, or units of a duration.
    Entiers(Intervalle<i64>),
}

/// What a cell accepts: any of `motifs`; with `sauf`, anything else.
///
/// `{ sauf: [..] }` leaves [`Valeur::Absent`] out unless it is written as `absent` beside it (`absent_aussi`).
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// Alternatives.
    pub motifs: Vec<Motif>,
    /// Anything but `motifs`.
    pub sauf: bool,
    /// With `sauf`: does the cell take `absent` too?
    pub absent_aussi: bool,
}

impl Motif {
    /// Does it accept `v`? Numbers are compared as they are: a table first brings them to their `pas`.
    pub fn accepte(&self, v: Valeur) -> bool {
        match (self, v) {
            (Self::Valeur(Valeur::Ensemble(bits)), Valeur::Ensemble(tous)) => bits & tous == *bits,
            (Self::Valeur(attendue), v) => *attendue == v,
            (Self::Nombres(i), Valeur::Nombre(n)) => i.contient(&n),
            (Self::Dates(i), Valeur::Date(d)) => i.contient(&d),
            (Self::Entiers(i), Valeur::Heure(h)) => i.contient(&i64::from(h)),
            (Self::Entiers(i), Valeur::Duree(d)) => i.contient(&i64::from(d)),
            _ => false,
        }
    }
}

impl Selection {
    /// Does the cell accept `v`?
    pub fn accepte(&self, v: Valeur) -> bool {
        if self.sauf {
            if v == Valeur::Absent {
                return self.absent_aussi;
            }
            return !self.motifs.iter().any(|m| m.accepte(v));
        }
        self.motifs.iter().any(|m| m.accepte(v))
    }
}
