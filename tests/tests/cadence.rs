//! S22: whoever posts without an account is counted by the address of their connection; no header changes it, unless the
//! exploitant declared the proxy that wrote it. What is refused says when to come back, and shows what was typed.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use tests::arbre::racine;
use tests::serveur::{Navigateur, Page, Serveur};

const DEPARTS: usize = 20;

fn serveur(options: &[&str]) -> (tempfile::TempDir, Serveur) {
    let dossier = tempfile::tempdir().unwrap();
    let options = [&["--production"], options].concat();
    let communes = racine().join("communes");
    let serveur = Serveur::lance_avec(&communes, &dossier.path().join("data"), &options).unwrap();
    (dossier, serveur)
}

fn envoie(n: &Navigateur, chemin: &str, transmise: &str) -> Page {
    let entetes = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("x-forwarded-for", transmise),
        ("forwarded", "for=203.0.113.9"),
    ];
    n.brut("POST", chemin, &entetes, "_jeton=public&prenom=Camille".as_bytes()).unwrap()
}

#[test]
fn sans_compte_une_adresse_ne_commence_pas_sans_fin() {
    let (_dossier, serveur) = serveur(&[]);
    let n = serveur.navigateur();
    let forgee = |i: usize| format!("203.0.113.{i}");
    for i in 0..DEPARTS {
        let page = envoie(&n, "/ham/demarches/ordinateur", &forgee(i));
        assert_ne!(page.code, 429, "{i}: {}", page.visible());
    }
    let page = envoie(&n, "/ham/demarches/ordinateur", &forgee(200));
    assert_eq!(page.code, 429, "{}", page.visible());
    let attente: u64 = page.entete("retry-after").unwrap().parse().unwrap();
    assert!((100..=181).contains(&attente), "{attente}");
    let dit = page.visible();
    assert!(dit.contains("Trop d’envois depuis votre connexion") && dit.contains("Attendez"), "{dit}");
    assert!(dit.contains("Camille"), "what was typed is shown: {dit}");
    // the same count for every address of the API, in its own words
    let probleme = envoie(&n, "/ham/api/v1/dossiers", &forgee(201));
    assert_eq!(probleme.code, 429);
    assert_eq!(probleme.entete("content-type"), Some("application/problem+json"));
    assert!(
        probleme.entete("retry-after").is_some() && probleme.texte.contains("urn:guichet:probleme:cadence")
    );
    // reading is not counted
    assert_eq!(n.lit("/ham/demarches/ordinateur").unwrap().code, 200);
}

#[test]
fn derriere_un_relais_declare_chacun_a_son_compte() {
    let (_dossier, serveur) = serveur(&["--relais", "127.0.0.1"]);
    let n = serveur.navigateur();
    // the proxy writes whom it speaks for at the end: what came before is the sender's invention
    let passees = |vraie: &str| {
        let une = |i: &usize| {
            envoie(&n, "/ham/demarches/ordinateur", &format!("198.51.100.{i}, {vraie}")).code != 429
        };
        (0..DEPARTS + 5).filter(une).count()
    };
    assert_eq!(passees("203.0.113.1"), DEPARTS);
    assert_eq!(passees("203.0.113.2"), DEPARTS);
}
