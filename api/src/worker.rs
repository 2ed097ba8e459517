//! What happens without anybody asking: effects to execute, delays that are over, versions to follow.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use engine::commune::Commune;
use engine::identifiant::CommuneSlug;
use engine_store::{EcheanceDue, Erreur, GenreTravail};
use jiff::{SignedDuration, Timestamp, ToSpan};
use tokio_cron_scheduler::{Job, JobScheduler};

use crate::acts::{self, Echec};
use crate::clock::Chronometre;
use crate::command::Serve;
use crate::effect;
use crate::error::Fatale;
use crate::publication::{Aiguillage, Surveillance};
use crate::state::Etat;
use crate::sweep;

/// Most tasks taken at once from a town.
const LOT: u32 = 50;
/// How long a task is somebody's before another may take it.
const BAIL_SECONDES: i64 = 60;
/// How long a beat waits for what becomes due: a little less than until the next one.
const BATTEMENT: Duration = Duration::from_millis(900);
/// Shortest wait in a beat.
const PAS: Duration = Duration::from_millis(50);

/// How often this process asks whether a version was published.
const VERSIONS: Duration = Duration::from_millis(500);

/// Starts the heartbeat: each second, in UTC, it does what is due and nothing else.
pub(crate) async fn demarre(aiguillage: Arc<Aiguillage>, args: &Serve) -> Result<JobScheduler, Fatale> {
    let planificateur = JobScheduler::new().await?;
    suit_les_versions(aiguillage.clone(), args);
    let (menage, nuit) = (aiguillage.clone(), aiguillage.clone());
    // one beat at a time: a slow one makes the next ones pass
    let un_seul = Arc::new(tokio::sync::Mutex::new(()));
    let battement = Job::new_async("* * * * * *", move |_, _| {
        let (etat, un_seul) = (aiguillage.etat(), un_seul.clone());
        Box::pin(async move {
            let Ok(_garde) = un_seul.try_lock() else { return };
            bat(&etat).await;
            etat.mesures.battement.store(etat.horloge.reel().as_second(), Ordering::Relaxed);
        })
    })?;
    planificateur.add(battement).await?;
    planificateur.add(sweep::chaque_heure(menage)?).await?;
    planificateur.add(sweep::chaque_nuit(nuit)?).await?;
    planificateur.start().await?;
    Ok(planificateur)
}

/// Follows the folders, SIGHUP and what is published elsewhere, beside the other work.
fn suit_les_versions(aiguillage: Arc<Aiguillage>, args: &Serve) {
    let mut surveillance = Surveillance::commence(&args.communes);
    let surveille = !args.sans_surveillance;
    tokio::spawn(async move {
        let mut rappel = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok();
        let mut battement = tokio::time::interval(VERSIONS);
        battement.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let appele = tokio::select! {
                _ = battement.tick() => false,
                recu = async { match &mut rappel { Some(s) => s.recv().await, None => std::future::pending().await } } => {
                    recu.is_some()
                }
            };
            let fait = async {
                if appele {
                    surveillance.relit(&aiguillage, "signal SIGHUP").await?;
                } else if surveille {
                    surveillance.regarde(&aiguillage).await?;
                }
                aiguillage.suit().await
            };
            if let Err(erreur) = fait.await {
                // what runs goes on running; the next look tries again
                tracing::error!(%erreur, "versions");
            }
        }
    });
}

/// Executes what is due, and what becomes due before the next beat, each at its own instant.
async fn bat(etat: &Etat) {
    let beat = Chronometre::part();
    loop {
        let maintenant = etat.horloge.maintenant();
        if let Err(erreur) = fait_ce_qui_est_du(etat, maintenant).await {
            tracing::error!(%erreur, "heartbeat");
        }
        let Some(reste) = BATTEMENT.checked_sub(beat.ecoule()) else { return };
        let horizon = SignedDuration::try_from(reste).ok().and_then(|r| maintenant.checked_add(r).ok());
        let a_venir = match horizon {
            Some(horizon) => etat.store.travail_du(horizon).await.unwrap_or_default(),
            None => return,
        };
        let Some(du) = a_venir.iter().map(|t| t.du_le).min() else { return };
        let attente = Duration::try_from(du.duration_since(etat.horloge.maintenant())).unwrap_or_default();
        tokio::time::sleep(attente.max(PAS)).await;
    }
}

/// Executes what is due at `maintenant`. What fails for one town or one dossier stops no other.
pub(crate) async fn fait_ce_qui_est_du(etat: &Etat, maintenant: Timestamp) -> Result<(), Erreur> {
    let jusqu_a = maintenant.checked_add(BAIL_SECONDES.seconds()).unwrap_or(maintenant);
    for travail in etat.store.travail_du(maintenant).await? {
        let Some(commune) = etat.communes.get(travail.commune.as_str()) else { continue };
        let fait = match travail.genre {
            GenreTravail::Effets => effets(etat, commune, &travail.commune, maintenant, jusqu_a).await,
            GenreTravail::Echeances => echeances(etat, commune, &travail.commune, maintenant, jusqu_a).await,
        };
        if let Err(erreur) = fait {
            tracing::error!(commune = %travail.commune, %erreur, "due work");
        }
    }
    Ok(())
}

async fn effets(
    etat: &Etat,
    commune: &Commune,
    slug: &CommuneSlug,
    maintenant: Timestamp,
    jusqu_a: Timestamp,
) -> Result<(), Erreur> {
    loop {
        let pris = etat.store.prend_effets(slug, maintenant, jusqu_a, LOT).await?;
        let nombre = pris.len();
        for effet in pris {
            if let Err(erreur) = effect::execute(etat, commune, effet, maintenant).await {
                // its lease ends, and it is taken again
                tracing::error!(commune = %slug, %erreur, "effect");
            }
        }
        if nombre < LOT as usize {
            return Ok(());
        }
    }
}

async fn echeances(
    etat: &Etat,
    commune: &Commune,
    slug: &CommuneSlug,
    maintenant: Timestamp,
    jusqu_a: Timestamp,
) -> Result<(), Erreur> {
    loop {
        let prises = etat.store.prend_echeances(slug, maintenant, jusqu_a, LOT).await?;
        let nombre = prises.len();
        // a dossier's échéances fall in their order: one that must wait holds those that follow
        let mut attendent = BTreeSet::new();
        for due in prises {
            let dossier = due.echeance.dossier.clone();
            if attendent.contains(&dossier) {
                continue;
            }
            match echoit(etat, commune, slug, due, maintenant).await {
                Ok(Echue::Faite) => {}
                Ok(Echue::Attend) => {
                    attendent.insert(dossier);
                }
                Err(erreur) => {
                    tracing::error!(commune = %slug, %erreur, "deadline");
                    attendent.insert(dossier);
                }
            }
        }
        if nombre < LOT as usize {
            return Ok(());
        }
    }
}

/// What became of an échéance that was taken.
enum Echue {
    /// Done, or without effect for ever.
    Faite,
    /// Not now: its lease ends, and it is taken again.
    Attend,
}

/// A delay is over: decided like any other event; one that came too late does nothing.
async fn echoit(
    etat: &Etat,
    commune: &Commune,
    slug: &CommuneSlug,
    due: EcheanceDue,
    maintenant: Timestamp,
) -> Result<Echue, Erreur> {
    let evenement = due.echeance.appartient.evenement();
    let dossier = due.echeance.dossier.clone();
    match acts::agit(etat, commune, &due.portee, &dossier, &evenement, None).await {
        Ok(_) => {}
        Err(Echec::Store(erreur)) => return Err(erreur),
        // a clock that went back, or a delay that a newer definition made longer: not lost, taken again later
        Err(Echec::Refus(refus)) if refus.quand_possible.is_some_and(|q| q > maintenant) => {
            return Ok(Echue::Attend);
        }
        // the family writes at this very moment, faster than it is decided
        Err(Echec::Refus(refus)) if &*refus.regle == acts::OCCUPE => {
            tracing::warn!(commune = %slug, "deadline of a busy dossier: later");
            return Ok(Echue::Attend);
        }
        Err(Echec::Refus(refus) | Echec::Doublon(refus, _)) => {
            tracing::info!(commune = %slug, regle = refus.regle, "deadline without effect")
        }
        Err(Echec::Inconnu) => tracing::warn!(commune = %slug, "deadline of an unknown dossier"),
    }
    etat.store.ferme_echeance(&due.portee, dossier, due.echeance.appartient).await?;
    Ok(Echue::Faite)
}
