//! Ham, in production, with an exploitant's secrets: a family whose acts have effects, and a worker that beats when told to.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use engine::commune::Commune;
use engine::decision::{Agregat, Auteur, Decision, EntreeJournal, Suivant};
use engine::demarche::{Changement, EtatPiece, Evenement, PieceRecue, Reponse, Reponses};
use engine::foyer::ValeurFait;
use engine::identifiant::{CommuneSlug, DossierId, FichierId};
use engine_store::{Courrier, EffetMort, Jeton, Portee};
use jiff::{SignedDuration, Timestamp};
use tower::ServiceExt as _;

use crate::command::Serve;
use crate::error::Fatale;
use crate::state::Etat;
use crate::{acts, demo, routes, worker};

/// When the family acts.
pub(super) const DEBUT: &str = "2025-09-01T08:00:00Z";

pub(super) struct Banc {
    temporaire: tempfile::TempDir,
    pub(super) etat: Etat,
    parent: Portee,
    pub(super) agent: Portee,
    /// The agent's browser.
    cookie: String,
    /// The family's.
    cookie_parent: String,
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
        let (mut portees, mut cookie, mut cookie_parent) = (Vec::new(), String::new(), String::new());
        for identifiant in ["durand", "agent"] {
            let auteur = comptes.iter().find(|c| c.identifiant == identifiant).unwrap().auteur.clone();
            let fin = reel.checked_add(SignedDuration::from_hours(1)).unwrap();
            let jeton = etat.store.ouvre_session(&slug, auteur, reel, fin).await.unwrap();
            cookie_parent = std::mem::take(&mut cookie);
            cookie = format!("guichet-ham={}", jeton.texte());
            portees.push(etat.store.session(&slug, &jeton, reel).await.unwrap().unwrap().portee);
        }
        let agent = portees.pop().unwrap();
        let banc = Self { temporaire, parent: portees.pop().unwrap(), etat, agent, cookie, cookie_parent };
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
        let id = acts::commet(&self.etat, &self.parent, &lu, &demarre, None).await.unwrap().id;
        self.agit(&self.parent, &id, "deposer", None).await;
        id
    }

    /// Somebody without an account reserves a computer, on 10 July 2025 at 8:00 UTC.
    pub(super) async fn reserve_sans_compte(&self, courriel: &str) -> DossierId {
        self.etat.horloge.regle("2025-07-10T08:00:00Z".parse().unwrap());
        let (etat, commune) = (&self.etat, self.commune());
        let slug = CommuneSlug::lit("ham").unwrap();
        let portee = etat.store.portee_publique(&slug);
        let demarche = commune.demarche("ordinateur").unwrap();
        let lu = acts::neuf_public(etat, commune, &portee, demarche);
        let texte = |t: &str| Reponse::Valeur(ValeurFait::Texte(t.to_owned()));
        let reponses = [("prenom", texte("Alix")), ("nom", texte("Petit")), ("courriel", texte(courriel))];
        let reponses = Reponses(reponses.map(|(champ, reponse)| (champ.to_owned(), reponse)).into());
        let demarre = Evenement::Demarrer { foyer: None, enfant: None, reponses };
        let id = acts::commet(etat, &portee, &lu, &demarre, None).await.unwrap().id;
        let (jeton, reel) = (Jeton::tire().unwrap(), etat.horloge.reel());
        let fin = reel.checked_add(SignedDuration::from_hours(1)).unwrap();
        etat.store.ouvre_suivi(&slug, &jeton, id.clone(), reel, fin).await.unwrap();
        let portee = etat.store.portee_de_suivi(&slug, &jeton, reel).await.unwrap().unwrap();
        let pris = Evenement::PrendreRendezVous { debut: "2025-07-25T10:30:00".parse().unwrap() };
        acts::agit(etat, commune, &portee, &id, &pris, None).await.unwrap();
        self.agit(&portee, &id, "deposer", None).await;
        id
    }

    /// The family.
    pub(super) const fn parent(&self) -> &Portee {
        &self.parent
    }

    /// The family posts JSON under that key; the status and the text.
    pub(super) async fn appel_du_parent(
        &self,
        chemin: &str,
        cle: &str,
        corps: &serde_json::Value,
    ) -> (u16, String) {
        let requete = Request::post(chemin)
            .header(header::HOST, "localhost")
            .header(header::COOKIE, &self.cookie_parent)
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", cle)
            .body(Body::from(corps.to_string()))
            .unwrap();
        self.repond(requete).await
    }

    async fn repond(&self, requete: Request<Body>) -> (u16, String) {
        let serveur = routes::serveur(Arc::new(self.etat.clone()));
        let reponse = serveur.oneshot(requete).await.unwrap();
        let code = reponse.status().as_u16();
        let octets = to_bytes(reponse.into_body(), 1 << 20).await.unwrap();
        (code, String::from_utf8_lossy(&octets).into_owned())
    }

    /// The journal says that the dossier received that document, whatever its procedure asks.
    pub(super) async fn recoit(&self, id: &DossierId, piece: &str, fichier: &FichierId) {
        let mut dossier = self.etat.store.dossier(&self.parent, id).await.unwrap().unwrap();
        let recue = PieceRecue {
            fichiers: vec![fichier.clone()],
            images: Vec::new(),
            date: None,
            recue_le: self.etat.horloge.maintenant(),
            etat: EtatPiece::AVerifier,
        };
        let recue = Changement::PieceRecue { piece: piece.to_owned(), recue };
        dossier = recue.applique(Some(dossier)).unwrap();
        dossier.version += 1;
        let decision = Decision {
            entree: EntreeJournal {
                agregat: Agregat::Dossier(id.clone()),
                seq: dossier.version,
                le: self.etat.horloge.maintenant(),
                auteur: self.parent.auteur().clone(),
                evenement: "deposer_piece".to_owned(),
                detail: None,
                changements: vec![recue],
            },
            suivant: Suivant::Dossier(Box::new(dossier)),
            ecritures: Vec::new(),
            effets: Vec::new(),
            echeances: Vec::new(),
            gardes: Vec::new(),
            trace: Vec::new(),
        };
        self.etat.store.commet(&self.parent, decision, None).await.unwrap();
    }

    /// The worker does what is due then, and nothing else.
    pub(super) async fn bat_a(&self, instant: &str) {
        let maintenant = instant.parse().unwrap();
        self.etat.horloge.regle(maintenant);
        worker::fait_ce_qui_est_du(&self.etat, maintenant).await.unwrap();
    }

    /// Every letter kept, whomever it is for.
    pub(super) async fn lettres(&self) -> Vec<Courrier> {
        self.etat.store.courriers(&self.agent, 100).await.unwrap()
    }

    /// Every file of the data folder.
    pub(super) fn fichiers(&self) -> Vec<PathBuf> {
        let (mut dossiers, mut fichiers) = (vec![self.temporaire.path().join("data")], Vec::new());
        while let Some(ici) = dossiers.pop() {
            for chemin in std::fs::read_dir(&ici).unwrap().map(|e| e.unwrap().path()) {
                if chemin.is_dir() { dossiers.push(chemin) } else { fichiers.push(chemin) }
            }
        }
        assert!(!fichiers.is_empty());
        fichiers
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
        self.repond(requete).await
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
        self.etat.store.effets_morts(&self.agent, None, 100).await.unwrap()
    }

    /// The letters kept.
    pub(super) async fn courriers(&self) -> Vec<Courrier> {
        self.etat.store.courriers(&self.parent, 100).await.unwrap()
    }
}
