//! Prices of the two towns, to the centime, with their sentences.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

mod outils;

use engine::commune::Commune;
use engine::decision::Refus;
use engine::tarification::{Acte, Circonstances, Connus, LignePricee, explique, prix};
use outils::{faits, jour, ville};

fn lignes(c: &Commune, prestation: &str, le: &str, texte: &str) -> Result<Vec<LignePricee>, Vec<Refus>> {
    let connus = Connus::simples(c, &faits(texte))?;
    prix(c, &Acte::seul(prestation, jour(le), Circonstances::default(), connus))
}

/// `3.50`, or the rule that refuses.
fn dit(c: &Commune, prestation: &str, le: &str, texte: &str) -> String {
    match lignes(c, prestation, le, texte) {
        Err(refus) => refus.iter().map(|r| &*r.regle).collect::<Vec<_>>().join(", "),
        Ok(lignes) => {
            let montants = lignes.iter().map(|l| match &l.montant {
                Ok(m) => m.en_euros().to_string(),
                Err(r) => r.regle.to_string(),
            });
            montants.collect::<Vec<_>>().join(" + ")
        }
    }
}

#[test]
fn les_repas_de_ham() {
    let ham = ville("ham");
    for (faits, attendu) in [
        // HAM1
        ("residence=hamois quotient=0", "3.50"),
        ("residence=hamois quotient=900", "3.50"),
        ("residence=hamois quotient=900.50", "3.50"),
        ("residence=hamois quotient=900.99", "3.50"),
        ("residence=hamois quotient=901", "3.90"),
        ("residence=hamois quotient=2500", "3.90"),
        ("residence=hamois", "3.90"),
        ("residence=dos quotient=900", "3.50"),
        ("residence=dos", "3.90"),
        // HAM2
        ("residence=exterieur quotient=300", "5.90"),
        ("residence=exterieur", "5.90"),
        // nothing is known: not the dearest price, a refusal
        ("", "fait_manquant"),
        ("quotient=900", "fait_manquant"),
    ] {
        assert_eq!(dit(&ham, "repas", "2025-09-04", faits), attendu, "{faits}");
    }
    assert_eq!(dit(&ham, "repas", "2025-08-31", "residence=hamois quotient=900"), "aucun_tarif");
    assert_eq!(dit(&ham, "repas", "2025-09-01", "residence=hamois quotient=900"), "3.50");
    assert_eq!(dit(&ham, "matin", "2025-09-01", ""), "a_demander");
    assert_eq!(dit(&ham, "journee_alsh", "2025-09-01", ""), "a_demander");
    assert_eq!(dit(&ham, "trajet", "2025-09-01", ""), "0.00");
    assert_eq!(dit(&ham, "repos", "2025-09-01", ""), "prestation_inconnue");
    assert_eq!(dit(&ham, "repas", "2025-09-01", "residance=hamois"), "fait_inconnu");
    assert_eq!(dit(&ham, "repas", "2025-09-01", "residence=amiens"), "fait_hors_domaine");
    assert_eq!(dit(&ham, "repas", "2025-09-01", "residence=hamois quotient=-1"), "fait_hors_domaine");
}

#[test]
fn une_phrase_dit_pourquoi() {
    let ham = ville("ham");
    let phrase = |prestation, le, faits| lignes(&ham, prestation, le, faits).unwrap()[0].phrase.clone();
    assert_eq!(
        phrase("repas", "2025-09-04", "residence=hamois quotient=900"),
        "Repas du jeudi 4 septembre 2025 : 3,50\u{a0}€. Quotient 900 : tranche «\u{a0}jusqu'à 900\u{a0}», tarif Hamois. Règle votée : Lettre aux familles, rentrée 2025, « Nouveaux tarifs » (lignes 102-108)."
    );
    assert_eq!(
        phrase("repas", "2025-09-04", "residence=hamois"),
        "Repas du jeudi 4 septembre 2025 : 3,90\u{a0}€. Quotient non connu : tarif Hamois. Règle à confirmer par la commune : Sans quotient fourni : le tarif le plus haut des Hamois."
    );
    assert_eq!(
        phrase("repas", "2025-09-04", "residence=exterieur quotient=300"),
        "Repas du jeudi 4 septembre 2025 : 5,90\u{a0}€. Tarif Extérieur. Règle votée : Lettre aux familles, rentrée 2025, « Nouveaux tarifs » (lignes 102-108)."
    );
    assert_eq!(
        phrase("trajet", "2025-09-04", ""),
        "Trajet du jeudi 4 septembre 2025 : gratuit, à confirmer par la commune : Aucun tarif publié."
    );
    assert_eq!(
        phrase("matin", "2025-09-04", ""),
        "Garderie du matin du jeudi 4 septembre 2025 : le montant n’est pas publié (Prix du créneau de garderie non publié)."
    );
}

#[test]
fn la_grille_de_donges() {
    let donges = ville("donges");
    for (prestation, faits, attendu) in [
        // DON1
        ("repas", "mode=habituel quotient=500", "0.85"),
        ("repas", "mode=habituel quotient=500.01", "1.00"),
        // DON2
        ("repas", "mode=habituel quotient=1550", "3.65"),
        ("soir", "quotient=1550 arrivee=16:30 depart=16:45", "0.80"),
        // DON3
        ("repas", "mode=habituel", "4.35"),
        ("soir", "arrivee=16:30 depart=16:45", "0.80"),
        // DON4
        ("demi_journee", "residence=donges quotient=700", "2.94"),
        ("journee_repas", "residence=donges quotient=700", "9.83"),
        // DON5
        ("journee_repas", "residence=donges quotient=300", "6.61"),
        // DON6
        ("demi_journee", "residence=donges quotient=318", "1.34"),
        ("journee_repas", "residence=donges quotient=318", "6.62"),
        // DON7
        ("demi_journee", "residence=donges quotient=1274", "5.35"),
        ("journee_repas", "residence=donges quotient=1274", "14.65"),
        // DON8
        ("demi_journee", "residence=donges quotient=1275", "5.35"),
        ("journee_repas", "residence=donges quotient=1275", "14.66"),
        // DON9: the half-day is not rounded before the 20 %
        ("demi_journee", "residence=exterieur quotient=700", "3.53"),
        ("demi_journee", "residence=exterieur quotient=318", "1.60"),
        ("journee_repas", "residence=exterieur", "17.59"),
        // DON10
        ("soir", "quotient=900 arrivee=16:30 depart=17:50", "1.68"),
        ("soir", "quotient=900 arrivee=16:20 depart=18:45", "2.24"),
        ("gouter", "", "0.60"),
        // DON11
        ("sortie", "quotient=1200 cout_reel=25", "11.25"),
        ("sortie", "quotient=1200", "fait_manquant"),
        // DON12
        ("repas", "mode=exceptionnel quotient=300", "5.10"),
        ("repas", "quotient=300", "fait_manquant"),
        ("occasionnel", "", "a_demander"),
        ("soir", "quotient=900 arrivee=17:50 depart=16:30", "mesure"),
        ("soir", "quotient=900", "mesure"),
    ] {
        assert_eq!(dit(&donges, prestation, "2025-09-09", faits), attendu, "{prestation} {faits}");
    }
    assert_eq!(dit(&donges, "soir", "2024-08-31", "quotient=700 arrivee=16:30 depart=16:45"), "aucun_tarif");
}

#[test]
fn un_prix_sexplique_pas_a_pas() {
    let donges = ville("donges");
    let ligne = lignes(&donges, "demi_journee", "2025-09-10", "residence=exterieur quotient=700").unwrap();
    let texte = explique(&ligne[0], &donges);
    insta::assert_snapshot!(texte);
}
