//! Seeded mistakes: a town without an error, one mistake at a time, and what is said of it: code, line, column, nothing
//! else. In a new text `‹` marks the expected place; otherwise the place is that of a text of the folder.

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

mod banc;
mod table;

use std::collections::BTreeMap;

use banc::{Ville, juge};
use engine::definition::resolve::charge;
use engine::diagnostic::{Gravite, codes, rendu};

#[test]
fn la_ville_d_essai_est_sans_reproche() {
    let ville = Ville::lit();
    let sources = ville.sources();
    // what waits for invoices and payments is said, and is no mistake
    let trouves: Vec<_> =
        charge(&sources, "ville").diagnostics.into_iter().filter(|d| d.code != codes::SYN09).collect();
    let texte = rendu::rend(rendu::Format::Texte, &trouves, &sources, rendu::Options::default());
    assert!(trouves.is_empty(), "{texte}");
}

#[test]
fn chaque_faute_est_dite_a_sa_place() {
    let (mut rates, mut colonnes, mut total) = (Vec::new(), 0, 0);
    let mut par_code: BTreeMap<&str, usize> = BTreeMap::new();
    for faute in table::FAUTES {
        total += 1;
        match juge(faute) {
            Ok(bonne_colonne) => {
                colonnes += usize::from(bonne_colonne);
                *par_code.entry(faute.code).or_insert(0) += 1;
            }
            Err(quoi) => {
                rates.push(format!("{} {} « {} »\n{quoi}", faute.code, faute.fichier, faute.nouveau))
            }
        }
    }
    println!("{total} fautes, {} codes, {colonnes} colonnes exactes", par_code.len());
    assert!(rates.is_empty(), "{} fautes mal dites :\n{}", rates.len(), rates.join("\n"));
    assert!(colonnes * 100 >= total * 95, "{colonnes} colonnes exactes sur {total}");
    let mut manquent = Vec::new();
    let familles = ["CAL", "CFM", "CLE", "LIM", "PEN", "REF", "RGP", "RHA", "SEC", "SYN", "TAR"];
    for code in codes::REGISTRE
        .iter()
        .filter(|c| familles.contains(&&c.nom()[..3]) && !table::AILLEURS.contains(&c.nom()))
    {
        let n = par_code.get(code.nom()).copied().unwrap_or(0);
        let voulu = if table::MOINS.contains(&code.nom()) { 1 } else { 3 };
        if n < voulu {
            manquent.push(format!("{code} : {n} sur {voulu}"));
        }
    }
    assert!(manquent.is_empty(), "fautes à semer : {}", manquent.join(", "));
}

#[test]
fn douze_fautes_d_un_fichier_sont_toutes_dites_dans_l_ordre() {
    let mut ville = Ville::lit();
    for (ancien, nouveau) in table::DOUZE {
        ville.change("services/restauration.yaml", ancien, nouveau);
    }
    let sources = ville.sources();
    let trouves = charge(&sources, "ville").diagnostics;
    let lieux: Vec<(u32, &str)> = trouves
        .iter()
        .filter(|d| d.gravite == Gravite::Erreur)
        .filter(|d| sources.chemin(d.principal.fichier).ends_with("services/restauration.yaml"))
        .map(|d| (sources.position(d.principal.fichier, d.principal.debut).ligne, d.code.nom()))
        .collect();
    assert!(lieux.windows(2).all(|p| p[0].0 <= p[1].0), "{lieux:?}");
    assert_eq!(lieux, table::DOUZE_LIEUX);
}
