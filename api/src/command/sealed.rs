//! What a verb needs, as the server does, to read and to write what is sealed.

use std::path::PathBuf;

use clap::Args;
use engine::commune::Commune;
use engine_store::{Portee, Store};

use super::key::Ou;
use crate::effect::Secrets;
use crate::error::Fatale;
use crate::files::{self, Fichiers};
use crate::vault;

/// Where the keys are: the server's own options.
#[derive(Debug, Clone, Args)]
pub(super) struct Scelles {
    /// Dépôt des documents des familles (s3://seau/dossier), le même que celui du serveur ; sinon le dossier des données.
    #[arg(long, value_name = "URL")]
    fichiers: Option<String>,
    /// Fichier des secrets, le même que celui du serveur ; sinon GUICHET_SECRETS.
    #[arg(long, value_name = "FICHIER")]
    secrets: Option<PathBuf>,
}

/// Gives the store the town's key; the secrets, for what else they hold.
pub(super) async fn confie(
    scelles: &Scelles,
    ou: &Ou,
    commune: &Commune,
    (store, portee): (&Store, &Portee),
) -> Result<Secrets, Fatale> {
    let secrets = Secrets::lit(scelles.secrets.as_deref(), &[ou.data()])?;
    let fichiers = Fichiers::ouvre(files::Ou {
        data: ou.data(),
        url: scelles.fichiers.as_deref(),
        cles: secrets.cles_des_fichiers(),
    })
    .await?;
    vault::confie(store, &fichiers, portee.commune().as_str(), std::iter::once(commune)).await?;
    Ok(secrets)
}
