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
    // looked for to the end once: a file made of « stream » only costs no more than another
    let mut sans_fin = false;
    while let Some(place) = reste.iter().position(|o| matches!(o, b'/' | b's')) {
        let ici = reste.get(place..).unwrap_or_default();
        // what a stream holds is compressed: a name found there is chance
        if !sans_fin && est_un_flux(octets, octets.len() - ici.len()) {
            match ici.windows(9).position(|m| m == b"endstream") {
                Some(fin) => {
                    reste = ici.get(fin + 9..).unwrap_or_default();
                    continue;
                }
                None => sans_fin = true,
            }
        }
        if ici.first() == Some(&b'/') && ACTIFS.contains(&nom(ici).as_slice()) {
            return Err(Defaut::PdfActif);
        }
        reste = ici.get(1..).unwrap_or_default();
    }
    Ok(())
}

/// Does a stream begin there? Its word follows a dictionary and ends its line (7.3.8.1): the same word elsewhere hides nothing.
fn est_un_flux(octets: &[u8], place: usize) -> bool {
    let (avant, ici) = octets.split_at_checked(place).unwrap_or_default();
    let finie = ici.strip_prefix(b"stream").is_some_and(|s| s.starts_with(b"\r\n") || s.starts_with(b"\n"));
    // a comment or a thousand blanks before it would be strange: few are looked at
    let dernier = avant.iter().rev().take(16).find(|o| !o.is_ascii_whitespace());
    finie && dernier == Some(&b'>')
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
            b"%PDF-1.4\n<<>>stream\nxx\nendstream\n<</S/Launch/F(cmd.exe)>>",
            b"%PDF-1.4\n%stream\n<</S/JavaScript/JS(x)>>\n%endstream\n",
            b"%PDF-1.4\nstream without end <</Type/EmbeddedFile>>",
            b"%PDF-1.4\n<</Names<</EmbeddedFiles 3 0 R>>>>",
        ] {
            assert_eq!(inerte(actif), Err(Defaut::PdfActif), "{}", String::from_utf8_lossy(actif));
        }
        for sain in [
            &b"%PDF-1.4\n%%EOF\n"[..],
            b"%PDF-1.4\n<</OpenAction[3 0 R/Fit]/Type/Catalog>>\nstream\n/JS /Launch\nendstream\n%%EOF",
            b"%PDF-1.4\n<</Length 3>>\r\nstream\r\n/JS\r\nendstream\r\n%%EOF",
            b"%PDF-1.4\n<</JSON true/Launcher 1/Font<</JS1 4 0 R>>>>",
            b"%PDF-1.4\n/#",
        ] {
            assert_eq!(inerte(sain), Ok(()), "{}", String::from_utf8_lossy(sain));
        }
    }

    /// Looked for to the end once, not once a word: as many steps as bytes, or this test would last for minutes.
    #[test]
    fn cinq_millions_d_octets_de_flux_sans_fin_se_lisent_d_une_traite() {
        let piege = [&b"%PDF-1.4\n"[..], &b">>stream\n".repeat(580_000)].concat();
        assert_eq!(inerte(&piege), Ok(()));
    }
}
