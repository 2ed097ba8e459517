//! The published figures of `towns.md`, and the shapes of the language, with the types alone.

use jiff::civil::date;
use rust_decimal::Decimal;

use super::*;
use crate::condition::Condition;
use crate::essais::{RENTREE, Ville, d};
use crate::faits::Symboles;
use crate::trace::{Journal, SansTrace};
use crate::valeur::Sens;

fn p(t: &str) -> Resultat {
    Resultat::Prix(d(t))
}

fn taux(t: &str) -> Resultat {
    Resultat::Taux { taux: d(t) / d("100"), assiette: None, plancher: None, plafond: None }
}

#[test]
fn ham1_ham2() {
    let mut v = Ville::nouvelle("1", Sens::Inferieur);
    let repas = v.tarif(
        &["residence", "quotient"],
        vec![
            ("residence=commune|dos, quotient=..900", p("3.50")),
            ("residence=commune|dos, quotient=901..", p("3.90")),
            ("residence=commune|dos, quotient=absent", p("3.90")),
            ("residence=exterieur", p("5.90")),
        ],
    );
    for (faits, attendu) in [
        ("residence=commune, quotient=900", "3.50"),
        ("residence=commune, quotient=900.99", "3.50"),
        ("residence=commune, quotient=901", "3.90"),
        ("residence=dos, quotient=500", "3.50"),
        ("residence=dos", "3.90"),
        ("residence=exterieur, quotient=300", "5.90"),
        ("residence=exterieur", "5.90"),
    ] {
        assert_eq!(v.prix(repas, faits), attendu, "{faits}");
    }
    // before the grid, and without a fact that must be known: a refusal, never zero
    assert_eq!(
        v.exact(repas, date(2024, 8, 31), "residence=commune, quotient=1"),
        Err(Refus::AucuneVersion { lieu: Lieu(100), jour: date(2024, 8, 31) })
    );
    assert_eq!(
        v.exact(repas, RENTREE, "quotient=1"),
        Err(Refus::FaitManquant { lieu: Lieu(100), fait: v.id("residence") })
    );
}

fn donges() -> (Ville, [BaremeId; 4]) {
    let mut v = Ville::nouvelle("0.01", Sens::Proche);
    let repas = v.tarif(
        &["quotient", "mode"],
        vec![
            ("mode=habituel, quotient=..500", p("0.85")),
            ("mode=habituel, quotient=>500..1000", p("1.00")),
            ("mode=habituel, quotient=>1000..1275", p("2.60")),
            ("mode=habituel, quotient=>1275..1600", p("3.65")),
            ("maximum@ mode=habituel, quotient=>1600..|absent", p("4.35")),
            ("mode=exceptionnel", p("5.10")),
        ],
    );
    let quart = v.tarif(
        &["quotient"],
        vec![
            ("quotient=..500", p("0.17")),
            ("quotient=>500..1000", p("0.28")),
            ("quotient=>1000..1275", p("0.45")),
            ("quotient=>1275..1500", p("0.70")),
            ("quotient=>1500..|absent", p("0.80")),
        ],
    );
    let journee = Resultat::Formule(v.formule("quotient * 0.00420 * 2 + 3.95"));
    let mut definition = v.definition(
        &["prestation", "quotient"],
        vec![
            ("prestation=demi_journee, quotient=..<318", p("1.33")),
            ("prestation=demi_journee, quotient=318..<1275", taux("0.420")),
            ("prestation=demi_journee, quotient=1275..|absent", p("5.35")),
            ("prestation=journee_repas, quotient=..<318", p("6.61")),
            ("prestation=journee_repas, quotient=318..<1275", journee),
            ("prestation=journee_repas, quotient=1275..|absent", p("14.66")),
        ],
    );
    definition.lignes.push(crate::table::Ligne {
        conditions: v.conditions("prestation=!demi_journee|journee_repas"),
        garde: None,
        sinon: false,
        resultat: Resultat::NonOffert,
        lieu: Lieu(7),
        nom: None,
    });
    let centre = v.de(definition);
    let mut definition = v.definition(
        &["quotient"],
        vec![
            ("quotient=..500", taux("20")),
            ("quotient=>500..1000", taux("35")),
            ("quotient=>1000..1275", taux("45")),
            ("quotient=>1275..1500", taux("65")),
            ("quotient=>1500..|absent", taux("75")),
        ],
    );
    definition.assiette = v.fait("cout_reel");
    let sortie = v.de(definition);
    (v, [repas, quart, centre, sortie])
}

#[test]
fn don1_a_don12() {
    let (v, [repas, quart, centre, sortie]) = donges();
    for (id, bareme, faits, attendu) in [
        ("DON1", repas, "mode=habituel, quotient=500", "0.85"),
        ("DON1", repas, "mode=habituel, quotient=500.01", "1.00"),
        ("DON2", repas, "mode=habituel, quotient=1550", "3.65"),
        ("DON2", quart, "quotient=1550", "0.80"),
        ("DON3", repas, "mode=habituel", "4.35"),
        ("DON3", quart, "", "0.80"),
        ("DON4", centre, "prestation=demi_journee, quotient=700", "2.94"),
        ("DON4", centre, "prestation=journee_repas, quotient=700", "9.83"),
        ("DON5", centre, "prestation=journee_repas, quotient=300", "6.61"),
        ("DON6", centre, "prestation=demi_journee, quotient=318", "1.34"),
        ("DON6", centre, "prestation=journee_repas, quotient=318", "6.62"),
        ("DON7", centre, "prestation=demi_journee, quotient=1274", "5.35"),
        ("DON7", centre, "prestation=journee_repas, quotient=1274", "14.65"),
        ("DON8", centre, "prestation=demi_journee, quotient=1275", "5.35"),
        ("DON8", centre, "prestation=journee_repas, quotient=1275", "14.66"),
        ("DON11", sortie, "quotient=1200, cout_reel=25.00", "11.25"),
        ("DON12", repas, "mode=exceptionnel, quotient=300", "5.10"),
    ] {
        assert_eq!(v.prix(bareme, faits), attendu, "{id} {faits}");
    }
    // nothing is rounded on the way: 318 × 0.420 % = 1.33560
    assert_eq!(v.exact(centre, RENTREE, "prestation=demi_journee, quotient=318"), Ok(d("1.3356")));
    assert_eq!(
        v.exact(centre, RENTREE, "prestation=repas, quotient=318"),
        Err(Refus::NonOffert { lieu: Lieu(7) })
    );
    // a cost not known yet is asked for, not zero
    assert_eq!(
        v.exact(sortie, RENTREE, "quotient=1200"),
        Err(Refus::FaitManquant { lieu: Lieu(3), fait: v.id("cout_reel") })
    );
}

#[test]
fn don13_500_pile_est_un_trou() {
    let v = Ville::nouvelle("0.01", Sens::Proche);
    let definition = v.definition(
        &["quotient"],
        vec![("quotient=..<500", p("1.00")), ("quotient=501..|absent", p("2.00"))],
    );
    let (_, constats) = Grille::compile(definition);
    let [ConstatGrille::Table(crate::table::Constat::Trou { temoin, boite })] = constats.as_slice() else {
        panic!("{constats:?}")
    };
    assert_eq!(temoin, &vec![(v.id("quotient"), crate::valeur::Valeur::Nombre(d("500")))]);
    assert_eq!(boite, &vec![v.selection("quotient", "500..500.99")]);
}

#[test]
fn par1() {
    let mut v = Ville::nouvelle("1", Sens::Inferieur);
    let bornes = [
        "..234",
        "235..384",
        "385..548",
        "549..959",
        "960..1370",
        "1371..1900",
        "1901..2500",
        "2501..3333",
        "3334..5000",
        "5001..|absent",
    ];
    let prix = ["0.13", "0.85", "1.62", "2.28", "3.62", "4.61", "4.89", "5.10", "6.00", "7.00"];
    let textes: Vec<String> =
        bornes.iter().enumerate().map(|(i, b)| format!("t{}@ quotient={b}", i + 1)).collect();
    let repas = v.tarif(&["quotient"], textes.iter().map(String::as_str).zip(prix.map(p)).collect());
    assert_eq!(
        (v.prix(repas, "quotient=548"), v.prix(repas, "quotient=549")),
        ("1.62".into(), "2.28".into())
    );
    // the file not settled: band 10, whatever the quotient (PAR2)
    let valeurs = v.faits("quotient=548");
    let t10 = v.baremes[0].prix_de_ligne(
        "t10",
        RENTREE,
        &Faits { valeurs: &valeurs, parametres: &[] },
        &v,
        &mut SansTrace,
    );
    assert_eq!(t10.map(|p| p.montant), Ok(d("7.00")));
}

#[test]
fn forme_1_taux_borne_interpolation_trois_decimales() {
    let mut v = Ville::nouvelle("0.01", Sens::Proche);
    let borne = Resultat::Taux {
        taux: d("0.0044"),
        assiette: None,
        plancher: Some(Grandeur::Montant(d("1.10"))),
        plafond: Some(Grandeur::Montant(d("2.50"))),
    };
    let b = v.tarif(
        &["prestation", "quotient"],
        vec![
            ("prestation=repas, quotient=..<700", borne),
            ("prestation=repas, quotient=700..|absent", p("4.20")),
            ("prestation=!repas, quotient=..<300", p("2.000")),
            ("prestation=!repas, quotient=300..900", Resultat::Entre(d("2.000"), d("7.505"))),
            ("prestation=!repas, quotient=>900..|absent", p("7.505")),
        ],
    );
    for (faits, attendu) in [
        ("prestation=repas, quotient=100", "1.10"),
        ("prestation=repas, quotient=400", "1.7600"),
        ("prestation=repas, quotient=690", "2.50"),
        ("prestation=repas, quotient=700", "4.20"),
        ("prestation=soir, quotient=300", "2.000"),
        ("prestation=soir, quotient=600", "4.7525"),
        ("prestation=soir, quotient=900", "7.505"),
    ] {
        assert_eq!(v.exact(b, RENTREE, faits), Ok(d(attendu)), "{faits}");
    }
}

#[test]
fn forme_2_decalage_dune_tranche() {
    let mut v = Ville::nouvelle("1", Sens::Inferieur);
    let mut definition = v.definition(
        &["quotient"],
        vec![
            ("quotient=..300", p("1.00")),
            ("quotient=301..600", p("2.00")),
            ("quotient=601..|absent", p("3.00")),
        ],
    );
    definition.decale =
        vec![Decale { si: v.si("enfants_inscrits=4.."), de: -1, garde_au_bord: true, lieu: Lieu(50) }];
    let b = v.de(definition);
    for (faits, attendu) in [
        ("quotient=700, enfants_inscrits=3", "3.00"),
        ("quotient=700, enfants_inscrits=4", "2.00"),
        ("quotient=500, enfants_inscrits=4", "1.00"),
        ("quotient=100, enfants_inscrits=4", "1.00"),
        ("enfants_inscrits=4", "3.00"),
    ] {
        assert_eq!(v.exact(b, RENTREE, faits), Ok(d(attendu)), "{faits}");
    }
}

#[test]
fn forme_3_autres_cles_que_le_quotient() {
    let mut v = Ville::nouvelle("1", Sens::Inferieur);
    let b = v.tarif(
        &["ressources", "regime", "statut"],
        vec![
            ("statut=urgence_sociale", p("0.40")),
            ("statut=ordinaire, regime=caf, ressources=..15000", p("2.10")),
            ("statut=ordinaire, regime=caf, ressources=>15000..|absent", p("4.10")),
            ("statut=ordinaire, regime=msa|aucun", p("3.10")),
        ],
    );
    assert_eq!(v.exact(b, RENTREE, "statut=urgence_sociale, regime=caf"), Ok(d("0.40")));
    assert_eq!(v.exact(b, RENTREE, "statut=ordinaire, regime=caf, ressources=15000"), Ok(d("2.10")));
    assert_eq!(v.exact(b, RENTREE, "statut=ordinaire, regime=msa, ressources=1"), Ok(d("3.10")));
}

#[test]
fn forme_4_tranche_absente_de_la_grille() {
    let mut v = Ville::nouvelle("0.01", Sens::Proche);
    let b = v.tarif(
        &["residence", "quotient"],
        vec![
            ("residence=commune|dos, quotient=..<600", p("2.00")),
            ("residence=commune|dos, quotient=600..|absent", p("4.00")),
            ("residence=exterieur, quotient=..<750", p("5.00")),
            (
                "residence=exterieur, quotient=750..780",
                Resultat::ADemander("Tranche absente de la grille imprimée".into()),
            ),
            ("residence=exterieur, quotient=>780..|absent", Resultat::Exemple(d("6.00"))),
        ],
    );
    let refus = v.exact(b, RENTREE, "residence=exterieur, quotient=760");
    assert_eq!(
        refus,
        Err(Refus::ADemander { lieu: Lieu(4), question: "Tranche absente de la grille imprimée".into() })
    );
    let valeurs = v.faits("residence=exterieur, quotient=800");
    let prix = v.baremes[0]
        .prix(RENTREE, &Faits { valeurs: &valeurs, parametres: &[] }, &v, &mut SansTrace)
        .unwrap();
    assert_eq!((prix.montant, prix.exemple), (d("6.00"), true));
}

#[test]
fn forme_5_un_prix_qui_en_definit_un_autre() {
    let mut v = Ville::nouvelle("1", Sens::Inferieur);
    let commune = crate::valeur::Valeur::Choix(0);
    let comme = |bareme| Resultat::Comme {
        bareme: BaremeId(bareme),
        avec: vec![(v.id("residence"), commune)],
        majore: Some(Ecart::Taux(d("0.15"))),
    };
    let (lui_meme, cercle) = (comme(0), comme(1));
    let reel =
        Resultat::Taux { taux: d("0.30"), assiette: v.fait("cout_reel"), plancher: None, plafond: None };
    let b = v.tarif(
        &["residence", "quotient"],
        vec![
            ("residence=commune|dos, quotient=..800", reel),
            ("residence=commune|dos, quotient=801..|absent", p("9.00")),
            ("residence=exterieur", lui_meme),
        ],
    );
    assert_eq!(v.exact(b, RENTREE, "residence=commune, quotient=800, cout_reel=20"), Ok(d("6")));
    assert_eq!(v.exact(b, RENTREE, "residence=exterieur, quotient=800, cout_reel=20"), Ok(d("6.9")));
    assert_eq!(v.exact(b, RENTREE, "residence=exterieur"), Ok(d("10.35")));
    let rond = v.tarif(&["residence"], vec![("residence=commune|dos|exterieur", cercle)]);
    assert_eq!(v.exact(rond, RENTREE, "residence=commune"), Err(Refus::Cercle { lieu: Lieu(1) }));
}

#[test]
fn forme_14_la_grille_change_en_cours_dannee() {
    let mut v = Ville::nouvelle("1", Sens::Inferieur);
    let grille = |t: &str| Some(Grille::compile(v.definition(&[], vec![("", p(t))])).0);
    let version = |depuis, grille| Version { depuis, grille };
    let versions = vec![
        version(date(2027, 1, 1), grille("4.10")),
        version(date(2026, 9, 1), grille("4.00")),
        version(date(2027, 7, 1), None),
    ];
    let b = v.versions(versions.clone());
    assert_eq!(v.exact(b, date(2026, 12, 31), ""), Ok(d("4.00")));
    assert_eq!(v.exact(b, date(2027, 1, 1), ""), Ok(d("4.10")));
    assert!(matches!(v.exact(b, date(2027, 7, 1), ""), Err(Refus::AucuneVersion { .. })));
    assert!(matches!(v.exact(b, date(2026, 8, 31), ""), Err(Refus::AucuneVersion { .. })));
    let double = Bareme::nouveau(b, Lieu(0), vec![versions[0].clone(), versions[0].clone()]);
    assert_eq!(double.err(), Some(date(2027, 1, 1)));
}

#[test]
fn un_script_qui_echoue_refuse() {
    let mut v = Ville::nouvelle("1", Sens::Inferieur);
    let b = v.tarif(
        &["mode"],
        vec![("mode=habituel", Resultat::Script(0)), ("mode=exceptionnel", Resultat::Script(1))],
    );
    assert_eq!(v.exact(b, RENTREE, "mode=habituel"), Ok(d("1.234")));
    assert_eq!(
        v.exact(b, RENTREE, "mode=exceptionnel"),
        Err(Refus::Script { lieu: Lieu(2), motif: "hors bornes".into() })
    );
}

#[test]
fn une_grille_mal_ecrite_est_dite() {
    let v = Ville::nouvelle("1", Sens::Inferieur);
    let mut definition = v.definition(
        &["quotient"],
        vec![("quotient=..900", Resultat::Entre(d("1"), d("2"))), ("quotient=901..|absent", p("1.2345"))],
    );
    definition.lignes.push(crate::table::Ligne { resultat: taux("1"), ..definition.lignes[0].clone() });
    definition.lignes[2].conditions = v.conditions("quotient=..-1");
    definition.assiette = None;
    definition.decale = vec![Decale { si: Condition::default(), de: 1, garde_au_bord: true, lieu: Lieu(0) }];
    let (_, constats) = Grille::compile(definition);
    for attendu in [
        ConstatGrille::EntreSansTranche { ligne: 0 },
        ConstatGrille::DecaleSurEntre { ligne: 0 },
        ConstatGrille::TropDeDecimales { ligne: 1, montant: d("1.2345") },
        ConstatGrille::TauxSansAssiette { ligne: 2 },
        ConstatGrille::Table(crate::table::Constat::LigneMorte { ligne: 2 }),
    ] {
        assert!(constats.contains(&attendu), "{attendu:?} not in {constats:?}");
    }
}

#[test]
fn la_trace_dit_la_grille_les_faits_la_ligne_et_loperation() {
    let (v, [_, _, centre, _]) = donges();
    let valeurs = v.faits("prestation=demi_journee, quotient=700");
    let mut journal = Journal::default();
    v.baremes[usize::from(centre.0)]
        .prix(RENTREE, &Faits { valeurs: &valeurs, parametres: &[] }, &v, &mut journal)
        .unwrap();
    let quoi: Vec<Quoi> = journal.pas().iter().map(|p| p.quoi).collect();
    assert_eq!(
        quoi,
        vec![
            Quoi::Version(centre, date(2024, 9, 1)),
            Quoi::Fait(v.id("prestation"), crate::valeur::Valeur::Choix(1)),
            Quoi::Fait(v.id("quotient"), crate::valeur::Valeur::Nombre(d("700"))),
            Quoi::Ligne(centre, 1),
            Quoi::Taux { taux: d("0.0042"), assiette: d("700") },
        ]
    );
    assert_eq!(journal.pas()[4].apres, Some(Decimal::new(294, 2)));
    assert_eq!(journal.pas()[4].lieu, Lieu(2));
}

fn regard<'a>(v: &'a Ville) -> Regard<'a> {
    Regard { tarifs: v, jour: RENTREE, parametres: &[], arrondi: crate::montant::Arrondi::CENTIME }
}

fn courbe(v: &Ville, b: BaremeId) -> Vec<ConstatCourbe> {
    let grille = v.baremes[usize::from(b.0)].grille(RENTREE).unwrap().1;
    grille.axe().map(|axe| grille.courbe(axe, regard(v))).unwrap_or_default()
}

#[test]
fn les_grilles_de_donges_ne_baissent_jamais_une_fois_arrondies() {
    let (v, [repas, quart, centre, _]) = donges();
    for b in [repas, quart, centre] {
        let constats = courbe(&v, b);
        assert!(!constats.iter().any(|c| matches!(c, ConstatCourbe::Baisse { .. })), "{constats:?}");
    }
    // the formula is said to be sampled
    assert!(courbe(&v, centre).contains(&ConstatCourbe::Echantillonne { ligne: 4 }));
    let marche = ConstatCourbe::PlusGrandeMarche {
        cas: vec![
            (v.id("mode"), crate::valeur::Valeur::Choix(0)),
            (v.id("quotient"), crate::valeur::Valeur::Nombre(d("1000.01"))),
        ],
        avant: d("1.00"),
        apres: d("2.60"),
    };
    assert!(courbe(&v, repas).contains(&marche), "{:?}", courbe(&v, repas));
}

#[test]
fn une_baisse_un_raccord_manque_et_une_inversion_se_voient() {
    let mut v = Ville::nouvelle("1", Sens::Inferieur);
    let b = v.tarif(
        &["residence", "quotient"],
        vec![
            ("residence=commune|dos, quotient=..299", p("2.00")),
            ("residence=commune|dos, quotient=300..900", Resultat::Entre(d("2.00"), d("8.00"))),
            ("residence=commune|dos, quotient=901..|absent", p("7.00")),
            ("residence=exterieur, quotient=..600|absent", p("6.00")),
            ("residence=exterieur, quotient=601..", p("7.50")),
        ],
    );
    let q = |r: u16, n: &str| {
        vec![
            (v.id("residence"), crate::valeur::Valeur::Choix(r)),
            (v.id("quotient"), crate::valeur::Valeur::Nombre(d(n))),
        ]
    };
    let constats = courbe(&v, b);
    assert!(
        constats.contains(&ConstatCourbe::Baisse { cas: q(0, "901"), avant: d("8.00"), apres: d("7.00") }),
        "{constats:?}"
    );
    assert!(
        constats.contains(&ConstatCourbe::EntreSansRaccord {
            ligne: 1,
            cas: q(0, "901"),
            ici: d("8"),
            voisin: d("7.00")
        }),
        "{constats:?}"
    );
    assert_eq!(
        constats.iter().filter(|c| matches!(c, ConstatCourbe::EntreSansRaccord { .. })).count(),
        1,
        "{constats:?}"
    );
    let grille = v.baremes[0].grille(RENTREE).unwrap().1;
    let (commune, dehors) = (crate::valeur::Valeur::Choix(0), crate::valeur::Valeur::Choix(2));
    let inversions = grille.compare(v.id("residence"), (commune, dehors), grille.axe(), regard(&v));
    assert!(
        matches!(inversions.as_slice(), [ConstatCourbe::Inversion { bas, haut, .. }] if haut < bas),
        "{inversions:?}"
    );
    assert_eq!(
        grille.compare(
            v.id("residence"),
            (commune, crate::valeur::Valeur::Choix(1)),
            grille.axe(),
            regard(&v)
        ),
        vec![]
    );
}

#[test]
fn une_formule_qui_passe_sous_zero_et_un_script_sont_dits() {
    let mut v = Ville::nouvelle("1", Sens::Inferieur);
    let f = Resultat::Formule(v.formule("quotient * 0.01 - 2"));
    let b =
        v.tarif(&["quotient"], vec![("quotient=..900", f), ("quotient=901..|absent", Resultat::Script(0))]);
    let constats = courbe(&v, b);
    assert!(
        matches!(
            constats.iter().find(|c| matches!(c, ConstatCourbe::Negatif { .. })),
            Some(ConstatCourbe::Negatif { ligne: 0, .. })
        ),
        "{constats:?}"
    );
    assert!(
        constats.contains(&ConstatCourbe::NonAnalyse { ligne: 1, pourquoi: NonAnalyse::Script }),
        "{constats:?}"
    );
}

#[test]
fn la_simulation_en_colonnes_vaut_les_prix_un_a_un() {
    use crate::montant::Montant;
    use crate::table::{Colonne, Manque};
    let mut v = Ville::nouvelle("1", Sens::Inferieur);
    let lignes = vec![
        ("residence=commune|dos, quotient=..900", p("3.50")),
        ("residence=commune|dos, quotient=901..|absent", p("3.90")),
        ("residence=exterieur", p("5.90")),
    ];
    let b = v.tarif(&["residence", "quotient"], lignes);
    let grille = v.baremes[usize::from(b.0)].grille(RENTREE).unwrap().1;
    let residences: Vec<u16> = (0..10_000).map(|i| i % 3).collect();
    let quotients: Vec<i64> =
        (0..10_000).map(|i| if i % 7 == 0 { i64::MIN } else { (i * 31) % 1_200 }).collect();
    let mut prix = vec![Montant::ZERO; residences.len()];
    grille.simule(&[Colonne::Choix(&residences), Colonne::Pas(&quotients)], &mut prix).unwrap();
    let noms = ["commune", "dos", "exterieur"];
    for (i, montant) in prix.iter().enumerate().step_by(37) {
        let quotient = if quotients[i] == i64::MIN { "absent".to_owned() } else { quotients[i].to_string() };
        let faits = format!("residence={}, quotient={quotient}", noms[usize::from(residences[i])]);
        assert_eq!(v.prix(b, &faits), format!("{:.2}", montant.en_euros()), "{faits}");
    }
    // a residence that is not known has no row, one that does not exist is not of the domain
    for (r, attendu) in [(u16::MAX, Manque::Trou), (3, Manque::HorsDomaine(v.id("residence")))] {
        let refus = grille.simule(&[Colonne::Choix(&[r]), Colonne::Pas(&[1])], &mut [Montant::ZERO]);
        assert_eq!(refus, Err(RefusSimulation::Manque(attendu)));
    }
    let calcule =
        v.tarif(&["quotient"], vec![("quotient=..10", taux("1")), ("quotient=11..|absent", p("1.00"))]);
    let grille = v.baremes[usize::from(calcule.0)].grille(RENTREE).unwrap().1;
    assert_eq!(
        grille.simule(&[Colonne::Pas(&[5])], &mut [Montant::ZERO]),
        Err(RefusSimulation::LigneCalculee(0))
    );
}
