//! `guichet files`: the keys of families' documents. Each gesture may be stopped and begun again, beside a server that runs.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Issue, ecrit, storage};
use crate::effect::Secrets;
use crate::error::Fatale;
use crate::files::{Fichiers, Ou};

/// What `files` takes.
#[derive(Debug, Clone, Args)]
#[command(subcommand_value_name = "GESTE", subcommand_help_heading = "Gestes ")]
pub(super) struct Files {
    #[command(subcommand)]
    geste: Geste,
}

#[derive(Debug, Clone, Subcommand)]
enum Geste {
    /// Ajoute une clé : elle chiffre tout ce qui arrive désormais.
    New(Lieu),
    /// Rechiffre sous la première clé tout ce qui ne l'est pas encore.
    Rotate(Lieu),
    /// Retire les anciennes clés, quand plus aucun document n'en a besoin.
    Forget(Lieu),
}

/// Where the documents are.
#[derive(Debug, Clone, Args)]
struct Lieu {
    /// Dossier des données.
    #[arg(long, value_name = "DOSSIER", default_value = "data")]
    data: PathBuf,
    /// Dépôt des documents des familles (s3://seau/dossier) ; sinon le dossier des données.
    #[arg(long, value_name = "URL")]
    fichiers: Option<String>,
    /// Fichier des secrets, à vous seul (0600) ; sinon GUICHET_SECRETS.
    #[arg(long, value_name = "FICHIER")]
    secrets: Option<PathBuf>,
}

pub(super) fn run(args: &Files) -> Result<Issue, Fatale> {
    storage::attend(fait(&args.geste))
}

async fn fait(geste: &Geste) -> Result<Issue, Fatale> {
    let (Geste::New(lieu) | Geste::Rotate(lieu) | Geste::Forget(lieu)) = geste;
    if !lieu.data.is_dir() {
        return Err(Fatale::Usage(format!("{} n'est pas un dossier de données", lieu.data.display())));
    }
    let secrets = Secrets::lit(lieu.secrets.as_deref(), &[&lieu.data])?;
    let ou = Ou { data: &lieu.data, url: lieu.fichiers.as_deref(), cles: secrets.cles_des_fichiers() };
    let fichiers = Fichiers::ouvre(ou).await?;
    let (issue, texte) = match geste {
        Geste::New(_) => {
            let n = fichiers.nouvelle_cle()?;
            (
                Issue::Bien,
                format!(
                    "Une nouvelle clé chiffre désormais ({n} clés). Gardez une copie du fichier de clés, puis « guichet files rotate ».\n"
                ),
            )
        }
        Geste::Rotate(_) => {
            let bilan = fichiers.rechiffre().await?;
            let mut texte =
                format!("{} documents rechiffrés, {} l'étaient déjà.\n", bilan.rechiffres, bilan.deja);
            if bilan.illisibles > 0 {
                texte.push_str(&format!(
                    "{} documents ne s'ouvrent avec aucune clé donnée.\n",
                    bilan.illisibles
                ));
            }
            (if bilan.illisibles == 0 { Issue::Bien } else { Issue::Erreurs }, texte)
        }
        Geste::Forget(_) => match fichiers.oublie_les_anciennes().await? {
            Ok(n) => (Issue::Bien, format!("{n} anciennes clés retirées.\n")),
            Err(bilan) => (
                Issue::Erreurs,
                format!(
                    "{} documents ont encore besoin d'une ancienne clé : d'abord « guichet files rotate ». Rien n'est retiré.\n",
                    bilan.illisibles
                ),
            ),
        },
    };
    ecrit(&texte)?;
    Ok(issue)
}
