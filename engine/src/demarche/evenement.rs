//! What may happen to a dossier.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::dossier::EtatPiece;
use super::reponses::Reponses;
use crate::identifiant::{AgentId, FichierId, FoyerId, PersonneId};

/// One thing that somebody, or time, does to a dossier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evenement {
    /// A family starts a dossier.
    Demarrer {
        /// The family, unless the démarche is public.
        foyer: Option<FoyerId>,
        /// The child that it is about.
        enfant: Option<PersonneId>,
        /// What is already known.
        reponses: Reponses,
    },
    /// The family keeps what it wrote so far, complete or not.
    EnregistrerBrouillon {
        /// All the answers.
        reponses: Reponses,
        /// The version that the family had before its eyes.
        vue: Option<i64>,
    },
    /// The family gives a document.
    DeposerPiece {
        /// Which piece.
        piece: String,
        /// Its files.
        fichiers: Vec<FichierId>,
        /// The date written on the document, for one that must be recent.
        date: Option<Date>,
    },
    /// An agent says whether a document is right.
    VerifierPiece {
        /// Which piece.
        piece: String,
        /// What they say.
        etat: EtatPiece,
    },
    /// An agent takes the dossier in charge, or gives it back.
    Affecter {
        /// Who examines it; `None` = whoever comes first.
        a: Option<AgentId>,
    },
    /// An agent has an effect that failed too often tried again.
    RejouerEnvoi {
        /// The journal entry that decided it.
        entree: i64,
        /// Its rank in that entry.
        rang: u16,
    },
    /// An agent gives up an effect that failed too often.
    AbandonnerEnvoi {
        /// The journal entry that decided it.
        entree: i64,
        /// Its rank in that entry.
        rang: u16,
        /// Why, for the other agents.
        motif: String,
    },
    /// Somebody does an action of the étape: files, accepts, refuses, cancels…
    Agir {
        /// Its id.
        action: String,
        /// The reason.
        motif: Option<String>,
        /// The answers, when the action comes with the form.
        reponses: Option<Reponses>,
        /// The version that they had before their eyes.
        vue: Option<i64>,
    },
    /// Time passes: an échéance of an étape.
    Echeance {
        /// Count of étapes entered when it was set.
        entree: u32,
        /// Its rank in the étape's list.
        rang: u16,
    },
    /// Time passes: the delay of silence.
    Silence {
        /// Count of filings when it was set.
        depot: u32,
    },
}

impl Evenement {
    /// Its name in the journal.
    pub const fn nom(&self) -> &'static str {
        match self {
            Self::Demarrer { .. } => "demarrer",
            Self::EnregistrerBrouillon { .. } => "enregistrer_brouillon",
            Self::DeposerPiece { .. } => "deposer_piece",
            Self::VerifierPiece { .. } => "verifier_piece",
            Self::Affecter { .. } => "affecter",
            Self::RejouerEnvoi { .. } => "rejouer_envoi",
            Self::AbandonnerEnvoi { .. } => "abandonner_envoi",
            Self::Agir { .. } => "agir",
            Self::Echeance { .. } => "echeance",
            Self::Silence { .. } => "silence",
        }
    }
}
