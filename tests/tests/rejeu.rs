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

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use engine::cas::{Depot, Relu, execute, execute_sur, transcript};
use engine::decision::Decision;
use engine::identifiant::{DossierId, FoyerId};
use engine_store::Store;
use tests::grappe;
use tests::magasin::{Magasin, ville, villes};
use tokio::runtime::Runtime;

/// Where the cases are replayed.
trait Base: Sync {
    /// A new, empty store, or part of one, for each case of this town.
    fn neuve(&self, slug: &str) -> Box<dyn Depot>;
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
        Box::new(Magasin::sqlite(&self.tokio, slug, &self.commises))
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
        Box::new(Magasin::dans(&self.tokio, self.store.clone(), &nom, &self.commises))
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
