//! What the form suggests as one types, for its script; whoever has none types the whole name.

use axum::Json;
use axum::extract::Query;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::communes_fr;
use crate::routes::{Acces, Routes};
use crate::session::Visiteur;

pub(super) fn routes() -> Routes {
    Routes::default().get("/{slug}/communes", Acces::Public, communes)
}

#[derive(Debug, Deserialize)]
struct Cherche {
    q: Option<String>,
}

/// A commune, as the list under a field shows it.
#[derive(Debug, Serialize)]
struct Suggestion {
    nom: &'static str,
    departement: &'static str,
    codes_postaux: Vec<&'static str>,
}

/// `GET /{slug}/communes?q=amb`: ten French communes at most.
async fn communes(_: Visiteur, Query(cherche): Query<Cherche>) -> Response {
    let texte: String = cherche.q.unwrap_or_default().chars().take(60).collect();
    let une = |c: &communes_fr::CommuneFr| Suggestion {
        nom: c.nom,
        departement: c.departement(),
        codes_postaux: c.codes_postaux().collect(),
    };
    let trouvees: Vec<Suggestion> = communes_fr::cherche(&texte).into_iter().map(une).collect();
    // the list of France changes once a year
    ([(header::CACHE_CONTROL, "public, max-age=86400")], Json(trouvees)).into_response()
}
