//! `baremes/*.yaml`: dated tariff tables.

use super::source::{RawQuestion, RawSource};
use super::valeurs::{RawArrondi, RawCondition, RawDate, RawMontant, RawRangee, RawType};
use crate::definition::lecture::{Booleen, Brut, Entier, Id, Texte, bloc};

bloc! {
    /// Un fichier de barèmes : un seul barème, ou plusieurs sous `baremes:`.
    pub struct RawFichierBaremes {
        /// Plusieurs barèmes dans un même fichier.
        [liste] baremes: RawBareme,
        /// Figures datées nommées, utilisables partout où un montant s'écrit.
        [liste] parametres: RawParametre,
    }
}

bloc! {
    /// Un barème : ce que coûte une unité, selon des dimensions.
    pub struct RawBareme {
        /// Identifiant, ex. `repas`.
        [requis] bareme: Id,
        /// Unité du prix : repas, creneau, heure, jour, mois, annee…
        [requis] unite: Id,
        /// Les dimensions de ses tableaux ; seules elles peuvent y paraître.
        [liste requise] dimensions: Id,
        /// L'axe des prix qui croissent, ex. `quotient` : pour `entre`, `taux` et `decale`.
        [optionnel] axe: Id,
        /// Sur quoi porte un `taux` : un fait, ou `cout_reel`.
        [optionnel] assiette: Id,
        /// Décimales des prix, de 2 à 4.
        [optionnel] decimales: Entier,
        /// Un arrondi propre à ce barème.
        [optionnel] arrondi: RawArrondi,
        /// Le coût complet, pour montrer la part de la commune.
        [optionnel] cout_complet: RawMontant => Factures,
        /// Propriétés que le barème promet, vérifiées à toutes les dates.
        [optionnel] proprietes: RawProprietes,
        /// Prix du rang voisin le long de l'axe.
        [liste] decale: RawDecale,
        /// Les grilles, par date d'effet.
        [liste requise] versions: RawVersionBareme,
        /// Le document.
        [optionnel] source: RawSource,
        /// Questions à la commune.
        [liste] questions: RawQuestion,
        /// Dans un fichier d'un seul barème : les figures datées nommées.
        [liste] parametres: RawParametre,
    }
}

bloc! {
    /// Propriétés promises.
    pub struct RawProprietes {
        /// Le prix ne baisse jamais quand l'axe monte.
        [optionnel] croissant: Booleen,
        /// Cette valeur de dimension ne paie jamais moins que les autres, ex. `{ residence: exterieur }`.
        [optionnel] jamais_moins: RawCondition,
        /// Plus grand saut entre deux tranches voisines.
        [optionnel] saut_maximal: RawMontant,
    }
}

bloc! {
    /// Une grille, en vigueur depuis une date.
    pub struct RawVersionBareme {
        /// Premier jour d'effet.
        [requis] depuis: RawDate,
        /// La délibération.
        [optionnel] source: RawSource,
        /// Date du vote.
        [optionnel] vote: RawDate => Memoire,
        /// Propose une refacturation du passé.
        [optionnel] retroactif: Booleen => Factures,
        /// Grille imprimée : la dimension des colonnes.
        [optionnel] colonnes: RawColonnes,
        /// Les lignes : des conditions, et un seul résultat.
        [liste requise] lignes: RawRangee,
        /// Questions à la commune.
        [liste] questions: RawQuestion,
    }
}

bloc! {
    /// Les colonnes d'une grille imprimée.
    pub struct RawColonnes {
        /// La dimension des colonnes.
        [requis] dimension: Id,
        /// Ses valeurs, dans l'ordre des prix de chaque ligne.
        [liste requise] valeurs: Brut,
    }
}

bloc! {
    /// Prendre la ligne voisine le long d'un axe.
    pub struct RawDecale {
        /// Quand.
        [optionnel] si: RawCondition,
        /// L'axe.
        [requis] axe: Id,
        /// De combien de lignes, ex. `-1`.
        [requis] de: Entier,
        /// Au bord de la grille : `garde` la ligne du bord.
        [requis] au_bord: Id,
        /// Le document.
        [optionnel] source: RawSource => Memoire,
    }
}

bloc! {
    /// Une figure datée nommée.
    pub struct RawParametre {
        /// Identifiant.
        [requis] parametre: Id,
        /// Type.
        [requis] genre ("type"): RawType,
        /// Valeurs, par date.
        [liste requise] versions: RawVersionParametre,
    }
}

bloc! {
    /// Une valeur, en vigueur depuis une date.
    pub struct RawVersionParametre {
        /// Premier jour d'effet.
        [requis] depuis: RawDate,
        /// La valeur.
        [requis] valeur: Texte,
        /// Le document.
        [optionnel] source: RawSource,
    }
}
