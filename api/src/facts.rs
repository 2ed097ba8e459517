//! What a town's dimensions are worth for one family and one child on a day.

use engine::commune::Commune;
use engine::foyer::{FaitsDates, Sujet};
use engine::identifiant::{FoyerId, PersonneId};
use engine::tarification::derives;
pub(crate) use engine::tarification::parametres;
use engine::vocabulaire::Origine;
use jiff::Timestamp;
use jiff::civil::Date;
use rules::valeur::Valeur;

/// Whose facts a line reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Personnes<'a> {
    /// The household.
    pub(crate) foyer: Option<&'a FoyerId>,
    /// The child.
    pub(crate) enfant: Option<&'a PersonneId>,
    /// Who asks.
    pub(crate) responsable: Option<&'a PersonneId>,
}

/// One value a name of the vocabulary: what was known at `connu_au` to hold on `jour`, then the derived facts.
/// What the engine itself types (day of the week, delay…) is left absent.
pub(crate) fn valeurs(
    commune: &Commune,
    faits: &FaitsDates,
    de: Personnes<'_>,
    jour: Date,
    connu_au: Timestamp,
) -> Vec<Valeur> {
    let mut valeurs: Vec<Valeur> = commune
        .vocabulaire
        .iter()
        .map(|(_, symbole)| {
            let sujet = match symbole.sujet.as_deref() {
                Some("foyer") => de.foyer.cloned().map(Sujet::Foyer),
                Some("enfant" | "personne") => de.enfant.cloned().map(Sujet::Personne),
                Some("responsable") => de.responsable.cloned().map(Sujet::Personne),
                // a zone is kept as a fact of the household until addresses are geocoded
                _ if matches!(symbole.origine, Origine::Zonage(_)) => de.foyer.cloned().map(Sujet::Foyer),
                _ => None,
            };
            let lu = sujet.and_then(|s| faits.valeur(&s, &symbole.nom, jour, connu_au));
            lu.and_then(|f| f.valeur.en_valeur(&symbole.domaine)).unwrap_or(Valeur::Absent)
        })
        .collect();
    let parametres = parametres(commune, jour);
    if let Err(erreur) = derives(commune, &mut valeurs, &parametres, jour) {
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
