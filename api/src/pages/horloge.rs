//! The demonstration's clock.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::{Date, Time};
use serde::Deserialize;

use crate::state::Etat;

#[derive(Debug, Deserialize)]
pub(super) struct Reglage {
    date: String,
    heure: String,
    #[serde(default)]
    retour: String,
    /// `oui`: it stays at that instant.
    #[serde(default)]
    arretee: String,
}

/// `POST /_horloge`: sets it, and goes back where one was.
pub(super) async fn regle(State(etat): State<Arc<Etat>>, Form(reglage): Form<Reglage>) -> Response {
    let fuseau = etat.fuseau();
    let (Ok(date), Ok(heure)) = (reglage.date.parse::<Date>(), reglage.heure.parse::<Time>()) else {
        return (StatusCode::BAD_REQUEST, "Date ou heure illisible.").into_response();
    };
    let Ok(instant) = date.to_datetime(heure).to_zoned(fuseau) else {
        return (StatusCode::BAD_REQUEST, "Cette date est hors du calendrier.").into_response();
    };
    match etat.regle_horloge(instant.timestamp(), reglage.arretee == "oui").await {
        Ok(true) => Redirect::to(interne(&reglage.retour)).into_response(),
        Ok(false) => StatusCode::NOT_FOUND.into_response(),
        Err(erreur) => {
            tracing::error!(%erreur, "demonstration clock");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A path of this site, or its home: never another site's address.
fn interne(chemin: &str) -> &str {
    if chemin.starts_with('/')
        && !chemin.starts_with("//")
        && chemin.chars().all(|c| c.is_ascii_graphic() && c != '\\')
    {
        chemin
    } else {
        "/"
    }
}

#[cfg(test)]
mod tests {
    use super::interne;

    #[test]
    fn on_ne_renvoie_jamais_ailleurs() {
        assert_eq!(interne("/ville/dossiers/1"), "/ville/dossiers/1");
        for ailleurs in
            ["//exemple.fr", "https://exemple.fr", "/\\exemple.fr", "", "/a\r\nb", "/\t/exemple.fr", "/x\0"]
        {
            assert_eq!(interne(ailleurs), "/", "{ailleurs}");
        }
    }
}
