//! Which passwords are taken: the CNIL's deliberation 2022-100, then the town's own rule.

use super::regles::RegleMotDePasse;

/// Bits that a password must have where tries are counted (CNIL, délibération 2022-100, second case).
const BITS: f64 = 50.0;
/// Longest password: hashing must stay bounded. Far beyond the 64 characters that must be allowed.
pub const LONGUEUR_MAX: usize = 256;
/// Shortest part of a name that a password may not hold.
const PARTIE_MIN: usize = 4;

/// What is wrong with a password, each as a French sentence; none when it is taken.
///
/// `personnels`: the name, the address, the login name, the town: what a password must not be made of.
pub fn refus_du_mot_de_passe(mot: &str, regle: RegleMotDePasse, personnels: &[&str]) -> Vec<String> {
    let longueur = mot.chars().count();
    if longueur > LONGUEUR_MAX {
        return vec![format!("Le mot de passe a {LONGUEUR_MAX} caractères au plus.")];
    }
    let mut refus = Vec::new();
    let manque = |n: u32| longueur < usize::try_from(n).unwrap_or(usize::MAX);
    if manque(regle.longueur) {
        refus.push(format!("Il faut {} caractères au moins.", regle.longueur));
    }
    if regle.minuscule && !mot.chars().any(char::is_lowercase) {
        refus.push("Il faut au moins une lettre minuscule.".to_owned());
    }
    if regle.chiffre && !mot.chars().any(|c| c.is_ascii_digit()) {
        refus.push("Il faut au moins un chiffre.".to_owned());
    }
    if bits(mot) < BITS {
        refus.push(
            "Ce mot de passe est trop court : allongez-le, par exemple avec quatre mots sans lien entre eux."
                .to_owned(),
        );
    } else if est_personnel(mot, personnels) {
        refus.push("Ce mot de passe contient votre nom, votre adresse électronique ou celui de la commune : choisissez autre chose.".to_owned());
    }
    refus
}

/// Entropy as the CNIL counts it: length × log2 of the alphabets used (26, 26, 10 and 37 signs; 100 for any other character).
fn bits(mot: &str) -> f64 {
    let a = |f: fn(&char) -> bool| mot.chars().any(|c| f(&c));
    let classes = [
        (a(char::is_ascii_lowercase), 26.0),
        (a(char::is_ascii_uppercase), 26.0),
        (a(char::is_ascii_digit), 10.0),
        (mot.chars().any(|c| c.is_ascii_punctuation() || c == ' '), 37.0),
        (!mot.is_ascii(), 100.0),
    ];
    let alphabet: f64 = classes.iter().filter(|(la, _)| *la).map(|(_, n)| n).sum();
    // the same character over and over is written once
    let mut differents: Vec<char> = mot.chars().collect();
    differents.sort_unstable();
    differents.dedup();
    let longueur = mot.chars().count().min(differents.len().saturating_mul(3));
    let longueur = f64::from(u32::try_from(longueur).unwrap_or(u32::MAX));
    if alphabet > 0.0 { longueur * alphabet.log2() } else { 0.0 }
}

/// Would it be short without what everybody knows of its holder?
fn est_personnel(mot: &str, personnels: &[&str]) -> bool {
    let mut reste = crate::foyer::cle_de_recherche(mot);
    let mut touche = false;
    for partie in personnels.iter().flat_map(|p| p.split(|c: char| !c.is_alphanumeric())) {
        let partie = crate::foyer::cle_de_recherche(partie);
        if partie.chars().count() >= PARTIE_MIN && reste.contains(&partie) {
            reste = reste.replace(&partie, "");
            touche = true;
        }
    }
    touche && bits(&reste) < BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l_entropie_est_celle_de_la_cnil() {
        for (mot, attendu) in [
            ("aB3$efghIJKL", 79.55),
            ("abcdefghijKLMN1", 89.31),
            ("aB3$efgh", 53.03),
            ("abcdef12", 41.36),
            ("1234567890123456", 53.15),
        ] {
            assert!((bits(mot) - attendu).abs() < 0.02, "{mot} {}", bits(mot));
        }
        assert!(bits("aaaaaaaaaaaaaaaaaaaa") < 20.0);
    }

    #[test]
    fn un_mot_de_passe_court_personnel_ou_contraire_a_la_regle_est_refuse() {
        let rien = RegleMotDePasse::default();
        let refus = |mot: &str, regle| {
            refus_du_mot_de_passe(mot, regle, &["Camille", "Durand", "camille.durand@exemple.fr", "Donges"])
        };
        for bon in ["velo-tomate-lune-42", "correct cheval pile", "aB3$efgh", &"long mot ".repeat(8)] {
            assert_eq!(refus(bon, rien), Vec::<String>::new(), "{bon}");
        }
        for mauvais in ["", "soleil12", "motdepasse", "CamilleDurand2019", "durand-donges-44", "ÉÉÉÉÉÉÉÉÉÉÉÉ"]
        {
            assert_eq!(refus(mauvais, rien).len(), 1, "{mauvais}");
        }
        let mellois = RegleMotDePasse { longueur: 8, minuscule: true, chiffre: true };
        assert_eq!(
            refus("VELO TOMATE LUNE", mellois),
            ["Il faut au moins une lettre minuscule.", "Il faut au moins un chiffre."]
        );
        assert_eq!(refus("velo tomate 42", mellois), Vec::<String>::new());
        assert_eq!(refus("velo1", mellois).len(), 2);
        assert_eq!(refus(&"é1".repeat(200), rien).len(), 1);
    }
}
