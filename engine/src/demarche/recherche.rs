//! Finding a procedure by the words that a family types.

use super::Demarche;
use crate::commune::Commune;
use crate::foyer::cle_de_recherche;

/// Longest search, in characters.
const MOTS_MAX: usize = 60;
/// Small words that say nothing of what is looked for.
const VIDES: [&str; 16] =
    ["a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "mon", "pour", "un"];

/// What was typed, cut to what is looked for, as a page shows it again.
pub fn recherche_nettoyee(tapee: &str) -> String {
    tapee.trim().chars().take(MOTS_MAX).filter(|c| !c.is_control()).collect()
}

/// The procedures that have every word, those that have them in their name first; `None` when no word was typed.
pub fn cherche<'c>(commune: &'c Commune, tapee: &str) -> Option<Vec<&'c Demarche>> {
    let cle = cle_de_recherche(tapee);
    let mots: Vec<&str> =
        cle.split(' ').filter(|m| !m.is_empty() && !VIDES.contains(m)).map(racine).collect();
    if mots.is_empty() {
        return None;
    }
    let mut trouvees: Vec<(bool, &Demarche)> = commune
        .demarches_en_ordre()
        .into_iter()
        .filter(|d| contient(&texte(commune, d), &mots))
        .map(|d| (!contient(&cle_de_recherche(&d.nom), &mots), d))
        .collect();
    trouvees.sort_by_key(|(ailleurs, _)| *ailleurs);
    Some(trouvees.into_iter().map(|(_, d)| d).collect())
}

/// Everything that tells what a procedure is about.
fn texte(commune: &Commune, demarche: &Demarche) -> String {
    let pieces = commune.pieces.iter().filter(|p| demarche.pieces.contains(&p.id)).map(|p| p.nom.clone());
    let ecrans = demarche.formulaire.iter().map(|e| e.titre.clone());
    let mots: Vec<String> = [demarche.nom.clone(), commune.instructeur(demarche)]
        .into_iter()
        .chain(demarche.description.clone())
        .chain(demarche.mots.iter().cloned())
        .chain(ecrans)
        .chain(pieces)
        .collect();
    cle_de_recherche(&mots.join(" "))
}

/// « adresses » finds « adresse », and the other way round.
fn racine(mot: &str) -> &str {
    match mot.strip_suffix(['s', 'x']) {
        Some(court) if court.len() >= 3 => court,
        _ => mot,
    }
}

fn contient(texte: &str, mots: &[&str]) -> bool {
    mots.iter().all(|mot| texte.split(' ').any(|t| t.starts_with(mot)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_demarche_se_trouve_comme_on_la_nomme() {
        let texte = cle_de_recherche("Inscrire mon enfant à la restauration scolaire : cantine, repas");
        let trouve = |tapee: &str| {
            let cle = cle_de_recherche(tapee);
            let mots: Vec<&str> = cle.split(' ').filter(|m| !VIDES.contains(m)).map(racine).collect();
            contient(&texte, &mots)
        };
        for mots in
            ["cantine", "CANTINES", "inscrire à la cantine", "restau", "repas de mon enfant", "Scolaires"]
        {
            assert!(trouve(mots), "{mots}");
        }
        for mots in ["piscine", "cantine piscine", "tine"] {
            assert!(!trouve(mots), "{mots}");
        }
        assert_eq!(
            recherche_nettoyee(&format!("  can\u{7}tine{}", "e".repeat(99))).chars().count(),
            MOTS_MAX - 1
        );
    }
}
