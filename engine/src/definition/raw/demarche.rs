//! `demarches/*.yaml`: procedures as forms and states.

use super::effet::RawEffet;
use super::source::{RawQuestion, RawSource};
use super::valeurs::{RawCondition, RawDuree, RawObligatoire, RawRangee, RawType};
use crate::definition::lecture::{Booleen, Brut, Carte, Entier, Id, Texte, UnOuListe, bloc};

bloc! {
    /// Une démarche : un formulaire et des étapes.
    pub struct RawDemarche {
        /// Identifiant.
        [requis] demarche: Id,
        /// Nom affiché.
        [requis] nom: Texte,
        /// Ce que la famille lit avant de commencer.
        [optionnel] description: Texte => Espace,
        /// La démarche du modèle qu'elle prolonge, ex. `modele.inscription_annuelle`.
        [optionnel] etend: Texte => Memoire,
        /// Le contact qui instruit.
        [requis] instruit_par: Id,
        /// `compte` ou `public`.
        [requis] acces: Id,
        /// Un seul dossier par, ex. `[enfant, annee_scolaire]`. Sans `annee_scolaire`, un dossier accepté laisse la place au suivant.
        [requis] un_dossier_par: UnOuListe<Id>,
        /// Durée pour la remplir.
        [optionnel] duree: RawDuree,
        /// Quand elle est ouverte.
        [liste requise] ouverture: RawRangee,
        /// Nombre de dossiers au plus.
        [optionnel] quota: Entier => Espace,
        /// Rendez-vous.
        [optionnel] rendez_vous: Brut => Espace,
        /// Échanges de messages.
        [optionnel] echanges: Booleen => Espace,
        /// Les écrans du formulaire.
        [liste requise] formulaire: RawEcran,
        /// Les pièces demandées.
        [liste] pieces: Id,
        /// Les étapes.
        [liste requise] etapes: RawEtape,
        /// Ce que vaut le silence de la commune.
        [requis] silence: RawSilence,
        /// Anciennes étapes → nouvelles.
        [optionnel] reprise: Carte<Id>,
        /// Le document.
        [optionnel] source: RawSource,
        /// Questions à la commune.
        [liste] questions: RawQuestion,
    }
}

bloc! {
    /// Un écran du formulaire.
    pub struct RawEcran {
        /// Identifiant.
        [requis] ecran: Id,
        /// Titre affiché.
        [requis] titre: Texte,
        /// Aide sous le titre.
        [optionnel] aide: Texte => Espace,
        /// Affiché seulement si.
        [optionnel] si: RawCondition,
        /// Les champs.
        [liste requise] champs: RawChamp,
    }
}

bloc! {
    /// Un champ. Avec `fait:`, il prend de donnees.yaml son type, son libellé et sa valeur connue.
    pub struct RawChamp {
        /// Identifiant.
        [requis] champ: Id,
        /// Libellé affiché.
        [optionnel] nom: Texte,
        /// Type : texte, texte_long, nombre, montant, date, booleen, telephone, courriel, commune, adresse, `{ choix: [..] }`, `{ services: [..] }`…
        [optionnel] genre ("type"): RawType,
        /// Le fait que ce champ remplit, ex. `personne.nom`.
        [optionnel] fait: Texte,
        /// Obligatoire : oui, non, ou une condition.
        [optionnel] obligatoire: RawObligatoire,
        /// Affiché seulement si.
        [optionnel] si: RawCondition,
        /// Aide sous le libellé.
        [optionnel] aide: Texte,
        /// Exemple.
        [optionnel] exemple: Texte,
        /// Unité.
        [optionnel] unite: Texte,
        /// Expression régulière que la réponse doit suivre.
        [optionnel] motif: Texte,
        /// Plusieurs réponses.
        [optionnel] plusieurs: Booleen,
        /// Libellés des choix.
        [optionnel] valeurs: Carte<Texte>,
        /// Recopie de ce fait ou de ce champ, modifiable.
        [optionnel] recopie: Texte => Espace,
        /// Le document.
        [optionnel] source: RawSource,
    }
}

bloc! {
    /// Une étape.
    pub struct RawEtape {
        /// Identifiant.
        [requis] etape: Id,
        /// Phase administrative : brouillon, deposee, incomplete, en_instruction, en_attente, acceptee, refusee, annulee, expiree, suspendue.
        [requis] phase: Id,
        /// Nom affiché.
        [optionnel] nom: Texte,
        /// Ce qu'on peut y faire.
        [liste] actions: RawAction,
        /// Ce que le temps y fait.
        [liste] echeances: RawEcheance,
        /// Effets à l'entrée.
        [liste] a_l_entree: RawEffet,
        /// Le document.
        [optionnel] source: RawSource,
    }
}

bloc! {
    /// Une action.
    pub struct RawAction {
        /// Identifiant.
        [requis] action: Id,
        /// Libellé du bouton.
        [optionnel] nom: Texte,
        /// Qui : parent, agent, agent.role, systeme.
        [requis] par: UnOuListe<Texte>,
        /// Quand.
        [optionnel] si: RawCondition,
        /// Ce qu'elle exige : champs, pieces, motif, avis, rendez_vous.
        [liste] exige: Id,
        /// L'étape où elle mène ; sans cette clé, on reste.
        [optionnel] vers: Id,
        /// Ses effets.
        [liste] effets: RawEffet,
    }
}

bloc! {
    /// Une échéance.
    pub struct RawEcheance {
        /// Après cette durée dans l'étape.
        [optionnel] apres: RawDuree,
        /// À cette date.
        [optionnel] le: Texte,
        /// L'étape où elle mène.
        [optionnel] vers: Id,
        /// Ses effets.
        [liste] effets: RawEffet,
    }
}

bloc! {
    /// Ce que vaut le silence de la commune.
    pub struct RawSilence {
        /// Au bout de combien de temps, ex. `2 mois`.
        [requis] delai: RawDuree,
        /// `acceptation` ou `rejet`.
        [requis] vaut: Id,
        /// Le document.
        [optionnel] source: RawSource,
    }
}
