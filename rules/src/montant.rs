//! Money: integer centimes at rest, `Decimal` in flight, rounded once, where the rule says.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// An amount of money in centimes. Arithmetic is checked: `None` is an overflow, never a wrap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Montant(i64);

impl Montant {
    /// Zero euros: a sum's start, never an answer to a missing rule.
    pub const ZERO: Self = Self(0);

    /// From whole centimes.
    pub const fn centimes(centimes: i64) -> Self {
        Self(centimes)
    }

    /// The whole centimes.
    pub const fn en_centimes(self) -> i64 {
        self.0
    }

    /// `None` when the amount overflows, or is not a whole number of centimes: rounding is the caller's, by [`Arrondi`].
    pub fn exact(euros: Decimal) -> Option<Self> {
        let centimes = euros.checked_mul(Decimal::ONE_HUNDRED)?;
        if !centimes.fract().is_zero() {
            return None;
        }
        i64::try_from(centimes.trunc().mantissa() / 10_i128.checked_pow(centimes.trunc().scale())?)
            .ok()
            .map(Self)
    }

    /// In euros, with two decimals.
    pub fn en_euros(self) -> Decimal {
        Decimal::new(self.0, 2)
    }

    /// Sum; `None` on overflow.
    pub fn plus(self, autre: Self) -> Option<Self> {
        self.0.checked_add(autre.0).map(Self)
    }

    /// Difference; `None` on overflow.
    pub fn moins(self, autre: Self) -> Option<Self> {
        self.0.checked_sub(autre.0).map(Self)
    }

    /// `n` times; `None` on overflow.
    pub fn fois(self, n: i64) -> Option<Self> {
        self.0.checked_mul(n).map(Self)
    }
}

/// As a French parent reads it: `1 234,50 €` (narrow no-break space between thousands, no-break space before €).
impl fmt::Display for Montant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let absolu = self.0.unsigned_abs();
        let mut euros = (absolu / 100).to_string();
        let mut fin = euros.len();
        while fin > 3 {
            fin -= 3;
            euros.insert(fin, '\u{202f}');
        }
        let signe = if self.0 < 0 { "−" } else { "" };
        write!(f, "{signe}{euros},{:02}\u{a0}€", absolu % 100)
    }
}

/// The direction of a rounding, as the règlement states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Half away from zero: the usual « arrondi au plus proche, 5 au supérieur ».
    DemiSuperieur,
    /// Half to even.
    DemiPair,
    /// Towards zero.
    Inferieur,
    /// Away from zero.
    Superieur,
}

/// A stated rounding: to a multiple of `pas`, in the direction of `mode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrondi {
    /// The step, e.g. `0.01`; never zero.
    pub pas: Decimal,
    /// The direction.
    pub mode: Mode,
}

impl Arrondi {
    /// To the centime, half away from zero.
    pub const CENTIME: Self = Self { pas: Decimal::from_parts(1, 0, 0, false, 2), mode: Mode::DemiSuperieur };

    /// The multiple of `pas` that `mode` gives; `None` on overflow or when `pas` is zero.
    pub fn applique(self, valeur: Decimal) -> Option<Decimal> {
        let strategie = match self.mode {
            Mode::DemiSuperieur => RoundingStrategy::MidpointAwayFromZero,
            Mode::DemiPair => RoundingStrategy::MidpointNearestEven,
            Mode::Inferieur => RoundingStrategy::ToZero,
            Mode::Superieur => RoundingStrategy::AwayFromZero,
        };
        let unites = valeur.checked_div(self.pas)?.round_dp_with_strategy(0, strategie);
        unites.checked_mul(self.pas)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn euros(texte: &str) -> Decimal {
        texte.parse().unwrap()
    }

    #[test]
    fn un_montant_se_lit_en_francais() {
        assert_eq!(Montant::centimes(350).to_string(), "3,50\u{a0}€");
        assert_eq!(Montant::centimes(-123_456_705).to_string(), "−1\u{202f}234\u{202f}567,05\u{a0}€");
    }

    #[test]
    fn rien_ne_se_perd_en_silence() {
        assert_eq!(Montant::exact(euros("3.50")), Some(Montant::centimes(350)));
        assert_eq!(Montant::exact(euros("3.505")), None);
        assert_eq!(Montant::centimes(i64::MAX).plus(Montant::centimes(1)), None);
    }

    #[test]
    fn larrondi_est_dit() {
        let pas = euros("0.01");
        for (mode, attendu) in [
            (Mode::DemiSuperieur, "2.95"),
            (Mode::DemiPair, "2.94"),
            (Mode::Inferieur, "2.94"),
            (Mode::Superieur, "2.95"),
        ] {
            assert_eq!(Arrondi { pas, mode }.applique(euros("2.945")), Some(euros(attendu)), "{mode:?}");
        }
    }
}
