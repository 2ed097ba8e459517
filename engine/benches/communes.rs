//! What loading and checking towns costs: one real town, beside merely parsing its files; then a thousand, with their memory.
//!
//! Targets: 200 ms a town; 1,000 towns in 10 s, 200 KB each (resident memory, towns kept alive, texts not counted).

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench answers on its standard output, or stops"
)]

#[path = "../tests/dossiers/mod.rs"]
mod dossiers;
#[path = "../../rules/benches/paires/mod.rs"]
mod paires;

use std::time::Instant;

use dossiers::{fichiers, sources};
use engine::definition::resolve::{Chargement, Partage, charge, charge_avec};
use engine::definition::source::SourceSet;
use engine::diagnostic::{Diagnostic, Gravite};
use paires::compare;

const VILLES: usize = 1_000;

fn main() {
    println!("ratio  what");
    for slug in ["ham", "donges"] {
        une(slug);
    }
    mille();
}

/// One town from its bytes to a checked town, beside the same YAML texts parsed into untyped values by serde-saphyr. The ratio
/// is what names, tables, their analysis and the checks cost on top of reading.
fn une(slug: &str) {
    let lus = fichiers(&[slug, "modeles"]);
    // cases are read by `guichet test`, not by the loader
    let yaml: Vec<&str> = lus
        .iter()
        .filter(|(chemin, _)| chemin.ends_with(".yaml") && !chemin.contains("/cas/"))
        .map(|(_, octets)| std::str::from_utf8(octets).expect("UTF-8"))
        .collect();
    sans_erreur(&charge(&sources(&lus), slug).diagnostics, slug);
    compare(
        &format!("{slug}, {} YAML files loaded and checked (target 200,000,000 ns)", yaml.len()),
        5,
        ("checked town", || charge(&sources(&lus), slug)),
        ("files parsed only", || {
            let parse = |t: &&str| serde_saphyr::from_str::<serde_json::Value>(t).expect("YAML");
            yaml.iter().map(parse).collect::<Vec<_>>()
        }),
    );
}

/// A thousand towns that differ from the two by slug, name and prices, loaded as a server does: together.
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn mille() {
    let mut textes = SourceSet::new();
    for (chemin, octets) in fichiers(&["modeles"]) {
        textes.ajoute_octets(chemin, &octets);
    }
    let slugs: Vec<String> = (0..VILLES).map(|n| format!("ville-{n:04}")).collect();
    let origines = [("ham", "Ham", fichiers(&["ham"])), ("donges", "Donges", fichiers(&["donges"]))];
    for ((n, slug), (origine, nom, lus)) in slugs.iter().enumerate().zip(origines.iter().cycle()) {
        for (chemin, octets) in lus {
            let texte = String::from_utf8_lossy(octets)
                .replace(&format!("commune: {origine}\n"), &format!("commune: {slug}\n"))
                .replace(nom, &format!("{nom} {n}"));
            let chemin = format!("{slug}{}", chemin.strip_prefix(origine).expect("its folder"));
            // a grid that computes with the quotient promises never to fall: its fixed bounds are left alone
            let texte = if texte.contains("formule:") { texte } else { prix_changes(&texte, n) };
            textes.ajoute(chemin, texte);
        }
    }
    // what the first load allocates once and for all is not the towns'
    drop(charge_avec(&textes, "ville-0000", &mut Partage::default()));
    let avant = memoire_ko();
    let debut = Instant::now();
    let lot = |slugs: &[String]| {
        let mut partage = Partage::default();
        let une = |slug: &String| {
            // the server keeps no case: memory is the towns'
            let Chargement { commune, diagnostics, cas: _ } = charge_avec(&textes, slug, &mut partage);
            sans_erreur(&diagnostics, slug);
            commune.expect("a town")
        };
        slugs.iter().map(une).collect::<Vec<_>>()
    };
    // as `guichet check` does: a part of the towns on each core
    let coeurs = std::thread::available_parallelism().map_or(1, usize::from);
    let villes: Vec<_> = std::thread::scope(|s| {
        let lot = &lot;
        let parts: Vec<_> =
            slugs.chunks(VILLES.div_ceil(coeurs)).map(|part| s.spawn(move || lot(part))).collect();
        parts.into_iter().flat_map(|part| part.join().expect("its towns")).collect()
    });
    let duree = debut.elapsed().as_secs_f64();
    let ko = memoire_ko() - avant;
    println!(
        "{VILLES} generated towns: {duree:.2} s on {coeurs} cores (target 10), {:.1} KB a town (target 200)",
        ko as f64 * 1.024 / VILLES as f64
    );
    let empreintes: std::collections::BTreeSet<&str> = villes.iter().map(|v| v.digest.as_str()).collect();
    assert_eq!(empreintes.len(), VILLES, "every town is another one");
}

fn sans_erreur(diagnostics: &[Diagnostic], slug: &str) {
    let erreur = diagnostics.iter().find(|d| d.gravite == Gravite::Erreur);
    assert!(erreur.is_none(), "{slug}: {erreur:?}");
}

/// Every `prix: 3.50` of the text, a few centimes higher.
fn prix_changes(texte: &str, n: usize) -> String {
    let mut change = String::with_capacity(texte.len());
    let mut reste = texte;
    while let Some((avant, apres)) = reste.split_once("prix: ") {
        let fin = apres.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(apres.len());
        let (ecrit, suite) = apres.split_at(fin);
        change.push_str(avant);
        change.push_str("prix: ");
        match ecrit
            .split_once('.')
            .and_then(|(e, c)| Some((e.parse::<usize>().ok()?, c.parse::<usize>().ok()?, c.len())))
        {
            Some((euros, centimes, 2)) => {
                let total = euros * 100 + centimes + n;
                change.push_str(&format!("{}.{:02}", total / 100, total % 100));
            }
            _ => change.push_str(ecrit),
        }
        reste = suite;
    }
    change + reste
}

/// Resident memory of this process, in kibibytes.
fn memoire_ko() -> u64 {
    let statut = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let ligne = statut.lines().find_map(|l| l.strip_prefix("VmRSS:")).expect("VmRSS");
    ligne.trim().trim_end_matches(" kB").parse().expect("a number")
}
