//! Many at once: one effect, nothing half-written, never one place too many.

use engine::decision::{Agregat, CleUnique, Ecriture, EtatReservation, Garde, Suivant};
use engine_store::{CleIdempotence, Commis, Erreur};
use rules::montant::Montant;

use crate::base::{Essai, sur_les_deux};
use crate::valeurs::{decision, depot, dossier, famille, foyer, garde_de, le, reservation, reserve};

async fn huit_ecrivains_une_reservation(e: &Essai) {
    for _ in 0..5 {
        let (store, portee) = (&e.store, &e.ailleurs());
        store.commet(portee, famille(1), None).await.unwrap();
        let ecrivains: Vec<_> = (1..=8)
            .map(|n| {
                let (store, portee) = (store.clone(), portee.clone());
                tokio::spawn(async move { store.commet(&portee, reserve(n), None).await })
            })
            .collect();
        let mut reussis = 0;
        for ecrivain in ecrivains {
            match ecrivain.await.unwrap() {
                Ok(_) => reussis += 1,
                Err(Erreur::Garde(g)) => assert!(matches!(*g, Garde::Unique(CleUnique::Reservation { .. }))),
                Err(e) => panic!("{e}"),
            }
        }
        assert_eq!(reussis, 1);
        let jour = "2025-09-02".parse().unwrap();
        assert_eq!(store.reservations(portee, &foyer(1), jour, jour).await.unwrap().len(), 1);
        let lignes = store.lignes(portee, &foyer(1), jour, jour).await.unwrap();
        assert_eq!(lignes.iter().map(|l| l.montant).collect::<Vec<_>>(), [Montant::centimes(350)]);
    }
}

async fn une_reservation_annulee_rend_son_jour(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    store.commet(portee, famille(1), None).await.unwrap();
    store.commet(portee, reserve(1), None).await.unwrap();
    let annulee =
        EtatReservation::Annulee { annonce: "a_temps".into(), le: le(), motif: Some("maladie".into()) };
    let r = reservation(1, annulee, 2);
    let agregat = Agregat::Reservation(r.id.clone());
    let mut fin = decision(agregat.clone(), 2, Suivant::Reservation(Box::new(r.clone())), Vec::new());
    fin.gardes = vec![Garde::Version { agregat: agregat.clone(), attendue: 1 }];
    store.commet(portee, fin.clone(), None).await.unwrap();
    assert_eq!(store.reservation(portee, &r.id).await.unwrap(), Some(r));
    assert_eq!(garde_de(store.commet(portee, fin, None).await), Garde::Version { agregat, attendue: 1 });
    store.commet(portee, reserve(2), None).await.unwrap();
}

async fn les_places_ne_depassent_jamais(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    store.commet(portee, famille(1), None).await.unwrap();
    let prend = |n: u8| {
        let mut d = decision(Agregat::Foyer(foyer(1)), 100 + i64::from(n), Suivant::Rien, Vec::new());
        d.gardes = vec![Garde::Capacite { cle: "repas/2025-09-02".into(), places: 5, prend: 1 }];
        d
    };
    let demandes: Vec<_> = (0..20)
        .map(|n| {
            let (store, portee, d) = (store.clone(), portee.clone(), prend(n));
            tokio::spawn(async move { store.commet(&portee, d, None).await.is_ok() })
        })
        .collect();
    let mut reussies = 0;
    for d in demandes {
        reussies += i64::from(d.await.unwrap());
    }
    assert_eq!(reussies, 5);
    assert_eq!(store.places_prises(portee, "repas/2025-09-02").await.unwrap(), 5);
    let rend = Ecriture::RendPlace { cle: "repas/2025-09-02".into(), nombre: 1 };
    store
        .commet(portee, decision(Agregat::Foyer(foyer(1)), 200, Suivant::Rien, vec![rend]), None)
        .await
        .unwrap();
    store.commet(portee, prend(90), None).await.unwrap();
    assert!(matches!(garde_de(store.commet(portee, prend(91), None).await), Garde::Capacite { .. }));
}

async fn une_requete_repetee_na_quun_effet(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    store.commet(portee, famille(1), None).await.unwrap();
    let cle = |corps: u8| CleIdempotence {
        cle: "p1/jeton".into(),
        corps: [corps; 32],
        reponse: "/dossier/1".into(),
    };
    let copies: Vec<_> = (0..10)
        .map(|_| {
            let (store, portee, cle) = (store.clone(), portee.clone(), cle(1));
            tokio::spawn(async move { store.commet(&portee, depot(1, None), Some(cle)).await.unwrap() })
        })
        .collect();
    let mut ecrits = 0;
    for copie in copies {
        match copie.await.unwrap() {
            Commis::Ecrit { .. } => ecrits += 1,
            Commis::Deja { reponse } => assert_eq!(reponse, "/dossier/1"),
        }
    }
    assert_eq!(ecrits, 1);
    assert_eq!(
        store.deja_repondu(portee, "p1/jeton", &[1; 32]).await.unwrap().as_deref(),
        Some("/dossier/1")
    );
    let autre = store.commet(portee, depot(2, None), Some(cle(2))).await;
    assert!(matches!(autre, Err(Erreur::CleReutilisee)), "{autre:?}");
}

/// From now on this commune's writes to the table fail.
fn panne(e: &Essai, table: &str) -> String {
    let (nom, commune) = (e.commune.as_str().replace('-', "_"), &e.commune);
    if e.est_postgres() {
        format!(
            "CREATE FUNCTION panne_{nom}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'panne'; END $$;
             CREATE TRIGGER panne_{nom} BEFORE INSERT ON {table} FOR EACH ROW WHEN (NEW.commune_id = '{commune}')
                EXECUTE FUNCTION panne_{nom}()"
        )
    } else {
        format!("CREATE TRIGGER panne BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'panne'); END")
    }
}

fn fin_de_panne(e: &Essai, table: &str) -> String {
    let nom = e.commune.as_str().replace('-', "_");
    if e.est_postgres() {
        format!("DROP TRIGGER panne_{nom} ON {table}; DROP FUNCTION panne_{nom}")
    } else {
        "DROP TRIGGER panne".to_owned()
    }
}

/// R03, small: the write to each table fails in turn; nothing of the decision may stay.
async fn une_ecriture_qui_echoue_ne_laisse_rien(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    store.commet(portee, famille(1), None).await.unwrap();
    let cle = CleIdempotence { cle: "k".into(), corps: [1; 32], reponse: String::new() };
    let mut faites = 0_u8;
    for table in ["dossier", "journal", "outbox", "echeance", "compteur", "cle_idempotence"] {
        faites += 1;
        let d = depot(50 + faites, None);
        let cle = CleIdempotence { cle: format!("k{faites}"), ..cle.clone() };
        let avant = e.comptes().await;
        e.brut(&panne(e, table)).await.unwrap();
        assert!(store.commet(portee, d.clone(), Some(cle.clone())).await.is_err(), "{table}");
        e.brut(&fin_de_panne(e, table)).await.unwrap();
        assert_eq!(e.comptes().await, avant, "{table}");
        assert!(store.commet(portee, d, Some(cle)).await.is_ok(), "{table}: the writer goes on");
    }
    assert_eq!(store.verifie_journal(portee).await.unwrap(), Ok(7));
}

/// R05: more callers than places, all at once, again and again: exactly the places, in a commune each time.
async fn la_derniere_place_ne_se_prend_qu_une_fois(e: &Essai) {
    let tours = if crate::longs::longs() { 200 } else { 2 };
    for (places, appels, tours) in [(50_u32, 500_i64, tours), (1, 100, tours * 5)] {
        for _ in 0..tours {
            let (store, portee) = (&e.store, e.ailleurs());
            store.commet(&portee, famille(1), None).await.unwrap();
            let mut taches = tokio::task::JoinSet::new();
            for n in 0..appels {
                let (store, portee) = (store.clone(), portee.clone());
                let mut d = decision(Agregat::Foyer(foyer(1)), 100 + n, Suivant::Rien, Vec::new());
                d.gardes = vec![Garde::Capacite { cle: "sortie".into(), places, prend: 1 }];
                taches.spawn(async move { store.commet(&portee, d, None).await });
            }
            let mut prises = 0;
            while let Some(fini) = taches.join_next().await {
                match fini.unwrap() {
                    Ok(_) => prises += 1,
                    Err(Erreur::Garde(g)) => assert!(matches!(*g, Garde::Capacite { .. })),
                    Err(erreur) => panic!("{erreur}"),
                }
            }
            assert_eq!(prises, places);
            assert_eq!(store.places_prises(&portee, "sortie").await.unwrap(), i64::from(places));
            assert_eq!(store.verifie_journal(&portee).await.unwrap(), Ok(i64::from(places) + 1));
        }
    }
}

/// Sent at once, they share commits: an act decided on an old version is refused alone, whoever reads the dossiers beside it.
async fn dans_un_lot_seul_le_fautif_est_refuse(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    store.commet(portee, famille(1), None).await.unwrap();
    for n in 1..=40 {
        store.commet(portee, depot(n, None), None).await.unwrap();
    }
    let mut taches = tokio::task::JoinSet::new();
    for n in 1..=40_u8 {
        // one in five was decided two versions later than what is there
        let version = if n % 5 == 0 { 4 } else { 2 };
        let mut d = dossier(n, version, (n % 4 == 0).then_some("une seule place"));
        d.etape = "examen".into();
        let agregat = Agregat::Dossier(d.id.clone());
        let mut acte = decision(agregat.clone(), version, Suivant::Dossier(Box::new(d)), Vec::new());
        acte.gardes = vec![Garde::Version { agregat, attendue: version - 1 }];
        if n % 3 == 0 {
            acte.gardes.push(Garde::Brouillons { foyer: foyer(1), max: 1 });
        }
        let (store, portee) = (store.clone(), portee.clone());
        taches.spawn(async move { (n, store.commet(&portee, acte, None).await) });
    }
    let (mut ecrits, mut places) = (0, 0);
    while let Some(fini) = taches.join_next().await {
        let (n, resultat) = fini.unwrap();
        match resultat {
            Ok(_) => {
                assert!(n % 5 != 0, "{n} was decided on a version that is not there");
                (ecrits, places) = (ecrits + 1, places + i64::from(n % 4 == 0));
            }
            Err(Erreur::Garde(g)) => match *g {
                Garde::Version { agregat, .. } => {
                    assert!(n % 5 == 0 && agregat == Agregat::Dossier(dossier(n, 1, None).id), "{n}");
                }
                Garde::Unique(_) => assert!(n % 4 == 0, "{n}"),
                autre => panic!("{n}: {autre:?}"),
            },
            Err(erreur) => panic!("{n}: {erreur}"),
        }
    }
    // 40, less the 8 late ones, less the 8 others that wanted the only place, more the one that had it
    assert_eq!((ecrits, places), (25, 1));
    assert_eq!(store.verifie_journal(portee).await.unwrap(), Ok(1 + 40 + 25));
    let comptes = store.travail(portee).await.unwrap();
    let comptes: Vec<_> = comptes.iter().map(|c| (c.etape.as_str(), c.nombre)).collect();
    assert_eq!(comptes, [("deposee", 15), ("examen", 25)]);
}

sur_les_deux!(
    dans_un_lot_seul_le_fautif_est_refuse,
    la_derniere_place_ne_se_prend_qu_une_fois,
    huit_ecrivains_une_reservation,
    une_reservation_annulee_rend_son_jour,
    les_places_ne_depassent_jamais,
    une_requete_repetee_na_quun_effet,
    une_ecriture_qui_echoue_ne_laisse_rien,
);
