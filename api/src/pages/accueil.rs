//! `/`: the towns.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use forms::vues::{Accueil, CommuneServie, Refusee};

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
    // a town that goes on with its last valid version is not refused to families
    let absentes = etat.refusees.iter().filter(|(slug, _)| !etat.communes.contains_key(*slug));
    let refusees =
        absentes.map(|(slug, r)| Refusee { slug: slug.clone(), raison: r.raison.clone() }).collect();
    let vue = Accueil { cadre: etat.cadre("Accueil", "/"), communes, refusees };
    page(&etat, StatusCode::OK, &vue)
}
