//! `pieces.yaml`: required documents.

use super::source::{RawQuestion, RawSource};
use super::valeurs::{RawCondition, RawDuree, RawQuand, RawSiManque, RawValable};
use crate::definition::lecture::{Booleen, Carte, Entier, Id, Texte, bloc};

bloc! {
    /// Les pièces justificatives.
    pub struct RawPieces {
        /// Une pièce par ligne.
        [liste requise] pieces: RawPiece,
        /// Textes proposés à l'agent qui refuse une pièce, ex. `{ "Illisible": "Le document ne se lit pas : reprenez la photo." }`.
        [optionnel] textes: Carte<Texte>,
        /// Questions à la commune.
        [liste] questions: RawQuestion,
    }
}

bloc! {
    /// Une pièce.
    pub struct RawPiece {
        /// Identifiant.
        [requis] piece: Id,
        /// Nom affiché.
        [requis] nom: Texte,
        /// De qui : `enfant`, `foyer`, `responsable`.
        [requis] de: Id,
        /// `toujours`, ou une condition.
        [requis] quand: RawQuand,
        /// À qui elle est demandée, comme la famille le lit, ex. « si vous êtes allocataire de la CAF » ; sans cette clé, la condition est dite d'après ses faits.
        [optionnel] pour_qui: Texte,
        /// Ce que fait son absence : `bloque`, `sans_blocage` ou `{ des_que_possible: .. }`.
        [requis] si_manque: RawSiManque,
        /// Formats acceptés : pdf, jpeg, png.
        [liste] formats: Id,
        /// Nombre de fichiers au plus.
        [optionnel] fichiers: Entier,
        /// Durée de validité : `annee_scolaire`, `en_cours` ou `{ jusqu_a: 12-31 }`.
        [optionnel] valable: RawValable,
        /// Combien de temps avant la fin de sa validité la famille est prévenue par courriel, ex. `30 jours`.
        [optionnel] rappel: RawDuree,
        /// Âge au plus, au dépôt.
        [optionnel] age_max: RawDuree,
        /// Seulement à la première inscription.
        [optionnel] premiere_fois: Booleen | Espace,
        /// Pièces acceptées à la place.
        [liste] alternatives: RawAlternative,
        /// Pièce acceptée en attendant.
        [optionnel] provisoire: RawProvisoire,
        /// Nombre de signataires.
        [optionnel] signataires: Entier | Espace,
        /// Champs lus par l'agent sur la pièce.
        [liste] verifie: Id => Espace,
        /// `depot` : ne compte que si elle est donnée à l'inscription.
        [optionnel] a_temps: Id => Espace,
        /// `annee_scolaire` : à redonner chaque année.
        [optionnel] renouvelle: Id,
        /// `publique`, `personnelle`, `financiere`, `sante` ou `judiciaire`.
        [optionnel] sensibilite: Id,
        /// Durée de conservation.
        [optionnel] conservation: RawDuree,
        /// Ce que la famille lit.
        [optionnel] aide: Texte => Espace,
        /// Le document.
        [optionnel] source: RawSource,
        /// Questions à la commune.
        [liste] questions: RawQuestion,
    }
}

bloc! {
    /// Des pièces acceptées à la place.
    pub struct RawAlternative {
        /// Pour qui.
        [optionnel] si: RawCondition,
        /// Toutes celles-ci.
        [liste requise] pieces: Id,
    }
}

bloc! {
    /// Une pièce acceptée en attendant.
    pub struct RawProvisoire {
        /// La pièce.
        [requis] piece: Id,
        /// Combien de temps, ou `a_confirmer`.
        [optionnel] jusqu_a: Texte,
    }
}
