//! Checks of a whole town, once it is resolved: one check a file, each a pure function of [`Examen`].
//!
//! A check never repeats what resolution already reported: what concludes from something that is *not* there
//! (unused, unreachable, asked nowhere) asks [`Examen::sain`] first.

mod actions;
mod annee;
mod champs;
mod courbe;
mod echeances;
mod etapes;
mod faits;
mod famille;
mod gabarit;
mod impayes;
mod inutiles;
mod jours;
mod marche;
mod messages;
mod montants;
mod mots;
mod pieces;
mod rappels;
mod secrets;
mod series;
mod tarifs;
mod voisins;

use rules::lieu::Lieu;

use crate::commune::Commune;
use crate::definition::resolve::Fichiers;
use crate::definition::source::{SourceSet, Span};
use crate::diagnostic::Diagnostic;

/// What a check may read.
#[derive(Clone, Copy)]
pub struct Examen<'a> {
    /// The town.
    pub commune: &'a Commune,
    /// Its files, typed, with the place of every key.
    pub fichiers: &'a Fichiers,
    /// Its texts.
    pub sources: &'a SourceSet,
    /// Span of each [`Lieu`].
    pub(crate) spans: &'a [Span],
    /// Resolution found no error: nothing is missing from `commune` that the files wrote.
    pub sain: bool,
}

impl Examen<'_> {
    /// Where a compiled rule is written.
    pub fn span(&self, lieu: Lieu) -> Span {
        let i = usize::try_from(lieu.0).unwrap_or(usize::MAX);
        self.spans.get(i).or(self.spans.first()).copied().unwrap_or_else(|| self.sources.debut())
    }
}

/// A check: adds what it finds.
type Controle = fn(&Examen<'_>, &mut Vec<Diagnostic>);

/// Every check, in no order that matters: diagnostics are sorted afterwards.
const CONTROLES: &[Controle] = &[
    actions::controle,
    champs::controle,
    courbe::controle,
    echeances::controle,
    etapes::controle,
    faits::controle,
    famille::controle,
    impayes::controle,
    inutiles::controle,
    jours::controle,
    messages::controle,
    montants::controle,
    mots::controle,
    pieces::controle,
    rappels::controle,
    secrets::controle,
    series::controle,
    voisins::controle,
];

/// Runs every check.
pub fn controle(examen: &Examen<'_>) -> Vec<Diagnostic> {
    let mut trouves = Vec::new();
    for un in CONTROLES {
        un(examen, &mut trouves);
    }
    trouves
}
