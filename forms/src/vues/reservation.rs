//! Booking one meal for one child on one day.

use serde::Serialize;

use super::cadre::{Cadre, Genre};
use crate::formulaire::{ErreurVue, OptionVue};
use crate::gabarit::Vue;

/// `/{slug}/reservations`
#[derive(Clone, Debug, Serialize)]
pub struct PageReservations {
    /// Frame.
    pub cadre: Cadre,
    /// Children of the household.
    pub enfants: Vec<OptionVue>,
    /// What can be booked.
    pub prestations: Vec<OptionVue>,
    /// Chosen day, as typed.
    pub jour: String,
    /// What is wrong.
    pub erreurs: Vec<ErreurVue>,
    /// The rules that refused, with when it was possible.
    pub refus: Vec<RefusVue>,
    /// What booking this day would give.
    pub devis: Option<Devis>,
    /// Booked days.
    pub reservees: Vec<ReservationVue>,
    /// Form token.
    pub jeton: String,
    /// Where the form is posted.
    pub action: String,
}

/// A refusal.
#[derive(Clone, Debug, Serialize)]
pub struct RefusVue {
    /// What the parent reads.
    pub texte: String,
    /// When it was, or will be, possible; empty when never.
    pub possible: String,
    /// The rule and where it is written.
    pub regle: String,
}

/// Deadline and price of a day.
#[derive(Clone, Debug, Serialize)]
pub struct Devis {
    /// « Repas de Léa, jeudi 4 septembre 2025 ».
    pub objet: String,
    /// « jeudi 4 septembre 2025 à 6 h »; empty when there is no limit.
    pub limite: String,
    /// « 3,50 € »
    pub prix: String,
    /// One French sentence.
    pub phrase: String,
    /// file:line and délibération.
    pub source: String,
}

/// A booked day.
#[derive(Clone, Debug, Serialize)]
pub struct ReservationVue {
    /// « Repas de Léa, jeudi 4 septembre 2025 ».
    pub objet: String,
    /// State in words.
    pub etat: String,
    /// Tone of the state.
    pub genre: Genre,
    /// « 3,50 € »
    pub prix: String,
    /// One French sentence.
    pub phrase: String,
    /// file:line and délibération.
    pub source: String,
}

impl Vue for PageReservations {
    const GABARIT: &'static str = "reservations.html";

    fn samples() -> Vec<Self> {
        let vide = |cadre| Self {
            cadre,
            enfants: vec![],
            prestations: vec![],
            jour: String::new(),
            erreurs: vec![],
            refus: vec![],
            devis: None,
            reservees: vec![],
            jeton: "x".into(),
            action: "/a/reservations".into(),
        };
        let options = || -> Vec<OptionVue> {
            [true, false]
                .map(|choisie| OptionVue { valeur: "1".into(), libelle: "<b>Léa</b>".into(), choisie })
                .into()
        };
        let devis = |limite: &str| Devis {
            objet: "Repas de <b>Léa</b>".into(),
            limite: limite.into(),
            prix: "3,50 €".into(),
            phrase: "Le quotient est 640.".into(),
            source: "a/baremes/repas.yaml:12".into(),
        };
        let plein = |cadre, limite: &str, possible: &str| Self {
            enfants: options(),
            prestations: options(),
            jour: "2025-09-04".into(),
            erreurs: vec![ErreurVue { cible: "jour".into(), texte: "Jour : à choisir.".into() }],
            refus: vec![RefusVue {
                texte: "Trop tard.".into(),
                possible: possible.into(),
                regle: "delai".into(),
            }],
            devis: Some(devis(limite)),
            reservees: vec![ReservationVue {
                objet: "Repas de <b>Léa</b>".into(),
                etat: "Réservé".into(),
                genre: Genre::Succes,
                prix: "3,50 €".into(),
                phrase: "Le quotient est 640.".into(),
                source: "a/baremes/repas.yaml:12".into(),
            }],
            ..vide(cadre)
        };
        Cadre::samples()
            .into_iter()
            .flat_map(|c| [vide(c.clone()), plein(c.clone(), "", ""), plein(c, "à 6 h", "avant 6 h")])
            .collect()
    }
}

/// `/_courrier`: the letters of the demonstration.
#[derive(Clone, Debug, Serialize)]
pub struct PageCourrier {
    /// Frame.
    pub cadre: Cadre,
    /// Newest first.
    pub lettres: Vec<Lettre>,
}

/// A letter.
#[derive(Clone, Debug, Serialize)]
pub struct Lettre {
    /// Town.
    pub commune: String,
    /// When, in words.
    pub quand: String,
    /// To whom.
    pub a: String,
    /// Subject.
    pub objet: String,
    /// Body, as text.
    pub corps: String,
}

impl Vue for PageCourrier {
    const GABARIT: &'static str = "courrier.html";

    fn samples() -> Vec<Self> {
        let lettre = Lettre {
            commune: "Ambreville".into(),
            quand: "jeudi 4 septembre".into(),
            a: "a@exemple.fr".into(),
            objet: "Votre <b>demande</b>".into(),
            corps: "Bonjour,\n<b>…</b>".into(),
        };
        Cadre::samples()
            .into_iter()
            .zip([vec![], vec![lettre]])
            .map(|(cadre, lettres)| Self { cadre, lettres })
            .collect()
    }
}
