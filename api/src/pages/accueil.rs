//! `/`: the towns.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use forms::vues::{Accueil, CommuneServie};

use super::page;
use crate::state::Etat;

/// `GET /`: the towns.
pub(super) async fn accueil(State(etat): State<Arc<Etat>>) -> Response {
    let communes = etat
        .communes
        .values()
        .map(|c| CommuneServie {
            slug: c.slug.clone(),
            nom: c.nom.clone(),
            resume: c.services.iter().map(|s| s.nom.as_str()).collect::<Vec<_>>().join(", "),
        })
        .collect();
    let vue = Accueil { cadre: etat.cadre("Accueil", "/"), communes, refusees: etat.refusees.clone() };
    page(&etat, StatusCode::OK, &vue)
}
