//! SYN09: runs of absent days are understood, and each announced day counts alone until attendance is kept.

use rules::faits::Symboles;

use super::Examen;
use crate::definition::lecture::Attente;
use crate::diagnostic::{Diagnostic, codes};

/// The dimensions of a run of absent days.
const SUITES: [&str; 2] = ["duree_serie", "rang_jour"];

/// Each table of absences that reads them, said once a version.
pub(super) fn controle(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) {
    let commune = examen.commune;
    let partie = Attente::Reservations.partie().unwrap_or_default();
    for absence in commune.services.iter().flat_map(|s| &s.versions).filter_map(|(_, r)| r.absence.as_ref()) {
        for dimension in SUITES {
            let Some(fait) = commune.vocabulaire.fait(dimension) else { continue };
            let lue = absence.lignes.lignes().iter().find(|l| l.conditions.iter().any(|(f, _)| *f == fait));
            let Some(ligne) = lue else { continue };
            let message = format!(
                "`{dimension}` est compris, mais chaque jour d'absence compte encore seul (1) : les suites attendent {partie}"
            );
            let d = Diagnostic::new(codes::SYN09, examen.span(ligne.lieu), message);
            sortie.push(d.aide("une absence de plusieurs jours se règle pour l'instant par l'agent"));
        }
    }
}
