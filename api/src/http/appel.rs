//! Who calls, with which body and under which key.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use engine::identifiant::FoyerId;
use serde::de::DeserializeOwned;

use super::Probleme;
use crate::bookings::Pour;
use crate::routes::Acces;
use crate::session::{Ouverte, Visiteur};
use crate::state::Etat;

/// Longest key, in characters.
const CLE_MAX: usize = 200;

/// Somebody with a session: of a household, or an agent.
#[derive(Debug)]
pub(super) struct Appel {
    pub(super) visiteur: Visiteur,
    pub(super) session: Ouverte,
}

impl Appel {
    /// The caller's household; agents have none.
    pub(super) fn foyer(&self) -> Result<&FoyerId, Probleme> {
        self.session.portee.auteur().foyer().ok_or_else(|| Probleme::interdit(Acces::Famille))
    }

    /// For acts on booked days.
    pub(super) fn pour(&self) -> Result<Pour<'_>, Probleme> {
        Ok(Pour { commune: &self.visiteur.commune, portee: &self.session.portee, foyer: self.foyer()? })
    }
}

impl FromRequestParts<Arc<Etat>> for Appel {
    type Rejection = Probleme;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Etat>) -> Result<Self, Probleme> {
        // the table of routes let it through
        let visiteur = parts.extensions.get::<Visiteur>().cloned().ok_or_else(Probleme::sans_session)?;
        let session = visiteur.session.clone().ok_or_else(Probleme::sans_session)?;
        Ok(Self { visiteur, session })
    }
}

/// `Idempotency-Key`: the same request under the same key is done once, and answered alike.
pub(super) struct Cle(pub(super) String);

impl FromRequestParts<Arc<Etat>> for Cle {
    type Rejection = Probleme;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Etat>) -> Result<Self, Probleme> {
        let cle = parts.headers.get("idempotency-key").and_then(|v| v.to_str().ok()).map(str::trim);
        match cle {
            Some(cle) if !cle.is_empty() && cle.len() <= CLE_MAX => Ok(Self(format!("api:{cle}"))),
            _ => Err(Probleme::nouveau(
                StatusCode::BAD_REQUEST,
                "cle_absente",
                "Idempotency-Key manque",
                "Envoyez l’en-tête Idempotency-Key : une valeur nouvelle pour chaque demande, la même quand vous la renvoyez.",
            )),
        }
    }
}

/// A JSON body; anything that is not declared is refused.
pub(super) struct Corps<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Arc<Etat>> for Corps<T> {
    type Rejection = Probleme;

    async fn from_request(requete: Request, etat: &Arc<Etat>) -> Result<Self, Probleme> {
        let genre = requete.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        let genre = genre.and_then(|g| g.split(';').next()).map(str::trim);
        if genre != Some("application/json") {
            return Err(Probleme::nouveau(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "format",
                "Format non accepté",
                "Envoyez du JSON, avec l’en-tête Content-Type: application/json.",
            ));
        }
        let octets = Bytes::from_request(requete, etat)
            .await
            .map_err(|_| Probleme::illisible("Le corps de la demande est trop long ou incomplet."))?;
        serde_json::from_slice(&octets)
            .map(Self)
            .map_err(|e| Probleme::illisible(&format!("Le JSON ne se lit pas : {e}.")))
    }
}
