//! `guichet plan`: what publishing a folder would change, for whom, before it is done.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use engine::commune::Commune;
use engine::definition::resolve::charge;
use engine::definition::source::SourceSet;
use engine::diagnostic::Gravite;
use engine::diagnostic::rendu::{self, Format};
use engine::identifiant::CommuneSlug;
use engine::plan::{EnEtape, Version, etapes_retirees, plan};

use super::{Issue, ecrit, storage};
use crate::clock::Horloge;
use crate::error::Fatale;
use crate::folders::{Dossiers, Perimetre};
use crate::publication::{textes, vivants};

/// What `plan` takes.
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// La commune : le nom de son dossier.
    #[arg(value_name = "COMMUNE")]
    commune: String,
    /// Dossier des communes.
    #[arg(long, value_name = "DOSSIER", default_value = "communes")]
    communes: PathBuf,
    /// Dossier des données du serveur : ce qui y est en service, et les dossiers des familles.
    #[arg(long, value_name = "DOSSIER", default_value = "data")]
    data: PathBuf,
    /// Base PostgreSQL (postgres://…) ; sinon GUICHET_BASE, sinon SQLite dans le dossier des données.
    #[arg(long, value_name = "URL")]
    base: Option<String>,
    /// Compare avec un autre dossier de communes, sans données.
    #[arg(long, value_name = "DOSSIER", conflicts_with = "data")]
    contre: Option<PathBuf>,
    /// Forme de la réponse.
    #[arg(long, value_enum, default_value_t = Forme::Texte)]
    format: Forme,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Forme {
    /// Des lignes à lire.
    Texte,
    /// Un objet JSON.
    Json,
}

pub(crate) fn run(args: &PlanArgs) -> Result<Issue, Fatale> {
    storage::attend(execute(args))
}

async fn execute(args: &PlanArgs) -> Result<Issue, Fatale> {
    let dossiers = Dossiers::lit_dans(&args.communes, Perimetre::Commune(&args.commune))?;
    let neuve = charge(&dossiers.sources, &args.commune);
    let erreurs: Vec<_> = neuve.diagnostics.into_iter().filter(|d| d.gravite == Gravite::Erreur).collect();
    let racine = format!("{}/", args.communes.display());
    let rend = |diagnostics: &[_]| {
        let options = rendu::Options { racine: &racine, ..rendu::Options::default() };
        rendu::rend(Format::Texte, diagnostics, &dossiers.sources, options)
    };
    let (Some(apres), true) = (neuve.commune, erreurs.is_empty()) else {
        ecrit(&rend(&erreurs))?;
        return Ok(Issue::Erreurs);
    };
    let (en_service, vivants) = ce_qui_tourne(args).await?;
    let ancienne = en_service.map(|sources| {
        let commune = charge(&sources, &args.commune).commune;
        (sources, commune)
    });
    let avant = ancienne.as_ref().and_then(|(sources, commune)| {
        let commune: &Commune = commune.as_deref()?;
        Some(Version { sources, commune })
    });
    let jour = Horloge::default().reel().to_zoned(apres.fuseau.clone()).date();
    let plan = plan(avant, Version { sources: &dossiers.sources, commune: &apres }, &vivants, jour);
    match args.format {
        Forme::Texte => ecrit(&plan.texte())?,
        Forme::Json => {
            let json = serde_json::to_string_pretty(&plan).map_err(|e| Fatale::Interne(e.to_string()))?;
            ecrit(&format!("{json}\n"))?;
        }
    }
    let retirees = etapes_retirees(&apres, &dossiers.sources, &vivants);
    if retirees.is_empty() {
        return Ok(Issue::Bien);
    }
    if args.format == Forme::Texte {
        ecrit(&format!("\n{}", rend(&retirees)))?;
    }
    Ok(Issue::Erreurs)
}

/// The texts of what runs, and the dossiers that live under it.
async fn ce_qui_tourne(args: &PlanArgs) -> Result<(Option<SourceSet>, Vec<EnEtape>), Fatale> {
    if let Some(contre) = &args.contre {
        let lus = Dossiers::lit_dans(contre, Perimetre::Commune(&args.commune))?;
        return Ok((lus.slugs.contains(&args.commune).then_some(lus.sources), Vec::new()));
    }
    if storage::base(args.base.as_deref())?.is_none() && !args.data.is_dir() {
        return Err(Fatale::Usage(format!("{} n'est pas un dossier de données", args.data.display())));
    }
    let slug = CommuneSlug::lit(&args.commune)
        .map_err(|_| Fatale::Usage(format!("« {} » n'est pas un nom de commune", args.commune)))?;
    let store = storage::ouvre(&args.data, args.base.as_deref()).await?;
    let portee = store.portee_de_commande(&slug, "plan");
    let vigueur = store.en_vigueur(&portee, Horloge::default().reel()).await?;
    let sources = match vigueur {
        Some(vigueur) => {
            store.definition(&portee, &vigueur.digest).await?.as_deref().map(textes).transpose()?
        }
        None => None,
    };
    Ok((sources, vivants(&store, &portee).await?))
}
