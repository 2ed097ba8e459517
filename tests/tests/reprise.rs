//! R01 and R06: what was acknowledged is there after a `kill -9`, once; the same request ten times at once is done once. On
//! SQLite and on PostgreSQL.
//!
//! 50 kills and some requests by default; `GUICHET_ESSAIS_LONGS=1` runs 200 kills and 1,000 requests on each.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, says what it counted, and measures how long a restart takes"
)]

#[path = "../../rules/tests/longs/mod.rs"]
mod longs;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};
use serde_json::{Value, json};
use tests::hasard::Hasard;
use tests::parcours::{enfants, inscrit, json as poste, lit_json, option};
use tests::production::Production;
use tests::serveur::{Navigateur, Serveur};

const PRESTATIONS: [&str; 3] = ["repas", "matin", "soir"];
const SERVICES: [&str; 2] = ["restauration", "garderie"];
/// When families act.
const DEBUT: &str = "2025-09-01T08:00:00Z";

/// Days of school from September to the autumn holidays, then to Christmas.
fn jours() -> Vec<Date> {
    let ouvert = |j: &Date| {
        !matches!(j.weekday(), Weekday::Wednesday | Weekday::Saturday | Weekday::Sunday)
            && !(date(2025, 10, 17)..date(2025, 11, 4)).contains(j)
            && *j != date(2025, 11, 11)
    };
    let tous = (0..105).map(|n| date(2025, 9, 4).checked_add(n.days()).unwrap());
    tous.filter(ouvert).collect()
}

struct Familles {
    /// Who may book, for which child.
    enfants: Vec<(Navigateur, String)>,
}

/// The two families, every child registered to both services.
fn familles(ville: &Production, serveur: &Serveur) -> Familles {
    let agent = ville.entre(serveur, "agent");
    let mut tous = Vec::new();
    for nom in ["durand", "martin"] {
        let n = ville.entre(serveur, nom);
        for enfant in enfants(&n) {
            inscrit(&n, &agent, &enfant, &SERVICES);
            tous.push((n.clone(), enfant));
        }
    }
    Familles { enfants: tous }
}

fn demande(enfant: &str, prestation: &str, jour: Date) -> Value {
    json!({ "enfant": enfant, "prestation": prestation, "jour": jour })
}

/// Days booked, by identifier: (child, prestation, day, state).
fn etat(n: &Navigateur) -> BTreeMap<String, (String, String, String, String)> {
    let mot = |r: &Value, cle: &str| r[cle].as_str().unwrap().to_owned();
    let une =
        |r: &Value| (mot(r, "id"), (mot(r, "enfant"), mot(r, "prestation"), mot(r, "jour"), mot(r, "etat")));
    let (mut toutes, mut apres) = (BTreeMap::new(), String::new());
    loop {
        let lues = lit_json(n, &format!("/reservations?depuis=2025-09-01{apres}"));
        toutes.extend(lues["reservations"].as_array().unwrap().iter().map(une));
        match lues["suite"].as_str() {
            Some(suite) => apres = format!("&apres={suite}"),
            None => return toutes,
        }
    }
}

fn fermes(n: &Navigateur, enfant: &str, prestation: &str, jour: Date) -> usize {
    let jour = jour.to_string();
    let meme = |r: &&(String, String, String, String)| {
        (r.0.as_str(), r.1.as_str(), &r.2, r.3.as_str()) == (enfant, prestation, &jour, "ferme")
    };
    etat(n).values().filter(meme).count()
}

#[test]
fn r06_dix_fois_la_meme_demande_la_fait_une_fois() {
    dix_fois(&Production::sqlite(DEBUT), "SQLite", 40);
}

#[test]
fn r06_de_meme_sur_postgresql() {
    let Some(ville) = Production::postgres(DEBUT) else { return };
    dix_fois(&ville, "PostgreSQL", 10);
}

fn dix_fois(ville: &Production, moteur: &str, peu: usize) {
    let serveur = ville.lance();
    let familles = familles(ville, &serveur);
    let voulues = if longs::longs() { 1_000 } else { peu };
    let cases = familles.enfants.iter().flat_map(|(n, e)| PRESTATIONS.map(|p| (n, e, p)));
    let places: Vec<_> = cases.flat_map(|(n, e, p)| jours().into_iter().map(move |j| (n, e, p, j))).collect();
    let mut donnees_une_fois = Vec::new();
    let mut faites = 0;
    while faites < voulues {
        let (n, enfant, prestation, jour) = places[faites % places.len()];
        let cle = format!("r06-{faites}");
        let corps = demande(enfant, prestation, jour);
        let reponses: Vec<(u16, Value)> = std::thread::scope(|s| {
            let copies: Vec<_> =
                (0..10).map(|_| s.spawn(|| poste(n, "/reservations", &cle, &corps))).collect();
            copies.into_iter().map(|c| c.join().unwrap()).collect()
        });
        for r in &reponses {
            assert_eq!((r.0, r), (201, &reponses[0]), "{cle}: every copy reads the first answer");
        }
        let id = reponses[0].1["id"].as_str().unwrap().to_owned();
        // another request under the same key is not this one
        let autre = if prestation == "soir" { "matin" } else { "soir" };
        let (code, p) = poste(n, "/reservations", &cle, &demande(enfant, autre, jour));
        assert_eq!((code, &p["type"]), (422, &json!("urn:guichet:probleme:cle")), "{p}");
        faites += 1;
        // a place that is taken again is given back first
        if faites + places.len() <= voulues {
            assert_eq!(n.supprime(&format!("/ham/api/v1/reservations/{id}")).unwrap().0, 200);
        } else {
            donnees_une_fois.push((cle, corps, reponses[0].1.clone()));
        }
    }
    let compte = |familles: &Familles| -> usize {
        let mut vus = BTreeMap::new();
        familles.enfants.iter().for_each(|(n, _)| vus.extend(etat(n)));
        vus.values().filter(|r| r.3 == "ferme").count()
    };
    assert_eq!(compte(&familles), donnees_une_fois.len(), "one booking a key");

    // the form's token is its key: ten clicks book once
    let (n, enfant) = &familles.enfants[0];
    let page = n.lit("/ham/reservations").unwrap();
    assert_eq!(option(&page, "enfant", "Léa"), *enfant);
    let jour = "2025-12-19";
    let champs = [
        ("_jeton", page.jeton().unwrap()),
        ("enfant", enfant.as_str()),
        ("prestation", "repas"),
        ("jour", jour),
        ("geste", "reserver"),
    ];
    let pages: Vec<_> = std::thread::scope(|s| {
        let clics: Vec<_> =
            (0..10).map(|_| s.spawn(|| n.poste("/ham/reservations", &champs).unwrap())).collect();
        clics.into_iter().map(|c| c.join().unwrap()).collect()
    });
    for p in &pages {
        assert!(p.code == 200 && p.visible().contains("La réservation est enregistrée"), "{}", p.visible());
    }
    assert_eq!(fermes(n, enfant, "repas", date(2025, 12, 19)), 1);

    // the same keys after a kill: the same answers, nothing more
    serveur.tue().unwrap();
    let serveur = ville.lance();
    let revenues = Familles {
        enfants: ["durand", "martin"].map(|qui| (ville.entre(&serveur, qui), String::new())).into(),
    };
    let siens = enfants(&revenues.enfants[0].0);
    for (cle, corps, reponse) in &donnees_une_fois {
        let durand = siens.iter().any(|e| corps["enfant"] == **e);
        let n = &revenues.enfants[usize::from(!durand)].0;
        assert_eq!(poste(n, "/reservations", cle, corps), (201, reponse.clone()), "{cle} after a kill");
    }
    assert_eq!(compte(&revenues), donnees_une_fois.len() + 1);
    longs::rapporte(
        &format!("R06 requests, ten copies at once, {moteur}"),
        voulues,
        "1 effect each, one answer, 0 after a kill -9",
    );
}

/// What a writer knows of a day.
#[derive(Clone, Debug, PartialEq)]
enum Su {
    Libre,
    Prise(String),
    /// Sent, not answered: the key, and whether it books.
    Envoye {
        cle: String,
        id: Option<String>,
    },
}

struct Ecrivain {
    n: Navigateur,
    famille: usize,
    enfant: String,
    prestation: &'static str,
    jours: BTreeMap<Date, Su>,
    hasard: Hasard,
    accuses: usize,
    envois: usize,
}

impl Ecrivain {
    /// Books and gives back days until the server dies.
    fn ecrit(&mut self, fin: &AtomicBool) {
        let jours: Vec<Date> = self.jours.keys().copied().collect();
        while !fin.load(Ordering::Relaxed) {
            let rang = usize::try_from(self.hasard.sous(jours.len() as u64)).unwrap();
            let jour = jours[rang];
            self.envois += 1;
            let cle = format!("r01-{}-{}-{}", self.enfant, self.prestation, self.envois);
            let avant = self.jours[&jour].clone();
            let id = match &avant {
                Su::Prise(id) => Some(id.clone()),
                _ => None,
            };
            self.jours.insert(jour, Su::Envoye { cle: cle.clone(), id: id.clone() });
            let reponse = match &id {
                Some(id) => self.n.supprime(&format!("/ham/api/v1/reservations/{id}")),
                None => self.n.json(
                    "/ham/api/v1/reservations",
                    &[("idempotency-key", &cle)],
                    Some(&demande(&self.enfant, self.prestation, jour)),
                ),
            };
            // no answer: the server is dead
            let Ok((code, corps)) = reponse else { return };
            assert!(code == 200 || code == 201, "{corps}");
            self.accuses += 1;
            self.jours.insert(
                jour,
                match id {
                    Some(_) => Su::Libre,
                    None => Su::Prise(corps["id"].as_str().unwrap().to_owned()),
                },
            );
        }
    }

    /// After the restart: what was acknowledged is there, what was not is there or not; sent again, it is done once.
    fn verifie(&mut self, lues: &BTreeMap<String, (String, String, String, String)>) {
        let (enfant, prestation) = (self.enfant.clone(), self.prestation);
        for (jour, su) in &mut self.jours {
            let texte = jour.to_string();
            let ici = || {
                lues.iter().filter(|(_, r)| {
                    (r.0.as_str(), r.1.as_str(), r.2.as_str()) == (&enfant, prestation, &texte)
                })
            };
            let fermes: Vec<&String> = ici().filter(|(_, r)| r.3 == "ferme").map(|(id, _)| id).collect();
            assert!(fermes.len() <= 1, "{enfant} {prestation} {jour}: booked twice");
            match su.clone() {
                Su::Libre => {
                    assert_eq!(fermes, Vec::<&String>::new(), "{jour}: given back, and acknowledged")
                }
                Su::Prise(id) => assert_eq!(fermes, [&id], "{jour}: booked, and acknowledged"),
                Su::Envoye { id: Some(id), .. } => {
                    let (code, p) = self.n.supprime(&format!("/ham/api/v1/reservations/{id}")).unwrap();
                    assert_eq!((code, &p["etat"]), (200, &json!("annulee")), "{p}");
                    *su = Su::Libre;
                }
                Su::Envoye { cle, id: None } => {
                    let (code, p) =
                        poste(&self.n, "/reservations", &cle, &demande(&enfant, prestation, *jour));
                    assert_eq!(code, 201, "the same key after the kill: {p}");
                    assert!(fermes.first().is_none_or(|f| p["id"] == **f), "{jour}: done twice");
                    *su = Su::Prise(p["id"].as_str().unwrap().to_owned());
                }
            }
        }
    }
}

fn relance(ville: &Production, pires: &mut Vec<Duration>) -> Serveur {
    let debut = Instant::now();
    let serveur = ville.lance();
    assert_eq!(serveur.navigateur().lit("/sante").unwrap().code, 200);
    pires.push(debut.elapsed());
    serveur
}

/// Kills of one life of a town: its families' bookings given back stay listed, and a year of a real family has some hundreds.
const PAR_VIE: usize = 25;

/// Eight writers on their own days, killed `morts` times: acknowledged writes.
fn une_vie(ville: &Production, morts: usize, hasard: &mut Hasard, attentes: &mut Vec<Duration>) -> usize {
    let mut serveur = relance(ville, attentes);
    let jours: BTreeMap<Date, Su> = jours().into_iter().map(|j| (j, Su::Libre)).collect();
    let mut ecrivains: Vec<Ecrivain> = familles(ville, &serveur)
        .enfants
        .into_iter()
        .enumerate()
        .flat_map(|(rang, (n, enfant))| {
            let famille = usize::from(rang == 2);
            PRESTATIONS.map(|prestation| (n.clone(), famille, enfant.clone(), prestation))
        })
        .take(8)
        .map(|(n, famille, enfant, prestation)| Ecrivain {
            n,
            famille,
            enfant,
            prestation,
            jours: jours.clone(),
            hasard: Hasard(hasard.tire()),
            accuses: 0,
            envois: 0,
        })
        .collect();
    assert_eq!(ecrivains.len(), 8);
    for _ in 0..morts {
        let fin = AtomicBool::new(false);
        let duree = Duration::from_millis(1 + hasard.sous(2_000));
        std::thread::scope(|s| {
            for e in &mut ecrivains {
                s.spawn(|| e.ecrit(&fin));
            }
            std::thread::sleep(duree);
            serveur.tue().unwrap();
            fin.store(true, Ordering::Relaxed);
        });
        serveur = relance(ville, attentes);
        let familles = ["durand", "martin"].map(|nom| ville.entre(&serveur, nom));
        let lues = familles.each_ref().map(etat);
        for e in &mut ecrivains {
            e.n = familles[e.famille].clone();
            e.verifie(&lues[e.famille]);
        }
    }
    ecrivains.iter().map(|e| e.accuses).sum()
}

#[test]
fn r01_rien_d_accuse_ne_se_perd_a_un_kill_9() {
    tue_souvent(|| Some(Production::sqlite(DEBUT)), "SQLite", 50);
}

#[test]
fn r01_de_meme_sur_postgresql() {
    tue_souvent(|| Production::postgres(DEBUT), "PostgreSQL", 50);
}

fn tue_souvent(neuve: impl Fn() -> Option<Production>, moteur: &str, peu: usize) {
    let mut attentes = Vec::new();
    let mut hasard = Hasard(20_260_901);
    let morts = if longs::longs() { 200 } else { peu };
    let (mut accuses, mut faites) = (0, 0);
    while faites < morts {
        let vie = PAR_VIE.min(morts - faites);
        let Some(ville) = neuve() else { return };
        accuses += une_vie(&ville, vie, &mut hasard, &mut attentes);
        faites += vie;
    }
    attentes.sort_unstable();
    let p99 = attentes[(attentes.len() * 99 / 100).min(attentes.len() - 1)];
    println!("{morts} kills, {accuses} acknowledged writes, ready in {p99:.1?} (p99)");
    assert!(accuses > morts, "{accuses} writes acknowledged between {morts} kills");
    longs::rapporte(
        &format!("R01 kill -9 under 8 writers, {moteur}"),
        morts,
        &format!("{accuses} acknowledged writes, 0 lost, 0 double; ready in {p99:.1?} (p99, debug build)"),
    );
}
