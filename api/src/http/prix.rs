//! What a day costs and until when it can be booked, without booking it.

use axum::Json;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use engine::identifiant::PersonneId;
use engine::reservation::{Acte, Venue};
use engine::tarification::en_json;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Probleme;
use super::appel::Appel;
use crate::bookings;
use crate::routes::{Acces, Routes};

pub(super) fn routes() -> Routes {
    Routes::default().get("/{slug}/api/v1/prix", Acces::Famille, prix)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Demande {
    prestation: String,
    jour: Date,
    enfant: String,
    mode: Option<String>,
}

/// `GET prix?prestation=repas&jour=2025-09-04&enfant=…`: lines with their steps, even when it is too late to book.
async fn prix(
    appel: Appel,
    demande: Result<Query<Demande>, QueryRejection>,
) -> Result<Json<Value>, Probleme> {
    let Ok(Query(demande)) = demande else {
        return Err(Probleme::illisible("Donnez prestation, jour (2025-09-04) et enfant ; mode au besoin."));
    };
    let enfant = PersonneId::lit(&demande.enfant).map_err(|_| Probleme::introuvable())?;
    let (etat, pour) = (&appel.visiteur.etat, appel.pour()?);
    let venue = Venue { mode: demande.mode, ..Venue::simple(&demande.prestation, demande.jour) };
    let lue = bookings::lit(etat, pour, &enfant, &Acte::Reserver(venue.clone())).await;
    let lue = lue.map_err(|e| Probleme::reservation(pour.commune, e))?;
    let lignes = lue.prix(&enfant, &venue).map_err(|r| Probleme::refus(pour.commune, &r))?;
    let derniere = lue.echeances(&enfant, &venue).ok().and_then(|e| e.derniere().cloned());
    Ok(Json(json!({
        "prestation": venue.prestation,
        "jour": venue.jour,
        "enfant": enfant,
        "limite": derniere.as_ref().map(|e| json!({ "texte": e.en_mots(), "instant": e.instant })),
        "lignes": lignes.iter().map(|l| en_json(l, pour.commune)).collect::<Vec<_>>(),
    })))
}
