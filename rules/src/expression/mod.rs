//! The one expression syntax of `si: "…"`, `formule: "…"`, `plancher: "…"`: a strict subset of Rhai, typed.
//!
//! Read from Rhai's own syntax tree, so that a text means the same here and in a script, then lowered to typed trees:
//! a text that compiles cannot meet a type error, an unknown name or an unguarded absent fact when it runs.
//! Numbers are exact decimals (`7 / 2` is 3.5). Whatever does not lower belongs in a script of `regles/`.

mod arbre;
mod bornes;
mod lecture;
#[cfg(test)]
mod tests;

use std::fmt;

use rust_decimal::Decimal;

pub use crate::fonctions::{ErreurCalcul, Hote, SansCalendrier};
pub use bornes::Bornes;

use crate::faits::{FaitId, Faits, Symboles};
use crate::valeur::{Domaine, Valeur};

/// Longest text, in bytes: beyond it, a script reads better.
pub const TEXTE_MAX: usize = 2_000;

/// The type that the place of an expression asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeExpr {
    /// A condition.
    Booleen,
    /// A quantity or an amount in euros.
    Nombre,
    /// A civil date.
    Date,
}

/// One problem of a text, with the bytes it underlines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErreurExpr {
    /// `RHA01` not readable, `RHA02` unknown name, wrong arity or unguarded absent fact, `RHA03` not allowed here,
    /// `RHA04` wrong type.
    pub code: &'static str,
    /// What is wrong, in French.
    pub message: String,
    /// First byte of the text that is wrong.
    pub debut: usize,
    /// The byte after the last.
    pub fin: usize,
    /// What to write instead.
    pub aide: Option<String>,
}

/// A compiled expression. It is immutable and cheap to run (no allocation).
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    racine: arbre::Racine,
    texte: Box<str>,
    faits: Box<[FaitId]>,
    constantes: Box<[Constante]>,
}

/// A figure written in the text, for those who ask whether a test would notice another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Constante {
    /// The figure.
    pub valeur: Decimal,
    /// Its first byte in the text.
    pub debut: usize,
    /// The byte after its last.
    pub fin: usize,
}

impl Expr {
    /// Reads, types and lowers `texte`; every problem is reported, in the order of the text.
    ///
    /// A fact that [`Symboles::peut_manquer`] must be guarded by `est_connu`. Where the place itself guards it
    /// (a table's row whose interval leaves `absent` out), pass [`Sachant`].
    pub fn compile(texte: &str, symboles: &dyn Symboles, attendu: TypeExpr) -> Result<Self, Vec<ErreurExpr>> {
        lecture::compile(texte, symboles, attendu)
    }

    /// The value over these facts.
    pub fn evalue(&self, faits: &Faits, hote: &dyn Hote) -> Result<Valeur, ErreurCalcul> {
        match &self.racine {
            arbre::Racine::Booleen(b) => b.evalue(faits, hote).map(Valeur::Booleen),
            arbre::Racine::Nombre(n) => n.evalue(faits, hote).map(Valeur::Nombre),
            arbre::Racine::Date(d) => d.evalue(faits, hote).map(Valeur::Date),
        }
    }

    /// The facts it reads, in the order of their ids, each once.
    pub fn faits_lus(&self) -> &[FaitId] {
        &self.faits
    }

    /// The figures it writes, in the order of the text. `arrondi`'s number of decimals is one.
    pub fn constantes(&self) -> &[Constante] {
        &self.constantes
    }

    /// Between what a number lies when each fact lies within `faits` and each `parametre` within `parametres`.
    ///
    /// It is never narrower than the truth, and may be wider (`x - x` is not seen to be 0). No bounds for what is not a number.
    pub fn bornes(&self, faits: &dyn Fn(FaitId) -> Bornes, parametres: &dyn Fn(u16) -> Bornes) -> Bornes {
        match &self.racine {
            arbre::Racine::Nombre(n) => bornes::du_nombre(n, faits, parametres),
            _ => Bornes::AUCUNE,
        }
    }
}

/// The text, as written.
impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.texte)
    }
}

/// The symbols of a place that already knows some facts: the conditions beside the expression leave `absent` out.
#[derive(Clone, Copy)]
pub struct Sachant<'a> {
    /// The town's symbols.
    pub symboles: &'a dyn Symboles,
    /// The facts that are known here.
    pub connus: &'a [FaitId],
}

impl Symboles for Sachant<'_> {
    fn fait(&self, nom: &str) -> Option<FaitId> {
        self.symboles.fait(nom)
    }

    fn domaine(&self, fait: FaitId) -> &Domaine {
        self.symboles.domaine(fait)
    }

    fn nom(&self, fait: FaitId) -> &str {
        self.symboles.nom(fait)
    }

    fn peut_manquer(&self, fait: FaitId) -> bool {
        !self.connus.contains(&fait) && self.symboles.peut_manquer(fait)
    }

    fn noms(&self) -> Vec<&str> {
        self.symboles.noms()
    }

    fn parametre(&self, nom: &str) -> Option<u16> {
        self.symboles.parametre(nom)
    }
}
