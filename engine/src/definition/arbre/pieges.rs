//! SYN05: unquoted values that YAML 1.1 tools (editors, scripts) read as something else.

use crate::definition::source::Span;
use crate::diagnostic::{Diagnostic, codes};

/// The trap of an unquoted scalar, if it is one. Prices (`3.50`) and dates read the same everywhere that matters.
pub(super) fn piege(texte: &str, span: Span) -> Option<Diagnostic> {
    let lu = lu_par_yaml_1_1(texte)?;
    let message = format!("sans guillemets, d'autres outils YAML lisent `{texte}` comme {lu}");
    let remplace = format!("\"{texte}\"");
    let aide = match texte.to_ascii_lowercase().as_str() {
        "yes" | "on" | "y" => "écrivez `oui`, ou mettez des guillemets si c'est un mot".to_owned(),
        "no" | "off" | "n" => "écrivez `non`, ou mettez des guillemets si c'est un mot".to_owned(),
        _ => format!("écrivez `{remplace}`"),
    };
    Some(Diagnostic::new(codes::SYN05, span, message).aide(aide).correction(span, remplace))
}

fn lu_par_yaml_1_1(texte: &str) -> Option<String> {
    match texte.to_ascii_lowercase().as_str() {
        "yes" | "on" | "y" => return Some("`vrai`".to_owned()),
        "no" | "off" | "n" => return Some("`faux`".to_owned()),
        _ => {}
    }
    if let Some((heures, minutes)) = texte.split_once(':') {
        let (h, m): (u32, u32) = (heures.parse().ok()?, minutes.parse().ok()?);
        return (m < 60 && minutes.len() == 2 && heures.len() <= 2)
            .then(|| format!("le nombre {}", h * 60 + m));
    }
    if texte.len() > 1 && texte.starts_with('0') && texte.bytes().all(|b| b.is_ascii_digit()) {
        return Some(match i64::from_str_radix(texte, 8) {
            Ok(octal) => format!("le nombre {octal}"),
            Err(_) => format!("le nombre {}", texte.trim_start_matches('0')),
        });
    }
    None
}
