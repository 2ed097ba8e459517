//! « Mes pièces »: the documents of a household and of each child.

use serde::Serialize;

use super::cadre::{Cadre, Genre};
use super::demarche::{FichierVu, fichiers};
use crate::gabarit::Vue;

/// `/{slug}/pieces`
#[derive(Clone, Debug, Serialize)]
pub struct PageMesPieces {
    /// Frame.
    pub cadre: Cadre,
    /// For an agent, whose documents: « de la famille Durand »; empty for the family itself.
    pub de_qui: String,
    /// For an agent, back to the request.
    pub retour: String,
    /// The household, then each child; those without a document are left out.
    pub sections: Vec<PiecesDe>,
    /// Accepted formats and size, in words.
    pub formats: String,
    /// Form token.
    pub jeton: String,
}

/// The documents of one child, or of the household.
#[derive(Clone, Debug, Serialize)]
pub struct PiecesDe {
    /// HTML id.
    pub id: String,
    /// « Toute la famille », or the child's name.
    pub titre: String,
    /// « Il manque 2 documents. », « Rien ne manque. »
    pub bilan: String,
    /// Does something lack that stops a request?
    pub manque: bool,
    /// The documents.
    pub pieces: Vec<PieceGardee>,
}

/// A document.
#[derive(Clone, Debug, Serialize)]
pub struct PieceGardee {
    /// HTML id.
    pub id: String,
    /// Id in `pieces.yaml`.
    pub piece: String,
    /// Name.
    pub nom: String,
    /// State, in words.
    pub etat: String,
    /// Tone of the state.
    pub genre: Genre,
    /// Lines that say more: until when it holds, why it was refused, what stands for it.
    pub details: Vec<String>,
    /// What asks for it, and the rule; empty when nothing does.
    pub pourquoi: String,
    /// The town's own document that says so; empty when it is not said.
    pub source: String,
    /// Its files.
    pub fichiers: Vec<FichierVu>,
    /// Other documents that may be sent instead: id and name; empty when none may.
    pub a_la_place: Vec<(String, String)>,
    /// Where its files are sent; empty when none is taken now.
    pub envoi: String,
    /// Do they go with those already sent?
    pub a_completer: bool,
    /// Is something already there?
    pub a_remplacer: bool,
    /// Where it is taken back; empty when it is not.
    pub retrait: String,
    /// Must the date written on it be given?
    pub datee: bool,
}

impl Vue for PageMesPieces {
    const GABARIT: &'static str = "mes_pieces.html";

    fn samples() -> Vec<Self> {
        let piece = |la: bool| PieceGardee {
            id: format!("p-{la}"),
            piece: "rib".into(),
            nom: "RIB <b>".into(),
            etat: if la { "acceptée" } else { "manquante" }.into(),
            genre: if la { Genre::Succes } else { Genre::Alerte },
            details: if la { vec!["Valable jusqu’au 31 août 2026.".into()] } else { vec![] },
            pourquoi: if la { String::new() } else { "Demandée pour « Inscription »".into() },
            source: if la { String::new() } else { "Lettre aux familles".into() },
            fichiers: if la { fichiers() } else { vec![] },
            a_la_place: if la { vec![] } else { vec![("acte".into(), "Acte <b>".into())] },
            envoi: "/a/dossiers/1/pieces".into(),
            a_completer: la,
            a_remplacer: la,
            retrait: if la { "/a/dossiers/1/retrait-de-piece".into() } else { String::new() },
            datee: !la,
        };
        let seule = PieceGardee { envoi: String::new(), ..piece(true) };
        let section = || PiecesDe {
            id: "foyer".into(),
            titre: "Toute la famille".into(),
            bilan: "Il manque un document.".into(),
            manque: true,
            pieces: vec![piece(true), piece(false), seule.clone()],
        };
        Cadre::samples()
            .into_iter()
            .zip([vec![], vec![section()]])
            .map(|(cadre, sections)| Self {
                cadre,
                de_qui: if sections.is_empty() { "de Léa".into() } else { String::new() },
                retour: "/a/agent/dossiers/1".into(),
                sections,
                formats: "PDF".into(),
                jeton: "x".into(),
            })
            .collect()
    }
}
