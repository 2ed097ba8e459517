//! A length of time after an event: `24 h`, `60 jours`, `2 mois`.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// A length of time counted from an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delai {
    /// How many.
    pub nombre: u16,
    /// Of what.
    pub unite: UniteDelai,
}

/// Its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UniteDelai {
    /// Elapsed minutes.
    Minutes,
    /// Elapsed hours.
    Heures,
    /// Civil days: the last one is given in full.
    Jours,
    /// Civil weeks.
    Semaines,
    /// Calendar months, from day to same day (clamped to the end of a shorter month); the last day is given in full.
    Mois,
    /// Years, likewise.
    Ans,
}

impl Delai {
    /// The first instant at which the delay is over. Day units end when the last civil day ends, in `fuseau`: a delay of
    /// 15 days that starts on the 1st, at any hour, is over on the 17th at 00:00. `None` out of the calendar.
    pub fn fin(self, depuis: Timestamp, fuseau: &TimeZone) -> Option<Timestamp> {
        let n = i64::from(self.nombre);
        match self.unite {
            UniteDelai::Minutes => return depuis.checked_add(n.minutes()).ok(),
            UniteDelai::Heures => return depuis.checked_add(n.hours()).ok(),
            UniteDelai::Jours | UniteDelai::Semaines | UniteDelai::Mois | UniteDelai::Ans => {}
        }
        let jour = depuis.to_zoned(fuseau.clone()).date();
        let dernier = match self.unite {
            UniteDelai::Semaines => jour.checked_add(n.weeks()),
            UniteDelai::Mois => jour.checked_add(n.months()),
            UniteDelai::Ans => jour.checked_add(n.years()),
            _ => jour.checked_add(n.days()),
        };
        let lendemain = dernier.ok()?.tomorrow().ok()?;
        Some(lendemain.to_zoned(fuseau.clone()).ok()?.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_delai_en_jours_donne_le_dernier_jour_en_entier() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        for (depuis, nombre, unite, attendu) in [
            ("2025-09-01T10:00:00Z", 15, UniteDelai::Jours, "2025-09-16T22:00:00Z"),
            // 23:30 in UTC is already the next day in Paris
            ("2025-08-31T23:30:00Z", 15, UniteDelai::Jours, "2025-09-16T22:00:00Z"),
            // across the end of summer time: still whole civil days
            ("2025-10-20T10:00:00Z", 10, UniteDelai::Jours, "2025-10-30T23:00:00Z"),
            ("2025-12-31T10:00:00Z", 2, UniteDelai::Mois, "2026-02-28T23:00:00Z"),
            ("2025-10-25T10:00:00Z", 24, UniteDelai::Heures, "2025-10-26T10:00:00Z"),
        ] {
            let delai = Delai { nombre, unite };
            assert_eq!(
                delai.fin(depuis.parse().unwrap(), &paris),
                Some(attendu.parse().unwrap()),
                "{delai:?}"
            );
        }
    }
}
