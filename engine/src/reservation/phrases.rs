//! Sentences of refusals.

use crate::decision::Refus;

/// `Réservation impossible : …`, with its capital and its full stop.
pub(super) fn impossible(acte: &str, raison: &str) -> String {
    format!("{acte} impossible : {}.", raison.trim_end_matches('.'))
}

/// The acts' names.
pub(super) const RESERVATION: &str = "Réservation";
pub(super) const ANNULATION: &str = "Annulation";
pub(super) const ACCUEIL: &str = "Accueil";

/// A prestation that the town does not have.
pub(super) fn prestation_inconnue(prestation: &str) -> Vec<Refus> {
    let motif = format!("La commune n’a pas de prestation « {prestation} ».");
    vec![Refus::nouveau("prestation_inconnue", motif)]
}

/// The same refusal, with the town's own text for it.
pub(super) fn avec_message(mut refus: Refus, message: Option<&String>) -> Refus {
    refus.message = message.map(|m| m.as_str().into());
    refus
}
