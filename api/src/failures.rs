//! What a request gets instead of its answer: `problem+json` below `/api`, a French page elsewhere, with what was typed.
//!
//! Whatever refuses it (a handler, the framework, a limit, a panic), it ends here: no bare English sentence leaves.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{Form, FromRequest, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use engine::identifiant::PersonneId;
use forms::vues::Erreur as PageErreur;
use hyper::body::{Frame, SizeHint};

use crate::clock::Chronometre;
use crate::http::Probleme;
use crate::metrics::Prise;
use crate::pages::{self, page_interdite, page_introuvable, page_sans_session, page_trop_souvent};
use crate::routes::{Acces, CORPS_MAX};
use crate::session::Visiteur;
use crate::state::{Etat, code_de_panne};

/// How much of a refused body is read and dropped, so that whoever sends it reads the answer.
const RESTE_MAX: usize = 64 * 1024 * 1024;
/// For how long, and with how long a silence.
const RESTE_DUREE: Duration = Duration::from_secs(60);
const RESTE_SILENCE: Duration = Duration::from_secs(2);
/// For a form to arrive.
const FORMULAIRE_DUREE: Duration = Duration::from_secs(30);
/// Names of a form that nobody typed.
const TECHNIQUES: [&str; 8] =
    ["action", "geste", "identifiant", "retour", "piece", "cle_enfance", "cle", "code"];

/// Is this an address of the API?
pub(crate) fn est_api(chemin: &str) -> bool {
    chemin.split('/').nth(2) == Some("api")
}

/// 404.
pub(crate) fn introuvable(etat: &Etat, chemin: &str) -> Response {
    if est_api(chemin) { Probleme::introuvable().into_response() } else { page_introuvable(etat, chemin) }
}

/// 500: the cause goes to the log only.
pub(crate) fn panne(etat: &Etat, chemin: &str, erreur: &engine_store::Erreur) -> Response {
    if est_api(chemin) {
        Probleme::du_code(code_de_panne(erreur)).into_response()
    } else {
        etat.panne(erreur)
    }
}

/// 429: too many posts from one address, and when the next one is taken.
pub(crate) fn trop_souvent(etat: &Etat, chemin: &str, attente: Duration) -> Response {
    // a second more than enough
    let secondes = attente.as_secs().saturating_add(1);
    let mut reponse = if est_api(chemin) {
        Probleme::trop_souvent(secondes).into_response()
    } else {
        page_trop_souvent(etat, chemin, secondes)
    };
    reponse.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secondes));
    reponse
}

/// 401, or the way in for whoever only reads.
pub(crate) fn sans_session(visiteur: &Visiteur, lit: bool) -> Response {
    if est_api(&visiteur.chemin) {
        return Probleme::sans_session().into_response();
    }
    if lit { visiteur.a_l_entree() } else { page_sans_session(visiteur) }
}

/// 403.
pub(crate) fn interdit(visiteur: &Visiteur, acces: Acces) -> Response {
    if est_api(&visiteur.chemin) {
        Probleme::interdit(acces).into_response()
    } else {
        page_interdite(visiteur)
    }
}

/// The layer around everything: reads what a refused body still sends, and makes every refusal readable.
pub(crate) async fn en_clair(State(etat): State<Arc<Etat>>, requete: Request, suite: Next) -> Response {
    let (parts, corps) = requete.into_parts();
    let chemin = parts.uri.path().to_owned();
    let (corps, tape) = match retient(&parts, corps).await {
        Ok(lu) => lu,
        // it stopped in the middle: there is no rest to wait for
        Err(code) => return clair(&etat, &chemin, code.into_response(), &[]),
    };
    let reste = Reste::nouveau(corps);
    let (methode, montre) = (parts.method.clone(), Chronometre::part());
    let reponse = suite.run(Request::from_parts(parts, Body::new(reste.clone()))).await;
    let prise = reponse.extensions().get::<Prise>().copied();
    etat.mesures.note(methode.as_str(), prise, reponse.status().as_u16(), montre.ecoule());
    if !reponse.status().is_client_error() && !reponse.status().is_server_error() {
        return reponse;
    }
    reste.vide().await;
    let mut claire = clair(&etat, &chemin, reponse, &lisibles(tape).await);
    let dans = match claire.status() {
        StatusCode::INSUFFICIENT_STORAGE => Some("60"),
        StatusCode::SERVICE_UNAVAILABLE => Some("5"),
        _ => None,
    };
    if let Some(secondes) = dans {
        claire.headers_mut().entry(header::RETRY_AFTER).or_insert(HeaderValue::from_static(secondes));
    }
    claire
}

/// A form short enough is kept while it is handled: what was typed in it is shown again if it is refused.
async fn retient(parts: &Parts, corps: Body) -> Result<(Body, Option<Bytes>), StatusCode> {
    let genre = parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let formulaire = parts.method == Method::POST && genre.starts_with("application/x-www-form-urlencoded");
    let court = corps.size_hint().exact().is_some_and(|n| usize::try_from(n).is_ok_and(|n| n <= CORPS_MAX));
    if !formulaire || !court {
        return Ok((corps, None));
    }
    match tokio::time::timeout(FORMULAIRE_DUREE, to_bytes(corps, CORPS_MAX)).await {
        Ok(Ok(octets)) => Ok((Body::from(octets.clone()), Some(octets))),
        Ok(Err(_)) => Err(StatusCode::BAD_REQUEST),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

/// What somebody typed, by field.
async fn lisibles(tape: Option<Bytes>) -> Vec<(String, String)> {
    let Some(octets) = tape else { return Vec::new() };
    let copie = axum::http::Request::post("/")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(octets));
    let Ok(copie) = copie else { return Vec::new() };
    let Ok(Form(paires)) = Form::<Vec<(String, String)>>::from_request(copie, &()).await else {
        return Vec::new();
    };
    paires
        .into_iter()
        .filter(|(nom, texte)| {
            // a child that was ticked is a name to whoever ticked it, not an identifier
            let d_ici = PersonneId::lit(texte.trim()).is_ok();
            !nom.starts_with('_') && !TECHNIQUES.contains(&nom.as_str()) && !texte.trim().is_empty() && !d_ici
        })
        .map(|(nom, texte)| (libelle(&nom), texte))
        .collect()
}

/// `motif_refuser` → « Motif refuser ».
fn libelle(nom: &str) -> String {
    let nom = nom.replace(['_', '.'], " ");
    let mut lettres = nom.chars();
    lettres.next().map_or_else(String::new, |c| c.to_uppercase().chain(lettres).collect())
}

/// The same refusal, as whoever reads it needs it.
fn clair(etat: &Etat, chemin: &str, reponse: Response, tape: &[(String, String)]) -> Response {
    let genre = reponse.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let code = reponse.status();
    if est_api(chemin) {
        if genre == Some("application/problem+json") {
            return reponse;
        }
        return avec_les_entetes(&reponse, Probleme::du_code(code).into_response());
    }
    if let Some(vue) = reponse.extensions().get::<PageErreur>()
        && !tape.is_empty()
    {
        let vue = PageErreur { saisie: tape.to_vec(), ..vue.clone() };
        return avec_les_entetes(&reponse, pages::page(etat, code, &vue));
    }
    if genre.is_some_and(|g| g.starts_with("text/html")) {
        return reponse;
    }
    avec_les_entetes(&reponse, pages::page_du_code(etat, chemin, code, tape.to_vec()))
}

/// Keeps what the refusal said in its headers (`Allow`, `Retry-After`).
fn avec_les_entetes(avant: &Response, mut apres: Response) -> Response {
    for (nom, valeur) in avant.headers() {
        if nom != header::CONTENT_TYPE && nom != header::CONTENT_LENGTH {
            apres.headers_mut().insert(nom, valeur.clone());
        }
    }
    apres
}

/// A body that two hold: the handler reads it, and what it leaves can still be read and dropped.
#[derive(Clone)]
struct Reste(Arc<Mutex<Body>>);

impl Reste {
    fn nouveau(corps: Body) -> Self {
        Self(Arc::new(Mutex::new(corps)))
    }

    /// Reads the rest and drops it: a sender who is cut off never reads why.
    async fn vide(mut self) {
        let lit = async {
            let mut vus = 0_usize;
            while vus < RESTE_MAX {
                let morceau = std::future::poll_fn(|cx| Pin::new(&mut self).poll_frame(cx));
                match tokio::time::timeout(RESTE_SILENCE, morceau).await {
                    Ok(Some(Ok(m))) => vus = vus.saturating_add(m.data_ref().map_or(0, Bytes::len)),
                    Ok(Some(Err(_)) | None) | Err(_) => break,
                }
            }
        };
        // longer than that, the connection is closed on them
        let _trop_long = tokio::time::timeout(RESTE_DUREE, lit).await;
    }
}

impl HttpBody for Reste {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match self.0.lock() {
            Ok(mut corps) => Pin::new(&mut *corps).poll_frame(cx),
            // a reader that panicked leaves nothing to read
            Err(_) => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.0.lock().is_ok_and(|corps| corps.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.0.lock().map(|corps| corps.size_hint()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_adresse_est_de_l_api_ou_non() {
        for (chemin, attendu) in [
            ("/a/api/v1/x", true),
            ("/a/api", true),
            ("/a/apis", false),
            ("/api/v1", false),
            ("/", false),
            ("", false),
        ] {
            assert_eq!(est_api(chemin), attendu, "{chemin}");
        }
    }

    #[tokio::test]
    async fn ce_qui_a_ete_tape_se_relit_sans_la_technique() {
        let corps = Bytes::from_static(b"_jeton=x&motif_refuser=Pi%C3%A8ce+illisible&action=refuser&vide=+&enfant=6dx6sz03pnxsgsfqt2ajgspc8x");
        assert_eq!(lisibles(Some(corps)).await, [("Motif refuser".to_owned(), "Pièce illisible".to_owned())]);
    }

    #[tokio::test]
    async fn le_reste_d_un_corps_se_vide() {
        let reste = Reste::nouveau(Body::from(vec![0_u8; 10_000]));
        assert_eq!(reste.size_hint().exact(), Some(10_000));
        reste.clone().vide().await;
        assert!(to_bytes(Body::new(reste), 1).await.unwrap().is_empty());
    }

    #[test]
    fn une_base_occupee_se_redemande() {
        use engine_store::Erreur;
        for erreur in [Erreur::Occupee, Erreur::Incertain] {
            let reponse = Probleme::from(erreur).into_response();
            assert_eq!(reponse.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(reponse.headers()[header::CONTENT_TYPE], "application/problem+json");
        }
        assert_eq!(Probleme::from(Erreur::Ferme).into_response().status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
