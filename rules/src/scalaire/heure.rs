//! Time of day and time slots.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};

use super::erreur::ErreurScalaire;
use super::mots::{Mot, unique};
use crate::calendrier::plus_jours;
use crate::date_fr;

/// A civil time of day, to the minute, from `00:00` to `24:00` included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Heure(u16);

impl Heure {
    /// `00:00`.
    pub const DEBUT_DE_JOUR: Self = Self(0);
    /// `24:00`: the end of the day, not the start of the next, for whoever reads it.
    pub const FIN_DE_JOUR: Self = Self(24 * 60);

    /// From minutes since midnight; `None` above 1440.
    pub const fn en_minutes(minutes: u16) -> Option<Self> {
        if minutes <= 24 * 60 { Some(Self(minutes)) } else { None }
    }

    /// Its hour and minute; seconds are dropped.
    pub fn de(temps: Time) -> Self {
        Self(u16::try_from(i32::from(temps.hour()) * 60 + i32::from(temps.minute())).unwrap_or(0))
    }

    /// Minutes since midnight, 0 to 1440.
    pub const fn minutes(self) -> u16 {
        self.0
    }

    /// Reads `"06:00"`: two digits, a colon, two digits.
    pub fn lit(texte: &str) -> Result<Self, ErreurScalaire> {
        Self::du_mot(&unique(texte, "une heure, comme « 06:00 »,")?)
    }

    pub(crate) fn du_mot(mot: &Mot<'_>) -> Result<Self, ErreurScalaire> {
        let attendue = || mot.erreur(format!("heure attendue, comme « 06:00 », pas « {} »", mot.texte));
        let Some((h, m)) = mot.texte.split_once(':') else {
            return Err(match mot.texte.split_once(['h', 'H']) {
                Some((h, m)) => propose(attendue(), h, if m.is_empty() { "0" } else { m }),
                None => attendue(),
            });
        };
        if !(h.len() == 2 && m.len() == 2 && h.bytes().chain(m.bytes()).all(|b| b.is_ascii_digit())) {
            return Err(propose(attendue(), h, m));
        }
        match (h.parse::<u16>(), m.parse::<u16>()) {
            (Ok(24), Ok(0)) => Ok(Self::FIN_DE_JOUR),
            (Ok(h), Ok(m)) if h < 24 && m < 60 => Ok(Self(h * 60 + m)),
            _ => Err(mot
                .erreur(format!("« {} » n'existe pas", mot.texte))
                .aide("les heures vont de 00:00 à 24:00, les minutes de 00 à 59")),
        }
    }

    /// That time on that day; `24:00` is the next day at 00:00. `None` on the last day of the year 9999.
    pub fn le(self, jour: Date) -> Option<DateTime> {
        let (jour, minutes) =
            if self == Self::FIN_DE_JOUR { (plus_jours(jour, 1)?, 0) } else { (jour, self.0) };
        let (h, m) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
        Some(jour.to_datetime(Time::new(h, m, 0, 0).ok()?))
    }

    /// `6 h`, `11 h 59`.
    pub fn en_mots(self) -> String {
        date_fr::heure(self)
    }
}

/// `06:00`.
impl fmt::Display for Heure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// Adds « écrire "06:00" » when the two numbers make a time.
fn propose(erreur: ErreurScalaire, h: &str, m: &str) -> ErreurScalaire {
    match (h.parse::<u16>(), m.parse::<u16>()) {
        (Ok(h), Ok(m)) if h < 24 && m < 60 => erreur.aide(format!("écrire \"{h:02}:{m:02}\"")),
        _ => erreur,
    }
}

/// A span of a day: `07:50..08:40`. It holds its start and not its end, as a slot does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Plage {
    /// Start.
    pub de: Heure,
    /// End, after the start.
    pub a: Heure,
}

impl Plage {
    /// Reads `"16:20..18:10"`.
    pub fn lit(texte: &str) -> Result<Self, ErreurScalaire> {
        let mot = unique(texte, "une plage, comme « 16:20..18:10 »,")?;
        let Some((de, a)) = mot.texte.split_once("..") else {
            return Err(mot.erreur(format!("plage attendue, comme « 16:20..18:10 », pas « {} »", mot.texte)));
        };
        let (de, a) =
            (Mot { texte: de, debut: mot.debut }, Mot { texte: a, debut: mot.debut + de.len() + 2 });
        let plage = Self { de: Heure::du_mot(&de)?, a: Heure::du_mot(&a)? };
        if plage.a <= plage.de {
            return Err(a
                .erreur("la plage finit avant de commencer, ou est vide")
                .aide("une plage reste dans un jour : au plus tard 24:00"));
        }
        Ok(plage)
    }

    /// Its length in minutes.
    pub const fn minutes(self) -> u16 {
        self.a.0 - self.de.0
    }

    /// Does it hold that time? The end is outside.
    pub fn contient(self, heure: Heure) -> bool {
        self.de <= heure && heure < self.a
    }

    /// `de 16 h 20 à 18 h 10`.
    pub fn en_mots(self) -> String {
        format!("de {} à {}", self.de.en_mots(), self.a.en_mots())
    }
}

/// `16:20..18:10`.
impl fmt::Display for Plage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.de, self.a)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_heure_secrit_dune_seule_facon() {
        assert_eq!(Heure::lit("06:00").unwrap().minutes(), 360);
        assert_eq!(Heure::lit("24:00").unwrap(), Heure::FIN_DE_JOUR);
        for (faux, aide) in [
            ("6:00", Some("écrire \"06:00\"")),
            ("6h30", Some("écrire \"06:30\"")),
            ("6h", Some("écrire \"06:00\"")),
            ("24:01", Some("les heures vont de 00:00 à 24:00, les minutes de 00 à 59")),
            ("12:60", Some("les heures vont de 00:00 à 24:00, les minutes de 00 à 59")),
            ("midi", None),
            ("", None),
        ] {
            assert_eq!(Heure::lit(faux).unwrap_err().aide.as_deref(), aide, "{faux}");
        }
        let trop = Heure::lit("06:00 07:00").unwrap_err();
        assert_eq!((trop.debut, trop.fin), (6, 11));
    }

    #[test]
    fn une_plage_tient_dans_un_jour() {
        let soir = Plage::lit("16:20..18:10").unwrap();
        assert_eq!((soir.minutes(), soir.to_string().as_str()), (110, "16:20..18:10"));
        assert!(soir.contient(soir.de) && !soir.contient(soir.a));
        assert_eq!(Plage::lit("18:10..24:00").unwrap().en_mots(), "de 18 h 10 à 24 h");
        let envers = Plage::lit("18:10..16:20").unwrap_err();
        assert_eq!((envers.debut, envers.fin), (7, 12));
        assert_eq!(Plage::lit("16:20..8:10").unwrap_err().debut, 7);
        assert!(Plage::lit("16:20-18:10").is_err());
    }
}
