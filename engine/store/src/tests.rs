//! Statements: each prepares on both engines; those asked at every commit seek, and do not walk what grows.

#[allow(
    dead_code,
    unused_macros,
    unused_imports,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "shared with tests/contrat, which uses all of it"
)]
#[path = "../tests/contrat/base.rs"]
mod base;
#[allow(
    dead_code,
    unreachable_pub,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "shared with tests/contrat, which uses all of it"
)]
#[path = "../tests/contrat/grappe.rs"]
pub(crate) mod grappe;
#[allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod pannes;
#[allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "shared with tests/contrat, which uses all of it"
)]
#[path = "../tests/contrat/valeurs.rs"]
mod valeurs;

use std::path::Path;

use engine::identifiant::CommuneSlug;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, PgConnection, Row, SqlSafeStr, SqliteConnection};
use tempfile::TempDir;

use crate::Store;
use crate::sql::Sql;

/// The statements of each file that has some.
const FICHIERS: [(&str, &[(&str, Sql)]); 26] = [
    ("annuaire", crate::annuaire::TOUTES),
    ("a_faire", crate::a_faire::TOUTES),
    ("cle", crate::cle::TOUTES),
    ("compte", crate::compte::TOUTES),
    ("cle_enfance", crate::cle_enfance::TOUTES),
    ("compteur", crate::compteur::TOUTES),
    ("courrier", crate::courrier::TOUTES),
    ("definition", crate::definition::TOUTES),
    ("dossier", crate::dossier::TOUTES),
    ("echeance", crate::echeance::TOUTES),
    ("essai_cle", crate::essai_cle::TOUTES),
    ("fait", crate::fait::TOUTES),
    ("foyer", crate::foyer::TOUTES),
    ("idempotence", crate::idempotence::TOUTES),
    ("inscription", crate::inscription::TOUTES),
    ("journal", crate::journal::TOUTES),
    ("ligne", crate::ligne::TOUTES),
    ("outbox", crate::outbox::TOUTES),
    ("publication", crate::publication::TOUTES),
    ("rattachement", crate::rattachement::TOUTES),
    ("recent", crate::recent::TOUTES),
    ("reglage", crate::reglage::TOUTES),
    ("reservation", crate::reservation::TOUTES),
    ("session", crate::session::TOUTES),
    ("suivi", crate::suivi::TOUTES),
    ("travail", crate::travail::TOUTES),
];

fn statements() -> impl Iterator<Item = (String, Sql)> {
    FICHIERS
        .into_iter()
        .flat_map(|(fichier, toutes)| {
            toutes.iter().map(move |(nom, sql)| (format!("{fichier}::{nom}"), *sql))
        })
        .chain(crate::differe::toutes())
}

/// A town's file with everything that runs before it, and the file across towns.
async fn fichiers() -> (TempDir, SqliteConnection, SqliteConnection) {
    let dossier = tempfile::tempdir().unwrap();
    let store = Store::sqlite(dossier.path()).await.unwrap();
    store.reprend(&CommuneSlug::lit("essai").unwrap()).await.unwrap();
    let ouvre = |nom: &str| SqliteConnectOptions::new().filename(dossier.path().join(nom));
    let ville = ouvre("essai.db").connect().await.unwrap();
    let toutes = ouvre("a_faire.db").connect().await.unwrap();
    (dossier, ville, toutes)
}

async fn base() -> Option<PgConnection> {
    let base = grappe::base_dans(grappe::administrateur()?);
    Store::migre_postgres(&base.proprietaire).await.unwrap();
    Some(base.application.parse::<PgConnectOptions>().unwrap().connect().await.unwrap())
}

#[test]
fn chaque_fichier_est_dans_la_liste() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut oublies = Vec::new();
    for fichier in std::fs::read_dir(sources).unwrap().map(|f| f.unwrap().path()) {
        let nom = fichier.file_stem().unwrap().to_string_lossy().into_owned();
        let declare =
            fichier.is_file() && std::fs::read_to_string(&fichier).unwrap().contains("\nrequetes! {");
        if declare && !FICHIERS.iter().any(|(n, _)| *n == nom) {
            oublies.push(nom);
        }
    }
    assert!(oublies.is_empty(), "{oublies:?}");
    assert!(statements().count() > 60);
}

#[test]
fn les_migrations_vont_par_deux() {
    let noms = |moteur: &str| {
        let dossier = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(moteur);
        let mut noms: Vec<String> = std::fs::read_dir(dossier)
            .unwrap()
            .map(|f| f.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|nom| nom.starts_with(|c: char| c.is_ascii_digit()))
            .collect();
        noms.sort();
        noms
    };
    assert_eq!(noms("sqlite"), noms("postgres"));
    let numeros =
        |migrations: &[crate::migration::Une]| migrations.iter().map(|m| (m.0, m.1)).collect::<Vec<_>>();
    assert_eq!(numeros(&crate::sqlite::MIGRATIONS), numeros(&crate::pg::MIGRATIONS));
    assert_eq!(noms("sqlite").len(), crate::sqlite::MIGRATIONS.len(), "each file is in the list");
}

#[tokio::test]
async fn chaque_requete_se_prepare_sur_sqlite() {
    let (_dossier, mut ville, mut toutes) = fichiers().await;
    for (nom, sql) in statements() {
        let cx = if nom.starts_with("a_faire::") { &mut toutes } else { &mut ville };
        let texte = AssertSqlSafe(sql.sqlite).into_sql_str();
        cx.prepare(texte).await.unwrap_or_else(|e| panic!("{nom}: {e}"));
    }
}

/// The parameters whose type the statement's text does not say (`$2 IS NULL`): the program sends it with the value.
async fn prepare(base: &mut PgConnection, sql: &str) -> Result<(), String> {
    let mut types: Vec<&str> =
        (1..=960).take_while(|n| sql.contains(&format!("${n}"))).map(|_| "unknown").collect();
    loop {
        let de = if types.is_empty() { String::new() } else { format!("({})", types.join(", ")) };
        let texte = format!("DEALLOCATE ALL; PREPARE essai {de} AS {sql}");
        let Err(erreur) = sqlx::raw_sql(AssertSqlSafe(texte)).execute(&mut *base).await else {
            return Ok(());
        };
        let dit = erreur.to_string();
        let inconnu = dit.split_once("parameter $").and_then(|(_, n)| {
            let n: String = n.chars().take_while(char::is_ascii_digit).collect();
            n.parse::<usize>().ok().and_then(|n| n.checked_sub(1))
        });
        if let Some(t) = inconnu.and_then(|n| types.get_mut(n)).filter(|t| **t == "unknown") {
            *t = "text";
        } else if inconnu.is_none() && types.contains(&"text") && dit.contains("operator does not exist") {
            // a text compared with a number: it is one
            types.iter_mut().filter(|t| **t == "text").for_each(|t| *t = "bigint");
        } else {
            return Err(dit);
        }
    }
}

#[tokio::test]
async fn chaque_requete_se_prepare_sur_postgresql() {
    let Some(mut base) = base().await else { return };
    for (nom, sql) in statements() {
        prepare(&mut base, sql.pg).await.unwrap_or_else(|e| panic!("{nom}: {e}"));
    }
    assert!(prepare(&mut base, "SELECT colonne_absente FROM dossier").await.is_err());
}

#[tokio::test]
async fn un_fichier_est_ecrit_surement() {
    let (_dossier, mut ville, _) = fichiers().await;
    let mode: String = sqlx::query("PRAGMA journal_mode").fetch_one(&mut ville).await.unwrap().get(0);
    assert_eq!(mode, "wal");
}

/// Walks of the plan that mention an index, and nothing that sorts or reads a table whole.
#[tokio::test]
async fn ce_qui_grandit_ne_se_relit_pas() {
    let (_dossier, mut ville, _) = fichiers().await;
    for (nom, index) in [
        ("journal::DERNIERE", ["journal_chaine (commune_id=?)"].as_slice()),
        ("journal::CHAINE", &["journal_chaine (commune_id=? AND n>?)"]),
        ("outbox::PROCHAIN", &["outbox_libre (commune_id=?)", "outbox_tenue (commune_id=?"]),
        (
            "dossier::LIRE_VERSIONS",
            &[
                "sqlite_autoindex_dossier_1 (commune_id=? AND id=?)",
                "dossier_vivant (commune_id=? AND cle_vivante=?)",
            ],
        ),
        ("differe::Dossier_64", &["dossier USING INDEX sqlite_autoindex_dossier_1 (commune_id=? AND id=?)"]),
        ("echeance::PROCHAINE", &["echeance_libre (commune_id=?)", "echeance_tenue (commune_id=?"]),
    ] {
        let (_, sql) = statements().find(|(n, _)| n == nom).unwrap();
        let plan: Vec<String> = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", sql.sqlite)))
            .fetch_all(&mut ville)
            .await
            .unwrap()
            .iter()
            .map(|r| r.get(3))
            .collect();
        let plan = plan.join("\n");
        assert!(index.iter().all(|i| plan.contains(i)) && !plan.contains("TEMP B-TREE"), "{nom}:\n{plan}");
    }
}
