//! Libraries put before a server's own (`LD_PRELOAD`): a disk that is full, a clock that is elsewhere.
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// Compiles that C text in this folder; the library.
pub fn bibliotheque(dossier: &Path, nom: &str, texte: &str) -> PathBuf {
    let (source, objet) = (dossier.join(format!("{nom}.c")), dossier.join(format!("{nom}.so")));
    std::fs::write(&source, texte).unwrap();
    let fait = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .arg(&objet)
        .arg(&source)
        .arg("-ldl")
        .status();
    assert!(fait.unwrap().success(), "a C compiler");
    objet
}
