//! Households that accounts declared: they wait, the service answers once, and the account follows.

use engine::cle_enfance::{Rattachement, ReponseRattachement, repond};
use engine::compte::{Compte, EtatCompte};
use engine::decision::{Agregat, Auteur, Ecriture, Garde, Suivant};
use engine::identifiant::{AgentId, CleEnfanceId, CompteId, FoyerId, PersonneId};
use engine_store::{CleNeuve, Essai as Try, EssaiFait};
use jiff::SignedDuration;

use crate::base::{Essai, sur_les_deux};
use crate::cles_enfance::connue;
use crate::valeurs::{decision, famille, foyer, garde_de, id, le, personne};

/// An active account of household `n`, that it declared itself.
async fn declare(e: &Essai, n: u8) -> Compte {
    e.store.commet(&e.portee, famille(n), None).await.unwrap();
    let compte = Compte {
        id: CompteId::neuf(id(n)),
        etat: EtatCompte::Actif,
        identifiant: None,
        courriel: format!("f{n}@exemple.fr"),
        mot_de_passe: None,
        auteur: Some(Auteur::Parent { personne: personne(n), foyer: foyer(n) }),
        nom: None,
        cgu: None,
        reponses: None,
        changement: None,
        second_facteur: None,
        cree_le: le(),
        version: 1,
    };
    let attend = Ecriture::Rattachement { foyer: foyer(n), personne: personne(n), le: le() };
    let suivant = Suivant::Compte(Box::new(compte.clone()));
    let d = decision(Agregat::Compte(compte.id.clone()), 1, suivant, vec![attend]);
    e.store.commet(&e.portee, d, None).await.unwrap();
    compte
}

async fn repondu(
    e: &Essai,
    foyer: &FoyerId,
    compte: &Compte,
    reponse: ReponseRattachement,
) -> engine::decision::Decision {
    let lu = e.store.foyer(&e.portee, foyer).await.unwrap().unwrap();
    let agent = Auteur::Agent { agent: AgentId::neuf(id(9)), roles: vec!["enfance".into()] };
    repond(&lu, Some(compte), reponse, &agent, le())
}

async fn l_agent_rattache_une_fois(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    connue(store, portee, 1).await;
    let compte = declare(e, 2).await;
    let jeton = store
        .ouvre_session_de(
            &e.commune,
            Some(compte.id.clone()),
            compte.auteur.clone().unwrap(),
            le(),
            le() + SignedDuration::from_hours(1),
        )
        .await
        .unwrap();
    let attente = store.rattachements(portee, 10).await.unwrap();
    let attendu = Rattachement { foyer: foyer(2), personne: personne(2), demande_le: le(), reponse: None };
    assert_eq!(attente, [attendu]);
    assert_eq!(store.rattachements_en_attente(portee).await.unwrap(), 1);
    assert_eq!(store.rattachement(portee, &foyer(1)).await.unwrap(), None, "the town's own is known");
    let vers = ReponseRattachement::Rattache { foyer: foyer(1), personne: personne(1) };
    let [un, autre] = [
        repondu(e, &foyer(2), &compte, vers.clone()).await,
        repondu(e, &foyer(2), &compte, ReponseRattachement::Accepte).await,
    ];
    store.commet(portee, un, None).await.unwrap();
    assert!(matches!(garde_de(store.commet(portee, autre, None).await), Garde::Version { .. }), "two agents");
    assert!(store.rattachement(portee, &foyer(2)).await.unwrap().unwrap().est_valide());
    assert_eq!(store.rattachements_en_attente(portee).await.unwrap(), 0);
    // the account, and the session that was open with it, are of the household that the town knew
    let session = store.session(&e.commune, &jeton, le()).await.unwrap().unwrap().portee;
    assert_eq!(session.auteur(), &Auteur::Parent { personne: personne(1), foyer: foyer(1) });
    let effets = store.prend_effets(&e.commune, le(), le() + SignedDuration::from_mins(5), 10).await;
    assert_eq!(effets.unwrap().len(), 1, "a letter");
}

async fn un_refus_se_reprend_et_se_lit(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    let compte = declare(e, 2).await;
    let non = ReponseRattachement::Refuse { motif: "Présentez-vous à l’accueil.".into() };
    store.commet(portee, repondu(e, &foyer(2), &compte, non).await, None).await.unwrap();
    let lu = store.rattachement(portee, &foyer(2)).await.unwrap().unwrap();
    assert_eq!(lu.reponse, Some(Err("Présentez-vous à l’accueil.".to_owned())));
    assert!(!lu.est_valide());
    assert!(store.rattachements(portee, 10).await.unwrap().is_empty());
    let compte = store.compte(portee, &compte.id).await.unwrap().unwrap();
    let oui = repondu(e, &foyer(2), &compte, ReponseRattachement::Accepte).await;
    store.commet(portee, oui, None).await.unwrap();
    assert!(store.rattachement(portee, &foyer(2)).await.unwrap().unwrap().est_valide());
    assert_eq!(store.compte(portee, &compte.id).await.unwrap().unwrap().auteur, compte.auteur, "as declared");
}

/// A key does at once what the service would have done: the account moves, nothing waits any more.
async fn une_cle_rattache_le_compte(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    connue(store, portee, 1).await;
    let compte = declare(e, 2).await;
    let cle = CleNeuve {
        id: CleEnfanceId::neuf(id(1)),
        empreinte: [1; 32],
        foyer: foyer(1),
        responsable: Some(PersonneId::neuf(id(51))),
        ouvre: Vec::new(),
        expire_le: le() + SignedDuration::from_hours(24),
        essais: 5,
    };
    store.fait_cles(portee, vec![cle], le()).await.unwrap();
    let essai = Try {
        empreinte: [1; 32],
        naissance: "2018-05-14".parse().unwrap(),
        auteur: compte.auteur.clone().unwrap(),
        compte: Some(compte.id.clone()),
        nom: String::new(),
        adresse: [1; 32],
        le: le(),
        reel: le(),
    };
    let fait = store.essaie_cle(&e.commune, essai).await.unwrap();
    assert!(matches!(fait, EssaiFait::Ouverte { .. }), "{fait:?}");
    let lu = store.compte(portee, &compte.id).await.unwrap().unwrap();
    assert_eq!(
        (lu.auteur, lu.version),
        (Some(Auteur::Parent { personne: personne(51), foyer: foyer(1) }), 2)
    );
    assert_eq!(store.rattachements_en_attente(portee).await.unwrap(), 0);
    let journal = store.journal(portee, &Agregat::Compte(compte.id)).await.unwrap();
    assert_eq!(journal.last().unwrap().entree.evenement, "utiliser_cle");
}

sur_les_deux!(l_agent_rattache_une_fois, un_refus_se_reprend_et_se_lit, une_cle_rattache_le_compte);
