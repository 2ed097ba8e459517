//! A draft that its family deletes: its answers, its kept answer, its documents are gone, and the journal never held them.

use engine::decision::Agregat;
use engine::demarche::Evenement;
use engine::identifiant::{CommuneSlug, FichierId};
use serde_json::json;

use super::banc::Banc;
use crate::acts;
use crate::sweep;

const CANARI: &str = "Zarbiquelle";

#[tokio::test]
async fn un_brouillon_supprime_ne_laisse_rien() {
    let banc = Banc::ouvre("communes: {}\n").await;
    let slug = CommuneSlug::lit("ham").unwrap();
    let (etat, portee) = (&banc.etat, banc.parent());
    let corps = json!({ "demarche": "entourage", "reponses": {
        "lien": "contact", "nom": "Petit", "prenom": CANARI, "telephone": "0322000000" } });
    let (code, texte) = banc.appel_du_parent("/ham/api/v1/dossiers", "cle-1", &corps).await;
    assert_eq!(code, 201, "{texte}");
    // the whole answer is kept beside the act: it is asked again until it is there
    for _ in 0..100 {
        let (code, encore) = banc.appel_du_parent("/ham/api/v1/dossiers", "cle-1", &corps).await;
        assert_eq!((code, &encore), (201, &texte));
    }
    let id = serde_json::from_str::<serde_json::Value>(&texte).unwrap()["id"].as_str().unwrap().to_owned();
    let id = engine::identifiant::DossierId::lit(&id).unwrap();
    let agregat = Agregat::Dossier(id.clone());
    let journal = || async {
        let lu = etat.store.journal(&banc.agent, &agregat).await.unwrap();
        lu.iter().map(|e| serde_json::to_string(&e.entree).unwrap()).collect::<String>()
    };
    let avant = journal().await;
    assert!(avant.contains("redige") && !avant.contains(CANARI), "{avant}");

    let fichier = FichierId::neuf([9; 16]);
    etat.fichiers.garde(&slug, &fichier, b"%PDF-1.4\n").await.unwrap();
    let chemin = banc.fichiers().into_iter().find(|f| f.ends_with(fichier.as_str())).unwrap();
    let vieux = std::time::SystemTime::UNIX_EPOCH;
    std::fs::File::options().write(true).open(&chemin).unwrap().set_modified(vieux).unwrap();
    banc.recoit(&id, "attestation", &fichier).await;
    // the same file for another document, which is taken back: the first one is still there
    banc.recoit(&id, "rib", &fichier).await;
    let commune = etat.communes.get("ham").unwrap();
    let retrait = Evenement::RetirerPiece { piece: "rib".into(), fichier: None };
    acts::agit(etat, commune, portee, &id, &retrait, None).await.unwrap();
    sweep::balaie(etat, &slug).await.unwrap();
    assert!(chemin.exists(), "a draft's document is its family's");

    acts::agit(etat, commune, portee, &id, &Evenement::SupprimerBrouillon, None).await.unwrap();
    let (code, texte) = banc.appel_du_parent("/ham/api/v1/dossiers", "cle-1", &corps).await;
    assert!(code == 404 && !texte.contains(CANARI), "{code} {texte}");
    let garde = etat.store.dossier(portee, &id).await.unwrap();
    assert!(!format!("{garde:?}{}", journal().await).contains(CANARI));
    assert!(etat.store.verifie_journal(&banc.agent).await.unwrap().is_ok(), "the chain still holds");
    sweep::balaie(etat, &slug).await.unwrap();
    assert!(!chemin.exists(), "its documents are swept");

    // what is sent is in the journal, whole
    let depose = banc.depose_pour(CANARI).await;
    let lu = etat.store.journal(&banc.agent, &Agregat::Dossier(depose)).await.unwrap();
    assert!(format!("{lu:?}").contains(CANARI));
}
