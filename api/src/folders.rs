//! The towns' folders on the disk.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use engine::definition::source::{SourceSet, TAILLE_MAX};

use crate::error::Fatale;

/// What the folders of `--communes` hold.
#[derive(Debug, Default)]
pub(crate) struct Dossiers {
    /// Every text, by its path below the folder (`<slug>/commune.yaml`).
    pub(crate) sources: SourceSet,
    /// The folders that describe a town.
    pub(crate) slugs: Vec<String>,
}

/// What is read of a folder of towns.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Perimetre<'a> {
    /// Every town.
    Tout,
    /// One town, and the models.
    Commune(&'a str),
}

/// Extensions of the files that say something.
const EXTENSIONS: [&str; 4] = ["yaml", "tera", "rhai", "md"];
/// Folder of the models, beside the towns.
pub(crate) const MODELES: &str = "modeles";
/// A town has a dozen folders and a hundred files: these bounds stop a wrong `--communes` (a home folder, a link that
/// leads back to itself) with a sentence.
const FICHIERS_MAX: usize = 50_000;
pub(crate) const PROFONDEUR_MAX: usize = 8;

impl Dossiers {
    /// Reads them all.
    pub(crate) fn lit(dossiers: &[PathBuf]) -> Result<Self, Fatale> {
        let mut lus = Self::default();
        for dossier in dossiers {
            lus.ajoute_dossier(dossier, Perimetre::Tout)?;
        }
        lus.slugs.sort();
        Ok(lus)
    }

    /// Reads what is wanted of one folder of towns.
    pub(crate) fn lit_dans(dossier: &Path, perimetre: Perimetre<'_>) -> Result<Self, Fatale> {
        let mut lus = Self::default();
        lus.ajoute_dossier(dossier, perimetre)?;
        lus.slugs.sort();
        Ok(lus)
    }

    /// Names of the towns of a folder; none when it cannot be read.
    pub(crate) fn noms(dossier: &Path) -> Result<Vec<String>, Fatale> {
        let Ok(entrees) = std::fs::read_dir(dossier) else { return Ok(Vec::new()) };
        let mut noms = Vec::new();
        for entree in entrees {
            let chemin = entree.map_err(|e| Fatale::chemin(dossier, e))?.path();
            if chemin.join("commune.yaml").is_file() {
                noms.extend(chemin.file_name().and_then(|n| n.to_str()).map(str::to_owned));
            }
        }
        noms.sort();
        Ok(noms)
    }

    fn ajoute_dossier(&mut self, dossier: &Path, perimetre: Perimetre<'_>) -> Result<(), Fatale> {
        let mut a_lire = match perimetre {
            Perimetre::Tout => vec![(dossier.to_path_buf(), 0)],
            Perimetre::Commune(slug) => vec![(dossier.join(slug), 1), (dossier.join(MODELES), 1)],
        };
        a_lire.retain(|(chemin, profondeur)| *profondeur == 0 || chemin.is_dir());
        let mut fichiers = Vec::new();
        while let Some((courant, profondeur)) = a_lire.pop() {
            for entree in std::fs::read_dir(&courant).map_err(|e| Fatale::chemin(&courant, e))? {
                let chemin = entree.map_err(|e| Fatale::chemin(&courant, e))?.path();
                let visible =
                    chemin.file_name().and_then(|n| n.to_str()).is_some_and(|n| !n.starts_with('.'));
                let dit =
                    chemin.extension().and_then(|e| e.to_str()).is_some_and(|e| EXTENSIONS.contains(&e));
                if visible && chemin.is_dir() {
                    a_lire.push((chemin, profondeur + 1));
                } else if visible && dit {
                    fichiers.push(chemin);
                }
            }
            if profondeur > PROFONDEUR_MAX || fichiers.len() > FICHIERS_MAX {
                return Err(Fatale::Usage(format!(
                    "{} n'est pas un dossier de communes : plus de {FICHIERS_MAX} fichiers, ou de {PROFONDEUR_MAX} niveaux ({})",
                    dossier.display(),
                    courant.display()
                )));
            }
        }
        fichiers.sort();
        for chemin in fichiers {
            self.ajoute(dossier, &chemin)?;
        }
        Ok(())
    }

    fn ajoute(&mut self, racine: &Path, chemin: &Path) -> Result<(), Fatale> {
        // one byte more than what is kept, so that the loader sees that the file is too large
        let limite = u64::try_from(TAILLE_MAX).unwrap_or(u64::MAX).saturating_add(1);
        let mut octets = Vec::new();
        std::fs::File::open(chemin)
            .and_then(|f| f.take(limite).read_to_end(&mut octets))
            .map_err(|e| Fatale::chemin(chemin, e))?;
        let relatif = chemin.strip_prefix(racine).unwrap_or(chemin);
        let nom = relatif.iter().filter_map(|p| p.to_str()).collect::<Vec<_>>().join("/");
        if let Some((slug, "commune.yaml")) = nom.split_once('/') {
            self.slugs.push(slug.to_owned());
        }
        self.sources.ajoute_octets(nom, &octets);
        Ok(())
    }
}
