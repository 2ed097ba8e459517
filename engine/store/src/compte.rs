//! Accounts, and the secret links of the letters about them: a link's token is hashed at rest, and one use is decided by its row.

use engine::compte::{Acceptation, Compte, Empreinte, EtatCompte, GenreLien, LienNeuf};
use engine::decision::{Agregat, Auteur, CleUnique, Garde};
use engine::identifiant::{CommuneSlug, CompteId, FoyerId, PersonneId};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cx::{Cx, Rang};
use crate::erreur::{Erreur, depassee, illisible};
use crate::instant::{de_micros, en_micros};
use crate::portee::Portee;
use crate::session::Jeton;
use crate::sql::{requete, requetes};
use crate::store::Store;

requetes! {
    LIRE = "SELECT id, etat, identifiant, courriel, mot_de_passe, auteur, nom, cgu_version, cgu_le, reponses, changement,
            second_facteur, a_verifier, cree_le, version
        FROM compte WHERE commune_id = $1 AND id = $2";
    // a name holds no @: at most one row answers; two reads and not an OR, for which SQLite walks every account
    PAR_NOM = "SELECT id, etat, identifiant, courriel, mot_de_passe, auteur, nom, cgu_version, cgu_le, reponses, changement,
            second_facteur, a_verifier, cree_le, version
        FROM compte WHERE commune_id = $1 AND id IN
            (SELECT id FROM compte WHERE commune_id = $1 AND etat = 'actif' AND identifiant = $2
            UNION ALL SELECT id FROM compte WHERE commune_id = $1 AND etat = 'actif' AND courriel = $2)";
    // asked for several times, the last one counts
    EN_ATTENTE = "SELECT id, etat, identifiant, courriel, mot_de_passe, auteur, nom, cgu_version, cgu_le, reponses, changement,
            second_facteur, a_verifier, cree_le, version
        FROM compte WHERE commune_id = $1 AND etat = 'en_attente' AND courriel = $2 ORDER BY cree_le DESC, id LIMIT 1";
    DU_FOYER = "SELECT id, etat, identifiant, courriel, mot_de_passe, auteur, nom, cgu_version, cgu_le, reponses, changement,
            second_facteur, a_verifier, cree_le, version
        FROM compte WHERE commune_id = $1 AND foyer_id = $2 AND ($3 IS NULL OR foyer_id = $3) ORDER BY cree_le, id";
    DES_AGENTS = "SELECT id, etat, identifiant, courriel, mot_de_passe, auteur, nom, cgu_version, cgu_le, reponses, changement,
            second_facteur, a_verifier, cree_le, version
        FROM compte WHERE commune_id = $1 AND foyer_id IS NULL AND auteur IS NOT NULL ORDER BY nom, id";
    VERSION = "SELECT version FROM compte WHERE commune_id = $1 AND id = $2";
    NOM_PRIS = "SELECT 1 FROM compte WHERE commune_id = $1 AND etat = 'actif' AND identifiant = $2 AND id <> $3";
    COURRIEL_PRIS = "SELECT 1 FROM compte WHERE commune_id = $1 AND etat = 'actif' AND courriel = $2 AND id <> $3";
    CREER = "INSERT INTO compte (commune_id, id, etat, identifiant, courriel, mot_de_passe, auteur, foyer_id, personne_id, nom,
            cgu_version, cgu_le, reponses, changement, second_facteur, a_verifier, cree_le, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
        ON CONFLICT (commune_id, id) DO NOTHING";
    MODIFIER = "UPDATE compte SET etat = $3, identifiant = $4, courriel = $5, mot_de_passe = $6, auteur = $7, foyer_id = $8,
            personne_id = $9, nom = $10, cgu_version = $11, cgu_le = $12, reponses = $13, changement = $14,
            second_facteur = $15, a_verifier = $16, cree_le = $17, version = $18
        WHERE commune_id = $1 AND id = $2 AND version = $18 - 1";
    // nobody followed its link, and nobody of the town made it
    ABANDONNES = "DELETE FROM compte WHERE commune_id = $1 AND etat = 'en_attente' AND auteur IS NULL AND cree_le <= $2
        AND NOT EXISTS (SELECT 1 FROM lien_compte l WHERE l.commune_id = compte.commune_id AND l.compte_id = compte.id)";
    LIER = "INSERT INTO lien_compte (commune_id, jeton, compte_id, genre, cree_le, expire_le) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (commune_id, jeton) DO NOTHING";
    SUIVRE = "UPDATE lien_compte SET utilise_le = $4
        WHERE commune_id = $1 AND jeton = $2 AND compte_id = $3 AND utilise_le IS NULL AND expire_le > $4";
    LIRE_LIEN = "SELECT compte_id, genre, expire_le, utilise_le FROM lien_compte WHERE commune_id = $1 AND jeton = $2";
    DELIER = "DELETE FROM lien_compte WHERE commune_id = $1 AND compte_id = $2 AND genre = $3 AND utilise_le IS NULL";
    PURGER_LIENS = "DELETE FROM lien_compte WHERE commune_id = $1 AND expire_le <= $2";
}

/// A secret link of an account, as its token finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LienDeCompte {
    /// What it is for.
    pub genre: GenreLien,
    /// May it still be followed?
    pub etat: EtatLien,
    /// Until when, excluded.
    pub expire_le: Timestamp,
    /// Whose account.
    pub compte: Compte,
}

/// May a link still be followed?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EtatLien {
    /// Yes, once.
    Ouvert,
    /// Its time is over.
    Expire,
    /// It was followed already.
    Utilise,
}

impl Store {
    /// The account that one enters with under this name, or this address (both normalised); only an active one.
    pub async fn compte_nomme(
        &self,
        commune: &CommuneSlug,
        nom_ou_courriel: &str,
    ) -> Result<Option<Compte>, Erreur> {
        let mut cx = self.lecture_de(commune).await?;
        un(requete(PAR_NOM).bind(commune.as_str()).bind(nom_ou_courriel).fetch_optional(&mut cx).await?)
    }

    /// The last account asked for with this address (normalised) and not activated.
    pub async fn compte_en_attente(
        &self,
        commune: &CommuneSlug,
        courriel: &str,
    ) -> Result<Option<Compte>, Erreur> {
        let mut cx = self.lecture_de(commune).await?;
        un(requete(EN_ATTENTE).bind(commune.as_str()).bind(courriel).fetch_optional(&mut cx).await?)
    }

    /// The link of that token, in that commune: open, over or followed.
    pub async fn lien_de_compte(
        &self,
        commune: &CommuneSlug,
        jeton: &Jeton,
        maintenant: Timestamp,
    ) -> Result<Option<LienDeCompte>, Erreur> {
        lien(&mut self.lecture_de(commune).await?, commune.as_str(), jeton, maintenant).await
    }

    /// An account: one's own, or any for the town and its agents.
    pub async fn compte(&self, portee: &Portee, id: &CompteId) -> Result<Option<Compte>, Erreur> {
        if portee.filtre().is_some() && portee.compte() != Some(id) {
            return Ok(None);
        }
        lit(&mut self.lecture(portee).await?, portee.commune().as_str(), id).await
    }

    /// The accounts of a household of this scope, oldest first, in whatever state.
    pub async fn comptes_du_foyer(&self, portee: &Portee, foyer: &FoyerId) -> Result<Vec<Compte>, Erreur> {
        ceux_du_foyer(&mut self.lecture(portee).await?, portee, foyer).await
    }

    /// The agents' accounts, by name; none for a family.
    pub async fn comptes_des_agents(&self, portee: &Portee) -> Result<Vec<Compte>, Erreur> {
        if portee.filtre().is_some() {
            return Ok(Vec::new());
        }
        let mut cx = self.lecture(portee).await?;
        let rangs = requete(DES_AGENTS).bind(portee.commune().as_str()).fetch_all(&mut cx).await?;
        rangs.iter().map(lit_rang).collect()
    }
}

fn un(rang: Option<Rang>) -> Result<Option<Compte>, Erreur> {
    rang.as_ref().map(lit_rang).transpose()
}

pub(crate) async fn ceux_du_foyer(
    cx: &mut Cx,
    portee: &Portee,
    foyer: &FoyerId,
) -> Result<Vec<Compte>, Erreur> {
    let rangs = requete(DU_FOYER)
        .bind(portee.commune().as_str())
        .bind(foyer.as_str())
        .bind(portee.filtre())
        .fetch_all(cx)
        .await?;
    rangs.iter().map(lit_rang).collect()
}

pub(crate) async fn lit(cx: &mut Cx, commune: &str, id: &CompteId) -> Result<Option<Compte>, Erreur> {
    un(requete(LIRE).bind(commune).bind(id.as_str()).fetch_optional(cx).await?)
}

async fn lien(
    cx: &mut Cx,
    commune: &str,
    jeton: &Jeton,
    maintenant: Timestamp,
) -> Result<Option<LienDeCompte>, Erreur> {
    let empreinte = jeton.empreinte();
    let lu = requete(LIRE_LIEN).bind(commune).bind(empreinte.as_slice()).fetch_optional(&mut *cx).await?;
    let Some(rang) = lu else { return Ok(None) };
    let id = CompteId::lit(&rang.try_get::<String>(0)?).map_err(illisible("lien_compte", "compte_id"))?;
    let genre = GenreLien::lit(&rang.try_get::<String>(1)?)
        .ok_or(Erreur::Incoherence { table: "lien_compte", colonne: "genre" })?;
    let fin: i64 = rang.try_get(2)?;
    let etat = match (rang.try_get::<Option<i64>>(3)?, fin) {
        (Some(_), _) => EtatLien::Utilise,
        (None, fin) if fin <= en_micros(maintenant) => EtatLien::Expire,
        (None, _) => EtatLien::Ouvert,
    };
    let Some(compte) = lit(cx, commune, &id).await? else { return Ok(None) };
    let expire_le = de_micros(fin, "lien_compte", "expire_le")?;
    Ok(Some(LienDeCompte { genre, etat, expire_le, compte }))
}

fn json<T: DeserializeOwned>(rang: &Rang, colonne: usize, nom: &'static str) -> Result<Option<T>, Erreur> {
    let texte: Option<String> = rang.try_get(colonne)?;
    texte.map(|t| serde_json::from_str(&t)).transpose().map_err(illisible("compte", nom))
}

fn lit_rang(rang: &Rang) -> Result<Compte, Erreur> {
    let cgu = match (rang.try_get::<Option<String>>(7)?, rang.try_get::<Option<i64>>(8)?) {
        (Some(version), Some(le)) => Some(Acceptation { version, le: de_micros(le, "compte", "cgu_le")? }),
        _ => None,
    };
    Ok(Compte {
        id: CompteId::lit(&rang.try_get::<String>(0)?).map_err(illisible("compte", "id"))?,
        etat: EtatCompte::lit(&rang.try_get::<String>(1)?)
            .ok_or(Erreur::Incoherence { table: "compte", colonne: "etat" })?,
        identifiant: rang.try_get(2)?,
        courriel: rang.try_get(3)?,
        mot_de_passe: rang.try_get::<Option<String>>(4)?.map(Empreinte::nouvelle),
        auteur: json(rang, 5, "auteur")?,
        nom: rang.try_get(6)?,
        cgu,
        reponses: json(rang, 9, "reponses")?,
        changement: json(rang, 10, "changement")?,
        second_facteur: json(rang, 11, "second_facteur")?,
        a_verifier: rang.try_get::<i64>(12)? != 0,
        cree_le: de_micros(rang.try_get(13)?, "compte", "cree_le")?,
        version: rang.try_get(14)?,
    })
}

pub(crate) async fn version(cx: &mut Cx, commune: &str, id: &CompteId) -> Result<i64, Erreur> {
    let rang = requete(VERSION).bind(commune).bind(id.as_str()).fetch_optional(cx).await?;
    rang.map_or(Ok(0), |r| r.try_get(0))
}

fn en_json<T: Serialize>(valeur: Option<&T>) -> Result<Option<String>, Erreur> {
    Ok(valeur.map(serde_json::to_string).transpose()?)
}

/// Is that account's name, where it has one, another active account's?
pub(crate) async fn nom_pris(cx: &mut Cx, commune: &str, c: &Compte) -> Result<bool, Erreur> {
    let Some(nom) = &c.identifiant else { return Ok(false) };
    let rang = requete(NOM_PRIS).bind(commune).bind(nom).bind(c.id.as_str()).fetch_optional(cx).await?;
    Ok(rang.is_some())
}

/// Is its address another active account's?
pub(crate) async fn courriel_pris(cx: &mut Cx, commune: &str, c: &Compte) -> Result<bool, Erreur> {
    let demande = requete(COURRIEL_PRIS).bind(commune).bind(&c.courriel).bind(c.id.as_str());
    Ok(demande.fetch_optional(cx).await?.is_some())
}

/// Writes it over the version that it was decided on; an active one, under a name and an address that are its own.
pub(crate) async fn ecrit(cx: &mut Cx, commune: &str, c: &Compte) -> Result<(), Erreur> {
    if c.etat == EtatCompte::Actif {
        if nom_pris(cx, commune, c).await? {
            return Err(Erreur::Garde(Box::new(Garde::Unique(CleUnique::Identifiant(c.id.clone())))));
        }
        if courriel_pris(cx, commune, c).await? {
            return Err(Erreur::Garde(Box::new(Garde::Unique(CleUnique::Courriel(c.id.clone())))));
        }
    }
    let auteur = c.auteur.as_ref();
    let fait = requete(if c.version == 1 { CREER } else { MODIFIER })
        .bind(commune)
        .bind(c.id.as_str())
        .bind(c.etat.nom())
        .bind(c.identifiant.as_deref())
        .bind(&c.courriel)
        .bind(c.mot_de_passe.as_ref().map(Empreinte::phc))
        .bind(en_json(auteur)?)
        .bind(auteur.and_then(Auteur::foyer).map(FoyerId::as_str))
        .bind(auteur.and_then(Auteur::personne).map(PersonneId::as_str))
        .bind(c.nom.as_deref())
        .bind(c.cgu.as_ref().map(|a| a.version.as_str()))
        .bind(c.cgu.as_ref().map(|a| en_micros(a.le)))
        .bind(en_json(c.reponses.as_ref())?)
        .bind(en_json(c.changement.as_ref())?)
        .bind(en_json(c.second_facteur.as_ref())?)
        .bind(i64::from(c.a_verifier))
        .bind(en_micros(c.cree_le))
        .bind(c.version)
        .execute(cx)
        .await?;
    if fait == 1 { Ok(()) } else { Err(depassee(Agregat::Compte(c.id.clone()), c.version)) }
}

pub(crate) async fn lie(cx: &mut Cx, commune: &str, lien: &LienNeuf) -> Result<(), Erreur> {
    requete(LIER)
        .bind(commune)
        .bind(lien.empreinte.as_slice())
        .bind(lien.compte.as_str())
        .bind(lien.genre.nom())
        .bind(en_micros(lien.cree_le))
        .bind(en_micros(lien.expire_le))
        .execute(cx)
        .await?;
    Ok(())
}

/// Follows a link, if its row says that nobody did and that its time is not over.
pub(crate) async fn suit(
    cx: &mut Cx,
    commune: &str,
    empreinte: &[u8; 32],
    compte: &CompteId,
    le: Timestamp,
) -> Result<bool, Erreur> {
    let suivi = requete(SUIVRE)
        .bind(commune)
        .bind(empreinte.as_slice())
        .bind(compte.as_str())
        .bind(en_micros(le))
        .execute(cx)
        .await?;
    Ok(suivi == 1)
}

/// Ends the links of these kinds that nobody followed.
pub(crate) async fn delie(
    cx: &mut Cx,
    commune: &str,
    compte: &CompteId,
    genres: &[GenreLien],
) -> Result<(), Erreur> {
    for genre in genres {
        requete(DELIER).bind(commune).bind(compte.as_str()).bind(genre.nom()).execute(cx).await?;
    }
    Ok(())
}

/// Forgets the links over since `avant`, and the accounts asked for before it that have none left.
pub(crate) async fn purge(cx: &mut Cx, commune: &str, avant: Timestamp) -> Result<u64, Erreur> {
    let liens = requete(PURGER_LIENS).bind(commune).bind(en_micros(avant)).execute(&mut *cx).await?;
    let comptes = requete(ABANDONNES).bind(commune).bind(en_micros(avant)).execute(&mut *cx).await?;
    Ok(liens.saturating_add(comptes))
}
