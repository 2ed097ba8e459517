//! Names of people, as they are written: letters repeat them, so they hold nothing that a mail program would make a link of.

use super::definition::{Champ, SujetVise, TypeChamp};

/// The facts that are names of people.
const NOMS: [&str; 6] = ["nom", "prenom", "prenoms", "nom_naissance", "nom_usage", "nom_famille"];

/// Is the answer to this field the name of somebody?
fn est_un_nom(champ: &Champ) -> bool {
    let personne = |f: &super::FaitVise| f.de != SujetVise::Foyer && NOMS.contains(&f.nom.as_str());
    matches!(champ.genre, TypeChamp::Texte { .. }) && champ.fait.as_ref().is_some_and(personne)
}

/// Why this cannot be the answer to a field that asks somebody's name; `None`: it can, or the field asks something else.
///
/// Letters of any script with their accents, spaces, hyphens, apostrophes, and a full stop that ends a word (« Jr. »): an
/// address (`www.exemple.fr`, `https://`), a tag or a digit is no part of a name.
pub fn nom_impossible(champ: &Champ, texte: &str) -> Option<String> {
    if !est_un_nom(champ) {
        return None;
    }
    let mut lettres = texte.chars().peekable();
    while let Some(c) = lettres.next() {
        let permis = match c {
            '.' => lettres.peek().is_none_or(|suite| *suite == ' '),
            ' ' | '-' | '‐' | '–' | '\'' | '’' | 'ʼ' | '·' => true,
            // accents written apart from their letters
            '\u{300}'..='\u{36f}' => true,
            c => c.is_alphabetic(),
        };
        if !permis {
            return Some(format!(
                "« {} » contient « {c} », qui n’est dans aucun nom : écrivez des lettres, des espaces, des traits d’union ou des apostrophes.",
                champ.nom
            ));
        }
    }
    None
}
