//! A store that holds a million dossiers, one in fifty still open, and a million armed échéances: how long an agent's work list
//! takes with 16 users (target: 20 ms, p99), and how late an échéance is taken (target: 1 s, p99), on SQLite and on PostgreSQL.
//!
//! `cargo bench -p engine-store --bench masse`; `GUICHET_BANC_MASSE` for another number, `GUICHET_PG` for PostgreSQL. The rows are
//! written by one statement each, beside the store.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures time, answers on its standard output, or stops"
)]

#[allow(dead_code, reason = "shared with the bench of commits")]
mod nu;

use std::time::{Duration, Instant};

use engine::identifiant::CommuneSlug;
use engine_store::{Portee, Store};
use jiff::{SignedDuration, Timestamp};
use nu::famille;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, raw_sql};
use tokio::task::JoinSet;

const UTILISATEURS: usize = 16;
/// Work lists that each user opens.
const LISTES: usize = 300;
/// Échéances that fall during the measure, and the seconds over which they do.
const DUES: i64 = 2_000;
const PENDANT: i64 = 20;

fn masse() -> i64 {
    std::env::var("GUICHET_BANC_MASSE").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000)
}

/// The statements that write it all. `serie`: the rows `n` from 1 on; `texte`: `n` in 26 digits, which is an identifier.
fn ecrits(serie: &str, texte: &str) -> [String; 2] {
    let foyer = engine::identifiant::FoyerId::neuf([1; 16]);
    let (le, an) = (1_756_713_600_000_000_i64, 366_i64 * 24 * 3_600 * 1_000_000);
    [
        format!(
            "{serie} INSERT INTO dossier (commune_id, id, demarche, digest, numero, foyer_id, etape, phase, entree_le, version, etat, limite_le)
            SELECT 'essai', {texte}, 'demarche' || (n % 7), 'd1', '2025-' || n, '{foyer}',
                CASE WHEN n % 50 = 0 THEN 'etape' || (n / 50 % 4) ELSE 'finie' END,
                CASE WHEN n % 50 = 0 THEN 'en_instruction' ELSE 'acceptee' END, {le} + n * 1000, 3, '{{}}', {le} + n * 2000 FROM serie"
        ),
        format!(
            "{serie} INSERT INTO echeance (commune_id, dossier_id, appartient, du_le)
            SELECT 'essai', {texte}, '{{\"silence\":{{\"depot\":1}}}}', {le} + 10 * {an} + n * 1000 FROM serie"
        ),
    ]
}

/// The first ones fall soon, one after the other.
fn tombent(maintenant: Timestamp) -> String {
    let pas = PENDANT * 1_000_000 / DUES;
    let debut = maintenant.as_microsecond() + 2_000_000;
    format!(
        "UPDATE echeance SET du_le = {debut} + CAST(dossier_id AS BIGINT) * {pas}
        WHERE commune_id = 'essai' AND dossier_id <= '{DUES:026}'"
    )
}

fn centile(durees: &mut [Duration], pour_mille: usize) -> Duration {
    durees.sort_unstable();
    let rang = (durees.len() * pour_mille / 1000).min(durees.len().saturating_sub(1));
    durees.get(rang).copied().unwrap_or_default()
}

async fn listes(store: &Store, portee: &Portee) -> Vec<Duration> {
    let mut taches = JoinSet::new();
    for rang in 0..UTILISATEURS {
        let (store, portee) = (store.clone(), portee.clone());
        taches.spawn(async move {
            let mut durees = Vec::with_capacity(LISTES);
            for n in 0..LISTES {
                let debut = Instant::now();
                let comptes = store.travail(&portee).await.expect("counts");
                assert!(!comptes.is_empty());
                let (demarche, etape) = (format!("demarche{}", (rang + n) % 7), format!("etape{}", n % 4));
                let page = store.ouverts(&portee, (&demarche, &etape), None, 50).await.expect("a page");
                assert!(!page.is_empty());
                durees.push(debut.elapsed());
            }
            durees
        });
    }
    let mut toutes = Vec::new();
    while let Some(siennes) = taches.join_next().await {
        toutes.extend(siennes.expect("a user ends"));
    }
    toutes
}

/// As the worker does: what is due is taken, then closed. How late each was taken.
async fn retards(store: &Store, portee: &Portee) -> Vec<Duration> {
    let mut retards = Vec::new();
    let fin = Instant::now() + Duration::from_secs(60);
    while retards.len() < usize::try_from(DUES).unwrap_or(0) && Instant::now() < fin {
        let maintenant = Timestamp::now();
        if store.travail_du(maintenant).await.expect("hints").is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        }
        let jusqu_a = maintenant + SignedDuration::from_secs(60);
        let prises = store.prend_echeances(portee.commune(), maintenant, jusqu_a, 50).await.expect("taken");
        for prise in prises {
            let retard = Timestamp::now().duration_since(prise.echeance.le);
            retards.push(Duration::try_from(retard).unwrap_or_default());
            let (dossier, appartient) = (prise.echeance.dossier, prise.echeance.appartient);
            store.ferme_echeance(&prise.portee, dossier, appartient).await.expect("closed");
        }
    }
    retards
}

async fn mesure_les_listes(quoi: &str, store: &Store, portee: &Portee, ecrit: Duration) {
    let mut lues = listes(store, portee).await;
    println!(
        "{quoi}: {} dossiers (written in {ecrit:.0?}), work list at {UTILISATEURS} users: p50 {:.1?}, p99 {:.1?}",
        masse(),
        centile(&mut lues, 500),
        centile(&mut lues, 990)
    );
}

async fn mesure_les_retards(quoi: &str, store: &Store, portee: &Portee) {
    store.reprend(portee.commune()).await.expect("said again");
    let mut tard = retards(store, portee).await;
    println!(
        "{quoi}: {} échéances armed, {} fell: late by p50 {:.0?}, p99 {:.0?}, at most {:.0?}",
        masse(),
        tard.len(),
        centile(&mut tard, 500),
        centile(&mut tard, 990),
        centile(&mut tard, 1000)
    );
}

fn portee(store: &Store) -> Portee {
    store.portee_de_commande(&CommuneSlug::lit("essai").expect("a slug"), "bench")
}

async fn sqlite(dossier: &std::path::Path) {
    let store = Store::sqlite(dossier).await.expect("a data folder");
    let portee = portee(&store);
    store.commet(&portee, famille(), None).await.expect("a family");
    let debut = Instant::now();
    let options = SqliteConnectOptions::new().filename(dossier.join("essai.db"));
    let mut cx = options.connect().await.expect("a file");
    let texte = "printf('%026d', n)";
    let serie = format!(
        "WITH RECURSIVE serie(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM serie WHERE n < {})",
        masse()
    );
    for sql in ecrits(&serie, texte) {
        raw_sql(AssertSqlSafe(sql)).execute(&mut cx).await.expect("written");
    }
    let ecrit = debut.elapsed();
    mesure_les_listes("SQLite", &store, &portee, ecrit).await;
    let tombe = tombent(Timestamp::now());
    raw_sql(AssertSqlSafe(tombe)).execute(&mut cx).await.expect("armed");
    mesure_les_retards("SQLite", &store, &portee).await;
}

async fn postgres(administrateur: &str) {
    let (application, proprietaire) = nu::base(administrateur).await;
    let store = Store::postgres(&application).await.expect("a database");
    let portee = portee(&store);
    store.commet(&portee, famille(), None).await.expect("a family");
    let debut = Instant::now();
    let options = proprietaire.parse::<PgConnectOptions>().expect("a URL");
    let mut cx = options.connect().await.expect("the owner");
    let texte = "lpad(CAST(n AS TEXT), 26, '0')";
    let serie = format!("WITH serie AS (SELECT generate_series(1, {}) AS n)", masse());
    raw_sql("SET guichet.commune = 'essai'").execute(&mut cx).await.expect("a town");
    for sql in ecrits(&serie, texte) {
        raw_sql(AssertSqlSafe(sql)).execute(&mut cx).await.expect("written");
    }
    raw_sql("ANALYZE").execute(&mut cx).await.expect("statistics");
    let ecrit = debut.elapsed();
    mesure_les_listes("PostgreSQL", &store, &portee, ecrit).await;
    let tombe = tombent(Timestamp::now());
    raw_sql(AssertSqlSafe(tombe)).execute(&mut cx).await.expect("armed");
    mesure_les_retards("PostgreSQL", &store, &portee).await;
}

#[tokio::main]
async fn main() {
    let dossier = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on the disk");
    sqlite(dossier.path()).await;
    match std::env::var("GUICHET_PG") {
        Ok(url) => postgres(&url).await,
        Err(_) => println!("PostgreSQL: not measured (GUICHET_PG)"),
    }
}
