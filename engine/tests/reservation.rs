//! Bookings, absences and attendance of the two towns, to the second, with the sentences that refuse.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

mod outils;

use std::collections::BTreeMap;

use engine::commune::Commune;
use engine::decision::{Auteur, Ecriture, EtatReservation, Garde, Refus, ReservationFaite, Suivant};
use engine::foyer::{Fait, FaitsDates, SourceFait, Sujet, ValeurFait};
use engine::identifiant::{AgentId, Alea, FoyerId, PersonneId, ReservationId};
use engine::reservation::{
    Absence, Acte, Contexte, Etat, Inscrit, Issue, Venue, besoins, decide, echeances, prochaine,
};
use engine::service::Facturee;
use engine::tarification::{Connus, FaitsFamille, Sujets};
use jiff::Timestamp;
use outils::{faits, jour, ville};
use proptest::prelude::*;

/// A Paris civil instant.
fn a(texte: &str) -> Timestamp {
    let civil: jiff::civil::DateTime = texte.parse().unwrap();
    civil.in_tz("Europe/Paris").unwrap().timestamp()
}

fn contexte(texte: &str) -> Contexte {
    Contexte { recu_le: a(texte), auteur: Auteur::Systeme, alea: Alea::nouveau([7; 16]) }
}

/// A registered child with a complete file.
fn etat<'a>(commune: &Commune, faits: &'a BTreeMap<String, ValeurFait>) -> Etat<'a> {
    let (foyer, enfant) = (FoyerId::neuf([1; 16]), PersonneId::neuf([2; 16]));
    let mut etat = Etat::nouveau(foyer, enfant, FaitsFamille::Simples(faits));
    let inscrit =
        |s: &engine::service::Service| Inscrit { service: s.id.clone(), du: jour("2020-01-01"), au: None };
    etat.inscriptions = commune.services.iter().map(inscrit).collect();
    etat
}

fn reserver(prestation: &str, le: &str) -> Acte {
    Acte::Reserver(Venue::simple(prestation, jour(le)))
}

fn absence(prestation: &str, le: &str) -> Acte {
    let acte =
        Absence { prestation: prestation.into(), jour: jour(le), motif: None, canal: None, piece: None };
    Acte::Absence(acte)
}

fn pointer(prestation: &str, le: &str) -> Acte {
    Acte::Pointer { venue: Venue::simple(prestation, jour(le)), present: true }
}

fn avec(acte: Acte, change: impl FnOnce(&mut Venue)) -> Acte {
    match acte {
        Acte::Reserver(mut v) => {
            change(&mut v);
            Acte::Reserver(v)
        }
        Acte::Pointer { mut venue, present } => {
            change(&mut venue);
            Acte::Pointer { venue, present }
        }
        autre => autre,
    }
}

fn regles(r: Result<Issue, Vec<Refus>>) -> String {
    match r {
        Ok(i) => {
            let montants: Vec<String> = match &i.prix {
                Ok(l) => l
                    .iter()
                    .map(|l| l.montant.as_ref().map_or("?".into(), |m| m.en_euros().to_string()))
                    .collect(),
                Err(r) => r.iter().map(|r| r.regle.to_string()).collect(),
            };
            let delai = i.delai.or(i.annonce).unwrap_or_default();
            format!("{delai} {}", montants.join("+"))
        }
        Err(refus) => refus.iter().map(|r| &*r.regle).collect::<Vec<_>>().join(", "),
    }
}

fn faite(issue: &Issue) -> ReservationFaite {
    let Suivant::Reservation(r) = &issue.decision.suivant else { unreachable!() };
    (**r).clone()
}

#[test]
fn la_seconde_compte() {
    let ham = ville("ham");
    let f = faits("residence=hamois quotient=900 ecole=jean_zay");
    let e = etat(&ham, &f);
    let dit = |le: &str, prestation: &str, quand: &str| {
        regles(decide(&ham, &e, &reserver(prestation, le), &contexte(quand)))
    };
    for (le, prestation, quand, attendu) in [
        // H13
        ("2025-09-08", "repas", "2025-08-25T23:59:59", "pas_ouvert"),
        ("2025-09-08", "repas", "2025-08-26T00:00:00", "a_temps 3.50"),
        ("2025-09-08", "matin", "2025-08-25T23:59:59", "pas_ouvert"),
        ("2025-09-08", "matin", "2025-08-26T00:00:00", "a_temps ?"),
        ("2025-09-08", "trajet", "2025-08-26T00:00:00", "a_temps 0.00"),
        // H14, HAM5
        ("2025-09-04", "repas", "2025-09-04T05:59:59", "a_temps 3.50"),
        ("2025-09-04", "repas", "2025-09-04T06:00:00", "delai"),
        ("2025-09-04", "repas", "2025-09-04T06:01:00", "delai"),
        // days
        ("2025-09-03", "repas", "2025-08-26T09:00:00", "jour_ferme"),
        ("2025-10-17", "repas", "2025-08-26T09:00:00", "a_temps 3.50"),
        ("2025-10-20", "soir", "2025-08-26T09:00:00", "jour_ferme"),
        ("2025-11-11", "trajet", "2025-08-26T09:00:00", "jour_ferme"),
        // before the rules and the tariff
        ("2025-08-29", "repas", "2025-08-26T09:00:00", "pas_en_vigueur, jour_ferme"),
        ("2025-09-05", "journee_alsh", "2025-09-01T09:00:00", "reservation"),
        ("2025-09-05", "rien", "2025-09-01T09:00:00", "prestation_inconnue"),
        // the quotient is not asked of them, the residence is: nothing is known of that family
        // the day after the clocks change: 6 in the morning is read on the new clock
        ("2026-03-30", "repas", "2026-03-30T05:59:59", "a_temps 3.50"),
        ("2026-03-30", "repas", "2026-03-30T06:00:00", "delai"),
        // beyond the published holidays, nobody knows
        ("2044-09-05", "repas", "2025-09-01T09:00:00", "jour_ferme"),
    ] {
        assert_eq!(dit(le, prestation, quand), attendu, "{prestation} du {le} à {quand}");
    }
    let rien = BTreeMap::new();
    let inconnus = etat(&ham, &rien);
    let acte = reserver("repas", "2025-09-08");
    assert_eq!(regles(decide(&ham, &inconnus, &acte, &contexte("2025-09-01T09:00:00"))), "fait_manquant");
    assert_eq!(
        regles(decide(&ham, &inconnus, &reserver("trajet", "2025-09-08"), &contexte("2025-09-01T09:00:00"))),
        "ecole"
    );
}

#[test]
fn tous_les_refus_ensemble_avec_leurs_phrases() {
    let ham = ville("ham");
    let f = faits("residence=hamois quotient=900 ecole=jean_zay");
    let mut e = etat(&ham, &f);
    let refus =
        decide(&ham, &e, &reserver("repas", "2025-09-04"), &contexte("2025-09-04T06:00:00")).unwrap_err();
    assert_eq!(refus.len(), 1);
    assert_eq!(
        &*refus[0].motif,
        "Réservation impossible : il est trop tard pour « Repas » du jeudi 4 septembre 2025. C’était possible avant le jeudi 4 septembre 2025 à 6 h. Vous pouvez encore réserver le vendredi 5 septembre 2025, avant le vendredi 5 septembre 2025 à 6 h."
    );
    assert_eq!(refus[0].quand_possible, Some(a("2025-09-04T06:00:00")));
    assert_eq!(refus[0].message.as_deref(), Some("refus_trop_tard_repas"));
    assert_eq!(ham.lieux.texte(refus[0].lieu.unwrap()), "ham/services/restauration.yaml:18");

    let refus =
        decide(&ham, &e, &reserver("repas", "2025-09-08"), &contexte("2025-08-25T23:59:59")).unwrap_err();
    assert_eq!(&*refus[0].motif, "Réservation impossible : les réservations ouvrent le mardi 26 août 2025.");
    assert_eq!(refus[0].quand_possible, Some(a("2025-08-26T00:00:00")));

    e.impaye = true;
    e.pieces_manquantes = vec!["Dossier santé".into()];
    e.inscriptions.clear();
    let refus =
        decide(&ham, &e, &reserver("repas", "2025-09-03"), &contexte("2025-09-03T12:00:00")).unwrap_err();
    let dits: Vec<(&str, &str)> = refus.iter().map(|r| (&*r.regle, &*r.motif)).collect();
    assert_eq!(
        dits,
        [
            (
                "inscription_acceptee",
                "Réservation impossible : aucune inscription acceptée à Restauration scolaire ne couvre ce jour."
            ),
            (
                "dossier_complet",
                "Réservation impossible : le dossier n’est pas complet (il manque : Dossier santé)."
            ),
            ("sans_impaye", "Réservation impossible : des sommes restent impayées."),
            (
                "jour_ferme",
                "Restauration scolaire est fermé le mercredi 3 septembre 2025 : il n’ouvre pas le mercredi."
            ),
        ]
    );
    assert_eq!(refus[1].message.as_deref(), Some("refus_dossier_incomplet"));

    let ailleurs = faits("residence=hamois ecole=autre");
    let e = etat(&ham, &ailleurs);
    let refus =
        decide(&ham, &e, &reserver("trajet", "2025-09-05"), &contexte("2025-09-01T08:00:00")).unwrap_err();
    assert_eq!(
        &*refus[0].motif,
        "Réservation impossible : Bus scolaire ne sert pas Autre école de Ham (école servie : École Jean Zay)."
    );
}

#[test]
fn une_absence_a_temps_ou_trop_tard() {
    let ham = ville("ham");
    let f = faits("residence=dos quotient=500 ecole=jean_zay");
    let mut e = etat(&ham, &f);
    for prestation in ["repas", "matin", "trajet"] {
        let issue =
            decide(&ham, &e, &reserver(prestation, "2025-09-04"), &contexte("2025-09-03T18:00:00")).unwrap();
        e.reservations.push(ReservationFaite {
            id: ReservationId::neuf([e.reservations.len() as u8 + 9; 16]),
            ..faite(&issue)
        });
    }
    let cout = |prestation: &str, quand: &str| {
        let i = decide(&ham, &e, &absence(prestation, "2025-09-04"), &contexte(quand)).unwrap();
        (i.annonce.clone().unwrap(), i.facture.clone().unwrap(), i)
    };
    // HAM6
    for (prestation, quand, annonce, facture) in [
        ("repas", "2025-09-04T05:59:59", "a_temps", Facturee::Non),
        ("repas", "2025-09-04T06:00:00", "trop_tard", Facturee::Oui),
        ("repas", "2025-09-04T06:01:00", "trop_tard", Facturee::Oui),
        ("matin", "2025-09-04T05:59:59", "a_temps", Facturee::Non),
        ("matin", "2025-09-04T06:00:00", "trop_tard", Facturee::Oui),
        ("trajet", "2025-09-04T06:00:00", "trop_tard", Facturee::Non),
    ] {
        let (a, f, _) = cout(prestation, quand);
        assert_eq!((a.as_str(), f), (annonce, facture), "{prestation} {quand}");
    }
    let (_, _, issue) = cout("repas", "2025-09-04T06:00:00");
    let apres = faite(&issue);
    assert_eq!(apres.version, 2);
    assert!(matches!(&apres.etat, EtatReservation::Annulee { annonce, .. } if annonce == "trop_tard"));
    assert!(matches!(&issue.decision.gardes[..], [Garde::Version { attendue: 1, .. }]));
    // nothing is booked any more: neither twice nor again
    e.reservations = vec![apres];
    let encore = decide(&ham, &e, &absence("repas", "2025-09-04"), &contexte("2025-09-04T06:02:00"));
    assert_eq!(regles(encore), "pas_de_reservation");
    // the child who did not come and whom nobody announced
    let reservee =
        decide(&ham, &e, &reserver("repas", "2025-09-05"), &contexte("2025-09-04T18:00:00")).unwrap();
    e.reservations.push(faite(&reservee));
    let venue = Venue::simple("repas", jour("2025-09-05"));
    let absent =
        decide(&ham, &e, &Acte::Pointer { venue, present: false }, &contexte("2025-09-05T12:00:00")).unwrap();
    assert_eq!((absent.annonce.as_deref(), absent.facture), (Some("aucune"), Some(Facturee::Oui)));
    // a booked day is not booked twice
    let double = decide(&ham, &e, &reserver("repas", "2025-09-05"), &contexte("2025-09-04T18:00:00"));
    assert_eq!(regles(double), "deja_reserve");
}

#[test]
fn venir_sans_reserver() {
    let ham = ville("ham");
    let (offoy, loin) = (faits("residence=dos quotient=500"), faits("residence=exterieur quotient=640"));
    let ctx = contexte("2025-09-04T17:00:00");
    let etapes = |f: &BTreeMap<String, ValeurFait>, prestation: &str| {
        let issue = decide(&ham, &etat(&ham, f), &pointer(prestation, "2025-09-04"), &ctx).unwrap();
        let ligne = issue.prix.unwrap().remove(0);
        assert_eq!(issue.delai.as_deref(), Some("sans_reservation"));
        let etapes: Vec<(String, String)> =
            ligne.etapes.iter().map(|e| (e.id.clone(), e.ecart.unwrap().to_string())).collect();
        (etapes, ligne.phrase)
    };
    // HAM3, HAM4: what is voted of an evening whose price nobody published
    let majoration = |m: &str| vec![("majoration_non_inscrit".to_owned(), m.to_owned())];
    let (dite, phrase) = etapes(&offoy, "soir");
    assert_eq!(dite, majoration("2.00"));
    assert_eq!(
        phrase,
        "Garderie du soir du jeudi 4 septembre 2025 : le montant n’est pas publié (Prix du créneau de garderie non publié). +\u{a0}2,00\u{a0}€ : présent sans réservation (échéance : jeudi 4 septembre 2025 à 6 h)."
    );
    assert_eq!(etapes(&loin, "matin").0, majoration("4.00"));
    assert_eq!(etapes(&loin, "soir").0, majoration("4.00"));
    // H15: not at the canteen
    let refus = decide(&ham, &etat(&ham, &loin), &pointer("repas", "2025-09-04"), &ctx).unwrap_err();
    assert_eq!(&*refus[0].regle, "presence_sans_reservation");
    assert_eq!(refus[0].message.as_deref(), Some("recuperer_fin_matinee"));
    assert_eq!(
        &*refus[0].motif,
        "Accueil impossible : Repas n’est pas réservé le jeudi 4 septembre 2025 ; l’enfant n’est pas accueilli."
    );
    // booked: taken, at the price of the booking, without the surcharge
    let mut e = etat(&ham, &offoy);
    let reservee =
        decide(&ham, &e, &reserver("soir", "2025-09-04"), &contexte("2025-09-03T18:00:00")).unwrap();
    e.reservations.push(faite(&reservee));
    let issue = decide(&ham, &e, &pointer("soir", "2025-09-04"), &ctx).unwrap();
    assert!(issue.prix.unwrap()[0].etapes.is_empty());
    assert_eq!(issue.delai.as_deref(), Some("a_temps"));
}

#[test]
fn donges_reserve_pointe_et_attend_la_commission() {
    let donges = ville("donges");
    let f = faits("residence=donges quotient=700 ecole=st_joseph");
    let e = etat(&donges, &f);
    let mode = |prestation: &str, le: &str, m: Option<&str>| {
        avec(reserver(prestation, le), |v| v.mode = m.map(str::to_owned))
    };
    for (acte, quand, attendu) in [
        (mode("repas", "2024-09-02", Some("habituel")), "2024-08-25T23:59:59", "pas_ouvert"),
        (mode("repas", "2024-09-02", Some("habituel")), "2024-08-26T00:00:00", "a_temps 1.00"),
        (mode("repas", "2024-09-05", Some("exceptionnel")), "2024-08-26T09:00:00", "a_temps 5.10"),
        (mode("repas", "2024-09-10", Some("habituel")), "2024-09-09T23:59:59", "a_temps 1.00"),
        (mode("repas", "2024-09-10", Some("habituel")), "2024-09-10T00:00:00", "delai"),
        (mode("repas", "2024-09-10", None), "2024-09-09T09:00:00", "mode"),
        (mode("repas", "2024-09-10", Some("parfois")), "2024-09-09T09:00:00", "mode"),
        (mode("repas", "2024-10-22", Some("habituel")), "2024-08-26T09:00:00", "jour_ferme"),
        (mode("occasionnel", "2024-10-22", None), "2024-08-26T09:00:00", "a_temps ?"),
        (mode("regulier", "2024-09-04", None), "2024-08-26T09:00:00", "delai"),
        (mode("soir", "2024-09-06", None), "2024-08-26T09:00:00", "reservation"),
        (
            avec(pointer("repas", "2024-09-10"), |v| v.mode = Some("exceptionnel".into())),
            "2024-09-10T12:00:00",
            "sans_reservation 5.10",
        ),
        (
            avec(pointer("soir", "2024-09-10"), |v| (v.arrivee, v.depart) = (Some(990), Some(1070))),
            "2024-09-10T17:50:00",
            " 1.68",
        ),
        (
            avec(pointer("soir", "2024-09-10"), |v| (v.arrivee, v.depart) = (Some(1070), Some(990))),
            "2024-09-10T17:50:00",
            "mesure",
        ),
        (pointer("soir", "2024-09-10"), "2024-09-10T17:50:00", "mesure"),
        (pointer("gouter", "2024-09-10"), "2024-09-10T17:50:00", " 0.60"),
    ] {
        assert_eq!(regles(decide(&donges, &e, &acte, &contexte(quand))), attendu, "{acte:?} {quand}");
    }
    let refus = decide(&donges, &e, &mode("regulier", "2024-09-04", None), &contexte("2024-08-26T09:00:00"))
        .unwrap_err();
    assert_eq!(
        &*refus[0].motif,
        "Réservation impossible : Les places d'accueil régulier sont attribuées en commission."
    );
    // an absence whose cost the town has not said is accepted, and says so
    let mut e = e;
    let occasionnel =
        decide(&donges, &e, &mode("occasionnel", "2024-09-04", None), &contexte("2024-08-26T00:00:00"));
    e.reservations.push(faite(&occasionnel.unwrap()));
    let malade = Absence {
        motif: Some("maladie".into()),
        ..match absence("occasionnel", "2024-09-04") {
            Acte::Absence(a) => a,
            _ => unreachable!(),
        }
    };
    let issue =
        decide(&donges, &e, &Acte::Absence(malade.clone()), &contexte("2024-09-03T23:59:59")).unwrap();
    assert_eq!(issue.annonce.as_deref(), Some("a_temps"));
    assert!(matches!(issue.facture, Some(Facturee::ADemander(_))));
    for motif in [None, Some("flemme".to_owned())] {
        let sans = Acte::Absence(Absence { motif, ..malade.clone() });
        assert_eq!(regles(decide(&donges, &e, &sans, &contexte("2024-09-03T23:59:59"))), "motif");
    }
}

#[test]
fn la_meme_echeance_sannonce_et_refuse() {
    let ham = ville("ham");
    let f = faits("residence=hamois quotient=900");
    let e = etat(&ham, &f);
    for le in ["2025-09-04", "2026-03-30", "2025-11-03"] {
        let venue = Venue::simple("repas", jour(le));
        let echeance = echeances(&ham, &e, &venue, a("2025-08-26T09:00:00")).unwrap();
        let derniere = echeance.derniere().unwrap().instant;
        assert_eq!(derniere, a(&format!("{le}T06:00:00")));
        let seconde = jiff::SignedDuration::from_secs(1);
        for (quand, ouvert) in [(derniere - seconde, true), (derniere, false)] {
            let ctx = Contexte { recu_le: quand, ..contexte("2025-09-01T00:00:00") };
            let accepte = decide(&ham, &e, &Acte::Reserver(venue.clone()), &ctx).is_ok();
            assert_eq!((accepte, echeance.delai(quand).is_some()), (ouvert, ouvert), "{le}");
        }
    }
    let venue = Venue::simple("repas", jour("2025-10-17"));
    let (suivant, echeance) = prochaine(&ham, &e, &venue, a("2025-10-17T07:00:00")).unwrap();
    assert_eq!(suivant, jour("2025-11-03"), "after the holidays");
    assert_eq!(echeance.unwrap().instant, a("2025-11-03T06:00:00"));
}

#[test]
fn un_quotient_perime_est_absent() {
    let ham = ville("ham");
    let (foyer, enfant) = (FoyerId::neuf([1; 16]), PersonneId::neuf([2; 16]));
    let fait = |nom: &str, valeur: ValeurFait, recu: &str, sujet: &Sujet| Fait {
        sujet: sujet.clone(),
        fait: nom.into(),
        valeur,
        valable_du: jour(recu),
        valable_au: None,
        connu_le: a(&format!("{recu}T09:00:00")),
        source: SourceFait::Agent(AgentId::neuf([3; 16])),
        valide_par: None,
    };
    let adresse = |commune: &str, code: &str, insee: Option<&str>| {
        ValeurFait::Adresse(engine::foyer::Adresse {
            voie: "1 rue Haute".into(),
            complement: None,
            code_postal: code.into(),
            commune: commune.into(),
            insee: insee.map(str::to_owned),
        })
    };
    let (maison, petit) = (Sujet::Foyer(foyer.clone()), Sujet::Personne(enfant.clone()));
    let faits = FaitsDates::nouveau([
        fait("adresse", adresse("HAM", "80400", None), "2025-07-01", &maison),
        fait("quotient", ValeurFait::Nombre("640".parse().unwrap()), "2025-09-10", &maison),
        fait("ecole", ValeurFait::Choix("jean_zay".into()), "2025-09-02", &petit),
    ]);
    let sujets = Sujets { foyer: foyer.clone(), enfant: Some(enfant.clone()), responsable: None };
    let source = FaitsFamille::Dates { faits: &faits, sujets: &sujets };
    let mut e = Etat::nouveau(foyer, enfant, source);
    e.inscriptions = vec![Inscrit { service: "restauration".into(), du: jour("2025-09-01"), au: None }];
    let dit = |le: &str, quand: &str| regles(decide(&ham, &e, &reserver("repas", le), &contexte(quand)));
    // what is not known yet does not count; what is received counts from that day
    assert_eq!(dit("2025-09-12", "2025-09-09T09:00:00"), "a_temps 3.90");
    assert_eq!(dit("2025-09-12", "2025-09-10T10:00:00"), "a_temps 3.50");
    assert_eq!(dit("2026-01-06", "2025-09-10T10:00:00"), "a_temps 3.90");
    let issue = decide(&ham, &e, &reserver("repas", "2025-09-12"), &contexte("2025-09-10T10:00:00")).unwrap();
    let Ecriture::Ligne(ligne) = &issue.decision.ecritures[0] else { unreachable!() };
    assert_eq!(ligne.montant.en_centimes(), 350);
    assert_eq!(
        ligne.phrase,
        "Repas du vendredi 12 septembre 2025 : 3,50\u{a0}€. Quotient 640 (saisi par la mairie, valable jusqu’au 31 décembre 2025) : tranche «\u{a0}jusqu'à 900\u{a0}», tarif Hamois. Règle votée : Lettre aux familles, rentrée 2025, « Nouveaux tarifs » (lignes 102-108)."
    );
    assert_eq!(ligne.trace["faits"][1]["valeur"], "640");
    assert_eq!(ligne.trace["pas"][0]["lieu"], "ham/baremes/repas.yaml:2");
    // the last day of its validity counts
    let quotient = |le: &str| {
        let connus = Connus::dates(&ham, &faits, &sujets, jour(le), a("2025-09-10T10:00:00")).unwrap();
        let id = ham.vocabulaire.iter().find(|(_, s)| s.nom == "quotient").unwrap().0;
        ham.vocabulaire.ecrit(id, connus.valeur(id).0)
    };
    assert_eq!(quotient("2025-09-09"), "absent");
    assert_eq!(quotient("2025-12-31"), "640");
    assert_eq!(quotient("2026-01-01"), "absent");
    // zones: by INSEE, by name whatever its spelling, by département
    let zone = |a: ValeurFait| {
        let connus = Connus::simples(&ham, &BTreeMap::from([("adresse".to_owned(), a)])).unwrap();
        let id = ham.zonages[0].fait;
        ham.vocabulaire.ecrit(id, connus.valeur(id).0)
    };
    assert_eq!(zone(adresse("Ham", "80400", Some("80410"))), "hamois");
    assert_eq!(zone(adresse("offoy", "80400", None)), "dos");
    assert_eq!(zone(adresse("Ham", "57880", None)), "exterieur", "another commune of that name");
    assert_eq!(zone(adresse("Amiens", "80000", None)), "exterieur");
}

#[test]
fn on_ne_lit_que_ce_qui_sert() {
    let (ham, donges) = (ville("ham"), ville("donges"));
    let b = besoins(&ham, &reserver("repas", "2025-09-04"));
    assert_eq!(b.faits.iter().map(String::as_str).collect::<Vec<_>>(), ["quotient", "residence"]);
    assert_eq!(b.inscription.as_deref(), Some("restauration"));
    assert!(b.dossier && b.impaye && !b.compte && !b.actes_du_foyer);
    let b = besoins(&ham, &reserver("trajet", "2025-09-04"));
    assert_eq!(b.faits.iter().map(String::as_str).collect::<Vec<_>>(), ["ecole"]);
    let b = besoins(&ham, &absence("repas", "2025-09-04"));
    assert!(!b.dossier && b.inscription.is_none());
    let b = besoins(&donges, &pointer("demi_journee", "2024-09-11"));
    assert_eq!(b.faits.iter().map(String::as_str).collect::<Vec<_>>(), ["quotient", "residence"]);
    assert_eq!(besoins(&ham, &reserver("rien", "2025-09-04")), Default::default());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    /// Whatever the act, an answer: a decision or refusals that say their rule.
    #[test]
    fn tout_acte_a_une_reponse(
        ville_ in 0..2_usize,
        prestation in prop_oneof![
            Just("repas"), Just("matin"), Just("soir"), Just("trajet"), Just("journee_alsh"), Just("occasionnel"),
            Just("regulier"), Just("demi_journee"), Just("sortie"), Just("inconnue"), Just("")
        ],
        decalage in -400_i64..9_000,
        seconde in 0_i64..400_000_000,
        quotient in proptest::option::of(-10_000_i64..1_000_000),
        residence in prop_oneof![Just(None), Just(Some("exterieur"))],
        heures in proptest::option::of((0_u16..1_441, 0_u16..1_441)),
        mode in prop_oneof![Just(None), Just(Some("habituel")), Just(Some("x"))],
        genre in 0..4_u8,
    ) {
        thread_local! {
            static VILLES: [std::sync::Arc<Commune>; 2] = [ville("ham"), ville("donges")];
        }
        let commune = VILLES.with(|v| v[ville_].clone());
        let mut f = BTreeMap::new();
        f.extend(quotient.map(|q| ("quotient".to_owned(), ValeurFait::Nombre(rust_decimal::Decimal::new(q, 2)))));
        f.extend(residence.map(|r| ("residence".to_owned(), ValeurFait::Choix(r.to_owned()))));
        let e = etat(&commune, &f);
        let jour = rules::calendrier::plus_jours(jour("2024-09-02"), decalage).unwrap();
        let venue = Venue {
            mode: mode.map(str::to_owned),
            arrivee: heures.map(|h| h.0),
            depart: heures.map(|h| h.1),
            ..Venue::simple(prestation, jour)
        };
        let acte = match genre {
            0 => Acte::Reserver(venue),
            1 => Acte::Absence(Absence { prestation: prestation.into(), jour, motif: None, canal: None, piece: None }),
            g => Acte::Pointer { venue, present: g == 2 },
        };
        let ctx = Contexte { recu_le: Timestamp::from_second(1_700_000_000 + seconde).unwrap(), ..contexte("2025-09-01T00:00:00") };
        let lus = besoins(&commune, &acte);
        prop_assert!(lus.faits.len() < 20);
        match decide(&commune, &e, &acte, &ctx) {
            Ok(issue) => {
                prop_assert!(!issue.decision.trace.is_empty());
                for l in issue.prix.iter().flatten() {
                    prop_assert!(l.montant.as_ref().map_or(true, |m| m.en_centimes() >= 0));
                }
            }
            Err(refus) => {
                prop_assert!(!refus.is_empty());
                prop_assert!(refus.iter().all(|r| !r.regle.is_empty() && r.motif.len() > 10));
            }
        }
    }
}
