//! The command line as a configurateur runs it: the real binary, its output and its status.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test fails by panicking")]

use std::path::Path;

use tests::arbre::racine;
use tests::commande;

/// Status, standard output, error output.
fn guichet(arguments: &[&str]) -> (i32, String, String) {
    guichet_dans(&racine(), arguments)
}

fn guichet_dans(dossier: &Path, arguments: &[&str]) -> (i32, String, String) {
    let sortie = commande::guichet_dans(dossier, arguments).unwrap();
    (sortie.statut, sortie.texte, sortie.erreurs)
}

/// A copy of the towns of the tree.
fn copie() -> tempfile::TempDir {
    let dossier = tempfile::tempdir().unwrap();
    commande::copie(&racine().join("communes"), dossier.path()).unwrap();
    dossier
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
    let dossiers = std::fs::read_dir(racine().join("communes")).unwrap().map(|e| e.unwrap().path());
    let villes = dossiers.filter(|d| d.join("commune.yaml").is_file()).count();
    assert!(derniere.contains(&format!(" — {villes} communes, ")) && derniere.ends_with(" ms"), "{derniere}");
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

#[test]
fn price_montre_chaque_figure_avec_sa_ligne() {
    let demande =
        ["price", "ham", "--prestation", "repas", "--jour", "2025-09-04", "--fait", "residence=hamois"];
    let avec = |quotient: &str| {
        let fait = format!("quotient={quotient}");
        guichet(&[&demande[..], &["--fait", fait.as_str()]].concat())
    };
    let (statut, texte, _) = avec("901");
    assert!(statut == 0 && texte.starts_with("Repas du jeudi 4 septembre 2025 : 3,90 €."), "{texte}");
    assert!(texte.contains("prix voté : 3,90 €  [ham/baremes/repas.yaml:11]"), "{texte}");
    assert!(avec("900").1.contains(" : 3,50 €."));
    let (statut, _, erreurs) = avec("beaucoup");
    assert!(statut == 2 && erreurs.contains("--fait quotient=beaucoup : "), "{erreurs}");
    let (statut, texte, _) = guichet(&["price", "ham", "--prestation", "repas", "--jour", "2020-09-04"]);
    assert!(statut == 1 && texte.starts_with("Pas de prix : "), "{texte}");
}

#[test]
fn show_dit_d_ou_vient_chaque_valeur() {
    let (_, texte, _) = guichet(&["show", "ham", "demarche.inscription", "--origine"]);
    let ligne = |mot: &str| texte.lines().find(|l| l.contains(mot)).unwrap_or_default().to_owned();
    let fichier =
        tests::arbre::lit(&tests::arbre::racine().join("communes/ham/demarches/inscription.yaml")).unwrap();
    let ou = 1 + fichier.lines().position(|l| l.starts_with("instruit_par:")).unwrap();
    let lieu = format!("← ham/demarches/inscription.yaml:{ou}");
    assert!(ligne("instruit_par:").ends_with(&lieu), "{lieu} {texte}");
    let heritee = ligne("phase: incomplete");
    assert!(
        heritee.contains("← modeles/espace-famille/demarches/") && heritee.ends_with("(modèle)"),
        "{texte}"
    );
    // before its first version, a tariff has no grid
    let avant = guichet(&["show", "ham", "bareme.repas", "--au", "2020-01-01"]).1;
    let apres = guichet(&["show", "ham", "bareme.repas", "--au", "2025-09-04"]).1;
    assert!(!avant.contains("prix: 3.50") && apres.contains("prix: 3.50"), "{avant}{apres}");
}

#[test]
fn graph_dessine_ce_que_le_moteur_calcule() {
    let (_, svg, _) = guichet(&["graph", "etats", "ham", "inscription"]);
    assert!(
        svg.starts_with("<svg ")
            && svg.contains("<desc id=\"description\">Brouillon : Envoyer ma demande → Demande déposée"),
        "{svg}"
    );
    assert!(!svg.contains("class=\"morte\""));
    let (_, mermaid, _) = guichet(&["graph", "etats", "ham", "inscription", "--format", "mermaid"]);
    assert!(mermaid.contains("  deposee --> validee : Valider\n"), "{mermaid}");
    let (_, tarif, _) = guichet(&["graph", "tarif", "ham", "repas"]);
    assert!(
        tarif.contains("hamois, dos : de 3,50 € à 3,90 €") && tarif.contains("exterieur : 5,90 €"),
        "{tarif}"
    );
    let (_, mois, _) = guichet(&["graph", "echeances", "ham", "restauration", "--mois", "2025-09"]);
    assert!(mois.contains("a_temps : avant le jeudi 4 septembre 2025 à 6 h"), "{mois}");
    assert!(mois.contains("mercredi   3  fermé"), "{mois}");
}

#[test]
fn une_etape_ou_rien_ne_mene_est_en_rouge() {
    let communes = copie();
    let fichier = communes.path().join("ham/demarches/entourage.yaml");
    remplace(
        &fichier,
        "action: refuser, nom: Refuser, par: agent.affaires_scolaires, vers: refusee",
        "action: refuser, nom: Refuser, par: agent.affaires_scolaires, vers: annulee",
    );
    let chemin = communes.path().to_str().unwrap();
    let (statut, svg, erreurs) = guichet(&["graph", "etats", "ham", "entourage", "--communes", chemin]);
    // the checker may already refuse the town: either way it is not silent
    assert!(
        svg.contains("class=\"morte\"") || (statut == 1 && erreurs.contains("guichet check ham")),
        "{svg}{erreurs}"
    );
}

#[test]
fn fmt_est_stable_et_ne_change_pas_le_sens() {
    assert_eq!(guichet(&["fmt", "--verifie"]).0, 0, "{}", guichet(&["fmt", "--verifie"]).1);
    let communes = copie();
    let chemin = communes.path().to_str().unwrap();
    let repas = communes.path().join("ham/baremes/repas.yaml");
    let propre = std::fs::read_to_string(&repas).unwrap();
    remplace(&repas, "prix: 3.50", "prix: \"3.50\"");
    remplace(&repas, "unite: repas\n", "unite:   repas  \n\n\n\n");
    remplace(&repas, "# yaml-language-server: $schema=../../schema/bareme.json\n", "");
    let resolu = |communes: &str| guichet(&["show", "ham", "bareme.repas", "--communes", communes]).1;
    let avant = resolu(chemin);
    assert_eq!(guichet(&["fmt", "--verifie", chemin]).0, 1);
    assert_eq!(guichet(&["fmt", chemin]).0, 0);
    assert_eq!(guichet(&["fmt", "--verifie", chemin]).0, 0);
    assert_eq!(std::fs::read_to_string(&repas).unwrap().replace("\n\n", "\n"), propre);
    let sans_place = |t: &str| t.replace('"', "").lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(sans_place(&avant), sans_place(&resolu(chemin)));
}

#[test]
fn new_ecrit_une_commune_qui_passe() {
    let communes = tempfile::tempdir().unwrap();
    commande::copie(&racine().join("communes/modeles"), &communes.path().join("modeles")).unwrap();
    let chemin = communes.path().to_str().unwrap();
    let (statut, _, erreurs) = guichet(&["new", "ma-ville", "--nom", "Ma Ville", "--communes", chemin]);
    assert_eq!((statut, erreurs.as_str()), (0, ""));
    let (statut, rapport, _) = guichet(&["check", "ma-ville", "--communes", chemin, "--tout"]);
    assert_eq!(statut, 0, "{rapport}");
    let (statut, cas, _) = guichet(&["test", "ma-ville", "--communes", chemin, "--exigences"]);
    assert!(
        statut == 0 && cas.contains("ma-ville : 3 cas, 18 étapes et lignes, 30 assertions, 0 en échec"),
        "{cas}"
    );
    assert_eq!(guichet(&["fmt", "--verifie", chemin]).0, 0);
    let (statut, _, erreurs) = guichet(&["new", "ma-ville", "--communes", chemin]);
    assert!(statut == 2 && erreurs.contains("existe déjà"), "{erreurs}");
    for mauvais in ["Ma Ville", "../x", "modeles"] {
        assert_eq!(guichet(&["new", mauvais, "--communes", chemin]).0, 2, "{mauvais}");
    }
    let serveur = tests::serveur::Serveur::lance_sur(communes.path(), &communes.path().join("data")).unwrap();
    let page = serveur.navigateur().lit("/ma-ville/").unwrap();
    assert!(page.code == 200 && page.texte.contains("Ma Ville"), "{}", page.texte);
}

#[test]
fn test_rend_son_statut_et_ses_rapports() {
    let (statut, texte, _) = guichet(&["test", "ham", "--exigences"]);
    assert!(statut == 0 && texte.contains("exigences : 31 sur 31"), "{texte}");
    let communes = copie();
    let chemin = communes.path().to_str().unwrap();
    remplace(&communes.path().join("ham/baremes/repas.yaml"), "prix: 3.90", "prix: 3.95");
    let rapport = communes.path().join("rapport.xml");
    let (statut, texte, _) = guichet(&[
        "test",
        "ham",
        "--filtre",
        "tarifs",
        "--communes",
        chemin,
        "--junit",
        rapport.to_str().unwrap(),
    ]);
    assert!(statut == 1 && texte.contains("prix : attendu 3.90, obtenu 3.95"), "{texte}");
    assert!(std::fs::read_to_string(&rapport).unwrap().contains("<failure"));
    assert!(guichet(&["test", "ham", "--amorce"]).1.contains("etapes:\n  # ham/baremes/"));
    let (_, texte, _) = guichet(&["test", "ham", "--mutants", "--un-sur", "40"]);
    assert!(texte.contains("ham : ") && texte.contains(" mutations, "), "{texte}");
}

/// What a town writes and nothing applies yet is told where it is written, with what happens instead.
#[test]
fn une_liste_d_attente_passe_les_delais_se_dit() {
    let communes = copie();
    let chemin = communes.path().to_str().unwrap();
    remplace(
        &communes.path().join("ham/services/restauration.yaml"),
        "{ sinon: refus, message: refus_trop_tard_repas }",
        "{ sinon: liste_attente }",
    );
    let (_, texte, _) = guichet(&["check", "ham", "--communes", chemin, "--tout"]);
    let dit = texte.split("[SYN09]").find(|d| d.contains("sinon: liste_attente"));
    let dit = dit.unwrap_or_else(|| panic!("{texte}"));
    assert!(dit.contains("la réservation est refusée") && dit.contains("restauration.yaml:19"), "{dit}");
    assert!(!guichet(&["check", "ham", "--tout"]).1.contains("sinon: liste_attente` est compris"));
    // the usual level of a code is the one that its diagnostics have
    assert!(guichet(&["explain"]).1.contains("LIM04  erreur "));
}

#[test]
fn ce_que_l_on_tape_de_travers_se_dit_avec_l_option_qui_manque() {
    let prise = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let adresse = prise.local_addr().unwrap().to_string();
    let data = tempfile::tempdir().unwrap();
    let dossier = data.path().join("data");
    let options = ["--listen", &adresse, "--data", dossier.to_str().unwrap()];
    for commande in [&["serve"][..], &[]] {
        let (statut, _, erreurs) = guichet(&[commande, &options[..]].concat());
        assert_eq!(statut, 2, "{erreurs}");
        assert!(erreurs.contains("déjà prise") && erreurs.contains("--listen"), "{erreurs}");
    }
    let (statut, aide, _) = guichet(&["plan", "--help"]);
    assert!(statut == 0 && !aide.contains("ossible values"), "{aide}");
    assert!(guichet(&["graph", "--rien"]).2.contains("guichet graph --help"));
}
