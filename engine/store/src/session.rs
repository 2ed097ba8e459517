//! Sessions: the cookie's token is hashed at rest.

use engine::decision::Auteur;
use engine::identifiant::{CommuneSlug, hexa};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::cx::Cx;
use crate::erreur::{Erreur, illisible};
use crate::instant::{de_micros, en_micros};
use crate::ordre::{Ordre, Recu};
use crate::portee::Portee;
use crate::sql::{requete, requetes};
use crate::store::Store;
use crate::suivi;

requetes! {
    OUVRIR = "INSERT INTO session (commune_id, jeton, auteur, ouverte_le, expire_le) VALUES ($1, $2, $3, $4, $5)";
    LIRE = "SELECT auteur, expire_le FROM session WHERE commune_id = $1 AND jeton = $2 AND expire_le > $3";
    PURGER = "DELETE FROM session WHERE commune_id = $1 AND expire_le <= $2";
    FERMER = "DELETE FROM session WHERE commune_id = $1 AND jeton = $2";
}

/// The token of a session: 256 random bits. Its text goes in the cookie, its hash in the row.
#[derive(Clone, PartialEq, Eq)]
pub struct Jeton([u8; 32]);

impl Jeton {
    /// Drawn from the system.
    pub fn tire() -> Result<Self, Erreur> {
        let mut octets = [0; 32];
        getrandom::fill(&mut octets).map_err(|e| Erreur::Dossier(std::io::Error::other(e.to_string())))?;
        Ok(Self(octets))
    }

    /// As the cookie carries it: 64 hexadecimal digits.
    pub fn texte(&self) -> String {
        hexa(&self.0)
    }

    /// From a cookie; `None` for anything else.
    pub fn lit(texte: &str) -> Option<Self> {
        if texte.len() != 64 || !texte.bytes().all(|c| c.is_ascii_hexdigit()) {
            return None;
        }
        let mut octets = [0; 32];
        for (i, octet) in octets.iter_mut().enumerate() {
            *octet = u8::from_str_radix(texte.get(2 * i..2 * i + 2)?, 16).ok()?;
        }
        Some(Self(octets))
    }

    /// What is kept of it: SHA-256.
    pub fn empreinte(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

/// Never printed.
impl std::fmt::Debug for Jeton {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Jeton(…)")
    }
}

/// An open session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// What it may read and write.
    pub portee: Portee,
    /// Until when.
    pub expire_le: Timestamp,
}

/// A session to open.
#[derive(Clone, Debug)]
pub(crate) struct SessionNeuve {
    pub(crate) jeton: [u8; 32],
    pub(crate) auteur: Auteur,
    pub(crate) le: Timestamp,
    pub(crate) expire_le: Timestamp,
}

impl Store {
    /// Opens a session for somebody whose identity was just established.
    pub async fn ouvre_session(
        &self,
        commune: &CommuneSlug,
        auteur: Auteur,
        le: Timestamp,
        expire_le: Timestamp,
    ) -> Result<Jeton, Erreur> {
        let jeton = Jeton::tire()?;
        let neuve = SessionNeuve { jeton: jeton.empreinte(), auteur, le, expire_le };
        self.demande(commune, Ordre::OuvrirSession(neuve)).await?;
        Ok(jeton)
    }

    /// The live session of that cookie, in that commune.
    pub async fn session(
        &self,
        commune: &CommuneSlug,
        jeton: &Jeton,
        maintenant: Timestamp,
    ) -> Result<Option<Session>, Erreur> {
        let mut cx = self.lecture_de(commune).await?;
        match lit(&mut cx, commune, jeton, maintenant).await? {
            Some(session) => Ok(Some(session)),
            // the cookie of somebody without an account is the secret link of their request
            None => suivi::lit(&mut cx, commune, jeton, maintenant).await,
        }
    }

    /// Ends a session.
    pub async fn ferme_session(&self, commune: &CommuneSlug, jeton: &Jeton) -> Result<(), Erreur> {
        self.demande(commune, Ordre::FermerSession { jeton: jeton.empreinte() }).await.map(|_| ())
    }

    /// Forgets the sessions over at `maintenant` and the idempotency keys of acts older than `cles_avant`; how many rows.
    pub async fn purge(
        &self,
        commune: &CommuneSlug,
        maintenant: Timestamp,
        cles_avant: Timestamp,
    ) -> Result<u64, Erreur> {
        match self.demande(commune, Ordre::Purger { maintenant, cles_avant }).await? {
            Recu::Purges(n) => Ok(n),
            _ => Err(Erreur::Ferme),
        }
    }
}

pub(crate) async fn ouvre(cx: &mut Cx, commune: &str, neuve: &SessionNeuve) -> Result<(), Erreur> {
    requete(OUVRIR)
        .bind(commune)
        .bind(neuve.jeton.as_slice())
        .bind(serde_json::to_string(&neuve.auteur)?)
        .bind(en_micros(neuve.le))
        .bind(en_micros(neuve.expire_le))
        .execute(cx)
        .await?;
    Ok(())
}

pub(crate) async fn lit(
    cx: &mut Cx,
    commune: &CommuneSlug,
    jeton: &Jeton,
    maintenant: Timestamp,
) -> Result<Option<Session>, Erreur> {
    let rang = requete(LIRE)
        .bind(commune.as_str())
        .bind(jeton.empreinte().as_slice())
        .bind(en_micros(maintenant))
        .fetch_optional(cx)
        .await?;
    let Some(rang) = rang else { return Ok(None) };
    let auteur = serde_json::from_str(&rang.try_get::<String>(0)?).map_err(illisible("session", "auteur"))?;
    Ok(Some(Session {
        portee: Portee::nouvelle(commune.clone(), auteur),
        expire_le: de_micros(rang.try_get(1)?, "session", "expire_le")?,
    }))
}

pub(crate) async fn ferme(cx: &mut Cx, commune: &str, jeton: &[u8; 32]) -> Result<(), Erreur> {
    requete(FERMER).bind(commune).bind(jeton.as_slice()).execute(cx).await?;
    Ok(())
}

/// Forgets the sessions that are over.
pub(crate) async fn purge(cx: &mut Cx, commune: &str, maintenant: Timestamp) -> Result<u64, Erreur> {
    let fait = requete(PURGER).bind(commune).bind(en_micros(maintenant)).execute(cx).await?;
    Ok(fait)
}
