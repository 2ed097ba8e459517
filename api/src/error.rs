//! What stops the process, and what a request gets instead of a page.

use std::path::Path;

/// Why the process cannot start, or stops: one French sentence for whoever runs it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fatale {
    /// The command names something that is not there.
    #[error("{0}")]
    Usage(String),
    /// The town's definition has errors.
    #[error("{0}")]
    Definition(String),
    /// A mistake of ours.
    #[error("panne : {0}")]
    Interne(String),
    /// The system refused something.
    #[error("{quoi} : {cause}")]
    Systeme {
        /// What was wanted.
        quoi: String,
        /// What the system says.
        cause: std::io::Error,
    },
    /// A demonstration is for this machine only.
    #[error(
        "la démonstration n'écoute que sur cette machine : remplacez {adresse} par 127.0.0.1, ou servez un vrai dossier de données avec --production"
    )]
    DemonstrationPublique {
        /// The address asked for.
        adresse: std::net::SocketAddr,
    },
    /// A demonstration's folder is never served as a real one.
    #[error(
        "{data} est un dossier de démonstration : ses comptes entrent sans mot de passe ; servez un autre dossier avec --production"
    )]
    DemonstrationEnProduction {
        /// The data folder.
        data: String,
    },
    /// What a dossier or a town runs on is not there any more.
    #[error(
        "{commune} : la version {digest} est en service et ne se compile plus : {raison} ; reprenez le programme précédent, ou les données qui vont avec celui-ci"
    )]
    VersionPerdue {
        /// Which town.
        commune: String,
        /// Digest of the town, or of a démarche.
        digest: String,
        /// Why.
        raison: String,
    },
    /// The data cannot be read or written.
    #[error("les données ne s'ouvrent pas : {0}")]
    Store(#[from] engine_store::Erreur),
    /// The heartbeat cannot start.
    #[error("le battement des travaux de fond ne démarre pas : {0}")]
    Battement(#[from] tokio_cron_scheduler::JobSchedulerError),
    /// The binary's own templates are broken.
    #[error(transparent)]
    Gabarit(#[from] forms::gabarit::ErreurGabarit),
}

impl Fatale {
    /// The system's refusal about `quoi`.
    pub(crate) fn fichier(quoi: &str, cause: std::io::Error) -> Self {
        Self::Systeme { quoi: quoi.to_owned(), cause }
    }

    /// The same about a path.
    pub(crate) fn chemin(chemin: &Path, cause: std::io::Error) -> Self {
        Self::fichier(&chemin.display().to_string(), cause)
    }
}
