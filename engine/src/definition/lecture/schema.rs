//! JSON Schema (draft-07) of what is declared by `bloc!` and `variantes!`.

use schemars::{Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde_json::{Map, Value, json};

use super::{Declaration, Lire, Presence};

/// The whole schema of a kind of file.
pub fn racine<T: Lire>(titre: &str) -> Value {
    let mut g = SchemaSettings::draft07().into_generator();
    let racine = T::schema(&mut g).to_value();
    let definitions = g.take_definitions(true);
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": titre,
        "allOf": [racine],
        "definitions": definitions,
    })
}

/// The reference to a definition, built once: the name is taken before its content, so that a type may hold itself.
fn definie(
    g: &mut SchemaGenerator,
    declaration: &Declaration,
    contenu: impl FnOnce(&mut SchemaGenerator) -> Value,
) -> Schema {
    let nom = declaration.nom.trim_start_matches("Raw");
    if !g.definitions().contains_key(nom) {
        g.definitions_mut().insert(nom.to_owned(), Value::Null);
        let contenu = contenu(g);
        g.definitions_mut().insert(nom.to_owned(), contenu);
    }
    Schema::new_ref(format!("#/definitions/{nom}"))
}

/// The schema of a map: `valeurs` gives the schemas of the keys' types, in the order declared.
pub fn schema_bloc(
    g: &mut SchemaGenerator,
    declaration: &Declaration,
    valeurs: impl FnOnce(&mut SchemaGenerator) -> Vec<Schema>,
) -> Schema {
    schema_libre(g, declaration, valeurs, Value::Bool(false))
}

/// The same, where other keys are accepted if their values follow `autres` (a table's row).
pub fn schema_libre(
    g: &mut SchemaGenerator,
    declaration: &Declaration,
    valeurs: impl FnOnce(&mut SchemaGenerator) -> Vec<Schema>,
    autres: Value,
) -> Schema {
    definie(g, declaration, |g| {
        let mut proprietes = Map::new();
        for (cle, valeur) in declaration.cles.iter().zip(valeurs(g)) {
            let mut valeur = valeur.to_value();
            if matches!(cle.presence, Presence::Liste | Presence::ListeRequise) {
                valeur = json!({ "type": "array", "items": valeur });
            }
            proprietes.insert(cle.nom.to_owned(), decrite(valeur, cle.aide()));
        }
        let requises: Vec<&str> = declaration
            .cles
            .iter()
            .filter(|c| matches!(c.presence, Presence::Requise | Presence::ListeRequise))
            .map(|c| c.nom)
            .collect();
        json!({
            "description": en_ligne(declaration.doc),
            "type": "object",
            "properties": proprietes,
            "required": requises,
            "additionalProperties": autres,
        })
    })
}

/// The schema of a choice: `valeurs` gives, for each word, the schema of its value if it has one.
pub fn schema_variantes(
    g: &mut SchemaGenerator,
    declaration: &Declaration,
    valeurs: impl FnOnce(&mut SchemaGenerator) -> Vec<Option<Schema>>,
) -> Schema {
    definie(g, declaration, |g| {
        let choix = declaration.cles.iter().zip(valeurs(g)).map(|(cle, valeur)| match valeur {
            None => json!({ "const": cle.nom, "description": cle.aide() }),
            Some(valeur) => json!({
                "type": "object",
                "properties": { cle.nom: decrite(valeur.to_value(), cle.aide()) },
                "required": [cle.nom],
                "additionalProperties": false,
            }),
        });
        json!({ "description": en_ligne(declaration.doc), "oneOf": choix.collect::<Vec<_>>() })
    })
}

/// Adds a description; in draft-07 what stands beside `$ref` is ignored, hence the `allOf`.
fn decrite(valeur: Value, description: String) -> Value {
    match valeur {
        Value::Object(mut objet) if !objet.contains_key("$ref") => {
            objet.insert("description".to_owned(), description.into());
            Value::Object(objet)
        }
        Value::Object(reference) => json!({ "description": description, "allOf": [reference] }),
        autre => json!({ "description": description, "allOf": [autre] }),
    }
}

fn en_ligne(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text or an unquoted number, that matches `motif`.
pub fn schema_texte(motif: Option<&str>) -> Schema {
    match motif {
        Some(motif) => json_schema!({ "type": ["string", "number"], "pattern": motif }),
        None => json_schema!({ "type": ["string", "number", "boolean"] }),
    }
}
