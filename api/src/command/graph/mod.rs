//! `guichet graph`: the steps of a procedure, a tariff, the deadlines of a month, drawn from the compiled town.

mod echeances;
mod etats;
mod svg;
mod tarif;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Issue, ecrit};
use crate::error::Fatale;

/// What `graph` takes.
#[derive(Debug, Clone, Args)]
#[command(subcommand_value_name = "DESSIN", subcommand_help_heading = "Dessins ")]
pub(super) struct Graph {
    #[command(subcommand)]
    dessin: Dessin,
}

#[derive(Debug, Clone, Subcommand)]
enum Dessin {
    /// Les étapes d'une démarche ; celles où rien ne mène sont en rouge.
    Etats(etats::Etats),
    /// Le prix d'un barème selon le quotient, une courbe par public.
    Tarif(tarif::Tarif),
    /// La date limite de chaque jour d'un mois.
    Echeances(echeances::Echeances),
}

/// Where a drawing goes.
#[derive(Debug, Clone, Args)]
struct Sortie {
    /// Écrit dans ce fichier au lieu de l'afficher.
    #[arg(short = 'o', long = "sortie", value_name = "FICHIER")]
    sortie: Option<PathBuf>,
}

impl Sortie {
    fn pose(&self, dessin: &str) -> Result<Issue, Fatale> {
        match &self.sortie {
            Some(chemin) => std::fs::write(chemin, dessin).map_err(|e| Fatale::chemin(chemin, e))?,
            None => ecrit(dessin)?,
        }
        Ok(Issue::Bien)
    }
}

pub(super) fn run(args: &Graph) -> Result<Issue, Fatale> {
    match &args.dessin {
        Dessin::Etats(args) => etats::run(args),
        Dessin::Tarif(args) => tarif::run(args),
        Dessin::Echeances(args) => echeances::run(args),
    }
}
