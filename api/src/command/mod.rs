//! The command line: English verbs, one French alias each.

mod serve;

pub(crate) use serve::Serve;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Guichet : les services aux familles d'une commune, décrits par des fichiers.
#[derive(Debug, Parser)]
#[command(name = "guichet", version, about, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    verbe: Option<Verbe>,
}

#[derive(Debug, Subcommand)]
enum Verbe {
    /// Sert les communes : pages, API et travaux de fond (le verbe par défaut).
    #[command(visible_alias = "servir")]
    Serve(serve::Serve),
}

/// Runs the verb; a failure is one French sentence on the error output and a status that is not 0.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let resultat = match cli.verbe.unwrap_or_else(|| Verbe::Serve(serve::Serve::default())) {
        Verbe::Serve(args) => serve::run(&args),
    };
    match resultat {
        Ok(()) => ExitCode::SUCCESS,
        Err(erreur) => {
            // nothing is left to do when the error output is closed
            let _ = writeln!(std::io::stderr(), "guichet : {erreur}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    /// Every verb with its French alias: the only place where they are listed.
    const VERBES: [(&str, &str); 1] = [("serve", "servir")];

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
