//! `guichet check`: every problem of one town or of all of a folder, in one run; with `--data`, of the dossiers too.

mod vivants;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use engine::commune::Commune;
use engine::definition::resolve::{Partage, charge_avec};
use engine::diagnostic::rendu::{self, Format, Options};
use engine::diagnostic::{Diagnostic, Gravite, trie};

use super::cores::par_coeur;
use super::target::{Cible, Lue};
use super::{Issue, ecrit, storage};
use crate::clock::Chronometre;
use crate::error::Fatale;

/// What `check` takes.
#[derive(Debug, Clone, Args)]
pub(super) struct Check {
    #[command(flatten)]
    cible: Cible,
    /// Forme du rapport.
    #[arg(long, value_name = "FORME", default_value = "texte", value_parser = Format::NOMS)]
    format: String,
    /// Refuse aussi les attentions (statut 3).
    #[arg(long)]
    strict: bool,
    /// Montre tout, au lieu des 50 premiers problèmes.
    #[arg(long)]
    tout: bool,
    /// Dossier des données d'un serveur : vérifie aussi que cette définition peut servir les dossiers qui y sont.
    #[arg(long, value_name = "DOSSIER")]
    data: Option<PathBuf>,
    /// Base PostgreSQL (postgres://…) de ces dossiers ; avec --data, sinon GUICHET_BASE, sinon SQLite.
    #[arg(long, value_name = "URL", requires = "data")]
    base: Option<String>,
}

pub(super) fn run(args: &Check) -> Result<Issue, Fatale> {
    let chronometre = Chronometre::part();
    let lue = args.cible.lit()?;
    let (mut diagnostics, villes) = verifie(&lue)?;
    if let Some(data) = &args.data {
        let sources = &lue.lus.sources;
        diagnostics.extend(storage::attend(vivants::verifie(data, args.base.as_deref(), sources, &villes))?);
        trie(&mut diagnostics, sources);
    }
    let format = Format::trouve(&args.format).unwrap_or(Format::Texte);
    let racine = lue.racine();
    let texte = std::io::stdout();
    let options = Options {
        racine: &racine,
        couleurs: format == Format::Texte && texte.is_terminal(),
        maximum: if args.tout { usize::MAX } else { Options::default().maximum },
    };
    let mut rapport = rendu::rend(format, &diagnostics, &lue.lus.sources, options);
    if format == Format::Texte {
        // the summary line ends the report: the time goes on it
        rapport.truncate(rapport.trim_end().len());
        rapport.push_str(&fin(lue.slugs.len(), chronometre.ecoule()));
    }
    ecrit(&rapport)?;
    Ok(issue(&diagnostics, args.strict))
}

/// Everything found in the towns wanted, sorted, what a shared model says once; and the towns that have no error.
fn verifie(lue: &Lue) -> Result<(Vec<Diagnostic>, Vec<Arc<Commune>>), Fatale> {
    let lots = par_coeur(&lue.slugs, "une vérification s'est arrêtée", |slugs| lot(lue, slugs))?;
    let (mut diagnostics, mut saines) = (Vec::new(), Vec::new());
    for (siens, villes) in lots {
        diagnostics.extend(siens);
        saines.extend(villes);
    }
    trie(&mut diagnostics, &lue.lus.sources);
    Ok((diagnostics, saines))
}

/// The towns of one thread, which reads the models once for them all.
fn lot(lue: &Lue, slugs: &[String]) -> (Vec<Diagnostic>, Vec<Arc<Commune>>) {
    let mut partage = Partage::default();
    let (mut diagnostics, mut saines) = (Vec::new(), Vec::new());
    for slug in slugs {
        let charge = charge_avec(&lue.lus.sources, slug, &mut partage);
        let sain = charge.diagnostics.iter().all(|d| d.gravite != Gravite::Erreur);
        saines.extend(charge.commune.filter(|_| sain));
        diagnostics.extend(charge.diagnostics);
    }
    (diagnostics, saines)
}

fn fin(communes: usize, duree: Duration) -> String {
    let communes = if communes > 1 { format!("{communes} communes, ") } else { String::new() };
    format!(" — {communes}{} ms\n", duree.as_millis())
}

/// The status that these diagnostics ask for.
pub(super) fn issue(diagnostics: &[Diagnostic], strict: bool) -> Issue {
    let a = |gravite| diagnostics.iter().any(|d| d.gravite == gravite);
    if a(Gravite::Erreur) {
        Issue::Erreurs
    } else if strict && a(Gravite::Attention) {
        Issue::Attentions
    } else {
        Issue::Bien
    }
}
