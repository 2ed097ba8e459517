//! Texts known of one family, as its pages show them.

use engine::foyer::{FaitsDates, Sujet};
use engine::identifiant::PersonneId;
use jiff::Timestamp;
use jiff::civil::Date;

/// A text known of somebody (`prenom`, `courriel`); empty when it is not.
pub(crate) fn texte(
    faits: &FaitsDates,
    personne: &PersonneId,
    fait: &str,
    jour: Date,
    connu_au: Timestamp,
) -> String {
    let lu = faits.valeur(&Sujet::Personne(personne.clone()), fait, jour, connu_au);
    match lu.map(|f| &f.valeur) {
        Some(engine::foyer::ValeurFait::Texte(t)) => t.clone(),
        _ => String::new(),
    }
}
