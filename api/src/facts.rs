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

/// The school year that families enrol for on `jour` (`2025-2026`): from July on, the one that follows.
pub(crate) fn annee_scolaire(jour: Date) -> String {
    let debut = if jour.month() >= 7 { jour.year() } else { jour.year() - 1 };
    format!("{debut}-{}", debut + 1)
}

#[cfg(test)]
mod tests {
    use super::annee_scolaire;

    #[test]
    fn on_s_inscrit_pour_l_annee_qui_vient_des_juillet() {
        for (jour, attendu) in
            [("2025-06-30", "2024-2025"), ("2025-07-01", "2025-2026"), ("2026-01-15", "2025-2026")]
        {
            assert_eq!(annee_scolaire(jour.parse().unwrap()), attendu);
        }
    }
}
