//! The walk of README.md over real HTTP against the real binary: filed on a generated page, accepted by an agent, and
//! nothing of it lost by a `kill -9`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::path::Path;

use tests::parcours::{depose, entre, regle};
use tests::serveur::{Page, Serveur};

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
    let travail = agent.lit("/ham/agent/etapes/inscription/deposee").unwrap();
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
