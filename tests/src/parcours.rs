//! The steps that every walk takes: the clock, entering, filing a request, accepting it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::serveur::{Navigateur, Page, Serveur};

/// A document small enough to read.
pub const PDF: &[u8] = b"%PDF-1.4\n%%EOF\n";

/// The name of the `n`-th person: a name has no digit.
pub fn nom_de(n: usize) -> String {
    let chiffre = |c: char| c.to_digit(10).and_then(|c| char::from_digit(c + 10, 20)).unwrap();
    format!("Petit-{}", n.to_string().chars().map(chiffre).collect::<String>())
}

/// Sets the demonstration's clock.
pub fn regle(n: &Navigateur, date: &str, heure: &str) {
    assert_eq!(n.poste("/_horloge", &[("date", date), ("heure", heure), ("retour", "/")]).unwrap().code, 200);
}

/// A browser in which that demonstration account has entered.
pub fn entre(serveur: &Serveur, identifiant: &str) -> Navigateur {
    entre_a(serveur, "ham", identifiant)
}

/// The same in another town.
pub fn entre_a(serveur: &Serveur, slug: &str, identifiant: &str) -> Navigateur {
    let n = serveur.navigateur();
    n.lit(&format!("/{slug}/")).unwrap();
    let page = n.poste(&format!("/{slug}/connexion"), &[("identifiant", identifiant)]).unwrap();
    assert_eq!(page.code, 200, "{}", page.visible());
    n
}

/// The value of the first radio button or option whose text holds `libelle`.
pub fn option(page: &Page, nom: &str, libelle: &str) -> String {
    page.texte
        .split("<input type=\"radio\" ")
        .chain(page.texte.split("<option "))
        .filter(|b| b.split("</label>").next().is_some_and(|b| b.contains(libelle)))
        .filter(|b| b.starts_with(&format!("name=\"{nom}\"")) || b.starts_with("value="))
        .find_map(|b| b.split_once("value=\"")?.1.split('"').next().map(str::to_owned))
        .unwrap_or_else(|| panic!("no « {libelle} » for {nom} on {}:\n{}", page.chemin, page.visible()))
}

/// Starts, fills in and sends a request for the first child; the path of the dossier.
pub fn depose(n: &Navigateur) -> String {
    depose_pour(n, "Léa")
}

/// The same for the child of that first name.
pub fn depose_pour(n: &Navigateur, prenom: &str) -> String {
    let page = n.lit("/ham/demarches/inscription").unwrap();
    let enfant = option(&page, "enfant", prenom);
    let debut = n.poste(&page.chemin, &[("_jeton", page.jeton().unwrap()), ("enfant", &enfant)]).unwrap();
    assert!(debut.chemin.ends_with("/informations"), "{} : {}", debut.chemin, debut.visible());
    let dossier = debut.chemin.trim_end_matches("/informations").to_owned();
    let ecran = n.lit(&format!("{dossier}/ecrans/1")).unwrap();

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
    // each document has its form, before and after it is given
    let demandees: BTreeSet<String> = page
        .texte
        .split("name=\"piece\" value=\"")
        .skip(1)
        .filter_map(|reste| reste.split('"').next().map(str::to_owned))
        .collect();
    for piece in demandees {
        let champs = [("_jeton", page.jeton().unwrap()), ("piece", piece.as_str()), ("date", "2025-08-20")];
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

/// An agent accepts the request at that path.
pub fn accepte(serveur: &Serveur, dossier: &str) {
    let agent = entre(serveur, "agent");
    let sien = dossier.replace("/ham/dossiers/", "/ham/agent/dossiers/");
    let page = agent.lit(&sien).unwrap();
    let champs = [("_jeton", page.jeton().unwrap()), ("action", "valider")];
    let page = agent.poste(&format!("{sien}/actes"), &champs).unwrap();
    assert!(page.visible().contains("Demande acceptée"), "{}", page.visible());
}

/// Posts JSON under a key, below the API of the town; the status and the answer.
pub fn json(n: &Navigateur, chemin: &str, cle: &str, corps: &Value) -> (u16, Value) {
    n.json(&format!("/ham/api/v1{chemin}"), &[("idempotency-key", cle)], Some(corps)).unwrap()
}

/// Reads JSON below the API of the town.
pub fn lit_json(n: &Navigateur, chemin: &str) -> Value {
    let (code, corps) = n.json(&format!("/ham/api/v1{chemin}"), &[], None).unwrap();
    assert_eq!(code, 200, "{chemin}: {corps}");
    corps
}

/// The identifiers of the family's children.
pub fn enfants(n: &Navigateur) -> Vec<String> {
    let lus = lit_json(n, "/enfants");
    let liste = lus.get("enfants").and_then(Value::as_array).unwrap();
    liste.iter().filter_map(|e| e.get("id")?.as_str().map(str::to_owned)).collect()
}

/// A draft of Ham's registration for these services, with every document.
pub fn brouillon(n: &Navigateur, enfant: &str, services: &[&str], cle: &str) -> String {
    let reponses = json!({ "ecole": "jean_zay", "classe": "cp", "services": services, "regime": "standard" });
    let demande = json!({ "demarche": "inscription", "enfant": enfant, "reponses": reponses });
    let (code, dossier) = json(n, "/dossiers", cle, &demande);
    assert_eq!(code, 201, "{dossier}");
    let id = dossier.get("id").and_then(Value::as_str).unwrap().to_owned();
    for piece in dossier.get("pieces").and_then(Value::as_array).unwrap() {
        let piece = piece.get("piece").and_then(Value::as_str).unwrap();
        let chemin = format!("/ham/api/v1/dossiers/{id}/pieces/{piece}?date=2025-08-20");
        let cle = format!("{cle}-{piece}");
        let entetes = [("idempotency-key", cle.as_str()), ("content-type", "application/pdf")];
        let (code, p) = n.octets(&chemin, &entetes, PDF).unwrap();
        assert_eq!(code, 200, "{p}");
    }
    id
}

/// Files and has accepted a registration of that child to these services.
pub fn inscrit(n: &Navigateur, agent: &Navigateur, enfant: &str, services: &[&str]) {
    let id = brouillon(n, enfant, services, &format!("inscrit-{enfant}"));
    for (qui, action) in [(n, "deposer"), (agent, "valider")] {
        let (code, p) =
            json(qui, &format!("/dossiers/{id}/actions/{action}"), &format!("{action}-{id}"), &json!({}));
        assert_eq!(code, 200, "{action}: {p}");
    }
}
