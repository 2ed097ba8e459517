//! The JSON Schemas of `communes/schema/`, as an editor applies them: another YAML reading, another program.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use engine::definition::genres::{GENRES, Genre};
use engine::definition::reference;
use jsonschema::Validator;
use serde_json::{Value, json};
use tests::arbre::{fichiers, lit, nom, racine};

fn valideurs() -> BTreeMap<&'static str, Validator> {
    let un = |g: &Genre| {
        let texte = lit(&racine().join(format!("communes/schema/{}.json", g.nom))).unwrap();
        (g.nom, jsonschema::draft7::new(&serde_json::from_str(&texte).unwrap()).unwrap())
    };
    GENRES.iter().map(un).collect()
}

/// Every YAML file of the towns and the models, with its path below `communes/` and its kind.
fn definitions() -> Vec<(std::path::PathBuf, String, &'static Genre)> {
    fichiers("communes", &["yaml"])
        .into_iter()
        .map(|chemin| {
            let nom = nom(&chemin).trim_start_matches("communes/").to_owned();
            let genre = Genre::de(&nom).unwrap_or_else(|| panic!("{nom} : aucun genre de fichier"));
            (chemin, nom, genre)
        })
        .collect()
}

#[test]
fn les_schemas_et_la_reference_sont_a_jour() {
    for genre in &GENRES {
        let chemin = racine().join(format!("communes/schema/{}.json", genre.nom));
        let ecrit = lit(&chemin).unwrap_or_default();
        assert!(ecrit == format!("{:#}\n", genre.schema()), "{} : guichet schema --ecrit", nom(&chemin));
    }
    let ecrite = lit(&racine().join("communes/REFERENCE.md")).unwrap();
    assert!(ecrite == reference::tables(), "communes/REFERENCE.md : guichet schema --ecrit");
}

#[test]
fn chaque_fichier_des_communes_suit_son_schema_et_le_nomme() {
    let valideurs = valideurs();
    let mut problemes = Vec::new();
    let mut vus = BTreeMap::new();
    for (chemin, nom, genre) in definitions() {
        let texte = lit(&chemin).unwrap();
        let modeline = Genre::modeline(&nom).unwrap();
        if texte.lines().next() != Some(modeline.as_str()) {
            problemes.push(format!("{nom}:1 : la première ligne est `{modeline}`"));
        }
        let valeur: Value = serde_saphyr::from_str(&texte).unwrap_or_else(|e| panic!("{nom} : {e}"));
        problemes.extend(
            valideurs[genre.nom].iter_errors(&valeur).map(|e| format!("{nom} {} : {e}", e.instance_path())),
        );
        *vus.entry(genre.nom).or_insert(0) += 1;
    }
    assert!(problemes.is_empty(), "\n{}\n", problemes.join("\n"));
    // every kind is met, so that no schema is true by never being asked
    assert_eq!(vus.len(), GENRES.len(), "{vus:?}");
}

#[test]
fn chaque_refus_est_au_bon_endroit() {
    let valideurs = valideurs();
    // kind, place written in a valid file (null: removed), then where the refusal is and the schema's word for it
    let refus: &[(&str, Value, Value, &str, &str)] = &[
        ("commune", json!("/fuseau"), Value::Null, "", "required"),
        ("commune", json!("/insee"), json!("8041"), "/insee", "pattern"),
        ("commune", json!("/couleur"), json!("bleu"), "", "additionalProperties"),
        ("commune", json!("/langage"), json!("un"), "/langage", "type"),
        ("bareme", json!("/versions/0/lignes/0/taux"), json!("20"), "/versions/0/lignes/0/taux", "pattern"),
        (
            "bareme",
            json!("/versions/0/lignes/0/sinon"),
            json!("peut-être"),
            "/versions/0/lignes/0/sinon",
            "enum",
        ),
        ("bareme", json!("/versions/0/depuis"), Value::Null, "/versions/0", "required"),
        ("bareme", json!("/dimensions"), json!("quotient"), "/dimensions", "type"),
        ("service", json!("/versions/0/reservation/delai"), json!([]), "/versions/0/reservation", "anyOf"),
        (
            "service",
            json!("/prestations/0/prestation"),
            json!("Repas chaud"),
            "/prestations/0/prestation",
            "pattern",
        ),
        ("pieces", json!("/pieces/0/fichiers"), json!("deux"), "/pieces/0/fichiers", "type"),
        ("pieces", json!("/pieces/0/nomm"), json!("x"), "/pieces/0", "additionalProperties"),
        ("regie", json!("/facturations"), Value::Null, "", "required"),
        ("exigences", json!("/exigences/0/ligne"), json!("12 bis"), "/exigences/0/ligne", "type"),
        ("cas", json!("/horloge"), json!("8 h"), "/horloge", "pattern"),
        ("demarche", json!("/etapes/0/phases"), json!("deposee"), "/etapes/0", "additionalProperties"),
        ("donnees", json!("/faits/0/sujets"), json!("enfant"), "/faits/0", "additionalProperties"),
    ];
    for (genre, ou, par, chemin, mot) in refus {
        let ou = ou.as_str().unwrap();
        let (parent, cle) = ou.rsplit_once('/').unwrap();
        // the first file of the kind that has the place
        let mut valeur = definitions()
            .into_iter()
            .filter(|(_, _, g)| g.nom == *genre)
            .map(|(fichier, _, _)| serde_saphyr::from_str::<Value>(&lit(&fichier).unwrap()).unwrap())
            .find(|v| v.pointer(parent).is_some_and(Value::is_object))
            .unwrap_or_else(|| panic!("{genre} {ou}"));
        assert_eq!(valideurs[genre].iter_errors(&valeur).count(), 0, "{genre}");
        let objet = valeur.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match par {
            Value::Null => drop(objet.remove(cle).unwrap()),
            autre => drop(objet.insert(cle.to_owned(), autre.clone())),
        }
        let trouves: Vec<(String, String)> = valideurs[genre]
            .iter_errors(&valeur)
            .map(|e| (e.instance_path().to_string(), e.kind().keyword().to_string()))
            .collect();
        assert_eq!(trouves, [((*chemin).to_owned(), (*mot).to_owned())], "{genre} {ou}");
    }
}
