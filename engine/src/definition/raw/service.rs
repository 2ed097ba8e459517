//! `services/*.yaml`: what is booked and billed, and the rules that govern it.

use super::pipeline::{
    RawAjustement, RawFrais, RawPenalite, RawReglePeriode, RawSortie, RawTiers, RawVentilation,
};
use super::source::{RawQuestion, RawSource};
use super::valeurs::{
    RawCondition, RawDate, RawDuree, RawExige, RawGratuit, RawListeAcces, RawPlage, RawRangee,
    RawReservationOuAucune, RawSinon,
};
use crate::definition::lecture::{Booleen, Brut, Carte, Entier, Id, Texte, bloc};

bloc! {
    /// Un service : restauration, garderie, bus…
    pub struct RawService {
        /// Identifiant, ex. `restauration`.
        [requis] service: Id,
        /// Nom affiché.
        [requis] nom: Texte,
        /// Le contact qui le gère.
        [requis] gestionnaire: Id,
        /// Qui peut le voir.
        [optionnel] public: RawCondition => Espace,
        /// Ce qui se réserve et se facture.
        [liste requise] prestations: RawPrestation,
        /// Les jours où il se réserve.
        [requis] jours: RawJours,
        /// La période des repères `P` : vacances, trimestre, sejour, mois, ou une liste.
        [optionnel] periode_de: Brut,
        /// Les règles, par date d'effet.
        [liste] versions: RawVersionService,
        /// Règles sans date : en vigueur depuis toujours.
        [optionnel] acces: RawListeAcces,
        /// Comment on réserve.
        [optionnel] reservation: RawReservationOuAucune,
        /// Combinaisons obligatoires.
        [liste] regles_de_choix: RawRegleDeChoix,
        /// Absences déclarées.
        [optionnel] absence: RawAbsence,
        /// Un enfant venu sans réservation.
        [optionnel] presence_sans_reservation: RawPresenceSans,
        /// Ce que la commune déclare en un acte : grève, fermeture…
        [liste] evenements: RawEvenement | Reservations,
        /// Pointage.
        [optionnel] pointage: RawPointage | Reservations,
        /// Places.
        [liste] capacite: RawRangee,
        /// Places partagées avec ces services.
        [liste] partagee_avec: Id => Reservations,
        /// Liste d'attente.
        [optionnel] liste_attente: RawListeAttente => Reservations,
        /// Attribution des places par commission.
        [optionnel] attribution: RawAttribution | Reservations,
        /// Étapes du prix de chaque ligne, dans l'ordre.
        [liste] ajustements: RawAjustement,
        /// Règles sur les lignes d'une période, dans l'ordre.
        [liste] sur_periode: RawReglePeriode,
        /// Tiers qui paient une part.
        [liste] tiers_payeurs: RawTiers,
        /// Répartition sur le budget.
        [optionnel] ventilation: RawVentilation => Factures,
        /// Pénalités.
        [liste] penalites: RawPenalite,
        /// Frais.
        [liste] frais: RawFrais,
        /// Départ en cours d'un forfait.
        [optionnel] sortie: RawSortie => Factures,
        /// Le document.
        [optionnel] source: RawSource,
        /// Questions à la commune.
        [liste] questions: RawQuestion,
    }
}

bloc! {
    /// Ce qui se réserve et se facture.
    pub struct RawPrestation {
        /// Identifiant, unique dans la commune, ex. `repas`.
        [requis] prestation: Id,
        /// Nom affiché.
        [requis] nom: Texte,
        /// Unité : repas, creneau, heure, jour, semaine, mois, annee, trajet…
        [requis] unite: Id,
        /// Son barème.
        [optionnel] bareme: Id,
        /// Gratuite, avec sa source.
        [optionnel] gratuit: RawGratuit,
        /// Le flux de factures, ou `aucune`.
        [requis] facturation: Id,
        /// Créneau horaire, ex. `"07:50..08:40"`.
        [optionnel] creneau: RawPlage,
        /// Heures d'arrivée possibles.
        [optionnel] arrivee: RawPlage => Reservations,
        /// Heures de départ possibles.
        [optionnel] depart: RawPlage => Reservations,
        /// Comment la présence se mesure.
        [optionnel] mesure: RawMesure,
        /// Offerte à certains, pendant un temps.
        [optionnel] offerte: RawOfferte,
        /// Une semaine faite de jours.
        [optionnel] compose: Carte<Id> => Reservations,
        /// Forfait.
        [optionnel] forfait: RawForfait,
        /// Le document.
        [optionnel] source: RawSource,
        /// Questions à la commune.
        [liste] questions: RawQuestion,
    }
}

bloc! {
    /// Comment la présence se mesure.
    pub struct RawMesure {
        /// Pas, ex. `15 min`.
        [optionnel] pas: RawDuree,
        /// Un pas entamé : `du` ou `non_du`.
        [optionnel] entame: Id,
        /// Tolérance avant un nouveau pas.
        [optionnel] tolerance: RawDuree,
        /// Plage mesurée, ex. `"16:20..18:10"`.
        [optionnel] de: RawPlage,
        /// Ce que vaut un prix voté, ex. `1 h`.
        [optionnel] prix_par: RawDuree,
        /// Échelle de durées.
        [liste] paliers: RawDuree,
        /// Au-delà de l'échelle : `reel`.
        [optionnel] au_dela: Id,
    }
}

bloc! {
    /// Offerte.
    pub struct RawOfferte {
        /// À qui.
        [optionnel] si: RawCondition,
        /// Depuis.
        [optionnel] des: RawDate,
        /// Jusqu'au, inclus.
        [optionnel] jusqu_a: RawDate,
        /// Le document.
        [optionnel] source: RawSource,
    }
}

bloc! {
    /// Forfait.
    pub struct RawForfait {
        /// `annee`, `mois`, `trimestre` ou `periode`.
        [requis] sur: Id => Factures,
        /// Échéancier.
        [optionnel] echeances: RawEcheancier,
        /// `souscription` ou `echeance` : le jour dont les prix valent.
        [optionnel] prix_au: Id => Factures,
        /// Mois entamé : `du` ou `prorata`.
        [optionnel] mois_entame: Id => Factures,
        /// `1` ou `jours_prevus`.
        [optionnel] quantite: Texte => Factures,
    }
}

bloc! {
    /// Échéancier d'un forfait.
    pub struct RawEcheancier {
        /// Mois appelés, dans l'ordre.
        [liste requise] mois: Id,
        /// `egal` : le prix divisé par le nombre de mois, au centime inférieur.
        [requis] montant: Id,
        /// Où vont les centimes qui restent : `premiere` ou `derniere`.
        [requis] reste: Id,
    }
}

bloc! {
    /// Les jours où un service se réserve.
    pub struct RawJours {
        /// Calendrier de `commune.yaml`, ex. `jours_service`.
        [requis] calendrier: Id,
        /// `scolaire`, `vacances`, ou des périodes nommées.
        [liste requise] periodes: Id,
        /// Jours retirés : `feries`, `fermetures`.
        [liste] sauf: Id,
        /// Dimension qui partage les places.
        [optionnel] capacite_par: Id => Reservations,
    }
}

bloc! {
    /// Les règles d'un service, en vigueur depuis une date.
    pub struct RawVersionService {
        /// Premier jour d'effet (jour du service).
        [requis] depuis: RawDate,
        /// Le document.
        [optionnel] source: RawSource,
        /// Date du vote.
        [optionnel] vote: RawDate => Memoire,
        /// Propose une refacturation du passé.
        [optionnel] retroactif: Booleen => Factures,
        /// Ce qu'il faut pour réserver ; `[]` si rien.
        [optionnel] acces: RawListeAcces,
        /// Comment on réserve, ou `aucune`.
        [optionnel] reservation: RawReservationOuAucune,
        /// Combinaisons obligatoires.
        [liste] regles_de_choix: RawRegleDeChoix,
        /// Absences déclarées.
        [optionnel] absence: RawAbsence,
        /// Un enfant venu sans réservation.
        [optionnel] presence_sans_reservation: RawPresenceSans,
        /// Ce que la commune déclare en un acte : grève, fermeture…
        [liste] evenements: RawEvenement | Reservations,
        /// Pointage.
        [optionnel] pointage: RawPointage | Reservations,
        /// Places.
        [liste] capacite: RawRangee,
        /// Places partagées avec ces services.
        [liste] partagee_avec: Id => Reservations,
        /// Liste d'attente.
        [optionnel] liste_attente: RawListeAttente => Reservations,
        /// Attribution des places par commission.
        [optionnel] attribution: RawAttribution | Reservations,
        /// Étapes du prix de chaque ligne, dans l'ordre.
        [liste] ajustements: RawAjustement,
        /// Règles sur les lignes d'une période, dans l'ordre.
        [liste] sur_periode: RawReglePeriode,
        /// Tiers qui paient une part.
        [liste] tiers_payeurs: RawTiers,
        /// Répartition sur le budget.
        [optionnel] ventilation: RawVentilation => Factures,
        /// Pénalités.
        [liste] penalites: RawPenalite,
        /// Frais.
        [liste] frais: RawFrais,
        /// Départ en cours d'un forfait.
        [optionnel] sortie: RawSortie => Factures,
        /// Questions à la commune.
        [liste] questions: RawQuestion,
    }
}

bloc! {
    /// Une règle d'accès.
    pub struct RawAcces {
        /// Ce qu'il faut.
        [requis] exige: RawExige,
        /// Nom de la règle dans les refus, si le mot de `exige` ne suffit pas.
        [optionnel] acces: Id,
        /// À qui elle s'applique.
        [optionnel] si: RawCondition,
        /// Message montré à la place de la phrase construite.
        [optionnel] message: Id,
        /// Le rôle qui décide, quand la règle ne refuse pas seule.
        [optionnel] decide_par: Id => Reservations,
        /// Le document.
        [optionnel] source: RawSource,
    }
}

bloc! {
    /// Comment on réserve.
    pub struct RawReservation {
        /// Modes de réservation, ex. `[annuelle, occasionnelle]`.
        [liste] modes: Id,
        /// Quand la réservation ouvre, selon le public.
        [liste requise] ouverture: RawRangee,
        /// Délais dans l'ordre, puis `sinon`.
        [liste requise] delais: RawDelai,
        /// Une échéance qui tombe un jour fermé : `garde`, `avance` ou `recule`.
        [optionnel] si_jour_ferme: Id,
        /// Payer pour garder sa place.
        [optionnel] paiement: RawPaiementReservation => Factures,
        /// Rythme sans choix exprimé.
        [optionnel] rythme: RawRythme => Reservations,
        /// Le document.
        [optionnel] source: RawSource,
        /// Questions à la commune.
        [liste] questions: RawQuestion,
    }
}

bloc! {
    /// Un délai nommé, ou le `sinon` final.
    pub struct RawDelai {
        /// Nom : une valeur de la dimension `delai`.
        [optionnel] delai: Id,
        /// Jusqu'à quand.
        [liste] limite: RawRangee,
        /// Quand tous les délais sont passés : `refus`, `liste_attente` ou `{ delai: nom }`.
        [optionnel] sinon: RawSinon,
        /// Message du refus.
        [optionnel] message: Id,
        /// Le document.
        [optionnel] source: RawSource,
    }
}

bloc! {
    /// Payer pour garder sa place.
    pub struct RawPaiementReservation => Factures {
        /// Jusqu'à quand.
        [optionnel] jusqu_a: Texte,
        /// Délai après la réservation.
        [optionnel] apres: RawDuree,
        /// `place_perdue`.
        [requis] sinon: Id,
    }
}

bloc! {
    /// Rythme de présence.
    pub struct RawRythme => Reservations {
        /// Sans choix exprimé, ex. `4 jours`.
        [optionnel] sans_choix: RawDuree,
        /// Changer de rythme.
        [optionnel] change: RawChangeRythme,
        /// Qui doit être d'accord.
        [optionnel] accord: Id,
        /// Le document.
        [optionnel] source: RawSource,
    }
}

bloc! {
    /// Changer de rythme.
    pub struct RawChangeRythme => Reservations {
        /// Jusqu'à quand.
        [liste] limite: RawRangee,
    }
}

bloc! {
    /// Absences déclarées.
    pub struct RawAbsence {
        /// Motifs acceptés.
        [liste] motifs: Id,
        /// Canaux acceptés.
        [liste] canaux: Id,
        /// Quand une absence compte comme annoncée, dans l'ordre.
        [liste] annonces: RawAnnonce,
        /// Pièces qui justifient.
        [liste] pieces: Id => Reservations,
        /// Comment les jours d'absence font une suite.
        [optionnel] serie: RawSerie => Reservations,
        /// Ce que l'absence coûte : un tableau.
        [liste requise] lignes: RawRangee,
        /// Où va l'avoir.
        [optionnel] credit: Id,
        /// Le document.
        [optionnel] source: RawSource,
        /// Questions à la commune.
        [liste] questions: RawQuestion,
    }
}

bloc! {
    /// Un délai d'annonce.
    pub struct RawAnnonce {
        /// Nom : une valeur de la dimension `annonce`.
        [requis] annonce: Id,
        /// Jusqu'à quand.
        [liste requise] limite: RawRangee,
        /// Le document.
        [optionnel] source: RawSource,
    }
}

bloc! {
    /// Une suite de jours d'absence.
    pub struct RawSerie => Reservations {
        /// Jours comptés : `ecole`, `ouvres` ou `civils`.
        [requis] jours: Id,
        /// Ce qui interrompt la suite.
        [optionnel] interrompue_par: Id,
        /// D'où se compte le délai de la pièce : `premier_jour`, `annonce` ou `retour`.
        [optionnel] depuis: Id,
    }
}

bloc! {
    /// Un enfant venu sans réservation.
    pub struct RawPresenceSans {
        /// `accepte`, `refuse` ou `selon_place`.
        [requis] accueil: Id,
        /// Message à la famille.
        [optionnel] message: Id,
        /// Le document.
        [optionnel] source: RawSource => Memoire,
    }
}

bloc! {
    /// Ce que la commune déclare en un acte.
    pub struct RawEvenement {
        /// greve, fermeture, sortie, enseignant_absent, intemperie…
        [requis] evenement: Id,
        /// `commune`, `ecole` ou `classe`.
        [requis] portee: Id,
        /// `credit`.
        [requis] effet: Id => Reservations,
        /// Motif.
        [optionnel] motif: Texte => Reservations,
        /// Effet sur le passé, à partir de.
        [optionnel] retroactif_au: RawDate => Reservations,
        /// Le document.
        [optionnel] source: RawSource => Memoire,
    }
}

bloc! {
    /// Pointage.
    pub struct RawPointage {
        /// Ce qui fait foi : `pointage` ou `reservation`.
        [requis] fait_foi: Id,
        /// Ce qu'une heure d'arrivée donne.
        [liste] donne: RawRangee => Reservations,
        /// Découpe d'une présence en prestations.
        [liste] decoupe: RawDecoupe => Reservations,
        /// Le document.
        [optionnel] source: RawSource => Memoire,
    }
}

bloc! {
    /// Découpe d'une présence.
    pub struct RawDecoupe => Reservations {
        /// Plage horaire.
        [requis] plage: RawPlage,
        /// La prestation de cette plage.
        [requis] prestation: Id,
    }
}

bloc! {
    /// Liste d'attente.
    pub struct RawListeAttente => Reservations {
        /// `arrivee`, `points` ou `tirage`.
        [requis] ordre: Id,
        /// Temps pour confirmer.
        [requis] confirme_sous: RawDuree,
        /// Départage.
        [optionnel] egalite: Brut,
    }
}

bloc! {
    /// Attribution des places par commission.
    pub struct RawAttribution {
        /// Commissions, par période de dépôt.
        [liste] commissions: RawCommission => Reservations,
        /// Critères et points.
        [liste requise] criteres: RawCritere => Reservations,
        /// Points d'ancienneté.
        [liste] historique: RawCritere => Reservations,
        /// Départage, dans l'ordre.
        [requis] egalite: Brut => Reservations,
        /// Qui voit les points.
        [optionnel] rang: Id => Reservations,
        /// Le document.
        [optionnel] source: RawSource,
        /// Questions à la commune.
        [liste] questions: RawQuestion,
    }
}

bloc! {
    /// Une commission.
    pub struct RawCommission => Reservations {
        /// Dates de dépôt, ex. `"2025-10-01..2026-03-31"`.
        [requis] depot: Texte,
        /// Nom.
        [requis] commission: Id,
        /// Jour où elle se tient.
        [requis] le: RawDate,
    }
}

bloc! {
    /// Un critère.
    pub struct RawCritere => Reservations {
        /// Nom.
        [requis] critere: Id,
        /// Points, éventuellement négatifs.
        [optionnel] points: Entier,
        /// Points d'un expert, dans cet intervalle.
        [optionnel] expert: Texte,
        /// Le rôle de l'expert, ou `commission` pour l'historique.
        [optionnel] par: Texte,
        /// Quand.
        [optionnel] si: RawCondition,
        /// La pièce qui le prouve.
        [optionnel] piece: Id,
        /// Groupe de critères exclusifs.
        [optionnel] exclusif: Id,
        /// Preuve à donner avant.
        [optionnel] preuve_avant: Texte,
        /// Le document.
        [optionnel] source: RawSource,
    }
}

bloc! {
    /// Une combinaison obligatoire : une seule des règles.
    pub struct RawRegleDeChoix {
        /// Nom de la règle.
        [requis] regle: Id,
        /// Quand.
        [optionnel] si: RawCondition,
        /// `{ avec: jour, prestation: repas }` : l'une ne va pas sans l'autre.
        [optionnel] exige: RawAvec,
        /// Jours par semaine, ex. `"3.."`.
        [optionnel] jours_par_semaine: Texte,
        /// La semaine entière.
        [optionnel] semaine_entiere: Booleen,
        /// Nombre de jours fixes, ex. `"1..5"`.
        [optionnel] jours_fixes: Texte,
        /// Au moins.
        [optionnel] minimum: RawNombrePar,
        /// Au plus.
        [optionnel] maximum: RawNombrePar,
        /// Jours à laisser.
        [optionnel] laisse: RawLaisse,
        /// L'une exclut l'autre.
        [optionnel] exclut: RawAvec,
        /// Les frères et sœurs ensemble.
        [optionnel] fratrie_ensemble: Booleen,
        /// Message du refus.
        [optionnel] message: Id,
        /// Le document.
        [optionnel] source: RawSource,
    }
}

bloc! {
    /// Une prestation avec une autre.
    pub struct RawAvec {
        /// Celle qui est réservée.
        [optionnel] avec: Id,
        /// Celle qui va avec, ou qui est exclue.
        [requis] prestation: Id,
    }
}

bloc! {
    /// Un nombre par période.
    pub struct RawNombrePar {
        /// Le nombre.
        [requis] n: Entier,
        /// La période.
        [requis] par: Id,
    }
}

bloc! {
    /// Jours à laisser.
    pub struct RawLaisse {
        /// Combien, ex. `"1..2"`.
        [requis] n: Texte,
        /// Parmi quels jours.
        [requis] parmi: Id,
        /// Par période.
        [requis] par: Id,
    }
}
