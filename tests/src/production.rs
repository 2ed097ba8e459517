//! Ham in production, on SQLite or on PostgreSQL, the same walks on both: two families and an agent written to the store with
//! their sessions, letters through an SMTP server, and a clock set elsewhere for the whole process.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads files"
)]

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use engine::commune::Commune;
use engine::decision::{Auteur, Decision, Ecriture};
use engine::foyer::{Fait, Genre, SourceFait, Sujet, ValeurFait};
use engine::identifiant::{AgentId, CommuneSlug, FoyerId, PersonneId};
use engine::vocabulaire::Origine;
use engine_store::{Portee, Store};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rules::valeur::Domaine;
use tokio::runtime::Runtime;

use crate::commande::copie_commune;
use crate::grappe;
use crate::magasin::{coffre_connu, ville};
use crate::precharge;
use crate::serveur::{Navigateur, Serveur};
use crate::serveur_smtp::ServeurSmtp;

/// The process's clock, some seconds away: sessions, deadlines and bookings do not depend on the day of the test.
pub(crate) const HORLOGE: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
int clock_gettime(clockid_t quelle, struct timespec *t) {
    static int (*vrai)(clockid_t, struct timespec *);
    static long decalage;
    if (!vrai) {
        const char *lu = getenv("GUICHET_ESSAI_DECALAGE");
        decalage = lu ? atol(lu) : 0;
        vrai = dlsym(RTLD_NEXT, "clock_gettime");
    }
    int fait = vrai(quelle, t);
    if (fait == 0 && quelle == CLOCK_REALTIME) t->tv_sec += decalage;
    return fait;
}
"#;

/// Family, its first names of children, and its quotient.
type Famille<'t> = (&'t str, &'t [(&'t str, &'t str)], Option<i64>);

const FAMILLES: [Famille<'static>; 2] = [
    ("durand", &[("Léa", "2018-05-14"), ("Tom", "2020-11-02")], Some(640)),
    ("martin", &[("Zoé", "2017-02-23")], None),
];

/// Since when these families are known.
const CONNU: Date = Date::constant(2020, 1, 1);

/// A town in production, and what its servers are started with.
#[derive(Debug)]
pub struct Production {
    dossier: tempfile::TempDir,
    tokio: Runtime,
    /// Beside the servers.
    pub store: Store,
    /// Of the town, whole.
    pub portee: Portee,
    /// The application's URL; `None`: SQLite.
    pub base: Option<String>,
    /// Takes its letters.
    pub smtp: ServeurSmtp,
    bibliotheque: PathBuf,
    decalage: i64,
    jetons: BTreeMap<&'static str, String>,
}

impl Production {
    /// On SQLite, its clock at `instant` from now on.
    pub fn sqlite(instant: &str) -> Self {
        Self::nouvelle(None, instant)
    }

    /// On a PostgreSQL database of its own; `None`: this run goes without.
    pub fn postgres(instant: &str) -> Option<Self> {
        Some(Self::nouvelle(Some(grappe::base_dans(grappe::administrateur()?)), instant))
    }

    fn nouvelle(base: Option<grappe::Base>, instant: &str) -> Self {
        let dossier = tempfile::tempdir().unwrap();
        let data = dossier.path().join("data");
        std::fs::create_dir(&data).unwrap();
        // this town alone: a server that starts again and again is ready sooner
        copie_commune("ham", &dossier.path().join("communes")).unwrap();
        let tokio = Runtime::new().unwrap();
        let store = tokio.block_on(magasin(base.as_ref(), &data));
        let instant: Timestamp = instant.parse().unwrap();
        let slug = CommuneSlug::lit("ham").unwrap();
        tokio.block_on(coffre_connu(&data, &store, &slug));
        let portee = store.portee_de_commande(&slug, "essai");
        let smtp = ServeurSmtp::lance(&[]);
        ecrit_les_secrets(dossier.path(), &smtp.secrets("aucune"));
        let (commune, _) = ville("ham");
        let mut jetons = BTreeMap::new();
        tokio.block_on(async {
            let mut ouvre = async |nom, auteur| {
                let fin = "2099-01-01T00:00:00Z".parse().unwrap();
                let jeton = store.ouvre_session(&slug, auteur, instant, fin).await.unwrap();
                jetons.insert(nom, jeton.texte());
            };
            for (rang, famille) in (1..).zip(FAMILLES) {
                let (auteur, decision) = ecrite(&commune, rang, famille);
                store.commet(&portee, decision, None).await.unwrap();
                ouvre(famille.0, auteur).await;
            }
            let roles = commune.contacts.iter().map(|c| c.id.clone()).collect();
            ouvre("agent", Auteur::Agent { agent: AgentId::neuf([99; 16]), roles }).await;
        });
        let bibliotheque = precharge::bibliotheque(dossier.path(), "horloge", HORLOGE);
        let decalage = instant.as_second() - Timestamp::now().as_second();
        let base = base.map(|b| b.application);
        Self { dossier, tokio, store, portee, base, smtp, bibliotheque, decalage, jetons }
    }

    /// The next servers' clock is that much later.
    pub fn avance(&mut self, secondes: i64) {
        self.decalage += secondes;
    }

    /// Starts a server; several on PostgreSQL.
    pub fn lance(&self) -> Serveur {
        let secrets = self.dossier.path().join("secrets.yaml");
        let mut options = vec!["--production", "--sans-surveillance", "--url", "http://127.0.0.1"];
        options.extend(["--secrets", secrets.to_str().unwrap()]);
        options.extend(self.base.iter().flat_map(|base| ["--base", base.as_str()]));
        let decalage = self.decalage.to_string();
        let environnement =
            [("LD_PRELOAD", self.bibliotheque.as_os_str()), ("GUICHET_ESSAI_DECALAGE", decalage.as_ref())];
        let data = self.dossier.path().join("data");
        Serveur::lance_dans(&self.dossier.path().join("communes"), &data, &options, &environnement).unwrap()
    }

    /// A browser of `durand`, `martin` or `agent`.
    pub fn entre(&self, serveur: &Serveur, qui: &str) -> Navigateur {
        Navigateur::de(&serveur.adresse, &self.cookie(qui))
    }

    /// The cookie of `durand`, `martin` or `agent`.
    pub fn cookie(&self, qui: &str) -> String {
        format!("guichet-ham={}; Path=/ham", self.jetons.get(qui).unwrap())
    }

    /// What the clock of a server started now says.
    pub fn maintenant(&self) -> Timestamp {
        Timestamp::now() + SignedDuration::from_secs(self.decalage)
    }

    /// More households, without children; the cookie of each.
    pub fn familles_de_plus(&self, combien: u16) -> Vec<String> {
        let (commune, _) = ville("ham");
        let le: Timestamp = "2025-01-01T00:00:00Z".parse().unwrap();
        let fin = "2099-01-01T00:00:00Z".parse().unwrap();
        let une = |rang| {
            let (auteur, decision) = ecrite(
                &commune,
                100 + rang,
                ("petit", &[("Alix", "2018-03-12"), ("Sam", "2021-06-30")], Some(512)),
            );
            self.tokio.block_on(async {
                self.store.commet(&self.portee, decision, None).await.unwrap();
                let jeton = self.store.ouvre_session(self.portee.commune(), auteur, le, fin).await.unwrap();
                format!("guichet-ham={}; Path=/ham", jeton.texte())
            })
        };
        (0..combien).map(une).collect()
    }

    /// Waits for something of the store.
    pub fn attend<T>(&self, travail: impl Future<Output = T>) -> T {
        self.tokio.block_on(travail)
    }
}

/// Opens the store of a town in production: a PostgreSQL database brought up to date, or a folder.
pub(crate) async fn magasin(base: Option<&grappe::Base>, data: &Path) -> Store {
    match base {
        Some(base) => {
            Store::migre_postgres(&base.proprietaire).await.unwrap();
            Store::postgres(&base.application).await.unwrap()
        }
        None => Store::sqlite(data).await.unwrap(),
    }
}

/// Writes the secrets of a process, for its own eyes; where.
pub(crate) fn ecrit_les_secrets(dossier: &Path, texte: &str) -> PathBuf {
    let secrets = dossier.join("secrets.yaml");
    std::fs::write(&secrets, texte).unwrap();
    std::fs::set_permissions(&secrets, std::fs::Permissions::from_mode(0o600)).unwrap();
    secrets
}

/// The household of that rank, with everything that prices ask for, and its adult.
pub(crate) fn ecrite(
    commune: &Commune,
    rang: u16,
    (nom, enfants, quotient): Famille<'_>,
) -> (Auteur, Decision) {
    let le: Timestamp = "2020-01-01T00:00:00Z".parse().unwrap();
    let foyer = FoyerId::neuf(u128::from(rang).to_be_bytes());
    let mut ecritures = vec![Ecriture::Foyer(foyer.clone())];
    let qui = |n: u8| PersonneId::neuf((u128::from(rang) << 8 | u128::from(n)).to_be_bytes());
    let mut personne = |n: u8, genre, faits: &[(&str, ValeurFait)]| {
        let id = qui(n);
        ecritures.push(Ecriture::Membre { foyer: foyer.clone(), personne: id.clone(), genre, depuis: le });
        ecritures.extend(faits.iter().map(|(f, v)| fait(Sujet::Personne(id.clone()), f, v.clone(), CONNU)));
    };
    let texte = |t: &str| ValeurFait::Texte(t.to_owned());
    let courriel = texte(&format!("{nom}@exemple.fr"));
    personne(
        0,
        Genre::Responsable,
        &[("nom", texte(nom)), ("prenom", texte("Camille")), ("courriel", courriel)],
    );
    for (n, (prenom, naissance)) in (1..).zip(enfants) {
        let naissance = ValeurFait::Date(naissance.parse().unwrap());
        let faits = [("nom", texte(nom)), ("prenom", texte(prenom)), ("naissance", naissance)];
        personne(n, Genre::Enfant, &faits);
    }
    for (_, symbole) in commune.vocabulaire.iter() {
        match (&symbole.origine, &symbole.domaine) {
            (Origine::Zonage(_), Domaine::Choix(zones)) => {
                let zone = ValeurFait::Choix(zones.first().unwrap().to_string());
                ecritures.push(fait(Sujet::Foyer(foyer.clone()), &symbole.nom, zone, CONNU));
            }
            (Origine::Enregistre, _) if symbole.nom == "quotient" => {
                if let Some(q) = quotient {
                    let du = Date::constant(2025, 1, 1);
                    let q = ValeurFait::Nombre(q.into());
                    ecritures.push(fait(Sujet::Foyer(foyer.clone()), &symbole.nom, q, du));
                }
            }
            _ => {}
        }
    }
    let decision = Decision::du_systeme(&foyer, 1, le, "essai", ecritures);
    (Auteur::Parent { personne: qui(0), foyer }, decision)
}

fn fait(sujet: Sujet, nom: &str, valeur: ValeurFait, valable_du: Date) -> Ecriture {
    Ecriture::Fait(Fait {
        sujet,
        fait: nom.to_owned(),
        valeur,
        valable_du,
        valable_au: None,
        connu_le: "2020-01-01T00:00:00Z".parse().unwrap(),
        source: SourceFait::Import("essai".to_owned()),
        valide_par: None,
    })
}
