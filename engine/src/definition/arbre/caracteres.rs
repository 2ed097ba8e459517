//! SYN08: characters that are not seen, or that look like others.

use crate::definition::source::{FichierId, Span};
use crate::diagnostic::{Diagnostic, codes};

/// Reports invisible and bidirectional characters of the whole text, comments included.
pub(super) fn controle(fichier: FichierId, texte: &str, diagnostics: &mut Vec<Diagnostic>) {
    for (octet, c) in texte.char_indices() {
        let Some(nom) = invisible(c, octet) else { continue };
        let debut = u32::try_from(octet).unwrap_or(u32::MAX);
        let fin = debut.saturating_add(u32::try_from(c.len_utf8()).unwrap_or(1));
        let span = Span::new(fichier, debut, fin);
        let d = Diagnostic::new(
            codes::SYN08,
            span,
            format!("caractère invisible : {nom} (U+{:04X})", u32::from(c)),
        );
        diagnostics.push(d.aide("effacez-le et retapez le mot").correction(span, ""));
    }
}

fn invisible(c: char, octet: usize) -> Option<&'static str> {
    match c {
        '\u{200B}' => Some("espace de largeur nulle"),
        '\u{200C}' | '\u{200D}' => Some("liant ou antiliant de largeur nulle"),
        '\u{200E}' | '\u{200F}' | '\u{061C}' => Some("marque de sens d'écriture"),
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => Some("changement du sens d'écriture"),
        '\u{2060}'..='\u{2064}' => Some("caractère de largeur nulle"),
        '\u{00AD}' => Some("trait d'union conditionnel"),
        '\u{FEFF}' if octet > 0 => Some("marque d'ordre des octets"),
        '\u{E0000}'..='\u{E007F}' => Some("étiquette invisible"),
        _ => None,
    }
}
