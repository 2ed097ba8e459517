//! HTML pages, one group a file.

mod accueil;
mod agent;
mod commune;
mod connexion;
mod courrier;
mod dossier;
mod envoi;
mod horloge;
mod reservations;
mod suite;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::middleware;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use forms::gabarit::Vue;
use forms::vues;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;

use crate::session::Visiteur;
use crate::state::Etat;
use crate::{assets, http, security};

/// Largest body of a form without a file, in bytes.
const CORPS_MAX: usize = 256 * 1024;

/// A page that ends a request before its handler does.
pub(crate) struct Arret(Box<Response>);

impl From<Response> for Arret {
    fn from(reponse: Response) -> Self {
        Self(Box::new(reponse))
    }
}

impl IntoResponse for Arret {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// Everything that the server answers to.
pub(crate) fn routes(etat: Arc<Etat>) -> Router {
    Router::new()
        .route("/", get(accueil::accueil))
        .route("/sante", get(accueil::sante))
        .route("/statique/{fichier}", get(assets::statique))
        .route("/_horloge", post(horloge::regle))
        .route("/_courrier", get(courrier::courrier))
        .route("/{slug}/connexion", post(connexion::entre))
        .route("/{slug}/deconnexion", post(connexion::sort))
        .merge(commune::routes())
        .merge(dossier::routes())
        .merge(reservations::routes())
        .merge(agent::routes())
        .merge(http::routes())
        .fallback(introuvable)
        .layer(RequestBodyLimitLayer::new(CORPS_MAX))
        // its own limit: a document is longer than a form
        .merge(envoi::routes())
        .merge(http::routes_des_pieces())
        .with_state(etat)
        .layer(CsrfLayer::new())
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn(security::entetes))
}

/// The page, or the plain sentence that is left when a template fails.
pub(crate) fn page<V: Vue>(etat: &Etat, code: StatusCode, vue: &V) -> Response {
    match etat.gabarits.rend(vue) {
        Ok(html) => (code, Html(html)).into_response(),
        Err(erreur) => {
            tracing::error!(gabarit = V::GABARIT, %erreur, "template");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Une erreur est survenue de notre côté. Réessayez dans un instant.",
            )
                .into_response()
        }
    }
}

async fn introuvable(State(etat): State<Arc<Etat>>, uri: Uri) -> Response {
    if uri.path().split('/').nth(2) == Some("api") {
        return http::Probleme::introuvable().into_response();
    }
    page_introuvable(&etat, uri.path())
}

/// 404, in the town's frame when the address begins with a town.
pub(crate) fn page_introuvable(etat: &Etat, chemin: &str) -> Response {
    let commune = chemin.split('/').nth(1).and_then(|slug| etat.communes.get(slug));
    let cadre = match commune {
        Some(commune) => etat.cadre_de(commune, "Page introuvable", chemin),
        None => etat.cadre("Page introuvable", chemin),
    };
    let vue = vues::Erreur {
        cadre,
        titre: "Page introuvable".to_owned(),
        explication: "Cette adresse ne mène à aucune page. Le lien est peut-être ancien, ou mal recopié."
            .to_owned(),
        code: 404,
        retour: commune.map_or_else(|| "/".to_owned(), |c| format!("/{}/", c.slug)),
        retour_libelle: "Aller à l’accueil".to_owned(),
    };
    page(etat, StatusCode::NOT_FOUND, &vue)
}

/// 403: the page is another role's.
pub(crate) fn page_interdite(visiteur: &Visiteur) -> Response {
    let vue = vues::Erreur {
        cadre: visiteur.cadre("Page réservée"),
        titre: "Cette page n’est pas la vôtre".to_owned(),
        explication: "Elle est réservée à un autre type de compte. Déconnectez-vous pour en changer."
            .to_owned(),
        code: 403,
        retour: format!("/{}/", visiteur.slug),
        retour_libelle: "Revenir à l’accueil".to_owned(),
    };
    page(&visiteur.etat, StatusCode::FORBIDDEN, &vue)
}

/// 403: the form was not made for this session.
pub(crate) fn page_perimee(visiteur: &Visiteur) -> Response {
    let vue = vues::Erreur {
        cadre: visiteur.cadre("Page périmée"),
        titre: "Cette page a été ouverte il y a trop longtemps".to_owned(),
        explication: "Rien n’a été envoyé. Revenez en arrière, rechargez la page et recommencez.".to_owned(),
        code: 403,
        retour: format!("/{}/", visiteur.slug),
        retour_libelle: "Revenir à l’accueil".to_owned(),
    };
    page(&visiteur.etat, StatusCode::FORBIDDEN, &vue)
}
