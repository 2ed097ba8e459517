//! Effects: what the town does when a step changes.

use super::valeurs::RawDuree;
use crate::definition::lecture::{Brut, Id, Texte, UnOuListe, bloc, variantes};

variantes! {
    /// Un effet : ce que la commune fait quand une étape change.
    pub enum RawEffet {
        /// Les réponses deviennent des faits : `tous`, ou une liste de champs.
        "enregistrer_faits" => EnregistrerFaits(UnOuListe<Id>),
        /// La personne déclarée rejoint le foyer.
        "ajouter_personne" => AjouterPersonne(Brut),
        /// La personne quitte le foyer : `enfant`, ou `{ nom: champ.nom, prenom: champ.prenom }`.
        "retirer_personne" => RetirerPersonne(Brut),
        /// Le compte est rattaché à la famille.
        "rattacher_compte" => RattacherCompte => Espace,
        /// Un service s'ouvre à l'enfant.
        "ouvrir_service" => OuvrirService(Texte),
        /// Les services d'un champ s'ouvrent à l'enfant.
        "ouvrir_services" => OuvrirServices(Texte),
        /// Un service se ferme à l'enfant.
        "fermer_service" => FermerService(Texte),
        /// Une autre démarche s'ouvre à la famille.
        "ouvrir_demarche" => OuvrirDemarche(Id),
        /// Un message part.
        "message" => Message(RawEnvoi),
        /// Un document se fait, se garde avec le dossier et s'imprime : un texte de `messages/`, son objet pour titre.
        "document" => Document(Id),
        /// Une ligne est facturée.
        "facturer" => Facturer(Brut) => Factures,
        /// Un avoir est donné.
        "crediter" => Crediter(Brut) => Factures,
        /// Un remboursement est fait.
        "rembourser" => Rembourser(Brut) => Factures,
        /// Un acte est planifié.
        "planifier" => Planifier(Brut) => Reservations,
        /// Un critère est noté.
        "noter_critere" => NoterCritere(Brut) => Reservations,
        /// Une clé est attribuée.
        "attribuer_cle" => AttribuerCle(Brut) => Espace,
        /// Adhésion à `facture_en_ligne` ou au `prelevement` : le fait du foyer de ce nom devient vrai.
        "adherer" => Adherer(Id),
        /// Un système extérieur de `commune.yaml` (`appels:`) est prévenu.
        "appeler" => Appeler(Id),
        /// Prévenir d'une suspension.
        "avertir_suspension" => AvertirSuspension(RawAvertir),
        /// Proposer une suspension à une personne qui décide.
        "proposer_suspension" => ProposerSuspension(RawSuspendre),
    }
}

bloc! {
    /// Un message qui part.
    pub struct RawEnvoi {
        /// Le message de `messages/`.
        [requis] modele: Id,
        /// À qui : demandeur, payeur, agent…
        [requis] a: Id,
    }
}

bloc! {
    /// Prévenir d'une suspension.
    pub struct RawAvertir {
        /// Combien de temps avant.
        [requis] delai: RawDuree,
    }
}

bloc! {
    /// Une suspension que quelqu'un décide.
    pub struct RawSuspendre {
        /// Le rôle qui décide.
        [requis] decide_par: Texte,
        /// `au_paiement`.
        [requis] leve: Id,
    }
}
