//! One SQLite file a commune: WAL, synchronous FULL, one writer, readers that never wait.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, SqlitePool};

use crate::erreur::Erreur;
use crate::migration::{Une, migrateur};

pub(crate) const MIGRATIONS: [Une; 13] = [
    (1, "socle", include_str!("../../migrations/sqlite/0001_socle.sql")),
    (2, "prochain", include_str!("../../migrations/sqlite/0002_prochain.sql")),
    (3, "travail", include_str!("../../migrations/sqlite/0003_travail.sql")),
    (4, "publication", include_str!("../../migrations/sqlite/0004_publication.sql")),
    (5, "cles", include_str!("../../migrations/sqlite/0005_cles.sql")),
    (6, "suivi", include_str!("../../migrations/sqlite/0006_suivi.sql")),
    (7, "comptes", include_str!("../../migrations/sqlite/0007_comptes.sql")),
    (8, "acces", include_str!("../../migrations/sqlite/0008_acces.sql")),
    (9, "cle_enfance", include_str!("../../migrations/sqlite/0009_cle_enfance.sql")),
    (10, "index", include_str!("../../migrations/sqlite/0010_index.sql")),
    (11, "reprise", include_str!("../../migrations/sqlite/0011_reprise.sql")),
    (12, "a_lire", include_str!("../../migrations/sqlite/0012_a_lire.sql")),
    (13, "rapprochement", include_str!("../../migrations/sqlite/0013_rapprochement.sql")),
];
const A_FAIRE: &str = include_str!("../../migrations/sqlite/a_faire.sql");

/// A commune's file.
#[derive(Debug)]
pub(crate) struct Fichier {
    /// Several connections.
    pub(crate) lecture: SqlitePool,
    /// One.
    pub(crate) ecriture: SqlitePool,
}

fn options(fichier: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(fichier)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
}

/// Opens, or makes, the file and brings its schema up to date.
pub(crate) async fn ouvre(fichier: &Path) -> Result<Fichier, Erreur> {
    let ecriture = une_connexion().connect_with(options(fichier)).await?;
    // `run` asks for an `Acquire` that no future that moves between threads can give
    migrateur(&MIGRATIONS).run_direct(None, &mut *ecriture.acquire().await?, false).await?;
    let lecture = SqlitePoolOptions::new()
        .min_connections(0)
        .max_connections(4)
        .test_before_acquire(false)
        .connect_with(options(fichier).read_only(true).create_if_missing(false))
        .await?;
    Ok(Fichier { lecture, ecriture })
}

/// Kept open for ever: a file has one writer.
fn une_connexion() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(1)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

/// The tiny file across towns.
pub(crate) async fn ouvre_a_faire(fichier: &Path) -> Result<SqlitePool, Erreur> {
    // a hint that is rebuilt: it may lose its last writes
    let options = options(fichier).synchronous(SqliteSynchronous::Normal);
    let base = une_connexion().connect_with(options).await?;
    sqlx::raw_sql(AssertSqlSafe(A_FAIRE)).execute(&base).await?;
    Ok(base)
}
