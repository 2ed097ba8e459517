//! `commune.yaml`: who the town is, its zones, schools, calendars, accounts, payments, portal.

use super::source::{RawQuestion, RawSource};
use super::valeurs::{Insee, RawArrondi, RawCondition, RawDate, RawDuree, RawMontant, Slug};
use crate::definition::lecture::{Booleen, Brut, Carte, Entier, Id, Texte, UnOuListe, bloc};

bloc! {
    /// L'identité de la commune et ses réglages généraux.
    pub struct RawCommune {
        /// Identifiant de la commune : le nom de son dossier et de son adresse, ex. `villeneuve`.
        [requis] commune: Slug,
        /// Version du langage des fichiers : `1`.
        [requis] langage: Entier,
        /// Nom affiché aux familles.
        [requis] nom: Texte,
        /// Qui instruit, avec son article, quand ce n'est pas la mairie, ex. `la Caisse des écoles`.
        [optionnel] organisme: Texte,
        /// Code INSEE entre guillemets, ex. `"80001"`.
        [requis] insee: Insee,
        /// Le modèle dont la commune hérite.
        [optionnel] modele: RawModele => Memoire,
        /// Fuseau horaire IANA, ex. `Europe/Paris`.
        [requis] fuseau: Texte,
        /// Zone scolaire `A`, `B` ou `C`.
        [requis] zone_scolaire: Texte,
        /// Les services de la mairie que l'on peut joindre, par identifiant.
        [optionnel] contacts: Carte<RawContact>,
        /// Les rôles des agents, par identifiant ; chaque contact en est un aussi.
        [optionnel] roles: Carte<RawRole>,
        /// Les systèmes extérieurs que l'effet `appeler` prévient, par identifiant.
        [optionnel] appels: Carte<RawAppel>,
        /// Les découpages du territoire : chacun est une dimension des tableaux.
        [optionnel] zonages: Carte<UnOuListe<RawZone>>,
        /// Les écoles et leurs classes.
        [liste] ecoles: RawEcole,
        /// Jours ouvrés, jours de service, vacances, fermetures.
        [requis] calendriers: RawCalendriers,
        /// Création du compte des parents et clé enfance.
        [requis] compte: RawCompte,
        /// Garde alternée : qui réserve et paie, d'après quel calendrier.
        [optionnel] garde_alternee: RawGardeAlternee | Factures,
        /// Moyens de paiement, date du prix, arrondi.
        [requis] paiement: RawPaiement,
        /// Couleurs, liens, actualités.
        [optionnel] portail: RawPortail,
        /// Le document dont viennent ces réglages.
        [optionnel] source: RawSource,
        /// Les questions posées à la commune sur ces réglages.
        [liste] questions: RawQuestion,
    }
}

bloc! {
    /// Le modèle dont la commune hérite (`communes/modeles/<de>/`).
    pub struct RawModele {
        /// Nom du modèle, ex. `espace-famille`.
        [requis] de: Slug,
        /// Version du modèle.
        [requis] version: Entier => Memoire,
        /// Empreinte du modèle, écrite par `guichet`.
        [optionnel] empreinte: Texte => Memoire,
    }
}

bloc! {
    /// Un service de la mairie que l'on peut joindre ; c'est aussi un rôle d'agent.
    pub struct RawContact {
        /// Nom affiché.
        [requis] nom: Texte,
        /// Adresse électronique, ou `secret:nom` pour ne pas l'écrire ici.
        [optionnel] courriel: Texte,
        /// Numéro de téléphone.
        [optionnel] telephone: Texte,
        /// Adresse postale.
        [optionnel] adresse: Texte,
        /// Horaires, en toutes lettres.
        [optionnel] horaires: Texte,
        /// Créneaux où le téléphone ne répond pas, en toutes lettres.
        [optionnel] telephone_ferme: Texte,
        /// Le document dont vient ce contact.
        [optionnel] source: RawSource,
    }
}

bloc! {
    /// Un rôle d'agent qui n'est pas un contact, ex. la régie.
    pub struct RawRole {
        /// Nom affiché.
        [requis] nom: Texte,
    }
}

bloc! {
    /// Un système extérieur que l'effet `appeler` prévient : il reçoit des identifiants signés, jamais un nom.
    pub struct RawAppel {
        /// Adresse appelée, en `https://`.
        [requis] url: Texte,
        /// Clé partagée qui signe, toujours `secret:nom` : l'hébergeur en donne la valeur.
        [requis] cle: Texte,
        /// Le document dont vient cet appel.
        [optionnel] source: RawSource,
    }
}

bloc! {
    /// Une zone d'un zonage.
    pub struct RawZone {
        /// Identifiant : la valeur de la dimension, ex. `hamois`.
        [requis] zone: Id,
        /// Nom affiché.
        [optionnel] nom: Texte,
        /// Communes de la zone, ex. `"Villeneuve (80)"`.
        [liste] communes: Texte,
        /// Codes INSEE de la zone.
        [liste] insee: Texte,
        /// `true` : tout le reste. Une zone exactement par zonage.
        [optionnel] reste: Booleen,
    }
}

bloc! {
    /// Une école.
    pub struct RawEcole {
        /// Identifiant, ex. `jean_zay`.
        [requis] ecole: Id,
        /// Nom affiché.
        [requis] nom: Texte,
        /// `public` ou `prive`.
        [requis] secteur: Id,
        /// Classes, de `ps` à `cm2`, et classes spéciales.
        [liste] classes: Id,
        /// Jours de classe, si ce ne sont pas ceux de la commune.
        [liste] jours_ecole: Id => Reservations,
        /// Cette école n'est pas servie par le portail : le message montré aux familles.
        [optionnel] hors_portail: Texte,
        /// Le document dont vient cette école.
        [optionnel] source: RawSource,
    }
}

bloc! {
    /// Jours ouvrés, jours de service, vacances, fermetures.
    pub struct RawCalendriers {
        /// Jours où les services sont rendus, ex. `[lundi, mardi, jeudi, vendredi]`.
        [liste requise] jours_service: Id,
        /// Jours ouvrés de la mairie.
        [liste requise] jours_ouvres: Id,
        /// Jours de classe ; sans cette clé, ceux de `jours_service`.
        [liste] jours_ecole: Id,
        /// Fermetures votées ; `[]` si aucune.
        [liste] fermetures: RawFermeture,
        /// Autres calendriers, par nom : des jours de la semaine.
        [optionnel] calendriers: Carte<UnOuListe<Id>>,
        /// Jours fériés particuliers.
        [optionnel] feries: RawFeries,
        /// Vacances propres à la commune, à la place de celles de sa zone.
        [liste] vacances: RawVacances,
        /// Jour de l'année à partir duquel une inscription est pour l'année scolaire suivante, ex. `07-01`.
        [optionnel] inscriptions: Texte,
        /// Le document.
        [optionnel] source: RawSource,
        /// Questions à la commune.
        [liste] questions: RawQuestion,
    }
}

bloc! {
    /// Une fermeture votée.
    pub struct RawFermeture {
        /// Premier jour.
        [requis] du: RawDate,
        /// Dernier jour, inclus ; sans cette clé, un seul jour.
        [optionnel] au: RawDate,
        /// La raison, montrée aux familles.
        [requis] motif: Texte,
        /// Le document.
        [optionnel] source: RawSource,
    }
}

bloc! {
    /// Jours fériés particuliers.
    pub struct RawFeries {
        /// Vendredi saint et 26 décembre.
        [optionnel] alsace_moselle: Booleen,
    }
}

bloc! {
    /// Une période de vacances de la commune.
    pub struct RawVacances {
        /// Identifiant, ex. `toussaint_2026`.
        [requis] periode: Id,
        /// Premier jour.
        [requis] du: RawDate,
        /// Dernier jour, inclus.
        [requis] au: RawDate,
    }
}

bloc! {
    /// Création du compte des parents et clé enfance.
    pub struct RawCompte {
        /// Étapes de la création, dans l'ordre du guide.
        [liste requise] etapes: Id,
        /// Conditions générales d'utilisation.
        [requis] cgu: RawCgu,
        /// Lien d'activation.
        [requis] activation: RawActivation,
        /// Règle du mot de passe propre à la commune.
        [optionnel] mot_de_passe: RawMotDePasse,
        /// Identifiant de connexion : `courriel` ou `choisi`.
        [optionnel] identifiant: Id,
        /// Comment un compte est rattaché à une famille connue.
        [liste requise] cle_enfance: RawModeCle,
        /// Qui retire une personne de l'entourage : `agent` ou `parent`.
        [optionnel] suppression_entourage: Id,
        /// Connexion par un fournisseur d'identité.
        [optionnel] openid: Brut => Espace,
        /// Le document.
        [optionnel] source: RawSource,
        /// Questions à la commune.
        [liste] questions: RawQuestion,
    }
}

bloc! {
    /// Conditions générales d'utilisation.
    pub struct RawCgu {
        /// Fichier du texte, ex. `contenus/cgu.md`.
        [requis] texte: Texte,
        /// Version, ex. `2025-07`.
        [requis] version: Texte,
        /// Le document.
        [optionnel] source: RawSource,
    }
}

bloc! {
    /// Lien d'activation du compte.
    pub struct RawActivation {
        /// Durée de validité, ex. `24 h`.
        [requis] delai: RawDuree,
        /// `unique`.
        [requis] usage: Id,
        /// Le document.
        [optionnel] source: RawSource => Memoire,
    }
}

bloc! {
    /// Règle du mot de passe propre à la commune, en plus de celle de la CNIL.
    pub struct RawMotDePasse {
        /// Longueur minimale.
        [optionnel] longueur: Entier,
        /// Au moins une minuscule.
        [optionnel] minuscule: Booleen,
        /// Au moins un chiffre.
        [optionnel] chiffre: Booleen,
        /// Le document.
        [optionnel] source: RawSource,
    }
}

bloc! {
    /// Un mode de rattachement : une seule clé parmi celles-ci.
    pub struct RawModeCle {
        /// Un agent rattache le compte ; la famille ne saisit rien.
        [optionnel] rattachement_par_agent: RawRattachement,
        /// Le service crée le compte et envoie un lien d'activation.
        [optionnel] compte_precree: RawComptePrecree,
        /// Une clé remise à la famille.
        [optionnel] cle: RawCle,
        /// Comptes repris d'un ancien logiciel.
        [optionnel] import: RawImport,
        /// Un espace partenaire relié une fois.
        [optionnel] espace_partenaire: RawEspacePartenaire,
        /// À qui ce mode s'applique.
        [optionnel] si: RawCondition => Espace,
        /// Le document.
        [optionnel] source: RawSource,
    }
}

bloc! {
    /// Rattachement par un agent.
    pub struct RawRattachement {
        /// Le contact qui rattache.
        [requis] par: Id,
    }
}

bloc! {
    /// Compte créé par le service.
    pub struct RawComptePrecree {
        /// Message envoyé, avec le lien d'activation.
        [requis] message: Id,
        /// `par_lien` : jamais un mot de passe dans un courriel.
        [optionnel] mot_de_passe_provisoire: Id,
    }
}

bloc! {
    /// Une clé remise à la famille.
    pub struct RawCle {
        /// Forme de la clé : `9` un chiffre, `A` une lettre, `X` l'un ou l'autre.
        [requis] format: Texte,
        /// Moyens de remise : courrier, guichet, telephone, courriel.
        [liste requise] remise: Id,
        /// `responsable` ou `foyer`.
        [requis] une_par: Id,
        /// Ce que la famille doit savoir en plus, ex. `naissance_enfant`.
        [optionnel] second_facteur: Id,
        /// Nombre d'essais avant blocage.
        [optionnel] essais: Entier,
        /// Durée de validité, ex. `12 mois`.
        [optionnel] expire: RawDuree,
        /// Moments de la saisie : creation, plus_tard.
        [liste] saisie: Id,
        /// Services que la clé ouvre.
        [liste] ouvre: Id,
    }
}

bloc! {
    /// Comptes repris d'un ancien logiciel.
    pub struct RawImport {
        /// Les familles gardent leur identifiant.
        [requis] identifiants_conserves: Booleen,
    }
}

bloc! {
    /// Un espace partenaire relié une fois.
    pub struct RawEspacePartenaire {
        /// Nom affiché.
        [requis] nom: Texte,
        /// Une seule fois.
        [requis] une_fois: Booleen,
    }
}

bloc! {
    /// Garde alternée.
    pub struct RawGardeAlternee {
        /// `reserve_et_paie` ou `paie`.
        [requis] chacun: Id,
        /// Calendriers acceptés : iso, publie.
        [liste requise] calendrier: Id,
        /// `selon_calendrier` ou `demander`.
        [requis] semaine_53: Id,
        /// Le document.
        [optionnel] source: RawSource => Memoire,
    }
}

bloc! {
    /// Paiement et arrondi.
    pub struct RawPaiement {
        /// Moyens de paiement, par nom.
        [optionnel] moyens: Carte<Brut> | Factures,
        /// `jour_du_service`, `reservation` ou `facture`.
        [requis] date_du_prix: Id,
        /// L'arrondi des montants.
        [requis] arrondi: RawArrondi,
        /// Porte-monnaie des familles.
        [optionnel] portefeuille: RawPortefeuille => Factures,
        /// Le document.
        [optionnel] source: RawSource,
        /// Questions à la commune.
        [liste] questions: RawQuestion,
    }
}

bloc! {
    /// Porte-monnaie prépayé.
    pub struct RawPortefeuille {
        /// Recharge minimale.
        [optionnel] recharge_minimum: RawMontant,
        /// `enfant` ou `foyer`.
        [optionnel] par: Id,
    }
}

bloc! {
    /// Le portail.
    pub struct RawPortail {
        /// Couleurs du site.
        [optionnel] couleurs: RawCouleurs,
        /// Ordre des démarches sur l'accueil ; celles qui n'y sont pas suivent, dans l'ordre de leurs fichiers.
        [liste] demarches: Id,
        /// Liens montrés sur l'accueil.
        [liste] liens: RawLien,
        /// Noms d'hôte de la commune.
        [liste] hotes: Texte,
    }
}

bloc! {
    /// Couleurs, en `#rrggbb`.
    pub struct RawCouleurs {
        /// Couleur principale.
        [requis] principale: Texte,
        /// Couleur du texte posé dessus.
        [requis] texte: Texte,
    }
}

bloc! {
    /// Un lien.
    pub struct RawLien {
        /// Titre.
        [requis] titre: Texte,
        /// Adresse, en `https://`.
        [requis] url: Texte,
    }
}
