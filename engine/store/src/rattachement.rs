//! The households that new accounts declared, until the town's service says whose they are.

use engine::cle_enfance::{Rattachement, ReponseRattachement};
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
    DEMANDER = "INSERT INTO rattachement (commune_id, foyer_id, personne_id, demande_le, etat) VALUES ($1, $2, $3, $4, 'en_attente')
        ON CONFLICT (commune_id, foyer_id) DO NOTHING";
    // a refusal may be taken back; what was attached stays
    REPONDRE = "UPDATE rattachement SET etat = $3, decide_le = $4, motif = $5, vers_foyer = $6, vers_personne = $7
        WHERE commune_id = $1 AND foyer_id = $2 AND etat IN ('en_attente', 'refuse')
        RETURNING personne_id";
    LISTER = "SELECT foyer_id, personne_id, demande_le, etat, motif FROM rattachement
        WHERE commune_id = $1 AND etat = 'en_attente' ORDER BY demande_le, foyer_id LIMIT $2";
    LIRE = "SELECT foyer_id, personne_id, demande_le, etat, motif FROM rattachement
        WHERE commune_id = $1 AND foyer_id = $2 AND ($3 IS NULL OR foyer_id = $3)";
    DEVENU = "SELECT vers_foyer, vers_personne FROM rattachement WHERE commune_id = $1 AND foyer_id = $2 AND etat = 'rattache'
        AND ($3 IS NULL OR foyer_id = $3)";
    COMPTER = "SELECT COUNT(*) FROM rattachement WHERE commune_id = $1 AND etat = 'en_attente'";
}

impl Store {
    /// The households that wait for an answer, oldest first. Agents' scopes only.
    pub async fn rattachements(&self, portee: &Portee, nombre: u32) -> Result<Vec<Rattachement>, Erreur> {
        if portee.filtre().is_some() {
            return Ok(Vec::new());
        }
        let rangs = requete(LISTER)
            .bind(portee.commune().as_str())
            .bind(i64::from(nombre))
            .fetch_all(&mut self.lecture(portee).await?)
            .await?;
        rangs.iter().map(lit).collect()
    }

    /// How many wait. Agents' scopes only.
    pub async fn rattachements_en_attente(&self, portee: &Portee) -> Result<i64, Erreur> {
        if portee.filtre().is_some() {
            return Ok(0);
        }
        let demande = requete(COMPTER).bind(portee.commune().as_str());
        demande.fetch_one(&mut self.lecture(portee).await?).await?.try_get(0)
    }

    /// What became of a household of this scope, where an account declared it; `None`: the town made it, it is known.
    pub async fn rattachement(
        &self,
        portee: &Portee,
        foyer: &FoyerId,
    ) -> Result<Option<Rattachement>, Erreur> {
        let rang = requete(LIRE)
            .bind(portee.commune().as_str())
            .bind(foyer.as_str())
            .bind(portee.filtre())
            .fetch_optional(&mut self.lecture(portee).await?)
            .await?;
        rang.as_ref().map(lit).transpose()
    }

    /// Where whoever declared this household of the scope is now, and who they are there; `None`: it stayed as it was declared.
    pub async fn devenu(
        &self,
        portee: &Portee,
        foyer: &FoyerId,
    ) -> Result<Option<(FoyerId, PersonneId)>, Erreur> {
        let rang = requete(DEVENU)
            .bind(portee.commune().as_str())
            .bind(foyer.as_str())
            .bind(portee.filtre())
            .fetch_optional(&mut self.lecture(portee).await?)
            .await?;
        let Some(rang) = rang else { return Ok(None) };
        let foyer =
            FoyerId::lit(&rang.try_get::<String>(0)?).map_err(illisible("rattachement", "vers_foyer"))?;
        let personne = PersonneId::lit(&rang.try_get::<String>(1)?)
            .map_err(illisible("rattachement", "vers_personne"))?;
        Ok(Some((foyer, personne)))
    }
}

fn lit(rang: &Rang) -> Result<Rattachement, Erreur> {
    let etat: String = rang.try_get(3)?;
    let motif: Option<String> = rang.try_get(4)?;
    Ok(Rattachement {
        foyer: FoyerId::lit(&rang.try_get::<String>(0)?).map_err(illisible("rattachement", "foyer_id"))?,
        personne: PersonneId::lit(&rang.try_get::<String>(1)?)
            .map_err(illisible("rattachement", "personne_id"))?,
        demande_le: de_micros(rang.try_get(2)?, "rattachement", "demande_le")?,
        reponse: match etat.as_str() {
            "en_attente" => None,
            "refuse" => Some(Err(motif.unwrap_or_default())),
            _ => Some(Ok(())),
        },
    })
}

pub(crate) async fn demande(
    cx: &mut Cx,
    commune: &str,
    foyer: &FoyerId,
    personne: &PersonneId,
    le: Timestamp,
) -> Result<(), Erreur> {
    requete(DEMANDER)
        .bind(commune)
        .bind(foyer.as_str())
        .bind(personne.as_str())
        .bind(en_micros(le))
        .execute(cx)
        .await?;
    Ok(())
}

/// Writes the answer; a guard fails where somebody was quicker.
pub(crate) async fn repond(
    cx: &mut Cx,
    commune: &str,
    foyer: &FoyerId,
    reponse: &ReponseRattachement,
    qui: (&Auteur, Timestamp),
) -> Result<(), Erreur> {
    if pose(cx, commune, foyer, reponse, qui).await? {
        return Ok(());
    }
    let attendue = foyer::version(cx, commune, foyer).await?;
    Err(Erreur::Garde(Box::new(Garde::Version { agregat: Agregat::Foyer(foyer.clone()), attendue })))
}

/// The same; did it wait for one? Attached, its dossiers go with the account; whoever was writing for it reads it again.
pub(crate) async fn pose(
    cx: &mut Cx,
    commune: &str,
    foyer: &FoyerId,
    reponse: &ReponseRattachement,
    (auteur, le): (&Auteur, Timestamp),
) -> Result<bool, Erreur> {
    let (etat, motif, vers) = match reponse {
        ReponseRattachement::Accepte => ("accepte", None, None),
        ReponseRattachement::Rattache { foyer, personne } => ("rattache", None, Some((foyer, personne))),
        ReponseRattachement::Refuse { motif } => ("refuse", Some(motif.as_str()), None),
    };
    let rang = requete(REPONDRE)
        .bind(commune)
        .bind(foyer.as_str())
        .bind(etat)
        .bind(en_micros(le))
        .bind(motif)
        .bind(vers.map(|(f, _)| f.as_str()))
        .bind(vers.map(|(_, p)| p.as_str()))
        .fetch_optional(&mut *cx)
        .await?;
    let Some(rang) = rang else { return Ok(false) };
    foyer::touche(cx, commune, foyer).await?;
    if let Some((connu, personne)) = vers {
        let declarant =
            PersonneId::lit(&rang.try_get::<String>(0)?).map_err(illisible("rattachement", "personne_id"))?;
        reconnu::suit(cx, commune, (foyer, &declarant), (connu, personne), (auteur, le)).await?;
    }
    Ok(true)
}
