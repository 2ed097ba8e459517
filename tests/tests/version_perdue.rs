//! Dossiers that follow a version whose source is lost: the start stops and says which, how many, and how to mend it;
//! `check --data` says the same without serving; publishing the old folder mends it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::net::TcpListener;
use std::path::Path;

use engine::decision::{Agregat, Auteur, Decision, EntreeJournal, Suivant};
use engine::definition::source::SourceSet;
use engine::demarche::Changement;
use engine::identifiant::{CommuneSlug, DossierId};
use engine_store::Store;
use serde_json::json;
use tests::arbre::racine;
use tests::commande::{Sortie, copie_commune, guichet};
use tests::parcours::{entre, regle};
use tests::serveur::Serveur;

const API: &str = "/ham/api/v1";

/// A start that must not succeed: the port is taken, so that one that does ends too.
fn demarre(communes: &Path, donnees: &Path) -> Sortie {
    let occupe = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = occupe.local_addr().unwrap().to_string();
    let (communes, donnees) = (communes.to_str().unwrap(), donnees.to_str().unwrap());
    guichet(&["serve", "--listen", &port, "--communes", communes, "--data", donnees]).unwrap()
}

fn verifie(communes: &Path, donnees: &Path) -> Sortie {
    let (communes, donnees) = (communes.to_str().unwrap(), donnees.to_str().unwrap());
    guichet(&["check", "ham", "--communes", communes, "--data", donnees]).unwrap()
}

/// Digest of `entourage` in that folder.
fn digest(communes: &Path) -> String {
    let mut sources = SourceSet::new();
    let mut a_lire = vec![communes.to_path_buf()];
    while let Some(dossier) = a_lire.pop() {
        for entree in std::fs::read_dir(dossier).unwrap() {
            let chemin = entree.unwrap().path();
            if chemin.is_dir() {
                a_lire.push(chemin);
            } else {
                let nom = chemin.strip_prefix(communes).unwrap().to_str().unwrap().to_owned();
                sources.ajoute(nom, std::fs::read_to_string(&chemin).unwrap());
            }
        }
    }
    let commune = engine::definition::resolve::charge(&sources, "ham").commune.unwrap();
    commune.demarche("entourage").unwrap().digest.clone()
}

/// The dossier follows another version, as data restored from elsewhere may.
fn epingle(donnees: &Path, id: &str, digest: &str) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let store = Store::sqlite(donnees).await.unwrap();
        let portee = store.portee_de_commande(&CommuneSlug::lit("ham").unwrap(), "essai");
        let mut dossier = store.dossier(&portee, &DossierId::lit(id).unwrap()).await.unwrap().unwrap();
        dossier.version += 1;
        digest.clone_into(&mut dossier.digest);
        let entree = EntreeJournal {
            agregat: Agregat::Dossier(dossier.id.clone()),
            seq: dossier.version,
            le: dossier.entree_le,
            auteur: Auteur::Systeme,
            evenement: "essai".to_owned(),
            detail: None,
            changements: vec![Changement::Repris(digest.to_owned())],
        };
        let decision = Decision {
            entree,
            suivant: Suivant::Dossier(Box::new(dossier)),
            ecritures: Vec::new(),
            effets: Vec::new(),
            echeances: Vec::new(),
            gardes: Vec::new(),
            trace: Vec::new(),
        };
        store.commet(&portee, decision, None).await.unwrap();
    });
}

#[test]
fn une_version_perdue_arrete_le_demarrage_et_se_repare() {
    let temporaire = tempfile::tempdir().unwrap();
    let (communes, anciennes) = (temporaire.path().join("communes"), temporaire.path().join("anciennes"));
    let donnees = temporaire.path().join("data");
    for dossier in [&communes, &anciennes] {
        copie_commune("ham", dossier).unwrap();
        std::fs::remove_dir_all(dossier.join("ham/cas")).unwrap();
        std::fs::remove_file(dossier.join("ham/exigences.yaml")).unwrap();
    }
    let champ = "      - { champ: nom, fait: personne.nom, obligatoire: true }\n";
    let entourage = anciennes.join("ham/demarches/entourage.yaml");
    let texte = std::fs::read_to_string(&entourage).unwrap();
    assert!(texte.contains(champ));
    let plus = format!("{champ}      - {{ champ: precision, nom: Précision, type: texte }}\n");
    std::fs::write(&entourage, texte.replace(champ, &plus)).unwrap();
    let perdu = digest(&anciennes);
    assert_ne!(perdu, digest(&racine().join("communes")));

    let mut serveur = Serveur::lance_sur(&communes, &donnees).unwrap();
    regle(&serveur.navigateur(), "2025-09-01", "10:00");
    let parent = entre(&serveur, "durand");
    let reponses =
        json!({ "lien": "contact", "nom": "Petit", "prenom": "Claude", "telephone": "0322000000" });
    let corps = json!({ "demarche": "entourage", "reponses": reponses });
    let (code, cree) =
        parent.json(&format!("{API}/dossiers"), &[("idempotency-key", "v1")], Some(&corps)).unwrap();
    assert_eq!(code, 201, "{cree}");
    let id = cree["id"].as_str().unwrap().to_owned();
    let acte = format!("{API}/dossiers/{id}/actions/deposer");
    let (code, depose) = parent.json(&acte, &[("idempotency-key", "v2")], Some(&json!({}))).unwrap();
    assert_eq!(code, 200, "{depose}");
    assert!(serveur.arrete().unwrap());
    assert_eq!(verifie(&communes, &donnees).statut, 0, "nothing is lost yet");

    epingle(&donnees, &id, &perdu);
    let qui = format!("1 dossier suit la version {perdu} de la démarche « entourage »");
    let arret = demarre(&communes, &donnees);
    assert_eq!(arret.statut, 4, "{}", arret.erreurs);
    for dit in
        ["guichet : ham : ", &qui, "sa source n’est pas dans les données", "guichet publish ham --communes"]
    {
        assert!(arret.erreurs.contains(dit), "{dit}: {}", arret.erreurs);
    }
    let vu = verifie(&communes, &donnees);
    assert_eq!((vu.statut, vu.texte.contains("WKF11")), (1, true), "{}", vu.texte);
    assert!(vu.texte.contains(&qui), "{}", vu.texte);
    assert!(vu.texte.contains("ham/demarches/entourage.yaml:"), "{}", vu.texte);
    let absent = verifie(&communes, &temporaire.path().join("dtaa"));
    assert_eq!(absent.statut, 2, "a slip in the folder's name is said: {}", absent.erreurs);

    // the way out that the message gives
    let (ou, data) = (anciennes.to_str().unwrap(), donnees.to_str().unwrap());
    let publie =
        guichet(&["publish", "ham", "--communes", ou, "--data", data, "--auteur", "Claude Petit"]).unwrap();
    assert_eq!(publie.statut, 0, "{}{}", publie.texte, publie.erreurs);
    assert_eq!(verifie(&communes, &donnees).statut, 0);
    let serveur = Serveur::lance_sur(&communes, &donnees).unwrap();
    let (code, dossier) = entre(&serveur, "durand").json(&format!("{API}/dossiers/{id}"), &[], None).unwrap();
    assert_eq!((code, &dossier["etape"]), (200, &depose["etape"]), "{dossier}");
}
