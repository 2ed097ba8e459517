//! The steps of a case that follow a dossier: messages, appointments, documents asked, copies.

use super::cas::RawInstant;
use crate::definition::lecture::{Booleen, Entier, Id, Texte, bloc};

bloc! {
    /// Un message écrit dans un dossier.
    pub struct RawEcrire {
        /// Le dossier.
        [requis] dossier: Id,
        /// Le message.
        [requis] texte: Texte,
    }
}

bloc! {
    /// Un message ouvert par celui à qui il est écrit.
    pub struct RawLire {
        /// Le dossier.
        [requis] dossier: Id,
        /// Le rang du message dans le dossier, à partir de 1.
        [requis] message: Entier,
    }
}

bloc! {
    /// Un rendez-vous : une seule clé à côté de `dossier`.
    pub struct RawRendezVousCas {
        /// Le dossier.
        [requis] dossier: Id,
        /// Le début du créneau choisi, à la place de celui d'avant.
        [optionnel] debut: RawInstant,
        /// Le rendez-vous est annulé.
        [optionnel] annule: Booleen,
        /// L'agent note qu'il a été tenu, ou non.
        [optionnel] tenu: Booleen,
    }
}

bloc! {
    /// Des pièces demandées par un agent.
    pub struct RawDemanderPieces {
        /// Le dossier.
        [requis] dossier: Id,
        /// Les pièces.
        [liste requise] pieces: Id,
        /// Ce que la famille lit.
        [requis] texte: Texte,
    }
}

bloc! {
    /// L'avis d'un agent sur une demande.
    pub struct RawAvis {
        /// Le dossier.
        [requis] dossier: Id,
        /// Favorable, ou non.
        [requis] favorable: Booleen,
        /// Les raisons de cet avis.
        [requis] texte: Texte,
    }
}

bloc! {
    /// Des mots cherchés sur l'accueil.
    pub struct RawChercher {
        /// Les mots, comme une famille les tape.
        [requis] mots: Texte,
    }
}

bloc! {
    /// Une démarche reprise pour un frère ou une sœur.
    pub struct RawDupliquer {
        /// Le dossier repris.
        [requis] de: Id,
        /// Le nom court du nouveau dossier.
        [requis] dossier: Id,
        /// L'enfant concerné.
        [requis] enfant: Id,
    }
}

bloc! {
    /// Un brouillon supprimé par la famille.
    pub struct RawSupprimer {
        /// Le dossier.
        [requis] dossier: Id,
    }
}

bloc! {
    /// Une demande faite sans compte, rattachée à un foyer.
    pub struct RawRattacher {
        /// Le dossier.
        [requis] dossier: Id,
        /// Le foyer.
        [requis] foyer: Id,
    }
}
