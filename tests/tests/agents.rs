//! The agents' accounts on the administrator's page: opened by a letter, closed at once, their code set again; nobody else's page.
//! And the code that a parent may choose: enrolled, asked, saved by a code of the list, taken away.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and waits for letters no longer than it says"
)]

use std::time::{Duration, Instant};

use regex::Regex;
use tests::commande::guichet;
use tests::parcours::{entre, regle};
use tests::serveur::{Navigateur, Page, Serveur};

const MOT: &str = "velo-tomate-lune-42";
const AGENTS: &str = "/ham/agent/agents";

fn demonstration() -> (tempfile::TempDir, Serveur) {
    let donnees = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&donnees.path().join("data")).unwrap();
    regle(&serveur.navigateur(), "2025-09-01", "10:00");
    (donnees, serveur)
}

fn trouve(motif: &str, texte: &str) -> String {
    let lu = Regex::new(motif).unwrap().captures(texte).map(|c| c[1].to_owned());
    lu.unwrap_or_else(|| panic!("{motif}: {texte}"))
}

/// The code that the demonstration shows.
fn code_de(page: &Page) -> String {
    trouve("le code est (\\d{6})", &page.visible())
}

/// Follows the link of a new agent, and shows the code that it asks; the browser, in.
fn active(serveur: &Serveur, lien: &str) -> Navigateur {
    let n = serveur.navigateur();
    let page = n.lit(lien).unwrap();
    assert!(page.visible().contains("C’est un compte d’agent, pour : "), "{}", page.visible());
    let cgu = trouve("name=\"cgu\" value=\"([^\"]+)\"", &page.texte);
    let page = n.poste(lien, &[("_nouveau", MOT), ("_encore", MOT), ("cgu", &cgu)]).unwrap();
    let entree = montre_le_code(&n, &page, &code_de(&page));
    assert!(entree.chemin.starts_with("/ham/agent"), "{} {}", entree.chemin, entree.visible());
    n
}

fn montre_le_code(n: &Navigateur, page: &Page, code: &str) -> Page {
    n.poste("/ham/connexion/code", &[("_etape", page.cache("_etape").unwrap()), ("code", code)]).unwrap()
}

/// The newest letter to that address with these words, waited for.
fn lettre(serveur: &Serveur, a: &str, mots: &str) -> String {
    let debut = Instant::now();
    loop {
        let page = serveur.navigateur().lit("/_courrier").unwrap().texte;
        let mut siennes =
            page.split("<article").filter(|l| l.contains(&format!("à {a}")) && l.contains(mots));
        if let Some(lettre) = siennes.next() {
            return lettre.to_owned();
        }
        assert!(debut.elapsed().as_secs() < 20, "no letter « {mots} » to {a}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn entre_avec(serveur: &Serveur, courriel: &str) -> (Navigateur, Page) {
    let n = serveur.navigateur();
    let champs = [("identifiant", courriel), ("_mot_de_passe", MOT)];
    let page = n.poste("/ham/connexion", &champs).unwrap();
    (n, page)
}

#[test]
fn l_administrateur_ouvre_et_ferme_les_comptes_des_agents() {
    let (donnees, serveur) = demonstration();
    let data = donnees.path().join("data");
    let staff = |arguments: &[&str]| {
        guichet(&[&["staff"], arguments, &["--data", data.to_str().unwrap()]].concat()).unwrap()
    };
    let neuf =
        ["new", "ham", "--role", "administrateur", "--nom", "Ada Roche", "--courriel", "ada@ville-ham.fr"];
    let fait = staff(&neuf);
    assert_eq!(fait.statut, 0, "{}", fait.erreurs);
    let ada = active(&serveur, fait.texte.lines().next().unwrap());
    // neither a family nor an agent of a service; and the administrator reads no family's documents
    assert_eq!(entre(&serveur, "durand").lit(AGENTS).unwrap().code, 403);
    assert_eq!(entre(&serveur, "agent").lit(AGENTS).unwrap().code, 403);
    let parent = entre(&serveur, "durand");
    let dossier = tests::parcours::depose(&parent);
    let id = dossier.rsplit('/').next().unwrap();
    assert!(ada.lit("/ham/agent/documents").unwrap().visible().contains("Aucun document n’attend"));
    for chemin in ["", "/pieces/dossier_sante/1", "/completude"] {
        assert_eq!(ada.lit(&format!("/ham/agent/dossiers/{id}{chemin}")).unwrap().code, 404, "{chemin}");
    }

    let poste = |champs: &[(&str, &str)]| {
        let page = ada.lit(AGENTS).unwrap();
        ada.poste(AGENTS, &[&[("_jeton", page.jeton().unwrap())], champs].concat()).unwrap()
    };
    for (champs, motif) in [
        (&[("nom", "Agnès Petit"), ("courriel", "agnes@ville-ham.fr")][..], "un service au moins"),
        (
            &[("nom", ""), ("courriel", "agnes@ville-ham.fr"), ("roles", "affaires_scolaires")],
            "Le nom de l’agent",
        ),
        (&[("nom", "A"), ("courriel", "a@ville-ham.fr"), ("roles", "inconnu")], "n’est pas un service"),
        (
            &[("nom", "A"), ("courriel", "ada@ville-ham.fr"), ("roles", "affaires_scolaires")],
            "a déjà un compte",
        ),
    ] {
        let refus = poste(champs);
        assert!(refus.code == 422 && refus.visible().contains(motif), "{motif}: {}", refus.visible());
    }
    let fait =
        poste(&[("nom", "Agnès Petit"), ("courriel", "Agnes@ville-ham.fr"), ("roles", "affaires_scolaires")]);
    assert!(fait.code == 200 && fait.visible().contains("Agnès Petit à activer"), "{}", fait.visible());
    let courrier = lettre(&serveur, "agnes@ville-ham.fr", "Activez votre compte d’agent");
    let lien = trouve("(/ham/compte/lien/[0-9a-f]{64})", &courrier);
    let agnes = active(&serveur, &lien);
    assert_eq!(agnes.lit(AGENTS).unwrap().code, 403);
    assert!(agnes.lit("/ham/agent/documents").unwrap().visible().contains("Dossier santé"));

    // an application lost: her sessions end, and she sets another one
    let compte = |nom: &str| {
        let page = ada.lit(AGENTS).unwrap().texte;
        let carte = page.split("<section").find(|s| s.contains(nom)).unwrap().to_owned();
        trouve("name=\"compte\" value=\"([^\"]+)\"", &carte)
    };
    let ici = compte("Agnès Petit");
    assert!(
        poste(&[("geste", "recoder"), ("compte", &ici)]).visible().contains("réglera une autre application")
    );
    assert!(!agnes.lit("/ham/agent/").unwrap().chemin.starts_with("/ham/agent"));
    let (n, page) = entre_avec(&serveur, "agnes@ville-ham.fr");
    assert!(page.visible().contains("ajoutez un compte avec cette clé"), "{}", page.visible());
    assert!(montre_le_code(&n, &page, &code_de(&page)).chemin.starts_with("/ham/agent"));

    // closed: dead at the next request; one's own is another's to close
    let debut = Instant::now();
    assert!(poste(&[("geste", "fermer"), ("compte", &ici)]).visible().contains("n’ouvre plus rien"));
    assert!(!n.lit("/ham/agent/").unwrap().chemin.starts_with("/ham/agent"), "closed: dead at once");
    assert!(debut.elapsed().as_secs() < 5);
    let (_, page) = entre_avec(&serveur, "agnes@ville-ham.fr");
    assert_eq!(page.code, 422, "{}", page.visible());
    let moi = staff(&["list", "ham"]).texte;
    let moi =
        moi.lines().find(|l| l.contains("Ada Roche")).unwrap().split_whitespace().next().unwrap().to_owned();
    let refus = poste(&[("geste", "fermer"), ("compte", &moi)]);
    assert!(refus.code == 422 && refus.visible().contains("votre propre compte"), "{}", refus.visible());
    // the command line does the same acts
    assert_eq!(staff(&["reset", "ham", &moi]).statut, 0);
    assert!(!ada.lit(AGENTS).unwrap().chemin.starts_with("/ham/agent"));
}
