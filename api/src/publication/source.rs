//! A version of a town as the store keeps it: its texts, from which the same town is compiled again.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::commune::Commune;
use engine::definition::resolve::charge;
use engine::definition::source::SourceSet;
use engine::diagnostic::{Gravite, resume};
use engine_store::VersionGardee;

use crate::error::Fatale;
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

/// Compiles a version that was kept; the first thing that is wrong with it, when this binary does not take it any more.
pub(super) fn relit(source: &str, slug: &str, digest: &str) -> Result<Arc<Commune>, Fatale> {
    let sources = textes(source)?;
    let charge = charge(&sources, slug);
    let erreur = charge.diagnostics.iter().find(|d| d.gravite == Gravite::Erreur);
    match (charge.commune, erreur) {
        (Some(commune), None) => Ok(commune),
        (_, erreur) => Err(Fatale::VersionPerdue {
            commune: slug.to_owned(),
            digest: digest.to_owned(),
            raison: erreur.map_or_else(
                || resume(&charge.diagnostics),
                |d| format!("{} ({})", d.message, sources.lieu(d.principal)),
            ),
        }),
    }
}
