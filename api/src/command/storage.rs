//! Where everything is kept: SQLite in the data folder, or a PostgreSQL database named by its URL.

use std::fs::{File, TryLockError};
use std::path::Path;

use engine_store::Store;

use crate::error::Fatale;

/// Runs what a verb of the command line does with the store, on this thread.
pub(crate) fn attend<T>(travail: impl Future<Output = Result<T, Fatale>>) -> Result<T, Fatale> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Fatale::fichier("le système", e))?
        .block_on(travail)
}

/// The application's URL, when no option gives it: a password is not shown by `ps`.
const BASE: &str = "GUICHET_BASE";
/// The owner's.
const PROPRIETAIRE: &str = "GUICHET_BASE_PROPRIETAIRE";

/// The URL given, or that of the environment.
fn url(donnee: Option<&str>, variable: &str) -> Result<Option<String>, Fatale> {
    let lue = match donnee {
        Some(url) => Some(url.to_owned()),
        None => match std::env::var_os(variable) {
            Some(url) => {
                Some(url.into_string().map_err(|_| Fatale::Usage(format!("{variable} n'est pas un texte")))?)
            }
            None => None,
        },
    };
    match lue {
        Some(url) if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) => {
            Err(Fatale::Usage("--base attend une adresse postgres://utilisateur@machine/base".to_owned()))
        }
        lue => Ok(lue),
    }
}

/// The application's URL; `None`: SQLite.
pub(crate) fn base(donnee: Option<&str>) -> Result<Option<String>, Fatale> {
    url(donnee, BASE)
}

/// The URL that migrates: the owner's, where it is told apart from the application's.
pub(crate) fn proprietaire(donnee: Option<&str>) -> Result<Option<String>, Fatale> {
    url(donnee, PROPRIETAIRE)
}

/// Holds a data folder for this server until it ends, however it ends: SQLite files have one server, whose writer groups the
/// commits and whose worker does what is due. Several share a PostgreSQL database: nothing is held then. The command line's
/// verbs write beside a server.
pub(crate) fn verrouille(data: &Path, base: Option<&str>) -> Result<Option<File>, Fatale> {
    if self::base(base)?.is_some() {
        return Ok(None);
    }
    let chemin = data.join("verrou");
    let fichier = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&chemin)
        .map_err(|e| Fatale::chemin(&chemin, e))?;
    match fichier.try_lock() {
        Ok(()) => Ok(Some(fichier)),
        Err(TryLockError::WouldBlock) => Err(Fatale::DejaServi { data: data.display().to_string() }),
        Err(TryLockError::Error(e)) => Err(Fatale::chemin(&chemin, e)),
    }
}

/// Opens it. With the owner's URL, a PostgreSQL schema is first brought up to date.
pub(crate) async fn ouvre(data: &Path, base: Option<&str>) -> Result<Store, Fatale> {
    let Some(base) = self::base(base)? else { return Ok(Store::sqlite(data).await?) };
    if let Some(proprietaire) = proprietaire(None)? {
        Store::migre_postgres(&proprietaire).await?;
    }
    Ok(Store::postgres(&base).await?)
}
