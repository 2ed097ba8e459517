//! Definitions of towns and durable state machines, without a socket, a file or a clock.

pub mod decision;
pub mod definition;
pub mod demarche;
pub mod diagnostic;
pub mod foyer;
pub mod identifiant;
pub mod motif;
