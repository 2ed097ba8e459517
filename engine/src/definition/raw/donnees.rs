//! `donnees.yaml`: the vocabulary of facts.

use super::source::{RawQuestion, RawSource};
use super::valeurs::{Nombre, RawDuree, RawRangee, RawType};
use crate::definition::lecture::{Booleen, Carte, Id, Texte, bloc};

bloc! {
    /// Les faits que la commune connaît de ses familles.
    pub struct RawDonnees {
        /// Un fait par ligne.
        [liste requise] faits: RawFait,
        /// Questions à la commune.
        [liste] questions: RawQuestion,
    }
}

bloc! {
    /// Un fait : ce que la commune sait d'un foyer, d'un parent ou d'un enfant.
    pub struct RawFait {
        /// Identifiant, ex. `quotient`. C'est aussi une dimension des tableaux.
        [requis] fait: Id,
        /// Libellé montré aux familles.
        [optionnel] nom: Texte,
        /// De qui : `foyer`, `responsable`, `enfant`, `convive`, `personne`.
        [requis] sujet: Id,
        /// `montant`, `quotient`, `nombre`, `texte`, `texte_long`, `telephone`, `courriel`, `commune`, `adresse`, `date`, `heure`, `booleen`, `{ choix: [..] }`, `{ ensemble: [..] }`, `{ liste_commune: ecoles }`.
        [requis] genre ("type"): RawType,
        /// Libellés des choix, tels que les familles les lisent, ex. `{ pai: "PAI (projet d'accueil individualisé)" }`.
        [optionnel] valeurs: Carte<Texte>,
        /// Pas des nombres lus par les tableaux, ex. `1` ou `0.01`.
        [optionnel] pas: Nombre,
        /// `inferieur`, `superieur` ou `proche` : comment un nombre est ramené à son pas.
        [optionnel] arrondi: Id,
        /// Plus petite valeur possible ; un quotient n'est jamais négatif.
        [optionnel] min: Nombre,
        /// Plus grande valeur possible.
        [optionnel] max: Nombre,
        /// Qui peut l'écrire : parent, agent, une pièce, import, api.
        [liste] provenance: Id,
        /// Combien de temps il vaut.
        [optionnel] validite: RawValidite,
        /// Après la validité : `absent` ou `garde`.
        [optionnel] perime: Id,
        /// Quand un changement prend effet.
        [optionnel] effet: RawEffetFait,
        /// Sur quel foyer il est lu.
        [optionnel] lu_sur: RawDerive => Reservations,
        /// `publique`, `personnelle`, `financiere`, `sante` ou `judiciaire`.
        [optionnel] sensibilite: Id,
        /// Durée de conservation.
        [optionnel] conservation: RawDuree,
        /// Ce fait se calcule.
        [optionnel] derive: RawDerive,
        /// Le document.
        [optionnel] source: RawSource,
        /// Questions à la commune.
        [liste] questions: RawQuestion,
    }
}

bloc! {
    /// La durée de validité d'un fait : une seule clé.
    pub struct RawValidite {
        /// Pendant cette durée, ex. `3 mois`.
        [optionnel] duree: RawDuree,
        /// Jusqu'à ce jour de l'année, inclus, ex. `12-31`.
        [optionnel] jusqu_a: Texte,
        /// Jusqu'à la fin de l'année scolaire.
        [optionnel] annee_scolaire: Booleen,
        /// Sans fin.
        [optionnel] illimitee: Booleen,
    }
}

bloc! {
    /// Quand un changement du fait prend effet sur les prix.
    pub struct RawEffetFait {
        /// `jour`, `mois_suivant` ou `periode_suivante`.
        [requis] a: Id,
        /// Jour de référence, ex. `05-31` : la valeur de ce jour sert jusqu'à un changement déclaré, même périmée.
        [optionnel] reference: Texte,
        /// Le passé est-il refacturé ?
        [optionnel] retroactif: Booleen,
    }
}

bloc! {
    /// Comment un fait se calcule : une seule clé.
    pub struct RawDerive {
        /// Un tableau.
        [liste] lignes: RawRangee,
        /// Une formule.
        [optionnel] formule: Texte,
        /// La zone de l'adresse du foyer dans ce zonage.
        [optionnel] zonage: Id,
        /// Le rang de l'enfant.
        [optionnel] rang: RawRang,
        /// Un compte d'événements.
        [optionnel] compte: RawCompteDe,
        /// Présent ou réservé le même jour ailleurs.
        [optionnel] presence_ailleurs: RawPresenceAilleurs,
        /// L'âge de l'enfant.
        [optionnel] age: RawAge,
        /// Un script de `regles/`.
        [optionnel] script: Texte,
    }
}

bloc! {
    /// Le rang de l'enfant parmi d'autres.
    pub struct RawRang {
        /// `foyer`, `inscrits` ou `presents`.
        [requis] parmi: Id,
        /// Services comptés.
        [liste] services: Id,
        /// `jour`, `mois` ou `annee`.
        [requis] par: Id,
        /// `naissance` ou `prix_decroissant`.
        [requis] ordre: Id,
    }
}

bloc! {
    /// Un compte d'événements.
    pub struct RawCompteDe {
        /// `reservation`, `presence`, `absence`, `presence_sans_reservation` ou `enfant`.
        [requis] de: Id,
        /// Services comptés.
        [liste] services: Id,
        /// État compté.
        [optionnel] etat: Id => Reservations,
        /// Par quoi, ex. `[enfant, mois]`.
        [liste requise] par: Id,
        /// Depuis quand.
        [optionnel] depuis: Texte => Reservations,
    }
}

bloc! {
    /// Présent ou réservé le même jour ailleurs.
    pub struct RawPresenceAilleurs {
        /// La prestation.
        [requis] prestation: Id,
        /// `jour`.
        [requis] meme: Id,
        /// `present` ou `reserve`.
        [optionnel] etat: Id,
    }
}

bloc! {
    /// L'âge de l'enfant en années révolues.
    pub struct RawAge {
        /// `jour`, `rentree` ou un jour de l'année, ex. `12-31`.
        [requis] au: Texte,
    }
}
