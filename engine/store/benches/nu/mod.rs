//! The bare loop: a submission's statements, one connection, one commit for many. The texts are those of `src/`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use engine::decision::{Agregat, Auteur, Decision, Ecriture, EntreeJournal, Pas, Suivant};
use engine::foyer::Genre;
use engine::identifiant::{CommuneSlug, DossierId, FoyerId, PersonneId};
use engine_store::Store;
use jiff::Timestamp;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, PgConnection, SqliteConnection, raw_sql};

const CLE: &str = "SELECT corps, reponse FROM cle_idempotence WHERE commune_id = $1 AND cle = $2";
const CLES_SQLITE: &str = "SELECT cle, corps, reponse FROM cle_idempotence WHERE commune_id = $1 AND cle IN (SELECT value FROM json_each($2))";
const CLES_PG: &str = "SELECT cle, corps, reponse FROM cle_idempotence WHERE commune_id = $1
    AND cle = ANY (ARRAY(SELECT json_array_elements_text(CAST($2 AS json))))";
const VERSIONS_SQLITE: &str = "SELECT id, version, cle_vivante FROM dossier
        WHERE commune_id = $1 AND id IN (SELECT value FROM json_each($2))
    UNION ALL SELECT id, version, cle_vivante FROM dossier
        WHERE commune_id = $1 AND cle_vivante IS NOT NULL AND cle_vivante IN (SELECT value FROM json_each($3))";
const VERSIONS_PG: &str = "SELECT id, version, cle_vivante FROM dossier
        WHERE commune_id = $1 AND id = ANY (ARRAY(SELECT json_array_elements_text(CAST($2 AS json))))
    UNION ALL SELECT id, version, cle_vivante FROM dossier WHERE commune_id = $1 AND cle_vivante IS NOT NULL
        AND cle_vivante = ANY (ARRAY(SELECT json_array_elements_text(CAST($3 AS json))))";
const NUMERO: &str = "INSERT INTO compteur (commune_id, cle, dernier) VALUES ($1, $2, 1)
    ON CONFLICT (commune_id, cle) DO UPDATE SET dernier = compteur.dernier + 1 RETURNING dernier";
const DERNIER: &str = "SELECT dernier FROM compteur WHERE commune_id = $1 AND cle = $2";
const POSER: &str = "INSERT INTO compteur (commune_id, cle, dernier) VALUES ($1, $2, $3)
    ON CONFLICT (commune_id, cle) DO UPDATE SET dernier = excluded.dernier";
const DOSSIER: &str = "INSERT INTO dossier
        (commune_id, id, demarche, digest, numero, foyer_id, enfant_id, etape, phase, entree_le, cle_vivante, version, etat, agent_id, limite_le)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    ON CONFLICT (commune_id, id) DO NOTHING";
const DERNIERE: &str = "SELECT n, empreinte FROM journal WHERE commune_id = $1 ORDER BY n DESC LIMIT 1";
const JOURNAL: &str = "INSERT INTO journal (commune_id, n, agregat, seq, entree, trace, empreinte) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const EFFET: &str = "INSERT INTO outbox (commune_id, agregat, seq, rang, sortie, cree_le, du_le) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const ECHEANCE: &str = "INSERT INTO echeance (commune_id, dossier_id, appartient, du_le) VALUES ($1, $2, $3, $4)
    ON CONFLICT (commune_id, dossier_id, appartient) DO UPDATE SET du_le = excluded.du_le, prise_jusqu_a = NULL";
const GARDER: &str =
    "INSERT INTO cle_idempotence (commune_id, cle, corps, reponse, le) VALUES ($1, $2, $3, $4, $5)";

const COMMUNE: &str = "nu";
const LE: i64 = 1_756_713_600_000_000;

/// When everything happens.
pub(crate) fn le() -> Timestamp {
    Timestamp::constant(1_756_713_600, 0)
}

/// A decision of the system about it.
pub(crate) fn decision(agregat: Agregat, suivant: Suivant, ecritures: Vec<Ecriture>) -> Decision {
    Decision {
        entree: EntreeJournal {
            agregat,
            seq: 1,
            le: le(),
            auteur: Auteur::Systeme,
            evenement: "deposer".into(),
            detail: None,
            changements: Vec::new(),
        },
        suivant,
        ecritures,
        effets: Vec::new(),
        echeances: Vec::new(),
        gardes: Vec::new(),
        trace: vec![Pas {
            regle: "demarche.inscription.deposer".into(),
            lieu: None,
            resultat: "fait".into(),
        }],
    }
}

/// The household that files, with its child.
pub(crate) fn famille() -> Decision {
    let foyer = FoyerId::neuf([1; 16]);
    let membre = |n, genre| Ecriture::Membre {
        foyer: foyer.clone(),
        personne: PersonneId::neuf([n; 16]),
        genre,
        depuis: le(),
    };
    let ecritures =
        vec![Ecriture::Foyer(foyer.clone()), membre(1, Genre::Responsable), membre(2, Genre::Enfant)];
    decision(Agregat::Foyer(foyer), Suivant::Rien, ecritures)
}

/// The loop, which is away while it runs: in a task of its own, on the threads that wait for the engines, as the store's writer.
pub(crate) struct Nu(Option<Boucle>);

/// One connection, and its last journal entry: the household, then a dossier each.
struct Boucle {
    cx: Cx,
    n: i64,
    /// The first rank that no client has.
    rang: i64,
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
    Pg(PgConnection, PgConnection),
}

/// A submission's own values.
struct Un {
    n: i64,
    id: DossierId,
    cle: String,
    agregat: String,
}

/// The `n`th of all, of that rank: identifiers and keys fall where those of as many clients do, not one after the other.
fn un(n: i64, rang: i64) -> Un {
    let id = DossierId::neuf(u128::from(rang.unsigned_abs()).to_be_bytes());
    Un { n, cle: format!("p/{rang}"), agregat: format!("dossier:{id}"), id }
}

const TRACE: &str = "[{\"regle\":\"demarche.inscription.deposer\",\"lieu\":null,\"resultat\":\"fait\"}]";

/// `… VALUES ($1, $2) …` with as many rows as asked, made once; for SQLite, its parameters without a number.
fn rangs(un: &'static str, nombre: usize, sqlite: bool) -> &'static str {
    static TEXTES: Mutex<BTreeMap<(&str, usize, bool), &str>> = Mutex::new(BTreeMap::new());
    TEXTES.lock().expect("a text").entry((un, nombre, sqlite)).or_insert_with(|| {
        let (debut, reste) = un.split_once("VALUES (").expect("rows");
        let (rang, fin) = reste.split_once(')').expect("a row");
        let colonnes = rang.split(',').count();
        let parametre = |n| if sqlite { "?".to_owned() } else { format!("${n}") };
        let tous: Vec<String> = (0..nombre)
            .map(|r| (1..=colonnes).map(|c| parametre(r * colonnes + c)).collect::<Vec<_>>().join(", "))
            .collect();
        format!("{debut}VALUES ({}){fin}", tous.join("), (")).leak()
    })
}

/// The statements that write, `$lot` rows each.
macro_rules! ajouts {
    ($cx:expr, $sqlite:expr, $quoi:expr, $lot:expr) => {{
        let lot: &[Un] = $lot;
        let mut q = sqlx::query(rangs(DOSSIER, lot.len(), $sqlite));
        for un in lot {
            q = q
                .bind(COMMUNE)
                .bind(un.id.as_str())
                .bind("inscription")
                .bind("d1")
                .bind(format!("2025-{:05}", un.n))
                .bind($quoi.foyer.as_str())
                .bind($quoi.enfant.as_str())
                .bind("deposee")
                .bind("deposee")
                .bind(LE)
                .bind(None::<&str>)
                .bind(1_i64)
                .bind($quoi.etat.as_str())
                .bind(None::<&str>)
                .bind(LE);
        }
        q.execute(&mut *$cx).await.expect("dossiers");
        let mut q = sqlx::query(rangs(JOURNAL, lot.len(), $sqlite));
        for un in lot {
            q = q.bind(COMMUNE).bind(un.n).bind(&un.agregat).bind(1_i64).bind(&$quoi.etat).bind(TRACE);
            q = q.bind([7_u8; 32].as_slice());
        }
        q.execute(&mut *$cx).await.expect("entries");
        let mut q = sqlx::query(rangs(EFFET, lot.len(), $sqlite));
        for un in lot {
            q = q
                .bind(COMMUNE)
                .bind(&un.agregat)
                .bind(1_i64)
                .bind(0_i64)
                .bind(&$quoi.etat[..150])
                .bind(LE)
                .bind(LE);
        }
        q.execute(&mut *$cx).await.expect("effects");
        let mut q = sqlx::query(rangs(ECHEANCE, lot.len(), $sqlite));
        for un in lot {
            q = q.bind(COMMUNE).bind(un.id.as_str()).bind("{\"silence\":{\"depot\":1}}").bind(LE);
        }
        q.execute(&mut *$cx).await.expect("échéances");
        let mut q = sqlx::query(rangs(GARDER, lot.len(), $sqlite));
        for un in lot {
            q = q.bind(COMMUNE).bind(&un.cle).bind([7_u8; 32].as_slice()).bind(un.id.as_str()).bind(LE);
        }
        q.execute(&mut *$cx).await.expect("keys");
    }};
}

macro_rules! lot {
    ($cx:expr, $sqlite:expr, $maniere:expr, $n:expr, $rang:expr, $quoi:expr, $taille:expr) => {{
        let (cx, quoi) = ($cx, &$quoi);
        let lot: Vec<Un> =
            (1..=i64::from($taille)).map(|k| un($n + k, $rang + (k - 1) * 1_000_000)).collect();
        $n += i64::from($taille);
        sqlx::query(DERNIERE).bind(COMMUNE).fetch_optional(&mut *cx).await.expect("a chain");
        match $maniere {
            Maniere::UnParUn => {
                for un in &lot {
                    sqlx::query(CLE)
                        .bind(COMMUNE)
                        .bind(&un.cle)
                        .fetch_optional(&mut *cx)
                        .await
                        .expect("a key");
                    let numero = sqlx::query(NUMERO).bind(COMMUNE).bind("dossier-2025");
                    numero.fetch_one(&mut *cx).await.expect("a number");
                    ajouts!(cx, $sqlite, quoi, std::slice::from_ref(un));
                }
            }
            Maniere::Ensemble => {
                let cles =
                    serde_json::to_string(&lot.iter().map(|u| &u.cle).collect::<Vec<_>>()).expect("a list");
                sqlx::query(if $sqlite { CLES_SQLITE } else { CLES_PG })
                    .bind(COMMUNE)
                    .bind(cles)
                    .fetch_all(&mut *cx)
                    .await
                    .expect("keys");
                let ids =
                    serde_json::to_string(&lot.iter().map(|u| &u.id).collect::<Vec<_>>()).expect("a list");
                let versions = sqlx::query(if $sqlite { VERSIONS_SQLITE } else { VERSIONS_PG });
                versions.bind(COMMUNE).bind(ids).bind("[]").fetch_all(&mut *cx).await.expect("versions");
                let dernier = sqlx::query(DERNIER).bind(COMMUNE).bind("dossier-2025");
                dernier.fetch_optional(&mut *cx).await.expect("a number");
                ajouts!(cx, $sqlite, quoi, &lot);
                let pose = sqlx::query(POSER).bind(COMMUNE).bind("dossier-2025").bind($n);
                pose.execute(&mut *cx).await.expect("a number");
            }
        }
    }};
}

/// How the loop sends the rows of its batch.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Maniere {
    /// A statement a row.
    UnParUn,
    /// As the store does: a statement a table; its keys and numbers read once.
    Ensemble,
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
        Self(Some(Boucle { cx: Cx::Sqlite(cx), n: 1, rang: 1, quoi }))
    }

    /// A database of its own, and its application's URL.
    pub(crate) async fn postgres(administrateur: &str) -> (String, Self) {
        let (application, proprietaire) = base(administrateur).await;
        let store = Store::postgres(&application).await.expect("a database");
        let cx = application.parse::<PgConnectOptions>().expect("a URL").connect().await.expect("a role");
        let proprietaire = proprietaire.parse::<PgConnectOptions>().expect("a URL");
        let proprietaire = proprietaire.connect().await.expect("the owner");
        let boucle = Boucle { cx: Cx::Pg(cx, proprietaire), n: 1, rang: 1, quoi: Quoi::pose(&store).await };
        (application, Self(Some(boucle)))
    }

    /// What autovacuum does within a minute: PostgreSQL planned the foreign keys' checks on empty tables, and reads them whole.
    pub(crate) async fn analyse(&mut self) {
        if let Some(Boucle { cx: Cx::Pg(_, proprietaire), .. }) = &mut self.0 {
            raw_sql("ANALYZE").execute(proprietaire).await.expect("statistics");
        }
    }

    /// Submissions a second, `taille` under each commit.
    pub(crate) async fn deposes(&mut self, maniere: Maniere, taille: u32, duree: f64) -> f64 {
        let mut boucle = self.0.take().expect("the loop is back");
        let tourne = tokio::spawn(async move { (boucle.deposes(maniere, taille, duree).await, boucle) });
        let (faits, boucle) = tourne.await.expect("the loop ends");
        self.0 = Some(boucle);
        faits
    }
}

impl Boucle {
    async fn deposes(&mut self, maniere: Maniere, taille: u32, duree: f64) -> f64 {
        let (debut, depart) = (Instant::now(), self.n);
        let premier = self.rang;
        self.rang += i64::from(taille) * 1_000_000;
        for rang in premier.. {
            if debut.elapsed().as_secs_f64() >= duree {
                break;
            }
            match &mut self.cx {
                Cx::Sqlite(cx) => {
                    raw_sql("BEGIN IMMEDIATE").execute(&mut *cx).await.expect("begun");
                    lot!(&mut *cx, true, maniere, self.n, rang, self.quoi, taille);
                    raw_sql("COMMIT").execute(&mut *cx).await.expect("committed");
                }
                Cx::Pg(cx, _) => {
                    raw_sql("BEGIN; SET LOCAL guichet.commune = 'nu'")
                        .execute(&mut *cx)
                        .await
                        .expect("begun");
                    lot!(&mut *cx, false, maniere, self.n, rang, self.quoi, taille);
                    raw_sql("COMMIT").execute(&mut *cx).await.expect("committed");
                }
            }
        }
        (self.n - depart) as f64 / debut.elapsed().as_secs_f64()
    }
}

/// A new database of that cluster: its application's URL, its owner's.
pub(crate) async fn base(administrateur: &str) -> (String, String) {
    let mut maitre =
        administrateur.parse::<PgConnectOptions>().expect("a URL").connect().await.expect("a cluster");
    let roles = "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'guichet_application') THEN
        CREATE ROLE guichet_application NOLOGIN; CREATE ROLE guichet_proprietaire LOGIN;
        CREATE ROLE guichet LOGIN IN ROLE guichet_application; END IF; END $$";
    for sql in [roles, "DROP DATABASE IF EXISTS banc", "CREATE DATABASE banc OWNER guichet_proprietaire"] {
        raw_sql(sql).execute(&mut maitre).await.expect("an administrator");
    }
    let url = |role| administrateur.replace("postgres@", &format!("{role}@")).replace("/postgres?", "/banc?");
    Store::migre_postgres(&url("guichet_proprietaire")).await.expect("migrated");
    (url("guichet"), url("guichet_proprietaire"))
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
