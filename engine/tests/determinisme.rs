//! R20: a thousand households are priced to the same cents, by the same steps, whatever the machine's zone and language.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test stops where it fails, and starts itself again"
)]

#[path = "../../rules/tests/longs/mod.rs"]
mod longs;
mod outils;

use std::fmt::Write as _;
use std::process::Command;

use engine::tarification::{Acte, Circonstances, Connus, prix};
use outils::{faits, jour, ville};

const FOYERS: u32 = 1_000;
const MARQUE: &str = "prix: ";

/// Every price of the households, with its sentence and its trace: one hash, and how many were priced.
fn empreinte() -> String {
    let mut texte = String::new();
    let mut chiffres = 0;
    for (slug, prestation, le, zones) in [
        ("ham", "repas", "2025-09-04", ["hamois", "dos", "exterieur"]),
        ("donges", "repas", "2025-09-04", ["donges", "exterieur", "donges"]),
        ("donges", "demi_journee", "2025-09-10", ["donges", "exterieur", "exterieur"]),
    ] {
        let commune = ville(slug);
        for n in 0..FOYERS {
            let quotient = format!("{}.{:02}", n * 2, n % 100);
            let zone = zones.iter().cycle().nth(usize::try_from(n % 3).unwrap()).unwrap();
            let quotient = if n % 10 == 0 { String::new() } else { format!("quotient={quotient}") };
            let connus = Connus::simples(&commune, &faits(&format!("residence={zone} {quotient}"))).unwrap();
            let lues = prix(&commune, &Acte::seul(prestation, jour(le), Circonstances::default(), connus));
            chiffres += lues.as_ref().map_or(0, Vec::len);
            writeln!(texte, "{slug} {prestation} {n} {lues:?}").unwrap();
        }
    }
    let somme = texte
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |h, o| (h ^ u64::from(o)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{somme:016x} {chiffres}")
}

/// What [`r20_mille_foyers_au_meme_centime_partout`] starts in other zones and languages.
#[test]
fn r20_une_fois() {
    println!("{MARQUE}{}", empreinte());
}

#[test]
fn r20_mille_foyers_au_meme_centime_partout() {
    let ici = empreinte();
    assert_eq!(empreinte(), ici, "twice in one process");
    let chiffres: u32 = ici.split(' ').nth(1).unwrap().parse().unwrap();
    assert!(chiffres >= 2 * FOYERS, "{ici}");
    for (zone, langue) in
        [("Pacific/Kiritimati", "tr_TR.UTF-8"), ("America/New_York", "en_US.UTF-8"), ("UTC", "C")]
    {
        let sortie = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "r20_une_fois", "--nocapture"])
            .envs([("TZ", zone), ("LC_ALL", langue), ("LANG", langue)])
            .output()
            .unwrap();
        let sortie = String::from_utf8_lossy(&sortie.stdout).into_owned();
        let la = sortie.lines().find_map(|l| l.split_once(MARQUE)).map(|(_, e)| e.trim());
        assert_eq!(la, Some(ici.as_str()), "{zone} {langue}: {sortie}");
    }
    let compte = usize::try_from(chiffres).unwrap() * 5;
    longs::rapporte(
        "R20 prices, twice and in three zones and languages",
        compte,
        "identical, sentences and traces too",
    );
}
