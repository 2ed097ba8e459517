//! The socket: connections counted and bounded in time, and a stop that waits for what is being answered, not for ever.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

use crate::state::Etat;

/// Connections open at once; the next ones wait to be accepted.
const CONNEXIONS: usize = 1024;
/// For the whole head of a request: whoever sends a byte a second does not hold a place.
const TETE: Duration = Duration::from_secs(15);
/// Largest head of a request, in bytes.
const TETE_MAX: usize = 32 * 1024;
/// At the stop, for what is being answered.
const ARRET: Duration = Duration::from_secs(8);
/// When the system refuses a connection (too many files), before the next one.
const REPRISE: Duration = Duration::from_millis(100);

/// Serves until `arret`; answers that are under way then have [`ARRET`] to end.
pub(crate) async fn sert(
    ecoute: TcpListener,
    routeur: Router,
    etat: Arc<Etat>,
    arret: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(CONNEXIONS));
    let en_cours = GracefulShutdown::new();
    let mut arret = std::pin::pin!(arret);
    loop {
        let accepte = async {
            // never closed, so a place always comes
            let place = places.clone().acquire_owned().await.ok();
            (place, ecoute.accept().await)
        };
        let (place, accepte) = tokio::select! {
            accepte = accepte => accepte,
            () = &mut arret => break,
        };
        let (flux, pair) = match accepte {
            Ok(accepte) => accepte,
            Err(erreur) => {
                tracing::warn!(%erreur, "connection refused by the system");
                tokio::time::sleep(REPRISE).await;
                continue;
            }
        };
        let connexion = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(TETE)
            .max_buf_size(TETE_MAX)
            .serve_connection(TokioIo::new(flux), service(routeur.clone(), pair));
        let connexion = en_cours.watch(connexion);
        let etat = etat.clone();
        etat.mesures.connexions.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(async move {
            if let Err(erreur) = connexion.await {
                tracing::debug!(%erreur, "connection");
            }
            etat.mesures.connexions.fetch_sub(1, Ordering::Relaxed);
            drop(place);
        });
    }
    drop(ecoute);
    if tokio::time::timeout(ARRET, en_cours.shutdown()).await.is_err() {
        tracing::warn!("stopped with answers under way");
    }
}

fn service(
    routeur: Router,
    pair: SocketAddr,
) -> impl hyper::service::Service<
    Request<Incoming>,
    Response = axum::response::Response,
    Error = std::convert::Infallible,
    Future: Send,
> {
    service_fn(move |requete: Request<Incoming>| {
        let mut requete = requete.map(Body::new);
        requete.extensions_mut().insert(ConnectInfo(pair));
        routeur.clone().oneshot(requete)
    })
}
