//! One PostgreSQL database for every commune: row security is forced on each table, and each transaction says its commune.
//!
//! Two roles, made once by whoever runs the database (`guichet migrate` says so when they are missing):
//!
//! ```sql
//! CREATE ROLE guichet_application NOLOGIN;                                  -- what tables are granted to
//! CREATE ROLE guichet_proprietaire LOGIN PASSWORD '…';                      -- owns the tables, runs migrations
//! CREATE ROLE guichet LOGIN PASSWORD '…' IN ROLE guichet_application;       -- what `guichet serve` connects as
//! CREATE DATABASE guichet OWNER guichet_proprietaire;
//! ```
//!
//! The application's role owns nothing and cannot bypass row security: [`ouvre`] refuses one that could.

mod schema;

use std::time::Duration;

use engine::identifiant::CommuneSlug;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, PgPool, Postgres, SqlSafeStr, Transaction};

use crate::cx::Cx;
use crate::erreur::{Erreur, passagere};

#[cfg(test)]
pub(crate) use schema::MIGRATIONS;
pub(crate) use schema::migre;

/// Connections of one process: readers share them with the communes' writers, each of which takes one for a batch.
const CONNEXIONS: u32 = 16;
/// How often a connection that broke is tried again before the caller hears of it.
const ESSAIS: u32 = 4;
/// A connection idle for longer is asked whether it still lives before it is used.
const OISIVE: Duration = Duration::from_secs(10);

fn options(url: &str) -> Result<PgConnectOptions, Erreur> {
    let options: PgConnectOptions = url.parse()?;
    // a process that hangs, or a machine that left the network, gives its locks back
    Ok(options.application_name("guichet").options([
        ("lock_timeout", "5s"),
        ("statement_timeout", "30s"),
        ("idle_in_transaction_session_timeout", "15s"),
        ("tcp_keepalives_idle", "10"),
        ("tcp_keepalives_interval", "5"),
        ("tcp_keepalives_count", "3"),
    ]))
}

/// Connects as the application, and refuses what would not hold a town apart from another.
pub(crate) async fn ouvre(url: &str) -> Result<PgPool, Erreur> {
    let base = PgPoolOptions::new()
        .max_connections(CONNEXIONS)
        .acquire_timeout(Duration::from_secs(10))
        .test_before_acquire(false)
        .before_acquire(|cx, meta| {
            Box::pin(async move {
                // one that does not answer is dropped, and another is opened
                Ok(meta.idle_for < OISIVE || cx.ping().await.is_ok())
            })
        })
        .connect_with(options(url)?)
        .await?;
    schema::verifie(&base).await?;
    Ok(base)
}

/// Opens a transaction by these words; a connection that broke meanwhile is replaced.
async fn commence(base: &PgPool, sql: String) -> Result<Transaction<'static, Postgres>, Erreur> {
    let mut essai = 0;
    loop {
        match base.begin_with(AssertSqlSafe(sql.clone()).into_sql_str()).await {
            Ok(transaction) => return Ok(transaction),
            Err(erreur) if essai < ESSAIS && passagere(&erreur) => {
                essai += 1;
                tokio::time::sleep(Duration::from_millis(5 << (2 * essai))).await;
            }
            Err(erreur) => return Err(erreur.into()),
        }
    }
}

/// A commune's name is `[a-z0-9_-]` ([`CommuneSlug`] has no other): it needs no quoting, and one message says all.
pub(crate) async fn lecture(base: &PgPool, commune: &CommuneSlug) -> Result<Cx, Erreur> {
    commence(base, format!("BEGIN READ ONLY; SET LOCAL guichet.commune = '{commune}'")).await.map(Cx::pg)
}

/// Reads what is across towns; every other table is empty there.
pub(crate) async fn lecture_sans_commune(base: &PgPool) -> Result<Cx, Erreur> {
    commence(base, "BEGIN READ ONLY".to_owned()).await.map(Cx::pg)
}

/// A transaction that writes, alone in this commune until it ends, whatever the number of processes: the journal's chain and
/// the numbers without a hole need an order, and a guard read here still holds when it is written.
pub(crate) async fn ecriture(base: &PgPool, commune: &CommuneSlug) -> Result<Cx, Erreur> {
    let sql = format!(
        "BEGIN; SET LOCAL guichet.commune = '{commune}'; \
         SELECT pg_advisory_xact_lock(hashtextextended('guichet.commune.{commune}', 0))"
    );
    commence(base, sql).await.map(Cx::pg)
}
