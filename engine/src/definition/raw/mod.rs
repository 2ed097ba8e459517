//! What a configurateur writes, as it is written: read and typed, nothing resolved.
//!
//! The doc comments are the reference of keys (JSON Schema, tables of the guide, `guichet explain`): in French.

pub mod bareme;
pub mod cas;
pub mod cas_suivi;
pub mod commune;
pub mod demarche;
pub mod donnees;
pub mod effet;
pub mod exigence;
pub mod ligne;
pub mod piece;
pub mod pipeline;
pub mod regie;
pub mod service;
pub mod source;
pub mod valeurs;
