//! What a town offers, and the schema of each form.

use axum::Json;
use axum::extract::Path;
use engine::demarche::Champ;
use serde_json::{Value, json};

use super::Probleme;
use super::appel::Appel;
use crate::routes::{Acces, Routes};
use crate::session::Visiteur;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/{slug}/api/v1/enfants", Acces::Famille, enfants)
        .get("/{slug}/api/v1/demarches", Acces::Public, demarches)
        .get("/{slug}/api/v1/demarches/{id}/formulaire", Acces::Public, formulaire)
}

/// `GET enfants`: the children of the caller's household.
async fn enfants(appel: Appel) -> Result<Json<Value>, Probleme> {
    let enfants = appel.visiteur.enfants(&appel.session.portee, appel.foyer()?).await?;
    let enfants: Vec<Value> =
        enfants.iter().map(|e| json!({ "id": e.valeur, "prenom": e.libelle })).collect();
    Ok(Json(json!({ "enfants": enfants })))
}

/// `GET demarches`
async fn demarches(visiteur: Visiteur) -> Json<Value> {
    let commune = &visiteur.commune;
    let demarches: Vec<Value> = commune
        .demarches
        .iter()
        .map(|d| {
            json!({
                "id": d.id,
                "nom": d.nom,
                "instruit_par": d.instruit_par,
                "duree": d.duree.as_ref().map(ToString::to_string),
                "pieces": d.pieces,
                "formulaire": format!("/{}/api/v1/demarches/{}/formulaire", commune.slug, d.id),
            })
        })
        .collect();
    Json(json!({ "demarches": demarches }))
}

/// `GET demarches/{id}/formulaire`: the JSON Schema of `reponses`.
async fn formulaire(
    visiteur: Visiteur,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<Value>, Probleme> {
    let demarche = visiteur.commune.demarche(&id).ok_or_else(Probleme::introuvable)?;
    let champs: Vec<Champ> = demarche.champs().cloned().collect();
    Ok(Json(forms::formulaire::schema(&demarche.nom, &champs)))
}
