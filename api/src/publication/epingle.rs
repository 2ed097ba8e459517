//! The definitions that filed dossiers are pinned to, compiled again from the sources that the store kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::commune::Commune;
use engine_store::{Epinglee, Portee, Store};

use super::source::relit;
use crate::error::{Fatale, Perdue};

/// Digest of a démarche → the version of the town that it is compiled from.
pub(crate) type Fixees = BTreeMap<String, Arc<Commune>>;

/// What the town's dossiers need besides `courante`; `connues` are not compiled twice. One that is not there any more, or that
/// this binary does not compile to the same démarche, stops what asked.
pub(super) async fn fixees(
    store: &Store,
    portee: &Portee,
    courante: &Commune,
    connues: &Fixees,
) -> Result<Fixees, Fatale> {
    let (fixees, perdues) = examine(store, portee, courante, connues).await?;
    if perdues.is_empty() { Ok(fixees) } else { Err(Fatale::VersionsPerdues(perdues)) }
}

/// The same, with everything that is lost.
pub(crate) async fn examine(
    store: &Store,
    portee: &Portee,
    courante: &Commune,
    connues: &Fixees,
) -> Result<(Fixees, Vec<Perdue>), Fatale> {
    let slug = courante.slug.as_str();
    let (mut fixees, mut perdues) = (Fixees::new(), Vec::new());
    // a version of the town holds several démarches: compiled once, or lost once
    let mut compilees: BTreeMap<String, Result<Arc<Commune>, String>> = BTreeMap::new();
    for epinglee in store.epinglees(portee).await? {
        if courante.demarche(&epinglee.demarche).is_some_and(|d| d.digest == epinglee.digest) {
            continue;
        }
        let commune = match (connues.get(&epinglee.digest), &epinglee.definition) {
            (Some(commune), _) => Ok(commune.clone()),
            (None, None) => Err(SANS_SOURCE.to_owned()),
            (None, Some(definition)) => match compilees.get(definition) {
                Some(compilee) => compilee.clone(),
                None => {
                    let source = store.definition(portee, definition).await?;
                    let compilee = match source {
                        Some(source) => relit(source, slug).await?,
                        None => Err(SANS_SOURCE.to_owned()),
                    };
                    compilees.insert(definition.clone(), compilee.clone());
                    compilee
                }
            },
        };
        match commune.and_then(|c| meme(&epinglee, c)) {
            Ok(commune) => {
                fixees.insert(epinglee.digest, commune);
            }
            Err(raison) => perdues.push(Perdue {
                commune: slug.to_owned(),
                demarche: Some((epinglee.demarche, epinglee.dossiers)),
                digest: epinglee.digest,
                raison,
            }),
        }
    }
    Ok((fixees, perdues))
}

/// Why a version cannot run: nobody kept its texts.
pub(super) const SANS_SOURCE: &str = "sa source n’est pas dans les données";

/// The version, if its démarche is still the one that dossiers follow.
fn meme(epinglee: &Epinglee, commune: Arc<Commune>) -> Result<Arc<Commune>, String> {
    match commune.demarche(&epinglee.demarche) {
        Some(d) if d.digest == epinglee.digest => Ok(commune),
        Some(d) => Err(format!("ce programme en lit une autre dans la source gardée ({})", d.digest)),
        None => Err("la source gardée n’a plus cette démarche".to_owned()),
    }
}

/// The démarches of a version that was just replaced: a request that began under it may still pin a dossier to them.
pub(super) fn celles_de(commune: &Arc<Commune>) -> Fixees {
    commune.demarches.iter().map(|d| (d.digest.clone(), commune.clone())).collect()
}
