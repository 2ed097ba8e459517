//! Names as an agent types them at the counter: without accents, capitals or hyphens.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The form under which a name is looked for: « Léa LE-GUEN » and « lea le guen » have the same.
pub fn cle_de_recherche(texte: &str) -> String {
    let nu = texte.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    let mots: String = nu.map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    mots.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::cle_de_recherche;

    #[test]
    fn un_nom_se_trouve_comme_on_le_tape() {
        for (ecrit, attendu) in [
            ("Léa LE-GUEN", "lea le guen"),
            ("  d’Ornano ", "d ornano"),
            ("D'ORNANO", "d ornano"),
            ("Nuñez  Çelik", "nunez celik"),
            ("%_", ""),
        ] {
            assert_eq!(cle_de_recherche(ecrit), attendu);
        }
    }
}
