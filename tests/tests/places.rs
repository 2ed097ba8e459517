//! Places that many ask for at once, over HTTP: exactly as many as there are, and each of the others is told.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

use std::sync::Barrier;

use serde_json::json;
use tests::commande::copie_commune;
use tests::parcours::{entre, json as poste, regle};
use tests::serveur::{Navigateur, Page, Serveur};

const PLACES: usize = 5;
const DEMANDES: usize = 16;

/// Does it at the same instant with each of these browsers.
fn ensemble<T: Send>(navigateurs: &[Navigateur], acte: impl Fn(usize, &Navigateur) -> T + Sync) -> Vec<T> {
    let (depart, acte) = (Barrier::new(navigateurs.len()), &acte);
    std::thread::scope(|s| {
        let partis: Vec<_> = navigateurs
            .iter()
            .enumerate()
            .map(|(i, n)| {
                let depart = &depart;
                s.spawn(move || {
                    depart.wait();
                    acte(i, n)
                })
            })
            .collect();
        partis.into_iter().map(|p| p.join().unwrap()).collect()
    })
}

#[test]
fn un_quota_donne_exactement_ses_places() {
    let dossier = tempfile::tempdir().unwrap();
    let communes = dossier.path().join("communes");
    copie_commune("ham", &communes).unwrap();
    let demarche = communes.join("ham/demarches/entourage.yaml");
    let texte = std::fs::read_to_string(&demarche).unwrap();
    // one household asks for all of them: the rule that lets it ask once is another one
    let sans_regle = texte.replace("un_dossier_par: personne_ajoutee\n", "un_dossier_par: []\n");
    assert_ne!(sans_regle, texte);
    std::fs::write(&demarche, format!("{sans_regle}quota: {PLACES}\n")).unwrap();
    let serveur = Serveur::lance_sur(&communes, &dossier.path().join("data")).unwrap();
    regle(&serveur.navigateur(), "2025-09-01", "10:00:00");
    let parents: Vec<Navigateur> = (0..DEMANDES).map(|_| entre(&serveur, "durand")).collect();
    let brouillons: Vec<String> = (0..DEMANDES)
        .map(|i| {
            let reponses =
                json!({ "lien": "contact", "nom": "Blanc", "prenom": "Rose", "telephone": "0322000000" });
            let corps = json!({ "demarche": "entourage", "reponses": reponses });
            let (code, p) = poste(&parents[i], "/dossiers", &format!("b-{i}"), &corps);
            assert_eq!(code, 201, "{p}");
            p["id"].as_str().unwrap().to_owned()
        })
        .collect();
    let depose = |cle: &str, i: usize, n: &Navigateur| {
        poste(n, &format!("/dossiers/{}/actions/deposer", brouillons[i]), &format!("{cle}-{i}"), &json!({}))
    };
    let obtenus = ensemble(&parents, |i, n| depose("d", i, n));
    let (deposes, refuses): (Vec<usize>, Vec<usize>) = (0..DEMANDES).partition(|i| obtenus[*i].0 == 200);
    assert_eq!(deposes.len(), PLACES, "{obtenus:?}");
    for i in &refuses {
        let (code, p) = &obtenus[*i];
        assert_eq!(*code, 422, "{p}");
        let dit = p.to_string();
        assert!(dit.contains("demarche.entourage.quota") && dit.contains("Les 5 places"), "{dit}");
        let reste = parents[0].lit(&format!("/ham/dossiers/{}", brouillons[*i])).unwrap();
        assert!(reste.visible().contains("Récapitulatif"), "it is still a draft: {}", reste.visible());
    }
    // a place given back is one place: one of those who wait has it
    let (code, p) = poste(
        &parents[0],
        &format!("/dossiers/{}/actions/annuler", brouillons[deposes[0]]),
        "annule",
        &json!({}),
    );
    assert_eq!(code, 200, "{p}");
    let encore = ensemble(&parents, |i, n| refuses.contains(&i).then(|| depose("e", i, n).0));
    assert_eq!(encore.iter().filter(|c| **c == Some(200)).count(), 1, "{encore:?}");
    assert_eq!(encore.iter().filter(|c| **c == Some(422)).count(), refuses.len() - 1, "{encore:?}");
}

/// Each begins a request without an account: the address of its appointment page.
fn commence(n: &Navigateur) -> String {
    let page = n.lit("/ham/demarches/ordinateur").unwrap();
    n.poste(&page.chemin, &[("_jeton", page.jeton().unwrap())]).unwrap().chemin
}

fn prend(n: &Navigateur, chemin: &str, jeton: &str, creneau: &str) -> Page {
    n.poste(chemin, &[("_jeton", jeton), ("creneau", creneau)]).unwrap()
}

#[test]
fn un_creneau_est_a_un_seul_se_change_et_se_rend() {
    let dossier = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&dossier.path().join("data")).unwrap();
    regle(&serveur.navigateur(), "2025-07-10", "10:00:00");
    let gens: Vec<Navigateur> = (0..8).map(|_| serveur.navigateur()).collect();
    let adresses: Vec<String> = gens.iter().map(commence).collect();
    let jetons: Vec<String> =
        gens.iter().zip(&adresses).map(|(n, a)| n.lit(a).unwrap().jeton().unwrap().to_owned()).collect();
    let (matin, apres) = ("2025-07-25T10:30:00", "2025-08-14T15:30:00");
    let pages = ensemble(&gens, |i, n| prend(n, &adresses[i], &jetons[i], matin));
    let (gagnants, perdants): (Vec<usize>, Vec<usize>) = (0..gens.len()).partition(|i| pages[*i].code == 200);
    let [gagnant] = gagnants[..] else { panic!("{gagnants:?} have the slot") };
    assert!(pages[gagnant].visible().contains("vendredi 25 juillet 2025 à 10 h 30"));
    for i in &perdants {
        assert_eq!(pages[*i].code, 422);
        let dit = pages[*i].visible();
        assert!(dit.contains("Ce créneau vient d’être pris"), "{dit}");
        assert!(!pages[*i].texte.contains(&format!("value=\"{matin}\"")), "the page offers what is left");
    }
    // changed: the slot left is another's at once, the one taken nobody's
    let jeton = |i: usize| gens[i].lit(&adresses[i]).unwrap().jeton().unwrap().to_owned();
    let change = prend(&gens[gagnant], &adresses[gagnant], &jeton(gagnant), apres);
    assert!(change.visible().contains("jeudi 14 août 2025 à 15 h 30"), "{}", change.visible());
    let suivant = perdants[0];
    assert_eq!(prend(&gens[suivant], &adresses[suivant], &jeton(suivant), apres).code, 422);
    assert_eq!(prend(&gens[suivant], &adresses[suivant], &jeton(suivant), matin).code, 200);
    calendrier(&gens[gagnant].lit(&format!("{}.ics", adresses[gagnant])).unwrap());
    // given back: there is no file any more, and the slot is another's
    let rendu = [("_jeton", &*jeton(gagnant)), ("annuler", "oui")].map(|(n, v)| (n, v.to_owned()));
    let rendu: Vec<(&str, &str)> = rendu.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert_eq!(gens[gagnant].poste(&adresses[gagnant], &rendu).unwrap().code, 200);
    assert_eq!(gens[gagnant].lit(&format!("{}.ics", adresses[gagnant])).unwrap().code, 404);
    assert_eq!(prend(&gens[perdants[1]], &adresses[perdants[1]], &jeton(perdants[1]), apres).code, 200);
    // a slot that the town does not have, and no slot at all
    for creneau in ["2025-07-26T10:30:00", "2025-07-25T12:00:00", ""] {
        let i = perdants[2];
        assert_eq!(prend(&gens[i], &adresses[i], &jeton(i), creneau).code, 422, "{creneau:?}");
    }
}

/// RFC 5545: lines end with CRLF and have 75 bytes at most, what is required is there once, half an hour in UTC.
fn calendrier(page: &Page) {
    assert!(page.entete("content-type").unwrap().starts_with("text/calendar"));
    assert!(page.texte.ends_with("END:VCALENDAR\r\n"), "{:?}", page.texte);
    let lignes: Vec<&str> = page.texte.trim_end().split("\r\n").collect();
    assert!(lignes.iter().all(|l| l.len() <= 75 && !l.contains('\n')), "{lignes:?}");
    assert_eq!(lignes[..2], ["BEGIN:VCALENDAR", "VERSION:2.0"]);
    for nom in
        ["PRODID:", "BEGIN:VEVENT", "UID:", "DTSTAMP:", "DTSTART:", "SUMMARY:", "LOCATION:", "END:VEVENT"]
    {
        assert_eq!(lignes.iter().filter(|l| l.starts_with(nom)).count(), 1, "{nom} {lignes:?}");
    }
    // 15:30 in Paris in August
    assert!(
        lignes.contains(&"DTSTART:20250814T133000Z") && lignes.contains(&"DTEND:20250814T140000Z"),
        "{lignes:?}"
    );
}
