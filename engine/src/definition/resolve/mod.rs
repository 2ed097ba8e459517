//! From typed blocks to a town that runs: names resolved, tables compiled and analysed, every finding reported.
//!
//! Each step collects diagnostics and goes on; a town with an error is returned too, so that later checks can
//! speak, but the server refuses it.

mod agenda;
mod appel;
mod bareme;
mod calendrier;
mod cas;
mod cellule;
mod charges;
mod choix;
mod cle_enfance;
mod commune;
mod compte;
mod condition;
mod demarche;
mod derive;
mod donnees;
mod effet;
mod empreinte;
mod etape;
mod fichiers;
mod forfait;
mod formulaire;
mod imprime;
mod index;
mod intervalle;
mod offerte;
mod piece;
mod pipeline;
mod pour_qui;
mod question;
mod regie;
mod reservation;
mod script;
mod service;
mod table;

pub use fichiers::{Fichiers, arbres_fusionnes};
pub(crate) use piece::SENSIBILITES;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rules::calendrier::Calendrier;
use rules::date_fr::date_courte;
use rules::faits::FaitId;
use rules::lieu::Lieu;

use super::lecture::Lecture;
use super::raw::source::RawSource;
use super::source::{FichierId, SourceSet, Span};
use crate::cas::Cas;
use crate::commune::{Commune, LieuDetail, Lieux, Question, Texte};
use crate::diagnostic::{Diagnostic, Gravite, codes};
use crate::lint::{self, Examen};
use crate::vocabulaire::Vocabulaire;

/// What loading a town gives: the town when enough could be read to build one, and everything that was found.
#[derive(Debug)]
pub struct Chargement {
    /// The town; never served when `diagnostics` holds an error.
    pub commune: Option<Arc<Commune>>,
    /// Sorted by file, place, code.
    pub diagnostics: Vec<Diagnostic>,
    /// Its test cases, those that could be read.
    pub cas: Vec<Cas>,
}

/// What towns loaded together share.
#[derive(Debug, Default)]
pub struct Partage {
    /// Calendars by what they are built from.
    calendriers: BTreeMap<String, Arc<Calendrier>>,
}

/// The state of a resolution.
pub(crate) struct Resolution<'s> {
    pub(crate) sources: &'s SourceSet,
    pub(crate) partage: &'s mut Partage,
    pub(crate) lecture: Lecture,
    pub(crate) lieux: Lieux,
    /// Span of each [`Lieu`], to point diagnostics at what tables found.
    pub(crate) spans: Vec<Span>,
    pub(crate) vocabulaire: Vocabulaire,
    pub(crate) questions: Vec<Question>,
    /// One shared path a file, for [`Lieux`].
    chemins: BTreeMap<FichierId, Arc<str>>,
    /// Facts that the row being read knows: its own conditions leave `absent` out, so its formula may compute with them.
    pub(crate) connus: Vec<FaitId>,
    /// Fields whose declaration was reported as wrong: what names them is not wrong again.
    pub(crate) illisibles: BTreeSet<String>,
    /// The scripts of `regles/`, by path below the town's folder.
    pub(crate) scripts: BTreeMap<String, Span>,
}

impl<'s> Resolution<'s> {
    pub(crate) fn new(sources: &'s SourceSet, partage: &'s mut Partage) -> Self {
        Self {
            sources,
            partage,
            lecture: Lecture::new(),
            lieux: Lieux::default(),
            spans: Vec::new(),
            vocabulaire: Vocabulaire::default(),
            questions: Vec::new(),
            chemins: BTreeMap::new(),
            connus: Vec::new(),
            illisibles: BTreeSet::new(),
            scripts: BTreeMap::new(),
        }
    }

    /// Records where a rule is written, with the nearest source.
    pub(crate) fn pose(&mut self, span: Span, source: Option<&Texte>) -> Lieu {
        let position = self.sources.position(span.fichier, span.debut);
        self.spans.push(span);
        let sources = self.sources;
        let chemin = || Arc::from(sources.chemin(span.fichier));
        let fichier = Arc::clone(self.chemins.entry(span.fichier).or_insert_with(chemin));
        self.lieux.pose(LieuDetail {
            fichier,
            ligne: position.ligne,
            colonne: position.colonne,
            source: source.cloned(),
        })
    }

    /// Where a rule is written; the start of the first file for a rule that no file wrote.
    pub(crate) fn span(&self, lieu: Lieu) -> Span {
        let i = usize::try_from(lieu.0).unwrap_or(usize::MAX);
        self.spans.get(i).or(self.spans.first()).copied().unwrap_or_else(|| self.sources.debut())
    }

    pub(crate) fn signale(&mut self, diagnostic: Diagnostic) {
        self.lecture.signale(diagnostic);
    }
}

/// How the source of a choice that the town has not confirmed begins: nobody voted it.
pub(crate) const CHOIX: &str = "choix de configuration à confirmer : ";

/// The text of a source, as a parent reads it under « Règle votée ».
pub(crate) fn texte_source(source: &RawSource) -> Texte {
    match source {
        RawSource::Texte(t) => Texte::from(t.0.as_str()),
        RawSource::Choix(c) => Texte::from(match &c.confirme {
            None => format!("{CHOIX}{}", c.choix.0),
            Some(oui) => format!("{} (confirmé par {} le {})", c.choix.0, oui.par.0, date_courte(oui.le.0)),
        }),
    }
}

/// Loads the town `slug` from the files given (its own and its model's).
pub fn charge(sources: &SourceSet, slug: &str) -> Chargement {
    charge_avec(sources, slug, &mut Partage::default())
}

/// The same, for towns loaded together.
pub fn charge_avec(sources: &SourceSet, slug: &str, partage: &mut Partage) -> Chargement {
    let (commune, mut diagnostics) = definition(sources, slug, partage);
    // a file that could not be read takes its names away: the cases that say them are not at fault
    let sain = diagnostics.iter().all(|d| d.gravite != Gravite::Erreur);
    let cas = cas::lit(sources, slug, commune.as_ref().filter(|_| sain), &mut diagnostics);
    crate::diagnostic::trie(&mut diagnostics, sources);
    Chargement { commune: commune.map(Arc::new), diagnostics, cas }
}

/// The town alone, without its cases.
pub(crate) fn definition(
    sources: &SourceSet,
    slug: &str,
    partage: &mut Partage,
) -> (Option<Commune>, Vec<Diagnostic>) {
    let mut r = Resolution::new(sources, partage);
    let fichiers = Fichiers::lit(&mut r, slug);
    let commune = fichiers.resout(&mut r, slug);
    let mut diagnostics = std::mem::take(&mut r.lecture).fin();
    retire_centimes_orphelins(sources, &mut diagnostics);
    if fichiers.incomplet {
        // what a file that is not YAML would have defined is not unknown
        diagnostics.retain(|d| d.code != codes::REF01 && d.code != codes::RHA02);
    }
    if let Some(commune) = &commune {
        let sain = !diagnostics.iter().any(|d| d.gravite == Gravite::Erreur);
        let examen = Examen { commune, fichiers: &fichiers, sources, spans: &r.spans, sain };
        diagnostics.extend(lint::controle(&examen));
    }
    (commune, diagnostics)
}

/// Between braces YAML reads « 5,50 » as 5, then a key `50` without value: the amount was refused with what to write, so the
/// key is nobody's second mistake.
fn retire_centimes_orphelins(sources: &SourceSet, diagnostics: &mut Vec<Diagnostic>) {
    let montants: BTreeSet<(FichierId, u32)> = diagnostics
        .iter()
        .filter(|d| d.code == codes::SYN04 && sources.texte(d.principal).chars().all(|c| c.is_ascii_digit()))
        .map(|d| (d.principal.fichier, d.principal.fin))
        .collect();
    diagnostics.retain(|d| {
        let Span { fichier, debut, .. } = d.principal;
        // one past the comma
        let colle = debut.checked_sub(1).is_some_and(|fin| montants.contains(&(fichier, fin)));
        !(d.code == codes::REF01 && colle && sources.texte(d.principal).chars().all(|c| c.is_ascii_digit()))
    });
}
