//! Who reads what: sessions, keys, families; lists and what is forgotten.

use engine::decision::{Agregat, Auteur, CleMachine, Decision, Ecriture, Garde, Suivant};
use engine::demarche::Phase;
use engine::identifiant::{AgentId, CleId, CommuneSlug, DossierId, ReservationId};
use engine_store::{CleIdempotence, Curseur, Erreur, FiltreDossiers, Jeton, Recents};
use jiff::SignedDuration;

use crate::base::{Essai, sur_les_deux};
use crate::valeurs::{decision, depot, dossier, famille, foyer, id, le, personne, reserve};

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

async fn une_famille_ne_lit_que_son_foyer(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    for n in [1, 2] {
        store.commet(portee, famille(n), None).await.unwrap();
    }
    store.commet(portee, depot(1, None), None).await.unwrap();
    store.commet(portee, reserve(1), None).await.unwrap();
    let session = |n: u8| {
        let auteur = Auteur::Parent { personne: personne(n), foyer: foyer(n) };
        let store = store.clone();
        async move {
            let fin = le() + SignedDuration::from_hours(1);
            let jeton = store.ouvre_session(&e.commune, auteur, le(), fin).await.unwrap();
            store.session(&e.commune, &jeton, le()).await.unwrap().unwrap().portee
        }
    };
    let (sienne, autre) = (session(1).await, session(2).await);
    let (d, r) = (DossierId::neuf(id(1)), ReservationId::neuf(id(1)));
    let jour = "2025-09-02".parse().unwrap();
    let tout = FiltreDossiers { nombre: 10, ..Default::default() };
    assert!(store.dossier(&sienne, &d).await.unwrap().is_some());
    assert!(store.dossier(&autre, &d).await.unwrap().is_none());
    assert!(store.reservation(&autre, &r).await.unwrap().is_none());
    assert!(store.foyer(&autre, &foyer(1)).await.unwrap().is_none());
    assert_eq!(store.dossiers(&sienne, &tout).await.unwrap().len(), 1);
    let vise = FiltreDossiers { foyer: Some(foyer(1)), nombre: 10, ..Default::default() };
    assert!(store.dossiers(&autre, &vise).await.unwrap().is_empty());
    assert!(store.reservations(&autre, &foyer(1), jour, jour).await.unwrap().is_empty());
    assert!(store.lignes(&autre, &foyer(1), jour, jour).await.unwrap().is_empty());
    assert!(store.inscriptions(&autre, &foyer(1)).await.unwrap().is_empty());
    assert_eq!(store.famille(&autre, &foyer(1)).await.unwrap().faits.iter().count(), 0);
    assert!(store.journal(&autre, &Agregat::Dossier(d)).await.unwrap().is_empty());
    assert_eq!(store.foyers(&autre, 10).await.unwrap(), [foyer(2)]);
}

async fn une_session_expire_se_ferme_et_reste_dans_sa_commune(e: &Essai) {
    let store = &e.store;
    let fin = le() + SignedDuration::from_hours(1);
    let auteur = Auteur::Agent { agent: AgentId::neuf(id(1)), roles: vec!["enfance".into()] };
    let jeton = store.ouvre_session(&e.commune, auteur.clone(), le(), fin).await.unwrap();
    let relu = Jeton::lit(&jeton.texte()).unwrap();
    assert_eq!(store.session(&e.commune, &relu, le()).await.unwrap().unwrap().portee.auteur(), &auteur);
    assert!(store.session(&e.commune, &relu, fin).await.unwrap().is_none());
    let ailleurs = CommuneSlug::lit("ailleurs").unwrap();
    assert!(store.session(&ailleurs, &relu, le()).await.unwrap().is_none());
    // the token is not in the file
    let garde = if e.est_postgres() { "encode(jeton, 'hex')" } else { "lower(hex(jeton))" };
    let garde = e.textes(&format!("SELECT {garde} FROM session WHERE commune_id = '{}'", e.commune)).await;
    assert_eq!(garde.len(), 1);
    assert_ne!(garde[0], jeton.texte());
    store.ferme_session(&e.commune, &relu).await.unwrap();
    assert!(store.session(&e.commune, &relu, le()).await.unwrap().is_none());
    for faux in ["", "zz", "é".repeat(32).as_str(), &"0".repeat(63)] {
        assert_eq!(Jeton::lit(faux), None);
    }
}

async fn une_cle_ouvre_sa_commune_jusqu_a_sa_fin(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    let jeton = Jeton::tire().unwrap();
    store.commet(portee, cle(7, &jeton), None).await.unwrap();
    let lue = store.portee_de_cle(&e.commune, &jeton, le()).await.unwrap().unwrap();
    let attendu = Auteur::Agent { agent: AgentId::neuf(id(7)), roles: vec!["scolaire".into()] };
    assert_eq!((lue.commune(), lue.auteur()), (&e.commune, &attendu));
    let ailleurs = CommuneSlug::lit("ailleurs").unwrap();
    assert_eq!(store.portee_de_cle(&ailleurs, &jeton, le()).await.unwrap(), None);
    assert_eq!(store.portee_de_cle(&e.commune, &Jeton::tire().unwrap(), le()).await.unwrap(), None);
    let trop_tard = le() + SignedDuration::from_hours(24);
    assert_eq!(store.portee_de_cle(&e.commune, &jeton, trop_tard).await.unwrap(), None);
    // a session's token is no key, and a key no session
    assert_eq!(store.session(&e.commune, &jeton, le()).await.unwrap(), None);

    let fin = Ecriture::FinCle { cle: CleId::neuf(id(7)), le: le() };
    store
        .commet(portee, decision(Agregat::Cle(CleId::neuf(id(7))), 2, Suivant::Rien, vec![fin]), None)
        .await
        .unwrap();
    assert_eq!(store.portee_de_cle(&e.commune, &jeton, le()).await.unwrap(), None);
    let [liste] = &store.cles(portee).await.unwrap()[..] else { panic!("one key") };
    assert_eq!((liste.nom.as_str(), liste.revoquee_le), ("logiciel de cantine", Some(le())));
    // both acts are in the journal, and the key itself is nowhere in the file
    let journal = store.journal(portee, &Agregat::Cle(CleId::neuf(id(7)))).await.unwrap();
    assert_eq!(journal.len(), 2);
    if let Some(dossier) = e.dossier() {
        let octets = std::fs::read(dossier.join(format!("{}.db", e.commune))).unwrap();
        let texte = jeton.texte();
        assert!(!octets.windows(texte.len()).any(|f| f == texte.as_bytes()));
    }
}

async fn ce_qui_est_fini_se_purge(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    let heure = |n| le() + SignedDuration::from_hours(n);
    let courte = store.ouvre_session(&e.commune, Auteur::Systeme, le(), heure(1)).await.unwrap();
    let longue = store.ouvre_session(&e.commune, Auteur::Systeme, le(), heure(9)).await.unwrap();
    let idem = CleIdempotence { cle: "a".into(), corps: [1; 32], reponse: "r".into() };
    store.commet(portee, famille(1), Some(idem)).await.unwrap();
    assert_eq!(store.purge(&e.commune, heure(0), heure(-1)).await.unwrap(), 0);
    assert_eq!(store.purge(&e.commune, heure(1), le()).await.unwrap(), 1);
    assert_eq!(store.deja_repondu(portee, "a", &[1; 32]).await.unwrap().as_deref(), Some("r"));
    assert_eq!(store.purge(&e.commune, heure(1), heure(1)).await.unwrap(), 1);
    assert_eq!(store.deja_repondu(portee, "a", &[1; 32]).await.unwrap(), None);
    assert_eq!(store.session(&e.commune, &courte, le()).await.unwrap(), None);
    assert!(store.session(&e.commune, &longue, heure(1)).await.unwrap().is_some());
}

async fn une_reponse_entiere_se_garde_une_fois(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    let garde = |corps: [u8; 32], texte: &str| {
        store.garde_reponse(portee, CleIdempotence { cle: "a".into(), corps, reponse: texte.into() }, le())
    };
    assert_eq!(store.reponse_gardee(portee, "a", &[1; 32]).await.unwrap(), None);
    garde([1; 32], "la première").await.unwrap();
    garde([1; 32], "une autre").await.unwrap();
    garde([2; 32], "une autre demande").await.unwrap();
    assert_eq!(store.reponse_gardee(portee, "a", &[1; 32]).await.unwrap().as_deref(), Some("la première"));
    assert!(matches!(store.reponse_gardee(portee, "a", &[2; 32]).await, Err(Erreur::CleReutilisee)));
}

async fn une_liste_se_lit_page_par_page(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    store.commet(portee, famille(1), None).await.unwrap();
    for n in 1..=7_u8 {
        let mut d = dossier(n, 1, None);
        d.phase = if n % 3 == 0 { Phase::Acceptee } else { Phase::Deposee };
        d.numero = Some(format!("2025-{n:05}"));
        // two of each instant: the identifier decides between them
        d.entree_le = le() + SignedDuration::from_hours(i64::from(n / 2));
        let d = decision(Agregat::Dossier(d.id.clone()), 1, Suivant::Dossier(Box::new(d)), Vec::new());
        store.commet(portee, d, None).await.unwrap();
    }
    let mut brouillon = dossier(9, 1, None);
    brouillon.phase = Phase::Brouillon;
    let d =
        decision(Agregat::Dossier(brouillon.id.clone()), 1, Suivant::Dossier(Box::new(brouillon)), vec![]);
    store.commet(portee, d, None).await.unwrap();
    // expired without having ever been sent: its answers stay the family's
    let mut expire = dossier(10, 1, None);
    expire.phase = Phase::Expiree;
    let d = decision(Agregat::Dossier(expire.id.clone()), 1, Suivant::Dossier(Box::new(expire)), vec![]);
    store.commet(portee, d, None).await.unwrap();
    // one draft, counted in the transaction that would write another: what expired is none
    let encore = |n, max| {
        let mut neuf = dossier(n, 1, None);
        neuf.phase = Phase::Brouillon;
        let mut d = decision(Agregat::Dossier(neuf.id.clone()), 1, Suivant::Dossier(Box::new(neuf)), vec![]);
        d.gardes.push(Garde::Brouillons { foyer: foyer(1), max });
        d
    };
    let refus = store.commet(portee, encore(11, 1), None).await;
    assert!(matches!(refus, Err(Erreur::Garde(g)) if matches!(*g, Garde::Brouillons { max: 1, .. })));
    let un = |n| store.commet(portee, encore(n, 2), None);
    let (a, b, c, d) = tokio::join!(un(12), un(13), un(14), un(15));
    let ecrits = [a, b, c, d].iter().filter(|r| r.is_ok()).count();
    assert_eq!(ecrits, 1, "two drafts at most, whoever comes first");

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

async fn une_famille_lit_ses_demandes_la_derniere_d_abord(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    for n in [1, 2] {
        store.commet(portee, famille(n), None).await.unwrap();
    }
    // 1 to 5 are sent, 6 is a draft, 7 a draft that was deleted
    for n in 1..=7_u8 {
        let mut d = dossier(n, 1, None);
        d.entree_le = le() + SignedDuration::from_hours(i64::from(n / 2));
        match n {
            6 => d.phase = Phase::Brouillon,
            7 => d.phase = Phase::Annulee,
            _ => d.numero = Some(format!("2025-{n:05}")),
        }
        let d = decision(Agregat::Dossier(d.id.clone()), 1, Suivant::Dossier(Box::new(d)), Vec::new());
        store.commet(portee, d, None).await.unwrap();
    }
    let auteur = |n: u8| Auteur::Parent { personne: personne(n), foyer: foyer(n) };
    let mut portees = Vec::new();
    for n in [1, 2] {
        let fin = le() + SignedDuration::from_hours(1);
        let jeton = store.ouvre_session(&e.commune, auteur(n), le(), fin).await.unwrap();
        portees.push(store.session(&e.commune, &jeton, le()).await.unwrap().unwrap().portee);
    }
    let lues = |lesquels, avant: Option<Curseur>, nombre| {
        let (store, portee) = (store.clone(), portees[0].clone());
        async move { store.recents(&portee, lesquels, avant.as_ref(), nombre).await.unwrap() }
    };
    let rangs = |dossiers: &[engine::demarche::Dossier]| -> Vec<DossierId> {
        dossiers.iter().map(|d| d.id.clone()).collect()
    };
    let attendus = |ns: &[u8]| -> Vec<DossierId> { ns.iter().map(|n| DossierId::neuf(id(*n))).collect() };
    assert_eq!(rangs(&lues(Recents::Tous, None, 4).await), attendus(&[6, 5, 4, 3]));
    assert_eq!(rangs(&lues(Recents::Brouillons, None, 9).await), attendus(&[6]));
    let premiere = lues(Recents::Envoyes, None, 3).await;
    assert_eq!(rangs(&premiere), attendus(&[5, 4, 3]));
    let place = Curseur::lit(&Curseur::de(premiere.last().unwrap()).texte());
    assert_eq!(rangs(&lues(Recents::Envoyes, place, 3).await), attendus(&[2, 1]));
    assert_eq!(store.recents(&portees[1], Recents::Tous, None, 9).await.unwrap(), []);
    assert_eq!(store.recents(portee, Recents::Tous, None, 9).await.unwrap(), [], "no household, no list");
}

sur_les_deux!(
    une_famille_lit_ses_demandes_la_derniere_d_abord,
    une_famille_ne_lit_que_son_foyer,
    une_session_expire_se_ferme_et_reste_dans_sa_commune,
    une_cle_ouvre_sa_commune_jusqu_a_sa_fin,
    ce_qui_est_fini_se_purge,
    une_reponse_entiere_se_garde_une_fois,
    une_liste_se_lit_page_par_page,
);
