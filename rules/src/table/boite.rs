//! Boxes of classes: what a row takes, and how neighbouring cells are told as one.

use super::axe::Axe;
use super::{Boite, Dimension, Temoin};

/// The classes of one dimension that a row takes.
#[derive(Clone, Debug)]
pub(super) enum Choisies {
    Toutes,
    Liste(Vec<u32>),
}

impl Choisies {
    /// The classes, among `n`.
    pub(super) fn iter(&self, n: u32) -> Box<dyn Iterator<Item = u32> + '_> {
        match self {
            Self::Toutes => Box::new(0..n),
            Self::Liste(l) => Box::new(l.iter().copied()),
        }
    }

    pub(super) fn contient(&self, classe: u32) -> bool {
        match self {
            Self::Toutes => true,
            Self::Liste(l) => l.binary_search(&classe).is_ok(),
        }
    }
}

/// What a row takes, a dimension after the other.
#[derive(Clone, Debug)]
pub(super) struct Prises(pub(super) Vec<Choisies>);

impl Prises {
    pub(super) fn dimensions(&self) -> impl Iterator<Item = &Choisies> {
        self.0.iter()
    }

    /// The cases that both take, among the possible classes; empty on some dimension when there is none.
    pub(super) fn commune(&self, autre: &Self, possibles: &[Vec<u32>]) -> Vec<Vec<u32>> {
        let paire = self.0.iter().zip(&autre.0).zip(possibles);
        paire
            .map(|((a, b), p)| p.iter().copied().filter(|c| a.contient(*c) && b.contient(*c)).collect())
            .collect()
    }

    /// How many cells it takes.
    pub(super) fn taille(&self, classes: &[u32]) -> usize {
        let nombre = |(c, n): (&Choisies, &u32)| match c {
            Choisies::Toutes => usize::try_from(*n).unwrap_or(usize::MAX),
            Choisies::Liste(l) => l.len(),
        };
        self.0.iter().zip(classes).map(nombre).fold(1, usize::saturating_mul)
    }

    /// Its cells, as indexes of the product.
    pub(super) fn cellules(&self, classes: &[u32], pas: &[u32]) -> Vec<u32> {
        let listes: Vec<Vec<u32>> = self.0.iter().zip(classes).map(|(c, n)| c.iter(*n).collect()).collect();
        produit(&listes, pas)
    }
}

/// The cells of a product of classes.
pub(super) fn produit(listes: &[Vec<u32>], pas: &[u32]) -> Vec<u32> {
    let mut cellules = vec![0];
    for (liste, p) in listes.iter().zip(pas) {
        cellules = cellules.iter().flat_map(|c| liste.iter().map(move |k| c + k * p)).collect();
    }
    cellules
}

/// The class of each dimension of a cell.
pub(super) fn classes_de(cellule: u32, classes: &[u32]) -> Vec<u32> {
    let mut reste = cellule;
    classes
        .iter()
        .map(|n| {
            let c = reste % n;
            reste /= n;
            c
        })
        .collect()
}

/// The largest box around `depart` whose cells all satisfy `dedans`.
pub(super) fn etend(
    depart: &[u32],
    possibles: &[Vec<u32>],
    pas: &[u32],
    dedans: impl Fn(u32) -> bool,
) -> Vec<Vec<u32>> {
    let mut boite: Vec<Vec<u32>> = depart.iter().map(|c| vec![*c]).collect();
    for (d, choix) in possibles.iter().enumerate() {
        let tiennent: Vec<u32> = choix
            .iter()
            .copied()
            .filter(|k| {
                let tranche: Vec<Vec<u32>> = boite
                    .iter()
                    .enumerate()
                    .map(|(i, l)| if i == d { vec![*k] } else { l.clone() })
                    .collect();
                produit(&tranche, pas).into_iter().all(&dedans)
            })
            .collect();
        if let Some(place) = boite.get_mut(d) {
            *place = tiennent;
        }
    }
    boite
}

/// The smallest case of a box.
pub(super) fn temoin(boite: &[Vec<u32>], dimensions: &[Dimension], axes: &[Axe]) -> Temoin {
    let choix = boite.iter().zip(dimensions).zip(axes);
    choix.filter_map(|((classes, d), axe)| Some((d.fait, axe.exemple(*classes.first()?)?))).collect()
}

/// The box in the words of the table: dimensions that matter, and what they hold.
pub(super) fn lisible(
    boite: &[Vec<u32>],
    possibles: &[Vec<u32>],
    dimensions: &[Dimension],
    axes: &[Axe],
) -> Boite {
    let choix = boite.iter().zip(possibles).zip(dimensions.iter().zip(axes));
    choix
        .filter(|((classes, p), _)| classes.len() < p.len())
        .map(|((classes, _), (d, axe))| (d.fait, axe.selection(classes)))
        .collect()
}
