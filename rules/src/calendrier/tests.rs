use jiff::civil::date;

use super::*;

/// Zone B, four school days a week, two closures: one for everybody, one for the town hall only.
pub(crate) fn essai() -> Calendrier {
    let jours =
        |noms: &str| Semaine::de(noms.split(' ').map(|n| crate::scalaire::lit_jour_semaine(n).unwrap()));
    let ferme = |debut, fin, motif: &str, vise: &[&str]| Fermeture {
        debut,
        fin,
        motif: motif.into(),
        calendriers: vise.iter().map(|v| (*v).into()).collect(),
        lieu: Lieu::default(),
    };
    let service = RegleJours {
        jours: jours("lundi mardi jeudi vendredi"),
        sauf_feries: true,
        sauf_vacances: true,
        sauf_fermetures: true,
    };
    Calendrier::construit(DefinitionCalendrier {
        annees: (2019, 2030),
        feries: RegimeFeries::Commun,
        scolaire: CalendrierScolaire::publie(Zone::B).unwrap(),
        jours_ouvres: Semaine::LUNDI_A_VENDREDI,
        jours_ecole: jours("lundi mardi jeudi vendredi"),
        nommes: vec![
            ("jours_service".into(), service),
            ("marche".into(), RegleJours { jours: jours("samedi"), sauf_vacances: false, ..service }),
        ],
        fermetures: vec![
            ferme(date(2025, 11, 10), date(2025, 11, 10), "pont du 11 novembre", &[]),
            ferme(date(2026, 1, 2), date(2026, 1, 2), "inventaire", &["ouvres"]),
        ],
    })
    .unwrap()
}

#[test]
fn compter_saute_les_jours_fermes() {
    let c = essai();
    // Thu 13 Nov 2025: Wed 12 open; Tue 11 public holiday, Mon 10 closed, week-end, Fri 7
    let jeudi = date(2025, 11, 13);
    assert_eq!(c.n_jours_avant(&Compte::Ouvres, jeudi, 2), Ok(date(2025, 11, 7)));
    // school: no Wednesday either
    assert_eq!(c.n_jours_avant(&Compte::Ecole, jeudi, 1), Ok(date(2025, 11, 7)));
    assert_eq!(c.n_jours_avant(&Compte::Civils, jeudi, 2), Ok(date(2025, 11, 11)));
    // between 6 November and 13 November there are six whole days
    assert_eq!(c.n_jours_avant(&Compte::Francs, jeudi, 6), Ok(date(2025, 11, 6)));
    assert_eq!(c.n_jours_apres(&Compte::Ouvres, date(2025, 11, 7), 1), Ok(date(2025, 11, 12)));
    assert_eq!(c.n_jours_apres(&Compte::Francs, date(2025, 11, 6), 6), Ok(jeudi));
    assert_eq!(c.n_jours_avant(&Compte::Nomme("marche".into()), jeudi, 1), Ok(date(2025, 11, 8)));
    // across the Christmas holidays
    assert_eq!(c.n_jours_avant(&Compte::Ecole, date(2026, 1, 5), 1), Ok(date(2025, 12, 19)));
    assert_eq!(
        c.n_jours_avant(&Compte::Ouvres, date(2026, 1, 5), 1),
        Ok(date(2025, 12, 31)),
        "2 January is inventory"
    );
    // counting starts from a closed day just as well
    assert_eq!(c.n_jours_avant(&Compte::Ouvres, date(2025, 11, 9), 1), Ok(date(2025, 11, 7)));
    assert_eq!(c.n_jours_avant(&Compte::Ouvres, date(2025, 11, 9), 0), Ok(date(2025, 11, 9)));
}

#[test]
fn un_jour_ferme_a_sa_raison() {
    let c = essai();
    let pourquoi = |compte: &Compte, jour| c.pourquoi_ferme(compte, jour).unwrap().map(|m| m.en_mots());
    for (compte, jour, motif) in [
        (Compte::Ouvres, date(2025, 11, 9), Some("pas d'ouverture le dimanche")),
        (Compte::Ouvres, date(2025, 11, 10), Some("pont du 11 novembre")),
        (Compte::Ouvres, date(2025, 11, 11), Some("jour férié (armistice de 1918)")),
        (Compte::Ouvres, date(2025, 11, 12), None),
        (Compte::Ouvres, date(2026, 1, 2), Some("inventaire")),
        (Compte::Ecole, date(2026, 1, 2), Some("vacances de Noël")),
        (Compte::Ecole, date(2025, 11, 12), Some("pas d'ouverture le mercredi")),
        (Compte::Ecole, date(2026, 5, 15), Some("pont de l'Ascension")),
        (Compte::Civils, date(2025, 11, 9), None),
    ] {
        assert_eq!(pourquoi(&compte, jour).as_deref(), motif, "{compte:?} {jour}");
    }
    assert_eq!(c.est_ouvre(date(2025, 11, 10)), Ok(false));
    assert_eq!(c.est_ecole(date(2025, 11, 13)), Ok(true));
    assert_eq!(c.nom_ferie(date(2028, 6, 5)), Ok(Some("lundi de Pentecôte")));
}

#[test]
fn les_periodes_scolaires_ont_leurs_bornes() {
    let c = essai();
    let Ok(Periode::Vacances(toussaint)) = c.periode(date(2025, 10, 25)) else { panic!() };
    assert_eq!((toussaint.id().as_str(), toussaint.debut), ("toussaint_2025", date(2025, 10, 18)));
    assert_eq!(c.periode(date(2025, 10, 18)).unwrap().bornes(), (date(2025, 10, 18), date(2025, 11, 2)));
    let classe = Periode::Scolaire { debut: date(2025, 11, 3), fin: date(2025, 12, 19) };
    assert_eq!(c.periode(date(2025, 11, 3)), Ok(classe));
    assert_eq!(c.periode(date(2025, 12, 19)), Ok(classe));
    assert_eq!(c.scolaire().nommees("noel_2025").unwrap().fin, date(2026, 1, 4));
    assert_eq!(c.scolaire().nommees("noel_2026").unwrap().fin, date(2027, 1, 3), "named by its first day");
    assert!(c.scolaire().nommees("noel_2030").is_none());
}

#[test]
fn les_trois_zones_publiees_sont_completes() {
    for zone in [Zone::A, Zone::B, Zone::C] {
        let scolaire = CalendrierScolaire::publie(zone).unwrap();
        // from the summer of 2019 to the summer of 2028: nine school years
        for annee in 2019..2028_i16 {
            for (nom, an) in [
                ("toussaint", annee),
                ("noel", annee),
                ("hiver", annee + 1),
                ("printemps", annee + 1),
                ("ascension", annee + 1),
                ("ete", annee + 1),
            ] {
                let vacances = scolaire.nommees(&format!("{nom}_{an}"));
                let jours = vacances.map(|v| jours_entre(v.debut, v.fin) + 1).unwrap_or_default();
                let attendu = match nom {
                    "ete" => 54..=60,
                    "ascension" => 2..=4,
                    _ => 16..=18,
                };
                assert!(attendu.contains(&jours), "{zone:?} {nom}_{an}: {jours} days");
            }
        }
        assert_eq!(scolaire.liste().len(), 9 * 6 + 1);
    }
}

#[test]
fn au_dela_des_donnees_rien_nest_devine() {
    let c = essai();
    let inconnues =
        |jour| ErreurCalendrier::VacancesInconnues { jour, du: date(2019, 7, 6), au: date(2028, 8, 31) };
    let septembre = date(2028, 9, 1);
    assert_eq!(c.est_ecole(septembre), Err(inconnues(septembre)));
    assert_eq!(c.periode(septembre), Err(inconnues(septembre)));
    assert_eq!(c.est_ouvre(septembre), Ok(true), "working days do not depend on school holidays");
    assert_eq!(
        c.n_jours_avant(&Compte::Ecole, date(2019, 9, 3), 2).unwrap_err().to_string(),
        "les vacances scolaires ne sont connues que du 6 juillet 2019 au 31 août 2028 : le 3 septembre 2019 n'y est pas"
    );
    let hors = |jour| ErreurCalendrier::HorsCalendrier { jour, du: date(2019, 1, 1), au: date(2030, 12, 31) };
    assert_eq!(c.est_ferie(date(2031, 1, 1)), Err(hors(date(2031, 1, 1))));
    assert_eq!(c.n_jours_apres(&Compte::Civils, date(2030, 12, 31), 1), Err(hors(date(2031, 1, 1))));
    assert_eq!(
        c.est_ouvert(&Compte::Nomme("jours_servise".into()), septembre),
        Err(ErreurCalendrier::CalendrierInconnu { nom: "jours_servise".into() })
    );
}

#[test]
fn une_commune_corrige_les_vacances_publiees() {
    let v = |nom: &str, debut, fin| Vacances { nom: nom.into(), debut, fin };
    let publie = || CalendrierScolaire::publie(Zone::A).unwrap();
    let corrige = publie().corrige(vec![v("toussaint", date(2025, 10, 20), date(2025, 10, 31))]).unwrap();
    assert_eq!(corrige.nommees("toussaint_2025").unwrap().fin, date(2025, 10, 31));
    assert_eq!(corrige.liste().len(), publie().liste().len());
    let pont = v("pont", date(2025, 11, 2), date(2025, 11, 10));
    let erreurs = publie().corrige(vec![pont]).unwrap_err();
    assert_eq!(erreurs[0].to_string(), "les vacances « toussaint_2025 » et « pont_2025 » se superposent");
    // both mistakes of one list
    let liste =
        vec![v("ete", date(2026, 8, 1), date(2026, 7, 1)), v("noel", date(2026, 12, 19), date(2027, 1, 3))];
    let erreurs = CalendrierScolaire::propre(liste, date(2026, 1, 1), date(2026, 12, 31)).unwrap_err();
    assert!(
        matches!(
            &*erreurs,
            [ErreurCalendrier::VacancesInversees { .. }, ErreurCalendrier::VacancesHorsListe { .. }]
        ),
        "{erreurs:?}"
    );
}

#[test]
fn un_nom_de_calendrier_nest_pas_un_mot_de_la_langue() {
    let c = essai();
    assert_eq!(c.noms().collect::<Vec<_>>(), ["jours_service", "marche"]);
    let mut definition = DefinitionCalendrier {
        annees: (2025, 2026),
        feries: RegimeFeries::AlsaceMoselle,
        scolaire: CalendrierScolaire::publie(Zone::B).unwrap(),
        jours_ouvres: Semaine::LUNDI_A_VENDREDI,
        jours_ecole: Semaine::LUNDI_A_VENDREDI,
        nommes: Vec::new(),
        fermetures: Vec::new(),
    };
    let alsace = Calendrier::construit(definition.clone()).unwrap();
    assert_eq!(alsace.nom_ferie(date(2026, 4, 3)), Ok(Some("vendredi saint")));
    assert_eq!(c.nom_ferie(date(2026, 4, 3)), Ok(None));
    let regle = RegleJours {
        jours: Semaine::default(),
        sauf_feries: false,
        sauf_vacances: false,
        sauf_fermetures: false,
    };
    definition.nommes = vec![("ecole".into(), regle)];
    definition.annees = (2026, 2025);
    let ferme = |de, a, motif: &str, vise: &[&str]| Fermeture {
        debut: date(2025, 12, de),
        fin: date(2025, 12, a),
        motif: motif.into(),
        calendriers: vise.iter().map(|v| (*v).into()).collect(),
        lieu: Lieu(7),
    };
    definition.fermetures = vec![
        ferme(26, 22, "envers", &[]),
        ferme(24, 30, "noël", &["ouvres"]),
        ferme(26, 26, "grève", &["ecole"]),
        ferme(30, 30, "inventaire", &["ouvres", "mairie"]),
    ];
    let erreurs = Calendrier::construit(definition).unwrap_err();
    let messages: Vec<String> = erreurs.iter().map(ToString::to_string).collect();
    assert_eq!(
        messages,
        [
            "le nom de calendrier « ecole » est déjà pris",
            "la fermeture « envers » finit (22 décembre 2025) avant de commencer (26 décembre 2025)",
            "la fermeture « inventaire » vise le calendrier « mairie », qui n'existe pas",
            "les fermetures « noël » et « inventaire » se superposent le 30 décembre 2025",
            "années du calendrier impossibles : de 2026 à 2025",
        ]
    );
}

#[test]
fn les_feries_de_la_semaine_sont_une_dimension() {
    let c = essai();
    let semaine = c.feries_semaine(date(2026, 4, 9)).unwrap();
    assert_eq!(semaine, Semaine::de([Weekday::Monday]), "Easter Monday 2026 is 6 April");
    assert_eq!(c.feries_semaine(date(2025, 9, 4)), Ok(Semaine::default()));
    assert_eq!(c.jours(&Compte::Ecole, date(2025, 11, 7), date(2025, 11, 14)).unwrap().len(), 3);
}
