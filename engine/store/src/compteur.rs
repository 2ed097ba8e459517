//! Numbers without a hole, places without an overbooking.

use std::collections::BTreeMap;

use crate::cx::Cx;
use crate::erreur::Erreur;
use crate::portee::Portee;
use crate::sql::{requete, requetes};
use crate::store::Store;

requetes! {
    DERNIER = "SELECT dernier FROM compteur WHERE commune_id = $1 AND cle = $2";
    POSER = "INSERT INTO compteur (commune_id, cle, dernier) VALUES ($1, $2, $3)
        ON CONFLICT (commune_id, cle) DO UPDATE SET dernier = excluded.dernier";
    PRENDRE = "INSERT INTO place (commune_id, cle, prises) SELECT $1, $2, CAST($3 AS BIGINT) WHERE CAST($3 AS BIGINT) <= $4
        ON CONFLICT (commune_id, cle) DO UPDATE SET prises = place.prises + $3 WHERE place.prises + $3 <= $4";
    RENDRE = "UPDATE place SET prises = prises - $3 WHERE commune_id = $1 AND cle = $2 AND prises >= $3";
    // a key is a name and what follows it: '0' is the character after '/'
    SOUS = "SELECT cle, prises FROM place WHERE commune_id = $1 AND cle > $2 AND cle < $3 ORDER BY cle";
    PRISES = "SELECT prises FROM place WHERE commune_id = $1 AND cle = $2";
}

impl Store {
    /// How many places are taken under a key.
    pub async fn places_prises(&self, portee: &Portee, cle: &str) -> Result<i64, Erreur> {
        prises(&mut self.lecture(portee).await?, portee.commune().as_str(), cle).await
    }

    /// The counters of places named `prefixe/…`, with how many are taken.
    pub async fn places_prises_sous(
        &self,
        portee: &Portee,
        prefixe: &str,
    ) -> Result<BTreeMap<String, i64>, Erreur> {
        let rangs = requete(SOUS)
            .bind(portee.commune().as_str())
            .bind(format!("{prefixe}/"))
            .bind(format!("{prefixe}0"))
            .fetch_all(&mut self.lecture(portee).await?)
            .await?;
        rangs.iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).collect()
    }
}

/// The next number, from 1. Whoever writes is alone in the commune: the last one is read once a transaction and written at its
/// end. Rolled back with it: no hole.
pub(crate) async fn suivant(cx: &mut Cx, commune: &str, cle: &str) -> Result<i64, Erreur> {
    let dernier = match cx.differes.compteurs.get(cle) {
        Some(dernier) => *dernier,
        None => {
            let rang = requete(DERNIER).bind(commune).bind(cle).fetch_optional(cx).await?;
            rang.map_or(Ok(0), |r| r.try_get(0))?
        }
    };
    let suivant = dernier.saturating_add(1);
    cx.a_ecrit = true;
    cx.differes.compteurs.insert(cle.to_owned(), suivant);
    Ok(suivant)
}

/// Writes the last number given.
pub(crate) async fn pose(cx: &mut Cx, commune: &str, cle: &str, dernier: i64) -> Result<(), Erreur> {
    requete(POSER).bind(commune).bind(cle).bind(dernier).execute(cx).await?;
    Ok(())
}

/// Takes `nombre` of `places`: false when they are not left.
pub(crate) async fn prend(
    cx: &mut Cx,
    commune: &str,
    cle: &str,
    nombre: u32,
    places: u32,
) -> Result<bool, Erreur> {
    let fait = requete(PRENDRE)
        .bind(commune)
        .bind(cle)
        .bind(i64::from(nombre))
        .bind(i64::from(places))
        .execute(cx)
        .await?;
    Ok(fait == 1)
}

/// Gives `nombre` places back.
pub(crate) async fn rend(cx: &mut Cx, commune: &str, cle: &str, nombre: u32) -> Result<(), Erreur> {
    let fait = requete(RENDRE).bind(commune).bind(cle).bind(i64::from(nombre)).execute(cx).await?;
    if fait == 1 { Ok(()) } else { Err(Erreur::Incoherence { table: "place", colonne: "prises" }) }
}

/// How many are taken.
pub(crate) async fn prises(cx: &mut Cx, commune: &str, cle: &str) -> Result<i64, Erreur> {
    let rang = requete(PRISES).bind(commune).bind(cle).fetch_optional(cx).await?;
    rang.map_or(Ok(0), |r| r.try_get(0))
}
