//! What a town offers, and the schema of each form.

use axum::Json;
use axum::extract::Path;
use engine::demarche::{self, Champ};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Probleme;
use super::appel::{Appel, Apres};
use super::operation::Operation;
use super::valeurs::{identifiant, objet};
use crate::routes::{Acces, Routes};
use crate::session::Visiteur;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/{slug}/api/v1/enfants", Acces::Famille, enfants)
        .decrite(Operation::lit::<Enfants>("enfants", "Les enfants du foyer."))
        .get("/{slug}/api/v1/demarches", Acces::Public, demarches)
        .decrite(
            Operation::lit::<Demarches>(
                "demarches",
                "Les démarches de la commune, dans l’ordre de l’accueil ; avec « q », celles qui ont ces mots.",
            )
            .requete::<Cherche>(),
        )
        .get("/{slug}/api/v1/demarches/{demarche}/formulaire", Acces::Public, formulaire)
        .decrite(Operation::lit::<Formulaire>(
            "formulaire",
            "Le JSON Schema (2020-12) des réponses d’une démarche.",
        ))
}

/// The children of a household.
#[derive(Debug, Serialize, JsonSchema)]
struct Enfants {
    enfants: Vec<Enfant>,
}

/// A child.
#[derive(Debug, Serialize, JsonSchema)]
struct Enfant {
    #[schemars(schema_with = "identifiant")]
    id: String,
    /// First name.
    prenom: String,
}

/// What is looked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Cherche {
    /// Words, as a family types them.
    #[schemars(length(max = 60))]
    q: Option<String>,
}

/// What a town offers.
#[derive(Debug, Serialize, JsonSchema)]
struct Demarches {
    demarches: Vec<Demarche>,
}

/// A procedure.
#[derive(Debug, Serialize, JsonSchema)]
struct Demarche {
    id: String,
    nom: String,
    /// The service that examines it.
    instruit_par: String,
    /// How long it takes to fill in.
    duree: Option<String>,
    /// Documents that it may ask.
    pieces: Vec<String>,
    /// Address of the schema of its answers.
    formulaire: String,
}

/// A JSON Schema.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(transparent)]
struct Formulaire(#[schemars(schema_with = "objet")] Value);

/// `GET enfants`: the children of the caller's household.
async fn enfants(appel: Appel) -> Result<Json<Enfants>, Probleme> {
    let enfants = appel.visiteur.enfants(&appel.session.portee, appel.foyer()?).await?;
    let enfants = enfants.into_iter().map(|e| Enfant { id: e.valeur, prenom: e.libelle }).collect();
    Ok(Json(Enfants { enfants }))
}

/// `GET demarches`
async fn demarches(visiteur: Visiteur, Apres(cherche): Apres<Cherche>) -> Json<Demarches> {
    let commune = &visiteur.commune;
    let mots = demarche::recherche_nettoyee(&cherche.q.unwrap_or_default());
    let trouvees = demarche::cherche(commune, &mots).unwrap_or_else(|| commune.demarches_en_ordre());
    let une = |d: &engine::demarche::Demarche| Demarche {
        id: d.id.clone(),
        nom: d.nom.clone(),
        instruit_par: d.instruit_par.clone(),
        duree: d.duree.as_ref().map(ToString::to_string),
        pieces: d.pieces.clone(),
        formulaire: format!("/{}/api/v1/demarches/{}/formulaire", commune.slug, d.id),
    };
    Json(Demarches { demarches: trouvees.into_iter().map(une).collect() })
}

/// `GET demarches/{demarche}/formulaire`: the JSON Schema of `reponses`.
async fn formulaire(
    visiteur: Visiteur,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Formulaire>, Probleme> {
    let demarche = visiteur.commune.demarche(&id).ok_or_else(Probleme::introuvable)?;
    let champs: Vec<Champ> = demarche.champs().cloned().collect();
    Ok(Json(Formulaire(forms::formulaire::schema(&demarche.nom, &champs))))
}
