//! The towns' keys, given to the store: from then on, what is sensitive is sealed where it is written.

use std::collections::BTreeSet;

use engine::commune::Commune;
use engine::identifiant::CommuneSlug;
use engine_store::Store;

use crate::error::Fatale;
use crate::facts;
use crate::files::Fichiers;

/// Gives the store the key of this town, and the names of what it seals in each of these versions; seals what was kept in clear.
pub(crate) async fn confie<'c>(
    store: &Store,
    fichiers: &Fichiers,
    slug: &str,
    versions: impl Iterator<Item = &'c Commune>,
) -> Result<(), Fatale> {
    let Ok(slug) = CommuneSlug::lit(slug) else { return Ok(()) };
    let cle = fichiers.coffre(&slug).await.map_err(|e| Fatale::fichier("la clé des données sensibles", e))?;
    let (mut faits, mut champs) = (BTreeSet::new(), BTreeSet::new());
    for commune in versions {
        let siens = facts::sensibles(commune);
        let sensible = |c: &&engine::demarche::Champ| c.fait.as_ref().is_some_and(|f| siens.contains(&f.nom));
        let demandes = commune.demarches.iter().flat_map(|d| d.champs()).filter(sensible);
        champs.extend(demandes.map(|c| c.id.clone()));
        faits.extend(siens);
    }
    store.confie(&slug, cle, faits, champs).await?;
    let scelles = store.scelle_le_passe(&slug).await?;
    if scelles > 0 {
        tracing::info!(commune = %slug, scelles, "what was kept in clear is sealed");
    }
    Ok(())
}
