//! The scripts of `regles/`: compiled, checked and tried; what is found is shown in their own lines.

use rules::script::{ErreurScript, Script};

use super::Resolution;
use super::fichiers::Fichiers;
use crate::diagnostic::{Code, Diagnostic, codes};

/// Where the samples' draw starts: checking a folder twice tries the same cases.
const GRAINE: u64 = 0x6775_6963_6865_7401;

/// Compiles every script, in the order of their paths; empty when one cannot be.
pub(super) fn resout(r: &mut Resolution<'_>, f: &Fichiers) -> Vec<Script> {
    let mut scripts = Vec::new();
    for (chemin, fichier) in &f.scripts {
        let source = r.sources.fichier(*fichier).map_or("", |f| f.texte.as_str());
        let trouves = match Script::compile(chemin, source, &r.vocabulaire, GRAINE) {
            Ok(script) => {
                let avertissements = script.avertissements().to_vec();
                scripts.push(script);
                avertissements
            }
            Err(erreurs) => erreurs,
        };
        for e in trouves {
            let span = r.sources.mot_a(*fichier, e.ligne, e.colonne);
            let mut d = Diagnostic::new(code(&e), span, e.message);
            d.aide = e.aide;
            r.signale(d);
        }
    }
    if scripts.len() == f.scripts.len() { scripts } else { Vec::new() }
}

fn code(e: &ErreurScript) -> Code {
    Code::trouve(e.code).unwrap_or(codes::RHA01)
}
