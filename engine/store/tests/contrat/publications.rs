//! Publications, and what a restart reads back.

use engine::identifiant::DossierId;
use engine_store::{Epinglee, Publication, VersionGardee};
use jiff::SignedDuration;

use crate::base::{Essai, sur_les_deux};
use crate::valeurs::{depot, famille, id, le};

fn version(digest: &str, demarche: &str) -> VersionGardee {
    VersionGardee {
        digest: digest.into(),
        source: format!("source de {digest}"),
        demarches: vec![("inscription".into(), demarche.into())],
    }
}

fn publication(digest: &str, dans: i64) -> Publication {
    Publication {
        n: 0,
        digest: digest.into(),
        depuis: le() + SignedDuration::from_secs(dans),
        publiee_le: le(),
        auteur: "Claude Petit".into(),
        resume: "tarif du repas".into(),
    }
}

async fn une_publication_vaut_depuis_son_jour_et_ne_s_efface_pas(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    let dans = |s| le() + SignedDuration::from_secs(s);
    for (digest, depuis) in [("c1", 0), ("c2", 100), ("c3", 10)] {
        store.publie(portee, version(digest, digest), publication(digest, depuis)).await.unwrap();
    }
    for (quand, attendue) in
        [(-1, None), (0, Some("c1")), (9, Some("c1")), (10, Some("c3")), (100, Some("c2"))]
    {
        let vue = store.en_vigueur(portee, dans(quand)).await.unwrap();
        assert_eq!(vue.map(|p| p.digest).as_deref(), attendue, "{quand} s");
    }
    assert_eq!(store.prochaine_publication(portee, dans(10)).await.unwrap(), Some(dans(100)));
    assert_eq!(store.prochaine_publication(portee, dans(100)).await.unwrap(), None);
    let rangs: Vec<i64> = store.publications(portee, 2).await.unwrap().iter().map(|p| p.n).collect();
    assert_eq!(rangs, [3, 2]);
    for sql in ["UPDATE publication SET auteur = 'x'", "DELETE FROM publication"] {
        let sql = format!("{sql} WHERE commune_id = '{}'", e.commune);
        assert!(e.brut(&sql).await.is_err(), "{sql}");
    }
    // what no version gives cannot be published
    let inconnue = Publication { digest: "c9".into(), ..publication("c9", 0) };
    assert!(store.publie(portee, version("c1", "c1"), inconnue).await.is_err());
}

async fn tout_se_relit_apres_un_redemarrage(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    store.commet(portee, famille(1), None).await.unwrap();
    store.commet(portee, depot(1, None), None).await.unwrap();
    store.regle(portee, "horloge".into(), "2025-09-01".into()).await.unwrap();
    store.publie(portee, version("c1", "d1"), publication("c1", 0)).await.unwrap();
    // the hint across towns is lost, and another process starts
    e.oublie_a_faire().await;
    let store = e.autre().await;
    store.reprend(&e.commune).await.unwrap();
    assert!(store.dossier(portee, &DossierId::neuf(id(1))).await.unwrap().is_some());
    assert_eq!(store.reglage(portee, "horloge").await.unwrap().as_deref(), Some("2025-09-01"));
    assert_eq!(store.definition(portee, "c1").await.unwrap().as_deref(), Some("source de c1"));
    assert_eq!(store.definition(portee, "c2").await.unwrap(), None);
    assert_eq!(
        store.epinglees(portee).await.unwrap(),
        [Epinglee {
            demarche: "inscription".into(),
            digest: "d1".into(),
            definition: Some("c1".into()),
            dossiers: 1,
        }]
    );
    let annoncees = store.publications_annoncees().await.unwrap();
    assert!(annoncees.contains(&(e.commune.clone(), le())), "the hint is rebuilt");
    assert_eq!(e.travail(le()).await.len(), 1, "the hint is rebuilt");
}

sur_les_deux!(une_publication_vaut_depuis_son_jour_et_ne_s_efface_pas, tout_se_relit_apres_un_redemarrage,);
