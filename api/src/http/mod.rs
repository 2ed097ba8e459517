//! `/{slug}/api/v1`: the same acts as the pages, in JSON.
//!
//! A caller shows a machine's key (`Authorization: Bearer guichet_…`) or the session cookie of the town. Every POST carries
//! `Idempotency-Key`. A body is `application/json`, which no form of another site can send, and the cross-origin layer
//! refuses the rest. The whole is described at `/{slug}/api/v1/openapi.json`, from the table of routes.

mod appel;
mod demarches;
mod dossiers;
mod envois;
mod openapi;
mod operation;
mod paniers;
mod pieces;
mod prix;
mod probleme;
mod rendez_vous;
mod reservations;
mod suivi;
mod valeurs;

#[cfg(test)]
pub(crate) use openapi::decrit;
pub(crate) use operation::Operation;
pub(crate) use probleme::Probleme;

use crate::routes::Routes;

/// The routes of the API.
pub(crate) fn routes() -> Routes {
    demarches::routes()
        .merge(dossiers::routes())
        .merge(envois::routes())
        .merge(pieces::routes())
        .merge(suivi::routes())
        .merge(rendez_vous::routes())
        .merge(reservations::routes())
        .merge(paniers::routes())
        .merge(prix::routes())
        .merge(openapi::routes())
}
