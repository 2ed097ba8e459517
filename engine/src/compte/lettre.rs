//! The letters about accounts: a town may write each its own way in `messages/`, under the same name. None holds a password.

use crate::cle_enfance::{LETTRE_RATTACHE, LETTRE_REFUSE};

/// To whoever asks for an account.
pub const ACTIVATION: &str = "compte_activation";
/// To a family for which the town made an account, where the town's file names no other letter.
pub const PRECREE: &str = "compte_precree";
/// To the holder of an account, when somebody asks for another one with the same address.
pub const EXISTANT: &str = "compte_existant";
/// To whoever forgot the password.
pub const MOT_DE_PASSE: &str = "compte_mot_de_passe";
/// Once the password was changed.
pub const MOT_DE_PASSE_CHANGE: &str = "compte_mot_de_passe_change";
/// To the present address, when another is asked for.
pub const COURRIEL_ANCIEN: &str = "compte_courriel_ancien";
/// To the address asked for.
pub const COURRIEL_NOUVEAU: &str = "compte_courriel_nouveau";

/// Somebody entered from a device that had never entered.
pub const NOUVEL_APPAREIL: &str = "compte_nouvel_appareil";

/// The code asked after the password was set, or taken away.
pub const CODE_CHANGE: &str = "compte_code_change";

/// To an agent whose account was just opened.
pub const AGENT: &str = "compte_agent";

/// A letter of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lettre {
    /// Its name.
    pub id: &'static str,
    /// Subject.
    pub objet: &'static str,
    /// Text, a template.
    pub corps: &'static str,
}

/// Each letter, as it is where the town writes no other.
pub const LETTRES: [Lettre; 12] = [
    Lettre {
        id: ACTIVATION,
        objet: "Activez votre espace famille",
        corps: "Bonjour,\n\nUn espace famille a été demandé avec cette adresse, à {{ commune.nom }}. Pour l’activer, ouvrez ce lien avant {{ expire | instant }} :\n\n{{ lien }}\n\nCe lien ne sert qu’une fois. Si vous n’avez rien demandé, ne faites rien : sans activation, la demande est oubliée.",
    },
    Lettre {
        id: PRECREE,
        objet: "Votre espace famille est prêt",
        corps: "Bonjour {{ demandeur.prenom }},\n\n{{ commune.nom }} connaît votre famille : votre espace famille est déjà créé. Pour l’activer, ouvrez ce lien avant {{ expire | instant }}, et choisissez votre mot de passe :\n\n{{ lien }}\n\nVotre identifiant : {{ identifiant }}\n\nCe lien ne sert qu’une fois. Le délai est passé ? La page du lien vous en envoie un autre.",
    },
    Lettre {
        id: EXISTANT,
        objet: "Vous avez déjà un espace famille",
        corps: "Bonjour,\n\nQuelqu’un vient de demander un espace famille avec cette adresse, à {{ commune.nom }}. Vous en avez déjà un : rien n’a été changé.\n\nPour y entrer, ou pour choisir un autre mot de passe si vous avez oublié le vôtre :\n\n{{ lien }}",
    },
    Lettre {
        id: MOT_DE_PASSE,
        objet: "Choisir un nouveau mot de passe",
        corps: "Bonjour,\n\nPour choisir un nouveau mot de passe de votre espace famille à {{ commune.nom }}, ouvrez ce lien avant {{ expire | instant }} :\n\n{{ lien }}\n\nVotre identifiant : {{ identifiant }}\n\nCe lien ne sert qu’une fois. Si vous n’avez rien demandé, ne faites rien : votre mot de passe reste le même.",
    },
    Lettre {
        id: MOT_DE_PASSE_CHANGE,
        objet: "Votre mot de passe a changé",
        corps: "Bonjour,\n\nLe mot de passe de votre espace famille à {{ commune.nom }} vient d’être changé, et vos autres appareils ont été déconnectés.\n\nSi ce n’est pas vous, choisissez-en un autre sans attendre, puis prévenez le service :\n\n{{ lien }}",
    },
    Lettre {
        id: AGENT,
        objet: "Activez votre compte d’agent",
        corps: "Bonjour,\n\nUn compte d’agent vient d’être ouvert pour vous à {{ commune.nom }}. Pour l’activer et choisir votre mot de passe, ouvrez ce lien avant {{ expire | instant }} :\n\n{{ lien }}\n\nIl vous faudra une application de codes (FreeOTP, Aegis, ou celle de votre téléphone). Ce lien ne sert qu’une fois.",
    },
    Lettre {
        id: CODE_CHANGE,
        objet: "Votre code de vérification a changé",
        corps: "Bonjour,\n\nLe code demandé après le mot de passe de votre espace à {{ commune.nom }} vient d’être activé, ou retiré.\n\nSi ce n’est pas vous, choisissez un nouveau mot de passe sans attendre, puis prévenez le service :\n\n{{ lien }}",
    },
    Lettre {
        id: NOUVEL_APPAREIL,
        objet: "Une connexion depuis un nouvel appareil",
        corps: "Bonjour,\n\nVotre espace famille à {{ commune.nom }} vient d’être ouvert depuis un appareil qui n’y était jamais entré.\n\nSi c’est vous, ne faites rien. Sinon, choisissez un nouveau mot de passe sans attendre : tous les appareils seront déconnectés.\n\n{{ lien }}",
    },
    Lettre {
        id: COURRIEL_ANCIEN,
        objet: "Confirmez le changement d’adresse électronique",
        corps: "Bonjour,\n\nUne autre adresse électronique a été demandée pour votre espace famille à {{ commune.nom }}. Pour l’accepter, ouvrez ce lien avant {{ expire | instant }} :\n\n{{ lien }}\n\nL’autre adresse doit confirmer aussi. Si vous n’avez rien demandé, n’ouvrez pas ce lien et changez votre mot de passe.",
    },
    Lettre {
        id: COURRIEL_NOUVEAU,
        objet: "Confirmez votre nouvelle adresse électronique",
        corps: "Bonjour,\n\nCette adresse a été donnée pour un espace famille à {{ commune.nom }}. Pour la confirmer, ouvrez ce lien avant {{ expire | instant }} :\n\n{{ lien }}\n\nVotre adresse actuelle doit confirmer aussi. Si vous n’avez rien demandé, ne faites rien.",
    },
    Lettre {
        id: LETTRE_RATTACHE,
        objet: "Votre espace famille est ouvert",
        corps: "Bonjour {{ demandeur.prenom }},\n\n{{ commune.nom }} a vérifié votre espace famille : vous pouvez y faire vos démarches.\n\n{{ lien }}",
    },
    Lettre {
        id: LETTRE_REFUSE,
        objet: "Votre espace famille n’a pas été ouvert",
        corps: "Bonjour {{ demandeur.prenom }},\n\n{{ commune.nom }} n’a pas pu ouvrir votre espace famille. La raison est écrite dans votre espace :\n\n{{ lien }}",
    },
];
