//! What an error says (RFC 9457), in French, with the rule that refuses and where it is written.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::commune::Commune;
use engine::decision::Refus;
use engine_store::Erreur;
use serde_json::{Value, json};

use crate::acts;
use crate::bookings;
use crate::routes::Acces;
use crate::state::code_de_panne;

/// An error as `application/problem+json`.
pub(crate) struct Probleme {
    code: StatusCode,
    corps: Value,
}

impl Probleme {
    /// `genre` names the kind of problem and never changes; `detail` is for whoever reads it.
    pub(crate) fn nouveau(code: StatusCode, genre: &str, titre: &str, detail: &str) -> Self {
        let corps = json!({
            "type": format!("urn:guichet:probleme:{genre}"),
            "title": titre,
            "status": code.as_u16(),
            "detail": detail,
        });
        Self { code, corps }
    }

    /// 404.
    pub(crate) fn introuvable() -> Self {
        let detail = "Cette adresse ne désigne rien que ce compte puisse lire.";
        Self::nouveau(StatusCode::NOT_FOUND, "introuvable", "Introuvable", detail)
    }

    /// 400.
    pub(crate) fn illisible(detail: &str) -> Self {
        Self::nouveau(StatusCode::BAD_REQUEST, "illisible", "Demande illisible", detail)
    }

    /// 401.
    pub(crate) fn sans_session() -> Self {
        let detail = "Montrez le cookie d’une session ouverte par /connexion.";
        Self::nouveau(StatusCode::UNAUTHORIZED, "session", "Session absente ou terminée", detail)
    }

    /// 429: how long to wait.
    pub(crate) fn trop_souvent(secondes: u64) -> Self {
        let detail = format!(
            "Trop d’envois sans compte depuis cette adresse : attendez {secondes} s, puis recommencez. Rien n’a été enregistré."
        );
        Self::nouveau(StatusCode::TOO_MANY_REQUESTS, "cadence", "Trop d’envois", &detail)
    }

    /// 403.
    pub(crate) fn interdit(acces: Acces) -> Self {
        let detail = match acces {
            Acces::Agent => "Cette adresse est réservée aux agents.",
            _ => "Cette adresse est réservée aux familles.",
        };
        Self::nouveau(StatusCode::FORBIDDEN, "role", "Réservé à un autre compte", detail)
    }

    /// 500: the cause is in the log.
    pub(crate) fn panne() -> Self {
        let detail = "Le problème vient de nous. Recommencez avec la même Idempotency-Key.";
        Self::nouveau(StatusCode::INTERNAL_SERVER_ERROR, "panne", "Une erreur est survenue", detail)
    }

    /// What the framework refuses before a handler sees it.
    pub(crate) fn du_code(code: StatusCode) -> Self {
        let (genre, titre, detail) = match code {
            StatusCode::NOT_FOUND => return Self::introuvable(),
            StatusCode::UNAUTHORIZED => return Self::sans_session(),
            StatusCode::METHOD_NOT_ALLOWED => {
                ("methode", "Méthode refusée", "L’en-tête Allow dit ce que cette adresse accepte.")
            }
            StatusCode::FORBIDDEN => (
                "origine",
                "Origine refusée",
                "Cet appel vient d’une page d’un autre site, avec la session de celui-ci.",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => {
                ("taille", "Corps trop long", "Un document JSON fait 256 Kio au plus, une pièce 5 Mio.")
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                ("format", "Format non accepté", "Envoyez le format que l’API décrit, avec son Content-Type.")
            }
            StatusCode::REQUEST_TIMEOUT => (
                "delai",
                "Envoi trop lent",
                "La demande n’est pas arrivée en entier à temps. Recommencez avec la même Idempotency-Key.",
            ),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => (
                "occupe",
                "Trop de demandes",
                "Attendez le temps que dit Retry-After, puis recommencez avec la même Idempotency-Key : la demande ne sera faite qu’une fois.",
            ),
            StatusCode::INSUFFICIENT_STORAGE => (
                "sans_place",
                "Rien ne peut être enregistré en ce moment",
                "La demande n’a pas été prise. Recommencez dans quelques minutes avec la même Idempotency-Key.",
            ),
            code if code.is_server_error() => return Self::panne(),
            _ => {
                return Self {
                    code,
                    ..Self::illisible("La demande ne se lit pas : comparez-la à openapi.json.")
                };
            }
        };
        Self::nouveau(code, genre, titre, detail)
    }

    /// 422: every rule that refuses; the first one's rule, place and date are also at the top.
    pub(super) fn refus(commune: &Commune, refus: &[Refus]) -> Self {
        let motifs: Vec<&str> = refus.iter().map(|r| &*r.motif).collect();
        let code = StatusCode::UNPROCESSABLE_ENTITY;
        let mut probleme = Self::nouveau(code, "refus", "Ce n’est pas possible", &motifs.join(" "));
        let raisons: Vec<Value> = refus.iter().map(|r| raison(commune, r)).collect();
        if let (Some(objet), Some(Value::Object(premiere))) =
            (probleme.corps.as_object_mut(), raisons.first().cloned())
        {
            objet.extend(premiere.into_iter().filter(|(cle, _)| cle != "motif"));
            objet.insert("refus".to_owned(), Value::Array(raisons));
        }
        probleme
    }

    /// The same for demands made together: `lignes` tells what refuses each, by its rank from 0.
    pub(super) fn refus_par_ligne(commune: &Commune, refus: &[Vec<Refus>]) -> Self {
        let tous: Vec<Refus> = refus.iter().flatten().cloned().collect();
        let mut probleme = Self::refus(commune, &tous);
        let refusees = refus.iter().enumerate().filter(|(_, r)| !r.is_empty());
        let lignes: Vec<Value> = refusees
            .map(|(rang, r)| {
                let raisons: Vec<Value> = r.iter().map(|r| raison(commune, r)).collect();
                json!({ "rang": rang, "refus": raisons })
            })
            .collect();
        if let Some(objet) = probleme.corps.as_object_mut() {
            objet.insert("lignes".to_owned(), Value::Array(lignes));
        }
        probleme
    }

    /// Why an act on a dossier did not happen.
    pub(super) fn acte(commune: &Commune, echec: acts::Echec) -> Self {
        match echec {
            acts::Echec::Inconnu => Self::introuvable(),
            acts::Echec::Refus(refus) if &*refus.regle == "dossier.acces" => Self::introuvable(),
            acts::Echec::Refus(refus) => Self::refus(commune, std::slice::from_ref(&*refus)),
            acts::Echec::Doublon(refus, dossier) => {
                let mut probleme = Self::refus(commune, std::slice::from_ref(&*refus));
                if let Some(objet) = probleme.corps.as_object_mut() {
                    objet.insert("dossier".to_owned(), Value::from(dossier.as_str()));
                }
                probleme
            }
            acts::Echec::Store(erreur) => erreur.into(),
        }
    }

    /// Why an act on a booked day did not happen.
    pub(super) fn reservation(commune: &Commune, echec: bookings::Echec) -> Self {
        match echec {
            bookings::Echec::Inconnu => Self::introuvable(),
            bookings::Echec::Refus(refus) => Self::refus(commune, &refus),
            bookings::Echec::Store(erreur) => erreur.into(),
        }
    }
}

fn raison(commune: &Commune, refus: &Refus) -> Value {
    let detail = refus.lieu.and_then(|l| commune.lieux.detail(l));
    json!({
        "motif": refus.motif,
        "regle": refus.regle,
        "lieu": detail.map(|d| format!("{}:{}", d.fichier, d.ligne)),
        "source": detail.and_then(|d| d.source.as_deref()),
        "quand_possible": refus.quand_possible,
        "fait_manquant": refus.fait_manquant,
        "champs": refus.champs.iter().map(|c| json!({ "champ": c.champ, "motif": c.motif })).collect::<Vec<_>>(),
    })
}

impl From<Erreur> for Probleme {
    fn from(erreur: Erreur) -> Self {
        if matches!(erreur, Erreur::CleReutilisee) {
            let detail =
                "Cette Idempotency-Key a déjà servi pour une autre demande : prenez-en une nouvelle.";
            return Self::nouveau(StatusCode::UNPROCESSABLE_ENTITY, "cle", "Clé déjà utilisée", detail);
        }
        match code_de_panne(&erreur) {
            StatusCode::INTERNAL_SERVER_ERROR => Self::panne(),
            code => Self::du_code(code),
        }
    }
}

impl IntoResponse for Probleme {
    fn into_response(self) -> Response {
        let mut reponse = (self.code, Json(self.corps)).into_response();
        reponse
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if reponse.status() == StatusCode::UNAUTHORIZED {
            reponse
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"guichet\""));
        }
        reponse
    }
}
