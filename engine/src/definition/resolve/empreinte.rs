//! The digest of a town: what its folder says once the model is merged in, whatever its layout.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::definition::arbre::{Contenu, Noeud};
use crate::demarche::condense;

/// SHA-256, hexadecimal, of the trees by path and of the texts (messages, scripts) by name. Comments, quotes, indentation
/// and the order of keys change nothing; any value does.
pub(super) fn empreinte(arbres: &BTreeMap<String, Noeud>, textes: &BTreeMap<String, &str>) -> String {
    let arbres: BTreeMap<&String, Value> = arbres.iter().map(|(chemin, n)| (chemin, canonique(n))).collect();
    condense(serde_json::json!({ "arbres": arbres, "textes": textes }))
}

fn canonique(noeud: &Noeud) -> Value {
    match &noeud.contenu {
        Contenu::Scalaire(s) => Value::String(s.texte.clone()),
        Contenu::Liste(elements) => Value::Array(elements.iter().map(canonique).collect()),
        Contenu::Carte(entrees) => {
            Value::Object(entrees.iter().map(|(cle, n)| (cle.texte.clone(), canonique(n))).collect())
        }
        Contenu::Nul => Value::Null,
    }
}
