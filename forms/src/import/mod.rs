//! The files of another program: tables of texts become families, or what is wrong with them, line by line.
//!
//! A line is read as a form is: the same fields, the same words for what is badly written.

mod colonnes;
mod famille;
mod ligne;

pub use colonnes::Fichier;
pub use famille::lit;

use engine::commune::Commune;
use engine::compte::Empreinte;
use engine::import::{FamilleReprise, Origine};
use jiff::civil::Date;

/// A file as it was read: texts, by column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tableau {
    /// What it holds.
    pub fichier: Fichier,
    /// Its name, for what is said of it.
    pub nom: String,
    /// Its columns, in order.
    pub colonnes: Vec<String>,
    /// Its lines.
    pub lignes: Vec<Ligne>,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ligne {
    /// Its number in the file: the header is 1.
    pub numero: u64,
    /// Its texts, in the order of the columns.
    pub valeurs: Vec<String>,
}

/// What is wrong, where, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Probleme {
    /// The file.
    pub fichier: String,
    /// The line; 0 = the whole file.
    pub ligne: u64,
    /// The column; empty = the whole line.
    pub colonne: String,
    /// Is it only to be looked at?
    pub attention: bool,
    /// What, and how to mend it: a French sentence.
    pub motif: String,
}

impl std::fmt::Display for Probleme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.fichier)?;
        if self.ligne > 0 {
            write!(f, ":{}", self.ligne)?;
        }
        if !self.colonne.is_empty() {
            write!(f, ", colonne « {} »", self.colonne)?;
        }
        let genre = if self.attention { "à vérifier" } else { "erreur" };
        write!(f, " : {genre} : {}", self.motif)
    }
}

/// What reading needs besides the files.
pub struct Lecture<'l> {
    /// The town, whose facts are columns.
    pub commune: &'l Commune,
    /// Where references come from.
    pub origine: Origine<'l>,
    /// Today.
    pub jour: Date,
    /// What a password left in the other program: kept, or why it cannot be (a French sentence).
    pub empreinte: &'l dyn Fn(&str) -> Result<Empreinte, String>,
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lu {
    /// The households, in the order of the files.
    pub familles: Vec<FamilleReprise>,
    /// What is wrong, by file and line.
    pub problemes: Vec<Probleme>,
}

impl Lu {
    /// May it be written?
    pub fn est_juste(&self) -> bool {
        self.problemes.iter().all(|p| p.attention)
    }
}
