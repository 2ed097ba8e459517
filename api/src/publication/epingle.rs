//! The definitions that filed dossiers are pinned to, compiled again from the sources that the store kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::commune::Commune;
use engine_store::{Portee, Store};

use super::source::relit;
use crate::error::Fatale;

/// Digest of a démarche → the version of the town that it is compiled from.
pub(crate) type Fixees = BTreeMap<String, Arc<Commune>>;

/// What the town's dossiers need besides `courante`; `connues` are not compiled twice.
pub(super) async fn fixees(
    store: &Store,
    portee: &Portee,
    courante: &Commune,
    connues: &Fixees,
) -> Result<Fixees, Fatale> {
    let slug = courante.slug.as_str();
    let mut fixees = Fixees::new();
    let mut compilees: BTreeMap<String, Arc<Commune>> = BTreeMap::new();
    for epinglee in store.epinglees(portee).await? {
        if courante.demarche(&epinglee.demarche).is_some_and(|d| d.digest == epinglee.digest) {
            continue;
        }
        let commune = match connues.get(&epinglee.digest) {
            Some(commune) => commune.clone(),
            None => {
                let perdue = |raison: &str| Fatale::VersionPerdue {
                    commune: slug.to_owned(),
                    digest: epinglee.digest.clone(),
                    raison: raison.to_owned(),
                };
                let definition =
                    epinglee.definition.as_ref().ok_or_else(|| perdue("sa source n'a pas été gardée"))?;
                match compilees.get(definition) {
                    Some(commune) => commune.clone(),
                    None => {
                        let source = store.definition(portee, definition).await?;
                        let source = source.ok_or_else(|| perdue("sa source n'a pas été gardée"))?;
                        let commune = relit(&source, slug, definition)?;
                        compilees.insert(definition.clone(), commune.clone());
                        commune
                    }
                }
            }
        };
        if commune.demarche(&epinglee.demarche).is_none_or(|d| d.digest != epinglee.digest) {
            return Err(Fatale::VersionPerdue {
                commune: slug.to_owned(),
                digest: epinglee.digest.clone(),
                raison: format!("la source gardée ne donne plus la même démarche « {} »", epinglee.demarche),
            });
        }
        fixees.insert(epinglee.digest, commune);
    }
    Ok(fixees)
}

/// The démarches of a version that was just replaced: a request that began under it may still pin a dossier to them.
pub(super) fn celles_de(commune: &Arc<Commune>) -> Fixees {
    commune.demarches.iter().map(|d| (d.digest.clone(), commune.clone())).collect()
}
