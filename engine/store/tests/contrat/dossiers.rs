//! Families, facts, rights, dossiers: what is written is read back.

use engine::decision::{Agregat, Appartient, CleUnique, EcheanceAFaire, Ecriture, Garde, Suivant};
use engine::demarche::Phase;
use engine::foyer::{Fait, SourceFait, Sujet, ValeurFait};
use engine::identifiant::{AgentId, DossierId, InscriptionId};
use engine_store::{Commis, FiltreDossiers};
use jiff::{SignedDuration, Timestamp};

use crate::base::{Essai, sur_les_deux};
use crate::valeurs::{decision, depot, dossier, famille, foyer, garde_de, id, le, personne};

async fn une_famille_ses_faits_et_ses_droits(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    store.commet(portee, famille(1), None).await.unwrap();
    let lu = store.foyer(portee, &foyer(1)).await.unwrap().unwrap();
    assert_eq!(lu.membres.len(), 2);
    assert_eq!(store.foyer(portee, &foyer(9)).await.unwrap(), None);

    let fait = |sujet: Sujet, nom: &str, valeur: ValeurFait| {
        Ecriture::Fait(Fait {
            sujet,
            fait: nom.into(),
            valeur,
            valable_du: "2025-09-01".parse().unwrap(),
            valable_au: Some("2025-12-31".parse().unwrap()),
            connu_le: le(),
            source: SourceFait::Import("reprise".into()),
            valide_par: Some(AgentId::neuf(id(3))),
        })
    };
    store.commet(portee, depot(1, None), None).await.unwrap();
    let tie = Sujet::Lien { adulte: personne(1), enfant: personne(101) };
    let quotient = ValeurFait::Nombre("900.50".parse().unwrap());
    let inscription = Ecriture::Inscription {
        id: InscriptionId::neuf(id(5)),
        sujet: Sujet::Personne(personne(101)),
        foyer: foyer(1),
        service: "restauration".into(),
        annee_scolaire: Some("2025-2026".into()),
        du: "2025-09-01".parse().unwrap(),
        dossier: DossierId::neuf(id(1)),
    };
    let suite = decision(
        Agregat::Foyer(foyer(1)),
        lu.version + 1,
        Suivant::Rien,
        vec![
            fait(Sujet::Foyer(foyer(1)), "quotient", quotient.clone()),
            fait(Sujet::Personne(personne(101)), "nom", ValeurFait::Texte("Martin".into())),
            fait(tie.clone(), "autorite", ValeurFait::Booleen(true)),
            inscription,
        ],
    );
    store.commet(portee, suite, None).await.unwrap();
    let faits = store.famille(portee, &foyer(1)).await.unwrap().faits;
    assert_eq!(faits.iter().count(), 3);
    let jour = "2025-10-01".parse().unwrap();
    let lit = |sujet: &Sujet, nom: &str| faits.valeur(sujet, nom, jour, le()).map(|f| f.valeur.clone());
    assert_eq!(lit(&Sujet::Foyer(foyer(1)), "quotient"), Some(quotient));
    assert_eq!(lit(&tie, "autorite"), Some(ValeurFait::Booleen(true)));
    let droits = store.inscriptions(portee, &foyer(1)).await.unwrap();
    assert_eq!((droits.len(), droits[0].service.as_str(), droits[0].au), (1, "restauration", None));

    let fin_par = |n| Ecriture::FinInscription {
        sujet: Sujet::Personne(personne(101)),
        foyer: foyer(n),
        service: "restauration".into(),
        au: "2025-11-30".parse().unwrap(),
    };
    // another home's right, to the same service for the same child, is another one
    let version = store.foyer(portee, &foyer(1)).await.unwrap().unwrap().version;
    let fins =
        [(fin_par(2), version + 1, None), (fin_par(1), version + 2, Some("2025-11-30".parse().unwrap()))];
    for (fin, version, au) in fins {
        let d = decision(Agregat::Foyer(foyer(1)), version, Suivant::Rien, vec![fin]);
        store.commet(portee, d, None).await.unwrap();
        assert_eq!(store.inscriptions(portee, &foyer(1)).await.unwrap()[0].au, au);
    }
}

async fn le_dossier_recoit_son_numero_dans_le_commit(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    store.commet(portee, famille(1), None).await.unwrap();
    for (n, attendu) in [(1, "2025-00001"), (2, "2025-00002")] {
        let commis = store.commet(portee, depot(n, None), None).await.unwrap();
        assert_eq!(commis, Commis::Ecrit { numero: Some(attendu.into()) });
        let lu = store.dossier(portee, &DossierId::neuf(id(n))).await.unwrap().unwrap();
        assert_eq!(lu.numero.as_deref(), Some(attendu));
        // the journal alone gives the same dossier
        let journal = store.journal(portee, &Agregat::Dossier(lu.id.clone())).await.unwrap();
        let refait =
            journal.iter().flat_map(|e| &e.entree.changements).fold(None, |d, c| c.applique(d)).unwrap();
        assert_eq!(refait, lu);
    }
    // a refused commit leaves no hole
    assert!(matches!(garde_de(store.commet(portee, depot(2, None), None).await), Garde::Version { .. }));
    let commis = store.commet(portee, depot(3, None), None).await.unwrap();
    assert_eq!(commis, Commis::Ecrit { numero: Some("2025-00003".into()) });
    let liste = store
        .dossiers(portee, &FiltreDossiers { phase: Some(Phase::Deposee), nombre: 10, ..Default::default() })
        .await
        .unwrap();
    assert_eq!(liste.len(), 3);
}

async fn un_seul_dossier_vivant_par_cle(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    store.commet(portee, famille(1), None).await.unwrap();
    store.commet(portee, depot(1, Some("enfant/2025")), None).await.unwrap();
    let refus = garde_de(store.commet(portee, depot(2, Some("enfant/2025")), None).await);
    assert_eq!(refus, Garde::Unique(CleUnique::Dossier("enfant/2025".into())));
    let mut annule = dossier(1, 2, Some("enfant/2025"));
    annule.phase = Phase::Annulee;
    let fin =
        decision(Agregat::Dossier(annule.id.clone()), 2, Suivant::Dossier(Box::new(annule)), Vec::new());
    store.commet(portee, fin, None).await.unwrap();
    store.commet(portee, depot(2, Some("enfant/2025")), None).await.unwrap();
}

async fn les_dossiers_vivants_se_comptent_par_etape(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    store.commet(portee, famille(1), None).await.unwrap();
    for n in 1..=3 {
        store.commet(portee, depot(n, None), None).await.unwrap();
    }
    let en_cours = store.en_cours(portee).await.unwrap();
    assert_eq!((en_cours.len(), en_cours[0].nombre, en_cours[0].etape.as_str()), (1, 3, "deposee"));
    let d1 = store.dossiers_a_reprendre(portee, "inscription", "deposee", "d1", 10).await.unwrap();
    assert!(d1.is_empty(), "already there");
    let d2 = store.dossiers_a_reprendre(portee, "inscription", "deposee", "d2", 2).await.unwrap();
    assert_eq!(d2.len(), 2);
}

/// What the lists of work show: how many wait in each étape, since when the oldest does.
async fn comptes(e: &Essai) -> Vec<(String, i64, Timestamp)> {
    let comptes = e.store.travail(&e.portee).await.unwrap();
    comptes.into_iter().map(|c| (c.etape, c.nombre, c.depuis)).collect()
}

async fn les_listes_de_travail_comptent_ce_qui_attend(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    store.commet(portee, famille(1), None).await.unwrap();
    for n in 1..=3 {
        store.commet(portee, depot(n, None), None).await.unwrap();
    }
    assert_eq!(comptes(e).await, [("deposee".to_owned(), 3, le())]);
    let passe = async |n: u8, version: i64, etape: &str, phase: Phase, le: Timestamp| {
        let mut d = dossier(n, version, None);
        (d.etape, d.phase, d.entree_le) = (etape.to_owned(), phase, le);
        let agregat = Agregat::Dossier(d.id.clone());
        let passe = decision(agregat, version, Suivant::Dossier(Box::new(d)), Vec::new());
        store.commet(portee, passe, None).await.unwrap();
    };
    let demain = le() + SignedDuration::from_hours(24);
    passe(1, 2, "examen", Phase::EnInstruction, demain).await;
    passe(2, 2, "examen", Phase::EnInstruction, le()).await;
    assert_eq!(comptes(e).await, [("deposee".into(), 1, le()), ("examen".into(), 2, le())]);
    // written again where it stands, then decided, and back to a draft
    passe(2, 3, "examen", Phase::EnInstruction, le()).await;
    passe(2, 4, "acceptee", Phase::Acceptee, demain).await;
    passe(3, 2, "brouillon", Phase::Brouillon, demain).await;
    assert_eq!(comptes(e).await, [("examen".into(), 1, demain)]);
    passe(3, 3, "deposee", Phase::Deposee, demain).await;
    passe(1, 3, "refusee", Phase::Refusee, demain).await;
    assert_eq!(comptes(e).await, [("deposee".into(), 1, demain)]);
}

/// Two decisions of one act, about one dossier: the second is written over the first; about one key: none is.
async fn deux_decisions_d_un_acte_se_suivent(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    store.commet(portee, famille(1), None).await.unwrap();
    let passe = |n: u8, version: i64, etape: &str, cle: Option<&str>| {
        let mut d = dossier(n, version, cle);
        d.etape = etape.to_owned();
        decision(Agregat::Dossier(d.id.clone()), version, Suivant::Dossier(Box::new(d)), Vec::new())
    };
    let actes = vec![passe(1, 1, "deposee", None), passe(1, 2, "examen", None), passe(1, 3, "visite", None)];
    store.commet_ensemble(portee, actes, None).await.unwrap();
    let lu = store.dossier(portee, &DossierId::neuf(id(1))).await.unwrap().unwrap();
    assert_eq!((lu.version, lu.etape.as_str()), (3, "visite"));
    assert_eq!(comptes(e).await, [("visite".to_owned(), 1, le())]);
    let actes = vec![passe(2, 1, "deposee", Some("une place")), passe(3, 1, "deposee", Some("une place"))];
    let refus = garde_de(store.commet_ensemble(portee, actes, None).await);
    assert_eq!(refus, Garde::Unique(CleUnique::Dossier("une place".into())));
    let perime = vec![passe(4, 1, "deposee", None), passe(1, 3, "retour", None)];
    assert!(matches!(
        garde_de(store.commet_ensemble(portee, perime, None).await),
        Garde::Version { agregat: Agregat::Dossier(d), attendue: 2 } if d == DossierId::neuf(id(1))
    ));
    assert_eq!(comptes(e).await, [("visite".to_owned(), 1, le())], "nothing of a refused act stays");
    assert_eq!(store.verifie_journal(portee).await.unwrap(), Ok(4));
}

/// What silence leads to is shown where it runs, whoever else is in the étape.
async fn la_prochaine_limite_est_celle_qui_court(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    store.commet(portee, famille(1), None).await.unwrap();
    let demain = le() + SignedDuration::from_hours(24);
    for (n, phase, limite) in [(1, Phase::Incomplete, le()), (2, Phase::EnInstruction, demain)] {
        let mut d = dossier(n, 1, None);
        (d.etape, d.phase) = ("examen".to_owned(), phase);
        let mut acte =
            decision(Agregat::Dossier(d.id.clone()), 1, Suivant::Dossier(Box::new(d.clone())), Vec::new());
        acte.echeances =
            vec![EcheanceAFaire { dossier: d.id, le: limite, appartient: Appartient::Silence { depot: 1 } }];
        store.commet(portee, acte, None).await.unwrap();
    }
    let [compte] = &store.travail(portee).await.unwrap()[..] else { panic!("one étape") };
    assert_eq!((compte.nombre, compte.limite_le), (2, Some(demain)), "the other one waits for its family");
}

sur_les_deux!(
    une_famille_ses_faits_et_ses_droits,
    le_dossier_recoit_son_numero_dans_le_commit,
    un_seul_dossier_vivant_par_cle,
    les_dossiers_vivants_se_comptent_par_etape,
    les_listes_de_travail_comptent_ce_qui_attend,
    deux_decisions_d_un_acte_se_suivent,
    la_prochaine_limite_est_celle_qui_court,
);
