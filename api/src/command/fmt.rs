//! `guichet fmt`: the canonical layout of the files, comments and meaning kept.

use clap::Args;
use engine::definition::mise_en_forme::met_en_forme;

use super::target::Cible;
use super::{Issue, ecrit};
use crate::error::Fatale;

/// What `fmt` takes.
#[derive(Debug, Clone, Args)]
pub(super) struct Fmt {
    #[command(flatten)]
    cible: Cible,
    /// N'écrit rien : liste les fichiers qui changeraient (statut 1 s'il y en a).
    #[arg(long)]
    verifie: bool,
}

pub(super) fn run(args: &Fmt) -> Result<Issue, Fatale> {
    let lue = args.cible.lit()?;
    let racine = lue.racine();
    let mut texte = String::new();
    let (mut changes, mut illisibles, mut vus) = (0_usize, 0_usize, 0_usize);
    for (_, fichier) in lue.lus.sources.iter().filter(|(_, f)| f.chemin.ends_with(".yaml")) {
        let miens = lue
            .slugs
            .iter()
            .any(|s| fichier.chemin.strip_prefix(s.as_str()).is_some_and(|c| c.starts_with('/')));
        // with the whole folder, its models too
        if !miens && lue.slugs.len() == 1 {
            continue;
        }
        vus += 1;
        let forme = met_en_forme(&fichier.chemin, &fichier.texte).filter(|_| fichier.defaut.is_none());
        match forme {
            None => {
                illisibles += 1;
                texte.push_str(&format!(
                    "{racine}{} : illisible, laissé tel quel (guichet check)\n",
                    fichier.chemin
                ));
            }
            Some(forme) if forme != fichier.texte => {
                changes += 1;
                texte.push_str(&format!("{racine}{}\n", fichier.chemin));
                if !args.verifie {
                    let chemin = lue.dossier.join(&fichier.chemin);
                    std::fs::write(&chemin, forme).map_err(|e| Fatale::chemin(&chemin, e))?;
                }
            }
            Some(_) => {}
        }
    }
    let fait = if args.verifie { "à mettre en forme" } else { "mis en forme" };
    texte.push_str(&format!("{changes} {fait}, sur {vus} fichiers\n"));
    ecrit(&texte)?;
    Ok(if illisibles > 0 || (args.verifie && changes > 0) { Issue::Erreurs } else { Issue::Bien })
}
