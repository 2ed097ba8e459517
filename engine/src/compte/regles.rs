//! What a town says of accounts: the order of the creation, the terms of use, how long a link opens, its own rule of passwords.

use rules::scalaire::Duree;

/// `compte:` of `commune.yaml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReglesDuCompte {
    /// The steps of the creation, in the guide's order.
    pub etapes: Vec<EtapeCompte>,
    /// The terms of use.
    pub cgu: Cgu,
    /// How long the link of a new account opens.
    pub delai_activation: Duree,
    /// Does one choose a login name? Otherwise one enters with the address.
    pub identifiant_choisi: bool,
    /// The town's own rule of passwords, on top of the engine's.
    pub mot_de_passe: RegleMotDePasse,
    /// May only an agent take somebody out of the household?
    pub suppression_par_agent: bool,
}

/// A step of the creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EtapeCompte {
    /// Who one is.
    Identite,
    /// Where one lives.
    Adresse,
    /// How one is reached.
    MoyensDeContact,
    /// With what one enters.
    Identifiants,
    /// The key that the town gave.
    Cle,
}

impl EtapeCompte {
    /// All of them, in the usual order.
    pub const TOUTES: [Self; 5] =
        [Self::Identite, Self::Adresse, Self::MoyensDeContact, Self::Identifiants, Self::Cle];

    /// As written.
    pub const fn nom(self) -> &'static str {
        match self {
            Self::Identite => "identite",
            Self::Adresse => "adresse",
            Self::MoyensDeContact => "moyens_de_contact",
            Self::Identifiants => "identifiants",
            Self::Cle => "cle",
        }
    }

    /// As shown.
    pub const fn titre(self) -> &'static str {
        match self {
            Self::Identite => "Votre identité",
            Self::Adresse => "Votre adresse",
            Self::MoyensDeContact => "Vos moyens de contact",
            Self::Identifiants => "Vos identifiants",
            Self::Cle => "Votre clé enfance",
        }
    }

    /// The step of that name.
    pub fn lit(nom: &str) -> Option<Self> {
        Self::TOUTES.into_iter().find(|e| e.nom() == nom)
    }
}

/// Terms of use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cgu {
    /// Their version: it changes with the text.
    pub version: String,
    /// Titles (`# …`) and paragraphs, separated by empty lines.
    pub texte: String,
}

/// What a town asks of a password besides the engine's own rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RegleMotDePasse {
    /// Fewest characters; 0 = the town does not say.
    pub longueur: u32,
    /// A lower-case letter?
    pub minuscule: bool,
    /// A digit?
    pub chiffre: bool,
}
