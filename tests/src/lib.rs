//! What the end-to-end tests share: the tree's files, the command line, and a running server.

pub mod arbre;
pub mod commande;
#[allow(
    clippy::expect_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test without the cluster that it needs stops; shared with the store's contract"
)]
#[path = "../../engine/store/tests/contrat/grappe.rs"]
pub mod grappe;
pub mod hasard;
pub mod lettres;
pub mod magasin;
pub mod parcours;
pub mod precharge;
pub mod production;
pub mod routes;
pub mod scene;
pub mod serveur;
#[allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::missing_errors_doc,
    reason = "a test fails by panicking; shared with the tests of `api`"
)]
pub mod serveur_smtp;
pub mod trois_villes;
