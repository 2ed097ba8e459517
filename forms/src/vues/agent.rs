//! The agents' desk.

use serde::Serialize;

use super::cadre::{Cadre, Genre, Onglet};
use super::demarche::{ActionVue, SectionRecap, TexteVue};
use crate::gabarit::Vue;

/// `/{slug}/agent/`: what waits for an answer, by service.
#[derive(Clone, Debug, Serialize)]
pub struct PageTravail {
    /// Frame.
    pub cadre: Cadre,
    /// How many letters, calls, documents could not be delivered.
    pub envois: usize,
    /// Their page.
    pub href_envois: String,
    /// Households where two sheets may be one person.
    pub foyers: Vec<super::Lien>,
    /// Services, in the town's order; one that has nothing to do is not shown.
    pub services: Vec<ServiceTravail>,
    /// Procedures whose decided files may be read.
    pub decidees: Vec<TravailEtape>,
    /// The number that was looked for, when no file has it.
    pub introuvable: String,
}

/// What waits in a service.
#[derive(Clone, Debug, Serialize)]
pub struct ServiceTravail {
    /// Name.
    pub nom: String,
    /// Étapes that hold files.
    pub etapes: Vec<TravailEtape>,
}

/// What waits in an étape.
#[derive(Clone, Debug, Serialize)]
pub struct TravailEtape {
    /// Its list.
    pub href: String,
    /// Procedure.
    pub demarche: String,
    /// Étape.
    pub etape: String,
    /// How many files.
    pub nombre: i64,
    /// Age of the oldest, in words.
    pub age: String,
    /// Earliest day on which silence becomes an answer, in words; empty when none runs.
    pub limite: String,
    /// Tone of that day.
    pub genre: Genre,
}

/// The files of an étape.
#[derive(Clone, Debug, Serialize)]
pub struct PageListe {
    /// Frame.
    pub cadre: Cadre,
    /// Procedure and étape.
    pub titre: String,
    /// Files.
    pub lignes: Vec<LigneTravail>,
    /// What may be done to several at once.
    pub actions: Vec<ActionVue>,
    /// Form token; empty when nothing may be done.
    pub jeton: String,
    /// Where a bulk act is prepared.
    pub action: String,
    /// Next page; empty on the last.
    pub suite: String,
}

/// A file in a list.
#[derive(Clone, Debug, Serialize)]
pub struct LigneTravail {
    /// Identifier.
    pub id: String,
    /// Address.
    pub href: String,
    /// Number.
    pub numero: String,
    /// Whom it is about.
    pub sujet: String,
    /// Age in the étape, in words.
    pub age: String,
    /// Day on which silence becomes an answer; empty when none runs.
    pub limite: String,
    /// Tone of that day.
    pub genre: Genre,
    /// Who has it in charge, in words.
    pub charge: String,
    /// State in words.
    pub etat: String,
}

/// A bulk act: what it would do, then what it did.
#[derive(Clone, Debug, Serialize)]
pub struct PageLot {
    /// Frame.
    pub cadre: Cadre,
    /// Title.
    pub titre: String,
    /// File by file.
    pub lignes: Vec<LigneLot>,
    /// How many it concerns, in words.
    pub bilan: String,
    /// The action.
    pub acte: String,
    /// Its name.
    pub acte_nom: String,
    /// The reason given.
    pub motif: String,
    /// Form token; empty once it is done, or when nothing can be.
    pub jeton: String,
    /// Where it is confirmed.
    pub action: String,
    /// Back to the list.
    pub retour: String,
}

/// A file of a bulk act.
#[derive(Clone, Debug, Serialize)]
pub struct LigneLot {
    /// Identifier; empty when it is left out.
    pub id: String,
    /// Its page.
    pub href: String,
    /// Number.
    pub numero: String,
    /// Whom it is about.
    pub sujet: String,
    /// What becomes of it.
    pub resultat: String,
    /// Tone.
    pub genre: Genre,
}

/// A file, as those who examine it see it.
#[derive(Clone, Debug, Serialize)]
pub struct PageInstruction {
    /// Frame.
    pub cadre: Cadre,
    /// Procedure.
    pub titre: String,
    /// « Dossier 2025-00042 ».
    pub numero: String,
    /// State in words.
    pub etat: String,
    /// Tone of the state.
    pub genre: Genre,
    /// The other pages of the file; empty when it has no other.
    pub onglets: Vec<Onglet>,
    /// What the agent must know first: about whom, by whom, until when, in charge of whom.
    pub fiche: Vec<(String, String)>,
    /// The last reason given.
    pub motif: String,
    /// Answers.
    pub sections: Vec<SectionRecap>,
    /// Documents.
    pub pieces: Vec<PieceInstruite>,
    /// What the state machine allows this agent.
    pub actions: Vec<ActionVue>,
    /// A sentence that says what is missing, to start a request from; empty when nothing is.
    pub demande: String,
    /// A refusal of the act that was just tried.
    pub refus: Vec<String>,
    /// Reason typed with it.
    pub motif_saisi: String,
    /// Opinions of agents, in order: when and for or against, why.
    pub avis: Vec<(String, String)>,
    /// May one give an opinion now?
    pub avis_possible: bool,
    /// Opinion typed with what is refused.
    pub avis_saisi: String,
    /// What happened, the last first.
    pub historique: Vec<Passage>,
    /// Address of what is older; empty at the end.
    pub historique_suite: String,
    /// Address of what is newer; empty on the first page.
    pub historique_retour: String,
    /// « prendre », « rendre », or empty: what may be done of its charge.
    pub charge: String,
    /// Form token.
    pub jeton: String,
    /// Address of the file, where acts are posted below.
    pub adresse: String,
}

/// A document, to be verified.
#[derive(Clone, Debug, Serialize)]
pub struct PieceInstruite {
    /// Id.
    pub piece: String,
    /// Name.
    pub nom: String,
    /// State in words.
    pub etat: String,
    /// Tone.
    pub genre: Genre,
    /// When it came, in words; empty when it did not.
    pub recue: String,
    /// Its files: text and address.
    pub fichiers: Vec<(String, String)>,
    /// May the agent say whether it is right?
    pub a_verifier: bool,
    /// Is it not said to be right yet?
    pub a_accepter: bool,
    /// When it came: what is judged is what was seen.
    pub vue: String,
}

/// Something that happened.
#[derive(Clone, Debug, Serialize)]
pub struct Passage {
    /// When.
    pub quand: String,
    /// Who.
    pub qui: String,
    /// What.
    pub quoi: String,
    /// The document that it is about; empty = none.
    pub href: String,
}

/// The counter: whom the agent acts for.
#[derive(Clone, Debug, Serialize)]
pub struct PageGuichet {
    /// Frame.
    pub cadre: Cadre,
    /// The name typed.
    pub recherche: String,
    /// Was something looked for?
    pub cherche: bool,
    /// Families found.
    pub familles: Vec<FamilleTrouvee>,
    /// Are there more of that name?
    pub encore: bool,
    /// Form token.
    pub jeton: String,
    /// Where forms are posted.
    pub action: String,
}

/// A family found.
#[derive(Clone, Debug, Serialize)]
pub struct FamilleTrouvee {
    /// The person to act for.
    pub personne: String,
    /// Their household.
    pub foyer: String,
    /// Their name.
    pub nom: String,
    /// Their children's first names.
    pub enfants: String,
}

fn etape(limite: &str, genre: Genre) -> TravailEtape {
    TravailEtape {
        href: "/a/agent/etapes/i/deposee".into(),
        demarche: "Inscription".into(),
        etape: "Déposée".into(),
        nombre: 3,
        age: "depuis 12 jours".into(),
        limite: limite.into(),
        genre,
    }
}

fn acte(motif: bool) -> ActionVue {
    ActionVue {
        action: "valider".into(),
        nom: "Valider".into(),
        motif,
        danger: motif,
        textes: if motif {
            vec![TexteVue { nom: "Illisible".into(), texte: "Il ne se lit pas.".into() }]
        } else {
            vec![]
        },
    }
}

impl Vue for PageTravail {
    const GABARIT: &'static str = "agent/travail.html";

    fn samples() -> Vec<Self> {
        let etapes = vec![etape("", Genre::Info), etape("4 novembre 2025", Genre::Alerte)];
        let service = ServiceTravail { nom: "Affaires <b>scolaires</b>".into(), etapes: etapes.clone() };
        Cadre::samples()
            .into_iter()
            .zip([(0, vec![], vec![], ""), (1, vec![service], etapes, "<b>12</b>")])
            .map(|(cadre, (envois, services, decidees, introuvable))| Self {
                cadre,
                envois,
                href_envois: "/a/agent/envois".into(),
                foyers: if envois > 0 {
                    vec![super::Lien { titre: "<b>Durand</b>".into(), href: "/a/agent/foyers/1".into() }]
                } else {
                    vec![]
                },
                services,
                decidees,
                introuvable: introuvable.into(),
            })
            .collect()
    }
}

impl Vue for PageListe {
    const GABARIT: &'static str = "agent/liste.html";

    fn samples() -> Vec<Self> {
        let ligne = |limite: &str, charge: &str| LigneTravail {
            id: "1".into(),
            href: "/a/agent/dossiers/1".into(),
            numero: "2025-00001".into(),
            sujet: "<b>Léa</b>".into(),
            age: "depuis 2 jours".into(),
            limite: limite.into(),
            genre: Genre::Erreur,
            charge: charge.into(),
            etat: "Déposée".into(),
        };
        Cadre::samples()
            .into_iter()
            .zip([
                (vec![], vec![], "", ""),
                (
                    vec![ligne("", ""), ligne("4 novembre", "vous")],
                    vec![acte(false), acte(true)],
                    "x",
                    "/a/agent/?apres=1",
                ),
            ])
            .map(|(cadre, (lignes, actions, jeton, suite))| Self {
                cadre,
                titre: "Inscription : déposée".into(),
                lignes,
                actions,
                jeton: jeton.into(),
                action: "/a/agent/lot".into(),
                suite: suite.into(),
            })
            .collect()
    }
}

impl Vue for PageLot {
    const GABARIT: &'static str = "agent/lot.html";

    fn samples() -> Vec<Self> {
        let ligne = |id: &str| LigneLot {
            id: id.into(),
            href: "/a/agent/dossiers/1".into(),
            numero: "2025-00001".into(),
            sujet: "<b>Léa</b>".into(),
            resultat: "Il manque une pièce.".into(),
            genre: Genre::Erreur,
        };
        Cadre::samples()
            .into_iter()
            .zip([("", ""), ("x", "<b>motif</b>")])
            .map(|(cadre, (jeton, motif))| Self {
                cadre,
                titre: "Valider 2 dossiers".into(),
                lignes: vec![ligne("1"), ligne("")],
                bilan: "1 dossier sur 2".into(),
                acte: "valider".into(),
                acte_nom: "Valider".into(),
                motif: motif.into(),
                jeton: jeton.into(),
                action: "/a/agent/lot/confirme".into(),
                retour: "/a/agent/".into(),
            })
            .collect()
    }
}

impl Vue for PageInstruction {
    const GABARIT: &'static str = "agent/dossier.html";

    fn samples() -> Vec<Self> {
        let vide = |cadre| Self {
            cadre,
            titre: "Inscription".into(),
            numero: "Dossier 2025-00001".into(),
            etat: "Déposée".into(),
            genre: Genre::Info,
            onglets: vec![Onglet { titre: "Échanges".into(), href: "/a".into(), actif: false }],
            fiche: vec![],
            motif: String::new(),
            sections: vec![],
            pieces: vec![],
            actions: vec![],
            demande: String::new(),
            refus: vec![],
            motif_saisi: String::new(),
            avis: vec![],
            avis_possible: false,
            avis_saisi: String::new(),
            historique: vec![],
            historique_suite: String::new(),
            historique_retour: String::new(),
            charge: String::new(),
            jeton: "x".into(),
            adresse: "/a/agent/dossiers/1".into(),
        };
        let piece = |a_verifier: bool| PieceInstruite {
            piece: format!("p{a_verifier}"),
            nom: "Livret".into(),
            etat: "reçue".into(),
            genre: Genre::Info,
            recue: if a_verifier { "le 4 septembre" } else { "" }.into(),
            fichiers: vec![("Fichier 1".into(), "/a/agent/dossiers/1/pieces/p/1".into())],
            a_verifier,
            a_accepter: a_verifier,
            vue: "1".into(),
        };
        let plein = |cadre, charge: &str, motif_saisi: &str| Self {
            fiche: vec![("Enfant".into(), "<b>Léa</b>".into())],
            motif: "<b>Il manque une page.</b>".into(),
            sections: vec![SectionRecap {
                titre: "L’enfant".into(),
                lignes: vec![super::LigneRecap { libelle: "Nom".into(), valeur: "<b>Léa</b>".into() }],
                modifier: String::new(),
            }],
            pieces: vec![piece(true), PieceInstruite { a_accepter: false, ..piece(true) }, piece(false)],
            actions: vec![acte(false), acte(true)],
            demande: "Il manque : livret.".into(),
            refus: vec!["Le motif est à remplir.".into()],
            motif_saisi: motif_saisi.into(),
            historique_suite: "?page=3".into(),
            historique_retour: "?page=1".into(),
            avis: vec![("Avis favorable, jeudi".into(), "Une <b>place</b>".into())],
            avis_possible: true,
            avis_saisi: "<b>".into(),
            historique: vec![Passage {
                quand: "jeudi".into(),
                qui: "la famille".into(),
                quoi: "dépôt".into(),
                href: "/a/agent/dossiers/1/documents/1".into(),
            }],
            charge: charge.into(),
            ..vide(cadre)
        };
        Cadre::samples()
            .into_iter()
            .flat_map(|c| [vide(c.clone()), plein(c.clone(), "prendre", ""), plein(c, "rendre", "<b>")])
            .collect()
    }
}

impl Vue for PageGuichet {
    const GABARIT: &'static str = "agent/guichet.html";

    fn samples() -> Vec<Self> {
        let famille = FamilleTrouvee {
            personne: "1".into(),
            foyer: "2".into(),
            nom: "<b>Durand</b>".into(),
            enfants: "Léa, Tom".into(),
        };
        let sans = FamilleTrouvee { enfants: String::new(), ..famille.clone() };
        let page = |cadre, cherche, familles| Self {
            cadre,
            recherche: "<b>du</b>".into(),
            cherche,
            familles,
            encore: cherche,
            jeton: "x".into(),
            action: "/a/agent/guichet".into(),
        };
        Cadre::samples()
            .into_iter()
            .flat_map(|c| {
                [
                    page(c.clone(), false, vec![]),
                    page(c.clone(), true, vec![]),
                    page(c, true, vec![famille.clone(), sans.clone()]),
                ]
            })
            .collect()
    }
}
