//! What running cases gives: each step with what was expected, what came, and why.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::DateTime;
use rules::lieu::Lieu;
use rust_decimal::Decimal;

use super::Place;

/// A run.
#[derive(Clone, Debug, Default)]
pub struct Rapport {
    /// Each file.
    pub cas: Vec<RapportCas>,
    /// Every rule that decided something, by its place.
    pub touches: BTreeSet<Lieu>,
}

impl Rapport {
    /// Every step of every case.
    pub fn etapes(&self) -> impl Iterator<Item = &RapportEtape> {
        self.cas.iter().flat_map(|c| c.etapes.iter())
    }

    /// The steps that did not give what was expected.
    pub fn echecs(&self) -> impl Iterator<Item = (&RapportCas, &RapportEtape)> {
        self.cas
            .iter()
            .flat_map(|c| c.etapes.iter().map(move |e| (c, e)))
            .filter(|(_, e)| !e.echecs.is_empty())
    }

    /// Did everything go as expected?
    pub fn reussi(&self) -> bool {
        self.echecs().next().is_none()
    }

    /// How many figures, words and lists were compared.
    pub fn assertions(&self) -> usize {
        self.etapes().map(|e| e.assertions.len()).sum()
    }
}

/// One file.
#[derive(Clone, Debug)]
pub struct RapportCas {
    /// What it shows.
    pub nom: String,
    /// Path below the communes folder.
    pub fichier: String,
    /// Steps, rows of grids, properties: in the order of the file's parts.
    pub etapes: Vec<RapportEtape>,
}

/// One step, one row of a grid, or one property.
#[derive(Clone, Debug)]
pub struct RapportEtape {
    /// Rank in its part of the file, from 1.
    pub numero: usize,
    /// `étape`, `grille 2, ligne`, `propriété`.
    pub genre: String,
    /// Where it is written.
    pub place: Place,
    /// The clock of the town when it ran.
    pub a: DateTime,
    /// Who did it.
    pub par: String,
    /// The act in words.
    pub geste: String,
    /// What came, by key of `attend`.
    pub obtenu: BTreeMap<&'static str, Obtenu>,
    /// What was compared and agreed, or not.
    pub assertions: Vec<Assertion>,
    /// What did not agree.
    pub echecs: Vec<Echec>,
    /// The ids of `exigences.yaml` that it shows.
    pub couvre: Vec<String>,
    /// How the engine decided.
    pub trace: Vec<PasTrace>,
}

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// The key of `attend`.
    pub cle: String,
    /// As expected?
    pub tenue: bool,
}

/// One disagreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Echec {
    /// The key of `attend`.
    pub cle: String,
    /// What the case says.
    pub attendu: String,
    /// What came.
    pub obtenu: String,
}

/// One step of a decision, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasTrace {
    /// The rule.
    pub regle: String,
    /// `ham/services/garderie.yaml:21`, or nothing.
    pub lieu: String,
    /// What it gave.
    pub resultat: String,
}

/// What came for one key.
#[derive(Clone, Debug, PartialEq)]
pub enum Obtenu {
    /// Yes or no.
    Booleen(bool),
    /// A word.
    Mot(String),
    /// An amount in euros.
    Montant(Decimal),
    /// Words, in order.
    Liste(Vec<String>),
    /// Words by name.
    Droits(BTreeMap<String, BTreeSet<String>>),
    /// Amounts by name.
    Sommes(BTreeMap<String, Decimal>),
    /// Billed lines: adjustment or prestation, and amount.
    Lignes(Vec<LigneObtenue>),
}

/// A billed line.
#[derive(Clone, Debug, PartialEq)]
pub struct LigneObtenue {
    /// The adjustment, for the line of an adjustment.
    pub ajustement: Option<String>,
    /// The penalty, for a line of its own.
    pub penalite: Option<String>,
    /// The prestation.
    pub prestation: String,
    /// Euros.
    pub montant: Decimal,
}

impl std::fmt::Display for Obtenu {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Booleen(b) => f.write_str(if *b { "oui" } else { "non" }),
            Self::Mot(m) => f.write_str(m),
            Self::Montant(m) => write!(f, "{}", euros(*m)),
            Self::Liste(l) => write!(f, "[{}]", l.join(", ")),
            Self::Droits(d) => {
                let par: Vec<String> = d
                    .iter()
                    .map(|(qui, quoi)| {
                        format!("{qui}: [{}]", quoi.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
                    })
                    .collect();
                write!(f, "{{ {} }}", par.join(", "))
            }
            Self::Sommes(s) => {
                let une: Vec<String> = s.iter().map(|(k, m)| format!("{k}: {}", euros(*m))).collect();
                write!(f, "{{ {} }}", une.join(", "))
            }
            Self::Lignes(l) => {
                let une: Vec<String> = l
                    .iter()
                    .map(|l| {
                        let quoi = l.ajustement.as_deref().or(l.penalite.as_deref()).unwrap_or(&l.prestation);
                        format!("{quoi} {}", euros(l.montant))
                    })
                    .collect();
                write!(f, "[{}]", une.join(", "))
            }
        }
    }
}

/// At least two decimals, and every one that counts.
pub(super) fn euros(montant: Decimal) -> String {
    let court = montant.normalize();
    if court.scale() <= 2 { format!("{court:.2}") } else { court.to_string() }
}
