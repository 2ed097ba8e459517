//! The towns of `communes/` load without an error, whatever questions they still ask.

#![expect(clippy::unwrap_used, reason = "a test stops at its first surprise")]

mod outils;

use engine::definition::resolve::charge;
use engine::diagnostic::{Gravite, rendu};
use outils::{sources, ville, villes};

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

#[test]
fn on_s_inscrit_pour_l_annee_qui_vient_des_le_jour_que_dit_la_commune() {
    // Ham does not say: 1 July
    for (ville_, jour, attendu) in [
        ("ham", "2025-06-30", "2024-2025"),
        ("ham", "2025-07-01", "2025-2026"),
        ("ham", "2026-01-15", "2025-2026"),
        ("mellois-en-poitou", "2021-05-31", "2020-2021"),
        ("mellois-en-poitou", "2021-06-01", "2021-2022"),
    ] {
        assert_eq!(ville(ville_).annee_scolaire(jour.parse().unwrap()), attendu, "{ville_} {jour}");
    }
}
