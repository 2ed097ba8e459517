//! The walk by machine: the same acts in JSON, with keys that make them happen once and refusals that say their rule.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

use serde_json::{Value, json};
use tests::commande::guichet;
use tests::parcours::{PDF, entre, regle};
use tests::serveur::{Navigateur, Serveur};

const API: &str = "/ham/api/v1";

fn poste(n: &Navigateur, chemin: &str, cle: &str, corps: &Value) -> (u16, Value) {
    n.json(&format!("{API}{chemin}"), &[("idempotency-key", cle)], Some(corps)).unwrap()
}

fn lit(n: &Navigateur, chemin: &str) -> Value {
    let (code, corps) = n.json(&format!("{API}{chemin}"), &[], None).unwrap();
    assert_eq!(code, 200, "{corps}");
    corps
}

fn enfant(n: &Navigateur, prenom: &str) -> String {
    let enfants = lit(n, "/enfants");
    let enfants = enfants["enfants"].as_array().unwrap().iter();
    enfants.clone().find(|e| e["prenom"] == prenom).unwrap()["id"].as_str().unwrap().to_owned()
}

/// Files and has accepted a registration for `enfant`.
fn inscrit(serveur: &Serveur, n: &Navigateur, enfant: &str) {
    let schema = lit(n, "/demarches/inscription/formulaire");
    assert_eq!(schema["required"], json!(["ecole", "classe", "services", "regime"]), "{schema}");
    let reponses =
        json!({ "ecole": "jean_zay", "classe": "cp", "services": ["restauration"], "regime": "standard" });
    assert!(jsonschema::is_valid(&schema, &reponses));
    let demande = |r: &Value| json!({ "demarche": "inscription", "enfant": enfant, "reponses": r });
    let (code, p) = poste(n, "/dossiers", "d0", &demande(&json!({ "classe": "cp" })));
    assert_eq!((code, p["champs"].as_array().unwrap().len()), (422, 3), "{p}");
    let (code, dossier) = poste(n, "/dossiers", "d1", &demande(&reponses));
    assert_eq!(code, 201, "{dossier}");
    let (code, encore) = poste(n, "/dossiers", "d1", &demande(&reponses));
    assert_eq!((code, &encore["id"]), (201, &dossier["id"]), "the same key does it once");
    let autre =
        json!({ "ecole": "jean_zay", "classe": "ce1", "services": ["restauration"], "regime": "standard" });
    let (code, p) = poste(n, "/dossiers", "d1", &demande(&autre));
    assert_eq!((code, p["type"].as_str()), (422, Some("urn:guichet:probleme:cle")), "{p}");

    let id = dossier["id"].as_str().unwrap();
    let (code, p) = poste(n, &format!("/dossiers/{id}/actions/deposer"), "d2", &json!({}));
    assert_eq!(code, 422, "a blocking document lacks: {p}");
    for (date, phrase) in [("1850-01-01", "vérifiez l’année"), ("2125-01-01", "date à venir")] {
        let chemin = format!("{API}/dossiers/{id}/pieces/dossier_sante?date={date}");
        let entetes = [("idempotency-key", date), ("content-type", "application/pdf")];
        let (code, p) = n.octets(&chemin, &entetes, PDF).unwrap();
        assert!(code == 422 && p["detail"].as_str().unwrap().contains(phrase), "{p}");
    }
    for piece in dossier["pieces"].as_array().unwrap() {
        let piece = piece["piece"].as_str().unwrap();
        let chemin = format!("{API}/dossiers/{id}/pieces/{piece}?date=2025-08-20");
        let entetes = [("idempotency-key", piece), ("content-type", "application/pdf")];
        let (code, p) = n.octets(&chemin, &entetes, PDF).unwrap();
        assert_eq!(code, 200, "{p}");
    }
    let (code, depose) = poste(n, &format!("/dossiers/{id}/actions/deposer"), "d3", &json!({}));
    assert_eq!((code, &depose["phase"]), (200, &json!("deposee")), "{depose}");

    let agent = entre(serveur, "agent");
    assert_eq!(lit(&agent, "/dossiers")["dossiers"][0]["id"], dossier["id"]);
    assert_eq!(lit(&agent, &format!("/dossiers/{id}"))["reponses"]["classe"], "cp");
    let (code, p) = poste(
        &agent,
        "/reservations",
        "x",
        &json!({ "enfant": enfant, "prestation": "repas", "jour": "2025-09-04" }),
    );
    assert_eq!((code, &p["type"]), (403, &json!("urn:guichet:probleme:role")), "{p}");
    let (code, accepte) = poste(&agent, &format!("/dossiers/{id}/actions/valider"), "a1", &json!({}));
    assert_eq!((code, &accepte["phase"]), (200, &json!("acceptee")), "{accepte}");
}

/// Ten copies of a cancellation at once: one effect, ten times the same answer (F3).
#[test]
fn dix_annulations_a_la_fois_repondent_la_meme_chose() {
    let donnees = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&donnees.path().join("data")).unwrap();
    regle(&serveur.navigateur(), "2025-09-01", "10:00");
    let n = entre(&serveur, "durand");
    let lea = enfant(&n, "Léa");
    inscrit(&serveur, &n, &lea);
    for jour in ["2025-09-04", "2025-09-05", "2025-09-08"] {
        let demande = json!({ "enfant": lea, "prestation": "repas", "jour": jour });
        let (code, faite) = poste(&n, "/reservations", jour, &demande);
        assert_eq!(code, 201, "{faite}");
        let adresse = format!("{API}/reservations/{}", faite["id"].as_str().unwrap());
        let reponses: Vec<(u16, Value)> = std::thread::scope(|s| {
            let copies: Vec<_> = (0..10).map(|_| s.spawn(|| n.supprime(&adresse).unwrap())).collect();
            copies.into_iter().map(|c| c.join().unwrap()).collect()
        });
        assert_eq!(reponses[0].0, 200, "{reponses:?}");
        assert_eq!(reponses[0].1["etat"], "annulee");
        assert!(reponses.iter().all(|r| *r == reponses[0]), "{reponses:?}");
    }
    // page by page, the list is the same as whole
    let entiere = lit(&n, "/reservations?depuis=2025-09-01");
    assert_eq!(entiere["reservations"].as_array().unwrap().len(), 3);
    assert_eq!(entiere["suite"], Value::Null);
}

/// A machine's key: made on the command line, it opens its town as an agent until it is taken back.
#[test]
fn une_cle_de_machine_s_ouvre_et_se_retire() {
    let donnees = tempfile::tempdir().unwrap();
    let data = donnees.path().join("data");
    let serveur = Serveur::lance(&data).unwrap();
    let data = data.to_str().unwrap();
    let cle = |arguments: &[&str]| guichet(&[&["key"], arguments, &["--data", data]].concat()).unwrap();
    let fin = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().tomorrow().unwrap().to_string();
    let neuve = cle(&["new", "ham", "--role", "affaires_scolaires", "--nom", "cantine", "--fin", &fin]);
    assert_eq!(neuve.statut, 0, "{}", neuve.erreurs);
    let secret = neuve.texte.lines().next().unwrap().to_owned();
    assert!(secret.starts_with("guichet_") && secret.len() == 72, "{secret}");
    let liste = cle(&["list", "ham"]).texte;
    assert!(liste.contains("ouverte") && liste.contains("cantine") && !liste.contains(&secret), "{liste}");
    let id = liste.split_whitespace().next().unwrap().to_owned();

    let appelle = |jeton: &str, chemin: &str| {
        let entete = format!("Bearer {jeton}");
        serveur.navigateur().lit_avec(chemin, &[("authorization", &entete)]).unwrap()
    };
    assert_eq!(appelle(&secret, "/ham/api/v1/dossiers").code, 200);
    assert_eq!(appelle(&secret, "/ham/api/v1/enfants").code, 403, "it has no household");
    assert_eq!(appelle(&secret, "/donges/api/v1/dossiers").code, 401, "it is of one town");
    assert_eq!(appelle("guichet_x", "/ham/api/v1/dossiers").code, 401);
    assert!(
        appelle(&secret, "/ham/agent/").texte.contains("Entrez dans votre espace"),
        "no page opens with it"
    );
    assert_eq!(cle(&["revoke", "ham", &id]).statut, 0);
    assert_eq!(appelle(&secret, "/ham/api/v1/dossiers").code, 401);
    assert!(cle(&["list", "ham"]).texte.contains("retirée"));
    let inconnu = cle(&["new", "ham", "--role", "nul", "--nom", "x", "--fin", &fin]);
    assert_eq!(inconnu.statut, 2, "{}", inconnu.texte);
    assert!(inconnu.erreurs.contains("n'est pas un service"), "{}", inconnu.erreurs);
}

#[test]
fn la_meme_marche_en_json() {
    let donnees = tempfile::tempdir().unwrap();
    let data = donnees.path().join("data");
    let serveur = Serveur::lance(&data).unwrap();
    regle(&serveur.navigateur(), "2025-09-01", "10:00");
    let inconnu = serveur.navigateur();
    let (code, p) = inconnu.json(&format!("{API}/reservations"), &[], None).unwrap();
    assert_eq!((code, &p["type"]), (401, &json!("urn:guichet:probleme:session")), "{p}");

    let n = entre(&serveur, "durand");
    let lea = enfant(&n, "Léa");
    inscrit(&serveur, &n, &lea);

    regle(&n, "2025-09-04", "05:59");
    let prix = lit(&n, &format!("/prix?prestation=repas&jour=2025-09-04&enfant={lea}"));
    assert_eq!(prix["lignes"][0]["montant"], "3.50", "{prix}");
    assert_eq!(prix["limite"]["texte"], "avant le jeudi 4 septembre 2025 à 6 h");
    assert_eq!(prix["limite"]["instant"], "2025-09-04T04:00:00Z");
    assert!(prix["lignes"][0]["pas"].as_array().unwrap().len() >= 3, "{prix}");

    let demande = json!({ "enfant": lea, "prestation": "repas", "jour": "2025-09-04" });
    let (code, p) = n.json(&format!("{API}/reservations"), &[], Some(&demande)).unwrap();
    assert_eq!((code, &p["type"]), (400, &json!("urn:guichet:probleme:cle_absente")), "{p}");
    let (code, faite) = poste(&n, "/reservations", "r1", &demande);
    assert_eq!(code, 201, "{faite}");
    assert_eq!(faite["prix"]["montant"], "3.50", "{faite}");
    assert!(faite["prix"]["lieu"].as_str().unwrap().starts_with("ham/baremes/repas.yaml:"), "{faite}");

    // acknowledged, so on the disk, once, and the key still answers
    serveur.tue().unwrap();
    let serveur = Serveur::lance(&data).unwrap();
    let n = entre(&serveur, "durand");
    let (code, encore) = poste(&n, "/reservations", "r1", &demande);
    assert_eq!((code, &encore), (201, &faite));
    let liste = lit(&n, "/reservations");
    assert_eq!(liste["reservations"], json!([faite]), "{liste}");
    let autre = json!({ "enfant": lea, "prestation": "repas", "jour": "2025-09-05" });
    let (code, p) = poste(&n, "/reservations", "r1", &autre);
    assert_eq!((code, &p["type"]), (422, &json!("urn:guichet:probleme:cle")), "{p}");

    let voisin = entre(&serveur, "martin");
    let (code, p) = poste(&voisin, "/reservations", "v", &demande);
    assert_eq!((code, &p["type"]), (404, &json!("urn:guichet:probleme:introuvable")), "{p}");

    regle(&n, "2025-09-04", "06:01");
    let adresse = format!("{API}/reservations/{}", faite["id"].as_str().unwrap());
    assert_eq!(voisin.supprime(&adresse).unwrap().0, 404);
    let (code, annulee) = n.supprime(&adresse).unwrap();
    assert_eq!(
        (code, &annulee["etat"], &annulee["annonce"]),
        (200, &json!("annulee"), &json!("trop_tard")),
        "{annulee}"
    );
    assert_eq!(n.supprime(&adresse).unwrap(), (200, annulee.clone()));
    assert_eq!(lit(&n, adresse.trim_start_matches(API)), annulee);
    // the first answer under that key stays the answer, whatever happened since
    assert_eq!(poste(&n, "/reservations", "r1", &demande), (201, faite));

    let (code, p) = poste(&n, "/reservations", "r2", &demande);
    assert_eq!(code, 422, "{p}");
    assert_eq!(p["regle"], "delai", "{p}");
    assert!(p["lieu"].as_str().unwrap().starts_with("ham/services/restauration.yaml:"), "{p}");
    assert_eq!(p["quand_possible"], "2025-09-04T04:00:00Z");
    let detail = p["detail"].as_str().unwrap();
    assert!(detail.contains("C’était possible avant le jeudi 4 septembre 2025 à 6 h."), "{detail}");
    assert!(detail.contains("Vous pouvez encore réserver le vendredi 5 septembre 2025"), "{detail}");
    // a form of another site cannot speak JSON
    let page = n.poste(&format!("{API}/reservations"), &[("enfant", &lea)]).unwrap();
    assert_eq!(page.code, 400, "no key: {}", page.texte);
}
