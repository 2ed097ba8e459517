//! A household as the town's agents see it.

use serde::Serialize;

use super::cadre::Cadre;
use super::foyer::{FaitVu, MembreVu};
use crate::gabarit::Vue;

/// `/{slug}/agent/foyers/{foyer}`
#[derive(Clone, Debug, Serialize)]
pub struct PageFamille {
    /// Frame.
    pub cadre: Cadre,
    /// Two sheets that may be one person, side by side.
    pub doublons: Vec<DoublonVu>,
    /// Who is in it.
    pub membres: Vec<MembreInstruit>,
    /// Adults whose rights may be written, by their id; empty when the agent may not.
    pub adultes: Vec<(String, String)>,
    /// Children, by their id.
    pub enfants: Vec<(String, String)>,
    /// Rights, by the word that forms send.
    pub droits: Vec<(String, String)>,
    /// Why the right just typed was not written.
    pub faute_droit: String,
    /// What is known of the household itself.
    pub foyer: Vec<FaitVu>,
    /// What happened to it, newest first: when, and what.
    pub journal: Vec<(String, String)>,
    /// Why the act just tried did nothing.
    pub refus: String,
    /// Form token.
    pub jeton: String,
    /// Address under which forms are posted.
    pub adresse: String,
}

/// Two sheets.
#[derive(Clone, Debug, Serialize)]
pub struct DoublonVu {
    /// The sheet that the family declared.
    pub declaree: String,
    /// The one that the town knew.
    pub connue: String,
    /// Name on the first.
    pub nom_declaree: String,
    /// Name on the second.
    pub nom_connue: String,
    /// What is known of either: label, on the first, on the second, whether they differ.
    pub lignes: Vec<LigneDoublon>,
}

/// A fact on two sheets.
#[derive(Clone, Debug, Serialize)]
pub struct LigneDoublon {
    /// Label.
    pub libelle: String,
    /// On the declared sheet; empty when it is not told.
    pub declaree: String,
    /// On the known one.
    pub connue: String,
    /// Do they differ?
    pub differe: bool,
}

/// Somebody of the household, with what an agent may do.
#[derive(Clone, Debug, Serialize)]
pub struct MembreInstruit {
    /// Their sheet.
    pub membre: MembreVu,
    /// Who, in forms.
    pub personne: String,
    /// May the agent take them out of the household?
    pub retirable: bool,
    /// What would be lost with them, to be read before: open rights, a court decision.
    pub obstacles: Vec<String>,
    /// The reason typed, when it is to be corrected.
    pub motif: String,
    /// What is missing of it.
    pub faute: String,
}

impl Vue for PageFamille {
    const GABARIT: &'static str = "agent/famille.html";

    fn samples() -> Vec<Self> {
        let fait = FaitVu {
            libelle: "Naissance".into(),
            valeur: "<b>14</b> mai 2018".into(),
            detail: "Noté par la mairie".into(),
        };
        let ligne = |differe| LigneDoublon {
            libelle: "Naissance".into(),
            declaree: "14/05/2018".into(),
            connue: if differe { "<i>15</i>/05/2018".into() } else { "14/05/2018".into() },
            differe,
        };
        let doublon = DoublonVu {
            declaree: "1".into(),
            connue: "2".into(),
            nom_declaree: "Lea <b>Durand</b>".into(),
            nom_connue: "Léa Durand".into(),
            lignes: vec![ligne(true), ligne(false)],
        };
        let membre = |retirable, obstacles, faute: &str| MembreInstruit {
            membre: MembreVu {
                nom: "<i>Léa</i> Durand".into(),
                role: "Enfant".into(),
                reserve: false,
                note: String::new(),
                droits: vec!["NE PEUT PAS <b>venir</b>".into()],
                faits: vec![fait.clone()],
            },
            personne: "1".into(),
            retirable,
            obstacles,
            motif: "parti".into(),
            faute: faute.into(),
        };
        let page = |cadre: Cadre, plein: bool| Self {
            cadre,
            doublons: if plein { vec![doublon.clone()] } else { vec![] },
            membres: if plein {
                vec![
                    membre(true, vec!["Inscrite à <b>la cantine</b>".into()], "Dites pourquoi."),
                    membre(true, vec![], ""),
                    membre(false, vec![], ""),
                ]
            } else {
                vec![]
            },
            adultes: if plein { vec![("1".into(), "<b>Alix</b>".into())] } else { vec![] },
            enfants: if plein { vec![("2".into(), "Léa".into())] } else { vec![] },
            droits: vec![("droit_recuperer".into(), "venir chercher l’enfant".into())],
            faute_droit: if plein { "Laquelle <b>?</b>".into() } else { String::new() },
            foyer: if plein { vec![fait.clone()] } else { vec![] },
            journal: if plein { vec![("1 septembre".into(), "Deux <b>foyers</b>".into())] } else { vec![] },
            refus: if plein { "<b>Non</b>".into() } else { String::new() },
            jeton: "x".into(),
            adresse: "/a/agent/foyers/1".into(),
        };
        Cadre::samples().into_iter().flat_map(|c| [page(c.clone(), false), page(c, true)]).collect()
    }
}
