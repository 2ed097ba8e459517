//! For whoever watches the process: `/sante`, `/metrics`.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::identifiant::CommuneSlug;
use serde_json::{Value, json};

use crate::metrics::Instantane;
use crate::routes::{Acces, Routes, de_la_machine};
use crate::state::Etat;

/// A worker that did not beat for so long is stuck.
const BATTEMENT_MAX_SECONDES: i64 = 120;

pub(crate) fn routes() -> Routes {
    Routes::default().get("/sante", Acces::Public, sante).get("/metrics", Acces::Exploitant, metrics)
}

/// `GET /sante`: 200 while it serves, 503 when its store or its worker does not answer; the detail is for the machine itself.
async fn sante(State(etat): State<Arc<Etat>>, requete: Request) -> Response {
    let reel = etat.horloge.reel();
    let retard = etat.store.travail_du(etat.horloge.maintenant()).await;
    let battement = etat.mesures.battement.load(Ordering::Relaxed);
    // none yet: it has just started
    let age = if battement == 0 { 0 } else { reel.as_second().saturating_sub(battement) };
    let bien = retard.is_ok() && age <= BATTEMENT_MAX_SECONDES;
    let mut corps = json!({ "etat": if bien { "ok" } else { "panne" }, "communes": etat.communes.len() });
    if de_la_machine(requete.extensions(), requete.headers())
        && let Some(objet) = corps.as_object_mut()
    {
        let refusees: Vec<&str> = etat.refusees.keys().map(String::as_str).collect();
        let morts = effets_morts(&etat).await;
        let detail: [(&str, Value); 8] = [
            ("effets_morts", json!(morts)),
            ("version", json!(env!("CARGO_PKG_VERSION"))),
            ("demonstration", json!(etat.est_demonstration())),
            ("refusees", json!(refusees)),
            ("stockage", json!(if retard.is_ok() { "ok" } else { "panne" })),
            ("battement_il_y_a_s", json!(age)),
            ("communes_en_retard", json!(retard.map(|r| r.len()).unwrap_or_default())),
            ("connexions", json!(etat.mesures.connexions.load(Ordering::Relaxed))),
        ];
        objet.extend(detail.into_iter().map(|(cle, valeur)| (cle.to_owned(), valeur)));
    }
    let code = if bien { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, Json(corps)).into_response()
}

/// How many effects wait for an agent, in all towns.
async fn effets_morts(etat: &Etat) -> i64 {
    let mut morts = 0_i64;
    for slug in etat.communes.keys().filter_map(|s| CommuneSlug::lit(s).ok()) {
        morts = morts.saturating_add(etat.store.nombre_d_effets_morts(&slug).await.unwrap_or_default());
    }
    morts
}

/// `GET /metrics`: for Prometheus, on the machine itself.
async fn metrics(State(etat): State<Arc<Etat>>) -> Response {
    let en_retard =
        etat.store.travail_du(etat.horloge.maintenant()).await.map(|t| t.len()).unwrap_or_default();
    let instantane = Instantane {
        communes: etat.communes.len(),
        refusees: etat.refusees.len(),
        en_retard,
        morts: effets_morts(&etat).await,
    };
    let genre = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, genre)], etat.mesures.texte(instantane)).into_response()
}
