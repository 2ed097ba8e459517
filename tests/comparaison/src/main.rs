//! One tariff, residence (3) × 10 bands of 100 euros of quotient, priced by ours and by zen-engine in turn.
//!
//! Both answer the same cents on every family, or it stops. The ratio comes first: theirs / ours.

#[path = "../../../rules/benches/paires/mod.rs"]
mod paires;

use std::hint::black_box;
use std::sync::Arc;

use jiff::civil::date;
use rules::bareme::{Bareme, BaremeId, DefinitionGrille, Grille, Resultat, Tarifs, Version};
use rules::expression::{Hote, SansCalendrier};
use rules::faits::{FaitId, Faits};
use rules::lieu::Lieu;
use rules::selection::{Borne, Intervalle, Motif, Selection};
use rules::table::{Dimension, Ligne};
use rules::trace::{Journal, SansTrace};
use rules::valeur::{Domaine, Sens, Valeur};
use rust_decimal::Decimal;
use serde_json::json;
use zen_engine::{DecisionEngine, model::DecisionContent};

struct Ville;

impl Tarifs for Ville {
    fn bareme(&self, _: BaremeId) -> Option<&Bareme> {
        None
    }
    fn script(&self, _: u16, _: Option<Decimal>, _: &Faits<'_>) -> Result<Decimal, String> {
        Err(String::new())
    }
    fn hote(&self) -> &dyn Hote {
        &SansCalendrier
    }
}

fn centimes(residence: u16, bande: i64) -> i64 {
    100 + bande * 37 + i64::from(residence) * 150
}

fn notre() -> Bareme {
    let selection = |motif| Selection { motifs: vec![motif], sauf: false, absent_aussi: false };
    let mut lignes = Vec::new();
    for r in 0..3 {
        for b in 0..10 {
            let borne = |n: i64, incluse| Borne { valeur: Decimal::from(n * 100), incluse };
            let intervalle = Intervalle { de: Some(borne(b, true)), a: (b < 9).then(|| borne(b + 1, false)) };
            lignes.push(Ligne {
                conditions: vec![
                    (FaitId(0), selection(Motif::Valeur(Valeur::Choix(r)))),
                    (FaitId(1), selection(Motif::Nombres(intervalle))),
                ],
                garde: None,
                sinon: false,
                resultat: Resultat::Prix(Decimal::new(centimes(r, b), 2)),
                lieu: Lieu(0),
                nom: None,
            });
        }
    }
    let noms: Arc<[Box<str>]> = (0..3).map(|r| format!("zone_{r}").into()).collect();
    let quotient =
        Domaine::Nombre { pas: Some((Decimal::ONE, Sens::Inferieur)), min: Some(Decimal::ZERO), max: None };
    let (grille, constats) = Grille::compile(DefinitionGrille {
        dimensions: vec![
            Dimension { fait: FaitId(0), domaine: Domaine::Choix(noms), peut_manquer: false },
            Dimension { fait: FaitId(1), domaine: quotient, peut_manquer: false },
        ],
        lignes,
        axe: Some(FaitId(1)),
        assiette: None,
        decimales: 2,
        arrondi: None,
        decale: Vec::new(),
    });
    assert!(constats.is_empty(), "{constats:?}");
    Bareme::nouveau(BaremeId(0), Lieu(0), vec![Version { depuis: date(2024, 9, 1), grille: Some(grille) }])
        .unwrap()
}

/// The same rows as a zen decision table, first hit.
fn leur() -> serde_json::Value {
    let mut lignes = Vec::new();
    for r in 0..3 {
        for b in 0..10 {
            let bande = if b < 9 { format!("[{}..{})", b * 100, (b + 1) * 100) } else { ">= 900".to_owned() };
            lignes.push(json!({
                "_id": format!("{r}-{b}"),
                "residence": format!("\"zone_{r}\""),
                "quotient": bande,
                "prix": format!("{}", centimes(r, b)),
            }));
        }
    }
    let colonne = |nom: &str| json!({ "id": nom, "name": nom, "field": nom });
    json!({
        "nodes": [
            { "id": "in", "name": "in", "type": "inputNode" },
            { "id": "t", "name": "t", "type": "decisionTableNode", "content": {
                "hitPolicy": "first", "inputs": [colonne("residence"), colonne("quotient")],
                "outputs": [colonne("prix")], "rules": lignes,
            } },
            { "id": "out", "name": "out", "type": "outputNode" },
        ],
        "edges": [
            { "id": "a", "type": "edge", "sourceId": "in", "targetId": "t" },
            { "id": "b", "type": "edge", "sourceId": "t", "targetId": "out" },
        ],
    })
}

fn main() {
    let bareme = notre();
    let contenu: DecisionContent = serde_json::from_value(leur()).unwrap();
    let mut decision = DecisionEngine::default().create_decision(Arc::new(contenu)).unwrap();
    decision.compile();
    let marche = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let familles: Vec<(u16, i64)> = (0..1024_i64).map(|i| ((i % 3) as u16, (i * 7919) % 1200)).collect();
    let nos_faits: Vec<[Valeur; 2]> =
        familles.iter().map(|(r, q)| [Valeur::Choix(*r), Valeur::Nombre(Decimal::from(*q))]).collect();
    let leurs_faits: Vec<serde_json::Value> =
        familles.iter().map(|(r, q)| json!({ "residence": format!("zone_{r}"), "quotient": q })).collect();
    let jour = date(2025, 9, 4);
    let prix = |f: &[Valeur; 2]| {
        bareme.prix(jour, &Faits { valeurs: f, parametres: &[] }, &Ville, &mut SansTrace).unwrap().montant
    };
    let evalue = |f: &serde_json::Value| marche.block_on(decision.evaluate(f.clone().into())).unwrap().result;
    for (i, (notre, leur)) in nos_faits.iter().zip(&leurs_faits).enumerate() {
        let leur = serde_json::to_value(evalue(leur)).unwrap();
        assert_eq!(
            Some(prix(notre)),
            leur["prix"].as_i64().map(|c| Decimal::new(c, 2)),
            "family {i}: {leur}"
        );
    }
    println!("ratio  what");
    let (mut i, mut j) = (0, 0);
    paires::compare(
        "residence x 10 bands",
        5,
        ("zen-engine", || {
            i = (i + 1) % leurs_faits.len();
            evalue(black_box(&leurs_faits[i]))
        }),
        ("ours", || {
            j = (j + 1) % nos_faits.len();
            prix(black_box(&nos_faits[j]))
        }),
    );
    let mut journal = Journal::default();
    let (mut i, mut j) = (0, 0);
    paires::compare(
        "the same, ours with its full trace",
        5,
        ("zen-engine", || {
            i = (i + 1) % leurs_faits.len();
            evalue(black_box(&leurs_faits[i]))
        }),
        ("ours, traced", || {
            j = (j + 1) % nos_faits.len();
            journal.vide();
            let faits = Faits { valeurs: black_box(&nos_faits[j]), parametres: &[] };
            bareme.prix(jour, &faits, &Ville, &mut journal).unwrap();
            black_box(journal.pas().len())
        }),
    );
}
