//! When a failed effect is tried again: twice as late each time, never all at once.

use jiff::{SignedDuration, Timestamp};

/// After the first failure, in seconds.
const PREMIERE: i64 = 30;
/// Never later, in seconds.
const DERNIERE: i64 = 6 * 3600;
/// Tries before an effect waits for somebody: over a day and a half in all, over a day whatever chance says.
pub(super) const ESSAIS: i64 = 16;

/// The next try after the `essais`-th one failed; `None`: it waits for somebody. `alea` spreads those that failed together over
/// half of the wait.
pub(super) fn prochaine(essais: i64, maintenant: Timestamp, alea: [u8; 16]) -> Option<Timestamp> {
    if essais >= ESSAIS {
        return None;
    }
    let double = u32::try_from(essais.saturating_sub(1)).unwrap_or(0).min(20);
    let attente = PREMIERE.saturating_mul(1 << double).min(DERNIERE);
    let [a, b, ..] = alea;
    let part = i64::from(u16::from_be_bytes([a, b]));
    // from 3/4 to 5/4 of the wait
    let attente_ms =
        attente.saturating_mul(750).saturating_add(attente.saturating_mul(500).saturating_mul(part) / 65_535);
    maintenant.checked_add(SignedDuration::from_millis(attente_ms)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_reprises_s_espacent_puis_cessent() {
        let maintenant: Timestamp = "2025-09-01T08:00:00Z".parse().unwrap();
        let attente = |essais, alea| {
            prochaine(essais, maintenant, alea).map(|t| t.duration_since(maintenant).as_millis())
        };
        let (tot, tard) = ([0; 16], [255; 16]);
        assert_eq!((attente(1, tot), attente(1, tard)), (Some(22_500), Some(37_500)));
        assert_eq!((attente(2, tot), attente(2, tard)), (Some(45_000), Some(75_000)));
        assert_eq!(attente(15, tard), Some(27_000_000), "never later than six hours and its spread");
        assert_eq!(attente(16, tot), None);
        let total = |alea| (1..16).filter_map(|n| attente(n, alea)).sum::<i128>();
        assert!(total(tot) > 24 * 3_600_000, "{} ms at the least", total(tot));
        assert!(total([128; 16]) > 36 * 3_600_000, "{} ms in all", total([128; 16]));
    }
}
