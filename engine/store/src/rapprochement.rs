//! Two sheets of a household that may be one person: recognised by a merge, or asked of an agent.

use engine::decision::{Agregat, Auteur, Garde};
use engine::identifiant::{FoyerId, PersonneId};
use jiff::Timestamp;

use crate::cx::{Cx, Rang};
use crate::erreur::{Erreur, illisible};
use crate::instant::{de_micros, en_micros};
use crate::portee::Portee;
use crate::sql::{requete, requetes};
use crate::store::Store;
use crate::{foyer, reconnu};

requetes! {
    POSER = "INSERT INTO rapprochement (commune_id, foyer_id, declaree_id, connue_id, etat, pose_le, decide_le)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (commune_id, foyer_id, declaree_id, connue_id) DO NOTHING";
    REPONDRE = "UPDATE rapprochement SET etat = $5, decide_le = $6
        WHERE commune_id = $1 AND foyer_id = $2 AND declaree_id = $3 AND connue_id = $4 AND etat = 'en_attente'";
    OUBLIER = "DELETE FROM rapprochement
        WHERE commune_id = $1 AND foyer_id = $2 AND (declaree_id = $3 OR connue_id = $3) AND etat = 'en_attente'";
    EN_ATTENTE = "SELECT foyer_id, declaree_id, connue_id, etat, pose_le FROM rapprochement
        WHERE commune_id = $1 AND etat = 'en_attente' ORDER BY pose_le, foyer_id, declaree_id LIMIT $2";
    DU_FOYER = "SELECT foyer_id, declaree_id, connue_id, etat, pose_le FROM rapprochement
        WHERE commune_id = $1 AND foyer_id = $2 AND ($3 IS NULL OR foyer_id = $3) ORDER BY pose_le, declaree_id";
}

/// What is known of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EtatRapprochement {
    /// An agent is asked.
    EnAttente,
    /// One person.
    Meme,
    /// Two.
    Autre,
}

/// Two sheets that may be one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rapprochement {
    /// In which household.
    pub foyer: FoyerId,
    /// The sheet that the family declared.
    pub declaree: PersonneId,
    /// The one that the town knew.
    pub connue: PersonneId,
    /// What is known of them.
    pub etat: EtatRapprochement,
    /// Since when it is asked, or known.
    pub pose_le: Timestamp,
}

/// Somebody left: nobody is asked any more whether another sheet is theirs.
pub(crate) async fn oublie(
    cx: &mut Cx,
    commune: &str,
    foyer: &FoyerId,
    personne: &PersonneId,
) -> Result<(), Erreur> {
    requete(OUBLIER).bind(commune).bind(foyer.as_str()).bind(personne.as_str()).execute(cx).await?;
    Ok(())
}

impl Store {
    /// Those that wait for an agent, oldest first. Agents' scopes only.
    pub async fn rapprochements(&self, portee: &Portee, nombre: u32) -> Result<Vec<Rapprochement>, Erreur> {
        if portee.filtre().is_some() {
            return Ok(Vec::new());
        }
        let rangs = requete(EN_ATTENTE)
            .bind(portee.commune().as_str())
            .bind(i64::from(nombre))
            .fetch_all(&mut self.lecture(portee).await?)
            .await?;
        rangs.iter().map(lit).collect()
    }

    /// Those of a household of this scope, answered ones too.
    pub async fn rapprochements_du_foyer(
        &self,
        portee: &Portee,
        id: &FoyerId,
    ) -> Result<Vec<Rapprochement>, Erreur> {
        let rangs = requete(DU_FOYER)
            .bind(portee.commune().as_str())
            .bind(id.as_str())
            .bind(portee.filtre())
            .fetch_all(&mut self.lecture(portee).await?)
            .await?;
        rangs.iter().map(lit).collect()
    }
}

fn lit(rang: &Rang) -> Result<Rapprochement, Erreur> {
    let personne = |n, colonne| {
        PersonneId::lit(&rang.try_get::<String>(n)?).map_err(illisible("rapprochement", colonne))
    };
    Ok(Rapprochement {
        foyer: FoyerId::lit(&rang.try_get::<String>(0)?).map_err(illisible("rapprochement", "foyer_id"))?,
        declaree: personne(1, "declaree_id")?,
        connue: personne(2, "connue_id")?,
        etat: match rang.try_get::<String>(3)?.as_str() {
            "en_attente" => EtatRapprochement::EnAttente,
            "meme" => EtatRapprochement::Meme,
            _ => EtatRapprochement::Autre,
        },
        pose_le: de_micros(rang.try_get(4)?, "rapprochement", "pose_le")?,
    })
}

const fn nom(etat: EtatRapprochement) -> &'static str {
    match etat {
        EtatRapprochement::EnAttente => "en_attente",
        EtatRapprochement::Meme => "meme",
        EtatRapprochement::Autre => "autre",
    }
}

/// Says what a merge recognised, or what it asks.
pub(crate) async fn pose(
    cx: &mut Cx,
    commune: &str,
    foyer: &FoyerId,
    (declaree, connue): (&PersonneId, &PersonneId),
    etat: EtatRapprochement,
    le: Timestamp,
) -> Result<(), Erreur> {
    requete(POSER)
        .bind(commune)
        .bind(foyer.as_str())
        .bind(declaree.as_str())
        .bind(connue.as_str())
        .bind(nom(etat))
        .bind(en_micros(le))
        .bind((etat != EtatRapprochement::EnAttente).then(|| en_micros(le)))
        .execute(cx)
        .await?;
    Ok(())
}

/// Writes an agent's answer, once: a guard fails where somebody was quicker.
pub(crate) async fn repond(
    cx: &mut Cx,
    commune: &str,
    id: &FoyerId,
    (declaree, connue): (&PersonneId, &PersonneId),
    meme: bool,
    (auteur, le): (&Auteur, Timestamp),
) -> Result<(), Erreur> {
    let etat = if meme { EtatRapprochement::Meme } else { EtatRapprochement::Autre };
    let repondu = requete(REPONDRE)
        .bind(commune)
        .bind(id.as_str())
        .bind(declaree.as_str())
        .bind(connue.as_str())
        .bind(nom(etat))
        .bind(en_micros(le))
        .execute(&mut *cx)
        .await?;
    if repondu != 1 {
        let attendue = foyer::version(cx, commune, id).await?;
        return Err(Erreur::Garde(Box::new(Garde::Version {
            agregat: Agregat::Foyer(id.clone()),
            attendue,
        })));
    }
    foyer::touche(cx, commune, id).await?;
    if meme { reconnu::une_personne(cx, commune, id, (declaree, connue), (auteur, le)).await } else { Ok(()) }
}
