//! What bodies and addresses are made of: stricter than the types that they become.

use std::borrow::Cow;

use engine::identifiant::DossierId;
use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use super::Probleme;

/// Pattern of a random identifier.
pub(crate) const IDENTIFIANT: &str = "^[0-9a-hjkmnp-tv-z]{26}$";

/// A civil day, written `2025-09-04` and in no other way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jour(pub(super) Date);

impl<'de> Deserialize<'de> for Jour {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let texte = Cow::<'de, str>::deserialize(d)?;
        let dix = texte.len() == 10 && texte.bytes().all(|c| c.is_ascii_digit() || c == b'-');
        let jour = if dix { texte.parse().ok() } else { None };
        jour.filter(|j: &Date| j.year() > 0)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("un jour s’écrit 2025-09-04"))
    }
}

impl JsonSchema for Jour {
    fn schema_name() -> Cow<'static, str> {
        "Jour".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "examples": ["2025-09-04"] })
    }
}

/// No content.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Rien {}

/// The dossier of an address, or nothing that may be read.
pub(super) fn dossier(texte: &str) -> Result<DossierId, Probleme> {
    DossierId::lit(texte).map_err(|_| Probleme::introuvable())
}

/// An identifier that we gave.
pub(super) fn identifiant(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": IDENTIFIANT })
}

/// A day that we write.
pub(super) fn jour(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "date" })
}

/// An instant, in UTC.
pub(super) fn instant(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "date-time" })
}

/// An instant, or null.
pub(super) fn instant_ou_rien(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["string", "null"], "format": "date-time" })
}

/// An identifier, or null.
pub(super) fn identifiant_ou_rien(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["string", "null"], "pattern": IDENTIFIANT })
}

/// An object whose content is the town's.
pub(super) fn objet(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object" })
}
