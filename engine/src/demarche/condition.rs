//! Conditions over the form's answers and the family's facts.

use rules::expression::{ErreurCalcul, Expr, Hote};
use rules::faits::{FaitId, Faits};
use rules::selection::Selection;
use rules::valeur::Valeur;

/// What a `si` of a démarche says. Its dimensions are the town's facts, then the form's fields.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// The map form: every dimension's cell accepts its value; a dimension not written takes any value.
    Carte(Vec<(FaitId, Selection)>),
    /// The text form.
    Texte(Expr),
}

impl Condition {
    /// Does it hold? The text form may fail, and says so.
    pub fn tient(&self, faits: &Faits<'_>, hote: &dyn Hote) -> Result<bool, ErreurCalcul> {
        match self {
            Self::Carte(cellules) => Ok(cellules.iter().all(|(f, s)| s.accepte(faits.valeur(*f)))),
            // compiled as a condition: its value is a boolean
            Self::Texte(expr) => Ok(expr.evalue(faits, hote)? == Valeur::Booleen(true)),
        }
    }

    /// The facts that it reads.
    pub fn faits_lus(&self) -> Vec<FaitId> {
        match self {
            Self::Carte(cellules) => cellules.iter().map(|(f, _)| *f).collect(),
            Self::Texte(expr) => expr.faits_lus().to_vec(),
        }
    }
}
