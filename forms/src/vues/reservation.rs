//! Booking a day for a child, and the booked days.

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
    /// Booking modes of the chosen service; empty where it has none.
    pub modes: Vec<OptionVue>,
    /// Chosen day, as typed; of several, one that `semaines` does not offer.
    pub jour: String,
    /// Several days were chosen.
    pub plusieurs: bool,
    /// Days to tick, by week.
    pub semaines: Vec<SemaineVue>,
    /// Of several days refused together, those that nothing refuses, as posted.
    pub possibles: Vec<String>,
    /// What is wrong in the form.
    pub erreurs: Vec<ErreurVue>,
    /// « Réservation impossible », « Annulation impossible »; empty when nothing is refused.
    pub refus_titre: String,
    /// The rules that refused, with when it was possible.
    pub refus: Vec<RefusVue>,
    /// What booking this day would give.
    pub devis: Option<Devis>,
    /// Booked days.
    pub reservees: Vec<ReservationVue>,
    /// Form token of the booking.
    pub jeton: String,
    /// Form token of a cancellation: another one, since each act has its own key.
    pub jeton_annulation: String,
    /// Where the form is posted.
    pub action: String,
}

/// Days of a week that may be ticked.
#[derive(Clone, Debug, Serialize)]
pub struct SemaineVue {
    /// « Semaine du 1 septembre 2025 »
    pub titre: String,
    /// In their order.
    pub jours: Vec<OptionVue>,
}

/// A refusal.
#[derive(Clone, Debug, Serialize)]
pub struct RefusVue {
    /// Of which day, when there are several; else empty.
    pub jour: String,
    /// What the parent reads: the rule, when it was possible, the next possible day.
    pub texte: String,
    /// The town's own text for it; empty when it has none.
    pub message: String,
    /// The rule, where it is written and the document that it comes from.
    pub regle: String,
}

/// What days would cost, before they are booked.
#[derive(Clone, Debug, Serialize)]
pub struct Devis {
    /// Day by day.
    pub lignes: Vec<LigneDevis>,
    /// « 4 jours : 14,00 € »; empty for one day.
    pub total: String,
    /// The child, as posted.
    pub enfant: String,
    /// The prestation, as posted.
    pub prestation: String,
    /// The mode, as posted; empty where there is none.
    pub mode: String,
    /// The days, as posted.
    pub jours: Vec<String>,
}

/// Deadline and price of a day.
#[derive(Clone, Debug, Serialize)]
pub struct LigneDevis {
    /// « Repas de Léa, jeudi 4 septembre 2025 ».
    pub objet: String,
    /// « avant le jeudi 4 septembre 2025 à 6 h »; empty when there is no limit.
    pub limite: String,
    /// « 3,50 € »
    pub prix: String,
    /// One French sentence.
    pub phrase: String,
    /// file:line.
    pub source: String,
    /// The document that it comes from.
    pub document: String,
}

/// A booked day.
#[derive(Clone, Debug, Serialize)]
pub struct ReservationVue {
    /// Identifier, for labels.
    pub id: String,
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
    /// file:line of the price; empty when no text gives it.
    pub source: String,
    /// What giving it back now means, and until when; shown with `annuler`.
    pub annulation: String,
    /// Where a cancellation is posted; empty when it can no longer be cancelled.
    pub annuler: String,
    /// Reasons that the town asks to choose among.
    pub motifs: Vec<OptionVue>,
}

impl Vue for PageReservations {
    const GABARIT: &'static str = "reservations.html";

    fn samples() -> Vec<Self> {
        let vide = |cadre| Self {
            cadre,
            enfants: vec![],
            prestations: vec![],
            modes: vec![],
            jour: String::new(),
            plusieurs: false,
            semaines: vec![],
            possibles: vec![],
            erreurs: vec![],
            refus_titre: String::new(),
            refus: vec![],
            devis: None,
            reservees: vec![],
            jeton: "x".into(),
            jeton_annulation: "y".into(),
            action: "/a/reservations".into(),
        };
        let options = || -> Vec<OptionVue> {
            [true, false]
                .map(|choisie| OptionVue { valeur: "1".into(), libelle: "<b>Léa</b>".into(), choisie })
                .into()
        };
        let ligne = |limite: &str| LigneDevis {
            objet: "Repas de <b>Léa</b>".into(),
            limite: limite.into(),
            prix: "3,50 €".into(),
            phrase: "Le quotient est 640.".into(),
            source: "a/baremes/repas.yaml:12".into(),
            document: "Délibération".into(),
        };
        let devis = |limite: &str| Devis {
            lignes: if limite.is_empty() { vec![ligne("")] } else { vec![ligne(limite), ligne("")] },
            total: if limite.is_empty() { String::new() } else { "2 jours : 7,00 €".into() },
            enfant: "1".into(),
            prestation: "repas".into(),
            mode: String::new(),
            jours: vec!["2025-09-04".into()],
        };
        let reservee = |annuler: &str| ReservationVue {
            id: "1".into(),
            objet: "Repas de <b>Léa</b>".into(),
            etat: "Réservé".into(),
            genre: Genre::Succes,
            prix: "3,50 €".into(),
            phrase: if annuler.is_empty() { String::new() } else { "Le quotient est 640.".into() },
            source: if annuler.is_empty() { String::new() } else { "a/baremes/repas.yaml:12".into() },
            annulation: "Sans frais avant 6 h.".into(),
            annuler: annuler.into(),
            motifs: if annuler.is_empty() { vec![] } else { options() },
        };
        let plein = |cadre, limite: &str, message: &str| Self {
            enfants: options(),
            prestations: options(),
            modes: if limite.is_empty() { vec![] } else { options() },
            jour: "2025-09-04".into(),
            erreurs: vec![ErreurVue { cible: "jour".into(), texte: "Jour : à choisir.".into() }],
            refus_titre: "Réservation impossible".into(),
            plusieurs: !limite.is_empty(),
            semaines: vec![SemaineVue { titre: "Semaine du 1 septembre".into(), jours: options() }],
            possibles: if limite.is_empty() { vec![] } else { vec!["2025-09-05".into()] },
            refus: vec![RefusVue {
                jour: if limite.is_empty() { String::new() } else { "Jeudi".into() },
                texte: "Trop tard.".into(),
                message: message.into(),
                regle: "delai".into(),
            }],
            devis: Some(devis(limite)),
            reservees: vec![reservee(""), reservee("/a/reservations/1/annulation")],
            ..vide(cadre)
        };
        Cadre::samples()
            .into_iter()
            .flat_map(|c| {
                let sans_devis = Self { devis: None, ..plein(c.clone(), "", "") };
                [
                    vide(c.clone()),
                    sans_devis,
                    plein(c.clone(), "", ""),
                    plein(c, "à 6 h", "Venez le chercher."),
                ]
            })
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
    /// Body, word by word with the blanks that follow.
    pub corps: Vec<Mot>,
}

/// A word of a letter.
#[derive(Clone, Debug, Serialize)]
pub struct Mot {
    /// As it is written, with the blank after it.
    pub texte: String,
    /// Is it an address that can be followed?
    pub lien: bool,
}

impl Mot {
    /// An address begins with its scheme.
    pub fn lit(texte: &str) -> Self {
        Self { texte: texte.to_owned(), lien: texte.starts_with("http://") || texte.starts_with("https://") }
    }
}

impl Vue for PageCourrier {
    const GABARIT: &'static str = "courrier.html";

    fn samples() -> Vec<Self> {
        let lettre = Lettre {
            commune: "Ambreville".into(),
            quand: "jeudi 4 septembre".into(),
            a: "a@exemple.fr".into(),
            objet: "Votre <b>demande</b>".into(),
            corps: ["Bonjour,\n", "<b>…</b> ", "https://exemple.fr/a\n"].map(Mot::lit).to_vec(),
        };
        Cadre::samples()
            .into_iter()
            .zip([vec![], vec![lettre]])
            .map(|(cadre, lettres)| Self { cadre, lettres })
            .collect()
    }
}
