//! What a price costs, beside the same price written by hand in integers.
//!
//! Targets: residence × 10 bands, amount included: 100 ns; with its full trace: 300 ns; a 3,700-row table: 1 µs;
//! a what-if on a million families: 50 M families a second when loaded in columns.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a bench that cannot run stops")]

mod paires;

use std::hint::black_box;
use std::sync::Arc;

use jiff::civil::{Date, date};
use paires::compare;
use rules::bareme::{Bareme, BaremeId, DefinitionGrille, Grille, Resultat, Tarifs, Version};
use rules::expression::{Hote, SansCalendrier};
use rules::faits::{FaitId, Faits};
use rules::lieu::Lieu;
use rules::montant::Montant;
use rules::selection::{Borne, Intervalle, Motif, Selection};
use rules::table::{Colonne, Dimension, Ligne};
use rules::trace::{Journal, SansTrace};
use rules::valeur::{Domaine, Sens, Valeur};
use rust_decimal::Decimal;

const RESIDENCE: FaitId = FaitId(0);
const QUOTIENT: FaitId = FaitId(1);
const JOUR: Date = date(2025, 9, 4);

struct Ville;

impl Tarifs for Ville {
    fn bareme(&self, _: BaremeId) -> Option<&Bareme> {
        None
    }
    fn script(&self, _: u16, _: Option<Decimal>, _: &Faits<'_>) -> Result<Decimal, String> {
        Err(String::new())
    }
    fn hote(&self) -> &dyn Hote {
        &SansCalendrier
    }
}

fn selection(motif: Motif) -> Selection {
    Selection { motifs: vec![motif], sauf: false, absent_aussi: false }
}

fn ligne(residence: u16, quotient: Motif, centimes: i64) -> Ligne<Resultat> {
    Ligne {
        conditions: vec![
            (RESIDENCE, selection(Motif::Valeur(Valeur::Choix(residence)))),
            (QUOTIENT, selection(quotient)),
        ],
        garde: None,
        sinon: false,
        resultat: Resultat::Prix(Decimal::new(centimes, 2)),
        lieu: Lieu(0),
        nom: None,
    }
}

/// `residences` × `bandes` bands of 100 euros, and one row each for an absent quotient.
fn bareme(residences: u16, bandes: i64, largeur: i64) -> Bareme {
    let mut lignes = Vec::new();
    for r in 0..residences {
        for b in 0..bandes {
            let de = Some(Borne { valeur: Decimal::from(b * largeur), incluse: true });
            let a =
                (b + 1 < bandes).then(|| Borne { valeur: Decimal::from((b + 1) * largeur), incluse: false });
            lignes.push(ligne(r, Motif::Nombres(Intervalle { de, a }), centimes(r, b)));
        }
        lignes.push(ligne(r, Motif::Valeur(Valeur::Absent), centimes(r, bandes - 1)));
    }
    let noms: Arc<[Box<str>]> = (0..residences).map(|r| r.to_string().into()).collect();
    let quotient =
        Domaine::Nombre { pas: Some((Decimal::ONE, Sens::Inferieur)), min: Some(Decimal::ZERO), max: None };
    let dimensions = vec![
        Dimension { fait: RESIDENCE, domaine: Domaine::Choix(noms), peut_manquer: false },
        Dimension { fait: QUOTIENT, domaine: quotient, peut_manquer: true },
    ];
    let definition = DefinitionGrille {
        dimensions,
        lignes,
        axe: Some(QUOTIENT),
        assiette: None,
        decimales: 2,
        arrondi: None,
        decale: Vec::new(),
    };
    let (grille, constats) = Grille::compile(definition);
    assert!(constats.is_empty(), "{constats:?}");
    Bareme::nouveau(BaremeId(0), Lieu(0), vec![Version { depuis: date(2024, 9, 1), grille: Some(grille) }])
        .expect("one version")
}

fn centimes(residence: u16, bande: i64) -> i64 {
    100 + bande * 37 + i64::from(residence) * 150
}

/// The same price by hand: sorted bounds in integers.
fn a_la_main(bornes: &[i64], residence: u16, quotient: i64) -> i64 {
    let bande = bornes.partition_point(|b| *b <= quotient);
    centimes(residence, i64::try_from(bande).expect("few bands"))
}

#[expect(clippy::print_stdout, reason = "a bench answers on its standard output")]
fn main() {
    let dix = bareme(3, 10, 100);
    let bornes: Vec<i64> = (1..10).map(|b| b * 100).collect();
    let familles: Vec<(u16, i64)> =
        (0..1024_i64).map(|i| (u16::try_from(i % 3).expect("small"), (i * 7919) % 1200)).collect();
    let faits: Vec<[Valeur; 2]> =
        familles.iter().map(|(r, q)| [Valeur::Choix(*r), Valeur::Nombre(Decimal::from(*q))]).collect();
    for ((r, q), f) in familles.iter().zip(&faits) {
        let prix =
            dix.prix(JOUR, &Faits { valeurs: f, parametres: &[] }, &Ville, &mut SansTrace).expect("a price");
        assert_eq!(prix.montant, Decimal::new(a_la_main(&bornes, *r, *q), 2));
    }
    let (mut i, mut j) = (0, 0);
    let mut main_ = || {
        i = (i + 1) % familles.len();
        let (r, q) = familles[i];
        a_la_main(&bornes, black_box(r), black_box(q))
    };
    let mut compile = || {
        j = (j + 1) % faits.len();
        dix.prix(JOUR, &Faits { valeurs: black_box(&faits[j]), parametres: &[] }, &Ville, &mut SansTrace)
    };
    println!("ratio  what");
    compare(
        "residence x 10 bands, amount included",
        5,
        ("compiled", &mut compile),
        ("integers by hand", &mut main_),
    );

    let mut journal = Journal::default();
    let mut k = 0;
    let mut trace = || {
        k = (k + 1) % faits.len();
        journal.vide();
        let prix =
            dix.prix(JOUR, &Faits { valeurs: black_box(&faits[k]), parametres: &[] }, &Ville, &mut journal);
        black_box(journal.pas());
        prix
    };
    compare(
        "the same with its full trace (target 300 ns)",
        5,
        ("traced", &mut trace),
        ("untraced", &mut compile),
    );

    let grande = bareme(10, 369, 10);
    let bornes_grande: Vec<i64> = (1..369).map(|b| b * 10).collect();
    let cas: Vec<[Valeur; 2]> = (0..4096_i64)
        .map(|i| {
            [
                Valeur::Choix(u16::try_from(i % 10).expect("small")),
                Valeur::Nombre(Decimal::from((i * 7919) % 4000)),
            ]
        })
        .collect();
    let (mut l, mut m) = (0, 0);
    compare(
        "a table of 3,700 rows (target 1,000 ns)",
        5,
        ("compiled", || {
            l = (l + 1) % cas.len();
            grande.prix(JOUR, &Faits { valeurs: black_box(&cas[l]), parametres: &[] }, &Ville, &mut SansTrace)
        }),
        ("binary search by hand", || {
            m = (m + 1) % cas.len();
            a_la_main(&bornes_grande, 3, black_box(i64::try_from(m).expect("small")))
        }),
    );

    million(&dix, &bornes);
}

/// What a million families would pay under a grid, from columns of facts to a total in centimes.
fn million(dix: &Bareme, bornes: &[i64]) {
    const FAMILLES: usize = 1_000_000;
    let residences: Vec<u16> = (0..FAMILLES).map(|i| u16::try_from(i % 3).expect("small")).collect();
    let quotients: Vec<i64> =
        (0..FAMILLES).map(|i| i64::try_from((i * 7919) % 1200).expect("small")).collect();
    let compile = || {
        let mut total = 0_i64;
        for (r, q) in residences.iter().zip(&quotients) {
            let valeurs = [Valeur::Choix(*r), Valeur::Nombre(Decimal::from(*q))];
            let prix = dix
                .prix(JOUR, &Faits { valeurs: &valeurs, parametres: &[] }, &Ville, &mut SansTrace)
                .expect("a price");
            total += Montant::exact(prix.montant).expect("centimes").en_centimes();
        }
        total
    };
    let main_ = || residences.iter().zip(&quotients).map(|(r, q)| a_la_main(bornes, *r, *q)).sum::<i64>();
    let mut prix = vec![Montant::ZERO; FAMILLES];
    let (_, grille) = dix.grille(JOUR).expect("in force");
    let mut colonnes = || {
        grille.simule(&[Colonne::Choix(&residences), Colonne::Pas(&quotients)], &mut prix).expect("prices");
        prix.iter().map(|m| m.en_centimes()).sum::<i64>()
    };
    assert_eq!((compile(), colonnes()), (main_(), main_()));
    compare("what-if on 1 M families, a price each", 5, ("compiled", compile), ("integers by hand", main_));
    compare(
        "what-if on 1 M families, in columns (target 20,000,000 ns)",
        5,
        ("compiled", colonnes),
        ("integers by hand", main_),
    );
}
