//! Long counts: `tests/run --long` sets `GUICHET_ESSAIS_LONGS=1`, and each test that has a longer count says what it counted.
#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test reads its environment, and stops when it cannot report"
)]

use std::io::Write as _;
use std::path::Path;

/// Are the long counts asked for?
pub(crate) fn longs() -> bool {
    std::env::var("GUICHET_ESSAIS_LONGS").is_ok_and(|v| v == "1")
}

/// In a long run, adds « name | count | result » to `target/essais-longs.txt`, which becomes tests/RESULTATS.md.
pub(crate) fn rapporte(nom: &str, compte: usize, resultat: &str) {
    if !longs() {
        return;
    }
    let mut dossiers = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let racine = dossiers.find(|d| d.join("Cargo.lock").exists()).expect("the workspace");
    let chemin = racine.join("target/essais-longs.txt");
    let mut fichier =
        std::fs::OpenOptions::new().create(true).append(true).open(chemin).expect("target/ is writable");
    writeln!(fichier, "{nom} | {compte} | {resultat}").expect("a line");
}
