//! Durations: `24 h`, `15 min`, `3 jours`, `10 jours ouvres`, `2 mois`.

use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

use super::erreur::{ErreurScalaire, proche};
use super::heure::Heure;
use super::mots::{compte, entier, mots};
use crate::calendrier::{Calendrier, Compte, ErreurCalendrier};
use crate::repere::premier_instant;

/// A unit of time; only days are counted in a calendar.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Unite {
    /// Minutes.
    Minutes,
    /// Hours.
    Heures,
    /// Days of a calendar.
    Jours(Compte),
    /// Seven civil days.
    Semaines,
    /// Calendar months.
    Mois,
    /// Years.
    Ans,
}

/// A whole number of one unit, as written: two months are not sixty days.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Duree {
    /// How many, 1 to 100 000; `0 min` and the like are written where « none » is meant.
    pub n: u32,
    /// Of what.
    pub unite: Unite,
}

/// What a unit may be called, for the reader and for « vouliez-vous dire ».
const UNITES: [&str; 8] = ["min", "h", "jour", "jours", "semaines", "semaine", "mois", "ans"];

impl Duree {
    /// Reads `10 jours ouvres`. Any calendar name is taken; see [`Duree::lit_avec`].
    pub fn lit(texte: &str) -> Result<Self, ErreurScalaire> {
        Self::lit_parmi(texte, None)
    }

    /// The same, where only these calendars exist beside the language's.
    pub fn lit_avec(texte: &str, calendriers: &[&str]) -> Result<Self, ErreurScalaire> {
        Self::lit_parmi(texte, Some(calendriers))
    }

    fn lit_parmi(texte: &str, calendriers: Option<&[&str]>) -> Result<Self, ErreurScalaire> {
        let attendue = || {
            ErreurScalaire::nouvelle("durée attendue, comme « 24 h » ou « 3 jours »", 0, texte.len())
                .aide("unités : min, h, jours, semaines, mois, ans ; les jours prennent ouvres, ecole, francs ou un calendrier")
        };
        let mots = mots(texte);
        let (nombre, unite, reste) = match mots.as_slice() {
            [nombre, unite, reste @ ..] => (nombre, unite, reste),
            [colle] if colle.texte.starts_with(|c: char| c.is_ascii_digit()) => {
                let chiffres = colle.texte.trim_end_matches(|c: char| !c.is_ascii_digit());
                let unite = colle.texte.get(chiffres.len()..).unwrap_or_default();
                let erreur = attendue();
                return Err(if UNITES.contains(&unite) {
                    erreur.aide(format!("écrire « {chiffres} {unite} »"))
                } else {
                    erreur
                });
            }
            _ => return Err(attendue()),
        };
        let n = if nombre.texte == "0" { 0 } else { entier(nombre, 100_000)? };
        let unite_lue = match unite.texte {
            "min" => Unite::Minutes,
            "h" => Unite::Heures,
            "jour" | "jours" => match reste {
                [] => Unite::Jours(Compte::Civils),
                [mot, ..] => Unite::Jours(compte(mot, calendriers)?),
            },
            "semaine" | "semaines" => Unite::Semaines,
            "mois" => Unite::Mois,
            "an" | "ans" => Unite::Ans,
            autre => {
                let erreur = unite.erreur(format!("« {autre} » n'est pas une unité de durée"));
                return Err(match proche(autre, UNITES) {
                    Some(voisin) => erreur.aide(format!("vouliez-vous dire « {voisin} » ?")),
                    None => erreur.aide("unités : min, h, jours, semaines, mois, ans"),
                });
            }
        };
        let permis = usize::from(matches!(unite_lue, Unite::Jours(_)));
        match reste.get(permis.min(reste.len())..) {
            Some([trop, ..]) => Err(trop.erreur(format!("« {} » est de trop", trop.texte))),
            _ => Ok(Self { n, unite: unite_lue }),
        }
    }

    /// Minutes, for a unit that always has the same number of them; `None` for days and more.
    pub fn en_minutes(&self) -> Option<u32> {
        match self.unite {
            Unite::Minutes => Some(self.n),
            Unite::Heures => self.n.checked_mul(60),
            _ => None,
        }
    }

    /// The day that many civil days, weeks, months or years before `fin`; `None` in hours, in days of a calendar, or out of the
    /// dates that exist.
    pub fn avant(&self, fin: Date) -> Option<Date> {
        let n = i64::from(self.n);
        let span = match &self.unite {
            Unite::Jours(Compte::Civils) => Span::new().try_days(n),
            Unite::Semaines => Span::new().try_weeks(n),
            Unite::Mois => Span::new().try_months(n),
            Unite::Ans => Span::new().try_years(n),
            Unite::Minutes | Unite::Heures | Unite::Jours(_) => return None,
        };
        span.and_then(|span| fin.checked_sub(span)).ok()
    }

    /// The day that ends this duration started on `depuis`: `depuis` is not counted, months are clamped to their last day.
    /// `None` for minutes and hours, that no date carries.
    pub fn apres(&self, depuis: Date, calendrier: &Calendrier) -> Result<Option<Date>, ErreurCalendrier> {
        let n = i64::from(self.n);
        let span = match &self.unite {
            Unite::Minutes | Unite::Heures => return Ok(None),
            Unite::Jours(compte) => return calendrier.n_jours_apres(compte, depuis, self.n).map(Some),
            Unite::Semaines => Span::new().try_weeks(n),
            Unite::Mois => Span::new().try_months(n),
            Unite::Ans => Span::new().try_years(n),
        };
        let fin = span.and_then(|span| depuis.checked_add(span));
        fin.map(Some).map_err(|_| calendrier.hors(depuis))
    }

    /// The instant that ends this duration started at `depuis`. Minutes and hours are elapsed time; from days on it is
    /// the end (24:00) of the day that [`Duree::apres`] gives, so a delay of ten days is never cut short by an hour.
    pub fn apres_instant(
        &self,
        depuis: Timestamp,
        fuseau: &TimeZone,
        calendrier: &Calendrier,
    ) -> Result<Timestamp, ErreurCalendrier> {
        let jour = fuseau.to_datetime(depuis).date();
        if let Some(minutes) = self.en_minutes() {
            let ecoule = SignedDuration::from_mins(i64::from(minutes));
            return depuis.checked_add(ecoule).map_err(|_| calendrier.hors(jour));
        }
        let dernier = self.apres(jour, calendrier)?.unwrap_or(jour);
        let fin = Heure::FIN_DE_JOUR.le(dernier).and_then(|fin| premier_instant(fuseau, fin));
        fin.ok_or_else(|| calendrier.hors(dernier))
    }

    /// `10 jours ouvrés`.
    pub fn en_mots(&self) -> String {
        let s = if self.n > 1 { "s" } else { "" };
        match &self.unite {
            Unite::Minutes => format!("{} minute{s}", self.n),
            Unite::Heures => format!("{} heure{s}", self.n),
            Unite::Jours(compte) => format!("{} {}", self.n, compte.en_mots(self.n)),
            Unite::Semaines => format!("{} semaine{s}", self.n),
            Unite::Mois => format!("{} mois", self.n),
            Unite::Ans => format!("{} an{s}", self.n),
        }
    }
}

/// `10 jours ouvres`, as it reads back.
impl fmt::Display for Duree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.n > 1 { "s" } else { "" };
        match &self.unite {
            Unite::Minutes => write!(f, "{} min", self.n),
            Unite::Heures => write!(f, "{} h", self.n),
            Unite::Jours(Compte::Civils) => write!(f, "{} jour{s}", self.n),
            Unite::Jours(compte) => write!(f, "{} jour{s} {}", self.n, compte.mot()),
            Unite::Semaines => write!(f, "{} semaine{s}", self.n),
            Unite::Mois => write!(f, "{} mois", self.n),
            Unite::Ans => write!(f, "{} an{s}", self.n),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_duree_garde_son_unite() {
        for (texte, mots) in [
            ("24 h", "24 heures"),
            ("15 min", "15 minutes"),
            ("0 min", "0 minute"),
            ("1 jour", "1 jour"),
            ("3 jours", "3 jours"),
            ("10 jours ouvres", "10 jours ouvrés"),
            ("2 jours ecole", "2 jours d'école"),
            ("6 jours francs", "6 jours francs"),
            ("5 jours jours_service", "5 jours « jours service »"),
            ("1 semaine", "1 semaine"),
            ("2 mois", "2 mois"),
            ("1 an", "1 an"),
        ] {
            let duree = Duree::lit(texte).unwrap();
            assert_eq!((duree.to_string().as_str(), duree.en_mots().as_str()), (texte, mots));
        }
        assert_eq!(Duree::lit("24 h").unwrap().en_minutes(), Some(1440));
        assert_eq!(Duree::lit("1 jour").unwrap().en_minutes(), None, "a day may have 23 or 25 hours");
    }

    #[test]
    fn une_duree_mal_ecrite_est_expliquee() {
        for (texte, aide, debut) in [
            ("24h", "écrire « 24 h »", 0),
            ("3 jour ouvrés", "vouliez-vous dire « ouvres » ?", 7),
            ("3 joursz", "vouliez-vous dire « jours » ?", 2),
            ("2 siecles", "unités : min, h, jours, semaines, mois, ans", 2),
        ] {
            let e = Duree::lit(texte).unwrap_err();
            assert_eq!((e.aide.as_deref(), e.debut), (Some(aide), debut), "{texte}");
        }
        assert!(
            Duree::lit_avec("3 jours jours_servise", &["jours_service"])
                .unwrap_err()
                .aide
                .unwrap()
                .contains("jours_service")
        );
        for faux in [
            "",
            "h",
            "24 h ouvrees",
            "3 jours ouvres ecole",
            "2 mois francs",
            "-3 jours",
            "03 jours",
            "3.5 jours",
        ] {
            assert!(Duree::lit(faux).is_err(), "{faux}");
        }
    }

    #[test]
    fn une_duree_finit() {
        let (calendrier, fuseau) =
            (crate::calendrier::tests::essai(), TimeZone::get("Europe/Paris").unwrap());
        // Saturday 25 October 2025, 10 h: the clocks go back in the night
        let depuis: Timestamp = "2025-10-25T08:00:00Z".parse().unwrap();
        for (texte, fin) in [
            ("24 h", "2025-10-26T08:00:00Z"),
            ("90 min", "2025-10-25T09:30:00Z"),
            ("1 jour", "2025-10-26T23:00:00Z"),
            ("2 jours ouvres", "2025-10-28T23:00:00Z"),
            ("1 jour ecole", "2025-11-03T23:00:00Z"),
            ("1 semaine", "2025-11-01T23:00:00Z"),
            ("4 mois", "2026-02-25T23:00:00Z"),
            ("1 an", "2026-10-25T23:00:00Z"),
        ] {
            let calcule = Duree::lit(texte).unwrap().apres_instant(depuis, &fuseau, &calendrier).unwrap();
            assert_eq!(calcule.to_string(), fin, "{texte}");
        }
        let jour = jiff::civil::date(2026, 1, 31);
        assert_eq!(
            Duree::lit("1 mois").unwrap().apres(jour, &calendrier),
            Ok(Some(jiff::civil::date(2026, 2, 28)))
        );
        assert!(Duree::lit("99999 ans").unwrap().apres(jour, &calendrier).is_err());
        assert!(Duree::lit("99999 mois").unwrap().apres(jour, &calendrier).is_err(), "the year 10359");
    }
}
