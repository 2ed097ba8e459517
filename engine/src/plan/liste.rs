//! Which items of two lists are the same one.

use std::collections::BTreeSet;

use crate::definition::arbre::{Contenu, Noeud};

/// Are they the same item?
type Pareil = dyn Fn(&Noeud, &Noeud) -> bool;

/// Pairs of places: the same item before and after; one side alone: taken away, or added. In the order of `apres`, then what
/// is gone.
pub(super) fn paires(avant: &[Noeud], apres: &[Noeud]) -> Vec<(Option<usize>, Option<usize>)> {
    let mut libres: BTreeSet<usize> = (0..avant.len()).collect();
    let mut trouves: Vec<Option<usize>> = vec![None; apres.len()];
    let passes: [&Pareil; 5] =
        [&meme, &|a, b| meme_nom(a, b) && proches(a, b), &meme_nom, &proches, &meme_forme];
    for pareil in passes {
        for (place, neuf) in trouves.iter_mut().zip(apres) {
            if place.is_none() {
                *place = libres.iter().copied().find(|i| avant.get(*i).is_some_and(|a| pareil(a, neuf)));
                if let Some(i) = place {
                    libres.remove(i);
                }
            }
        }
    }
    let gardes = trouves.into_iter().enumerate().map(|(j, i)| (i, Some(j)));
    gardes.chain(libres.into_iter().map(|i| (Some(i), None))).collect()
}

/// Do they say the same thing, wherever they are written and in whatever order their keys are?
pub(super) fn meme(a: &Noeud, b: &Noeud) -> bool {
    match (&a.contenu, &b.contenu) {
        (Contenu::Scalaire(a), Contenu::Scalaire(b)) => a.texte == b.texte,
        (Contenu::Nul, Contenu::Nul) => true,
        (Contenu::Liste(a), Contenu::Liste(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| meme(a, b))
        }
        (Contenu::Carte(a), Contenu::Carte(b)) => {
            a.len() == b.len()
                && a.iter().all(|(cle, va)| {
                    b.iter().find(|(c, _)| c.texte == cle.texte).is_some_and(|(_, vb)| meme(va, vb))
                })
        }
        _ => false,
    }
}

/// The first key of an item says what it is (`etape: deposee`, `depuis: 2025-09-01`).
pub(super) fn nom(noeud: &Noeud) -> Option<(&str, &str)> {
    let (cle, valeur) = noeud.carte()?.first()?;
    Some((cle.texte.as_str(), valeur.texte()?))
}

fn meme_nom(a: &Noeud, b: &Noeud) -> bool {
    nom(a).is_some() && nom(a) == nom(b)
}

/// Rows of a table have no name: two that differ by fewer entries than they share are the same row, changed.
fn proches(a: &Noeud, b: &Noeud) -> bool {
    let (Some(ca), Some(cb)) = (a.carte(), b.carte()) else { return false };
    let communes =
        ca.iter().filter(|(cle, va)| cb.iter().any(|(c, vb)| c.texte == cle.texte && meme(va, vb))).count();
    communes > 0 && communes.saturating_mul(2) >= ca.len().max(cb.len())
}

/// The last resort: the same keys, and at least one value that stays.
fn meme_forme(a: &Noeud, b: &Noeud) -> bool {
    let (Some(ca), Some(cb)) = (a.carte(), b.carte()) else { return false };
    ca.len() == cb.len()
        && ca.iter().all(|(cle, _)| b.champ(&cle.texte).is_some())
        && ca.iter().any(|(cle, va)| b.champ(&cle.texte).is_some_and(|vb| meme(va, vb)))
}
