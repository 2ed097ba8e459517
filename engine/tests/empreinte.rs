//! The digests of a démarche and of a town: what is said changes them, how it is laid out does not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod outils;

use std::path::Path;

use engine::definition::resolve::charge;
use engine::definition::source::SourceSet;

const D: &str = "temoin/demarches/inscription.yaml";

/// The digests of the démarche and of the town, with `ecrit` replaced everywhere in that file.
fn empreintes(fichier: &str, ecrit: &str, autre: &str) -> (String, String) {
    let racine = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut lus = SourceSet::new();
    outils::lit(&racine.join("temoin"), &racine, &mut lus);
    let mut sources = SourceSet::new();
    for (_, f) in lus.iter() {
        let change = f.chemin == fichier;
        assert!(!change || ecrit.is_empty() || f.texte.contains(ecrit), "{fichier} : « {ecrit} »");
        let texte = if change && !ecrit.is_empty() { f.texte.replace(ecrit, autre) } else { f.texte.clone() };
        sources.ajoute(f.chemin.clone(), texte);
    }
    let commune = charge(&sources, "temoin").commune.unwrap();
    let demarche = commune.demarche("inscription").unwrap();
    (demarche.digest.clone(), commune.digest.clone())
}

#[test]
fn la_mise_en_page_ne_change_rien() {
    let (demarche, commune) = empreintes(D, "", "");
    assert_eq!((demarche.len(), commune.len()), (64, 64));
    for (ecrit, autre) in [
        ("demarche: inscription\n", "# une remarque\ndemarche:   \"inscription\"   # et une autre\n"),
        ("nom: Inscription\ninstruit_par: enfance\n", "instruit_par: enfance\nnom: 'Inscription'\n"),
        ("un_dossier_par: [enfant, annee_scolaire]", "un_dossier_par:\n  - enfant\n  - annee_scolaire"),
    ] {
        assert_eq!(empreintes(D, ecrit, autre), (demarche.clone(), commune.clone()), "{autre}");
    }
}

#[test]
fn ce_qui_est_dit_change_l_empreinte() {
    let (demarche, commune) = empreintes(D, "", "");
    for (fichier, ecrit, autre) in [
        (D, "apres: 15 jours", "apres: 16 jours"),
        (D, "vers: annulee", "vers: refusee"),
        (D, "exige: [motif]", "exige: []"),
        (D, "si: { lien: enfant }", "si: { lien: contact }"),
        (D, "[0-9]{4}", "[0-9]{4,5}"),
        (D, "delai: 2 mois", "delai: 3 mois"),
        (D, "des: 2025-07-01", "des: 2025-07-02"),
        (D, "nom: Services voulus", "nom: Vos services"),
        (D, "modele: accord", "modele: recu"),
        ("temoin/pieces.yaml", "quand: { residence: dedans }", "quand: { residence: dehors }"),
        ("temoin/pieces.yaml", "age_max: 3 mois", "age_max: 2 mois"),
        ("temoin/donnees.yaml", "choix: [standard, sans_porc]", "choix: [standard, sans_viande, sans_porc]"),
    ] {
        let (autre_demarche, autre_commune) = empreintes(fichier, ecrit, autre);
        assert_ne!(autre_demarche, demarche, "{autre}");
        assert_ne!(autre_commune, commune, "{autre}");
    }
}

#[test]
fn le_reste_de_la_ville_n_epingle_pas_la_demarche() {
    let (demarche, commune) = empreintes(D, "", "");
    for (fichier, ecrit, autre) in [
        ("temoin/baremes/repas.yaml", "prix: 3.50", "prix: 3.60"),
        ("temoin/messages/recu.tera", "est reçue", "est bien reçue"),
        // a fact declared before the others moves every index
        (
            "temoin/donnees.yaml",
            "faits:\n",
            "faits:\n  - { fait: taille, nom: Taille, sujet: enfant, type: nombre, provenance: [agent], validite: { illimitee: true }, sensibilite: personnelle, conservation: 1 an }\n",
        ),
    ] {
        let (autre_demarche, autre_commune) = empreintes(fichier, ecrit, autre);
        assert_eq!(autre_demarche, demarche, "{autre}");
        assert_ne!(autre_commune, commune, "{autre}");
    }
}
