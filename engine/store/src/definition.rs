//! The source of every definition in use, by digest: a town's, and the démarches that dossiers are pinned to.

use jiff::Timestamp;

use crate::cx::{Cx, Rang};
use crate::erreur::Erreur;
use crate::instant::en_micros;
use crate::portee::Portee;
use crate::sql::{requete, requetes};
use crate::store::Store;

requetes! {
    LIRE = "SELECT source FROM definition WHERE commune_id = $1 AND digest = $2";
    ECRIRE = "INSERT INTO definition (commune_id, digest, source, vue_le) VALUES ($1, $2, $3, $4)
        ON CONFLICT (commune_id, digest) DO NOTHING";
    ECRIRE_DEMARCHE = "INSERT INTO demarche_definie (commune_id, digest, demarche, definition) VALUES ($1, $2, $3, $4)
        ON CONFLICT (commune_id, digest) DO NOTHING";
    // what filed dossiers are pinned to, with the source that it is compiled from; none: it was never kept
    EPINGLEES = "SELECT d.demarche, d.digest, e.definition, COUNT(*) FROM dossier AS d
        LEFT JOIN demarche_definie AS e ON e.commune_id = d.commune_id AND e.digest = d.digest
        WHERE d.commune_id = $1 AND d.phase <> 'brouillon'
        GROUP BY d.demarche, d.digest, e.definition ORDER BY d.demarche, d.digest";
}

/// A version of a town, to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionGardee {
    /// Digest of the town.
    pub digest: String,
    /// Its files, as text that the caller reads back.
    pub source: String,
    /// Its démarches: (id, digest).
    pub demarches: Vec<(String, String)>,
}

/// A démarche that dossiers are pinned to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Epinglee {
    /// Which démarche.
    pub demarche: String,
    /// Its digest.
    pub digest: String,
    /// Digest of the town whose source gives it; `None`: it was never kept.
    pub definition: Option<String>,
    /// How many dossiers.
    pub dossiers: i64,
}

impl Store {
    /// What the town's dossiers are pinned to.
    pub async fn epinglees(&self, portee: &Portee) -> Result<Vec<Epinglee>, Erreur> {
        epinglees(&mut self.lecture(portee).await?, portee.commune().as_str()).await
    }

    /// The source of a definition.
    pub async fn definition(&self, portee: &Portee, digest: &str) -> Result<Option<String>, Erreur> {
        lit(&mut self.lecture(portee).await?, portee.commune().as_str(), digest).await
    }
}

pub(crate) async fn lit(cx: &mut Cx, commune: &str, digest: &str) -> Result<Option<String>, Erreur> {
    let rang = requete(LIRE).bind(commune).bind(digest).fetch_optional(cx).await?;
    rang.map(|r| r.try_get(0)).transpose()
}

pub(crate) async fn garde(
    cx: &mut Cx,
    commune: &str,
    version: &VersionGardee,
    le: Timestamp,
) -> Result<(), Erreur> {
    requete(ECRIRE)
        .bind(commune)
        .bind(&version.digest)
        .bind(&version.source)
        .bind(en_micros(le))
        .execute(&mut *cx)
        .await?;
    for (demarche, digest) in &version.demarches {
        requete(ECRIRE_DEMARCHE)
            .bind(commune)
            .bind(digest)
            .bind(demarche)
            .bind(&version.digest)
            .execute(&mut *cx)
            .await?;
    }
    Ok(())
}

pub(crate) async fn epinglees(cx: &mut Cx, commune: &str) -> Result<Vec<Epinglee>, Erreur> {
    let rangs = requete(EPINGLEES).bind(commune).fetch_all(cx).await?;
    let lit = |r: &Rang| {
        Ok(Epinglee {
            demarche: r.try_get(0)?,
            digest: r.try_get(1)?,
            definition: r.try_get(2)?,
            dossiers: r.try_get(3)?,
        })
    };
    rangs.iter().map(lit).collect()
}
