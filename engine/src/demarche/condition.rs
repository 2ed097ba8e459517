//! Conditions over the form's answers and the family's facts.

use rules::faits::{FaitId, Faits};
use rules::selection::Selection;

/// What a `si` of a démarche says. Its dimensions are the town's facts, then the form's fields.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// The map form: every dimension's cell accepts its value; a dimension not written takes any value.
    Carte(Vec<(FaitId, Selection)>),
}

impl Condition {
    /// Does it hold?
    pub fn tient(&self, faits: &Faits<'_>) -> bool {
        match self {
            Self::Carte(cellules) => cellules.iter().all(|(f, s)| s.accepte(faits.valeur(*f))),
        }
    }
}
