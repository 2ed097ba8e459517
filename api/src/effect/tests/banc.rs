//! Ham, in production, with an exploitant's secrets: a family whose acts have effects, and a worker that beats when told to.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use engine::commune::Commune;
use engine::decision::Auteur;
use engine::demarche::{Evenement, Reponse, Reponses};
use engine::foyer::ValeurFait;
use engine::identifiant::{CommuneSlug, DossierId};
use engine_store::{Courrier, EffetMort, Portee};
use jiff::{SignedDuration, Timestamp};
use tower::ServiceExt as _;

use crate::command::Serve;
use crate::error::Fatale;
use crate::state::Etat;
use crate::{acts, demo, routes, worker};

/// When the family acts.
pub(super) const DEBUT: &str = "2025-09-01T08:00:00Z";

pub(super) struct Banc {
    _temporaire: tempfile::TempDir,
    pub(super) etat: Etat,
    parent: Portee,
    pub(super) agent: Portee,
    /// The agent's browser.
    cookie: String,
}

fn copie(de: &Path, vers: &Path) {
    std::fs::create_dir_all(vers).unwrap();
    for entree in std::fs::read_dir(de).unwrap() {
        let chemin = entree.unwrap().path();
        let cible = vers.join(chemin.file_name().unwrap());
        if chemin.is_dir() {
            copie(&chemin, &cible);
        } else {
            std::fs::copy(&chemin, &cible).unwrap();
        }
    }
}

/// The folders of a town that calls another system when a request is accepted.
fn communes(dans: &Path) -> PathBuf {
    let communes = dans.join("communes");
    let ici = Path::new(env!("CARGO_MANIFEST_DIR")).join("../communes");
    for dossier in ["modeles", "ham"] {
        copie(&ici.join(dossier), &communes.join(dossier));
    }
    let change = |fichier: &str, de: &str, vers: &str| {
        let chemin = communes.join("ham").join(fichier);
        let texte = std::fs::read_to_string(&chemin).unwrap();
        assert_eq!(texte.matches(de).count(), 1, "{fichier} : « {de} »");
        std::fs::write(&chemin, texte.replace(de, vers)).unwrap();
    };
    change(
        "commune.yaml",
        "zonages:\n",
        "appels:\n  caisse: { url: \"https://caisse.exemple.fr/guichet\", cle: \"secret:caisse\" }\nzonages:\n",
    );
    change(
        "demarches/entourage.yaml",
        "{ ouvrir_demarche: inscription }, ",
        "{ appeler: caisse }, { ouvrir_demarche: inscription }, ",
    );
    communes
}

impl Banc {
    /// Opens it with this file of secrets; in production unless `demonstration`.
    pub(super) async fn essaie(secrets: &str, demonstration: bool) -> Result<Self, Fatale> {
        let temporaire = tempfile::tempdir().unwrap();
        let chemin = temporaire.path().join("secrets.yaml");
        std::fs::write(&chemin, secrets).unwrap();
        std::fs::set_permissions(&chemin, std::fs::Permissions::from_mode(0o600)).unwrap();
        let args = Serve {
            communes: vec![communes(temporaire.path())],
            data: temporaire.path().join("data"),
            production: !demonstration,
            secrets: Some(chemin),
            url: (!demonstration).then(|| "http://127.0.0.1".parse().unwrap()),
            ..Serve::default()
        };
        let etat = Etat::ouvre(&args).await?;
        let slug = CommuneSlug::lit("ham").unwrap();
        let comptes = demo::comptes(&etat.store, etat.communes.get("ham").unwrap(), &slug).await.unwrap();
        let reel = etat.horloge.reel();
        let (mut portees, mut cookie) = (Vec::new(), String::new());
        for identifiant in ["durand", "agent"] {
            let auteur = comptes.iter().find(|c| c.identifiant == identifiant).unwrap().auteur.clone();
            let fin = reel.checked_add(SignedDuration::from_hours(1)).unwrap();
            let jeton = etat.store.ouvre_session(&slug, auteur, reel, fin).await.unwrap();
            cookie = format!("guichet-ham={}", jeton.texte());
            portees.push(etat.store.session(&slug, &jeton, reel).await.unwrap().unwrap().portee);
        }
        let agent = portees.pop().unwrap();
        let banc = Self { _temporaire: temporaire, parent: portees.pop().unwrap(), etat, agent, cookie };
        banc.etat.horloge.regle(DEBUT.parse().unwrap());
        Ok(banc)
    }

    pub(super) async fn ouvre(secrets: &str) -> Self {
        Self::essaie(secrets, false).await.unwrap()
    }

    fn commune(&self) -> &Commune {
        self.etat.communes.get("ham").unwrap()
    }

    /// The family files a request, which is acknowledged by a letter.
    pub(super) async fn depose(&self) -> DossierId {
        self.depose_pour("Claude").await
    }

    /// The same about somebody of that first name.
    pub(super) async fn depose_pour(&self, prenom: &str) -> DossierId {
        let demarche = self.commune().demarche("entourage").unwrap();
        let Auteur::Parent { foyer, .. } = self.parent.auteur() else { panic!("a parent") };
        let texte = |t: &str| Reponse::Valeur(ValeurFait::Texte(t.to_owned()));
        let reponses = Reponses(
            [
                ("lien", Reponse::Valeur(ValeurFait::Choix("contact".to_owned()))),
                ("nom", texte("Petit")),
                ("prenom", texte(prenom)),
                ("telephone", texte("0322000000")),
            ]
            .map(|(champ, reponse)| (champ.to_owned(), reponse))
            .into(),
        );
        let lu = acts::neuf(&self.etat, self.commune(), &self.parent, demarche, foyer, None).await.unwrap();
        let demarre = Evenement::Demarrer { foyer: Some(foyer.clone()), enfant: None, reponses };
        let id = acts::commet(&self.etat, &self.parent, &lu, &demarre, None).await.unwrap();
        self.agit(&self.parent, &id, "deposer", None).await;
        id
    }

    /// The town hall accepts it, which calls the other system and sends a letter.
    pub(super) async fn valide(&self, id: &DossierId) {
        self.agit(&self.agent, id, "valider", None).await;
    }

    pub(super) async fn agit(&self, qui: &Portee, id: &DossierId, action: &str, motif: Option<&str>) {
        let evenement = Evenement::Agir {
            action: action.to_owned(),
            motif: motif.map(str::to_owned),
            reponses: None,
            vue: None,
        };
        acts::agit(&self.etat, self.commune(), qui, id, &evenement, None).await.unwrap();
    }

    /// The agent reads that page, or posts that form; the status and the text.
    pub(super) async fn page(&self, chemin: &str, corps: Option<&str>) -> (u16, String) {
        let methode = if corps.is_some() { "POST" } else { "GET" };
        let json = chemin.contains("/api/");
        let genre = if json { "application/json" } else { "application/x-www-form-urlencoded" };
        let requete = Request::builder()
            .method(methode)
            .uri(chemin)
            .header(header::HOST, "localhost")
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, genre)
            .header("idempotency-key", corps.unwrap_or_default().len().to_string())
            .body(Body::from(corps.unwrap_or_default().to_owned()))
            .unwrap();
        let serveur = routes::serveur(Arc::new(self.etat.clone()));
        let reponse = serveur.oneshot(requete).await.unwrap();
        let code = reponse.status().as_u16();
        let octets = to_bytes(reponse.into_body(), 1 << 20).await.unwrap();
        (code, String::from_utf8_lossy(&octets).into_owned())
    }

    /// The worker does what is due `secondes` after the start, and nothing else.
    pub(super) async fn bat(&self, secondes: i64) {
        let debut: Timestamp = DEBUT.parse().unwrap();
        let maintenant = debut.checked_add(SignedDuration::from_secs(secondes)).unwrap();
        self.etat.horloge.regle(maintenant);
        worker::fait_ce_qui_est_du(&self.etat, maintenant).await.unwrap();
    }

    /// When the next effect is due, in seconds after the start.
    pub(super) async fn prochain(&self) -> Option<i64> {
        let debut: Timestamp = DEBUT.parse().unwrap();
        let loin = debut.checked_add(SignedDuration::from_hours(24 * 30)).unwrap();
        let du = self.etat.store.travail_du(loin).await.unwrap();
        let effets = du.iter().filter(|t| t.genre == engine_store::GenreTravail::Effets);
        effets.map(|t| t.du_le.duration_since(debut).as_secs()).min()
    }

    pub(super) async fn morts(&self) -> Vec<EffetMort> {
        self.etat.store.effets_morts(&self.agent, 100).await.unwrap()
    }

    /// The letters kept.
    pub(super) async fn courriers(&self) -> Vec<Courrier> {
        self.etat.store.courriers(&self.parent, 100).await.unwrap()
    }
}
