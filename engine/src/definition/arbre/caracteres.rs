//! SYN08: characters that are not seen, or that look like others.

use super::{Cle, REMARQUES_MAX};
use crate::definition::source::{FichierId, Span};
use crate::diagnostic::{Diagnostic, codes};

/// Reports what misleads the eye in the whole text, comments included: invisible and bidirectional characters,
/// accents written apart from their letter, words that mix alphabets.
pub(super) fn controle(fichier: FichierId, texte: &str, diagnostics: &mut Vec<Diagnostic>) {
    if texte.is_ascii() {
        return;
    }
    let span = |debut: usize, fin: usize| {
        let octet = |n| u32::try_from(n).unwrap_or(u32::MAX);
        Span::new(fichier, octet(debut), octet(fin))
    };
    let mut avant: Option<(usize, char)> = None;
    for (octet, c) in texte.char_indices() {
        if diagnostics.len() > REMARQUES_MAX {
            return;
        }
        if let Some(nom) = invisible(c, octet) {
            let span = span(octet, octet + c.len_utf8());
            let message = format!("caractère invisible : {nom} (U+{:04X})", u32::from(c));
            let d = Diagnostic::new(codes::SYN08, span, message);
            diagnostics.push(d.aide("effacez-le").correction(span, ""));
        } else if ('\u{0300}'..='\u{036F}').contains(&c) {
            let debut = avant.map_or(octet, |(n, _)| n);
            let span = span(debut, octet + c.len_utf8());
            let d = Diagnostic::new(codes::SYN08, span, "accent écrit à part de sa lettre (forme non NFC)");
            diagnostics.push(match avant.and_then(|(_, lettre)| compose(lettre, c)) {
                Some(compose) => d.aide(format!("retapez la lettre `{compose}`")).correction(span, compose),
                None => d.aide("retapez la lettre accentuée"),
            });
        }
        avant = Some((octet, c));
    }
    for (debut, mot) in mots(texte) {
        if diagnostics.len() > REMARQUES_MAX {
            return;
        }
        let Some(latin) = en_latin(mot) else { continue };
        let span = span(debut, debut + mot.len());
        let message = format!("« {} » contient des lettres d'un autre alphabet", super::abrege(mot));
        let d = Diagnostic::new(codes::SYN08, span, message);
        diagnostics.push(d.aide(format!("retapez `{}`", super::abrege(&latin))).correction(span, latin));
    }
}

/// Reports a key with a space that is not one, or a value in typographic quotes (both read as part of the text).
pub(super) fn controle_cle(cle: &Cle, diagnostics: &mut Vec<Diagnostic>) {
    if cle.texte.contains(['\u{00A0}', '\u{202F}', '\u{2009}', '\u{3000}']) {
        let corrige: String = cle.texte.split_whitespace().collect::<Vec<_>>().join(" ");
        let message = format!("la clé « {} » contient une espace insécable", super::abrege(&corrige));
        let d = Diagnostic::new(codes::SYN08, cle.span, message);
        diagnostics
            .push(d.aide(format!("écrivez `{}`", super::abrege(&corrige))).correction(cle.span, corrige));
    }
}

/// An unquoted value that starts with a quote of a word processor.
pub(super) fn controle_guillemets(texte: &str, span: Span, diagnostics: &mut Vec<Diagnostic>) {
    if texte.starts_with(['“', '”', '„', '‘', '’']) {
        let interieur = texte.trim_matches(['“', '”', '„', '‘', '’']);
        let corrige = format!("\"{interieur}\"");
        let d = Diagnostic::new(
            codes::SYN08,
            span,
            "guillemets de traitement de texte : ils font partie de la valeur",
        );
        diagnostics.push(d.aide(format!("écrivez `{}`", super::abrege(&corrige))).correction(span, corrige));
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

/// The runs of letters, digits and `_`, with the byte where each starts.
fn mots(texte: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut debut = 0;
    texte.split(|c: char| !c.is_alphanumeric() && c != '_').map(move |mot| {
        let lieu = debut;
        // a separator may be longer than a byte: its length is read where it stands
        let apres = texte.get(lieu + mot.len()..).and_then(|suite| suite.chars().next());
        debut = lieu + mot.len() + apres.map_or(0, char::len_utf8);
        (lieu, mot)
    })
}

/// The word in Latin letters, when it holds letters of another alphabet that look like them and no other foreign one.
fn en_latin(mot: &str) -> Option<String> {
    if mot.is_ascii() || !mot.chars().any(|c| sosie(c).is_some()) {
        return None;
    }
    let latin = |c: char| sosie(c).or_else(|| (u32::from(c) < 0x250).then_some(c));
    mot.chars().map(latin).collect()
}

/// The Latin letter that a Cyrillic, Greek or full-width one looks like.
fn sosie(c: char) -> Option<char> {
    const CYRILLIQUE: (&str, &str) = ("аеорсухіјѕԁһАВЕКМНОРСТХІЈЅ", "aeopcyxijsdhABEKMHOPCTXIJS");
    const GREC: (&str, &str) = ("οανρΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oavpABEZHIKMNOPTYX");
    for (ailleurs, latin) in [CYRILLIQUE, GREC] {
        if let Some((_, l)) = ailleurs.chars().zip(latin.chars()).find(|(a, _)| *a == c) {
            return Some(l);
        }
    }
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0),
        _ => None,
    }
}

/// The letter with its accent, for those of French.
fn compose(lettre: char, accent: char) -> Option<char> {
    let (avec, sans) = match accent {
        '\u{0300}' => ("àèùÀÈÙ", "aeuAEU"),
        '\u{0301}' => ("éÉ", "eE"),
        '\u{0302}' => ("âêîôûÂÊÎÔÛ", "aeiouAEIOU"),
        '\u{0308}' => ("äëïöüÿÄËÏÖÜ", "aeiouyAEIOU"),
        '\u{0327}' => ("çÇ", "cC"),
        _ => return None,
    };
    avec.chars().zip(sans.chars()).find(|(_, s)| *s == lettre).map(|(a, _)| a)
}
