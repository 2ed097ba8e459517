//! A table small enough to hold the row of each cell.

use std::collections::BTreeMap;

/// No row, or several: see `autres`.
const AILLEURS: u16 = u16::MAX;

/// One row number a cell of the product of classes.
#[derive(Clone, Debug)]
pub(super) struct Cellules {
    /// How far apart two neighbour classes of a dimension are.
    pub(super) pas: Box<[u32]>,
    lignes: Box<[u16]>,
    /// Cells that several rows may take: text conditions, or an overlap.
    autres: BTreeMap<u32, Vec<u32>>,
}

/// Rows that a cell may have before it needs the other representation.
pub(super) const LIGNES_MAX: usize = 65_000;

impl Cellules {
    pub(super) fn vide(classes: &[u32]) -> Self {
        let mut pas = Vec::with_capacity(classes.len());
        let mut total = 1;
        for n in classes {
            pas.push(total);
            total *= n;
        }
        let lignes = vec![AILLEURS; usize::try_from(total).unwrap_or(0)];
        Self { pas: pas.into_boxed_slice(), lignes: lignes.into_boxed_slice(), autres: BTreeMap::new() }
    }

    /// Writes `ligne` into `cellule`; the other rows already there.
    pub(super) fn ecrit(&mut self, cellule: u32, ligne: u32, gardee: bool) -> &[u32] {
        let (Some(place), Ok(court)) =
            (usize::try_from(cellule).ok().and_then(|c| self.lignes.get_mut(c)), u16::try_from(ligne))
        else {
            return &[];
        };
        if *place == AILLEURS && !gardee && !self.autres.contains_key(&cellule) {
            *place = court;
            return &[];
        }
        let liste = self.autres.entry(cellule).or_default();
        if *place != AILLEURS {
            liste.push(u32::from(*place));
            *place = AILLEURS;
        }
        liste.push(ligne);
        liste.split_last().map_or(&[], |(_, avant)| avant)
    }

    /// The only row of the cell, when nothing else has to be looked at.
    #[inline]
    pub(super) fn simple(&self, cellule: u32) -> Option<u32> {
        let ligne = *self.lignes.get(usize::try_from(cellule).ok()?)?;
        (ligne != AILLEURS).then(|| u32::from(ligne))
    }

    /// The rows of a cell that is not simple.
    pub(super) fn candidates(&self, cellule: u32) -> &[u32] {
        self.autres.get(&cellule).map_or(&[], Vec::as_slice)
    }
}
