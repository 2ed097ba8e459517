//! The JSON Schema (2020-12) of what the API takes for a form: the plain object that [`super::Saisie::json`] reads.

use engine::demarche::{Champ, Obligatoire, TypeChamp};
use serde_json::{Map, Value, json};

/// Schema of an object with these fields. A field that is asked under a condition is not `required`: reading decides.
pub fn schema(titre: &str, champs: &[Champ]) -> Value {
    let mut proprietes = Map::new();
    let mut requis = Vec::new();
    for champ in champs {
        proprietes.insert(champ.id.clone(), propriete(champ));
        if champ.si.is_none() && matches!(champ.obligatoire, Obligatoire::Toujours) {
            requis.push(champ.id.clone());
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": titre,
        "type": "object",
        "properties": proprietes,
        "required": requis,
        "additionalProperties": false,
    })
}

fn propriete(champ: &Champ) -> Value {
    let ids =
        |options: &[(String, String)]| -> Vec<Value> { options.iter().map(|(id, _)| json!(id)).collect() };
    let mut s = match &champ.genre {
        TypeChamp::Texte { max } | TypeChamp::TexteLong { max } => match max {
            Some(max) => json!({ "type": "string", "maxLength": max }),
            None => json!({ "type": "string" }),
        },
        TypeChamp::Nombre(_) | TypeChamp::Montant => {
            json!({ "type": ["string", "number"], "pattern": r"^-?[0-9 ]+([.,][0-9]+)?$" })
        }
        TypeChamp::Date => json!({ "type": "string", "format": "date" }),
        TypeChamp::Heure => json!({ "type": "string", "pattern": "^[0-9]{1,2}:[0-9]{2}$" }),
        TypeChamp::Booleen => json!({ "type": "boolean" }),
        TypeChamp::Choix(o) => json!({ "type": "string", "enum": ids(o) }),
        TypeChamp::Services(o) if !champ.plusieurs => json!({ "type": "string", "enum": ids(o) }),
        TypeChamp::Ensemble(o) | TypeChamp::Services(o) => {
            json!({ "type": "array", "uniqueItems": true, "items": { "type": "string", "enum": ids(o) } })
        }
        TypeChamp::Commune | TypeChamp::Telephone => json!({ "type": "string" }),
        TypeChamp::Courriel => json!({ "type": "string", "format": "email" }),
        TypeChamp::Adresse => json!({
            "type": "object",
            "properties": {
                "voie": { "type": "string" }, "complement": { "type": "string" },
                "code_postal": { "type": "string", "pattern": "^[0-9]{5}$" }, "commune": { "type": "string" },
            },
            "required": ["voie", "code_postal", "commune"],
            "additionalProperties": false,
        }),
        TypeChamp::Fichier => json!({ "type": "string", "description": "identifiant d'un fichier déposé" }),
        TypeChamp::Groupe(sous) => {
            let mut ligne = schema(&champ.nom, sous);
            if let Some(objet) = ligne.as_object_mut() {
                objet.shift_remove("$schema");
            }
            json!({ "type": "array", "items": ligne, "maxItems": super::LIGNES_MAX })
        }
    };
    let repete = champ.plusieurs
        && !matches!(champ.genre, TypeChamp::Ensemble(_) | TypeChamp::Services(_) | TypeChamp::Groupe(_));
    if repete {
        s = json!({ "type": "array", "items": s });
    }
    if let Some(objet) = s.as_object_mut() {
        objet.insert("title".into(), json!(champ.nom));
        for (cle, texte) in [("description", &champ.aide), ("examples", &champ.exemple)] {
            if let Some(texte) = texte {
                objet.insert(cle.into(), if cle == "examples" { json!([texte]) } else { json!(texte) });
            }
        }
    }
    s
}
