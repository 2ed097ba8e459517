//! Which school year families enrol for, as the town's calendar says it.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

mod outils;

use engine::annee::{d_inscription, fin, nom};
use engine::definition::resolve::charge;
use engine::definition::source::SourceSet;
use outils::{jour, sources};

/// Ham with another first day of enrolment, or none.
fn ham(ligne: &str) -> engine::definition::resolve::Chargement {
    let lues = sources("ham");
    let mut changees = SourceSet::new();
    for (_, f) in lues.iter() {
        let texte = match f.chemin.as_ref() {
            "ham/commune.yaml" => f.texte.replace("  inscriptions: 07-01\n", ligne),
            _ => f.texte.to_string(),
        };
        changees.ajoute(f.chemin.to_string(), texte);
    }
    charge(&changees, "ham")
}

#[test]
fn on_s_inscrit_pour_l_annee_suivante_depuis_le_jour_que_dit_la_commune() {
    for (des, le, attendue) in [
        ("07-01", "2025-06-30", "2024-2025"),
        ("07-01", "2025-07-01", "2025-2026"),
        ("07-01", "2025-08-31", "2025-2026"),
        ("07-01", "2025-09-01", "2025-2026"),
        ("07-01", "2026-01-15", "2025-2026"),
        ("05-18", "2026-05-17", "2025-2026"),
        ("05-18", "2026-05-18", "2026-2027"),
        // from the autumn before
        ("11-15", "2025-11-14", "2025-2026"),
        ("11-15", "2025-11-15", "2026-2027"),
        ("11-15", "2026-08-31", "2026-2027"),
    ] {
        let ville = ham(&format!("  inscriptions: {des}\n")).commune.unwrap();
        assert_eq!(d_inscription(&ville, jour(le)).map(nom).as_deref(), Some(attendue), "{des}, {le}");
    }
}

#[test]
fn chaque_ville_dit_le_sien() {
    for (slug, le, attendue) in [
        ("ham", "2025-06-30", "2024-2025"),
        ("ham", "2025-07-01", "2025-2026"),
        ("mellois-en-poitou", "2021-05-31", "2020-2021"),
        ("mellois-en-poitou", "2021-06-01", "2021-2022"),
        ("caisse-des-ecoles-paris", "2024-06-01", "2024-2025"),
    ] {
        let ville = outils::ville(slug);
        assert_eq!(d_inscription(&ville, jour(le)).map(nom).as_deref(), Some(attendue), "{slug} {le}");
    }
}

#[test]
fn rien_n_est_suppose_quand_la_commune_ne_le_dit_pas() {
    let chargement = ham("");
    let dits: Vec<_> = chargement.diagnostics.iter().filter(|d| d.code.nom() == "CAL01").collect();
    assert!(
        matches!(dits.as_slice(), [d] if d.message.contains("une par année") || d.message.contains("un dossier par année")),
        "{dits:?}"
    );
    assert_eq!(d_inscription(&chargement.commune.unwrap(), jour("2025-07-01")), None);
}

#[test]
fn une_annee_finit_avec_ses_vacances_d_ete() {
    let ville = ham("  inscriptions: 07-01\n").commune.unwrap();
    assert_eq!(fin(&ville, 2025), Some(jour("2026-08-31")));
    // beyond the published holidays
    assert_eq!(fin(&ville, 2050), Some(jour("2051-08-31")));
}
