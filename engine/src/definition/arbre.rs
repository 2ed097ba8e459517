//! The spanned tree of a YAML file: what was written, where, and how it was quoted. No type is guessed here.

mod caracteres;
mod construit;
mod pieges;
mod syntaxe;

pub use construit::lit;

use super::source::Span;

/// Most nodes (keys and values) of a file.
pub const NOEUDS_MAX: usize = 50_000;
/// Deepest nesting of maps and lists.
pub const PROFONDEUR_MAX: usize = 32;
/// Most problems reported by [`lit`] for a file; with more, it is refused.
pub const REMARQUES_MAX: usize = 200;

/// A value of the file, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noeud {
    /// From its first to its last character; quotes and brackets included.
    pub span: Span,
    /// What it is.
    pub contenu: Contenu,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contenu {
    /// A text, as written: `3.50` stays `3.50`.
    Scalaire(Scalaire),
    /// `[a, b]` or lines with dashes.
    Liste(Vec<Noeud>),
    /// `clé: valeur`, in the order written; no key twice.
    Carte(Vec<(Cle, Noeud)>),
    /// Nothing after the colon, `~` or `null`.
    Nul,
}

/// A text and how it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalaire {
    /// The value: escapes and folding done, nothing else.
    pub texte: String,
    /// How it was written.
    pub style: Style,
    /// When `texte` is, byte for byte, a part of the source: how many bytes after the start of the span it begins.
    pub decalage: Option<u32>,
}

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Nu,
    /// With `'` or `"`.
    Guillemets,
    /// A block, `|` or `>`.
    Bloc,
}

/// The key of a map entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cle {
    /// The key, as written.
    pub texte: String,
    /// Where.
    pub span: Span,
}

impl Noeud {
    /// A text that a typed block already read, as a node again: for the parsers that place their errors in it.
    pub fn texte_nu(span: Span, texte: &str) -> Self {
        // a plain scalar stands at its span; a quoted one begins one byte later
        let decalage =
            u32::try_from(texte.len()).ok().and_then(|n| match (span.fin - span.debut).checked_sub(n)? {
                0 => Some(0),
                2 => Some(1),
                _ => None,
            });
        let scalaire = Scalaire { texte: texte.to_owned(), style: Style::Nu, decalage };
        Self { span, contenu: Contenu::Scalaire(scalaire) }
    }

    /// The text of a scalar.
    pub fn texte(&self) -> Option<&str> {
        self.scalaire().map(|s| s.texte.as_str())
    }

    /// The scalar, if it is one.
    pub fn scalaire(&self) -> Option<&Scalaire> {
        match &self.contenu {
            Contenu::Scalaire(scalaire) => Some(scalaire),
            _ => None,
        }
    }

    /// The elements of a list.
    pub fn liste(&self) -> Option<&[Noeud]> {
        match &self.contenu {
            Contenu::Liste(elements) => Some(elements),
            _ => None,
        }
    }

    /// The entries of a map.
    pub fn carte(&self) -> Option<&[(Cle, Noeud)]> {
        match &self.contenu {
            Contenu::Carte(entrees) => Some(entrees),
            _ => None,
        }
    }

    /// The entry of this key, when the node is a map that has it.
    pub fn entree(&self, cle: &str) -> Option<(&Cle, &Noeud)> {
        self.carte()?.iter().find(|(c, _)| c.texte == cle).map(|(c, n)| (c, n))
    }

    /// The value of this key, when the node is a map that has it.
    pub fn champ(&self, cle: &str) -> Option<&Noeud> {
        self.entree(cle).map(|(_, noeud)| noeud)
    }

    /// Nothing was written.
    pub fn est_nul(&self) -> bool {
        self.contenu == Contenu::Nul
    }

    /// The place of bytes `debut..fin` of the scalar's text; the whole node when the text was escaped or folded.
    pub fn partie(&self, debut: usize, fin: usize) -> Span {
        let decale = |d: u32, n: usize| u32::try_from(n).map_or(u32::MAX, |n| d.saturating_add(n));
        match self.scalaire().and_then(|s| s.decalage) {
            Some(d) => self.span.partie(decale(d, debut), decale(d, fin)),
            None => self.span,
        }
    }

    /// What it is, for « trouvé … »: `« trois »`, `une liste`, `un bloc de clés`, `rien`.
    pub fn en_mots(&self) -> String {
        match &self.contenu {
            Contenu::Scalaire(s) => format!("« {} »", abrege(&s.texte)),
            Contenu::Liste(_) => "une liste".to_owned(),
            Contenu::Carte(_) => "un bloc de clés".to_owned(),
            Contenu::Nul => "rien".to_owned(),
        }
    }

    /// Number of nodes, keys included.
    pub fn taille(&self) -> usize {
        match &self.contenu {
            Contenu::Liste(elements) => 1 + elements.iter().map(Self::taille).sum::<usize>(),
            Contenu::Carte(entrees) => 1 + entrees.iter().map(|(_, n)| 1 + n.taille()).sum::<usize>(),
            _ => 1,
        }
    }
}

/// A text short enough for a message: its first line, 40 characters at most.
pub(crate) fn abrege(texte: &str) -> String {
    let ligne = texte.lines().next().unwrap_or("");
    let court: String = ligne.chars().take(40).collect();
    if court.len() < texte.len() { format!("{}…", court.trim_end()) } else { court }
}
