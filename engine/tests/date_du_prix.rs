//! `date_du_prix` and `effet.reference`: which day's tariffs and facts make a price, with figures.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod outils;

use std::sync::Arc;

use engine::cas::{execute, transcript};
use engine::commune::Commune;
use engine::definition::resolve::{Chargement, charge};
use engine::definition::source::SourceSet;
use engine::diagnostic::Gravite;
use engine::foyer::{Fait, FaitsDates, SourceFait, Sujet, ValeurFait};
use engine::identifiant::{AgentId, FoyerId};
use engine::tarification::{Connus, Sujets};
use jiff::Timestamp;
use outils::jour;

/// Ham with these texts of its files replaced, and one more case.
fn ham(remplace: &[(&str, &str, &str)], cas: &str) -> Chargement {
    let mut sources = SourceSet::new();
    for (_, fichier) in outils::sources("ham").iter() {
        if fichier.chemin.starts_with("ham/cas/") {
            continue;
        }
        let mut texte = fichier.texte.to_string();
        for (_, ancien, nouveau) in remplace.iter().filter(|(chemin, ..)| *chemin == &*fichier.chemin) {
            assert!(texte.contains(ancien), "{ancien}");
            texte = texte.replacen(ancien, nouveau, 1);
        }
        sources.ajoute(fichier.chemin.to_string(), texte);
    }
    sources.ajoute("ham/cas/prix.yaml", cas);
    let chargement = charge(&sources, "ham");
    let erreurs: Vec<_> = chargement.diagnostics.iter().filter(|d| d.gravite == Gravite::Erreur).collect();
    assert!(erreurs.is_empty(), "{erreurs:#?}");
    chargement
}

/// From 2026 on, an outsider's meal costs 6.20.
const VERSIONS: &str = "versions:\n  - depuis: 2026-01-01\n    source: \"Délibération inventée\"\n    lignes:\n      - { residence: [hamois, dos], quotient: \"..900\", prix: 3.60 }\n      - { residence: [hamois, dos], quotient: [\"901..\", absent], prix: 4.10 }\n      - { residence: exterieur, prix: 6.20 }\n";

/// The prices of four bookings, by the day that the town says.
fn prix(date_du_prix: &str, prix: [&str; 4]) {
    let actes = [
        ("2025-11-18", "2025-11-20"), // before the new tariff in every way
        ("2025-12-16", "2025-12-18"), // invoiced on 1 January
        ("2025-12-16", "2026-01-08"), // booked before, eaten after
        ("2026-01-06", "2026-01-09"),
    ];
    let mut cas = String::from(
        "cas: Le jour du prix\nhorloge: 2025-11-18T09:00:00\ndonnees:\n  foyers:\n    durand: { residence: exterieur, quotient: 700, enfants: { lea: { ecole: jean_zay } }, etat: [dossier_complet, inscrit] }\netapes:\n",
    );
    for ((le, pour), prix) in actes.iter().zip(prix) {
        cas.push_str(&format!(
            "  - {{ a: {le}T10:00:00, fait: {{ reserver: {{ enfant: lea, prestation: repas, jour: {pour} }} }}, attend: {{ accepte: true, prix: {prix} }} }}\n"
        ));
    }
    let remplace = [
        ("ham/commune.yaml", "date_du_prix: jour_du_service", &*format!("date_du_prix: {date_du_prix}")),
        ("ham/baremes/repas.yaml", "versions:\n", VERSIONS),
    ];
    let chargement = ham(&remplace, &cas);
    let rapport = execute(&chargement.commune.unwrap(), &chargement.cas);
    assert!(rapport.reussi(), "{date_du_prix}\n{}", transcript::echecs(&rapport));
    assert_eq!(rapport.etapes().count(), 4);
}

#[test]
fn le_prix_est_celui_du_jour_que_la_commune_dit() {
    prix("jour_du_service", ["5.90", "5.90", "6.20", "6.20"]);
    prix("reservation", ["5.90", "5.90", "5.90", "6.20"]);
    // Ham invoices on the first of the next month
    prix("facture", ["5.90", "6.20", "6.20", "6.20"]);
}

/// The quotient that rules read on a day; empty = absent.
fn quotient(commune: &Arc<Commune>, recus: &[(&str, &str)], le: &str) -> String {
    let foyer = FoyerId::neuf([1; 16]);
    let faits = FaitsDates::nouveau(recus.iter().map(|(recu, valeur)| Fait {
        sujet: Sujet::Foyer(foyer.clone()),
        fait: "quotient".into(),
        valeur: ValeurFait::Nombre(valeur.parse().unwrap()),
        valable_du: jour(recu),
        valable_au: None,
        connu_le: format!("{recu}T09:00:00Z").parse().unwrap(),
        source: SourceFait::Agent(AgentId::neuf([3; 16])),
        valide_par: None,
    }));
    let sujets = Sujets { foyer, enfant: None, responsable: None };
    let maintenant: Timestamp = "2027-12-31T00:00:00Z".parse().unwrap();
    let connus = Connus::dates(commune, &faits, &sujets, jour(le), maintenant).unwrap();
    let id = commune.vocabulaire.iter().find(|(_, s)| s.nom == "quotient").unwrap().0;
    commune.vocabulaire.ecrit(id, connus.valeur(id).0)
}

#[test]
fn la_valeur_du_jour_de_reference_sert_jusqu_a_un_changement_declare() {
    let effet = ("ham/donnees.yaml", "effet: { a: jour,", "effet: { a: jour, reference: 05-31,");
    let cas = "cas: Rien\nhorloge: 2025-09-01T00:00:00\ndonnees: { foyers: {} }\netapes: []\n";
    let avec = ham(&[effet], cas).commune.unwrap();
    let sans = ham(&[], cas).commune.unwrap();
    // a quotient of Ham holds until 31 December
    let recus = [("2026-03-10", "640")];
    for (le, attendu_sans, attendu_avec) in [
        ("2026-03-09", "absent", "absent"),
        ("2026-12-31", "640", "640"),
        ("2027-01-01", "absent", "640"),
        ("2027-05-30", "absent", "640"),
        // the next day of reference finds nothing that holds
        ("2027-05-31", "absent", "absent"),
    ] {
        assert_eq!(quotient(&sans, &recus, le), attendu_sans, "{le}");
        assert_eq!(quotient(&avec, &recus, le), attendu_avec, "{le}");
    }
    // a change declared since the day of reference is the one that counts, and ends as it says
    let recus = [("2026-03-10", "640"), ("2026-10-05", "980")];
    for (le, attendu) in [("2026-10-04", "640"), ("2026-10-05", "980"), ("2027-01-01", "absent")] {
        assert_eq!(quotient(&avec, &recus, le), attendu, "{le}");
    }
}
