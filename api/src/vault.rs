//! The towns' keys, given to the store: from then on, what is sensitive is sealed where it is written.

use std::collections::BTreeSet;

use engine::commune::Commune;
use engine::identifiant::{CommuneSlug, hexa};
use engine_store::Store;
use sha2::{Digest as _, Sha256};

use crate::error::Fatale;
use crate::facts;
use crate::files::Fichiers;
use crate::witness::Temoin;

/// The setting of a town's store that tells its key from another: SHA-256 of 256 random bits.
const TEMOIN: &str = "temoin_du_coffre";

fn illisible(erreur: std::io::Error) -> Fatale {
    Fatale::fichier("la clé des données sensibles", erreur)
}

fn autre(slug: &CommuneSlug, quoi: &str) -> Fatale {
    Fatale::Usage(format!(
        "{slug} : la clé des données sensibles (« _coffre », gardée avec les documents) {quoi}. Remettez les documents de la même sauvegarde, ou dites où ils sont (--fichiers) : avec une autre clé, ce qui est scellé ne se lirait plus"
    ))
}

/// Gives the store the key of this town, and the names of what it seals in each of these versions; seals what was kept in clear.
pub(crate) async fn confie<'c>(
    store: &Store,
    fichiers: &Fichiers,
    slug: &str,
    versions: impl Iterator<Item = &'c Commune>,
) -> Result<(), Fatale> {
    let Ok(slug) = CommuneSlug::lit(slug) else { return Ok(()) };
    let temoin = Temoin::lit(store, &slug, TEMOIN).await?;
    let cle = if temoin.connait() {
        let gardee = fichiers.coffre_garde(&slug).await.map_err(illisible)?;
        gardee.ok_or_else(|| autre(&slug, "n'est plus avec les documents"))?
    } else {
        fichiers.coffre(&slug).await.map_err(illisible)?
    };
    let empreinte = hexa(&Sha256::new().chain_update(b"coffre").chain_update(cle).finalize());
    if !temoin.reconnait(store, &empreinte).await? {
        return Err(autre(&slug, "n'est pas celle de ces données"));
    }
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
