//! Which version of each town runs: how another one takes its place, and what dossiers stay on.
//!
//! A version goes live when the folder changes (watched, or at a signal) or when somebody publishes it; each time it is checked
//! first, its source is kept in the store and the journal of publications says who and since when. A folder that is refused
//! changes nothing: what ran goes on running, after a restart too.

mod aiguillage;
mod epingle;
mod reprise;
mod source;
mod surveille;
mod version;

pub(crate) use aiguillage::Aiguillage;
pub(crate) use epingle::{Fixees, examine};
pub(crate) use source::textes;
pub(crate) use surveille::Surveillance;
pub(crate) use version::{Essai, Refusee, Villes, Voulu, demarre, publie, vivants};
