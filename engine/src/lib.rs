//! Definitions of towns and durable state machines, without a socket, a file or a clock.

pub mod annee;
pub mod cas;
pub mod cle_enfance;
pub mod commune;
pub mod compte;
pub mod decision;
pub mod definition;
pub mod demarche;
pub mod derive;
pub mod diagnostic;
pub mod foyer;
pub mod garde_alternee;
pub mod identifiant;
pub mod import;
pub mod lint;
pub mod message;
pub mod motif;
pub mod plan;
pub mod regie;
pub mod reservation;
pub mod service;
pub mod tarification;
pub mod vocabulaire;
