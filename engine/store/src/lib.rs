//! The only SQL. What the engine decides is committed here, whole or not at all.
//!
//! A [`Store`] holds one database file a commune, opened on demand. Every read and write goes through a [`Portee`]: the commune,
//! and for a family its household, that a session row, a claimed task or the command line gave. A write is an [`engine::decision::Decision`], data
//! that one writer a commune commits in groups: each in its savepoint, one commit for all, then the answers.
//!
//! To add an aggregate: a table in a new migration, a file here with its statements in `requetes!` (a test prepares each),
//! an arm in `commit` if a `Decision` writes it. SQL that both engines read lives in those constants; only what differs
//! (claiming work, upserts that cannot be shared) would get two texts.

mod a_faire;
mod acces;
mod annuaire;
mod cle;
mod commit;
mod compteur;
mod courrier;
mod definition;
mod dossier;
mod echeance;
mod erreur;
mod fait;
mod foyer;
mod idempotence;
mod inscription;
mod instant;
mod journal;
mod ligne;
mod ordre;
mod outbox;
mod portee;
mod publication;
mod reglage;
mod reservation;
mod session;
mod sql;
mod sqlite;
mod store;
#[cfg(test)]
mod tests;
mod travail;

pub use a_faire::{GenreTravail, TravailDu};
pub use annuaire::Designation;
pub use cle::CleLue;
pub use commit::Commis;
pub use courrier::Courrier;
pub use definition::{Epinglee, VersionGardee};
pub use dossier::{Curseur, EnCours, FiltreDossiers, ResumeDossier};
pub use echeance::EcheanceDue;
pub use erreur::Erreur;
pub use idempotence::CleIdempotence;
pub use inscription::Inscription;
pub use journal::{EntreeLue, RuptureJournal};
pub use outbox::{EffetDu, EffetMort};
pub use portee::Portee;
pub use publication::Publication;
pub use session::{Jeton, Session};
pub use store::Store;
pub use travail::{CompteEtape, EnTravail};
