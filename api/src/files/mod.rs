//! Documents sent by families: recognised by their first bytes, encrypted, kept outside any address.

mod coffre;
mod format;
mod image;
mod pdf;
mod reception;
mod rotation;
mod sceau;
mod service;
mod trousseau;

use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use engine::identifiant::{CommuneSlug, DossierId, FichierId};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Chemin;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};
use sha2::Sha256;
use tokio::sync::Semaphore;

pub(crate) use self::format::Format;
pub(crate) use self::reception::{Defaut, Recu};
use self::sceau::Illisible;
pub(crate) use self::service::envoie;
use self::trousseau::{Source, Trousseau};
use crate::error::Fatale;

/// Largest document, in bytes.
pub(crate) const TAILLE_MAX: usize = 5 * 1024 * 1024;
/// Images written again at once.
const IMAGES: usize = 2;
/// Sealed once, and opened at each start: the keys are those of these documents.
const TEMOIN: &str = "_temoin";
/// How many times a document is sealed again because the keys changed meanwhile.
const ESSAIS: u8 = 3;

/// Where documents are kept.
#[derive(Debug, Clone)]
pub(crate) struct Fichiers {
    magasin: Arc<dyn ObjectStore>,
    /// The folder, when it is one: what a killed process left there half-written is swept too.
    dossier: Option<PathBuf>,
    cles: Arc<Cles>,
    /// Where images are written again, two at a time.
    atelier: Arc<Semaphore>,
}

/// The keys as last read, and whence.
#[derive(Debug)]
struct Cles {
    source: Source,
    lues: RwLock<(Option<SystemTime>, Arc<Trousseau>)>,
}

/// Where documents and their keys are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ou<'o> {
    /// The data folder.
    pub(crate) data: &'o Path,
    /// `s3://…`; `None`: the data folder.
    pub(crate) url: Option<&'o str>,
    /// The keys that the secrets give; none: the file beside the data folder.
    pub(crate) cles: &'o [String],
}

impl Fichiers {
    /// Opens it, with its keys: made at the first start, never others than those of what is kept already.
    pub(crate) async fn ouvre(ou: Ou<'_>) -> Result<Self, Fatale> {
        let (source, trousseau) = match ou.cles {
            [] => {
                let chemin = trousseau::fichier(ou.data)?;
                let lu = trousseau::lit_ou_cree(&chemin)?;
                (Source::Fichier(chemin), lu)
            }
            cles => {
                let lu = Trousseau::lit(&cles.join("\n")).ok_or_else(|| {
                    Fatale::Usage("secrets : chaque clé de « cles_des_fichiers » compte 64 chiffres hexadécimaux (openssl rand -hex 32)".to_owned())
                })?;
                (Source::Secrets, lu)
            }
        };
        let (magasin, dossier) = match ou.url {
            Some(url) => (distant(url)?, None),
            None => {
                let dossier = ou.data.join("fichiers");
                std::fs::create_dir_all(&dossier).map_err(|e| Fatale::chemin(&dossier, e))?;
                let local = LocalFileSystem::new_with_prefix(&dossier)
                    .map_err(|e| Fatale::chemin(&dossier, e.into()))?;
                // on the disk, file and folder, before a document is acknowledged
                let local: Arc<dyn ObjectStore> = Arc::new(local.with_fsync(true));
                (local, Some(dossier))
            }
        };
        let lues = RwLock::new((date(&source), Arc::new(trousseau)));
        let fichiers = Self {
            magasin,
            dossier,
            cles: Arc::new(Cles { source, lues }),
            atelier: Arc::new(Semaphore::new(IMAGES)),
        };
        fichiers.eprouve().await?;
        Ok(fichiers)
    }

    /// A wrong key stops the start.
    async fn eprouve(&self) -> Result<(), Fatale> {
        let probleme = |e: Error| Fatale::fichier("les documents", e);
        match self.octets(&Chemin::from(TEMOIN)).await {
            Err(e) if e.kind() == ErrorKind::NotFound => self.pose_temoin().await.map_err(probleme),
            Err(e) => Err(probleme(e)),
            Ok(octets) => match sceau::ouvre(&*self.trousseau().map_err(probleme)?, "", TEMOIN, octets) {
                Ok(_) => Ok(()),
                Err(_) => {
                    let ou = match &self.cles.source {
                        Source::Fichier(chemin) => chemin.display().to_string(),
                        Source::Secrets => "« cles_des_fichiers » des secrets".to_owned(),
                    };
                    Err(Fatale::Usage(format!(
                        "{ou} n'ouvre pas les documents déjà gardés : remettez les clés d'une sauvegarde"
                    )))
                }
            },
        }
    }

    async fn pose_temoin(&self) -> Result<(), Error> {
        let scelle = sceau::scelle(&*self.trousseau()?, "", TEMOIN, b"guichet").map_err(illisible)?;
        self.pose(&Chemin::from(TEMOIN), scelle).await
    }

    /// The name of a document: its content's under a key, so that a name tells nothing of a content, and the same content has
    /// another name in another file or another town. Sent twice, it is kept once.
    pub(crate) fn nomme(
        &self,
        commune: &CommuneSlug,
        dossier: &DossierId,
        octets: &[u8],
    ) -> Result<FichierId, Error> {
        let cle = self.trousseau()?.premiere().derive(&["noms", commune.as_str(), dossier.as_str()]);
        let hmac = cle.and_then(|cle| Hmac::<Sha256>::new_from_slice(&cle).ok());
        let mut hmac = hmac.ok_or_else(|| Error::other("no key"))?;
        hmac.update(octets);
        let empreinte: [u8; 32] = hmac.finalize().into_bytes().into();
        Ok(FichierId::neuf(empreinte.first_chunk().copied().unwrap_or_default()))
    }

    /// A kept document.
    pub(crate) async fn lit(&self, commune: &CommuneSlug, id: &FichierId) -> Result<Vec<u8>, Error> {
        self.clair(commune.as_str(), id.as_str()).await
    }

    /// Keeps a document, on the disk when this returns.
    pub(crate) async fn garde(
        &self,
        commune: &CommuneSlug,
        id: &FichierId,
        octets: &[u8],
    ) -> Result<(), Error> {
        self.scelle(commune.as_str(), id.as_str(), octets.to_vec()).await
    }

    async fn clair(&self, commune: &str, id: &str) -> Result<Vec<u8>, Error> {
        let octets = self.octets(&chemin(commune, id)).await?;
        let trousseau = self.trousseau()?;
        let (commune, id) = (commune.to_owned(), id.to_owned());
        a_part(move || sceau::ouvre(&trousseau, &commune, &id, octets)).await
    }

    async fn scelle(&self, commune: &str, id: &str, octets: Vec<u8>) -> Result<(), Error> {
        let octets = Arc::new(octets);
        for _ in 0..ESSAIS {
            let trousseau = self.trousseau()?;
            let scelle = {
                let (commune, id) = (commune.to_owned(), id.to_owned());
                let (trousseau, octets) = (trousseau.clone(), octets.clone());
                a_part(move || sceau::scelle(&trousseau, &commune, &id, &octets)).await?
            };
            self.pose(&chemin(commune, id), scelle).await?;
            // a rotation began meanwhile: a document is not acknowledged under a key that may be taken away
            if self.trousseau()?.premiere() == trousseau.premiere() {
                return Ok(());
            }
        }
        Err(Error::other("the keys change without end"))
    }

    /// The keys, read again when their file changed: `guichet files` runs beside the server.
    fn trousseau(&self) -> Result<Arc<Trousseau>, Error> {
        let Source::Fichier(chemin) = &self.cles.source else { return Ok(self.lues().1) };
        let (lue_le, trousseau) = self.lues();
        let date = date(&self.cles.source);
        if lue_le == date {
            return Ok(trousseau);
        }
        let lu = Trousseau::lit(&std::fs::read_to_string(chemin)?);
        let lu =
            Arc::new(lu.ok_or_else(|| Error::new(ErrorKind::InvalidData, "the key file does not read"))?);
        *self.cles.lues.write().unwrap_or_else(PoisonError::into_inner) = (date, lu.clone());
        Ok(lu)
    }

    fn lues(&self) -> (Option<SystemTime>, Arc<Trousseau>) {
        self.cles.lues.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn octets(&self, chemin: &Chemin) -> Result<Vec<u8>, Error> {
        let lu = self.magasin.get(chemin).await.map_err(en_io)?;
        Ok(lu.bytes().await.map_err(en_io)?.into())
    }

    /// Puts bytes there, whole or not at all.
    async fn pose(&self, chemin: &Chemin, octets: Vec<u8>) -> Result<(), Error> {
        self.magasin.put(chemin, PutPayload::from(octets)).await.map(drop).map_err(en_io)
    }

    /// Names of a town's documents last touched before `avant`, half-received ones too.
    pub(crate) async fn vieux(&self, commune: &CommuneSlug, avant: Timestamp) -> Result<Vec<String>, Error> {
        let liste = self.magasin.list_with_delimiter(Some(&Chemin::from(commune.as_str()))).await;
        let objets = liste.map_err(en_io)?.objects;
        let touche = |o: &object_store::ObjectMeta| {
            Timestamp::from_microsecond(o.last_modified.timestamp_micros()).is_ok_and(|t| t < avant)
        };
        let vieux = objets.iter().filter(|o| touche(o)).filter_map(|o| o.location.filename());
        // what seals the database is no document that somebody forgot
        let mut noms: Vec<String> = vieux.filter(|n| *n != coffre::COFFRE).map(str::to_owned).collect();
        let Some(dossier) = self.dossier_de(commune) else { return Ok(noms) };
        let mut entrees = match tokio::fs::read_dir(dossier).await {
            Ok(entrees) => entrees,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(noms),
            Err(e) => return Err(e),
        };
        while let Some(entree) = entrees.next_entry().await? {
            if let Some(nom) = entree.file_name().to_str()
                && est_provisoire(nom)
                && est_vieux(&entree.metadata().await?, avant)
            {
                noms.push(nom.to_owned());
            }
        }
        noms.sort();
        noms.dedup();
        Ok(noms)
    }

    /// Removes a document, unless it was touched again meanwhile.
    pub(crate) async fn oublie(
        &self,
        commune: &CommuneSlug,
        nom: &str,
        avant: Timestamp,
    ) -> Result<bool, Error> {
        if est_provisoire(nom)
            && let Some(dossier) = self.dossier_de(commune)
        {
            let provisoire = dossier.join(nom);
            if !est_vieux(&tokio::fs::metadata(&provisoire).await?, avant) {
                return Ok(false);
            }
            return tokio::fs::remove_file(&provisoire).await.map(|()| true);
        }
        let chemin = chemin(commune.as_str(), nom);
        let fiche = self.magasin.head(&chemin).await.map_err(en_io)?;
        let touche = Timestamp::from_microsecond(fiche.last_modified.timestamp_micros());
        if touche.is_ok_and(|t| t >= avant) {
            return Ok(false);
        }
        self.magasin.delete(&chemin).await.map(|()| true).map_err(en_io)
    }

    fn dossier_de(&self, commune: &CommuneSlug) -> Option<PathBuf> {
        Some(self.dossier.as_ref()?.join(commune.as_str()))
    }
}

fn chemin(commune: &str, id: &str) -> Chemin {
    Chemin::from_iter([commune, id])
}

/// What a process that was killed leaves of a document that it was receiving: this one's, and those of before.
fn est_provisoire(nom: &str) -> bool {
    nom.contains('#') || nom.ends_with(".recu")
}

fn est_vieux(fiche: &std::fs::Metadata, avant: Timestamp) -> bool {
    let touche = fiche.modified().ok().and_then(|t| Timestamp::try_from(t).ok());
    fiche.is_file() && touche.is_some_and(|t| t < avant)
}

/// When the file of keys was last written.
fn date(source: &Source) -> Option<SystemTime> {
    let Source::Fichier(chemin) = source else { return None };
    std::fs::metadata(chemin).and_then(|f| f.modified()).ok()
}

/// Megabytes are not sealed where requests wait.
async fn a_part<T: Send + 'static>(
    travail: impl FnOnce() -> Result<T, Illisible> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(travail).await.map_err(Error::other)?.map_err(illisible)
}

fn illisible(erreur: Illisible) -> Error {
    Error::new(ErrorKind::InvalidData, erreur)
}

/// What the system said, where it said something: a full disk is told apart from the rest.
fn en_io(erreur: object_store::Error) -> Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&erreur);
    let mut genre = None;
    while let Some(e) = cause {
        genre = e.downcast_ref::<Error>().map(Error::kind).or(genre);
        cause = e.source();
    }
    match (genre, &erreur) {
        (_, object_store::Error::NotFound { .. }) => Error::new(ErrorKind::NotFound, erreur),
        (Some(genre), _) => Error::new(genre, erreur),
        (None, _) => Error::other(erreur),
    }
}

/// A store of the S3 kind; its account comes from the environment (`AWS_…`).
#[cfg(feature = "s3")]
fn distant(url: &str) -> Result<Arc<dyn ObjectStore>, Fatale> {
    // one already installed is ours
    let _deja = rustls::crypto::ring::default_provider().install_default();
    let refus = |e: object_store::Error| Fatale::Usage(format!("--fichiers : {e}"));
    let adresse = url
        .strip_prefix("s3://")
        .ok_or_else(|| Fatale::Usage("--fichiers attend s3://seau/dossier".to_owned()))?;
    let (seau, prefixe) = adresse.split_once('/').unwrap_or((adresse, ""));
    let magasin = object_store::aws::AmazonS3Builder::from_env().with_bucket_name(seau);
    let magasin = magasin.build().map_err(refus)?;
    Ok(Arc::new(object_store::prefix::PrefixStore::new(magasin, prefixe)))
}

#[cfg(not(feature = "s3"))]
fn distant(_: &str) -> Result<Arc<dyn ObjectStore>, Fatale> {
    Err(Fatale::Usage(
        "cette version garde les documents dans le dossier des données : pour --fichiers s3://…, construisez-la avec « --features s3 »"
            .to_owned(),
    ))
}
