//! R02: the database killed under load loses nothing that was acknowledged. Two processes on one database, one killed: nothing
//! is done twice.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use engine::decision::{Agregat, Garde, Suivant};
use engine::identifiant::{CommuneSlug, CourrierId, DossierId};
use engine_store::{Commis, Courrier, Erreur, FiltreDossiers, GenreTravail, Store};
use jiff::{SignedDuration, Timestamp};

use crate::valeurs::{decision, depot_de, famille, foyer, le};
use crate::{grappe, longs};

fn commune() -> CommuneSlug {
    CommuneSlug::lit("essai").unwrap()
}

/// Writers that file dossiers until `fin`, and what they were told is written.
async fn ecrit_jusqu_a(store: &Store, fin: &Arc<AtomicBool>, depart: u128) -> Vec<u128> {
    let mut taches = tokio::task::JoinSet::new();
    for ecrivain in 0..8_u128 {
        let (store, fin) = (store.clone(), fin.clone());
        taches.spawn(async move {
            let portee = store.portee_de_commande(&commune(), "essai");
            let (mut rang, mut acquittes) = (depart + ecrivain * 1_000_000, Vec::new());
            while !fin.load(Ordering::Relaxed) {
                rang += 1;
                match store.commet(&portee, depot_de(rang), None).await {
                    Ok(Commis::Ecrit { .. }) => acquittes.push(rang),
                    Ok(autre) => panic!("{autre:?}"),
                    Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            }
            acquittes
        });
    }
    let mut tous = Vec::new();
    while let Some(siens) = taches.join_next().await {
        tous.extend(siens.unwrap());
    }
    tous
}

/// Of these, those that are not there.
async fn perdus(store: &Store, acquittes: &[u128]) -> Vec<u128> {
    let portee = store.portee_de_commande(&commune(), "essai");
    let filtre = FiltreDossiers { nombre: u32::MAX, ..Default::default() };
    let mut essai = 0;
    let lus = loop {
        match store.dossiers(&portee, &filtre).await {
            Ok(lus) => break lus,
            Err(erreur) => {
                essai += 1;
                assert!(essai < 100, "{erreur}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    };
    let la: BTreeSet<DossierId> = lus.iter().map(|d| d.id.clone()).collect();
    // what is there is whole: its number, without a hole, and its entry in an unbroken chain
    let numeros: BTreeSet<String> = lus.into_iter().map(|d| d.numero.unwrap()).collect();
    assert_eq!(numeros.len(), la.len());
    assert_eq!(numeros.last(), Some(&format!("2025-{:05}", la.len())));
    assert_eq!(store.verifie_journal(&portee).await.unwrap().unwrap(), i64::try_from(la.len() + 1).unwrap());
    acquittes.iter().copied().filter(|rang| !la.contains(&DossierId::neuf(rang.to_be_bytes()))).collect()
}

/// One kill under load: (acknowledged so far, lost).
async fn une_coupure(store: &Store, dossier: &Path, tour: u128, avant: Duration) -> (Vec<u128>, Vec<u128>) {
    let fin = Arc::new(AtomicBool::new(false));
    let charge = {
        let (store, fin) = (store.clone(), fin.clone());
        tokio::spawn(async move { ecrit_jusqu_a(&store, &fin, (tour + 1) * 100_000_000).await })
    };
    tokio::time::sleep(avant).await;
    let ici = dossier.to_owned();
    tokio::task::spawn_blocking(move || {
        grappe::tue(&ici);
        grappe::relance(&ici);
    })
    .await
    .unwrap();
    // the writers find the database again by themselves
    tokio::time::sleep(Duration::from_millis(300)).await;
    fin.store(true, Ordering::Relaxed);
    let acquittes = charge.await.unwrap();
    let perdus = perdus(store, &acquittes).await;
    (acquittes, perdus)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn une_base_tuee_ne_perd_rien_d_acquitte() {
    if grappe::administrateur().is_none() {
        return;
    }
    let dossier = grappe::dossier("coupure");
    let url = grappe::lance(&dossier, &[]);
    grappe::roles(&url);
    let base = grappe::base_dans(&url);
    Store::migre_postgres(&base.proprietaire).await.unwrap();
    let store = Store::postgres(&base.application).await.unwrap();
    let portee = store.portee_de_commande(&commune(), "essai");
    store.commet(&portee, famille(1), None).await.unwrap();
    let (coupures, mut total) = (if longs::longs() { 50 } else { 3 }, 0);
    for tour in 0..coupures {
        let avant = Duration::from_millis(150 + u64::try_from(tour * 137 % 900).unwrap());
        let (acquittes, perdus) = une_coupure(&store, &dossier, tour, avant).await;
        assert!(perdus.is_empty(), "coupure {tour}: {} of {} lost", perdus.len(), acquittes.len());
        assert!(acquittes.len() > 10, "{}", acquittes.len());
        total += acquittes.len();
    }
    longs::rapporte("R02 database killed under load", 50, &format!("{total} acknowledged, 0 lost"));

    // the control: the same kill, acknowledgements given before the disk has them
    for sql in ["ALTER SYSTEM SET synchronous_commit = off", "ALTER SYSTEM SET wal_writer_delay = '10s'"] {
        grappe::psql(&url, sql);
    }
    grappe::psql(&url, "SELECT pg_reload_conf()");
    tokio::time::sleep(Duration::from_millis(300)).await;
    let (acquittes, perdus) = une_coupure(&store, &dossier, 1000, Duration::from_millis(800)).await;
    assert!(!perdus.is_empty(), "the control loses nothing of {}: this test sees nothing", acquittes.len());
    longs::rapporte(
        "R02 control, synchronous_commit=off",
        1,
        &format!("{} of {} lost", perdus.len(), acquittes.len()),
    );
    // which is why the store refuses such a server
    match Store::postgres(&base.application).await {
        Err(Erreur::Role(motif)) => assert!(motif.contains("synchronous_commit"), "{motif}"),
        autre => panic!("{autre:?}"),
    }
    grappe::efface(&dossier);
}

/// Effects due, and places, for the two processes.
const EFFETS: u128 = 240;
const PLACES: u32 = 50;
/// Seconds of a lease.
const BAIL: i64 = 2;

/// What each process does: takes effects and executes them, files dossiers, takes places; says what was acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn enfant() {
    // started by deux_processus_une_base, in a process of its own
    let Some(url) = std::env::var_os("GUICHET_ENFANT_BASE") else { return };
    let (url, sortie) =
        (url.to_str().unwrap().to_owned(), std::env::var_os("GUICHET_ENFANT_SORTIE").unwrap());
    let rang: u128 = std::env::var_os("GUICHET_ENFANT_RANG").unwrap().to_str().unwrap().parse().unwrap();
    let mut sortie = std::fs::OpenOptions::new().create(true).append(true).open(sortie).unwrap();
    let mut dit = |quoi: &str| sortie.write_all(format!("{quoi}\n").as_bytes()).unwrap();
    let store = Store::postgres(&url).await.unwrap();
    let portee = store.portee_de_commande(&commune(), "essai");
    let mut tour = 0;
    loop {
        tour += 1;
        let maintenant = Timestamp::now();
        let bail = maintenant + SignedDuration::from_secs(BAIL);
        for du in store.prend_effets(&commune(), maintenant, bail, 10).await.unwrap() {
            let cle = du.effet.cle.clone();
            // the world outside: a line that stays, whatever happens to this process
            dit(&format!("effet {:?}", cle.agregat));
            let lettre = Courrier {
                id: CourrierId::neuf((rang * 1_000_000 + tour * 100).to_be_bytes()),
                foyer: Some(foyer(1)),
                a: "parent@exemple.fr".into(),
                objet: format!("{:?}", cle.agregat),
                corps: "…".into(),
                le: maintenant,
            };
            tour += 1;
            store.effet_fait(&du.portee, cle, maintenant, vec![lettre]).await.unwrap();
        }
        let seq = store.seq_suivant(&portee, &Agregat::Foyer(foyer(1))).await.unwrap();
        let mut place = decision(Agregat::Foyer(foyer(1)), seq, Suivant::Rien, Vec::new());
        place.gardes = vec![Garde::Capacite { cle: "sortie".into(), places: PLACES, prend: 1 }];
        match store.commet(&portee, place, None).await {
            Ok(_) => dit("place"),
            // no place left, or the other process took this rank of the household's journal
            Err(Erreur::Garde(_) | Erreur::Ferme | Erreur::Base(_)) => {}
            Err(erreur) => panic!("{erreur}"),
        }
        let mut depot = depot_de(rang * 1_000_000 + tour);
        depot.effets.clear();
        if tour % 3 == 0
            && let Ok(Commis::Ecrit { numero }) = store.commet(&portee, depot, None).await
        {
            dit(&format!("numero {}", numero.unwrap()));
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn lance_enfant(url: &str, sortie: &Path, rang: u32) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "pannes::enfant", "--nocapture"])
        .env("GUICHET_ENFANT_BASE", url)
        .env("GUICHET_ENFANT_SORTIE", sortie)
        .env("GUICHET_ENFANT_RANG", rang.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deux_processus_une_base() {
    let Some(administrateur) = grappe::administrateur() else { return };
    let base = grappe::base_dans(administrateur);
    Store::migre_postgres(&base.proprietaire).await.unwrap();
    let store = Store::postgres(&base.application).await.unwrap();
    let portee = store.portee_de_commande(&commune(), "essai");
    store.commet(&portee, famille(1), None).await.unwrap();
    let mut depots = tokio::task::JoinSet::new();
    for rang in 1..=EFFETS {
        let (store, portee) = (store.clone(), portee.clone());
        depots.spawn(async move { store.commet(&portee, depot_de(rang), None).await.unwrap() });
    }
    while depots.join_next().await.is_some() {}

    let dossier = tempfile::tempdir().unwrap();
    let sorties = [dossier.path().join("un"), dossier.path().join("deux")];
    let lignes = |sortie: &Path| std::fs::read_to_string(sortie).unwrap_or_default();
    let mut un = lance_enfant(&base.application, &sorties[0], 1);
    let mut deux = lance_enfant(&base.application, &sorties[1], 2);
    let limite = Instant::now() + Duration::from_secs(90);
    // both are at work, one is killed between two bytes of it
    while lignes(&sorties[0]).matches("effet").count() < 25 || !lignes(&sorties[1]).contains("effet") {
        assert!(Instant::now() < limite, "{}\n{}", lignes(&sorties[0]), lignes(&sorties[1]));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    un.kill().unwrap();
    un.wait().unwrap();
    // the other one does all that is left, what the dead one held included
    loop {
        let faits = store.courriers(&portee, 1000).await.unwrap().len();
        let places = store.places_prises(&portee, "sortie").await.unwrap();
        if faits == usize::try_from(EFFETS).unwrap() && places == i64::from(PLACES) {
            break;
        }
        assert!(Instant::now() < limite, "{faits} letters, {places} places");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    deux.kill().unwrap();
    deux.wait().unwrap();

    let tout = sorties.iter().map(|s| lignes(s)).collect::<String>();
    let mut executions: BTreeMap<&str, usize> = BTreeMap::new();
    for effet in tout.lines().filter(|l| l.starts_with("effet")) {
        *executions.entry(effet).or_default() += 1;
    }
    assert_eq!(executions.len(), usize::try_from(EFFETS).unwrap());
    // only what the dead one had done without having said so may be done again, by the same key
    let doubles: Vec<&&str> = executions.iter().filter(|(_, n)| **n > 1).map(|(e, _)| e).collect();
    assert!(doubles.len() <= 1 && executions.values().all(|n| *n <= 2), "{doubles:?}");
    let lettres = store.courriers(&portee, 1000).await.unwrap();
    let distinctes: BTreeSet<&str> = lettres.iter().map(|l| l.objet.as_str()).collect();
    assert_eq!((lettres.len(), distinctes.len()), (240, 240), "each letter once");
    // a place acknowledged is a place taken, and the other way round but for the one that the kill cut
    let places = tout.lines().filter(|l| *l == "place").count();
    assert!((49..=50).contains(&places), "{places}");
    // numbers: none twice, no hole
    let numeros: Vec<&str> = tout.lines().filter_map(|l| l.strip_prefix("numero ")).collect();
    let uniques: BTreeSet<&str> = numeros.iter().copied().collect();
    assert_eq!(uniques.len(), numeros.len());
    let filtre = FiltreDossiers { nombre: u32::MAX, ..Default::default() };
    let tous: BTreeSet<String> =
        store.dossiers(&portee, &filtre).await.unwrap().into_iter().map(|d| d.numero.unwrap()).collect();
    assert_eq!(tous.last(), Some(&format!("2025-{:05}", tous.len())));
    assert!(uniques.iter().all(|n| tous.contains(*n)), "an acknowledged number is there");
    assert!(store.verifie_journal(&portee).await.unwrap().is_ok());
    // what is left is tomorrow's
    let reste = store.travail_du(le() + SignedDuration::from_hours(1)).await.unwrap();
    assert!(reste.iter().all(|t| t.genre != GenreTravail::Effets), "{reste:?}");
}
