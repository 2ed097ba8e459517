//! Sessions: the cookie's token is hashed at rest.

use engine::compte::{Compte, Empreinte};
use engine::decision::{Agregat, Auteur};
use engine::identifiant::{CommuneSlug, CompteId, hexa};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::cx::{Cx, Rang};
use crate::erreur::{Erreur, depassee, illisible};
use crate::instant::{de_micros, en_micros};
use crate::ordre::{Ordre, Recu};
use crate::portee::Portee;
use crate::sql::{requete, requetes};
use crate::store::Store;
use crate::suivi;

requetes! {
    OUVRIR = "INSERT INTO session (commune_id, jeton, auteur, ouverte_le, expire_le, compte_id) VALUES ($1, $2, $3, $4, $5, NULL)";
    // what was proved a moment ago must hold still: a password changed meanwhile, a session closed meanwhile opens nothing
    OUVRIR_PAR_MOT = "INSERT INTO session (commune_id, jeton, auteur, ouverte_le, expire_le, compte_id)
        SELECT $1, $2, $3, $4, $5, $6 FROM compte c
        WHERE c.commune_id = $1 AND c.id = $6 AND c.etat = 'actif' AND c.mot_de_passe IS NOT DISTINCT FROM $7
            AND (c.foyer_id IS NULL OR EXISTS (SELECT 1 FROM lien l
                WHERE l.commune_id = c.commune_id AND l.foyer_id = c.foyer_id AND l.personne_id = c.personne_id AND l.jusqu_a IS NULL))";
    OUVRIR_PAR_SESSION = "INSERT INTO session (commune_id, jeton, auteur, ouverte_le, expire_le, compte_id)
        SELECT $1, $2, $3, $4, $5, $6 FROM session
        WHERE commune_id = $1 AND jeton = $7 AND compte_id = $6";
    // an account that is closed, moved to another household or given other roles is so at the next request, and whoever left a
    // household reads it no more
    LIRE = "SELECT s.auteur, s.expire_le, s.compte_id, s.vue_le, c.auteur FROM session s
            LEFT JOIN compte c ON c.commune_id = s.commune_id AND c.id = s.compte_id
        WHERE s.commune_id = $1 AND s.jeton = $2 AND s.expire_le > $3 AND (s.compte_id IS NULL OR c.etat = 'actif')
            AND (c.foyer_id IS NULL OR EXISTS (SELECT 1 FROM lien l
                WHERE l.commune_id = c.commune_id AND l.foyer_id = c.foyer_id AND l.personne_id = c.personne_id AND l.jusqu_a IS NULL))";
    DU_COMPTE = "SELECT jeton, ouverte_le, vue_le, expire_le FROM session
        WHERE commune_id = $1 AND compte_id = $2 AND expire_le > $3 ORDER BY ouverte_le DESC, jeton";
    VOIR = "UPDATE session SET vue_le = $3 WHERE commune_id = $1 AND jeton = $2 AND (vue_le IS NULL OR vue_le < $3)";
    FERMER_DU_COMPTE = "DELETE FROM session WHERE commune_id = $1 AND compte_id = $2 AND jeton <> $3";
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

    /// Its bytes.
    pub const fn octets(&self) -> [u8; 32] {
        self.0
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
    /// When it was last said to be used.
    pub vue_le: Option<Timestamp>,
}

/// A live session of an account, as its holder reads the list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionOuverte {
    /// SHA-256 of its token: tells the one that reads from the others.
    pub empreinte: [u8; 32],
    /// Since when.
    pub ouverte_le: Timestamp,
    /// When it was last said to be used.
    pub vue_le: Option<Timestamp>,
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
    pub(crate) titre: Option<Titre>,
}

/// By what somebody is let in with an account: it must hold when the session opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Titre {
    /// They gave the password that leaves this (none was chosen: a link was followed).
    MotDePasse(CompteId, Option<Empreinte>),
    /// They are in already, by this session, whose hash this is.
    Session(CompteId, [u8; 32]),
}

impl Titre {
    /// The password that this account has now was given.
    pub fn du_mot_de_passe(compte: &Compte) -> Self {
        Self::MotDePasse(compte.id.clone(), compte.mot_de_passe.clone())
    }
}

impl Store {
    /// Opens a session for somebody whose identity was just established, without an account: the demonstration, and tests.
    pub async fn ouvre_session(
        &self,
        commune: &CommuneSlug,
        auteur: Auteur,
        le: Timestamp,
        expire_le: Timestamp,
    ) -> Result<Jeton, Erreur> {
        self.ouvre_session_de(commune, None, auteur, le, expire_le).await
    }

    /// Opens a session for whoever entered with an account: it lives no longer than the account is active. What it may read is
    /// the account's, read again at each request; at the counter, `auteur` stays as given. [`Erreur::Garde`]: what let them in
    /// does not hold any more.
    pub async fn ouvre_session_de(
        &self,
        commune: &CommuneSlug,
        titre: Option<Titre>,
        auteur: Auteur,
        le: Timestamp,
        expire_le: Timestamp,
    ) -> Result<Jeton, Erreur> {
        let jeton = Jeton::tire()?;
        let neuve = SessionNeuve { jeton: jeton.empreinte(), auteur, le, expire_le, titre };
        self.demande(commune, Ordre::OuvrirSession(neuve)).await?;
        Ok(jeton)
    }

    /// The live sessions of one's own account (of any, for the town's agents), the newest first.
    pub async fn sessions(
        &self,
        portee: &Portee,
        compte: &CompteId,
        maintenant: Timestamp,
    ) -> Result<Vec<SessionOuverte>, Erreur> {
        if portee.filtre().is_some() && portee.compte() != Some(compte) {
            return Ok(Vec::new());
        }
        du_compte(&mut self.lecture(portee).await?, portee.commune().as_str(), compte, maintenant).await
    }

    /// Says that a session is used; the latest time said stays.
    pub async fn voit_session(
        &self,
        commune: &CommuneSlug,
        jeton: &Jeton,
        le: Timestamp,
    ) -> Result<(), Erreur> {
        self.demande(commune, Ordre::VoirSession { jeton: jeton.empreinte(), le }).await.map(|_| ())
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
    let auteur = serde_json::to_string(&neuve.auteur)?;
    let commence = |sql| {
        let debut = requete(sql).bind(commune).bind(neuve.jeton.as_slice()).bind(auteur.as_str());
        debut.bind(en_micros(neuve.le)).bind(en_micros(neuve.expire_le))
    };
    let (demande, compte) = match &neuve.titre {
        None => {
            commence(OUVRIR).execute(cx).await?;
            return Ok(());
        }
        Some(Titre::MotDePasse(compte, mot)) => {
            let mot = mot.as_ref().map(Empreinte::phc);
            (commence(OUVRIR_PAR_MOT).bind(compte.as_str()).bind(mot), compte)
        }
        Some(Titre::Session(compte, jeton)) => {
            (commence(OUVRIR_PAR_SESSION).bind(compte.as_str()).bind(jeton.as_slice()), compte)
        }
    };
    match demande.execute(cx).await? {
        1 => Ok(()),
        _ => Err(depassee(Agregat::Compte(compte.clone()), 0)),
    }
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
    let lu = |texte: &str| serde_json::from_str::<Auteur>(texte).map_err(illisible("session", "auteur"));
    let mut auteur = lu(&rang.try_get::<String>(0)?)?;
    if let Some(du_compte) = rang.try_get::<Option<String>>(4)?
        && !matches!(auteur, Auteur::AuGuichet { .. })
    {
        auteur = lu(&du_compte)?;
    }
    let compte: Option<String> = rang.try_get(2)?;
    let compte = compte.map(|c| CompteId::lit(&c)).transpose().map_err(illisible("session", "compte_id"))?;
    let vue_le: Option<i64> = rang.try_get(3)?;
    Ok(Some(Session {
        portee: Portee::de_compte(commune.clone(), auteur, compte),
        expire_le: de_micros(rang.try_get(1)?, "session", "expire_le")?,
        vue_le: vue_le.map(|v| de_micros(v, "session", "vue_le")).transpose()?,
    }))
}

async fn du_compte(
    cx: &mut Cx,
    commune: &str,
    compte: &CompteId,
    maintenant: Timestamp,
) -> Result<Vec<SessionOuverte>, Erreur> {
    let rangs = requete(DU_COMPTE)
        .bind(commune)
        .bind(compte.as_str())
        .bind(en_micros(maintenant))
        .fetch_all(cx)
        .await?;
    let lit = |rang: &Rang| {
        let vue_le: Option<i64> = rang.try_get(2)?;
        Ok(SessionOuverte {
            empreinte: rang
                .try_get::<Vec<u8>>(0)?
                .try_into()
                .map_err(|_| Erreur::Incoherence { table: "session", colonne: "jeton" })?,
            ouverte_le: de_micros(rang.try_get(1)?, "session", "ouverte_le")?,
            vue_le: vue_le.map(|v| de_micros(v, "session", "vue_le")).transpose()?,
            expire_le: de_micros(rang.try_get(3)?, "session", "expire_le")?,
        })
    };
    rangs.iter().map(lit).collect()
}

pub(crate) async fn vue(cx: &mut Cx, commune: &str, jeton: &[u8; 32], le: Timestamp) -> Result<(), Erreur> {
    requete(VOIR).bind(commune).bind(jeton.as_slice()).bind(en_micros(le)).execute(cx).await?;
    Ok(())
}

/// Ends an account's sessions, all of them or all but one.
pub(crate) async fn ferme_celles_de(
    cx: &mut Cx,
    commune: &str,
    compte: &CompteId,
    sauf: Option<&[u8; 32]>,
) -> Result<(), Erreur> {
    // no token has an empty hash
    let sauf = sauf.map_or(&[][..], <[u8; 32]>::as_slice);
    requete(FERMER_DU_COMPTE).bind(commune).bind(compte.as_str()).bind(sauf).execute(cx).await?;
    Ok(())
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
