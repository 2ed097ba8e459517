//! The command line as a configurateur runs it: the real binary, its output and its status.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use tests::arbre::racine;
use tests::serveur::binaire;

/// Status, standard output, error output.
fn guichet(arguments: &[&str]) -> (i32, String, String) {
    guichet_dans(&racine(), arguments)
}

fn guichet_dans(dossier: &Path, arguments: &[&str]) -> (i32, String, String) {
    static BINAIRE: OnceLock<std::path::PathBuf> = OnceLock::new();
    let binaire = BINAIRE.get_or_init(|| binaire().unwrap());
    let sortie = Command::new(binaire).args(arguments).current_dir(dossier).output().unwrap();
    let texte = |octets| String::from_utf8(octets).unwrap();
    (sortie.status.code().unwrap(), texte(sortie.stdout), texte(sortie.stderr))
}

/// A copy of the towns of the tree.
fn copie() -> tempfile::TempDir {
    let dossier = tempfile::tempdir().unwrap();
    copie_dossier(&racine().join("communes"), dossier.path());
    dossier
}

fn copie_dossier(de: &Path, vers: &Path) {
    std::fs::create_dir_all(vers).unwrap();
    for entree in std::fs::read_dir(de).unwrap() {
        let chemin = entree.unwrap().path();
        let cible = vers.join(chemin.file_name().unwrap());
        if chemin.is_dir() {
            copie_dossier(&chemin, &cible);
        } else {
            std::fs::copy(&chemin, &cible).unwrap();
        }
    }
}

fn remplace(chemin: &Path, de: &str, par: &str) {
    let texte = std::fs::read_to_string(chemin).unwrap();
    assert!(texte.contains(de), "{} : {de}", chemin.display());
    std::fs::write(chemin, texte.replacen(de, par, 1)).unwrap();
}

#[test]
fn check_dit_tout_et_rend_son_statut() {
    let (statut, sortie, erreurs) = guichet(&["check"]);
    assert_eq!((statut, erreurs.as_str()), (0, ""), "{sortie}");
    let derniere = sortie.lines().last().unwrap();
    assert!(derniere.contains(" — 2 communes, ") && derniere.ends_with(" ms"), "{derniere}");
    // the questions that are still open are warnings
    assert_eq!(guichet(&["check", "ham", "--strict"]).0, 3);
    // by its folder, from inside it, by its name, by the French alias: the same report
    let nomme = guichet(&["check", "ham", "--format", "json"]).1;
    assert!(nomme.contains("\"fichier\": \"communes/ham/"), "{nomme}");
    assert_eq!(guichet(&["verifier", "communes/ham", "--format", "json"]).1, nomme);
    let dedans = guichet_dans(&racine().join("communes/ham"), &["check", ".", "--format", "json"]);
    assert_eq!(dedans.0, 0);
    assert!(dedans.1.contains("/ham/baremes/"), "{}", dedans.1);
}

#[test]
fn check_trouve_les_erreurs_de_plusieurs_fichiers_en_une_fois() {
    let communes = copie();
    let ham = communes.path().join("ham");
    remplace(&ham.join("services/restauration.yaml"), "gestionnaire:", "gestionaire:");
    remplace(&ham.join("baremes/repas.yaml"), "3.50", "3.5");
    let chemin = communes.path().to_str().unwrap();
    let (statut, sortie, _) = guichet(&["check", chemin]);
    assert_eq!(statut, 1);
    assert!(sortie.contains("erreur[SYN02]") && sortie.contains("vouliez-vous dire"), "{sortie}");
    assert!(sortie.contains("erreur[SYN04]") && sortie.contains("ham/baremes/repas.yaml:"), "{sortie}");
    let (statut, sarif, _) = guichet(&["check", chemin, "--format", "sarif"]);
    assert_eq!(statut, 1);
    let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let (_, github, _) = guichet(&["check", chemin, "--format", "github"]);
    assert!(github.lines().any(|l| l.starts_with("::error file=")), "{github}");
}

#[test]
fn une_commande_mal_ecrite_est_expliquee_en_francais() {
    for (arguments, dit) in [
        (vec!["chek"], "le verbe `chek` n'existe pas ; vouliez-vous dire `check` ?"),
        (vec!["check", "hamm"], "vouliez-vous dire `ham` ?"),
        (vec!["check", "--strit"], "`--strit` n'est pas attendu ici ; vouliez-vous dire `--strict` ?"),
        (vec!["check", "--format", "jsn"], "n'accepte pas `jsn` ; vouliez-vous dire `json` ?"),
        (vec!["explain", "tar1"], "vouliez-vous dire `TAR01` ?"),
        (vec!["explain", "reservation.delay"], "vouliez-vous dire `delai` ?"),
        (vec!["check", "--communes", "nulle_part"], "nulle_part n'est pas un dossier"),
    ] {
        let (statut, sortie, erreurs) = guichet(&arguments);
        assert_eq!((statut, sortie.as_str()), (2, ""), "{arguments:?}");
        assert!(erreurs.starts_with("guichet : ") && erreurs.contains(dit), "{arguments:?} : {erreurs}");
    }
}

#[test]
fn explain_montre_un_code_ou_une_cle() {
    let (statut, page, _) = guichet(&["explain", "syn01"]);
    assert!(statut == 0 && page.starts_with("# SYN01 — "), "{page}");
    let (_, page, _) = guichet(&["expliquer", "reservation.delais"]);
    assert!(page.starts_with("reservation › delais  (services/*.yaml)\n  Délais dans l'ordre"), "{page}");
    let (_, codes, _) = guichet(&["explain"]);
    assert!(codes.contains("TAR01  erreur       Trou dans un tableau\n"), "{codes}");
}
