//! The towns of `communes/` load without an error, whatever questions they still ask.

#![expect(clippy::unwrap_used, reason = "a test stops at its first surprise")]

use std::path::{Path, PathBuf};

use engine::definition::resolve::charge;
use engine::definition::source::SourceSet;
use engine::diagnostic::{Gravite, rendu};

fn communes() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../communes")
}

fn lit(dossier: &Path, racine: &Path, sources: &mut SourceSet) {
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

fn sources(slug: &str) -> SourceSet {
    let racine = communes();
    let mut sources = SourceSet::new();
    lit(&racine.join(slug), &racine, &mut sources);
    lit(&racine.join("modeles"), &racine, &mut sources);
    sources
}

fn charge_sans_erreur(slug: &str) {
    let sources = sources(slug);
    let chargement = charge(&sources, slug);
    let erreurs: Vec<_> =
        chargement.diagnostics.iter().filter(|d| d.gravite == Gravite::Erreur).cloned().collect();
    assert!(
        erreurs.is_empty(),
        "{}",
        rendu::rend(rendu::Format::Texte, &erreurs, &sources, rendu::Options::default())
    );
    assert!(chargement.commune.is_some());
}

#[test]
fn ham() {
    charge_sans_erreur("ham");
}

#[test]
fn donges() {
    charge_sans_erreur("donges");
}
