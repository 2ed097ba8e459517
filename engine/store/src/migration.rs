//! Migrations are texts in the binary, numbered alike on both engines.

use std::borrow::Cow;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// (number, name, statements)
pub(crate) type Une = (i64, &'static str, &'static str);

/// Runs them in order; each once.
pub(crate) fn migrateur(migrations: &[Une]) -> Migrator {
    let une = |(n, nom, sql): &Une| {
        Migration::new(*n, Cow::Borrowed(*nom), MigrationType::Simple, (*sql).into_sql_str(), false)
    };
    Migrator::with_migrations(migrations.iter().map(une).collect())
}
