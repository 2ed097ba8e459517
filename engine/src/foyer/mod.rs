//! The household: who is in it, and what is known about it.

mod droit;
mod fait;
mod fusion;
mod recherche;
mod retrait;

pub use droit::{Droit, DroitPose, DroitTenu, droits, pose};
pub use fait::{Adresse, ErreurFait, Fait, FaitsDates, SourceFait, ValeurFait};
pub use fusion::{Fusion, Rapprochement, rapproche, tranche};
pub use recherche::cle_de_recherche;
pub use retrait::{Obstacle, Retrait, nommes, obstacles, retire};

use serde::{Deserialize, Serialize};

use crate::identifiant::{FoyerId, PersonneId};

/// What a fact is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sujet {
    /// A household.
    Foyer(FoyerId),
    /// A person.
    Personne(PersonneId),
    /// What ties an adult to a child: authority, custody, pick-up, payer.
    Lien {
        /// The adult.
        adulte: PersonneId,
        /// The child.
        enfant: PersonneId,
    },
}

/// What a person is in a household.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Genre {
    /// Legal guardian who holds the account.
    Responsable,
    /// The other legal guardian.
    CoRepresentant,
    /// A child.
    Enfant,
    /// Somebody else: authorised, or forbidden, to pick up.
    Contact,
}

impl Genre {
    /// As stored.
    pub const fn nom(self) -> &'static str {
        match self {
            Self::Responsable => "responsable",
            Self::CoRepresentant => "co_representant",
            Self::Enfant => "enfant",
            Self::Contact => "contact",
        }
    }

    /// Is it a legal guardian, whoever holds the account?
    pub const fn est_responsable(self) -> bool {
        matches!(self, Self::Responsable | Self::CoRepresentant)
    }

    /// The kind of that name.
    pub fn lit(nom: &str) -> Option<Self> {
        [Self::Responsable, Self::CoRepresentant, Self::Enfant, Self::Contact]
            .into_iter()
            .find(|g| g.nom() == nom)
    }
}

/// A person's place in a household. Names and births are facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membre {
    /// Who.
    pub personne: PersonneId,
    /// As what.
    pub genre: Genre,
}

/// A household as acts see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foyer {
    /// Which.
    pub id: FoyerId,
    /// Number of writes so far: the guard of whoever decided on what it read.
    pub version: i64,
    /// Who is in it today.
    pub membres: Vec<Membre>,
}

impl Foyer {
    /// May this person read the household's own affairs (address, means, means of payment)? They are those of whoever holds it: of
    /// the other guardian, who may live elsewhere, nothing is assumed; whoever is not in it reads nothing.
    pub fn montre_a(&self, personne: &PersonneId) -> bool {
        self.membres.iter().any(|m| m.personne == *personne && m.genre != Genre::CoRepresentant)
    }

    /// Is this person in it?
    pub fn contient(&self, personne: &PersonneId) -> bool {
        self.membres.iter().any(|m| m.personne == *personne)
    }
}
