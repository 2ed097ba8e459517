//! Instants as rows compare them.

use jiff::Timestamp;

use crate::erreur::{Erreur, illisible};

/// Microseconds since 1970.
pub(crate) fn en_micros(instant: Timestamp) -> i64 {
    instant.as_microsecond()
}

/// Back from a row.
pub(crate) fn de_micros(
    micros: i64,
    table: &'static str,
    colonne: &'static str,
) -> Result<Timestamp, Erreur> {
    Timestamp::from_microsecond(micros).map_err(illisible(table, colonne))
}
