//! The files of `communes/`, for tests and benches.
#![expect(clippy::expect_used, reason = "a test or a bench that cannot read its files stops")]

use std::path::Path;

use engine::definition::source::SourceSet;

/// Path below `communes/` and bytes, of the folders given, sorted.
pub(crate) fn fichiers(dossiers: &[&str]) -> Vec<(String, Vec<u8>)> {
    let racine = Path::new(env!("CARGO_MANIFEST_DIR")).join("../communes");
    let mut a_lire: Vec<_> = dossiers.iter().map(|d| racine.join(d)).collect();
    let mut lus = Vec::new();
    while let Some(courant) = a_lire.pop() {
        for entree in std::fs::read_dir(&courant).expect("a folder of communes/") {
            let chemin = entree.expect("an entry").path();
            if chemin.is_dir() {
                a_lire.push(chemin);
                continue;
            }
            let relatif = chemin.strip_prefix(&racine).expect("below communes/").to_string_lossy();
            lus.push((relatif.replace('\\', "/"), std::fs::read(&chemin).expect("a readable file")));
        }
    }
    lus.sort();
    lus
}

/// The same as the loader takes them.
pub(crate) fn sources(fichiers: &[(String, Vec<u8>)]) -> SourceSet {
    let mut sources = SourceSet::new();
    for (chemin, octets) in fichiers {
        sources.ajoute_octets(chemin.clone(), octets);
    }
    sources
}
