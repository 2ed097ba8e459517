//! The keys that a town gives to the families that it knows: hashed at rest, one use, an end, so many misses.

use engine::decision::{Agregat, Auteur, EntreeJournal};
use engine::identifiant::{CleEnfanceId, FoyerId, PersonneId};
use jiff::Timestamp;

use crate::cx::{Cx, Rang};
use crate::erreur::{Erreur, illisible};
use crate::instant::{de_micros, en_micros};
use crate::journal;
use crate::ordre::{Ordre, Recu};
use crate::portee::Portee;
use crate::sql::{requete, requetes};
use crate::store::Store;

requetes! {
    CREER = "INSERT INTO cle_enfance (commune_id, id, empreinte, foyer_id, responsable_id, ouvre, cree_le, expire_le, essais_restants)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    VIVANTE = "SELECT id FROM cle_enfance WHERE commune_id = $1 AND foyer_id = $2 AND COALESCE(responsable_id, '') = $3
        AND utilisee_le IS NULL AND revoquee_le IS NULL";
    REVOQUER = "UPDATE cle_enfance SET revoquee_le = $3
        WHERE commune_id = $1 AND id = $2 AND utilisee_le IS NULL AND revoquee_le IS NULL";
    LISTER = "SELECT id, foyer_id, responsable_id, cree_le, expire_le, essais_restants, utilisee_le, revoquee_le FROM cle_enfance
        WHERE commune_id = $1 AND ($2 IS NULL OR foyer_id = $2) ORDER BY cree_le DESC, id LIMIT $3";
    FOYERS_SANS = "SELECT DISTINCT l.foyer_id FROM lien l
        WHERE l.commune_id = $1 AND l.genre IN ('responsable', 'co_representant') AND l.jusqu_a IS NULL AND l.foyer_id > $2
            AND EXISTS (SELECT 1 FROM lien e WHERE e.commune_id = $1 AND e.foyer_id = l.foyer_id AND e.genre = 'enfant' AND e.jusqu_a IS NULL)
        ORDER BY l.foyer_id LIMIT $3";
}

/// A key to make.
#[derive(Clone, PartialEq, Eq)]
pub struct CleNeuve {
    /// Which.
    pub id: CleEnfanceId,
    /// Keyed hash of its normal form ([`engine::cle_enfance::normale`]).
    pub empreinte: [u8; 32],
    /// The household that it opens.
    pub foyer: FoyerId,
    /// Whose it is; `None` = the household's.
    pub responsable: Option<PersonneId>,
    /// Ids of the services that it opens; empty = all.
    pub ouvre: Vec<String>,
    /// Until when.
    pub expire_le: Timestamp,
    /// Misses before it is dead.
    pub essais: u32,
}

/// Its hash is not printed: what is in the logs must not help anybody.
impl std::fmt::Debug for CleNeuve {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CleNeuve").field("id", &self.id).field("foyer", &self.foyer).finish_non_exhaustive()
    }
}

/// What making one gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleFaite {
    /// Which.
    pub id: CleEnfanceId,
    /// The one that it replaces, dead now.
    pub remplace: Option<CleEnfanceId>,
}

/// A key in a list: everything but itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleRangee {
    /// Which.
    pub id: CleEnfanceId,
    /// The household that it opens.
    pub foyer: FoyerId,
    /// Whose it is; `None` = the household's.
    pub responsable: Option<PersonneId>,
    /// Since when.
    pub cree_le: Timestamp,
    /// Until when.
    pub expire_le: Timestamp,
    /// Misses left.
    pub essais_restants: u32,
    /// When it was used.
    pub utilisee_le: Option<Timestamp>,
    /// When it was taken back.
    pub revoquee_le: Option<Timestamp>,
}

/// What a key still does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EtatCle {
    /// It opens.
    Ouverte,
    /// It opened, once.
    Utilisee,
    /// The town took it back, or made another.
    Revoquee,
    /// Too late.
    Expiree,
    /// Missed too often.
    Bloquee,
}

impl CleRangee {
    /// What it still does at that time.
    pub fn etat(&self, maintenant: Timestamp) -> EtatCle {
        match () {
            () if self.utilisee_le.is_some() => EtatCle::Utilisee,
            () if self.revoquee_le.is_some() => EtatCle::Revoquee,
            () if self.essais_restants == 0 => EtatCle::Bloquee,
            () if self.expire_le <= maintenant => EtatCle::Expiree,
            () => EtatCle::Ouverte,
        }
    }
}

/// Keys to make.
#[derive(Clone, Debug)]
pub(crate) struct ClesNeuves {
    pub(crate) neuves: Vec<CleNeuve>,
    pub(crate) auteur: Auteur,
    pub(crate) le: Timestamp,
}

/// A key to take back.
#[derive(Clone, Debug)]
pub(crate) struct FinCle {
    pub(crate) cle: CleEnfanceId,
    pub(crate) auteur: Auteur,
    pub(crate) le: Timestamp,
}

impl Store {
    /// Makes these keys, all or none; a live one of the same person (or household) is dead from then on. Agents' scopes and the
    /// command line only.
    pub async fn fait_cles(
        &self,
        portee: &Portee,
        neuves: Vec<CleNeuve>,
        le: Timestamp,
    ) -> Result<Vec<CleFaite>, Erreur> {
        if portee.filtre().is_some() {
            return Ok(Vec::new());
        }
        let neuves = ClesNeuves { neuves, auteur: portee.auteur().clone(), le };
        match self.demande(portee.commune(), Ordre::FaireCles(neuves)).await? {
            Recu::Cles(faites) => Ok(faites),
            _ => Err(Erreur::Ferme),
        }
    }

    /// Takes a key back: did it still open?
    pub async fn revoque_cle(
        &self,
        portee: &Portee,
        cle: &CleEnfanceId,
        le: Timestamp,
    ) -> Result<bool, Erreur> {
        if portee.filtre().is_some() {
            return Ok(false);
        }
        let fin = FinCle { cle: cle.clone(), auteur: portee.auteur().clone(), le };
        match self.demande(portee.commune(), Ordre::RevoquerCle(fin)).await? {
            Recu::Revoquee(fait) => Ok(fait),
            _ => Err(Erreur::Ferme),
        }
    }

    /// The keys of a household, or of the town, the newest first. Agents' scopes only.
    pub async fn cles_enfance(
        &self,
        portee: &Portee,
        foyer: Option<&FoyerId>,
        nombre: u32,
    ) -> Result<Vec<CleRangee>, Erreur> {
        if portee.filtre().is_some() {
            return Ok(Vec::new());
        }
        let rangs = requete(LISTER)
            .bind(portee.commune().as_str())
            .bind(foyer.map(FoyerId::as_str))
            .bind(i64::from(nombre))
            .fetch_all(&mut self.lecture(portee).await?)
            .await?;
        rangs.iter().map(lit).collect()
    }

    /// The next households after `apres` that have a guardian and a child: those that a key may be made for.
    pub async fn foyers_a_cle(
        &self,
        portee: &Portee,
        apres: Option<&FoyerId>,
        nombre: u32,
    ) -> Result<Vec<FoyerId>, Erreur> {
        if portee.filtre().is_some() {
            return Ok(Vec::new());
        }
        let rangs = requete(FOYERS_SANS)
            .bind(portee.commune().as_str())
            .bind(apres.map_or("", FoyerId::as_str))
            .bind(i64::from(nombre))
            .fetch_all(&mut self.lecture(portee).await?)
            .await?;
        rangs
            .iter()
            .map(|r| FoyerId::lit(&r.try_get::<String>(0)?).map_err(illisible("lien", "foyer_id")))
            .collect()
    }
}

fn lit(rang: &Rang) -> Result<CleRangee, Erreur> {
    let instant = |n, colonne| de_micros(rang.try_get(n)?, "cle_enfance", colonne);
    let facultatif = |n, colonne| {
        let micros: Option<i64> = rang.try_get(n)?;
        micros.map(|m| de_micros(m, "cle_enfance", colonne)).transpose()
    };
    let responsable: Option<String> = rang.try_get(2)?;
    Ok(CleRangee {
        id: CleEnfanceId::lit(&rang.try_get::<String>(0)?).map_err(illisible("cle_enfance", "id"))?,
        foyer: FoyerId::lit(&rang.try_get::<String>(1)?).map_err(illisible("cle_enfance", "foyer_id"))?,
        responsable: responsable
            .map(|p| PersonneId::lit(&p))
            .transpose()
            .map_err(illisible("cle_enfance", "responsable_id"))?,
        cree_le: instant(3, "cree_le")?,
        expire_le: instant(4, "expire_le")?,
        essais_restants: u32::try_from(rang.try_get::<i64>(5)?)
            .map_err(illisible("cle_enfance", "essais_restants"))?,
        utilisee_le: facultatif(6, "utilisee_le")?,
        revoquee_le: facultatif(7, "revoquee_le")?,
    })
}

pub(crate) async fn fait(cx: &mut Cx, commune: &str, cles: &ClesNeuves) -> Result<Vec<CleFaite>, Erreur> {
    let mut faites = Vec::with_capacity(cles.neuves.len());
    for neuve in &cles.neuves {
        let vivante = requete(VIVANTE)
            .bind(commune)
            .bind(neuve.foyer.as_str())
            .bind(neuve.responsable.as_ref().map_or("", PersonneId::as_str))
            .fetch_optional(&mut *cx)
            .await?;
        let remplace = vivante
            .map(|r| CleEnfanceId::lit(&r.try_get::<String>(0)?).map_err(illisible("cle_enfance", "id")))
            .transpose()?;
        if let Some(ancienne) = &remplace {
            finit(cx, commune, ancienne, cles.le).await?;
            consigne(cx, commune, ancienne, (&cles.auteur, cles.le), "remplacer_cle", None).await?;
        }
        requete(CREER)
            .bind(commune)
            .bind(neuve.id.as_str())
            .bind(neuve.empreinte.as_slice())
            .bind(neuve.foyer.as_str())
            .bind(neuve.responsable.as_ref().map(PersonneId::as_str))
            .bind(serde_json::to_string(&neuve.ouvre)?)
            .bind(en_micros(cles.le))
            .bind(en_micros(neuve.expire_le))
            .bind(i64::from(neuve.essais))
            .execute(&mut *cx)
            .await?;
        let detail = Some(format!("foyer:{}", neuve.foyer));
        consigne(cx, commune, &neuve.id, (&cles.auteur, cles.le), "faire_cle", detail).await?;
        faites.push(CleFaite { id: neuve.id.clone(), remplace });
    }
    Ok(faites)
}

pub(crate) async fn revoque(cx: &mut Cx, commune: &str, fin: &FinCle) -> Result<bool, Erreur> {
    let faite = finit(cx, commune, &fin.cle, fin.le).await?;
    if faite {
        consigne(cx, commune, &fin.cle, (&fin.auteur, fin.le), "revoquer_cle", None).await?;
    }
    Ok(faite)
}

async fn finit(cx: &mut Cx, commune: &str, cle: &CleEnfanceId, le: Timestamp) -> Result<bool, Erreur> {
    let fait = requete(REVOQUER).bind(commune).bind(cle.as_str()).bind(en_micros(le)).execute(cx).await?;
    Ok(fait == 1)
}

/// Its rank is allotted here: nobody decided on what the key's journal was.
pub(crate) async fn consigne(
    cx: &mut Cx,
    commune: &str,
    cle: &CleEnfanceId,
    (auteur, le): (&Auteur, Timestamp),
    evenement: &str,
    detail: Option<String>,
) -> Result<(), Erreur> {
    ajoute(cx, commune, Agregat::CleEnfance(cle.clone()), (auteur, le), (evenement, detail)).await
}

/// The next entry of that aggregate.
pub(crate) async fn ajoute(
    cx: &mut Cx,
    commune: &str,
    agregat: Agregat,
    (auteur, le): (&Auteur, Timestamp),
    (evenement, detail): (&str, Option<String>),
) -> Result<(), Erreur> {
    let seq = journal::dernier_seq(cx, commune, &agregat).await?.saturating_add(1);
    let entree = EntreeJournal {
        agregat,
        seq,
        le,
        auteur: auteur.clone(),
        evenement: evenement.to_owned(),
        detail,
        changements: Vec::new(),
    };
    journal::ecrit(cx, commune, &entree, &[]).await
}
