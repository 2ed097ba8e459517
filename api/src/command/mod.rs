//! The command line: English verbs, one French alias each.
//!
//! Status: 0 all is well · 1 the definition or its cases have errors · 2 the command is badly written ·
//! 3 nothing but warnings, under `--strict` · 4 the process itself failed.

mod check;
mod childkey;
mod cores;
mod explain;
mod files;
mod fmt;
mod graph;
mod import;
mod key;
mod migrate;
mod new;
mod plan;
mod price;
mod publish;
mod schema;
mod sealed;
mod serve;
mod show;
mod staff;
pub(crate) mod storage;
mod target;
mod test;
mod usage;

pub(crate) use serve::{Serve, Url};

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::Fatale;

/// Guichet : les services aux familles d'une commune, décrits par des fichiers.
#[derive(Debug, Parser)]
#[command(
    name = "guichet",
    version,
    after_help = usage::STATUTS,
    disable_help_subcommand = true,
    subcommand_value_name = "VERBE",
    subcommand_help_heading = "Verbes "
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    verbe: Option<Verbe>,
}

#[derive(Debug, Subcommand)]
enum Verbe {
    /// Sert les communes : pages, API et travaux de fond (le verbe par défaut).
    #[command(visible_alias = "servir")]
    Serve(serve::Serve),
    /// Vérifie les définitions et montre tous les problèmes, soulignés.
    #[command(visible_alias = "verifier")]
    Check(check::Check),
    /// Joue les cas des communes sous une horloge virtuelle.
    #[command(visible_alias = "tester")]
    Test(test::Test),
    /// Écrit le dossier d'une nouvelle commune, qui passe check et test.
    #[command(visible_alias = "creer")]
    New(new::New),
    /// Explique un code (TAR01) ou une clé des fichiers (delais).
    #[command(visible_alias = "expliquer")]
    Explain(explain::Explain),
    /// Montre ce qui vaut vraiment, modèle compris, avec fichier et ligne.
    #[command(visible_alias = "montrer")]
    Show(show::Show),
    /// Calcule un prix pas à pas.
    #[command(visible_alias = "prix")]
    Price(price::Price),
    /// Dit ce que la publication d'un dossier changerait : clés, prix et pour qui, dossiers touchés.
    #[command(visible_alias = "planifier")]
    Plan(plan::PlanArgs),
    /// Met en service le dossier d'une commune, et le note au journal des publications.
    #[command(visible_alias = "publier")]
    Publish(publish::Publish),
    /// Dessine les étapes d'une démarche, un barème ou les échéances d'un mois.
    #[command(visible_alias = "dessiner")]
    Graph(graph::Graph),
    /// Met les fichiers en forme, sans toucher aux commentaires ni au sens.
    #[command(visible_alias = "formater")]
    Fmt(fmt::Fmt),
    /// Reprend les familles et les comptes d'un autre logiciel, depuis des fichiers CSV.
    #[command(visible_alias = "importer")]
    Import(import::Import),
    /// Fait, liste ou retire les clés des machines qui appellent l'API.
    #[command(visible_alias = "cle")]
    Key(key::Key),
    /// Fait (en PDF), liste ou retire les clés enfance des familles.
    #[command(visible_alias = "cle-enfance")]
    Childkey(childkey::Childkey),
    /// Fait, liste ou ferme les comptes des agents.
    #[command(visible_alias = "agent")]
    Staff(staff::Staff),
    /// Change les clés des documents des familles.
    #[command(visible_alias = "fichiers")]
    Files(files::Files),
    /// Tient à jour les schémas des éditeurs et la référence des clés.
    #[command(visible_alias = "schemas")]
    Schema(schema::Schema),
    /// Met à jour le schéma d'une base PostgreSQL, sous le rôle qui la possède.
    #[command(visible_alias = "migrer")]
    Migrate(migrate::Migrate),
}

/// How a verb ended, when the process itself did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Issue {
    /// All is well.
    Bien,
    /// The definition, or its cases, have errors.
    Erreurs,
    /// Nothing but warnings, and `--strict` refuses them.
    Attentions,
}

impl From<Issue> for ExitCode {
    fn from(issue: Issue) -> Self {
        match issue {
            Issue::Bien => Self::SUCCESS,
            Issue::Erreurs => Self::from(1),
            Issue::Attentions => Self::from(3),
        }
    }
}

/// Reads the command and runs its verb; a failure is one French sentence on the error output and a status that is not 0.
pub(crate) fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match usage::lit(arguments) {
        Ok(cli) => cli,
        Err(statut) => return statut,
    };
    let resultat = match cli.verbe.unwrap_or_else(|| Verbe::Serve(serve::Serve::default())) {
        Verbe::Serve(args) => serve::run(&args).map(|()| Issue::Bien),
        Verbe::Check(args) => check::run(&args),
        Verbe::Test(args) => test::run(&args),
        Verbe::New(args) => new::run(&args),
        Verbe::Explain(args) => explain::run(&args),
        Verbe::Show(args) => show::run(&args),
        Verbe::Price(args) => price::run(&args),
        Verbe::Plan(args) => plan::run(&args),
        Verbe::Publish(args) => publish::run(&args),
        Verbe::Graph(args) => graph::run(&args),
        Verbe::Fmt(args) => fmt::run(&args),
        Verbe::Import(args) => import::run(&args),
        Verbe::Key(args) => key::run(&args),
        Verbe::Childkey(args) => childkey::run(&args),
        Verbe::Staff(args) => staff::run(&args),
        Verbe::Files(args) => files::run(&args),
        Verbe::Schema(args) => schema::run(&args),
        Verbe::Migrate(args) => migrate::run(&args),
    };
    match resultat {
        Ok(issue) => issue.into(),
        Err(erreur) => {
            // nothing is left to do when the error output is closed
            let cause = std::error::Error::source(&erreur).and_then(std::error::Error::source);
            let cause = cause.map(|c| format!(" ({c})")).unwrap_or_default();
            let _ = writeln!(std::io::stderr(), "guichet : {erreur}{cause}");
            ExitCode::from(match erreur {
                Fatale::Usage(_) => 2,
                Fatale::Definition(_) => 1,
                _ => 4,
            })
        }
    }
}

/// Who types the command, as the system names them: for the journal.
fn qui() -> String {
    let dits = ["SUDO_USER", "USER", "LOGNAME"].iter().filter_map(std::env::var_os);
    let mut noms = dits.map(|n| n.to_string_lossy().into_owned()).filter(|n| !n.is_empty());
    noms.next().unwrap_or_else(|| "la ligne de commande".to_owned())
}

/// Writes on the standard output; a reader that closed it (`| head`) is not a failure.
fn ecrit(texte: &str) -> Result<(), Fatale> {
    match std::io::stdout().lock().write_all(texte.as_bytes()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(Fatale::fichier("la sortie", e)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    /// Every verb with its French alias: the only place where they are listed.
    const VERBES: [(&str, &str); 18] = [
        ("serve", "servir"),
        ("check", "verifier"),
        ("test", "tester"),
        ("new", "creer"),
        ("explain", "expliquer"),
        ("show", "montrer"),
        ("price", "prix"),
        ("plan", "planifier"),
        ("publish", "publier"),
        ("graph", "dessiner"),
        ("fmt", "formater"),
        ("import", "importer"),
        ("key", "cle"),
        ("childkey", "cle-enfance"),
        ("staff", "agent"),
        ("files", "fichiers"),
        ("schema", "schemas"),
        ("migrate", "migrer"),
    ];

    #[test]
    fn chaque_verbe_a_un_alias_francais() {
        let commande = Cli::command();
        commande.clone().debug_assert();
        let verbes: Vec<(String, String)> = commande
            .get_subcommands()
            .map(|v| (v.get_name().to_owned(), v.get_visible_aliases().collect::<Vec<_>>().join(",")))
            .collect();
        let attendus: Vec<(String, String)> =
            VERBES.iter().map(|(v, a)| ((*v).to_owned(), (*a).to_owned())).collect();
        assert_eq!(verbes, attendus);
    }

    #[test]
    fn sans_argument_on_sert() {
        assert!(Cli::try_parse_from(["guichet"]).unwrap().verbe.is_none());
        assert!(Cli::try_parse_from(["guichet", "servir", "--listen", "127.0.0.1:0"]).is_ok());
        assert!(Cli::try_parse_from(["guichet", "inconnu"]).is_err());
    }
}
