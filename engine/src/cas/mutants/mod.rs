//! One small change of the town's text at a time: does a check or a case see it?
//!
//! A caller may try mutations on several threads: an [`Atelier`] is shared, each thread has its own [`Partage`].

mod bornes;
mod genere;
mod textes;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::execute::premier_echec;
use super::{Cas, Place, Proposition, amorce};
use crate::commune::Commune;
use crate::definition::resolve::{Partage, charge_avec, definition};
use crate::definition::source::{SourceSet, Span};
use crate::diagnostic::{Diagnostic, Gravite};

/// What a mutation changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Classe {
    /// An amount in euros.
    Montant,
    /// The bound of an interval.
    Borne,
    /// A date.
    Date,
    /// A time of day.
    Heure,
    /// A required document.
    Piece,
    /// A delay or a length of time.
    Duree,
    /// `avant` ↔ `jusqu_a`.
    Verbe,
    /// Who may do an action.
    Role,
    /// Where an action or an échéance leads.
    Transition,
    /// A number of a formula.
    Constante,
    /// A rate.
    Taux,
    /// `facture: oui` ↔ `non`.
    Facture,
    /// What an access, an action or a field requires.
    Exigence,
    /// How a number is rounded.
    Arrondi,
    /// Another choice among words: `accueil`, `vaut`.
    Mot,
}

impl Classe {
    /// Must every mutation of this class be seen?
    pub const fn sans_survivant(self) -> bool {
        matches!(self, Self::Montant | Self::Borne | Self::Date | Self::Heure | Self::Piece)
    }

    /// As printed.
    pub const fn nom(self) -> &'static str {
        match self {
            Self::Montant => "montant",
            Self::Borne => "borne",
            Self::Date => "date",
            Self::Heure => "heure",
            Self::Piece => "pièce",
            Self::Duree => "durée",
            Self::Verbe => "avant / jusqu_a",
            Self::Role => "rôle",
            Self::Transition => "transition",
            Self::Constante => "constante",
            Self::Taux => "taux",
            Self::Facture => "facture",
            Self::Exigence => "exigence",
            Self::Arrondi => "arrondi",
            Self::Mot => "mot",
        }
    }
}

/// One change of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutation {
    /// What it changes.
    pub classe: Classe,
    /// Where.
    pub place: Place,
    /// The key, or the path, that it changes: `lignes.prix`.
    pub cle: String,
    /// The text before.
    pub ancien: String,
    /// The text after.
    pub nouveau: String,
    /// `# equivalent: parce que …` on its line.
    pub equivalent: Option<String>,
    /// What is replaced, in one file.
    edits: Vec<(Span, String)>,
}

/// What saw a mutation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// `guichet check` reports a new error of this code.
    Controle(&'static str),
    /// This step of a case fails.
    Cas(Place),
    /// Nobody.
    Survit,
}

/// What every mutation is tried against.
pub struct Atelier<'s> {
    sources: &'s SourceSet,
    slug: String,
    cas: Vec<Cas>,
    /// Steps that already fail without a mutation: they see nothing.
    ratees: BTreeSet<Place>,
    erreurs: BTreeSet<(String, String)>,
    propositions: Vec<Proposition>,
    commune: Arc<Commune>,
}

impl<'s> Atelier<'s> {
    /// Loads the town and runs its cases once. `None`: the town cannot be loaded at all.
    pub fn nouveau(sources: &'s SourceSet, slug: &str, partage: &mut Partage) -> Option<Self> {
        let chargement = charge_avec(sources, slug, partage);
        let commune = chargement.commune?;
        let rapport = super::execute(&commune, &chargement.cas);
        Some(Self {
            sources,
            slug: slug.to_owned(),
            ratees: rapport.echecs().map(|(_, e)| e.place.clone()).collect(),
            erreurs: erreurs(&chargement.diagnostics),
            propositions: amorce(&commune),
            commune,
            cas: chargement.cas,
        })
    }

    /// Every mutation of the town's files and of the model's that it extends, in the files' order. With `un_sur` > 1, one
    /// in that many, evenly: always the same ones.
    pub fn mutations(&self, un_sur: usize) -> Vec<Mutation> {
        let toutes = genere::toutes(self.sources, &self.slug, &self.commune);
        toutes.into_iter().step_by(un_sur.max(1)).collect()
    }

    /// Who sees it?
    pub fn essaie(&self, mutation: &Mutation, partage: &mut Partage) -> Verdict {
        let Some(mutes) = self.applique(mutation) else { return Verdict::Survit };
        let (commune, diagnostics): (Option<Commune>, _) = definition(&mutes, &self.slug, partage);
        let nouvelle = diagnostics.iter().find(|d| {
            d.gravite == Gravite::Erreur
                && !self.erreurs.contains(&(d.code.nom().to_owned(), d.message.clone()))
        });
        if let Some(d) = nouvelle {
            return Verdict::Controle(d.code.nom());
        }
        let Some(commune) = commune else { return Verdict::Controle("SYN04") };
        match self.premier_echec(&commune) {
            Some(place) => Verdict::Cas(place),
            None => Verdict::Survit,
        }
    }

    /// The first step of the town's cases that fails on another definition of the town.
    pub fn premier_echec(&self, commune: &Commune) -> Option<Place> {
        premier_echec(commune, &self.cas, &self.ratees)
    }

    /// The step that would kill a survivor: the boundary case that the nearest rule above it proposes.
    pub fn tueur(&self, mutation: &Mutation) -> Option<&Proposition> {
        let memes = self.propositions.iter().filter(|p| p.place.fichier == mutation.place.fichier);
        memes.filter(|p| p.place.ligne <= mutation.place.ligne).max_by_key(|p| p.place.ligne)
    }

    fn applique(&self, mutation: &Mutation) -> Option<SourceSet> {
        let mut edits: Vec<&(Span, String)> = mutation.edits.iter().collect();
        edits.sort_by_key(|(s, _)| std::cmp::Reverse(s.debut));
        let fichier = self.sources.fichier(edits.first()?.0.fichier)?;
        let mut texte = fichier.texte.clone();
        for (span, nouveau) in edits {
            let bornes = usize::try_from(span.debut).ok()?..usize::try_from(span.fin).ok()?;
            texte.get(bornes.clone())?;
            texte.replace_range(bornes, nouveau);
        }
        let mut mutes = self.sources.clone();
        mutes.ajoute(fichier.chemin.clone(), texte);
        Some(mutes)
    }
}

fn erreurs(diagnostics: &[Diagnostic]) -> BTreeSet<(String, String)> {
    let graves = diagnostics.iter().filter(|d| d.gravite == Gravite::Erreur);
    graves.map(|d| (d.code.nom().to_owned(), d.message.clone())).collect()
}

/// What trying mutations gave.
#[derive(Clone, Debug, Default)]
pub struct BilanMutants {
    /// Tried, by class, and how many survived without an explanation.
    pub par_classe: std::collections::BTreeMap<Classe, (usize, usize)>,
    /// Seen by a check.
    pub controle: usize,
    /// Seen by a case.
    pub cas: usize,
    /// Not seen.
    pub survivants: Vec<Mutation>,
    /// Not seen, and explained in the file.
    pub expliques: Vec<Mutation>,
    /// One for each line that is explained as equivalent while everything on it is seen.
    pub explication_fausse: Vec<Mutation>,
}

impl BilanMutants {
    /// From verdicts, in any order.
    pub fn nouveau(verdicts: impl IntoIterator<Item = (Mutation, Verdict)>) -> Self {
        let mut bilan = Self::default();
        let (mut vues, mut vivantes) = (Vec::new(), BTreeSet::new());
        for (mutation, verdict) in verdicts {
            let (tentees, survivants) = bilan.par_classe.entry(mutation.classe).or_default();
            *tentees += 1;
            match verdict {
                Verdict::Controle(_) => bilan.controle += 1,
                Verdict::Cas(_) => bilan.cas += 1,
                Verdict::Survit => {
                    vivantes.insert(mutation.place.clone());
                    if mutation.equivalent.is_some() {
                        bilan.expliques.push(mutation);
                    } else {
                        *survivants += 1;
                        bilan.survivants.push(mutation);
                    }
                    continue;
                }
            }
            vues.extend(mutation.equivalent.is_some().then_some(mutation));
        }
        // an explanation stands for its line: it is wrong when nothing on it survives
        vues.retain(|m| !vivantes.contains(&m.place));
        vues.dedup_by(|a, b| a.place == b.place);
        bilan.explication_fausse = vues;
        bilan.survivants.sort_by(|a, b| a.place.cmp(&b.place));
        bilan
    }

    /// How many were tried.
    pub fn tentees(&self) -> usize {
        self.par_classe.values().map(|(n, _)| n).sum()
    }

    /// No unexplained survivor where none is allowed, and at most 5 % of the rest.
    pub fn reussi(&self) -> bool {
        let (mut reste, mut vivants) = (0, 0);
        for (classe, (tentees, survivants)) in &self.par_classe {
            if classe.sans_survivant() {
                if *survivants > 0 {
                    return false;
                }
            } else {
                reste += tentees;
                vivants += survivants;
            }
        }
        vivants * 20 <= reste
    }
}
