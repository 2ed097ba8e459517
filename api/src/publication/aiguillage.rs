//! The switch: each request is answered whole by the one version that was live when it came.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use engine::commune::Commune;
use engine::identifiant::CommuneSlug;
use jiff::Timestamp;
use tower::ServiceExt as _;

use super::epingle::{Fixees, celles_de, fixees};
use super::reprise;
use super::source::publiee;
use super::version::{Essai, Refusee, Voulu, publie};
use crate::command::Serve;
use crate::error::Fatale;
use crate::folders::Dossiers;
use crate::routes;
use crate::state::Etat;
use crate::vault;

/// What serves now, and how it is replaced.
#[derive(Debug)]
pub(crate) struct Aiguillage {
    // the router holds its own state: a request that took it never sees another version
    courant: RwLock<(Arc<Etat>, Router)>,
    /// One replacement at a time: when each town was last published, as far as this process read; when another version is due.
    suivi: tokio::sync::Mutex<Suivi>,
}

#[derive(Debug, Default)]
struct Suivi {
    lues: BTreeMap<CommuneSlug, Timestamp>,
    prochaines: BTreeMap<CommuneSlug, Timestamp>,
}

impl Aiguillage {
    /// Opens the data folder and the towns' folders; takes up what a stop may have left half done.
    pub(crate) async fn ouvre(args: &Serve) -> Result<Arc<Self>, Fatale> {
        let etat = Arc::new(Etat::ouvre(args).await?);
        let routes = routes::serveur(etat.clone());
        let aiguillage = Arc::new(Self {
            courant: RwLock::new((etat.clone(), routes)),
            suivi: tokio::sync::Mutex::default(),
        });
        for commune in etat.communes.values() {
            reprise::reprend(&etat, commune).await?;
        }
        Ok(aiguillage)
    }

    /// What serves now.
    pub(crate) fn etat(&self) -> Arc<Etat> {
        self.courant.read().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    fn routeur(&self) -> Router {
        self.courant.read().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    fn pose(&self, etat: Etat) -> Arc<Etat> {
        let etat = Arc::new(etat);
        let routes = routes::serveur(etat.clone());
        *self.courant.write().unwrap_or_else(PoisonError::into_inner) = (etat.clone(), routes);
        etat
    }

    /// The service that listens: it takes the live version once a request.
    pub(crate) fn service(self: Arc<Self>) -> Router {
        let repond = move |requete: Request| {
            let routes = self.routeur();
            async move { Ok::<Response, Infallible>(routes.oneshot(requete).await.unwrap_or_else(|e| match e {})) }
        };
        Router::new().fallback_service(tower::service_fn(repond))
    }

    /// Puts the town's folder live if it is valid; what ran goes on otherwise.
    pub(crate) async fn propose(&self, dossiers: Dossiers, slug: &str, auteur: &str) -> Result<(), Fatale> {
        let suivi = self.suivi.lock().await;
        let etat = self.etat();
        let maintenant = etat.horloge.reel();
        let voulu = (slug, auteur, Voulu::Surveille);
        match publie(&etat.store, dossiers, voulu, maintenant, maintenant).await? {
            Essai::Inchangee(commune) => {
                // the same meaning, perhaps on other lines; and whatever was refused is not there any more
                let mut neuf = (*etat).clone();
                neuf.communes.insert(slug.to_owned(), commune);
                neuf.oublie_le_refus(slug);
                self.pose(neuf);
            }
            Essai::Publiee(commune) => self.remplace(commune).await?,
            Essai::AVenir(le) => {
                tracing::info!(commune = slug, %le, "folder published for later: what runs stays until then");
                let mut neuf = (*etat).clone();
                neuf.oublie_le_refus(slug);
                self.pose(neuf);
            }
            Essai::Refusee(refusee) => self.refuse(slug, refusee),
        }
        drop(suivi);
        Ok(())
    }

    /// The folder of a town is not there any more: its families have requests under way, so what runs stays; it is told.
    pub(crate) async fn disparait(&self, slug: &str) {
        let _suivi = self.suivi.lock().await;
        let etat = self.etat();
        if !etat.communes.contains_key(slug) {
            return;
        }
        let raison = "son dossier n'est plus là : la version en service continue jusqu'à l'arrêt du serveur, et un redémarrage ne la servira plus. Remettez le dossier, ou arrêtez le serveur";
        tracing::warn!(commune = slug, "folder gone: what runs stays until the server stops");
        let mut neuf = (*etat).clone();
        let le = etat.horloge.reel();
        neuf.note_le_refus(slug, Refusee { le, raison: raison.to_owned(), diagnostics: String::new() });
        self.pose(neuf);
    }

    fn refuse(&self, slug: &str, refusee: Refusee) {
        tracing::error!(
            commune = slug,
            raison = refusee.raison,
            diagnostics = refusee.diagnostics,
            "new version refused"
        );
        let mut neuf = (*self.etat()).clone();
        neuf.note_le_refus(slug, refusee);
        self.pose(neuf);
    }

    async fn remplace(&self, commune: Arc<Commune>) -> Result<(), Fatale> {
        let etat = self.etat();
        let Ok(slug) = CommuneSlug::lit(&commune.slug) else { return Ok(()) };
        vault::confie(&etat.store, &etat.fichiers, slug.as_str(), std::iter::once(&*commune)).await?;
        let portee = etat.store.portee_de_commande(&slug, "publication");
        let ancienne = etat.communes.get(slug.as_str());
        let mut connues: Fixees = etat.fixees.get(slug.as_str()).cloned().unwrap_or_default();
        let derniere = ancienne.map(celles_de).unwrap_or_default();
        connues.extend(derniere.clone());
        let mut gardees = fixees(&etat.store, &portee, &commune, &connues).await?;
        gardees.extend(derniere);
        let mut neuf = (*etat).clone();
        neuf.fixees.insert(slug.as_str().to_owned(), gardees);
        neuf.communes.insert(slug.as_str().to_owned(), commune.clone());
        neuf.oublie_le_refus(slug.as_str());
        let etat = self.pose(neuf);
        tracing::info!(commune = %slug, digest = commune.digest, "version live");
        reprise::reprend(&etat, &commune).await
    }

    /// Follows what was published elsewhere: by the command line, by another process, or for a date that has come.
    pub(crate) async fn suit(&self) -> Result<(), Fatale> {
        let mut suivi = self.suivi.lock().await;
        let etat = self.etat();
        let maintenant = etat.horloge.reel();
        for (slug, publiee_le) in etat.store.publications_annoncees().await? {
            let attendue = suivi.prochaines.get(&slug).is_some_and(|le| *le <= maintenant);
            if suivi.lues.get(&slug) == Some(&publiee_le) && !attendue {
                continue;
            }
            let portee = etat.store.portee_de_commande(&slug, "publication");
            match etat.store.prochaine_publication(&portee, maintenant).await? {
                Some(le) => suivi.prochaines.insert(slug.clone(), le),
                None => suivi.prochaines.remove(&slug),
            };
            if let Some(vigueur) = etat.store.en_vigueur(&portee, maintenant).await?
                && etat.communes.get(slug.as_str()).is_none_or(|c| c.digest != vigueur.digest)
            {
                let commune = publiee(&etat.store, &portee, slug.as_str(), &vigueur.digest).await?;
                self.remplace(commune).await?;
            }
            suivi.lues.insert(slug, publiee_le);
        }
        Ok(())
    }
}
