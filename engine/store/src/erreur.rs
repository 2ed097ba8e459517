//! What can go wrong, for a caller that must choose: read and decide again, refuse, or answer 503.

use engine::decision::{Agregat, Garde};
use sqlx::sqlite::SqliteError;

/// Why nothing was written, or read.
#[derive(Debug, thiserror::Error)]
pub enum Erreur {
    /// Something moved since it was read: read again and decide again, a bounded number of times.
    #[error("a guard no longer holds: {0:?}")]
    Garde(Box<Garde>),
    /// The same idempotency key came with another request.
    #[error("the idempotency key was already used for another request")]
    CleReutilisee,
    /// The database is busy, or comes back: nothing was written; the same request may be sent again.
    #[error("the database did not answer in time")]
    Occupee,
    /// The disk has no room, or cannot be written any more: nothing was written; what is there can still be read.
    #[error("the database has no room to write")]
    Plein,
    /// The connection broke while the commit was under way: it is written or it is not. The same request, sent again with
    /// its idempotency key, says which.
    #[error("the outcome of the commit is unknown")]
    Incertain,
    /// The role that connects to PostgreSQL could read every town, or the schema is not this version's.
    #[error("{0}")]
    Role(String),
    /// The row does not say what the code expects.
    #[error("inconsistent row in `{table}`.`{colonne}`")]
    Incoherence {
        /// Which table.
        table: &'static str,
        /// Which column.
        colonne: &'static str,
    },
    /// The town's file cannot be opened by that name.
    #[error("the store is closed or its folder is not usable")]
    Ferme,
    /// The database refused.
    #[error("the database refused")]
    Base(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the schema could not be migrated")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A value could not be written as text.
    #[error("a value could not be serialised")]
    Json(#[from] serde_json::Error),
    /// The data folder is not usable.
    #[error("the data folder is not usable")]
    Dossier(#[from] std::io::Error),
}

/// What was decided on the version before this one finds another in the row.
pub(crate) fn depassee(agregat: Agregat, version: i64) -> Erreur {
    Erreur::Garde(Box::new(Garde::Version { agregat, attendue: version.saturating_sub(1) }))
}

/// A row whose text does not read back.
pub(crate) fn illisible<E>(table: &'static str, colonne: &'static str) -> impl FnOnce(E) -> Erreur {
    move |_| Erreur::Incoherence { table, colonne }
}

/// May it pass by itself: a lock, a deadlock, a connection lost, a server that restarts?
pub(crate) fn passagere(erreur: &sqlx::Error) -> bool {
    match erreur {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => true,
        // 40: serialisation, deadlock; 08: connection; 57P: shutdown, starting up; 53: too many; 55P03: lock timeout
        sqlx::Error::Database(e) => e.code().is_some_and(|code| {
            ["40001", "40P01", "55P03", "57P01", "57P02", "57P03", "53300"].contains(&&*code)
                || (code.len() == 5 && code.starts_with("08"))
        }),
        _ => false,
    }
}

/// Is there no room, or a disk that refuses every write?
fn sans_place(erreur: &sqlx::Error) -> bool {
    let sqlx::Error::Database(e) = erreur else { return false };
    let Some(code) = e.code() else { return false };
    match code.parse::<u32>() {
        // SQLite, the low byte: 13 full, 10 input/output, 8 read-only
        Ok(n) if code.len() < 5 => [13, 10, 8].contains(&(n & 0xff)),
        // PostgreSQL: 53100 disk full, 58030 input/output, 25006 read-only
        _ => ["53100", "58030", "25006"].contains(&&*code),
    }
}

impl Erreur {
    /// Will the same request, sent again a little later under the same key, be done or found done? A 503, not a 500.
    pub const fn est_attente(&self) -> bool {
        matches!(self, Self::Occupee | Self::Incertain)
    }

    /// Another program holds the file for longer than the writer waits (5 s): a backup, a repair.
    fn fichier_pris(&self) -> bool {
        // the low byte of SQLite's code: BUSY, LOCKED
        let prise = |code: &str| code.parse::<u32>().is_ok_and(|n| matches!(n & 0xff, 5 | 6));
        matches!(self, Self::Base(sqlx::Error::Database(e)) if e.try_downcast_ref::<SqliteError>().is_some() && e.code().is_some_and(|c| prise(&c)))
    }

    /// Is there no room to write, or a disk that refuses every write? Nothing was written, and it may be later.
    pub fn est_sans_place(&self) -> bool {
        match self {
            Self::Plein => true,
            Self::Base(erreur) => sans_place(erreur),
            _ => false,
        }
    }

    /// May it pass by itself?
    pub(crate) fn est_passagere(&self) -> bool {
        matches!(self, Self::Base(erreur) if passagere(erreur))
    }

    /// The same, for each of those whose writes shared a commit.
    pub(crate) fn a_chacun(&self) -> Self {
        match self {
            Self::Incertain => Self::Incertain,
            e if e.est_sans_place() => Self::Plein,
            e if e.est_passagere() || e.fichier_pris() => Self::Occupee,
            _ => Self::Ferme,
        }
    }
}
