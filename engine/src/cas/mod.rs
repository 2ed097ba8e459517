//! A town's own test cases (`cas/*.yaml`), run under a virtual clock over an in-memory fold of Decisions: no store, no
//! file, no clock of the machine. The same compiled rules decide here, in production and in simulations.

mod amorce;
mod compare;
mod couverture;
mod depot;
mod execute;
mod exigences;
mod geste;
mod junit;
mod lit;
mod monde;
mod mutants;
mod proprietes;
mod rapport;
#[cfg(test)]
mod tests;
pub mod transcript;
mod verifie;

pub use amorce::{Proposition, amorce};
pub use couverture::{RegleCouverte, couverture};
pub use depot::{Depot, Relu};
pub use execute::{execute, execute_sur};
pub use exigences::{ExigenceVue, exigences};
pub use geste::{Demande, Document, Etape, Famille, Geste, Jour, RendezVousJoue};
pub use junit::junit;
pub use monde::mot_de_la_regle;
pub use mutants::{Atelier, BilanMutants, Classe, Mutation, Verdict};
pub use rapport::{Assertion, Echec, LigneObtenue, Obtenu, PasTrace, Rapport, RapportCas, RapportEtape};
pub(crate) use verifie::verifie;

use std::sync::Arc;

use rules::faits::FaitId;
use rules::valeur::Valeur;

use crate::commune::Commune;
use crate::definition::arbre;
use crate::definition::raw::cas::RawCas;
use crate::definition::source::{SourceSet, Span};
use crate::vocabulaire::Origine;

/// One file of cases, read and typed; names are looked up when it runs, so that it also runs on a changed town.
#[derive(Clone, Debug)]
pub struct Cas {
    /// Path below the communes folder.
    pub fichier: Arc<str>,
    /// What it shows.
    pub nom: String,
    /// As written.
    pub raw: RawCas,
    /// Offset of the first byte of each line of the file.
    lignes: Arc<[u32]>,
}

/// A value as one would write it in a case, for a tool that asks a price: `901`, `absent`, `[lundi, mardi]`.
/// `Err`: one French sentence.
pub fn valeur_ecrite(commune: &Commune, nom: &str, texte: &str) -> Result<(FaitId, Valeur), String> {
    let dit = |f: lit::Faute| f.aide.map_or(f.message.clone(), |aide| format!("{} ; {aide}", f.message));
    let fait = lit::symbole(commune, nom).map_err(dit)?;
    if commune.vocabulaire.symbole(fait).is_some_and(|s| s.origine == Origine::Derive) {
        return Err(format!("`{nom}` se calcule : on ne peut pas le donner"));
    }
    let mut sources = SourceSet::new();
    let fichier = sources.ajoute("valeur", texte);
    let noeud = arbre::lit(&sources, fichier, &mut Vec::new());
    let noeud = noeud.ok_or_else(|| format!("« {texte} » n'est pas une valeur"))?;
    lit::valeur(commune, fait, &noeud).map(|v| (fait, v)).map_err(dit)
}

/// Where a step is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Path below the communes folder.
    pub fichier: Arc<str>,
    /// 1-based.
    pub ligne: u32,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.fichier, self.ligne)
    }
}

impl Cas {
    /// From a file's text and what was read in it.
    pub fn nouveau(fichier: &str, texte: &str, raw: RawCas) -> Self {
        let debuts = texte.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1);
        let lignes = std::iter::once(0).chain(debuts).filter_map(|n| u32::try_from(n).ok()).collect();
        Self { fichier: fichier.into(), nom: raw.cas.0.clone(), raw, lignes }
    }

    /// The line of a span of this file.
    pub fn place(&self, span: Span) -> Place {
        let ligne = self.lignes.partition_point(|debut| *debut <= span.debut).max(1);
        Place { fichier: self.fichier.clone(), ligne: u32::try_from(ligne).unwrap_or(u32::MAX) }
    }
}
