//! Effects of an accepted request, over HTTP: facts recorded, a person added, a service opened then closed, a document made
//! once and kept.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tests::arbre::racine;
use tests::commande::copie_commune;
use tests::parcours::{brouillon, enfants, entre, json, lit_json, regle};
use tests::serveur::{Navigateur, Serveur};

/// Ham, with a procedure that closes the canteen.
fn communes(dans: &Path) -> PathBuf {
    let communes = dans.join("communes");
    copie_commune("ham", &communes).unwrap();
    let autre = racine().join("communes/caisse-des-ecoles-paris");
    let radiation = std::fs::read_to_string(autre.join("demarches/radiation.yaml")).unwrap();
    let radiation = radiation.replace("instruit_par: caisse", "instruit_par: affaires_scolaires");
    std::fs::write(communes.join("ham/demarches/radiation.yaml"), radiation).unwrap();
    let message = "messages/radiation_faite.tera";
    std::fs::copy(autre.join(message), communes.join("ham").join(message)).unwrap();
    communes
}

fn agit(n: &Navigateur, id: &str, action: &str) {
    let chemin = format!("/dossiers/{id}/actions/{action}");
    let (code, p) = json(n, &chemin, &format!("{action}-{id}"), &json!({}));
    assert_eq!(code, 200, "{action}: {p}");
}

fn depose(n: &Navigateur, demande: &Value) -> String {
    let (code, dossier) = json(n, "/dossiers", demande["demarche"].as_str().unwrap(), demande);
    assert_eq!(code, 201, "{dossier}");
    let id = dossier["id"].as_str().unwrap().to_owned();
    agit(n, &id, "deposer");
    id
}

fn reserve(n: &Navigateur, enfant: &str, jour: &str) -> (u16, Value) {
    json(n, "/reservations", jour, &json!({ "enfant": enfant, "prestation": "repas", "jour": jour }))
}

/// The documents of the dossier, once the worker made them.
fn documents(n: &Navigateur, id: &str) -> Vec<Value> {
    for _ in 0..100 {
        let dossier = lit_json(n, &format!("/dossiers/{id}"));
        let faits = dossier["documents"].as_array().unwrap().clone();
        if !faits.is_empty() {
            return faits;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("no document after ten seconds");
}

#[test]
fn une_demande_acceptee_change_la_famille_et_ses_droits() {
    let temporaire = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance_sur(&communes(temporaire.path()), &temporaire.path().join("data")).unwrap();
    regle(&serveur.navigateur(), "2025-09-01", "10:00");
    let (parent, agent) = (entre(&serveur, "durand"), entre(&serveur, "agent"));

    // a child is declared: nobody before the town hall says so, then a child with what was said of them
    let reponses = json!({ "lien": "membre_du_foyer", "nom": "Durand", "prenom": "Anaïs", "naissance": "2021-03-09", "commune_naissance": "Ham" });
    let entourage = depose(&parent, &json!({ "demarche": "entourage", "reponses": reponses }));
    let siens = || lit_json(&parent, "/enfants")["enfants"].as_array().unwrap().clone();
    assert_eq!(siens().len(), 2);
    agit(&agent, &entourage, "valider");
    let ajoutee = siens().into_iter().find(|e| e["prenom"] == "Anaïs").unwrap();
    assert_eq!(siens().len(), 3);

    // the new child is registered: the canteen was closed to her, and opens
    let anais = ajoutee["id"].as_str().unwrap();
    let (code, refus) = reserve(&parent, anais, "2025-09-04");
    assert_eq!(code, 422, "{refus}");
    let inscription = brouillon(&parent, anais, &["restauration"], "anais");
    agit(&parent, &inscription, "deposer");
    agit(&agent, &inscription, "valider");
    let (code, place) = reserve(&parent, anais, "2025-09-04");
    assert_eq!(code, 201, "{place}");

    // struck off, she keeps what was booked and books no more
    let radiation =
        json!({ "demarche": "radiation", "enfant": anais, "reponses": { "raison": "demenagement" } });
    let radiation = depose(&parent, &radiation);
    agit(&agent, &radiation, "valider");
    let (code, refus) = reserve(&parent, anais, "2025-09-05");
    assert_eq!((code, &refus["regle"]), (422, &json!("inscription_acceptee")), "{refus}");
}

#[test]
fn un_document_se_fait_une_fois_et_se_lit_par_qui_le_peut() {
    let temporaire = tempfile::tempdir().unwrap();
    let data = temporaire.path().join("data");
    let serveur = Serveur::lance(&data).unwrap();
    regle(&serveur.navigateur(), "2025-09-01", "10:00");
    let [parent, voisin, agent] = ["durand", "martin", "agent"].map(|nom| entre(&serveur, nom));
    let id = brouillon(&parent, &enfants(&parent)[0], &["restauration", "garderie"], "lea");
    agit(&parent, &id, "deposer");
    agit(&agent, &id, "valider");

    let faits = documents(&parent, &id);
    assert_eq!((faits.len(), &faits[0]["modele"]), (1, &json!("attestation_inscription")));
    assert_eq!(faits[0]["titre"], "Attestation d'inscription aux services");
    let adresse = format!("/ham/dossiers/{id}/documents/1");
    assert_eq!(faits[0]["adresse"], json!(adresse));
    let page = parent.lit(&adresse).unwrap();
    let lu = page.visible();
    for dit in [
        "Attestation d'inscription aux services",
        "Affaires Scolaire et Enfance atteste que Léa Durand est inscrit(e) pour l'année scolaire 2025-2026",
        "aux services suivants de la ville : Garderie, Restauration scolaire.",
        "déposée par Camille Durand le lundi 1er septembre 2025 à 10 h",
        "Fait le lundi 1er septembre 2025.",
    ] {
        assert!(lu.contains(dit), "{dit}\n{lu}");
    }
    assert_eq!(page.entete("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.entete("content-security-policy").unwrap().contains("default-src 'none'"));
    let nom = page.entete("content-disposition").unwrap();
    assert!(
        nom.starts_with("inline; filename=\"2025-") && nom.ends_with("-attestation_inscription.html\""),
        "{nom}"
    );
    assert!(!page.texte.contains("http"), "it stands alone");

    // the agent reads it from the desk; another family knows nothing of it
    let chez_l_agent = agent.lit(&format!("/ham/agent/dossiers/{id}/documents/1")).unwrap();
    assert_eq!((chez_l_agent.code, &chez_l_agent.texte), (200, &page.texte));
    assert_eq!(voisin.lit(&adresse).unwrap().code, 404);
    assert_eq!(parent.lit(&format!("/ham/dossiers/{id}/documents/2")).unwrap().code, 404);
    let suivi = agent.lit(&format!("/ham/agent/dossiers/{id}")).unwrap();
    assert!(suivi.visible().contains("Document fait : Attestation d'inscription"), "{}", suivi.visible());
    assert!(suivi.texte.contains(&format!("href=\"/ham/agent/dossiers/{id}/documents/1\"")));

    // killed and started again, there is one, and the same
    serveur.tue().unwrap();
    let serveur = Serveur::lance(&data).unwrap();
    let parent = entre(&serveur, "durand");
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(documents(&parent, &id).len(), 1);
    assert_eq!(parent.lit(&adresse).unwrap().texte, page.texte);
}
