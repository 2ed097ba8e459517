//! `openapi.json`: the description of the API of one town, made from the table of routes and from its own forms.

use std::collections::BTreeSet;

use axum::Json;
use engine::commune::Commune;
use engine::demarche::Champ;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::operation::{Corps, Operation};
use super::valeurs::{IDENTIFIANT, objet};
use crate::routes::{self, Acces, Routes, Voie};
use crate::session::{PREFIXE_CLE, Visiteur};

/// Below which the API's addresses are.
const BASE: &str = "/{slug}/api/v1";

pub(super) fn routes() -> Routes {
    Routes::default().get("/{slug}/api/v1/openapi.json", Acces::Public, openapi).decrite(Operation::lit::<
        Description,
    >(
        "openapi",
        "Cette description, en OpenAPI 3.1.",
    ))
}

/// An OpenAPI document.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(transparent)]
struct Description(#[schemars(schema_with = "objet")] Value);

/// `GET openapi.json`
async fn openapi(visiteur: Visiteur) -> Json<Description> {
    Json(Description(decrit(&visiteur.commune, routes::toutes().voies())))
}

/// What is wrong (RFC 9457), as the answers say it.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "read by its schema only")]
struct Probleme {
    /// Never changes: what a program compares.
    r#type: String,
    title: String,
    status: u16,
    /// French, for whoever reads it.
    detail: String,
    /// The rule that refuses.
    regle: Option<String>,
    /// File and line of that rule.
    lieu: Option<String>,
    /// The vote, or the document.
    source: Option<String>,
    /// Until, or from when it is possible.
    quand_possible: Option<String>,
    /// The fact that would decide it.
    fait_manquant: Option<String>,
    /// What is wrong in the form.
    champs: Option<Vec<ChampFautif>>,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "read by its schema only")]
struct ChampFautif {
    champ: String,
    motif: String,
}

/// The whole document.
pub(crate) fn decrit<'v>(commune: &Commune, voies: impl Iterator<Item = &'v Voie>) -> Value {
    let reglages = SchemaSettings::draft2020_12().with(|r| {
        r.definitions_path = "/components/schemas".into();
        r.meta_schema = None;
    });
    let mut generateur = reglages.into_generator();
    let probleme = generateur.subschema_for::<Probleme>().to_value();
    let mut chemins: Map<String, Value> = Map::new();
    for voie in voies {
        let (Some(operation), Some(chemin)) = (&voie.operation, voie.chemin.strip_prefix(BASE)) else {
            continue;
        };
        let decrite = une(&mut generateur, commune, voie, operation);
        let methodes = chemins.entry(chemin).or_insert_with(|| json!({}));
        if let Some(methodes) = methodes.as_object_mut() {
            methodes.insert(voie.methode.as_str().to_ascii_lowercase(), decrite);
        }
    }
    let mut schemas = generateur.take_definitions(true);
    for demarche in &commune.demarches {
        let champs: Vec<Champ> = demarche.champs().cloned().collect();
        let mut schema = forms::formulaire::schema(&demarche.nom, &champs);
        if let Some(schema) = schema.as_object_mut() {
            schema.shift_remove("$schema");
        }
        schemas.insert(format!("Reponses_{}", demarche.id), schema);
    }
    let refus = json!({
        "description": "Refus, avec sa raison.",
        "content": { "application/problem+json": { "schema": probleme } },
    });
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": format!("Guichet : {}", commune.nom),
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Les mêmes actes que les pages, en JSON.",
            "description": "Tout refus est un problème (RFC 9457) en français, avec sa règle et l’endroit où elle est écrite. Chaque POST porte Idempotency-Key : la même clé redonne la même réponse ; avec une autre demande, 422. Les clés se gardent sept jours.",
            "license": { "name": "EUPL-1.2", "identifier": "EUPL-1.2" },
        },
        "servers": [{ "url": format!("/{}/api/v1", commune.slug) }],
        "paths": chemins,
        "components": {
            "schemas": schemas,
            "responses": { "Probleme": refus },
            "securitySchemes": {
                "cle": {
                    "type": "http", "scheme": "bearer", "bearerFormat": format!("{PREFIXE_CLE}…"),
                    "description": "Clé d’une machine, faite par « guichet key new » : un rôle, une commune, une fin.",
                },
                "session": {
                    "type": "apiKey", "in": "cookie", "name": format!("guichet-{}", commune.slug),
                    "description": "La session d’une page, pour ses modules ; en https, __Host- précède le nom.",
                },
            },
        },
    })
}

fn une(generateur: &mut SchemaGenerator, commune: &Commune, voie: &Voie, operation: &Operation) -> Value {
    let mut parametres = du_chemin(commune, voie.chemin);
    if let Some(requete) = operation.requete {
        parametres.extend(de_la_requete(generateur, requete));
    }
    if operation.cle {
        parametres.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": true,
            "description": "Une valeur nouvelle pour chaque demande, la même quand on la renvoie.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!#-~]+$" },
        }));
    }
    let mut reponses = Map::new();
    let contenu = json!({ "application/json": { "schema": (operation.reponse)(generateur).to_value() } });
    let mut faite = json!({ "description": "Fait.", "content": contenu });
    if operation.code == 201
        && let Some(objet) = faite.as_object_mut()
    {
        let adresse = json!({ "description": "Adresse de ce qui est créé.", "required": true, "schema": { "type": "string" } });
        objet.insert("headers".to_owned(), json!({ "Location": adresse }));
    }
    reponses.insert(operation.code.to_string(), faite);
    for code in codes(voie, operation) {
        reponses.insert(code.to_string(), json!({ "$ref": "#/components/responses/Probleme" }));
    }
    let mut decrite = json!({
        "operationId": operation.id,
        "summary": operation.resume,
        "parameters": parametres,
        "responses": reponses,
        "security": match voie.acces {
            Acces::Public | Acces::Demonstration | Acces::Exploitant => json!([]),
            // a machine is an agent: it has no household of its own
            Acces::Famille | Acces::Demandeur => json!([{ "session": [] }]),
            Acces::Connu | Acces::Agent => json!([{ "cle": [] }, { "session": [] }]),
        },
    });
    let json = |schema: Value| json!({ "application/json": { "schema": schema } });
    let corps = match operation.corps {
        Corps::Aucun => None,
        Corps::Json(schema) => Some((true, json(schema(generateur, commune)))),
        Corps::JsonOuRien(schema) => Some((false, json(schema(generateur, commune)))),
        Corps::Document => Some((true, json!({ "application/pdf": {}, "image/jpeg": {}, "image/png": {} }))),
    };
    if let (Some((requis, contenu)), Some(objet)) = (corps, decrite.as_object_mut()) {
        objet.insert("requestBody".to_owned(), json!({ "required": requis, "content": contenu }));
    }
    decrite
}

/// The statuses of refusals that this route may give.
fn codes(voie: &Voie, operation: &Operation) -> BTreeSet<u16> {
    let mut codes = BTreeSet::from([400, 404, 408, 413, 421, 500, 503, 507]);
    if voie.acces != Acces::Public {
        codes.extend([401, 403]);
    }
    if !matches!(operation.corps, Corps::Aucun) {
        codes.extend([415, 422]);
    }
    if operation.requete.is_some() {
        codes.insert(422);
    }
    codes
}

/// The parameters in braces.
fn du_chemin(commune: &Commune, chemin: &str) -> Vec<Value> {
    let noms = chemin.split('{').skip(1).filter_map(|m| Some(m.split_once('}')?.0)).filter(|n| *n != "slug");
    noms.map(|nom| {
        let demarches = || commune.demarches.iter().map(|d| d.id.as_str()).collect::<Vec<_>>();
        let schema = match nom {
            "demarche" => json!({ "type": "string", "enum": demarches() }),
            "n" => json!({ "type": "string", "pattern": "^[1-9][0-9]{0,6}$" }),
            "dossier" | "reservation" => json!({ "type": "string", "pattern": IDENTIFIANT }),
            _ => json!({ "type": "string", "pattern": "^[a-z][a-z0-9_]{0,62}$" }),
        };
        json!({ "name": nom, "in": "path", "required": true, "schema": schema })
    })
    .collect()
}

/// What may come after `?`: the properties of its type.
fn de_la_requete(
    generateur: &mut SchemaGenerator,
    requete: fn(&mut SchemaGenerator) -> schemars::Schema,
) -> Vec<Value> {
    let reference = requete(generateur).to_value();
    let nom =
        reference.get("$ref").and_then(Value::as_str).and_then(|r| r.rsplit('/').next()).unwrap_or_default();
    let schema = generateur.definitions().get(nom).cloned().unwrap_or_default();
    let requis = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    let requis: BTreeSet<&str> = requis.filter_map(Value::as_str).collect();
    let proprietes = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    proprietes
        .map(|(nom, schema)| {
            json!({
                "name": nom, "in": "query", "required": requis.contains(nom.as_str()),
                "schema": sans_rien(schema),
            })
        })
        .collect()
}

/// An absent parameter is not written: `null` is no value of a query.
fn sans_rien(schema: &Value) -> Value {
    let mut schema = schema.clone();
    let Some(objet) = schema.as_object_mut() else { return schema };
    if let Some(Value::Array(genres)) = objet.get_mut("type") {
        genres.retain(|g| g != "null");
    }
    if let Some(Value::Array(choix)) = objet.get_mut("anyOf") {
        choix.retain(|c| c.get("type") != Some(&json!("null")));
    }
    schema
}
