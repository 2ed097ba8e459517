//! Accounts: whom they make one, what is one's own, links followed once, sessions that end with them.

use engine::compte::{Acceptation, Compte, Empreinte, EtatCompte, GenreLien, LienNeuf, SecondFacteur};
use engine::decision::{Agregat, Auteur, CleUnique, Decision, Ecriture, Garde, Suivant};
use engine::demarche::{Reponse, Reponses};
use engine::foyer::{Genre, ValeurFait};
use engine::identifiant::{AgentId, CommuneSlug, CompteId};
use engine_store::{Commis, Erreur, EtatLien, Jeton, Titre};
use jiff::{SignedDuration, Timestamp};

use crate::base::{Essai, sur_les_deux};
use crate::valeurs::{decision, famille, foyer, garde_de, id, le, personne};

fn heure(n: i64) -> Timestamp {
    le() + SignedDuration::from_hours(n)
}

/// An account asked for, as a family's form leaves it.
fn demande(n: u8, nom: &str) -> Compte {
    let prenom = Reponse::Valeur(ValeurFait::Texte("Camille".into()));
    Compte {
        id: CompteId::neuf(id(n)),
        etat: EtatCompte::EnAttente,
        identifiant: Some(nom.into()),
        courriel: format!("{nom}@exemple.fr"),
        mot_de_passe: Some(Empreinte::nouvelle("$argon2id$v=19$essai")),
        auteur: None,
        nom: None,
        cgu: Some(Acceptation { version: "2025-07".into(), le: le() }),
        reponses: Some(Reponses([("prenom".to_owned(), prenom)].into())),
        changement: None,
        second_facteur: None,
        a_verifier: false,
        cree_le: le(),
        version: 1,
    }
}

/// The same, of household `n`, active.
fn active(n: u8, nom: &str, version: i64) -> Compte {
    let auteur = Auteur::Parent { personne: personne(n), foyer: foyer(n) };
    Compte { etat: EtatCompte::Actif, auteur: Some(auteur), reponses: None, version, ..demande(n, nom) }
}

fn ecrit(c: Compte, ecritures: Vec<Ecriture>) -> Decision {
    let agregat = Agregat::Compte(c.id.clone());
    decision(agregat, c.version, Suivant::Compte(Box::new(c)), ecritures)
}

fn lien(n: u8, jeton: &Jeton, genre: GenreLien) -> Ecriture {
    Ecriture::LienCompte(Box::new(LienNeuf {
        empreinte: jeton.empreinte(),
        compte: CompteId::neuf(id(n)),
        genre,
        cree_le: le(),
        expire_le: heure(24),
    }))
}

fn suit(n: u8, jeton: &Jeton, le: Timestamp) -> Garde {
    Garde::Lien { empreinte: jeton.empreinte(), compte: CompteId::neuf(id(n)), le }
}

async fn commet(e: &Essai, d: Decision) -> Result<Commis, Erreur> {
    e.store.commet(&e.portee, d, None).await
}

async fn un_compte_se_relit_et_ne_s_ecrit_que_sur_sa_version(e: &Essai) {
    let (store, commune) = (&e.store, &e.commune);
    let premier = demande(1, "camille");
    commet(e, ecrit(premier.clone(), Vec::new())).await.unwrap();
    assert_eq!(store.compte(&e.portee, &premier.id).await.unwrap().as_ref(), Some(&premier));
    // nobody enters with it yet
    assert_eq!(store.compte_nomme(commune, "camille").await.unwrap(), None);
    assert_eq!(store.compte_en_attente(commune, "camille@exemple.fr").await.unwrap(), Some(premier));
    commet(e, famille(1)).await.unwrap();
    let facteur = SecondFacteur {
        generation: 1,
        confirme: true,
        dernier_pas: 57_000_000,
        secours: vec!["sceau".into()],
    };
    let actif = Compte { second_facteur: Some(facteur), ..active(1, "camille", 2) };
    commet(e, ecrit(actif.clone(), Vec::new())).await.unwrap();
    for nom in ["camille", "camille@exemple.fr"] {
        assert_eq!(store.compte_nomme(commune, nom).await.unwrap().as_ref(), Some(&actif), "{nom}");
    }
    assert_eq!(store.compte_en_attente(commune, "camille@exemple.fr").await.unwrap(), None);
    assert_eq!(store.comptes_du_foyer(&e.portee, &foyer(1)).await.unwrap(), [actif]);
    // two windows: the second one decided on what is not any more
    let garde = garde_de(commet(e, ecrit(active(1, "autre", 2), Vec::new())).await);
    assert_eq!(garde, Garde::Version { agregat: Agregat::Compte(CompteId::neuf(id(1))), attendue: 1 });
    let ailleurs = CommuneSlug::lit("ailleurs").unwrap();
    assert_eq!(store.compte_nomme(&ailleurs, "camille").await.unwrap(), None);
    assert_eq!(store.compte(&e.ailleurs(), &CompteId::neuf(id(1))).await.unwrap(), None);
}

async fn seul_un_compte_actif_prend_un_nom_et_une_adresse(e: &Essai) {
    for n in [1, 2, 3] {
        commet(e, famille(n)).await.unwrap();
        // asked for three times over: nothing is reserved
        commet(e, ecrit(demande(n, "camille"), Vec::new())).await.unwrap();
    }
    commet(e, ecrit(active(1, "camille", 2), Vec::new())).await.unwrap();
    let garde = garde_de(commet(e, ecrit(active(2, "camille", 2), Vec::new())).await);
    assert_eq!(garde, Garde::Unique(CleUnique::Identifiant(CompteId::neuf(id(2)))));
    let autre_nom = Compte { identifiant: Some("camille2".into()), ..active(2, "camille", 2) };
    let garde = garde_de(commet(e, ecrit(autre_nom, Vec::new())).await);
    assert_eq!(garde, Garde::Unique(CleUnique::Courriel(CompteId::neuf(id(2)))));
    // no name at all is nobody's
    for n in [2, 3] {
        let sans =
            Compte { identifiant: None, courriel: format!("p{n}@exemple.fr"), ..active(n, "camille", 2) };
        commet(e, ecrit(sans, Vec::new())).await.unwrap();
    }
    // closed, it gives both back
    let ferme = Compte { etat: EtatCompte::Ferme, ..active(1, "camille", 3) };
    commet(e, ecrit(ferme, Vec::new())).await.unwrap();
    assert_eq!(e.store.compte_nomme(&e.commune, "camille").await.unwrap(), None);
    let repris = Compte { courriel: "p2@exemple.fr".into(), ..active(2, "camille", 3) };
    commet(e, ecrit(repris, Vec::new())).await.unwrap();
}

async fn un_lien_sert_une_fois_et_jusqu_a_son_heure(e: &Essai) {
    let store = &e.store;
    let [jeton, tard, autre] = [(); 3].map(|()| Jeton::tire().unwrap());
    commet(e, famille(1)).await.unwrap();
    let liens = vec![lien(1, &jeton, GenreLien::Activation), lien(1, &tard, GenreLien::Activation)];
    commet(e, ecrit(demande(1, "camille"), liens)).await.unwrap();
    let etat = |j: Jeton, quand| async move {
        store.lien_de_compte(&e.commune, &j, quand).await.unwrap().map(|l| (l.genre, l.etat))
    };
    let minute = SignedDuration::from_mins(1);
    assert_eq!(
        etat(jeton.clone(), heure(24) - minute).await,
        Some((GenreLien::Activation, EtatLien::Ouvert))
    );
    assert_eq!(etat(jeton.clone(), heure(24)).await, Some((GenreLien::Activation, EtatLien::Expire)));
    assert_eq!(etat(autre.clone(), le()).await, None);
    let ailleurs = CommuneSlug::lit("ailleurs").unwrap();
    assert_eq!(store.lien_de_compte(&ailleurs, &jeton, le()).await.unwrap(), None);

    let active_par = |j: &Jeton, quand, version| {
        let mut d = ecrit(active(1, "camille", version), Vec::new());
        d.gardes.push(suit(1, j, quand));
        d
    };
    // over, another account's, or nobody's: nothing is written
    for (j, quand) in [(&jeton, heure(24) + minute), (&autre, le())] {
        assert!(matches!(garde_de(commet(e, active_par(j, quand, 2)).await), Garde::Lien { .. }));
    }
    let mut d = ecrit(active(1, "camille", 2), Vec::new());
    d.gardes.push(suit(9, &jeton, le()));
    assert!(matches!(garde_de(commet(e, d).await), Garde::Lien { .. }));
    assert_eq!(store.compte_nomme(&e.commune, "camille").await.unwrap(), None);
    // twenty at once: one
    let essais: Vec<_> = (0..20)
        .map(|_| {
            let (store, portee, d) = (store.clone(), e.portee.clone(), active_par(&jeton, heure(23), 2));
            tokio::spawn(async move { store.commet(&portee, d, None).await.is_ok() })
        })
        .collect();
    let mut faits = 0;
    for essai in essais {
        faits += usize::from(essai.await.unwrap());
    }
    assert_eq!(faits, 1);
    assert_eq!(etat(jeton.clone(), le()).await, Some((GenreLien::Activation, EtatLien::Utilise)));
    // the write that fails gives the link back
    let mut d = active_par(&tard, le(), 2);
    assert!(matches!(garde_de(commet(e, d.clone()).await), Garde::Version { .. }));
    assert_eq!(etat(tard.clone(), le()).await, Some((GenreLien::Activation, EtatLien::Ouvert)));
    // what replaces it ends the others
    d = ecrit(
        active(1, "camille", 3),
        vec![Ecriture::FinLiens { compte: CompteId::neuf(id(1)), genres: GenreLien::TOUS.to_vec() }],
    );
    commet(e, d).await.unwrap();
    assert_eq!(etat(tard, le()).await, None);
    // the token itself is nowhere in the file
    if let Some(dossier) = e.dossier() {
        let octets = std::fs::read(dossier.join(format!("{}.db", e.commune))).unwrap();
        let texte = jeton.texte();
        assert!(!octets.windows(texte.len()).any(|f| f == texte.as_bytes()));
    }
}

/// Somebody taken out of a household reads it no more, whatever their account was.
async fn une_session_finit_avec_sa_place_au_foyer(e: &Essai) {
    let store = &e.store;
    commet(e, famille(1)).await.unwrap();
    let (qui, ou) = (personne(50), foyer(1));
    let entre = Ecriture::Membre {
        foyer: ou.clone(),
        personne: qui.clone(),
        genre: Genre::CoRepresentant,
        depuis: le(),
    };
    commet(e, decision(Agregat::Foyer(ou.clone()), 2, Suivant::Rien, vec![entre])).await.unwrap();
    let auteur = Auteur::Parent { personne: qui.clone(), foyer: ou.clone() };
    let compte = Compte { auteur: Some(auteur.clone()), ..active(3, "noe", 1) };
    commet(e, ecrit(compte.clone(), Vec::new())).await.unwrap();
    let titre = Titre::du_mot_de_passe(&compte);
    let ouvre = || store.ouvre_session_de(&e.commune, Some(titre.clone()), auteur.clone(), le(), heure(12));
    let jeton = ouvre().await.unwrap();
    assert!(store.session(&e.commune, &jeton, le()).await.unwrap().is_some());
    let part = Ecriture::FinMembre { foyer: ou.clone(), personne: qui, le: heure(1) };
    commet(e, decision(Agregat::Foyer(ou), 3, Suivant::Rien, vec![part])).await.unwrap();
    assert!(store.session(&e.commune, &jeton, le()).await.unwrap().is_none(), "at the next request");
    let encore = ouvre().await;
    assert!(matches!(encore, Err(Erreur::Garde(_))), "{encore:?}");
}

async fn une_session_finit_avec_son_compte(e: &Essai) {
    let store = &e.store;
    let compte = CompteId::neuf(id(1));
    for n in [1, 2] {
        commet(e, famille(n)).await.unwrap();
    }
    commet(e, ecrit(Compte { version: 1, ..active(1, "camille", 1) }, Vec::new())).await.unwrap();
    let auteur = Auteur::Parent { personne: personne(1), foyer: foyer(1) };
    let titre = Titre::du_mot_de_passe(&active(1, "camille", 1));
    let ouvre = || store.ouvre_session_de(&e.commune, Some(titre.clone()), auteur.clone(), le(), heure(12));
    let (un, deux, trois) = (ouvre().await.unwrap(), ouvre().await.unwrap(), ouvre().await.unwrap());
    let lue = |j: Jeton| async move { store.session(&e.commune, &j, le()).await.unwrap().map(|s| s.portee) };
    let portee = lue(un.clone()).await.unwrap();
    assert_eq!((portee.compte(), portee.auteur()), (Some(&compte), &auteur));
    assert_eq!(store.sessions(&portee, &compte, le()).await.unwrap().len(), 3);
    // one's own only
    let autre = store
        .ouvre_session(&e.commune, Auteur::Parent { personne: personne(2), foyer: foyer(2) }, le(), heure(12))
        .await
        .unwrap();
    let autre = lue(autre).await.unwrap();
    assert_eq!(store.sessions(&autre, &compte, le()).await.unwrap(), []);
    assert_eq!(store.compte(&autre, &compte).await.unwrap(), None);
    assert_eq!(store.comptes_du_foyer(&autre, &foyer(1)).await.unwrap(), []);
    assert!(store.journal(&autre, &Agregat::Compte(compte.clone())).await.unwrap().is_empty());
    assert_eq!(store.journal(&portee, &Agregat::Compte(compte.clone())).await.unwrap().len(), 1);
    // used: the latest time stays
    for quand in [heure(2), heure(1)] {
        store.voit_session(&e.commune, &un, quand).await.unwrap();
    }
    let vues = store.sessions(&portee, &compte, le()).await.unwrap();
    assert_eq!(vues.iter().filter_map(|s| s.vue_le).collect::<Vec<_>>(), [heure(2)]);
    // whoever gave the old password, a moment before another one was chosen, does not enter with it
    let avant = Titre::MotDePasse(compte.clone(), Some(Empreinte::nouvelle("$argon2id$ancien")));
    let tarde = store.ouvre_session_de(&e.commune, Some(avant), auteur.clone(), le(), heure(12)).await;
    assert!(matches!(tarde, Err(Erreur::Garde(_))), "{tarde:?}");
    // nor does a session that is over open another
    let par = |j: &Jeton| Some(Titre::Session(compte.clone(), j.empreinte()));
    let suite = store.ouvre_session_de(&e.commune, par(&un), auteur.clone(), le(), heure(12)).await.unwrap();
    store.ferme_session(&e.commune, &suite).await.unwrap();
    let tarde = store.ouvre_session_de(&e.commune, par(&suite), auteur.clone(), le(), heure(12)).await;
    assert!(matches!(tarde, Err(Erreur::Garde(_))), "{tarde:?}");
    // a new password: all but the one that changed it
    let fin = |sauf: Option<&Jeton>| {
        vec![Ecriture::FinSessions { compte: compte.clone(), sauf: sauf.map(Jeton::empreinte) }]
    };
    commet(e, ecrit(active(1, "camille", 2), fin(Some(&un)))).await.unwrap();
    assert!(lue(un.clone()).await.is_some() && lue(deux).await.is_none() && lue(trois).await.is_none());
    // moved to another household: at the next request
    let la = Auteur::Parent { personne: personne(2), foyer: foyer(2) };
    commet(e, ecrit(Compte { auteur: Some(la.clone()), ..active(1, "camille", 3) }, Vec::new()))
        .await
        .unwrap();
    assert_eq!(lue(un.clone()).await.unwrap().auteur(), &la);
    let ferme = Compte { etat: EtatCompte::Ferme, ..active(1, "camille", 4) };
    commet(e, ecrit(ferme, Vec::new())).await.unwrap();
    assert_eq!(lue(un).await, None);
    assert!(matches!(ouvre().await, Err(Erreur::Garde(_))), "one cannot enter with a closed account");
}

async fn un_agent_au_guichet_garde_sa_double_qualite(e: &Essai) {
    let store = &e.store;
    commet(e, famille(1)).await.unwrap();
    let agent = Auteur::Agent { agent: AgentId::neuf(id(7)), roles: vec!["scolaire".into()] };
    let sien =
        Compte { auteur: Some(agent.clone()), nom: Some("Agnès Petit".into()), ..active(7, "agnes", 1) };
    commet(e, ecrit(sien.clone(), Vec::new())).await.unwrap();
    assert_eq!(store.comptes_des_agents(&e.portee).await.unwrap(), std::slice::from_ref(&sien));
    let guichet = Auteur::AuGuichet {
        agent: AgentId::neuf(id(7)),
        roles: vec!["scolaire".into()],
        personne: personne(1),
        foyer: foyer(1),
    };
    for auteur in [guichet, agent] {
        let jeton = store
            .ouvre_session_de(&e.commune, Some(Titre::du_mot_de_passe(&sien)), auteur.clone(), le(), heure(1))
            .await
            .unwrap();
        assert_eq!(store.session(&e.commune, &jeton, le()).await.unwrap().unwrap().portee.auteur(), &auteur);
    }
    // fewer roles: at the next request
    let moins = Auteur::Agent { agent: AgentId::neuf(id(7)), roles: Vec::new() };
    let jeton = store
        .ouvre_session_de(
            &e.commune,
            Some(Titre::du_mot_de_passe(&sien)),
            sien.auteur.clone().unwrap(),
            le(),
            heure(1),
        )
        .await
        .unwrap();
    commet(e, ecrit(Compte { auteur: Some(moins.clone()), version: 2, ..sien }, Vec::new())).await.unwrap();
    assert_eq!(store.session(&e.commune, &jeton, le()).await.unwrap().unwrap().portee.auteur(), &moins);
}

async fn ce_que_personne_n_a_active_s_oublie(e: &Essai) {
    commet(e, famille(2)).await.unwrap();
    let jetons = [(); 2].map(|()| Jeton::tire().unwrap());
    commet(e, ecrit(demande(1, "camille"), vec![lien(1, &jetons[0], GenreLien::Activation)])).await.unwrap();
    // made by the town for a family that it knows: it stays
    let precree = Compte { etat: EtatCompte::EnAttente, ..active(2, "noa", 1) };
    commet(e, ecrit(precree, vec![lien(2, &jetons[1], GenreLien::Activation)])).await.unwrap();
    assert_eq!(e.store.purge(&e.commune, heure(48), heure(23)).await.unwrap(), 0);
    assert_eq!(e.store.purge(&e.commune, heure(48), heure(24)).await.unwrap(), 3);
    let reste = |n| e.store.compte(&e.portee, Box::leak(Box::new(CompteId::neuf(id(n)))));
    assert!(reste(1).await.unwrap().is_none());
    assert!(reste(2).await.unwrap().is_some());
}

sur_les_deux!(
    un_compte_se_relit_et_ne_s_ecrit_que_sur_sa_version,
    seul_un_compte_actif_prend_un_nom_et_une_adresse,
    un_lien_sert_une_fois_et_jusqu_a_son_heure,
    une_session_finit_avec_sa_place_au_foyer,
    une_session_finit_avec_son_compte,
    un_agent_au_guichet_garde_sa_double_qualite,
    ce_que_personne_n_a_active_s_oublie,
);
