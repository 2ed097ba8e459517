//! The rows that a decision writes.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Appartient, CleEffet, LigneFaite};
use crate::cle_enfance::ReponseRattachement;
use crate::compte::{GenreLien, LienNeuf};
use crate::foyer::{Fait, Genre, Sujet};
use crate::identifiant::{AgentId, CleId, CompteId, DossierId, FoyerId, InscriptionId, PersonneId};

/// A row to write. Closed: the store knows each.
#[derive(Clone, Debug, PartialEq)]
pub enum Ecriture {
    /// A new fact; older ones stay.
    Fait(Fait),
    /// A new household.
    Foyer(FoyerId),
    /// Somebody joins a household (made known if they were not).
    Membre {
        /// Which household.
        foyer: FoyerId,
        /// Who.
        personne: PersonneId,
        /// As what.
        genre: Genre,
        /// From when.
        depuis: Timestamp,
    },
    /// Somebody leaves it.
    FinMembre {
        /// Which household.
        foyer: FoyerId,
        /// Who.
        personne: PersonneId,
        /// From when.
        le: Timestamp,
    },
    /// A right to use a service; a live one for the same subject, service and year stays as it is.
    Inscription {
        /// Which.
        id: InscriptionId,
        /// For whom: a child, or a household.
        sujet: Sujet,
        /// Whose.
        foyer: FoyerId,
        /// To what.
        service: String,
        /// For which school year.
        annee_scolaire: Option<String>,
        /// First day.
        du: Date,
        /// By which dossier.
        dossier: DossierId,
    },
    /// It ends.
    FinInscription {
        /// For whom.
        sujet: Sujet,
        /// By which household: a child of two homes has the rights of each.
        foyer: FoyerId,
        /// To what.
        service: String,
        /// Last day.
        au: Date,
    },
    /// A priced line.
    Ligne(Box<LigneFaite>),
    /// The next number of a counter, given to the dossier inside the commit: no hole, no race.
    Numero {
        /// Which counter (`dossier-2025`).
        compteur: String,
        /// Put before the number, zero-filled to 5 digits (`2025-` → `2025-00042`).
        prefixe: String,
        /// Who receives it.
        dossier: DossierId,
    },
    /// An échéance did its work.
    FinEcheance {
        /// Of what.
        dossier: DossierId,
        /// Which.
        appartient: Appartient,
    },
    /// A machine may call from now on.
    Cle(Box<CleMachine>),
    /// It may not any more.
    FinCle {
        /// Which key.
        cle: CleId,
        /// From when.
        le: Timestamp,
    },
    /// An account declared a household: the town's service says whose it is.
    Rattachement {
        /// As declared.
        foyer: FoyerId,
        /// Who declared it.
        personne: PersonneId,
        /// When.
        le: Timestamp,
    },
    /// The service said it.
    ReponseRattachement {
        /// As declared.
        foyer: FoyerId,
        /// What it said.
        reponse: ReponseRattachement,
        /// When.
        le: Timestamp,
    },
    /// An agent said whether two sheets of a household are one person: the facts, requests and rights of the first become the
    /// second's.
    ReponseRapprochement {
        /// Which household.
        foyer: FoyerId,
        /// The sheet that was declared.
        declaree: PersonneId,
        /// The one that the town knew.
        connue: PersonneId,
        /// Is it one person?
        meme: bool,
        /// When.
        le: Timestamp,
    },
    /// A secret link of an account may be followed from now on.
    LienCompte(Box<LienNeuf>),
    /// An account's links of these kinds, not followed yet, may not be any more.
    FinLiens {
        /// Whose account.
        compte: CompteId,
        /// Which kinds.
        genres: Vec<GenreLien>,
    },
    /// An account's sessions are over at once.
    FinSessions {
        /// Whose account.
        compte: CompteId,
        /// But this one: SHA-256 of its token.
        sauf: Option<[u8; 32]>,
    },
    /// A place is given back.
    RendPlace {
        /// Which counter of places.
        cle: String,
        /// How many.
        nombre: u32,
    },
    /// Answers kept for requests that come again are forgotten, where they show a dossier that was erased.
    OubliReponses {
        /// Which dossier.
        dossier: DossierId,
    },
    /// An effect that failed too often is due again.
    EffetRejoue {
        /// Which.
        cle: CleEffet,
        /// From when.
        le: Timestamp,
    },
    /// An effect that failed too often is given up: it never happens.
    EffetAbandonne {
        /// Which.
        cle: CleEffet,
        /// From when.
        le: Timestamp,
    },
}

/// The key with which a machine calls for an agent; only its hash is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleMachine {
    /// Which.
    pub id: CleId,
    /// What uses it, as the town calls it.
    pub nom: String,
    /// SHA-256 of its text.
    pub empreinte: [u8; 32],
    /// Whom it acts as in the journal.
    pub agent: AgentId,
    /// The contacts (roles) that it works for.
    pub roles: Vec<String>,
    /// Since when.
    pub cree_le: Timestamp,
    /// Until when.
    pub expire_le: Timestamp,
}
