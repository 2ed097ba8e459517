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
pub mod magasin;
pub mod parcours;
pub mod routes;
pub mod scene;
pub mod serveur;
