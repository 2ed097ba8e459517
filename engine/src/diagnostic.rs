//! What the checks report: a value with its place, its help and its copy-paste fix; renderers make text of it.

pub mod codes;
pub mod rendu;

pub use codes::Code;

use crate::definition::source::{SourceSet, Span};

/// How serious a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gravite {
    /// The definition is refused.
    Erreur,
    /// The definition is accepted; `--strict` refuses it.
    Attention,
    /// Good to know.
    Info,
}

/// A replacement to paste: `texte` instead of what `span` covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// What is replaced (may be empty: an insertion).
    pub span: Span,
    /// The new text.
    pub texte: String,
}

/// One fact about a definition, in the words of the person who wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The check.
    pub code: Code,
    /// Severity, usually the code's.
    pub gravite: Gravite,
    /// One French sentence, without a final period.
    pub message: String,
    /// Where to look.
    pub principal: Span,
    /// Other places, each with what it shows (« déjà écrite ici »).
    pub secondaires: Vec<(Span, String)>,
    /// What to do.
    pub aide: Option<String>,
    /// A fix that can be pasted.
    pub correction: Option<Correction>,
    /// A counterexample: facts for which the rule fails (« residence: dos, quotient: 900.5 »).
    pub temoin: Option<String>,
}

impl Diagnostic {
    /// A diagnostic with the code's severity.
    pub fn new(code: Code, principal: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            gravite: code.gravite(),
            message: message.into(),
            principal,
            secondaires: Vec::new(),
            aide: None,
            correction: None,
            temoin: None,
        }
    }

    /// With another severity than the code's.
    #[must_use]
    pub fn gravite(mut self, gravite: Gravite) -> Self {
        self.gravite = gravite;
        self
    }

    /// With another place and what it shows.
    #[must_use]
    pub fn secondaire(mut self, span: Span, texte: impl Into<String>) -> Self {
        self.secondaires.push((span, texte.into()));
        self
    }

    /// With what to do.
    #[must_use]
    pub fn aide(mut self, aide: impl Into<String>) -> Self {
        self.aide = Some(aide.into());
        self
    }

    /// With a replacement to paste.
    #[must_use]
    pub fn correction(mut self, span: Span, texte: impl Into<String>) -> Self {
        self.correction = Some(Correction { span, texte: texte.into() });
        self
    }

    /// With a counterexample.
    #[must_use]
    pub fn temoin(mut self, temoin: impl Into<String>) -> Self {
        self.temoin = Some(temoin.into());
        self
    }
}

/// Puts diagnostics in the order of (path, offset, code, message) and removes the ones that repeat.
pub fn trie(diagnostics: &mut Vec<Diagnostic>, sources: &SourceSet) {
    diagnostics.sort_by(|a, b| {
        let cle = |d: &Diagnostic| (d.principal.debut, d.code, d.principal.fin);
        sources
            .chemin(a.principal.fichier)
            .cmp(sources.chemin(b.principal.fichier))
            .then_with(|| cle(a).cmp(&cle(b)))
            .then_with(|| a.message.cmp(&b.message))
    });
    diagnostics.dedup();
}

/// « 3 erreurs, 2 attentions »; « aucune erreur » when there is nothing.
pub fn resume(diagnostics: &[Diagnostic]) -> String {
    let compte = |gravite, un: &str, plusieurs: &str| match diagnostics
        .iter()
        .filter(|d| d.gravite == gravite)
        .count()
    {
        0 => None,
        1 => Some(format!("1 {un}")),
        n => Some(format!("{n} {plusieurs}")),
    };
    let parts: Vec<String> = [
        compte(Gravite::Erreur, "erreur", "erreurs"),
        compte(Gravite::Attention, "attention", "attentions"),
        compte(Gravite::Info, "information", "informations"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if parts.is_empty() { "aucune erreur".to_owned() } else { parts.join(", ") }
}
