use std::sync::Arc;

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::compile::compile;
use super::*;
use crate::expression::SansCalendrier;
use crate::selection::{Borne, Intervalle, Motif};
use crate::valeur::Sens;

fn d(t: &str) -> Decimal {
    t.parse().unwrap()
}

/// `..900`, `901..`, `>500..1000`, `900`, `absent`, joined by `|`.
pub(crate) fn sel(texte: &str) -> Selection {
    let borne = |t: &str, exclu: char| {
        let (nu, incluse) = (t.trim_matches(exclu), !t.contains(exclu));
        (!nu.is_empty()).then(|| Borne { valeur: d(nu), incluse })
    };
    let motifs = texte.split('|').map(|t| match t.split_once("..") {
        _ if t == "absent" => Motif::Valeur(Valeur::Absent),
        Some((de, a)) => Motif::Nombres(Intervalle { de: borne(de, '>'), a: borne(a, '<') }),
        None => Motif::Valeur(Valeur::Nombre(d(t))),
    });
    Selection { motifs: motifs.collect(), sauf: false, absent_aussi: false }
}

fn choix(indices: &[u16]) -> Selection {
    Selection {
        motifs: indices.iter().map(|i| Motif::Valeur(Valeur::Choix(*i))).collect(),
        sauf: false,
        absent_aussi: false,
    }
}

const RESIDENCE: FaitId = FaitId(0);
const QUOTIENT: FaitId = FaitId(1);

fn residence() -> Dimension {
    let noms: Arc<[Box<str>]> = ["hamois".into(), "dos".into(), "exterieur".into()].into();
    Dimension { fait: RESIDENCE, domaine: Domaine::Choix(noms), peut_manquer: false }
}

fn quotient(pas: Option<(&str, Sens)>) -> Dimension {
    let domaine = Domaine::Nombre { pas: pas.map(|(p, s)| (d(p), s)), min: Some(Decimal::ZERO), max: None };
    Dimension { fait: QUOTIENT, domaine, peut_manquer: true }
}

fn ligne(conditions: Vec<(FaitId, Selection)>) -> Ligne<()> {
    Ligne { conditions, garde: None, sinon: false, resultat: (), lieu: Lieu(0), nom: None }
}

fn ham() -> Vec<Ligne<()>> {
    vec![
        ligne(vec![(RESIDENCE, choix(&[0, 1])), (QUOTIENT, sel("..900"))]),
        ligne(vec![(RESIDENCE, choix(&[0, 1])), (QUOTIENT, sel("901.."))]),
        ligne(vec![(RESIDENCE, choix(&[0, 1])), (QUOTIENT, sel("absent"))]),
        ligne(vec![(RESIDENCE, choix(&[2]))]),
    ]
}

fn cherche<R>(t: &Table<R>, residence: Valeur, quotient: Valeur) -> Result<u32, Manque> {
    t.cherche(&Faits { valeurs: &[residence, quotient], parametres: &[] }, &SansCalendrier)
}

#[test]
fn ham_avec_son_pas_est_complet() {
    let (t, constats) = Table::compile(vec![residence(), quotient(Some(("1", Sens::Inferieur)))], ham());
    assert_eq!(constats, vec![]);
    for (q, attendu) in [("900", 0), ("900.99", 0), ("901", 1), ("0", 0), ("5000", 1)] {
        assert_eq!(cherche(&t, Valeur::Choix(1), Valeur::Nombre(d(q))), Ok(attendu), "{q}");
    }
    assert_eq!(cherche(&t, Valeur::Choix(0), Valeur::Absent), Ok(2));
    assert_eq!(cherche(&t, Valeur::Choix(2), Valeur::Absent), Ok(3));
    assert_eq!(cherche(&t, Valeur::Choix(7), Valeur::Absent), Err(Manque::HorsDomaine(RESIDENCE)));
    assert_eq!(cherche(&t, Valeur::Absent, Valeur::Absent), Err(Manque::Absent(RESIDENCE)));
    assert_eq!(cherche(&t, Valeur::Choix(0), Valeur::Booleen(true)), Err(Manque::HorsDomaine(QUOTIENT)));
}

#[test]
fn ham_sans_pas_a_un_seul_trou_900_50() {
    let (t, constats) = Table::compile(vec![residence(), quotient(None)], ham());
    let trou = Intervalle {
        de: Some(Borne { valeur: d("900"), incluse: false }),
        a: Some(Borne { valeur: d("901"), incluse: false }),
    };
    assert_eq!(
        constats,
        vec![Constat::Trou {
            temoin: vec![(RESIDENCE, Valeur::Choix(0)), (QUOTIENT, Valeur::Nombre(d("900.5")))],
            boite: vec![
                (RESIDENCE, choix(&[0, 1])),
                (
                    QUOTIENT,
                    Selection { motifs: vec![Motif::Nombres(trou)], sauf: false, absent_aussi: false }
                ),
            ],
        }]
    );
    assert_eq!(cherche(&t, Valeur::Choix(0), Valeur::Nombre(d("900.5"))), Err(Manque::Trou));
    assert_eq!(cherche(&t, Valeur::Choix(0), Valeur::Nombre(d("900"))), Ok(0));
    assert_eq!(cherche(&t, Valeur::Choix(0), Valeur::Nombre(d("901"))), Ok(1));
}

#[test]
fn labsent_oublie_est_nomme() {
    let mut lignes = ham();
    lignes.remove(2);
    let (t, constats) = Table::compile(vec![residence(), quotient(Some(("1", Sens::Inferieur)))], lignes);
    assert_eq!(
        constats,
        vec![Constat::AbsentNonCouvert {
            fait: QUOTIENT,
            temoin: vec![(RESIDENCE, Valeur::Choix(0)), (QUOTIENT, Valeur::Absent)],
            boite: vec![(RESIDENCE, choix(&[0, 1])), (QUOTIENT, sel("absent"))],
        }]
    );
    assert_eq!(cherche(&t, Valeur::Choix(1), Valeur::Absent), Err(Manque::Absent(QUOTIENT)));
}

#[test]
fn un_recouvrement_a_son_temoin_et_refuse() {
    let lignes = vec![
        ligne(vec![(QUOTIENT, sel("..900"))]),
        ligne(vec![(QUOTIENT, sel("900.."))]),
        ligne(vec![(QUOTIENT, sel("absent"))]),
    ];
    let (t, constats) = Table::compile(vec![quotient(None)], lignes);
    assert_eq!(
        constats,
        vec![Constat::Recouvrement {
            a: 0,
            b: 1,
            temoin: vec![(QUOTIENT, Valeur::Nombre(d("900")))],
            boite: vec![(QUOTIENT, sel("900"))]
        }]
    );
    assert_eq!(cherche(&t, Valeur::Choix(0), Valeur::Nombre(d("900"))), Err(Manque::Recouvrement(0, 1)));
}

#[test]
fn lignes_mortes_bornes_hors_pas_colonnes_inconnues() {
    let lignes = vec![
        ligne(vec![(QUOTIENT, sel("..900.5"))]),
        ligne(vec![(QUOTIENT, sel(">900.5.."))]),
        ligne(vec![(QUOTIENT, sel("..-1"))]),
        ligne(vec![(QUOTIENT, sel("absent")), (FaitId(9), sel("1"))]),
    ];
    let (_, constats) = Table::compile(vec![quotient(Some(("1", Sens::Proche)))], lignes);
    assert!(
        constats.contains(&Constat::BorneHorsPas { ligne: 0, fait: QUOTIENT, valeur: d("900.5") }),
        "{constats:?}"
    );
    assert!(constats.contains(&Constat::ColonneInconnue { ligne: 3, fait: FaitId(9) }), "{constats:?}");
    assert!(constats.contains(&Constat::LigneMorte { ligne: 2 }), "{constats:?}");
    // a whole number is never between 900 and 901, so these bounds leave no hole
    assert!(!constats.iter().any(|c| matches!(c, Constat::Trou { .. })), "{constats:?}");
}

#[test]
fn le_sinon_dit_ce_quil_prend() {
    let mut lignes = vec![ligne(vec![(RESIDENCE, choix(&[0]))]), ligne(vec![])];
    lignes[1].sinon = true;
    let (t, constats) = Table::compile(vec![residence()], lignes.clone());
    assert_eq!(
        constats,
        vec![Constat::SinonCouvre { ligne: 1, boites: vec![vec![(RESIDENCE, choix(&[1, 2]))]] }]
    );
    assert_eq!(cherche(&t, Valeur::Choix(2), Valeur::Absent), Ok(1));
    lignes[0].conditions = vec![(RESIDENCE, choix(&[0, 1, 2]))];
    let (_, constats) = Table::compile(vec![residence()], lignes);
    assert_eq!(constats, vec![Constat::SinonNeCouvreRien { ligne: 1 }]);
}

#[test]
fn un_trou_a_deux_dimensions_est_un_seul_constat() {
    // 30 bands for residents, none for outsiders: one hole
    let lignes = (0..30)
        .map(|i| {
            ligne(vec![
                (RESIDENCE, choix(&[0, 1])),
                (QUOTIENT, sel(&format!("{}..<{}", i * 100, (i + 1) * 100))),
            ])
        })
        .chain([ligne(vec![(RESIDENCE, choix(&[0, 1])), (QUOTIENT, sel("3000..|absent"))])]);
    let (_, constats) = Table::compile(vec![residence(), quotient(None)], lignes.collect());
    assert_eq!(
        constats,
        vec![Constat::Trou {
            temoin: vec![(RESIDENCE, Valeur::Choix(2)), (QUOTIENT, Valeur::Nombre(d("0")))],
            boite: vec![(RESIDENCE, choix(&[2]))]
        }]
    );
}

#[test]
fn la_ligne_voisine_suit_laxe() {
    let (t, _) = Table::compile(vec![residence(), quotient(Some(("1", Sens::Inferieur)))], ham());
    let voisine = |r: u16, q: &str, de| {
        let valeurs = [Valeur::Choix(r), Valeur::Nombre(d(q))];
        t.voisine(&Faits { valeurs: &valeurs, parametres: &[] }, QUOTIENT, de, &SansCalendrier)
    };
    assert_eq!(voisine(0, "950", -1), Ok(Some(0)));
    assert_eq!(voisine(0, "900", -1), Ok(None));
    assert_eq!(voisine(0, "10", 1), Ok(Some(1)));
    assert_eq!(voisine(2, "10", 1), Ok(None));
}

fn une_selection(dim: usize) -> BoxedStrategy<Option<Selection>> {
    let motif = match dim {
        0 => (0..3_u16).prop_map(|i| Motif::Valeur(Valeur::Choix(i))).boxed(),
        1 => (0..6_i64, 0..6_i64, any::<bool>(), any::<bool>(), 0..5)
            .prop_map(|(x, y, i, j, forme)| {
                let borne = |v: i64, incluse| Borne { valeur: Decimal::new(v * 5, 1), incluse };
                match forme {
                    0 => Motif::Valeur(Valeur::Nombre(Decimal::new(x * 5, 1))),
                    1 => Motif::Nombres(Intervalle { de: Some(borne(x, i)), a: None }),
                    2 => Motif::Nombres(Intervalle { de: None, a: Some(borne(y, j)) }),
                    _ => Motif::Nombres(Intervalle {
                        de: Some(borne(x.min(y), i)),
                        a: Some(borne(x.max(y), j)),
                    }),
                }
            })
            .boxed(),
        _ => (1..8_u64).prop_map(|b| Motif::Valeur(Valeur::Ensemble(b))).boxed(),
    };
    let motif = prop_oneof![8 => motif, 1 => Just(Motif::Valeur(Valeur::Absent))];
    let selection = (prop::collection::vec(motif, 1..3), prop::bool::weighted(0.2), any::<bool>())
        .prop_map(|(motifs, sauf, absent_aussi)| Selection { motifs, sauf, absent_aussi });
    prop::option::weighted(0.7, selection).boxed()
}

fn dimensions(pas: bool) -> Vec<Dimension> {
    let noms: Arc<[Box<str>]> = ["a".into(), "b".into(), "c".into()].into();
    let domaine = Domaine::Nombre { pas: pas.then(|| (d("0.5"), Sens::Inferieur)), min: None, max: None };
    vec![
        Dimension { fait: FaitId(0), domaine: Domaine::Choix(noms.clone()), peut_manquer: true },
        Dimension { fait: FaitId(1), domaine, peut_manquer: true },
        Dimension { fait: FaitId(2), domaine: Domaine::Ensemble(noms), peut_manquer: false },
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 300 } else { 20_000 }))]

    /// The compiled table, its large form and a plain scan of the rows answer alike; a hole or an overlap is found
    /// if and only if some case shows it.
    #[test]
    fn compile_vaut_la_lecture_ligne_a_ligne(
        rows in prop::collection::vec((une_selection(0), une_selection(1), une_selection(2)), 0..7),
        pas: bool,
    ) {
        let lignes: Vec<Ligne<()>> = rows.into_iter().map(|(a, b, c)| {
            ligne([a, b, c].into_iter().enumerate().filter_map(|(i, s)| Some((FaitId(i as u16), s?))).collect())
        }).collect();
        let (petite, constats) = compile(dimensions(pas), lignes.clone(), usize::MAX);
        let (grande, constats_grande) = compile(dimensions(pas), lignes.clone(), 0);
        let (mut trou, mut double) = (false, false);
        for a in [Valeur::Absent, Valeur::Choix(0), Valeur::Choix(1), Valeur::Choix(2)] {
            let quarts = (-2..14).map(|q| Valeur::Nombre(Decimal::new(q * 25, 2)));
            for b in quarts.chain([Valeur::Absent]) {
                for c in 0..8 {
                    let valeurs = [a, b, Valeur::Ensemble(c)];
                    let faits = Faits { valeurs: &valeurs, parametres: &[] };
                    // what the table sees: the number brought to its step
                    let lue = match b {
                        Valeur::Nombre(n) if pas => Valeur::Nombre((n / d("0.5")).floor() * d("0.5")),
                        b => b,
                    };
                    let vus = [a, lue, valeurs[2]];
                    let prises: Vec<u32> = (0..).zip(&lignes).filter(|(_, l)| l.conditions.iter().all(|(f, s)| s.accepte(vus[usize::from(f.0)]))).map(|(i, _)| i).collect();
                    let attendu = match prises.as_slice() {
                        [] => Err(if a == Valeur::Absent { Manque::Absent(FaitId(0)) } else if b == Valeur::Absent { Manque::Absent(FaitId(1)) } else { Manque::Trou }),
                        [une] => Ok(*une),
                        [x, y, ..] => Err(Manque::Recouvrement(*x, *y)),
                    };
                    trou |= prises.is_empty();
                    double |= prises.len() > 1;
                    prop_assert_eq!(petite.cherche(&faits, &SansCalendrier), attendu);
                    prop_assert_eq!(grande.cherche(&faits, &SansCalendrier), attendu);
                }
            }
        }
        for constats in [&constats, &constats_grande] {
            let est_trou = |c: &Constat| matches!(c, Constat::Trou { .. } | Constat::AbsentNonCouvert { .. });
            prop_assert_eq!(constats.iter().any(est_trou), trou, "{:?}", constats);
            prop_assert_eq!(constats.iter().any(|c| matches!(c, Constat::Recouvrement { .. })), double, "{:?}", constats);
            for c in constats {
                // each witness shows what it says
                if let Constat::Trou { temoin, .. } | Constat::AbsentNonCouvert { temoin, .. } | Constat::Recouvrement { temoin, .. } = c {
                    let valeurs: Vec<Valeur> = temoin.iter().map(|(_, v)| *v).collect();
                    let reponse = petite.cherche(&Faits { valeurs: &valeurs, parametres: &[] }, &SansCalendrier);
                    prop_assert_eq!(matches!(reponse, Err(Manque::Trou | Manque::Absent(_))), est_trou(c), "{:?} {:?}", c, reponse);
                }
            }
        }
    }
}
