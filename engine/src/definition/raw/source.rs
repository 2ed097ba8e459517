//! Where a figure comes from: a document, or a choice with its question to the town.

use schemars::json_schema;

use super::valeurs::RawDate;
use crate::definition::arbre::{Contenu, Noeud};
use crate::definition::lecture::{Lecture, Lire, Schema, SchemaGenerator, Texte, bloc};

/// A source: the text of a published document, or a choice with its question to the town.
#[derive(Clone, Debug)]
pub enum RawSource {
    /// Published: document and heading.
    Texte(Texte),
    /// Configuration choice, asked until the town confirms.
    Choix(Box<RawChoix>),
}

bloc! {
    /// Un choix de configuration, avec la question posée à la commune.
    pub struct RawChoix {
        /// Le choix fait en attendant.
        [requis] choix: Texte,
        /// La question posée.
        [requis] question: Texte,
        /// La réponse de la commune.
        [optionnel] confirme: RawConfirme,
    }
}

bloc! {
    /// La réponse de la commune à une question.
    pub struct RawConfirme {
        /// Qui a répondu.
        [requis] par: Texte,
        /// Quand.
        [requis] le: RawDate,
        /// Par quel moyen : mail, délibération…
        [optionnel] piece: Texte => Memoire,
    }
}

bloc! {
    /// Une question posée à la commune sur un réglage.
    pub struct RawQuestion {
        /// Le réglage : son chemin dans le bloc.
        [requis] sur: Texte,
        /// La question.
        [requis] question: Texte,
        /// Le choix fait en attendant.
        [requis] choix: Texte,
        /// Les tranches comme le document les imprime, ex. `["..<500", "501..1000"]` : le trou est montré.
        [liste] imprime: Texte,
        /// La réponse de la commune.
        [optionnel] confirme: RawConfirme,
    }
}

impl Lire for RawSource {
    fn lire(noeud: &Noeud, l: &mut Lecture) -> Option<Self> {
        match noeud.contenu {
            Contenu::Carte(_) => RawChoix::lire(noeud, l).map(|c| Self::Choix(Box::new(c))),
            _ => Texte::lire(noeud, l).map(Self::Texte),
        }
    }
    fn nom() -> String {
        "document, ou `{ choix, question }`".to_owned()
    }
    fn schema(g: &mut SchemaGenerator) -> Schema {
        let choix = RawChoix::schema(g).to_value();
        json_schema!({ "anyOf": [{ "type": "string" }, choix] })
    }
}
