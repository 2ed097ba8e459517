//! What the writer is asked: data, never a closure.

use engine::decision::{Appartient, CleEffet, Decision};
use engine::identifiant::DossierId;
use jiff::Timestamp;

use crate::acces::Acces;
use crate::commit::Commis;
use crate::courrier::Courrier;
use crate::definition::VersionGardee;
use crate::echeance::EcheanceDue;
use crate::idempotence::CleIdempotence;
use crate::outbox::EffetDu;
use crate::publication::Publication;
use crate::session::SessionNeuve;

/// One write.
#[derive(Clone, Debug)]
pub(crate) enum Ordre {
    /// Commits a decision.
    Commettre { decision: Box<Decision>, cle: Option<CleIdempotence> },
    /// Writes in the journal that somebody read, or acted in somebody's name.
    Consigner(Acces),
    /// Opens a session.
    OuvrirSession(SessionNeuve),
    /// Closes one.
    FermerSession { jeton: [u8; 32] },
    /// Takes effects that are due, until `jusqu_a`.
    PrendreEffets { maintenant: Timestamp, jusqu_a: Timestamp, nombre: u32 },
    /// An effect was executed; its letters are kept in the same transaction.
    EffetFait { cle: CleEffet, le: Timestamp, courriers: Vec<Courrier> },
    /// An effect failed: tried again from `reprise`, or left to somebody since `le`.
    EffetManque { cle: CleEffet, erreur: String, le: Timestamp, reprise: Option<Timestamp> },
    /// Takes échéances that are due, until `jusqu_a`.
    PrendreEcheances { maintenant: Timestamp, jusqu_a: Timestamp, nombre: u32 },
    /// An échéance has nothing to do any more.
    FermerEcheance { dossier: DossierId, appartient: Appartient },
    /// Keeps a version of the town and says that it was published.
    Publier { version: VersionGardee, publication: Publication },
    /// Keeps the whole answer of a request already committed under its key.
    GarderReponse { cle: String, corps: [u8; 32], reponse: String },
    /// Forgets the sessions over at `maintenant`, and the keys of acts older than `cles_avant`.
    Purger { maintenant: Timestamp, cles_avant: Timestamp },
    /// Sets a setting.
    Regler { cle: String, valeur: String },
}

/// What the writer answers.
#[derive(Debug)]
pub(crate) enum Recu {
    Fait,
    Commis(Commis),
    Effets(Vec<EffetDu>),
    Echeances(Vec<EcheanceDue>),
    Purges(u64),
}
