//! The code asked after the password, for a parent who chose it.

use serde::Serialize;

use super::cadre::{Cadre, Lien};
use crate::formulaire::{ChampVue, ErreurVue, Rendu};
use crate::gabarit::Vue;

/// `/{slug}/compte/code`
#[derive(Clone, Debug, Serialize)]
pub struct PageCode {
    /// Frame.
    pub cadre: Cadre,
    /// Error summary.
    pub erreurs: Vec<ErreurVue>,
    /// Is a code asked already?
    pub actif: bool,
    /// How many codes are left for the day when the application is lost.
    pub reste: usize,
    /// The picture that an application reads.
    pub dessin: Option<DessinDeCode>,
    /// The same, to be typed.
    pub lettres: String,
    /// The code, or the password.
    pub champs: Vec<ChampVue>,
    /// The codes just given: shown once.
    pub secours: Vec<String>,
    /// Form token.
    pub jeton: String,
    /// Where it is set; `…/fin` takes it away.
    pub action: String,
    /// One's account.
    pub retour: Lien,
}

/// A picture made of squares.
#[derive(Clone, Debug, Serialize)]
pub struct DessinDeCode {
    /// Squares of a side, margin included.
    pub cote: usize,
    /// The dark ones, as an SVG path.
    pub trace: String,
}

impl Vue for PageCode {
    const GABARIT: &'static str = "compte/code.html";

    fn samples() -> Vec<Self> {
        let champ = |erreur: bool| {
            let mut champ =
                ChampVue::seul(("code", "Code"), Rendu::Text, ("Six chiffres", "one-time-code"), &[]);
            if erreur {
                champ.erreur = "Faux".into();
            }
            champ
        };
        Cadre::samples()
            .into_iter()
            .zip([false, true])
            .map(|(cadre, actif)| Self {
                cadre,
                erreurs: if actif {
                    vec![ErreurVue { cible: "c-code".into(), texte: "Faux".into() }]
                } else {
                    Vec::new()
                },
                actif,
                reste: 7,
                dessin: (!actif).then(|| DessinDeCode { cote: 33, trace: "M4 4h1v1h-1z".into() }),
                lettres: if actif { String::new() } else { "GEZD GNBV".into() },
                champs: vec![champ(actif)],
                secours: if actif { vec!["ABCD-EFGH-JKLM".into()] } else { vec![] },
                jeton: "x".into(),
                action: "/a/compte/code".into(),
                retour: Lien { titre: "Mon compte".into(), href: "/a/compte".into() },
            })
            .collect()
    }
}
