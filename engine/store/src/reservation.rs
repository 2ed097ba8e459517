//! Booked days.

use engine::decision::{Agregat, CleUnique, EtatReservation, Garde, ReservationFaite};
use engine::identifiant::{FoyerId, PersonneId, ReservationId};
use jiff::civil::Date;

use crate::cx::{Cx, Rang};
use crate::erreur::{Erreur, depassee, illisible};
use crate::portee::Portee;
use crate::sql::{requete, requetes};
use crate::store::Store;

requetes! {
    LIRE = "SELECT etat FROM reservation WHERE commune_id = $1 AND id = $2 AND ($3 IS NULL OR foyer_id = $3)";
    VERSION = "SELECT version FROM reservation WHERE commune_id = $1 AND id = $2";
    VIVANTE = "SELECT 1 FROM reservation
        WHERE commune_id = $1 AND enfant_id = $2 AND prestation = $3 AND jour = $4 AND vivante = 1 AND id <> $5";
    CREER = "INSERT INTO reservation (commune_id, id, foyer_id, enfant_id, prestation, jour, vivante, version, etat)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (commune_id, id) DO NOTHING";
    MODIFIER = "UPDATE reservation SET foyer_id = $3, enfant_id = $4, prestation = $5, jour = $6, vivante = $7, version = $8,
            etat = $9
        WHERE commune_id = $1 AND id = $2 AND version = $8 - 1";
    DU_FOYER = "SELECT etat FROM reservation WHERE commune_id = $1 AND foyer_id = $2 AND ($3 IS NULL OR foyer_id = $3)
            AND jour >= $4 AND jour <= $5
        ORDER BY jour, prestation, enfant_id, id";
}

impl Store {
    /// A booked day of this scope.
    pub async fn reservation(
        &self,
        portee: &Portee,
        id: &ReservationId,
    ) -> Result<Option<ReservationFaite>, Erreur> {
        lit(&mut self.lecture(portee).await?, portee, id).await
    }

    /// A household's booked days, from `de` to `a` included; cancelled ones too.
    pub async fn reservations(
        &self,
        portee: &Portee,
        id: &FoyerId,
        de: Date,
        a: Date,
    ) -> Result<Vec<ReservationFaite>, Erreur> {
        du_foyer(&mut self.lecture(portee).await?, portee, id, de, a).await
    }
}

fn lit_rang(rang: &Rang) -> Result<ReservationFaite, Erreur> {
    serde_json::from_str(&rang.try_get::<String>(0)?).map_err(illisible("reservation", "etat"))
}

pub(crate) async fn lit(
    cx: &mut Cx,
    portee: &Portee,
    id: &ReservationId,
) -> Result<Option<ReservationFaite>, Erreur> {
    let rang = requete(LIRE)
        .bind(portee.commune().as_str())
        .bind(id.as_str())
        .bind(portee.filtre())
        .fetch_optional(cx)
        .await?;
    rang.as_ref().map(lit_rang).transpose()
}

/// A household's booked days between two days, both included; cancelled ones too.
pub(crate) async fn du_foyer(
    cx: &mut Cx,
    portee: &Portee,
    foyer: &FoyerId,
    de: Date,
    a: Date,
) -> Result<Vec<ReservationFaite>, Erreur> {
    let rangs = requete(DU_FOYER)
        .bind(portee.commune().as_str())
        .bind(foyer.as_str())
        .bind(portee.filtre())
        .bind(de.to_string())
        .bind(a.to_string())
        .fetch_all(cx)
        .await?;
    rangs.iter().map(lit_rang).collect()
}

pub(crate) async fn version(cx: &mut Cx, commune: &str, id: &ReservationId) -> Result<i64, Erreur> {
    let rang = requete(VERSION).bind(commune).bind(id.as_str()).fetch_optional(cx).await?;
    rang.map_or(Ok(0), |r| r.try_get(0))
}

/// Is another one live for this child, prestation and day?
pub(crate) async fn vivante(
    cx: &mut Cx,
    commune: &str,
    (enfant, prestation, jour): (&PersonneId, &str, Date),
    sauf: &str,
) -> Result<bool, Erreur> {
    let rang = requete(VIVANTE)
        .bind(commune)
        .bind(enfant.as_str())
        .bind(prestation)
        .bind(jour.to_string())
        .bind(sauf)
        .fetch_optional(cx)
        .await?;
    Ok(rang.is_some())
}

/// Writes it over the version that it was decided on, and over nothing else.
pub(crate) async fn ecrit(cx: &mut Cx, commune: &str, r: &ReservationFaite) -> Result<(), Erreur> {
    let prend = r.etat == EtatReservation::Ferme;
    if prend && vivante(cx, commune, (&r.enfant, &r.prestation, r.jour), r.id.as_str()).await? {
        let cle = CleUnique::Reservation {
            enfant: r.enfant.clone(),
            prestation: r.prestation.clone(),
            jour: r.jour,
        };
        return Err(Erreur::Garde(Box::new(Garde::Unique(cle))));
    }
    let fait = requete(if r.version == 1 { CREER } else { MODIFIER })
        .bind(commune)
        .bind(r.id.as_str())
        .bind(r.foyer.as_str())
        .bind(r.enfant.as_str())
        .bind(&r.prestation)
        .bind(r.jour.to_string())
        .bind(i64::from(prend))
        .bind(r.version)
        .bind(serde_json::to_string(r)?)
        .execute(cx)
        .await?;
    if fait == 1 { Ok(()) } else { Err(depassee(Agregat::Reservation(r.id.clone()), r.version)) }
}
