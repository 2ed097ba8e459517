//! Figures and dates: "given these facts, what is the amount, the deadline, the day?"
//!
//! Pure: no clock, no randomness, no file. Whatever varies is an argument.

pub mod ajustement;
pub mod bareme;
pub mod calendrier;
pub mod condition;
pub mod date_fr;
pub mod echeancier;
#[cfg(test)]
mod essais;
pub mod expression;
pub mod faits;
pub mod fonctions;
pub mod lieu;
pub mod limite;
pub mod mesure;
pub mod montant;
pub mod periode;
pub mod phrase;
pub mod repere;
pub mod scalaire;
pub mod script;
pub mod selection;
mod syntaxe;
pub mod table;
pub mod trace;
pub mod valeur;
