//! Days booked together over HTTP: priced before, all or nothing, once under a key, whole or absent after a `kill -9`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "../../rules/tests/longs/mod.rs"]
mod longs;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tests::hasard::Hasard;
use tests::parcours::{enfants, entre, inscrit, json as poste, lit_json, regle};
use tests::serveur::{Navigateur, Serveur};

const PRESTATIONS: [&str; 3] = ["repas", "matin", "soir"];

struct Ville {
    serveur: Serveur,
    parent: Navigateur,
    enfants: Vec<String>,
    data: std::path::PathBuf,
    _donnees: tempfile::TempDir,
}

/// Ham on 1 September 2025; both children of the Durands are registered to both services.
fn ville() -> Ville {
    let donnees = tempfile::tempdir().unwrap();
    let data = donnees.path().join("data");
    let serveur = Serveur::lance(&data).unwrap();
    regle(&serveur.navigateur(), "2025-09-01", "10:00");
    let (parent, agent) = (entre(&serveur, "durand"), entre(&serveur, "agent"));
    let enfants = enfants(&parent);
    for enfant in &enfants {
        inscrit(&parent, &agent, enfant, &["restauration", "garderie"]);
    }
    Ville { serveur, parent, enfants, data, _donnees: donnees }
}

fn ligne(enfant: &str, prestation: &str, jour: &str) -> Value {
    json!({ "enfant": enfant, "prestation": prestation, "jour": jour })
}

fn panier(lignes: &[Value]) -> Value {
    json!({ "lignes": lignes })
}

/// What is booked: (child, prestation, day).
fn fermes(n: &Navigateur) -> BTreeSet<(String, String, String)> {
    let mot = |r: &Value, cle: &str| r[cle].as_str().unwrap().to_owned();
    let (mut tous, mut apres) = (BTreeSet::new(), String::new());
    loop {
        let lues = lit_json(n, &format!("/reservations?depuis=2025-09-01{apres}"));
        for r in lues["reservations"].as_array().unwrap().iter().filter(|r| r["etat"] == "ferme") {
            let neuve = tous.insert((mot(r, "enfant"), mot(r, "prestation"), mot(r, "jour")));
            assert!(neuve, "booked twice: {r}");
        }
        match lues["suite"].as_str() {
            Some(suite) => apres = format!("&apres={suite}"),
            None => return tous,
        }
    }
}

#[test]
fn un_panier_se_chiffre_puis_se_reserve_en_entier_ou_pas_du_tout() {
    let v = ville();
    let [lea, tom] = &*v.enfants else { panic!("{:?}", v.enfants) };
    let quatre = panier(&[
        ligne(lea, "repas", "2025-09-04"),
        ligne(lea, "repas", "2025-09-05"),
        ligne(tom, "repas", "2025-09-04"),
        ligne(tom, "repas", "2025-09-05"),
    ]);
    let (code, devis) = v.parent.json("/ham/api/v1/paniers/devis", &[], Some(&quatre)).unwrap();
    assert_eq!((code, &devis["total"]), (200, &json!("14.00")), "{devis}");
    let montants: Vec<&Value> = devis["lignes"].as_array().unwrap().iter().map(|l| &l["montant"]).collect();
    assert_eq!(montants, [&json!("3.50"); 4]);
    assert!(fermes(&v.parent).is_empty(), "a price books nothing");

    // one day of the four is a Sunday: nothing is booked, and the answer says which line and why
    let mut mauvais = quatre["lignes"].as_array().unwrap().clone();
    mauvais[2]["jour"] = json!("2025-09-07");
    for chemin in ["/paniers", "/paniers/devis"] {
        let (code, p) = poste(&v.parent, chemin, "dimanche", &panier(&mauvais));
        assert_eq!((code, &p["type"]), (422, &json!("urn:guichet:probleme:refus")), "{p}");
        let lignes = p["lignes"].as_array().unwrap();
        assert_eq!((lignes.len(), &lignes[0]["rang"]), (1, &json!(2)), "{p}");
        assert_eq!(lignes[0]["refus"][0]["regle"], "jour_ferme", "{p}");
    }
    assert!(fermes(&v.parent).is_empty(), "all or nothing");
    // the same day twice in one basket is refused too, and another family's child does not exist
    let deux = panier(&[ligne(lea, "repas", "2025-09-04"), ligne(lea, "repas", "2025-09-04")]);
    let (code, p) = poste(&v.parent, "/paniers", "deux", &deux);
    assert_eq!((code, &p["lignes"][0]["rang"]), (422, &json!(1)), "{p}");
    let voisin = entre(&v.serveur, "martin");
    let (code, p) = poste(&voisin, "/paniers", "voisin", &quatre);
    assert_eq!(code, 404, "{p}");
    for vide in [panier(&[]), panier(&vec![ligne(lea, "repas", "2025-09-04"); 63])] {
        assert_eq!(poste(&v.parent, "/paniers", "bornes", &vide).0, 400);
    }
    assert!(fermes(&v.parent).is_empty() && fermes(&voisin).is_empty());

    // ten copies at once: one basket, one answer
    let reponses: Vec<(u16, Value)> = std::thread::scope(|s| {
        let copies: Vec<_> =
            (0..10).map(|_| s.spawn(|| poste(&v.parent, "/paniers", "quatre", &quatre))).collect();
        copies.into_iter().map(|c| c.join().unwrap()).collect()
    });
    for r in &reponses {
        assert_eq!((r.0, r), (201, &reponses[0]), "every copy reads the first answer");
    }
    let reservations = reponses[0].1["reservations"].as_array().unwrap();
    assert_eq!(reservations.len(), 4);
    assert!(reservations.iter().all(|r| r["prix"]["montant"] == "3.50"), "{reservations:?}");
    assert_eq!(fermes(&v.parent).len(), 4);
    let (code, p) = poste(&v.parent, "/paniers", "quatre", &panier(&[ligne(lea, "soir", "2025-09-04")]));
    assert_eq!((code, &p["type"]), (422, &json!("urn:guichet:probleme:cle")), "{p}");

    // two baskets at once that want one day in common: one is booked whole, of the other nothing is
    for (tour, jours) in
        [["2025-09-08", "2025-09-09", "2025-09-11"], ["2025-09-12", "2025-09-15", "2025-09-16"]]
            .iter()
            .enumerate()
    {
        let avant = fermes(&v.parent).len();
        let [seul_un, commun, seul_deux] = jours;
        let un = panier(&[ligne(lea, "repas", seul_un), ligne(lea, "repas", commun)]);
        let deux = panier(&[ligne(lea, "repas", seul_deux), ligne(lea, "repas", commun)]);
        let codes: Vec<u16> = std::thread::scope(|s| {
            let v = &v;
            let envois = [un, deux].map(|p| {
                let cle = format!("course-{tour}-{}", p["lignes"][0]["jour"]);
                s.spawn(move || poste(&v.parent, "/paniers", &cle, &p).0)
            });
            envois.into_iter().map(|e| e.join().unwrap()).collect()
        });
        assert_eq!(codes.iter().filter(|c| **c == 201).count(), 1, "{codes:?}");
        assert_eq!(codes.iter().filter(|c| **c == 422).count(), 1, "{codes:?}");
        let apres = fermes(&v.parent);
        assert_eq!(apres.len(), avant + 2, "{apres:?}");
        let a = |jour: &str| apres.iter().any(|r| r.2 == jour);
        assert!(a(commun) && a(seul_un) != a(seul_deux), "{apres:?}");
    }
}

/// A basket that was sent: its days, its key, and whether it was acknowledged.
struct Envoi {
    cle: String,
    lignes: Vec<Value>,
    accuse: bool,
}

#[test]
fn apres_un_kill_9_un_panier_est_entier_ou_absent() {
    let Ville { mut serveur, parent, enfants, data, _donnees } = ville();
    let mut n = parent;
    let mut hasard = Hasard(20_260_904);
    // each writer has a prestation and a child of its own: no basket stands in another's way
    let ecrivains: Vec<(String, &str)> =
        enfants.iter().flat_map(|e| PRESTATIONS.map(|p| (e.clone(), p))).collect();
    let lundis = ["2025-09-08", "2025-09-15", "2025-09-22", "2025-09-29", "2025-10-06", "2025-11-17"];
    let semaine = |lundi: &str| -> Vec<String> {
        let lundi: jiff::civil::Date = lundi.parse().unwrap();
        [0, 1, 3, 4].map(|j| lundi.checked_add(jiff::Span::new().days(j)).unwrap().to_string()).to_vec()
    };
    let morts = if longs::longs() { 50 } else { 4 };
    let (mut accuses, mut coupes) = (0, 0);
    for mort in 0..morts {
        let fin = AtomicBool::new(false);
        let duree = Duration::from_millis(20 + hasard.sous(400));
        let envois: Vec<Vec<Envoi>> = std::thread::scope(|s| {
            let (n, fin, semaine) = (&n, &fin, &semaine);
            let tous: Vec<_> = ecrivains
                .iter()
                .map(|(enfant, prestation)| {
                    s.spawn(move || {
                        let mut envois = Vec::new();
                        for lundi in lundis {
                            let lignes: Vec<Value> =
                                semaine(lundi).iter().map(|j| ligne(enfant, prestation, j)).collect();
                            let cle = format!("r01-{mort}-{enfant}-{prestation}-{lundi}");
                            let entetes = [("idempotency-key", &*cle)];
                            let corps = panier(&lignes);
                            let recu = n.json("/ham/api/v1/paniers", &entetes, Some(&corps));
                            let accuse = recu.as_ref().is_ok_and(|(code, _)| *code == 201);
                            if let Ok((code, p)) = &recu {
                                assert_eq!(*code, 201, "{p}");
                            }
                            envois.push(Envoi { cle, lignes, accuse });
                            if !accuse || fin.load(Ordering::Relaxed) {
                                break;
                            }
                        }
                        envois
                    })
                })
                .collect();
            std::thread::sleep(duree);
            serveur.tue().unwrap();
            fin.store(true, Ordering::Relaxed);
            tous.into_iter().map(|t| t.join().unwrap()).collect()
        });
        serveur = Serveur::lance(&data).unwrap();
        n = entre(&serveur, "durand");
        let la = fermes(&n);
        for envoi in envois.iter().flatten() {
            let de = |l: &Value| {
                let mot = |cle: &str| l[cle].as_str().unwrap().to_owned();
                (mot("enfant"), mot("prestation"), mot("jour"))
            };
            let presents = envoi.lignes.iter().filter(|l| la.contains(&de(l))).count();
            assert!(
                presents == 0 || presents == envoi.lignes.len(),
                "{}: half a basket ({presents})",
                envoi.cle
            );
            assert!(!envoi.accuse || presents == envoi.lignes.len(), "{}: acknowledged, and lost", envoi.cle);
            accuses += usize::from(envoi.accuse);
            coupes += usize::from(!envoi.accuse);
            // sent again under its key: done once, the same answer
            let (code, p) = poste(&n, "/paniers", &envoi.cle, &panier(&envoi.lignes));
            assert_eq!(code, 201, "{p}");
        }
        // given back for the next round
        for r in lit_toutes(&n) {
            assert_eq!(n.supprime(&format!("/ham/api/v1/reservations/{r}")).unwrap().0, 200);
        }
        assert!(fermes(&n).is_empty());
    }
    println!("{morts} kills, {accuses} baskets acknowledged, {coupes} cut off: none lost, none halved");
    assert!(accuses > 0 && coupes > 0, "{accuses} {coupes}");
    longs::rapporte(
        "baskets under kill -9",
        morts,
        &format!(
            "{accuses} acknowledged baskets, 0 lost, 0 half booked, {coupes} cut off and sent again once"
        ),
    );
}

/// The live bookings, by identifier.
fn lit_toutes(n: &Navigateur) -> Vec<String> {
    let (mut tous, mut apres) = (Vec::new(), String::new());
    loop {
        let lues = lit_json(n, &format!("/reservations?depuis=2025-09-01{apres}"));
        for r in lues["reservations"].as_array().unwrap().iter().filter(|r| r["etat"] == "ferme") {
            tous.push(r["id"].as_str().unwrap().to_owned());
        }
        match lues["suite"].as_str() {
            Some(suite) => apres = format!("&apres={suite}"),
            None => return tous,
        }
    }
}

#[test]
fn plusieurs_jours_se_cochent_sur_la_page() {
    let v = ville();
    let lea = &v.enfants[0];
    let page = v.parent.lit("/ham/reservations").unwrap();
    for jour in ["2025-09-04", "2025-09-05", "2025-10-02"] {
        assert!(page.texte.contains(&format!("type=\"checkbox\" name=\"jour\" value=\"{jour}\"")), "{jour}");
    }
    assert!(!page.texte.contains("value=\"2025-09-07\""), "nothing opens on a Sunday");
    let poste = |jours: &[&str], geste: &str| {
        let page = v.parent.lit("/ham/reservations").unwrap();
        let mut champs = vec![
            ("_jeton", page.jeton().unwrap()),
            ("enfant", lea),
            ("prestation", "repas"),
            ("geste", geste),
        ];
        champs.extend(jours.iter().map(|j| ("jour", *j)));
        v.parent.poste("/ham/reservations", &champs).unwrap()
    };
    // a day of holidays among them: nothing is booked, it is named, the others are offered
    let refus = poste(&["2025-09-04", "2025-10-20", "2025-09-05"], "reserver");
    let vu = refus.visible();
    assert!(
        refus.code == 422 && vu.contains("Rien n’est réservé") && vu.contains("Lundi 20 octobre 2025."),
        "{vu}"
    );
    assert!(vu.contains("Continuer avec les autres jours"), "{vu}");
    assert!(fermes(&v.parent).is_empty());
    let devis = poste(&["2025-09-04", "2025-09-05"], "voir");
    assert!(devis.code == 200 && devis.visible().contains("2 jours : 7,00 €"), "{}", devis.visible());
    let faite = poste(&["2025-09-04", "2025-09-05"], "reserver");
    assert!(faite.visible().contains("La réservation est enregistrée"), "{}", faite.visible());
    assert_eq!(fermes(&v.parent).len(), 2);
}
