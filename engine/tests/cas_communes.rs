//! Every case of the towns of `communes/` gives what it says.

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

use engine::cas::{couverture, execute, exigences, transcript};
use engine::definition::resolve::{Chargement, charge};
use engine::diagnostic::{Gravite, rendu};
use outils::{sources, villes};

fn commune(slug: &str) -> Chargement {
    let sources = sources(slug);
    let chargement = charge(&sources, slug);
    let erreurs: Vec<_> =
        chargement.diagnostics.iter().filter(|d| d.gravite == Gravite::Erreur).cloned().collect();
    let texte = rendu::rend(rendu::Format::Texte, &erreurs, &sources, rendu::Options::default());
    assert!(erreurs.is_empty(), "{texte}");
    chargement
}

fn tous_les_cas(slug: &str) {
    let chargement = commune(slug);
    let commune = chargement.commune.unwrap();
    let rapport = execute(&commune, &chargement.cas);
    println!("{}", transcript::resume(&rapport));
    assert!(rapport.reussi(), "\n{}\n{}", transcript::echecs(&rapport), transcript::resume(&rapport));
    assert!(rapport.assertions() > 300, "{}", transcript::resume(&rapport));
}

/// Every requirement of the guide is shown by a step that ran, or says which part it waits for.
fn toutes_les_exigences(slug: &str) {
    let chargement = commune(slug);
    let commune = chargement.commune.unwrap();
    let rapport = execute(&commune, &chargement.cas);
    let vues = exigences(&commune, &rapport);
    assert!(vues.len() >= 15, "{slug}");
    let manquent: Vec<_> = vues
        .iter()
        .filter(|e| !e.tenue())
        .map(|e| format!("{} {} « {} »", e.place, e.id, e.citation))
        .collect();
    assert!(manquent.is_empty(), "{}", manquent.join("\n"));
    let regles = couverture(&commune, &rapport);
    for r in regles.iter().filter(|r| !r.executee) {
        println!("jamais exécutée : {} {} ({})", r.genre, r.nom, r.place);
    }
    let executees = regles.iter().filter(|r| r.executee).count();
    println!("{slug} : {executees} règles exécutées sur {}", regles.len());
    assert!(executees * 10 > regles.len() * 8, "{executees} sur {}", regles.len());
}

#[test]
fn les_exigences_de_chaque_ville() {
    villes().iter().for_each(|ville| toutes_les_exigences(ville));
}

#[test]
fn les_cas_de_chaque_ville() {
    villes().iter().for_each(|ville| tous_les_cas(ville));
}
