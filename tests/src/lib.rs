//! What the end-to-end tests share: the tree's files, and a running server.

pub mod arbre;
pub mod parcours;
pub mod serveur;
