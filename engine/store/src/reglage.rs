//! Settings of a town's store: the demonstration's clock.

use sqlx::{Row, SqliteConnection};

use crate::erreur::Erreur;
use crate::sql::requetes;

requetes! {
    LIRE = "SELECT valeur FROM reglage WHERE commune_id = $1 AND cle = $2";
    ECRIRE = "INSERT INTO reglage (commune_id, cle, valeur) VALUES ($1, $2, $3)
        ON CONFLICT (commune_id, cle) DO UPDATE SET valeur = excluded.valeur";
}

pub(crate) async fn lit(
    cx: &mut SqliteConnection,
    commune: &str,
    cle: &str,
) -> Result<Option<String>, Erreur> {
    let rang = sqlx::query(LIRE).bind(commune).bind(cle).fetch_optional(cx).await?;
    rang.map(|r| Ok(r.try_get(0)?)).transpose()
}

pub(crate) async fn ecrit(
    cx: &mut SqliteConnection,
    commune: &str,
    cle: &str,
    valeur: &str,
) -> Result<(), Erreur> {
    sqlx::query(ECRIRE).bind(commune).bind(cle).bind(valeur).execute(cx).await?;
    Ok(())
}
