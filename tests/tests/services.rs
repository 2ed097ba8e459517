//! S18, S19: an agent of one service reads and acts on nothing of another's, on pages and by machine. A request that exists already
//! is named, with the way to it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and asks the day"
)]

use serde_json::{Value, json};
use tests::commande::guichet;
use tests::parcours::{entre_a, regle};
use tests::serveur::{Page, Serveur};

const VILLE: &str = "chalonnes-sur-loire";

#[test]
fn un_agent_ne_lit_que_les_dossiers_de_ses_services() {
    let donnees = tempfile::tempdir().unwrap();
    let data = donnees.path().join("data");
    let serveur = Serveur::lance(&data).unwrap();
    regle(&serveur.navigateur(), "2025-09-01", "10:00");
    let api = format!("/{VILLE}/api/v1");
    let parent = entre_a(&serveur, VILLE, "durand");
    let reponses =
        json!({ "lien": "contact", "nom": "Petit", "prenom": "Claude", "telephone": "0241000000" });
    let corps = json!({ "demarche": "entourage", "reponses": reponses });
    let (code, cree) =
        parent.json(&format!("{api}/dossiers"), &[("idempotency-key", "s1")], Some(&corps)).unwrap();
    assert_eq!(code, 201, "{cree}");
    let id = cree["id"].as_str().unwrap();
    let acte = format!("{api}/dossiers/{id}/actions/deposer");
    let (code, depose) = parent.json(&acte, &[("idempotency-key", "s2")], Some(&json!({}))).unwrap();
    assert_eq!(code, 200, "{depose}");

    let fin = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().tomorrow().unwrap().to_string();
    let data = data.to_str().unwrap();
    let cle = |role: &str| {
        let neuve =
            guichet(&["key", "new", VILLE, "--role", role, "--nom", role, "--fin", &fin, "--data", data])
                .unwrap();
        assert_eq!(neuve.statut, 0, "{}", neuve.erreurs);
        format!("Bearer {}", neuve.texte.lines().next().unwrap())
    };
    let (du_service, d_un_autre) = (cle("aps"), cle("goulidons"));
    let lit = |cle: &str, chemin: &str| -> Page {
        serveur.navigateur().lit_avec(&format!("{api}{chemin}"), &[("authorization", cle)]).unwrap()
    };
    let agit = |cle: &str, action: &str| {
        let entetes = [("authorization", cle), ("idempotency-key", action)];
        let chemin = format!("{api}/dossiers/{id}/actions/{action}");
        serveur.navigateur().json(&chemin, &entetes, Some(&json!({ "motif": "Essai" }))).unwrap()
    };
    let sien = format!("/dossiers/{id}");
    assert_eq!(lit(&du_service, &sien).code, 200);
    assert!(lit(&du_service, "/dossiers").texte.contains(id));
    let refuse = lit(&d_un_autre, &sien);
    assert_eq!((refuse.code, refuse.texte.contains("Petit")), (404, false), "{}", refuse.texte);
    assert!(!lit(&d_un_autre, "/dossiers").texte.contains(id));
    for action in depose["actions"].as_array().into_iter().flatten().filter_map(|a| a["action"].as_str()) {
        assert_eq!(agit(&d_un_autre, action).0, 404, "{action}");
    }
    for action in ["valider", "refuser", "rien"] {
        assert_eq!(agit(&d_un_autre, action).0, 404, "{action}");
    }
    assert_eq!(lit(&du_service, &sien).code, 200, "nothing was done");
}

#[test]
fn une_demande_qui_existe_deja_est_nommee() {
    let donnees = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&donnees.path().join("data")).unwrap();
    regle(&serveur.navigateur(), "2025-09-01", "10:00");
    let parent = entre_a(&serveur, "ham", "durand");
    let lea = tests::parcours::enfants(&parent)[0].clone();
    let premiere = tests::parcours::brouillon(&parent, &lea, &["restauration"], "une");
    let reponses =
        json!({ "ecole": "jean_zay", "classe": "cp", "services": ["restauration"], "regime": "standard" });
    let corps = json!({ "demarche": "inscription", "enfant": lea, "reponses": reponses });
    let double = |cle: &str| -> (u16, Value) {
        parent.json("/ham/api/v1/dossiers", &[("idempotency-key", cle)], Some(&corps)).unwrap()
    };
    let (code, p) = double("deux");
    assert_eq!((code, &p["dossier"]), (422, &json!(premiere)), "{p}");
    assert!(
        p["detail"].as_str().unwrap().contains("pour Léa, année scolaire 2025-2026 est déjà commencée"),
        "{p}"
    );
    assert_eq!(p["regle"], "demarche.inscription.un_dossier_par");
    let acte = format!("/ham/api/v1/dossiers/{premiere}/actions/deposer");
    let (code, depose) = parent.json(&acte, &[("idempotency-key", "depot")], Some(&json!({}))).unwrap();
    assert_eq!(code, 200, "{depose}");
    let (_, p) = double("trois");
    let numero = depose["numero"].as_str().unwrap();
    assert!(
        p["detail"].as_str().unwrap().contains(&format!("a déjà été envoyée : c’est le dossier {numero}.")),
        "{p}"
    );

    // the page: the same words, and a link to it
    let depart = parent.lit("/ham/demarches/inscription").unwrap();
    let champs = [("_jeton", depart.jeton().unwrap()), ("enfant", lea.as_str())];
    let page = parent.poste("/ham/demarches/inscription", &champs).unwrap();
    assert!(page.visible().contains(&format!("c’est le dossier {numero}.")), "{}", page.visible());
    assert!(page.texte.contains(&format!("href=\"/ham/dossiers/{premiere}\"")), "{}", page.texte);
    assert!(!page.visible().contains("en train d’être modifié"), "{}", page.visible());
}
