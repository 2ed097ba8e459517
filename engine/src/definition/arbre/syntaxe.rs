//! SYN01: what the parser refused, in French, with the construct that was left open.

use serde_saphyr::granit_parser::ScanError;

use crate::definition::source::{FichierId, Span};
use crate::diagnostic::{Diagnostic, codes};

/// The diagnostic of a parser error.
pub(super) fn explique(fichier: FichierId, texte: &str, erreur: &ScanError) -> Diagnostic {
    let octet = erreur.marker().byte_offset().unwrap_or(0).min(texte.len());
    let octet = u32::try_from(octet).unwrap_or(u32::MAX);
    Diagnostic::new(
        codes::SYN01,
        Span::new(fichier, octet, octet),
        format!("YAML illisible : {}", erreur.info()),
    )
}
