//! From rows to a [`Table`].

use super::analyse::{Analyse, analyse};
use super::axe::Axe;
use super::boite::{Choisies, Prises};
use super::cellules::{Cellules, LIGNES_MAX};
use super::grand::Grand;
use super::{Constat, Corps, Dimension, Ligne, Table};
use crate::faits::FaitId;
use crate::selection::Selection;

/// Writes into cells that a compilation may cost before the other representation is cheaper.
const ECRITURES_MAX: usize = 1 << 23;

pub(super) fn compile<R>(
    dimensions: Vec<Dimension>,
    lignes: Vec<Ligne<R>>,
    cellules_max: usize,
) -> (Table<R>, Vec<Constat>) {
    let mut constats = Vec::new();
    let axes = coupe(&dimensions, &lignes, &mut constats);
    let (sinons, mut prises) = (sinons(&lignes, &mut constats), Vec::with_capacity(lignes.len()));
    for (i, ligne) in (0..).zip(&lignes) {
        prises.push(prend(i, ligne, &dimensions, &axes, &mut constats));
    }
    for d in &dimensions {
        if !lignes.is_empty()
            && !lignes.iter().any(|l| l.conditions.iter().any(|(f, _)| *f == d.fait) || l.garde.is_some())
        {
            constats.push(Constat::DimensionInutile { fait: d.fait });
        }
    }
    let classes: Vec<u32> = axes.iter().map(Axe::classes).collect();
    let nombre =
        classes.iter().fold(1_usize, |n, c| n.saturating_mul(usize::try_from(*c).unwrap_or(usize::MAX)));
    let ecritures = prises.iter().map(|p: &Prises| p.taille(&classes)).fold(0, usize::saturating_add);
    let gardees: Vec<bool> = lignes.iter().map(|l| l.garde.is_some()).collect();
    let exclue = |i: usize| lignes.get(i).is_some_and(|l| l.sinon);
    let (corps, suspectes) =
        if nombre <= cellules_max && lignes.len() <= LIGNES_MAX && ecritures <= ECRITURES_MAX {
            let (cellules, suspectes) = ecrit(&classes, &prises, &gardees, exclue);
            (Corps::Cellules(cellules), suspectes)
        } else {
            (Corps::Grand(Grand::nouveau(&classes, &prises, exclue)), Vec::new())
        };
    for (i, ligne) in (0..).zip(&lignes) {
        if ligne.garde.is_some() && sinons.is_none() {
            constats.push(Constat::GardeSansSinon { ligne: i });
        }
    }
    let a = Analyse {
        dimensions: &dimensions,
        axes: &axes,
        classes: &classes,
        prises: &prises,
        gardees: &gardees,
        sinon: sinons,
        exclue: &exclue,
    };
    analyse(&a, &corps, &suspectes, &mut constats);
    let table = Table {
        dimensions: dimensions.into_boxed_slice(),
        axes: axes.into_boxed_slice(),
        lignes: lignes.into_boxed_slice(),
        corps,
        sinon: sinons,
    };
    (table, constats)
}

fn coupe<R>(dimensions: &[Dimension], lignes: &[Ligne<R>], constats: &mut Vec<Constat>) -> Vec<Axe> {
    let mut axes = Vec::with_capacity(dimensions.len());
    for d in dimensions {
        let ecrites =
            lignes.iter().flat_map(|l| l.conditions.iter()).filter(|(f, _)| *f == d.fait).map(|(_, s)| s);
        let axe = Axe::coupe(&d.domaine, ecrites).or_else(|| {
            constats.push(Constat::EnsembleTropGrand { fait: d.fait });
            Axe::coupe(&d.domaine, std::iter::empty())
        });
        axes.extend(axe);
    }
    axes
}

/// The number of the `sinon` row.
fn sinons<R>(lignes: &[Ligne<R>], constats: &mut Vec<Constat>) -> Option<u32> {
    let mut premiere = None;
    for (i, ligne) in (0..).zip(lignes).filter(|(_, l)| l.sinon) {
        if !ligne.conditions.is_empty() || ligne.garde.is_some() {
            constats.push(Constat::SinonConditionne { ligne: i });
        }
        if premiere.is_some() {
            constats.push(Constat::SinonEnDouble { ligne: i });
        } else {
            premiere = Some(i);
        }
    }
    premiere
}

/// The classes that a row takes on each dimension.
fn prend<R>(
    i: u32,
    ligne: &Ligne<R>,
    dimensions: &[Dimension],
    axes: &[Axe],
    constats: &mut Vec<Constat>,
) -> Prises {
    for (fait, _) in &ligne.conditions {
        if !dimensions.iter().any(|d| d.fait == *fait) {
            constats.push(Constat::ColonneInconnue { ligne: i, fait: *fait });
        }
    }
    let trop_grand = constats.iter().any(|c| matches!(c, Constat::EnsembleTropGrand { .. }));
    let dimensions = dimensions.iter().zip(axes).map(|(d, axe)| {
        let mut choisies = if trop_grand { Choisies::Liste(Vec::new()) } else { Choisies::Toutes };
        for (_, selection) in ligne.conditions.iter().filter(|(f, _)| *f == d.fait) {
            if axe.comprend(selection) {
                verifie_pas(i, d.fait, axe, selection, constats);
            } else {
                constats.push(Constat::TypeFaux { ligne: i, fait: d.fait });
            }
            let prises = axe.prises(selection);
            choisies = match choisies {
                Choisies::Toutes => Choisies::Liste(prises),
                Choisies::Liste(l) => Choisies::Liste(l.into_iter().filter(|c| prises.contains(c)).collect()),
            };
        }
        choisies
    });
    Prises(dimensions.collect())
}

fn verifie_pas(ligne: u32, fait: FaitId, axe: &Axe, selection: &Selection, constats: &mut Vec<Constat>) {
    constats.extend(axe.hors_pas(selection).into_iter().map(|valeur| Constat::BorneHorsPas {
        ligne,
        fait,
        valeur,
    }));
}

/// Writes each row into its cells; the rows that met another one.
fn ecrit(
    classes: &[u32],
    prises: &[Prises],
    gardees: &[bool],
    exclue: impl Fn(usize) -> bool,
) -> (Cellules, Vec<u32>) {
    let mut cellules = Cellules::vide(classes);
    let mut suspectes = Vec::new();
    for (i, (prise, gardee)) in prises.iter().zip(gardees).enumerate().filter(|(i, _)| !exclue(*i)) {
        let Ok(ligne) = u32::try_from(i) else { continue };
        for cellule in prise.cellules(classes, &cellules.pas.clone()) {
            let avant = cellules.ecrit(cellule, ligne, *gardee);
            if !avant.is_empty() {
                suspectes.extend(avant.iter().copied().chain([ligne]));
                if suspectes.len() > 4_096 {
                    suspectes.sort_unstable();
                    suspectes.dedup();
                }
            }
        }
    }
    suspectes.sort_unstable();
    suspectes.dedup();
    (cellules, suspectes)
}
