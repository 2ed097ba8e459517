//! The household's page.

use serde::Serialize;

use super::cadre::{Cadre, Genre, Lien};
use super::compte::CguVues;
use super::public::{ContactAffiche, ResumeDossier};
use crate::formulaire::ErreurVue;
use crate::gabarit::Vue;

/// `/{slug}/foyer`
#[derive(Clone, Debug, Serialize)]
pub struct PageFoyer {
    /// Frame.
    pub cadre: Cadre,
    /// What is known of the household itself.
    pub foyer: Vec<FaitVu>,
    /// Who is in it.
    pub membres: Vec<MembreVu>,
    /// Requests under way that add or take away somebody.
    pub demandes: Vec<ResumeDossier>,
    /// Procedures that add somebody.
    pub ajouter: Vec<Lien>,
    /// Procedures that take somebody away.
    pub retirer: Vec<Lien>,
    /// Who takes somebody away: « … la mairie le fait pour vous … ».
    pub retrait: String,
}

/// Somebody of the household.
#[derive(Clone, Debug, Serialize)]
pub struct MembreVu {
    /// First and family names.
    pub nom: String,
    /// « Vous », « Enfant », « Autre responsable », « Contact ».
    pub role: String,
    /// Another guardian's own affairs are not shown.
    pub reserve: bool,
    /// One sentence about their sheet: recognised, or asked of the service; empty when there is nothing to say.
    pub note: String,
    /// What they may, or may not, do for each child, in sentences.
    pub droits: Vec<String>,
    /// What is known of them.
    pub faits: Vec<FaitVu>,
}

/// Something known.
#[derive(Clone, Debug, Serialize)]
pub struct FaitVu {
    /// Label.
    pub libelle: String,
    /// What it is worth today.
    pub valeur: String,
    /// Who said it, when, until when.
    pub detail: String,
}

/// `/{slug}/verification`: what was taken over from another program, looked at once.
#[derive(Clone, Debug, Serialize)]
pub struct PageVerification {
    /// Frame.
    pub cadre: Cadre,
    /// What is known of the household itself.
    pub foyer: Vec<FaitVu>,
    /// Who is in it.
    pub membres: Vec<MembreVu>,
    /// Procedures that correct something: their title, and their id in place of an address.
    pub corrections: Vec<Lien>,
    /// Who takes somebody away; empty where the family does.
    pub retrait: String,
    /// Whom to write to for what no procedure corrects.
    pub contacts: Vec<ContactAffiche>,
    /// Terms of use to accept here.
    pub cgu: Option<CguVues>,
    /// Error summary.
    pub erreurs: Vec<ErreurVue>,
    /// Form token.
    pub jeton: String,
    /// Where to send it.
    pub action: String,
}

impl Vue for PageVerification {
    const GABARIT: &'static str = "compte/verification.html";

    fn samples() -> Vec<Self> {
        let un = |(cadre, plein): (Cadre, bool)| {
            let foyer = PageFoyer::samples().into_iter().find(|f| f.membres.is_empty() != plein);
            let (foyer, membres) = foyer.map(|f| (f.foyer, f.membres)).unwrap_or_default();
            let mut cgu = CguVues::nouvelles("2025-07", "# Conditions\n\nUn <b>paragraphe</b>.");
            cgu.erreur = "À accepter.".into();
            let contact = ContactAffiche { nom: "Enfance".into(), lignes: vec!["a@exemple.fr".into()] };
            let lien = Lien { titre: "Changer d’<b>adresse</b>".into(), href: "adresse".into() };
            Self {
                cadre,
                foyer,
                membres,
                corrections: if plein { vec![lien] } else { vec![] },
                retrait: if plein { "Le service le fait.".into() } else { String::new() },
                contacts: vec![contact],
                erreurs: if plein {
                    vec![ErreurVue { cible: "c-cgu".into(), texte: cgu.erreur.clone() }]
                } else {
                    vec![]
                },
                cgu: plein.then_some(cgu),
                jeton: "x".into(),
                action: "/a/verification".into(),
            }
        };
        Cadre::samples().into_iter().zip([true, false]).map(un).collect()
    }
}

impl Vue for PageFoyer {
    const GABARIT: &'static str = "foyer.html";

    fn samples() -> Vec<Self> {
        let fait = FaitVu {
            libelle: "Quotient familial".into(),
            valeur: "<b>640</b>".into(),
            detail: "Lu sur votre document le 1 septembre 2025".into(),
        };
        let membre = |role: &str, reserve| MembreVu {
            nom: "<i>Camille</i> Durand".into(),
            role: role.into(),
            reserve,
            note: if reserve { "<b>Vérifié</b>".into() } else { String::new() },
            droits: if reserve { vec![] } else { vec!["Peut <b>venir</b>".into()] },
            faits: if reserve { vec![] } else { vec![fait.clone()] },
        };
        let demande = ResumeDossier {
            href: "/a/dossiers/1".into(),
            titre: "Déclarer votre entourage".into(),
            detail: "Dossier 2025-00001".into(),
            etat: "Demande déposée".into(),
            genre: Genre::Info,
            non_lus: 0,
            supprimer: String::new(),
        };
        let lien = Lien { titre: "Déclarer votre entourage".into(), href: "/a/demarches/entourage".into() };
        Cadre::samples()
            .into_iter()
            .zip([true, false])
            .map(|(cadre, plein)| Self {
                cadre,
                foyer: if plein { vec![fait.clone()] } else { vec![] },
                membres: if plein {
                    vec![membre("Vous", false), membre("Autre responsable", true)]
                } else {
                    vec![]
                },
                demandes: if plein { vec![demande.clone()] } else { vec![] },
                ajouter: if plein { vec![lien.clone()] } else { vec![] },
                retirer: if plein { vec![lien.clone()] } else { vec![] },
                retrait: if plein {
                    "Seul le service peut retirer une personne.".into()
                } else {
                    String::new()
                },
            })
            .collect()
    }
}
