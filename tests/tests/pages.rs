//! What every page of a running server must have, over real HTTP.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

use tests::serveur::Serveur;

#[test]
fn les_reponses_portent_leurs_protections() {
    let donnees = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&donnees.path().join("data")).unwrap();
    let n = serveur.navigateur();
    for (chemin, code) in [
        ("/", 200),
        ("/sante", 200),
        ("/metrics", 200),
        ("/statique/guichet.css", 200),
        ("/n-existe-pas", 404),
        ("/ham/api/v1/n-existe-pas", 404),
    ] {
        let page = n.lit(chemin).unwrap();
        assert_eq!(page.code, code, "{chemin}");
        let csp = page.entete("content-security-policy").unwrap();
        assert!(csp.contains("default-src 'none'") && csp.contains("frame-ancestors 'none'"), "{csp}");
        assert!(!csp.contains("unsafe"), "{csp}");
        assert_eq!(page.entete("x-content-type-options"), Some("nosniff"));
        let garde = page.entete("cache-control").unwrap();
        assert_eq!(garde == "no-store", !chemin.starts_with("/statique"), "{chemin} : {garde}");
    }
    let accueil = n.lit("/").unwrap();
    assert!(accueil.texte.contains("<html lang=\"fr\">") && accueil.texte.contains("Aller au contenu"));
    assert!(n.lit("/statique/../Cargo.toml").unwrap().code >= 400);
}

#[test]
fn un_corps_trop_gros_est_refuse() {
    let donnees = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&donnees.path().join("data")).unwrap();
    let hote = serveur.adresse.trim_start_matches("http://");
    let mut flux = TcpStream::connect(hote).unwrap();
    write!(
        flux,
        "POST /_horloge HTTP/1.1\r\nHost: {hote}\r\nContent-Length: 300000\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut reponse = String::new();
    BufReader::new(flux).read_line(&mut reponse).unwrap();
    assert_eq!(reponse.trim(), "HTTP/1.1 413 Payload Too Large");
}

#[test]
fn l_horloge_de_la_demonstration_se_regle_et_survit_a_un_redemarrage() {
    let donnees = tempfile::tempdir().unwrap();
    let dossier = donnees.path().join("data");
    let serveur = Serveur::lance(&dossier).unwrap();
    let page = serveur
        .navigateur()
        .poste("/_horloge", &[("date", "2025-09-04"), ("heure", "05:59"), ("retour", "/")])
        .unwrap();
    assert!(page.visible().contains("jeudi 4 septembre 2025"), "{}", page.visible());
    serveur.tue().unwrap();
    let serveur = Serveur::lance(&dossier).unwrap();
    assert!(serveur.navigateur().lit("/").unwrap().visible().contains("jeudi 4 septembre 2025"));
}

#[test]
fn une_demonstration_n_ecoute_que_sur_cette_machine() {
    let donnees = tempfile::tempdir().unwrap();
    let sortie = std::process::Command::new(tests::serveur::binaire().unwrap())
        .args(["serve", "--listen", "0.0.0.0:0", "--communes"])
        .arg(tests::arbre::racine().join("communes"))
        .arg("--data")
        .arg(donnees.path().join("data"))
        .output()
        .unwrap();
    assert!(!sortie.status.success());
    let message = String::from_utf8_lossy(&sortie.stderr);
    assert!(message.contains("la démonstration n'écoute que sur cette machine"), "{message}");
}
