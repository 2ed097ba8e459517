//! What the description of the API says of a route, written beside the route.

use engine::commune::Commune;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value;

/// The body of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Corps {
    /// None.
    Aucun,
    /// JSON, of this schema.
    Json(fn(&mut SchemaGenerator, &Commune) -> Value),
    /// JSON of this schema, or nothing.
    JsonOuRien(fn(&mut SchemaGenerator, &Commune) -> Value),
    /// The bytes of a document.
    Document,
}

/// A route of the API, described.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    /// Its name, which never changes.
    pub(crate) id: &'static str,
    /// What it does, in French.
    pub(crate) resume: &'static str,
    /// What its address may carry after `?`.
    pub(crate) requete: Option<fn(&mut SchemaGenerator) -> Schema>,
    /// What it takes.
    pub(crate) corps: Corps,
    /// Status when all is well.
    pub(crate) code: u16,
    /// What it then answers.
    pub(crate) reponse: fn(&mut SchemaGenerator) -> Schema,
    /// Does it want an `Idempotency-Key`?
    pub(crate) cle: bool,
}

/// The schema of a type, by reference.
pub(crate) fn de<T: JsonSchema>(generateur: &mut SchemaGenerator) -> Schema {
    generateur.subschema_for::<T>()
}

/// The same, for a body that is alike in every town.
pub(crate) fn corps<T: JsonSchema>(generateur: &mut SchemaGenerator, _: &Commune) -> Value {
    generateur.subschema_for::<T>().to_value()
}

impl Operation {
    /// Reads, and answers 200 with a `T`.
    pub(crate) const fn lit<T: JsonSchema>(id: &'static str, resume: &'static str) -> Self {
        Self { id, resume, requete: None, corps: Corps::Aucun, code: 200, reponse: de::<T>, cle: false }
    }

    /// Takes a `T` after `?`.
    pub(crate) const fn requete<T: JsonSchema>(self) -> Self {
        Self { requete: Some(de::<T>), ..self }
    }

    /// Acts, with a key.
    pub(crate) const fn agit(self, corps: Corps, code: u16) -> Self {
        Self { corps, code, cle: true, ..self }
    }
}
