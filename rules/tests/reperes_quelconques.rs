//! Any repère reads back from its own text; no text, however odd, makes a reader panic or point outside of it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests: a failure is a failed test"
)]

use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use rules::calendrier::{Calendrier, CalendrierScolaire, DefinitionCalendrier, RegimeFeries, Semaine, Zone};
use rules::repere::{Contexte, Repere, SiJourFerme, Verbe};
use rules::scalaire::{Duree, ErreurScalaire, Heure, JourAnnuel, Mois, Plage, lit_date, lit_jour_semaine};

const JOURS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

/// Texts of the grammar, with the shapes that it forbids here and there.
fn ecrit() -> impl Strategy<Value = String> {
    let compte =
        prop_oneof![Just(""), Just(" ouvres"), Just(" ecole"), Just(" francs"), Just(" jours_service")];
    let signe = prop_oneof![Just('-'), Just('+')];
    let decale = prop_oneof![
        Just(String::new()),
        (signe, 1..999_u32, compte).prop_map(|(s, n, c)| format!("{s}{n}{c}"))
    ];
    let rang = (-99..=99_i32).prop_map(|n| if n == 0 { String::new() } else { format!("{n:+}") });
    let date =
        (2000..2060_i16, 1..=12_i8, 1..=31_i8).prop_filter_map("day", |(a, m, j)| Date::new(a, m, j).ok());
    let jour = prop::sample::select(&JOURS[..]);
    let ancre = prop_oneof![
        decale.clone().prop_map(|d| format!("J{d}")),
        (any::<bool>(), decale).prop_map(|(fin, d)| format!("{}P{d}", if fin { "fin " } else { "" })),
        (jour.clone(), rang.clone()).prop_map(|(j, r)| format!("{j} S{r}")),
        jour.prop_map(|j| format!("{j} precedent")),
        (1..=31_u8, rang.clone()).prop_map(|(q, r)| format!("{q} M{r}")),
        rang.prop_map(|r| format!("fin M{r}")),
        date.clone().prop_map(|d| d.to_string()),
        date.prop_map(|d| format!("{} {d}", JOURS[d.weekday().to_monday_zero_offset() as usize])),
    ];
    let heure = prop::option::of((0..=1440_u16).prop_filter_map("time", Heure::en_minutes));
    prop_oneof![
        9 => (ancre, heure).prop_map(|(a, h)| h.map_or(a.clone(), |h| format!("{a} {h}"))),
        1 => (1..9999_u32, any::<bool>()).prop_map(|(n, o)| format!("{n} h{}", if o { " ouvrees" } else { "" })),
    ]
}

/// Pieces of the grammar in any order, with noise.
fn presque() -> impl Strategy<Value = String> {
    let morceau = prop_oneof![
        prop::sample::select(
            &[
                "J",
                "P",
                "S",
                "M",
                "fin",
                "h",
                "-1",
                "+2",
                "J-2",
                "S-1",
                "ouvres",
                "ouvrées",
                "72",
                "06:00",
                "24:01",
                ":",
                "..",
                "précédent",
                "2025-02-30",
                "mardi",
                "99999999999999999999",
                "é",
                "\u{a0}",
                "-",
                "+"
            ][..]
        )
        .prop_map(str::to_owned),
        ".{0,4}",
    ];
    prop::collection::vec(morceau, 0..6).prop_flat_map(|m| prop_oneof![Just(m.join(" ")), Just(m.concat())])
}

fn dedans(texte: &str, erreur: Option<ErreurScalaire>) {
    if let Some(e) = erreur {
        assert!(texte.get(e.debut..e.fin).is_some(), "{texte:?}: {e:?}");
        assert!(!e.message.is_empty());
    }
}

static CALENDRIER: LazyLock<Calendrier> = LazyLock::new(|| {
    Calendrier::construit(DefinitionCalendrier {
        annees: (2019, 2035),
        feries: RegimeFeries::Commun,
        scolaire: CalendrierScolaire::publie(Zone::A).unwrap(),
        jours_ouvres: Semaine::LUNDI_A_VENDREDI,
        jours_ecole: Semaine::LUNDI_A_VENDREDI,
        nommes: Vec::new(),
        fermetures: Vec::new(),
    })
    .unwrap()
});

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn un_repere_se_relit(texte in ecrit()) {
        let repere = Repere::lit(&texte).unwrap();
        prop_assert_eq!(repere.to_string(), texte);
        prop_assert_eq!(Repere::lit(&repere.to_string()).unwrap(), repere);
    }

    #[test]
    fn aucun_texte_ne_fait_tomber_un_lecteur(texte in prop_oneof![presque(), any::<String>()]) {
        if let Ok(repere) = Repere::lit(&texte) {
            prop_assert_eq!(Repere::lit(&repere.to_string()).unwrap(), repere);
        }
        if let Ok(duree) = Duree::lit(&texte) {
            prop_assert_eq!(Duree::lit(&duree.to_string()).unwrap(), duree);
        }
        dedans(&texte, Repere::lit(&texte).err());
        dedans(&texte, Repere::lit_avec(&texte, &["jours_service"]).err());
        dedans(&texte, Duree::lit(&texte).err());
        dedans(&texte, Heure::lit(&texte).err());
        dedans(&texte, Plage::lit(&texte).err());
        dedans(&texte, JourAnnuel::lit(&texte).err());
        dedans(&texte, Mois::lit(&texte).err());
        dedans(&texte, lit_date(&texte).err());
        dedans(&texte, lit_jour_semaine(&texte).err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    /// A computation answers or says why; `avant` and `jusqu_a` of a time agree on the instant.
    #[test]
    fn tout_repere_se_calcule_ou_sexplique(texte in ecrit(), jour in 0..2500_i64, debut in 0..1440_u16) {
        let (calendrier, fuseau): (&Calendrier, _) = (&CALENDRIER, TimeZone::get("Europe/Paris").unwrap());
        let repere = Repere::lit(&texte).unwrap();
        let jour = rules::calendrier::plus_jours(Date::new(2020, 1, 1).unwrap(), jour).unwrap();
        for si_jour_ferme in [SiJourFerme::Garde, SiJourFerme::Avance, SiJourFerme::Recule] {
            let ctx = Contexte { jour, debut_creneau: Heure::en_minutes(debut), periode: calendrier.periode(jour).ok().map(|p| p.bornes()), fuseau: &fuseau, calendrier, si_jour_ferme };
            let (avant, jusqu_a) = (repere.instant(Verbe::Avant, &ctx), repere.instant(Verbe::JusquA, &ctx));
            match (avant, jusqu_a) {
                (Ok(avant), Ok(jusqu_a)) => {
                    prop_assert!(!avant.respecte(avant.instant));
                    // a whole day ends before the first instant of the next
                    prop_assert_eq!(jusqu_a.respecte(jusqu_a.instant), jusqu_a.heure != Heure::FIN_DE_JOUR);
                    prop_assert!(jusqu_a.respecte(jusqu_a.instant - jiff::SignedDuration::from_nanos(1)));
                    prop_assert_eq!(fuseau.to_datetime(avant.instant), avant.local);
                    prop_assert!(avant.instant <= jusqu_a.instant);
                    prop_assert_eq!(avant.instant == jusqu_a.instant, repere.heure().is_some() || repere.veut_creneau());
                }
                (Err(e), Err(_)) => prop_assert!(!e.to_string().is_empty()),
                (avant, jusqu_a) => prop_assert!(false, "{avant:?} {jusqu_a:?}"),
            }
        }
    }
}
