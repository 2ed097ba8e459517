//! Pages of accounts: asked for, activated, entered, changed.

use serde::Serialize;

use super::cadre::{Cadre, Lien};
use crate::formulaire::{ChampVue, ErreurVue, Rendu};
use crate::gabarit::Vue;

/// `/{slug}/compte/creation`
#[derive(Clone, Debug, Serialize)]
pub struct PageCreation {
    /// Frame.
    pub cadre: Cadre,
    /// The steps, in the town's order.
    pub sections: Vec<SectionCompte>,
    /// Terms of use.
    pub cgu: CguVues,
    /// Error summary.
    pub erreurs: Vec<ErreurVue>,
    /// When this page was made, sealed.
    pub depart: String,
    /// The fields of the page.
    pub affiches: String,
    /// Where to send it.
    pub action: String,
    /// How long the link of the letter opens: « 24 heures ».
    pub delai: String,
}

/// A step of the creation.
#[derive(Clone, Debug, Serialize)]
pub struct SectionCompte {
    /// 1, 2…
    pub numero: usize,
    /// `identite`
    pub id: String,
    /// Title.
    pub titre: String,
    /// A sentence under it; empty = none.
    pub aide: String,
    /// Fields.
    pub champs: Vec<ChampVue>,
}

/// Terms of use, whole.
#[derive(Clone, Debug, Serialize)]
pub struct CguVues {
    /// Number of its section; 0 = without one.
    pub numero: usize,
    /// Their version, also what the box sends.
    pub version: String,
    /// Titles and paragraphs, in order.
    pub blocs: Vec<BlocDeTexte>,
    /// Are they accepted?
    pub acceptees: bool,
    /// What is wrong.
    pub erreur: String,
}

/// A title or a paragraph.
#[derive(Clone, Debug, Serialize)]
pub struct BlocDeTexte {
    /// Is it a title?
    pub titre: bool,
    /// Its text.
    pub texte: String,
}

impl CguVues {
    /// From a town's text: titles begin with `#`, paragraphs are separated by empty lines.
    pub fn nouvelles(version: &str, texte: &str) -> Self {
        let bloc = |b: &str| {
            let nu = b.trim_start_matches('#');
            BlocDeTexte { titre: nu.len() < b.len(), texte: nu.trim().to_owned() }
        };
        let blocs = texte.split("\n\n").map(str::trim).filter(|b| !b.is_empty()).map(bloc);
        // the page has its own title for them
        let blocs = blocs.skip_while(|b| b.titre).collect();
        Self { numero: 0, version: version.to_owned(), blocs, acceptees: false, erreur: String::new() }
    }
}

/// A page with one form, or only words.
#[derive(Clone, Debug, Serialize)]
pub struct PageCompte {
    /// Frame.
    pub cadre: Cadre,
    /// Title.
    pub titre: String,
    /// What it is about, a paragraph each.
    pub textes: Vec<String>,
    /// Error summary.
    pub erreurs: Vec<ErreurVue>,
    /// Fields.
    pub champs: Vec<ChampVue>,
    /// Fields that one may open: their title, and they; empty title = none.
    pub autre_titre: String,
    /// Those fields.
    pub autres: Vec<ChampVue>,
    /// Terms of use to accept here.
    pub cgu: Option<CguVues>,
    /// Hidden inputs: name and value.
    pub caches: Vec<(String, String)>,
    /// Where to send it; empty = there is no form.
    pub action: String,
    /// Label of its button.
    pub bouton: String,
    /// Where else to go.
    pub liens: Vec<Lien>,
}

/// `/{slug}/compte`
#[derive(Clone, Debug, Serialize)]
pub struct PageMonCompte {
    /// Frame.
    pub cadre: Cadre,
    /// What is known of it: label and text.
    pub fiche: Vec<(String, String)>,
    /// The changes that one may make.
    pub changements: Vec<Changement>,
    /// Error summary.
    pub erreurs: Vec<ErreurVue>,
    /// Open sessions.
    pub sessions: Vec<SessionVue>,
    /// Form token.
    pub jeton: String,
    /// Address of the page.
    pub adresse: String,
    /// Whether a code is asked after the password, where one may choose; empty = one may not.
    pub code: String,
}

/// A change of one's account.
#[derive(Clone, Debug, Serialize)]
pub struct Changement {
    /// `mot-de-passe`
    pub id: String,
    /// Title.
    pub titre: String,
    /// What it does.
    pub texte: String,
    /// Fields.
    pub champs: Vec<ChampVue>,
    /// Label of its button.
    pub bouton: String,
    /// Is it open: something in it is wrong?
    pub ouvert: bool,
}

/// An open session.
#[derive(Clone, Debug, Serialize)]
pub struct SessionVue {
    /// « ouverte le … »
    pub ouverte: String,
    /// « vue le … »; empty = not since it was opened.
    pub vue: String,
    /// Is it this one?
    pub ici: bool,
}

fn champ(erreur: &str) -> ChampVue {
    let erreurs = [engine::demarche::ErreurChamp { champ: "nom".into(), motif: erreur.into() }];
    ChampVue::seul(
        ("nom", "Nom"),
        Rendu::Password,
        ("Aide", "new-password"),
        if erreur.is_empty() { &[] } else { &erreurs },
    )
}

fn cgu(plein: bool) -> CguVues {
    let mut cgu = CguVues::nouvelles("2025-07", "# Conditions\n\nUn <b>paragraphe</b>.\n\n## Vos droits");
    cgu.numero = usize::from(plein);
    cgu.acceptees = plein;
    cgu.erreur = if plein { "À accepter.".into() } else { String::new() };
    cgu
}

fn erreurs(plein: bool) -> Vec<ErreurVue> {
    if plein { vec![ErreurVue { cible: "c-nom".into(), texte: "Nom : manque".into() }] } else { vec![] }
}

impl Vue for PageCreation {
    const GABARIT: &'static str = "compte/creation.html";

    fn samples() -> Vec<Self> {
        let un = |(cadre, plein): (Cadre, bool)| Self {
            cadre,
            sections: vec![SectionCompte {
                numero: 1,
                id: "identite".into(),
                titre: "Votre identité".into(),
                aide: if plein { "Aide".into() } else { String::new() },
                champs: vec![champ(""), champ("manque")],
            }],
            cgu: cgu(plein),
            erreurs: erreurs(plein),
            depart: "1.2.3".into(),
            affiches: "nom".into(),
            action: "/a/compte/creation".into(),
            delai: "24 heures".into(),
        };
        Cadre::samples().into_iter().zip([false, true]).map(un).collect()
    }
}

impl Vue for PageCompte {
    const GABARIT: &'static str = "compte/formulaire.html";

    fn samples() -> Vec<Self> {
        let lien = Lien { titre: "Mot de passe oublié".into(), href: "/a/compte/oubli".into() };
        let un = |(cadre, plein): (Cadre, bool)| Self {
            cadre,
            titre: "Entrer".into(),
            textes: if plein { vec!["Un <b>mot</b>.".into()] } else { vec![] },
            erreurs: erreurs(plein),
            champs: if plein { vec![champ("manque")] } else { vec![] },
            autre_titre: if plein { "Autre chose".into() } else { String::new() },
            autres: if plein { vec![champ("")] } else { vec![] },
            cgu: plein.then(|| cgu(true)),
            caches: if plein { vec![("_jeton".into(), "x".into())] } else { vec![] },
            action: if plein { "/a/connexion".into() } else { String::new() },
            bouton: "Entrer".into(),
            liens: if plein { vec![lien.clone()] } else { vec![] },
        };
        Cadre::samples().into_iter().zip([false, true]).map(un).collect()
    }
}

impl Vue for PageMonCompte {
    const GABARIT: &'static str = "compte/espace.html";

    fn samples() -> Vec<Self> {
        let changement = |ouvert| Changement {
            id: "mot-de-passe".into(),
            titre: "Mot de passe".into(),
            texte: if ouvert { "Vos autres appareils sont déconnectés.".into() } else { String::new() },
            champs: vec![champ("")],
            bouton: "Changer".into(),
            ouvert,
        };
        let session = |ici| SessionVue {
            ouverte: "lundi".into(),
            vue: if ici { "mardi".into() } else { String::new() },
            ici,
        };
        let un = |(cadre, plein): (Cadre, bool)| Self {
            cadre,
            fiche: if plein { vec![("Adresse".into(), "<b>a</b>".into())] } else { vec![] },
            changements: if plein { vec![changement(true), changement(false)] } else { vec![] },
            erreurs: erreurs(plein),
            sessions: if plein { vec![session(true), session(false)] } else { vec![] },
            jeton: "x".into(),
            adresse: "/a/compte".into(),
            code: if plein { "Un code est demandé.".into() } else { String::new() },
        };
        Cadre::samples().into_iter().zip([false, true]).map(un).collect()
    }
}
