//! S23: requests drawn from the API's own description, with hostile encodings in every place that takes a text: no panic, no
//! answer of 500 or above, no trace of the program. 500 requests, 20,000 with `GUICHET_ESSAIS_LONGS=1`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "../../rules/tests/longs/mod.rs"]
mod longs;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use tests::hasard::Hasard;
use tests::scene::Scene;
use tests::serveur::Navigateur;

/// What an address may carry: invalid UTF-8, overlong forms, control characters, climbs, very long words, other scripts.
const ADRESSES: [&str; 18] = [
    "%00",
    "%c0%ae%c0%ae%2f",
    "%ff%fe",
    "..%2f..%2fetc%2fpasswd",
    "%25%30%30",
    "%e2%80%ae",
    "a%0d%0aSet-Cookie:%20x=1",
    "%f0%9f%92%a9",
    "%ed%a0%80",
    "'%20OR%201=1--",
    "%3Cscript%3E",
    "{{7*7}}",
    "-1",
    "9223372036854775808",
    "%20",
    "%u0041",
    "NaN",
    "1e309",
];
/// What a text of a body may be.
const TEXTES: [&str; 14] = [
    "\u{0}",
    "\u{202e}retourné",
    "\u{feff}",
    "😀",
    "'; DROP TABLE dossier;--",
    "{{7*7}}",
    "${jndi:x}",
    "=cmd|' /C calc'!A0",
    "\r\nSet-Cookie: x=1",
    "\u{fffd}",
    "2025-02-30",
    "9e999",
    "<img src=x onerror=alert(1)>",
    "..",
];
/// What must not be read in any answer.
const TRACES: [&str; 8] =
    ["panicked", "RUST_BACKTRACE", "stack backtrace", ".rs:", "sqlx", "SqliteError", "unwrap()", "thread '"];

struct Tirage<'a> {
    hasard: Hasard,
    connus: &'a [String],
    schemas: &'a Map<String, Value>,
}

impl Tirage<'_> {
    fn un<'v, T>(&mut self, valeurs: &'v [T]) -> &'v T {
        let rang = self.hasard.sous(u64::try_from(valeurs.len()).unwrap());
        &valeurs[usize::try_from(rang).unwrap()]
    }

    fn fois(&mut self, sur: u64) -> bool {
        self.hasard.sous(sur) == 0
    }

    /// A value of an address: known, or hostile.
    fn trou(&mut self) -> String {
        match self.hasard.sous(4) {
            0 => (*self.un(&ADRESSES)).to_owned(),
            1 => "x".repeat(usize::try_from(self.hasard.sous(6_000)).unwrap()),
            _ => self.un(self.connus).clone(),
        }
    }

    fn texte(&mut self) -> Value {
        match self.hasard.sous(5) {
            0 => json!("é".repeat(usize::try_from(self.hasard.sous(9_000)).unwrap())),
            1 | 2 => json!(self.un(self.connus).clone()),
            _ => json!(*self.un(&TEXTES)),
        }
    }

    /// A value that the schema describes, until one in six is anything at all.
    fn valeur(&mut self, schema: &Value, fond: u8) -> Value {
        if fond == 0 || self.fois(6) {
            return match self.hasard.sous(7) {
                0 => Value::Null,
                1 => json!(-1),
                2 => json!(18_446_744_073_709_551_615_u64),
                3 => json!(1.5e300),
                4 => json!([[[]]]),
                5 => json!({ "": { "a": [null] } }),
                _ => self.texte(),
            };
        }
        if let Some(nom) = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()) {
            let vers = self.schemas.get(nom).cloned().unwrap_or_default();
            return self.valeur(&vers, fond - 1);
        }
        for mot in ["oneOf", "anyOf"] {
            if let Some(cas) = schema[mot].as_array().filter(|c| !c.is_empty()) {
                let choisi = self.un(cas).clone();
                return self.valeur(&choisi, fond - 1);
            }
        }
        if let Some(constante) = schema.get("const") {
            return constante.clone();
        }
        if let Some(valeurs) = schema["enum"].as_array().filter(|v| !v.is_empty()) {
            return self.un(valeurs).clone();
        }
        let genre = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or_default();
        match genre {
            "object" => {
                let proprietes = schema["properties"].as_object().cloned().unwrap_or_default();
                let mut objet = Map::new();
                for (nom, sous) in &proprietes {
                    if !self.fois(5) {
                        objet.insert(nom.clone(), self.valeur(sous, fond - 1));
                    }
                }
                if self.fois(8) {
                    objet.insert((*self.un(&TEXTES)).to_owned(), json!(1));
                }
                Value::Object(objet)
            }
            "array" => {
                let combien = self.hasard.sous(4);
                Value::Array((0..combien).map(|_| self.valeur(&schema["items"], fond - 1)).collect())
            }
            "integer" | "number" => json!(i64::from_ne_bytes(self.hasard.tire().to_ne_bytes())),
            "boolean" => json!(self.fois(2)),
            _ => self.texte(),
        }
    }

    /// The bytes of a body: the described JSON, sometimes cut, doubled, badly encoded, or deeper than anybody writes.
    fn corps(&mut self, schema: &Value) -> Vec<u8> {
        let mut octets = self.valeur(schema, 8).to_string().into_bytes();
        match self.hasard.sous(12) {
            0 => octets.truncate(octets.len() / 2),
            1 => octets.extend_from_slice(&[0xff, 0xfe, 0x00]),
            2 => octets = [&b"\xef\xbb\xbf"[..], &octets].concat(),
            3 => octets = "[".repeat(20_000).into_bytes(),
            4 => octets = br#"{"motif":"\ud800","motif":"x"}"#.to_vec(),
            5 => octets.clear(),
            _ => {}
        }
        octets
    }
}

#[test]
fn s23_rien_de_ce_qui_arrive_ne_fait_tomber_le_serveur() {
    let nombre = if longs::longs() { 20_000 } else { 500 };
    let scene = Scene::montee();
    let (code, api) = scene.parent.json("/ham/api/v1/openapi.json", &[], None).unwrap();
    assert_eq!(code, 200);
    let schemas = api["components"]["schemas"].as_object().unwrap();
    let operations: Vec<(String, String, Value)> = api["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(chemin, o)| {
            let o = o.as_object().unwrap();
            o.iter().map(move |(m, d)| (chemin.clone(), m.to_uppercase(), d.clone()))
        })
        .filter(|(_, m, _)| matches!(m.as_str(), "GET" | "POST" | "DELETE"))
        .collect();
    assert!(operations.len() >= 15, "{}", operations.len());
    let mut connus =
        vec!["ham".to_owned(), "2025-09-05".into(), "repas".into(), "inscription".into(), "valider".into()];
    connus.extend([scene.dossier.clone(), scene.reservation.clone()]);
    connus.extend(scene.enfants.iter().cloned());
    let inconnu = scene.serveur.navigateur();
    let qui: [&Navigateur; 4] = [&scene.parent, &scene.agent, &scene.voisin, &inconnu];
    let mut t = Tirage { hasard: Hasard(23), connus: &connus, schemas };
    let trou = regex::Regex::new(r"\{[^}]*\}").unwrap();
    let (mut codes, mut faits) = (BTreeMap::<u16, usize>::new(), 0);
    while faits < nombre {
        let (chemin, methode, operation) = t.un(&operations).clone();
        let mut adresse = chemin.clone();
        // the paths of the description are the town's own
        while trou.is_match(&adresse) {
            let valeur = t.trou();
            adresse =
                trou.replace(&adresse, regex::NoExpand(&valeur.replace(['{', '}'], "%7b"))).into_owned();
        }
        if !adresse.starts_with("/ham/") {
            adresse = format!("/ham/api/v1{adresse}");
        }
        let parametres = operation["parameters"].as_array().cloned().unwrap_or_default();
        let requete: Vec<String> = parametres
            .iter()
            .filter(|p| p["in"] == "query")
            .map(|p| format!("{}={}", p["name"].as_str().unwrap(), t.trou()))
            .collect();
        if !requete.is_empty() || t.fois(9) {
            adresse = format!("{adresse}?{}", requete.join("&"));
        }
        let cle = if t.fois(6) { "x".repeat(300) } else { format!("s23-{}", t.hasard.sous(u64::MAX)) };
        let genres =
            ["application/json", "application/json; charset=utf-16", "text/plain", "multipart/form-data", ""];
        let genre = if t.fois(5) { *t.un(&genres) } else { "application/json" };
        let langue = "x".repeat(if t.fois(20) { 9_000 } else { 2 });
        let entetes = [
            ("idempotency-key", cle.as_str()),
            ("content-type", genre),
            ("accept-language", langue.as_str()),
            ("range", "bytes=99-1"),
        ];
        let contenu = operation["requestBody"]["content"].as_object();
        let schema = contenu.and_then(|c| c.values().next()).map(|c| c["schema"].clone());
        let corps = if methode == "GET" { Vec::new() } else { t.corps(&schema.unwrap_or_default()) };
        let n = qui[usize::try_from(t.hasard.sous(4)).unwrap()];
        // an address that no client can write is not sent
        let Ok(page) = n.brut(&methode, &adresse, &entetes, &corps) else { continue };
        faits += 1;
        *codes.entry(page.code).or_default() += 1;
        let debut: String = adresse.chars().take(200).collect();
        assert!(page.code < 500, "{methode} {debut}\n{}\n{}", page.code, page.texte);
        if let Some(trace) = TRACES.iter().find(|trace| page.texte.contains(**trace)) {
            panic!("{methode} {debut}: « {trace} » in\n{}", page.texte);
        }
        if page.code >= 400 {
            assert_eq!(
                page.entete("content-type"),
                Some("application/problem+json"),
                "{methode} {debut} {}",
                page.code
            );
        }
    }
    println!("{codes:?}");
    // it drew what is right too, and the server still works
    assert!(codes.get(&200).is_some_and(|n| *n >= nombre / 100), "{codes:?}");
    assert_eq!(scene.parent.lit("/ham/demandes").unwrap().code, 200);
    let dits: Vec<String> = codes.iter().map(|(c, n)| format!("{c}: {n}")).collect();
    longs::rapporte(
        "S23 hostile requests from the API's description",
        faits,
        &format!("0 of 5xx; {}", dits.join(", ")),
    );
}
