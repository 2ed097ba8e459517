//! Watches the towns' folders: by what the file system says of them, at intervals that cost little. No notification is
//! needed, so network folders and containers are seen too.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Aiguillage;
use crate::clock::Chronometre;
use crate::error::Fatale;
use crate::folders::{Dossiers, MODELES, Perimetre};

/// Shortest time between two looks.
const PAUSE: Duration = Duration::from_secs(1);
/// A look may take this part of the time: with a thousand towns, looks are rarer.
const PART: u32 = 50;

/// Folder → what its files look like (names, sizes, times of change).
type Aspects = BTreeMap<(usize, String), u64>;

/// What the folders looked like.
#[derive(Debug)]
pub(crate) struct Surveillance {
    racines: Vec<PathBuf>,
    /// What was last proposed, or found at the start.
    lus: Aspects,
    /// At the last look: a folder is read when it stays the same between two looks, not while it is being written.
    vus: Aspects,
    dernier: Chronometre,
    pause: Duration,
}

impl Surveillance {
    /// From now on, what changes.
    pub(crate) fn commence(racines: &[PathBuf]) -> Self {
        let lus = aspects(racines);
        Self { racines: racines.to_vec(), vus: lus.clone(), lus, dernier: Chronometre::part(), pause: PAUSE }
    }

    /// Looks, if it is time to; what changed and is stable is proposed.
    pub(crate) async fn regarde(&mut self, aiguillage: &Aiguillage) -> Result<(), Fatale> {
        if self.dernier.ecoule() < self.pause {
            return Ok(());
        }
        let debut = Chronometre::part();
        let racines = self.racines.clone();
        let aspects = tokio::task::spawn_blocking(move || aspects(&racines)).await;
        let vus = aspects.map_err(|e| Fatale::Interne(e.to_string()))?;
        self.pause = PAUSE.max(debut.ecoule().saturating_mul(PART));
        self.dernier = Chronometre::part();
        let stables: BTreeSet<(usize, String)> = vus
            .iter()
            .filter(|(dossier, aspect)| {
                self.vus.get(*dossier) == Some(*aspect) && self.lus.get(*dossier) != Some(*aspect)
            })
            .map(|(dossier, _)| dossier.clone())
            .collect();
        for dossier in &stables {
            if let Some(aspect) = vus.get(dossier) {
                self.lus.insert(dossier.clone(), *aspect);
            }
        }
        // gone at two looks in a row: a folder put in place of another is away for an instant
        let parties: Vec<(usize, String)> = self
            .lus
            .keys()
            .filter(|d| !vus.contains_key(*d) && !self.vus.contains_key(*d))
            .cloned()
            .collect();
        for partie in parties {
            self.lus.remove(&partie);
            if partie.1 != MODELES {
                aiguillage.disparait(&partie.1).await;
            }
        }
        self.vus = vus;
        self.propose(aiguillage, &stables, "dossier surveillé").await
    }

    /// Reads every folder again, whatever it looks like.
    pub(crate) async fn relit(&mut self, aiguillage: &Aiguillage, auteur: &str) -> Result<(), Fatale> {
        self.vus = aspects(&self.racines);
        self.lus = self.vus.clone();
        let tous = self.lus.keys().cloned().collect();
        self.propose(aiguillage, &tous, auteur).await
    }

    async fn propose(
        &self,
        aiguillage: &Aiguillage,
        changes: &BTreeSet<(usize, String)>,
        auteur: &str,
    ) -> Result<(), Fatale> {
        for (rang, racine) in self.racines.iter().enumerate() {
            let modele = changes.contains(&(rang, MODELES.to_owned()));
            for ((_, nom), _) in self.vus.iter().filter(|((r, nom), _)| *r == rang && nom != MODELES) {
                if modele || changes.contains(&(rang, nom.clone())) {
                    // a folder without its commune.yaml is a checkout half done: what runs stays
                    if racine.join(nom).join("commune.yaml").is_file() {
                        let lus = Dossiers::lit_dans(racine, Perimetre::Commune(nom))?;
                        aiguillage.propose(lus, nom, auteur).await?;
                    }
                }
            }
        }
        Ok(())
    }
}

fn aspects(racines: &[PathBuf]) -> Aspects {
    let mut aspects = Aspects::new();
    for (rang, racine) in racines.iter().enumerate() {
        // a folder that cannot be read now is seen as it was when it can be again
        let Ok(entrees) = std::fs::read_dir(racine) else { continue };
        for chemin in entrees.flatten().map(|e| e.path()).filter(|c| c.is_dir()) {
            let Some(nom) = chemin.file_name().and_then(|n| n.to_str()).filter(|n| !n.starts_with('.'))
            else {
                continue;
            };
            let mut hache = DefaultHasher::new();
            regarde(&chemin, &mut hache, 0);
            aspects.insert((rang, nom.to_owned()), hache.finish());
        }
    }
    aspects
}

fn regarde(dossier: &Path, hache: &mut DefaultHasher, profondeur: usize) {
    let Ok(entrees) = std::fs::read_dir(dossier) else { return };
    let mut chemins: Vec<PathBuf> = entrees.flatten().map(|e| e.path()).collect();
    chemins.sort();
    for chemin in chemins {
        let Ok(meta) = std::fs::metadata(&chemin) else { continue };
        chemin.hash(hache);
        if meta.is_dir() {
            if profondeur < crate::folders::PROFONDEUR_MAX {
                regarde(&chemin, hache, profondeur + 1);
            }
        } else {
            meta.len().hash(hache);
            // a file system without times still shows names and sizes
            meta.modified().ok().hash(hache);
        }
    }
}
