//! Rights to use a service.

use engine::decision::Ecriture;
use engine::foyer::Sujet;
use engine::identifiant::{FoyerId, InscriptionId, PersonneId};
use jiff::civil::Date;

use crate::cx::{Cx, Rang};
use crate::erreur::{Erreur, illisible};
use crate::foyer;
use crate::portee::Portee;
use crate::sql::{requete, requetes};
use crate::store::Store;

requetes! {
    OUVRIR = "INSERT INTO inscription (commune_id, id, foyer_id, enfant_id, service, annee_scolaire, du, dossier_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    FERMER = "UPDATE inscription SET au = $5 WHERE commune_id = $1 AND service = $2 AND foyer_id = $3
        AND enfant_id IS NOT DISTINCT FROM $4 AND au IS NULL";
    OUVERTE = "SELECT 1 FROM inscription WHERE commune_id = $1 AND enfant_id = $2 AND foyer_id = $3 AND au IS NULL LIMIT 1";
    DU_FOYER = "SELECT id, foyer_id, enfant_id, service, annee_scolaire, du, au FROM inscription
        WHERE commune_id = $1 AND foyer_id = $2 AND ($3 IS NULL OR foyer_id = $3) ORDER BY du, service, id";
}

/// A right to use a service, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inscription {
    /// Which.
    pub id: InscriptionId,
    /// Whose.
    pub foyer: FoyerId,
    /// For which child; `None` = the whole household.
    pub enfant: Option<PersonneId>,
    /// To what.
    pub service: String,
    /// For which school year.
    pub annee_scolaire: Option<String>,
    /// First day.
    pub du: Date,
    /// Last day; `None` = still open.
    pub au: Option<Date>,
}

impl Store {
    /// A household's rights to services, ended ones too.
    pub async fn inscriptions(&self, portee: &Portee, id: &FoyerId) -> Result<Vec<Inscription>, Erreur> {
        du_foyer(&mut self.lecture(portee).await?, portee, id).await
    }
}

pub(crate) async fn du_foyer(cx: &mut Cx, portee: &Portee, id: &FoyerId) -> Result<Vec<Inscription>, Erreur> {
    let rangs = requete(DU_FOYER)
        .bind(portee.commune().as_str())
        .bind(id.as_str())
        .bind(portee.filtre())
        .fetch_all(cx)
        .await?;
    rangs.iter().map(lit).collect()
}

/// Is a right open to this person by this household?
pub(crate) async fn ouverte(
    cx: &mut Cx,
    commune: &str,
    (personne, foyer): (&PersonneId, &FoyerId),
) -> Result<bool, Erreur> {
    let rang = requete(OUVERTE)
        .bind(commune)
        .bind(personne.as_str())
        .bind(foyer.as_str())
        .fetch_optional(cx)
        .await?;
    Ok(rang.is_some())
}

fn lit(rang: &Rang) -> Result<Inscription, Erreur> {
    let enfant: Option<String> = rang.try_get(2)?;
    let annee: String = rang.try_get(4)?;
    let au: Option<String> = rang.try_get(6)?;
    Ok(Inscription {
        id: InscriptionId::lit(&rang.try_get::<String>(0)?).map_err(illisible("inscription", "id"))?,
        foyer: FoyerId::lit(&rang.try_get::<String>(1)?).map_err(illisible("inscription", "foyer_id"))?,
        enfant: enfant
            .map(|e| PersonneId::lit(&e))
            .transpose()
            .map_err(illisible("inscription", "enfant_id"))?,
        service: rang.try_get(3)?,
        annee_scolaire: Some(annee).filter(|a| !a.is_empty()),
        du: rang.try_get::<String>(5)?.parse().map_err(illisible("inscription", "du"))?,
        au: au.map(|d| d.parse()).transpose().map_err(illisible("inscription", "au"))?,
    })
}

/// Writes an [`Ecriture::Inscription`] or its end; anything else is not for here.
pub(crate) async fn ecrit(cx: &mut Cx, commune: &str, ecriture: &Ecriture) -> Result<(), Erreur> {
    match ecriture {
        Ecriture::Inscription { id, sujet, foyer: sien, service, annee_scolaire, du, dossier } => {
            let (_, enfant) = qui(sujet);
            requete(OUVRIR)
                .bind(commune)
                .bind(id.as_str())
                .bind(sien.as_str())
                .bind(enfant)
                .bind(service)
                .bind(annee_scolaire.as_deref().unwrap_or_default())
                .bind(du.to_string())
                .bind(dossier.as_str())
                .execute(&mut *cx)
                .await?;
            foyer::touche(cx, commune, sien).await
        }
        Ecriture::FinInscription { sujet, foyer: sien, service, au } => {
            requete(FERMER)
                .bind(commune)
                .bind(service)
                .bind(sien.as_str())
                .bind(qui(sujet).1)
                .bind(au.to_string())
                .execute(&mut *cx)
                .await?;
            foyer::touche_sujet(cx, commune, sujet).await
        }
        _ => Ok(()),
    }
}

/// (household, child): exactly one is there.
fn qui(sujet: &Sujet) -> (Option<&str>, Option<&str>) {
    match sujet {
        Sujet::Foyer(foyer) => (Some(foyer.as_str()), None),
        Sujet::Personne(enfant) | Sujet::Lien { enfant, .. } => (None, Some(enfant.as_str())),
    }
}
