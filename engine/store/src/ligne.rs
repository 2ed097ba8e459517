//! Priced lines.

use engine::decision::LigneFaite;
use engine::identifiant::{FoyerId, LigneId, PersonneId, ReservationId};
use jiff::civil::Date;
use rules::montant::Montant;

use crate::coffre;
use crate::cx::{Cx, Rang};
use crate::erreur::{Erreur, illisible};
use crate::portee::Portee;
use crate::sql::{requete, requetes};
use crate::store::Store;

requetes! {
    ECRIRE = "INSERT INTO ligne
            (commune_id, id, foyer_id, enfant_id, reservation_id, prestation, jour, centimes, phrase, trace, digest)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    DU_FOYER = "SELECT id, foyer_id, enfant_id, reservation_id, prestation, jour, centimes, phrase, trace, digest FROM ligne
        WHERE commune_id = $1 AND foyer_id = $2 AND ($3 IS NULL OR foyer_id = $3) AND jour >= $4 AND jour <= $5
        ORDER BY jour, prestation, id";
}

impl Store {
    /// A household's priced lines, from `de` to `a` included.
    pub async fn lignes(
        &self,
        portee: &Portee,
        id: &FoyerId,
        de: Date,
        a: Date,
    ) -> Result<Vec<LigneFaite>, Erreur> {
        du_foyer(&mut self.lecture(portee).await?, portee, id, de, a).await
    }
}

pub(crate) async fn ecrit(cx: &mut Cx, commune: &str, ligne: &LigneFaite) -> Result<(), Erreur> {
    let place = [commune, "ligne", ligne.id.as_str()];
    let trace = serde_json::to_string(&ligne.trace)?;
    let trace = coffre::range_s_il_nomme(cx.coffre.as_ref(), trace, &place)?;
    requete(ECRIRE)
        .bind(commune)
        .bind(ligne.id.as_str())
        .bind(ligne.foyer.as_str())
        .bind(ligne.enfant.as_ref().map(PersonneId::as_str))
        .bind(ligne.reservation.as_ref().map(ReservationId::as_str))
        .bind(&ligne.prestation)
        .bind(ligne.jour.to_string())
        .bind(ligne.montant.en_centimes())
        .bind(&ligne.phrase)
        .bind(trace)
        .bind(&ligne.digest)
        .execute(cx)
        .await?;
    Ok(())
}

/// A household's lines between two days, both included.
pub(crate) async fn du_foyer(
    cx: &mut Cx,
    portee: &Portee,
    foyer: &FoyerId,
    de: Date,
    a: Date,
) -> Result<Vec<LigneFaite>, Erreur> {
    let rangs = requete(DU_FOYER)
        .bind(portee.commune().as_str())
        .bind(foyer.as_str())
        .bind(portee.filtre())
        .bind(de.to_string())
        .bind(a.to_string())
        .fetch_all(&mut *cx)
        .await?;
    rangs.iter().map(|r| lit(cx, portee.commune().as_str(), r)).collect()
}

fn lit(cx: &Cx, commune: &str, rang: &Rang) -> Result<LigneFaite, Erreur> {
    let id: String = rang.try_get(0)?;
    let place = [commune, "ligne", &id];
    let trace = coffre::lis(cx.coffre.as_ref(), rang.try_get(8)?, &place, ("ligne", "trace"))?;
    let enfant: Option<String> = rang.try_get(2)?;
    let reservation: Option<String> = rang.try_get(3)?;
    Ok(LigneFaite {
        id: LigneId::lit(&id).map_err(illisible("ligne", "id"))?,
        foyer: FoyerId::lit(&rang.try_get::<String>(1)?).map_err(illisible("ligne", "foyer_id"))?,
        enfant: enfant.map(|e| PersonneId::lit(&e)).transpose().map_err(illisible("ligne", "enfant_id"))?,
        reservation: reservation
            .map(|r| ReservationId::lit(&r))
            .transpose()
            .map_err(illisible("ligne", "reservation_id"))?,
        prestation: rang.try_get(4)?,
        jour: rang.try_get::<String>(5)?.parse().map_err(illisible("ligne", "jour"))?,
        montant: Montant::centimes(rang.try_get(6)?),
        phrase: rang.try_get(7)?,
        trace: serde_json::from_str(&trace).map_err(illisible("ligne", "trace"))?,
        digest: rang.try_get(9)?,
    })
}
