//! What a verb works on: the town or the folder of towns that the command line names.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use engine::commune::Commune;
use engine::definition::resolve::charge;
use engine::diagnostic::{Gravite, resume};

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

/// One town, loaded without an error: for the verbs that run its rules.
#[derive(Debug, Clone, Args)]
pub(super) struct Ville {
    /// La commune : son nom ou son dossier.
    #[arg(value_name = "COMMUNE")]
    pub(super) commune: PathBuf,
    /// Dossier des communes.
    #[arg(long, value_name = "DOSSIER", default_value = "communes")]
    pub(super) communes: PathBuf,
}

impl Ville {
    /// Its folder, with the models.
    pub(super) fn lit(&self) -> Result<(Lue, String), Fatale> {
        let cible = Cible { cible: Some(self.commune.clone()), communes: self.communes.clone() };
        let lue = cible.lit()?;
        match lue.slugs.as_slice() {
            [slug] => {
                let slug = slug.clone();
                Ok((lue, slug))
            }
            _ => Err(Fatale::Usage(format!(
                "{} contient plusieurs communes : laquelle ?",
                self.commune.display()
            ))),
        }
    }

    /// The town; one with errors does not run.
    pub(super) fn charge(&self) -> Result<Arc<Commune>, Fatale> {
        let (lue, slug) = self.lit()?;
        let chargement = charge(&lue.lus.sources, &slug);
        let sain = chargement.diagnostics.iter().all(|d| d.gravite != Gravite::Erreur);
        chargement.commune.filter(|_| sain).ok_or_else(|| {
            Fatale::Definition(format!(
                "la définition de {slug} a des erreurs ({}) : guichet check {slug}",
                resume(&chargement.diagnostics)
            ))
        })
    }
}

/// « `x` n'est pas une prestation de Ville ; vouliez-vous dire… »
pub(super) fn introuvable<'a>(
    quoi: &str,
    mot: &str,
    ville: &str,
    connus: impl IntoIterator<Item = &'a str> + Clone,
) -> Fatale {
    let aide = engine::definition::lecture::suggestion(mot, connus);
    Fatale::Usage(format!("`{mot}` n'est pas {quoi} de {ville} ; {aide}"))
}
