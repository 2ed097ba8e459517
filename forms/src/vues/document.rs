//! A document to be printed: it stands alone, wherever it is saved.

use serde::Serialize;

use crate::gabarit::Vue;

/// A document made about a dossier.
#[derive(Clone, Debug, Serialize)]
pub struct PageDocument {
    /// Title.
    pub titre: String,
    /// The town.
    pub commune: String,
    /// The service that examined it, and how to reach it: name, address, telephone, hours, each when known.
    pub service: Vec<String>,
    /// Number of the dossier.
    pub numero: String,
    /// Its procedure.
    pub demarche: String,
    /// Day of the decision, in words.
    pub fait_le: String,
    /// The town's text, a paragraph each; a paragraph keeps its lines.
    pub paragraphes: Vec<String>,
}

impl Vue for PageDocument {
    const GABARIT: &'static str = "document.html";

    fn samples() -> Vec<Self> {
        let un = |numero: &str, paragraphes: Vec<String>| Self {
            titre: "Attestation <b>d’inscription</b>".into(),
            commune: "Ville".into(),
            service: vec!["Affaires <b>scolaires</b>".into(), "Mairie, 1 rue de l’Église".into()],
            numero: numero.into(),
            demarche: "Inscription".into(),
            fait_le: "jeudi 4 septembre 2025".into(),
            paragraphes,
        };
        vec![un("", vec![]), un("2025-00001", vec!["Léa est inscrite.\nÀ la cantine.".into(), "<b>".into()])]
    }
}
