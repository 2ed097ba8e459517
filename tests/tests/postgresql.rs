//! The same binary over PostgreSQL: the owner migrates, servers share the database, a role that sees too much is refused. SQLite
//! files have one server.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and shares keys between machines"
)]

use tests::arbre::racine;
use tests::commande::guichet;
use tests::grappe;
use tests::serveur::Serveur;

fn sert(donnees: &std::path::Path, base: &str) -> Result<Serveur, tests::serveur::Echec> {
    Serveur::lance_avec(&racine().join("communes"), donnees, &["--base", base])
}

#[test]
fn deux_serveurs_sur_une_base() {
    let Some(administrateur) = grappe::administrateur() else { return };
    let base = grappe::base_dans(administrateur);
    let dossier = tempfile::tempdir().unwrap();
    let chemin = |nom: &str| dossier.path().join(nom);

    // not migrated yet; then by whom owns it; then by a role that sees too much
    let data = chemin("zero");
    let refus = guichet(&["serve", "--data", data.to_str().unwrap(), "--base", &base.application]).unwrap();
    assert_eq!(refus.statut, 4);
    assert!(refus.erreurs.contains("lancez « guichet migrate »"), "{}", refus.erreurs);
    let fait = guichet(&["migrate", "--base", &base.proprietaire]).unwrap();
    assert_eq!(fait.statut, 0, "{}", fait.erreurs);
    assert!(fait.texte.starts_with("Le schéma de la base est à la version "), "{}", fait.texte);
    assert_eq!(guichet(&["migrer", "--base", &base.proprietaire]).unwrap(), fait, "twice is as good");
    let refus = guichet(&["serve", "--data", data.to_str().unwrap(), "--base", &base.proprietaire]).unwrap();
    assert!(refus.statut == 4 && refus.erreurs.contains("possède les tables"), "{}", refus.erreurs);

    // never a demonstration, even on an empty folder
    let un = sert(&chemin("un"), &base.application).unwrap();
    // another machine with keys of its own would open nothing of what the first one gave or sealed
    let refus = guichet(&["serve", "--data", chemin("seul").to_str().unwrap(), "--base", &base.application]);
    let refus = refus.unwrap();
    assert!(refus.statut != 0 && refus.erreurs.contains("clé"), "{}", refus.erreurs);
    std::fs::create_dir(chemin("deux")).unwrap();
    for cle in ["cle", "cles"] {
        std::fs::copy(chemin(&format!("un.{cle}")), chemin(&format!("deux.{cle}"))).unwrap();
    }
    std::os::unix::fs::symlink(chemin("un").join("fichiers"), chemin("deux").join("fichiers")).unwrap();
    let deux = sert(&chemin("deux"), &base.application).unwrap();
    assert!(!chemin("un").join("demonstration").exists());
    for serveur in [&un, &deux] {
        let page = serveur.navigateur().lit("/").unwrap();
        assert_eq!(page.code, 200);
        assert!(!page.texte.contains("/_horloge"), "a demonstration's clock");
    }
    un.tue().unwrap();
    assert_eq!(deux.navigateur().lit("/").unwrap().code, 200);
    drop(deux);
    let demonstration = chemin("demonstration");
    drop(Serveur::lance(&demonstration).unwrap());
    let refus =
        guichet(&["serve", "--data", demonstration.to_str().unwrap(), "--base", &base.application]).unwrap();
    assert_eq!(refus.statut, 4);
    assert!(refus.erreurs.contains("démonstration"), "{}", refus.erreurs);
}

#[test]
fn un_dossier_de_donnees_a_un_seul_serveur() {
    let dossier = tempfile::tempdir().unwrap();
    let data = dossier.path().join("data");
    let premier = Serveur::lance(&data).unwrap();
    let refus = guichet(&["serve", "--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"]).unwrap();
    assert_eq!(refus.statut, 4, "{}", refus.texte);
    assert!(refus.erreurs.contains("sert déjà") && refus.erreurs.contains("--base"), "{}", refus.erreurs);
    assert_eq!(premier.navigateur().lit("/").unwrap().code, 200);
    // however it ends, the folder is free again
    premier.tue().unwrap();
    let suivant = Serveur::lance(&data).unwrap();
    assert_eq!(suivant.navigateur().lit("/").unwrap().code, 200);
}

#[test]
fn une_base_mal_nommee_se_dit() {
    let refus = guichet(&["migrate", "--base", "mysql://x"]).unwrap();
    assert_eq!(refus.statut, 2);
    assert!(refus.erreurs.contains("postgres://"), "{}", refus.erreurs);
    let refus = guichet(&["migrate", "--base", "postgres://x@localhost/x?host=/nulle/part"]).unwrap();
    assert_eq!(refus.statut, 4);
    assert!(!refus.erreurs.is_empty());
}
