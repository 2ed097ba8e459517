//! What can go wrong, for a caller that must choose: read and decide again, refuse, or answer 503.

use engine::decision::Garde;

/// Why nothing was written, or read.
#[derive(Debug, thiserror::Error)]
pub enum Erreur {
    /// Something moved since it was read: read again and decide again, a bounded number of times.
    #[error("a guard no longer holds: {0:?}")]
    Garde(Box<Garde>),
    /// The same idempotency key came with another request.
    #[error("the idempotency key was already used for another request")]
    CleReutilisee,
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

/// A row whose text does not read back.
pub(crate) fn illisible<E>(table: &'static str, colonne: &'static str) -> impl FnOnce(E) -> Erreur {
    move |_| Erreur::Incoherence { table, colonne }
}
