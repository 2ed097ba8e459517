//! A store of either engine, a commune of its own in it, and a way to look behind it.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use engine::identifiant::CommuneSlug;
use engine_store::{GenreTravail, Portee, Store};
use jiff::Timestamp;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, Row as _, SqlSafeStr as _};
use tempfile::TempDir;

use crate::grappe;

/// What a test of the contract is given.
pub(crate) struct Essai {
    pub(crate) store: Store,
    pub(crate) commune: CommuneSlug,
    pub(crate) portee: Portee,
    ou: Ou,
}

enum Ou {
    Sqlite(TempDir),
    Pg(grappe::Base),
}

fn commune() -> CommuneSlug {
    static RANG: AtomicU32 = AtomicU32::new(0);
    CommuneSlug::lit(&format!("essai-{}", RANG.fetch_add(1, Ordering::Relaxed))).unwrap()
}

/// One database for this process: each test has a commune of its own in it.
fn base_commune() -> Option<&'static grappe::Base> {
    static BASE: OnceLock<Option<grappe::Base>> = OnceLock::new();
    let prepare = || {
        let base = grappe::base_dans(grappe::administrateur()?);
        let url = base.proprietaire.clone();
        // a runtime of its own: tests have each theirs
        let migre = std::thread::spawn(move || {
            let moteur = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            moteur.block_on(async {
                Store::migre_postgres(&url).await.unwrap();
                // twice is as good
                Store::migre_postgres(&url).await.unwrap()
            })
        });
        assert!(migre.join().unwrap() >= 5);
        Some(base)
    };
    BASE.get_or_init(prepare).as_ref()
}

impl Essai {
    /// On a folder of its own.
    pub(crate) async fn sqlite() -> Self {
        let dossier = tempfile::tempdir().unwrap();
        let store = Store::sqlite(dossier.path()).await.unwrap();
        Self::neuf(store, Ou::Sqlite(dossier))
    }

    /// On the shared database; `None`: this run goes without PostgreSQL.
    pub(crate) async fn postgres() -> Option<Self> {
        let base = base_commune()?;
        let store = Store::postgres(&base.application).await.unwrap();
        Some(Self::neuf(store, Ou::Pg(base.clone())))
    }

    fn neuf(store: Store, ou: Ou) -> Self {
        let commune = commune();
        let portee = store.portee_de_commande(&commune, "essai");
        Self { store, commune, portee, ou }
    }

    pub(crate) const fn est_postgres(&self) -> bool {
        matches!(self.ou, Ou::Pg(_))
    }

    /// Another commune of the same store.
    pub(crate) fn ailleurs(&self) -> Portee {
        self.store.portee_de_commande(&commune(), "essai")
    }

    /// Another process on the same data.
    pub(crate) async fn autre(&self) -> Store {
        match &self.ou {
            Ou::Sqlite(dossier) => Store::sqlite(dossier.path()).await.unwrap(),
            Ou::Pg(base) => Store::postgres(&base.application).await.unwrap(),
        }
    }

    /// Runs statements behind the store: in the town's file, or as PostgreSQL's administrator.
    pub(crate) async fn brut(&self, sql: &str) -> Result<(), sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        match &self.ou {
            Ou::Sqlite(dossier) => {
                let mut cx = fichier(dossier, &self.commune).await;
                sqlx::raw_sql(sql).execute(&mut cx).await?;
                cx.close().await
            }
            Ou::Pg(base) => {
                let mut cx = base.administrateur.parse::<PgConnectOptions>()?.connect().await?;
                sqlx::raw_sql(sql).execute(&mut cx).await?;
                cx.close().await
            }
        }
    }

    /// The first column of each row, as text, read behind the store.
    pub(crate) async fn textes(&self, sql: &str) -> Vec<String> {
        let sql = AssertSqlSafe(sql.to_owned()).into_sql_str();
        match &self.ou {
            Ou::Sqlite(dossier) => {
                let rangs = fichier(dossier, &self.commune).await.fetch_all(sqlx::query(sql)).await.unwrap();
                rangs.iter().map(|r| r.get(0)).collect()
            }
            Ou::Pg(base) => {
                let mut cx =
                    base.administrateur.parse::<PgConnectOptions>().unwrap().connect().await.unwrap();
                let rangs = cx.fetch_all(sqlx::query(sql)).await.unwrap();
                rangs.iter().map(|r| r.get(0)).collect()
            }
        }
    }

    /// Everything that is kept, as a copy of the disk, or a dump, shows it.
    pub(crate) async fn vidage(&self) -> Vec<u8> {
        if let Ou::Sqlite(dossier) = &self.ou {
            let fichiers = std::fs::read_dir(dossier.path()).unwrap().map(|f| f.unwrap().path());
            return fichiers.filter(|f| f.is_file()).flat_map(|f| std::fs::read(f).unwrap()).collect();
        }
        let tables =
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public'";
        let mut vidage = Vec::new();
        for table in self.textes(tables).await {
            // other tests have their communes in it
            let siens = format!(
                "SELECT CAST(t AS TEXT) FROM {table} t WHERE CAST(t AS TEXT) LIKE '%{}%'",
                self.commune
            );
            for rang in self.textes(&siens).await {
                vidage.extend_from_slice(rang.as_bytes());
            }
        }
        vidage
    }

    /// Rows of this commune in each of its tables, in the tables' order.
    pub(crate) async fn comptes(&self) -> Vec<String> {
        let tables = self.tables().await;
        let mut comptes = Vec::new();
        for table in tables {
            let sql = format!(
                "SELECT '{table} ' || CAST(COUNT(*) AS TEXT) FROM {table} WHERE commune_id = '{}'",
                self.commune
            );
            comptes.extend(self.textes(&sql).await);
        }
        comptes
    }

    /// The tables of towns.
    pub(crate) async fn tables(&self) -> Vec<String> {
        let sql = match &self.ou {
            Ou::Sqlite(_) => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY name"
            }
            Ou::Pg(_) => {
                "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
                    AND relname NOT IN ('_sqlx_migrations', 'a_faire') ORDER BY relname"
            }
        };
        self.textes(sql).await
    }

    /// What this commune has to do at that time.
    pub(crate) async fn travail(&self, maintenant: Timestamp) -> Vec<GenreTravail> {
        let tous = self.autre().await.travail_du(maintenant).await.unwrap();
        tous.into_iter().filter(|t| t.commune == self.commune).map(|t| t.genre).collect()
    }

    /// Loses what is said across towns, as a crash between two files may.
    pub(crate) async fn oublie_a_faire(&self) {
        match &self.ou {
            Ou::Sqlite(dossier) => std::fs::remove_file(dossier.path().join("a_faire.db")).unwrap(),
            Ou::Pg(_) => {
                self.brut(&format!("DELETE FROM a_faire WHERE commune = '{}'", self.commune)).await.unwrap();
            }
        }
    }

    /// The data folder, of SQLite only.
    pub(crate) fn dossier(&self) -> Option<&std::path::Path> {
        match &self.ou {
            Ou::Sqlite(dossier) => Some(dossier.path()),
            Ou::Pg(_) => None,
        }
    }

    /// The database, of PostgreSQL only.
    pub(crate) const fn base(&self) -> Option<&grappe::Base> {
        match &self.ou {
            Ou::Sqlite(_) => None,
            Ou::Pg(base) => Some(base),
        }
    }
}

async fn fichier(dossier: &TempDir, commune: &CommuneSlug) -> sqlx::SqliteConnection {
    let fichier = dossier.path().join(format!("{commune}.db"));
    SqliteConnectOptions::new().filename(fichier).connect().await.unwrap()
}

/// Runs each function on both engines.
macro_rules! sur_les_deux {
    ($($nom:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $nom() {
                super::$nom(&$crate::base::Essai::sqlite().await).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $nom() {
                if let Some(essai) = $crate::base::Essai::postgres().await {
                    super::$nom(&essai).await;
                }
            })*
        }
    };
}
pub(crate) use sur_les_deux;
