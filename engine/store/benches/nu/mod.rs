//! The bare loop: a submission's statements, one connection, one commit for many. The texts are those of `src/`.

use std::path::Path;
use std::time::Instant;

use engine::identifiant::{CommuneSlug, DossierId, FoyerId, PersonneId};
use engine_store::Store;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, PgConnection, SqliteConnection, raw_sql};

use crate::famille;

const CLE: &str = "SELECT corps, reponse FROM cle_idempotence WHERE commune_id = $1 AND cle = $2";
const NUMERO: &str = "INSERT INTO compteur (commune_id, cle, dernier) VALUES ($1, $2, 1)
    ON CONFLICT (commune_id, cle) DO UPDATE SET dernier = compteur.dernier + 1 RETURNING dernier";
const DOSSIER: &str = "INSERT INTO dossier
        (commune_id, id, demarche, digest, numero, foyer_id, enfant_id, etape, phase, entree_le, cle_vivante, version, etat, agent_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    ON CONFLICT (commune_id, id) DO NOTHING";
const DERNIERE: &str = "SELECT n, empreinte FROM journal WHERE commune_id = $1 ORDER BY n DESC LIMIT 1";
const JOURNAL: &str = "INSERT INTO journal (commune_id, n, agregat, seq, entree, trace, empreinte) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const EFFET: &str = "INSERT INTO outbox (commune_id, agregat, seq, rang, sortie, cree_le, du_le) VALUES ($1, $2, $3, $4, $5, $6, $6)";
const ECHEANCE: &str = "INSERT INTO echeance (commune_id, dossier_id, appartient, du_le) VALUES ($1, $2, $3, $4)
    ON CONFLICT (commune_id, dossier_id, appartient) DO UPDATE SET du_le = excluded.du_le, prise_jusqu_a = NULL";
const LIMITE: &str = "UPDATE dossier SET limite_le = $3 WHERE commune_id = $1 AND id = $2";
const GARDER: &str =
    "INSERT INTO cle_idempotence (commune_id, cle, corps, reponse, le) VALUES ($1, $2, $3, $4, $5)";

const COMMUNE: &str = "nu";
const LE: i64 = 1_756_713_600_000_000;

/// One connection, and its last journal entry: the household, then a dossier each.
pub(crate) struct Nu {
    cx: Cx,
    n: i64,
    quoi: Quoi,
}

/// What every submission holds.
struct Quoi {
    foyer: FoyerId,
    enfant: PersonneId,
    // as long as ours
    etat: String,
}

enum Cx {
    Sqlite(SqliteConnection),
    Pg(PgConnection),
}

macro_rules! lot {
    ($cx:expr, $n:expr, $quoi:expr, $taille:expr) => {{
        let (cx, Quoi { foyer, enfant, etat }) = ($cx, &$quoi);
        sqlx::query(DERNIERE).bind(COMMUNE).fetch_optional(&mut *cx).await.expect("a chain");
        for _ in 0..$taille {
            $n += 1;
            let id = DossierId::neuf(u128::from($n.unsigned_abs()).to_be_bytes());
            let (cle, numero, agregat) =
                (format!("p/{}", $n), format!("2025-{:05}", $n), format!("dossier:{id}"));
            sqlx::query(CLE).bind(COMMUNE).bind(&cle).fetch_optional(&mut *cx).await.expect("a key");
            sqlx::query(NUMERO)
                .bind(COMMUNE)
                .bind("dossier-2025")
                .fetch_one(&mut *cx)
                .await
                .expect("a number");
            sqlx::query(DOSSIER)
                .bind(COMMUNE)
                .bind(id.as_str())
                .bind("inscription")
                .bind("d1")
                .bind(numero)
                .bind(foyer.as_str())
                .bind(enfant.as_str())
                .bind("deposee")
                .bind("deposee")
                .bind(LE)
                .bind(None::<&str>)
                .bind(1_i64)
                .bind(etat.as_str())
                .bind(None::<&str>)
                .execute(&mut *cx)
                .await
                .expect("a dossier");
            sqlx::query(JOURNAL)
                .bind(COMMUNE)
                .bind($n)
                .bind(&agregat)
                .bind(1_i64)
                .bind(etat.as_str())
                .bind("[{\"regle\":\"demarche.inscription.deposer\",\"lieu\":null,\"resultat\":\"fait\"}]")
                .bind([7_u8; 32].as_slice())
                .execute(&mut *cx)
                .await
                .expect("an entry");
            sqlx::query(EFFET)
                .bind(COMMUNE)
                .bind(&agregat)
                .bind(1_i64)
                .bind(0_i64)
                .bind(&etat[..150])
                .bind(LE)
                .execute(&mut *cx)
                .await
                .expect("an effect");
            sqlx::query(ECHEANCE)
                .bind(COMMUNE)
                .bind(id.as_str())
                .bind("{\"silence\":{\"depot\":1}}")
                .bind(LE)
                .execute(&mut *cx)
                .await
                .expect("an échéance");
            sqlx::query(LIMITE)
                .bind(COMMUNE)
                .bind(id.as_str())
                .bind(LE)
                .execute(&mut *cx)
                .await
                .expect("a limit");
            sqlx::query(GARDER)
                .bind(COMMUNE)
                .bind(&cle)
                .bind([7_u8; 32].as_slice())
                .bind(id.as_str())
                .bind(LE)
                .execute(&mut *cx)
                .await
                .expect("a key");
        }
    }};
}

impl Nu {
    /// A file with the store's own schema and settings.
    pub(crate) async fn sqlite(dossier: &Path) -> Self {
        let store = Store::sqlite(dossier).await.expect("a data folder");
        let quoi = Quoi::pose(&store).await;
        let cx = SqliteConnectOptions::new()
            .filename(dossier.join(format!("{COMMUNE}.db")))
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .connect()
            .await
            .expect("a file");
        Self { cx: Cx::Sqlite(cx), n: 1, quoi }
    }

    /// A database of its own, and its application's URL.
    pub(crate) async fn postgres(administrateur: &str) -> (String, Self) {
        let mut maitre =
            administrateur.parse::<PgConnectOptions>().expect("a URL").connect().await.expect("a cluster");
        let roles =
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'guichet_application') THEN
            CREATE ROLE guichet_application NOLOGIN; CREATE ROLE guichet_proprietaire LOGIN;
            CREATE ROLE guichet LOGIN IN ROLE guichet_application; END IF; END $$";
        for sql in [roles, "DROP DATABASE IF EXISTS banc", "CREATE DATABASE banc OWNER guichet_proprietaire"]
        {
            raw_sql(sql).execute(&mut maitre).await.expect("an administrator");
        }
        let url =
            |role| administrateur.replace("postgres@", &format!("{role}@")).replace("/postgres?", "/banc?");
        Store::migre_postgres(&url("guichet_proprietaire")).await.expect("migrated");
        let application = url("guichet");
        let store = Store::postgres(&application).await.expect("a database");
        let cx = application.parse::<PgConnectOptions>().expect("a URL").connect().await.expect("a role");
        (application, Self { cx: Cx::Pg(cx), n: 1, quoi: Quoi::pose(&store).await })
    }

    /// Submissions a second, `taille` under each commit.
    pub(crate) async fn deposes(&mut self, taille: u32, duree: f64) -> f64 {
        let (debut, depart) = (Instant::now(), self.n);
        while debut.elapsed().as_secs_f64() < duree {
            match &mut self.cx {
                Cx::Sqlite(cx) => {
                    raw_sql("BEGIN IMMEDIATE").execute(&mut *cx).await.expect("begun");
                    lot!(&mut *cx, self.n, self.quoi, taille);
                    raw_sql("COMMIT").execute(&mut *cx).await.expect("committed");
                }
                Cx::Pg(cx) => {
                    raw_sql("BEGIN; SET LOCAL guichet.commune = 'nu'")
                        .execute(&mut *cx)
                        .await
                        .expect("begun");
                    lot!(&mut *cx, self.n, self.quoi, taille);
                    raw_sql("COMMIT").execute(&mut *cx).await.expect("committed");
                }
            }
        }
        (self.n - depart) as f64 / debut.elapsed().as_secs_f64()
    }
}

impl Quoi {
    /// The household that files: its rows are what foreign keys look for.
    async fn pose(store: &Store) -> Self {
        let commune = CommuneSlug::lit(COMMUNE).expect("a slug");
        let portee = store.portee_de_commande(&commune, "bench");
        store.commet(&portee, famille(), None).await.expect("a family");
        let (foyer, enfant) = (FoyerId::neuf([1; 16]), PersonneId::neuf([2; 16]));
        Self { foyer, enfant, etat: "x".repeat(760) }
    }
}
