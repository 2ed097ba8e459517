//! Loads the towns of `communes/`.
#![allow(dead_code, reason = "each test file uses some of these")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::commune::Commune;
use engine::definition::resolve::charge;
use engine::definition::source::SourceSet;
use engine::foyer::ValeurFait;
use jiff::civil::Date;

pub(crate) fn racine() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../communes")
}

pub(crate) fn lit(dossier: &Path, racine: &Path, sources: &mut SourceSet) {
    let mut entrees: Vec<_> = std::fs::read_dir(dossier).unwrap().map(|e| e.unwrap().path()).collect();
    entrees.sort();
    for chemin in entrees {
        if chemin.is_dir() {
            lit(&chemin, racine, sources);
        } else {
            let relatif = chemin.strip_prefix(racine).unwrap().to_string_lossy().replace('\\', "/");
            sources.ajoute_octets(relatif, &std::fs::read(&chemin).unwrap());
        }
    }
}

pub(crate) fn sources(slug: &str) -> SourceSet {
    let racine = racine();
    let mut sources = SourceSet::new();
    lit(&racine.join(slug), &racine, &mut sources);
    lit(&racine.join("modeles"), &racine, &mut sources);
    sources
}

/// Every folder of `communes/` that is a town.
pub(crate) fn villes() -> Vec<String> {
    let dossiers = std::fs::read_dir(racine()).unwrap().map(|e| e.unwrap().path());
    let mut villes: Vec<String> = dossiers
        .filter(|d| d.join("commune.yaml").is_file())
        .map(|d| d.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    villes.sort();
    assert!(villes.len() >= 2, "{villes:?}");
    villes
}

pub(crate) fn ville(slug: &str) -> Arc<Commune> {
    charge(&sources(slug), slug).commune.unwrap()
}

pub(crate) fn jour(texte: &str) -> Date {
    texte.parse().unwrap()
}

/// `residence=hamois quotient=900`: numbers, hours (`16:30`), `oui`/`non`, else names.
pub(crate) fn faits(texte: &str) -> BTreeMap<String, ValeurFait> {
    texte
        .split_whitespace()
        .map(|couple| {
            let (nom, v) = couple.split_once('=').unwrap();
            let valeur = if let Ok(n) = v.parse() {
                ValeurFait::Nombre(n)
            } else if let Some((h, m)) = v.split_once(':') {
                ValeurFait::Heure(jiff::civil::time(h.parse().unwrap(), m.parse().unwrap(), 0, 0))
            } else if v == "oui" || v == "non" {
                ValeurFait::Booleen(v == "oui")
            } else {
                ValeurFait::Choix(v.into())
            };
            (nom.to_owned(), valeur)
        })
        .collect()
}
