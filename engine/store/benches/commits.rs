//! Durable transitions a second, as a ratio to what the disk can flush in the same run (target: 0.5 for one client).
//!
//! A transition is a dossier's new snapshot under its version guard and the chained journal entry that says it, committed
//! with `synchronous = FULL`. A flush is `fdatasync` after 4 KiB appended to a file of the same folder.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures time, answers on its standard output, or stops"
)]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use engine::decision::{
    Agregat, Auteur, CleEffet, Decision, Ecriture, EffetAFaire, EntreeJournal, Garde, Pas, Sortie, Suivant,
};
use engine::demarche::{Changement, Destinataire, Dossier, Phase, Reponses};
use engine::foyer::Genre;
use engine::identifiant::{CommuneSlug, DossierId, FoyerId, PersonneId};
use engine_store::{Portee, Store};
use jiff::Timestamp;
use tokio::task::JoinSet;

/// Seconds of one measure.
const DUREE: f64 = 0.4;
const TOURS: usize = 7;
const CLIENTS: [u8; 3] = [1, 8, 64];

fn le() -> Timestamp {
    Timestamp::constant(1_756_713_600, 0)
}

fn decision(agregat: Agregat, seq: i64, suivant: Suivant, ecritures: Vec<Ecriture>) -> Decision {
    Decision {
        entree: EntreeJournal {
            agregat,
            seq,
            le: le(),
            auteur: Auteur::Systeme,
            evenement: "agir".into(),
            detail: Some("essai".into()),
            changements: Vec::new(),
        },
        suivant,
        ecritures,
        effets: Vec::new(),
        echeances: Vec::new(),
        gardes: Vec::new(),
        trace: vec![Pas { regle: "etape.deposee.action.essai".into(), lieu: None, resultat: "fait".into() }],
    }
}

/// Transition to `version` of the dossier `n`, with a letter or not.
fn transition(n: u8, version: i64, lettre: bool) -> Decision {
    let id = DossierId::neuf([n; 16]);
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
        version,
    };
    let agregat = Agregat::Dossier(id);
    let suivant = Suivant::Dossier(Box::new(dossier.clone()));
    let mut d = decision(agregat.clone(), version, suivant, Vec::new());
    if version == 1 {
        d.entree.changements = vec![Changement::Cree(Box::new(dossier))];
    } else {
        d.entree.changements = vec![Changement::Motive("Il manque une date.".into())];
    }
    d.gardes = vec![Garde::Version { agregat: agregat.clone(), attendue: version - 1 }];
    if lettre {
        let sortie = Sortie::Message { modele: "accuse".into(), a: Destinataire::Demandeur, motif: None };
        d.effets = vec![EffetAFaire { cle: CleEffet { agregat, seq: version, rang: 0 }, sortie }];
    }
    d
}

/// A folder with a family, and where each dossier is.
struct Base {
    store: Store,
    portee: Portee,
    versions: [i64; 65],
    flux: File,
}

impl Base {
    async fn ouvre(dossier: &Path) -> Self {
        let store = Store::sqlite(dossier).await.expect("a data folder");
        let portee = store.portee_de_commande(&CommuneSlug::lit("essai").expect("a slug"), "bench");
        let foyer = FoyerId::neuf([1; 16]);
        let membre = |n, genre| Ecriture::Membre {
            foyer: foyer.clone(),
            personne: PersonneId::neuf([n; 16]),
            genre,
            depuis: le(),
        };
        let ecritures =
            vec![Ecriture::Foyer(foyer.clone()), membre(1, Genre::Responsable), membre(2, Genre::Enfant)];
        let famille = decision(Agregat::Foyer(foyer), 1, Suivant::Rien, ecritures);
        store.commet(&portee, famille, None).await.expect("a family");
        let flux = File::create(dossier.join("flux")).expect("a file");
        Self { store, portee, versions: [0; 65], flux }
    }

    /// Appends flushed a second.
    fn flushes(&mut self) -> f64 {
        let (debut, mut faits) = (Instant::now(), 0_u32);
        while debut.elapsed().as_secs_f64() < DUREE {
            self.flux.write_all(&[7; 4096]).expect("room");
            self.flux.sync_data().expect("a flush");
            faits += 1;
        }
        f64::from(faits) / debut.elapsed().as_secs_f64()
    }

    /// Transitions a second, each client on its own dossier, one after the other.
    async fn transitions(&mut self, clients: u8, lettre: bool) -> f64 {
        let debut = Instant::now();
        let mut taches = JoinSet::new();
        for n in 1..=clients {
            let (store, portee) = (self.store.clone(), self.portee.clone());
            let depart = self.versions.get(usize::from(n)).copied().unwrap_or_default();
            taches.spawn(async move {
                let mut version = depart;
                while debut.elapsed().as_secs_f64() < DUREE {
                    version += 1;
                    store.commet(&portee, transition(n, version, lettre), None).await.expect("committed");
                }
                (n, version - depart)
            });
        }
        let mut faites = 0;
        while let Some(fini) = taches.join_next().await {
            let (n, siennes) = fini.expect("a client ends");
            if let Some(version) = self.versions.get_mut(usize::from(n)) {
                *version += siennes;
            }
            faites += siennes;
        }
        faites as f64 / debut.elapsed().as_secs_f64()
    }
}

fn mediane(mut mesures: Vec<f64>) -> f64 {
    mesures.sort_by(f64::total_cmp);
    mesures.get(mesures.len() / 2).copied().unwrap_or(f64::NAN)
}

#[tokio::main]
async fn main() {
    let dossier = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on the disk");
    let mut base = Base::ouvre(dossier.path()).await;
    println!("ratio  what (transitions a second / flushes a second)");
    for (lettre, quoi) in [(false, "transition"), (true, "transition with a letter to send")] {
        for clients in CLIENTS {
            let (mut rapports, mut notres, mut disque) = (Vec::new(), Vec::new(), Vec::new());
            for _ in 0..TOURS {
                let flushes = base.flushes();
                let transitions = base.transitions(clients, lettre).await;
                rapports.push(transitions / flushes);
                notres.push(transitions);
                disque.push(flushes);
            }
            println!(
                "{:.3}  {quoi}, {clients} client(s): {:.0} a second, {:.0} flushes a second",
                mediane(rapports),
                mediane(notres),
                mediane(disque)
            );
        }
    }
    let ecrites: i64 = base.versions.iter().sum();
    let verifie = base.store.verifie_journal(&base.portee).await.expect("a journal");
    assert_eq!(verifie, Ok(ecrites + 1), "every acknowledged write is there");
}
