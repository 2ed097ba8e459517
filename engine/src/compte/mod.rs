//! Accounts: who enters, with which proofs, as whom.

mod champs;
mod decide;
pub mod lettre;
mod mot_de_passe;
mod nom;
mod regles;

pub use champs::{CLE, COURRIEL, IDENTIFIANT, NAISSANCE_ENFANT, champs_de_l_etape, faits_declares};
pub use decide::{
    Activation, Demande, LienDonne, LienSuivi, active, change_identifiant, change_mot_de_passe,
    confirme_courriel, demande, demande_courriel, entre_d_un_nouvel_appareil, ferme, oublie, ouvre, previent,
    rappelle, regle_second_facteur, rehache, reprend, retire_second_facteur, sort_partout, verifie_famille,
};
pub use mot_de_passe::{LONGUEUR_MAX, refus_du_mot_de_passe};
pub use nom::{ErreurNom, courriel_normalise, nom_normalise};
pub use regles::{Cgu, EtapeCompte, RegleMotDePasse, ReglesDuCompte};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::decision::Auteur;
use crate::demarche::Reponses;
use crate::identifiant::{CompteId, FoyerId, PersonneId};

/// An account of the town. Two active ones share neither a login name nor an address; one that nobody activated reserves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compte {
    /// Which.
    pub id: CompteId,
    /// May one enter with it?
    pub etat: EtatCompte,
    /// Login name as [`nom_normalise`] writes it; `None` = one enters with the address only.
    pub identifiant: Option<String>,
    /// Address as [`courriel_normalise`] writes it.
    pub courriel: String,
    /// What its password leaves; `None` until its holder chose one.
    pub mot_de_passe: Option<Empreinte>,
    /// Whom it makes one; `None` until it is activated, for a family that the town does not know.
    pub auteur: Option<Auteur>,
    /// An agent's name; a parent's is a fact.
    pub nom: Option<String>,
    /// Which terms of use were accepted, and when.
    pub cgu: Option<Acceptation>,
    /// What the creation collected: facts once the account is activated, and nothing after.
    pub reponses: Option<Reponses>,
    /// The address that it asks for, until both have confirmed.
    pub changement: Option<ChangementCourriel>,
    /// The code asked after the password.
    pub second_facteur: Option<SecondFacteur>,
    /// Was its household taken over from another program, and not looked at by its holder yet?
    pub a_verifier: bool,
    /// When it was asked for.
    pub cree_le: Timestamp,
    /// Number of writes so far.
    pub version: i64,
}

impl Compte {
    /// One that the town makes for somebody of a household that it knows.
    pub fn de_famille(
        (id, (personne, foyer)): (CompteId, (PersonneId, FoyerId)),
        courriel: String,
        le: Timestamp,
    ) -> Self {
        Self {
            id,
            etat: EtatCompte::EnAttente,
            identifiant: None,
            courriel,
            mot_de_passe: None,
            auteur: Some(Auteur::Parent { personne, foyer }),
            nom: None,
            cgu: None,
            reponses: None,
            changement: None,
            second_facteur: None,
            a_verifier: false,
            cree_le: le,
            version: 0,
        }
    }

    /// Is a code asked after the password?
    pub fn demande_un_code(&self) -> bool {
        self.second_facteur.as_ref().is_some_and(|f| f.confirme)
    }

    /// The same, written once more.
    #[must_use]
    pub fn suivant(&self) -> Self {
        Self { version: self.version.saturating_add(1), ..self.clone() }
    }

    /// Whoever holds it is this person of that household from now on: its sessions too, which read it at each request.
    #[must_use]
    pub fn devient(&self, foyer: &FoyerId, personne: &PersonneId) -> Self {
        let auteur = Auteur::Parent { personne: personne.clone(), foyer: foyer.clone() };
        Self { auteur: Some(auteur), ..self.suivant() }
    }
}

/// May one enter with an account?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EtatCompte {
    /// Not yet: its link was not followed.
    EnAttente,
    /// Yes.
    Actif,
    /// Not any more.
    Ferme,
}

impl EtatCompte {
    /// As stored.
    pub const fn nom(self) -> &'static str {
        match self {
            Self::EnAttente => "en_attente",
            Self::Actif => "actif",
            Self::Ferme => "ferme",
        }
    }

    /// The state of that name.
    pub fn lit(nom: &str) -> Option<Self> {
        [Self::EnAttente, Self::Actif, Self::Ferme].into_iter().find(|e| e.nom() == nom)
    }
}

/// A password as it is kept: the PHC string of its Argon2id hash. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Empreinte(Box<str>);

impl Empreinte {
    /// From the PHC string.
    pub fn nouvelle(phc: impl Into<Box<str>>) -> Self {
        Self(phc.into())
    }

    /// The PHC string.
    pub fn phc(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Empreinte {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Empreinte(…)")
    }
}

/// Terms of use that somebody accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptation {
    /// Their version, as the town's file says it.
    pub version: String,
    /// When.
    pub le: Timestamp,
}

/// A change of address under way: nothing changes until both addresses have confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangementCourriel {
    /// The address asked for, normalised.
    pub nouveau: String,
    /// Did the present address confirm?
    pub ancien_confirme: bool,
    /// Did the new one?
    pub nouveau_confirme: bool,
    /// Until when both may.
    pub expire_le: Timestamp,
}

/// The code that an application shows, asked after the password. Its secret is derived from the process's key and this number,
/// and is nowhere in the data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFacteur {
    /// Rank of the secret: a new one each time that it is set again.
    pub generation: u32,
    /// Did its holder show a first code? Until then nothing is asked.
    pub confirme: bool,
    /// Step (Unix time / 30 s) of the last code accepted: neither it nor an older one is accepted again.
    pub dernier_pas: i64,
    /// Seals of the codes to enter with when the application is lost: each is forgotten once used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secours: Vec<String>,
}

/// What a secret link of an account is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GenreLien {
    /// To activate it.
    Activation,
    /// To choose a new password.
    MotDePasse,
    /// The present address agrees to another.
    CourrielAncien,
    /// The new address is read by whoever asked for it.
    CourrielNouveau,
}

impl GenreLien {
    /// All of them.
    pub const TOUS: [Self; 4] =
        [Self::Activation, Self::MotDePasse, Self::CourrielAncien, Self::CourrielNouveau];

    /// As stored.
    pub const fn nom(self) -> &'static str {
        match self {
            Self::Activation => "activation",
            Self::MotDePasse => "mot_de_passe",
            Self::CourrielAncien => "courriel_ancien",
            Self::CourrielNouveau => "courriel_nouveau",
        }
    }

    /// The kind of that name.
    pub fn lit(nom: &str) -> Option<Self> {
        Self::TOUS.into_iter().find(|g| g.nom() == nom)
    }
}

/// A secret link to make: its token leaves in a letter, and only its hash is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LienNeuf {
    /// SHA-256 of its token.
    pub empreinte: [u8; 32],
    /// Whose account.
    pub compte: CompteId,
    /// What for.
    pub genre: GenreLien,
    /// Since when.
    pub cree_le: Timestamp,
    /// Until when, excluded.
    pub expire_le: Timestamp,
}

/// To which of an account's addresses a letter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdresseDeCompte {
    /// The one that it has.
    Actuelle,
    /// The one that it asks for.
    Demandee,
}
