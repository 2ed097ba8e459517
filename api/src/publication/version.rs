//! A folder becomes the version that runs, or is refused with its reasons.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::Arc;

use engine::commune::Commune;
use engine::definition::resolve::charge;
use engine::definition::source::SourceSet;
use engine::diagnostic::rendu::{self, Format};
use engine::diagnostic::{Diagnostic, Gravite, resume};
use engine::identifiant::CommuneSlug;
use engine::plan::{EnEtape, Version, etapes_retirees, plan};
use engine_store::{Portee, Publication, Store};
use jiff::Timestamp;
use tokio::sync::Semaphore;

use super::epingle::{Fixees, fixees};
use super::source::{garde, publiee, textes};
use crate::error::Fatale;
use crate::folders::Dossiers;

/// How many publications are looked at for one that is to come.
const PUBLICATIONS: u32 = 100;

/// What happened to a folder.
#[derive(Debug)]
pub(crate) enum Essai {
    /// It says what already runs.
    Inchangee(Arc<Commune>),
    /// It is live.
    Publiee(Arc<Commune>),
    /// It is published for later: it waits for its date.
    AVenir(Timestamp),
    /// It has errors.
    Refusee(Refusee),
}

/// Who wants the folder in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Voulu {
    /// Somebody, by name: from `depuis`, whatever was said before.
    Publie,
    /// The folder itself, because it changed: never before the date that somebody published it for.
    Surveille,
}

/// Why a folder does not run.
#[derive(Clone, Debug)]
pub(crate) struct Refusee {
    /// Since when.
    pub(crate) le: Timestamp,
    /// One sentence.
    pub(crate) raison: String,
    /// Every diagnostic, as `guichet check` writes them.
    pub(crate) diagnostics: String,
}

/// The towns, as a start finds them.
#[derive(Debug, Default)]
pub(crate) struct Villes {
    /// Live, by slug.
    pub(crate) communes: BTreeMap<String, Arc<Commune>>,
    /// What dossiers are pinned to besides, by slug.
    pub(crate) fixees: BTreeMap<String, Fixees>,
    /// Folders that are not what runs.
    pub(crate) refusees: BTreeMap<String, Refusee>,
}

/// The live towns at a start: their folders, or what was published last where a folder is refused or, with `surveille`
/// false, was not published. What was kept and no longer compiles stops the start.
pub(crate) async fn demarre(
    store: &Store,
    dossiers: Dossiers,
    surveille: bool,
    maintenant: Timestamp,
) -> Result<Villes, Fatale> {
    let mut villes = Villes::default();
    let sources = Arc::new(dossiers.sources);
    // compiling is what takes time: as many towns at once as there are processors
    let places = Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(1, NonZero::get)));
    let mut en_cours = Vec::new();
    for nom in dossiers.slugs {
        let Ok(slug) = CommuneSlug::lit(&nom) else {
            let raison = "ce nom de dossier ne peut pas être une adresse".to_owned();
            villes.refusees.insert(nom, Refusee { le: maintenant, raison, diagnostics: String::new() });
            continue;
        };
        let (store, sources, places) = (store.clone(), sources.clone(), places.clone());
        en_cours.push(tokio::spawn(async move {
            let _place = places.acquire().await.map_err(|e| Fatale::Interne(e.to_string()))?;
            let une = Une::demarre(&store, &sources, &slug, surveille, maintenant).await?;
            Ok::<_, Fatale>((nom, une))
        }));
    }
    for une in en_cours {
        let (nom, une) = une.await.map_err(|e| Fatale::Interne(e.to_string()))??;
        if let Some(refusee) = une.refusee {
            villes.refusees.insert(nom.clone(), refusee);
        }
        if let Some((commune, fixees)) = une.servie {
            villes.fixees.insert(nom.clone(), fixees);
            villes.communes.insert(nom, commune);
        }
    }
    Ok(villes)
}

/// A town, as a start finds it.
#[derive(Debug, Default)]
struct Une {
    /// What runs, with what its dossiers are pinned to besides.
    servie: Option<(Arc<Commune>, Fixees)>,
    /// Why its folder does not.
    refusee: Option<Refusee>,
}

impl Une {
    async fn demarre(
        store: &Store,
        sources: &Arc<SourceSet>,
        slug: &CommuneSlug,
        surveille: bool,
        maintenant: Timestamp,
    ) -> Result<Self, Fatale> {
        let nom = slug.as_str();
        let mut une = Self::default();
        let portee = store.portee_de_commande(slug, "démarrage");
        let vigueur = store.en_vigueur(&portee, maintenant).await?;
        let mut commune = None;
        if surveille || vigueur.is_none() {
            let voulu = if vigueur.is_some() { Voulu::Surveille } else { Voulu::Publie };
            match essaie(store, &portee, sources, (nom, "démarrage", voulu), maintenant, maintenant).await? {
                Essai::Inchangee(c) | Essai::Publiee(c) => commune = Some(c),
                Essai::AVenir(le) => tracing::info!(commune = nom, %le, "folder published for later"),
                Essai::Refusee(refusee) => {
                    tracing::error!(
                        commune = nom,
                        raison = refusee.raison,
                        diagnostics = refusee.diagnostics,
                        "folder refused"
                    );
                    une.refusee = Some(refusee);
                }
            }
        }
        if let (None, Some(vigueur)) = (&commune, vigueur) {
            commune = Some(publiee(store, &portee, nom, &vigueur.digest).await?);
        }
        if let Some(commune) = commune {
            let fixees = fixees(store, &portee, &commune, &Fixees::new()).await?;
            une.servie = Some((commune, fixees));
        }
        Ok(une)
    }
}

/// Checks the folder of `slug`, keeps it and writes it in the journal of publications, in force from `depuis`.
pub(crate) async fn publie(
    store: &Store,
    dossiers: Dossiers,
    (slug, auteur, voulu): (&str, &str, Voulu),
    depuis: Timestamp,
    maintenant: Timestamp,
) -> Result<Essai, Fatale> {
    let connu = CommuneSlug::lit(slug)
        .map_err(|_| Fatale::Usage(format!("« {slug} » n'est pas un nom de commune")))?;
    let portee = store.portee_de_commande(&connu, "publication");
    let sources = Arc::new(dossiers.sources);
    essaie(store, &portee, &sources, (slug, auteur, voulu), depuis, maintenant).await
}

async fn essaie(
    store: &Store,
    portee: &Portee,
    sources: &Arc<SourceSet>,
    (slug, auteur, voulu): (&str, &str, Voulu),
    depuis: Timestamp,
    maintenant: Timestamp,
) -> Result<Essai, Fatale> {
    let (partagees, nom) = (sources.clone(), slug.to_owned());
    let compile = tokio::task::spawn_blocking(move || charge(&partagees, &nom));
    let charge = compile.await.map_err(|e| Fatale::Interne(e.to_string()))?;
    let mut diagnostics = charge.diagnostics;
    let sain = diagnostics.iter().all(|d| d.gravite != Gravite::Erreur);
    let Some(commune) = charge.commune.filter(|_| sain) else {
        return Ok(Essai::Refusee(refusee(sources, &diagnostics, maintenant)));
    };
    let vigueur = store.en_vigueur(portee, depuis).await?;
    if vigueur.is_some_and(|v| v.digest == commune.digest) {
        return Ok(Essai::Inchangee(commune));
    }
    if voulu == Voulu::Surveille {
        let siennes = store.publications(portee, PUBLICATIONS).await?;
        let a_venir = siennes.iter().filter(|p| p.depuis > maintenant && p.digest == commune.digest);
        if let Some(le) = a_venir.map(|p| p.depuis).min() {
            return Ok(Essai::AVenir(le));
        }
    }
    let retirees = etapes_retirees(&commune, sources, &vivants(store, portee).await?);
    if !retirees.is_empty() {
        diagnostics.extend(retirees);
        return Ok(Essai::Refusee(refusee(sources, &diagnostics, maintenant)));
    }
    let resume = resume_du_plan(store, portee, sources, &commune, maintenant).await?;
    let publication = Publication {
        n: 0,
        digest: commune.digest.clone(),
        depuis,
        publiee_le: maintenant,
        auteur: auteur.to_owned(),
        resume,
    };
    store.publie(portee, garde(sources, &commune)?, publication).await?;
    Ok(Essai::Publiee(commune))
}

/// What this publication changes, in one sentence.
async fn resume_du_plan(
    store: &Store,
    portee: &Portee,
    sources: &Arc<SourceSet>,
    commune: &Arc<Commune>,
    maintenant: Timestamp,
) -> Result<String, Fatale> {
    let source = match store.en_vigueur(portee, maintenant).await? {
        Some(vigueur) => store.definition(portee, &vigueur.digest).await?,
        None => None,
    };
    let (sources, commune) = (sources.clone(), commune.clone());
    let compare = tokio::task::spawn_blocking(move || {
        let anciennes = source.as_deref().map(textes).transpose()?;
        let ancienne = anciennes.as_ref().and_then(|s| Some((s, charge(s, &commune.slug).commune?)));
        let avant = ancienne.as_ref().map(|(sources, commune)| Version { sources, commune });
        let jour = maintenant.to_zoned(commune.fuseau.clone()).date();
        Ok(plan(avant, Version { sources: &sources, commune: &commune }, &[], jour).resume())
    });
    compare.await.map_err(|e| Fatale::Interne(e.to_string()))?
}

/// The town's live dossiers, by étape.
pub(crate) async fn vivants(store: &Store, portee: &Portee) -> Result<Vec<EnEtape>, Fatale> {
    let groupes = store.en_cours(portee).await?.into_iter();
    let groupe = |g: engine_store::EnCours| EnEtape {
        demarche: g.demarche,
        etape: g.etape,
        digest: g.digest,
        phase: g.phase,
        nombre: g.nombre,
    };
    Ok(groupes.map(groupe).collect())
}

fn refusee(sources: &SourceSet, diagnostics: &[Diagnostic], le: Timestamp) -> Refusee {
    let erreurs: Vec<Diagnostic> =
        diagnostics.iter().filter(|d| d.gravite == Gravite::Erreur).cloned().collect();
    let raison = match erreurs.first() {
        Some(d) => {
            format!("{} ; la première : {} ({})", resume(diagnostics), d.message, sources.lieu(d.principal))
        }
        None => "le dossier est illisible".to_owned(),
    };
    Refusee {
        le,
        raison,
        diagnostics: rendu::rend(Format::Texte, &erreurs, sources, rendu::Options::default()),
    }
}
