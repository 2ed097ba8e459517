use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

use super::*;
use crate::calendrier::{Calendrier, tests::essai};

fn paris() -> TimeZone {
    TimeZone::get("Europe/Paris").unwrap()
}

fn contexte<'a>(jour: Date, fuseau: &'a TimeZone, calendrier: &'a Calendrier) -> Contexte<'a> {
    Contexte {
        jour,
        debut_creneau: Heure::en_minutes(8 * 60),
        periode: None,
        fuseau,
        calendrier,
        si_jour_ferme: SiJourFerme::Garde,
    }
}

/// One line a repère: text, verb, service day, sentence, instant.
#[test]
fn chaque_forme_donne_son_instant() {
    let (fuseau, calendrier) = (paris(), essai());
    for (texte, verbe, jour, phrase, instant) in [
        (
            "J 06:00",
            Verbe::Avant,
            date(2025, 9, 4),
            "avant le jeudi 4 septembre 2025 à 6 h",
            "2025-09-04T04:00:00Z",
        ),
        (
            "J-1 10:00",
            Verbe::JusquA,
            date(2025, 9, 4),
            "jusqu'au mercredi 3 septembre 2025 à 10 h",
            "2025-09-03T08:00:00Z",
        ),
        (
            "J-1",
            Verbe::JusquA,
            date(2025, 9, 4),
            "jusqu'au mercredi 3 septembre 2025 inclus",
            "2025-09-03T22:00:00Z",
        ),
        ("J-1", Verbe::Avant, date(2025, 9, 4), "avant le mercredi 3 septembre 2025", "2025-09-02T22:00:00Z"),
        (
            "J-2 ouvres 10:00",
            Verbe::Avant,
            date(2025, 11, 13),
            "avant le vendredi 7 novembre 2025 à 10 h",
            "2025-11-07T09:00:00Z",
        ),
        (
            "J-3 ecole 11:30",
            Verbe::Avant,
            date(2025, 11, 13),
            "avant le mardi 4 novembre 2025 à 11 h 30",
            "2025-11-04T10:30:00Z",
        ),
        (
            "J-6 francs",
            Verbe::JusquA,
            date(2025, 11, 13),
            "jusqu'au jeudi 6 novembre 2025 inclus",
            "2025-11-06T23:00:00Z",
        ),
        (
            "J-1 jours_service 12:00",
            Verbe::Avant,
            date(2025, 9, 4),
            "avant le mardi 2 septembre 2025 à 12 h",
            "2025-09-02T10:00:00Z",
        ),
        // elapsed time: the clocks went forward on Sunday 29 March 2026
        (
            "72 h",
            Verbe::JusquA,
            date(2026, 3, 30),
            "jusqu'au vendredi 27 mars 2026 à 7 h",
            "2026-03-27T06:00:00Z",
        ),
        (
            "72 h",
            Verbe::JusquA,
            date(2025, 9, 4),
            "jusqu'au lundi 1er septembre 2025 à 8 h",
            "2025-09-01T06:00:00Z",
        ),
        // Tuesday 8 h: 8 h of Tuesday, 24 h of Monday, 16 h of Friday
        (
            "48 h ouvrees",
            Verbe::JusquA,
            date(2025, 9, 9),
            "jusqu'au vendredi 5 septembre 2025 à 8 h",
            "2025-09-05T06:00:00Z",
        ),
        (
            "jeudi S-1 12:00",
            Verbe::Avant,
            date(2025, 9, 10),
            "avant le jeudi 4 septembre 2025 à 12 h",
            "2025-09-04T10:00:00Z",
        ),
        (
            "lundi S",
            Verbe::Avant,
            date(2025, 9, 14),
            "avant le lundi 8 septembre 2025",
            "2025-09-07T22:00:00Z",
        ),
        (
            "vendredi precedent 24:00",
            Verbe::JusquA,
            date(2025, 9, 5),
            "jusqu'au vendredi 29 août 2025 inclus",
            "2025-08-29T22:00:00Z",
        ),
        (
            "12 M-1",
            Verbe::Avant,
            date(2026, 1, 15),
            "avant le vendredi 12 décembre 2025",
            "2025-12-11T23:00:00Z",
        ),
        (
            "fin M",
            Verbe::JusquA,
            date(2028, 2, 3),
            "jusqu'au mardi 29 février 2028 inclus",
            "2028-02-29T23:00:00Z",
        ),
        (
            "1 M+1 09:00",
            Verbe::Des,
            date(2025, 12, 3),
            "à partir du jeudi 1er janvier 2026 à 9 h",
            "2026-01-01T08:00:00Z",
        ),
        (
            "mardi 2025-09-30",
            Verbe::Des,
            date(2025, 12, 3),
            "à partir du mardi 30 septembre 2025",
            "2025-09-29T22:00:00Z",
        ),
        (
            "2025-08-23 24:00",
            Verbe::JusquA,
            date(2025, 9, 4),
            "jusqu'au samedi 23 août 2025 inclus",
            "2025-08-23T22:00:00Z",
        ),
    ] {
        let echeance =
            Repere::lit(texte).unwrap().instant(verbe, &contexte(jour, &fuseau, &calendrier)).unwrap();
        assert_eq!(
            (echeance.en_mots().as_str(), echeance.instant.to_string().as_str()),
            (phrase, instant),
            "{texte}"
        );
    }
}

#[test]
fn la_periode_donne_ses_deux_bouts() {
    let (fuseau, calendrier) = (paris(), essai());
    let ctx = contexte(date(2026, 2, 18), &fuseau, &calendrier);
    let avec = Contexte { periode: Some((date(2026, 2, 14), date(2026, 3, 1))), ..ctx };
    for (texte, attendu) in [
        ("P", "jusqu'au samedi 14 février 2026 inclus"),
        ("P-10 francs", "jusqu'au mardi 3 février 2026 inclus"),
        ("fin P 18:30", "jusqu'au dimanche 1er mars 2026 à 18 h 30"),
        ("fin P+4", "jusqu'au jeudi 5 mars 2026 inclus"),
        ("P-2 ouvres 12:00", "jusqu'au jeudi 12 février 2026 à 12 h"),
    ] {
        let repere = Repere::lit(texte).unwrap();
        assert_eq!(repere.instant(Verbe::JusquA, &avec).unwrap().en_mots(), attendu, "{texte}");
        let sans = repere.instant(Verbe::JusquA, &ctx).unwrap_err();
        assert!(matches!(sans, ErreurCalcul::SansPeriode { .. }), "{texte}: {sans}");
    }
    let sans = Contexte { debut_creneau: None, ..ctx };
    let erreur = Repere::lit("72 h").unwrap().instant(Verbe::JusquA, &sans).unwrap_err();
    assert_eq!(
        erreur.to_string(),
        "« 72 h » se compte depuis le début d'un créneau, et la prestation n'en a pas"
    );
}

#[test]
fn la_borne_est_dans_la_cle() {
    let (fuseau, calendrier) = (paris(), essai());
    let ctx = contexte(date(2025, 9, 4), &fuseau, &calendrier);
    let repere = Repere::lit("J 06:00").unwrap();
    let instant: jiff::Timestamp = "2025-09-04T04:00:00Z".parse().unwrap();
    let seconde = jiff::SignedDuration::from_secs(1);
    for (verbe, avant, pile, apres) in [
        (Verbe::Avant, true, false, false),
        (Verbe::JusquA, true, true, false),
        (Verbe::Des, false, true, true),
    ] {
        let e = repere.instant(verbe, &ctx).unwrap();
        assert_eq!(e.instant, instant);
        let reponses = (e.respecte(instant - seconde), e.respecte(instant), e.respecte(instant + seconde));
        assert_eq!(reponses, (avant, pile, apres), "{verbe:?}");
        assert_eq!(e.incluse(), pile);
    }
}

#[test]
fn un_jour_entier_finit_avant_minuit() {
    let (fuseau, calendrier) = (paris(), essai());
    let ctx = contexte(date(2025, 9, 4), &fuseau, &calendrier);
    for texte in ["2025-09-03", "2025-09-03 24:00", "J-1", "mercredi S"] {
        let e = Repere::lit(texte).unwrap().instant(Verbe::JusquA, &ctx).unwrap();
        let minuit: jiff::Timestamp = "2025-09-03T22:00:00Z".parse().unwrap();
        assert_eq!(e.instant, minuit, "{texte}");
        assert!(e.respecte(minuit - jiff::SignedDuration::from_nanos(1)), "{texte}");
        assert!(!e.respecte(minuit) && !e.incluse(), "{texte}");
    }
}

#[test]
fn les_changements_dheure_sont_resolus_et_dits() {
    let (fuseau, calendrier) = (paris(), essai());
    let calcule = |texte: &str, jour, debut| {
        let ctx = Contexte { debut_creneau: debut, ..contexte(jour, &fuseau, &calendrier) };
        let e = Repere::lit(texte).unwrap().instant(Verbe::Avant, &ctx).unwrap();
        let dits: Vec<String> = e.signale.iter().map(Signalement::en_mots).collect();
        (e.instant.to_string(), e.date_en_mots(), dits.join(" ; "))
    };
    // 02:30 does not exist on 29 March 2026
    let trou = calcule("2026-03-29 02:30", date(2026, 3, 30), None);
    assert_eq!((trou.0.as_str(), trou.1.as_str()), ("2026-03-29T01:00:00Z", "dimanche 29 mars 2026 à 3 h"));
    assert_eq!(
        trou.2,
        "le dimanche 29 mars 2026 à 2 h 30 n'existe pas (passage à l'heure d'été) : dimanche 29 mars 2026 à 3 h est retenu"
    );
    // 02:30 exists twice on 26 October 2025: the first
    let double = calcule("2025-10-26 02:30", date(2025, 10, 27), None);
    assert_eq!(
        (double.0.as_str(), double.1.as_str()),
        ("2025-10-26T00:30:00Z", "dimanche 26 octobre 2025 à 2 h 30")
    );
    assert!(double.2.contains("existe deux fois"));
    // 72 h across a change
    let heures = calcule("72 h", date(2025, 10, 27), Heure::en_minutes(8 * 60));
    assert_eq!(
        (heures.0.as_str(), heures.1.as_str()),
        ("2025-10-24T07:00:00Z", "vendredi 24 octobre 2025 à 9 h")
    );
    assert!(heures.2.contains("changement d'heure"), "{}", heures.2);
}

#[test]
fn un_jour_ferme_garde_avance_ou_recule() {
    let (fuseau, calendrier) = (paris(), essai());
    let ctx = contexte(date(2025, 11, 12), &fuseau, &calendrier);
    let calcule = |texte: &str, si_jour_ferme| {
        let e =
            Repere::lit(texte).unwrap().instant(Verbe::Avant, &Contexte { si_jour_ferme, ..ctx }).unwrap();
        (e.date_en_mots(), e.signale)
    };
    let (onze, sept, douze) = (date(2025, 11, 11), date(2025, 11, 7), date(2025, 11, 12));
    for (choix, attendu, deplace_au) in [
        (SiJourFerme::Garde, "mardi 11 novembre 2025 à 10 h", None),
        (SiJourFerme::Avance, "vendredi 7 novembre 2025 à 10 h", Some(sept)),
        (SiJourFerme::Recule, "mercredi 12 novembre 2025 à 10 h", Some(douze)),
    ] {
        let (texte, signale) = calcule("J-1 10:00", choix);
        assert_eq!(texte, attendu);
        assert_eq!(signale, [Signalement::JourFerme { jour: onze, deplace_au }]);
    }
    // 72 h before Wednesday 8 h is Sunday 8 h
    assert_eq!(calcule("72 h", SiJourFerme::Avance).0, "vendredi 7 novembre 2025 à 8 h");
    // a date in full stays where the town wrote it
    assert_eq!(
        calcule("2025-11-09 12:00", SiJourFerme::Avance),
        ("dimanche 9 novembre 2025 à 12 h".to_owned(), vec![])
    );
    // day 31 of a month of 30
    let (texte, signale) = calcule("31 M-1", SiJourFerme::Garde);
    assert_eq!((texte.as_str(), signale.len()), ("vendredi 31 octobre 2025 à 0 h", 0));
    let ctx = Contexte { jour: date(2025, 12, 2), ..ctx };
    let e = Repere::lit("31 M-1").unwrap().instant(Verbe::JusquA, &ctx).unwrap();
    assert_eq!(e.en_mots(), "jusqu'au dimanche 30 novembre 2025 inclus");
    assert_eq!(e.signale[0], Signalement::QuantiemeAbsent { quantieme: 31, retenu: date(2025, 11, 30) });
}

#[test]
fn la_regle_se_dit_en_francais() {
    for (texte, verbe, attendu) in [
        ("J 06:00", Verbe::Avant, "le jour même, avant 6 h"),
        ("J-1 10:00", Verbe::JusquA, "au plus tard la veille à 10 h"),
        ("J-3 ecole 11:30", Verbe::JusquA, "au plus tard 3 jours d'école avant, à 11 h 30"),
        ("J-3 ecole 11:30", Verbe::Avant, "3 jours d'école avant, avant 11 h 30"),
        ("J-1 ouvres", Verbe::JusquA, "au plus tard 1 jour ouvré avant"),
        ("72 h", Verbe::JusquA, "au plus tard 72 heures avant le début"),
        ("48 h ouvrees", Verbe::Avant, "plus de 48 heures ouvrées avant le début"),
        ("jeudi S-1 12:00", Verbe::Avant, "le jeudi de la semaine précédente, avant 12 h"),
        ("lundi S-2", Verbe::Avant, "avant le lundi, 2 semaines avant"),
        ("vendredi precedent", Verbe::JusquA, "au plus tard le vendredi précédent"),
        ("12 M-1", Verbe::Avant, "avant le 12 du mois précédent"),
        ("1 M+1 09:00", Verbe::Des, "dès le 1er du mois suivant à 9 h"),
        ("fin M", Verbe::JusquA, "au plus tard le dernier jour du mois"),
        ("P-10 francs", Verbe::JusquA, "au plus tard 10 jours francs avant le début de la période"),
        ("fin P+4", Verbe::JusquA, "au plus tard 4 jours après la fin de la période"),
        ("mardi 2025-09-30", Verbe::JusquA, "au plus tard le mardi 30 septembre 2025"),
    ] {
        assert_eq!(Repere::lit(texte).unwrap().regle_en_mots(verbe), attendu, "{texte}");
    }
}

#[test]
fn une_faute_est_montree_et_corrigee() {
    for (texte, place, aide) in [
        ("J-2 ouvrés", "ouvrés", "vouliez-vous dire « ouvres » ?"),
        ("J-2 ouvre 10:00", "ouvre", "vouliez-vous dire « ouvres » ?"),
        ("J-3 école", "école", "vouliez-vous dire « ecole » ?"),
        ("J-2 10h", "10h", "écrire \"10:00\""),
        ("J -2", "J -2", "écrire « J-2 »"),
        ("J-0", "-0", "J-0 s'écrit J"),
        ("j-2", "j-2", "écrire « J-2 »"),
        ("J ouvres", "ouvres", "un calendrier suit un nombre de jours : « J-2 ouvres »"),
        ("J 6:00", "6:00", "écrire \"06:00\""),
        ("06:00", "06:00", "écrire « J 06:00 » pour le jour même"),
        ("72h", "72h", "écrire « 72 h »"),
        ("72 heures", "heures", "écrire « 72 h »"),
        ("3 jours", "jours", "écrire « J-3 »"),
        ("48 h ouvrées", "ouvrées", "vouliez-vous dire « ouvrees » ?"),
        (
            "72 h 12:00",
            "12:00",
            "« 72 h » se compte depuis le début du créneau ; pour une heure fixe, écrire « J-3 12:00 »",
        ),
        ("Jeudi S-1", "Jeudi", "vouliez-vous dire « jeudi » ?"),
        (
            "jeudi",
            "jeudi",
            "« jeudi S-1 » : de la semaine précédente ; « jeudi precedent » : le dernier avant le jour",
        ),
        ("vendredi précédent", "précédent", "vouliez-vous dire « precedent » ?"),
        ("S-1", "S-1", "un jour précède la semaine : « jeudi S-1 »"),
        ("M-1", "M-1", "un quantième précède le mois : « 12 M-1 » ou « fin M-1 »"),
        ("fin", "fin", "« fin M » : dernier jour du mois ; « fin P » : dernier jour de la période"),
        (
            "lundi 2025-09-30",
            "lundi 2025-09-30",
            "vérifier la date imprimée, puis écrire « mardi 2025-09-30 » ou corriger la date",
        ),
        ("23/08/2025", "23/08/2025", "écrire 2025-08-23"),
    ] {
        let erreur = Repere::lit(texte).unwrap_err();
        assert_eq!(
            (&texte[erreur.debut..erreur.fin], erreur.aide.as_deref()),
            (place, Some(aide)),
            "{texte}: {erreur}"
        );
    }
    for texte in [
        "",
        "   ",
        "J-1000",
        "32 M",
        "0 M",
        "J-2 ouvres ecole",
        "jeudi S-1 x",
        "P+",
        "72 h ouvrees x",
        "fin S",
    ] {
        let erreur = Repere::lit(texte).unwrap_err();
        assert!(erreur.debut <= erreur.fin && erreur.fin <= texte.len(), "{texte:?}: {erreur:?}");
    }
}

#[test]
fn les_calendriers_de_la_commune_sont_connus_ou_non() {
    let connus = ["jours_service"];
    assert!(Repere::lit_avec("J-1 jours_service", &connus).is_ok());
    let erreur = Repere::lit_avec("J-1 jours_servise 10:00", &connus).unwrap_err();
    assert_eq!((erreur.debut, erreur.fin), (4, 17));
    assert_eq!(erreur.aide.as_deref(), Some("vouliez-vous dire « jours_service » ?"));
    let erreur = Repere::lit_avec("J-1 mairie", &connus).unwrap_err();
    assert_eq!(erreur.aide.as_deref(), Some("calendriers connus : ouvres, ecole, francs, jours_service"));
    assert_eq!(
        Repere::lit("J-1 mairie").unwrap().compte(),
        Some(&crate::calendrier::Compte::Nomme("mairie".into()))
    );
}
