//! What is over and nobody asks for: ended sessions, old idempotency keys, documents that no dossier received.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use engine::identifiant::{CommuneSlug, FichierId};
use engine_store::{Erreur, Mouvement, Tenu};
use jiff::ToSpan;
use tokio_cron_scheduler::{Job, JobSchedulerError};

use crate::publication::Aiguillage;
use crate::state::Etat;

/// How long an idempotency key answers: longer than any retry.
const CLES_HEURES: i64 = 7 * 24;
/// How old a document is before its dossier is looked for: its act was committed, or refused, long before.
const ORPHELIN_HEURES: i64 = 24;

/// Each hour: what is over.
pub(crate) fn chaque_heure(aiguillage: Arc<Aiguillage>) -> Result<Job, JobSchedulerError> {
    Job::new_async("0 17 * * * *", move |_, _| {
        let etat = aiguillage.etat();
        Box::pin(async move {
            etat.cadence.oublie();
            etat.essais.oublie();
            etat.preuves.oublie(etat.horloge.reel());
            for slug in etat.communes.keys().filter_map(|s| CommuneSlug::lit(s).ok()) {
                if let Err(erreur) = purge(&etat, &slug).await {
                    tracing::error!(commune = %slug, %erreur, "sweep");
                }
            }
        })
    })
}

/// Each night, in UTC: documents that no dossier holds, for which a town's journal and its files are read whole.
pub(crate) fn chaque_nuit(aiguillage: Arc<Aiguillage>) -> Result<Job, JobSchedulerError> {
    Job::new_async("0 37 1 * * *", move |_, _| {
        let etat = aiguillage.etat();
        Box::pin(async move {
            for slug in etat.communes.keys().filter_map(|s| CommuneSlug::lit(s).ok()) {
                if let Err(erreur) = balaie(&etat, &slug).await {
                    tracing::error!(commune = %slug, %erreur, "sweep of documents");
                }
            }
        })
    })
}

async fn purge(etat: &Etat, slug: &CommuneSlug) -> Result<(), Erreur> {
    let reel = etat.horloge.reel();
    // acts are dated by the demonstration's clock, sessions by the system's
    let maintenant = etat.horloge.maintenant();
    let avant = maintenant.checked_sub(CLES_HEURES.hours()).unwrap_or(maintenant);
    let purges = etat.store.purge(slug, reel, avant).await?;
    etat.mesures.purges.fetch_add(purges, Ordering::Relaxed);
    Ok(())
}

/// One town's documents.
pub(crate) async fn balaie(etat: &Etat, slug: &CommuneSlug) -> Result<(), Erreur> {
    let reel = etat.horloge.reel();
    let vieux = reel.checked_sub(ORPHELIN_HEURES.hours()).unwrap_or(reel);
    let mut orphelins = etat.fichiers.vieux(slug, vieux).await?;
    if orphelins.is_empty() {
        return Ok(());
    }
    let recus = recus(etat, slug).await?;
    orphelins.retain(|id| FichierId::lit(id).is_err() || !recus.contains(id.as_str()));
    for id in &orphelins {
        if etat.fichiers.oublie(slug, id, vieux).await? {
            etat.mesures.orphelins.fetch_add(1, Ordering::Relaxed);
            tracing::info!(commune = %slug, fichier = id, "orphan file removed");
        }
    }
    Ok(())
}

/// Every document that the town's journal received, replaced ones too: an acknowledged document is never swept, but those of a
/// draft that its family erased, or took back before it sent them. One that two dossiers, or two
/// documents of one, share stays as long as one holds it.
async fn recus(etat: &Etat, slug: &CommuneSlug) -> Result<BTreeSet<String>, Erreur> {
    let portee = etat.store.portee_de_commande(slug, "balayage");
    let (mut recus, mut effaces, mut lu) = (BTreeMap::<_, BTreeSet<_>>::new(), BTreeSet::new(), 0);
    loop {
        let lus = etat.store.fichiers_recus(&portee, lu).await?;
        if lus.dernier == lu {
            break;
        }
        for (dossier, mouvement) in lus.mouvements {
            match mouvement {
                Mouvement::Recu(Tenu { fichier, piece }) => {
                    recus.entry(fichier).or_default().insert((dossier, piece));
                }
                Mouvement::Oublie(Tenu { fichier, piece }) => {
                    recus.entry(fichier).or_default().remove(&(dossier, piece));
                }
                Mouvement::Efface => {
                    effaces.insert(dossier);
                }
            }
        }
        lu = lus.dernier;
    }
    recus.retain(|_, tenus| tenus.iter().any(|(d, _)| !effaces.contains(d)));
    Ok(recus.into_keys().map(|f| f.to_string()).collect())
}
