//! `regie.yaml`: invoice streams, arrears, direct debit.

use super::effet::RawEffet;
use super::source::{RawQuestion, RawSource};
use super::valeurs::{RawDuree, RawMontant};
use crate::definition::lecture::{Entier, Id, Texte, bloc};

bloc! {
    /// La régie : factures, impayés, prélèvement.
    pub struct RawRegie {
        /// Les flux de factures.
        [liste requise] facturations: RawFacturation,
        /// Porte-monnaie.
        [optionnel] portefeuille: super::commune::RawPortefeuille | Factures,
        /// Prélèvement.
        [optionnel] prelevement: RawPrelevement | Factures,
        /// Le document.
        [optionnel] source: RawSource,
        /// Questions à la commune.
        [liste] questions: RawQuestion,
    }
}

bloc! {
    /// Un flux de factures.
    pub struct RawFacturation {
        /// Identifiant.
        [requis] facturation: Id,
        /// Nom affiché.
        [requis] nom: Texte,
        /// `mois`, `bimestre`, `trimestre`, `annee`.
        [requis] periode: Id,
        /// `prepaye`, `prepaye_avec_regularisation`, `postpaye` ou `portefeuille`.
        [requis] mode: Id,
        /// Quand elle est émise : un repère, ex. `"1 M+1"`.
        [optionnel] emise: Texte,
        /// Quand elle est due : un repère.
        [optionnel] echeance: Texte | Factures,
        /// Sous ce montant, la facture est reportée.
        [optionnel] seuil_report: RawMontant | Factures,
        /// Étapes des impayés, dans l'ordre.
        [liste] impayes: RawImpaye | Factures,
        /// Forme des numéros.
        [optionnel] numerotation: Texte | Factures,
        /// Ligne du budget.
        [optionnel] budget: Texte | Factures,
        /// Le document.
        [optionnel] source: RawSource,
        /// Questions à la commune.
        [liste] questions: RawQuestion,
    }
}

bloc! {
    /// Une étape des impayés.
    pub struct RawImpaye {
        /// Après l'échéance.
        [optionnel] apres: RawDuree,
        /// À ce repère.
        [optionnel] le: Texte,
        /// Ce qu'on fait.
        [liste requise] faire: RawEffet,
        /// Le document.
        [optionnel] source: RawSource,
    }
}

bloc! {
    /// Prélèvement.
    pub struct RawPrelevement {
        /// Jour du mois.
        [requis] jour: Entier,
        /// Prévenir avant.
        [optionnel] prenotification: RawDuree,
        /// Le document.
        [optionnel] source: RawSource,
    }
}
