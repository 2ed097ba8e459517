//! Families taken over from another program: what its files say, and what it changes in what the town already knows.
//!
//! Identifiers come from the program's own references: the same file read again finds the same families, and changes nothing.

mod ecart;

pub use ecart::{Bilan, Contexte, Ecart, ecart};

use std::collections::BTreeMap;

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::compte::Empreinte;
use crate::foyer::{Genre, ValeurFait};
use crate::identifiant::{CompteId, FoyerId, PersonneId};

/// Where references come from: one town, one program.
#[derive(Clone, Copy, Debug)]
pub struct Origine<'o> {
    /// The town's slug.
    pub commune: &'o str,
    /// The program, as the town names it: two programs may use the same number for two families.
    pub logiciel: &'o str,
}

impl Origine<'_> {
    /// The household of that reference.
    pub fn foyer(&self, reference: &str) -> FoyerId {
        FoyerId::neuf(self.octets("famille", reference))
    }

    /// The person of that reference.
    pub fn personne(&self, reference: &str) -> PersonneId {
        PersonneId::neuf(self.octets("personne", reference))
    }

    /// The account of the person of that reference.
    pub fn compte(&self, reference: &str) -> CompteId {
        CompteId::neuf(self.octets("compte", reference))
    }

    fn octets(&self, genre: &str, reference: &str) -> [u8; 16] {
        let mut empreinte = Sha256::new();
        for partie in ["import", self.commune, self.logiciel, genre, reference] {
            empreinte.update(partie.as_bytes());
            empreinte.update([0]);
        }
        let mut octets = [0; 16];
        for (cible, source) in octets.iter_mut().zip(empreinte.finalize()) {
            *cible = source;
        }
        octets
    }
}

/// What a file says of something, by the fact's name, and until when it holds (`None`: until something newer).
pub type Dits = BTreeMap<String, (ValeurFait, Option<Date>)>;

/// A household of the files.
#[derive(Clone, Debug, PartialEq)]
pub struct FamilleReprise {
    /// Which.
    pub id: FoyerId,
    /// As the program names it.
    pub reference: String,
    /// What is said of the household itself.
    pub faits: Dits,
    /// Who is in it, guardians first.
    pub personnes: Vec<PersonneReprise>,
}

/// Somebody of the files.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonneReprise {
    /// Who.
    pub id: PersonneId,
    /// As the program names them.
    pub reference: String,
    /// The file's line that says them in this household.
    pub ligne: u64,
    /// As what.
    pub genre: Genre,
    /// What is said of them; nothing where another household of theirs says it already.
    pub faits: Dits,
    /// Their account.
    pub compte: Option<CompteRepris>,
    /// What a partner's space knows them by, as its file writes it.
    pub partenaire: Option<String>,
}

/// An account of the files.
#[derive(Clone, Debug, PartialEq)]
pub struct CompteRepris {
    /// Which.
    pub id: CompteId,
    /// Login name, normalised: it is kept.
    pub identifiant: Option<String>,
    /// Address, normalised.
    pub courriel: String,
    /// What the password left in the other program, where it can be checked; else its holder chooses one by a link.
    pub mot_de_passe: Option<Empreinte>,
    /// The file's line that says it.
    pub ligne: u64,
}
