//! A PDF is never opened here: its names are read, as bytes, for what a document of a family never needs.

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::reception::Defaut;

/// Names of what acts by itself, or carries another file (ISO 32000-1, 7.11.4, 12.6.4.5, 12.6.4.16, 13.6).
const ACTIFS: [&[u8]; 7] =
    [b"JavaScript", b"JS", b"Launch", b"EmbeddedFile", b"EmbeddedFiles", b"RichMedia", b"GoToE"];
/// Short names of filters (8.9.7), which a reader may take everywhere.
const COURTS: [&[u8]; 8] = [b"AHx", b"A85", b"LZW", b"Fl", b"RL", b"CCF", b"DCT", b"JPX"];
/// Bytes that the objects compressed together in a document make at most.
const OBJETS_MAX: usize = 16 * 1024 * 1024;
/// Longest dictionary of a stream.
const DICTIONNAIRE_MAX: usize = 4096;
/// Longest of these names, escapes included.
const NOM_MAX: usize = 64;

/// Refuses one that declares a script, an action that launches, or a file inside.
pub(super) fn inerte(octets: &[u8]) -> Result<(), Defaut> {
    let mut reste = octets;
    // looked for to the end once: a file made of « stream » only costs no more than another
    let mut sans_fin = false;
    // what objects were compressed together may still make
    let mut place_libre = OBJETS_MAX;
    while let Some(place) = reste.iter().position(|o| matches!(o, b'/' | b's')) {
        let ici = reste.get(place..).unwrap_or_default();
        // what a stream holds is compressed: a name found there is chance
        if !sans_fin && est_un_flux(octets, octets.len() - ici.len()) {
            let fin = ici.windows(9).position(|m| m == b"endstream");
            let avant = octets.get(..octets.len() - ici.len()).unwrap_or_default();
            if let Some(objets) = objets(avant, ici.get(..fin.unwrap_or(ici.len())).unwrap_or_default()) {
                place_libre = inertes(objets, place_libre)?;
            }
            match fin {
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

/// Objects compressed together (7.5.7): as they are in the file.
enum Objets<'o> {
    /// As they are read.
    Clairs(&'o [u8]),
    /// Deflated.
    Comprimes(&'o [u8]),
    /// In a way that is not read here: several filters, a predictor.
    Fermes,
}

/// What a stream that holds objects holds; `None`: it holds something else.
fn objets<'o>(avant: &[u8], flux: &'o [u8]) -> Option<Objets<'o>> {
    let avant = avant.get(avant.len().saturating_sub(DICTIONNAIRE_MAX)..).unwrap_or_default();
    let debut = avant.windows(3).rposition(|m| m == b"obj").unwrap_or(0);
    let dictionnaire = avant.get(debut..).unwrap_or_default();
    let noms = noms(dictionnaire);
    let a = |voulu: &[u8]| noms.iter().any(|n| n == voulu);
    // its type may be anywhere: where its objects begin, and how many they are, may not
    if !(a(b"ObjStm") || (a(b"First") && a(b"N"))) {
        return None;
    }
    let donnees = flux.strip_prefix(b"stream").unwrap_or(flux);
    let donnees = donnees.strip_prefix(b"\r\n").or(donnees.strip_prefix(b"\n")).unwrap_or(donnees);
    let filtres: Vec<&Vec<u8>> =
        noms.iter().filter(|n| n.ends_with(b"Decode") || COURTS.contains(&n.as_slice())).collect();
    Some(match filtres.as_slice() {
        _ if a(b"Crypt") || a(b"Predictor") => Objets::Fermes,
        [] if a(b"Filter") => Objets::Fermes,
        [] => Objets::Clairs(donnees),
        [seul] if matches!(seul.as_slice(), b"FlateDecode" | b"Fl") => Objets::Comprimes(donnees),
        _ => Objets::Fermes,
    })
}

/// Refuses what acts among them; how much more may be inflated.
fn inertes(objets: Objets<'_>, place_libre: usize) -> Result<usize, Defaut> {
    let (clairs, reste) = match objets {
        Objets::Clairs(clairs) => (clairs.to_vec(), place_libre),
        Objets::Comprimes(comprimes) => {
            // encrypted, or longer than any document of a family
            let clairs =
                decompress_to_vec_zlib_with_limit(comprimes, place_libre).map_err(|_| Defaut::PdfFerme)?;
            let reste = place_libre.saturating_sub(clairs.len());
            (clairs, reste)
        }
        Objets::Fermes => return Err(Defaut::PdfFerme),
    };
    match noms(&clairs).iter().any(|n| ACTIFS.contains(&n.as_slice())) {
        true => Err(Defaut::PdfActif),
        false => Ok(reste),
    }
}

/// The names in these bytes.
fn noms(octets: &[u8]) -> Vec<Vec<u8>> {
    let debuts = octets.iter().enumerate().filter(|(_, o)| **o == b'/').map(|(i, _)| i);
    debuts.map(|i| nom(octets.get(i..).unwrap_or_default())).collect()
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

    /// What acts may be inside objects compressed together.
    #[test]
    fn les_objets_comprimes_sont_lus() {
        let pdf = |dictionnaire: &str, flux: &[u8]| {
            let tete =
                format!("%PDF-1.5\n4 0 obj\n<<{dictionnaire}/N 1/First 4/Length {}>>\nstream\n", flux.len());
            [tete.as_bytes(), flux, b"\nendstream\nendobj\n%%EOF"].concat()
        };
        let comprime = |texte: &[u8]| miniz_oxide::deflate::compress_to_vec_zlib(texte, 6);
        let actif = b"5 0 <</S/JavaScript/JS(app.alert\\(1\\))>>";
        let sain = b"5 0 <</Type/Page/Resources<</Font<</F1 6 0 R>>>>>>";
        let (type_, flate) = ("/Type/ObjStm", "/Type/ObjStm/Filter/FlateDecode");
        for (quoi, attendu) in [
            (pdf(flate, &comprime(actif)), Err(Defaut::PdfActif)),
            (pdf("/Filter[/Fl]", &comprime(actif)), Err(Defaut::PdfActif)),
            (
                pdf("/Type/Obj#53tm/Filter/FlateDecode", &comprime(b"5 0 <</S/J#61vaScript>>")),
                Err(Defaut::PdfActif),
            ),
            (pdf(type_, actif), Err(Defaut::PdfActif)),
            (pdf(flate, &comprime(sain)), Ok(())),
            (pdf(type_, sain), Ok(())),
            // what is not read is refused
            (pdf("/Type/ObjStm/Filter[/ASCIIHexDecode/FlateDecode]", &comprime(sain)), Err(Defaut::PdfFerme)),
            (
                pdf("/Type/ObjStm/Filter/FlateDecode/DecodeParms<</Predictor 12>>", &comprime(sain)),
                Err(Defaut::PdfFerme),
            ),
            (pdf(flate, b"chiffre, donc illisible"), Err(Defaut::PdfFerme)),
            (pdf(flate, &comprime(&vec![b' '; OBJETS_MAX + 1])), Err(Defaut::PdfFerme)),
        ] {
            assert_eq!(inerte(&quoi), attendu, "{}", String::from_utf8_lossy(&quoi[..80]));
        }
        // not closed: a reader goes by its length
        let ouvert = pdf(flate, &comprime(actif));
        let coupe = ouvert.windows(9).position(|m| m == b"endstream").unwrap();
        assert_eq!(inerte(&ouvert[..coupe]), Err(Defaut::PdfActif));
        // a thousand bombs share one place
        let bombe = pdf(flate, &comprime(&vec![b' '; OBJETS_MAX / 2]));
        assert_eq!(inerte(&bombe.repeat(2)), Ok(()));
        assert_eq!(inerte(&bombe.repeat(3)), Err(Defaut::PdfFerme));
    }

    /// Looked for to the end once, not once a word: as many steps as bytes, or this test would last for minutes.
    #[test]
    fn cinq_millions_d_octets_de_flux_sans_fin_se_lisent_d_une_traite() {
        let piege = [&b"%PDF-1.4\n"[..], &b">>stream\n".repeat(580_000)].concat();
        assert_eq!(inerte(&piege), Ok(()));
    }
}
