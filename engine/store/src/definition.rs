//! The source of every definition in use, by digest.

use jiff::Timestamp;
use sqlx::{Row, SqliteConnection};

use crate::erreur::Erreur;
use crate::instant::en_micros;
use crate::sql::requetes;

requetes! {
    LIRE = "SELECT source FROM definition WHERE commune_id = $1 AND digest = $2";
    ECRIRE = "INSERT INTO definition (commune_id, digest, source, vue_le) VALUES ($1, $2, $3, $4)
        ON CONFLICT (commune_id, digest) DO NOTHING";
}

pub(crate) async fn lit(
    cx: &mut SqliteConnection,
    commune: &str,
    digest: &str,
) -> Result<Option<String>, Erreur> {
    let rang = sqlx::query(LIRE).bind(commune).bind(digest).fetch_optional(cx).await?;
    rang.map(|r| Ok(r.try_get(0)?)).transpose()
}

pub(crate) async fn garde(
    cx: &mut SqliteConnection,
    commune: &str,
    digest: &str,
    source: &str,
    le: Timestamp,
) -> Result<(), Erreur> {
    sqlx::query(ECRIRE).bind(commune).bind(digest).bind(source).bind(en_micros(le)).execute(cx).await?;
    Ok(())
}
