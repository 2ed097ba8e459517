//! `guichet test`: the towns' own cases, under a virtual clock.

mod mutants;

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use engine::cas::{Cas, Rapport, amorce, couverture, execute, exigences, junit, transcript};
use engine::commune::Commune;
use engine::definition::resolve::{Chargement, charge};
use engine::diagnostic::{Gravite, resume};

use super::target::Cible;
use super::{Issue, ecrit};
use crate::clock::Chronometre;
use crate::error::Fatale;

/// What `test` takes.
#[derive(Debug, Clone, Args)]
pub(super) struct Test {
    #[command(flatten)]
    cible: Cible,
    /// Seulement les cas dont le nom ou le fichier contient ce texte.
    #[arg(long, value_name = "TEXTE")]
    filtre: Option<String>,
    /// Montre chaque geste et ce qu'il donne.
    #[arg(long)]
    detail: bool,
    /// Liste les règles qu'aucun cas n'exécute.
    #[arg(long)]
    couverture: bool,
    /// Dit ce qui montre chaque exigence du guide (statut 1 s'il en manque une).
    #[arg(long)]
    exigences: bool,
    /// Change les fichiers un mot à la fois et montre ce que ni check ni les cas ne voient.
    #[arg(long)]
    mutants: bool,
    /// Avec --mutants : une mutation sur N.
    #[arg(long, value_name = "N", default_value_t = 1, requires = "mutants")]
    un_sur: usize,
    /// Propose les cas aux bornes des tableaux et des délais, à relire et à copier dans cas/.
    #[arg(long, conflicts_with = "mutants")]
    amorce: bool,
    /// Écrit aussi le rapport dans ce fichier, en JUnit.
    #[arg(long, value_name = "FICHIER")]
    junit: Option<PathBuf>,
}

pub(super) fn run(args: &Test) -> Result<Issue, Fatale> {
    let lue = args.cible.lit()?;
    let mut issue = Issue::Bien;
    let mut tous = Rapport::default();
    for slug in &lue.slugs {
        let chronometre = Chronometre::part();
        let Chargement { commune, diagnostics, cas } = charge(&lue.lus.sources, slug);
        let sain = diagnostics.iter().all(|d| d.gravite != Gravite::Erreur);
        let Some(commune) = commune.filter(|_| sain) else {
            ecrit(&format!("{slug} : {} — guichet check {slug}\n", resume(&diagnostics)))?;
            issue = Issue::Erreurs;
            continue;
        };
        if args.amorce {
            ecrit(&proposes(&commune))?;
            continue;
        }
        if args.mutants {
            let (texte, bien) = mutants::essaie(&lue.lus.sources, slug, args.un_sur)?;
            ecrit(&texte)?;
            if !bien {
                issue = Issue::Erreurs;
            }
            continue;
        }
        let cas = retenus(cas, args.filtre.as_deref());
        if cas.is_empty() {
            ecrit(&format!("{slug} : aucun cas\n"))?;
            continue;
        }
        let rapport = execute(&commune, &cas);
        let mut texte = String::new();
        if args.detail {
            texte.push_str(&transcript::transcript(&rapport));
        }
        texte.push_str(&transcript::echecs(&rapport));
        let mut bien = rapport.reussi();
        if args.couverture {
            non_couvertes(&commune, &rapport, &mut texte);
        }
        if args.exigences {
            bien &= demandees(&commune, &rapport, &mut texte);
        }
        let _ = writeln!(
            texte,
            "{slug} : {} — {} ms",
            transcript::resume(&rapport),
            chronometre.ecoule().as_millis()
        );
        ecrit(&texte)?;
        if !bien {
            issue = Issue::Erreurs;
        }
        tous.cas.extend(rapport.cas);
    }
    if let Some(chemin) = &args.junit {
        std::fs::write(chemin, junit(&tous)).map_err(|e| Fatale::chemin(chemin, e))?;
    }
    Ok(issue)
}

fn retenus(cas: Vec<Cas>, filtre: Option<&str>) -> Vec<Cas> {
    let garde = |c: &Cas| filtre.is_none_or(|f| c.nom.contains(f) || c.fichier.contains(f));
    cas.into_iter().filter(garde).collect()
}

/// Boundary cases, as steps of a case file, each after the rule that it tries.
fn proposes(commune: &Commune) -> String {
    let mut texte =
        format!("# Cas proposés pour {} : relisez chaque attendu avec le règlement.\netapes:\n", commune.nom);
    for proposition in amorce(commune) {
        let _ = writeln!(texte, "  # {}", proposition.place);
        for ligne in proposition.yaml.trim_end().lines() {
            let _ = writeln!(texte, "  {ligne}");
        }
    }
    texte
}

/// The rules that no case executed, and how many did.
fn non_couvertes(commune: &Commune, rapport: &Rapport, texte: &mut String) {
    let regles = couverture(commune, rapport);
    for regle in regles.iter().filter(|r| !r.executee) {
        let _ = writeln!(texte, "jamais exécutée : {} {} ({})", regle.genre, regle.nom, regle.place);
    }
    let executees = regles.iter().filter(|r| r.executee).count();
    let _ = writeln!(texte, "couverture : {executees} règles sur {}", regles.len());
}

/// Each requirement with what shows it. `false`: one has nothing and waits for nothing.
fn demandees(commune: &Commune, rapport: &Rapport, texte: &mut String) -> bool {
    let vues = exigences(commune, rapport);
    for vue in &vues {
        let preuve = match (vue.preuves.first(), &vue.attend) {
            _ if !vue.echecs.is_empty() => {
                let places: Vec<String> = vue.echecs.iter().map(ToString::to_string).collect();
                format!("EN ÉCHEC ({})", places.join(", "))
            }
            (Some((place, cles)), _) => {
                let autres = vue.preuves.len() - 1;
                let suite = if autres > 0 { format!(" et {autres} autres") } else { String::new() };
                format!("{place} ({}){suite}", cles.join(", "))
            }
            (None, Some(partie)) => format!("attend {partie}"),
            (None, None) => format!("RIEN NE LA MONTRE ({})", vue.place),
        };
        let _ = writeln!(texte, "{:<6} {} — {preuve}", vue.id, vue.citation);
    }
    let tenues = vues.iter().filter(|v| v.tenue()).count();
    let _ = writeln!(texte, "exigences : {tenues} sur {}", vues.len());
    tenues == vues.len()
}
