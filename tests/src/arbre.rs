//! The files of the tree, as the invariants read them.

use std::path::{Path, PathBuf};

/// The repository's root.
pub fn racine() -> PathBuf {
    let ici = Path::new(env!("CARGO_MANIFEST_DIR"));
    ici.parent().unwrap_or(ici).to_path_buf()
}

/// Files below `dossier` with one of these extensions; build outputs and dotfiles are left out. Sorted.
pub fn fichiers(dossier: &str, extensions: &[&str]) -> Vec<PathBuf> {
    let mut trouves = Vec::new();
    let mut a_lire = vec![racine().join(dossier)];
    while let Some(courant) = a_lire.pop() {
        let Ok(entrees) = std::fs::read_dir(&courant) else { continue };
        for chemin in entrees.filter_map(|e| Some(e.ok()?.path())) {
            let nom = chemin.file_name().and_then(|n| n.to_str()).unwrap_or_default();
            if nom.starts_with('.') || nom == "target" || nom == "node_modules" {
                continue;
            }
            if chemin.is_dir() {
                a_lire.push(chemin);
            } else if extensions.iter().any(|e| nom.ends_with(&format!(".{e}"))) {
                trouves.push(chemin);
            }
        }
    }
    trouves.sort();
    trouves
}

/// The text of a file.
pub fn lit(chemin: &Path) -> std::io::Result<String> {
    std::fs::read_to_string(chemin)
}

/// Path below the root, for messages.
pub fn nom(chemin: &Path) -> String {
    chemin.strip_prefix(racine()).unwrap_or(chemin).display().to_string()
}

/// Is this Rust file made of tests, benches or examples only?
pub fn est_un_test(chemin: &Path) -> bool {
    let nom = nom(chemin);
    ["tests/", "benches/", "examples/"].iter().any(|d| nom.starts_with(d) || nom.contains(&format!("/{d}")))
        || nom.ends_with("/tests.rs")
        || nom.ends_with("/essais.rs")
        || nom.ends_with("/exemple.rs")
}

/// The lines of a Rust file that are code in production: its tests (the rest of the file from `#[cfg(test)]` on a `mod … {`)
/// and its comments are left out. With their line numbers.
pub fn code(texte: &str) -> Vec<(usize, String)> {
    let mut lignes = Vec::new();
    let mut precedente = "";
    for (i, ligne) in texte.lines().enumerate() {
        let propre = ligne.trim_start();
        if precedente == "#[cfg(test)]" && propre.starts_with("mod ") && propre.ends_with('{') {
            break;
        }
        precedente = propre;
        if !propre.starts_with("//") {
            let sans_commentaire = propre.split(" // ").next().unwrap_or_default();
            lignes.push((i + 1, sans_commentaire.to_owned()));
        }
    }
    lignes
}

/// A town's folder and the models, as the engine reads them.
pub fn sources(slug: &str) -> engine::definition::source::SourceSet {
    let communes = racine().join("communes");
    let mut sources = engine::definition::source::SourceSet::new();
    for dossier in [slug, "modeles"] {
        for chemin in fichiers(&format!("communes/{dossier}"), &["yaml", "rhai", "tera", "md"]) {
            let relatif =
                chemin.strip_prefix(&communes).unwrap_or(&chemin).to_string_lossy().replace('\\', "/");
            sources.ajoute(relatif, lit(&chemin).unwrap_or_default());
        }
    }
    sources
}
