//! The host functions of expressions and scripts: one implementation, pure, checked.
//!
//! A function that depends on a calendar asks [`Hote`]; nothing here reads a clock.

use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};

use crate::faits::FaitId;

/// The names of [`jour_semaine`]'s answers, in the order of the week.
pub const JOURS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

/// The most decimals that `arrondi` may keep.
pub const DECIMALES_MAX: u32 = 10;

/// What an expression or a script asks of its town.
pub trait Hote {
    /// Is this day a public holiday? `None` when the town's calendar does not say.
    fn est_ferie(&self, jour: Date) -> Option<bool>;
    /// Is this a school day? `None` when the town's calendar does not say.
    fn est_ecole(&self, jour: Date) -> Option<bool>;
}

/// A host that knows no calendar: `est_ferie` and `est_ecole` are then errors, never « non ».
#[derive(Clone, Copy, Debug, Default)]
pub struct SansCalendrier;

impl Hote for SansCalendrier {
    fn est_ferie(&self, _: Date) -> Option<bool> {
        None
    }

    fn est_ecole(&self, _: Date) -> Option<bool> {
        None
    }
}

/// Why a computation has no result. It becomes a refusal with its rule, never an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErreurCalcul {
    /// A result that 96 bits do not hold.
    #[error("le calcul dépasse les nombres possibles")]
    Depassement,
    /// A division by zero.
    #[error("le calcul divise par zéro")]
    DivisionParZero,
    /// A fact that is not known on that date.
    #[error("une information nécessaire au calcul n'est pas connue")]
    FaitAbsent(FaitId),
    /// A fact whose value is not of its declared type: the caller's mistake.
    #[error("une information n'a pas le type déclaré")]
    TypeInattendu(FaitId),
    /// A `parametre` without a value on that day.
    #[error("un paramètre n'a pas de valeur à cette date")]
    ParametreAbsent(u16),
    /// `borne(x, bas, haut)` with `bas` above `haut`.
    #[error("borne(x, bas, haut) : la borne basse dépasse la borne haute")]
    BornesInversees,
    /// A whole number was needed.
    #[error("un nombre entier est attendu")]
    PasEntier,
    /// A date outside the years that exist.
    #[error("la date calculée n'existe pas")]
    DateImpossible,
    /// A day that the town's calendar does not cover.
    #[error("le calendrier de la commune ne dit rien du {0}")]
    HorsCalendrier(Date),
}

/// The direction of `arrondi`, `arrondi_inf`, `arrondi_sup`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SensArrondi {
    /// Half away from zero.
    Proche,
    /// Towards minus infinity.
    Inferieur,
    /// Towards plus infinity.
    Superieur,
}

/// `x` with `decimales` decimals (at most [`DECIMALES_MAX`]); exact results are left as they are.
pub fn arrondi(x: Decimal, decimales: u32, sens: SensArrondi) -> Decimal {
    let strategie = match sens {
        SensArrondi::Proche => RoundingStrategy::MidpointAwayFromZero,
        SensArrondi::Inferieur => RoundingStrategy::ToNegativeInfinity,
        SensArrondi::Superieur => RoundingStrategy::ToPositiveInfinity,
    };
    x.round_dp_with_strategy(decimales, strategie)
}

/// `x` brought between `bas` and `haut`, both included.
pub fn borne(x: Decimal, bas: Decimal, haut: Decimal) -> Result<Decimal, ErreurCalcul> {
    if bas > haut {
        return Err(ErreurCalcul::BornesInversees);
    }
    Ok(x.max(bas).min(haut))
}

/// `a / b`, never truncated to an integer: `7 / 2` is 3.5.
#[inline]
pub fn divise(a: Decimal, b: Decimal) -> Result<Decimal, ErreurCalcul> {
    if b.is_zero() {
        return Err(ErreurCalcul::DivisionParZero);
    }
    a.checked_div(b).ok_or(ErreurCalcul::Depassement)
}

/// Completed years from `naissance` to `au` (negative before birth). Born on 29 February, one is older on 1 March
/// of a common year.
pub fn age(naissance: Date, au: Date) -> i64 {
    if au < naissance {
        return -age(au, naissance);
    }
    let ans = i64::from(au.year()) - i64::from(naissance.year());
    ans - i64::from((au.month(), au.day()) < (naissance.month(), naissance.day()))
}

/// Civil days from `a` to `b` (negative when `b` comes first).
pub fn jours_entre(a: Date, b: Date) -> i64 {
    i64::from((b - a).get_days())
}

/// Completed months from `a` to `b` (negative when `b` comes first).
pub fn mois_entre(a: Date, b: Date) -> i64 {
    if b < a {
        return -mois_entre(b, a);
    }
    let mois = (i64::from(b.year()) - i64::from(a.year())) * 12 + i64::from(b.month()) - i64::from(a.month());
    mois - i64::from(b.day() < a.day())
}

/// The same day `mois` months later, or the last day of that month when it is shorter.
pub fn ajoute_mois(jour: Date, mois: Decimal) -> Result<Date, ErreurCalcul> {
    let mois = entier(mois)?;
    let duree = jiff::Span::new().try_months(mois).map_err(|_| ErreurCalcul::DateImpossible)?;
    jour.checked_add(duree).map_err(|_| ErreurCalcul::DateImpossible)
}

/// The index in [`JOURS`].
pub fn jour_semaine(jour: Date) -> u16 {
    u16::from(jour.weekday().to_monday_zero_offset().unsigned_abs())
}

/// The ISO 8601 week number, 1 to 53.
pub fn semaine_iso(jour: Date) -> i64 {
    i64::from(jour.iso_week_date().week())
}

/// `x` as an integer; an error when it has decimals that count.
pub fn entier(x: Decimal) -> Result<i64, ErreurCalcul> {
    if !x.fract().is_zero() {
        return Err(ErreurCalcul::PasEntier);
    }
    x.to_i64().ok_or(ErreurCalcul::Depassement)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn d(texte: &str) -> Decimal {
        texte.parse().unwrap()
    }

    #[test]
    fn un_age_se_compte_en_annees_revolues() {
        assert_eq!(age(date(2020, 9, 1), date(2023, 8, 31)), 2);
        assert_eq!(age(date(2020, 9, 1), date(2023, 9, 1)), 3);
        assert_eq!(age(date(2020, 2, 29), date(2023, 2, 28)), 2);
        assert_eq!(age(date(2020, 2, 29), date(2023, 3, 1)), 3);
        assert_eq!(age(date(2023, 9, 1), date(2020, 9, 1)), -3);
    }

    #[test]
    fn jours_et_mois_se_comptent_sur_le_calendrier() {
        assert_eq!(jours_entre(date(2025, 12, 31), date(2026, 1, 2)), 2);
        assert_eq!(jours_entre(date(2024, 2, 28), date(2024, 3, 1)), 2);
        assert_eq!(mois_entre(date(2025, 1, 31), date(2025, 2, 28)), 0);
        assert_eq!(mois_entre(date(2025, 1, 15), date(2026, 3, 15)), 14);
        assert_eq!(ajoute_mois(date(2025, 1, 31), d("1")), Ok(date(2025, 2, 28)));
        assert_eq!(ajoute_mois(date(2025, 1, 31), d("0.5")), Err(ErreurCalcul::PasEntier));
        assert_eq!(ajoute_mois(date(2025, 1, 31), d("999999999")), Err(ErreurCalcul::DateImpossible));
        assert_eq!(JOURS[usize::from(jour_semaine(date(2025, 9, 30)))], "mardi");
        assert_eq!(semaine_iso(date(2024, 12, 30)), 1);
    }

    #[test]
    fn arrondis_et_bornes() {
        for (x, n, proche, inferieur, superieur) in [
            ("2.945", 2, "2.95", "2.94", "2.95"),
            ("-2.945", 2, "-2.95", "-2.95", "-2.94"),
            ("2.5", 0, "3", "2", "3"),
        ] {
            assert_eq!(arrondi(d(x), n, SensArrondi::Proche), d(proche));
            assert_eq!(arrondi(d(x), n, SensArrondi::Inferieur), d(inferieur));
            assert_eq!(arrondi(d(x), n, SensArrondi::Superieur), d(superieur));
        }
        assert_eq!(borne(d("12"), d("0"), d("10")), Ok(d("10")));
        assert_eq!(borne(d("12"), d("10"), d("0")), Err(ErreurCalcul::BornesInversees));
        assert_eq!(divise(d("7"), d("2")), Ok(d("3.5")));
        assert_eq!(divise(d("7"), d("0.00")), Err(ErreurCalcul::DivisionParZero));
    }
}
