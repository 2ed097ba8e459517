//! S20: every étape × action × actor of Ham's démarches over HTTP. What the definition does not allow is refused and
//! changes nothing; what it allows leads where it says.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "../../rules/tests/longs/mod.rs"]
mod longs;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use engine::commune::Commune;
use engine::definition::resolve::charge;
use engine::demarche::{Acteur, Demarche, Phase};
use serde_json::{Value, json};
use tests::arbre::sources;
use tests::parcours::{brouillon, enfants, entre, json as poste, regle};
use tests::serveur::{Navigateur, Serveur};

struct Acteurs {
    parent: Navigateur,
    agent: Navigateur,
    /// Those who are neither.
    autres: Vec<(&'static str, Navigateur)>,
}

impl Acteurs {
    fn tous(&self) -> Vec<(&'static str, &Navigateur)> {
        let mut tous = vec![("parent", &self.parent), ("agent", &self.agent)];
        tous.extend(self.autres.iter().map(|(nom, n)| (*nom, n)));
        tous
    }
}

/// Who does an action, of those that a person does.
fn nom(acteur: &Acteur) -> Option<&'static str> {
    match acteur {
        Acteur::Parent => Some("parent"),
        Acteur::Agent(_) => Some("agent"),
        Acteur::Systeme => None,
    }
}

/// Where an action leads from an étape, and who may do it.
fn sorties<'d>(d: &'d Demarche, etape: &str) -> Vec<(&'d str, &'static str, &'d str)> {
    let mut sorties = Vec::new();
    let etape = d.etape(etape).unwrap();
    for a in &etape.actions {
        for qui in a.par.iter().filter_map(nom) {
            sorties.push((a.id.as_str(), qui, a.vers.as_deref().unwrap_or(&etape.id)));
        }
    }
    // what ends for good, and holds the place of a year, comes last
    sorties.sort_by_key(|(_, _, vers)| match d.etape(vers).unwrap().phase {
        Phase::Acceptee => 2,
        Phase::Refusee | Phase::Annulee | Phase::Expiree => 1,
        _ => 0,
    });
    sorties
}

/// The first step from `etape` towards an étape that was not tried yet.
fn suite<'d>(d: &'d Demarche, etape: &str, vues: &BTreeSet<String>) -> Option<(&'d str, &'static str)> {
    let mut file = VecDeque::from([(etape.to_owned(), None)]);
    let mut passees = BTreeSet::new();
    while let Some((ici, premier)) = file.pop_front() {
        if !vues.contains(&ici) {
            return premier;
        }
        if passees.insert(ici.clone()) {
            for (action, qui, vers) in sorties(d, &ici) {
                file.push_back((vers.to_owned(), premier.or(Some((action, qui)))));
            }
        }
    }
    None
}

fn lit(n: &Navigateur, id: &str) -> (u16, Value) {
    n.json(&format!("/ham/api/v1/dossiers/{id}"), &[], None).unwrap()
}

/// Tries every action of the démarche as everybody; the counts of (refused, allowed by the definition).
fn essaie(d: &Demarche, acteurs: &Acteurs, id: &str, etape: &str) -> (usize, usize) {
    let mut actions: BTreeSet<&str> =
        d.etapes.iter().flat_map(|e| e.actions.iter()).map(|a| a.id.as_str()).collect();
    actions.extend(["inconnue", "supprimer", "..%2Fvalider", etape]);
    let permises = sorties(d, etape);
    let avant = lit(&acteurs.parent, id).1;
    let (mut refusees, mut legales) = (0, 0);
    for action in actions {
        for (qui, n) in acteurs.tous() {
            if permises.iter().any(|(a, q, _)| (*a, *q) == (action, qui)) {
                legales += 1;
                continue;
            }
            let cle = format!("{id}-{etape}-{action}-{qui}");
            let (code, p) =
                poste(n, &format!("/dossiers/{id}/actions/{action}"), &cle, &json!({ "motif": "Essai" }));
            assert!((400..500).contains(&code), "{} {etape} {action} by {qui}: {code} {p}", d.id);
            assert!(p["type"].as_str().is_some_and(|t| t.starts_with("urn:guichet:probleme:")), "{p}");
            refusees += 1;
        }
    }
    let mut apres = lit(&acteurs.parent, id).1;
    // an accepted act's document may be made meanwhile by the worker
    apres["documents"] = avant["documents"].clone();
    assert_eq!(apres, avant, "{} {etape}: a refusal changes nothing", d.id);
    (refusees, legales)
}

/// A new dossier of the démarche, ready to be filed.
fn neuf(d: &Demarche, n: &Navigateur, rang: usize) -> String {
    let cle = format!("s20-{}-{rang}", d.id);
    if d.id == "inscription" {
        return brouillon(n, &enfants(n)[0], &["restauration"], &cle);
    }
    let reponses = json!({ "lien": "contact", "nom": format!("Petit{}", "x".repeat(rang)), "prenom": "Alix", "telephone": "06 12 34 56 78" });
    let (code, p) = poste(n, "/dossiers", &cle, &json!({ "demarche": d.id, "reponses": reponses }));
    assert_eq!(code, 201, "{p}");
    p["id"].as_str().unwrap().to_owned()
}

fn parcourt(d: &Demarche, acteurs: &Acteurs) -> BTreeMap<String, (usize, usize)> {
    let mut vues: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for rang in 0..12 {
        let id = neuf(d, &acteurs.parent, rang);
        loop {
            let etape = lit(&acteurs.parent, &id).1["etape"].as_str().unwrap().to_owned();
            if !vues.contains_key(&etape) {
                vues.insert(etape.clone(), essaie(d, acteurs, &id, &etape));
            }
            let tentees: BTreeSet<String> = vues.keys().cloned().collect();
            let Some((action, qui)) = suite(d, &etape, &tentees) else { break };
            let n = if qui == "parent" { &acteurs.parent } else { &acteurs.agent };
            let cle = format!("{id}-{rang}-{etape}-{action}-{}", vues.len());
            let (code, p) =
                poste(n, &format!("/dossiers/{id}/actions/{action}"), &cle, &json!({ "motif": "Essai" }));
            let voulue = sorties(d, &etape).into_iter().find(|(a, ..)| *a == action).unwrap().2;
            assert_eq!((code, &p["etape"]), (200, &json!(voulue)), "{} {etape} {action}: {p}", d.id);
        }
        let tentees: BTreeSet<String> = vues.keys().cloned().collect();
        if suite(d, &d.etapes[0].id, &tentees).is_none() {
            break;
        }
    }
    vues
}

#[test]
fn s20_ce_que_la_definition_ne_permet_pas_est_refuse() {
    let commune: std::sync::Arc<Commune> = charge(&sources("ham"), "ham").commune.unwrap();
    let donnees = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&donnees.path().join("data")).unwrap();
    regle(&serveur.navigateur(), "2025-09-01", "10:00");
    let acteurs = Acteurs {
        parent: entre(&serveur, "durand"),
        agent: entre(&serveur, "agent"),
        autres: vec![("voisin", entre(&serveur, "martin")), ("inconnu", serveur.navigateur())],
    };
    let (mut refusees, mut legales) = (0, 0);
    for id in ["entourage", "inscription"] {
        let d = commune.demarche(id).unwrap();
        let vues = parcourt(d, &acteurs);
        // time alone leads to what expires
        let humaines: BTreeSet<&str> =
            d.etapes.iter().filter(|e| e.phase != Phase::Expiree).map(|e| e.id.as_str()).collect();
        assert_eq!(vues.keys().map(String::as_str).collect::<BTreeSet<_>>(), humaines, "{id}");
        for (r, l) in vues.values() {
            (refusees, legales) = (refusees + r, legales + l);
        }
    }
    println!("{refusees} refused, {legales} allowed by the definitions");
    assert!(refusees >= 300 && legales >= 12, "{refusees} refused, {legales} allowed");
    longs::rapporte(
        "S20 étape × action × actor, Ham over HTTP",
        refusees + legales,
        &format!("{refusees} illegal, all refused, nothing changed"),
    );
}
