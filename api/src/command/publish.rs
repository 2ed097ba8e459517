//! `guichet publish`: puts a town's folder live, under a name, now or from a date; the journal keeps every publication.

use std::path::PathBuf;

use clap::Args;
use engine::commune::Commune;
use engine::definition::resolve::charge;
use engine::identifiant::CommuneSlug;
use engine_store::Publication;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use rules::date_fr;

use super::{Issue, ecrit, storage};
use crate::clock::Horloge;
use crate::error::Fatale;
use crate::folders::{Dossiers, Perimetre};
use crate::publication::{Essai, Voulu, publie};

/// Most lines of the journal shown.
const LIGNES: u32 = 50;

/// What `publish` takes.
#[derive(Debug, Args)]
pub(crate) struct Publish {
    /// La commune : le nom de son dossier.
    #[arg(value_name = "COMMUNE")]
    commune: String,
    /// Dossier des communes.
    #[arg(long, value_name = "DOSSIER", default_value = "communes")]
    communes: PathBuf,
    /// Dossier des données du serveur.
    #[arg(long, value_name = "DOSSIER", default_value = "data")]
    data: PathBuf,
    /// Base PostgreSQL (postgres://…) ; sinon GUICHET_BASE, sinon SQLite dans le dossier des données.
    #[arg(long, value_name = "URL")]
    base: Option<String>,
    /// Qui publie : le journal des publications garde ce nom.
    #[arg(long, value_name = "NOM", required_unless_present = "journal")]
    auteur: Option<String>,
    /// En service à partir de ce jour (« 2026-01-01 ») ou de cet instant (« 2026-01-01T06:00 »), à l'heure de la commune.
    #[arg(long, value_name = "QUAND")]
    depuis: Option<String>,
    /// Montre le journal des publications, et ne publie rien.
    #[arg(long, conflicts_with_all = ["auteur", "depuis"])]
    journal: bool,
}

pub(crate) fn run(args: &Publish) -> Result<Issue, Fatale> {
    storage::attend(execute(args))
}

async fn execute(args: &Publish) -> Result<Issue, Fatale> {
    if storage::base(args.base.as_deref())?.is_none() && !args.data.is_dir() {
        return Err(Fatale::Usage(format!("{} n'est pas un dossier de données", args.data.display())));
    }
    let dossiers = Dossiers::lit_dans(&args.communes, Perimetre::Commune(&args.commune))?;
    if !dossiers.slugs.contains(&args.commune) {
        return Err(Fatale::Usage(format!(
            "{} n'a pas de commune « {} »",
            args.communes.display(),
            args.commune
        )));
    }
    let store = storage::ouvre(&args.data, args.base.as_deref()).await?;
    let lue = charge(&dossiers.sources, &args.commune).commune;
    let fuseau = lue.as_ref().map_or(TimeZone::UTC, |c| c.fuseau.clone());
    let maintenant = Horloge::default().reel();
    let Some(auteur) = &args.auteur else {
        let slug = CommuneSlug::lit(&args.commune).map_err(|e| Fatale::Usage(e.to_string()))?;
        let portee = store.portee_de_commande(&slug, "journal des publications");
        let publications = store.publications(&portee, LIGNES).await?;
        ecrit(&journal(&publications, &fuseau, maintenant))?;
        return Ok(Issue::Bien);
    };
    let depuis = match &args.depuis {
        None => maintenant,
        Some(texte) => instant(texte, lue.as_deref(), maintenant)?,
    };
    let voulu = (args.commune.as_str(), auteur.trim(), Voulu::Publie);
    let essai = publie(&store, dossiers, voulu, depuis, maintenant).await?;
    let quand = date_fr::instant(depuis.to_zoned(fuseau).datetime());
    Ok(match essai {
        // a person's publication waits for nothing else
        Essai::AVenir(_) => Issue::Bien,
        Essai::Inchangee(commune) => {
            ecrit(&format!(
                "{} : rien ne change, cette version est déjà en service ({}).\n",
                args.commune,
                court(&commune.digest)
            ))?;
            Issue::Bien
        }
        Essai::Publiee(commune) => {
            ecrit(&format!(
                "{} : version {} publiée par {}, en service à partir du {quand}.\n",
                args.commune,
                court(&commune.digest),
                auteur.trim()
            ))?;
            Issue::Bien
        }
        Essai::Refusee(refusee) => {
            ecrit(&refusee.diagnostics)?;
            Issue::Erreurs
        }
    })
}

/// A future day or instant, in the town's zone: nothing that already happened is published.
fn instant(texte: &str, commune: Option<&Commune>, maintenant: Timestamp) -> Result<Timestamp, Fatale> {
    let local: Option<DateTime> =
        texte.parse::<Date>().ok().map(|d| d.at(0, 0, 0, 0)).or_else(|| texte.parse().ok());
    let fuseau = commune.map_or(TimeZone::UTC, |c| c.fuseau.clone());
    let instant = local.and_then(|l| l.to_zoned(fuseau).ok()).map(|z| z.timestamp());
    match instant {
        Some(instant) if instant >= maintenant => Ok(instant),
        Some(_) => Err(Fatale::Usage(format!(
            "--depuis {texte} est passé : une version ne se publie pas après coup"
        ))),
        None => Err(Fatale::Usage(format!(
            "--depuis {texte} n'est ni un jour (2026-01-01) ni un instant (2026-01-01T06:00)"
        ))),
    }
}

/// The journal, the newest first, with what is in force.
fn journal(publications: &[Publication], fuseau: &TimeZone, maintenant: Timestamp) -> String {
    if publications.is_empty() {
        return "Aucune publication.\n".to_owned();
    }
    let vigueur = publications.iter().filter(|p| p.depuis <= maintenant).max_by_key(|p| (p.depuis, p.n));
    let dit = |le: Timestamp| date_fr::instant(le.to_zoned(fuseau.clone()).datetime());
    publications
        .iter()
        .map(|p| {
            let etat = match vigueur {
                Some(v) if v.n == p.n => "  ← en service",
                _ if p.depuis > maintenant => "  (à venir)",
                _ => "",
            };
            let resume = if p.resume.is_empty() { String::new() } else { format!(" : {}", p.resume) };
            format!(
                "{:>4}  {}  depuis le {}, par {}{resume}{etat}\n",
                p.n,
                court(&p.digest),
                dit(p.depuis),
                p.auteur
            )
        })
        .collect()
}

fn court(digest: &str) -> String {
    digest.chars().take(12).collect()
}
