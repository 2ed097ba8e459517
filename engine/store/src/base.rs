//! A commune's part of the store: readers that never wait for the writer, and the writer's queue.

use std::path::Path;

use engine::identifiant::CommuneSlug;
use sqlx::{PgPool, SqlitePool};
use tokio::sync::{mpsc, oneshot};

use crate::coffre::{self, Partage};
use crate::cx::Cx;
use crate::ecrivain::{Attente, Ecrivain, Ou};
use crate::erreur::Erreur;
use crate::ordre::{Ordre, Recu};
use crate::{pg, sqlite};

/// Writes that may wait for the writer; beyond it, those who ask wait to ask.
const FILE: usize = 1024;

/// A commune's part.
#[derive(Clone, Debug)]
pub(crate) struct Base {
    lecteur: Lecteur,
    ordres: mpsc::Sender<Attente>,
    coffre: Partage,
}

#[derive(Clone, Debug)]
enum Lecteur {
    Sqlite(SqlitePool),
    Pg(PgPool, CommuneSlug),
}

impl Base {
    /// Opens, or makes, the commune's file; brings its schema up to date; starts its writer.
    pub(crate) async fn sqlite(
        fichier: &Path,
        a_faire: SqlitePool,
        commune: CommuneSlug,
    ) -> Result<Self, Erreur> {
        let sqlite::Fichier { lecture, ecriture } = sqlite::ouvre(fichier).await?;
        let ou = Ou::Sqlite { base: ecriture, a_faire, connu: [None; 3] };
        let coffre = Partage::default();
        let ordres = lance(ou, commune, coffre.clone());
        Ok(Self { lecteur: Lecteur::Sqlite(lecture), ordres, coffre })
    }

    /// Starts the commune's writer on the shared database.
    pub(crate) fn pg(base: PgPool, commune: CommuneSlug) -> Self {
        let coffre = Partage::default();
        let ordres = lance(Ou::Pg(base.clone()), commune.clone(), coffre.clone());
        Self { lecteur: Lecteur::Pg(base, commune), ordres, coffre }
    }

    /// A connection to read with.
    pub(crate) async fn lecture(&self) -> Result<Cx, Erreur> {
        let mut cx = match &self.lecteur {
            Lecteur::Sqlite(base) => Cx::sqlite(base.acquire().await?),
            Lecteur::Pg(base, commune) => pg::lecture(base, commune).await?,
        };
        cx.coffre = coffre::lu(&self.coffre);
        Ok(cx)
    }

    /// Where its key is put.
    pub(crate) fn coffre(&self) -> Partage {
        self.coffre.clone()
    }

    /// Asks the writer; the answer comes after the commit.
    pub(crate) async fn demande(&self, ordre: Ordre) -> Result<Recu, Erreur> {
        let (reponse, attente) = oneshot::channel();
        self.ordres.send((ordre, reponse)).await.map_err(|_| Erreur::Ferme)?;
        attente.await.map_err(|_| Erreur::Ferme)?
    }
}

fn lance(ou: Ou, commune: CommuneSlug, coffre: Partage) -> mpsc::Sender<Attente> {
    let (ordres, file) = mpsc::channel(FILE);
    tokio::spawn(Ecrivain { ou, commune, coffre }.ecrit(file));
    ordres
}
