//! Secret links to one dossier of a public démarche: their token is hashed at rest.

use engine::identifiant::{CommuneSlug, DossierId};
use jiff::Timestamp;

use crate::cx::Cx;
use crate::erreur::{Erreur, illisible};
use crate::instant::{de_micros, en_micros};
use crate::ordre::Ordre;
use crate::portee::Portee;
use crate::session::{Jeton, Session};
use crate::sql::{requete, requetes};
use crate::store::Store;

requetes! {
    OUVRIR = "INSERT INTO suivi (commune_id, jeton, dossier_id, cree_le, expire_le) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (commune_id, jeton) DO UPDATE SET expire_le =
            CASE WHEN suivi.expire_le > excluded.expire_le THEN suivi.expire_le ELSE excluded.expire_le END";
    PASSE = "SELECT expire_le FROM suivi WHERE commune_id = $1 AND jeton = $2 AND expire_le <= $3";
    LIRE = "SELECT dossier_id, expire_le FROM suivi
        WHERE commune_id = $1 AND jeton = $2 AND (expire_le IS NULL OR expire_le > $3)";
}

/// A link to make.
#[derive(Clone, Debug)]
pub(crate) struct SuiviNeuf {
    pub(crate) jeton: [u8; 32],
    pub(crate) dossier: DossierId,
    pub(crate) le: Timestamp,
    pub(crate) expire_le: Timestamp,
}

impl Store {
    /// Makes this token a secret link to that dossier until `expire_le`; made again, it lasts until the later of the two.
    pub async fn ouvre_suivi(
        &self,
        commune: &CommuneSlug,
        jeton: &Jeton,
        dossier: DossierId,
        le: Timestamp,
        expire_le: Timestamp,
    ) -> Result<(), Erreur> {
        let neuf = SuiviNeuf { jeton: jeton.empreinte(), dossier, le, expire_le };
        self.demande(commune, Ordre::OuvrirSuivi(neuf)).await.map(|_| ())
    }

    /// Was this once a secret link, that does not open any more?
    pub async fn suivi_passe(
        &self,
        commune: &CommuneSlug,
        jeton: &Jeton,
        maintenant: Timestamp,
    ) -> Result<bool, Erreur> {
        passe(&mut self.lecture_de(commune).await?, commune.as_str(), jeton, maintenant).await
    }

    /// What a secret link shows: one dossier of a public démarche.
    pub async fn portee_de_suivi(
        &self,
        commune: &CommuneSlug,
        jeton: &Jeton,
        maintenant: Timestamp,
    ) -> Result<Option<Portee>, Erreur> {
        let lu = lit(&mut self.lecture_de(commune).await?, commune, jeton, maintenant).await?;
        Ok(lu.map(|s| s.portee))
    }

    /// The scope of somebody without an account, who has filed nothing yet: it reads nothing.
    pub fn portee_publique(&self, commune: &CommuneSlug) -> Portee {
        Portee::publique(commune.clone(), None)
    }
}

pub(crate) async fn ouvre(cx: &mut Cx, commune: &str, neuf: &SuiviNeuf) -> Result<(), Erreur> {
    requete(OUVRIR)
        .bind(commune)
        .bind(neuf.jeton.as_slice())
        .bind(neuf.dossier.as_str())
        .bind(en_micros(neuf.le))
        .bind(en_micros(neuf.expire_le))
        .execute(cx)
        .await?;
    Ok(())
}

/// Is it over?
pub(crate) async fn passe(
    cx: &mut Cx,
    commune: &str,
    jeton: &Jeton,
    maintenant: Timestamp,
) -> Result<bool, Erreur> {
    let empreinte = jeton.empreinte();
    let rang = requete(PASSE).bind(commune).bind(empreinte.as_slice()).bind(en_micros(maintenant));
    Ok(rang.fetch_optional(cx).await?.is_some())
}

/// A link is a session that sees one dossier, and nothing else.
pub(crate) async fn lit(
    cx: &mut Cx,
    commune: &CommuneSlug,
    jeton: &Jeton,
    maintenant: Timestamp,
) -> Result<Option<Session>, Erreur> {
    let empreinte = jeton.empreinte();
    let rang = requete(LIRE)
        .bind(commune.as_str())
        .bind(empreinte.as_slice())
        .bind(en_micros(maintenant))
        .fetch_optional(cx)
        .await?;
    let Some(rang) = rang else { return Ok(None) };
    let dossier: String = rang.try_get(0)?;
    let dossier = DossierId::lit(&dossier).map_err(illisible("suivi", "dossier_id"))?;
    let expire_le: Option<i64> = rang.try_get(1)?;
    let expire_le = expire_le.map(|e| de_micros(e, "suivi", "expire_le")).transpose()?;
    Ok(Some(Session {
        portee: Portee::publique(commune.clone(), Some(dossier)),
        expire_le: expire_le.unwrap_or(Timestamp::MAX),
        vue_le: None,
    }))
}
