//! The names that a template writes, each with its place: what `tera` does not tell before it fails.

/// A part of a template, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Morceau {
    /// Shown as it is.
    Texte {
        /// First byte.
        debut: usize,
        /// One past the last.
        fin: usize,
    },
    /// `{{ … }}` or `{% … %}`, without its delimiters.
    Code {
        /// First byte.
        debut: usize,
        /// One past the last.
        fin: usize,
        /// `{{ … }}`: it is written.
        ecrit: bool,
    },
}

/// A name in a piece of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nom<'a> {
    /// `enfant.prenom`.
    Variable {
        /// As written.
        chemin: &'a str,
        /// First byte.
        place: usize,
        /// The filter that follows it at once.
        filtre: Option<&'a str>,
        /// In `{{ … }}`.
        ecrite: bool,
    },
    /// `| montant`.
    Filtre {
        /// As written.
        nom: &'a str,
        /// First byte.
        place: usize,
    },
}

/// Words of the language, and of its tests.
const MOTS: [&str; 24] = [
    "if",
    "elif",
    "else",
    "endif",
    "for",
    "in",
    "endfor",
    "and",
    "or",
    "not",
    "is",
    "set",
    "true",
    "false",
    "none",
    "loop",
    "defined",
    "undefined",
    "break",
    "continue",
    "set_global",
    "endset",
    "raw",
    "endraw",
];

/// Texts and codes of a template, comments left out. An opening without its closing is the end of the text.
pub(super) fn morceaux(texte: &str) -> Vec<Morceau> {
    let mut morceaux = Vec::new();
    let mut i = 0;
    while let Some(reste) = texte.get(i..).filter(|r| !r.is_empty()) {
        let ouvre = ["{{", "{%", "{#"].into_iter().filter_map(|o| Some((reste.find(o)?, o))).min();
        let Some((decalage, ouvrant)) = ouvre else {
            morceaux.push(Morceau::Texte { debut: i, fin: texte.len() });
            break;
        };
        if decalage > 0 {
            morceaux.push(Morceau::Texte { debut: i, fin: i + decalage });
        }
        let fermant = match ouvrant {
            "{{" => "}}",
            "{%" => "%}",
            _ => "#}",
        };
        let debut = i + decalage + ouvrant.len();
        let longueur = texte.get(debut..).and_then(|r| r.find(fermant));
        let fin = longueur.map_or(texte.len(), |l| debut + l);
        if ouvrant != "{#" {
            morceaux.push(Morceau::Code { debut, fin, ecrit: ouvrant == "{{" });
        }
        i = (fin + fermant.len()).min(texte.len());
    }
    morceaux
}

/// The names of a piece of code.
pub(super) fn noms<'a>(texte: &'a str, morceau: &Morceau) -> Vec<Nom<'a>> {
    let Morceau::Code { debut, fin, ecrit } = *morceau else { return Vec::new() };
    let code = texte.get(debut..fin).unwrap_or_default();
    let mots = mots(code);
    let mut noms = Vec::new();
    for (n, (place, mot)) in mots.iter().enumerate() {
        let avant = code.get(..*place).unwrap_or_default().trim_end();
        let apres = code.get(place + mot.len()..).unwrap_or_default().trim_start();
        if avant.ends_with('|') {
            noms.push(Nom::Filtre { nom: mot, place: debut + place });
        } else {
            // `f(…)` is a function, `cle=valeur` an argument
            let affecte = apres.starts_with('=') && !apres.starts_with("==");
            if MOTS.contains(mot) || apres.starts_with('(') || affecte {
                continue;
            }
            let filtre = apres.starts_with('|').then(|| mots.get(n + 1).map(|(_, m)| *m)).flatten();
            noms.push(Nom::Variable { chemin: mot, place: debut + place, filtre, ecrite: ecrit });
        }
    }
    noms
}

/// The names that the template itself gives: `for x in`, `set x =`.
pub(super) fn locales(texte: &str) -> Vec<&str> {
    let mut locales = vec!["loop"];
    for morceau in morceaux(texte) {
        let Morceau::Code { debut, fin, ecrit: false } = morceau else { continue };
        let mots = mots(texte.get(debut..fin).unwrap_or_default());
        if let [(_, "for" | "set" | "set_global"), (_, nom), ..] = mots.as_slice() {
            locales.push(nom);
        }
    }
    locales
}

/// Words with dots outside quotes, with their place.
fn mots(code: &str) -> Vec<(usize, &str)> {
    let mut mots = Vec::new();
    let mut guillemet: Option<char> = None;
    let mut debut: Option<usize> = None;
    for (i, c) in code.char_indices().chain([(code.len(), ' ')]) {
        let lettre =
            guillemet.is_none() && (c.is_alphanumeric() || c == '_' || (c == '.' && debut.is_some()));
        match (debut, lettre) {
            (None, true) => debut = Some(i),
            (Some(d), false) => {
                let mot = code.get(d..i).unwrap_or_default();
                if !mot.starts_with(|c: char| c.is_ascii_digit()) {
                    mots.push((d, mot));
                }
                debut = None;
            }
            _ => {}
        }
        match guillemet {
            Some(g) if c == g => guillemet = None,
            None if matches!(c, '"' | '\'' | '`') => guillemet = Some(c),
            _ => {}
        }
    }
    mots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_noms_ont_leur_place() {
        let texte =
            "Le {{ jour | date_longue }}{# {{ caché }} #}, {% if motif and x == \"a.b\" %}oui{% endif %}";
        let m = morceaux(texte);
        assert_eq!(m.len(), 6);
        let tous: Vec<Nom<'_>> = m.iter().flat_map(|m| noms(texte, m)).collect();
        assert_eq!(
            tous,
            [
                Nom::Variable { chemin: "jour", place: 6, filtre: Some("date_longue"), ecrite: true },
                Nom::Filtre { nom: "date_longue", place: 13 },
                Nom::Variable {
                    chemin: "motif",
                    place: texte.find("motif").unwrap(),
                    filtre: None,
                    ecrite: false
                },
                Nom::Variable {
                    chemin: "x",
                    place: texte.find("x ==").unwrap(),
                    filtre: None,
                    ecrite: false
                },
            ]
        );
        assert_eq!(locales("{% for p in pieces %}{{ p.nom }}{% endfor %}"), ["loop", "p"]);
    }
}
