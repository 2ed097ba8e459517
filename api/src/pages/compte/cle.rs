//! The step of the key, where a town's creation has one.

use engine::demarche::Champ;

use crate::session::Visiteur;

/// The fields of the step: none until keys are given, and the step is then not shown.
pub(super) fn champs(_visiteur: &Visiteur) -> Vec<Champ> {
    Vec::new()
}
