//! Forms and pages as values: from a town's definition to HTML, and from what was posted to typed answers.
//!
//! Pure: templates reach this crate as strings, the day is an argument. Nothing here reads a file or a clock.

pub mod accuse;
pub mod couleur;
pub mod fenetre;
pub mod formulaire;
pub mod foyer;
pub mod francais;
pub mod gabarit;
pub mod ical;
pub mod import;
pub mod lettre;
pub mod pdf;
pub mod suivi;
pub mod vues;
