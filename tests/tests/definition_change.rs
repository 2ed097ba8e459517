//! R14: a definition changes while dossiers live under it in every state. None is stuck, none diverges; `guichet plan` says it before.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "../../rules/tests/longs/mod.rs"]
mod longs;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use engine::decision::Agregat;
use engine::identifiant::{CommuneSlug, DossierId};
use engine_store::Store;
use serde_json::{Value, json};
use tests::arbre::racine;
use tests::commande::{copie_commune, guichet};
use tests::parcours::{entre, nom_de, regle};
use tests::serveur::{Navigateur, Serveur};

const API: &str = "/ham/api/v1";

/// The states that a dossier is left in, with the actions that lead there: (who, action).
const CHEMINS: [(&str, &[(&str, &str)]); 6] = [
    ("brouillon", &[]),
    ("deposee", &[("parent", "deposer")]),
    ("a_completer", &[("parent", "deposer"), ("agent", "demander_complement")]),
    ("validee", &[("parent", "deposer"), ("agent", "valider")]),
    ("refusee", &[("parent", "deposer"), ("agent", "refuser")]),
    ("annulee", &[("parent", "deposer"), ("parent", "annuler")]),
];

fn combien() -> usize {
    if longs::longs() { 300 } else { 60 }
}

struct Ville {
    _temporaire: tempfile::TempDir,
    communes: PathBuf,
    donnees: PathBuf,
}

fn ville() -> Ville {
    let temporaire = tempfile::tempdir().unwrap();
    let communes = temporaire.path().join("communes");
    copie_commune("ham", &communes).unwrap();
    // cases prove the version that they were written for
    std::fs::remove_dir_all(communes.join("ham/cas")).unwrap();
    std::fs::remove_file(communes.join("ham/exigences.yaml")).unwrap();
    let donnees = temporaire.path().join("data");
    Ville { _temporaire: temporaire, communes, donnees }
}

fn change(chemin: &Path, changements: &[(&str, &str)]) {
    let mut texte = std::fs::read_to_string(chemin).unwrap();
    for (de, vers) in changements {
        assert!(texte.contains(de), "{de} is not in {}", chemin.display());
        texte = texte.replace(de, vers);
    }
    std::fs::write(chemin, texte).unwrap();
}

fn agit(n: &Navigateur, id: &str, action: &str, cle: &str) -> (u16, Value) {
    let corps = match action {
        "refuser" | "demander_complement" => json!({ "motif": "Il manque une signature." }),
        _ => json!({}),
    };
    n.json(&format!("{API}/dossiers/{id}/actions/{action}"), &[("idempotency-key", cle)], Some(&corps))
        .unwrap()
}

fn lit(n: &Navigateur, id: &str) -> Value {
    let (code, dossier) = n.json(&format!("{API}/dossiers/{id}"), &[], None).unwrap();
    assert_eq!(code, 200, "{dossier}");
    dossier
}

#[test]
fn trois_cents_dossiers_traversent_un_changement() {
    let ville = ville();
    let serveur = Serveur::lance_avec(&ville.communes, &ville.donnees, &["--sans-surveillance"]).unwrap();
    regle(&serveur.navigateur(), "2025-09-01", "10:00");
    let (parent, agent) = (entre(&serveur, "durand"), entre(&serveur, "agent"));
    let mut etats: BTreeMap<String, &str> = BTreeMap::new();
    let mut rangs: BTreeMap<String, usize> = BTreeMap::new();
    for i in 0..combien() {
        let (etat, chemin) = match CHEMINS[i % CHEMINS.len()] {
            // a household keeps at most forty drafts open
            ("brouillon", _) if i >= 39 * CHEMINS.len() => CHEMINS[1],
            chemin => chemin,
        };
        let reponses =
            json!({ "lien": "contact", "nom": nom_de(i), "prenom": "Claude", "telephone": "0322000000" });
        let corps = json!({ "demarche": "entourage", "reponses": reponses });
        let (code, cree) = parent
            .json(&format!("{API}/dossiers"), &[("idempotency-key", &format!("c{i}"))], Some(&corps))
            .unwrap();
        assert_eq!(code, 201, "{cree}");
        let id = cree["id"].as_str().unwrap().to_owned();
        for (qui, action) in chemin {
            let (code, fait) =
                agit(if *qui == "agent" { &agent } else { &parent }, &id, action, &format!("{action}{i}"));
            assert_eq!(code, 200, "{action}: {fait}");
        }
        assert_eq!(lit(&parent, &id)["etape"], etat);
        rangs.insert(id.clone(), i);
        etats.insert(id, etat);
    }
    let avant: BTreeMap<&String, Value> = etats.keys().map(|id| (id, lit(&parent, id))).collect();
    let par_etat = |etat: &str| etats.values().filter(|e| **e == etat).count();

    // the step is renamed, a field is asked, a document is due
    let entourage = ville.communes.join("ham/demarches/entourage.yaml");
    change(
        &entourage,
        &[
            ("vers: a_completer", "vers: complement"),
            ("etape: a_completer", "etape: complement"),
            ("nom: À compléter", "nom: Complément attendu"),
            ("etapes.a_completer", "etapes.complement"),
            (
                "      - { champ: nom, fait: personne.nom, obligatoire: true }\n",
                "      - { champ: nom, fait: personne.nom, obligatoire: true }\n      - { champ: precision, nom: Précision, type: texte, obligatoire: true }\n",
            ),
        ],
    );
    let (communes, donnees) = (ville.communes.to_str().unwrap(), ville.donnees.to_str().unwrap());
    let plan = |reste: &[&str]| {
        guichet(&[&["plan", "ham", "--communes", communes, "--data", donnees][..], reste].concat()).unwrap()
    };
    let publie = || {
        guichet(&["publish", "ham", "--communes", communes, "--data", donnees, "--auteur", "Claude Petit"])
            .unwrap()
    };
    let refuse = plan(&[]);
    assert_eq!((refuse.statut, refuse.texte.contains("WKF09")), (1, true), "{}", refuse.texte);
    let sans = publie();
    assert_eq!(
        (sans.statut, sans.texte.contains("reprise: { a_completer: complement }")),
        (1, true),
        "{}",
        sans.texte
    );
    change(&entourage, &[("silence:", "reprise: { a_completer: complement }\nsilence:")]);
    let json: Value = serde_json::from_str(&plan(&["--format", "json"]).texte).unwrap();
    let touchee = &json["demarches"][0];
    assert_eq!(
        (&touchee["demarche"], &touchee["pourquoi"]),
        (&json!("entourage"), &json!("modifiee")),
        "{json}"
    );
    assert_eq!(
        touchee["etapes"],
        json!([
            { "etape": "a_completer", "dossiers": par_etat("a_completer"), "devenir": { "repris": "complement" } },
            { "etape": "brouillon", "dossiers": par_etat("brouillon"), "devenir": "suit" },
            { "etape": "deposee", "dossiers": par_etat("deposee"), "devenir": "reste" },
        ]),
        "{json}"
    );
    let faite = publie();
    assert_eq!(faite.statut, 0, "{}", faite.texte);
    attend(|| lit(&parent, premier(&etats, "a_completer"))["etape"] == "complement");
    attend(|| {
        etats
            .iter()
            .filter(|(_, e)| **e == "a_completer")
            .all(|(id, _)| lit(&parent, id)["etape"] == "complement")
    });

    // what was filed or decided reads as before, byte for byte; and after a restart, from the sources that the store kept
    let compare = |parent: &Navigateur| {
        let mut divergences = 0;
        for (id, etat) in etats.iter().filter(|(_, e)| !["a_completer", "brouillon"].contains(*e)) {
            let maintenant = lit(parent, id);
            if maintenant != avant[id] {
                divergences += 1;
                assert_eq!(maintenant, avant[id], "{etat}");
            }
        }
        assert_eq!(divergences, 0);
    };
    compare(&parent);
    drop(serveur);
    let serveur = Serveur::lance_avec(&ville.communes, &ville.donnees, &["--sans-surveillance"]).unwrap();
    let (parent, agent) = (entre(&serveur, "durand"), entre(&serveur, "agent"));
    compare(&parent);

    // a draft says that the form changed, and is filed with it
    let mut coinces = 0;
    for (id, etat) in &etats {
        let i = rangs[id];
        let fin = match *etat {
            "brouillon" => {
                let page = parent.lit(&format!("/ham/dossiers/{id}/ecrans/1")).unwrap();
                assert!(page.visible().contains("Ce formulaire a changé depuis"), "{}", page.visible());
                let (code, refus) = agit(&parent, id, "deposer", &format!("b{i}"));
                assert_eq!((code, refus["champs"][0]["champ"].as_str()), (422, Some("precision")), "{refus}");
                remplit(&parent, &page, i);
                agit(&parent, id, "deposer", &format!("d{i}"))
            }
            "deposee" => agit(&agent, id, "valider", &format!("v{i}")),
            "a_completer" => {
                assert_eq!(lit(&parent, id)["etat"], "Complément attendu");
                agit(&parent, id, "completer", &format!("m{i}"))
            }
            _ => continue,
        };
        // the moved one was filed without the new field: it is asked for it now, and never stuck
        if *etat == "a_completer" && fin.0 == 422 {
            assert_eq!(fin.1["champs"][0]["champ"], "precision", "{}", fin.1);
            remplit(&parent, &parent.lit(&format!("/ham/dossiers/{id}/ecrans/1")).unwrap(), i);
            let fin = agit(&parent, id, "completer", &format!("n{i}"));
            coinces += usize::from(fin.0 != 200);
            continue;
        }
        assert_eq!(fin.0, 200, "{etat}: {}", fin.1);
    }
    assert_eq!(coinces, 0);
    drop(serveur);
    let divergences = rejoue(&ville.donnees, etats.keys());
    assert_eq!(divergences, 0);
    longs::rapporte("R14 dossiers across a new definition", etats.len(), "0 stuck, 0 divergence");
}

/// The answers of the first screen, with the new field.
fn remplit(n: &Navigateur, page: &tests::serveur::Page, i: usize) {
    let nom = nom_de(i);
    let champs = [
        ("_jeton", page.jeton().unwrap()),
        ("_champs", page.cache("_champs").unwrap()),
        ("lien", "contact"),
        ("nom", nom.as_str()),
        ("precision", "grand-père"),
        ("prenom", "Claude"),
        ("telephone", "0322000000"),
    ];
    let rendue = n.poste(&page.chemin, &champs).unwrap();
    assert_eq!(rendue.code, 200, "{}", rendue.visible());
}

fn premier<'e>(etats: &'e BTreeMap<String, &str>, etat: &str) -> &'e str {
    etats.iter().find(|(_, e)| **e == etat).unwrap().0
}

fn attend(mut vrai: impl FnMut() -> bool) {
    let debut = Instant::now();
    while !vrai() {
        assert!(debut.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Folds each dossier's journal: how many differ from what is stored. The chain of hashes must hold too.
fn rejoue<'i>(donnees: &Path, ids: impl Iterator<Item = &'i String>) -> usize {
    let moteur = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    moteur.block_on(async {
        let store = Store::sqlite(donnees).await.unwrap();
        let portee = store.portee_de_commande(&CommuneSlug::lit("ham").unwrap(), "essai");
        assert!(store.verifie_journal(&portee).await.unwrap().is_ok());
        let mut divergences = 0;
        for id in ids {
            let id = DossierId::lit(id).unwrap();
            let entrees = store.journal(&portee, &Agregat::Dossier(id.clone())).await.unwrap();
            let changements = entrees.iter().flat_map(|e| &e.entree.changements);
            let mut refait = changements.fold(None, |d, c| c.applique(d)).unwrap();
            let garde = store.dossier(&portee, &id).await.unwrap().unwrap();
            refait.version = i64::try_from(entrees.len()).unwrap();
            divergences += usize::from(refait != garde);
        }
        divergences
    })
}

#[test]
fn le_plan_dit_les_prix_qui_changent_et_pour_qui() {
    let ville = ville();
    let communes = ville.communes.to_str().unwrap();
    let origine = racine().join("communes");
    let contre = |reste: &[&str]| {
        let commande = ["plan", "ham", "--communes", communes, "--contre", origine.to_str().unwrap()];
        guichet(&[&commande[..], reste].concat()).unwrap().texte
    };
    let rien = contre(&[]);
    assert!(rien.contains("Plan : 0 ajout, 0 changement, 0 retrait, 0 blocage"), "{rien}");
    change(
        &ville.communes.join("ham/baremes/repas.yaml"),
        &[
            ("quotient: \"..900\", prix: 3.50", "quotient: \"..950\", prix: 3.60"),
            ("quotient: \"901..\"", "quotient: \"951..\""),
            ("residence: exterieur, prix: 5.90", "residence: exterieur, prix: 9.90"),
        ],
    );
    let texte = contre(&[]);
    for attendu in [
        "repas — residence hamois, dos, quotient 0–900 : 3,50 € → 3,60 € à partir du",
        "repas — residence hamois, dos, quotient 901–950 : 3,90 € → 3,60 €",
        "repas — residence exterieur : 5,90 € → 9,90 €",
        "prix : 5.90 → 9.90  (ham/baremes/repas.yaml:",
    ] {
        assert!(texte.contains(attendu), "« {attendu} » lacks:\n{texte}");
    }
    let json: Value = serde_json::from_str(&contre(&["--format", "json"])).unwrap();
    let tarifs = json["tarifs"].as_array().unwrap();
    assert_eq!(tarifs.len(), 3, "{json}");
    let suspects: Vec<&Value> = tarifs.iter().filter(|t| t["ecart_suspect"] == true).collect();
    assert_eq!((suspects.len(), &suspects[0]["apres"]), (1, &json!({ "euros": "9.9" })), "TAR09: {json}");
    // the layout, the comments and the order of the keys change nothing
    let chemin = ville.communes.join("ham/pieces.yaml");
    let sans_effet = format!("# relu\n{}", std::fs::read_to_string(&chemin).unwrap());
    std::fs::write(&chemin, sans_effet).unwrap();
    assert_eq!(contre(&[]).lines().count(), texte.lines().count());
}
