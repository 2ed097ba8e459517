//! `guichet migrate`: brings the schema of a PostgreSQL database up to date, under its owner's role. SQLite files migrate by
//! themselves when they are opened.

use clap::Args;
use engine_store::Store;

use super::{Issue, ecrit, storage};
use crate::error::Fatale;

/// What `migrate` takes.
#[derive(Debug, Clone, Args)]
pub(super) struct Migrate {
    /// Base PostgreSQL, sous le rôle qui possède les tables (postgres://…) ; sinon GUICHET_BASE_PROPRIETAIRE.
    #[arg(long, value_name = "URL")]
    base: Option<String>,
}

pub(super) fn run(args: &Migrate) -> Result<Issue, Fatale> {
    let Some(url) = storage::proprietaire(args.base.as_deref())? else {
        return Err(Fatale::Usage(
            "migrate attend --base postgres://… (le rôle qui possède les tables) ; les fichiers SQLite se mettent à jour \
             seuls"
                .to_owned(),
        ));
    };
    let version = storage::attend(async { Ok(Store::migre_postgres(&url).await?) })?;
    ecrit(&format!("Le schéma de la base est à la version {version}.\n"))?;
    Ok(Issue::Bien)
}
