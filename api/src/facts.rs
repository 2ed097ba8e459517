//! What is known of one family on a day, as its pages and its acts read it.

use engine::commune::Commune;
use engine::foyer::{FaitsDates, Sujet};
use engine::identifiant::PersonneId;
use engine::tarification::{self, Connus, Sujets};
use jiff::Timestamp;
use jiff::civil::Date;
use rules::valeur::Valeur;

/// One value a name of the vocabulary: what was known at `connu_au` to hold on `jour`; nothing is known of nobody.
pub(crate) fn valeurs(
    commune: &Commune,
    faits: &FaitsDates,
    de: Option<&Sujets>,
    jour: Date,
    connu_au: Timestamp,
) -> Vec<Valeur> {
    let connus = match de.map(|de| Connus::dates(commune, faits, de, jour, connu_au)) {
        None => Connus::default(),
        Some(Ok(connus)) => connus,
        Some(Err(refus)) => {
            // a value that the town no longer declares: conditions that read facts cannot be computed, and show everything
            tracing::warn!(commune = commune.slug, refus = refus.len(), "facts outside their domain");
            Connus::default()
        }
    };
    let mut valeurs: Vec<Valeur> = commune.vocabulaire.iter().map(|(id, _)| connus.valeur(id).0).collect();
    let parametres = tarification::parametres(commune, jour);
    if let Err(erreur) = tarification::derives(commune, &mut valeurs, &parametres, jour) {
        // the derived facts after it stay absent: tables cover that, or refuse
        tracing::warn!(commune = commune.slug, fait = erreur.id.0, "derived fact");
    }
    valeurs
}

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
