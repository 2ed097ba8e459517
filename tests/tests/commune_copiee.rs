//! A town made of another's files, with other names, prices, steps and deadlines, runs with no Rust touched.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test fails by panicking")]

use tests::arbre::racine;
use tests::commande::{copie, guichet};
use tests::serveur::Serveur;

/// What the copy changes, everywhere and in this order.
const PARTOUT: [(&str, &str); 14] = [
    ("Hamois", "Valmontois"),
    ("hamois", "valmontois"),
    ("Ham", "Valmont"),
    ("3.50", "4.10"),
    ("3.90", "4.60"),
    ("5.90", "6.70"),
    ("montant: 2.00", "montant: 2.50"),
    ("montant: 4.00", "montant: 5.00"),
    ("majoration_non_inscrit: 2.00", "majoration_non_inscrit: 2.50"),
    ("majoration_non_inscrit: 8.00", "majoration_non_inscrit: 10.00"),
    ("J 06:00", "J 07:30"),
    ("T05:59", "T07:29"),
    ("T06:0", "T07:3"),
    ("validee", "confirmee"),
];

#[test]
fn une_commune_copiee_tourne_sans_toucher_au_rust() {
    let dossier = tempfile::tempdir().unwrap();
    let communes = dossier.path().join("communes");
    copie(&racine().join("communes/modeles"), &communes.join("modeles")).unwrap();
    copie(&racine().join("communes/ham"), &communes.join("valmont")).unwrap();
    change(&communes.join("valmont"));
    // the étape that is renamed comes from the model: it is renamed there too
    change(&communes.join("modeles/espace-famille/demarches"));
    let chemin = communes.to_str().unwrap();

    let sortie = guichet(&["check", "valmont", "--communes", chemin, "--tout"]).unwrap();
    assert_eq!(sortie.statut, 0, "{}", sortie.texte);

    // as green as the town that it copies
    let bilan = |arguments: &[&str], slug: &str| {
        let sortie = guichet(arguments).unwrap().texte;
        let derniere = sortie.lines().last().unwrap_or_default().to_owned();
        let bilan = derniere.strip_prefix(slug).and_then(|l| l.split(" — ").next()).map(str::to_owned);
        (bilan.unwrap_or_default(), sortie)
    };
    let (attendu, _) = bilan(&["test", "ham"], "ham");
    let (obtenu, sortie) = bilan(&["test", "valmont", "--communes", chemin], "valmont");
    assert!(attendu.ends_with(" 0 en échec"), "{attendu}");
    assert_eq!(obtenu, attendu, "{sortie}");

    let demande = ["price", "valmont", "--communes", chemin, "--prestation", "repas", "--jour", "2025-09-04"];
    let faits = ["--fait", "residence=valmontois", "--fait", "quotient=901"];
    let prix = guichet(&[&demande[..], &faits[..]].concat()).unwrap();
    assert!(prix.texte.starts_with("Repas du jeudi 4 septembre 2025 : 4,60 €."), "{}", prix.texte);

    let etats =
        guichet(&["graph", "etats", "valmont", "inscription", "--communes", chemin, "--format", "mermaid"]);
    assert!(etats.unwrap().texte.contains("deposee --> confirmee : Valider"));
    let mois = ["graph", "echeances", "valmont", "restauration", "--mois", "2025-09", "--communes", chemin];
    let mois = guichet(&mois).unwrap().texte;
    assert!(mois.contains("avant le jeudi 4 septembre 2025 à 7 h 30"), "{mois}");

    let serveur = Serveur::lance_sur(&communes, &dossier.path().join("data")).unwrap();
    let page = serveur.navigateur().lit("/valmont/").unwrap();
    assert!(
        page.code == 200 && page.texte.contains("Valmont") && !page.texte.contains("Ham<"),
        "{}",
        page.texte
    );
    assert_eq!(serveur.navigateur().lit("/ham/").unwrap().code, 404);
}

fn change(dossier: &std::path::Path) {
    for entree in std::fs::read_dir(dossier).unwrap() {
        let chemin = entree.unwrap().path();
        if chemin.is_dir() {
            change(&chemin);
            continue;
        }
        let mut texte = std::fs::read_to_string(&chemin).unwrap();
        for (de, par) in PARTOUT {
            // the messages keep their names: `inscription_validee` is a file of the model
            texte = texte.replace("_validee", "_VALIDEE").replace(de, par).replace("_VALIDEE", "_validee");
        }
        texte = texte.replace("commune: ham\n", "commune: valmont\n");
        texte = texte.replace("entourage_validee", "entourage_valide");
        std::fs::write(&chemin, texte).unwrap();
    }
}
