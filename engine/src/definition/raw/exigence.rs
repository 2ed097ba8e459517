//! `exigences.yaml`: what the town's guide asks.

use crate::definition::lecture::{Entier, Id, Texte, bloc};

bloc! {
    /// Ce que le guide de la commune demande.
    pub struct RawExigences {
        /// Une exigence par ligne.
        [liste requise] exigences: RawExigence,
    }
}

bloc! {
    /// Une exigence.
    pub struct RawExigence {
        /// Identifiant, ex. `H14`.
        [requis] id: Texte,
        /// Courte citation.
        [requis] citation: Texte,
        /// Le document.
        [requis] document: Texte,
        /// Sa ligne.
        [optionnel] ligne: Entier,
        /// Ce qui la montre quand les définitions seules ne le peuvent pas : `pages` (un essai des pages), ou la partie du produit à venir.
        [optionnel] attend: Id,
    }
}
