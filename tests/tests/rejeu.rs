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

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use engine::cas::{Cas, Depot, Relu, execute, execute_sur, transcript};
use engine::commune::Commune;
use engine::decision::Decision;
use engine::definition::resolve::charge;
use engine::foyer::Sujet;
use engine::identifiant::{CommuneSlug, DossierId, FoyerId};
use engine::reservation::Inscrit;
use engine_store::{Portee, Store};
use jiff::civil::Date;
use tests::grappe;
use tokio::runtime::Runtime;

/// One town in a store, whichever its kind.
struct Magasin {
    tokio: Arc<Runtime>,
    store: Store,
    portee: Portee,
    commises: Arc<AtomicUsize>,
    // the folder lives as long as its store
    _dossier: Option<tempfile::TempDir>,
}

/// Where the cases are replayed.
trait Base: Sync {
    /// A new, empty store, or part of one, for each case of this town.
    fn neuve(&self, slug: &str) -> Box<dyn Depot>;
}

impl Depot for Magasin {
    fn commet(&mut self, decision: &Decision) -> Result<(), String> {
        let commis = self.tokio.block_on(self.store.commet(&self.portee, decision.clone(), None));
        self.commises.fetch_add(1, Ordering::Relaxed);
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

/// A folder a case.
struct Sqlite {
    tokio: Arc<Runtime>,
    commises: Arc<AtomicUsize>,
}

impl Sqlite {
    fn nouvelle() -> Self {
        Self { tokio: Arc::new(Runtime::new().unwrap()), commises: Arc::default() }
    }
}

impl Base for Sqlite {
    fn neuve(&self, slug: &str) -> Box<dyn Depot> {
        let dossier = tempfile::tempdir().unwrap();
        let store = self.tokio.block_on(Store::sqlite(dossier.path())).unwrap();
        let portee = store.portee_de_commande(&CommuneSlug::lit(slug).unwrap(), "rejeu");
        let (tokio, commises) = (Arc::clone(&self.tokio), Arc::clone(&self.commises));
        Box::new(Magasin { tokio, store, portee, commises, _dossier: Some(dossier) })
    }
}

/// One database, shared by every case of every town: each has a commune of its own in it, behind row security.
struct Postgres {
    tokio: Arc<Runtime>,
    store: Store,
    rang: AtomicUsize,
    commises: Arc<AtomicUsize>,
}

impl Postgres {
    fn nouvelle(administrateur: &str) -> Self {
        let tokio = Arc::new(Runtime::new().unwrap());
        let base = grappe::base_dans(administrateur);
        let store = tokio.block_on(async {
            Store::migre_postgres(&base.proprietaire).await.unwrap();
            Store::postgres(&base.application).await.unwrap()
        });
        Self { tokio, store, rang: AtomicUsize::new(0), commises: Arc::default() }
    }
}

impl Base for Postgres {
    fn neuve(&self, slug: &str) -> Box<dyn Depot> {
        let nom = format!("{slug}-{}", self.rang.fetch_add(1, Ordering::Relaxed));
        let portee = self.store.portee_de_commande(&CommuneSlug::lit(&nom).unwrap(), "rejeu");
        let (tokio, commises) = (Arc::clone(&self.tokio), Arc::clone(&self.commises));
        Box::new(Magasin { tokio, store: self.store.clone(), portee, commises, _dossier: None })
    }
}

/// Every case of a town gives there the transcript that it gives in memory; how many steps that was.
fn rejoue(slug: &str, base: &dyn Base) -> usize {
    let (commune, cas) = ville(slug);
    let en_memoire = execute(&commune, &cas);
    let stocke = execute_sur(&commune, &cas, &mut || base.neuve(slug));
    let (attendu, obtenu) = (transcript::transcript(&en_memoire), transcript::transcript(&stocke));
    for (a, o) in attendu.lines().zip(obtenu.lines()) {
        assert_eq!(o, a, "{slug}\n{}", transcript::echecs(&stocke));
    }
    assert_eq!(attendu.lines().count(), obtenu.lines().count(), "{slug}");
    stocke.etapes().filter(|e| e.genre == "étape").count()
}

/// Every town, each in its thread.
fn rejoue_les_villes(quoi: &str, base: &dyn Base, commises: &AtomicUsize) {
    let villes = villes();
    let etapes: usize = std::thread::scope(|s| {
        let fils: Vec<_> = villes.iter().map(|slug| s.spawn(move || rejoue(slug, base))).collect();
        fils.into_iter().map(|f| f.join().unwrap()).sum()
    });
    let (villes, commises) = (villes.len(), commises.load(Ordering::Relaxed));
    println!("{villes} villes, {etapes} étapes rejouées sur {quoi}, {commises} décisions commises");
    assert!(villes >= 5 && etapes >= 1500 && commises >= 1400, "{villes} {etapes} {commises}");
}

#[test]
fn les_cas_des_villes_donnent_le_meme_recit_sur_sqlite() {
    let base = Sqlite::nouvelle();
    rejoue_les_villes("SQLite", &base, &base.commises);
}

#[test]
fn les_cas_des_villes_donnent_le_meme_recit_sur_postgresql() {
    let Some(administrateur) = grappe::administrateur() else { return };
    let base = Postgres::nouvelle(administrateur);
    rejoue_les_villes("PostgreSQL", &base, &base.commises);
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
    let (commune, cas) = ville("ham");
    let base = Sqlite::nouvelle();
    let stocke = execute_sur(&commune, &cas, &mut || Box::new(Oublieux(base.neuve("ham"))));
    assert_ne!(transcript::transcript(&stocke), transcript::transcript(&execute(&commune, &cas)));
}
