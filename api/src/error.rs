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
    /// Another server runs on these SQLite files.
    #[error(
        "un autre « guichet serve » sert déjà {data} : arrêtez-le d'abord, ou donnez un autre dossier avec --data ; plusieurs \
         serveurs ne partagent qu'une base PostgreSQL (--base)"
    )]
    DejaServi {
        /// The data folder.
        data: String,
    },
    /// What dossiers or a town run on is not there any more.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\nguichet : "))]
    VersionsPerdues(Vec<Perdue>),
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

/// A definition that data run on, and that cannot run.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{commune} : {} ; {raison}. {}", self.qui(), self.remede())]
pub(crate) struct Perdue {
    /// Which town.
    pub(crate) commune: String,
    /// Which démarche, and how many dossiers follow it; none: the town itself runs on it.
    pub(crate) demarche: Option<(String, i64)>,
    /// Digest of the démarche, or of the town.
    pub(crate) digest: String,
    /// Why.
    pub(crate) raison: String,
}

impl Perdue {
    /// Who runs on it.
    pub(crate) fn qui(&self) -> String {
        let digest = &self.digest;
        match &self.demarche {
            None => format!("la version {digest} de la commune est en service"),
            Some((demarche, 1)) => {
                format!("1 dossier suit la version {digest} de la démarche « {demarche} »")
            }
            Some((demarche, n)) => {
                format!("{n} dossiers suivent la version {digest} de la démarche « {demarche} »")
            }
        }
    }

    /// What to do about it.
    pub(crate) fn remede(&self) -> String {
        let commune = &self.commune;
        format!(
            "Relancez le programme qui servait ces données ; ou retrouvez le dossier de la commune tel qu’il était alors (son \
             historique), publiez-le (guichet publish {commune} --communes ANCIEN --auteur NOM), puis relancez ; ou reprenez une \
             sauvegarde entière. « guichet check {commune} --data DOSSIER » vérifie des données sans les servir."
        )
    }
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
