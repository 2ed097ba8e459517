//! The one door: where everything is kept, and how a commune's part of it is reached. What is asked of an aggregate is in
//! that aggregate's file.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use engine::decision::{Auteur, Decision};
use engine::identifiant::CommuneSlug;
use jiff::Timestamp;
use sqlx::{PgPool, SqlitePool};
use tokio::sync::Mutex;

use crate::a_faire::{self, TravailDu};
use crate::base::Base;
use crate::commit::Commis;
use crate::cx::Cx;
use crate::erreur::Erreur;
use crate::idempotence::CleIdempotence;
use crate::ordre::{Ordre, Recu};
use crate::portee::Portee;
use crate::{pg, sqlite};

/// Opened on demand; held while one opens, so that a commune has one writer in this process.
type Bases = Arc<Mutex<HashMap<CommuneSlug, Base>>>;

/// Where everything is kept.
#[derive(Clone, Debug)]
pub enum Store {
    /// One file a commune, in a folder.
    Sqlite(Sqlite),
    /// One database for all, that several processes may share.
    Pg(Pg),
}

/// The SQLite kind of [`Store`].
#[derive(Clone, Debug)]
pub struct Sqlite {
    dossier: PathBuf,
    bases: Bases,
    a_faire: SqlitePool,
}

/// The PostgreSQL kind of [`Store`].
#[derive(Clone, Debug)]
pub struct Pg {
    bases: Bases,
    base: PgPool,
}

impl Store {
    /// Opens, or makes, a data folder. Towns' files are opened when they are first asked for.
    pub async fn sqlite(dossier: &Path) -> Result<Self, Erreur> {
        std::fs::create_dir_all(dossier)?;
        let a_faire = sqlite::ouvre_a_faire(&dossier.join("a_faire.db")).await?;
        Ok(Self::Sqlite(Sqlite { dossier: dossier.to_owned(), bases: Arc::default(), a_faire }))
    }

    /// Opens a PostgreSQL database (`postgres://user:password@host/database`) under the application's role. Refuses a role
    /// that row security does not bind, and a schema older than this version ([`migre_postgres`](Self::migre_postgres)).
    pub async fn postgres(url: &str) -> Result<Self, Erreur> {
        Ok(Self::Pg(Pg { bases: Arc::default(), base: pg::ouvre(url).await? }))
    }

    /// Brings the schema of a PostgreSQL database up to date, under its owner's role, and grants the application's role what
    /// it needs. Done twice, it changes nothing. Returns the number of the last migration.
    pub async fn migre_postgres(url: &str) -> Result<i64, Erreur> {
        pg::migre(url, None).await
    }

    pub(crate) async fn base(&self, commune: &CommuneSlug) -> Result<Base, Erreur> {
        let (Self::Sqlite(Sqlite { bases, .. }) | Self::Pg(Pg { bases, .. })) = self;
        let mut bases = bases.lock().await;
        if let Some(base) = bases.get(commune) {
            return Ok(base.clone());
        }
        let base = match self {
            Self::Sqlite(s) => {
                let fichier = s.dossier.join(format!("{commune}.db"));
                let base = Base::sqlite(&fichier, s.a_faire.clone(), commune.clone()).await?;
                // what a crash between two files may have lost
                base.demande(Ordre::Rappeler).await?;
                base
            }
            Self::Pg(p) => Base::pg(p.base.clone(), commune.clone()),
        };
        bases.insert(commune.clone(), base.clone());
        Ok(base)
    }

    /// Where the rows of this scope's commune are read.
    pub(crate) async fn lecture(&self, portee: &Portee) -> Result<Cx, Erreur> {
        self.lecture_de(portee.commune()).await
    }

    pub(crate) async fn lecture_de(&self, commune: &CommuneSlug) -> Result<Cx, Erreur> {
        self.base(commune).await?.lecture().await
    }

    /// Asks the commune's writer; the answer comes after the commit.
    pub(crate) async fn demande(&self, commune: &CommuneSlug, ordre: Ordre) -> Result<Recu, Erreur> {
        self.base(commune).await?.demande(ordre).await
    }

    /// The scope of a command of the process itself (demonstration data, the start's recompilation), which the log records.
    pub fn portee_de_commande(&self, commune: &CommuneSlug, commande: &'static str) -> Portee {
        tracing::info!(commune = %commune, commande, "db.portee.commande");
        Portee::nouvelle(commune.clone(), Auteur::Systeme)
    }

    /// Commits a decision, once under its idempotency key. [`Erreur::Garde`]: read again and decide again.
    pub async fn commet(
        &self,
        portee: &Portee,
        decision: Decision,
        cle: Option<CleIdempotence>,
    ) -> Result<Commis, Erreur> {
        self.commet_ensemble(portee, vec![decision], cle).await
    }

    /// Commits decisions taken together, in one transaction: all of them, or none, once under their idempotency key.
    /// [`Erreur::Garde`] of any of them: read again and decide all again.
    pub async fn commet_ensemble(
        &self,
        portee: &Portee,
        decisions: Vec<Decision>,
        cle: Option<CleIdempotence>,
    ) -> Result<Commis, Erreur> {
        let ordre = Ordre::Commettre { decisions, cle };
        match self.demande(portee.commune(), ordre).await? {
            Recu::Commis(commis) => Ok(commis),
            _ => Err(Erreur::Ferme),
        }
    }

    /// The towns that have work due at `maintenant`.
    pub async fn travail_du(&self, maintenant: Timestamp) -> Result<Vec<TravailDu>, Erreur> {
        a_faire::dus(&mut self.lecture_sans_commune().await?, maintenant).await
    }

    /// When each town was last published, across towns: a process reads again the towns that changed.
    pub async fn publications_annoncees(&self) -> Result<Vec<(CommuneSlug, Timestamp)>, Erreur> {
        a_faire::publications(&mut self.lecture_sans_commune().await?).await
    }

    async fn lecture_sans_commune(&self) -> Result<Cx, Erreur> {
        match self {
            Self::Sqlite(s) => Ok(Cx::sqlite(s.a_faire.acquire().await?)),
            Self::Pg(p) => pg::lecture_sans_commune(&p.base).await,
        }
    }

    /// Opens this town's part and says again when it has work: what a crash may have lost.
    pub async fn reprend(&self, commune: &CommuneSlug) -> Result<(), Erreur> {
        self.demande(commune, Ordre::Rappeler).await.map(|_| ())
    }
}
