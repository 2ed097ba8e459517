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

pub(crate) use probleme::Probleme;

use crate::routes::Routes;

/// The routes of the API.
pub(crate) fn routes() -> Routes {
    demarches::routes()
        .merge(dossiers::routes())
        .merge(pieces::routes())
        .merge(reservations::routes())
        .merge(prix::routes())
}
