//! The towns' cases over a real store: each decision is committed, and what follows reads what was stored.
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads files"
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use engine::cas::{Cas, Depot, Relu};
use engine::commune::Commune;
use engine::decision::Decision;
use engine::definition::resolve::charge;
use engine::foyer::Sujet;
use engine::identifiant::{CommuneSlug, DossierId, FoyerId};
use engine::reservation::Inscrit;
use engine_store::{FoyerLu, Portee, Store};
use jiff::civil::Date;
use tokio::runtime::Runtime;

/// The key of a town's sensitive data, kept in clear as a former version kept files: the server of this data folder takes it, and
/// the store beside it reads what that server seals.
pub async fn coffre_connu(donnees: &Path, store: &Store, slug: &CommuneSlug) {
    let dossier = donnees.join("fichiers").join(slug.as_str());
    std::fs::create_dir_all(&dossier).unwrap();
    let cle = [7; 32];
    std::fs::write(dossier.join("_coffre"), cle).unwrap();
    store.confie(slug, cle, BTreeSet::new(), BTreeSet::new()).await.unwrap();
}

/// One town in a store, whichever its kind.
#[derive(Debug)]
pub struct Magasin {
    tokio: Arc<Runtime>,
    store: Store,
    portee: Portee,
    commises: Arc<AtomicUsize>,
    // the folder lives as long as its store
    _dossier: Option<tempfile::TempDir>,
}

impl Magasin {
    /// A folder of its own; `commises` counts the decisions.
    pub fn sqlite(tokio: &Arc<Runtime>, slug: &str, commises: &Arc<AtomicUsize>) -> Self {
        let dossier = tempfile::tempdir().unwrap();
        let store = tokio.block_on(Store::sqlite(dossier.path())).unwrap();
        Self { _dossier: Some(dossier), ..Self::dans(tokio, store, slug, commises) }
    }

    /// A commune of that name in this store.
    pub fn dans(tokio: &Arc<Runtime>, store: Store, slug: &str, commises: &Arc<AtomicUsize>) -> Self {
        let portee = store.portee_de_commande(&CommuneSlug::lit(slug).unwrap(), "rejeu");
        let (tokio, commises) = (Arc::clone(tokio), Arc::clone(commises));
        Self { tokio, store, portee, commises, _dossier: None }
    }
}

impl Depot for Magasin {
    fn commet(&mut self, decision: &Decision) -> Result<(), String> {
        let commis = self.tokio.block_on(self.store.commet(&self.portee, decision.clone(), None));
        self.commises.fetch_add(1, Ordering::Relaxed);
        commis.map(drop).map_err(|e| format!("{} : {e:?}", decision.entree.evenement))
    }

    fn relit(&mut self, foyers: &[FoyerId], dossiers: &[DossierId]) -> Result<Relu, String> {
        self.tokio.block_on(relit(&self.store, &self.portee, foyers, dossiers))
    }
}

/// All that is stored of these households and dossiers.
pub async fn relit(
    store: &Store,
    portee: &Portee,
    foyers: &[FoyerId],
    dossiers: &[DossierId],
) -> Result<Relu, String> {
    let mut relu = Relu::default();
    for id in foyers {
        let FoyerLu { foyer, faits } = store.famille(portee, id).await.map_err(|e| e.to_string())?;
        relu.foyers.extend(foyer);
        relu.faits.extend(faits.iter().cloned());
        for i in store.inscriptions(portee, id).await.map_err(|e| e.to_string())? {
            let sujet = i.enfant.map_or(Sujet::Foyer(i.foyer), Sujet::Personne);
            relu.inscriptions.push((sujet, Inscrit { service: i.service, du: i.du, au: i.au }));
        }
        let jours = (Date::new(1900, 1, 1).unwrap(), Date::new(2100, 1, 1).unwrap());
        let siennes = store.reservations(portee, id, jours.0, jours.1).await;
        relu.reservations.extend(siennes.map_err(|e| e.to_string())?);
    }
    for id in dossiers {
        relu.dossiers.extend(store.dossier(portee, id).await.map_err(|e| e.to_string())?);
    }
    Ok(relu)
}

/// The towns of the tree.
pub fn villes() -> Vec<String> {
    let dossiers = std::fs::read_dir(crate::arbre::racine().join("communes")).unwrap();
    let villes = dossiers.map(|e| e.unwrap().path()).filter(|d| d.join("commune.yaml").is_file());
    let mut noms: Vec<String> =
        villes.map(|d| d.file_name().unwrap().to_string_lossy().into_owned()).collect();
    noms.sort();
    noms
}

/// What the towns' guides ask and waits for `ou` (`attend: pages`): the town and the id.
pub fn exigences_en_attente(ou: &str) -> BTreeSet<(String, String)> {
    let mut toutes = BTreeSet::new();
    for slug in villes() {
        let fichier = crate::arbre::racine().join(format!("communes/{slug}/exigences.yaml"));
        let texte = crate::arbre::lit(&fichier).unwrap();
        for ligne in texte.lines().filter(|l| l.contains(&format!("attend: {ou} }}"))) {
            let (_, reste) = ligne.split_once("id: ").unwrap();
            toutes.insert((slug.clone(), reste.split(',').next().unwrap().to_owned()));
        }
    }
    toutes
}

/// A town, with its cases.
pub fn ville(slug: &str) -> (Arc<Commune>, Vec<Cas>) {
    let chargement = charge(&crate::arbre::sources(slug), slug);
    (chargement.commune.unwrap(), chargement.cas)
}
