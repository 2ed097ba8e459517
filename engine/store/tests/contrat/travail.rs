//! Effects and échéances: taken once, again when whoever held them is gone.

use engine::decision::{Appartient, Ecriture, Suivant};
use engine::identifiant::CourrierId;
use engine_store::{Courrier, GenreTravail};
use jiff::SignedDuration;

use crate::base::{Essai, sur_les_deux};
use crate::valeurs::{decision, depot, famille, foyer, id, le};

async fn un_effet_se_prend_se_reprend_et_ne_se_fait_quune_fois(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    store.commet(portee, famille(1), None).await.unwrap();
    store.commet(portee, depot(1, None), None).await.unwrap();
    let dans = |minutes: i64| le() + SignedDuration::from_mins(minutes);
    let du = e.travail(dans(1)).await;
    assert_eq!(du, [GenreTravail::Effets]);

    let pris = store.prend_effets(&e.commune, dans(1), dans(6), 10).await.unwrap();
    assert_eq!((pris.len(), pris[0].essais), (1, 1));
    assert_eq!(pris[0].portee.commune(), &e.commune);
    assert!(store.prend_effets(&e.commune, dans(2), dans(7), 10).await.unwrap().is_empty(), "held");
    let repris = store.prend_effets(&e.commune, dans(6), dans(11), 10).await.unwrap();
    assert_eq!(repris[0].essais, 2, "its holder died");

    let courrier = |n: u8| Courrier {
        id: CourrierId::neuf(id(n)),
        foyer: Some(foyer(1)),
        a: "parent@exemple.fr".into(),
        objet: "Demande reçue".into(),
        corps: "…".into(),
        le: dans(6),
    };
    let cle = repris[0].effet.cle.clone();
    store
        .effet_manque(&repris[0].portee, cle.clone(), "smtp".into(), dans(20), Some(dans(30)))
        .await
        .unwrap();
    assert!(store.prend_effets(&e.commune, dans(29), dans(40), 10).await.unwrap().is_empty());
    let repris = store.prend_effets(&e.commune, dans(30), dans(40), 10).await.unwrap();
    for n in [1, 2] {
        store.effet_fait(&repris[0].portee, cle.clone(), dans(31), vec![courrier(n)]).await.unwrap();
    }
    assert_eq!(store.courriers(portee, 10).await.unwrap(), [courrier(1)]);
    assert!(store.prend_effets(&e.commune, dans(99), dans(100), 10).await.unwrap().is_empty());
    assert!(e.travail(dans(99)).await.is_empty(), "the next work is tomorrow's échéance");

    let demain = le() + SignedDuration::from_hours(24);
    assert_eq!(e.travail(demain).await[0], GenreTravail::Echeances);
    let dues =
        store.prend_echeances(&e.commune, demain, demain + SignedDuration::from_mins(5), 10).await.unwrap();
    assert_eq!(dues[0].echeance.appartient, Appartient::Silence { depot: 1 });
    let echeance = dues[0].echeance.clone();
    store.ferme_echeance(&dues[0].portee, echeance.dossier, echeance.appartient).await.unwrap();
    assert!(e.travail(demain + SignedDuration::from_hours(1)).await.is_empty());
}

async fn un_effet_mort_attend_quelqu_un(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    let dans = |s| le() + SignedDuration::from_secs(s);
    store.commet(portee, famille(1), None).await.unwrap();
    store.commet(portee, depot(1, None), None).await.unwrap();
    let pris = store.prend_effets(&e.commune, le(), dans(60), 10).await.unwrap();
    let cle = pris[0].effet.cle.clone();
    store.effet_manque(portee, cle.clone(), "boîte pleine".into(), dans(5), None).await.unwrap();
    assert!(store.prend_effets(&e.commune, dans(3600), dans(3660), 10).await.unwrap().is_empty());
    assert!(e.travail(dans(3600)).await.is_empty(), "nothing is due");
    let morts = store.effets_morts(portee, None, 10).await.unwrap();
    assert_eq!((morts[0].erreur.as_str(), morts[0].mort_le, morts[0].essais), ("boîte pleine", dans(5), 1));
    assert_eq!(store.nombre_d_effets_morts(&e.commune).await.unwrap(), 1);
    let rejoue = Ecriture::EffetRejoue { cle: cle.clone(), le: dans(10) };
    let mut decision = decision(cle.agregat.clone(), 2, Suivant::Rien, vec![rejoue]);
    decision.entree.evenement = "rejouer".into();
    store.commet(portee, decision, None).await.unwrap();
    assert_eq!(store.nombre_d_effets_morts(&e.commune).await.unwrap(), 0);
    assert_eq!(store.prend_effets(&e.commune, dans(10), dans(70), 10).await.unwrap()[0].effet.cle, cle);

    // dead again, it is given up: it neither waits nor comes back
    store.effet_manque(portee, cle.clone(), "boîte pleine".into(), dans(11), None).await.unwrap();
    for (seq, ecriture) in [
        (3, Ecriture::EffetAbandonne { cle: cle.clone(), le: dans(20) }),
        (4, Ecriture::EffetRejoue { cle: cle.clone(), le: dans(30) }),
    ] {
        let decision = crate::valeurs::decision(cle.agregat.clone(), seq, Suivant::Rien, vec![ecriture]);
        store.commet(portee, decision, None).await.unwrap();
        assert_eq!(store.nombre_d_effets_morts(&e.commune).await.unwrap(), 0);
        assert!(store.effets_morts(portee, None, 10).await.unwrap().is_empty());
        assert!(store.prend_effets(&e.commune, dans(3600), dans(3660), 10).await.unwrap().is_empty());
    }
}

async fn les_echeances_viennent_dans_l_ordre(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    store.commet(portee, famille(1), None).await.unwrap();
    let heures = [5_i64, 1, 9, 3, 1, 7];
    for (n, heure) in (1_u8..).zip(heures) {
        let mut d = depot(n, None);
        d.echeances[0].le = le() + SignedDuration::from_hours(heure);
        store.commet(portee, d, None).await.unwrap();
    }
    let dans = |heures: i64| le() + SignedDuration::from_hours(heures);
    let mut vues = Vec::new();
    // two at a time, the earliest first, then by dossier; the one of nine hours is not due
    for _ in 0..4 {
        let prises = store.prend_echeances(&e.commune, dans(8), dans(10), 2).await.unwrap();
        vues.extend(prises.into_iter().map(|p| (p.echeance.le, p.echeance.dossier)));
    }
    let attendues: Vec<_> = [(1, 2), (1, 5), (3, 4), (5, 1), (7, 6)]
        .into_iter()
        .map(|(heure, n)| (dans(heure), engine::identifiant::DossierId::neuf(id(n))))
        .collect();
    assert_eq!(vues, attendues);
    // a lease that ends gives them back
    assert_eq!(store.prend_echeances(&e.commune, dans(10), dans(11), 10).await.unwrap().len(), 6);
}

sur_les_deux!(
    les_echeances_viennent_dans_l_ordre,
    un_effet_se_prend_se_reprend_et_ne_se_fait_quune_fois,
    un_effet_mort_attend_quelqu_un,
);
