//! The towns of `communes/` load without an error, whatever questions they still ask.

#![expect(clippy::unwrap_used, reason = "a test stops at its first surprise")]

mod outils;

use engine::definition::resolve::charge;
use engine::diagnostic::{Gravite, rendu};
use outils::{sources, villes};

fn charge_sans_erreur(slug: &str) {
    let sources = sources(slug);
    let chargement = charge(&sources, slug);
    let erreurs: Vec<_> =
        chargement.diagnostics.iter().filter(|d| d.gravite == Gravite::Erreur).cloned().collect();
    assert!(
        erreurs.is_empty(),
        "{}",
        rendu::rend(rendu::Format::Texte, &erreurs, &sources, rendu::Options::default())
    );
    assert!(chargement.commune.is_some());
}

#[test]
fn chaque_ville_se_charge_sans_erreur() {
    villes().iter().for_each(|ville| charge_sans_erreur(ville));
}
