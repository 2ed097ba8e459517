//! Small changes of the towns' files, one at a time: a sample is seen by a check or by a case.

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

mod outils;

use engine::cas::{Atelier, BilanMutants, Verdict};
use engine::definition::resolve::Partage;
use outils::sources;

fn bilan(slug: &str, un_sur: usize) -> BilanMutants {
    let sources = sources(slug);
    let atelier = Atelier::nouveau(&sources, slug, &mut Partage::default()).unwrap();
    let mutations = atelier.mutations(un_sur);
    let moitie = mutations.len() / 2;
    let essaie = |lot: &[engine::cas::Mutation]| -> Vec<_> {
        let mut partage = Partage::default();
        lot.iter().map(|m| (m.clone(), atelier.essaie(m, &mut partage))).collect()
    };
    let verdicts: Vec<(_, Verdict)> = std::thread::scope(|s| {
        let (a, b) = mutations.split_at(moitie);
        let autre = s.spawn(|| essaie(b));
        let mut tous = essaie(a);
        tous.extend(autre.join().unwrap());
        tous
    });
    let bilan = BilanMutants::nouveau(verdicts);
    for m in &bilan.survivants {
        println!("survit {} {} {} : {} → {}", m.place, m.classe.nom(), m.cle, m.ancien, m.nouveau);
        if let Some(p) = atelier.tueur(m) {
            println!("    {}", p.yaml.replace('\n', "\n    "));
        }
    }
    println!(
        "{slug} : {} mutations, {} vues par un contrôle, {} par un cas, {} survivantes, {} expliquées",
        bilan.tentees(),
        bilan.controle,
        bilan.cas,
        bilan.survivants.len(),
        bilan.expliques.len()
    );
    for m in &bilan.explication_fausse {
        println!("rien ne survit sur {} : l’explication est à retirer", m.place);
    }
    bilan
}

/// One mutation in this many, unless `MUTANTS` says another number.
fn un_sur() -> usize {
    std::env::var("MUTANTS").ok().and_then(|n| n.parse().ok()).unwrap_or(8)
}

#[test]
fn ham() {
    let bilan = bilan("ham", un_sur());
    assert!(bilan.tentees() >= 20 && bilan.reussi());
}

#[test]
fn donges() {
    let bilan = bilan("donges", un_sur());
    assert!(bilan.tentees() >= 20 && bilan.reussi());
}
