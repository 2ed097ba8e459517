//! The only SQL. What the engine decides is committed here, whole or not at all.
//!
//! A [`Store`] is one SQLite file a commune, opened on demand, or one PostgreSQL database that several processes share. Every
//! read and write goes through a [`Portee`]: the commune, and for a family its household, that a session row, a claimed task
//! or the command line gave. A write is an [`engine::decision::Decision`], data that one writer a commune commits in groups:
//! one commit for all, then the answers. On PostgreSQL the writers of several processes take the commune in turn, and row
//! security shows a transaction the rows of its commune only.
//!
//! # To add an aggregate, on both engines
//!
//! 1. `migrations/sqlite/NNNN_nom.sql` and `migrations/postgres/NNNN_nom.sql`, equal numbers, listed in `sqlite::MIGRATIONS`
//!    and `pg::schema::MIGRATIONS`. The same tables: `commune_id` first in every key and foreign key; `TEXT`, `INTEGER`, `BLOB`
//!    with `STRICT` on SQLite are `texte`, `BIGINT`, `BYTEA` on PostgreSQL (no boolean, no date, no JSON type). Row security
//!    and grants are given by `securite.sql` to every table.
//! 2. `src/nom.rs`: statements in `requetes!` (parameters `$1`, `ON CONFLICT`, `RETURNING`, no engine's own function; where
//!    the engines differ, `NOM = "…", pg: "…";`; `CAST(COALESCE(SUM(x), 0) AS BIGINT)`; columns by name, in order). Functions
//!    take `cx: &mut Cx` and run `requete(NOM).bind(commune)….fetch_all(cx)`; rows give `rang.try_get::<String>(0)`.
//! 3. Its reads in an `impl Store { … }` of the same file: `lit(&mut self.lecture(portee).await?, portee, …)`, filtered by
//!    `portee.filtre()` where it belongs to a household.
//! 4. Its writes: an `Ecriture` of the `Decision` with an arm in `commit`, or, for what no decision says (a session), an
//!    `Ordre` with its arm in `Ordre::execute` and `Rappels::apres`. A guard is a condition of the statement that writes.
//! 5. Its statements' `TOUTES` in `src/tests.rs`, its behaviour in `tests/contrat/`: each function there runs on both
//!    engines.

mod a_faire;
mod acces;
mod annuaire;
mod base;
mod cle;
mod cle_enfance;
mod coffre;
mod commit;
mod compte;
mod compteur;
mod courrier;
mod cx;
mod definition;
mod differe;
mod dossier;
mod echeance;
mod ecrivain;
mod erreur;
mod essai_cle;
mod fait;
mod foyer;
mod idempotence;
mod inscription;
mod instant;
mod journal;
mod ligne;
mod migration;
mod ordre;
mod outbox;
#[cfg(test)]
mod pannes;
mod pg;
mod portee;
mod publication;
mod rappel;
mod rapprochement;
mod rattachement;
mod recent;
mod reconnu;
mod reglage;
mod reservation;
mod session;
mod sql;
mod sqlite;
mod store;
mod suivi;
#[cfg(test)]
extern crate self as engine_store;
#[cfg(test)]
mod tests;
#[cfg(test)]
use tests::grappe;
mod travail;

pub use a_faire::{GenreTravail, TravailDu};
pub use annuaire::Designation;
pub use cle::CleLue;
pub use cle_enfance::{CleFaite, CleNeuve, CleRangee, EtatCle};
pub use coffre::Coffre;
pub use commit::Commis;
pub use compte::{EtatLien, LienDeCompte};
pub use courrier::Courrier;
pub use definition::{Epinglee, VersionGardee};
pub use dossier::{Curseur, EnCours, FiltreDossiers, ResumeDossier};
pub use echeance::EcheanceDue;
pub use erreur::Erreur;
pub use essai_cle::{Essai, EssaiFait};
pub use foyer::FoyerLu;
pub use idempotence::CleIdempotence;
pub use inscription::Inscription;
pub use journal::{EntreeLue, Fichiers, Mouvement, RuptureJournal, Tenu};
pub use outbox::{EffetDu, EffetMort};
pub use portee::Portee;
pub use publication::Publication;
pub use rapprochement::{EtatRapprochement, Rapprochement};
pub use recent::Recents;
pub use session::{Jeton, Session, SessionOuverte, Titre};
pub use store::Store;
pub use travail::{CompteEtape, EnTravail};
