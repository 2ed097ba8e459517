//! Pages that anybody may read.

use serde::Serialize;

use super::cadre::{Cadre, Genre, Lien};
use crate::gabarit::Vue;

/// `/`: the towns.
#[derive(Clone, Debug, Serialize)]
pub struct Accueil {
    /// Frame.
    pub cadre: Cadre,
    /// Towns that are served.
    pub communes: Vec<CommuneServie>,
    /// Folders that are not, with the reason.
    pub refusees: Vec<Refusee>,
}

/// A town that is served.
#[derive(Clone, Debug, Serialize)]
pub struct CommuneServie {
    /// First segment of its paths.
    pub slug: String,
    /// Name.
    pub nom: String,
    /// Its services in one line.
    pub resume: String,
}

/// A folder that is not served.
#[derive(Clone, Debug, Serialize)]
pub struct Refusee {
    /// Folder.
    pub slug: String,
    /// Why, and what to do.
    pub raison: String,
}

impl Vue for Accueil {
    const GABARIT: &'static str = "accueil.html";

    fn samples() -> Vec<Self> {
        let servie = CommuneServie {
            slug: "a".into(),
            nom: "Ambreville".into(),
            resume: "Restauration, garderie".into(),
        };
        let refusee = Refusee { slug: "b".into(), raison: "3 erreurs".into() };
        Cadre::samples()
            .into_iter()
            .zip([(vec![], vec![]), (vec![servie], vec![refusee])])
            .map(|(cadre, (communes, refusees))| Self { cadre, communes, refusees })
            .collect()
    }
}

/// `/{slug}/`: a town's home.
#[derive(Clone, Debug, Serialize)]
pub struct PageCommune {
    /// Frame.
    pub cadre: Cadre,
    /// May one enter, or ask for an account, from here?
    pub entrees: bool,
    /// Demonstration logins; empty once logged in.
    pub connexions: Vec<Connexion>,
    /// The reader's own latest files.
    pub dossiers: Vec<ResumeDossier>,
    /// Their appointments that come, the nearest first.
    pub rendez_vous: Vec<Lien>,
    /// Address of all of them; empty for whoever has no household.
    pub toutes: String,
    /// What was typed to find a procedure.
    pub cherche: String,
    /// What was found, in one sentence; empty when nothing was looked for.
    pub trouve: String,
    /// Procedures: those that were found, or all of them.
    pub tuiles: Vec<Tuile>,
    /// Why some are closed to this family, for as long as the town does not know it.
    pub attente: Option<Attente>,
    /// The spaces of partners, linked or to be linked.
    pub autres_espaces: Vec<Tuile>,
    /// Where somebody who has no space yet is told which way in; empty when it is not asked.
    pub premiere_visite: String,
    /// Services of the town hall.
    pub contacts: Vec<ContactAffiche>,
}

/// A family that the town does not know yet.
#[derive(Clone, Debug, Serialize)]
pub struct Attente {
    /// What it waits for.
    pub texte: String,
    /// Why the service said no; empty while it has not answered.
    pub motif: String,
    /// Where it is recognised at once: by its key, or by a partner's account.
    pub liens: Vec<Lien>,
}

/// A demonstration login.
#[derive(Clone, Debug, Serialize)]
pub struct Connexion {
    /// Account.
    pub identifiant: String,
    /// Text of the button.
    pub libelle: String,
    /// An agent's?
    pub agent: bool,
}

/// A file, in a list.
#[derive(Clone, Debug, Serialize)]
pub struct ResumeDossier {
    /// Address.
    pub href: String,
    /// What it asks.
    pub titre: String,
    /// Number, date.
    pub detail: String,
    /// State in words.
    pub etat: String,
    /// Tone of the state.
    pub genre: Genre,
    /// Messages that wait to be opened.
    pub non_lus: usize,
    /// Where it is deleted; empty when it cannot be.
    pub supprimer: String,
}

/// `/{slug}/demandes`: all of a family's requests.
#[derive(Clone, Debug, Serialize)]
pub struct PageDemandes {
    /// Frame.
    pub cadre: Cadre,
    /// Drafts, to take up again.
    pub brouillons: Vec<ResumeDossier>,
    /// The others, the latest first.
    pub demandes: Vec<ResumeDossier>,
    /// Is this the first page of them?
    pub premiere: bool,
    /// Address of the next page; empty on the last.
    pub suite: String,
    /// Form token.
    pub jeton: String,
}

/// A procedure, in a list.
#[derive(Clone, Debug, Serialize)]
pub struct Tuile {
    /// Address.
    pub href: String,
    /// Name.
    pub titre: String,
    /// How long it takes, or who answers.
    pub detail: String,
    /// When it is open, in words; empty when it always is.
    pub etat: String,
    /// Tone of that.
    pub genre: Genre,
    /// Closed until the town knows the family.
    pub cadenas: bool,
}

/// A service of the town hall.
#[derive(Clone, Debug, Serialize)]
pub struct ContactAffiche {
    /// Name.
    pub nom: String,
    /// Phone, e-mail, address, hours, as written.
    pub lignes: Vec<String>,
}

impl Vue for PageDemandes {
    const GABARIT: &'static str = "demandes.html";

    fn samples() -> Vec<Self> {
        let un = |supprimer: &str, non_lus| ResumeDossier {
            href: "/a/dossiers/1".into(),
            titre: "Inscription pour <b>Léa</b>".into(),
            detail: "Dossier 1".into(),
            etat: "Déposée".into(),
            genre: Genre::Info,
            non_lus,
            supprimer: supprimer.into(),
        };
        let page = |cadre, brouillons: Vec<ResumeDossier>, demandes| Self {
            cadre,
            premiere: brouillons.is_empty(),
            suite: if brouillons.is_empty() { String::new() } else { "/a/demandes?apres=0-1-x".into() },
            brouillons,
            demandes,
            jeton: "x".into(),
        };
        Cadre::samples()
            .into_iter()
            .flat_map(|c| {
                [
                    page(c.clone(), vec![], vec![]),
                    page(c, vec![un("/a/dossiers/1/suppression", 0)], vec![un("", 0), un("", 2)]),
                ]
            })
            .collect()
    }
}

impl Vue for PageCommune {
    const GABARIT: &'static str = "commune.html";

    fn samples() -> Vec<Self> {
        let pleine = |cadre| Self {
            cadre,
            entrees: true,
            connexions: [false, true]
                .map(|agent| Connexion { identifiant: "x".into(), libelle: "Famille Durand".into(), agent })
                .into(),
            dossiers: vec![ResumeDossier {
                href: "/a/dossiers/1".into(),
                titre: "Inscription pour <b>Léa</b>".into(),
                detail: "Dossier 1".into(),
                etat: "Déposée".into(),
                genre: Genre::Info,
                non_lus: 1,
                supprimer: String::new(),
            }],
            rendez_vous: vec![Lien {
                titre: "jeudi <b>4</b>".into(),
                href: "/a/dossiers/1/rendez-vous".into(),
            }],
            toutes: "/a/demandes".into(),
            cherche: "cantine <b>".into(),
            trouve: "1 démarche pour « cantine <b> ».".into(),
            tuiles: ["", "ouvre le 1er juin"]
                .map(|etat| Tuile {
                    href: "/a/demarches/i".into(),
                    titre: "Inscription".into(),
                    detail: "10 min".into(),
                    etat: etat.into(),
                    genre: Genre::Alerte,
                    cadenas: etat.is_empty(),
                })
                .into(),
            autres_espaces: vec![Tuile {
                href: "/a/partenaire".into(),
                titre: "Service <b>enfance</b>".into(),
                detail: "Relié.".into(),
                etat: "Relié".into(),
                genre: Genre::Succes,
                cadenas: false,
            }],
            attente: Some(Attente {
                texte: "Le service vérifie.".into(),
                motif: "<b>Incomplet</b>".into(),
                liens: vec![Lien { titre: "J’ai une <b>clé</b>".into(), href: "/a/cle".into() }],
            }),
            premiere_visite: "/a/premiere-visite".into(),
            contacts: vec![ContactAffiche {
                nom: "Affaires scolaires".into(),
                lignes: vec!["Mairie".into()],
            }],
        };
        let mut vues: Vec<Self> =
            Cadre::samples().into_iter().filter(|c| c.commune.is_some()).map(pleine).collect();
        if let Some(premiere) = vues.first().cloned() {
            let cadre = Cadre { utilisateur: None, ..premiere.cadre };
            vues.push(Self {
                cadre,
                entrees: false,
                connexions: vec![],
                dossiers: vec![],
                rendez_vous: vec![],
                toutes: String::new(),
                cherche: String::new(),
                trouve: String::new(),
                tuiles: vec![],
                attente: None,
                autres_espaces: vec![],
                premiere_visite: String::new(),
                contacts: vec![],
            });
        }
        vues
    }
}

/// A page that says why there is none.
#[derive(Clone, Debug, Serialize)]
pub struct Erreur {
    /// Frame.
    pub cadre: Cadre,
    /// What happened.
    pub titre: String,
    /// What to do.
    pub explication: String,
    /// HTTP status.
    pub code: u16,
    /// Where to go.
    pub retour: String,
    /// Text of that link.
    pub retour_libelle: String,
    /// What was typed and not kept, by field.
    pub saisie: Vec<(String, String)>,
}

impl Vue for Erreur {
    const GABARIT: &'static str = "erreur.html";

    fn samples() -> Vec<Self> {
        Cadre::samples()
            .into_iter()
            .map(|cadre| Self {
                cadre,
                titre: "Page introuvable".into(),
                explication: "L’adresse <b>/x</b> ne mène à rien.".into(),
                code: 404,
                retour: "/".into(),
                retour_libelle: "Retour à l’accueil".into(),
                saisie: vec![("Motif".into(), "Il manque <b>une</b> pièce.".into())],
            })
            .collect()
    }
}

/// `/{slug}/accessibilite`: the declaration that the law asks for.
#[derive(Clone, Debug, Serialize)]
pub struct Accessibilite {
    /// Frame.
    pub cadre: Cadre,
    /// The town.
    pub commune: String,
    /// Whom to write to.
    pub contacts: Vec<ContactAffiche>,
}

impl Vue for Accessibilite {
    const GABARIT: &'static str = "accessibilite.html";

    fn samples() -> Vec<Self> {
        let contact = ContactAffiche { nom: "Affaires scolaires".into(), lignes: vec!["Mairie".into()] };
        Cadre::samples()
            .into_iter()
            .map(|cadre| Self { cadre, commune: "Ambreville".into(), contacts: vec![contact.clone()] })
            .collect()
    }
}
