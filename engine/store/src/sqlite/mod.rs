//! One SQLite file a commune: WAL, synchronous FULL, one writer, readers that never wait.

mod ecrivain;

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use engine::identifiant::CommuneSlug;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, SqlSafeStr, SqlitePool};
use tokio::sync::{mpsc, oneshot};

use crate::erreur::Erreur;
use crate::ordre::{Ordre, Recu};

/// Writes that may wait for the writer; beyond it, those who ask wait to ask.
const FILE: usize = 1024;

const MIGRATIONS: [(i64, &str, &str); 5] = [
    (1, "socle", include_str!("../../migrations/sqlite/0001_socle.sql")),
    (2, "prochain", include_str!("../../migrations/sqlite/0002_prochain.sql")),
    (3, "travail", include_str!("../../migrations/sqlite/0003_travail.sql")),
    (4, "publication", include_str!("../../migrations/sqlite/0004_publication.sql")),
    (5, "cles", include_str!("../../migrations/sqlite/0005_cles.sql")),
];
const A_FAIRE: &str = include_str!("../../migrations/sqlite/a_faire.sql");

/// A commune's file.
#[derive(Clone, Debug)]
pub(crate) struct Base {
    pub(crate) lecture: SqlitePool,
    ordres: mpsc::Sender<(Ordre, oneshot::Sender<Result<Recu, Erreur>>)>,
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

fn migrations() -> Migrator {
    let une = |(n, nom, sql): (i64, &'static str, &'static str)| {
        Migration::new(n, Cow::Borrowed(nom), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(MIGRATIONS.into_iter().map(une).collect())
}

impl Base {
    /// Opens, or makes, the file; brings its schema up to date; starts its writer.
    pub(crate) async fn ouvre(fichier: &Path, commune: CommuneSlug) -> Result<Self, Erreur> {
        let mut ecriture = options(fichier).connect().await?;
        // `run` asks for an `Acquire` that no future that moves between threads can give
        migrations().run_direct(None, &mut ecriture, false).await?;
        let lecture = SqlitePoolOptions::new()
            .min_connections(0)
            .max_connections(4)
            .connect_with(options(fichier).read_only(true).create_if_missing(false))
            .await?;
        let (ordres, file) = mpsc::channel(FILE);
        tokio::spawn(ecrivain::ecrit(ecriture, commune, file));
        Ok(Self { lecture, ordres })
    }

    /// Asks the writer; the answer comes after the commit.
    pub(crate) async fn demande(&self, ordre: Ordre) -> Result<Recu, Erreur> {
        let (reponse, attente) = oneshot::channel();
        self.ordres.send((ordre, reponse)).await.map_err(|_| Erreur::Ferme)?;
        attente.await.map_err(|_| Erreur::Ferme)?
    }
}

/// The tiny file across towns.
pub(crate) async fn ouvre_a_faire(fichier: &Path) -> Result<SqlitePool, Erreur> {
    // a hint that is rebuilt: it may lose its last writes
    let options = options(fichier).synchronous(SqliteSynchronous::Normal);
    let base = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    sqlx::raw_sql(AssertSqlSafe(A_FAIRE)).execute(&base).await?;
    Ok(base)
}
