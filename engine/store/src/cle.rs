//! Machines' keys: hashed at rest, of one town, with roles and an end.

use engine::decision::{Auteur, CleMachine};
use engine::identifiant::{AgentId, CleId, CommuneSlug};
use jiff::Timestamp;

use crate::cx::{Cx, Rang};
use crate::erreur::{Erreur, illisible};
use crate::instant::{de_micros, en_micros};
use crate::portee::Portee;
use crate::session::Jeton;
use crate::sql::{requete, requetes};
use crate::store::Store;

requetes! {
    CREER = "INSERT INTO cle_machine (commune_id, id, nom, empreinte, agent_id, roles, cree_le, expire_le)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    REVOQUER = "UPDATE cle_machine SET revoquee_le = $3 WHERE commune_id = $1 AND id = $2 AND revoquee_le IS NULL";
    LIRE = "SELECT agent_id, roles FROM cle_machine
        WHERE commune_id = $1 AND empreinte = $2 AND expire_le > $3 AND revoquee_le IS NULL";
    LISTER = "SELECT id, nom, roles, cree_le, expire_le, revoquee_le FROM cle_machine WHERE commune_id = $1 ORDER BY cree_le, id";
}

/// A key in the list: everything but itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleLue {
    /// Which.
    pub id: CleId,
    /// What uses it.
    pub nom: String,
    /// The contacts (roles) that it works for.
    pub roles: Vec<String>,
    /// Since when.
    pub cree_le: Timestamp,
    /// Until when.
    pub expire_le: Timestamp,
    /// When it was taken back.
    pub revoquee_le: Option<Timestamp>,
}

impl Store {
    /// What a live key of that commune may read and write.
    pub async fn portee_de_cle(
        &self,
        commune: &CommuneSlug,
        jeton: &Jeton,
        maintenant: Timestamp,
    ) -> Result<Option<Portee>, Erreur> {
        portee(&mut self.lecture_de(commune).await?, commune, jeton, maintenant).await
    }

    /// The town's keys, oldest first, ended ones too.
    pub async fn cles(&self, portee: &Portee) -> Result<Vec<CleLue>, Erreur> {
        liste(&mut self.lecture(portee).await?, portee.commune().as_str()).await
    }
}

pub(crate) async fn cree(cx: &mut Cx, commune: &str, cle: &CleMachine) -> Result<(), Erreur> {
    requete(CREER)
        .bind(commune)
        .bind(cle.id.as_str())
        .bind(&cle.nom)
        .bind(cle.empreinte.as_slice())
        .bind(cle.agent.as_str())
        .bind(serde_json::to_string(&cle.roles)?)
        .bind(en_micros(cle.cree_le))
        .bind(en_micros(cle.expire_le))
        .execute(cx)
        .await?;
    Ok(())
}

pub(crate) async fn revoque(cx: &mut Cx, commune: &str, cle: &CleId, le: Timestamp) -> Result<(), Erreur> {
    requete(REVOQUER).bind(commune).bind(cle.as_str()).bind(en_micros(le)).execute(cx).await?;
    Ok(())
}

/// The scope of a live key.
pub(crate) async fn portee(
    cx: &mut Cx,
    commune: &CommuneSlug,
    jeton: &Jeton,
    maintenant: Timestamp,
) -> Result<Option<Portee>, Erreur> {
    let rang = requete(LIRE)
        .bind(commune.as_str())
        .bind(jeton.empreinte().as_slice())
        .bind(en_micros(maintenant))
        .fetch_optional(cx)
        .await?;
    let Some(rang) = rang else { return Ok(None) };
    let agent = AgentId::lit(&rang.try_get::<String>(0)?).map_err(illisible("cle_machine", "agent_id"))?;
    let roles = roles(&rang, 1)?;
    Ok(Some(Portee::nouvelle(commune.clone(), Auteur::Agent { agent, roles })))
}

fn roles(rang: &Rang, colonne: usize) -> Result<Vec<String>, Erreur> {
    serde_json::from_str(&rang.try_get::<String>(colonne)?).map_err(illisible("cle_machine", "roles"))
}

pub(crate) async fn liste(cx: &mut Cx, commune: &str) -> Result<Vec<CleLue>, Erreur> {
    let rangs = requete(LISTER).bind(commune).fetch_all(cx).await?;
    let lit = |rang: &Rang| {
        let instant = |n, colonne| de_micros(rang.try_get(n)?, "cle_machine", colonne);
        let revoquee: Option<i64> = rang.try_get(5)?;
        Ok(CleLue {
            id: CleId::lit(&rang.try_get::<String>(0)?).map_err(illisible("cle_machine", "id"))?,
            nom: rang.try_get(1)?,
            roles: roles(rang, 2)?,
            cree_le: instant(3, "cree_le")?,
            expire_le: instant(4, "expire_le")?,
            revoquee_le: revoquee.map(|m| de_micros(m, "cle_machine", "revoquee_le")).transpose()?,
        })
    };
    rangs.iter().map(lit).collect()
}
