//! « Mon foyer »: who is in it, what is known of each and who said it; another guardian's own affairs stay theirs.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use tests::parcours::{entre, entre_a, json as poste, regle};
use tests::serveur::{Navigateur, Serveur};

/// Declares somebody; the dossier.
fn declare(n: &Navigateur, lien: &str, prenom: &str) -> String {
    let reponses = json!({ "lien": lien, "nom": "Renard", "prenom": prenom, "telephone": "06 12 34 56 78" });
    let (code, p) = poste(
        n,
        "/dossiers",
        &format!("b-{prenom}"),
        &json!({ "demarche": "entourage", "reponses": reponses }),
    );
    assert_eq!(code, 201, "{p}");
    let id = p.get("id").and_then(Value::as_str).unwrap().to_owned();
    let (code, p) = poste(n, &format!("/dossiers/{id}/actions/deposer"), &format!("d-{prenom}"), &json!({}));
    assert_eq!(code, 200, "{p}");
    id
}

#[test]
fn une_personne_est_deposee_puis_validee_et_l_autre_responsable_garde_ses_coordonnees() {
    let donnees = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&donnees.path().join("data")).unwrap();
    regle(&serveur.navigateur(), "2025-07-01", "10:00");
    let [parent, voisin, agent] = ["durand", "martin", "agent"].map(|q| entre(&serveur, q));
    let vue = |n: &Navigateur| n.lit("/ham/foyer").unwrap().visible();
    let avant = vue(&parent);
    for su in [
        "Camille Durand Vous",
        "Léa Durand Enfant",
        "14 mai 2018",
        "Quotient familial 640",
        "Hamois",
        "la mairie savait déjà, repris le 1er janvier 2020",
    ] {
        assert!(avant.contains(su), "{su}: {avant}");
    }
    assert!(!avant.contains("Zoé") && !avant.contains("martin@exemple.fr"), "another household's: {avant}");
    assert!(avant.contains("Vous ne pouvez pas retirer une personne vous-même : la mairie"), "{avant}");

    let contact = declare(&parent, "contact", "Alix");
    let autre = declare(&parent, "co_representant", "Sacha");
    let attend = vue(&parent);
    assert_eq!(attend.matches("Demande déposée").count(), 2, "{attend}");
    assert!(!attend.contains("Alix Renard"), "nobody is added before the service says so: {attend}");

    for id in [&contact, &autre] {
        let (code, p) =
            poste(&agent, &format!("/dossiers/{id}/actions/valider"), &format!("v-{id}"), &json!({}));
        assert_eq!(code, 200, "{p}");
    }
    let apres = parent.lit("/ham/foyer").unwrap();
    let lu = apres.visible();
    assert!(!lu.contains("Demande déposée"), "{lu}");
    let carte = |nom: &str| {
        let (_, reste) = apres.texte.split_once(&format!("<h3>{nom}</h3>")).unwrap_or_else(|| panic!("{lu}"));
        reste.split("</li>").next().unwrap().to_owned()
    };
    // the number is the contact's as the family gave it, and the other guardian's own
    assert!(carte("Alix Renard").contains("06"), "{}", carte("Alix Renard"));
    assert!(carte("Alix Renard").contains("vérifié par la mairie le"), "{}", carte("Alix Renard"));
    assert!(!carte("Sacha Renard").contains("06"), "{}", carte("Sacha Renard"));
    assert!(carte("Sacha Renard").contains("Autre responsable"), "{}", carte("Sacha Renard"));
    assert!(!vue(&voisin).contains("Renard"), "another household reads none of it");
    assert_eq!(serveur.navigateur().lit("/ham/foyer").unwrap().chemin, "/ham/?fait=entrer");
}

/// C3: the family adds, the managing service takes away.
#[test]
fn la_ou_le_service_retire_la_page_y_mene() {
    let donnees = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&donnees.path().join("data")).unwrap();
    let n = entre_a(&serveur, "chalonnes-sur-loire", "durand");
    let page = n.lit("/chalonnes-sur-loire/foyer").unwrap();
    assert!(
        page.visible().contains("Vous ne pouvez pas retirer une personne vous-même"),
        "{}",
        page.visible()
    );
    let (_, retirer) = page.texte.split_once("id=\"retirer\"").unwrap();
    assert!(retirer.contains("href=\"/chalonnes-sur-loire/demarches/suppression_contact\""), "{retirer}");
}
