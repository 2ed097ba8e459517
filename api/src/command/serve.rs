//! `guichet serve`: the web server and its worker, in one process.

use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use engine::identifiant::CommuneSlug;

use crate::error::Fatale;
use crate::listen;
use crate::publication::Aiguillage;
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
    /// Adresse publique en https, telle que les familles l'écrivent.
    #[arg(long, value_name = "ADRESSE")]
    pub(crate) url: Option<Url>,
    /// Adresse d'un relais (proxy) de confiance devant le serveur, dont l'en-tête X-Forwarded-For est cru (peut être répété).
    #[arg(long, value_name = "IP")]
    pub(crate) relais: Vec<IpAddr>,
    /// Base PostgreSQL (postgres://…), jamais une démonstration ; sinon GUICHET_BASE, sinon SQLite dans le dossier des données.
    #[arg(long, value_name = "URL")]
    pub(crate) base: Option<String>,
    /// Dépôt des documents des familles (s3://seau/dossier) ; sinon le dossier des données.
    #[arg(long, value_name = "URL")]
    pub(crate) fichiers: Option<String>,
    /// Fichier des secrets (serveur de courriel, clés), à vous seul (0600) ; sinon GUICHET_SECRETS.
    #[arg(long, value_name = "FICHIER")]
    pub(crate) secrets: Option<PathBuf>,
    /// Ne suit pas les dossiers : une nouvelle version attend « guichet publish », ou SIGHUP.
    #[arg(long)]
    pub(crate) sans_surveillance: bool,
}

/// A public address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Url {
    /// Is it https?
    pub(crate) https: bool,
    /// Host, and port when it is written.
    pub(crate) hote: String,
}

impl Url {
    /// Scheme and host, without a final slash.
    pub(crate) fn adresse(&self) -> String {
        format!("{}://{}", if self.https { "https" } else { "http" }, self.hote)
    }
}

impl std::str::FromStr for Url {
    type Err = String;

    fn from_str(texte: &str) -> Result<Self, String> {
        let (https, reste) = match (texte.strip_prefix("https://"), texte.strip_prefix("http://")) {
            (Some(reste), _) => (true, reste),
            (None, Some(reste)) => (false, reste),
            (None, None) => return Err("elle commence par https:// (ou http://)".to_owned()),
        };
        let hote = reste.trim_end_matches('/');
        let permis = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        if hote.is_empty() || !hote.chars().all(permis) {
            return Err("elle ne porte que le nom de la machine, sans chemin".to_owned());
        }
        Ok(Self { https, hote: hote.to_ascii_lowercase() })
    }
}

impl Default for Serve {
    fn default() -> Self {
        Self {
            communes: vec!["communes".into()],
            data: "data".into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            production: false,
            url: None,
            relais: Vec::new(),
            base: None,
            fichiers: None,
            secrets: None,
            sans_surveillance: false,
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
        // a log that no disk takes any more is lost: saying so on the same disk would panic, and drop who asks
        .log_internal_errors(false)
        .init();
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Fatale::fichier("le système", e))?
        .block_on(serve(args))
}

async fn serve(args: &Serve) -> Result<(), Fatale> {
    let aiguillage = Aiguillage::ouvre(args).await?;
    let etat = aiguillage.etat();
    for slug in etat.communes.keys().filter_map(|s| CommuneSlug::lit(s).ok()) {
        etat.store.reprend(&slug).await?;
    }
    let _battement = worker::demarre(aiguillage.clone(), args).await?;
    let ecoute = tokio::net::TcpListener::bind(args.listen).await.map_err(|e| sans_ecoute(args.listen, e))?;
    let adresse = ecoute.local_addr().map_err(|e| Fatale::fichier("l'adresse d'écoute", e))?;
    // a closed standard output does not stop the server
    let _ = writeln!(std::io::stdout(), "Guichet écoute sur http://{adresse}");
    listen::sert(ecoute, aiguillage.service(), etat, arret()).await;
    Ok(())
}

/// Why the address cannot be listened to, and which option changes it.
fn sans_ecoute(adresse: SocketAddr, cause: std::io::Error) -> Fatale {
    use std::io::ErrorKind::{AddrInUse, AddrNotAvailable, PermissionDenied};
    let dit = match cause.kind() {
        AddrInUse => "est déjà prise : un autre serveur y écoute. Arrêtez-le, ou choisissez-en une autre",
        AddrNotAvailable => "n'est pas une adresse de cette machine. Choisissez-en une autre",
        PermissionDenied => "est réservée au système (ports au-dessous de 1024). Choisissez-en une autre",
        _ => return Fatale::fichier(&format!("l'adresse {adresse} (--listen)"), cause),
    };
    Fatale::Usage(format!("l'adresse {adresse} {dit} avec --listen, ex. --listen 127.0.0.1:8090"))
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

#[cfg(test)]
mod tests {
    use super::{Url, sans_ecoute};

    #[test]
    fn une_adresse_prise_se_dit_avec_son_option() {
        let prise = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let adresse = prise.local_addr().unwrap();
        let dit = sans_ecoute(adresse, std::net::TcpListener::bind(adresse).unwrap_err()).to_string();
        assert!(dit.contains("déjà prise") && dit.contains("--listen") && !dit.contains("in use"), "{dit}");
    }

    #[test]
    fn une_adresse_publique_est_un_hote() {
        let https = Url { https: true, hote: "famille.exemple.fr:8443".into() };
        assert_eq!("https://Famille.exemple.fr:8443/".parse(), Ok(https));
        assert_eq!("http://a".parse(), Ok(Url { https: false, hote: "a".into() }));
        for faux in ["", "famille.exemple.fr", "https://", "https://a/b", "https://a b", "ftp://a"] {
            assert!(faux.parse::<Url>().is_err(), "{faux}");
        }
    }
}
