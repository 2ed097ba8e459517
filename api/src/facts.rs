//! Texts known of one family, as its pages show them, and what of it an agent may read.

use std::collections::BTreeSet;

use engine::commune::Commune;
use engine::decision::Auteur;
use engine::foyer::{Droit, FaitsDates, Sujet};
use engine::identifiant::PersonneId;
use jiff::Timestamp;
use jiff::civil::Date;

/// What is kept from whoever does not need it: health, and what a court decides.
const SENSIBLES: [&str; 2] = ["sante", "judiciaire"];

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

/// Names of the facts that are written down when an agent reads them.
pub(crate) fn sensibles(commune: &Commune) -> BTreeSet<String> {
    let declares = SENSIBLES.into_iter().flat_map(|s| commune.vocabulaire.de_sensibilite(s).iter().cloned());
    // a court may decide a right, whatever the town declares
    declares.chain(Droit::faits().map(str::to_owned)).collect()
}

/// Names of the facts that this agent does not read: the sensitive ones, but for the services that receive children, and the one
/// that examines the procedure that asks for it.
pub(crate) fn caches(commune: &Commune, auteur: &Auteur) -> BTreeSet<String> {
    let mut caches = sensibles(commune);
    let Auteur::Agent { roles, .. } = auteur else { return caches };
    if commune.services.iter().any(|s| roles.contains(&s.gestionnaire)) {
        caches.clear();
    }
    for demarche in commune.demarches.iter().filter(|d| roles.contains(&d.instruit_par)) {
        for champ in demarche.champs() {
            if let Some(fait) = &champ.fait {
                caches.remove(&fait.nom);
            }
        }
    }
    caches
}
