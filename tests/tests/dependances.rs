//! S24: what the program is made of. Sources, licences and bans as `deny.toml` says them, and the inventory (SBOM) of the
//! binary, written at `target/guichet.cdx.json`.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use regex::Regex;
use serde_json::{Value, json};
use tests::arbre::{lit, racine};

fn aucun(problemes: &[String]) {
    assert!(problemes.is_empty(), "\n{}\n", problemes.join("\n"));
}

/// What cargo says of the locked packages and of who uses whom.
fn metadonnees() -> Value {
    let sortie = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(racine())
        .output()
        .unwrap();
    assert!(sortie.status.success(), "{}", String::from_utf8_lossy(&sortie.stderr));
    serde_json::from_slice(&sortie.stdout).unwrap()
}

/// The packages of Cargo.lock come from crates.io; their licences are those of deny.toml. (`cargo deny` says the same, at
/// the price of some minutes of compilation.)
#[test]
fn les_dependances_ont_une_source_et_une_licence_permises() {
    let verrou = lit(&racine().join("Cargo.lock")).unwrap();
    let etrangeres: Vec<String> = verrou
        .lines()
        .filter(|l| {
            l.starts_with("source = ")
                && *l != "source = \"registry+https://github.com/rust-lang/crates.io-index\""
        })
        .map(str::to_owned)
        .collect();
    aucun(&etrangeres);
    let deny = lit(&racine().join("deny.toml")).unwrap();
    let liste = deny.split("allow = [").nth(1).and_then(|s| s.split(']').next()).unwrap();
    let permises: BTreeSet<&str> = liste.split('"').skip(1).step_by(2).collect();
    let metadonnees = metadonnees();
    let mut par_licence: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for paquet in metadonnees["packages"].as_array().unwrap() {
        let licence = paquet["license"].as_str().unwrap_or("aucune").to_owned();
        par_licence.entry(licence).or_default().push(paquet["name"].as_str().unwrap().to_owned());
    }
    assert!(par_licence.len() > 3);
    let refusees: Vec<String> = par_licence
        .iter()
        .filter(|(licence, _)| !permise(licence, &permises))
        .map(|(licence, paquets)| format!("{licence} : {}", paquets.join(", ")))
        .collect();
    aucun(&refusees);
}

/// One version of what holds the sockets and the SQL; one TLS provider, when one comes, and it is neither of these.
#[test]
fn les_dependances_sensibles_sont_uniques() {
    let verrou = lit(&racine().join("Cargo.lock")).unwrap();
    let noms: Vec<&str> =
        verrou.lines().filter_map(|l| l.strip_prefix("name = \"")?.strip_suffix('"')).collect();
    let combien = |nom: &str| noms.iter().filter(|n| **n == nom).count();
    for nom in ["sqlx", "axum", "tokio", "rhai", "libsqlite3-sys"] {
        assert_eq!(combien(nom), 1, "{nom}");
    }
    for nom in ["openssl", "openssl-sys", "native-tls", "aws-lc-rs", "aws-lc-sys", "serde_yaml"] {
        assert_eq!(combien(nom), 0, "{nom}");
    }
    // what deny.toml refuses is refused here too, where cargo-deny is not installed
    let deny = lit(&racine().join("deny.toml")).unwrap();
    let interdits = Regex::new(r#"crate = "([a-z0-9_-]+)""#).unwrap();
    let bannis: Vec<String> = interdits.captures_iter(&deny).map(|c| c[1].to_owned()).collect();
    assert!(bannis.len() >= 3, "{bannis:?}");
    let presents: Vec<String> = bannis.into_iter().filter(|n| combien(n) > 0).collect();
    aucun(&presents);
}

/// `A OR B`, `A/B`: one is enough; `A AND B`: both; parentheses one level deep.
fn permise(licence: &str, permises: &BTreeSet<&str>) -> bool {
    let plate = licence.replace('/', " OR ").replace(['(', ')', '+'], "");
    // AND binds tighter than OR, but `A AND (B OR C)` is what crates write: every AND part must have an allowed choice
    let et: Vec<&str> = plate.split(" AND ").collect();
    et.iter().all(|partie| partie.split(" OR ").any(|l| permises.contains(l.trim())))
}

/// Name and version to SHA-256, from Cargo.lock.
fn empreintes() -> BTreeMap<(String, String), String> {
    let verrou = lit(&racine().join("Cargo.lock")).unwrap();
    let champ = |bloc: &str, nom: &str| {
        let debut = format!("{nom} = \"");
        bloc.lines().find_map(|l| Some(l.strip_prefix(&debut)?.strip_suffix('"')?.to_owned()))
    };
    let blocs = verrou.split("[[package]]");
    blocs.filter_map(|b| Some(((champ(b, "name")?, champ(b, "version")?), champ(b, "checksum")?))).collect()
}

/// The packages that the binary contains: reached from `api` without what only tests or builds use.
fn dans_le_binaire(metadonnees: &Value) -> BTreeSet<String> {
    let noeuds: BTreeMap<&str, &Value> = metadonnees["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| (n["id"].as_str().unwrap(), n))
        .collect();
    let racine = noeuds.keys().find(|id| id.contains("/api#")).unwrap();
    let (mut vus, mut a_voir) = (BTreeSet::new(), vec![*racine]);
    while let Some(id) = a_voir.pop() {
        if !vus.insert(id.to_owned()) {
            continue;
        }
        for lien in noeuds[id]["deps"].as_array().unwrap() {
            // `null`: an ordinary dependency, neither `dev` nor `build`
            if lien["dep_kinds"].as_array().unwrap().iter().any(|k| k["kind"].is_null()) {
                a_voir.push(lien["pkg"].as_str().unwrap());
            }
        }
    }
    vus
}

/// CycloneDX 1.6: each package of the binary with its licence, its address and the fingerprint that cargo verifies.
#[test]
fn l_inventaire_du_binaire_est_entier() {
    let metadonnees = metadonnees();
    let (empreintes, binaire) = (empreintes(), dans_le_binaire(&metadonnees));
    let mut composants = Vec::new();
    let mut incomplets = Vec::new();
    for paquet in metadonnees["packages"].as_array().unwrap() {
        if !binaire.contains(paquet["id"].as_str().unwrap()) {
            continue;
        }
        let (nom, version) = (paquet["name"].as_str().unwrap(), paquet["version"].as_str().unwrap());
        let Some(licence) = paquet["license"].as_str() else {
            incomplets.push(format!("{nom} {version} : aucune licence"));
            continue;
        };
        let mut composant = json!({
            "type": "library", "name": nom, "version": version,
            "licenses": [{"expression": licence.replace('/', " OR ")}],
        });
        if !paquet["source"].is_null() {
            composant["purl"] = json!(format!("pkg:cargo/{nom}@{version}"));
            match empreintes.get(&(nom.to_owned(), version.to_owned())) {
                Some(somme) => composant["hashes"] = json!([{"alg": "SHA-256", "content": somme}]),
                None => incomplets.push(format!("{nom} {version} : aucune empreinte")),
            }
        }
        composants.push(composant);
    }
    aucun(&incomplets);
    let noms: BTreeSet<&str> = composants.iter().map(|c| c["name"].as_str().unwrap()).collect();
    assert!(composants.len() > 100, "{}", composants.len());
    for present in ["axum", "rhai", "sqlx", "rules", "engine"] {
        assert!(noms.contains(present), "{present}");
    }
    for outil in ["jsonschema", "tempfile", "criterion"] {
        assert!(!noms.contains(outil), "{outil} n'est qu'un outil de test");
    }
    let inventaire = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"component": {"type": "application", "name": "guichet", "version": env!("CARGO_PKG_VERSION")}},
        "components": composants,
    });
    let texte = serde_json::to_string_pretty(&inventaire).unwrap();
    std::fs::write(racine().join("target/guichet.cdx.json"), texte).unwrap();
}
