//! A declared household joins the one that the town knows: its people, what is known of them, their rights; what is unsure is asked.

use engine::cle_enfance::{ReponseRattachement, repond};
use engine::decision::{Agregat, Auteur, Decision, Ecriture, Garde, Suivant};
use engine::demarche::Dossier;
use engine::foyer::{Fait, Genre, SourceFait, Sujet, ValeurFait, tranche};
use engine::identifiant::{AgentId, CompteId, InscriptionId};
use engine_store::{EtatRapprochement, Rapprochement};
use jiff::Timestamp;

use crate::base::{Essai, sur_les_deux};
use crate::valeurs::{decision, depot, dossier, famille, foyer, garde_de, id, le, personne};

fn dit(n: u8, nom: &str, valeur: ValeurFait, du_compte: bool) -> Ecriture {
    Ecriture::Fait(Fait {
        sujet: Sujet::Personne(personne(n)),
        fait: nom.into(),
        valeur,
        valable_du: "2025-01-01".parse().unwrap(),
        valable_au: None,
        connu_le: "2025-08-01T00:00:00Z".parse().unwrap(),
        source: if du_compte {
            SourceFait::Compte(CompteId::neuf(id(1)))
        } else {
            SourceFait::Import("reprise".into())
        },
        valide_par: None,
    })
}

fn nomme(n: u8, prenom: &str, naissance: &str, du_compte: bool) -> Vec<Ecriture> {
    let texte = |t: &str| ValeurFait::Texte(t.into());
    vec![
        dit(n, "prenom", texte(prenom), du_compte),
        dit(n, "nom", texte("Durand"), du_compte),
        dit(n, "naissance", ValeurFait::Date(naissance.parse().unwrap()), du_compte),
    ]
}

fn enfant(foyer_n: u8, n: u8) -> Ecriture {
    Ecriture::Membre { foyer: foyer(foyer_n), personne: personne(n), genre: Genre::Enfant, depuis: le() }
}

fn inscrit(n: u8, foyer_n: u8, enfant_n: u8, service: &str) -> Ecriture {
    Ecriture::Inscription {
        id: InscriptionId::neuf(id(n)),
        sujet: Sujet::Personne(personne(enfant_n)),
        foyer: foyer(foyer_n),
        service: service.into(),
        annee_scolaire: Some("2025-2026".into()),
        du: "2025-09-01".parse().unwrap(),
        dossier: dossier(1, 1, None).id,
    }
}

fn agent() -> Auteur {
    Auteur::Agent { agent: AgentId::neuf(id(9)), roles: vec!["enfance".into()] }
}

/// The town knows Léa (101) and Tom (111). The account declared Léa again (102), Tom with another birth (112) and Noé (113), with
/// rights and a request for each.
async fn deux_foyers(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    let mut connu = famille(1);
    connu.ecritures.push(enfant(1, 111));
    connu.ecritures.extend(nomme(101, "Léa", "2018-05-14", false));
    connu.ecritures.extend(nomme(111, "Tom", "2020-02-01", false));
    store.commet(portee, connu, None).await.unwrap();
    let mut declare = famille(2);
    declare.ecritures.extend([enfant(2, 112), enfant(2, 113)]);
    declare.ecritures.extend(nomme(102, "LEA", "2018-05-14", true));
    declare.ecritures.push(dit(102, "regime", ValeurFait::Texte("sans porc".into()), true));
    declare.ecritures.extend(nomme(112, "Tom", "2020-01-02", true));
    declare.ecritures.extend(nomme(113, "Noé", "2023-03-03", true));
    declare.ecritures.push(Ecriture::Rattachement { foyer: foyer(2), personne: personne(2), le: le() });
    store.commet(portee, declare, None).await.unwrap();
    store.commet(portee, depot(1, None), None).await.unwrap();
    for (n, qui) in [(2, 102), (3, 112)] {
        let d = Dossier {
            foyer: Some(foyer(2)),
            demandeur: Some(personne(2)),
            enfant: Some(personne(qui)),
            ..dossier(n, 1, None)
        };
        let agregat = Agregat::Dossier(d.id.clone());
        let d = decision(agregat, 1, Suivant::Dossier(Box::new(d)), Vec::new());
        store.commet(portee, d, None).await.unwrap();
    }
    let mut droits = decision(Agregat::Foyer(foyer(2)), 20, Suivant::Rien, Vec::new());
    droits.ecritures = vec![
        inscrit(1, 1, 101, "cantine"),
        inscrit(2, 2, 102, "cantine"),
        inscrit(3, 2, 102, "garderie"),
        inscrit(4, 2, 112, "garderie"),
    ];
    store.commet(portee, droits, None).await.unwrap();
}

async fn reunis(e: &Essai) -> Decision {
    let lu = e.store.foyer(&e.portee, &foyer(2)).await.unwrap().unwrap();
    let vers = ReponseRattachement::Rattache { foyer: foyer(1), personne: personne(1) };
    repond(&lu, None, vers, &agent(), le())
}

async fn membres(e: &Essai, n: u8) -> Vec<u8> {
    let lu = e.store.foyer(&e.portee, &foyer(n)).await.unwrap().unwrap();
    let rang = |m: &engine::foyer::Membre| (0..=255).find(|n| m.personne == personne(*n)).unwrap();
    let mut rangs: Vec<u8> = lu.membres.iter().map(rang).collect();
    rangs.sort_unstable();
    rangs
}

/// (child, service, live?) of household 1.
async fn droits(e: &Essai) -> Vec<(Option<engine::identifiant::PersonneId>, String, bool)> {
    let lus = e.store.inscriptions(&e.portee, &foyer(1)).await.unwrap();
    let mut lus: Vec<_> = lus.into_iter().map(|i| (i.enfant, i.service, i.au.is_none())).collect();
    lus.sort();
    lus
}

async fn un_enfant_declare_deux_fois_est_un_enfant(e: &Essai) {
    deux_foyers(e).await;
    let (store, portee) = (&e.store, &e.portee);
    store.commet(portee, reunis(e).await, None).await.unwrap();
    assert_eq!(membres(e, 1).await, [1, 101, 111, 112, 113], "Léa is one; Tom is a question; Noé joins");
    assert!(membres(e, 2).await.is_empty());
    let lu = store.famille(portee, &foyer(1)).await.unwrap();
    let lea = Sujet::Personne(personne(101));
    let jour = "2025-09-02".parse().unwrap();
    let regime = lu.faits.valeur(&lea, "regime", jour, le()).unwrap();
    assert_eq!(regime.valeur, ValeurFait::Texte("sans porc".into()), "what only the family said follows");
    assert!(matches!(regime.source, SourceFait::Compte(_)), "with who said it");
    let prenom = lu.faits.valeur(&lea, "prenom", jour, le()).unwrap();
    assert_eq!(prenom.valeur, ValeurFait::Texte("Léa".into()), "what the town knew holds");
    assert_eq!(lu.faits.de(&lea, "prenom").len(), 3, "both are kept");
    let (lea, tom) = (Some(personne(101)), Some(personne(112)));
    let attendus = [
        (lea.clone(), "cantine".to_owned(), false),
        (lea.clone(), "cantine".to_owned(), true),
        (lea.clone(), "garderie".to_owned(), true),
        (tom, "garderie".to_owned(), true),
    ];
    let mut lus = droits(e).await;
    lus.sort();
    let mut attendus = attendus.to_vec();
    attendus.sort();
    assert_eq!(lus, attendus);
    let suivi = |n: u8| async move {
        let lu = store.dossier(portee, &dossier(n, 1, None).id).await.unwrap().unwrap();
        (lu.foyer, lu.enfant)
    };
    assert_eq!(suivi(2).await, (Some(foyer(1)), lea));
    assert_eq!(
        suivi(3).await,
        (Some(foyer(1)), Some(personne(112))),
        "as it was declared, until somebody says"
    );
    let un = |declaree: u8, connue: u8, etat| Rapprochement {
        foyer: foyer(1),
        declaree: personne(declaree),
        connue: personne(connue),
        etat,
        pose_le: le(),
    };
    let dits = store.rapprochements_du_foyer(portee, &foyer(1)).await.unwrap();
    let attendus = [un(102, 101, EtatRapprochement::Meme), un(112, 111, EtatRapprochement::EnAttente)];
    assert_eq!(dits, attendus);
    let journal = store.journal(portee, &Agregat::Foyer(foyer(1))).await.unwrap();
    let derniere = journal.last().unwrap();
    assert_eq!((derniere.entree.evenement.as_str(), &derniere.entree.auteur), ("reunir", &agent()));
    // who declared, Léa, the question, and the two who join
    assert_eq!(derniere.trace.len(), 5, "{:?}", derniere.trace);
    let avant = store.foyer(portee, &foyer(1)).await.unwrap().unwrap().version;
    assert!(avant >= derniere.entree.seq, "whoever had read it decides again");
    assert!(store.verifie_journal(portee).await.unwrap().is_ok());
}

async fn l_agent_dit_que_c_est_le_meme(e: &Essai) {
    deux_foyers(e).await;
    let (store, portee) = (&e.store, &e.portee);
    store.commet(portee, reunis(e).await, None).await.unwrap();
    assert_eq!(store.rapprochements(portee, 10).await.unwrap().len(), 1);
    let lu = store.foyer(portee, &foyer(1)).await.unwrap().unwrap();
    let plus_tard: Timestamp = "2025-09-03T08:00:00Z".parse().unwrap();
    let deux = (&personne(112), &personne(111));
    let [oui, non] = [true, false].map(|meme| tranche(&lu, deux, meme, &agent(), plus_tard));
    store.commet(portee, oui, None).await.unwrap();
    assert!(matches!(garde_de(store.commet(portee, non, None).await), Garde::Version { .. }), "two agents");
    assert_eq!(membres(e, 1).await, [1, 101, 111, 113]);
    assert!(store.rapprochements(portee, 10).await.unwrap().is_empty());
    let lu = store.famille(portee, &foyer(1)).await.unwrap();
    let tom = Sujet::Personne(personne(111));
    let naissances: Vec<_> = lu.faits.de(&tom, "naissance").iter().map(|f| f.valeur.clone()).collect();
    let jour = |j: &str| ValeurFait::Date(j.parse().unwrap());
    assert_eq!(naissances, [jour("2020-02-01"), jour("2020-01-02"), jour("2020-02-01")]);
    let suivi = store.dossier(portee, &dossier(3, 1, None).id).await.unwrap().unwrap();
    assert_eq!((suivi.enfant, suivi.version), (Some(personne(111)), 3));
    assert!(droits(e).await.contains(&(Some(personne(111)), "garderie".to_owned(), true)));
}

async fn l_agent_dit_que_c_est_un_autre(e: &Essai) {
    deux_foyers(e).await;
    let (store, portee) = (&e.store, &e.portee);
    store.commet(portee, reunis(e).await, None).await.unwrap();
    let lu = store.foyer(portee, &foyer(1)).await.unwrap().unwrap();
    let non = tranche(&lu, (&personne(112), &personne(111)), false, &agent(), le());
    store.commet(portee, non, None).await.unwrap();
    assert_eq!(membres(e, 1).await, [1, 101, 111, 112, 113]);
    let dits = store.rapprochements_du_foyer(portee, &foyer(1)).await.unwrap();
    assert_eq!(dits[1].etat, EtatRapprochement::Autre);
    // a family reads its own only
    let auteur = Auteur::Parent { personne: personne(3), foyer: foyer(3) };
    let fin = le() + jiff::SignedDuration::from_hours(1);
    let jeton = store.ouvre_session(&e.commune, auteur, le(), fin).await.unwrap();
    let voisine = store.session(&e.commune, &jeton, le()).await.unwrap().unwrap().portee;
    assert!(store.rapprochements_du_foyer(&voisine, &foyer(1)).await.unwrap().is_empty());
    assert!(store.rapprochements(&voisine, 10).await.unwrap().is_empty());
}

/// A right that is open stops whoever takes the child out without having read it.
async fn un_enfant_inscrit_ne_part_pas_en_silence(e: &Essai) {
    deux_foyers(e).await;
    let (store, portee) = (&e.store, &e.portee);
    let part = |n: u8, qui: u8| {
        let mut d = decision(Agregat::Foyer(foyer(1)), n.into(), Suivant::Rien, Vec::new());
        d.ecritures = vec![Ecriture::FinMembre { foyer: foyer(1), personne: personne(qui), le: le() }];
        d.gardes = vec![Garde::SansInscription { personne: personne(qui), foyer: foyer(1) }];
        d
    };
    let refus = garde_de(store.commet(portee, part(30, 101), None).await);
    assert_eq!(refus, Garde::SansInscription { personne: personne(101), foyer: foyer(1) });
    store.commet(portee, part(31, 111), None).await.unwrap();
    assert_eq!(membres(e, 1).await, [1, 101]);
}

sur_les_deux!(
    un_enfant_declare_deux_fois_est_un_enfant,
    l_agent_dit_que_c_est_le_meme,
    l_agent_dit_que_c_est_un_autre,
    un_enfant_inscrit_ne_part_pas_en_silence
);
