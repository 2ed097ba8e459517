//! What somebody who means harm, or only insists, cannot do.

use jiff::SignedDuration;
use jiff::civil::DateTime;
use rules::scalaire::Plage;

use super::*;
use crate::foyer::SourceFait;

fn minutes(n: i64) -> SignedDuration {
    SignedDuration::from_mins(n)
}

/// A public démarche with a slot of one place each half hour, on the day of the other tests.
fn sans_compte() -> (Monde, Dossier) {
    let mut monde = Monde::nouveau();
    let lieu = monde.demarche.lieu;
    monde.demarche.acces = Acces::Public;
    monde.demarche.un_dossier_par.clear();
    let jour = "2025-09-02".parse::<jiff::civil::Date>().unwrap();
    monde.demarche.rendez_vous = Some(Agenda {
        obligatoire: true,
        endroit: "Mairie".into(),
        minutes: 30,
        places: 1,
        preavis: None,
        plages: vec![PlageAgenda {
            jours: vec![jour.weekday()],
            heures: Plage::lit("09:00..12:00").unwrap(),
            du: jour,
            au: jour,
            lieu,
        }],
        lieu,
    });
    let demarrer = Evenement::Demarrer { foyer: None, enfant: None, reponses: completes() };
    let dossier = apres(&monde.decide(None, &demarrer, &Auteur::Public).unwrap());
    (monde, dossier)
}

fn prend(heure: &str) -> Evenement {
    Evenement::PrendreRendezVous { debut: format!("2025-09-02T{heure}").parse().unwrap() }
}

fn rendues(d: &Decision) -> usize {
    d.ecritures.iter().filter(|e| matches!(e, Ecriture::RendPlace { .. })).count()
}

#[test]
fn un_creneau_n_est_garde_qu_un_quart_d_heure_a_un_brouillon_sans_compte() {
    let (mut monde, dossier) = sans_compte();
    let debut = monde.maintenant;
    let pris = monde.decide(Some(&dossier), &prend("09:00"), &Auteur::Public).unwrap();
    let [echeance] = &pris.echeances[..] else { panic!("{:?}", pris.echeances) };
    assert_eq!(echeance.le, debut + minutes(15));
    let dossier = apres(&pris);
    assert_eq!(creneau_tenu_jusqu_a(&dossier), Some(echeance.le));
    // a second one takes the place of the first: a draft never holds two
    monde.maintenant = debut + minutes(10);
    let change = monde.decide(Some(&dossier), &prend("09:30"), &Auteur::Public).unwrap();
    assert_eq!(rendues(&change), 1);
    let change_dossier = apres(&change);
    // the first one's time does nothing to the second
    monde.maintenant = debut + minutes(15);
    let fini = echeance.appartient.evenement();
    assert_eq!(regle(monde.decide(Some(&change_dossier), &fini, &Auteur::Systeme)), ECHEANCE_PERIMEE);
    // never sent: others have it, and the family reads so
    monde.maintenant = debut + minutes(15) - SignedDuration::from_secs(1);
    assert_eq!(regle(monde.decide(Some(&dossier), &fini, &Auteur::Systeme)), "echeance.en_avance");
    assert_eq!(regle(monde.decide(Some(&dossier), &fini, &Auteur::Public)), "echeance.auteur");
    monde.maintenant = debut + minutes(15);
    let rendu = monde.decide(Some(&dossier), &fini, &Auteur::Systeme).unwrap();
    assert_eq!(rendues(&rendu), 1);
    let rendu = apres(&rendu);
    let perdu: DateTime = "2025-09-02T09:00".parse().unwrap();
    assert_eq!((rendu.suivi.rendez_vous.clone(), rendu.suivi.creneau_perdu), (None, Some(perdu)));
    monde.pieces.clear();
    let refus = monde.decide(Some(&rendu), &agir("deposer"), &Auteur::Public).unwrap_err();
    assert!(
        refus.motif.contains("mardi 2 septembre 2025 à 9 h n’était gardé que 15 minutes"),
        "{}",
        refus.motif
    );
    // taken in time and sent, it is the family's own
    let repris = apres(&monde.decide(Some(&rendu), &prend("09:00"), &Auteur::Public).unwrap());
    assert_eq!(repris.suivi.creneau_perdu, None);
}

#[test]
fn les_messages_d_un_dossier_ont_une_fin_de_chaque_cote() {
    let mut monde = Monde::nouveau();
    monde.demarche.echanges = true;
    let ecris = |texte: &str| Evenement::Ecrire { texte: texte.to_owned() };
    let service = agent("enfance");
    let mut dossier = monde.en(Phase::Deposee);
    for n in 0..100 {
        let d = monde.decide(Some(&dossier), &ecris("Bonjour ?"), &parent());
        dossier = apres(&d.unwrap_or_else(|r| panic!("{n}: {}", r.motif)));
    }
    let refus = monde.decide(Some(&dossier), &ecris("Encore ?"), &parent()).unwrap_err();
    assert_eq!(&*refus.regle, "echange.nombre");
    assert!(refus.motif.contains("100 messages") && refus.motif.contains("téléphone"), "{}", refus.motif);
    dossier = apres(&monde.decide(Some(&dossier), &ecris("Oui."), &service).unwrap());
    let long = "é".repeat(4000);
    for _ in 0..14 {
        dossier = apres(&monde.decide(Some(&dossier), &ecris(&long), &service).unwrap());
    }
    let refus = monde.decide(Some(&dossier), &ecris(&long), &service).unwrap_err();
    assert!(refus.motif.contains("il vous en reste 3996"), "{}", refus.motif);
}

#[test]
fn au_guichet_un_agent_n_a_que_les_demandes_de_ses_services() {
    let monde = Monde::nouveau();
    let guichet = |role: &str| Auteur::AuGuichet {
        agent: AgentId::neuf(id(3)),
        roles: vec![role.to_owned()],
        personne: PersonneId::neuf(id(2)),
        foyer: foyer_id(),
    };
    let demarrer = Evenement::Demarrer { foyer: Some(foyer_id()), enfant: None, reponses: completes() };
    let garde = Evenement::EnregistrerBrouillon { reponses: completes(), vue: None };
    for (role, permis) in [("enfance", true), ("commission", true), ("voirie", false)] {
        let commence = monde.decide(None, &demarrer, &guichet(role));
        let ecrit = monde.decide(Some(&monde.brouillon()), &garde, &guichet(role));
        assert_eq!((commence.is_ok(), ecrit.is_ok()), (permis, permis), "{role}");
        if !permis {
            assert_eq!(regle(commence), "dossier.guichet");
            assert_eq!(regle(ecrit), "dossier.acces", "as if it did not exist");
        }
    }
    // its hands are the family's: it examines nothing at the counter
    let depose = monde.en(Phase::Deposee);
    assert!(monde.decide(Some(&depose), &agir("instruire"), &guichet("enfance")).is_err());
}

#[test]
fn chaque_responsable_a_sa_lettre() {
    let lettres = |adresses: [&str; 3]| -> Vec<Destinataire> {
        let mut monde = Monde::nouveau();
        let etapes = monde.demarche.etapes.iter_mut();
        for effet in etapes.flat_map(|e| &mut e.actions).flat_map(|a| &mut a.effets) {
            if let Quoi::Message { a, .. } = &mut effet.quoi {
                *a = Destinataire::Responsables;
            }
        }
        let genres = [Genre::Responsable, Genre::CoRepresentant, Genre::Responsable];
        monde.foyer.membres.retain(|m| m.genre == Genre::Enfant);
        let mut faits = Vec::new();
        for ((n, genre), adresse) in [2, 12, 13].into_iter().zip(genres).zip(adresses) {
            let personne = PersonneId::neuf(id(n));
            monde.foyer.membres.push(Membre { personne: personne.clone(), genre });
            if !adresse.is_empty() {
                faits.push(Fait {
                    sujet: Sujet::Personne(personne),
                    fait: "courriel".into(),
                    valeur: ValeurFait::Texte(adresse.into()),
                    valable_du: "2025-01-01".parse().unwrap(),
                    valable_au: None,
                    connu_le: "2025-01-01T00:00:00Z".parse().unwrap(),
                    source: SourceFait::Import("essai".into()),
                    valide_par: None,
                });
            }
        }
        monde.faits = FaitsDates::nouveau(faits);
        let dossier = monde.en(Phase::Brouillon);
        let depot = monde.decide(Some(&dossier), &agir("deposer"), &parent()).unwrap();
        let vers = |e: crate::decision::EffetAFaire| match e.sortie {
            Sortie::Message { a, .. } => Some(a),
            _ => None,
        };
        depot.effets.into_iter().filter_map(vers).collect()
    };
    let personne = |n| Destinataire::Personne(PersonneId::neuf(id(n)));
    assert_eq!(lettres(["a@x.fr", "b@x.fr", "c@x.fr"]), [personne(2), personne(12), personne(13)]);
    // one letter for an address that two share; whoever has none stops nobody's
    assert_eq!(lettres(["a@x.fr", "a@x.fr", ""]), [personne(2)]);
    assert_eq!(lettres(["", "", ""]), [Destinataire::Responsables]);
}
