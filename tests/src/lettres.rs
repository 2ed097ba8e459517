//! The letters that an SMTP server received, told apart by dossier and by identity.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and waits for a while only"
)]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use engine::decision::Agregat;
use engine_store::FiltreDossiers;
use jiff::SignedDuration;
use regex::Regex;
use serde_json::{Value, json};

use crate::production::Production;
use crate::serveur::{Echec, Navigateur};
use crate::serveur_smtp::entete;

/// Asks until somebody answers: whoever is asked may just have been killed. The key stays the same.
pub fn insiste(
    qui: impl Fn() -> Navigateur,
    mut demande: impl FnMut(&Navigateur) -> Result<(u16, Value), Echec>,
) -> (u16, Value) {
    let debut = Instant::now();
    loop {
        match demande(&qui()) {
            Ok((code, p)) if code != 503 => return (code, p),
            // a 503 says the same as no answer at all: the same request, later
            dit => assert!(debut.elapsed().as_secs() < 60, "nobody answers any more: {dit:?}"),
        }
        std::thread::sleep(Duration::from_millis(25));
    }
}

/// Declares somebody under this key and sends the request, however often whoever is asked dies meanwhile; its identifier.
pub fn depose(qui: impl Fn() -> Navigateur, cle: &str) -> String {
    let lettre = |c: char| c.to_digit(10).map_or(c, |d| char::from(b'a' + d as u8));
    let nom: String = cle.chars().filter(char::is_ascii_alphanumeric).map(lettre).collect();
    let reponses = json!({ "lien": "contact", "nom": nom, "prenom": "Alix", "telephone": "06 12 34 56 78" });
    let neuf = json!({ "demarche": "entourage", "reponses": reponses });
    let poste = |chemin: &str, cle: &str, corps: &Value| {
        insiste(&qui, |n| n.json(&format!("/ham/api/v1{chemin}"), &[("idempotency-key", cle)], Some(corps)))
    };
    let (code, p) = poste("/dossiers", cle, &neuf);
    assert_eq!(code, 201, "{p}");
    let id = p.get("id").and_then(Value::as_str).unwrap().to_owned();
    let chemin = format!("/dossiers/{id}/actions/deposer");
    let (code, p) = poste(&chemin, &format!("{cle}-d"), &json!({}));
    assert_eq!(code, 200, "{p}");
    // filed already: refused, and no letter says otherwise
    let (code, p) = poste(&chemin, &format!("{cle}-e"), &json!({}));
    assert!((400..500).contains(&code), "{code} {p}");
    id
}

/// A little more than the lease under which a worker does what it took.
const BAIL: SignedDuration = SignedDuration::from_secs(65);

/// Waits until nothing is due any more at the clock of the servers, nor taken and not done yet. However many letters wait: as
/// long as some leave.
pub fn attend_la_fin(ville: &Production) {
    let (mut parties, mut depuis) = (0, Instant::now());
    loop {
        let du = ville.attend(ville.store.travail_du(ville.maintenant() + BAIL)).unwrap();
        if du.is_empty() {
            return;
        }
        let maintenant = ville.smtp.textes().len();
        if maintenant > parties {
            (parties, depuis) = (maintenant, Instant::now());
        }
        assert!(depuis.elapsed().as_secs() < 100, "still due, {parties} letters left: {du:?}");
        std::thread::sleep(Duration::from_millis(500));
    }
}

/// Each dossier with a number sent that many different letters, and there is no other letter. `attendues`: by identifier; one
/// for those that it does not name. How many letters came, how many of them twice.
pub fn verifie(ville: &Production, attendues: &BTreeMap<String, usize>) -> (usize, usize) {
    let textes = ville.smtp.textes();
    let numero = Regex::new(r"num\S* (2025-\d{5})").unwrap();
    let morts = ville.attend(ville.store.effets_morts(&ville.portee, None, 10)).unwrap();
    assert!(morts.is_empty(), "{morts:?}");
    let mut identites: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for texte in &textes {
        // quoted-printable folds its lines
        let lu = texte.replace("=\r\n", "");
        let numero = numero.captures(&lu).unwrap_or_else(|| panic!("no number in\n{lu}"))[1].to_owned();
        identites
            .entry(numero)
            .or_default()
            .insert(entete(texte, "Message-ID").to_owned(), entete(texte, "Subject").to_owned());
    }
    let differentes: usize = identites.values().map(BTreeMap::len).sum();
    let filtre = FiltreDossiers { nombre: 100_000, ..Default::default() };
    let deposes = ville.attend(ville.store.dossiers(&ville.portee, &filtre)).unwrap();
    let mut rangs: Vec<u32> = Vec::new();
    for d in deposes.iter().filter(|d| d.numero.is_some()) {
        let numero = d.numero.as_ref().unwrap();
        rangs.push(numero.trim_start_matches("2025-").parse().unwrap());
        let recues = identites.remove(numero).unwrap_or_default();
        let voulues = attendues.get(d.id.as_str()).copied().unwrap_or(1);
        let journal =
            ville.attend(ville.store.journal(&ville.portee, &Agregat::Dossier(d.id.clone()))).unwrap();
        let evenements: Vec<String> =
            journal.iter().map(|e| format!("{} {}", e.entree.le, e.entree.evenement)).collect();
        assert_eq!(
            recues.len(),
            voulues,
            "different letters of {numero}, in {:?}: {recues:?} after {evenements:?}",
            d.phase
        );
    }
    assert!(identites.is_empty(), "letters of dossiers that were never filed: {identites:?}");
    rangs.sort_unstable();
    assert!(rangs.windows(2).all(|r| matches!(r, [a, b] if a + 1 == *b)), "a hole: {rangs:?}");
    ville.attend(ville.store.verifie_journal(&ville.portee)).unwrap().unwrap();
    (textes.len(), textes.len() - differentes)
}
