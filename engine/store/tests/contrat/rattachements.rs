//! Households that accounts declared: they wait, the service answers once, and the account follows.

use engine::cle_enfance::{Rattachement, ReponseRattachement, repond};
use engine::compte::{Compte, EtatCompte};
use engine::decision::{Agregat, Auteur, CleUnique, Decision, Ecriture, Garde, Suivant};
use engine::demarche::{Changement, Dossier, Phase};
use engine::foyer::ValeurFait;
use engine::identifiant::{AgentId, CleEnfanceId, CompteId, FoyerId, PersonneId};
use engine_store::{CleIdempotence, CleNeuve, Essai as Try, EssaiFait, FiltreDossiers, Titre};
use jiff::SignedDuration;

use crate::base::{Essai, sur_les_deux};
use crate::cles_enfance::{connue, fait};
use crate::valeurs::{decision, dossier, famille, foyer, garde_de, id, le, personne};
use sha2::{Digest as _, Sha256};

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
        a_verifier: false,
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
            Some(Titre::du_mot_de_passe(&compte)),
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
    let fait = ouvre(e, &compte).await;
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

/// That account tries the key of person 51 of household 1.
async fn ouvre(e: &Essai, compte: &Compte) -> EssaiFait {
    let cle = CleNeuve {
        id: CleEnfanceId::neuf(id(1)),
        empreinte: [1; 32],
        foyer: foyer(1),
        responsable: Some(PersonneId::neuf(id(51))),
        ouvre: Vec::new(),
        expire_le: le() + SignedDuration::from_hours(24),
        essais: 5,
    };
    e.store.fait_cles(&e.portee, vec![cle], le()).await.unwrap();
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
    e.store.essaie_cle(&e.commune, essai).await.unwrap()
}

/// The key of a place, as `un_dossier_par` hashes it.
fn place(valeurs: &[String]) -> String {
    let mut empreinte = Sha256::new().chain_update("inscription");
    for valeur in valeurs {
        empreinte.update([0]);
        empreinte.update(valeur);
    }
    empreinte.finalize().iter().map(|o| format!("{o:02x}")).collect()
}

/// The key of one dossier a child and a year.
fn de_l_enfant(enfant: u8) -> String {
    place(&[personne(enfant).to_string(), "2025-2026".into()])
}

/// A request of household 2, with its number where it was filed.
fn demande(n: u8, enfant: u8, cle: &str, phase: Phase) -> Decision {
    let d = Dossier {
        foyer: Some(foyer(2)),
        demandeur: Some(personne(2)),
        enfant: Some(personne(enfant)),
        phase,
        ..dossier(n, 1, Some(cle))
    };
    let agregat = Agregat::Dossier(d.id.clone());
    let numero = Ecriture::Numero { compteur: "d".into(), prefixe: "D-".into(), dossier: d.id.clone() };
    let ecritures = if phase == Phase::Brouillon { Vec::new() } else { vec![numero] };
    let mut cree = decision(agregat, 1, Suivant::Dossier(Box::new(d.clone())), ecritures);
    cree.entree.changements = vec![Changement::Cree(Box::new(d))];
    cree
}

/// Household 2 declared the child of household 1, and one whom it does not have, with a request for each: a draft for the first
/// (dossier 1), which stays in its étape, one that was sent for the other (dossier 2), and one that the known household has already
/// (dossier 3, of the whole household, as its own dossier 4).
async fn demandes(e: &Essai) -> Compte {
    let (store, portee) = (&e.store, &e.portee);
    connue(store, portee, 1).await;
    let compte = declare(e, 2).await;
    let mut enfants = decision(Agregat::Foyer(foyer(2)), 5, Suivant::Rien, Vec::new());
    enfants.ecritures = vec![
        Ecriture::Membre {
            foyer: foyer(2),
            personne: personne(103),
            genre: engine::foyer::Genre::Enfant,
            depuis: le(),
        },
        fait(personne(101), "prenom", ValeurFait::Texte("Léa".into())),
        fait(personne(102), "prenom", ValeurFait::Texte("LEA".into())),
        fait(personne(102), "naissance", ValeurFait::Date("2018-05-14".parse().unwrap())),
        fait(personne(103), "naissance", ValeurFait::Date("2021-01-02".parse().unwrap())),
    ];
    store.commet(portee, enfants, None).await.unwrap();
    let du_foyer = |n: u8| place(&[foyer(n).to_string()]);
    let deja = Dossier { enfant: None, ..dossier(4, 1, Some(&du_foyer(1))) };
    let deja = decision(Agregat::Dossier(deja.id.clone()), 1, Suivant::Dossier(Box::new(deja)), Vec::new());
    let mut du_foyer = demande(3, 102, &du_foyer(2), Phase::Brouillon);
    if let Suivant::Dossier(d) = &mut du_foyer.suivant {
        d.enfant = None;
        du_foyer.entree.changements = vec![Changement::Cree(d.clone())];
    }
    for d in [
        demande(1, 102, &de_l_enfant(102), Phase::Brouillon),
        demande(2, 103, &de_l_enfant(103), Phase::Deposee),
        du_foyer,
        deja,
    ] {
        store.commet(portee, d, None).await.unwrap();
    }
    compte
}

/// What the account sees once it is person `qui` of household 1.
async fn tout_a_suivi(e: &Essai, qui: u8) {
    let (store, portee) = (&e.store, &e.portee);
    let de = |n: u8| async move {
        let auteur = Auteur::Parent { personne: personne(qui), foyer: foyer(n) };
        let fin = le() + SignedDuration::from_hours(1);
        let jeton = store.ouvre_session(&e.commune, auteur, le(), fin).await.unwrap();
        store.session(&e.commune, &jeton, le()).await.unwrap().unwrap().portee
    };
    let (avant, famille) = (de(2).await, de(1).await);
    let toutes = FiltreDossiers { nombre: 10, ..FiltreDossiers::default() };
    assert!(store.dossiers(&avant, &toutes).await.unwrap().is_empty(), "nothing stays behind");
    let vus: Vec<_> = store.dossiers(&famille, &toutes).await.unwrap().into_iter().map(|d| d.id).collect();
    assert_eq!(vus, [1, 2, 3, 4].map(|n| dossier(n, 1, None).id));
    let attendus = [
        (1, Some(101), Some(de_l_enfant(101)), "the child that the town knows"),
        (2, Some(103), Some(de_l_enfant(103)), "a child whom the town does not have"),
        (3, None, None, "the household has one already: kept, without its place"),
    ];
    for (n, enfant, cle, quoi) in attendus {
        let id = dossier(n, 1, None).id;
        let lu = store.dossier(&famille, &id).await.unwrap().unwrap();
        assert_eq!(
            (lu.foyer.clone(), lu.demandeur.clone(), lu.enfant.clone(), lu.cle.clone(), lu.version),
            (Some(foyer(1)), Some(personne(qui)), enfant.map(personne), cle, 2),
            "{quoi}"
        );
        let journal = store.journal(portee, &Agregat::Dossier(id)).await.unwrap();
        let faits: Vec<_> = journal.iter().map(|j| j.entree.evenement.as_str()).collect();
        assert_eq!(faits, ["essai", "rattacher"], "{quoi}");
        let replie = journal.iter().flat_map(|j| &j.entree.changements).fold(None, |d, c| c.applique(d));
        let numero = lu.numero.clone();
        assert_eq!(replie.map(|d| Dossier { version: 2, numero, ..d }), Some(lu), "{quoi}");
    }
    assert!(store.verifie_journal(portee).await.unwrap().is_ok());
    // the columns too: the place of the child that the town knows is held
    let colonnes = format!(
        "SELECT foyer_id || enfant_id FROM dossier WHERE commune_id = '{}' AND enfant_id IS NOT NULL ORDER BY id",
        e.commune
    );
    let attendues = [101, 103].map(|n| format!("{}{}", foyer(1), personne(n)));
    assert_eq!(e.textes(&colonnes).await, attendues);
    let mut second = demande(9, 101, &de_l_enfant(101), Phase::Brouillon);
    second.gardes = vec![Garde::Unique(CleUnique::Dossier(de_l_enfant(101)))];
    assert!(matches!(garde_de(store.commet(portee, second, None).await), Garde::Unique(_)));
}

/// A whole answer that shows the first request, kept under a key.
fn gardee(corps: [u8; 32]) -> CleIdempotence {
    CleIdempotence { cle: "2/a".into(), corps, reponse: format!("{{\"id\":\"{}\"}}", dossier(1, 1, None).id) }
}

async fn les_demandes_suivent_la_cle(e: &Essai) {
    let compte = demandes(e).await;
    let (store, portee) = (&e.store, &e.portee);
    store.garde_reponse(portee, gardee([1; 32]), le()).await.unwrap();
    assert!(store.reponse_gardee(portee, "2/a", &[1; 32]).await.unwrap().is_some());
    assert!(matches!(ouvre(e, &compte).await, EssaiFait::Ouverte { .. }));
    tout_a_suivi(e, 51).await;
    assert_eq!(
        store.reponse_gardee(portee, "2/a", &[1; 32]).await.unwrap(),
        None,
        "it shows the former household"
    );
}

async fn les_demandes_suivent_l_agent(e: &Essai) {
    let compte = demandes(e).await;
    let vers = ReponseRattachement::Rattache { foyer: foyer(1), personne: personne(1) };
    let d = repondu(e, &foyer(2), &compte, vers).await;
    // in a batch with others' writes, which reads the versions of its own dossiers once
    let depose = |n| e.store.commet(&e.portee, crate::valeurs::depot(n, None), None);
    let (un, fait, deux) = tokio::join!(depose(20), e.store.commet(&e.portee, d, None), depose(21));
    assert!(un.is_ok() && fait.is_ok() && deux.is_ok(), "{un:?} {fait:?} {deux:?}");
    let retire = format!(
        "DELETE FROM echeance WHERE commune_id = '{0}'; DELETE FROM dossier WHERE commune_id = '{0}' AND numero IS NOT NULL AND id IN ('{1}', '{2}')",
        e.commune,
        dossier(20, 1, None).id,
        dossier(21, 1, None).id
    );
    e.brut(&retire).await.unwrap();
    tout_a_suivi(e, 1).await;
}

sur_les_deux!(
    l_agent_rattache_une_fois,
    un_refus_se_reprend_et_se_lit,
    une_cle_rattache_le_compte,
    les_demandes_suivent_la_cle,
    les_demandes_suivent_l_agent
);
