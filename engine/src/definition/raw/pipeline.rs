//! Ordered steps on lines and on months of lines; penalties, fees, third parties, budget lines.

use super::source::{RawQuestion, RawSource};
use super::valeurs::{RawCondition, RawDate, RawDuree, RawMontant, RawOperande, RawRangee, RawTaux};
use crate::definition::lecture::{Booleen, Carte, Entier, Id, Texte, UnOuListe, bloc};

bloc! {
    /// Une étape du prix d'une ligne : une seule opération.
    pub struct RawAjustement {
        /// Nom de l'étape.
        [requis] ajustement: Id,
        /// Nom que lit la famille, ex. `majoration sans réservation` ; sinon l'identifiant.
        [optionnel] nom: Texte,
        /// Quand.
        [optionnel] si: RawCondition,
        /// Ajoute : un montant, un taux, `{ lignes: [..] }` ou `{ bareme: .. }`.
        [optionnel] majore: RawOperande,
        /// Retire.
        [optionnel] remise: RawOperande,
        /// Remplace le prix : un montant, `{ lignes }`, `{ bareme }` ou `{ ligne }`.
        [optionnel] remplace: RawOperande,
        /// Multiplie le prix.
        [optionnel] multiplie: Texte,
        /// Jamais moins.
        [optionnel] plancher: RawOperande,
        /// Jamais plus.
        [optionnel] plafond: RawOperande,
        /// Une ligne de plus, d'une autre prestation.
        [optionnel] supplement: RawSupplement,
        /// Arrondit à ce point.
        [optionnel] arrondit: RawArronditEtape,
        /// Un script de `regles/`.
        [optionnel] script: Texte,
        /// Sur quoi : `courant`, `unitaire` ou `part.nom`. Exigé quand un taux en suit un autre.
        [optionnel] sur: Texte,
        /// Une fois par ce groupe, ex. `[enfant, jour]`.
        [liste] par: Id,
        /// Seulement les premiers.
        [optionnel] seulement: RawSeulement,
        /// `lot` : toutes les lignes du même envoi.
        [optionnel] portee: Id,
        /// Compteur d'`occurrence`.
        [optionnel] compteur: RawCompteur,
        /// Ce qui la prouve : echeance, reservations, pointage…
        [liste] preuve: Id,
        /// Une pièce qui en dispense.
        [optionnel] dispense: RawDispense => Reservations,
        /// Le document.
        [optionnel] source: RawSource,
        /// Questions à la commune.
        [liste] questions: RawQuestion,
    }
}

bloc! {
    /// Une ligne de plus.
    pub struct RawSupplement {
        /// La prestation ajoutée.
        [requis] prestation: Id,
    }
}

bloc! {
    /// Un arrondi comme étape.
    pub struct RawArronditEtape {
        /// Le pas, ex. `0.10`.
        [requis] pas: Texte,
        /// `demi_superieur`, `demi_pair`, `inferieur` ou `superieur`.
        [requis] mode: Id,
    }
}

bloc! {
    /// Seulement les premiers.
    pub struct RawSeulement {
        /// Combien.
        [requis] premiers: Entier,
        /// Par groupe.
        [liste requise] par: Id,
        /// L'ordre, ex. `jour`.
        [requis] ordre: Id,
    }
}

bloc! {
    /// Un compteur.
    pub struct RawCompteur {
        /// Ce qui est compté.
        [requis] de: Id,
        /// Par groupe ; la période remet à zéro.
        [liste requise] par: Id,
    }
}

bloc! {
    /// Une pièce qui dispense.
    pub struct RawDispense => Reservations {
        /// La pièce.
        [requis] piece: Id,
        /// Sous quel délai.
        [optionnel] sous: RawDuree,
        /// `a_confirmer` quand la commune ne l'a pas dit.
        [optionnel] delai: Texte,
    }
}

bloc! {
    /// Une règle sur les lignes d'une période : une seule opération.
    pub struct RawReglePeriode {
        /// Nom de la règle.
        [requis] regle: Id,
        /// Par groupe, ex. `[foyer, mois]`.
        [liste] par: Id,
        /// Quand.
        [optionnel] si: RawCondition,
        /// Remplace des lignes par un produit.
        [optionnel] regroupe: RawRegroupe,
        /// Total du groupe selon un fait.
        [optionnel] total_selon: RawTotalSelon,
        /// Comment un total se répartit : `egal`, `rang` ou `proportion`.
        [optionnel] repartit: Id,
        /// Remise selon le rang des prix.
        [optionnel] remise: RawRemiseRang,
        /// Au moins.
        [optionnel] minimum: RawOperande,
        /// Au plus.
        [optionnel] maximum: RawOperande,
        /// Un script de `regles/`.
        [optionnel] transforme: Texte,
        /// Le document.
        [optionnel] source: RawSource,
        /// Questions à la commune.
        [liste] questions: RawQuestion,
    }
}

bloc! {
    /// Remplacer des lignes par un produit.
    pub struct RawRegroupe {
        /// Les actes, et combien de chacun.
        [optionnel] actes: Carte<Entier>,
        /// La prestation regroupée.
        [optionnel] prestation: Id,
        /// À partir de ce nombre.
        [optionnel] a_partir_de: Entier,
        /// Le produit.
        [requis] en: Id,
    }
}

bloc! {
    /// Total selon un fait.
    pub struct RawTotalSelon {
        /// Le fait.
        [requis] fait: Id,
        /// Le tableau.
        [liste requise] lignes: RawRangee,
    }
}

bloc! {
    /// Remise selon le rang des prix.
    pub struct RawRemiseRang {
        /// `prix_decroissant`, `prix_croissant` ou `naissance`.
        [requis] classe: Id,
        /// Rangs, ex. `"3.."`.
        [requis] rang: Texte,
        /// Taux.
        [requis] taux: RawTaux,
    }
}

bloc! {
    /// Un tiers qui paie une part.
    pub struct RawTiers {
        /// Nom.
        [requis] tiers: Id,
        /// Quand.
        [optionnel] si: RawCondition,
        /// Pour ces prestations.
        [liste] prestations: Id,
        /// Depuis.
        [optionnel] des: RawDate,
        /// Jusqu'au, inclus.
        [optionnel] jusqu_a: RawDate,
        /// Sa part : une seule clé.
        [requis] part: RawPartTiers,
        /// Le contact débiteur.
        [optionnel] debiteur: Id => Factures,
        /// Le document.
        [optionnel] source: RawSource,
    }
}

bloc! {
    /// La part d'un tiers : une seule clé.
    pub struct RawPartTiers {
        /// Ce qui reste à la famille, par unité.
        [optionnel] reste_famille: RawMontant,
        /// Un montant, ou `fait.nom`.
        [optionnel] montant: Texte,
        /// Un taux.
        [optionnel] taux: RawTaux,
        /// Un barème.
        [optionnel] bareme: Id,
    }
}

bloc! {
    /// Répartition sur le budget.
    pub struct RawVentilation => Factures {
        /// Part du prix → ligne du budget.
        [requis] parts: Carte<Texte>,
    }
}

bloc! {
    /// Une pénalité : une charge sur sa propre ligne, que l'on peut contester.
    pub struct RawPenalite {
        /// Nom.
        [requis] penalite: Id,
        /// Ce qui la déclenche.
        [requis] quand: Id,
        /// Nom que lit la famille, ex. `majoration sans réservation` ; sinon l'identifiant.
        [optionnel] nom: Texte,
        /// Quand, en plus.
        [optionnel] si: RawCondition,
        /// Son montant : un montant, un taux, `{ montant }`, `{ lignes }` ou `{ apres, par_tranche, montant }`.
        [requis] prix: RawOperande,
        /// Remplace le prix de la ligne ?
        [requis] remplace_le_prix: Booleen,
        /// Par groupe.
        [liste requise] par: Id,
        /// Compteur d'`occurrence`.
        [optionnel] compteur: RawCompteur,
        /// Ce qui la prouve.
        [liste requise] preuve: Id,
        /// Une pièce qui en dispense.
        [optionnel] dispense: RawDispense => Reservations,
        /// La démarche qui la conteste.
        [optionnel] contestation: Id => Reservations,
        /// Qui peut la lever.
        [optionnel] leve_par: Id => Reservations,
        /// Le document.
        [optionnel] source: RawSource,
        /// Questions à la commune.
        [liste] questions: RawQuestion,
    }
}

bloc! {
    /// Frais.
    pub struct RawFrais {
        /// Nom.
        [requis] frais: Id,
        /// `inscription`, `premiere_presence` ou `adhesion`.
        [requis] declenche: Id,
        /// Par groupe.
        [liste requise] par: Id,
        /// Barème.
        [requis] bareme: Id,
        /// Le document.
        [optionnel] source: RawSource,
    }
}

bloc! {
    /// Départ en cours d'un forfait.
    pub struct RawSortie => Factures {
        /// Motifs, ou `tous`.
        [requis] motifs: UnOuListe<Id>,
        /// Préavis.
        [optionnel] preavis: RawDuree,
        /// `prorata_jours`, `mois_entames` ou `tout`.
        [requis] du: Id,
        /// Pièces.
        [liste] pieces: Id,
        /// Le document.
        [optionnel] source: RawSource,
    }
}
