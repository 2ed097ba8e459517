//! Every case of every town, replayed over HTTP: each case has a server of its own, whose clock is the case's, and each step
//! goes through `/api/v1` and gives what it gives in memory. What no route does yet is written to the store beside the
//! server, so that the next steps go on from the same state: it is counted, by reason, so that it shrinks.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test stops at its first surprise, and prints its counts"
)]

mod gestes;
mod joueur;
#[path = "../../../rules/tests/longs/mod.rs"]
mod longs;
mod mots;
mod ombre;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use engine::cas::{Cas, Depot, RapportEtape, Relu, execute_sur};
use engine::commune::Commune;
use engine::decision::Decision;
use engine::identifiant::{DossierId, FoyerId};
use joueur::{Ecart, Joueur};
use tests::arbre::racine;
use tests::magasin::{Magasin, ville, villes};
use tests::serveur::binaire;
use tokio::runtime::Runtime;

/// Servers at once.
const ENSEMBLE: usize = 8;

/// A store that says what was decided, step by step, and what there was at the end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recit {
    /// The households of the case, then each step's decisions.
    pub(crate) etapes: Vec<Vec<Decision>>,
    /// The decisions since.
    en_cours: Vec<Decision>,
    /// What was read last.
    pub(crate) fin: Relu,
}

struct Temoin {
    magasin: Magasin,
    recit: Arc<Mutex<Recit>>,
}

impl Depot for Temoin {
    fn commet(&mut self, decision: &Decision) -> Result<(), String> {
        self.recit.lock().unwrap().en_cours.push(decision.clone());
        self.magasin.commet(decision)
    }

    fn relit(&mut self, foyers: &[FoyerId], dossiers: &[DossierId]) -> Result<Relu, String> {
        let relu = self.magasin.relit(foyers, dossiers)?;
        let mut recit = self.recit.lock().unwrap();
        let siennes = std::mem::take(&mut recit.en_cours);
        recit.etapes.push(siennes);
        recit.fin = relu.clone();
        Ok(relu)
    }
}

/// What was replayed.
#[derive(Debug, Default)]
struct Bilan {
    /// Steps that went through HTTP, and the figures and words compared.
    par_http: usize,
    comparees: usize,
    /// Steps that did not, by reason.
    hors: BTreeMap<&'static str, usize>,
    /// Steps that came out otherwise.
    ecarts: Vec<String>,
}

/// A case: its steps, in memory and over HTTP.
struct Partie<'c> {
    slug: &'c str,
    commune: &'c Commune,
    cas: &'c Cas,
}

impl Partie<'_> {
    fn joue(&self, tokio: &Arc<Runtime>, communes: &Path, bilan: &Mutex<Bilan>) {
        let recit = Arc::new(Mutex::new(Recit::default()));
        let temoin = || -> Box<dyn Depot> {
            let magasin = Magasin::sqlite(tokio, self.slug, &Arc::default());
            Box::new(Temoin { magasin, recit: Arc::clone(&recit) })
        };
        let rapport = execute_sur(self.commune, std::slice::from_ref(self.cas), &mut || temoin());
        let attendues: Vec<RapportEtape> = rapport.etapes().filter(|e| e.genre == "étape").cloned().collect();
        let recit = recit.lock().unwrap().clone();
        assert_eq!(recit.etapes.len(), attendues.len() + 1, "{}", self.cas.fichier);
        let mut joueur = Joueur::nouveau(tokio, self.slug, self.commune, self.cas, communes, &recit);
        let jouees = self.cas.etapes();
        for ((etape, attendue), decisions) in jouees.iter().zip(&attendues).zip(&recit.etapes[1..]) {
            let mut b = Bilan::default();
            match joueur.joue(etape, attendue, decisions) {
                Ok(comparees) => (b.par_http, b.comparees) = (1, comparees),
                Err(Ecart::Hors(raison)) => drop(b.hors.insert(raison, 1)),
                Err(Ecart::Autre(ecart)) => b
                    .ecarts
                    .push(format!("{} ({}): {}: {ecart}", attendue.place, attendue.numero, attendue.geste)),
            }
            bilan.lock().unwrap().ajoute(b);
        }
        let fin = joueur.fin(&recit);
        if let Some(ecart) = fin {
            bilan.lock().unwrap().ecarts.push(format!("{}, at its end: {ecart}", self.cas.fichier));
        }
    }
}

impl Bilan {
    fn ajoute(&mut self, autre: Self) {
        self.par_http += autre.par_http;
        self.comparees += autre.comparees;
        self.ecarts.extend(autre.ecarts);
        for (raison, n) in autre.hors {
            *self.hors.entry(raison).or_default() += n;
        }
    }
}

/// A folder of towns with this one only: a server starts sooner.
fn seule(slug: &str) -> tempfile::TempDir {
    let dossier = tempfile::tempdir().unwrap();
    for nom in ["modeles", slug] {
        let de = racine().join("communes").join(nom).canonicalize().unwrap();
        std::os::unix::fs::symlink(de, dossier.path().join(nom)).unwrap();
    }
    dossier
}

#[test]
fn les_cas_des_villes_donnent_le_meme_recit_par_http() {
    binaire().unwrap();
    let tokio = Arc::new(Runtime::new().unwrap());
    let voulue = std::env::var("GUICHET_VILLE").ok();
    let villes: Vec<String> =
        villes().into_iter().filter(|v| voulue.as_ref().is_none_or(|u| v.contains(u.as_str()))).collect();
    let lues: Vec<_> = villes.iter().map(|v| (v, ville(v), seule(v))).collect();
    let mut parties: Vec<(Partie<'_>, &Path)> = Vec::new();
    for (slug, (commune, cas), communes) in &lues {
        let jouables = cas.iter().filter(|c| !c.etapes().is_empty());
        parties.extend(jouables.map(|cas| (Partie { slug, commune, cas }, communes.path())));
    }
    // the longest first: none is left alone at the end
    parties.sort_by_key(|(p, _)| std::cmp::Reverse(p.cas.etapes().len()));
    let (bilan, suivante) = (Mutex::new(Bilan::default()), AtomicUsize::new(0));
    std::thread::scope(|s| {
        for _ in 0..ENSEMBLE {
            s.spawn(|| {
                while let Some((partie, communes)) = parties.get(suivante.fetch_add(1, Ordering::Relaxed)) {
                    partie.joue(&tokio, communes, &bilan);
                }
            });
        }
    });
    let bilan = bilan.into_inner().unwrap();
    let hors: usize = bilan.hors.values().sum();
    println!(
        "{} cases of {} towns: {} steps through HTTP, {} figures and words compared; {hors} without a route:",
        parties.len(),
        villes.len(),
        bilan.par_http,
        bilan.comparees
    );
    for (raison, n) in &bilan.hors {
        println!("  {n:4} {raison}");
    }
    assert!(bilan.ecarts.is_empty(), "{} differ:\n{}", bilan.ecarts.len(), bilan.ecarts.join("\n"));
    longs::rapporte(
        "Part 2, steps of the towns' cases over HTTP, as in memory",
        bilan.par_http,
        &format!("{} figures and words compared, 0 differ; {hors} steps without a route", bilan.comparees),
    );
    if voulue.is_none() {
        // this figure only goes down: a step that gains a route is replayed through it
        assert!(hors <= HORS_MAX, "{hors} steps without a route, {HORS_MAX} known");
        assert!(bilan.par_http >= 1300 && bilan.comparees >= 3700, "{bilan:?}");
    }
}

/// Steps that no route does yet.
const HORS_MAX: usize = 209;
