//! Figures and dates: "given these facts, what is the amount, the deadline, the day?"
//!
//! Pure: no clock, no randomness, no file. Whatever varies is an argument.

pub mod expression;
pub mod faits;
pub mod fonctions;
pub mod lieu;
pub mod montant;
pub mod selection;
mod syntaxe;
pub mod valeur;
