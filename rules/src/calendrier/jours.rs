//! The open days of one calendar, counted once: « the n-th open day before d » is two array reads.

use jiff::SignedDuration;
use jiff::civil::{Date, Weekday};

/// A set of weekdays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Semaine(u8);

impl Semaine {
    /// Monday to Friday.
    pub const LUNDI_A_VENDREDI: Self = Self(0b001_1111);

    /// These days.
    pub fn de(jours: impl IntoIterator<Item = Weekday>) -> Self {
        Self(jours.into_iter().fold(0, |bits, j| bits | 1 << j.to_monday_zero_offset()))
    }

    /// Is `jour` one of them?
    pub fn contient(self, jour: Weekday) -> bool {
        self.0 & (1 << jour.to_monday_zero_offset()) != 0
    }
}

/// Open days from `du` to `au`, both included.
#[derive(Clone, Debug)]
pub(super) struct JoursOuverts {
    pub(super) du: Date,
    pub(super) au: Date,
    /// `rang[i]` = open days before the i-th day; one more entry than days.
    rang: Box<[u32]>,
    ouverts: Box<[Date]>,
}

impl JoursOuverts {
    /// Counts the days that `ouvert` accepts. An empty span when `au < du`.
    pub(super) fn compte(du: Date, au: Date, ouvert: impl Fn(Date) -> bool) -> Self {
        let (mut rang, mut ouverts) = (vec![0], Vec::new());
        let mut jour = du;
        while jour <= au {
            if ouvert(jour) {
                ouverts.push(jour);
            }
            rang.push(u32::try_from(ouverts.len()).unwrap_or(u32::MAX));
            match jour.tomorrow() {
                Ok(demain) => jour = demain,
                Err(_) => break,
            }
        }
        Self { du, au, rang: rang.into(), ouverts: ouverts.into() }
    }

    /// Open days from `du` to `jour` (excluded); `None` outside the span.
    fn rang(&self, jour: Date) -> Option<usize> {
        let i = usize::try_from(jours_entre(self.du, jour)).ok()?;
        self.rang.get(i).and_then(|r| usize::try_from(*r).ok())
    }

    /// Is it open? `None` outside the span.
    pub(super) fn est_ouvert(&self, jour: Date) -> Option<bool> {
        Some(self.rang(demain(jour)?)? > self.rang(jour)?)
    }

    /// The n-th open day strictly before `jour` (`jour` itself for 0).
    pub(super) fn avant(&self, jour: Date, n: u32) -> Option<Date> {
        if n == 0 {
            return Some(jour);
        }
        let i = self.rang(jour)?.checked_sub(usize::try_from(n).ok()?)?;
        self.ouverts.get(i).copied()
    }

    /// The n-th open day strictly after `jour` (`jour` itself for 0).
    pub(super) fn apres(&self, jour: Date, n: u32) -> Option<Date> {
        if n == 0 {
            return Some(jour);
        }
        let i = self.rang(demain(jour)?)?.checked_add(usize::try_from(n).ok()?)?.checked_sub(1)?;
        self.ouverts.get(i).copied()
    }

    /// The open days from `de` to `a`, both included, cut to the span.
    pub(super) fn entre(&self, de: Date, a: Date) -> &[Date] {
        let debut = self.ouverts.partition_point(|j| *j < de);
        let fin = self.ouverts.partition_point(|j| *j <= a);
        self.ouverts.get(debut..fin).unwrap_or_default()
    }
}

/// The next day, when the calendar of the machine has one.
fn demain(jour: Date) -> Option<Date> {
    jour.tomorrow().ok()
}

/// Civil days from `de` to `a`, negative when `a` is before.
pub fn jours_entre(de: Date, a: Date) -> i64 {
    a.duration_since(de).as_hours() / 24
}

/// `jour` plus `n` civil days (`n` may be negative); `None` beyond the years -9999 to 9999.
pub fn plus_jours(jour: Date, n: i64) -> Option<Date> {
    jour.checked_add(SignedDuration::from_hours(n.checked_mul(24)?)).ok()
}
