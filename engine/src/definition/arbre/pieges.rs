//! SYN05: unquoted values that YAML 1.1 tools (editors, scripts) read as something else.

use crate::definition::source::Span;
use crate::diagnostic::{Diagnostic, codes};

/// The trap of an unquoted scalar, if it is one. Prices (`3.50`) and dates read the same everywhere that matters.
pub(super) fn piege(texte: &str, span: Span, est_cle: bool) -> Option<Diagnostic> {
    let lu = lu_ailleurs(texte).filter(|_| texte.len() <= 40)?;
    let message = format!("sans guillemets, d'autres outils YAML lisent `{texte}` comme {lu}");
    let francais = match lu.as_str() {
        "`vrai`" if !est_cle => Some("oui"),
        "`faux`" if !est_cle => Some("non"),
        _ => None,
    };
    let d = Diagnostic::new(codes::SYN05, span, message);
    Some(match francais {
        Some(mot) => {
            d.aide(format!("écrivez `{mot}`, ou `\"{texte}\"` si c'est un nom")).correction(span, mot)
        }
        None => d.aide(format!("écrivez `\"{texte}\"`")).correction(span, format!("\"{texte}\"")),
    })
}

/// What a YAML 1.1 reader makes of an unquoted text that Guichet keeps as a text.
fn lu_ailleurs(texte: &str) -> Option<String> {
    match texte.to_ascii_lowercase().as_str() {
        "yes" | "on" | "y" => return Some("`vrai`".to_owned()),
        "no" | "off" | "n" => return Some("`faux`".to_owned()),
        _ => {}
    }
    let chiffres = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    if let Some((heures, minutes)) = texte.split_once(':') {
        // sexagesimal: 16:30 is 16 × 60 + 30
        if !(chiffres(heures) && chiffres(minutes) && heures.len() <= 2 && minutes.len() == 2) {
            return None;
        }
        let (h, m): (u32, u32) = (heures.parse().ok()?, minutes.parse().ok()?);
        return (m < 60).then(|| format!("le nombre {}", h * 60 + m));
    }
    if texte.len() > 1 && texte.starts_with('0') && chiffres(texte) {
        let octal = i64::from_str_radix(texte, 8).map(|n| n.to_string());
        return Some(format!("le nombre {}", octal.as_deref().unwrap_or(texte.trim_start_matches('0'))));
    }
    let sans = texte.replace('_', "");
    let exposant = sans.split_once(['e', 'E']).is_some_and(|(a, b)| chiffres(a) && chiffres(b));
    if (sans != texte && chiffres(&sans) && texte.starts_with(|c: char| c.is_ascii_digit())) || exposant {
        return Some("un nombre".to_owned());
    }
    if let Some(hexa) = texte.strip_prefix("0x").filter(|h| !h.is_empty()) {
        return i64::from_str_radix(hexa, 16).ok().map(|n| format!("le nombre {n}"));
    }
    None
}
