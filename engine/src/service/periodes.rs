//! The periods of a service: what `P` counts from, what a forfait covers.

use jiff::civil::Date;
use rules::calendrier::Calendrier;

/// `periode_de`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Periodes {
    /// The school holidays that hold the day, or the school term between two of them.
    Vacances,
    /// The calendar month.
    Mois,
    /// Named periods with their first and last day, both included, by date.
    Liste(Vec<(String, Date, Date)>),
}

impl Periodes {
    /// First and last day of the period that holds `jour`; `None` when none does.
    pub fn bornes(&self, jour: Date, calendrier: &Calendrier) -> Option<(Date, Date)> {
        match self {
            Self::Vacances => calendrier.periode(jour).ok().map(|p| p.bornes()),
            Self::Mois => Some((jour.first_of_month(), jour.last_of_month())),
            Self::Liste(liste) => {
                liste.iter().find(|(_, du, au)| *du <= jour && jour <= *au).map(|(_, du, au)| (*du, *au))
            }
        }
    }
}
