//! Three towns of one process with the same households, under the same identifiers: only the texts that each wrote tell them
//! apart, and none of them may be read elsewhere.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads files"
)]

use std::collections::BTreeMap;

use engine::decision::Auteur;
use engine::identifiant::{AgentId, CommuneSlug};
use engine_store::Store;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::commande::{copie, copie_commune};
use crate::grappe;
use crate::magasin::ville;
use crate::precharge;
use crate::production::{HORLOGE, ecrit_les_secrets, ecrite, magasin};
use crate::routes::Route;
use crate::serveur::{Navigateur, Serveur};
use crate::serveur_smtp::ServeurSmtp;

/// The towns: copies of one folder.
pub const VILLES: [&str; 3] = ["ville-a", "ville-b", "ville-c"];
/// The clock of the process.
const INSTANT: &str = "2025-09-01T08:00:00Z";
const PDF: &[u8] = b"%PDF-1.4\n%%EOF\n";

/// What a family did in a town, and how its texts begin.
#[derive(Clone, Debug)]
pub struct Foyer {
    /// Its town.
    pub ville: &'static str,
    /// In every text that it wrote, and in no other: letters only.
    pub marque: String,
    /// Its browser.
    pub n: Navigateur,
    /// Its first child.
    pub enfant: String,
    /// Of the first child: accepted.
    pub inscription: String,
    /// Somebody who picks the children up: filed.
    pub entourage: String,
    /// A meal.
    pub reservation: String,
}

/// The towns at work.
#[derive(Debug)]
pub struct TroisVilles {
    /// The process.
    pub serveur: Serveur,
    /// Takes their letters.
    pub smtp: ServeurSmtp,
    /// Two families a town.
    pub foyers: Vec<Foyer>,
    /// An agent a town.
    pub agents: Vec<Navigateur>,
    /// The token of each family's session.
    pub jetons: Vec<String>,
    _dossier: tempfile::TempDir,
    _tokio: Runtime,
}

impl TroisVilles {
    /// On SQLite.
    pub fn sqlite() -> Self {
        Self::nouvelles(None)
    }

    /// On a PostgreSQL database of its own; `None`: this run goes without.
    pub fn postgres() -> Option<Self> {
        Some(Self::nouvelles(Some(grappe::base_dans(grappe::administrateur()?))))
    }

    fn nouvelles(base: Option<grappe::Base>) -> Self {
        let dossier = tempfile::tempdir().unwrap();
        let (communes, data) = (dossier.path().join("communes"), dossier.path().join("data"));
        std::fs::create_dir(&data).unwrap();
        copie_commune("ham", &communes).unwrap();
        for slug in VILLES {
            copie(&communes.join("ham"), &communes.join(slug)).unwrap();
            let fichier = communes.join(slug).join("commune.yaml");
            let texte = std::fs::read_to_string(&fichier).unwrap();
            let sienne = texte.replacen("commune: ham\n", &format!("commune: {slug}\n"), 1);
            assert_ne!(sienne, texte);
            std::fs::write(&fichier, sienne).unwrap();
        }
        std::fs::remove_dir_all(communes.join("ham")).unwrap();
        let tokio = Runtime::new().unwrap();
        let store = tokio.block_on(magasin(base.as_ref(), &data));
        let jetons = tokio.block_on(ecrit(&store));
        let smtp = ServeurSmtp::lance(&[]);
        let agents =
            VILLES.map(|v| format!("  {v}: {{ secrets: {{ courriel_affaires: {v}@exemple.fr }} }}\n"));
        let texte = format!("{}communes:\n{}", smtp.secrets("aucune"), agents.concat());
        let secrets = ecrit_les_secrets(dossier.path(), &texte);
        let bibliotheque = precharge::bibliotheque(dossier.path(), "horloge", HORLOGE);
        let instant: Timestamp = INSTANT.parse().unwrap();
        let decalage = (instant.as_second() - Timestamp::now().as_second()).to_string();
        let mut options = vec!["--production", "--sans-surveillance", "--url", "http://127.0.0.1"];
        options.extend(["--secrets", secrets.to_str().unwrap()]);
        options.extend(base.iter().flat_map(|base| ["--base", base.application.as_str()]));
        let environnement =
            [("LD_PRELOAD", bibliotheque.as_os_str()), ("GUICHET_ESSAI_DECALAGE", decalage.as_ref())];
        let serveur = Serveur::lance_dans(&communes, &data, &options, &environnement).unwrap();
        let entre = |ville: &'static str, qui: &'static str| {
            let jeton = jetons.get(&(ville, qui)).unwrap();
            Navigateur::de(&serveur.adresse, &format!("guichet-{ville}={jeton}; Path=/{ville}"))
        };
        let agents: Vec<Navigateur> = VILLES.iter().map(|ville| entre(ville, "agent")).collect();
        let (mut foyers, mut les_leurs) = (Vec::new(), Vec::new());
        for (ville, agent) in VILLES.into_iter().zip(&agents) {
            for (rang, nom) in (1..).zip(FOYERS) {
                les_leurs.push(jetons.get(&(ville, nom)).unwrap().clone());
                foyers.push(vit(ville, marque(ville, rang), entre(ville, nom), agent));
            }
        }
        Self { serveur, smtp, foyers, agents, jetons: les_leurs, _dossier: dossier, _tokio: tokio }
    }
}

const FOYERS: [&str; 2] = ["premier", "second"];

/// Letters only: a name of the forms takes it.
fn marque(ville: &str, rang: u16) -> String {
    let lettre = ville.chars().last().unwrap();
    let rang = char::from_u32(u32::from('p') + u32::from(rang)).unwrap();
    format!("zq{lettre}{rang}zq")
}

/// The same rows in each town, whatever the identifiers are given from; a session each.
async fn ecrit(store: &Store) -> BTreeMap<(&'static str, &'static str), String> {
    let (commune, _) = ville("ham");
    let instant: Timestamp = INSTANT.parse().unwrap();
    let fin: Timestamp = "2099-01-01T00:00:00Z".parse().unwrap();
    let mut jetons = BTreeMap::new();
    for ville in VILLES {
        let slug = CommuneSlug::lit(ville).unwrap();
        let portee = store.portee_de_commande(&slug, "essai");
        let mut auteurs = Vec::new();
        for (rang, nom) in (1..).zip(FOYERS) {
            let m = marque(ville, rang);
            let enfants = [(format!("{m}lea"), "2018-05-14"), (format!("{m}tom"), "2020-11-02")];
            let enfants: Vec<(&str, &str)> = enfants.iter().map(|(p, n)| (p.as_str(), *n)).collect();
            let (auteur, decision) = ecrite(&commune, rang, (&m, &enfants, Some(640)));
            store.commet(&portee, decision, None).await.unwrap();
            auteurs.push((nom, auteur));
        }
        let roles = commune.contacts.iter().map(|c| c.id.clone()).collect();
        auteurs.push(("agent", Auteur::Agent { agent: AgentId::neuf([99; 16]), roles }));
        for (nom, auteur) in auteurs {
            let jeton = store.ouvre_session(&slug, auteur, instant, fin).await.unwrap();
            jetons.insert((ville, nom), jeton.texte());
        }
    }
    jetons
}

/// What a family does through the API, its mark in every text that it may write.
fn vit(ville: &'static str, marque: String, n: Navigateur, agent: &Navigateur) -> Foyer {
    let poste = |n: &Navigateur, chemin: &str, cle: &str, corps: &Value| {
        let cle = format!("{marque}-{cle}");
        let entetes = [("idempotency-key", cle.as_str())];
        let (code, p) = n.json(&format!("/{ville}/api/v1{chemin}"), &entetes, Some(corps)).unwrap();
        assert!(code == 200 || code == 201, "{ville} {chemin}: {p}");
        p
    };
    let id = |p: &Value| p.get("id").and_then(Value::as_str).unwrap().to_owned();
    let (_, lus) = n.json(&format!("/{ville}/api/v1/enfants"), &[], None).unwrap();
    let enfant = lus.get("enfants").and_then(|e| e.get(0)).map(id).unwrap();
    let reponses =
        json!({ "ecole": "jean_zay", "classe": "cp", "services": ["restauration"], "regime": "standard" });
    let demande = json!({ "demarche": "inscription", "enfant": enfant, "reponses": reponses });
    let commencee = poste(&n, "/dossiers", "inscription", &demande);
    let inscription = id(&commencee);
    for piece in commencee.get("pieces").and_then(Value::as_array).unwrap() {
        let piece = piece.get("piece").and_then(Value::as_str).unwrap();
        let cle = format!("{marque}-{piece}");
        let entetes = [("idempotency-key", cle.as_str()), ("content-type", "application/pdf")];
        let chemin = format!("/{ville}/api/v1/dossiers/{inscription}/pieces/{piece}?date=2025-08-20");
        let (code, p) = n.octets(&chemin, &entetes, &[PDF, marque.as_bytes()].concat()).unwrap();
        assert_eq!(code, 200, "{p}");
    }
    poste(&n, &format!("/dossiers/{inscription}/actions/deposer"), "depot", &json!({}));
    poste(agent, &format!("/dossiers/{inscription}/actions/valider"), "accord", &json!({}));
    let reponses = json!({ "lien": "contact", "nom": format!("{marque}contact"), "prenom": format!("{marque}alix"), "telephone": "06 12 34 56 78" });
    let demande = json!({ "demarche": "entourage", "reponses": reponses });
    let entourage = id(&poste(&n, "/dossiers", "entourage", &demande));
    poste(&n, &format!("/dossiers/{entourage}/actions/deposer"), "entourage-depot", &json!({}));
    let message = json!({ "texte": format!("Un mot de {marque}.") });
    poste(&n, &format!("/dossiers/{entourage}/messages"), "message", &message);
    let repas = json!({ "enfant": enfant, "prestation": "repas", "jour": "2025-09-04" });
    let reservation = id(&poste(&n, "/reservations", "repas", &repas));
    Foyer { ville, marque, n, enfant, inscription, entourage, reservation }
}

impl Foyer {
    /// The route's address with this family's own identifiers, in the town `ville`.
    pub fn adresse(&self, route: &Route, ville: &str) -> String {
        let de = |id: &str, reservation: &str| {
            let un = if route.chemin.contains("/reservations/") { reservation } else { id };
            route.remplie(&[
                ("slug", ville),
                ("dossier", id),
                ("id", un),
                ("reservation", reservation),
                ("enfant", &self.enfant),
                ("demarche", "entourage"),
                ("etape", "deposee"),
                ("piece", "dossier_sante"),
                ("action", "annuler"),
                ("fichier", "guichet.css"),
                ("n", "1"),
            ])
        };
        // documents are those of the registration
        if route.chemin.contains("piece") || route.chemin.contains("document") {
            de(&self.inscription, &self.reservation)
        } else {
            de(&self.entourage, &self.reservation)
        }
    }
}
