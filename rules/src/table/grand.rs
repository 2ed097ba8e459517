//! A table with too many cells: one set of rows a class and a dimension, intersected when it is asked.

use super::boite::Prises;

/// Sets of rows as bits.
#[derive(Clone, Debug)]
pub(super) struct Grand {
    mots: usize,
    /// `[dimension][classe × mots ..]`: the rows that take the class.
    ensembles: Box<[Box<[u64]>]>,
    lignes: usize,
}

impl Grand {
    /// `prises[ligne][dimension]`: the classes that the row takes; `exclues` rows are in no set.
    pub(super) fn nouveau(classes: &[u32], prises: &[Prises], exclue: impl Fn(usize) -> bool) -> Self {
        let mots = prises.len().div_ceil(64).max(1);
        let mut ensembles: Vec<Box<[u64]>> = classes
            .iter()
            .map(|n| vec![0; usize::try_from(*n).unwrap_or(0) * mots].into_boxed_slice())
            .collect();
        for (i, ligne) in prises.iter().enumerate().filter(|(i, _)| !exclue(*i)) {
            for ((ensemble, n), choisies) in ensembles.iter_mut().zip(classes).zip(ligne.dimensions()) {
                for classe in choisies.iter(*n) {
                    let mot = usize::try_from(classe).unwrap_or(usize::MAX).saturating_mul(mots) + i / 64;
                    if let Some(m) = ensemble.get_mut(mot) {
                        *m |= 1 << (i % 64);
                    }
                }
            }
        }
        Self { mots, ensembles: ensembles.into_boxed_slice(), lignes: prises.len() }
    }

    /// All rows.
    pub(super) fn toutes(&self) -> Vec<u64> {
        (0..self.mots)
            .map(|m| (0..64).fold(0, |b, k| if m * 64 + k < self.lignes { b | 1 << k } else { b }))
            .collect()
    }

    /// The rows of `parmi` that take that class of that dimension.
    pub(super) fn filtre(&self, parmi: &[u64], dimension: usize, classe: u32) -> Vec<u64> {
        let debut = usize::try_from(classe).unwrap_or(usize::MAX).saturating_mul(self.mots);
        let ensemble =
            self.ensembles.get(dimension).and_then(|e| e.get(debut..debut + self.mots)).unwrap_or(&[]);
        parmi.iter().zip(ensemble).map(|(a, b)| a & b).collect()
    }

    /// The rows whose boxes hold the case, in the order of the file.
    pub(super) fn candidates(&self, classes: &[u32]) -> Vec<u32> {
        let mut bits: Vec<u64> = self.toutes();
        for (dimension, classe) in classes.iter().enumerate() {
            bits = self.filtre(&bits, dimension, *classe);
        }
        lignes(&bits)
    }
}

/// The row numbers of a set.
pub(super) fn lignes(bits: &[u64]) -> Vec<u32> {
    let mut lignes = Vec::new();
    for (m, mot) in bits.iter().enumerate() {
        let mut mot = *mot;
        while mot != 0 {
            lignes.extend(u32::try_from(m * 64).ok().map(|d| d + mot.trailing_zeros()));
            mot &= mot - 1;
        }
    }
    lignes
}
