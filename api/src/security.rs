//! What every request must be, and the headers of every answer.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::failures::est_api;
use crate::http::Probleme;
use crate::pages::page_de_la_machine;
use crate::routes::relayee;
use crate::state::Etat;

/// Scripts, styles and images of ours only, none written in a page, no frame, no other site in forms.
const CSP: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Refuses what a demonstration must not answer; adds the protective headers; a page is `no-store` unless its handler
/// said otherwise.
pub(crate) async fn protege(State(etat): State<Arc<Etat>>, requete: Request, suite: Next) -> Response {
    let (parts, corps) = requete.into_parts();
    let mut reponse = if etat.est_demonstration() && !est_local(&parts) {
        refuse(&etat, &parts)
    } else {
        suite.run(Request::from_parts(parts, corps)).await
    };
    let https = etat.est_https().then_some((header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"));
    let entetes = reponse.headers_mut();
    for (nom, valeur) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ]
    .into_iter()
    .chain(https)
    {
        entetes.insert(nom, HeaderValue::from_static(valeur));
    }
    // a handler may be stricter: a family's document runs nothing, wherever it is opened
    entetes.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(CSP));
    entetes.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    reponse
}

/// A demonstration opens its accounts without a password: a page of another site whose name was made to point here
/// (DNS rebinding) says that name, and a relay shows itself.
fn est_local(parts: &Parts) -> bool {
    let entete = parts.headers.get(header::HOST).and_then(|h| h.to_str().ok());
    let hotes: Vec<&str> = entete.into_iter().chain(parts.uri.authority().map(|a| a.as_str())).collect();
    !hotes.is_empty() && hotes.into_iter().all(hote_local) && !relayee(&parts.headers)
}

/// `localhost`, `127.0.0.1:8080`, `[::1]`.
fn hote_local(hote: &str) -> bool {
    let nom = match hote.strip_prefix('[') {
        Some(reste) => reste.split(']').next(),
        None => hote.split(':').next(),
    };
    let nom = nom.unwrap_or_default();
    nom.eq_ignore_ascii_case("localhost") || nom.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn refuse(etat: &Etat, parts: &Parts) -> Response {
    let code = StatusCode::MISDIRECTED_REQUEST;
    if est_api(parts.uri.path()) {
        let detail = "Une démonstration ne répond qu’à sa propre machine, sans relais : http://localhost ou http://127.0.0.1.";
        return Probleme::nouveau(code, "demonstration", "Démonstration", detail).into_response();
    }
    page_de_la_machine(etat, code)
}

#[cfg(test)]
mod tests {
    use super::hote_local;

    #[test]
    fn un_hote_est_celui_de_la_machine_ou_non() {
        for hote in
            ["localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:41234", "[::1]", "[::1]:80", "127.8.9.1"]
        {
            assert!(hote_local(hote), "{hote}");
        }
        for hote in [
            "",
            "exemple.fr",
            "127.0.0.1.exemple.fr",
            "localhost.exemple.fr",
            "192.168.1.2:8080",
            "[::2]",
            "0",
        ] {
            assert!(!hote_local(hote), "{hote}");
        }
    }
}
