//! The scalars of the language that say time: `06:00`, `mardi 2025-09-30`, `3 jours ouvres`, `16:20..18:10`.
//!
//! Each has one reader (`lit`), one canonical text (`Display`), and words for parents (`en_mots`).
//! Every error is an [`ErreurScalaire`]: what was expected, where in the scalar, and what to write.

mod date;
mod duree;
mod erreur;
mod heure;
mod mots;

pub use date::{JourAnnuel, MOIS, Mois, lit_date, lit_jour_semaine, lit_nom_mois};
pub(crate) use date::{date_du_mot, date_et_jour, jour_nomme};
pub use duree::{Duree, Unite};
pub use erreur::ErreurScalaire;
pub(crate) use erreur::proche;
pub use heure::{Heure, Plage};
pub(crate) use mots::{Mot, compte, entier, mots};
