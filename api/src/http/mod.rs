//! `/{slug}/api/v1`: the same acts as the pages, in JSON.
//!
//! A caller shows the session cookie of the town. Every POST carries `Idempotency-Key`. A body is `application/json`, which
//! no form of another site can send, and the cross-origin layer refuses the rest.

mod appel;
mod demarches;
mod dossiers;
mod pieces;
mod prix;
mod probleme;
mod reservations;

use std::sync::Arc;

use axum::Router;

pub(crate) use pieces::routes as routes_des_pieces;
pub(crate) use probleme::Probleme;

use crate::state::Etat;

/// Everything but documents, which are longer than other bodies.
pub(crate) fn routes() -> Router<Arc<Etat>> {
    Router::new()
        .merge(demarches::routes())
        .merge(dossiers::routes())
        .merge(reservations::routes())
        .merge(prix::routes())
}
