//! Statements: each prepares; those asked at every commit seek, and do not walk what grows.

use super::*;

#[tokio::test]
async fn chaque_requete_se_prepare() {
    let (dossier, store, portee) = ouvre().await;
    store.commet(&portee, famille(1), None).await.unwrap();
    let mut ville = fichier(&dossier).await;
    let mut toutes =
        SqliteConnectOptions::new().filename(dossier.path().join("a_faire.db")).connect().await.unwrap();
    let mut vues = 0;
    for fichier in [
        crate::annuaire::TOUTES,
        crate::cle::TOUTES,
        crate::compteur::TOUTES,
        courrier::TOUTES,
        definition::TOUTES,
        crate::dossier::TOUTES,
        echeance::TOUTES,
        fait::TOUTES,
        crate::foyer::TOUTES,
        idempotence::TOUTES,
        inscription::TOUTES,
        journal::TOUTES,
        ligne::TOUTES,
        outbox::TOUTES,
        publication::TOUTES,
        reglage::TOUTES,
        crate::reservation::TOUTES,
        session::TOUTES,
        crate::travail::TOUTES,
    ] {
        for (nom, sql) in fichier {
            ville
                .prepare(AssertSqlSafe(sql.sqlite).into_sql_str())
                .await
                .unwrap_or_else(|e| panic!("{nom}: {e}"));
            vues += 1;
        }
    }
    for (nom, sql) in a_faire::TOUTES {
        toutes
            .prepare(AssertSqlSafe(sql.sqlite).into_sql_str())
            .await
            .unwrap_or_else(|e| panic!("{nom}: {e}"));
    }
    assert!(vues > 40, "{vues}");
}

#[tokio::test]
async fn ce_qui_grandit_ne_se_relit_pas() {
    let (dossier, store, portee) = ouvre().await;
    store.commet(&portee, famille(1), None).await.unwrap();
    let mut cx = fichier(&dossier).await;
    for (toutes, nom, index) in [
        (journal::TOUTES, "DERNIERE", ["journal_chaine (commune_id=?)"].as_slice()),
        (journal::TOUTES, "CHAINE", &["journal_chaine (commune_id=? AND n>?)"]),
        (outbox::TOUTES, "PROCHAIN", &["outbox_libre (commune_id=?)", "outbox_tenue (commune_id=?"]),
        (echeance::TOUTES, "PROCHAINE", &["echeance_libre (commune_id=?)", "echeance_tenue (commune_id=?"]),
    ] {
        let (_, sql) = toutes.iter().find(|(n, _)| *n == nom).unwrap();
        let plan: Vec<String> = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", sql.sqlite)))
            .fetch_all(&mut cx)
            .await
            .unwrap()
            .iter()
            .map(|r| r.get(3))
            .collect();
        let plan = plan.join("\n");
        assert!(index.iter().all(|i| plan.contains(i)) && !plan.contains("TEMP B-TREE"), "{nom}:\n{plan}");
    }
}
