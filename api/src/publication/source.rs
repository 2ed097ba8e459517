//! A version of a town as the store keeps it: its texts, from which the same town is compiled again.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::commune::Commune;
use engine::definition::resolve::charge;
use engine::definition::source::SourceSet;
use engine::diagnostic::{Gravite, resume};
use engine_store::{Portee, Store, VersionGardee};

use super::epingle::SANS_SOURCE;
use crate::error::{Fatale, Perdue};
use crate::folders::MODELES;

/// The town's own files and the models, under its digest.
pub(super) fn garde(sources: &SourceSet, commune: &Commune) -> Result<VersionGardee, Fatale> {
    let texte = |dossier: &str| -> Vec<(String, String)> {
        sources.sous(dossier).map(|(_, chemin, f)| (format!("{dossier}/{chemin}"), f.texte.clone())).collect()
    };
    let fichiers: BTreeMap<String, String> =
        [commune.slug.as_str(), MODELES].into_iter().flat_map(texte).collect();
    Ok(VersionGardee {
        digest: commune.digest.clone(),
        source: serde_json::to_string(&fichiers).map_err(|e| Fatale::Interne(e.to_string()))?,
        demarches: commune.demarches.iter().map(|d| (d.id.clone(), d.digest.clone())).collect(),
    })
}

/// The texts of a version that was kept.
pub(crate) fn textes(source: &str) -> Result<SourceSet, Fatale> {
    let fichiers: BTreeMap<String, String> = serde_json::from_str(source)
        .map_err(|e| Fatale::Interne(format!("source gardée illisible : {e}")))?;
    let mut sources = SourceSet::new();
    for (chemin, texte) in fichiers {
        sources.ajoute(chemin, texte);
    }
    Ok(sources)
}

/// Compiles a version that was kept, beside the threads that answer requests. The inner error: the first thing that is wrong with
/// it, when this binary does not take it any more.
pub(super) async fn relit(source: String, slug: &str) -> Result<Result<Arc<Commune>, String>, Fatale> {
    let slug = slug.to_owned();
    let compile = tokio::task::spawn_blocking(move || {
        let sources = textes(&source)?;
        let charge = charge(&sources, &slug);
        let erreur = charge.diagnostics.iter().find(|d| d.gravite == Gravite::Erreur);
        Ok(match (charge.commune, erreur) {
            (Some(commune), None) => Ok(commune),
            (_, Some(d)) => Err(format!(
                "ce programme ne la compile plus : {} ({})",
                d.message,
                sources.lieu(d.principal)
            )),
            (None, None) => Err(format!("ce programme ne la compile plus : {}", resume(&charge.diagnostics))),
        })
    });
    compile.await.map_err(|e| Fatale::Interne(e.to_string()))?
}

/// The version of the town that was published under `digest`; one that is lost stops what asked.
pub(super) async fn publiee(
    store: &Store,
    portee: &Portee,
    slug: &str,
    digest: &str,
) -> Result<Arc<Commune>, Fatale> {
    let lue = match store.definition(portee, digest).await? {
        Some(source) => relit(source, slug).await?,
        None => Err(SANS_SOURCE.to_owned()),
    };
    lue.map_err(|raison| {
        let (commune, digest) = (slug.to_owned(), digest.to_owned());
        Fatale::VersionsPerdues(vec![Perdue { commune, digest, demarche: None, raison }])
    })
}
