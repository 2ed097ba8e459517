//! What the end-to-end tests share: the tree's files, the command line, and a running server.

pub mod arbre;
pub mod commande;
pub mod parcours;
pub mod serveur;
