//! Values that cross the border of the sandbox.

use std::sync::Arc;

use jiff::civil::Date;
use rhai::{Dynamic, Map};
use rust_decimal::Decimal;

use super::contrat::TypeScript;
use super::hote::Liste;

/// A value given to a script or returned by it.
#[derive(Clone, Debug, PartialEq)]
pub enum ValeurScript {
    /// Not known: only for an input declared with `?`.
    Absent,
    /// An exact number.
    Nombre(Decimal),
    /// Yes or no.
    Booleen(bool),
    /// A text, or the name of a choice.
    Texte(Box<str>),
    /// A civil date.
    Date(Date),
    /// Minutes since midnight.
    Heure(u16),
    /// Records, each with its columns in the order of the contract.
    Liste(Vec<Vec<ValeurScript>>),
}

impl ValeurScript {
    /// In the sandbox's form. `genre` names the columns of a list; the value was accepted by it.
    pub(super) fn vers_rhai(&self, genre: &TypeScript) -> Dynamic {
        match self {
            Self::Absent => Dynamic::UNIT,
            Self::Nombre(x) => Dynamic::from_decimal(*x),
            Self::Booleen(b) => Dynamic::from_bool(*b),
            Self::Texte(t) => Dynamic::from(t.to_string()),
            Self::Date(d) => Dynamic::from(*d),
            // an hour is computed with: minutes since midnight
            Self::Heure(h) => Dynamic::from_decimal((*h).into()),
            Self::Liste(lignes) => {
                let TypeScript::Liste(colonnes) = genre else { return Dynamic::UNIT };
                let enregistrement = |ligne: &Vec<Self>| {
                    let champs = colonnes.iter().zip(ligne);
                    let table: Map =
                        champs.map(|((nom, genre), v)| ((&**nom).into(), v.vers_rhai(genre))).collect();
                    Dynamic::from_map(table)
                };
                Dynamic::from(Liste(Arc::new(lignes.iter().map(enregistrement).collect())))
            }
        }
    }
}
