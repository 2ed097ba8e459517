//! Appointments: the slots that are free, and one taken, changed, given back or noted as held.

use axum::Json;
use axum::extract::Path;
use axum::response::Response;
use engine::demarche::Evenement;
use jiff::civil::DateTime;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::Probleme;
use super::appel::{Appel, Apres, Cle, Corps};
use super::dossiers::{DossierVu, accomplit};
use super::operation::{self as description, Operation};
use super::valeurs::{Jour, Rien, dossier};
use crate::acts;
use crate::routes::{Acces, Routes};
use crate::slots;

pub(super) fn routes() -> Routes {
    let vu = Operation::lit::<DossierVu>;
    Routes::default()
        .get("/{slug}/api/v1/dossiers/{dossier}/creneaux", Acces::Connu, libres)
        .decrite(
            Operation::lit::<Creneaux>("creneaux", "Les créneaux libres de la démarche, à partir d’un jour.")
                .requete::<Depuis>(),
        )
        .post("/{slug}/api/v1/dossiers/{dossier}/rendez_vous", Acces::Connu, prend)
        .decrite(
            vu("prendre_rendez_vous", "Prend un créneau, à la place de celui d’avant.")
                .agit(description::Corps::Json(description::corps::<Choix>), 200),
        )
        .post("/{slug}/api/v1/dossiers/{dossier}/rendez_vous/annulation", Acces::Connu, annule)
        .decrite(
            vu("annuler_rendez_vous", "Rend le créneau pris.")
                .agit(description::Corps::JsonOuRien(description::corps::<Rien>), 200),
        )
        .post("/{slug}/api/v1/dossiers/{dossier}/rendez_vous/constat", Acces::Connu, constate)
        .decrite(
            vu("constater_rendez_vous", "Note si la famille est venue.")
                .agit(description::Corps::Json(description::corps::<Constat>), 200),
        )
}

/// From which day on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Depuis {
    /// Today by default.
    depuis: Option<Jour>,
}

/// Free slots.
#[derive(Debug, Serialize, JsonSchema)]
struct Creneaux {
    /// Where the family goes.
    lieu: String,
    /// How long a slot lasts.
    minutes: u16,
    /// Must one be chosen before filing?
    obligatoire: bool,
    /// Their beginnings, at the town's watch, in order: those of the first ten days that have some.
    creneaux: Vec<String>,
}

/// A slot.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Choix {
    /// Its beginning, at the town's watch: `2024-06-04T09:00:00`.
    #[schemars(schema_with = "debut")]
    debut: String,
}

fn debut(_: &mut SchemaGenerator) -> Schema {
    let motif = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$";
    json_schema!({ "type": "string", "pattern": motif, "examples": ["2024-06-04T09:00:00"] })
}

/// Did the family come?
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Constat {
    tenu: bool,
}

/// `GET dossiers/{dossier}/creneaux?depuis=2024-06-04`
async fn libres(
    appel: Appel,
    Path((_, id)): Path<(String, String)>,
    Apres(depuis): Apres<Depuis>,
) -> Result<Json<Creneaux>, Probleme> {
    let (etat, commune, portee) = (&appel.visiteur.etat, &appel.visiteur.commune, &appel.session.portee);
    let lu = acts::lit(etat, commune, portee, &dossier(&id)?).await;
    let lu = lu.map_err(|e| Probleme::acte(commune, e))?;
    let agenda = lu.demarche.rendez_vous.as_ref().ok_or_else(Probleme::introuvable)?;
    let jours = slots::libres(etat, portee, &lu, agenda, depuis.depuis.map(|j| j.0)).await?;
    Ok(Json(Creneaux {
        lieu: agenda.endroit.clone(),
        minutes: agenda.minutes,
        obligatoire: agenda.obligatoire,
        creneaux: jours.into_iter().flat_map(|(_, debuts)| debuts).map(|d| d.to_string()).collect(),
    }))
}

/// `POST dossiers/{dossier}/rendez_vous`
async fn prend(
    appel: Appel,
    Path((_, id)): Path<(String, String)>,
    cle: Cle,
    Corps { lu, demande }: Corps<Choix>,
) -> Result<Response, Probleme> {
    let fait = async {
        let debut = lu.debut.parse::<DateTime>();
        let debut = debut.map_err(|_| {
            Probleme::illisible("Un créneau s’écrit 2024-06-04T09:00:00, à la montre de la commune.")
        })?;
        accomplit(&appel, &dossier(&id)?, &Evenement::PrendreRendezVous { debut }, &cle).await
    };
    appel.une_fois(&cle, demande, fait).await
}

/// `POST dossiers/{dossier}/rendez_vous/annulation`
async fn annule(
    appel: Appel,
    Path((_, id)): Path<(String, String)>,
    cle: Cle,
    Corps { demande, .. }: Corps<Option<Rien>>,
) -> Result<Response, Probleme> {
    let fait = async { accomplit(&appel, &dossier(&id)?, &Evenement::AnnulerRendezVous, &cle).await };
    appel.une_fois(&cle, demande, fait).await
}

/// `POST dossiers/{dossier}/rendez_vous/constat`
async fn constate(
    appel: Appel,
    Path((_, id)): Path<(String, String)>,
    cle: Cle,
    Corps { lu, demande }: Corps<Constat>,
) -> Result<Response, Probleme> {
    let evenement = Evenement::ConstaterRendezVous { tenu: lu.tenu };
    let fait = async { accomplit(&appel, &dossier(&id)?, &evenement, &cle).await };
    appel.une_fois(&cle, demande, fait).await
}
