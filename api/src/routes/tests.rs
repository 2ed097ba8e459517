//! The matrix of authorisations (S01), from the table itself: every route × every kind of caller.

use std::collections::BTreeSet;
use std::path::Path;

use axum::body::{Body, to_bytes};
use axum::http::header;
use engine::decision::{Agregat, CleMachine, Decision, Ecriture, EntreeJournal, Suivant};
use engine::identifiant::{AgentId, CleId, CommuneSlug, DossierId};
use engine_store::Jeton;
use jiff::ToSpan;
use tower::ServiceExt as _;

use super::*;
use crate::agents;
use crate::command::Serve;
use crate::demo;
use crate::failures::est_api;
use crate::session::PREFIXE_CLE;

const VILLE: &str = "ham";
const AILLEURS: &str = "donges";
/// The page of whoever administers the agents' accounts: a role of its own.
const AGENTS: &str = "/{slug}/agent/agents";

struct Banc {
    _dossier: tempfile::TempDir,
    etat: Arc<Etat>,
    serveur: Router,
}

async fn banc() -> Banc {
    let dossier = tempfile::tempdir().unwrap();
    let args = Serve {
        communes: vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../communes")],
        data: dossier.path().join("data"),
        ..Serve::default()
    };
    let etat = Arc::new(Etat::ouvre(&args).await.unwrap());
    Banc { _dossier: dossier, serveur: serveur(etat.clone()), etat }
}

/// Who calls.
#[derive(Clone, Debug)]
enum Qui {
    Personne,
    Cookie(String),
    Cle(String),
}

impl Banc {
    /// The cookie of a demonstration account of that town, open or closed again.
    async fn session(&self, ville: &str, identifiant: &str, ouverte: bool) -> Qui {
        let slug = CommuneSlug::lit(ville).unwrap();
        let commune = self.etat.communes.get(ville).unwrap();
        let comptes = demo::comptes(&self.etat.store, commune, &slug).await.unwrap();
        let compte = comptes.into_iter().find(|c| c.identifiant == identifiant).unwrap();
        let jeton = self.jeton(ville, compte.auteur).await;
        if !ouverte {
            self.etat.store.ferme_session(&slug, &jeton).await.unwrap();
        }
        // shown to `ham`, whichever town it is of
        Qui::Cookie(format!("guichet-{VILLE}={}", jeton.texte()))
    }

    /// The cookie of a session of that town.
    async fn ouvre(&self, ville: &str, auteur: Auteur) -> Qui {
        Qui::Cookie(format!("guichet-{VILLE}={}", self.jeton(ville, auteur).await.texte()))
    }

    async fn jeton(&self, ville: &str, auteur: Auteur) -> Jeton {
        let (slug, reel) = (CommuneSlug::lit(ville).unwrap(), self.etat.horloge.reel());
        self.etat.store.ouvre_session(&slug, auteur, reel, reel + 1.hours()).await.unwrap()
    }

    async fn cle(&self, ville: &str, n: u8, heures: i64) -> Qui {
        let slug = CommuneSlug::lit(ville).unwrap();
        let reel = self.etat.horloge.reel();
        let jeton = Jeton::tire().unwrap();
        let commune = self.etat.communes.get(ville).unwrap();
        let cle = CleMachine {
            id: CleId::neuf([n; 16]),
            nom: "essai".into(),
            empreinte: jeton.empreinte(),
            agent: AgentId::neuf([n; 16]),
            roles: commune.contacts.iter().map(|c| c.id.clone()).collect(),
            cree_le: reel,
            expire_le: reel + heures.hours(),
        };
        let decision = Decision {
            entree: EntreeJournal {
                agregat: Agregat::Cle(cle.id.clone()),
                seq: 1,
                le: reel,
                auteur: Auteur::Systeme,
                evenement: "cle".into(),
                detail: None,
                changements: Vec::new(),
            },
            suivant: Suivant::Rien,
            ecritures: vec![Ecriture::Cle(Box::new(cle))],
            effets: Vec::new(),
            echeances: Vec::new(),
            gardes: Vec::new(),
            trace: Vec::new(),
        };
        let portee = self.etat.store.portee_de_commande(&slug, "essai");
        self.etat.store.commet(&portee, decision, None).await.unwrap();
        Qui::Cle(format!("Bearer {PREFIXE_CLE}{}", jeton.texte()))
    }

    /// Status, and text with its address.
    async fn appelle(&self, methode: &Method, chemin: &str, qui: &Qui, corps: &str) -> (u16, String) {
        let mut requete = Request::builder().method(methode).uri(chemin).header(header::HOST, "localhost");
        match qui {
            Qui::Personne => {}
            Qui::Cookie(cookie) => requete = requete.header(header::COOKIE, cookie),
            Qui::Cle(cle) => requete = requete.header(header::AUTHORIZATION, cle),
        }
        let genre =
            if corps.starts_with('{') { "application/json" } else { "application/x-www-form-urlencoded" };
        let requete = requete
            .header(header::CONTENT_TYPE, genre)
            .header("idempotency-key", chemin)
            .body(Body::from(corps.to_owned()))
            .unwrap();
        let reponse = self.serveur.clone().oneshot(requete).await.unwrap();
        let code = reponse.status().as_u16();
        let vers = reponse.headers().get(header::LOCATION).map(|l| l.to_str().unwrap().to_owned());
        let octets = to_bytes(reponse.into_body(), 1 << 20).await.unwrap();
        (code, format!("{}{}", vers.unwrap_or_default(), String::from_utf8_lossy(&octets)))
    }
}

/// An address of the route, about nothing that exists unless `dossier` does.
fn adresse(voie: &Voie, dossier: &str) -> String {
    let parametres = [
        ("{slug}", VILLE),
        ("{dossier}", dossier),
        ("{n}", "1"),
        ("{action}", "deposer"),
        ("{piece}", "dossier_sante"),
        ("{demarche}", "inscription"),
        ("{etape}", "deposee"),
        ("{reservation}", dossier),
        ("{foyer}", dossier),
        ("{fichier}", "guichet.css"),
        ("{jeton}", "0000000000000000000000000000000000000000000000000000000000000000"),
    ];
    let mut chemin = voie.chemin.to_owned();
    for (nom, valeur) in parametres {
        chemin = chemin.replace(nom, valeur);
    }
    let id = if chemin.contains("/demarches/") { "inscription" } else { dossier };
    let chemin = chemin.replace("{id}", id);
    assert!(!chemin.contains('{'), "{chemin}: a parameter that this test does not know");
    chemin
}

/// What the table lets a caller do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attendu {
    Passe,
    SansSession,
    Interdit,
    Introuvable,
}

fn observe(code: u16, texte: &str) -> Attendu {
    let role = texte.contains("Cette page n’est pas la vôtre") || texte.contains("urn:guichet:probleme:role");
    match code {
        401 => Attendu::SansSession,
        303 if texte.starts_with(&format!("/{VILLE}/?fait=entrer")) => Attendu::SansSession,
        403 if role => Attendu::Interdit,
        _ => Attendu::Passe,
    }
}

#[tokio::test]
async fn chaque_route_ne_repond_qu_a_qui_la_table_dit() {
    let banc = banc().await;
    let acteurs = [
        ("personne", Qui::Personne),
        ("famille", banc.session(VILLE, "durand", true).await),
        ("agent", banc.session(VILLE, "agent", true).await),
        ("famille sortie", banc.session(VILLE, "durand", false).await),
        ("famille d'ailleurs", banc.session(AILLEURS, "durand", true).await),
        ("agent d'ailleurs", banc.session(AILLEURS, "agent", true).await),
        ("clé", banc.cle(VILLE, 1, 1).await),
        ("clé échue", banc.cle(VILLE, 2, 0).await),
        ("clé d'ailleurs", banc.cle(AILLEURS, 3, 1).await),
        ("clé illisible", Qui::Cle("Bearer guichet_x".into())),
        ("autre preuve", Qui::Cle("Basic YTpi".into())),
    ];
    let (mut cases, mut fautes) = (0, Vec::new());
    let table = toutes();
    let mut voies: Vec<&Voie> = table.voies().collect();
    // leaving ends the sessions of this test
    voies.sort_by_key(|v| v.chemin.ends_with("/deconnexion"));
    for voie in voies {
        for (nom, qui) in &acteurs {
            let chemin = adresse(voie, "7zzzzzzzzzzzzzzzzzzzzzzzzz");
            let api = est_api(&chemin);
            let attendu = match (voie.acces, *nom) {
                (Acces::Public | Acces::Demonstration, _) => Attendu::Passe,
                // this test calls from nowhere: not from the machine
                (Acces::Exploitant, _) => Attendu::Introuvable,
                (Acces::Famille | Acces::Demandeur | Acces::Connu, "famille") => Attendu::Passe,
                // every service of the town, and not its accounts
                (Acces::Agent, "agent") if voie.chemin == AGENTS => Attendu::Interdit,
                (Acces::Agent | Acces::Connu, "agent") => Attendu::Passe,
                (Acces::Agent | Acces::Connu, "clé") if api => Attendu::Passe,
                (Acces::Agent, "famille") | (Acces::Famille | Acces::Demandeur, "agent") => Attendu::Interdit,
                (Acces::Famille, "clé") if api => Attendu::Interdit,
                _ => Attendu::SansSession,
            };
            let (code, texte) = banc.appelle(&voie.methode, &chemin, qui, "").await;
            let vu = match observe(code, &texte) {
                Attendu::Passe if voie.acces == Acces::Exploitant && code == 404 => Attendu::Introuvable,
                vu => vu,
            };
            cases += 1;
            if vu != attendu || code >= 500 {
                fautes.push(format!(
                    "{} {chemin} par {nom}: {vu:?} ({code}), attendu {attendu:?}",
                    voie.methode
                ));
            }
        }
    }
    assert!(fautes.is_empty(), "{}", fautes.join("\n"));
    assert!(cases > 300, "{cases}");
    let roles = vec![agents::ADMINISTRATEUR.to_owned()];
    let seul = banc.ouvre(VILLE, Auteur::Agent { agent: AgentId::neuf([4; 16]), roles }).await;
    let chez = AGENTS.replace("{slug}", VILLE);
    assert_eq!(banc.appelle(&Method::GET, &chez, &seul, "").await.0, 200);
}

/// What is another household's is refused exactly like what does not exist.
#[tokio::test]
async fn le_dossier_d_un_autre_n_existe_pas() {
    let banc = banc().await;
    let (lui, elle) = (banc.session(VILLE, "durand", true).await, banc.session(VILLE, "martin", true).await);
    let (_, enfants) = banc.appelle(&Method::GET, "/ham/api/v1/enfants", &elle, "").await;
    let enfants: serde_json::Value = serde_json::from_str(&enfants).unwrap();
    let reponses = r#"{"ecole":"jean_zay","classe":"cp","services":["restauration"],"regime":"standard"}"#;
    let corps = format!(
        r#"{{"demarche":"inscription","enfant":{},"reponses":{reponses}}}"#,
        enfants["enfants"][0]["id"]
    );
    let (code, cree) = banc.appelle(&Method::POST, "/ham/api/v1/dossiers", &elle, &corps).await;
    assert_eq!(code, 201, "{cree}");
    let cree = cree.split_once('{').unwrap().1;
    let cree: serde_json::Value = serde_json::from_str(&format!("{{{cree}")).unwrap();
    let sien = cree["id"].as_str().unwrap();
    let aucun = DossierId::neuf([9; 16]).to_string();
    let mut vus = BTreeSet::new();
    for voie in toutes().voies().filter(|v| v.chemin.contains("/dossiers/{")) {
        let (siennes, aucunes) = (adresse(voie, sien), adresse(voie, &aucun));
        assert_ne!(siennes, aucunes);
        for qui in [&lui, &banc.session(VILLE, "agent", true).await] {
            // the banner of the demonstration tells the time
            let corps =
                |texte: &str| texte.split_once("<main").map_or(texte.to_owned(), |(_, m)| m.to_owned());
            let masque =
                |(code, texte): (u16, String)| (code, corps(&texte).replace(sien, "X").replace(&aucun, "X"));
            let un = masque(banc.appelle(&voie.methode, &siennes, qui, "{}").await);
            let autre = masque(banc.appelle(&voie.methode, &aucunes, qui, "{}").await);
            assert_eq!(un, autre, "{} {siennes}", voie.methode);
            assert!(!un.1.contains("Zoé"), "{} {siennes}", voie.methode);
        }
        // and it is there for its family
        if voie.methode == Method::GET && voie.acces != Acces::Agent {
            // the tabs of what follows a filing, and an appointment that this procedure does not have
            let plus_tard =
                ["/demandeur", "/historique", "/echanges", "/rendez-vous", "/rendez-vous.ics", "/creneaux"];
            // nothing was sent yet: a document has no first file
            let plus_tard = plus_tard.iter().any(|t| siennes.ends_with(t))
                || siennes.contains("/documents/")
                || siennes.ends_with("/pieces/dossier_sante/1");
            let attendu = if plus_tard { 404 } else { 200 };
            assert_eq!(banc.appelle(&voie.methode, &siennes, &elle, "").await.0, attendu, "{siennes}");
            vus.insert(siennes);
        }
    }
    assert!(vus.len() >= 4, "{vus:?}");
}

/// The machine itself, and nothing in between.
#[tokio::test]
async fn les_mesures_sont_pour_la_machine() {
    let banc = banc().await;
    let appelle = |pair: Option<[u8; 4]>, relais: Option<&'static str>| {
        let mut requete = Request::builder().uri("/metrics").header(header::HOST, "localhost");
        if let Some(relais) = relais {
            requete = requete.header(relais, "1.2.3.4");
        }
        let mut requete = requete.body(Body::empty()).unwrap();
        if let Some(pair) = pair {
            requete.extensions_mut().insert(ConnectInfo(SocketAddr::from((pair, 9))));
        }
        let serveur = banc.serveur.clone();
        async move { serveur.oneshot(requete).await.unwrap().status().as_u16() }
    };
    assert_eq!(appelle(Some([127, 0, 0, 1]), None).await, 200);
    assert_eq!(appelle(Some([192, 168, 0, 3]), None).await, 404);
    assert_eq!(appelle(None, None).await, 404);
    // a demonstration refuses whatever was passed on
    for relais in ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "via"] {
        assert_eq!(appelle(Some([127, 0, 0, 1]), Some(relais)).await, 421, "{relais}");
    }
}

/// The description of the API holds every route of the API, and names no other.
#[tokio::test]
async fn chaque_route_de_l_api_est_decrite() {
    let banc = banc().await;
    let table = toutes();
    for (slug, commune) in &banc.etat.communes {
        let decrit = http::decrit(commune, table.voies());
        let mut decrites = BTreeSet::new();
        for (chemin, methodes) in decrit["paths"].as_object().unwrap() {
            for methode in methodes.as_object().unwrap().keys() {
                decrites.insert(format!("{} /{{slug}}/api/v1{chemin}", methode.to_uppercase()));
            }
        }
        let api = table.voies().filter(|v| v.chemin.contains("/api/"));
        let attendues: BTreeSet<String> = api.map(|v| format!("{} {}", v.methode, v.chemin)).collect();
        assert_eq!(decrites, attendues, "{slug}");
        assert!(attendues.len() >= 13, "{attendues:?}");
        // what acts wants a key, or is harmless twice
        let agit = |v: &&Voie| {
            v.chemin.contains("/api/") && v.methode == Method::POST && !v.chemin.ends_with("/devis")
        };
        for voie in table.voies().filter(agit) {
            assert!(voie.operation.is_some_and(|o| o.cle), "{}", voie.chemin);
        }
    }
}

/// A store that does not answer in time: 503, when to come back, and what was typed.
#[tokio::test]
async fn un_service_occupe_garde_ce_qui_est_tape() {
    let banc = banc().await;
    let etat = banc.etat.clone();
    let occupe = move |_: Request| {
        let etat = etat.clone();
        async move { etat.panne(&engine_store::Erreur::Incertain) }
    };
    let routes = Router::new()
        .fallback(occupe)
        .layer(middleware::from_fn_with_state(banc.etat.clone(), failures::en_clair));
    let requete = axum::http::Request::post("/ham/dossiers/1/actes")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("_jeton=x&motif=Nous+partons+en+mer"))
        .unwrap();
    let reponse = routes.oneshot(requete).await.unwrap();
    assert_eq!(reponse.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(reponse.headers()[header::RETRY_AFTER], "5");
    let page = String::from_utf8(to_bytes(reponse.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap();
    for dit in ["Nous partons en mer", "met trop de temps", "ne sera pas faite deux fois"] {
        assert!(page.contains(dit), "{dit}: {page}");
    }
}
