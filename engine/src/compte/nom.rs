//! Login names and addresses, as two of them are compared.

use unicode_normalization::UnicodeNormalization;

/// Shortest login name, in characters.
const NOM_MIN: usize = 3;
/// Longest.
const NOM_MAX: usize = 64;
/// Longest address that a mail server takes (RFC 5321).
const COURRIEL_MAX: usize = 254;

/// Why a text is no login name, or no address: a French sentence for the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErreurNom {
    /// Too short or too long.
    #[error("De 3 à 64 caractères.")]
    Longueur,
    /// A space, a `@`, a control character.
    #[error("Lettres, chiffres, points, tirets et soulignés seulement, sans espace ni « @ ».")]
    Caractere,
    /// Not an address.
    #[error("Cette adresse électronique n’est pas complète, par exemple camille.durand@exemple.fr.")]
    Courriel,
}

/// A login name as it is compared: compatible forms composed (NFKC), lower case, without spaces around.
pub fn nom_normalise(saisi: &str) -> Result<String, ErreurNom> {
    let nom: String = saisi.trim().nfkc().flat_map(char::to_lowercase).collect();
    if !(NOM_MIN..=NOM_MAX).contains(&nom.chars().count()) {
        return Err(ErreurNom::Longueur);
    }
    let admis = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '\'');
    if nom.chars().all(admis) { Ok(nom) } else { Err(ErreurNom::Caractere) }
}

/// An address as it is compared: lower case, without spaces around. Providers that tell capitals apart are not met any more.
pub fn courriel_normalise(saisi: &str) -> Result<String, ErreurNom> {
    let courriel: String = saisi.trim().nfc().flat_map(char::to_lowercase).collect();
    let admis =
        |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, ',' | ';' | '<' | '>' | '"' | '\\');
    let entier = courriel.len() <= COURRIEL_MAX && courriel.chars().all(admis);
    match courriel.split_once('@') {
        Some((qui, ou))
            if entier
                && !qui.is_empty()
                && !ou.contains('@')
                && ou.contains('.')
                && ou.split('.').all(|partie| !partie.is_empty()) =>
        {
            Ok(courriel)
        }
        _ => Err(ErreurNom::Courriel),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_nom_se_compare_sans_casse_ni_forme() {
        assert_eq!(nom_normalise("  Camille.Durand "), Ok("camille.durand".into()));
        // a decomposed accent and a full-width letter
        assert_eq!(nom_normalise("Le\u{301}a-Ｋ"), Ok("léa-k".into()));
        assert_eq!(nom_normalise("ab"), Err(ErreurNom::Longueur));
        assert_eq!(nom_normalise(&"a".repeat(65)), Err(ErreurNom::Longueur));
        for nom in ["deux mots", "a@b.fr", "x\u{0}yz", "<script>"] {
            assert_eq!(nom_normalise(nom), Err(ErreurNom::Caractere), "{nom}");
        }
    }

    #[test]
    fn une_adresse_se_compare_en_minuscules() {
        assert_eq!(courriel_normalise(" Camille@Exemple.FR "), Ok("camille@exemple.fr".into()));
        for faux in [
            "",
            "camille",
            "a@b",
            "@exemple.fr",
            "a@@exemple.fr",
            "a@exemple..fr",
            "a b@exemple.fr",
            "a@exemple.fr,b@exemple.fr",
            "a@exemple.fr\nBcc: b@exemple.fr",
        ] {
            assert_eq!(courriel_normalise(faux), Err(ErreurNom::Courriel), "{faux}");
        }
        assert!(courriel_normalise(&format!("{}@exemple.fr", "a".repeat(250))).is_err());
    }
}
