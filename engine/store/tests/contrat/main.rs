//! The contract of the store: what every function does, the same on SQLite and on PostgreSQL.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "a test fails by panicking"
)]

mod annuaire;
mod base;
mod cles_enfance;
mod cloisons;
mod coffre;
mod comptes;
mod concurrence;
mod dossiers;
mod fusions;
mod grappe;
mod journal;
#[path = "../../../../rules/tests/longs/mod.rs"]
mod longs;
mod pannes;
mod portees;
mod publications;
mod rattachements;
mod travail;
mod valeurs;
mod versions;
