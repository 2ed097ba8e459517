//! The bounds of a table's intervals: moved alone, or with the neighbour row that meets them.

use rust_decimal::Decimal;

use crate::definition::arbre::{Cle, Noeud};
use crate::definition::source::Span;

/// What a row gives, as opposed to what it takes.
const RESULTATS: [&str; 16] = [
    "prix",
    "taux",
    "formule",
    "entre",
    "parts",
    "comme",
    "script",
    "non_offert",
    "a_demander",
    "valeur",
    "montant",
    "facture",
    "source",
    "questions",
    "ligne",
    "plancher",
];

/// One end of an interval, as written.
#[derive(Clone, Debug)]
struct Bout<'n> {
    ligne: &'n Noeud,
    dimension: &'n str,
    /// The number, without its `<` or `>`.
    span: Span,
    valeur: Decimal,
    haut: bool,
    incluse: bool,
}

/// A bound that moves: its key, the texts before and after, and the edits.
pub(super) struct Deplacement {
    pub(super) cle: String,
    pub(super) ancien: String,
    pub(super) nouveau: String,
    pub(super) edits: Vec<(Span, String)>,
}

/// Every way to move a bound of these rows by one step of its dimension.
pub(super) fn deplacements(lignes: &[Noeud], pas: impl Fn(&str) -> Option<Decimal>) -> Vec<Deplacement> {
    let bouts: Vec<Bout<'_>> = lignes.iter().flat_map(bouts_de).collect();
    let mut tous = Vec::new();
    for (i, a) in bouts.iter().enumerate() {
        let Some(pas) = pas(a.dimension) else { continue };
        let voisine = bouts.iter().skip(i + 1).find(|b| se_touchent(a, b, pas));
        for de in [pas, -pas] {
            let mut edits = Vec::new();
            let (Some(neuf), ancien) = (ecrit(a.valeur, de), a.valeur.to_string()) else { continue };
            edits.push((a.span, neuf.clone()));
            if let Some(b) = voisine {
                let Some(autre) = ecrit(b.valeur, de) else { continue };
                edits.push((b.span, autre));
            } else if bouts.iter().any(|b| se_touchent(b, a, pas)) {
                // already moved with the row before it
                continue;
            }
            tous.push(Deplacement { cle: a.dimension.to_owned(), ancien, nouveau: neuf, edits });
        }
    }
    tous
}

fn ecrit(valeur: Decimal, de: Decimal) -> Option<String> {
    valeur.checked_add(de).filter(|n| !n.is_sign_negative()).map(|n| n.normalize().to_string())
}

/// The upper end of one and the lower end of the other leave nothing between them.
fn se_touchent(a: &Bout<'_>, b: &Bout<'_>, pas: Decimal) -> bool {
    let (haut, bas) = match (a.haut, b.haut) {
        (true, false) => (a, b),
        (false, true) => (b, a),
        _ => return false,
    };
    let suivent = match (haut.incluse, bas.incluse) {
        (true, false) | (false, true) => haut.valeur == bas.valeur,
        (true, true) => haut.valeur.checked_add(pas) == Some(bas.valeur),
        (false, false) => false,
    };
    suivent && a.dimension == b.dimension && memes_conditions(a.ligne, b.ligne, a.dimension)
}

fn memes_conditions(a: &Noeud, b: &Noeud, sauf: &str) -> bool {
    let autres = |n: &'_ Noeud| -> Vec<(String, String)> {
        let condition = |(c, _): &&(Cle, Noeud)| c.texte != sauf && !RESULTATS.contains(&c.texte.as_str());
        let entrees = n.carte().unwrap_or_default().iter().filter(condition);
        entrees.map(|(c, v)| (c.texte.clone(), en_texte(v))).collect()
    };
    autres(a) == autres(b)
}

fn en_texte(noeud: &Noeud) -> String {
    match (noeud.texte(), noeud.liste()) {
        (Some(t), _) => t.to_owned(),
        (_, Some(l)) => l.iter().map(en_texte).collect::<Vec<_>>().join(","),
        _ => noeud.en_mots(),
    }
}

fn bouts_de(ligne: &Noeud) -> Vec<Bout<'_>> {
    let mut bouts = Vec::new();
    for (cle, valeur) in ligne.carte().unwrap_or_default() {
        if RESULTATS.contains(&cle.texte.as_str()) {
            continue;
        }
        let cellules = valeur.liste().unwrap_or(std::slice::from_ref(valeur));
        for cellule in cellules {
            let Some((gauche, droite)) = cellule.texte().and_then(|t| t.split_once("..")) else { continue };
            let bout = |texte: &str, debut: usize, haut: bool| {
                let marque = texte.starts_with(['<', '>']);
                let nombre = texte.trim_start_matches(['<', '>']);
                let debut = debut + usize::from(marque);
                Some(Bout {
                    ligne,
                    dimension: &cle.texte,
                    span: cellule.partie(debut, debut + nombre.len()),
                    valeur: nombre.parse().ok()?,
                    haut,
                    incluse: !marque,
                })
            };
            bouts.extend(bout(gauche, 0, false));
            bouts.extend(bout(droite, gauche.len() + 2, true));
        }
    }
    bouts
}
