//! Migrations go forward: a database of a former version, as it was dumped then, opens, keeps what it held, and goes on.

use engine::demarche::Phase;
use engine::identifiant::CommuneSlug;
use engine_store::{FiltreDossiers, Store};
use jiff::SignedDuration;
use rules::montant::Montant;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use crate::grappe;
use crate::valeurs::{depot, famille, le};

const SQLITE: &str = include_str!("versions/sqlite_0002.sql");
const POSTGRES: &str = include_str!("versions/postgres_0002.sql");

/// Dossiers that waited under that version, of two towns where there are two.
fn en_attente(commune: &str, rang: u8) -> String {
    format!(
        "INSERT INTO dossier (commune_id, id, demarche, digest, etape, phase, entree_le, version, etat)
        VALUES ('{commune}', '{rang:026}', 'inscription', 'd1', 'examen', 'en_instruction', 1756713600000000, 1, '{{}}');"
    )
}

/// What the lists of work count, in one étape.
async fn attendent(store: &Store, commune: &str) -> Vec<(String, i64)> {
    let portee = store.portee_de_commande(&CommuneSlug::lit(commune).unwrap(), "essai");
    store.travail(&portee).await.unwrap().into_iter().map(|c| (c.etape, c.nombre)).collect()
}

/// What the dumped version held is read by this one, and this one writes after it.
async fn tout_y_est(store: &Store) {
    let portee = store.portee_de_commande(&CommuneSlug::lit("ancienne").unwrap(), "essai");
    // the chain of the former version, entry by entry
    assert_eq!(store.verifie_journal(&portee).await.unwrap(), Ok(9));
    let foyers = store.foyers(&portee, 10).await.unwrap();
    assert_eq!(foyers.len(), 2);
    let filtre = FiltreDossiers { nombre: 10, ..Default::default() };
    let [resume] = &store.dossiers(&portee, &filtre).await.unwrap()[..] else { panic!("one dossier") };
    assert_eq!((resume.numero.as_deref(), resume.phase), (Some("2025-00001"), Phase::Acceptee));
    let dossier = store.dossier(&portee, &resume.id).await.unwrap().unwrap();
    let journal =
        store.journal(&portee, &engine::decision::Agregat::Dossier(resume.id.clone())).await.unwrap();
    let mut refait =
        journal.iter().flat_map(|e| &e.entree.changements).fold(None, |d, c| c.applique(d)).unwrap();
    refait.version = journal.last().unwrap().entree.seq;
    assert_eq!(refait, dossier, "the journal alone gives the same dossier");
    let foyer = dossier.foyer.unwrap();
    assert!(store.famille(&portee, &foyer).await.unwrap().faits.iter().count() >= 10);
    assert_eq!(store.inscriptions(&portee, &foyer).await.unwrap().len(), 1);
    let jour = "2025-09-04".parse().unwrap();
    assert_eq!(store.reservations(&portee, &foyer, jour, jour).await.unwrap().len(), 1);
    let lignes = store.lignes(&portee, &foyer, jour, jour).await.unwrap();
    assert_eq!(lignes.iter().map(|l| l.montant).collect::<Vec<_>>(), [Montant::centimes(350)]);
    // its letters are still to send
    store.reprend(portee.commune()).await.unwrap();
    let bientot = le() + SignedDuration::from_hours(24 * 30);
    let effets = store
        .prend_effets(portee.commune(), bientot, bientot + SignedDuration::from_mins(1), 10)
        .await
        .unwrap();
    assert_eq!(effets.len(), 2);
    // and it goes on: the next number, the next entry of the chain
    store.commet(&portee, famille(1), None).await.unwrap();
    store.commet(&portee, depot(1, None), None).await.unwrap();
    assert_eq!(store.verifie_journal(&portee).await.unwrap(), Ok(11));
}

#[tokio::test]
async fn un_fichier_d_une_ancienne_version() {
    let dossier = tempfile::tempdir().unwrap();
    let mut cx = SqliteConnectOptions::new()
        .filename(dossier.path().join("ancienne.db"))
        .create_if_missing(true)
        .foreign_keys(false)
        .connect()
        .await
        .unwrap();
    sqlx::raw_sql(AssertSqlSafe(SQLITE)).execute(&mut cx).await.unwrap();
    for rang in 1..=3 {
        sqlx::raw_sql(AssertSqlSafe(en_attente("ancienne", rang))).execute(&mut cx).await.unwrap();
    }
    cx.close().await.unwrap();
    let store = Store::sqlite(dossier.path()).await.unwrap();
    assert_eq!(attendent(&store, "ancienne").await, [("examen".to_owned(), 3)]);
    tout_y_est(&store).await;
}

#[tokio::test]
async fn une_base_d_une_ancienne_version() {
    let Some(administrateur) = grappe::administrateur() else { return };
    let base = grappe::base_dans(administrateur);
    grappe::psql(&base.proprietaire, POSTGRES);
    for (commune, rang) in [("ancienne", 1), ("voisine", 1), ("voisine", 2)] {
        let pose = format!("SET guichet.commune = '{commune}'; {}", en_attente(commune, rang));
        grappe::psql(&base.proprietaire, &pose);
    }
    assert!(Store::postgres(&base.application).await.is_err(), "not migrated yet");
    Store::migre_postgres(&base.proprietaire).await.unwrap();
    let store = Store::postgres(&base.application).await.unwrap();
    assert_eq!(attendent(&store, "ancienne").await, [("examen".to_owned(), 1)]);
    assert_eq!(attendent(&store, "voisine").await, [("examen".to_owned(), 2)]);
    tout_y_est(&store).await;
}
