//! Every case of every town, replayed over a real store, gives the transcript that it gives in memory: each step's
//! decisions are committed, and the next step reads what was stored.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test stops at its first surprise, and prints its counts"
)]

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use engine::cas::{Cas, Depot, Relu, execute, execute_sur, transcript};
use engine::commune::Commune;
use engine::decision::Decision;
use engine::definition::resolve::charge;
use engine::foyer::Sujet;
use engine::identifiant::{CommuneSlug, DossierId, FoyerId};
use engine::reservation::Inscrit;
use engine_store::{Portee, Store};
use jiff::civil::Date;
use tokio::runtime::Runtime;

/// One town in a store, whichever its kind.
struct Magasin {
    tokio: Arc<Runtime>,
    store: Store,
    portee: Portee,
    commises: Rc<Cell<usize>>,
    // the folder lives as long as its store
    _dossier: Option<tempfile::TempDir>,
}

impl Depot for Magasin {
    fn commet(&mut self, decision: &Decision) -> Result<(), String> {
        let commis = self.tokio.block_on(self.store.commet(&self.portee, decision.clone(), None));
        self.commises.set(self.commises.get() + 1);
        commis.map(drop).map_err(|e| format!("{} : {e:?}", decision.entree.evenement))
    }

    fn relit(&mut self, foyers: &[FoyerId], dossiers: &[DossierId]) -> Result<Relu, String> {
        let (store, portee) = (&self.store, &self.portee);
        self.tokio.block_on(async {
            let mut relu = Relu::default();
            for id in foyers {
                relu.foyers.extend(store.foyer(portee, id).await.map_err(|e| e.to_string())?);
                let faits = store.faits(portee, id).await.map_err(|e| e.to_string())?;
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
        })
    }
}

fn communes() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../communes")
}

fn villes() -> Vec<String> {
    let dossiers = std::fs::read_dir(communes()).unwrap().map(|e| e.unwrap().path());
    let villes = dossiers.filter(|d| d.join("commune.yaml").is_file());
    let mut noms: Vec<String> =
        villes.map(|d| d.file_name().unwrap().to_string_lossy().into_owned()).collect();
    noms.sort();
    noms
}

fn ville(slug: &str) -> (Arc<Commune>, Vec<Cas>) {
    let chargement = charge(&tests::arbre::sources(slug), slug);
    (chargement.commune.unwrap(), chargement.cas)
}

/// A new, empty store for each case.
fn sqlite(tokio: &Arc<Runtime>, slug: &CommuneSlug, commises: &Rc<Cell<usize>>) -> Box<dyn Depot> {
    let dossier = tempfile::tempdir().unwrap();
    let store = tokio.block_on(Store::sqlite(dossier.path())).unwrap();
    let portee = store.portee_de_commande(slug, "rejeu");
    let (tokio, commises) = (Arc::clone(tokio), Rc::clone(commises));
    Box::new(Magasin { tokio, store, portee, commises, _dossier: Some(dossier) })
}

#[test]
fn les_cas_des_villes_donnent_le_meme_recit_sur_sqlite() {
    let tokio = Arc::new(Runtime::new().unwrap());
    let (mut etapes, mut villes_vues) = (0, 0);
    let commises = Rc::new(Cell::new(0));
    for slug in villes() {
        let (commune, cas) = ville(&slug);
        let nom = CommuneSlug::lit(&slug).unwrap();
        let en_memoire = execute(&commune, &cas);
        let stocke = execute_sur(&commune, &cas, &mut || sqlite(&tokio, &nom, &commises));
        let (attendu, obtenu) = (transcript::transcript(&en_memoire), transcript::transcript(&stocke));
        for (a, o) in attendu.lines().zip(obtenu.lines()) {
            assert_eq!(o, a, "{slug}\n{}", transcript::echecs(&stocke));
        }
        assert_eq!(attendu.lines().count(), obtenu.lines().count(), "{slug}");
        etapes += stocke.etapes().filter(|e| e.genre == "étape").count();
        villes_vues += 1;
    }
    println!(
        "{villes_vues} villes, {etapes} étapes rejouées sur SQLite, {} décisions commises",
        commises.get()
    );
    assert!(
        villes_vues >= 4 && etapes >= 400 && commises.get() >= 400,
        "{villes_vues} {etapes} {}",
        commises.get()
    );
}

/// The comparison can fail: a store that forgets bookings tells another story.
#[test]
fn un_magasin_qui_oublie_est_vu() {
    struct Oublieux(Box<dyn Depot>);
    impl Depot for Oublieux {
        fn commet(&mut self, decision: &Decision) -> Result<(), String> {
            self.0.commet(decision)
        }
        fn relit(&mut self, foyers: &[FoyerId], dossiers: &[DossierId]) -> Result<Relu, String> {
            self.0.relit(foyers, dossiers).map(|r| Relu { reservations: Vec::new(), ..r })
        }
    }
    let tokio = Arc::new(Runtime::new().unwrap());
    let (commune, cas) = ville("ham");
    let (nom, commises) = (CommuneSlug::lit("ham").unwrap(), Rc::new(Cell::new(0)));
    let stocke = execute_sur(&commune, &cas, &mut || Box::new(Oublieux(sqlite(&tokio, &nom, &commises))));
    assert_ne!(transcript::transcript(&stocke), transcript::transcript(&execute(&commune, &cas)));
}
