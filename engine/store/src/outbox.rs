//! The outbox: effects written with the decision, executed after it.

use engine::decision::{Auteur, CleEffet, EffetAFaire, Sortie};
use engine::identifiant::CommuneSlug;
use jiff::Timestamp;

use crate::courrier::Courrier;
use crate::cx::Cx;
use crate::differe::Ajout;
use crate::erreur::{Erreur, illisible};
use crate::instant::{de_micros, en_micros};
use crate::journal::nom;
use crate::ordre::{Ordre, Recu};
use crate::portee::Portee;
use crate::sql::{Requete, Sql, requete, requetes};
use crate::store::Store;

requetes! {
    ECRIRE = "INSERT INTO outbox (commune_id, agregat, seq, rang, sortie, cree_le, du_le) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    // the oldest first, so that a family reads its letters in order
    PRENDRE = "UPDATE outbox SET prise_jusqu_a = $3, essais = essais + 1 WHERE (commune_id, agregat, seq, rang) IN
            (SELECT commune_id, agregat, seq, rang FROM outbox WHERE commune_id = $1 AND fait_le IS NULL AND mort_le IS NULL AND du_le <= $2
                AND (prise_jusqu_a IS NULL OR prise_jusqu_a <= $2) ORDER BY du_le, cree_le, agregat, seq, rang LIMIT $4)
        RETURNING agregat, seq, rang, sortie, essais, cree_le",
        pg: "WITH dus AS MATERIALIZED (SELECT agregat, seq, rang FROM outbox WHERE commune_id = $1 AND fait_le IS NULL
                AND mort_le IS NULL AND du_le <= $2 AND (prise_jusqu_a IS NULL OR prise_jusqu_a <= $2)
                ORDER BY du_le, cree_le, agregat, seq, rang LIMIT $4 FOR UPDATE SKIP LOCKED)
            UPDATE outbox o SET prise_jusqu_a = $3, essais = o.essais + 1 FROM dus
            WHERE o.commune_id = $1 AND o.agregat = dus.agregat AND o.seq = dus.seq AND o.rang = dus.rang
            RETURNING o.agregat, o.seq, o.rang, o.sortie, o.essais, o.cree_le";
    FAIT = "UPDATE outbox SET fait_le = $5, prise_jusqu_a = NULL, erreur = NULL
        WHERE commune_id = $1 AND agregat = $2 AND seq = $3 AND rang = $4 AND fait_le IS NULL";
    MANQUE = "UPDATE outbox SET du_le = COALESCE($5, du_le), mort_le = CASE WHEN $5 IS NULL THEN CAST($7 AS BIGINT) END,
            erreur = $6, prise_jusqu_a = NULL
        WHERE commune_id = $1 AND agregat = $2 AND seq = $3 AND rang = $4 AND fait_le IS NULL";
    // asked at every commit: one seek among those that nobody holds, then the few that somebody does
    PROCHAIN = "SELECT MIN(le) FROM (
            SELECT MIN(du_le) AS le FROM outbox WHERE commune_id = $1 AND fait_le IS NULL AND mort_le IS NULL
                AND prise_jusqu_a IS NULL
            UNION ALL SELECT MIN(CASE WHEN du_le > prise_jusqu_a THEN du_le ELSE prise_jusqu_a END) FROM outbox
                WHERE commune_id = $1 AND fait_le IS NULL AND mort_le IS NULL AND prise_jusqu_a IS NOT NULL) AS les_deux";
    REJOUER = "UPDATE outbox SET mort_le = NULL, essais = 0, du_le = $5
        WHERE commune_id = $1 AND agregat = $2 AND seq = $3 AND rang = $4 AND mort_le IS NOT NULL AND fait_le IS NULL";
    // over, and dead: what was given up
    ABANDONNER = "UPDATE outbox SET fait_le = $5
        WHERE commune_id = $1 AND agregat = $2 AND seq = $3 AND rang = $4 AND mort_le IS NOT NULL AND fait_le IS NULL";
    // the dossier's own row says whose they are: an aggregate is named `dossier:` and its identifier
    MORTS = "SELECT o.sortie, o.essais, o.erreur, o.mort_le, d.demarche FROM outbox o
        LEFT JOIN dossier d ON d.commune_id = o.commune_id AND d.id = SUBSTR(o.agregat, 9)
        WHERE o.commune_id = $1 AND o.mort_le IS NOT NULL AND o.fait_le IS NULL
            AND (o.mort_le, o.agregat, o.seq, o.rang) < ($2, $3, $4, $5)
        ORDER BY o.mort_le DESC, o.agregat DESC, o.seq DESC, o.rang DESC LIMIT $6";
    EST_MORT = "SELECT essais FROM outbox WHERE commune_id = $1 AND agregat = $2 AND seq = $3 AND rang = $4
        AND mort_le IS NOT NULL AND fait_le IS NULL";
    NOMBRE_MORTS = "SELECT COUNT(*) FROM outbox WHERE commune_id = $1 AND mort_le IS NOT NULL AND fait_le IS NULL";
}

/// An effect taken to be executed, with the scope to do it in.
#[derive(Clone, Debug, PartialEq)]
pub struct EffetDu {
    /// The task's own commune, and no other.
    pub portee: Portee,
    /// The effect.
    pub effet: EffetAFaire,
    /// How many times it was taken, this one included.
    pub essais: i64,
    /// When it was decided.
    pub cree_le: Timestamp,
}

/// An effect that failed too often: it waits for somebody.
#[derive(Clone, Debug, PartialEq)]
pub struct EffetMort {
    /// The effect.
    pub effet: EffetAFaire,
    /// How many times it was tried.
    pub essais: i64,
    /// What the last try said.
    pub erreur: String,
    /// Since when.
    pub mort_le: Timestamp,
    /// Of which démarche its dossier is.
    pub demarche: Option<String>,
}

impl Store {
    /// Takes effects that are due; whoever took them has until `jusqu_a` to say what came of them.
    pub async fn prend_effets(
        &self,
        commune: &CommuneSlug,
        maintenant: Timestamp,
        jusqu_a: Timestamp,
        nombre: u32,
    ) -> Result<Vec<EffetDu>, Erreur> {
        match self.demande(commune, Ordre::PrendreEffets { maintenant, jusqu_a, nombre }).await? {
            Recu::Effets(effets) => Ok(effets),
            _ => Err(Erreur::Ferme),
        }
    }

    /// An effect was executed: it never is again. Its letters are kept with it.
    pub async fn effet_fait(
        &self,
        portee: &Portee,
        cle: CleEffet,
        le: Timestamp,
        courriers: Vec<Courrier>,
    ) -> Result<(), Erreur> {
        self.demande(portee.commune(), Ordre::EffetFait { cle, le, courriers }).await.map(|_| ())
    }

    /// An effect failed at `le`; it is taken again from `reprise`, or waits for somebody.
    pub async fn effet_manque(
        &self,
        portee: &Portee,
        cle: CleEffet,
        erreur: String,
        le: Timestamp,
        reprise: Option<Timestamp>,
    ) -> Result<(), Erreur> {
        self.demande(portee.commune(), Ordre::EffetManque { cle, erreur, le, reprise }).await.map(|_| ())
    }

    /// The effects that failed too often, the newest first, after `apres`; none for a family.
    pub async fn effets_morts(
        &self,
        portee: &Portee,
        apres: Option<&EffetMort>,
        nombre: u32,
    ) -> Result<Vec<EffetMort>, Erreur> {
        if portee.filtre().is_some() {
            return Ok(Vec::new());
        }
        morts(&mut self.lecture(portee).await?, portee.commune().as_str(), apres, nombre).await
    }

    /// Does that effect wait for somebody? Nothing does for a family.
    pub async fn est_mort(&self, portee: &Portee, cle: &CleEffet) -> Result<bool, Erreur> {
        if portee.filtre().is_some() {
            return Ok(false);
        }
        est_mort(&mut self.lecture(portee).await?, portee.commune().as_str(), cle).await
    }

    /// How many effects of a town failed too often.
    pub async fn nombre_d_effets_morts(&self, commune: &CommuneSlug) -> Result<i64, Erreur> {
        nombre_de_morts(&mut self.lecture_de(commune).await?, commune.as_str()).await
    }
}

pub(crate) fn ecrit(cx: &mut Cx, commune: &str, effet: &EffetAFaire, le: Timestamp) -> Result<(), Erreur> {
    let cle = &effet.cle;
    let rang = vec![
        commune.to_owned().into(),
        nom(&cle.agregat).into(),
        cle.seq.into(),
        i64::from(cle.rang).into(),
        serde_json::to_string(&(cle, &effet.sortie))?.into(),
        en_micros(le).into(),
        en_micros(le).into(),
    ];
    cx.ajoute(Ajout::Outbox, rang);
    Ok(())
}

pub(crate) async fn prend(
    cx: &mut Cx,
    commune: &CommuneSlug,
    maintenant: Timestamp,
    jusqu_a: Timestamp,
    nombre: u32,
) -> Result<Vec<EffetDu>, Erreur> {
    let rangs = requete(PRENDRE)
        .bind(commune.as_str())
        .bind(en_micros(maintenant))
        .bind(en_micros(jusqu_a))
        .bind(i64::from(nombre))
        .fetch_all(cx)
        .await?;
    let mut dus = Vec::with_capacity(rangs.len());
    for rang in rangs {
        let (cle, sortie): (CleEffet, Sortie) =
            serde_json::from_str(&rang.try_get::<String>(3)?).map_err(illisible("outbox", "sortie"))?;
        let du = EffetDu {
            portee: Portee::nouvelle(commune.clone(), Auteur::Systeme),
            effet: EffetAFaire { cle, sortie },
            essais: rang.try_get(4)?,
            cree_le: de_micros(rang.try_get(5)?, "outbox", "cree_le")?,
        };
        dus.push(du);
    }
    dus.sort_by(|a, b| (a.cree_le, &a.effet.cle).cmp(&(b.cree_le, &b.effet.cle)));
    Ok(dus)
}

/// A statement about one effect: its first four values are the key.
fn vise<'q>(sql: Sql, commune: &'q str, cle: &CleEffet) -> Requete<'q> {
    requete(sql).bind(commune).bind(nom(&cle.agregat)).bind(cle.seq).bind(i64::from(cle.rang))
}

/// False when somebody already said so.
pub(crate) async fn fait(cx: &mut Cx, commune: &str, cle: &CleEffet, le: Timestamp) -> Result<bool, Erreur> {
    let fait = vise(FAIT, commune, cle).bind(en_micros(le)).execute(cx).await?;
    Ok(fait == 1)
}

pub(crate) async fn manque(
    cx: &mut Cx,
    commune: &str,
    cle: &CleEffet,
    le: Timestamp,
    reprise: Option<Timestamp>,
    erreur: &str,
) -> Result<(), Erreur> {
    vise(MANQUE, commune, cle)
        .bind(reprise.map(en_micros))
        .bind(erreur)
        .bind(en_micros(le))
        .execute(cx)
        .await?;
    Ok(())
}

/// Makes a dead one due again; nothing for one that is not dead.
pub(crate) async fn rejoue(cx: &mut Cx, commune: &str, cle: &CleEffet, le: Timestamp) -> Result<(), Erreur> {
    vise(REJOUER, commune, cle).bind(en_micros(le)).execute(cx).await?;
    Ok(())
}

/// Gives up a dead one; nothing for one that is not dead.
pub(crate) async fn abandonne(
    cx: &mut Cx,
    commune: &str,
    cle: &CleEffet,
    le: Timestamp,
) -> Result<(), Erreur> {
    vise(ABANDONNER, commune, cle).bind(en_micros(le)).execute(cx).await?;
    Ok(())
}

/// Is it dead?
pub(crate) async fn est_mort(cx: &mut Cx, commune: &str, cle: &CleEffet) -> Result<bool, Erreur> {
    Ok(vise(EST_MORT, commune, cle).fetch_optional(cx).await?.is_some())
}

/// The dead ones, the newest first, after `apres`.
pub(crate) async fn morts(
    cx: &mut Cx,
    commune: &str,
    apres: Option<&EffetMort>,
    nombre: u32,
) -> Result<Vec<EffetMort>, Erreur> {
    let (le, agregat, seq, rang) = match apres {
        None => (i64::MAX, String::new(), 0, 0),
        Some(m) => {
            let cle = &m.effet.cle;
            (en_micros(m.mort_le), nom(&cle.agregat), cle.seq, i64::from(cle.rang))
        }
    };
    let rangs = requete(MORTS)
        .bind(commune)
        .bind(le)
        .bind(agregat)
        .bind(seq)
        .bind(rang)
        .bind(i64::from(nombre))
        .fetch_all(cx)
        .await?;
    let mut morts = Vec::with_capacity(rangs.len());
    for rang in rangs {
        let (cle, sortie): (CleEffet, Sortie) =
            serde_json::from_str(&rang.try_get::<String>(0)?).map_err(illisible("outbox", "sortie"))?;
        morts.push(EffetMort {
            effet: EffetAFaire { cle, sortie },
            essais: rang.try_get(1)?,
            erreur: rang.try_get::<Option<String>>(2)?.unwrap_or_default(),
            mort_le: de_micros(rang.try_get(3)?, "outbox", "mort_le")?,
            demarche: rang.try_get(4)?,
        });
    }
    Ok(morts)
}

/// How many are dead.
pub(crate) async fn nombre_de_morts(cx: &mut Cx, commune: &str) -> Result<i64, Erreur> {
    requete(NOMBRE_MORTS).bind(commune).fetch_one(cx).await?.try_get(0)
}

/// When the next one is due, in microseconds.
pub(crate) async fn prochain(cx: &mut Cx, commune: &str) -> Result<Option<i64>, Erreur> {
    requete(PROCHAIN).bind(commune).fetch_one(cx).await?.try_get(0)
}
