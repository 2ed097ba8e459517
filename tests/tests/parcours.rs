//! The walk of README.md over real HTTP against the real binary: filed on a generated page, accepted by an agent, and
//! nothing of it lost by a `kill -9`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::path::Path;

use tests::serveur::{Navigateur, Page, Serveur};

const PDF: &[u8] = b"%PDF-1.4\n%%EOF\n";

fn regle(n: &Navigateur, date: &str, heure: &str) {
    assert_eq!(n.poste("/_horloge", &[("date", date), ("heure", heure), ("retour", "/")]).unwrap().code, 200);
}

fn entre(serveur: &Serveur, identifiant: &str) -> Navigateur {
    let n = serveur.navigateur();
    n.lit("/ham/").unwrap();
    let page = n.poste("/ham/connexion", &[("identifiant", identifiant)]).unwrap();
    assert_eq!(page.code, 200, "{}", page.visible());
    n
}

/// The value of the first radio button or option whose text holds `libelle`.
fn option(page: &Page, nom: &str, libelle: &str) -> String {
    page.texte
        .split("<input type=\"radio\" ")
        .chain(page.texte.split("<option "))
        .filter(|b| b.split("</label>").next().is_some_and(|b| b.contains(libelle)))
        .filter(|b| b.starts_with(&format!("name=\"{nom}\"")) || b.starts_with("value="))
        .find_map(|b| b.split_once("value=\"")?.1.split('"').next().map(str::to_owned))
        .unwrap_or_else(|| panic!("no « {libelle} » for {nom} on {}:\n{}", page.chemin, page.visible()))
}

/// Starts, fills in and sends a request for the first child; the path of the dossier.
fn depose(n: &Navigateur) -> String {
    let page = n.lit("/ham/demarches/inscription").unwrap();
    let enfant = option(&page, "enfant", "Léa");
    let ecran = n.poste(&page.chemin, &[("_jeton", page.jeton().unwrap()), ("enfant", &enfant)]).unwrap();
    assert!(ecran.chemin.ends_with("/ecrans/1"), "{} : {}", ecran.chemin, ecran.visible());
    let dossier = ecran.chemin.trim_end_matches("/ecrans/1").to_owned();

    // an empty screen: each required field says so, and keeps what was typed
    let affiches = ecran.cache("_champs").unwrap().to_owned();
    let base = [("_jeton", ecran.jeton().unwrap()), ("_champs", affiches.as_str())];
    let rendue = n.poste(&ecran.chemin, &[&base[..], &[("classe", "cp")]].concat()).unwrap();
    assert_eq!(rendue.code, 422);
    assert!(rendue.visible().contains("réponses sont à corriger"), "{}", rendue.visible());

    let remplie =
        [("ecole", "jean_zay"), ("classe", "cp"), ("services", "restauration"), ("regime", "standard")];
    let mut page = n.poste(&ecran.chemin, &[&base[..], &remplie[..]].concat()).unwrap();
    assert!(page.chemin.contains("/pieces"), "{} : {}", page.chemin, page.visible());
    let faux = n
        .envoie_fichier(
            &format!("{dossier}/pieces"),
            &[("_jeton", page.jeton().unwrap()), ("piece", "dossier_sante")],
            "sante.pdf",
            b"<svg onload=alert(1)>",
        )
        .unwrap();
    assert!(faux.code == 422 && faux.visible().contains("ni un PDF"), "{}", faux.visible());
    while let Some(piece) = page.cache("piece").map(str::to_owned) {
        let champs = [("_jeton", page.jeton().unwrap()), ("piece", &piece), ("date", "2025-08-20")];
        page = n.envoie_fichier(&format!("{dossier}/pieces"), &champs, "document.pdf", PDF).unwrap();
        assert_eq!(page.code, 200, "{}", page.visible());
    }
    let recap = n.lit(&dossier).unwrap();
    assert!(recap.visible().contains("École Jean Zay"), "{}", recap.visible());
    let envoyee = n
        .poste(&format!("{dossier}/actes"), &[("_jeton", recap.jeton().unwrap()), ("action", "deposer")])
        .unwrap();
    assert!(envoyee.visible().contains("Demande déposée"), "{}", envoyee.visible());
    dossier
}

fn lance(donnees: &Path) -> Serveur {
    Serveur::lance(donnees).unwrap()
}

#[test]
fn une_demande_est_deposee_acceptee_et_survit_a_un_kill_9() {
    let donnees = tempfile::tempdir().unwrap();
    let dossier_data = donnees.path().join("data");
    let serveur = lance(&dossier_data);
    regle(&serveur.navigateur(), "2025-09-01", "10:00");
    let parent = entre(&serveur, "durand");
    let dossier = depose(&parent);
    let numero = |page: &Page| {
        let texte = page.visible();
        texte.split("Dossier 2025-").nth(1).unwrap().split(' ').next().unwrap().to_owned()
    };
    let depose = numero(&parent.lit(&dossier).unwrap());

    // acknowledged, so on the disk
    serveur.tue().unwrap();
    let serveur = lance(&dossier_data);
    let parent = entre(&serveur, "durand");
    let page = parent.lit(&dossier).unwrap();
    assert_eq!(numero(&page), depose);
    assert!(page.visible().contains("Demande déposée"), "{}", page.visible());

    // another family's: it does not exist
    let voisin = entre(&serveur, "martin");
    assert_eq!(voisin.lit(&dossier).unwrap().code, 404);

    let agent = entre(&serveur, "agent");
    let travail = agent.lit("/ham/agent/").unwrap();
    assert!(travail.visible().contains("Léa"), "{}", travail.visible());
    let sien = dossier.replace("/ham/dossiers/", "/ham/agent/dossiers/");
    let page = agent.lit(&sien).unwrap();
    let jeton = page.jeton().unwrap();
    // a family's session cannot use the agent's page
    assert_eq!(
        parent.poste(&format!("{sien}/actes"), &[("_jeton", jeton), ("action", "valider")]).unwrap().code,
        403
    );
    // nor a form made for somebody else
    assert_eq!(
        agent.poste(&format!("{sien}/actes"), &[("_jeton", "0.0"), ("action", "valider")]).unwrap().code,
        403
    );
    let refus = agent.poste(&format!("{sien}/actes"), &[("_jeton", jeton), ("action", "refuser")]).unwrap();
    assert_eq!(refus.code, 422, "a refusal needs its reason: {}", refus.visible());
    let page = agent.poste(&format!("{sien}/actes"), &[("_jeton", jeton), ("action", "valider")]).unwrap();
    assert!(page.visible().contains("Demande acceptée"), "{}", page.visible());
    // the same form sent twice does it once
    let page = agent.poste(&format!("{sien}/actes"), &[("_jeton", jeton), ("action", "valider")]).unwrap();
    assert_eq!(page.visible().matches("Demande acceptée").count(), 2, "{}", page.visible());

    // the letters are written by the worker, once each
    let deux = (0..50).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(200));
        let texte = agent.lit("/_courrier").unwrap().visible();
        (texte.contains("bien reçu votre demande") && texte.contains("inscription est acceptée"))
            .then_some(texte)
    });
    let lettres = deux.expect("both letters within 10 s");
    assert_eq!(lettres.matches("Bonjour Camille").count(), 2, "{lettres}");
}
