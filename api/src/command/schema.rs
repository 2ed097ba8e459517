//! `guichet schema`: the JSON Schemas of the files and the reference of their keys, both from what reads them.

use std::path::{Path, PathBuf};

use clap::Args;
use engine::definition::genres::GENRES;
use engine::definition::reference;

use super::{Issue, ecrit};
use crate::error::Fatale;

/// What `schema` takes.
#[derive(Debug, Clone, Args)]
pub(super) struct Schema {
    /// Écrit les fichiers ; sinon, vérifie seulement qu'ils sont à jour (statut 1 s'ils ne le sont pas).
    #[arg(long)]
    ecrit: bool,
    /// Dossier des communes.
    #[arg(long, value_name = "DOSSIER", default_value = "communes")]
    communes: PathBuf,
}

pub(super) fn run(args: &Schema) -> Result<Issue, Fatale> {
    if !args.communes.is_dir() {
        return Err(Fatale::Usage(format!("{} n'est pas un dossier (--communes)", args.communes.display())));
    }
    let mut perimes = Vec::new();
    for (nom, texte) in produits() {
        let chemin = args.communes.join(&nom);
        if std::fs::read_to_string(&chemin).is_ok_and(|present| present == texte) {
            continue;
        }
        if args.ecrit {
            pose(&chemin, &texte)?;
        }
        perimes.push(nom);
    }
    let (etat, issue) = match (perimes.is_empty(), args.ecrit) {
        (true, _) => ("à jour : schema/ et REFERENCE.md".to_owned(), Issue::Bien),
        (false, true) => (format!("écrits : {}", perimes.join(", ")), Issue::Bien),
        (false, false) => {
            (format!("périmés : {} (guichet schema --ecrit)", perimes.join(", ")), Issue::Erreurs)
        }
    };
    ecrit(&format!("{etat}\n"))?;
    Ok(issue)
}

/// Path below the communes folder, and text, of every generated file.
fn produits() -> Vec<(String, String)> {
    let schemas = GENRES.iter().map(|g| (format!("schema/{}.json", g.nom), format!("{:#}\n", g.schema())));
    schemas.chain(std::iter::once(("REFERENCE.md".to_owned(), reference::tables()))).collect()
}

fn pose(chemin: &Path, texte: &str) -> Result<(), Fatale> {
    if let Some(dossier) = chemin.parent() {
        std::fs::create_dir_all(dossier).map_err(|e| Fatale::chemin(dossier, e))?;
    }
    std::fs::write(chemin, texte).map_err(|e| Fatale::chemin(chemin, e))
}
