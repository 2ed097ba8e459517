//! Every requirement of the towns of `communes/` is shown by an executed assertion, or says the part that it waits for.

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

use engine::cas::{ExigenceVue, execute, exigences};
use engine::definition::resolve::charge;

fn vues(slug: &str) -> Vec<ExigenceVue> {
    let chargement = charge(&outils::sources(slug), slug);
    let commune = chargement.commune.unwrap();
    let rapport = execute(&commune, &chargement.cas);
    exigences(&commune, &rapport)
}

fn toutes_tenues(slug: &str, montrees: &[&str]) {
    let vues = vues(slug);
    let prouvees = vues.iter().filter(|e| !e.preuves.is_empty()).count();
    let attendent = vues.iter().filter(|e| e.attend.is_some()).count();
    println!("{slug} : {} exigences, {prouvees} montrées, {attendent} attendent une partie", vues.len());
    let tombees: Vec<String> = vues
        .iter()
        .filter(|e| !e.tenue())
        .map(|e| format!("{} ({}) : {:?}", e.id, e.place, e.echecs))
        .collect();
    assert!(tombees.is_empty(), "\n{}", tombees.join("\n"));
    for id in montrees {
        let vue = vues.iter().find(|e| e.id == *id);
        let vue = vue.unwrap_or_else(|| panic!("{id} n'est pas dans exigences.yaml de {slug}"));
        assert!(!vue.preuves.is_empty() && vue.attend.is_none(), "{id} n'est montrée par aucune étape");
    }
}

#[test]
fn ham() {
    let montrees = [
        "H9", "H10", "H11", "H12", "H13", "H14", "H15", "H16", "H17", "HAM1", "HAM2", "HAM3", "HAM4", "HAM5",
        "HAM6", "HAM7", "HAM8",
    ];
    toutes_tenues("ham", &montrees);
}

#[test]
fn donges() {
    let montrees = [
        "D2", "D3", "D7", "D8", "D9", "D14", "DON1", "DON2", "DON3", "DON4", "DON5", "DON6", "DON7", "DON8",
        "DON9", "DON10", "DON11", "DON12", "DON13",
    ];
    toutes_tenues("donges", &montrees);
}

#[test]
fn mellois_en_poitou() {
    let montrees = [
        "M5", "M6", "M7", "M8", "M9", "M10", "M11", "M12", "M13", "M14", "M15", "M16", "M17", "MEL1", "MEL2",
        "MEL3", "MEL4", "MEL5", "MEL6", "MEL7",
    ];
    toutes_tenues("mellois-en-poitou", &montrees);
}

#[test]
fn caisse_des_ecoles_paris() {
    let montrees = [
        "P1", "P2", "P3", "P4", "P5", "P6", "P7", "P15", "P16", "P17", "P18", "P19", "P20", "P21", "P23",
        "P24", "PAR1", "PAR2", "PAR3", "PAR4", "PAR5", "PAR6", "PAR7", "PAR8", "PAR9", "PAR10",
    ];
    toutes_tenues("caisse-des-ecoles-paris", &montrees);
}

#[test]
fn chalonnes_sur_loire() {
    let montrees = ["C1", "C3", "C4", "C5", "C6", "C7", "C8", "CHA1", "CHA2", "CHA3", "CHA4", "CHA5", "CHA6"];
    toutes_tenues("chalonnes-sur-loire", &montrees);
}
