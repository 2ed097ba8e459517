//! `demarches/*.yaml`: procedures as forms and states.

use super::effet::RawEffet;
use super::source::{RawQuestion, RawSource};
use super::valeurs::{RawCondition, RawDate, RawDuree, RawObligatoire, RawRangee, RawType};
use crate::definition::lecture::{Booleen, Carte, Entier, Id, Texte, UnOuListe, bloc};

bloc! {
    /// Une démarche : un formulaire et des étapes.
    pub struct RawDemarche {
        /// Identifiant.
        [requis] demarche: Id,
        /// Nom affiché.
        [requis] nom: Texte,
        /// Ce que la famille lit avant de commencer.
        [optionnel] description: Texte,
        /// Autres mots que les familles tapent pour la trouver, ex. `[cantine, repas]`.
        [liste] mots: Texte,
        /// L'aide à la saisie, liée sous la durée et sur chaque écran du formulaire.
        [optionnel] aide: Texte,
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
        /// Nombre de dossiers qui tiennent une place à la fois : déposés, ni refusés, ni annulés, ni expirés. Avec `un_dossier_par: [.., annee_scolaire]`, les places sont celles de l'année.
        [optionnel] quota: Entier,
        /// Rendez-vous que la famille choisit.
        [optionnel] rendez_vous: RawRendezVous,
        /// La famille et le service s'écrivent dans le dossier. Les messages `nouveau_message` et `nouveau_message_service` préviennent l'autre.
        [optionnel] echanges: Booleen,
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
    /// Les rendez-vous d'une démarche. Les messages `rendez_vous_pris` et `rendez_vous_annule` le confirment.
    pub struct RawRendezVous {
        /// Faut-il en choisir un avant d'envoyer la demande ?
        [requis] obligatoire: Booleen,
        /// Les créneaux.
        [requis] agenda: RawAgenda,
    }
}

bloc! {
    /// Les créneaux de rendez-vous. Sans compte, un créneau est gardé 15 minutes à une demande qui n'est pas encore envoyée.
    pub struct RawAgenda {
        /// Où la famille se rend.
        [requis] lieu: Texte,
        /// Durée d'un créneau, ex. `20 min`.
        [requis] duree: RawDuree,
        /// Familles reçues dans un même créneau.
        [requis] places: Entier,
        /// Jusqu'à combien de temps avant le créneau on le prend, le change ou l'annule, ex. `24 h`.
        [optionnel] preavis: RawDuree,
        /// Les jours et les heures. Un jour que la commune ne travaille pas n'a pas de créneau.
        [liste requise] plages: RawPlageAgenda,
    }
}

bloc! {
    /// Des jours et des heures de rendez-vous.
    pub struct RawPlageAgenda {
        /// Jours de la semaine, entre `du` et `au`.
        [optionnel] jour_semaine: UnOuListe<Id>,
        /// Premier jour.
        [optionnel] du: RawDate,
        /// Dernier jour.
        [optionnel] au: RawDate,
        /// Des jours précis, à la place de `jour_semaine`, `du` et `au`.
        [liste] dates: RawDate,
        /// Heures, ex. `"09:00..12:00"` : un nombre entier de créneaux.
        [requis] heures: Texte,
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
        [optionnel] aide: Texte,
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
        /// Propose une case « identique à », qui recopie un fait (`foyer.adresse`) ou un autre champ (`champ.adresse`) ; la famille peut écrire autre chose.
        [optionnel] recopie: Texte,
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
        /// Textes proposés à l'agent pour le motif, ex. `{ "Document illisible": "Le document {{ pieces }} ne se lit pas." }`. `{{ pieces }}` est la liste des pièces demandées.
        [optionnel] textes: Carte<Texte>,
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
        /// Au bout de combien de temps, compté comme le délai, le service est prévenu (message `alerte_silence`).
        [optionnel] alerte: RawDuree,
        /// Le document.
        [optionnel] source: RawSource,
    }
}
