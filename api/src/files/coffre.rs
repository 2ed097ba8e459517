//! The key that seals a town's sensitive columns: itself a file of the town, sealed as documents are.
//!
//! Changing the keys of documents seals it again with them, and no row of the database is written: not the journal's, that nobody
//! rewrites. Erased, everything sensitive that the town's database says is lost with it.

use std::io::{Error, ErrorKind};

use engine::identifiant::CommuneSlug;
use object_store::{PutMode, PutOptions, PutPayload};

use super::{Fichiers, chemin, en_io, illisible, sceau};

/// Its name among the town's documents: no document has it.
pub(super) const COFFRE: &str = "_coffre";

impl Fichiers {
    /// The town's key: made the first time, the same for every process that serves it.
    pub(crate) async fn coffre(&self, commune: &CommuneSlug) -> Result<[u8; 32], Error> {
        if let Some(cle) = self.coffre_garde(commune).await? {
            return Ok(cle);
        }
        self.pose_coffre(commune).await?;
        // of several that start at once, the first one's is everybody's
        cle(&self.clair(commune.as_str(), COFFRE).await?)
    }

    /// The same where it is made already.
    pub(crate) async fn coffre_garde(&self, commune: &CommuneSlug) -> Result<Option<[u8; 32]>, Error> {
        match self.clair(commune.as_str(), COFFRE).await {
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            lu => cle(&lu?).map(Some),
        }
    }

    async fn pose_coffre(&self, commune: &CommuneSlug) -> Result<(), Error> {
        let mut neuve = [0; 32];
        getrandom::fill(&mut neuve).map_err(|e| Error::other(e.to_string()))?;
        let scelle =
            sceau::scelle(&*self.trousseau()?, commune.as_str(), COFFRE, &neuve).map_err(illisible)?;
        let une_fois = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        let pose = self
            .magasin
            .put_opts(&chemin(commune.as_str(), COFFRE), PutPayload::from(scelle), une_fois)
            .await;
        match pose {
            Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => Ok(()),
            Err(erreur) => Err(en_io(erreur)),
        }
    }
}

fn cle(octets: &[u8]) -> Result<[u8; 32], Error> {
    octets.try_into().map_err(|_| Error::new(ErrorKind::InvalidData, "the town's key is not one"))
}
