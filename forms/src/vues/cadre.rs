//! What every page shows around its content.

use serde::Serialize;

/// Head, banner, navigation and foot of a page.
#[derive(Clone, Debug, Serialize)]
pub struct Cadre {
    /// Title of the page; also the last crumb.
    pub titre: String,
    /// Name of the site: the town's, or the product's.
    pub site: String,
    /// Version of the static files: it changes when they do.
    pub version: String,
    /// Path of this page.
    pub chemin: String,
    /// The town, once one is chosen.
    pub commune: Option<EnTete>,
    /// Who is logged in.
    pub utilisateur: Option<Utilisateur>,
    /// The demonstration's clock.
    pub demonstration: Option<Horloge>,
    /// Main navigation.
    pub onglets: Vec<Onglet>,
    /// Where one is; the current page excluded.
    pub fil: Vec<Lien>,
    /// What the previous act did.
    pub avis: Option<Avis>,
    /// Is it an agent who acts for a family at the counter?
    pub guichet: bool,
}

/// A town, as the head of its pages.
#[derive(Clone, Debug, Serialize)]
pub struct EnTete {
    /// First segment of its paths.
    pub slug: String,
    /// Name.
    pub nom: String,
    /// First letter, drawn in the shield.
    pub initiale: String,
    /// Version of its definition, for its style sheet.
    pub version: String,
    /// Links of `portail.liens`.
    pub liens: Vec<Lien>,
}

/// Who is logged in.
#[derive(Clone, Debug, Serialize)]
pub struct Utilisateur {
    /// Name shown.
    pub nom: String,
    /// Role shown, empty for a parent.
    pub role: String,
}

/// The demonstration's clock, in the town's zone.
#[derive(Clone, Debug, Serialize)]
pub struct Horloge {
    /// « jeudi 4 septembre 2025 à 5 h 59 ».
    pub instant: String,
    /// `2025-09-04`.
    pub date: String,
    /// `05:59:00`.
    pub heure: String,
}

/// An entry of the main navigation.
#[derive(Clone, Debug, Serialize)]
pub struct Onglet {
    /// Text.
    pub titre: String,
    /// Address.
    pub href: String,
    /// Is it where one is?
    pub actif: bool,
}

/// A link.
#[derive(Clone, Debug, Serialize)]
pub struct Lien {
    /// Text.
    pub titre: String,
    /// Address.
    pub href: String,
}

/// The tone of a message or of a state: it chooses a colour, never the meaning, which the text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Genre {
    /// Done, accepted.
    Succes,
    /// For information.
    Info,
    /// Something is asked.
    Alerte,
    /// Refused.
    Erreur,
}

/// What the previous act did.
#[derive(Clone, Debug, Serialize)]
pub struct Avis {
    /// Tone.
    pub genre: Genre,
    /// One sentence.
    pub texte: String,
}

impl Cadre {
    /// Frames that reach every branch of `base.html`; user texts hold HTML to prove that it is escaped.
    pub fn samples() -> Vec<Self> {
        let nu = Self {
            titre: "Accueil".into(),
            site: "Guichet".into(),
            version: "1".into(),
            chemin: "/".into(),
            commune: None,
            utilisateur: None,
            demonstration: None,
            onglets: vec![],
            fil: vec![],
            avis: None,
            guichet: false,
        };
        let lien = Lien { titre: "Accueil".into(), href: "/a/".into() };
        let plein = Self {
            commune: Some(EnTete {
                slug: "a".into(),
                nom: "Ambreville".into(),
                initiale: "A".into(),
                version: "2".into(),
                liens: vec![lien.clone()],
            }),
            utilisateur: Some(Utilisateur { nom: "<b>Alice</b>".into(), role: "agent".into() }),
            demonstration: Some(Horloge {
                instant: "jeudi 4 septembre 2025 à 5 h 59".into(),
                date: "2025-09-04".into(),
                heure: "05:59:00".into(),
            }),
            onglets: vec![
                Onglet { titre: "Accueil".into(), href: "/a/".into(), actif: true },
                Onglet { titre: "Réserver".into(), href: "/a/reservations".into(), actif: false },
            ],
            fil: vec![lien],
            avis: Some(Avis { genre: Genre::Succes, texte: "Enregistré.".into() }),
            guichet: true,
            ..nu.clone()
        };
        vec![nu, plein]
    }
}
