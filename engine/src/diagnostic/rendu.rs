//! The same facts as text, JSON, GitHub annotations or SARIF. Strings only: the process prints them.

mod github;
mod json;
mod sarif;
mod texte;

use super::{Diagnostic, Gravite};
use crate::definition::source::{Position, SourceSet, Span};

/// How diagnostics are rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Underlined sources, for a terminal.
    Texte,
    /// One JSON object.
    Json,
    /// Workflow commands: annotations of a pull request.
    Github,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

impl Format {
    /// The names accepted on the command line.
    pub const NOMS: [&'static str; 4] = ["texte", "json", "github", "sarif"];

    /// The format of this name.
    pub fn trouve(nom: &str) -> Option<Self> {
        match nom {
            "texte" => Some(Self::Texte),
            "json" => Some(Self::Json),
            "github" => Some(Self::Github),
            "sarif" => Some(Self::Sarif),
            _ => None,
        }
    }
}

/// What a rendering needs besides the diagnostics.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// Put before each path: where the folder of the communes is, as the reader sees it (`communes/`).
    pub racine: &'a str,
    /// Colours, for a terminal.
    pub couleurs: bool,
    /// Most diagnostics shown as text; the rest is counted.
    pub maximum: usize,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { racine: "", couleurs: false, maximum: 50 }
    }
}

/// Renders sorted diagnostics (see [`super::trie`]). The text ends with the summary line.
pub fn rend(format: Format, diagnostics: &[Diagnostic], sources: &SourceSet, options: Options<'_>) -> String {
    match format {
        Format::Texte => texte::rend(diagnostics, sources, options),
        Format::Json => json::rend(diagnostics, sources, options),
        Format::Github => github::rend(diagnostics, sources, options),
        Format::Sarif => sarif::rend(diagnostics, sources, options),
    }
}

/// Path, start and end of a span, as shown.
struct Lieu {
    chemin: String,
    debut: Position,
    fin: Position,
}

fn lieu(sources: &SourceSet, span: Span, racine: &str) -> Lieu {
    Lieu {
        chemin: format!("{racine}{}", sources.chemin(span.fichier)),
        debut: sources.position(span.fichier, span.debut),
        fin: sources.position(span.fichier, span.fin),
    }
}

fn nom(gravite: Gravite) -> &'static str {
    match gravite {
        Gravite::Erreur => "erreur",
        Gravite::Attention => "attention",
        Gravite::Info => "information",
    }
}
