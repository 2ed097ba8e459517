//! Tables of disjoint rows: conditions on declared dimensions → one result.
//!
//! Prices, deadlines, rights and derived facts are all such tables. Rows have no order: two rows may not take the same
//! case, and each case has a row. Compiling a table *is* its analysis: each dimension is cut into elementary classes
//! ([`axe`]), each cell of their product is written by the row that takes it, and what is written twice or never is a
//! [`Constat`] with a witness.

mod analyse;
pub mod axe;
mod boite;
mod cellules;
mod colonnes;
mod compile;
mod grand;
#[cfg(test)]
mod tests;

use crate::expression::{ErreurCalcul, Expr, Hote};
use crate::faits::{FaitId, Faits};
use crate::lieu::Lieu;
use crate::selection::Selection;
use crate::valeur::{Domaine, Valeur};

use axe::Axe;
use cellules::Cellules;
pub use colonnes::Colonne;
use grand::Grand;

/// Above this number of cells, a table answers by one set of rows a class instead of one row a cell.
pub const CELLULES_MAX: usize = 1 << 18;

/// A fact that the rows of a table may speak of.
#[derive(Clone, Debug, PartialEq)]
pub struct Dimension {
    /// The fact.
    pub fait: FaitId,
    /// The values it may take.
    pub domaine: Domaine,
    /// May it be absent? Then the table must say what happens.
    pub peut_manquer: bool,
}

/// A row: when all conditions hold, `resultat`.
#[derive(Clone, Debug, PartialEq)]
pub struct Ligne<R> {
    /// What it accepts, a fact at most once; a dimension not written takes any value, `absent` included.
    pub conditions: Vec<(FaitId, Selection)>,
    /// The text form of `si`: the analysis sees it as a boolean it knows nothing of.
    pub garde: Option<Expr>,
    /// Exactly what no other row takes.
    pub sinon: bool,
    /// The result.
    pub resultat: R,
    /// Where it is written.
    pub lieu: Lieu,
    /// `ligne: t3`.
    pub nom: Option<Box<str>>,
}

/// A compiled table.
#[derive(Clone, Debug)]
pub struct Table<R> {
    dimensions: Box<[Dimension]>,
    axes: Box<[Axe]>,
    lignes: Box<[Ligne<R>]>,
    corps: Corps,
    sinon: Option<u32>,
}

#[derive(Clone, Debug)]
enum Corps {
    Cellules(Cellules),
    Grand(Grand),
}

/// Why no row answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manque {
    /// No row takes the case, and this fact is absent: knowing it is what is missing.
    Absent(FaitId),
    /// No row takes the case.
    Trou,
    /// Two rows take the case; numbers of rows.
    Recouvrement(u32, u32),
    /// The fact's value is not of the dimension's type, or does not fit: the caller's mistake.
    HorsDomaine(FaitId),
    /// A text condition has no value.
    Garde(u32, ErreurCalcul),
}

/// What a box of cases is: a set of values on each dimension that matters (the others: all values).
pub type Boite = Vec<(FaitId, Selection)>;
/// One case, a value for each dimension.
pub type Temoin = Vec<(FaitId, Valeur)>;

/// What compiling a table found. Numbers of rows are their places in the file.
#[derive(Clone, Debug, PartialEq)]
pub enum Constat {
    /// No row takes these cases.
    Trou {
        /// The smallest case of the hole.
        temoin: Temoin,
        /// The whole hole.
        boite: Boite,
    },
    /// No row says what happens when the fact is absent, while some row does when it is known.
    AbsentNonCouvert {
        /// The fact.
        fait: FaitId,
        /// A case.
        temoin: Temoin,
        /// The whole hole.
        boite: Boite,
    },
    /// Two rows take these cases.
    Recouvrement {
        /// A row.
        a: u32,
        /// A later row.
        b: u32,
        /// The smallest such case.
        temoin: Temoin,
        /// All such cases.
        boite: Boite,
    },
    /// A row with a text condition meets another: when the text holds, both take the case. Not analysed further.
    RecouvrementPossible {
        /// A row.
        a: u32,
        /// A later row.
        b: u32,
        /// A case.
        temoin: Temoin,
    },
    /// The row takes no possible case.
    LigneMorte {
        /// The row.
        ligne: u32,
    },
    /// A bound that the fact never reaches, because it is brought to its `pas` first.
    BorneHorsPas {
        /// The row.
        ligne: u32,
        /// The fact.
        fait: FaitId,
        /// The bound.
        valeur: rust_decimal::Decimal,
    },
    /// What the `sinon` row takes: printed, so that it is never a hidden default.
    SinonCouvre {
        /// The row.
        ligne: u32,
        /// The cases, in boxes (at most [`CONSTATS_MAX`]).
        boites: Vec<Boite>,
    },
    /// The `sinon` row takes nothing.
    SinonNeCouvreRien {
        /// The row.
        ligne: u32,
    },
    /// A second `sinon` row.
    SinonEnDouble {
        /// The second.
        ligne: u32,
    },
    /// A `sinon` row with conditions.
    SinonConditionne {
        /// The row.
        ligne: u32,
    },
    /// A text condition needs a `sinon` row: the analysis cannot know when it holds.
    GardeSansSinon {
        /// The row.
        ligne: u32,
    },
    /// A condition on a fact that the table does not declare.
    ColonneInconnue {
        /// The row.
        ligne: u32,
        /// The fact.
        fait: FaitId,
    },
    /// A declared dimension that no row reads.
    DimensionInutile {
        /// The fact.
        fait: FaitId,
    },
    /// A condition that is not of the fact's type.
    TypeFaux {
        /// The row.
        ligne: u32,
        /// The fact.
        fait: FaitId,
    },
    /// The rows mention more than [`axe::NOMS_PAR_ENSEMBLE`] names of a set: the dimension is not compiled, and the table refuses.
    EnsembleTropGrand {
        /// The fact.
        fait: FaitId,
    },
    /// More findings of the same kind than are listed.
    EtAutres {
        /// How many cells or pairs were left out.
        nombre: usize,
    },
    /// The table is too large for the analysis; it still answers, and refuses what it finds at run time.
    NonAnalyse,
}

/// How many findings of one kind are listed.
pub const CONSTATS_MAX: usize = 20;

impl Constat {
    /// Does it make the table wrong (or only worth reading)?
    pub fn bloque(&self) -> bool {
        !matches!(
            self,
            Self::SinonCouvre { .. }
                | Self::DimensionInutile { .. }
                | Self::RecouvrementPossible { .. }
                | Self::NonAnalyse
                | Self::BorneHorsPas { .. }
        )
    }
}

impl<R> Table<R> {
    /// Compiles and analyses. The table is usable whatever the findings: what is uncovered or covered twice refuses.
    pub fn compile(dimensions: Vec<Dimension>, lignes: Vec<Ligne<R>>) -> (Self, Vec<Constat>) {
        compile::compile(dimensions, lignes, CELLULES_MAX)
    }

    /// The rows, in the order of the file.
    pub fn lignes(&self) -> &[Ligne<R>] {
        &self.lignes
    }

    /// The row number `i`.
    pub fn ligne(&self, i: u32) -> Option<&Ligne<R>> {
        self.lignes.get(usize::try_from(i).ok()?)
    }

    /// The number of the row called `nom`.
    pub fn nommee(&self, nom: &str) -> Option<u32> {
        let i = self.lignes.iter().position(|l| l.nom.as_deref() == Some(nom))?;
        u32::try_from(i).ok()
    }

    /// The dimensions, in the order declared.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// The axis of `fait`, if it is a dimension.
    pub fn axe(&self, fait: FaitId) -> Option<&Axe> {
        self.axes.get(self.place(fait)?)
    }

    fn place(&self, fait: FaitId) -> Option<usize> {
        self.dimensions.iter().position(|d| d.fait == fait)
    }

    /// The row that takes these facts. `hote` answers the text conditions.
    #[inline]
    pub fn cherche(&self, faits: &Faits<'_>, hote: &dyn Hote) -> Result<u32, Manque> {
        match &self.corps {
            Corps::Cellules(c) => {
                let mut cellule = 0;
                for (d, (axe, pas)) in self.dimensions.iter().zip(self.axes.iter().zip(c.pas.iter())) {
                    let classe = axe.classe(faits.valeur(d.fait)).ok_or(Manque::HorsDomaine(d.fait))?;
                    cellule += classe * pas;
                }
                if let Some(ligne) = c.simple(cellule) {
                    return Ok(ligne);
                }
                self.conclut(c.candidates(cellule), faits, hote)
            }
            Corps::Grand(g) => self.conclut(&g.candidates(&self.classes(faits)?), faits, hote),
        }
    }

    /// The class of each dimension.
    fn classes(&self, faits: &Faits<'_>) -> Result<Vec<u32>, Manque> {
        let classe = |(d, axe): (&Dimension, &Axe)| {
            axe.classe(faits.valeur(d.fait)).ok_or(Manque::HorsDomaine(d.fait))
        };
        self.dimensions.iter().zip(self.axes.iter()).map(classe).collect()
    }

    /// Among rows whose boxes hold the case, the one whose text holds too.
    fn conclut(&self, candidates: &[u32], faits: &Faits<'_>, hote: &dyn Hote) -> Result<u32, Manque> {
        let mut trouvee = None;
        for i in candidates {
            let tient = match self.ligne(*i).and_then(|l| l.garde.as_ref()) {
                None => true,
                Some(garde) => {
                    garde.evalue(faits, hote).map_err(|e| Manque::Garde(*i, e))? == Valeur::Booleen(true)
                }
            };
            if tient && let Some(autre) = trouvee.replace(*i) {
                return Err(Manque::Recouvrement(autre, *i));
            }
        }
        trouvee.or(self.sinon).ok_or_else(|| {
            let absente = self.dimensions.iter().find(|d| faits.valeur(d.fait) == Valeur::Absent);
            absente.map_or(Manque::Trou, |d| Manque::Absent(d.fait))
        })
    }

    /// The row beside the one that takes these facts, `de` rows further along `axe` (negative: towards smaller values),
    /// the other dimensions unchanged. `Ok(None)`: no such row, or the fact is absent.
    pub fn voisine(
        &self,
        faits: &Faits<'_>,
        axe: FaitId,
        de: i32,
        hote: &dyn Hote,
    ) -> Result<Option<u32>, Manque> {
        let place = self.place(axe).ok_or(Manque::HorsDomaine(axe))?;
        let (Some(coupe), depart) = (self.axes.get(place), faits.valeur(axe)) else { return Ok(None) };
        let mut ligne = self.cherche(faits, hote)?;
        let mut classe = coupe.classe(depart).ok_or(Manque::HorsDomaine(axe))?;
        if depart == Valeur::Absent {
            return Ok(None);
        }
        let mut valeurs = faits.valeurs.to_vec();
        for _ in 0..de.unsigned_abs() {
            loop {
                let suivante = if de < 0 {
                    classe.checked_sub(1)
                } else {
                    Some(classe + 1).filter(|c| *c < coupe.absente())
                };
                let Some(suivante) = suivante.filter(|c| coupe.possible(*c)) else { return Ok(None) };
                classe = suivante;
                let (Some(v), Some(place)) = (coupe.exemple(classe), valeurs.get_mut(usize::from(axe.0)))
                else {
                    return Ok(None);
                };
                *place = v;
                let autre = self.cherche(&Faits { valeurs: &valeurs, parametres: faits.parametres }, hote)?;
                if autre != ligne {
                    ligne = autre;
                    break;
                }
            }
        }
        Ok(Some(ligne))
    }
}
