//! The command line as a configurateur runs it: the real binary, its output and its status.

use std::path::Path;
use std::process::Command;

use crate::arbre::racine;
use crate::serveur::{Echec, binaire};

/// What a command gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sortie {
    /// Its status.
    pub statut: i32,
    /// Standard output.
    pub texte: String,
    /// Error output.
    pub erreurs: String,
}

/// Runs `guichet` in the tree.
pub fn guichet(arguments: &[&str]) -> Result<Sortie, Echec> {
    guichet_dans(&racine(), arguments)
}

/// Runs `guichet` in a folder.
pub fn guichet_dans(dossier: &Path, arguments: &[&str]) -> Result<Sortie, Echec> {
    let sortie = Command::new(binaire()?).args(arguments).current_dir(dossier).output()?;
    Ok(Sortie {
        statut: sortie.status.code().ok_or("ended by a signal")?,
        // amounts hold no-break spaces: tests read them as spaces
        texte: String::from_utf8(sortie.stdout)?.replace(['\u{a0}', '\u{202f}'], " "),
        erreurs: String::from_utf8(sortie.stderr)?,
    })
}

/// Copies a town and the models into a folder of towns.
pub fn copie_commune(slug: &str, communes: &Path) -> std::io::Result<()> {
    for dossier in ["modeles", slug] {
        copie(&racine().join("communes").join(dossier), &communes.join(dossier))?;
    }
    Ok(())
}

/// Copies a folder and what is below it.
pub fn copie(de: &Path, vers: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(vers)?;
    for entree in std::fs::read_dir(de)? {
        let chemin = entree?.path();
        let cible = vers.join(chemin.file_name().unwrap_or_default());
        if chemin.is_dir() {
            copie(&chemin, &cible)?;
        } else {
            std::fs::copy(&chemin, &cible)?;
        }
    }
    Ok(())
}
