//! Échéances: what time will do to dossiers.

use engine::decision::{Appartient, Auteur, EcheanceAFaire};
use engine::identifiant::{CommuneSlug, DossierId};
use jiff::Timestamp;

use crate::cx::Cx;
use crate::differe::Ajout;
use crate::erreur::{Erreur, illisible};
use crate::instant::{de_micros, en_micros};
use crate::ordre::{Ordre, Recu};
use crate::portee::Portee;
use crate::sql::{requete, requetes};
use crate::store::Store;

requetes! {
    ECRIRE = "INSERT INTO echeance (commune_id, dossier_id, appartient, du_le) VALUES ($1, $2, $3, $4)
        ON CONFLICT (commune_id, dossier_id, appartient) DO UPDATE SET du_le = excluded.du_le, prise_jusqu_a = NULL";
    PRENDRE = "UPDATE echeance SET prise_jusqu_a = $3 WHERE (commune_id, dossier_id, appartient) IN
            (SELECT commune_id, dossier_id, appartient FROM echeance WHERE commune_id = $1 AND du_le <= $2
                AND (prise_jusqu_a IS NULL OR prise_jusqu_a <= $2) ORDER BY du_le, dossier_id, appartient LIMIT $4)
        RETURNING dossier_id, appartient, du_le",
        pg: "WITH dues AS MATERIALIZED (SELECT dossier_id, appartient FROM echeance WHERE commune_id = $1 AND du_le <= $2
                AND (prise_jusqu_a IS NULL OR prise_jusqu_a <= $2)
                ORDER BY du_le, dossier_id, appartient LIMIT $4 FOR UPDATE SKIP LOCKED)
            UPDATE echeance e SET prise_jusqu_a = $3 FROM dues
            WHERE e.commune_id = $1 AND e.dossier_id = dues.dossier_id AND e.appartient = dues.appartient
            RETURNING e.dossier_id, e.appartient, e.du_le";
    FERMER = "DELETE FROM echeance WHERE commune_id = $1 AND dossier_id = $2 AND appartient = $3";
    // as in the outbox: one seek, whatever the number of échéances armed
    PROCHAINE = "SELECT MIN(le) FROM (
            SELECT MIN(du_le) AS le FROM echeance WHERE commune_id = $1 AND prise_jusqu_a IS NULL
            UNION ALL SELECT MIN(CASE WHEN du_le > prise_jusqu_a THEN du_le ELSE prise_jusqu_a END) FROM echeance
                WHERE commune_id = $1 AND prise_jusqu_a IS NOT NULL) AS les_deux";
}

/// An échéance taken to be decided, with the scope to do it in.
#[derive(Clone, Debug, PartialEq)]
pub struct EcheanceDue {
    /// The task's own commune, and no other.
    pub portee: Portee,
    /// What is due.
    pub echeance: EcheanceAFaire,
}

impl Store {
    /// Takes échéances that are due, until `jusqu_a`.
    pub async fn prend_echeances(
        &self,
        commune: &CommuneSlug,
        maintenant: Timestamp,
        jusqu_a: Timestamp,
        nombre: u32,
    ) -> Result<Vec<EcheanceDue>, Erreur> {
        match self.demande(commune, Ordre::PrendreEcheances { maintenant, jusqu_a, nombre }).await? {
            Recu::Echeances(echeances) => Ok(echeances),
            _ => Err(Erreur::Ferme),
        }
    }

    /// An échéance has nothing to do any more (its étape is over).
    pub async fn ferme_echeance(
        &self,
        portee: &Portee,
        dossier: DossierId,
        appartient: Appartient,
    ) -> Result<(), Erreur> {
        self.demande(portee.commune(), Ordre::FermerEcheance { dossier, appartient }).await.map(|_| ())
    }
}

pub(crate) fn ecrit(cx: &mut Cx, commune: &str, e: &EcheanceAFaire) -> Result<(), Erreur> {
    let rang = vec![
        commune.to_owned().into(),
        e.dossier.as_str().to_owned().into(),
        serde_json::to_string(&e.appartient)?.into(),
        en_micros(e.le).into(),
    ];
    cx.ajoute(Ajout::Echeance, rang);
    Ok(())
}

pub(crate) async fn prend(
    cx: &mut Cx,
    commune: &CommuneSlug,
    maintenant: Timestamp,
    jusqu_a: Timestamp,
    nombre: u32,
) -> Result<Vec<EcheanceDue>, Erreur> {
    let rangs = requete(PRENDRE)
        .bind(commune.as_str())
        .bind(en_micros(maintenant))
        .bind(en_micros(jusqu_a))
        .bind(i64::from(nombre))
        .fetch_all(cx)
        .await?;
    let mut dues = Vec::with_capacity(rangs.len());
    for rang in rangs {
        let appartient: String = rang.try_get(1)?;
        dues.push(EcheanceDue {
            portee: Portee::nouvelle(commune.clone(), Auteur::Systeme),
            echeance: EcheanceAFaire {
                dossier: DossierId::lit(&rang.try_get::<String>(0)?)
                    .map_err(illisible("echeance", "dossier_id"))?,
                le: de_micros(rang.try_get(2)?, "echeance", "du_le")?,
                appartient: serde_json::from_str(&appartient).map_err(illisible("echeance", "appartient"))?,
            },
        });
    }
    dues.sort_by(|a, b| (a.echeance.le, &a.echeance.dossier).cmp(&(b.echeance.le, &b.echeance.dossier)));
    Ok(dues)
}

pub(crate) async fn ferme(
    cx: &mut Cx,
    commune: &str,
    dossier: &DossierId,
    appartient: Appartient,
) -> Result<(), Erreur> {
    requete(FERMER)
        .bind(commune)
        .bind(dossier.as_str())
        .bind(serde_json::to_string(&appartient)?)
        .execute(cx)
        .await?;
    Ok(())
}

/// When the next one is due, in microseconds.
pub(crate) async fn prochaine(cx: &mut Cx, commune: &str) -> Result<Option<i64>, Erreur> {
    requete(PROCHAINE).bind(commune).fetch_one(cx).await?.try_get(0)
}
