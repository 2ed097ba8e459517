//! What could not be delivered.

use serde::Serialize;

use super::cadre::Cadre;
use crate::gabarit::Vue;

/// `/{slug}/agent/envois`
#[derive(Clone, Debug, Serialize)]
pub struct PageEnvois {
    /// Frame.
    pub cadre: Cadre,
    /// The newest first.
    pub envois: Vec<EnvoiMort>,
    /// Why the act that was just tried is refused.
    pub refus: Vec<String>,
    /// Form token.
    pub jeton: String,
}

/// A letter, a call, a document that failed too often.
#[derive(Clone, Debug, Serialize)]
pub struct EnvoiMort {
    /// Unique in the page.
    pub id: String,
    /// What, in words that name nobody.
    pub quoi: String,
    /// Number of its file.
    pub numero: String,
    /// Procedure of its file.
    pub demarche: String,
    /// Its file; acts on the delivery are posted below it.
    pub href: String,
    /// Since when, in words.
    pub depuis: String,
    /// How many tries.
    pub essais: i64,
    /// What the last one said.
    pub erreur: String,
    /// Journal entry that decided it.
    pub entree: i64,
    /// Rank in that entry.
    pub rang: u16,
}

impl Vue for PageEnvois {
    const GABARIT: &'static str = "agent/envois.html";

    fn samples() -> Vec<Self> {
        let envoi = |rang, essais| EnvoiMort {
            id: format!("a-3-{rang}"),
            quoi: "Courriel « <b>Reçu</b> », à qui a fait la demande".into(),
            numero: "2025-00001".into(),
            demarche: "Inscription".into(),
            href: "/a/agent/dossiers/1".into(),
            depuis: "jeudi 4 septembre 2025 à 6 h".into(),
            essais,
            erreur: "le serveur de courriel refuse ce courriel (550)".into(),
            entree: 3,
            rang,
        };
        Cadre::samples()
            .into_iter()
            .zip([(vec![], vec![]), (vec![envoi(0, 1), envoi(1, 14)], vec!["Écrivez pourquoi.".to_owned()])])
            .map(|(cadre, (envois, refus))| Self { cadre, envois, refus, jeton: "x".into() })
            .collect()
    }
}
