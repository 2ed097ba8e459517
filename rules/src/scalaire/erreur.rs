//! The error of every scalar: told in French, at its place, with what to write.

use thiserror::Error;

/// A scalar that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct ErreurScalaire {
    /// What is wrong, in French.
    pub message: String,
    /// First byte, in the scalar.
    pub debut: usize,
    /// One past the last byte, in the scalar.
    pub fin: usize,
    /// What to write instead, in French.
    pub aide: Option<String>,
}

impl ErreurScalaire {
    /// An error on these bytes.
    pub fn nouvelle(message: impl Into<String>, debut: usize, fin: usize) -> Self {
        Self { message: message.into(), debut, fin, aide: None }
    }

    /// An error on the whole scalar.
    pub fn entier(texte: &str, message: impl Into<String>) -> Self {
        Self::nouvelle(message, 0, texte.len())
    }

    /// The same with its help.
    pub fn aide(mut self, aide: impl Into<String>) -> Self {
        self.aide = Some(aide.into());
        self
    }

    /// The same, for a scalar that starts `octets` further.
    pub(crate) fn decale(mut self, octets: usize) -> Self {
        self.debut += octets;
        self.fin += octets;
        self
    }
}

/// « vouliez-vous dire » : the known word nearest to `texte`, when it is near enough to be a slip.
pub(crate) fn proche<'a>(texte: &str, connus: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let texte = sans_accents(texte);
    let tolerance = if texte.chars().count() < 4 { 1 } else { 2 };
    connus
        .into_iter()
        .map(|connu| (strsim::damerau_levenshtein(&texte, connu), connu))
        .filter(|(distance, _)| *distance <= tolerance)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, connu)| connu)
}

/// Lower case, without the accents of French: the language is written in ASCII.
fn sans_accents(texte: &str) -> String {
    let sans = |c: char| match c {
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'à' | 'â' => 'a',
        'û' | 'ù' | 'ü' => 'u',
        'ô' => 'o',
        'î' | 'ï' => 'i',
        'ç' => 'c',
        autre => autre,
    };
    texte.to_lowercase().chars().map(sans).collect()
}
