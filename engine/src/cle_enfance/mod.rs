//! Clé enfance: how an account that somebody has just made finds the family that the town already knows.
//!
//! A town chooses its modes in `compte.cle_enfance` (`language.md` §4.1). What a key looks like and how it is drawn is here;
//! trying one is a single order of the store's writer, so that two who try at once are two tries.

mod cadenas;
mod essai;
mod format;
mod rattachement;

pub use cadenas::est_sous_cadenas;
pub use essai::{PLAFOND_FREINE, PLAFONDS, Plafond};
pub use format::{ErreurFormat, FormatCle, normale};
pub use rattachement::{LETTRE_RATTACHE, LETTRE_REFUSE, Rattachement, ReponseRattachement, repond};

use rules::lieu::Lieu;
use rules::scalaire::Duree;

/// How a new account is linked to a family that the town knows.
#[derive(Clone, Debug, PartialEq)]
pub struct ModeCle {
    /// Which way.
    pub mode: Mode,
    /// Where it is written.
    pub lieu: Lieu,
}

/// The ways of the guides.
#[derive(Clone, Debug, PartialEq)]
pub enum Mode {
    /// The family types nothing: an agent of that contact attaches the account.
    RattachementParAgent {
        /// The contact (role) whose agents do.
        par: String,
    },
    /// The service makes the account and sends a link with that message; never a password.
    ComptePrecree {
        /// Name of the message.
        message: String,
    },
    /// The family types a key that the town gave it.
    Cle(Box<CleRemise>),
    /// Accounts taken over from another program keep their identifier.
    Import,
    /// The space of a partner, by its name, declared once and not asked again.
    EspacePartenaire {
        /// As families know it.
        nom: String,
        /// Asked once only.
        une_fois: bool,
    },
}

/// The keys that a town gives.
#[derive(Clone, Debug, PartialEq)]
pub struct CleRemise {
    /// What they look like.
    pub format: FormatCle,
    /// How they reach the family: `courrier`, `guichet`, `telephone`, `courriel`.
    pub remise: Vec<String>,
    /// One for each guardian, or one for the household.
    pub une_par: UnePar,
    /// Misses with a key before it is dead.
    pub essais: u32,
    /// How long it may be used.
    pub expire: Duree,
    /// Is it a step of the account's creation?
    pub a_la_creation: bool,
    /// May it be typed once the account is made?
    pub plus_tard: bool,
    /// Ids of the services that it opens; empty = all.
    pub ouvre: Vec<String>,
}

/// Whom a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnePar {
    /// Each legal guardian has theirs.
    Responsable,
    /// The household has one.
    Foyer,
}

/// A town's modes, as its pages ask for them.
pub trait Modes {
    /// The keys that the town gives, where it does.
    fn cle(&self) -> Option<&CleRemise>;
    /// The contact whose agents attach accounts.
    fn rattache_par(&self) -> Option<&str>;
    /// The message of accounts that the service makes.
    fn precree(&self) -> Option<&str>;
    /// Are accounts taken over from another program?
    fn importe(&self) -> bool;
    /// The partner's space, and whether it is asked once only.
    fn partenaire(&self) -> Option<(&str, bool)>;
}

impl Modes for [ModeCle] {
    fn cle(&self) -> Option<&CleRemise> {
        self.iter().find_map(|m| if let Mode::Cle(cle) = &m.mode { Some(&**cle) } else { None })
    }

    fn rattache_par(&self) -> Option<&str> {
        self.iter().find_map(|m| {
            if let Mode::RattachementParAgent { par } = &m.mode { Some(par.as_str()) } else { None }
        })
    }

    fn precree(&self) -> Option<&str> {
        self.iter().find_map(|m| {
            if let Mode::ComptePrecree { message } = &m.mode { Some(message.as_str()) } else { None }
        })
    }

    fn importe(&self) -> bool {
        self.iter().any(|m| m.mode == Mode::Import)
    }

    fn partenaire(&self) -> Option<(&str, bool)> {
        self.iter().find_map(|m| match &m.mode {
            Mode::EspacePartenaire { nom, une_fois } => Some((nom.as_str(), *une_fois)),
            _ => None,
        })
    }
}
