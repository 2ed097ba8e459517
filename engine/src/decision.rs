//! What an act decided: data that the store commits as a whole, or a refusal that says its rule.

mod ecriture;
mod garde;

pub use ecriture::{CleMachine, Ecriture};
pub use garde::{CleUnique, Garde};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use rules::lieu::Lieu;
use rules::montant::Montant;
use serde::{Deserialize, Serialize};

use crate::compte::{AdresseDeCompte, Compte};
use crate::demarche::{Changement, Destinataire, Dossier, ErreurChamp, Evenement};
use crate::identifiant::{
    AgentId, CleEnfanceId, CleId, CompteId, DossierId, FoyerId, LienId, LigneId, PersonneId, ReservationId,
};

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Auteur {
    /// A person of a household, through their account.
    Parent {
        /// Who.
        personne: PersonneId,
        /// Whose household.
        foyer: FoyerId,
    },
    /// An agent, with the contacts (roles) that they work for.
    Agent {
        /// Who.
        agent: AgentId,
        /// Their roles.
        roles: Vec<String>,
    },
    /// An agent who does, at the counter, what a person asks them to: the person's rights, under the agent's name.
    AuGuichet {
        /// Who types.
        agent: AgentId,
        /// The agent's roles.
        roles: Vec<String>,
        /// For whom.
        personne: PersonneId,
        /// Whose household.
        foyer: FoyerId,
    },
    /// Somebody without an account, on a public démarche.
    Public,
    /// The engine: échéances, effects' outcomes.
    Systeme,
}

impl Auteur {
    /// The household that they act for, themselves or at the counter.
    pub const fn foyer(&self) -> Option<&FoyerId> {
        match self {
            Self::Parent { foyer, .. } | Self::AuGuichet { foyer, .. } => Some(foyer),
            Self::Agent { .. } | Self::Public | Self::Systeme => None,
        }
    }

    /// The person that they act for.
    pub const fn personne(&self) -> Option<&PersonneId> {
        match self {
            Self::Parent { personne, .. } | Self::AuGuichet { personne, .. } => Some(personne),
            Self::Agent { .. } | Self::Public | Self::Systeme => None,
        }
    }

    /// The agent whose hands do it.
    pub const fn agent(&self) -> Option<&AgentId> {
        match self {
            Self::Agent { agent, .. } | Self::AuGuichet { agent, .. } => Some(agent),
            Self::Parent { .. } | Self::Public | Self::Systeme => None,
        }
    }
}

/// What has a version of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agregat {
    /// A dossier.
    Dossier(DossierId),
    /// A household: its members, facts, inscriptions.
    Foyer(FoyerId),
    /// A booked day.
    Reservation(ReservationId),
    /// What agents read of a household, or did in its name: it changes nothing, and has no version to guard.
    Acces(FoyerId),
    /// A machine's key.
    Cle(CleId),
    /// An account.
    Compte(CompteId),
    /// A family's key. It is in no entry: only which one.
    CleEnfance(CleEnfanceId),
    /// The tries that no key of the town answers.
    EssaisDeCle,
}

/// What an act decided. Nothing is left to choose when it is committed.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// What it is about, and the journal entry that says it.
    pub entree: EntreeJournal,
    /// The aggregate after it.
    pub suivant: Suivant,
    /// Rows.
    pub ecritures: Vec<Ecriture>,
    /// What a worker does after the commit.
    pub effets: Vec<EffetAFaire>,
    /// What time will do.
    pub echeances: Vec<EcheanceAFaire>,
    /// What must still hold when it is committed.
    pub gardes: Vec<Garde>,
    /// How it was reached, in order.
    pub trace: Vec<Pas>,
}

impl Decision {
    /// Rows about a household that no act of anybody decided: a demonstration, the facts that a case starts from.
    pub fn du_systeme(
        foyer: &FoyerId,
        seq: i64,
        le: Timestamp,
        evenement: &str,
        ecritures: Vec<Ecriture>,
    ) -> Self {
        Self {
            entree: EntreeJournal {
                agregat: Agregat::Foyer(foyer.clone()),
                seq,
                le,
                auteur: Auteur::Systeme,
                evenement: evenement.to_owned(),
                detail: None,
                changements: Vec::new(),
            },
            suivant: Suivant::Rien,
            ecritures,
            effets: Vec::new(),
            echeances: Vec::new(),
            gardes: Vec::new(),
            trace: Vec::new(),
        }
    }
}

/// An entry of the journal: append-only, chained by hash in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntreeJournal {
    /// About what.
    pub agregat: Agregat,
    /// Its rank in that aggregate's journal: the first is 1.
    pub seq: i64,
    /// When, by the server.
    pub le: Timestamp,
    /// Who.
    pub auteur: Auteur,
    /// What happened (`agir`, `echeance`, `reserver`…), and its detail (`valider`).
    pub evenement: String,
    /// Its detail: the action's id, the prestation.
    pub detail: Option<String>,
    /// What it changed in a dossier.
    pub changements: Vec<Changement>,
}

/// The aggregate after a decision.
#[derive(Clone, Debug, PartialEq)]
pub enum Suivant {
    /// This dossier.
    Dossier(Box<Dossier>),
    /// This booked day.
    Reservation(Box<ReservationFaite>),
    /// This account.
    Compte(Box<Compte>),
    /// Rows only.
    Rien,
}

/// A booked day, as stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservationFaite {
    /// Which.
    pub id: ReservationId,
    /// Who pays.
    pub foyer: FoyerId,
    /// Who comes.
    pub enfant: PersonneId,
    /// What is booked.
    pub prestation: String,
    /// Which day.
    pub jour: Date,
    /// The town's booking mode (`annuelle`, `occasionnelle`), where it has some.
    pub mode: Option<String>,
    /// Which of the town's delays it met (`a_temps`, `tardif`).
    pub delai: String,
    /// The server's instant of the request.
    pub recu_le: Timestamp,
    /// Live, or cancelled with what the family had announced (`a_temps`, `trop_tard`).
    pub etat: EtatReservation,
    /// When the child was marked present, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointee_le: Option<Timestamp>,
    /// Number of writes so far.
    pub version: i64,
}

/// The state of a booked day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EtatReservation {
    /// The place is held.
    Ferme,
    /// Nobody had booked it: the child came.
    SansReservation,
    /// Cancelled.
    Annulee {
        /// The town's announcement delay that it met.
        annonce: String,
        /// The server's instant.
        le: Timestamp,
        /// The reason, where the town asks for one.
        motif: Option<String>,
    },
}

/// A priced line, as stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LigneFaite {
    /// Which.
    pub id: LigneId,
    /// Who pays.
    pub foyer: FoyerId,
    /// For whom.
    pub enfant: Option<PersonneId>,
    /// The booked day that it prices.
    pub reservation: Option<ReservationId>,
    /// What is priced.
    pub prestation: String,
    /// Which day.
    pub jour: Date,
    /// How much, in centimes.
    pub montant: Montant,
    /// One French sentence for the parent.
    pub phrase: String,
    /// The steps, facts and places that gave it, as JSON.
    pub trace: serde_json::Value,
    /// Digest of the town that priced it.
    pub digest: String,
}

/// A row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffetAFaire {
    /// What makes its execution idempotent.
    pub cle: CleEffet,
    /// What to do.
    pub sortie: Sortie,
}

/// (aggregate, journal entry, rank of the effect): the same decision, committed once, gives each effect once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CleEffet {
    /// About what.
    pub agregat: Agregat,
    /// Its journal entry.
    pub seq: i64,
    /// Rank in that entry, from 0.
    pub rang: u16,
}

/// What a worker does outside the transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sortie {
    /// Sends a letter.
    Message {
        /// Name of the text.
        modele: String,
        /// To whom.
        a: Destinataire,
        /// The reason to print in it.
        motif: Option<String>,
    },
    /// Writes to whoever holds an account, or asks for it.
    Compte {
        /// Name of the text.
        modele: String,
        /// To which address.
        a: AdresseDeCompte,
        /// The secret link that it gives.
        lien: Option<LienId>,
    },
    /// Makes a document, kept with the dossier.
    Document {
        /// Name of the text.
        modele: String,
    },
    /// Offers the next démarche to the household.
    OuvrirDemarche {
        /// Which.
        demarche: String,
        /// About which person.
        enfant: Option<PersonneId>,
    },
    /// An act of another part of the engine, or a webhook, by its key and argument (`facturer`, `appeler`…).
    Acte {
        /// The effect's key.
        genre: String,
        /// Its argument.
        argument: Option<String>,
    },
}

/// What time will do to an aggregate: a no-op when the entry that it belongs to is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EcheanceAFaire {
    /// To what.
    pub dossier: DossierId,
    /// When.
    pub le: Timestamp,
    /// What it belongs to.
    pub appartient: Appartient,
}

/// What an échéance belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Appartient {
    /// The `rang`-th échéance of the étape entered `entree`-th.
    Etape {
        /// Count of étapes entered.
        entree: u32,
        /// Rank in the étape's list.
        rang: u16,
    },
    /// The silence that runs since the `depot`-th filing.
    Silence {
        /// Count of filings.
        depot: u32,
    },
    /// The alert before that silence.
    Alerte {
        /// Count of filings.
        depot: u32,
    },
    /// The slot that a draft without an account holds for a while.
    Creneau {
        /// Its beginning, at the town's watch.
        debut: DateTime,
    },
    /// The next thing to tell of its documents.
    Pieces,
}

impl Appartient {
    /// What happens to the dossier when it is over.
    pub const fn evenement(self) -> Evenement {
        match self {
            Self::Etape { entree, rang } => Evenement::Echeance { entree, rang },
            Self::Silence { depot } => Evenement::Silence { depot },
            Self::Alerte { depot } => Evenement::AlerteSilence { depot },
            Self::Pieces => Evenement::VeillerPieces,
            Self::Creneau { debut } => Evenement::LibererCreneau { debut },
        }
    }
}

/// One step of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pas {
    /// Which rule (`etape.deposee.action.valider`).
    pub regle: String,
    /// Where it is written.
    pub lieu: Option<Lieu>,
    /// What it gave, in French.
    pub resultat: String,
}

/// Why not: the rule, in words that the person concerned reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{motif}")]
pub struct Refus {
    /// Which rule (`demarche.inscription.ouverture`).
    pub regle: Box<str>,
    /// Where it is written; `None` for the engine's own.
    pub lieu: Option<Lieu>,
    /// French sentence.
    pub motif: Box<str>,
    /// The town's text for it.
    pub message: Option<Box<str>>,
    /// Until, or from when it is possible.
    pub quand_possible: Option<Timestamp>,
    /// The fact that would decide it.
    pub fait_manquant: Option<Box<str>>,
    /// What is wrong in the form.
    pub champs: Vec<ErreurChamp>,
}

impl Refus {
    /// A refusal with its rule and sentence.
    pub fn nouveau(regle: impl Into<Box<str>>, motif: impl Into<Box<str>>) -> Self {
        Self {
            regle: regle.into(),
            lieu: None,
            motif: motif.into(),
            message: None,
            quand_possible: None,
            fait_manquant: None,
            champs: Vec::new(),
        }
    }

    /// Written there.
    #[must_use]
    pub fn lieu(mut self, lieu: Lieu) -> Self {
        self.lieu = Some(lieu);
        self
    }

    /// Possible until, or from, then.
    #[must_use]
    pub fn possible(mut self, quand: Timestamp) -> Self {
        self.quand_possible = Some(quand);
        self
    }
}
