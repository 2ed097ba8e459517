//! A dossier and its tabs, for the family and for the agents: each is an address.

use serde::Serialize;

use super::cadre::{Cadre, Genre, Onglet};
use super::demarche::{
    ActionVue, Etape, Jalon, LigneRecap, PieceVue, SectionRecap, TexteVue, jalons, pieces,
};
use crate::formulaire::OptionVue;
use crate::gabarit::Vue;

/// What stands above every tab.
#[derive(Clone, Debug, Serialize)]
pub struct TeteDossier {
    /// Title.
    pub titre: String,
    /// Way through the procedure; empty once filed, and for an agent.
    pub jalons: Vec<Jalon>,
    /// Tabs; empty for a draft.
    pub onglets: Vec<Onglet>,
    /// Whom it is about; empty when it is about no child.
    pub sujet: String,
    /// « Dossier 2025-00042 »; empty before filing.
    pub numero: String,
    /// State in words; empty before filing.
    pub etat: String,
    /// Tone of the state.
    pub genre: Genre,
    /// Why the act just tried did not happen.
    pub refus: Vec<String>,
    /// Form token.
    pub jeton: String,
    /// Address of the dossier: its forms are posted below it.
    pub adresse: String,
    /// Is an agent reading?
    pub agent: bool,
}

/// The request: what was asked, what comes next, what one may do.
#[derive(Clone, Debug, Serialize)]
pub struct PageDossier {
    /// Frame.
    pub cadre: Cadre,
    /// Above the tabs.
    pub tete: TeteDossier,
    /// The reason given with the last act; empty when there is none.
    pub motif: String,
    /// What comes next, in one sentence.
    pub suite: String,
    /// The acknowledgement of receipt; empty before filing.
    pub accuse: Vec<LigneRecap>,
    /// Answers.
    pub sections: Vec<SectionRecap>,
    /// Documents.
    pub pieces: Vec<PieceVue>,
    /// The appointment, in words; empty when there is none.
    pub rendez_vous: String,
    /// What one may do.
    pub actions: Vec<ActionVue>,
    /// Reason typed with the act just tried.
    pub motif_saisi: String,
    /// Version of the dossier that this page shows.
    pub vue: i64,
    /// The children for whom it can be copied.
    pub freres: Vec<OptionVue>,
    /// May it be deleted?
    pub supprimable: bool,
}

/// Who filed.
#[derive(Clone, Debug, Serialize)]
pub struct PageDemandeur {
    /// Frame.
    pub cadre: Cadre,
    /// Above the tabs.
    pub tete: TeteDossier,
    /// What is known of them.
    pub lignes: Vec<LigneRecap>,
    /// How they prefer to be reached, proposed in a draft.
    pub contact: Option<ContactPrefere>,
    /// Next page of a draft; empty otherwise.
    pub suivant: String,
    /// Previous page of a draft; empty otherwise.
    pub precedent: String,
}

/// How somebody prefers to be reached.
#[derive(Clone, Debug, Serialize)]
pub struct ContactPrefere {
    /// The ways, with the one that they chose.
    pub options: Vec<OptionVue>,
    /// Where it is posted.
    pub action: String,
    /// Form token.
    pub jeton: String,
}

/// What happened.
#[derive(Clone, Debug, Serialize)]
pub struct PageHistorique {
    /// Frame.
    pub cadre: Cadre,
    /// Above the tabs.
    pub tete: TeteDossier,
    /// In order.
    pub chronologie: Vec<Etape>,
    /// Address of what comes after in the list, older; empty at the end.
    pub suite: String,
    /// Address of what is newer; empty on the first page.
    pub retour: String,
}

/// A message.
#[derive(Clone, Debug, Serialize)]
pub struct EchangeVue {
    /// Its rank.
    pub n: u32,
    /// Who wrote it.
    pub de: String,
    /// When, in words.
    pub quand: String,
    /// Its text; empty while the reader has not opened it.
    pub texte: String,
    /// Written by the reader's own side?
    pub de_moi: bool,
    /// Does it wait for the reader to open it?
    pub a_ouvrir: bool,
    /// « Lu », « Non lu ».
    pub lecture: String,
}

/// Messages both ways.
#[derive(Clone, Debug, Serialize)]
pub struct PageEchanges {
    /// Frame.
    pub cadre: Cadre,
    /// Above the tabs.
    pub tete: TeteDossier,
    /// The messages, the latest last.
    pub echanges: Vec<EchangeVue>,
    /// Address of older ones; empty when there are none.
    pub suite: String,
    /// Address of newer ones; empty when these are the latest.
    pub retour: String,
    /// What was typed, when it could not be sent.
    pub texte: String,
    /// What is wrong with it.
    pub erreur: String,
}

/// The documents of a dossier.
#[derive(Clone, Debug, Serialize)]
pub struct PagePieces {
    /// Frame.
    pub cadre: Cadre,
    /// Above the tabs.
    pub tete: TeteDossier,
    /// Documents.
    pub pieces: Vec<PieceVue>,
    /// Previous page of a draft; empty otherwise.
    pub precedent: String,
    /// Next page of a draft; empty otherwise.
    pub suivant: String,
    /// Accepted formats and size, in words.
    pub formats: String,
    /// Documents that an agent may ask for.
    pub demandables: Vec<OptionVue>,
    /// Texts that the agent may start from.
    pub textes: Vec<TexteVue>,
    /// What the agent typed, when it could not be sent.
    pub texte: String,
}

/// The slots of a day.
#[derive(Clone, Debug, Serialize)]
pub struct JourCreneaux {
    /// « jeudi 4 juillet 2024 ».
    pub jour: String,
    /// The slots that have a place.
    pub creneaux: Vec<OptionVue>,
}

/// The appointment of a dossier.
#[derive(Clone, Debug, Serialize)]
pub struct PageRendezVous {
    /// Frame.
    pub cadre: Cadre,
    /// Above the tabs.
    pub tete: TeteDossier,
    /// The one taken, in words; empty when there is none.
    pub pris: String,
    /// Until when it is held while the request is not sent, in words; empty when it is the family's own.
    pub tenu_jusqu_a: String,
    /// The one that was not held any longer, in words; empty when there is none.
    pub perdu: String,
    /// Where one goes.
    pub endroit: String,
    /// Must one be taken?
    pub obligatoire: bool,
    /// « tenu », « manqué »; empty before.
    pub constat: String,
    /// May one be taken or changed now?
    pub a_choisir: bool,
    /// The next days that have a place.
    pub jours: Vec<JourCreneaux>,
    /// Address of the calendar file; empty when no slot is taken.
    pub agenda: String,
    /// May an agent note whether it was held?
    pub a_constater: bool,
    /// Previous page of a draft; empty otherwise.
    pub precedent: String,
    /// Next page of a draft; empty otherwise.
    pub suivant: String,
}

/// `/{slug}/suivi/{jeton}`: somebody opens the secret link of a request.
#[derive(Clone, Debug, Serialize)]
pub struct PageLien {
    /// Frame.
    pub cadre: Cadre,
    /// Name of the procedure.
    pub demarche: String,
    /// Number of the request; empty for a draft.
    pub numero: String,
    /// Address of the link.
    pub adresse: String,
    /// Form token; empty when nobody has entered.
    pub jeton: String,
    /// Has a family entered its space: may the request join it?
    pub rattachable: bool,
}

impl TeteDossier {
    fn samples() -> [Self; 2] {
        let onglet = |titre: &str, actif| Onglet { titre: titre.into(), href: "/a/dossiers/1".into(), actif };
        let brouillon = Self {
            titre: "Inscription".into(),
            jalons: jalons(),
            onglets: vec![],
            sujet: String::new(),
            numero: String::new(),
            etat: String::new(),
            genre: Genre::Info,
            refus: vec![],
            jeton: "x".into(),
            adresse: "/a/dossiers/1".into(),
            agent: false,
        };
        let suivi = Self {
            jalons: vec![],
            onglets: vec![onglet("Demande", true), onglet("Échanges (1)", false)],
            sujet: "Pour <b>Léa</b>".into(),
            numero: "Dossier 2025-00001".into(),
            etat: "Déposée".into(),
            refus: vec!["Le motif est à remplir.".into()],
            agent: true,
            ..brouillon.clone()
        };
        [brouillon, suivi]
    }
}

/// Every frame with every head.
fn melange<V>(fait: impl Fn(Cadre, TeteDossier, bool) -> V) -> Vec<V> {
    let cadres = Cadre::samples();
    let tetes = || TeteDossier::samples().into_iter();
    cadres
        .into_iter()
        .flat_map(|c| tetes().map(move |t| (c.clone(), t)))
        .map(|(c, t)| {
            let plein = t.agent;
            fait(c, t, plein)
        })
        .collect()
}

fn si(plein: bool, texte: &str) -> String {
    if plein { texte.into() } else { String::new() }
}

fn options(plein: bool) -> Vec<OptionVue> {
    let une = || OptionVue { valeur: "v".into(), libelle: "<b>Tom</b>".into(), choisie: false };
    if plein { vec![une()] } else { vec![] }
}

fn textes(plein: bool) -> Vec<TexteVue> {
    let un = || TexteVue { nom: "Illisible".into(), texte: "Le document ne se lit pas.".into() };
    if plein { vec![un()] } else { vec![] }
}

impl Vue for PageDossier {
    const GABARIT: &'static str = "dossier.html";

    fn samples() -> Vec<Self> {
        melange(|cadre, tete, plein| Self {
            cadre,
            motif: si(plein, "Il manque <b>une page</b>."),
            suite: si(plein, "Réponse avant le 4 novembre 2025."),
            accuse: vec![LigneRecap { libelle: "Reçue".into(), valeur: "le 4".into() }],
            sections: [String::new(), "/a/dossiers/1/ecrans/1".to_owned()]
                .map(|modifier| SectionRecap {
                    titre: "L’enfant".into(),
                    lignes: vec![LigneRecap { libelle: "Nom".into(), valeur: "<b>Léa</b>".into() }],
                    modifier,
                })
                .into(),
            pieces: if plein { pieces() } else { vec![] },
            rendez_vous: si(plein, "jeudi 4 juillet 2024 à 9 h"),
            actions: [(false, false), (true, true)]
                .map(|(motif, danger)| ActionVue {
                    action: "a".into(),
                    nom: "Valider".into(),
                    motif,
                    danger,
                    textes: textes(plein),
                })
                .into(),
            motif_saisi: si(plein, "<b>"),
            vue: 3,
            freres: options(plein),
            supprimable: !plein,
            tete,
        })
    }
}

impl Vue for PageDemandeur {
    const GABARIT: &'static str = "suivi/demandeur.html";

    fn samples() -> Vec<Self> {
        melange(|cadre, tete, plein| Self {
            cadre,
            lignes: if plein {
                vec![LigneRecap { libelle: "Nom".into(), valeur: "<b>".into() }]
            } else {
                vec![]
            },
            contact: (!plein).then(|| ContactPrefere {
                options: [("courriel", true), ("telephone", false)]
                    .map(|(valeur, choisie)| OptionVue {
                        valeur: valeur.into(),
                        libelle: "<b>Par</b>".into(),
                        choisie,
                    })
                    .into(),
                action: "/a/dossiers/1/joindre".into(),
                jeton: "x".into(),
            }),
            suivant: si(!plein, "/a/dossiers/1/ecrans/1"),
            precedent: si(!plein, "/a/demarches/1"),
            tete,
        })
    }
}

impl Vue for PageHistorique {
    const GABARIT: &'static str = "suivi/historique.html";

    fn samples() -> Vec<Self> {
        melange(|cadre, tete, _| Self {
            cadre,
            chronologie: ["", "/a/dossiers/1/documents/1"]
                .map(|href| Etape {
                    quand: "jeudi 4 septembre".into(),
                    quoi: "<b>Déposée</b>".into(),
                    href: href.into(),
                })
                .into(),
            suite: si(tete.agent, "?page=3"),
            retour: si(tete.agent, "?page=1"),
            tete,
        })
    }
}

impl Vue for PageEchanges {
    const GABARIT: &'static str = "suivi/echanges.html";

    fn samples() -> Vec<Self> {
        let un = |de_moi: bool, a_ouvrir: bool| EchangeVue {
            n: 1,
            de: "Vous".into(),
            quand: "jeudi 4".into(),
            texte: si(!a_ouvrir, "<b>Bonjour</b>"),
            de_moi,
            a_ouvrir,
            lecture: "Non lu".into(),
        };
        melange(|cadre, tete, plein| Self {
            cadre,
            echanges: if plein { vec![un(true, false), un(false, true), un(false, false)] } else { vec![] },
            suite: si(plein, "?page=3"),
            retour: si(plein, "?page=1"),
            texte: si(plein, "<b>"),
            erreur: si(plein, "Écrivez votre message."),
            tete,
        })
    }
}

impl Vue for PagePieces {
    const GABARIT: &'static str = "pieces.html";

    fn samples() -> Vec<Self> {
        melange(|cadre, tete, plein| Self {
            cadre,
            pieces: pieces(),
            precedent: si(!plein, "/a/dossiers/1/ecrans/1"),
            suivant: si(!plein, "/a/dossiers/1"),
            formats: "PDF, JPEG ou PNG, 5 Mo au plus".into(),
            demandables: options(plein),
            textes: textes(plein),
            texte: si(plein, "<b>"),
            tete,
        })
    }
}

impl Vue for PageRendezVous {
    const GABARIT: &'static str = "suivi/rendez_vous.html";

    fn samples() -> Vec<Self> {
        melange(|cadre, tete, plein| Self {
            cadre,
            pris: si(plein, "jeudi 4 juillet 2024 à 9 h"),
            tenu_jusqu_a: si(plein, "10 h 15"),
            perdu: si(!plein, "jeudi 4 juillet 2024 à 9 h"),
            endroit: "Mairie".into(),
            obligatoire: plein,
            constat: si(plein, "tenu"),
            a_choisir: !plein,
            jours: if plein {
                vec![]
            } else {
                vec![JourCreneaux { jour: "jeudi 4".into(), creneaux: options(true) }]
            },
            agenda: si(plein, "/a/dossiers/1/rendez-vous.ics"),
            a_constater: plein,
            precedent: si(!plein, "/a/demarches/1"),
            suivant: si(!plein, "/a/dossiers/1/informations"),
            tete,
        })
    }
}

impl Vue for PageLien {
    const GABARIT: &'static str = "suivi/lien.html";

    fn samples() -> Vec<Self> {
        Cadre::samples()
            .into_iter()
            .zip([true, false])
            .map(|(cadre, plein)| Self {
                cadre,
                demarche: "Inscription".into(),
                numero: si(plein, "2025-00001"),
                adresse: "/a/suivi/0123".into(),
                jeton: si(plein, "x"),
                rattachable: plein,
            })
            .collect()
    }
}
