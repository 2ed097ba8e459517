//! The journal of publications: which version of a town's definition ran, since when, and who published it. Append-only.

use jiff::Timestamp;

use crate::cx::{Cx, Rang};
use crate::definition::{self, VersionGardee};
use crate::erreur::Erreur;
use crate::instant::{de_micros, en_micros};
use crate::ordre::Ordre;
use crate::portee::Portee;
use crate::sql::{requete, requetes};
use crate::store::Store;

requetes! {
    ECRIRE = "INSERT INTO publication (commune_id, n, digest, depuis, publiee_le, auteur, resume)
        SELECT $1, COALESCE(MAX(n), 0) + 1, $2, $3, $4, $5, $6 FROM publication WHERE commune_id = $1";
    LISTER = "SELECT n, digest, depuis, publiee_le, auteur, resume FROM publication WHERE commune_id = $1
        ORDER BY n DESC LIMIT $2";
    EN_VIGUEUR = "SELECT n, digest, depuis, publiee_le, auteur, resume FROM publication WHERE commune_id = $1 AND depuis <= $2
        ORDER BY depuis DESC, n DESC LIMIT 1";
    PROCHAINE = "SELECT MIN(depuis) FROM publication WHERE commune_id = $1 AND depuis > $2";
    DERNIERE = "SELECT MAX(publiee_le) FROM publication WHERE commune_id = $1";
}

/// A line of the journal of publications.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Rank in the town's journal, from 1; what is given to be written does not choose it.
    pub n: i64,
    /// Digest of the town.
    pub digest: String,
    /// In force from then on, until the next one.
    pub depuis: Timestamp,
    /// When it was published.
    pub publiee_le: Timestamp,
    /// Who: an account of the machine, or a name given on the command line. Never a family's.
    pub auteur: String,
    /// What it changes, in one French sentence.
    pub resume: String,
}

impl Store {
    /// Keeps a version of the town and writes it in the journal of publications; every process that serves it is told.
    pub async fn publie(
        &self,
        portee: &Portee,
        version: VersionGardee,
        publication: Publication,
    ) -> Result<(), Erreur> {
        self.demande(portee.commune(), Ordre::Publier { version, publication }).await.map(|_| ())
    }

    /// The journal of publications, the newest first.
    pub async fn publications(&self, portee: &Portee, nombre: u32) -> Result<Vec<Publication>, Erreur> {
        liste(&mut self.lecture(portee).await?, portee.commune().as_str(), nombre).await
    }

    /// The publication in force at `maintenant`.
    pub async fn en_vigueur(
        &self,
        portee: &Portee,
        maintenant: Timestamp,
    ) -> Result<Option<Publication>, Erreur> {
        en_vigueur(&mut self.lecture(portee).await?, portee.commune().as_str(), maintenant).await
    }

    /// When the next publication takes force, after `maintenant`.
    pub async fn prochaine_publication(
        &self,
        portee: &Portee,
        maintenant: Timestamp,
    ) -> Result<Option<Timestamp>, Erreur> {
        prochaine(&mut self.lecture(portee).await?, portee.commune().as_str(), maintenant).await
    }
}

/// Keeps the version, then says that it was published.
pub(crate) async fn ecrit(
    cx: &mut Cx,
    commune: &str,
    version: &VersionGardee,
    publication: &Publication,
) -> Result<(), Erreur> {
    definition::garde(cx, commune, version, publication.publiee_le).await?;
    requete(ECRIRE)
        .bind(commune)
        .bind(&publication.digest)
        .bind(en_micros(publication.depuis))
        .bind(en_micros(publication.publiee_le))
        .bind(&publication.auteur)
        .bind(&publication.resume)
        .execute(cx)
        .await?;
    Ok(())
}

/// The newest first.
pub(crate) async fn liste(cx: &mut Cx, commune: &str, nombre: u32) -> Result<Vec<Publication>, Erreur> {
    let rangs = requete(LISTER).bind(commune).bind(i64::from(nombre)).fetch_all(cx).await?;
    rangs.iter().map(lit).collect()
}

/// The one in force at `maintenant`.
pub(crate) async fn en_vigueur(
    cx: &mut Cx,
    commune: &str,
    maintenant: Timestamp,
) -> Result<Option<Publication>, Erreur> {
    let rang = requete(EN_VIGUEUR).bind(commune).bind(en_micros(maintenant)).fetch_optional(cx).await?;
    rang.as_ref().map(lit).transpose()
}

/// When another one takes force, after `maintenant`.
pub(crate) async fn prochaine(
    cx: &mut Cx,
    commune: &str,
    maintenant: Timestamp,
) -> Result<Option<Timestamp>, Erreur> {
    let rang = requete(PROCHAINE).bind(commune).bind(en_micros(maintenant)).fetch_one(cx).await?;
    let du: Option<i64> = rang.try_get(0)?;
    du.map(|du| de_micros(du, "publication", "depuis")).transpose()
}

/// When the last one was written, in microseconds: what the hint across towns shows.
pub(crate) async fn derniere(cx: &mut Cx, commune: &str) -> Result<Option<i64>, Erreur> {
    requete(DERNIERE).bind(commune).fetch_one(cx).await?.try_get(0)
}

fn lit(rang: &Rang) -> Result<Publication, Erreur> {
    Ok(Publication {
        n: rang.try_get(0)?,
        digest: rang.try_get(1)?,
        depuis: de_micros(rang.try_get(2)?, "publication", "depuis")?,
        publiee_le: de_micros(rang.try_get(3)?, "publication", "publiee_le")?,
        auteur: rang.try_get(4)?,
        resume: rang.try_get(5)?,
    })
}
