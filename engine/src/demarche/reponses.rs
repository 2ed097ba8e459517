//! What a family answered: typed, by field.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::foyer::ValeurFait;

/// Answers by field id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reponses(pub BTreeMap<String, Reponse>);

/// The answer to a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reponse {
    /// One value.
    Valeur(ValeurFait),
    /// Several, for a field that takes `plusieurs`.
    Valeurs(Vec<ValeurFait>),
    /// The rows of a repeated group.
    Groupe(Vec<Reponses>),
}

/// What is wrong with the answer to a field, in the family's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErreurChamp {
    /// The field's id; inside a group, `groupe.2.champ` (the first row is 1).
    pub champ: String,
    /// French sentence.
    pub motif: String,
}

impl Reponses {
    /// The single value of a field.
    pub fn valeur(&self, champ: &str) -> Option<&ValeurFait> {
        match self.0.get(champ)? {
            Reponse::Valeur(v) => Some(v),
            Reponse::Valeurs(_) | Reponse::Groupe(_) => None,
        }
    }

    /// The ids chosen in a field, whether it takes one or several; `None` when it was not answered or holds no id.
    pub fn choix(&self, champ: &str) -> Option<Vec<&str>> {
        fn un(v: &ValeurFait) -> Option<Vec<&str>> {
            match v {
                ValeurFait::Choix(c) => Some(vec![c.as_str()]),
                ValeurFait::Ensemble(e) => Some(e.iter().map(String::as_str).collect()),
                _ => None,
            }
        }
        match self.0.get(champ)? {
            Reponse::Valeur(v) => un(v),
            Reponse::Valeurs(vs) => vs.iter().try_fold(Vec::new(), |mut tous, v| {
                tous.extend(un(v)?);
                Some(tous)
            }),
            Reponse::Groupe(_) => None,
        }
    }
}
