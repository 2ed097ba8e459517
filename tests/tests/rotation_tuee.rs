//! A rotation of the documents' keys killed at any instant, beside a server that gives them: nothing is lost, nothing is left in
//! clear, the next one ends it. 3 kills over 60 documents; 40 over 1,000 with `GUICHET_ESSAIS_LONGS=1`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and kills after a while"
)]

#[path = "../../rules/tests/longs/mod.rs"]
mod longs;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tests::commande::guichet;
use tests::hasard::Hasard;
use tests::parcours::{brouillon, enfants, entre};
use tests::serveur::{Serveur, binaire};

/// Files below a folder that hold these words.
fn en_clair(dossier: &Path, mots: &str) -> usize {
    let mut n = 0;
    for entree in std::fs::read_dir(dossier).unwrap() {
        let chemin = entree.unwrap().path();
        n += match chemin.is_dir() {
            true => en_clair(&chemin, mots),
            false => {
                let octets = std::fs::read(&chemin).unwrap();
                usize::from(octets.windows(mots.len()).any(|w| w == mots.as_bytes()))
            }
        };
    }
    n
}

#[test]
fn une_rotation_tuee_ne_perd_rien() {
    let (documents, morts) = if longs::longs() { (1_000, 40) } else { (60, 3) };
    let temporaire = tempfile::tempdir().unwrap();
    let data = temporaire.path().join("data");
    let serveur = Serveur::lance(&data).unwrap();
    let n = entre(&serveur, "durand");
    let enfant = &enfants(&n)[0];
    let id = brouillon(&n, enfant, &["restauration"], "commence");
    // each takes the place of the one before, whose file stays until it is swept
    let contenu = |i: usize| format!("%PDF-1.4\ncanari-{i:04} {}\n%%EOF\n", "x".repeat(i * 37 % 4_000));
    for i in 0..documents {
        let cle = format!("piece-{i}");
        let entetes = [("idempotency-key", cle.as_str()), ("content-type", "application/pdf")];
        let ou = format!("/ham/api/v1/dossiers/{id}/pieces/dossier_sante");
        let (code, p) = n.octets(&ou, &entetes, contenu(i).as_bytes()).unwrap();
        assert_eq!(code, 200, "{p}");
    }
    // with what the draft held before, and each town's own sealed key
    let gardes: usize = std::fs::read_dir(data.join("fichiers"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|ville| ville.is_dir())
        .map(|ville| std::fs::read_dir(ville).unwrap().count())
        .sum();
    assert!(gardes >= documents);
    let files = |geste: &str| guichet(&["files", geste, "--data", data.to_str().unwrap()]).unwrap();
    let dernier = || n.lit(&format!("/ham/dossiers/{id}/pieces/dossier_sante/1")).unwrap();
    let mut hasard = Hasard(7);
    let mut tuees = 0;
    for _ in 0..morts {
        assert_eq!(files("new").statut, 0);
        let mut rotation = Command::new(binaire().unwrap())
            .args(["files", "rotate", "--data", data.to_str().unwrap()])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(hasard.sous(250)));
        tuees += usize::from(rotation.try_wait().unwrap().is_none());
        let _ = rotation.kill();
        rotation.wait().unwrap();
        let page = dernier();
        assert_eq!((page.code, page.texte), (200, contenu(documents - 1)));
        assert_eq!(en_clair(&data.join("fichiers"), "canari-"), 0);
    }
    assert!(tuees > 0, "no rotation was still running");
    let fin = files("rotate");
    assert!(fin.statut == 0 && !fin.texte.contains("aucune clé donnée"), "{} {}", fin.texte, fin.erreurs);
    let nombres: Vec<usize> = fin.texte.split_whitespace().filter_map(|m| m.parse().ok()).collect();
    assert_eq!(nombres.iter().sum::<usize>(), gardes, "{}", fin.texte);
    assert_eq!(files("forget").statut, 0);
    let page = dernier();
    assert_eq!((page.code, page.texte), (200, contenu(documents - 1)));
    assert_eq!(
        std::fs::read_to_string(temporaire.path().join("data.cles")).unwrap().matches("\n").count(),
        4
    );
    // put there in clear since, in its place: not given
    let fichiers = data.join("fichiers/ham");
    for entree in std::fs::read_dir(&fichiers).unwrap() {
        let entree = entree.unwrap();
        if !entree.file_name().to_string_lossy().starts_with('_') {
            std::fs::write(entree.path(), b"%PDF-1.4\nintrus").unwrap();
        }
    }
    let page = dernier();
    assert!(page.code == 500 && !page.texte.contains("intrus"), "{}", page.visible());
    longs::rapporte(
        "S21 rotation of file keys killed",
        tuees,
        &format!("{documents} documents, 0 lost, 0 in clear"),
    );
}
