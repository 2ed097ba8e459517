//! A procedure that the town retires: the requests that follow it are listed in one way, by pages and by the API, under its name.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and moves files"
)]

use serde_json::json;
use tests::commande::copie_commune;
use tests::parcours::{entre, json as poste, regle};
use tests::serveur::Serveur;

#[test]
fn une_demarche_retiree_se_liste_partout_de_meme() {
    let dossier = tempfile::tempdir().unwrap();
    let (communes, data) = (dossier.path().join("communes"), dossier.path().join("data"));
    copie_commune("ham", &communes).unwrap();
    let id = {
        let serveur = Serveur::lance_sur(&communes, &data).unwrap();
        regle(&serveur.navigateur(), "2025-09-01", "10:00");
        let parent = entre(&serveur, "durand");
        entre(&serveur, "agent");
        let reponses =
            json!({ "lien": "contact", "nom": "Blanc", "prenom": "Rose", "telephone": "0322000000" });
        let (code, p) =
            poste(&parent, "/dossiers", "d", &json!({ "demarche": "entourage", "reponses": reponses }));
        assert_eq!(code, 201, "{p}");
        let id = p["id"].as_str().unwrap().to_owned();
        assert_eq!(p["reponses"]["lien"], json!("contact"));
        assert_eq!(poste(&parent, &format!("/dossiers/{id}/actions/deposer"), "e", &json!({})).0, 200);
        id
    };
    std::fs::remove_file(communes.join("ham/demarches/entourage.yaml")).unwrap();
    // its tile goes with it
    let portail = communes.join("ham/commune.yaml");
    let texte = std::fs::read_to_string(&portail).unwrap();
    let sans = texte.replace("demarches: [entourage, ", "demarches: [");
    assert_ne!(sans, texte);
    std::fs::write(&portail, sans).unwrap();
    std::fs::remove_dir_all(communes.join("ham/cas")).unwrap();
    let serveur = Serveur::lance_sur(&communes, &data).unwrap();
    let (parent, agent) = (entre(&serveur, "durand"), entre(&serveur, "agent"));
    let versions = parent.lit("/_versions").unwrap().visible();
    assert_eq!(parent.lit("/ham/demarches/entourage").unwrap().code, 404, "retired: {versions}");

    let nom = "Déclarer votre entourage";
    assert!(parent.lit("/ham/demandes").unwrap().visible().contains(nom));
    let bureau = agent.lit("/ham/agent/").unwrap();
    assert!(bureau.visible().contains(nom), "{}", bureau.visible());
    let liste = agent.lit("/ham/agent/etapes/entourage/deposee").unwrap();
    assert!(liste.code == 200 && liste.texte.contains(&id), "{}", liste.visible());
    assert_eq!(agent.lit(&format!("/ham/agent/dossiers/{id}")).unwrap().code, 200);
    for n in [&parent, &agent] {
        let (code, p) = n.json("/ham/api/v1/dossiers", &[], None).unwrap();
        assert!(code == 200 && p.to_string().contains(&id), "{p}");
        let (code, p) = n.json(&format!("/ham/api/v1/dossiers/{id}"), &[], None).unwrap();
        assert_eq!((code, p["etat"].as_str().is_some()), (200, true), "{p}");
    }
    let (code, p) = poste(&agent, &format!("/dossiers/{id}/actions/valider"), "v", &json!({}));
    assert_eq!(code, 200, "{p}");
}
