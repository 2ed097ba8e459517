//! The towns' folders on the disk, and the towns that they give.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::commune::Commune;
use engine::definition::resolve::{Chargement, charge};
use engine::definition::source::SourceSet;
use engine::diagnostic::{Gravite, resume};
use forms::vues::Refusee;

use crate::error::Fatale;

/// What the folders of `--communes` hold.
#[derive(Debug, Default)]
pub(crate) struct Dossiers {
    /// Every text, by its path below the folder (`<slug>/commune.yaml`).
    pub(crate) sources: SourceSet,
    /// The folders that describe a town.
    pub(crate) slugs: Vec<String>,
}

/// Extensions of the files that say something.
const EXTENSIONS: [&str; 4] = ["yaml", "tera", "rhai", "md"];

impl Dossiers {
    /// Reads them all.
    pub(crate) fn lit(dossiers: &[PathBuf]) -> Result<Self, Fatale> {
        let mut lus = Self::default();
        for dossier in dossiers {
            let mut a_lire = vec![dossier.clone()];
            let mut fichiers = Vec::new();
            while let Some(courant) = a_lire.pop() {
                for entree in std::fs::read_dir(&courant).map_err(|e| Fatale::chemin(&courant, e))? {
                    let chemin = entree.map_err(|e| Fatale::chemin(&courant, e))?.path();
                    let visible =
                        chemin.file_name().and_then(|n| n.to_str()).is_some_and(|n| !n.starts_with('.'));
                    let dit =
                        chemin.extension().and_then(|e| e.to_str()).is_some_and(|e| EXTENSIONS.contains(&e));
                    if visible && chemin.is_dir() {
                        a_lire.push(chemin);
                    } else if visible && dit {
                        fichiers.push(chemin);
                    }
                }
            }
            fichiers.sort();
            for chemin in fichiers {
                lus.ajoute(dossier, &chemin)?;
            }
        }
        lus.slugs.sort();
        Ok(lus)
    }

    fn ajoute(&mut self, racine: &Path, chemin: &Path) -> Result<(), Fatale> {
        let octets = std::fs::read(chemin).map_err(|e| Fatale::chemin(chemin, e))?;
        let relatif = chemin.strip_prefix(racine).unwrap_or(chemin);
        let nom = relatif.iter().filter_map(|p| p.to_str()).collect::<Vec<_>>().join("/");
        if let Some((slug, "commune.yaml")) = nom.split_once('/') {
            self.slugs.push(slug.to_owned());
        }
        self.sources.ajoute_octets(nom, &octets);
        Ok(())
    }

    /// The towns that can be served, and why the others cannot.
    pub(crate) fn communes(&self) -> (BTreeMap<String, Arc<Commune>>, Vec<Refusee>) {
        let mut servies = BTreeMap::new();
        let mut refusees = Vec::new();
        for slug in &self.slugs {
            let Chargement { commune, diagnostics } = charge(&self.sources, slug);
            let erreur = diagnostics.iter().find(|d| d.gravite == Gravite::Erreur);
            match (commune, erreur) {
                (Some(commune), None) => {
                    servies.insert(slug.clone(), commune);
                }
                (_, erreur) => {
                    let premiere = erreur.map_or_else(
                        || "le dossier est illisible".to_owned(),
                        |d| format!("{} ({})", d.message, self.sources.lieu(d.principal)),
                    );
                    let raison = format!("{} ; la première : {premiere}", resume(&diagnostics));
                    tracing::error!(commune = slug, raison, "town refused");
                    refusees.push(Refusee { slug: slug.clone(), raison });
                }
            }
        }
        (servies, refusees)
    }
}
