//! The command line read and explained in French: clap's own words are English.

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command, CommandFactory as _, FromArgMatches as _};
use engine::definition::lecture::suggestion;

use super::Cli;

/// What the statuses mean, under `guichet --help`.
pub(super) const STATUTS: &str = "Statut : 0 tout va bien · 1 erreurs · 2 commande mal écrite · 3 attentions, avec --strict · 4 panne\n\
     Chaque verbe a son aide : guichet check --help";

const MODELE: &str = "{about-with-newline}\nUsage : {usage}\n\n{all-args}{after-help}";

/// The command with its help in French.
pub(super) fn commande() -> Command {
    francise(Cli::command()).version(env!("CARGO_PKG_VERSION"))
}

fn francise(commande: Command) -> Command {
    let aide = Arg::new("aide").short('h').long("help").action(ArgAction::Help).help("Montre cette aide");
    let racine = commande.get_name() == "guichet";
    let mut commande =
        commande.disable_help_flag(true).disable_version_flag(true).help_template(MODELE).arg(aide);
    if racine {
        let version = Arg::new("version")
            .short('V')
            .long("version")
            .action(ArgAction::Version)
            .help("Montre la version");
        commande = commande.arg(version);
    }
    commande.mut_subcommands(francise).mut_args(|argument| {
        let titre = if argument.is_positional() { "Arguments " } else { "Options " };
        argument.help_heading(titre)
    })
}

/// Reads the arguments. `Err`: help was asked, or the command is badly written; said, with the status to end with.
pub(super) fn lit(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, ExitCode> {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    // options without a verb are those of the verb that runs without one
    let premier = arguments.get(1).and_then(|a| a.to_str()).unwrap_or_default();
    if premier.starts_with('-') && !["-h", "--help", "-V", "--version"].contains(&premier) {
        arguments.insert(1, "serve".into());
    }
    let deuxieme = arguments.get(1).cloned();
    let lu = commande().try_get_matches_from(arguments);
    let erreur = match lu.and_then(|m| Cli::from_arg_matches(&m)) {
        Ok(cli) => return Ok(cli),
        Err(erreur) => erreur,
    };
    match erreur.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = std::io::stdout().write_all(aide(&erreur.to_string()).as_bytes());
            Err(ExitCode::SUCCESS)
        }
        _ => {
            let verbe = deuxieme.as_deref().and_then(OsStr::to_str).and_then(verbe);
            let verbe = verbe.map(|v| format!("{v} ")).unwrap_or_default();
            let _ = writeln!(std::io::stderr(), "guichet : {}", phrase(&erreur, &verbe));
            Err(ExitCode::from(2))
        }
    }
}

/// The words that clap adds to each help.
pub(super) fn aide(texte: &str) -> String {
    texte
        .replace("[aliases: ", "[ou : ")
        .replace("[alias: ", "[ou : ")
        .replace("[default: ", "[sinon : ")
        .replace("[possible values: ", "[au choix : ")
        .replace("Possible values:", "Au choix :")
}

/// The verb of that name, or of that alias.
fn verbe(nom: &str) -> Option<String> {
    let commande = commande();
    let connu = |v: &&Command| v.get_name() == nom || v.get_visible_aliases().any(|a| a == nom);
    commande.get_subcommands().find(connu).map(|v| v.get_name().to_owned())
}

/// What is wrong with the command, in one sentence, with the nearest good one and the help that says more: `verbe`'s.
fn phrase(erreur: &clap::Error, verbe: &str) -> String {
    let texte = |genre| match erreur.get(genre) {
        Some(ContextValue::String(s)) => Some(s.clone()),
        Some(ContextValue::Strings(s)) => Some(s.join(" ")),
        _ => None,
    };
    let argument = texte(ContextKind::InvalidArg).unwrap_or_default();
    let valeur = texte(ContextKind::InvalidValue).unwrap_or_default();
    let dit = match erreur.kind() {
        ErrorKind::InvalidSubcommand => {
            let verbe = texte(ContextKind::InvalidSubcommand).unwrap_or_default();
            let commande = commande();
            let connus: Vec<&str> = commande
                .get_subcommands()
                .flat_map(|v| std::iter::once(v.get_name()).chain(v.get_visible_aliases()))
                .collect();
            format!("le verbe `{verbe}` n'existe pas ; {}", suggestion(&verbe, connus))
        }
        ErrorKind::UnknownArgument => match texte(ContextKind::SuggestedArg) {
            Some(proche) => format!("`{argument}` n'est pas attendu ici ; vouliez-vous dire `{proche}` ?"),
            None => format!("`{argument}` n'est pas attendu ici"),
        },
        ErrorKind::InvalidValue if valeur.is_empty() => format!("`{argument}` attend une valeur"),
        ErrorKind::InvalidValue => {
            let connues = match erreur.get(ContextKind::ValidValue) {
                Some(ContextValue::Strings(v)) => v.clone(),
                _ => Vec::new(),
            };
            let aide = suggestion(&valeur, connues.iter().map(String::as_str));
            format!("`{argument}` n'accepte pas `{valeur}` ; {aide}")
        }
        ErrorKind::ValueValidation => format!("`{argument}` n'accepte pas `{valeur}`"),
        ErrorKind::MissingRequiredArgument => format!("il manque {argument}"),
        ErrorKind::ArgumentConflict => {
            let autre = texte(ContextKind::PriorArg).unwrap_or_default();
            format!("`{argument}` ne va pas avec `{autre}`")
        }
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues => {
            format!("`{argument}` n'attend pas autant de valeurs")
        }
        _ => "la commande est mal écrite".to_owned(),
    };
    format!("{dit} (guichet {verbe}--help)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn des_options_sans_verbe_sont_celles_de_serve() {
        let lu = |arguments: &[&str]| lit(arguments.iter().map(|a| OsString::from(*a)));
        assert!(lu(&["guichet", "--listen", "127.0.0.1:0", "--production"]).is_ok());
        assert!(lu(&["guichet", "--nimporte"]).is_err());
        let faute = |arguments: &[&str]| {
            let erreur = commande().try_get_matches_from(arguments).unwrap_err();
            phrase(&erreur, &verbe(arguments[1]).map(|v| format!("{v} ")).unwrap_or_default())
        };
        for (arguments, aide) in [
            (&["guichet", "graph", "--rien"][..], "(guichet graph --help)"),
            (&["guichet", "prix", "--rien"], "(guichet price --help)"),
            (&["guichet", "nimporte"], "(guichet --help)"),
        ] {
            assert!(faute(arguments).ends_with(aide), "{}", faute(arguments));
        }
    }

    /// The help of every verb, as it is shown: English words left by clap would be seen here.
    #[test]
    fn l_aide_est_en_francais() {
        fn ecrit(commande: &mut Command, texte: &mut String, longues: &mut String) {
            texte.push_str(&format!("$ {} --help\n", commande.get_display_name().unwrap_or("guichet")));
            texte.push_str(&aide(&commande.render_help().to_string()));
            texte.push('\n');
            longues.push_str(&aide(&commande.render_long_help().to_string()));
            for verbe in commande.get_subcommands_mut() {
                ecrit(verbe, texte, longues);
            }
        }
        let mut commande = commande();
        commande.build();
        let (mut texte, mut longues) = (String::new(), String::new());
        ecrit(&mut commande, &mut texte, &mut longues);
        for anglais in ["Usage:", "Options:", "Print ", "default:", "ossible values", "Commands", "alias"] {
            assert!(!texte.contains(anglais), "{anglais}\n{texte}");
            assert!(!longues.contains(anglais), "{anglais}\n{longues}");
        }
        insta::assert_snapshot!(texte);
    }
}
