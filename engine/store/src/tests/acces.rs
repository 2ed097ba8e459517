//! Machines' keys, what is purged by age, whole answers, lists read page by page.

use engine::decision::CleMachine;
use engine::identifiant::{CleId, FichierId};

use super::*;
use crate::dossier::Curseur;

fn cle(n: u8, jeton: &Jeton) -> Decision {
    let neuve = CleMachine {
        id: CleId::neuf(id(n)),
        nom: "logiciel de cantine".into(),
        empreinte: jeton.empreinte(),
        agent: AgentId::neuf(id(n)),
        roles: vec!["scolaire".into()],
        cree_le: le(),
        expire_le: le() + SignedDuration::from_hours(24),
    };
    decision(Agregat::Cle(neuve.id.clone()), 1, Suivant::Rien, vec![Ecriture::Cle(Box::new(neuve))])
}

#[tokio::test]
async fn une_cle_ouvre_sa_commune_jusqu_a_sa_fin() {
    let (dossier, store, portee) = ouvre().await;
    let jeton = Jeton::tire().unwrap();
    store.commet(&portee, cle(7, &jeton), None).await.unwrap();
    let lue = store.portee_de_cle(&slug(), &jeton, le()).await.unwrap().unwrap();
    let attendu = Auteur::Agent { agent: AgentId::neuf(id(7)), roles: vec!["scolaire".into()] };
    assert_eq!((lue.commune(), lue.auteur()), (&slug(), &attendu));
    let ailleurs = CommuneSlug::lit("ailleurs").unwrap();
    assert_eq!(store.portee_de_cle(&ailleurs, &jeton, le()).await.unwrap(), None);
    assert_eq!(store.portee_de_cle(&slug(), &Jeton::tire().unwrap(), le()).await.unwrap(), None);
    let trop_tard = le() + SignedDuration::from_hours(24);
    assert_eq!(store.portee_de_cle(&slug(), &jeton, trop_tard).await.unwrap(), None);
    // a session's token is no key, and a key no session
    assert_eq!(store.session(&slug(), &jeton, le()).await.unwrap(), None);

    let fin = Ecriture::FinCle { cle: CleId::neuf(id(7)), le: le() };
    store
        .commet(&portee, decision(Agregat::Cle(CleId::neuf(id(7))), 2, Suivant::Rien, vec![fin]), None)
        .await
        .unwrap();
    assert_eq!(store.portee_de_cle(&slug(), &jeton, le()).await.unwrap(), None);
    let [liste] = &store.cles(&portee).await.unwrap()[..] else { panic!("one key") };
    assert_eq!((liste.nom.as_str(), liste.revoquee_le), ("logiciel de cantine", Some(le())));
    // both acts are in the journal, and the key itself is nowhere in the file
    let journal = store.journal(&portee, &Agregat::Cle(CleId::neuf(id(7)))).await.unwrap();
    assert_eq!(journal.len(), 2);
    let octets = std::fs::read(dossier.path().join("essai.db")).unwrap();
    let texte = jeton.texte();
    assert!(!octets.windows(texte.len()).any(|f| f == texte.as_bytes()));
}

#[tokio::test]
async fn ce_qui_est_fini_se_purge() {
    let (_dossier, store, portee) = ouvre().await;
    let heure = |n| le() + SignedDuration::from_hours(n);
    let courte = store.ouvre_session(&slug(), Auteur::Systeme, le(), heure(1)).await.unwrap();
    let longue = store.ouvre_session(&slug(), Auteur::Systeme, le(), heure(9)).await.unwrap();
    let idem = CleIdempotence { cle: "a".into(), corps: [1; 32], reponse: "r".into() };
    store.commet(&portee, famille(1), Some(idem)).await.unwrap();
    assert_eq!(store.purge(&slug(), heure(0), heure(-1)).await.unwrap(), 0);
    assert_eq!(store.purge(&slug(), heure(1), le()).await.unwrap(), 1);
    assert_eq!(store.deja_repondu(&portee, "a", &[1; 32]).await.unwrap().as_deref(), Some("r"));
    assert_eq!(store.purge(&slug(), heure(1), heure(1)).await.unwrap(), 1);
    assert_eq!(store.deja_repondu(&portee, "a", &[1; 32]).await.unwrap(), None);
    assert_eq!(store.session(&slug(), &courte, le()).await.unwrap(), None);
    assert!(store.session(&slug(), &longue, heure(1)).await.unwrap().is_some());
}

#[tokio::test]
async fn une_reponse_entiere_se_garde_une_fois() {
    let (_dossier, store, portee) = ouvre().await;
    let garde = |corps: [u8; 32], texte: &str| store.garde_reponse(&portee, "a".into(), corps, texte.into());
    // nothing was committed under that key: there is no answer to keep
    garde([1; 32], "rien").await.unwrap();
    assert_eq!(store.reponse_gardee(&portee, "a", &[1; 32]).await.unwrap(), None);
    let idem = CleIdempotence { cle: "a".into(), corps: [1; 32], reponse: "r".into() };
    store.commet(&portee, famille(1), Some(idem)).await.unwrap();
    assert_eq!(store.reponse_gardee(&portee, "a", &[1; 32]).await.unwrap(), None);
    garde([1; 32], "la première").await.unwrap();
    garde([1; 32], "une autre").await.unwrap();
    garde([2; 32], "une autre demande").await.unwrap();
    assert_eq!(store.reponse_gardee(&portee, "a", &[1; 32]).await.unwrap().as_deref(), Some("la première"));
    assert!(matches!(store.reponse_gardee(&portee, "a", &[2; 32]).await, Err(Erreur::CleReutilisee)));
}

#[tokio::test]
async fn une_liste_se_lit_page_par_page() {
    let (_dossier, store, portee) = ouvre().await;
    store.commet(&portee, famille(1), None).await.unwrap();
    for n in 1..=7_u8 {
        let mut d = dossier(n, 1, None);
        d.phase = if n % 3 == 0 { Phase::Acceptee } else { Phase::Deposee };
        // two of each instant: the identifier decides between them
        d.entree_le = le() + SignedDuration::from_hours(i64::from(n / 2));
        let d = decision(Agregat::Dossier(d.id.clone()), 1, Suivant::Dossier(Box::new(d)), Vec::new());
        store.commet(&portee, d, None).await.unwrap();
    }
    let mut brouillon = dossier(9, 1, None);
    brouillon.phase = Phase::Brouillon;
    let d =
        decision(Agregat::Dossier(brouillon.id.clone()), 1, Suivant::Dossier(Box::new(brouillon)), vec![]);
    store.commet(&portee, d, None).await.unwrap();
    assert_eq!(store.brouillons(&portee, &foyer(1)).await.unwrap(), 1);
    assert_eq!(store.brouillons(&portee, &foyer(2)).await.unwrap(), 0);

    let page = |nombre, apres| {
        let filtre = FiltreDossiers { nombre, apres, ..FiltreDossiers::default() };
        let (store, portee) = (store.clone(), portee.clone());
        async move { store.dossiers(&portee, &filtre).await.unwrap() }
    };
    let entiere = page(100, None).await;
    assert_eq!(entiere.len(), 7, "drafts are the families' own");
    let (mut vues, mut apres) = (Vec::new(), None);
    loop {
        let lues = page(2, apres).await;
        let Some(dernier) = lues.last() else { break };
        // as an address carries it
        apres = Some(Curseur::lit(&dernier.curseur().texte()).unwrap());
        vues.extend(lues);
    }
    assert_eq!(vues, entiere);
    for faux in ["", "2-0-x", "0-x-y", "0-1", "0-1-7zzz"] {
        assert_eq!(Curseur::lit(faux), None, "{faux}");
    }
}

#[tokio::test]
async fn le_journal_dit_quels_documents_furent_recus() {
    let (_dossier, store, portee) = ouvre().await;
    store.commet(&portee, famille(1), None).await.unwrap();
    assert_eq!(store.fichiers_recus(&portee, 0).await.unwrap(), (1, Vec::new()));
    let mut d = decision(Agregat::Dossier(DossierId::neuf(id(3))), 1, Suivant::Rien, Vec::new());
    d.entree.changements = vec![Changement::PieceRecue {
        piece: "justificatif".into(),
        recue: engine::demarche::PieceRecue {
            fichiers: vec![FichierId::neuf(id(5))],
            recue_le: le(),
            etat: engine::demarche::EtatPiece::AVerifier,
        },
    }];
    store.commet(&portee, d, None).await.unwrap();
    assert_eq!(store.fichiers_recus(&portee, 0).await.unwrap(), (2, vec![FichierId::neuf(id(5))]));
    assert_eq!(store.fichiers_recus(&portee, 2).await.unwrap(), (2, Vec::new()));
}
