//! Who calls, with which body and under which key.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::identifiant::FoyerId;
use engine_store::CleIdempotence;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Probleme;
use crate::acts;
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

    /// Does it, and keeps its answer; answers as the first time when this very demand came before under this key.
    ///
    /// The act itself is guarded by the same key in its own transaction: done here for the first time, no answer of it was
    /// ever kept; refused or done before, one is looked for. What was refused did nothing, and is decided again. A crash
    /// between the act and the copy of its answer, or two copies at once, still give one effect.
    pub(super) async fn une_fois(
        &self,
        cle: &Cle,
        demande: [u8; 32],
        fait: impl Future<Output = Result<Faite, Probleme>>,
    ) -> Result<Response, Probleme> {
        let (etat, portee) = (&self.visiteur.etat, &self.session.portee);
        let nom = format!("http:{}:{}", acts::qui(portee.auteur()), cle.0);
        let faite = match fait.await {
            Ok(faite) if faite.premiere => faite,
            autre => match etat.store.reponse_gardee(portee, &nom, &demande).await? {
                Some(texte) => {
                    let gardee: Faite = serde_json::from_str(&texte).map_err(engine_store::Erreur::from)?;
                    return Ok(gardee.into_response());
                }
                None => autre?,
            },
        };
        let reponse = serde_json::to_string(&faite).map_err(engine_store::Erreur::from)?;
        let gardee = CleIdempotence { cle: nom, corps: demande, reponse };
        let (store, portee, le) = (etat.store.clone(), portee.clone(), etat.horloge.maintenant());
        // the act is on the disk: whoever asked does not wait for the copy of its answer
        tokio::spawn(async move {
            if let Err(erreur) = store.garde_reponse(&portee, gardee, le).await {
                tracing::warn!(%erreur, "answer not kept: it would be made again");
            }
        });
        Ok(faite.into_response())
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

/// What an act answers, as it is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Faite {
    pub(super) code: u16,
    /// Address of what was made.
    pub(super) adresse: Option<String>,
    pub(super) corps: Value,
    /// Was the act of this very call: under its key, nothing was done or answered before.
    #[serde(skip)]
    premiere: bool,
}

impl Faite {
    /// 200, or 201 with the address of what was made.
    pub(super) fn nouvelle(corps: &impl Serialize, adresse: Option<String>) -> Result<Self, Probleme> {
        let corps = serde_json::to_value(corps).map_err(engine_store::Erreur::from)?;
        Ok(Self { code: if adresse.is_some() { 201 } else { 200 }, adresse, corps, premiere: false })
    }

    /// The act was done by this very call.
    pub(super) fn premiere(self) -> Self {
        Self { premiere: true, ..self }
    }
}

impl IntoResponse for Faite {
    fn into_response(self) -> Response {
        let code = StatusCode::from_u16(self.code).unwrap_or(StatusCode::OK);
        let mut reponse = (code, Json(self.corps)).into_response();
        if let Some(adresse) = self.adresse.and_then(|a| HeaderValue::from_str(&a).ok()) {
            reponse.headers_mut().insert(header::LOCATION, adresse);
        }
        reponse
    }
}

/// `Idempotency-Key`: the same request under the same key is done once, and answered alike. Bare, or quoted as the draft
/// of the IETF writes it.
pub(super) struct Cle(pub(super) String);

impl Cle {
    /// As acts know it.
    pub(super) fn d_acte(&self) -> String {
        format!("api:{}", self.0)
    }
}

impl FromRequestParts<Arc<Etat>> for Cle {
    type Rejection = Probleme;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Etat>) -> Result<Self, Probleme> {
        let cle = parts.headers.get("idempotency-key").and_then(|v| v.to_str().ok()).map(str::trim);
        let nue = cle.map(|c| c.strip_prefix('"').and_then(|c| c.strip_suffix('"')).unwrap_or(c));
        match nue {
            Some(cle) if !cle.is_empty() && cle.len() <= CLE_MAX => Ok(Self(cle.to_owned())),
            _ => Err(Probleme::nouveau(
                StatusCode::BAD_REQUEST,
                "cle_absente",
                "Idempotency-Key manque",
                "Envoyez l’en-tête Idempotency-Key : une valeur nouvelle pour chaque demande, la même quand vous la renvoyez.",
            )),
        }
    }
}

/// What comes after `?`; anything that is not declared is refused.
pub(super) struct Apres<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<Etat>> for Apres<T> {
    type Rejection = Probleme;

    async fn from_request_parts(parts: &mut Parts, etat: &Arc<Etat>) -> Result<Self, Probleme> {
        match Query::<T>::from_request_parts(parts, etat).await {
            Ok(Query(lu)) => Ok(Self(lu)),
            Err(QueryRejection::FailedToDeserializeQueryString(e)) => {
                Err(Probleme::illisible(&format!("L’adresse ne se lit pas : {e}.")))
            }
            Err(_) => Err(Probleme::illisible("L’adresse ne se lit pas.")),
        }
    }
}

/// A JSON body; anything that is not declared is refused.
pub(super) struct Corps<T> {
    pub(super) lu: T,
    /// SHA-256 of the method, the address and the body, the order of its keys aside.
    pub(super) demande: [u8; 32],
}

impl<T: DeserializeOwned> FromRequest<Arc<Etat>> for Corps<T> {
    type Rejection = Probleme;

    async fn from_request(requete: Request, etat: &Arc<Etat>) -> Result<Self, Probleme> {
        let genre = requete.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        let genre = genre.and_then(|g| g.split(';').next()).map(str::trim).map(str::to_owned);
        let (methode, adresse) = (requete.method().clone(), requete.uri().clone());
        let octets = Bytes::from_request(requete, etat).await.map_err(|e| Probleme::du_code(e.status()))?;
        // an act that needs nothing more than its address may come without a body
        let rien = octets.is_empty() && genre.is_none();
        if !rien && genre.as_deref() != Some("application/json") {
            return Err(Probleme::nouveau(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "format",
                "Format non accepté",
                "Envoyez du JSON, avec l’en-tête Content-Type: application/json.",
            ));
        }
        let octets = if rien { Bytes::from_static(b"null") } else { octets };
        let illisible = |e: serde_json::Error| Probleme::illisible(&format!("Le JSON ne se lit pas : {e}."));
        let valeur: Value = serde_json::from_slice(&octets).map_err(illisible)?;
        let adresse = adresse.path_and_query().map(ToString::to_string).unwrap_or_default();
        let demande = empreinte(methode.as_str(), &adresse, canonique(&valeur).as_bytes());
        // from the text: a repeated or unknown key is said with its place
        let lu = serde_json::from_slice(&octets).map_err(illisible)?;
        Ok(Self { lu, demande })
    }
}

/// A demand, hashed.
pub(super) fn empreinte(methode: &str, adresse: &str, corps: &[u8]) -> [u8; 32] {
    Sha256::new()
        .chain_update(methode)
        .chain_update([0])
        .chain_update(adresse)
        .chain_update([0])
        .chain_update(corps)
        .finalize()
        .into()
}

/// The same text for the same value, whatever the order in which its keys were written.
fn canonique(valeur: &Value) -> String {
    match valeur {
        Value::Object(objet) => {
            let mut cles: Vec<(&String, &Value)> = objet.iter().collect();
            cles.sort_by_key(|(cle, _)| cle.as_str());
            let membres: Vec<String> = cles
                .into_iter()
                .map(|(cle, v)| format!("{}:{}", Value::from(cle.as_str()), canonique(v)))
                .collect();
            format!("{{{}}}", membres.join(","))
        }
        Value::Array(elements) => {
            format!("[{}]", elements.iter().map(canonique).collect::<Vec<_>>().join(","))
        }
        simple => simple.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn la_meme_demande_a_la_meme_empreinte() {
        let un = json!({ "b": [1, { "y": null, "x": "é" }], "a": true });
        let autre: Value = serde_json::from_str(r#" {"a":true, "b":[1,{"x":"\u00e9","y":null}]}"#).unwrap();
        assert_eq!(canonique(&un), canonique(&autre));
        assert_eq!(canonique(&un), r#"{"a":true,"b":[1,{"x":"é","y":null}]}"#);
        assert_ne!(canonique(&un), canonique(&json!({ "b": [{ "y": null, "x": "é" }, 1], "a": true })));
        let e = |m, a, c: &str| empreinte(m, a, c.as_bytes());
        assert_eq!(e("POST", "/a", "{}"), e("POST", "/a", "{}"));
        for autre in [e("DELETE", "/a", "{}"), e("POST", "/b", "{}"), e("POST", "/a", "[]")] {
            assert_ne!(e("POST", "/a", "{}"), autre);
        }
    }
}
