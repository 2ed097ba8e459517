//! `si`: a map of conditions, a text, or both; all must hold.

use crate::expression::{ErreurCalcul, Expr, Hote};
use crate::faits::{FaitId, Faits};
use crate::selection::Selection;
use crate::table::axe::Axe;
use crate::valeur::{Domaine, Valeur};

/// A compiled `si`. Without anything written, it always holds.
#[derive(Clone, Debug, Default)]
pub struct Condition {
    carte: Vec<(FaitId, Axe, Vec<u32>)>,
    texte: Option<Expr>,
}

impl Condition {
    /// Compiles the map and the text. Numbers are brought to their `pas` as in a table. `Err(fait)`: the selection is not
    /// of the fact's type, or mentions too many names of a set.
    pub fn compile(carte: Vec<(FaitId, Domaine, Selection)>, texte: Option<Expr>) -> Result<Self, FaitId> {
        let carte = carte.into_iter().map(|(fait, domaine, selection)| {
            let axe = Axe::coupe(&domaine, std::iter::once(&selection))
                .filter(|a| a.comprend(&selection))
                .ok_or(fait)?;
            let prises = axe.prises(&selection);
            Ok((fait, axe, prises))
        });
        Ok(Self { carte: carte.collect::<Result<_, _>>()?, texte })
    }

    /// Does it hold for these facts?
    pub fn tient(&self, faits: &Faits<'_>, hote: &dyn Hote) -> Result<bool, ErreurCalcul> {
        for (fait, axe, prises) in &self.carte {
            let classe = axe.classe(faits.valeur(*fait)).ok_or(ErreurCalcul::TypeInattendu(*fait))?;
            if !prises.contains(&classe) {
                return Ok(false);
            }
        }
        match &self.texte {
            None => Ok(true),
            Some(texte) => Ok(texte.evalue(faits, hote)? == Valeur::Booleen(true)),
        }
    }

    /// The facts it reads.
    pub fn faits_lus(&self) -> impl Iterator<Item = FaitId> {
        self.carte
            .iter()
            .map(|(f, ..)| *f)
            .chain(self.texte.iter().flat_map(|t| t.faits_lus().iter().copied()))
    }
}
