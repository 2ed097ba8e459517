//! R18: the server is killed around its outbox. A letter for each act that was committed, none for another; one that was sent
//! twice is the same one for whoever receives it. On SQLite and on PostgreSQL.
//!
//! A few kills by default; `GUICHET_ESSAIS_LONGS=1` runs 100 on each.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, says what it counted, and measures time"
)]

#[path = "../../rules/tests/longs/mod.rs"]
mod longs;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;
use tests::hasard::Hasard;
use tests::lettres::{attend_la_fin, depose, insiste, verifie};
use tests::production::Production;
use tests::serveur::Navigateur;

const DEBUT: &str = "2025-09-01T08:00:00Z";
/// Who writes: a household each, the agent asks for one more document of every other request.
const ECRIVAINS: [&str; 4] = ["durand", "martin", "durand", "martin"];

#[test]
fn r18_une_lettre_par_acte_et_une_seule_identite() {
    tue_autour(Production::sqlite(DEBUT), "SQLite", 5);
}

#[test]
fn r18_de_meme_sur_postgresql() {
    let Some(ville) = Production::postgres(DEBUT) else { return };
    tue_autour(ville, "PostgreSQL", 2);
}

fn tue_autour(mut ville: Production, moteur: &str, peu: usize) {
    let morts = if longs::longs() { 100 } else { peu };
    let mut hasard = Hasard(18);
    let mut serveur = ville.lance();
    let adresse = Mutex::new(serveur.adresse.clone());
    let attendues: Mutex<BTreeMap<String, usize>> = Mutex::default();
    let fin = AtomicBool::new(false);
    let qui = |jeton: &str| Navigateur::de(&adresse.lock().unwrap(), jeton);
    let jetons: Vec<(String, String)> =
        ECRIVAINS.map(|nom| (ville.cookie(nom), ville.cookie("agent"))).into();
    // the last one serves until every writer has its answer, and sends what is left
    let _serveur = std::thread::scope(|s| {
        for (rang, (famille, agent)) in jetons.iter().enumerate() {
            let (fin, qui, attendues) = (&fin, &qui, &attendues);
            s.spawn(move || {
                for n in 0.. {
                    if fin.load(Ordering::Relaxed) {
                        return;
                    }
                    let cle = format!("r18-{rang}-{n}");
                    let id = depose(|| qui(famille), &cle);
                    let mut lettres = 1;
                    if n % 2 == 0 {
                        let chemin = format!("/ham/api/v1/dossiers/{id}/actions/demander_complement");
                        let cle = format!("{cle}-c");
                        let (code, p) = insiste(
                            || qui(agent),
                            |n| {
                                let motif = json!({ "motif": "Il manque un nom." });
                                n.json(&chemin, &[("idempotency-key", &cle)], Some(&motif))
                            },
                        );
                        assert_eq!(code, 200, "{p}");
                        lettres = 2;
                    }
                    attendues.lock().unwrap().insert(id, lettres);
                }
            });
        }
        for _ in 0..morts {
            std::thread::sleep(Duration::from_millis(1 + hasard.sous(1_500)));
            serveur.tue().unwrap();
            // what the dead server had taken is free again
            ville.avance(70);
            serveur = ville.lance();
            adresse.lock().unwrap().clone_from(&serveur.adresse);
        }
        fin.store(true, Ordering::Relaxed);
        serveur
    });
    attend_la_fin(&ville);
    let attendues = attendues.into_inner().unwrap();
    let (lettres, doubles) = verifie(&ville, &attendues);
    let actes = attendues.len();
    println!("{moteur}: {morts} kills, {actes} requests, {lettres} letters, {doubles} of them twice");
    assert!(actes > morts, "{actes} requests between {morts} kills");
    longs::rapporte(
        &format!("R18 kills around the outbox, {moteur}"),
        morts,
        &format!(
            "{actes} requests, {lettres} letters, {doubles} sent twice under the same Message-ID, 0 lost, 0 of a refused act"
        ),
    );
}
