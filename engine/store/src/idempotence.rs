//! Idempotency keys: the same request gives its effect once, and the same answer.

use jiff::Timestamp;
use sqlx::{Row, SqliteConnection};

use crate::erreur::Erreur;
use crate::instant::en_micros;
use crate::sql::requetes;

requetes! {
    LIRE = "SELECT corps, reponse FROM cle_idempotence WHERE commune_id = $1 AND cle = $2";
    ECRIRE = "INSERT INTO cle_idempotence (commune_id, cle, corps, reponse, le) VALUES ($1, $2, $3, $4, $5)";
}

/// The key of a request, made by who sends it (a form's token, an `Idempotency-Key`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleIdempotence {
    /// The key, with who used it in front: two families' keys never meet.
    pub cle: String,
    /// SHA-256 of the request.
    pub corps: [u8; 32],
    /// What to answer, now and each time it comes again.
    pub reponse: String,
}

/// The answer already given to this very request. Another request under the same key is an error.
pub(crate) async fn deja(
    cx: &mut SqliteConnection,
    commune: &str,
    cle: &str,
    corps: &[u8; 32],
) -> Result<Option<String>, Erreur> {
    let Some(rang) = sqlx::query(LIRE).bind(commune).bind(cle).fetch_optional(cx).await? else {
        return Ok(None);
    };
    let lu: Vec<u8> = rang.try_get(0)?;
    if lu == corps { Ok(Some(rang.try_get(1)?)) } else { Err(Erreur::CleReutilisee) }
}

pub(crate) async fn garde(
    cx: &mut SqliteConnection,
    commune: &str,
    cle: &CleIdempotence,
    le: Timestamp,
) -> Result<(), Erreur> {
    sqlx::query(ECRIRE)
        .bind(commune)
        .bind(&cle.cle)
        .bind(cle.corps.as_slice())
        .bind(&cle.reponse)
        .bind(en_micros(le))
        .execute(cx)
        .await?;
    Ok(())
}
