//! The CSV files of a folder, as a French spreadsheet writes them: separator and encoding are found, and said.

use std::path::Path;

use forms::import::{Fichier, Ligne, Tableau};

use crate::error::Fatale;

/// Largest file, in bytes: a town's families fit ten times.
const OCTETS_MAX: u64 = 50_000_000;

/// A file as it was read, and how.
pub(super) struct Lu {
    pub(super) tableau: Tableau,
    pub(super) encodage: &'static str,
    pub(super) separateur: char,
}

/// Reads every `.csv` of the folder; another name than those of [`Fichier`] is refused, so that a misspelt one is not left out.
pub(super) fn lit(dossier: &Path) -> Result<Vec<Lu>, Fatale> {
    let mut lus: Vec<Lu> = Vec::new();
    let entrees = std::fs::read_dir(dossier).map_err(|e| Fatale::chemin(dossier, e))?;
    let mut chemins = Vec::new();
    for entree in entrees {
        chemins.push(entree.map_err(|e| Fatale::chemin(dossier, e))?.path());
    }
    chemins.sort();
    for chemin in chemins {
        let Some(nom) = chemin.file_name().and_then(|n| n.to_str()) else { continue };
        let minuscules = nom.to_lowercase();
        let Some(genre) = minuscules.strip_suffix(".csv") else { continue };
        let fichier = Fichier::lit(genre).ok_or_else(|| {
            let connus: Vec<String> = Fichier::TOUS.iter().map(|f| format!("{}.csv", f.nom())).collect();
            Fatale::Usage(format!(
                "{} n'est pas un des fichiers repris : {}",
                chemin.display(),
                connus.join(", ")
            ))
        })?;
        if lus.iter().any(|l| l.tableau.fichier == fichier) {
            return Err(Fatale::Usage(format!(
                "{} : deux fichiers ont ce nom, aux majuscules près",
                chemin.display()
            )));
        }
        let taille = std::fs::metadata(&chemin).map_err(|e| Fatale::chemin(&chemin, e))?.len();
        if taille > OCTETS_MAX {
            return Err(Fatale::Usage(format!("{} dépasse 50 Mo : découpez la reprise", chemin.display())));
        }
        let octets = std::fs::read(&chemin).map_err(|e| Fatale::chemin(&chemin, e))?;
        let lu = tableau(fichier, nom, &octets)
            .map_err(|motif| Fatale::Usage(format!("{} : {motif}", chemin.display())))?;
        lus.push(lu);
    }
    if lus.is_empty() {
        return Err(Fatale::Usage(format!(
            "{} ne contient aucun fichier à reprendre (responsables.csv, enfants.csv…)",
            dossier.display()
        )));
    }
    Ok(lus)
}

fn tableau(fichier: Fichier, nom: &str, octets: &[u8]) -> Result<Lu, String> {
    let (texte, encodage) = decode(octets)?;
    // one end of line: a line is counted where an editor shows it
    let texte = texte.replace("\r\n", "\n").replace('\r', "\n");
    let separateur = separateur(&texte);
    let mut lecteur = csv::ReaderBuilder::new()
        .delimiter(u8::try_from(separateur).unwrap_or(b';'))
        .has_headers(false)
        .flexible(true)
        .from_reader(texte.as_bytes());
    let mut colonnes: Option<Vec<String>> = None;
    let mut lignes = Vec::new();
    for enregistrement in lecteur.records() {
        let lu = enregistrement.map_err(|_| "une ligne ne se lit pas".to_owned())?;
        let numero = lu.position().map_or(0, |p| p.line() + lignes_vides(&texte, p.byte()));
        let valeurs: Vec<String> = lu.iter().map(str::to_owned).collect();
        if colonnes.is_none() {
            colonnes = Some(valeurs.into_iter().map(|v| v.trim().to_owned()).collect());
        } else {
            lignes.push(Ligne { numero, valeurs });
        }
    }
    let colonnes = colonnes.ok_or("le fichier est vide : sa première ligne donne les titres des colonnes")?;
    Ok(Lu { tableau: Tableau { fichier, nom: nom.to_owned(), colonnes, lignes }, encodage, separateur })
}

/// How many empty lines come first from there: the reader passes them without counting them.
fn lignes_vides(texte: &str, octet: u64) -> u64 {
    let reste = usize::try_from(octet).ok().and_then(|o| texte.as_bytes().get(o..)).unwrap_or_default();
    reste.iter().take_while(|o| **o == b'\n').fold(0, |n, _| n + 1)
}

/// The text, and what it was written in.
fn decode(octets: &[u8]) -> Result<(String, &'static str), String> {
    const AIDE: &str = "dans le tableur, « Enregistrer sous », puis « CSV UTF-8 »";
    if octets.starts_with(b"PK") {
        return Err(format!("c'est un classeur, pas un CSV ; {AIDE}"));
    }
    if octets.starts_with(&[0xff, 0xfe]) || octets.starts_with(&[0xfe, 0xff]) || octets.contains(&0) {
        return Err(format!("le texte est en UTF-16 ; {AIDE}"));
    }
    if let Some(reste) = octets.strip_prefix(&[0xef, 0xbb, 0xbf]) {
        let texte =
            std::str::from_utf8(reste).map_err(|_| format!("le texte mêle deux encodages ; {AIDE}"))?;
        return Ok((texte.to_owned(), "UTF-8 (avec BOM)"));
    }
    if let Ok(texte) = std::str::from_utf8(octets) {
        return Ok((texte.to_owned(), "UTF-8"));
    }
    let lettres: Option<String> = octets.iter().map(|o| de_windows_1252(*o)).collect();
    let texte = lettres.ok_or_else(|| format!("l'encodage n'est ni UTF-8, ni Windows-1252 ; {AIDE}"))?;
    Ok((texte, "Windows-1252"))
}

/// A byte of Windows-1252; `None` for the five that it does not define.
fn de_windows_1252(octet: u8) -> Option<char> {
    const HAUT: [u16; 32] = [
        0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,
        0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
        0x0153, 0, 0x017e, 0x0178,
    ];
    match octet {
        0x80..=0x9f => {
            let code = HAUT.get(usize::from(octet - 0x80)).copied().filter(|c| *c != 0)?;
            char::from_u32(u32::from(code))
        }
        autre => Some(char::from(autre)),
    }
}

/// What separates most on the first line, outside quotes.
fn separateur(texte: &str) -> char {
    let premiere = texte.lines().next().unwrap_or_default();
    let compte = |separateur: char| {
        let mut entre_guillemets = false;
        premiere
            .chars()
            .filter(|c| {
                entre_guillemets ^= *c == '"';
                *c == separateur && !entre_guillemets
            })
            .count()
    };
    // of two that are there as often, the French spreadsheet's
    [',', '\t', ';'].into_iter().max_by_key(|s| compte(*s)).unwrap_or(';')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_tableur_francais_se_lit_comme_il_ecrit() {
        let lu = |octets: &[u8]| tableau(Fichier::Enfants, "enfants.csv", octets).unwrap();
        let utf8 = lu("\u{feff}famille;Prénom\r\n1;Léa\r\n\r\n2;\"d’Arc; Zoé\"\r\n".as_bytes());
        assert_eq!((utf8.encodage, utf8.separateur), ("UTF-8 (avec BOM)", ';'));
        assert_eq!(utf8.tableau.colonnes, ["famille", "Prénom"]);
        assert_eq!(
            utf8.tableau.lignes[1],
            Ligne { numero: 4, valeurs: vec!["2".into(), "d’Arc; Zoé".into()] }
        );
        let ancien = lu(b"famille,Pr\xe9nom\n1,L\xe9a \x80 \x9cuvre\n");
        assert_eq!((ancien.encodage, ancien.separateur), ("Windows-1252", ','));
        assert_eq!(ancien.tableau.lignes[0].valeurs[1], "Léa € œuvre");
        assert_eq!(lu(b"a\tb\n1\t2").separateur, '\t');
        for (octets, dit) in [
            (&b"PK\x03\x04"[..], "classeur"),
            (&b"\xff\xfea\0"[..], "UTF-16"),
            (&b"\xef\xbb\xbfL\xe9a"[..], "deux encodages"),
            (&b"a;b\nL\xe9\x81"[..], "ni UTF-8, ni Windows-1252"),
            (&b""[..], "vide"),
        ] {
            let refus = tableau(Fichier::Enfants, "enfants.csv", octets).err().unwrap();
            assert!(refus.contains(dit), "{refus}");
        }
    }
}
