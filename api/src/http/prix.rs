//! What a day costs and until when it can be booked, without booking it.

use axum::Json;
use engine::identifiant::PersonneId;
use engine::reservation::{Acte, Venue};
use engine::tarification::en_json;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Probleme;
use super::appel::{Appel, Apres};
use super::operation::Operation;
use super::valeurs::{Jour, identifiant, instant, jour, objet};
use crate::bookings;
use crate::routes::{Acces, Routes};

pub(super) fn routes() -> Routes {
    Routes::default().get("/{slug}/api/v1/prix", Acces::Famille, prix).decrite(
        Operation::lit::<Prix>("prix", "Le prix d’un jour, pas à pas, et jusqu’à quand il se réserve.")
            .requete::<Demande>(),
    )
}

/// Of which day.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Demande {
    prestation: String,
    jour: Jour,
    #[schemars(schema_with = "identifiant")]
    enfant: String,
    /// The town's booking mode, where it has some.
    mode: Option<String>,
}

/// A price, before anything is booked.
#[derive(Debug, Serialize, JsonSchema)]
struct Prix {
    prestation: String,
    #[schemars(schema_with = "jour")]
    jour: String,
    #[schemars(schema_with = "identifiant")]
    enfant: String,
    /// Until when it can be booked.
    limite: Option<Limite>,
    lignes: Vec<Ligne>,
}

/// A last moment.
#[derive(Debug, Serialize, JsonSchema)]
struct Limite {
    /// In words.
    texte: String,
    #[schemars(schema_with = "instant")]
    instant: String,
}

/// A priced line with its steps.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(transparent)]
struct Ligne(#[schemars(schema_with = "objet")] Value);

/// `GET prix?prestation=repas&jour=2025-09-04&enfant=…`: lines with their steps, even when it is too late to book.
async fn prix(appel: Appel, Apres(demande): Apres<Demande>) -> Result<Json<Prix>, Probleme> {
    let enfant = PersonneId::lit(&demande.enfant).map_err(|_| Probleme::introuvable())?;
    let (etat, pour) = (&appel.visiteur.etat, appel.pour()?);
    let venue = Venue { mode: demande.mode, ..Venue::simple(&demande.prestation, demande.jour.0) };
    let lue = bookings::lit(etat, pour, &enfant, &Acte::Reserver(venue.clone())).await;
    let lue = lue.map_err(|e| Probleme::reservation(pour.commune, e))?;
    let lignes = lue.prix(&enfant, &venue).map_err(|r| Probleme::refus(pour.commune, &r))?;
    let derniere = lue.echeances(&enfant, &venue).ok().and_then(|e| e.derniere().cloned());
    Ok(Json(Prix {
        prestation: venue.prestation,
        jour: venue.jour.to_string(),
        enfant: enfant.to_string(),
        limite: derniere.map(|e| Limite { texte: e.en_mots(), instant: e.instant.to_string() }),
        lignes: lignes.iter().map(|l| Ligne(en_json(l, pour.commune))).collect(),
    }))
}
