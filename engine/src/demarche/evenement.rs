//! What may happen to a dossier.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::dossier::{DocumentFait, Dossier, EtatPiece};
use super::reponses::Reponses;
use crate::identifiant::{AgentId, FichierId, FoyerId, PersonneId};

/// A document as a family gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PieceDonnee {
    /// Which piece.
    pub piece: String,
    /// Its files.
    pub fichiers: Vec<FichierId>,
    /// Those of them that pages may show: photographs written again by the process.
    #[serde(default)]
    pub images: Vec<FichierId>,
    /// The date written on the document, for one that must be recent.
    pub date: Option<Date>,
    /// Do they go with the files given before, or in their place?
    #[serde(default)]
    pub en_plus: bool,
}

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
    /// A family starts a dossier from another of its own, for a sibling.
    Dupliquer {
        /// The other one.
        source: Box<Dossier>,
        /// The child that the new one is about.
        enfant: Option<PersonneId>,
    },
    /// The family deletes what it never sent.
    SupprimerBrouillon,
    /// A dossier of a public démarche joins the household of whoever holds its secret link.
    Rattacher {
        /// Which household.
        foyer: FoyerId,
    },
    /// Somebody writes to the other side.
    Ecrire {
        /// The message.
        texte: String,
    },
    /// The other side opens a message.
    LireEchange {
        /// Its rank.
        n: u32,
    },
    /// A slot is taken, in place of the one held before.
    PrendreRendezVous {
        /// Its beginning, at the town's watch.
        debut: DateTime,
    },
    /// The slot is given back.
    AnnulerRendezVous,
    /// An agent notes whether the family came.
    ConstaterRendezVous {
        /// It did.
        tenu: bool,
    },
    /// An agent asks for documents.
    DemanderPieces {
        /// Which.
        pieces: Vec<String>,
        /// What the family reads.
        texte: String,
    },
    /// The family gives a document.
    DeposerPiece(PieceDonnee),
    /// The family takes a document back, or one of its files.
    RetirerPiece {
        /// Which piece.
        piece: String,
        /// Which file; `None` = all of them.
        fichier: Option<FichierId>,
    },
    /// An agent says whether a document is right.
    VerifierPiece {
        /// Which piece.
        piece: String,
        /// What they say.
        etat: EtatPiece,
        /// When what they looked at came: what came since is not judged with it.
        #[serde(default)]
        vue: Option<Timestamp>,
    },
    /// An agent records an opinion on the request.
    RendreAvis {
        /// For it, or against it.
        favorable: bool,
        /// Why, for the other agents.
        texte: String,
    },
    /// An agent takes the dossier in charge, or gives it back.
    Affecter {
        /// Who examines it; `None` = whoever comes first.
        a: Option<AgentId>,
    },
    /// A document was made about it, and is kept.
    GarderDocument(DocumentFait),
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
    /// Time passes: a slot is not held any longer for a draft without an account.
    LibererCreneau {
        /// Its beginning, at the town's watch.
        debut: DateTime,
    },
    /// Time passes: a document ends, is due, or is still waited for.
    VeillerPieces,
    /// Time passes: the delay of silence comes near.
    AlerteSilence {
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
            Self::DeposerPiece(_) => "deposer_piece",
            Self::RetirerPiece { .. } => "retirer_piece",
            Self::VerifierPiece { .. } => "verifier_piece",
            Self::RendreAvis { .. } => "rendre_avis",
            Self::Affecter { .. } => "affecter",
            Self::GarderDocument(_) => "garder_document",
            Self::RejouerEnvoi { .. } => "rejouer_envoi",
            Self::AbandonnerEnvoi { .. } => "abandonner_envoi",
            Self::Agir { .. } => "agir",
            Self::Echeance { .. } => "echeance",
            Self::Silence { .. } => "silence",
            Self::AlerteSilence { .. } => "alerte_silence",
            Self::VeillerPieces => "veiller_pieces",
            Self::Dupliquer { .. } => "dupliquer",
            Self::SupprimerBrouillon => "supprimer_brouillon",
            Self::Rattacher { .. } => "rattacher",
            Self::Ecrire { .. } => "ecrire",
            Self::LireEchange { .. } => "lire_echange",
            Self::PrendreRendezVous { .. } => "prendre_rendez_vous",
            Self::AnnulerRendezVous => "annuler_rendez_vous",
            Self::LibererCreneau { .. } => "liberer_creneau",
            Self::ConstaterRendezVous { .. } => "constater_rendez_vous",
            Self::DemanderPieces { .. } => "demander_pieces",
        }
    }
}
