//! `guichet serve`: the web server and its worker, in one process.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use engine::identifiant::CommuneSlug;

use crate::error::Fatale;
use crate::pages;
use crate::state::Etat;
use crate::worker;

/// What `serve` takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Serve {
    /// Dossier des communes (peut être répété).
    #[arg(long, value_name = "DOSSIER", default_value = "communes")]
    pub(crate) communes: Vec<PathBuf>,
    /// Dossier des données ; vide, il reçoit une démonstration.
    #[arg(long, value_name = "DOSSIER", default_value = "data")]
    pub(crate) data: PathBuf,
    /// Adresse d'écoute.
    #[arg(long, value_name = "ADRESSE:PORT", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,
    /// Pas de démonstration : un dossier de données vide reste vide.
    #[arg(long)]
    pub(crate) production: bool,
}

impl Default for Serve {
    fn default() -> Self {
        Self {
            communes: vec!["communes".into()],
            data: "data".into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            production: false,
        }
    }
}

pub(crate) fn run(args: &Serve) -> Result<(), Fatale> {
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("GUICHET_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info")),
        )
        .with_writer(std::io::stderr)
        .init();
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Fatale::fichier("le système", e))?
        .block_on(serve(args))
}

async fn serve(args: &Serve) -> Result<(), Fatale> {
    let etat = Arc::new(Etat::ouvre(args).await?);
    for slug in etat.communes.keys().filter_map(|s| CommuneSlug::lit(s).ok()) {
        etat.store.reprend(&slug).await?;
    }
    let _battement = worker::demarre(etat.clone()).await?;
    let ecoute = tokio::net::TcpListener::bind(args.listen)
        .await
        .map_err(|e| Fatale::fichier(&format!("l'adresse {}", args.listen), e))?;
    let adresse = ecoute.local_addr().map_err(|e| Fatale::fichier("l'adresse d'écoute", e))?;
    // a closed standard output does not stop the server
    let _ = writeln!(std::io::stdout(), "Guichet écoute sur http://{adresse}");
    axum::serve(ecoute, pages::routes(etat))
        .with_graceful_shutdown(arret())
        .await
        .map_err(|e| Fatale::fichier("l'écoute", e))
}

/// Ctrl-C, or the SIGTERM of a service manager.
async fn arret() {
    let interruption = tokio::signal::ctrl_c();
    let fin = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = interruption => {}
        () = fin => {}
    }
}
