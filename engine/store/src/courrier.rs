//! The local mailbox: letters as they were sent.

use engine::decision::CleEffet;
use engine::identifiant::{CourrierId, FoyerId};
use jiff::Timestamp;

use crate::cx::{Cx, Rang};
use crate::erreur::{Erreur, illisible};
use crate::instant::{de_micros, en_micros};
use crate::portee::Portee;
use crate::sql::{requete, requetes};
use crate::store::Store;

requetes! {
    ECRIRE = "INSERT INTO courrier (commune_id, id, effet, foyer_id, a, objet, corps, le)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (commune_id, effet, a) DO NOTHING";
    LISTER = "SELECT id, foyer_id, a, objet, corps, le FROM courrier WHERE commune_id = $1 AND ($2 IS NULL OR foyer_id = $2)
        ORDER BY le DESC, id LIMIT $3";
}

/// A letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Courrier {
    /// Which.
    pub id: CourrierId,
    /// The household that it is for; `None` = agents.
    pub foyer: Option<FoyerId>,
    /// Address.
    pub a: String,
    /// Subject.
    pub objet: String,
    /// Text.
    pub corps: String,
    /// When it was sent.
    pub le: Timestamp,
}

impl Store {
    /// Letters of this scope, the newest first.
    pub async fn courriers(&self, portee: &Portee, nombre: u32) -> Result<Vec<Courrier>, Erreur> {
        liste(&mut self.lecture(portee).await?, portee, nombre).await
    }
}

pub(crate) async fn ecrit(
    cx: &mut Cx,
    commune: &str,
    effet: &CleEffet,
    courrier: &Courrier,
) -> Result<(), Erreur> {
    requete(ECRIRE)
        .bind(commune)
        .bind(courrier.id.as_str())
        .bind(serde_json::to_string(effet)?)
        .bind(courrier.foyer.as_ref().map(FoyerId::as_str))
        .bind(&courrier.a)
        .bind(&courrier.objet)
        .bind(&courrier.corps)
        .bind(en_micros(courrier.le))
        .execute(cx)
        .await?;
    Ok(())
}

/// The newest first.
pub(crate) async fn liste(cx: &mut Cx, portee: &Portee, nombre: u32) -> Result<Vec<Courrier>, Erreur> {
    let rangs = requete(LISTER)
        .bind(portee.commune().as_str())
        .bind(portee.filtre())
        .bind(i64::from(nombre))
        .fetch_all(cx)
        .await?;
    rangs.iter().map(lit).collect()
}

fn lit(rang: &Rang) -> Result<Courrier, Erreur> {
    let foyer: Option<String> = rang.try_get(1)?;
    Ok(Courrier {
        id: CourrierId::lit(&rang.try_get::<String>(0)?).map_err(illisible("courrier", "id"))?,
        foyer: foyer.map(|f| FoyerId::lit(&f)).transpose().map_err(illisible("courrier", "foyer_id"))?,
        a: rang.try_get(2)?,
        objet: rang.try_get(3)?,
        corps: rang.try_get(4)?,
        le: de_micros(rang.try_get(5)?, "courrier", "le")?,
    })
}
