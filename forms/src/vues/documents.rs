//! The agents' queue of documents.

use serde::Serialize;

use super::cadre::{Cadre, Genre};
use crate::formulaire::OptionVue;
use crate::gabarit::Vue;

/// `/{slug}/agent/documents`: what families gave and nobody looked at yet.
#[derive(Clone, Debug, Serialize)]
pub struct PageDocuments {
    /// Frame.
    pub cadre: Cadre,
    /// Why what was just tried was refused; empty when nothing was.
    pub refus: String,
    /// The documents, the one that waits longest first.
    pub documents: Vec<DocumentALire>,
    /// The town's texts to refuse one.
    pub textes: Vec<OptionVue>,
    /// Form token.
    pub jeton: String,
    /// Next page; empty on the last.
    pub suite: String,
    /// Where a document is accepted or refused.
    pub action: String,
}

/// A document to look at.
#[derive(Clone, Debug, Serialize)]
pub struct DocumentALire {
    /// HTML id.
    pub id: String,
    /// Its dossier.
    pub dossier: String,
    /// Id in `pieces.yaml`.
    pub piece: String,
    /// Name.
    pub nom: String,
    /// Is it of health or of justice: is each reading written down?
    pub sensible: bool,
    /// Whose: the child, else who answers for the household.
    pub de_qui: String,
    /// Procedure.
    pub demarche: String,
    /// Number of the dossier.
    pub numero: String,
    /// The dossier's page.
    pub href: String,
    /// Since when it waits, in words.
    pub age: String,
    /// Lines that say more: its date, until when it holds, what it stands for.
    pub lignes: Vec<String>,
    /// Its files: text and address.
    pub fichiers: Vec<(String, String)>,
    /// When it came: what is judged is what was seen.
    pub vue: String,
    /// Reason typed with what is refused.
    pub motif: String,
    /// Was it just tried?
    pub tente: bool,
}

impl Vue for PageDocuments {
    const GABARIT: &'static str = "agent/documents.html";

    fn samples() -> Vec<Self> {
        let document = |tente: bool| DocumentALire {
            id: format!("d-{tente}"),
            dossier: "1".into(),
            piece: "rib".into(),
            nom: "RIB <b>".into(),
            sensible: tente,
            de_qui: "Léa Durand".into(),
            demarche: "Inscription".into(),
            numero: "2025-00042".into(),
            href: "/a/agent/dossiers/1".into(),
            age: "depuis 12 jours".into(),
            lignes: if tente { vec!["Valable jusqu’au 31 août 2026.".into()] } else { vec![] },
            fichiers: vec![("Ouvrir le document".into(), "/a/agent/dossiers/1/pieces/rib/1".into())],
            vue: "1".into(),
            motif: if tente { "Illisible".into() } else { String::new() },
            tente,
        };
        let texte = || OptionVue { valeur: "Illisible".into(), libelle: "Illisible".into(), choisie: false };
        Cadre::samples()
            .into_iter()
            .zip([false, true])
            .map(|(mut cadre, plein)| {
                cadre.avis = plein.then(|| super::Avis { genre: Genre::Succes, texte: "Fait.".into() });
                Self {
                    cadre,
                    refus: if plein { "Dites pourquoi.".into() } else { String::new() },
                    documents: if plein { vec![document(true), document(false)] } else { vec![] },
                    textes: if plein { vec![texte()] } else { vec![] },
                    jeton: "x".into(),
                    suite: if plein { "/a/agent/documents?apres=1".into() } else { String::new() },
                    action: "/a/agent/documents".into(),
                }
            })
            .collect()
    }
}
