//! The scope of every read and write. Nobody but this crate makes one.

use engine::decision::Auteur;
use engine::identifiant::{CommuneSlug, CompteId, DossierId, FoyerId};

/// One commune, and what of it may be read.
///
/// It comes from a session's row, a secret link's row, a claimed task's row, or the command line (which the journal records).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portee {
    commune: CommuneSlug,
    auteur: Auteur,
    /// The one dossier that a secret link shows.
    dossier: Option<DossierId>,
    /// The account that one entered with.
    compte: Option<CompteId>,
}

impl Portee {
    pub(crate) const fn nouvelle(commune: CommuneSlug, auteur: Auteur) -> Self {
        Self { commune, auteur, dossier: None, compte: None }
    }

    /// Whoever entered with an account; without one, as [`nouvelle`](Self::nouvelle).
    pub(crate) const fn de_compte(commune: CommuneSlug, auteur: Auteur, compte: Option<CompteId>) -> Self {
        Self { commune, auteur, dossier: None, compte }
    }

    /// Somebody without an account: one dossier at most, nothing of any household.
    pub(crate) const fn publique(commune: CommuneSlug, dossier: Option<DossierId>) -> Self {
        Self { commune, auteur: Auteur::Public, dossier, compte: None }
    }

    /// The only dossier that may be read, for somebody without an account.
    pub const fn dossier(&self) -> Option<&DossierId> {
        self.dossier.as_ref()
    }

    /// The account that one entered with; `None` in the demonstration, for a machine and for the process itself.
    pub const fn compte(&self) -> Option<&CompteId> {
        self.compte.as_ref()
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
        match &self.auteur {
            // no household has this name: lists are empty
            Auteur::Public => Some(""),
            _ => self.foyer().map(FoyerId::as_str),
        }
    }
}
