//! The writer of a commune's file: drains its queue, one commit for all, then the answers.

use std::time::Duration;

use engine::identifiant::CommuneSlug;
use sqlx::{SqliteConnection, raw_sql};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::erreur::Erreur;
use crate::ordre::{Ordre, Recu};
use crate::{acces, commit, courrier, echeance, idempotence, outbox, publication, reglage, session};

/// Most writes under one commit.
const LOT: usize = 64;
/// How long the writer waits, after a commit, for those that it has just answered: they often write again at once, and
/// leaving without them fills half the next batch.
const COHORTE: Duration = Duration::from_micros(300);

type Attente = (Ordre, oneshot::Sender<Result<Recu, Erreur>>);

pub(super) async fn ecrit(mut cx: SqliteConnection, commune: CommuneSlug, mut file: mpsc::Receiver<Attente>) {
    let mut cohorte = 0;
    while let Some(premier) = file.recv().await {
        let mut lot = vec![premier];
        while lot.len() < LOT {
            match file.try_recv() {
                Ok(suivant) => lot.push(suivant),
                Err(_) if lot.len() < cohorte => match timeout(COHORTE, file.recv()).await {
                    Ok(Some(suivant)) => lot.push(suivant),
                    Ok(None) | Err(_) => break,
                },
                Err(_) => break,
            }
        }
        cohorte = lot.len();
        repond(&mut cx, &commune, lot).await;
    }
}

/// Writes a batch and answers it: an error of the commit itself is everybody's.
async fn repond(cx: &mut SqliteConnection, commune: &CommuneSlug, lot: Vec<Attente>) {
    let (ordres, attentes): (Vec<Ordre>, Vec<_>) = lot.into_iter().unzip();
    match transaction(cx, commune, &ordres).await {
        Ok(recus) => {
            for (attente, recu) in attentes.into_iter().zip(recus) {
                // who asked may be gone: the write stands all the same
                let _parti = attente.send(recu);
            }
        }
        Err(erreur) => {
            tracing::error!(commune = %commune, erreur = %erreur, "db.lot.commit failed");
            // no transaction may stay open on the writer's connection
            if let Err(e) = raw_sql("ROLLBACK").execute(&mut *cx).await {
                tracing::debug!(commune = %commune, erreur = %e, "db.lot.rollback: nothing to roll back");
            }
            for attente in attentes {
                let _parti = attente.send(Err(Erreur::Ferme));
            }
        }
    }
}

async fn transaction(
    cx: &mut SqliteConnection,
    commune: &CommuneSlug,
    ordres: &[Ordre],
) -> Result<Vec<Result<Recu, Erreur>>, sqlx::Error> {
    raw_sql("BEGIN IMMEDIATE").execute(&mut *cx).await?;
    let mut recus = Vec::with_capacity(ordres.len());
    for ordre in ordres {
        raw_sql("SAVEPOINT ordre").execute(&mut *cx).await?;
        let recu = execute(cx, commune, ordre).await;
        if recu.is_err() {
            raw_sql("ROLLBACK TO ordre").execute(&mut *cx).await?;
        }
        raw_sql("RELEASE ordre").execute(&mut *cx).await?;
        recus.push(recu);
    }
    raw_sql("COMMIT").execute(&mut *cx).await?;
    Ok(recus)
}

async fn execute(cx: &mut SqliteConnection, slug: &CommuneSlug, ordre: &Ordre) -> Result<Recu, Erreur> {
    let commune = slug.as_str();
    match ordre {
        Ordre::Commettre { decision, cle } => {
            return commit::commet(cx, commune, decision, cle.as_ref()).await.map(Recu::Commis);
        }
        Ordre::PrendreEffets { maintenant, jusqu_a, nombre } => {
            return outbox::prend(cx, slug, *maintenant, *jusqu_a, *nombre).await.map(Recu::Effets);
        }
        Ordre::PrendreEcheances { maintenant, jusqu_a, nombre } => {
            return echeance::prend(cx, slug, *maintenant, *jusqu_a, *nombre).await.map(Recu::Echeances);
        }
        Ordre::Consigner(acces) => acces::ecrit(cx, commune, acces).await?,
        Ordre::Purger { maintenant, cles_avant } => {
            let sessions = session::purge(cx, commune, *maintenant).await?;
            let cles = idempotence::purge(cx, commune, *cles_avant).await?;
            return Ok(Recu::Purges(sessions.saturating_add(cles)));
        }
        Ordre::GarderReponse { cle, corps, reponse } => {
            idempotence::garde_complete(cx, commune, cle, corps, reponse).await?;
        }
        Ordre::OuvrirSession(neuve) => session::ouvre(cx, commune, neuve).await?,
        Ordre::FermerSession { jeton } => session::ferme(cx, commune, jeton).await?,
        Ordre::EffetFait { cle, le, courriers } => {
            if outbox::fait(cx, commune, cle, *le).await? {
                for lettre in courriers {
                    courrier::ecrit(cx, commune, cle, lettre).await?;
                }
            }
        }
        Ordre::EffetManque { cle, erreur, le, reprise } => {
            outbox::manque(cx, commune, cle, *le, *reprise, erreur).await?
        }
        Ordre::FermerEcheance { dossier, appartient } => {
            echeance::ferme(cx, commune, dossier, *appartient).await?
        }
        Ordre::Publier { version, publication } => {
            publication::ecrit(cx, commune, version, publication).await?;
        }
        Ordre::Regler { cle, valeur } => reglage::ecrit(cx, commune, cle, valeur).await?,
    }
    Ok(Recu::Fait)
}
