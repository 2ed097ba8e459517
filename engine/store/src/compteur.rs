//! Numbers without a hole, places without an overbooking.

use sqlx::{Row, SqliteConnection};

use crate::erreur::Erreur;
use crate::sql::requetes;

requetes! {
    SUIVANT = "INSERT INTO compteur (commune_id, cle, dernier) VALUES ($1, $2, 1)
        ON CONFLICT (commune_id, cle) DO UPDATE SET dernier = compteur.dernier + 1 RETURNING dernier";
    PLACE = "INSERT INTO place (commune_id, cle, prises) VALUES ($1, $2, 0) ON CONFLICT (commune_id, cle) DO NOTHING";
    PRENDRE = "UPDATE place SET prises = prises + $3 WHERE commune_id = $1 AND cle = $2 AND prises + $3 <= $4";
    RENDRE = "UPDATE place SET prises = prises - $3 WHERE commune_id = $1 AND cle = $2 AND prises >= $3";
    PRISES = "SELECT prises FROM place WHERE commune_id = $1 AND cle = $2";
}

/// The next number, from 1. Rolled back with its transaction: no hole.
pub(crate) async fn suivant(cx: &mut SqliteConnection, commune: &str, cle: &str) -> Result<i64, Erreur> {
    Ok(sqlx::query(SUIVANT).bind(commune).bind(cle).fetch_one(cx).await?.try_get(0)?)
}

/// Takes `nombre` of `places`: false when they are not left.
pub(crate) async fn prend(
    cx: &mut SqliteConnection,
    commune: &str,
    cle: &str,
    nombre: u32,
    places: u32,
) -> Result<bool, Erreur> {
    sqlx::query(PLACE).bind(commune).bind(cle).execute(&mut *cx).await?;
    let fait = sqlx::query(PRENDRE)
        .bind(commune)
        .bind(cle)
        .bind(i64::from(nombre))
        .bind(i64::from(places))
        .execute(cx)
        .await?;
    Ok(fait.rows_affected() == 1)
}

/// Gives `nombre` places back.
pub(crate) async fn rend(
    cx: &mut SqliteConnection,
    commune: &str,
    cle: &str,
    nombre: u32,
) -> Result<(), Erreur> {
    let fait = sqlx::query(RENDRE).bind(commune).bind(cle).bind(i64::from(nombre)).execute(cx).await?;
    if fait.rows_affected() == 1 {
        Ok(())
    } else {
        Err(Erreur::Incoherence { table: "place", colonne: "prises" })
    }
}

/// How many are taken.
pub(crate) async fn prises(cx: &mut SqliteConnection, commune: &str, cle: &str) -> Result<i64, Erreur> {
    let rang = sqlx::query(PRISES).bind(commune).bind(cle).fetch_optional(cx).await?;
    rang.map_or(Ok(0), |r| Ok(r.try_get(0)?))
}
