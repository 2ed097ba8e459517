//! The one table of routes: what the server answers to, who may call it, how long a body it takes.
//!
//! The router, the OpenAPI document and the tests' matrix of authorisations all come from it. A route has no way in without
//! an [`Acces`]: it is checked here, before the handler.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::handler::Handler;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{MethodRouter, delete, get, post};
use engine::decision::Auteur;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};

use crate::http::Operation;
use crate::metrics::Prise;
use crate::rate::{self, Genre};
use crate::session::{Inaccessible, Visiteur};
use crate::state::Etat;
use crate::{failures, http, pages, security, watch};

/// Largest body of a form or a JSON document, in bytes.
pub(crate) const CORPS_MAX: usize = 256 * 1024;
/// For a whole request, its body and its answer: a document over a slow telephone fits.
const DUREE: Duration = Duration::from_secs(120);
/// Between two pieces of a body.
const SILENCE: Duration = Duration::from_secs(20);

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Acces {
    /// Anybody.
    Public,
    /// Anybody, in a demonstration; elsewhere the address does not exist.
    Demonstration,
    /// Whoever is known to the town: a family, or an agent.
    Connu,
    /// A household, itself or by an agent at the counter.
    Famille,
    /// The same, or somebody without an account who holds the secret link of their own request.
    Demandeur,
    /// An agent, or a machine with an agent's key.
    Agent,
    /// Whoever runs the process, from the machine itself; elsewhere the address does not exist.
    Exploitant,
}

/// A route.
#[derive(Clone, Debug)]
pub(crate) struct Voie {
    /// `GET`, `POST`, `DELETE`.
    pub(crate) methode: Method,
    /// Path, with its parameters in braces.
    pub(crate) chemin: &'static str,
    /// Who may call it.
    pub(crate) acces: Acces,
    /// Longest body, in bytes.
    pub(crate) corps_max: usize,
    /// How the API describes it.
    pub(crate) operation: Option<Operation>,
}

/// Routes and what answers them.
#[derive(Default)]
pub(crate) struct Routes(Vec<(Voie, MethodRouter<Arc<Etat>>)>);

impl Routes {
    /// Reads.
    pub(crate) fn get<H, T>(self, chemin: &'static str, acces: Acces, traite: H) -> Self
    where
        H: Handler<T, Arc<Etat>>,
        T: 'static,
    {
        self.ajoute(Method::GET, chemin, acces, get(traite))
    }

    /// Acts.
    pub(crate) fn post<H, T>(self, chemin: &'static str, acces: Acces, traite: H) -> Self
    where
        H: Handler<T, Arc<Etat>>,
        T: 'static,
    {
        self.ajoute(Method::POST, chemin, acces, post(traite))
    }

    /// Ends something.
    pub(crate) fn delete<H, T>(self, chemin: &'static str, acces: Acces, traite: H) -> Self
    where
        H: Handler<T, Arc<Etat>>,
        T: 'static,
    {
        self.ajoute(Method::DELETE, chemin, acces, delete(traite))
    }

    fn ajoute(
        mut self,
        methode: Method,
        chemin: &'static str,
        acces: Acces,
        traite: MethodRouter<Arc<Etat>>,
    ) -> Self {
        self.0.push((Voie { methode, chemin, acces, corps_max: CORPS_MAX, operation: None }, traite));
        self
    }

    /// The last route takes a body of `octets` at most.
    pub(crate) fn corps(mut self, octets: usize) -> Self {
        if let Some((voie, _)) = self.0.last_mut() {
            voie.corps_max = octets;
        }
        self
    }

    /// How the API describes the last route.
    pub(crate) fn decrite(mut self, operation: Operation) -> Self {
        if let Some((voie, _)) = self.0.last_mut() {
            voie.operation = Some(operation);
        }
        self
    }

    /// Both.
    pub(crate) fn merge(mut self, autres: Self) -> Self {
        self.0.extend(autres.0);
        self
    }

    /// The table.
    pub(crate) fn voies(&self) -> impl Iterator<Item = &Voie> {
        self.0.iter().map(|(voie, _)| voie)
    }

    /// The router: each route behind its rule and its limit.
    pub(crate) fn routeur(self, etat: &Arc<Etat>) -> Router<Arc<Etat>> {
        let mut routeur = Router::new();
        for (voie, traite) in self.0 {
            let prise = Prise(voie.chemin);
            let droit = Droit { acces: voie.acces, envoie: voie.corps_max > CORPS_MAX, prise };
            let garde = middleware::from_fn_with_state((etat.clone(), droit), garde);
            let traite = traite.route_layer(garde).route_layer(RequestBodyLimitLayer::new(voie.corps_max));
            routeur = routeur.route(voie.chemin, traite);
        }
        // the limit is each route's own
        routeur.layer(DefaultBodyLimit::disable())
    }
}

/// What a route asks of whoever calls it.
#[derive(Clone, Copy, Debug)]
struct Droit {
    acces: Acces,
    /// Does it take a document?
    envoie: bool,
    prise: Prise,
}

/// Lets a request through to its handler, or says why not.
async fn garde(State((etat, droit)): State<(Arc<Etat>, Droit)>, requete: Request, suite: Next) -> Response {
    let (mut parts, corps) = requete.into_parts();
    let mut reponse = match verifie(droit, &etat, &mut parts).await {
        Ok(()) => suite.run(Request::from_parts(parts, corps)).await,
        Err(reponse) => *reponse,
    };
    reponse.extensions_mut().insert(droit.prise);
    reponse
}

async fn verifie(droit: Droit, etat: &Arc<Etat>, parts: &mut Parts) -> Result<(), Box<Response>> {
    let acces = droit.acces;
    let chemin = parts.uri.path().to_owned();
    let introuvable = || Err(Box::new(failures::introuvable(etat, &chemin)));
    let ecrit = rate::ecrit(&parts.method);
    match acces {
        Acces::Public if !ecrit => return Ok(()),
        Acces::Demonstration if etat.est_demonstration() => return Ok(()),
        Acces::Demonstration => return introuvable(),
        Acces::Exploitant if de_la_machine(&parts.extensions, &parts.headers) => return Ok(()),
        Acces::Exploitant => return introuvable(),
        Acces::Public | Acces::Connu | Acces::Famille | Acces::Demandeur | Acces::Agent => {}
    }
    let visiteur = match Visiteur::lit(parts, etat).await {
        Ok(visiteur) => visiteur,
        Err(Inaccessible::Introuvable) => return introuvable(),
        Err(Inaccessible::Panne(erreur)) => return Err(Box::new(failures::panne(etat, &chemin, &erreur))),
    };
    let anonyme = visiteur.session.as_ref().is_none_or(|s| matches!(s.portee.auteur(), Auteur::Public));
    // a demonstration answers its own machine only
    // whoever already has a session tries other people's passwords no faster
    let entre = acces == Acces::Public && est_d_entree(&chemin);
    if ecrit && (anonyme || entre) && !etat.est_demonstration() {
        let genre = match acces {
            _ if entre => Genre::Entre,
            _ if droit.envoie => Genre::Envoie,
            Acces::Demandeur => Genre::Ecrit,
            _ => Genre::Commence,
        };
        if let Err(attente) = etat.cadence.prend(genre, parts) {
            return Err(Box::new(failures::trop_souvent(etat, &chemin, attente)));
        }
    }
    if acces == Acces::Public {
        parts.extensions.insert(visiteur);
        return Ok(());
    }
    let Some(session) = &visiteur.session else {
        return Err(Box::new(failures::sans_session(&visiteur, !ecrit)));
    };
    let permis = match session.portee.auteur() {
        Auteur::Parent { .. } | Auteur::AuGuichet { .. } => acces != Acces::Agent,
        Auteur::Agent { .. } => !matches!(acces, Acces::Famille | Acces::Demandeur),
        // its scope holds one dossier, and nothing of any household
        Auteur::Public => acces == Acces::Demandeur,
        Auteur::Systeme => false,
    };
    if !permis {
        return Err(Box::new(failures::interdit(&visiteur, acces)));
    }
    // read once: its handler takes it from here
    parts.extensions.insert(visiteur);
    Ok(())
}

/// Is it where one enters, or asks for an account?
fn est_d_entree(chemin: &str) -> bool {
    matches!(chemin.split('/').nth(2), Some("connexion" | "compte"))
}

/// Does this request come from the machine itself, with nothing in between?
pub(crate) fn de_la_machine(extensions: &Extensions, entetes: &HeaderMap) -> bool {
    let pair = extensions.get::<ConnectInfo<SocketAddr>>();
    pair.is_some_and(|ConnectInfo(adresse)| adresse.ip().is_loopback()) && !relayee(entetes)
}

/// Did a proxy pass it on?
pub(crate) fn relayee(entetes: &HeaderMap) -> bool {
    entetes.keys().any(|nom| nom == "forwarded" || nom == "via" || nom.as_str().starts_with("x-forwarded"))
}

/// Every route.
pub(crate) fn toutes() -> Routes {
    watch::routes().merge(pages::routes()).merge(http::routes())
}

/// Everything that the server answers to, behind its protections.
pub(crate) fn serveur(etat: Arc<Etat>) -> Router {
    toutes()
        .routeur(&etat)
        .fallback(aucune)
        .with_state(etat.clone())
        .layer(CsrfLayer::new())
        .layer(CatchPanicLayer::new())
        .layer(RequestBodyTimeoutLayer::new(SILENCE))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, DUREE))
        .layer(middleware::from_fn_with_state(etat.clone(), failures::en_clair))
        .layer(middleware::from_fn_with_state(etat, security::protege))
}

/// What no route answers.
async fn aucune(State(etat): State<Arc<Etat>>, requete: Request) -> Response {
    failures::introuvable(&etat, requete.uri().path())
}

#[cfg(test)]
mod tests;
