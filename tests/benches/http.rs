//! Durable submissions a second through HTTP with 64 clients that keep their connections, beside the bare group-commit loop of
//! the store's bench (target: 0.5); and how long an act takes when 400 come a second while other processes hold both cores
//! (target: 50 ms, p99).
//!
//! A submission is the `deposer` of a draft: its number, its snapshot, its journal entry, its letter, its échéances, under an
//! idempotency key. The drafts are made before each measure. Served and bare alternate (A B A B).
//!
//! `cargo build --release -p api && GUICHET_BIN=target/release/guichet cargo bench -p tests --bench http`, with `GUICHET_PG` for
//! PostgreSQL. `GUICHET_BANC_DEPOTS`: submissions of a client in a round (20).

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures time, answers on its standard output, or stops"
)]

#[allow(dead_code, reason = "shared with the store's bench")]
#[path = "../../engine/store/benches/nu/mod.rs"]
mod nu;

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use nu::{Maniere, Nu};
use serde_json::{Value, json};
use tests::production::Production;
use tests::serveur::Navigateur;
use tokio::runtime::Runtime;

const CLIENTS: u16 = 64;
const TOURS: usize = 5;
/// Seconds of one measure of the bare loop.
const DUREE: f64 = 1.0;
/// Acts a second, under load.
const CADENCE: usize = 400;

fn depots() -> usize {
    std::env::var("GUICHET_BANC_DEPOTS").ok().and_then(|n| n.parse().ok()).unwrap_or(20)
}

/// A family: its browser, and how many drafts it made.
struct Client {
    n: Navigateur,
    rang: usize,
    faits: usize,
}

impl Client {
    fn poste(&self, chemin: &str, cle: &str, corps: &Value, attendu: u16) -> Value {
        let entetes = [("idempotency-key", cle)];
        let (code, p) =
            self.n.json(&format!("/ham/api/v1{chemin}"), &entetes, Some(corps)).expect("an answer");
        assert_eq!(code, attendu, "{p}");
        p
    }

    fn brouillon(&mut self) -> String {
        self.faits += 1;
        let lettres =
            |n: usize| -> String { n.to_string().bytes().map(|c| char::from(b'a' + (c - b'0'))).collect() };
        let nom = format!("x{}x{}", lettres(self.rang), lettres(self.faits));
        let reponses =
            json!({ "lien": "contact", "nom": nom, "prenom": "Alix", "telephone": "06 12 34 56 78" });
        let p = self.poste(
            "/dossiers",
            &format!("b-{}", self.faits),
            &json!({ "demarche": "entourage", "reponses": reponses }),
            201,
        );
        p.get("id").and_then(Value::as_str).expect("an identifier").to_owned()
    }

    fn depose(&self, id: &str) -> Duration {
        let debut = Instant::now();
        self.poste(&format!("/dossiers/{id}/actions/deposer"), &format!("d-{id}"), &json!({}), 200);
        debut.elapsed()
    }
}

/// Each client makes its drafts.
fn brouillons(clients: &mut [Client], nombre: usize) -> Vec<Vec<String>> {
    std::thread::scope(|s| {
        let taches: Vec<_> = clients
            .iter_mut()
            .map(|c| s.spawn(move || (0..nombre).map(|_| c.brouillon()).collect()))
            .collect();
        taches.into_iter().map(|t| t.join().expect("a client ends")).collect()
    })
}

/// Submissions a second, each client one after the other, and how long each took.
fn deposes(clients: &mut [Client]) -> (f64, Vec<Duration>) {
    let prets = brouillons(clients, depots());
    let debut = Instant::now();
    let durees: Vec<Duration> = std::thread::scope(|s| {
        let taches: Vec<_> = clients
            .iter()
            .zip(&prets)
            .map(|(c, ids)| s.spawn(move || ids.iter().map(|id| c.depose(id)).collect::<Vec<_>>()))
            .collect();
        taches.into_iter().flat_map(|t| t.join().expect("a client ends")).collect()
    });
    (durees.len() as f64 / debut.elapsed().as_secs_f64(), durees)
}

/// Acts that come at their own pace: how long after its hour each is answered.
fn a_la_cadence(clients: &mut [Client]) -> Vec<Duration> {
    let prets = brouillons(clients, depots());
    let pas = Duration::from_secs_f64(1.0 / CADENCE as f64);
    let debut = Instant::now() + Duration::from_millis(50);
    let nombre = clients.len();
    std::thread::scope(|s| {
        let taches: Vec<_> = clients
            .iter()
            .zip(&prets)
            .enumerate()
            .map(|(rang, (c, ids))| {
                s.spawn(move || {
                    let un = |(tour, id): (usize, &String)| {
                        let heure = debut + pas * u32::try_from(tour * nombre + rang).expect("few acts");
                        std::thread::sleep(heure.saturating_duration_since(Instant::now()));
                        c.depose(id);
                        heure.elapsed()
                    };
                    ids.iter().enumerate().map(un).collect::<Vec<_>>()
                })
            })
            .collect();
        taches.into_iter().flat_map(|t| t.join().expect("a client ends")).collect()
    })
}

/// Other processes that hold every core.
struct Charge(Vec<Child>);

impl Charge {
    fn lance() -> Self {
        let coeurs = std::thread::available_parallelism().map_or(2, usize::from);
        let un = |_| Command::new("sh").args(["-c", "while :; do :; done"]).spawn().expect("a shell");
        Self((0..coeurs).map(un).collect())
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        for enfant in &mut self.0 {
            enfant.kill().expect("killed");
            enfant.wait().expect("gone");
        }
    }
}

fn centile(durees: &mut [Duration], pour_cent: usize) -> Duration {
    durees.sort_unstable();
    durees
        .get((durees.len() * pour_cent / 100).min(durees.len().saturating_sub(1)))
        .copied()
        .unwrap_or_default()
}

fn mediane(mut mesures: Vec<f64>) -> f64 {
    mesures.sort_by(f64::total_cmp);
    mesures.get(mesures.len() / 2).copied().unwrap_or(f64::NAN)
}

fn mesure(quoi: &str, ville: &Production, mut nu: Nu, tokio: &Runtime) {
    let serveur = ville.lance();
    let cookies = ville.familles_de_plus(CLIENTS);
    let mut clients: Vec<Client> = (1..)
        .zip(cookies)
        .map(|(rang, cookie)| Client { n: Navigateur::de(&serveur.adresse, &cookie), rang, faits: 0 })
        .collect();
    // neither is measured on empty tables
    deposes(&mut clients);
    tokio.block_on(nu.deposes(Maniere::Ensemble, u32::from(CLIENTS), DUREE));
    tokio.block_on(nu.analyse());
    let (mut rapports, mut servis, mut nus, mut durees) = (vec![], vec![], vec![], vec![]);
    let (mut un_par_un, mut rapports_un_par_un) = (vec![], vec![]);
    for _ in 0..TOURS {
        let nu_ = tokio.block_on(nu.deposes(Maniere::Ensemble, u32::from(CLIENTS), DUREE));
        let (servi, siennes) = deposes(&mut clients);
        let lent = tokio.block_on(nu.deposes(Maniere::UnParUn, u32::from(CLIENTS), DUREE));
        rapports.push(servi / nu_);
        rapports_un_par_un.push(servi / lent);
        servis.push(servi);
        nus.push(nu_);
        un_par_un.push(lent);
        durees.extend(siennes);
    }
    println!(
        "{:.2}  {quoi}, {CLIENTS} clients through HTTP: {:.0} submissions a second (p99 {:.0?}), bare loop {:.0}; {:.2} of {:.0}, a statement a row",
        mediane(rapports),
        mediane(servis),
        centile(&mut durees, 99),
        mediane(nus),
        mediane(rapports_un_par_un),
        mediane(un_par_un),
    );
    let mut seules = a_la_cadence(&mut clients);
    let mut chargees = {
        let _charge = Charge::lance();
        a_la_cadence(&mut clients)
    };
    println!(
        "      {quoi}, {CADENCE} acts a second: p50 {:.1?}, p99 {:.1?} alone; p50 {:.1?}, p99 {:.1?} while other processes hold every core",
        centile(&mut seules, 50),
        centile(&mut seules, 99),
        centile(&mut chargees, 50),
        centile(&mut chargees, 99),
    );
}

fn main() {
    assert!(std::env::var_os("GUICHET_BIN").is_some(), "GUICHET_BIN names a release build of the server");
    let debut = "2025-09-01T08:00:00Z";
    let tokio = Runtime::new().expect("a runtime");
    let dossier = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on the disk");
    println!("ratio  what (submissions a second / those of a bare group-commit loop of the same statements)");
    let nu = tokio.block_on(Nu::sqlite(&dossier.path().join("nu")));
    mesure("SQLite", &Production::sqlite(debut), nu, &tokio);
    match std::env::var("GUICHET_PG") {
        Ok(url) => {
            let Some(ville) = Production::postgres(debut) else { return };
            let (_, nu) = tokio.block_on(Nu::postgres(&url));
            mesure("PostgreSQL", &ville, nu, &tokio);
        }
        Err(_) => println!("PostgreSQL: not measured (GUICHET_PG)"),
    }
}
