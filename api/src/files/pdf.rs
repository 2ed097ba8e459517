//! A PDF is never opened here: its names are read, as bytes, for what a document of a family never needs.

use super::reception::Defaut;

/// Names of what acts by itself, or carries another file (ISO 32000-1, 7.11.4, 12.6.4.5, 12.6.4.16, 13.6).
const ACTIFS: [&[u8]; 7] =
    [b"JavaScript", b"JS", b"Launch", b"EmbeddedFile", b"EmbeddedFiles", b"RichMedia", b"GoToE"];
/// Longest of these names, escapes included.
const NOM_MAX: usize = 64;

/// Refuses one that declares a script, an action that launches, or a file inside.
pub(super) fn inerte(octets: &[u8]) -> Result<(), Defaut> {
    let mut reste = octets;
    while let Some(place) = reste.iter().position(|o| matches!(o, b'/' | b's')) {
        let ici = reste.get(place..).unwrap_or_default();
        // what a stream holds is compressed: a name found there is chance
        if ici.starts_with(b"stream")
            && let Some(fin) = ici.windows(9).position(|m| m == b"endstream")
        {
            reste = ici.get(fin + 9..).unwrap_or_default();
            continue;
        }
        if ici.first() == Some(&b'/') && ACTIFS.contains(&nom(ici).as_slice()) {
            return Err(Defaut::PdfActif);
        }
        reste = ici.get(1..).unwrap_or_default();
    }
    Ok(())
}

/// The name after a slash, its `#4a` read.
fn nom(ici: &[u8]) -> Vec<u8> {
    let mut nom = Vec::new();
    let mut suite = ici.iter().skip(1).take(NOM_MAX).peekable();
    while let Some(&octet) = suite.next() {
        match octet {
            b'#' => {
                let chiffre = |o: Option<&u8>| {
                    o.and_then(|o| char::from(*o).to_digit(16)).and_then(|c| u8::try_from(c).ok())
                };
                match (chiffre(suite.next()), chiffre(suite.next())) {
                    (Some(haut), Some(bas)) => nom.push(haut * 16 + bas),
                    _ => return nom,
                }
            }
            o if o.is_ascii_alphanumeric() || matches!(o, b'_' | b'-' | b'.' | b'+') => nom.push(o),
            _ => break,
        }
    }
    nom
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ce_qui_agit_est_refuse_et_rien_d_autre() {
        for actif in [
            &b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>endobj"[..],
            b"%PDF-1.4\n<</S /J#61vaScript>>",
            b"%PDF-1.4\n<</S/#4a#53(x)>>",
            b"%PDF-1.4\nstream\nxx\nendstream\n<</S/Launch/F(cmd.exe)>>",
            b"%PDF-1.4\nstream without end <</Type/EmbeddedFile>>",
            b"%PDF-1.4\n<</Names<</EmbeddedFiles 3 0 R>>>>",
        ] {
            assert_eq!(inerte(actif), Err(Defaut::PdfActif), "{}", String::from_utf8_lossy(actif));
        }
        for sain in [
            &b"%PDF-1.4\n%%EOF\n"[..],
            b"%PDF-1.4\n<</OpenAction[3 0 R/Fit]/Type/Catalog>>\nstream\n/JS /Launch\nendstream\n%%EOF",
            b"%PDF-1.4\n<</JSON true/Launcher 1/Font<</JS1 4 0 R>>>>",
            b"%PDF-1.4\n/#",
        ] {
            assert_eq!(inerte(sain), Ok(()), "{}", String::from_utf8_lossy(sain));
        }
    }
}
