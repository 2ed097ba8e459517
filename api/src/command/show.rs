//! `guichet show`: what a town's files say in the end, its model's included, each value with its place.

use clap::Args;
use engine::definition::effectif::{Effectif, Objet};
use jiff::civil::Date;

use super::price::jour;
use super::target::{Ville, introuvable};
use super::{Issue, ecrit};
use crate::error::Fatale;

/// What `show` takes.
#[derive(Debug, Clone, Args)]
pub(super) struct Show {
    #[command(flatten)]
    ville: Ville,
    /// Un objet : repas, bareme.repas, etape.deposee ou un fichier ; sinon, la liste de tous.
    #[arg(value_name = "OBJET")]
    objet: Option<String>,
    /// Dit d'où vient chaque valeur : fichier, ligne, commune ou modèle.
    #[arg(long)]
    origine: bool,
    /// Seulement ce qui vaut ce jour-là.
    #[arg(long, value_name = "JOUR", value_parser = jour)]
    au: Option<Date>,
}

pub(super) fn run(args: &Show) -> Result<Issue, Fatale> {
    let (lue, slug) = args.ville.lit()?;
    let mut effectif = Effectif::lit(&lue.lus.sources, &slug);
    if let Some(jour) = args.au {
        effectif = effectif.au(jour);
    }
    let Some(objet) = &args.objet else {
        ecrit(&liste(&effectif.objets()))?;
        return Ok(Issue::Bien);
    };
    let trouves = effectif.cherche(objet);
    if trouves.is_empty() {
        let connus: Vec<String> = effectif.objets().into_iter().map(|o| o.nom).collect();
        return Err(introuvable("un objet", objet, &slug, connus.iter().map(String::as_str)));
    }
    let textes: Vec<String> = trouves.iter().map(|o| effectif.texte(o, args.origine)).collect();
    ecrit(&textes.join("\n"))?;
    Ok(Issue::Bien)
}

fn liste(objets: &[Objet]) -> String {
    let largeur = objets.iter().map(|o| o.chemin.chars().count()).max().unwrap_or(0);
    objets.iter().map(|o| format!("{:largeur$}  {}\n", o.chemin, o.lieu)).collect()
}
