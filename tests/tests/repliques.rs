//! Two servers on one PostgreSQL database; one is killed under load, among days booked, letters and échéances that are due at
//! once. Nothing is done twice, nothing is lost, and families go on with the other.
//!
//! One kill by default; `GUICHET_ESSAIS_LONGS=1` runs 20, each on a database of its own.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and measures time"
)]

#[path = "../../rules/tests/longs/mod.rs"]
mod longs;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use engine::decision::Agregat;
use engine::identifiant::DossierId;
use engine_store::FiltreDossiers;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday, date};
use serde_json::json;
use tests::hasard::Hasard;
use tests::lettres::{attend_la_fin, depose, insiste, verifie};
use tests::parcours::{enfants, inscrit, json as poste, lit_json};
use tests::production::Production;
use tests::serveur::{Navigateur, Serveur};

const DEBUT: &str = "2025-09-01T08:00:00Z";
/// Families are reminded of the requests that were sent back to them.
const QUINZE_JOURS: i64 = 16 * 24 * 3600;
const EN_ATTENTE: usize = 24;
/// Of one of these: received, to complete, reminded.
const LETTRES: usize = 3;
const PRESTATIONS: [&str; 3] = ["repas", "matin", "soir"];

/// Days of school from the middle of November to Christmas.
fn jours() -> Vec<Date> {
    let ouvert = |j: &Date| !matches!(j.weekday(), Weekday::Wednesday | Weekday::Saturday | Weekday::Sunday);
    (0..32).map(|n| date(2025, 11, 17).checked_add(n.days()).unwrap()).filter(ouvert).collect()
}

/// Who asks the one, and the other when it is dead.
struct Deux<'a> {
    cotes: [Navigateur; 2],
    mort: &'a AtomicBool,
    premier: usize,
}

impl Deux<'_> {
    fn qui(&self) -> Navigateur {
        let cote = if self.mort.load(Ordering::Relaxed) { 1 } else { self.premier };
        self.cotes[cote].clone()
    }
}

/// Books each day, gives every third one back; what must be there at the end, day by day.
fn reserve(
    deux: &Deux<'_>,
    enfant: &str,
    prestation: &str,
    fin: &AtomicBool,
    apres: &AtomicUsize,
) -> BTreeMap<String, Option<String>> {
    let mut attendu = BTreeMap::new();
    for (n, jour) in jours().into_iter().enumerate() {
        if fin.load(Ordering::Relaxed) {
            break;
        }
        let corps = json!({ "enfant": enfant, "prestation": prestation, "jour": jour });
        let cle = format!("{enfant}-{prestation}-{jour}");
        let (code, p) = insiste(
            || deux.qui(),
            |n| n.json("/ham/api/v1/reservations", &[("idempotency-key", &cle)], Some(&corps)),
        );
        assert_eq!(code, 201, "{p}");
        let id = p["id"].as_str().unwrap().to_owned();
        let rendu = n % 3 == 2;
        if rendu {
            let (code, p) = insiste(|| deux.qui(), |n| n.supprime(&format!("/ham/api/v1/reservations/{id}")));
            assert_eq!(code, 200, "{p}");
        }
        attendu.insert(jour.to_string(), (!rendu).then_some(id));
        apres.fetch_add(usize::from(deux.mort.load(Ordering::Relaxed)), Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(20));
    }
    attendu
}

fn fermes(n: &Navigateur, enfant: &str, prestation: &str) -> BTreeMap<String, Vec<String>> {
    let (mut vus, mut apres) = (BTreeMap::<String, Vec<String>>::new(), String::new());
    loop {
        let lues = lit_json(n, &format!("/reservations?depuis=2025-11-01{apres}"));
        for r in lues["reservations"].as_array().unwrap() {
            if (&r["enfant"], &r["prestation"], &r["etat"])
                == (&json!(enfant), &json!(prestation), &json!("ferme"))
            {
                vus.entry(r["jour"].as_str().unwrap().to_owned())
                    .or_default()
                    .push(r["id"].as_str().unwrap().to_owned());
            }
        }
        match lues["suite"].as_str() {
            Some(suite) => apres = format!("&apres={suite}"),
            None => return vus,
        }
    }
}

/// Requests sent back to their families, which nobody completes.
fn renvoyees(parent: &Navigateur, agent: &Navigateur) -> Vec<String> {
    (0..EN_ATTENTE)
        .map(|n| {
            let id = depose(|| parent.clone(), &format!("attente-{n}"));
            let motif = json!({ "motif": "Il manque un nom." });
            let chemin = format!("/dossiers/{id}/actions/demander_complement");
            let (code, p) = poste(agent, &chemin, &format!("complement-{n}"), &motif);
            assert_eq!(code, 200, "{p}");
            id
        })
        .collect()
}

/// How often time did something to that dossier.
fn echues(ville: &Production, id: &str) -> usize {
    let agregat = Agregat::Dossier(DossierId::lit(id).unwrap());
    let journal = ville.attend(ville.store.journal(&ville.portee, &agregat)).unwrap();
    journal.iter().filter(|e| e.entree.evenement == "echeance").count()
}

/// What a round counted.
#[derive(Default)]
struct Compte {
    jours: usize,
    apres_la_mort: usize,
    lettres: usize,
    doubles: usize,
}

fn une_ronde(mut ville: Production, hasard: &mut Hasard, compte: &mut Compte) {
    let serveur = ville.lance();
    let agent = ville.entre(&serveur, "agent");
    let mut tous: Vec<(&str, String)> = Vec::new();
    for nom in ["durand", "martin"] {
        let n = ville.entre(&serveur, nom);
        for enfant in enfants(&n) {
            inscrit(&n, &agent, &enfant, &["restauration", "garderie"]);
            tous.push((nom, enfant));
        }
    }
    let attente = renvoyees(&ville.entre(&serveur, "durand"), &agent);
    attend_la_fin(&ville);
    serveur.tue().unwrap();

    // every échéance is due when both start
    ville.avance(QUINZE_JOURS);
    let cotes = [ville.lance(), ville.lance()];
    let cookies: BTreeMap<&str, [Navigateur; 2]> =
        ["durand", "martin"].map(|nom| (nom, cotes.each_ref().map(|c: &Serveur| ville.entre(c, nom)))).into();
    let [un, deux] = cotes;
    let (mort, fin, apres) = (AtomicBool::new(false), AtomicBool::new(false), AtomicUsize::new(0));
    let deposees = AtomicUsize::new(0);
    let attendus = std::thread::scope(|s| {
        let ecrivains: Vec<_> = tous
            .iter()
            .flat_map(|(nom, enfant)| PRESTATIONS.map(|p| (*nom, enfant, p)))
            .enumerate()
            .map(|(rang, (nom, enfant, prestation))| {
                let cotes = cookies[nom].clone();
                let (mort, fin, apres) = (&mort, &fin, &apres);
                s.spawn(move || {
                    let deux = Deux { cotes, mort, premier: rang % 2 };
                    (nom, enfant, prestation, reserve(&deux, enfant, prestation, fin, apres))
                })
            })
            .collect();
        let (cotes, mort_, fin_, deposees) = (cookies["martin"].clone(), &mort, &fin, &deposees);
        s.spawn(move || {
            let deux = Deux { cotes, mort: mort_, premier: 0 };
            while !fin_.load(Ordering::Relaxed) {
                let n = deposees.fetch_add(1, Ordering::Relaxed);
                depose(|| deux.qui(), &format!("replique-{n}"));
            }
        });
        std::thread::sleep(Duration::from_millis(300 + hasard.sous(1_200)));
        un.tue().unwrap();
        mort.store(true, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(2_000));
        fin.store(true, Ordering::Relaxed);
        ecrivains.into_iter().map(|e| e.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(apres.load(Ordering::Relaxed) > 0, "families go on with the other");

    // what the dead one had taken is free after its lease
    ville.avance(70);
    let un = ville.lance();
    attend_la_fin(&ville);
    for (nom, enfant, prestation, attendu) in &attendus {
        for serveur in [&un, &deux] {
            let lus = fermes(&ville.entre(serveur, nom), enfant, prestation);
            for (jour, id) in attendu {
                let vus = lus.get(jour).map_or(&[][..], Vec::as_slice);
                assert_eq!(vus, id.as_slice(), "{enfant} {prestation} {jour}");
            }
            assert!(lus.keys().all(|j| attendu.contains_key(j)), "{enfant} {prestation}");
        }
        compte.jours += attendu.len();
    }
    for id in &attente {
        assert_eq!(echues(&ville, id), 1, "{id}: reminded once");
    }
    let inscrits =
        FiltreDossiers { demarche: Some("inscription".to_owned()), nombre: 10, ..Default::default() };
    let inscrits = ville.attend(ville.store.dossiers(&ville.portee, &inscrits)).unwrap();
    // of a registration: received, accepted
    let inscrits = inscrits.into_iter().map(|d| (d.id.to_string(), 2));
    let attendues = attente.into_iter().map(|id| (id, LETTRES)).chain(inscrits).collect();
    let (lettres, doubles) = verifie(&ville, &attendues);
    compte.apres_la_mort += apres.load(Ordering::Relaxed);
    compte.lettres += lettres;
    compte.doubles += doubles;
}

#[test]
fn une_replique_tuee_ne_perd_ni_ne_double_rien() {
    let rondes = if longs::longs() { 20 } else { 1 };
    let (mut hasard, mut compte) = (Hasard(2), Compte::default());
    for _ in 0..rondes {
        let Some(ville) = Production::postgres(DEBUT) else { return };
        une_ronde(ville, &mut hasard, &mut compte);
    }
    let Compte { jours, apres_la_mort, lettres, doubles } = compte;
    let echeances = rondes * EN_ATTENTE;
    let dit = format!(
        "{jours} days ({apres_la_mort} after the kill), {echeances} échéances, {lettres} letters ({doubles} sent twice under \
         the same Message-ID): 0 lost, 0 done twice"
    );
    println!("{rondes} kills of one replica of two: {dit}");
    longs::rapporte("Part 2, one of two servers on a PostgreSQL killed under load", rondes, &dit);
}
