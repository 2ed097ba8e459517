//! Booked days.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::decision::EtatReservation;
use engine::identifiant::{PersonneId, ReservationId};
use engine::reservation::{Acte, Venue};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Probleme;
use super::appel::{Appel, Cle, Corps};
use crate::bookings::{self, Reservee};
use crate::routes::{Acces, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/{slug}/api/v1/reservations", Acces::Famille, liste)
        .post("/{slug}/api/v1/reservations", Acces::Famille, reserve)
        .delete("/{slug}/api/v1/reservations/{id}", Acces::Famille, annule)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Depuis {
    depuis: Option<Date>,
}

/// `GET reservations?depuis=2025-09-01`: from today on by default, cancelled days too.
async fn liste(appel: Appel, depuis: Result<Query<Depuis>, QueryRejection>) -> Result<Json<Value>, Probleme> {
    let Ok(Query(Depuis { depuis })) = depuis else {
        return Err(Probleme::illisible("« depuis » s’écrit 2025-09-01."));
    };
    let (etat, commune) = (&appel.visiteur.etat, &appel.visiteur.commune);
    let aujourdhui = commune.fuseau.to_datetime(etat.horloge.maintenant()).date();
    let toutes = bookings::liste(etat, appel.pour()?, depuis.unwrap_or(aujourdhui)).await?;
    Ok(Json(json!({ "reservations": toutes.iter().map(montre).collect::<Vec<_>>() })))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Demande {
    enfant: String,
    prestation: String,
    jour: Date,
    mode: Option<String>,
}

/// `POST reservations`
async fn reserve(appel: Appel, Cle(cle): Cle, Corps(corps): Corps<Demande>) -> Result<Response, Probleme> {
    let (etat, pour) = (&appel.visiteur.etat, appel.pour()?);
    let enfant = PersonneId::lit(&corps.enfant).map_err(|_| Probleme::introuvable())?;
    let venue = Venue { mode: corps.mode, ..Venue::simple(&corps.prestation, corps.jour) };
    let echec = |e| Probleme::reservation(pour.commune, e);
    let acte = Acte::Reserver(venue);
    let id = bookings::agit(etat, pour, &enfant, &acte, Some(&cle)).await.map_err(echec)?;
    let une = bookings::une(etat, pour, &id).await.map_err(echec)?;
    let adresse = format!("/{}/api/v1/reservations/{id}", pour.commune.slug);
    Ok((StatusCode::CREATED, [(header::LOCATION, adresse)], Json(montre(&une))).into_response())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Motif {
    motif: Option<String>,
}

/// `DELETE reservations/{id}?motif=`: a day that is cancelled stays so, however often it is asked.
async fn annule(
    appel: Appel,
    Path((_, id)): Path<(String, String)>,
    motif: Result<Query<Motif>, QueryRejection>,
) -> Result<Json<Value>, Probleme> {
    let Ok(Query(Motif { motif })) = motif else {
        return Err(Probleme::illisible("Seul « motif » peut accompagner une annulation."));
    };
    let (etat, pour) = (&appel.visiteur.etat, appel.pour()?);
    let id = ReservationId::lit(&id).map_err(|_| Probleme::introuvable())?;
    let echec = |e| Probleme::reservation(pour.commune, e);
    let une = bookings::une(etat, pour, &id).await.map_err(echec)?;
    if une.faite.etat == EtatReservation::Ferme {
        let acte = bookings::annulation(&une.faite, motif);
        bookings::agit(etat, pour, &une.faite.enfant, &acte, None).await.map_err(echec)?;
    }
    let une = bookings::une(etat, pour, &id).await.map_err(echec)?;
    Ok(Json(montre(&une)))
}

fn montre(une: &Reservee) -> Value {
    let faite = &une.faite;
    let (etat, annonce) = match &faite.etat {
        EtatReservation::Ferme => ("ferme", None),
        EtatReservation::Annulee { annonce, .. } => ("annulee", Some(annonce)),
    };
    let prix = une.ligne.as_ref().map(|l| {
        json!({
            "montant": l.montant.en_euros().to_string(),
            "phrase": l.phrase,
            "lieu": l.trace.get("lieu"),
            "source": l.trace.get("source"),
            "trace": l.trace,
        })
    });
    json!({
        "id": faite.id,
        "enfant": faite.enfant,
        "prestation": faite.prestation,
        "jour": faite.jour,
        "mode": faite.mode,
        "delai": faite.delai,
        "recu_le": faite.recu_le,
        "etat": etat,
        "annonce": annonce,
        "prix": prix,
    })
}
