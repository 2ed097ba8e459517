//! One small change of a town's text at a time: a check or a case of the town sees it.
//!
//! By default the classes where nothing may survive are tried whole and the others sampled; `GUICHET_ESSAIS_LONGS=1`
//! tries everything.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "a test stops at its first surprise, and prints its counts"
)]

#[path = "../../rules/tests/longs/mod.rs"]
mod longs;
mod outils;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use engine::cas::{Atelier, BilanMutants, Classe, Mutation, Verdict};
use engine::definition::resolve::Partage;

/// One in that many of the classes that may have survivors.
const UN_SUR: usize = 6;

fn verdicts(slug: &str, mutations: impl Fn(&Atelier<'_>) -> Vec<Mutation>) -> Vec<(Mutation, Verdict)> {
    let sources = outils::sources(slug);
    let atelier = Atelier::nouveau(&sources, slug, &mut Partage::default()).unwrap();
    let mutations = mutations(&atelier);
    let suivante = AtomicUsize::new(0);
    let fils = std::thread::available_parallelism().map_or(2, |n| n.get().min(8));
    std::thread::scope(|s| {
        let un = || {
            let mut partage = Partage::default();
            let mut vus = Vec::new();
            while let Some(m) = mutations.get(suivante.fetch_add(1, Ordering::Relaxed)) {
                vus.push((m.clone(), atelier.essaie(m, &mut partage)));
            }
            vus
        };
        let fils: Vec<_> = (0..fils).map(|_| s.spawn(un)).collect();
        fils.into_iter().flat_map(|f| f.join().unwrap()).collect()
    })
}

/// Everything of the strict classes, one in [`UN_SUR`] of each other class.
fn echantillon(atelier: &Atelier<'_>) -> Vec<Mutation> {
    let longs = longs::longs();
    let mut rangs: BTreeMap<Classe, usize> = BTreeMap::new();
    let garde = |m: &Mutation| {
        let rang = rangs.entry(m.classe).or_default();
        *rang += 1;
        longs || m.classe.sans_survivant() || *rang % UN_SUR == 1
    };
    atelier.mutations(1).into_iter().filter(garde).collect()
}

fn table(verdicts: &[(Mutation, Verdict)]) -> String {
    let mut lignes: BTreeMap<Classe, [usize; 5]> = BTreeMap::new();
    for (mutation, verdict) in verdicts {
        let l = lignes.entry(mutation.classe).or_default();
        l[0] += 1;
        match (verdict, &mutation.equivalent) {
            (Verdict::Controle(_), _) => l[1] += 1,
            (Verdict::Cas(_), _) => l[2] += 1,
            (Verdict::Survit, None) => l[3] += 1,
            (Verdict::Survit, Some(_)) => l[4] += 1,
        }
    }
    let titre = format!(
        "{:<16} {:>6} {:>9} {:>5} {:>10} {:>10}\n",
        "classe", "essais", "contrôle", "cas", "survivants", "expliqués"
    );
    let une = |(c, l): (Classe, [usize; 5])| {
        format!("{:<16} {:>6} {:>9} {:>5} {:>10} {:>10}\n", c.nom(), l[0], l[1], l[2], l[3], l[4])
    };
    titre + lignes.into_iter().map(une).collect::<String>().as_str()
}

fn rien_ne_survit(slug: &str) {
    let debut = std::time::Instant::now();
    let verdicts = verdicts(slug, echantillon);
    println!("{slug}, {:.1} s\n{}", debut.elapsed().as_secs_f32(), table(&verdicts));
    let bilan = BilanMutants::nouveau(verdicts);
    let mot =
        |m: &Mutation| format!("{} {} : {} → {} [{}]", m.place, m.cle, m.ancien, m.nouveau, m.classe.nom());
    let survivants: Vec<String> = bilan.survivants.iter().map(mot).collect();
    assert!(bilan.tentees() > 60, "{} mutations", bilan.tentees());
    assert!(bilan.reussi(), "\n{}", survivants.join("\n"));
    if longs::longs() {
        // a sample cannot tell: what survives on the line may not have been drawn
        let fausses: Vec<String> = bilan.explication_fausse.iter().map(mot).collect();
        assert!(fausses.is_empty(), "explained as equivalent, yet seen:\n{}", fausses.join("\n"));
        let dit = format!(
            "{} seen by a check, {} by a case, {} survive, {} explained as equivalent",
            bilan.controle,
            bilan.cas,
            survivants.len(),
            bilan.expliques.len()
        );
        longs::rapporte(&format!("mutations of {slug}, all classes"), bilan.tentees(), &dit);
    }
}

#[test]
fn rien_ne_survit_dans_aucune_ville() {
    outils::villes().iter().for_each(|ville| rien_ne_survit(ville));
}
