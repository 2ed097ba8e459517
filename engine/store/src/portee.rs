//! The scope of every read and write. Nobody but this crate makes one.

use engine::decision::Auteur;
use engine::identifiant::{CommuneSlug, FoyerId};

/// One commune, and what of it may be read.
///
/// It comes from a session's row, a claimed task's row, or the command line (which the journal records).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portee {
    commune: CommuneSlug,
    auteur: Auteur,
}

impl Portee {
    pub(crate) const fn nouvelle(commune: CommuneSlug, auteur: Auteur) -> Self {
        Self { commune, auteur }
    }

    /// Which commune.
    pub const fn commune(&self) -> &CommuneSlug {
        &self.commune
    }

    /// On whose behalf.
    pub const fn auteur(&self) -> &Auteur {
        &self.auteur
    }

    /// The only household whose rows may be read; `None` = all of the commune's (agents, the engine).
    pub(crate) fn foyer(&self) -> Option<&FoyerId> {
        self.auteur.foyer()
    }

    /// What a statement compares `foyer_id` with.
    pub(crate) fn filtre(&self) -> Option<&str> {
        self.foyer().map(FoyerId::as_str)
    }
}
