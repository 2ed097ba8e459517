//! A family's first page, its documents and the login page, each read by 200 sessions at once, beside a bare axum page that makes
//! one SQL read in the same engine and answers as many bytes (target: p99 ≤ 3 ×); and what an entry costs beside its Argon2id.
//!
//! Every session asks again as soon as it is answered: a latency here holds the wait for the other 199. Served and bare alternate
//! (A B A B), from the same clients, on the same cores.
//!
//! `cargo build --release -p api && GUICHET_BIN=target/release/guichet cargo bench -p tests --bench espace`

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures time, answers on its standard output, or stops"
)]

use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Params, Version};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Html;
use axum::routing::get;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use tests::production::Production;
use tests::serveur::{Navigateur, Serveur};
use tokio::runtime::Runtime;

const SESSIONS: u16 = 200;
const TOURS: usize = 5;
/// Pages of a session in a round.
const PAGES: usize = 15;
const ENTREES: usize = 15;

/// The bare page: one read by key, and a body of that many bytes.
async fn nue(
    State(base): State<SqlitePool>,
    Path(octets): Path<usize>,
    entetes: HeaderMap,
) -> Result<Html<String>, String> {
    let jeton = entetes.get("cookie").and_then(|c| c.to_str().ok()).unwrap_or_default();
    let lu: Option<(String,)> = sqlx::query_as("SELECT auteur FROM session WHERE jeton = $1")
        .bind(jeton)
        .fetch_optional(&base)
        .await
        .map_err(|e| e.to_string())?;
    let auteur = lu.map_or(0, |(a,)| a.len());
    Ok(Html("x".repeat(octets.saturating_sub(auteur))))
}

/// Where the bare page answers.
fn lance_la_nue(tokio: &Runtime, dossier: &std::path::Path, cookies: &[String]) -> String {
    tokio.block_on(async {
        let options = SqliteConnectOptions::new()
            .filename(dossier.join("nue.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        // one a core: more of them wait for each other
        let base =
            SqlitePoolOptions::new().max_connections(2).connect_with(options).await.expect("a database");
        sqlx::query("CREATE TABLE session (jeton TEXT PRIMARY KEY, auteur TEXT NOT NULL)")
            .execute(&base)
            .await
            .expect("a table");
        for cookie in cookies {
            let jeton = cookie.split(';').next().expect("a cookie");
            sqlx::query("INSERT INTO session VALUES ($1, 'famille')")
                .bind(jeton)
                .execute(&base)
                .await
                .expect("a row");
        }
        let oreille = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let adresse = oreille.local_addr().expect("its address");
        let routes = Router::new().route("/ham/nue/{octets}", get(nue)).with_state(base);
        tokio.spawn(async move { axum::serve(oreille, routes).await });
        format!("http://{adresse}")
    })
}

/// How long each page took, all sessions at once.
fn pages(sessions: &[Navigateur], chemin: &str) -> Vec<Duration> {
    let une = |n: &Navigateur| {
        let debut = Instant::now();
        let page = n.lit(chemin).expect("an answer");
        assert_eq!((page.code, page.chemin.as_str()), (200, chemin));
        debut.elapsed()
    };
    std::thread::scope(|s| {
        let taches: Vec<_> = sessions
            .iter()
            .map(|n| s.spawn(move || (0..PAGES).map(|_| une(n)).collect::<Vec<_>>()))
            .collect();
        taches.into_iter().flat_map(|t| t.join().expect("a session ends")).collect()
    })
}

fn centile(mut durees: Vec<Duration>, pour_cent: usize) -> Duration {
    durees.sort_unstable();
    let rang = (durees.len() * pour_cent / 100).min(durees.len().saturating_sub(1));
    durees.get(rang).copied().unwrap_or_default()
}

fn mediane(mut mesures: Vec<f64>) -> f64 {
    mesures.sort_by(f64::total_cmp);
    mesures.get(mesures.len() / 2).copied().unwrap_or(f64::NAN)
}

fn mesure(quoi: &str, ville: &Production, tokio: &Runtime, dossier: &std::path::Path) {
    let serveur = ville.lance();
    let cookies = ville.familles_de_plus(SESSIONS);
    let nue = lance_la_nue(tokio, dossier, &cookies);
    let chez =
        |adresse: &str| -> Vec<Navigateur> { cookies.iter().map(|c| Navigateur::de(adresse, c)).collect() };
    let (servies, nues) = (chez(&serveur.adresse), chez(&nue));
    for (nom, chemin) in [("first page", "/ham/"), ("documents", "/ham/pieces"), ("household", "/ham/foyer")]
    {
        let page = servies.first().expect("a session").lit(chemin).expect("a page");
        assert!(page.texte.contains("Se déconnecter"), "{}", page.visible());
        let octets = page.texte.len();
        let (mut rapports, mut siennes, mut autres) = (vec![], vec![], vec![]);
        // neither is measured cold
        pages(&servies, chemin);
        pages(&nues, &format!("/ham/nue/{octets}"));
        for _ in 0..TOURS {
            let sa = centile(pages(&servies, chemin), 99);
            let son = centile(pages(&nues, &format!("/ham/nue/{octets}")), 99);
            rapports.push(sa.as_secs_f64() / son.as_secs_f64());
            siennes.push(sa.as_secs_f64() * 1e3);
            autres.push(son.as_secs_f64() * 1e3);
        }
        println!(
            "{:.2}  {quoi}, {nom}, {SESSIONS} sessions at once: p99 {:.0} ms, bare {:.0} ms ({octets} bytes)",
            mediane(rapports),
            mediane(siennes),
            mediane(autres),
        );
    }
}

/// An entry with a name that nobody has costs what a true one does (S06), in a demonstration, which counts nobody's tries.
fn entrees(dossier: &std::path::Path) {
    let serveur = Serveur::lance(&dossier.join("demonstration")).expect("a server");
    let params = Params::new(19 * 1024, 2, 1, None).expect("parameters");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let (mut toutes, mut seules) = (vec![], vec![]);
    for _ in 0..ENTREES {
        let n = serveur.navigateur();
        let debut = Instant::now();
        let page = n
            .poste("/ham/connexion", &[("identifiant", "personne"), ("_mot_de_passe", "velo-tomate-lune-42")])
            .expect("an answer");
        toutes.push(debut.elapsed().as_secs_f64() * 1e3);
        assert_eq!(page.code, 422, "{}", page.visible());
        let debut = Instant::now();
        let mut sortie = [0; 32];
        argon2.hash_password_into(b"velo-tomate-lune-42", b"seize octets sel", &mut sortie).expect("a hash");
        seules.push(debut.elapsed().as_secs_f64() * 1e3);
    }
    let (toute, seule) = (mediane(toutes), mediane(seules));
    println!("      an entry: {toute:.1} ms, of which Argon2id {seule:.1} ms: {:.1} ms apart", toute - seule);
}

fn main() {
    assert!(std::env::var_os("GUICHET_BIN").is_some(), "GUICHET_BIN names a release build of the server");
    let debut = "2025-09-01T08:00:00Z";
    let tokio = Runtime::new().expect("a runtime");
    let dossier = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on the disk");
    println!("ratio  what (p99 / that of a bare axum page with one SQL read)");
    mesure("SQLite", &Production::sqlite(debut), &tokio, dossier.path());
    entrees(dossier.path());
}
