//! Durable submissions a second, beside a bare group-commit loop of the same statements in the same run (target: 0.8 with 64
//! clients), on SQLite, on SQLite with 4 ms a flush injected, and on PostgreSQL.
//!
//! A submission files a dossier: its number, its snapshot, its chained journal entry, a letter to send, an échéance, and the
//! idempotency key. The bare loop runs these statements from one connection, 64 submissions a commit, without queue, guard,
//! hash, nor JSON to write: those that the store runs, the rows of a table together, and beside it a statement a row, as an ordinary
//! program would. Ours and bare alternate (A B A B); a flush of the disk is measured beside them.
//!
//! PostgreSQL is measured when `GUICHET_PG` names a cluster: `GUICHET_PG=$(tests/postgres lance DIR) cargo bench -p engine-store`.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures time, answers on its standard output, or stops"
)]

mod nu;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use engine::decision::{
    Agregat, Appartient, CleEffet, Decision, EcheanceAFaire, Ecriture, EffetAFaire, Garde, Sortie, Suivant,
};
use engine::demarche::{Changement, Destinataire, Dossier, Phase, Reponses};
use engine::identifiant::{CommuneSlug, DossierId, FoyerId, PersonneId};
use engine_store::{CleIdempotence, Portee, Store};
use jiff::SignedDuration;
use nu::{Maniere, Nu, decision, famille, le};
use tokio::task::JoinSet;

/// Seconds of one measure.
const DUREE: f64 = 0.5;
const TOURS: usize = 7;
const CLIENTS: [u32; 3] = [1, 8, 64];
/// Submissions under one commit of the bare loop.
const LOT: u32 = 64;
/// What makes this program run again with slow flushes.
const LENT: &str = "GUICHET_BANC_LENT";

/// Files the dossier of that rank.
fn depot(rang: u64) -> (Decision, CleIdempotence) {
    let id = DossierId::neuf(u128::from(rang).to_be_bytes());
    let dossier = Dossier {
        id: id.clone(),
        demarche: "inscription".into(),
        digest: "d1".into(),
        numero: None,
        foyer: Some(FoyerId::neuf([1; 16])),
        demandeur: Some(PersonneId::neuf([1; 16])),
        enfant: Some(PersonneId::neuf([2; 16])),
        annee_scolaire: Some("2025-2026".into()),
        etape: "deposee".into(),
        phase: Phase::Deposee,
        entree: 1,
        entree_le: le(),
        depots: 1,
        depose_le: Some(le()),
        dernier_depot_le: Some(le()),
        cree_le: le(),
        reponses: Reponses::default(),
        pieces: BTreeMap::new(),
        cle: None,
        rejet_implicite_le: None,
        motif: None,
        affecte_a: None,
        suivi: engine::demarche::Suivi::default(),
        documents: Vec::new(),
        version: 1,
    };
    let agregat = Agregat::Dossier(id.clone());
    let numero =
        Ecriture::Numero { compteur: "dossier-2025".into(), prefixe: "2025-".into(), dossier: id.clone() };
    let mut d = decision(agregat.clone(), Suivant::Dossier(Box::new(dossier.clone())), vec![numero]);
    d.entree.changements = vec![Changement::Cree(Box::new(dossier))];
    d.gardes = vec![Garde::Version { agregat: agregat.clone(), attendue: 0 }];
    let sortie = Sortie::Message { modele: "accuse".into(), a: Destinataire::Demandeur, motif: None };
    d.effets = vec![EffetAFaire { cle: CleEffet { agregat, seq: 1, rang: 0 }, sortie }];
    d.echeances = vec![EcheanceAFaire {
        dossier: id.clone(),
        le: le() + SignedDuration::from_hours(24),
        appartient: Appartient::Silence { depot: 1 },
    }];
    (d, CleIdempotence { cle: format!("p/{rang}"), corps: [7; 32], reponse: id.to_string() })
}

/// The store under measure, and the bare loop beside it.
struct Banc {
    store: Store,
    portee: Portee,
    nu: Nu,
    flux: File,
    rang: AtomicU64,
    deposes: u64,
}

impl Banc {
    async fn ouvre(store: Store, nu: Nu, dossier: &Path) -> Self {
        let portee = store.portee_de_commande(&CommuneSlug::lit("essai").expect("a slug"), "bench");
        store.commet(&portee, famille(), None).await.expect("a family");
        let flux = File::create(dossier.join("flux")).expect("a file");
        Self { store, portee, nu, flux, rang: AtomicU64::new(1), deposes: 0 }
    }

    /// Appends flushed a second.
    fn flushes(&mut self) -> f64 {
        let (debut, mut faits) = (Instant::now(), 0_u32);
        while debut.elapsed().as_secs_f64() < DUREE / 4.0 {
            self.flux.write_all(&[7; 4096]).expect("room");
            self.flux.sync_data().expect("a flush");
            faits += 1;
        }
        f64::from(faits) / debut.elapsed().as_secs_f64()
    }

    /// Submissions a second through the store, each client one after the other.
    async fn deposes(&mut self, clients: u32) -> f64 {
        let debut = Instant::now();
        let mut taches = JoinSet::new();
        for _ in 0..clients {
            let (store, portee) = (self.store.clone(), self.portee.clone());
            let depart = self.rang.fetch_add(1_000_000, Ordering::Relaxed);
            taches.spawn(async move {
                let mut faits = 0;
                while debut.elapsed().as_secs_f64() < DUREE {
                    let (depot, cle) = depot(depart + faits);
                    store.commet(&portee, depot, Some(cle)).await.expect("committed");
                    faits += 1;
                }
                faits
            });
        }
        let mut faits = 0;
        while let Some(siens) = taches.join_next().await {
            faits += siens.expect("a client ends");
        }
        self.deposes += faits;
        faits as f64 / debut.elapsed().as_secs_f64()
    }

    async fn mesure(&mut self, quoi: &str) {
        // neither is measured on empty tables
        self.deposes(LOT).await;
        self.nu.deposes(Maniere::Ensemble, LOT, DUREE).await;
        self.nu.analyse().await;
        for clients in CLIENTS {
            let (mut rapports, mut notres, mut nus, mut disque) = (vec![], vec![], vec![], vec![]);
            let (mut un_par_un, mut rapports_un_par_un) = (vec![], vec![]);
            for _ in 0..TOURS {
                disque.push(self.flushes());
                let nu = self.nu.deposes(Maniere::Ensemble, LOT.min(clients), DUREE).await;
                let notre = self.deposes(clients).await;
                rapports.push(notre / nu);
                notres.push(notre);
                nus.push(nu);
                let lent = self.nu.deposes(Maniere::UnParUn, LOT.min(clients), DUREE).await;
                un_par_un.push(lent);
                rapports_un_par_un.push(notre / lent);
            }
            println!(
                "{:.2}  {quoi}, {clients} client(s): {:.0} submissions a second, bare loop {:.0}; {:.2} of {:.0}, a statement a row; {:.0} flushes",
                mediane(rapports),
                mediane(notres),
                mediane(nus),
                mediane(rapports_un_par_un),
                mediane(un_par_un),
                mediane(disque)
            );
        }
        let verifie = self.store.verifie_journal(&self.portee).await.expect("a journal").expect("a chain");
        assert_eq!(u64::try_from(verifie), Ok(self.deposes + 1), "every acknowledged write is there");
    }
}

fn mediane(mut mesures: Vec<f64>) -> f64 {
    mesures.sort_by(f64::total_cmp);
    mesures.get(mesures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Runs this program again with a library that makes each flush 4 ms longer.
fn avec_flushes_lents() {
    let dossier = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (source, objet) = (dossier.join("lent.c"), dossier.join("lent.so"));
    let lent = "#define _GNU_SOURCE\n#include <dlfcn.h>\n#include <unistd.h>\n\
        #define LENT(nom) int nom(int fd) { int (*vrai)(int) = dlsym(RTLD_NEXT, #nom); usleep(4000); return vrai(fd); }\n\
        LENT(fsync)\nLENT(fdatasync)\n";
    std::fs::write(&source, lent).expect("a file");
    let fait = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .arg(&objet)
        .arg(&source)
        .arg("-ldl")
        .status();
    assert!(fait.expect("a C compiler").success());
    let moi = std::env::current_exe().expect("this program");
    let fait = Command::new(moi).env(LENT, "1").env("LD_PRELOAD", objet).status();
    assert!(fait.expect("this program again").success());
}

#[tokio::main]
async fn main() {
    let lent = std::env::var_os(LENT).is_some();
    let dossier = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on the disk");
    println!("ratio  what (submissions a second / those of a bare group-commit loop of the same statements)");
    let store = Store::sqlite(&dossier.path().join("store")).await.expect("a data folder");
    let nu = Nu::sqlite(&dossier.path().join("nu")).await;
    let quoi = if lent { "SQLite, 4 ms a flush" } else { "SQLite" };
    Banc::ouvre(store, nu, dossier.path()).await.mesure(quoi).await;
    if lent {
        return;
    }
    avec_flushes_lents();
    match std::env::var_os("GUICHET_PG") {
        Some(url) => {
            let (base, nu) = Nu::postgres(url.to_str().expect("a URL")).await;
            let store = Store::postgres(&base).await.expect("a database");
            Banc::ouvre(store, nu, dossier.path()).await.mesure("PostgreSQL").await;
        }
        None => println!("PostgreSQL: not measured (GUICHET_PG)"),
    }
}
