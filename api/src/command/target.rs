//! What a verb works on: the town or the folder of towns that the command line names.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::error::Fatale;
use crate::folders::{Dossiers, Perimetre};

/// The towns that a verb looks at.
#[derive(Debug, Clone, Args)]
pub(super) struct Cible {
    /// Une commune (son nom ou son dossier), ou un dossier de communes ; sinon, toutes celles de --communes.
    #[arg(value_name = "COMMUNE")]
    cible: Option<PathBuf>,
    /// Dossier des communes.
    #[arg(long, value_name = "DOSSIER", default_value = "communes")]
    communes: PathBuf,
}

/// A folder of towns, read, with the towns wanted in it.
#[derive(Debug)]
pub(super) struct Lue {
    /// The folder of the towns.
    pub(super) dossier: PathBuf,
    /// The texts, those of the models included.
    pub(super) lus: Dossiers,
    /// The towns wanted, sorted; never empty.
    pub(super) slugs: Vec<String>,
}

impl Lue {
    /// The folder as written before the path of a file: `communes/`.
    pub(super) fn racine(&self) -> String {
        let dossier = self.dossier.display().to_string();
        match dossier.as_str() {
            "" | "." => String::new(),
            d if d.ends_with('/') => d.to_owned(),
            d => format!("{d}/"),
        }
    }
}

impl Cible {
    /// Finds and reads the towns.
    pub(super) fn lit(&self) -> Result<Lue, Fatale> {
        let Some(cible) = &self.cible else { return toutes(&self.communes) };
        if cible.join("commune.yaml").is_file() {
            // `.` has no name of its own
            let entier = std::path::absolute(cible).map_err(|e| Fatale::chemin(cible, e))?;
            let slug = entier.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
            let dossier = match cible.parent() {
                Some(parent) if cible.file_name().is_some() && parent.as_os_str().is_empty() => ".".into(),
                Some(parent) if cible.file_name().is_some() => parent.to_path_buf(),
                _ => entier.parent().unwrap_or(&entier).to_path_buf(),
            };
            return une(dossier, slug);
        }
        match cible.to_str() {
            Some(slug) if self.communes.join(slug).join("commune.yaml").is_file() => {
                une(self.communes.clone(), slug.trim_end_matches('/').to_owned())
            }
            _ if cible.is_dir() => toutes(cible),
            _ => {
                let connues = Dossiers::noms(&self.communes)?;
                let aide = engine::definition::lecture::suggestion(
                    &cible.to_string_lossy(),
                    connues.iter().map(String::as_str),
                );
                Err(Fatale::Usage(format!(
                    "{} n'est ni un dossier, ni une commune de {} ; {aide}",
                    cible.display(),
                    self.communes.display()
                )))
            }
        }
    }
}

fn une(dossier: PathBuf, slug: String) -> Result<Lue, Fatale> {
    let lus = Dossiers::lit_dans(&dossier, Perimetre::Commune(&slug))?;
    Ok(Lue { dossier, lus, slugs: vec![slug] })
}

fn toutes(dossier: &Path) -> Result<Lue, Fatale> {
    if !dossier.is_dir() {
        return Err(Fatale::Usage(format!("{} n'est pas un dossier (--communes)", dossier.display())));
    }
    let lus = Dossiers::lit_dans(dossier, Perimetre::Tout)?;
    if lus.slugs.is_empty() {
        return Err(Fatale::Usage(format!(
            "{} ne contient aucune commune : `guichet new` en écrit une",
            dossier.display()
        )));
    }
    let slugs = lus.slugs.clone();
    Ok(Lue { dossier: dossier.to_path_buf(), lus, slugs })
}
