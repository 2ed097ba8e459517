//! The one grammar of deadlines, openings and due dates: `J-3 ecole 11:30`, `jeudi S-1`, `72 h`, `12 M-1`, `P-10 francs`.
//!
//! | anchor | day |
//! |---|---|
//! | `J`, `J-2`, `J-2 ouvres`, `J-6 francs` | the service day, or n days before it in that calendar, J not counted; `francs`: neither end counted, so `J-6 francs` is 7 civil days before |
//! | `72 h` | an instant: elapsed hours before the slot's start (when the clocks change, the time read on them is an hour off, and reported) |
//! | `48 h ouvrees` | the same, counting only the hours of working days |
//! | `jeudi S-1` | that day of J's ISO week, shifted by weeks |
//! | `vendredi precedent` | the last such day strictly before J |
//! | `12 M-1`, `fin M` | day of J's month, shifted by months; cut to the month's last day, and reported |
//! | `P`, `P-10 francs`, `fin P`, `fin P+4` | first or last day of the period that holds J |
//! | `2025-08-23`, `mardi 2025-09-30` | that day; the weekday is verified |
//!
//! An optional `hh:mm` follows. Without it: `avant` is the start of that day, `jusqu_a` its end, `des` its start.

mod instant;
mod lecture;
mod phrase;
#[cfg(test)]
mod tests;

use std::fmt;

use jiff::civil::{Date, Weekday};

use crate::calendrier::Compte;
use crate::date_fr;
use crate::scalaire::Heure;

pub use instant::{Contexte, Echeance, ErreurCalcul, SiJourFerme, Signalement, Verbe, premier_instant};

/// A deadline, an opening or a due date, as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Repere {
    ancre: Ancre,
    heure: Option<Heure>,
}

/// A day, or an instant, relative to a service day.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ancre {
    /// `J-2 ouvres`.
    Jour(Decalage),
    /// `72 h`, `48 h ouvrees`: never followed by a time.
    Heures {
        /// How many, before the slot's start.
        n: u32,
        /// Only those of working days.
        ouvrees: bool,
    },
    /// `jeudi S-1`.
    Semaine {
        /// Which day of the ISO week.
        jour: Weekday,
        /// Weeks from J's own.
        decalage: i32,
    },
    /// `vendredi precedent`.
    Precedent(Weekday),
    /// `12 M-1`, `fin M`.
    Mois {
        /// Day of the month, 1 to 31; `None` = the last.
        quantieme: Option<i8>,
        /// Months from J's own.
        decalage: i32,
    },
    /// `P-10 francs`, `fin P+4`.
    Periode {
        /// From its last day rather than its first.
        fin: bool,
        /// Days from there.
        decalage: Decalage,
    },
    /// `2025-08-23`.
    Absolu {
        /// The day.
        date: Date,
        /// Its weekday is written too.
        jour_dit: bool,
    },
}

/// Days from a day: `-2 ouvres`; zero is written as nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decalage {
    /// Negative = before.
    pub n: i32,
    /// In which calendar.
    pub compte: Compte,
}

impl Repere {
    /// The anchor.
    pub fn ancre(&self) -> &Ancre {
        &self.ancre
    }

    /// The time of day, when it is written.
    pub fn heure(&self) -> Option<Heure> {
        self.heure
    }

    /// Does it count from the slot's start? Then a prestation without `creneau` cannot use it.
    pub fn veut_creneau(&self) -> bool {
        matches!(self.ancre, Ancre::Heures { .. })
    }

    /// Does it count from a period? Then the service must have a `periode_de`.
    pub fn veut_periode(&self) -> bool {
        matches!(self.ancre, Ancre::Periode { .. })
    }

    /// The calendar that it counts in, when it counts days.
    pub fn compte(&self) -> Option<&Compte> {
        match &self.ancre {
            Ancre::Jour(d) | Ancre::Periode { decalage: d, .. } if d.n != 0 => Some(&d.compte),
            Ancre::Heures { ouvrees: true, .. } => Some(&Compte::Ouvres),
            _ => None,
        }
    }
}

/// `-2 ouvres`.
impl fmt::Display for Decalage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        signe(f, self.n)?;
        match self.compte.mot() {
            "" => Ok(()),
            mot if self.n != 0 => write!(f, " {mot}"),
            _ => Ok(()),
        }
    }
}

/// `-1`, `+1`, nothing.
fn signe(f: &mut fmt::Formatter<'_>, n: i32) -> fmt::Result {
    if n == 0 { Ok(()) } else { write!(f, "{n:+}") }
}

/// The canonical text, that reads back to the same value.
impl fmt::Display for Repere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.ancre {
            Ancre::Jour(decalage) => write!(f, "J{decalage}")?,
            Ancre::Heures { n, ouvrees } => write!(f, "{n} h{}", if *ouvrees { " ouvrees" } else { "" })?,
            Ancre::Semaine { jour, decalage } => {
                write!(f, "{} S", date_fr::nom_jour(*jour))?;
                signe(f, *decalage)?;
            }
            Ancre::Precedent(jour) => write!(f, "{} precedent", date_fr::nom_jour(*jour))?,
            Ancre::Mois { quantieme, decalage } => {
                match quantieme {
                    Some(q) => write!(f, "{q} M")?,
                    None => f.write_str("fin M")?,
                }
                signe(f, *decalage)?;
            }
            Ancre::Periode { fin, decalage } => write!(f, "{}P{decalage}", if *fin { "fin " } else { "" })?,
            Ancre::Absolu { date, jour_dit } => {
                if *jour_dit {
                    write!(f, "{} ", date_fr::nom_jour(date.weekday()))?;
                }
                write!(f, "{date}")?;
            }
        }
        match self.heure {
            Some(heure) => write!(f, " {heure}"),
            None => Ok(()),
        }
    }
}
