//! S03: towns share a PostgreSQL database, and none sees another's rows. On SQLite a town is a file.

use std::collections::BTreeSet;

use engine::identifiant::{CommuneSlug, FoyerId};
use engine_store::{Erreur, FiltreDossiers, Portee, Store};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Row as _};

use crate::base::Essai;
use crate::grappe;
use crate::valeurs::{decision, depot, famille, foyer};

async fn connecte(url: &str) -> PgConnection {
    url.parse::<PgConnectOptions>().unwrap().connect().await.unwrap()
}

async fn compte(cx: &mut PgConnection, table: &str) -> i64 {
    let sql = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    sqlx::query(sql).fetch_one(cx).await.unwrap().get(0)
}

/// Each table: row security forced, USING and WITH CHECK on the commune, the application's role neither owner nor above it,
/// no function that borrows its owner's rights.
#[tokio::test]
async fn chaque_table_est_cloisonnee() {
    let Some(e) = Essai::postgres().await else { return };
    let fautes = e
        .textes(
            "SELECT c.relname || ': ' || concat_ws(', ',
                CASE WHEN NOT c.relrowsecurity THEN 'row security off' END,
                CASE WHEN NOT c.relforcerowsecurity THEN 'not forced' END,
                CASE WHEN p.polname IS NULL THEN 'no policy' END,
                CASE WHEN pg_get_expr(p.polqual, c.oid) IS DISTINCT FROM attendu.texte THEN 'USING' END,
                CASE WHEN pg_get_expr(p.polwithcheck, c.oid) IS DISTINCT FROM attendu.texte THEN 'WITH CHECK' END,
                CASE WHEN p.polcmd <> '*' THEN 'not for every command' END,
                CASE WHEN pg_has_role('guichet', c.relowner, 'MEMBER') THEN 'owned by the application' END,
                CASE WHEN NOT EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid
                    AND a.attnum = i.indkey[0] WHERE i.indrelid = c.oid AND i.indisprimary AND a.attname = 'commune_id')
                    THEN 'commune_id is not first in its key' END,
                CASE WHEN EXISTS (SELECT FROM pg_constraint f JOIN pg_attribute a ON a.attrelid = f.conrelid
                    AND a.attnum = f.conkey[1] WHERE f.conrelid = c.oid AND f.contype = 'f' AND a.attname <> 'commune_id')
                    THEN 'a foreign key without commune_id' END)
            FROM pg_class c
            LEFT JOIN pg_policy p ON p.polrelid = c.oid
            CROSS JOIN (SELECT pg_get_expr(polqual, polrelid) AS texte FROM pg_policy
                WHERE polrelid = 'dossier'::regclass) AS attendu
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
                AND c.relname NOT IN ('_sqlx_migrations', 'a_faire') ORDER BY 1",
        )
        .await;
    assert!(fautes.len() >= 19, "{fautes:?}");
    let fautes: Vec<&String> = fautes.iter().filter(|f| !f.ends_with(": ")).collect();
    assert!(fautes.is_empty(), "{fautes:#?}");
    let politique = e
        .textes("SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polrelid = 'dossier'::regclass")
        .await;
    assert!(
        politique[0].contains("commune_id")
            && politique[0].contains("NULLIF(current_setting('guichet.commune'"),
        "{politique:?}"
    );
    let emprunts = e
        .textes(
            "SELECT proname::text FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace
            UNION ALL SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'guichet%' AND (rolsuper OR rolbypassrls)",
        )
        .await;
    assert!(emprunts.is_empty(), "{emprunts:?}");
    // the only table across towns names a town, a kind of work and a time
    let colonnes = e
        .textes(
            "SELECT attname::text FROM pg_attribute WHERE attrelid = 'a_faire'::regclass AND attnum > 0 ORDER BY attnum",
        )
        .await;
    assert_eq!(colonnes, ["commune", "genre", "du_le"]);
}

/// The same tables, with the same columns in the same kinds, on both engines.
#[tokio::test]
async fn les_deux_schemas_sont_les_memes() {
    let Some(pg) = Essai::postgres().await else { return };
    let sqlite = Essai::sqlite().await;
    sqlite.store.reprend(&sqlite.commune).await.unwrap();
    let colonnes: BTreeSet<String> = pg
        .textes(
            "SELECT c.relname || '.' || a.attname || ' ' || CASE format_type(a.atttypid, NULL) WHEN 'texte' THEN 'TEXT'
                WHEN 'bigint' THEN 'INTEGER' WHEN 'bytea' THEN 'BLOB' ELSE format_type(a.atttypid, NULL) END
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
                AND c.relname NOT IN ('_sqlx_migrations', 'a_faire')",
        )
        .await
        .into_iter()
        .collect();
    let autres: BTreeSet<String> = sqlite
        .textes(
            "SELECT t.name || '.' || c.name || ' ' || c.type FROM sqlite_master t JOIN pragma_table_info(t.name) c
            WHERE t.type = 'table' AND t.name NOT LIKE '\\_%' ESCAPE '\\' AND t.name NOT LIKE 'sqlite%'",
        )
        .await
        .into_iter()
        .collect();
    let differences: Vec<&String> = colonnes.symmetric_difference(&autres).collect();
    assert!(differences.is_empty(), "{differences:?}");
    assert!(colonnes.len() > 100);
}

#[tokio::test]
async fn sans_commune_il_n_y_a_rien() {
    let Some(e) = Essai::postgres().await else { return };
    e.store.commet(&e.portee, famille(1), None).await.unwrap();
    e.store.commet(&e.portee, depot(1, None), None).await.unwrap();
    let base = e.base().unwrap();
    let mut cx = connecte(&base.application).await;
    let mut administrateur = connecte(&base.administrateur).await;
    for commune in [None, Some(""), Some("ailleurs")] {
        if let Some(commune) = commune {
            sqlx::query("SELECT set_config('guichet.commune', $1, false)")
                .bind(commune)
                .execute(&mut cx)
                .await
                .unwrap();
        }
        for table in e.tables().await {
            assert_eq!(compte(&mut cx, &table).await, 0, "{table} under {commune:?}");
        }
    }
    assert!(compte(&mut administrateur, "journal").await >= 2, "the administrator sees what is there");
    // nothing is written for another commune than the transaction's, nothing taken from it
    let ecrit = "INSERT INTO foyer (commune_id, id, version) VALUES ($1, 'x', 1)";
    let refuse = sqlx::query(ecrit).bind(e.commune.as_str()).execute(&mut cx).await.unwrap_err();
    assert!(refuse.to_string().contains("row-level security"), "{refuse}");
    sqlx::query("SELECT set_config('guichet.commune', $1, false)")
        .bind(e.commune.as_str())
        .execute(&mut cx)
        .await
        .unwrap();
    assert_eq!(compte(&mut cx, "journal").await, 2);
    let vole = sqlx::query("UPDATE foyer SET commune_id = 'ailleurs'").execute(&mut cx).await.unwrap_err();
    assert!(vole.to_string().contains("row-level security"), "{vole}");
    for interdit in [
        "UPDATE journal SET trace = '[]'",
        "DELETE FROM journal",
        "DELETE FROM publication",
        "TRUNCATE dossier",
        "DROP TABLE session",
        "ALTER TABLE dossier DISABLE ROW LEVEL SECURITY",
        "CREATE TABLE cachette (x BIGINT)",
        "SET ROLE guichet_proprietaire",
        "SET session_replication_role = replica",
    ] {
        let refuse = sqlx::query(interdit).execute(&mut cx).await;
        assert!(refuse.is_err(), "{interdit}");
    }
}

/// Three towns with the same identifiers on one pool, interleaved: each reads its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn les_memes_identifiants_dans_trois_communes() {
    let Some(e) = Essai::postgres().await else { return };
    let villes: Vec<Portee> = (0..3).map(|_| e.ailleurs()).collect();
    for (i, ville) in (1_u8..).zip(&villes) {
        for n in 1..=3 {
            e.store.commet(ville, famille(n), None).await.unwrap();
        }
        // as many dossiers as the town's rank
        for n in 1..=i {
            e.store.commet(ville, depot(n, Some(&format!("{}/{n}", ville.commune()))), None).await.unwrap();
        }
    }
    let tours = if crate::longs::longs() { 10_000 } else { 600 };
    let mut taches = tokio::task::JoinSet::new();
    for depart in 0..8_usize {
        let (store, villes) = (e.store.clone(), villes.clone());
        taches.spawn(async move {
            for tour in 0..tours / 8 {
                let rang = (depart + tour * 7 + tour / 3) % 3;
                let ville = &villes[rang];
                let filtre = FiltreDossiers { nombre: 50, ..Default::default() };
                let lus = store.dossiers(ville, &filtre).await.unwrap();
                assert_eq!(lus.len(), rang + 1);
                let lu = store.dossier(ville, &lus[0].id).await.unwrap().unwrap();
                assert!(lu.cle.unwrap().starts_with(&format!("{}/", ville.commune())));
                if tour % 20 == 0 {
                    let seq = store.foyer(ville, &foyer(2)).await.unwrap().unwrap().version;
                    let agregat = engine::decision::Agregat::Foyer(foyer(2));
                    let suite = decision(agregat, 1000 + seq, engine::decision::Suivant::Rien, Vec::new());
                    // two may choose the same rank: one is refused
                    let _double = store.commet(ville, suite, None).await;
                }
            }
        });
    }
    while let Some(fini) = taches.join_next().await {
        fini.unwrap();
    }
    for (i, ville) in (1_i64..).zip(&villes) {
        let entrees = e.store.verifie_journal(ville).await.unwrap().unwrap();
        assert!(entrees >= 3 + i);
        assert_eq!(e.store.foyers(ville, 10).await.unwrap().len(), 3);
    }
}

#[tokio::test]
async fn un_role_trop_fort_ou_un_schema_en_retard_sont_refuses() {
    let Some(url) = grappe::administrateur() else { return };
    let base = grappe::base_dans(url);
    let refus = |r: Result<Store, Erreur>| match r {
        Err(Erreur::Role(motif)) => motif,
        autre => panic!("{autre:?}"),
    };
    let motif = refus(Store::postgres(&base.application).await);
    assert!(motif.contains("version 0") && motif.contains("guichet migrate"), "{motif}");
    Store::migre_postgres(&base.proprietaire).await.unwrap();
    Store::postgres(&base.application).await.unwrap();
    for fort in [&base.proprietaire, &base.administrateur] {
        let motif = refus(Store::postgres(fort).await);
        assert!(motif.contains("possède les tables"), "{motif}");
    }
    // a schema made by a later version is served: its migrations only add
    grappe::psql(
        &base.administrateur,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
            VALUES (9999, 'later', true, '', 0)",
    );
    let store = Store::postgres(&base.application).await.unwrap();
    let portee = store.portee_de_commande(&CommuneSlug::lit("essai").unwrap(), "essai");
    store.commet(&portee, famille(1), None).await.unwrap();
    assert_eq!(store.foyers(&portee, 10).await.unwrap(), [FoyerId::neuf([1; 16])]);
}
