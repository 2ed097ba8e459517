mod acces;
mod requetes;

use std::collections::BTreeMap;

use engine::decision::{
    Agregat, Appartient, Auteur, CleEffet, CleUnique, Decision, EcheanceAFaire, Ecriture, EffetAFaire,
    EntreeJournal, EtatReservation, Garde, LigneFaite, Pas, ReservationFaite, Sortie, Suivant,
};
use engine::demarche::{Changement, Destinataire, Dossier, Phase, Reponses};
use engine::foyer::{Fait, Genre, SourceFait, Sujet, ValeurFait};
use engine::identifiant::{
    AgentId, CommuneSlug, CourrierId, DossierId, FoyerId, InscriptionId, LigneId, PersonneId, ReservationId,
};
use jiff::{SignedDuration, Timestamp};
use rules::montant::Montant;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, Row, SqlSafeStr, SqliteConnection};
use tempfile::TempDir;

use super::*;

fn id(n: u8) -> [u8; 16] {
    [n; 16]
}

fn slug() -> CommuneSlug {
    CommuneSlug::lit("essai").unwrap()
}

fn foyer(n: u8) -> FoyerId {
    FoyerId::neuf(id(n))
}

fn personne(n: u8) -> PersonneId {
    PersonneId::neuf(id(n))
}

fn le() -> Timestamp {
    "2025-09-01T08:00:00Z".parse().unwrap()
}

async fn ouvre() -> (TempDir, Store, Portee) {
    let dossier = tempfile::tempdir().unwrap();
    let store = Store::sqlite(dossier.path()).await.unwrap();
    let portee = store.portee_de_commande(&slug(), "essai");
    (dossier, store, portee)
}

/// The town's file, opened beside the store.
async fn fichier(dossier: &TempDir) -> SqliteConnection {
    SqliteConnectOptions::new().filename(dossier.path().join("essai.db")).connect().await.unwrap()
}

fn decision(agregat: Agregat, seq: i64, suivant: Suivant, ecritures: Vec<Ecriture>) -> Decision {
    Decision {
        entree: EntreeJournal {
            agregat,
            seq,
            le: le(),
            auteur: Auteur::Systeme,
            evenement: "essai".into(),
            detail: None,
            changements: Vec::new(),
        },
        suivant,
        ecritures,
        effets: Vec::new(),
        echeances: Vec::new(),
        gardes: Vec::new(),
        trace: vec![Pas { regle: "essai".into(), lieu: None, resultat: "fait".into() }],
    }
}

/// A household `n`: its responsable is person `n`, its child person `n + 100`.
fn famille(n: u8) -> Decision {
    let membre = |p, genre| Ecriture::Membre { foyer: foyer(n), personne: personne(p), genre, depuis: le() };
    let ecritures =
        vec![Ecriture::Foyer(foyer(n)), membre(n, Genre::Responsable), membre(n + 100, Genre::Enfant)];
    decision(Agregat::Foyer(foyer(n)), 1, Suivant::Rien, ecritures)
}

fn dossier(n: u8, version: i64, cle: Option<&str>) -> Dossier {
    Dossier {
        id: DossierId::neuf(id(n)),
        demarche: "inscription".into(),
        digest: "d1".into(),
        numero: None,
        foyer: Some(foyer(1)),
        demandeur: Some(personne(1)),
        enfant: Some(personne(101)),
        annee_scolaire: Some("2025-2026".into()),
        etape: "deposee".into(),
        phase: Phase::Deposee,
        entree: 1,
        entree_le: le(),
        depots: 1,
        depose_le: Some(le()),
        dernier_depot_le: Some(le()),
        cree_le: le(),
        reponses: Reponses::default(),
        pieces: BTreeMap::new(),
        cle: cle.map(str::to_owned),
        rejet_implicite_le: None,
        motif: None,
        affecte_a: None,
        version,
    }
}

/// Files dossier `n`, at its first version.
fn depot(n: u8, cle: Option<&str>) -> Decision {
    let d = dossier(n, 1, cle);
    let agregat = Agregat::Dossier(d.id.clone());
    let numero =
        Ecriture::Numero { compteur: "dossier-2025".into(), prefixe: "2025-".into(), dossier: d.id.clone() };
    let mut depot = decision(agregat.clone(), 1, Suivant::Dossier(Box::new(d.clone())), vec![numero]);
    depot.entree.changements = vec![Changement::Cree(Box::new(d.clone()))];
    depot.gardes = vec![Garde::Version { agregat: agregat.clone(), attendue: 0 }];
    depot.effets = vec![EffetAFaire {
        cle: CleEffet { agregat, seq: 1, rang: 0 },
        sortie: Sortie::Message { modele: "accuse".into(), a: Destinataire::Demandeur, motif: None },
    }];
    depot.echeances = vec![EcheanceAFaire {
        dossier: d.id,
        le: le() + SignedDuration::from_hours(24),
        appartient: Appartient::Silence { depot: 1 },
    }];
    depot
}

fn reservation(n: u8, etat: EtatReservation, version: i64) -> ReservationFaite {
    ReservationFaite {
        id: ReservationId::neuf(id(n)),
        foyer: foyer(1),
        enfant: personne(101),
        prestation: "repas".into(),
        jour: "2025-09-02".parse().unwrap(),
        mode: None,
        delai: "a_temps".into(),
        recu_le: le(),
        etat,
        version,
    }
}

/// Books, with its price.
fn reserve(n: u8) -> Decision {
    let r = reservation(n, EtatReservation::Ferme, 1);
    let agregat = Agregat::Reservation(r.id.clone());
    let ligne = LigneFaite {
        id: LigneId::neuf(id(n)),
        foyer: foyer(1),
        enfant: Some(personne(101)),
        reservation: Some(r.id.clone()),
        prestation: r.prestation.clone(),
        jour: r.jour,
        montant: Montant::centimes(350),
        phrase: "Repas du mardi 2 septembre : 3,50 €.".into(),
        trace: serde_json::json!({ "pas": [] }),
        digest: "d1".into(),
    };
    let cle =
        CleUnique::Reservation { enfant: r.enfant.clone(), prestation: r.prestation.clone(), jour: r.jour };
    let mut d = decision(
        agregat.clone(),
        1,
        Suivant::Reservation(Box::new(r)),
        vec![Ecriture::Ligne(Box::new(ligne))],
    );
    d.gardes = vec![Garde::Version { agregat, attendue: 0 }, Garde::Unique(cle)];
    d
}

fn garde_de(resultat: Result<Commis, Erreur>) -> Garde {
    match resultat {
        Err(Erreur::Garde(g)) => *g,
        autre => panic!("{autre:?}"),
    }
}

#[tokio::test]
async fn le_fichier_est_sur() {
    let (dossier, store, portee) = ouvre().await;
    store.commet(&portee, famille(1), None).await.unwrap();
    let mut cx = fichier(&dossier).await;
    let mode: String = sqlx::query("PRAGMA journal_mode").fetch_one(&mut cx).await.unwrap().get(0);
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn une_famille_ses_faits_et_ses_droits() {
    let (_dossier, store, portee) = ouvre().await;
    store.commet(&portee, famille(1), None).await.unwrap();
    let lu = store.foyer(&portee, &foyer(1)).await.unwrap().unwrap();
    assert_eq!(lu.membres.len(), 2);
    assert_eq!(store.foyer(&portee, &foyer(9)).await.unwrap(), None);

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
    store.commet(&portee, depot(1, None), None).await.unwrap();
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
    store.commet(&portee, suite, None).await.unwrap();
    let faits = store.faits(&portee, &foyer(1)).await.unwrap();
    assert_eq!(faits.iter().count(), 3);
    let jour = "2025-10-01".parse().unwrap();
    let lit = |sujet: &Sujet, nom: &str| faits.valeur(sujet, nom, jour, le()).map(|f| f.valeur.clone());
    assert_eq!(lit(&Sujet::Foyer(foyer(1)), "quotient"), Some(quotient));
    assert_eq!(lit(&tie, "autorite"), Some(ValeurFait::Booleen(true)));
    let droits = store.inscriptions(&portee, &foyer(1)).await.unwrap();
    assert_eq!((droits.len(), droits[0].service.as_str(), droits[0].au), (1, "restauration", None));

    let fin = Ecriture::FinInscription {
        sujet: Sujet::Personne(personne(101)),
        service: "restauration".into(),
        au: "2025-11-30".parse().unwrap(),
    };
    let version = store.foyer(&portee, &foyer(1)).await.unwrap().unwrap().version;
    store
        .commet(&portee, decision(Agregat::Foyer(foyer(1)), version + 1, Suivant::Rien, vec![fin]), None)
        .await
        .unwrap();
    assert_eq!(
        store.inscriptions(&portee, &foyer(1)).await.unwrap()[0].au,
        Some("2025-11-30".parse().unwrap())
    );
}

#[tokio::test]
async fn le_dossier_recoit_son_numero_dans_le_commit() {
    let (_dossier, store, portee) = ouvre().await;
    store.commet(&portee, famille(1), None).await.unwrap();
    for (n, attendu) in [(1, "2025-00001"), (2, "2025-00002")] {
        let commis = store.commet(&portee, depot(n, None), None).await.unwrap();
        assert_eq!(commis, Commis::Ecrit { numero: Some(attendu.into()) });
        let lu = store.dossier(&portee, &DossierId::neuf(id(n))).await.unwrap().unwrap();
        assert_eq!(lu.numero.as_deref(), Some(attendu));
        // the journal alone gives the same dossier
        let journal = store.journal(&portee, &Agregat::Dossier(lu.id.clone())).await.unwrap();
        let refait =
            journal.iter().flat_map(|e| &e.entree.changements).fold(None, |d, c| c.applique(d)).unwrap();
        assert_eq!(refait, lu);
    }
    // a refused commit leaves no hole
    assert!(matches!(garde_de(store.commet(&portee, depot(2, None), None).await), Garde::Version { .. }));
    let commis = store.commet(&portee, depot(3, None), None).await.unwrap();
    assert_eq!(commis, Commis::Ecrit { numero: Some("2025-00003".into()) });
    let liste = store
        .dossiers(&portee, &FiltreDossiers { phase: Some(Phase::Deposee), nombre: 10, ..Default::default() })
        .await
        .unwrap();
    assert_eq!(liste.len(), 3);
}

#[tokio::test]
async fn un_seul_dossier_vivant_par_cle() {
    let (_dossier, store, portee) = ouvre().await;
    store.commet(&portee, famille(1), None).await.unwrap();
    store.commet(&portee, depot(1, Some("enfant/2025")), None).await.unwrap();
    let refus = garde_de(store.commet(&portee, depot(2, Some("enfant/2025")), None).await);
    assert_eq!(refus, Garde::Unique(CleUnique::Dossier("enfant/2025".into())));
    let mut annule = dossier(1, 2, Some("enfant/2025"));
    annule.phase = Phase::Annulee;
    let fin =
        decision(Agregat::Dossier(annule.id.clone()), 2, Suivant::Dossier(Box::new(annule)), Vec::new());
    store.commet(&portee, fin, None).await.unwrap();
    store.commet(&portee, depot(2, Some("enfant/2025")), None).await.unwrap();
}

#[tokio::test]
async fn huit_ecrivains_une_reservation() {
    for _ in 0..5 {
        let (_dossier, store, portee) = ouvre().await;
        store.commet(&portee, famille(1), None).await.unwrap();
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
        assert_eq!(store.reservations(&portee, &foyer(1), jour, jour).await.unwrap().len(), 1);
        let lignes = store.lignes(&portee, &foyer(1), jour, jour).await.unwrap();
        assert_eq!(lignes.iter().map(|l| l.montant).collect::<Vec<_>>(), [Montant::centimes(350)]);
    }
}

#[tokio::test]
async fn une_reservation_annulee_rend_son_jour() {
    let (_dossier, store, portee) = ouvre().await;
    store.commet(&portee, famille(1), None).await.unwrap();
    store.commet(&portee, reserve(1), None).await.unwrap();
    let annulee =
        EtatReservation::Annulee { annonce: "a_temps".into(), le: le(), motif: Some("maladie".into()) };
    let r = reservation(1, annulee, 2);
    let agregat = Agregat::Reservation(r.id.clone());
    let mut fin = decision(agregat.clone(), 2, Suivant::Reservation(Box::new(r.clone())), Vec::new());
    fin.gardes = vec![Garde::Version { agregat: agregat.clone(), attendue: 1 }];
    store.commet(&portee, fin.clone(), None).await.unwrap();
    assert_eq!(store.reservation(&portee, &r.id).await.unwrap(), Some(r));
    assert_eq!(garde_de(store.commet(&portee, fin, None).await), Garde::Version { agregat, attendue: 1 });
    store.commet(&portee, reserve(2), None).await.unwrap();
}

#[tokio::test]
async fn les_places_ne_depassent_jamais() {
    let (_dossier, store, portee) = ouvre().await;
    store.commet(&portee, famille(1), None).await.unwrap();
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
    assert_eq!(store.places_prises(&portee, "repas/2025-09-02").await.unwrap(), 5);
    let rend = Ecriture::RendPlace { cle: "repas/2025-09-02".into(), nombre: 1 };
    store
        .commet(&portee, decision(Agregat::Foyer(foyer(1)), 200, Suivant::Rien, vec![rend]), None)
        .await
        .unwrap();
    store.commet(&portee, prend(90), None).await.unwrap();
    assert!(matches!(garde_de(store.commet(&portee, prend(91), None).await), Garde::Capacite { .. }));
}

#[tokio::test]
async fn une_requete_repetee_na_quun_effet() {
    let (_dossier, store, portee) = ouvre().await;
    store.commet(&portee, famille(1), None).await.unwrap();
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
        store.deja_repondu(&portee, "p1/jeton", &[1; 32]).await.unwrap().as_deref(),
        Some("/dossier/1")
    );
    let autre = store.commet(&portee, depot(2, None), Some(cle(2))).await;
    assert!(matches!(autre, Err(Erreur::CleReutilisee)), "{autre:?}");
}

/// R03, small: the write to each table fails in turn; nothing of the decision may stay.
#[tokio::test]
async fn une_ecriture_qui_echoue_ne_laisse_rien() {
    async fn compte(cx: &mut SqliteConnection, tables: &[String]) -> Vec<i64> {
        let mut comptes = Vec::new();
        for table in tables {
            let sql = format!("SELECT COUNT(*) FROM {table}");
            comptes.push(sqlx::query(AssertSqlSafe(sql)).fetch_one(&mut *cx).await.unwrap().get(0));
        }
        comptes
    }
    let (dossier, store, portee) = ouvre().await;
    store.commet(&portee, famille(1), None).await.unwrap();
    let mut cx = fichier(&dossier).await;
    let tables: Vec<String> = sqlx::query(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'",
    )
    .fetch_all(&mut cx)
    .await
    .unwrap()
    .iter()
    .map(|r| r.get(0))
    .collect();
    let cle = CleIdempotence { cle: "k".into(), corps: [1; 32], reponse: String::new() };
    let mut faites = 0_u8;
    for table in ["dossier", "journal", "outbox", "echeance", "compteur", "cle_idempotence"] {
        faites += 1;
        let d = depot(50 + faites, None);
        let cle = CleIdempotence { cle: format!("k{faites}"), ..cle.clone() };
        let avant = compte(&mut cx, &tables).await;
        let pose =
            format!("CREATE TRIGGER panne BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'panne'); END");
        sqlx::raw_sql(AssertSqlSafe(pose)).execute(&mut cx).await.unwrap();
        assert!(store.commet(&portee, d.clone(), Some(cle.clone())).await.is_err(), "{table}");
        sqlx::raw_sql("DROP TRIGGER panne").execute(&mut cx).await.unwrap();
        assert_eq!(compte(&mut cx, &tables).await, avant, "{table}");
        assert!(store.commet(&portee, d, Some(cle)).await.is_ok(), "{table}: the writer goes on");
    }
    assert_eq!(store.verifie_journal(&portee).await.unwrap(), Ok(7));
}

#[tokio::test]
async fn un_journal_retouche_se_voit() {
    let (dossier, store, portee) = ouvre().await;
    store.commet(&portee, famille(1), None).await.unwrap();
    for n in 1..=4 {
        store.commet(&portee, depot(n, None), None).await.unwrap();
    }
    assert_eq!(store.verifie_journal(&portee).await.unwrap(), Ok(5));
    let mut cx = fichier(&dossier).await;
    assert!(sqlx::raw_sql("UPDATE journal SET trace = '[]' WHERE n = 3").execute(&mut cx).await.is_err());
    assert!(sqlx::raw_sql("DELETE FROM journal WHERE n = 3").execute(&mut cx).await.is_err());
    sqlx::raw_sql("DROP TRIGGER journal_ne_change_pas; UPDATE journal SET trace = '[]' WHERE n = 3")
        .execute(&mut cx)
        .await
        .unwrap();
    assert_eq!(store.verifie_journal(&portee).await.unwrap(), Err(RuptureJournal { n: 3 }));
}

#[tokio::test]
async fn un_effet_se_prend_se_reprend_et_ne_se_fait_quune_fois() {
    let (_dossier, store, portee) = ouvre().await;
    store.commet(&portee, famille(1), None).await.unwrap();
    store.commet(&portee, depot(1, None), None).await.unwrap();
    let dans = |minutes: i64| le() + SignedDuration::from_mins(minutes);
    let du = store.travail_du(dans(1)).await.unwrap();
    assert_eq!(du.iter().map(|t| t.genre).collect::<Vec<_>>(), [GenreTravail::Effets]);

    let pris = store.prend_effets(&slug(), dans(1), dans(6), 10).await.unwrap();
    assert_eq!((pris.len(), pris[0].essais), (1, 1));
    assert_eq!(pris[0].portee.commune(), &slug());
    assert!(store.prend_effets(&slug(), dans(2), dans(7), 10).await.unwrap().is_empty(), "held");
    let repris = store.prend_effets(&slug(), dans(6), dans(11), 10).await.unwrap();
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
    assert!(store.prend_effets(&slug(), dans(29), dans(40), 10).await.unwrap().is_empty());
    let repris = store.prend_effets(&slug(), dans(30), dans(40), 10).await.unwrap();
    for n in [1, 2] {
        store.effet_fait(&repris[0].portee, cle.clone(), dans(31), vec![courrier(n)]).await.unwrap();
    }
    assert_eq!(store.courriers(&portee, 10).await.unwrap(), [courrier(1)]);
    assert!(store.prend_effets(&slug(), dans(99), dans(100), 10).await.unwrap().is_empty());
    assert!(store.travail_du(dans(99)).await.unwrap().is_empty(), "the next work is tomorrow's échéance");

    let demain = le() + SignedDuration::from_hours(24);
    assert_eq!(store.travail_du(demain).await.unwrap()[0].genre, GenreTravail::Echeances);
    let dues =
        store.prend_echeances(&slug(), demain, demain + SignedDuration::from_mins(5), 10).await.unwrap();
    assert_eq!(dues[0].echeance.appartient, Appartient::Silence { depot: 1 });
    let e = dues[0].echeance.clone();
    store.ferme_echeance(&dues[0].portee, e.dossier, e.appartient).await.unwrap();
    assert!(store.travail_du(demain + SignedDuration::from_hours(1)).await.unwrap().is_empty());
}

#[tokio::test]
async fn une_famille_ne_lit_que_son_foyer() {
    let (_dossier, store, portee) = ouvre().await;
    for n in [1, 2] {
        store.commet(&portee, famille(n), None).await.unwrap();
    }
    store.commet(&portee, depot(1, None), None).await.unwrap();
    store.commet(&portee, reserve(1), None).await.unwrap();
    let session = |n: u8| {
        let auteur = Auteur::Parent { personne: personne(n), foyer: foyer(n) };
        let store = store.clone();
        async move {
            let fin = le() + SignedDuration::from_hours(1);
            let jeton = store.ouvre_session(&slug(), auteur, le(), fin).await.unwrap();
            store.session(&slug(), &jeton, le()).await.unwrap().unwrap().portee
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
    assert_eq!(store.faits(&autre, &foyer(1)).await.unwrap().iter().count(), 0);
    assert!(store.journal(&autre, &Agregat::Dossier(d)).await.unwrap().is_empty());
    assert_eq!(store.foyers(&autre, 10).await.unwrap(), [foyer(2)]);
}

#[tokio::test]
async fn une_session_expire_se_ferme_et_reste_dans_sa_commune() {
    let (dossier, store, _portee) = ouvre().await;
    let fin = le() + SignedDuration::from_hours(1);
    let auteur = Auteur::Agent { agent: AgentId::neuf(id(1)), roles: vec!["enfance".into()] };
    let jeton = store.ouvre_session(&slug(), auteur.clone(), le(), fin).await.unwrap();
    let relu = Jeton::lit(&jeton.texte()).unwrap();
    assert_eq!(store.session(&slug(), &relu, le()).await.unwrap().unwrap().portee.auteur(), &auteur);
    assert!(store.session(&slug(), &relu, fin).await.unwrap().is_none());
    let ailleurs = CommuneSlug::lit("ailleurs").unwrap();
    assert!(store.session(&ailleurs, &relu, le()).await.unwrap().is_none());
    // the token is not in the file
    let mut cx = fichier(&dossier).await;
    let garde: Vec<u8> = sqlx::query("SELECT jeton FROM session").fetch_one(&mut cx).await.unwrap().get(0);
    assert_ne!(Jeton::lit(&garde.iter().map(|o| format!("{o:02x}")).collect::<String>()), Some(jeton));
    store.ferme_session(&slug(), &relu).await.unwrap();
    assert!(store.session(&slug(), &relu, le()).await.unwrap().is_none());
    for faux in ["", "zz", "é".repeat(32).as_str(), &"0".repeat(63)] {
        assert_eq!(Jeton::lit(faux), None);
    }
}

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

#[tokio::test]
async fn une_publication_vaut_depuis_son_jour_et_ne_s_efface_pas() {
    let (dossier, store, portee) = ouvre().await;
    let dans = |s| le() + SignedDuration::from_secs(s);
    for (digest, depuis) in [("c1", 0), ("c2", 100), ("c3", 10)] {
        store.publie(&portee, version(digest, digest), publication(digest, depuis)).await.unwrap();
    }
    for (quand, attendue) in
        [(-1, None), (0, Some("c1")), (9, Some("c1")), (10, Some("c3")), (100, Some("c2"))]
    {
        let vue = store.en_vigueur(&portee, dans(quand)).await.unwrap();
        assert_eq!(vue.map(|p| p.digest).as_deref(), attendue, "{quand} s");
    }
    assert_eq!(store.prochaine_publication(&portee, dans(10)).await.unwrap(), Some(dans(100)));
    assert_eq!(store.prochaine_publication(&portee, dans(100)).await.unwrap(), None);
    let rangs: Vec<i64> = store.publications(&portee, 2).await.unwrap().iter().map(|p| p.n).collect();
    assert_eq!(rangs, [3, 2]);
    let mut cx = fichier(&dossier).await;
    for sql in ["UPDATE publication SET auteur = 'x'", "DELETE FROM publication"] {
        assert!(sqlx::query(sql).execute(&mut cx).await.is_err(), "{sql}");
    }
    // what no version gives cannot be published
    let inconnue = Publication { digest: "c9".into(), ..publication("c9", 0) };
    assert!(store.publie(&portee, version("c1", "c1"), inconnue).await.is_err());
}

#[tokio::test]
async fn un_effet_mort_attend_quelqu_un() {
    let (_dossier, store, portee) = ouvre().await;
    let dans = |s| le() + SignedDuration::from_secs(s);
    store.commet(&portee, famille(1), None).await.unwrap();
    store.commet(&portee, depot(1, None), None).await.unwrap();
    let pris = store.prend_effets(&slug(), le(), dans(60), 10).await.unwrap();
    let cle = pris[0].effet.cle.clone();
    store.effet_manque(&portee, cle.clone(), "boîte pleine".into(), dans(5), None).await.unwrap();
    assert!(store.prend_effets(&slug(), dans(3600), dans(3660), 10).await.unwrap().is_empty());
    assert!(store.travail_du(dans(3600)).await.unwrap().is_empty(), "nothing is due");
    let morts = store.effets_morts(&portee, 10).await.unwrap();
    assert_eq!((morts[0].erreur.as_str(), morts[0].mort_le, morts[0].essais), ("boîte pleine", dans(5), 1));
    assert_eq!(store.nombre_d_effets_morts(&slug()).await.unwrap(), 1);
    let rejoue = Ecriture::EffetRejoue { cle: cle.clone(), le: dans(10) };
    let mut decision = decision(cle.agregat.clone(), 2, Suivant::Rien, vec![rejoue]);
    decision.entree.evenement = "rejouer".into();
    store.commet(&portee, decision, None).await.unwrap();
    assert_eq!(store.nombre_d_effets_morts(&slug()).await.unwrap(), 0);
    assert_eq!(store.prend_effets(&slug(), dans(10), dans(70), 10).await.unwrap()[0].effet.cle, cle);
}

#[tokio::test]
async fn les_dossiers_vivants_se_comptent_par_etape() {
    let (_dossier, store, portee) = ouvre().await;
    store.commet(&portee, famille(1), None).await.unwrap();
    for n in 1..=3 {
        store.commet(&portee, depot(n, None), None).await.unwrap();
    }
    let en_cours = store.en_cours(&portee).await.unwrap();
    assert_eq!((en_cours.len(), en_cours[0].nombre, en_cours[0].etape.as_str()), (1, 3, "deposee"));
    let d1 = store.dossiers_a_reprendre(&portee, "inscription", "deposee", "d1", 10).await.unwrap();
    assert!(d1.is_empty(), "already there");
    let d2 = store.dossiers_a_reprendre(&portee, "inscription", "deposee", "d2", 2).await.unwrap();
    assert_eq!(d2.len(), 2);
}

#[tokio::test]
async fn tout_se_relit_apres_un_redemarrage() {
    let (dossier, store, portee) = ouvre().await;
    store.commet(&portee, famille(1), None).await.unwrap();
    store.commet(&portee, depot(1, None), None).await.unwrap();
    store.regle(&portee, "horloge".into(), "2025-09-01".into()).await.unwrap();
    store.publie(&portee, version("c1", "d1"), publication("c1", 0)).await.unwrap();
    drop(store);
    std::fs::remove_file(dossier.path().join("a_faire.db")).unwrap();
    let store = Store::sqlite(dossier.path()).await.unwrap();
    store.reprend(&slug()).await.unwrap();
    assert!(store.dossier(&portee, &DossierId::neuf(id(1))).await.unwrap().is_some());
    assert_eq!(store.reglage(&portee, "horloge").await.unwrap().as_deref(), Some("2025-09-01"));
    assert_eq!(store.definition(&portee, "c1").await.unwrap().as_deref(), Some("source de c1"));
    assert_eq!(store.definition(&portee, "c2").await.unwrap(), None);
    assert_eq!(
        store.epinglees(&portee).await.unwrap(),
        [Epinglee { demarche: "inscription".into(), digest: "d1".into(), definition: Some("c1".into()) }]
    );
    assert_eq!(store.publications_annoncees().await.unwrap(), [(slug(), le())], "the hint is rebuilt");
    assert_eq!(store.travail_du(le()).await.unwrap().len(), 1, "the hint is rebuilt");
}
