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
const FICHIERS: [(&str, &[(&str, Sql)]); 29] = [
    ("annuaire", crate::annuaire::TOUTES),
    ("a_faire", crate::a_faire::TOUTES),
    ("cle", crate::cle::TOUTES),
    ("compte", crate::compte::TOUTES),
    ("cle_enfance", crate::cle_enfance::TOUTES),
    ("coffre", crate::coffre::TOUTES),
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
    ("rapprochement", crate::rapprochement::TOUTES),
    ("rattachement", crate::rattachement::TOUTES),
    ("reconnu", crate::reconnu::TOUTES),
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

/// What SQLite does for a statement, a step a line.
async fn plan(ville: &mut SqliteConnection, sql: Sql) -> String {
    let lignes = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", sql.sqlite))).fetch_all(ville);
    let lignes: Vec<String> = lignes.await.unwrap().iter().map(|r| r.get(3)).collect();
    lignes.join("\n")
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
        (
            "compte::PAR_NOM",
            &[
                "compte_identifiant (commune_id=? AND identifiant=?)",
                "compte_courriel (commune_id=? AND courriel=?)",
            ],
        ),
    ] {
        let (_, sql) = statements().find(|(n, _)| n == nom).unwrap();
        let plan = plan(&mut ville, sql).await;
        assert!(index.iter().all(|i| plan.contains(i)) && !plan.contains("TEMP B-TREE"), "{nom}:\n{plan}");
    }
    // one that sorts what it found
    let (_, famille) = statements().find(|(n, _)| n == "foyer::FAMILLE").unwrap();
    let plan = plan(&mut ville, famille).await;
    let cherche =
        ["fait_foyer (commune_id=? AND foyer_id=?)", "fait_personne (commune_id=? AND personne_id=?)"];
    assert!(cherche.iter().all(|i| plan.contains(i)), "{plan}");
}

/// Statements that walk all of a town's rows in their table, and why that is right.
const PARCOURENT: [(&str, &str); 24] = [
    ("a_faire::PUBLICATIONS", "a row a town, at start"),
    ("cle::LISTER", "the machines of a town: a handful"),
    ("compte::DES_AGENTS", "an administrator's page"),
    ("compte::PURGER_LIENS", "the links that still open, once an hour"),
    ("cle_enfance::LISTER", "an agent's page"),
    ("coffre::FAITS", "once, when names become sensitive"),
    ("courrier::LISTER", "the letters of a demonstration"),
    ("definition::EPINGLEES", "at start, and when a definition changes"),
    (
        "dossier::CREER",
        "children of a row that was not there: looked for only when a deferred key waits for its parent",
    ),
    ("dossier::LISTER", "a machine's list of the whole town"),
    ("dossier::EN_COURS", "what a new definition touches"),
    ("dossier::A_REPRENDRE", "what a new definition takes over"),
    ("echeance::PROCHAINE", "the first of an order"),
    ("essai_cle::NOTER", "the last of an order"),
    ("foyer::LISTER", "by pages, in the order of its index"),
    ("idempotence::OUBLIER", "a household that asks to be forgotten"),
    ("journal::DERNIERE", "the last of an order"),
    ("outbox::PROCHAIN", "the first of an order"),
    ("publication::ECRIRE", "a row a publication"),
    ("publication::LISTER", "a row a publication"),
    ("publication::EN_VIGUEUR", "a row a publication"),
    ("publication::PROCHAINE", "a row a publication"),
    ("publication::DERNIERE", "a row a publication"),
    ("travail::COMPTES", "a row an étape"),
];
/// An index of what waits holds nothing else.
const ATTENTES: [&str; 3] = [
    "rattachement_attente (commune_id=?)",
    "rapprochement_attente (commune_id=?)",
    "compte_en_attente (commune_id=?)",
];

/// Without statistics, SQLite takes a town's rows for ten: an OR, or an order that an index gives, is enough for it to read them all.
#[tokio::test]
async fn une_requete_ne_lit_pas_toute_la_ville() {
    let (_dossier, mut ville, mut toutes) = fichiers().await;
    let tables: Vec<String> = sqlx::query("SELECT name FROM sqlite_master WHERE type = 'table'")
        .fetch_all(&mut ville)
        .await
        .unwrap()
        .iter()
        .map(|r| r.get(0))
        .collect();
    let entiere = |etape: &str| {
        etape.ends_with("(commune_id=?)") && !ATTENTES.iter().any(|a| etape.ends_with(a))
            || etape
                .strip_prefix("SCAN ")
                .is_some_and(|de| tables.iter().any(|t| t == de) || de.contains(" USING "))
    };
    let mut parcourent = Vec::new();
    for (nom, sql) in statements().filter(|(nom, _)| !nom.starts_with("differe::")) {
        let cx = if nom.starts_with("a_faire::") { &mut toutes } else { &mut ville };
        let plan = plan(cx, sql).await;
        if plan.lines().any(entiere) {
            parcourent.push((nom, plan));
        }
    }
    let dites = PARCOURENT.map(|(nom, _)| nom);
    let tues: Vec<_> = parcourent.iter().filter(|(nom, _)| !dites.contains(&nom.as_str())).collect();
    assert!(tues.is_empty(), "{tues:#?}");
    let perimees: Vec<_> = dites.iter().filter(|d| !parcourent.iter().any(|(nom, _)| nom == *d)).collect();
    assert!(perimees.is_empty(), "no longer: {perimees:?}");
}
