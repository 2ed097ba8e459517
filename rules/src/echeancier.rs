//! An amount called in several instalments that add up to it exactly.

use crate::montant::Montant;

/// Which instalment takes what a division in equal parts leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reste {
    /// The first.
    Premiere,
    /// The last.
    Derniere,
}

/// `montant` in `n` equal instalments, each rounded down to the centime, and what is left on the one that `reste` names:
/// they add up to `montant`, whatever `n`. `None`: no instalment, or a negative amount.
pub fn egales(montant: Montant, n: usize, reste: Reste) -> Option<Vec<Montant>> {
    let nombre = i64::try_from(n).ok().filter(|n| *n > 0)?;
    let total = montant.en_centimes();
    let (une, en_plus) = (total.checked_div_euclid(nombre)?, total.checked_rem_euclid(nombre)?);
    if total < 0 {
        return None;
    }
    let place = match reste {
        Reste::Premiere => 0,
        Reste::Derniere => n.checked_sub(1)?,
    };
    let echeance = |i| Montant::centimes(if i == place { une.saturating_add(en_plus) } else { une });
    Some((0..n).map(echeance).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_echeances_font_le_montant_au_centime() {
        let en = |centimes, n, reste| {
            let echeances = egales(Montant::centimes(centimes), n, reste)?;
            Some(echeances.into_iter().map(Montant::en_centimes).collect::<Vec<_>>())
        };
        assert_eq!(en(28_860, 4, Reste::Derniere).unwrap(), [7_215; 4]);
        assert_eq!(en(10_000, 3, Reste::Derniere).unwrap(), [3_333, 3_333, 3_334]);
        assert_eq!(en(10_000, 3, Reste::Premiere).unwrap(), [3_334, 3_333, 3_333]);
        assert_eq!(en(2, 4, Reste::Derniere).unwrap(), [0, 0, 0, 2]);
        assert_eq!(en(0, 2, Reste::Derniere).unwrap(), [0, 0]);
        assert_eq!((en(100, 0, Reste::Derniere), en(-1, 2, Reste::Derniere)), (None, None));
        for (centimes, n) in (0..500).flat_map(|c| (1..13).map(move |n| (c, n))) {
            for reste in [Reste::Premiere, Reste::Derniere] {
                let toutes = en(centimes, n, reste).unwrap();
                assert_eq!((toutes.len(), toutes.iter().sum::<i64>()), (n, centimes));
            }
        }
    }
}
