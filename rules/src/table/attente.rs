//! Stand-in until typed expressions land: no value of it can be made.

use crate::faits::Faits;
use crate::valeur::Valeur;

/// A typed expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {}

/// What the host offers to expressions (calendars).
pub trait Hote {}

/// A host that knows no calendar.
#[derive(Clone, Copy, Debug, Default)]
pub struct SansCalendrier;

impl Hote for SansCalendrier {}

/// Why an expression has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErreurCalcul {}

impl Expr {
    /// Its value for these facts.
    pub fn evalue(&self, _faits: &Faits<'_>, _hote: &dyn Hote) -> Result<Valeur, ErreurCalcul> {
        match *self {}
    }
}
