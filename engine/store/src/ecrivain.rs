//! A commune's writer: drains its queue, one commit for all, then the answers. The same on both engines.
//!
//! A batch is written without savepoints first. Most batches are clean: a guard is asked before anything is written. When an
//! order fails after it wrote, the batch is undone and written again with a savepoint an order, and only the faulty one is
//! left out. What a batch appends or moves is sent together at its end ([`differe`]). What may pass (a deadlock, a connection lost before the commit) is tried again a bounded number of times.

use std::time::Duration;

use engine::identifiant::CommuneSlug;
use sqlx::{PgPool, SqlitePool};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::a_faire::{self, GENRES, Rappel};
use crate::coffre::{self, Partage};
use crate::cx::Cx;
use crate::erreur::Erreur;
use crate::ordre::{Ordre, Recu};
use crate::pg;
use crate::rappel::Rappels;
use crate::{differe, dossier, idempotence};

/// Most writes under one commit.
const LOT: usize = 64;
/// How long the writer waits, after a commit, for those that it has just answered: they often write again at once, and
/// leaving without them fills half the next batch.
const COHORTE: Duration = Duration::from_micros(300);
/// How often a batch is tried again when what stopped it may pass.
const ESSAIS: u32 = 5;

/// Who waits for an answer.
pub(crate) type Attente = (Ordre, oneshot::Sender<Result<Recu, Erreur>>);

/// Where a commune's writer writes.
#[derive(Debug)]
pub(crate) enum Ou {
    /// Its file, and the file across towns with what the writer last said there.
    Sqlite { base: SqlitePool, a_faire: SqlitePool, connu: [Option<Option<i64>>; 3] },
    /// The shared database.
    Pg(PgPool),
}

/// A commune's writer.
#[derive(Debug)]
pub(crate) struct Ecrivain {
    pub(crate) ou: Ou,
    pub(crate) commune: CommuneSlug,
    pub(crate) coffre: Partage,
}

/// Why a batch was not committed.
enum Arret {
    /// An order failed after it wrote: again, with savepoints.
    Reprendre,
    /// Everybody's.
    Erreur(Erreur),
}

impl From<Erreur> for Arret {
    fn from(erreur: Erreur) -> Self {
        Self::Erreur(erreur)
    }
}

impl Ecrivain {
    /// Writes until nobody can ask any more.
    pub(crate) async fn ecrit(mut self, mut file: mpsc::Receiver<Attente>) {
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
            self.repond(lot).await;
        }
    }

    /// Writes a batch and answers it: an error of the commit itself is everybody's.
    async fn repond(&mut self, mut lot: Vec<Attente>) {
        // none of them has heard of another: what asks the tables at once goes before what only appends to them together
        lot.sort_by_key(|(ordre, _)| ordre.ajoute());
        let (ordres, attentes): (Vec<Ordre>, Vec<_>) = lot.into_iter().unzip();
        match self.commet(&ordres).await {
            Ok(recus) => {
                for (attente, recu) in attentes.into_iter().zip(recus) {
                    // who asked may be gone: the write stands all the same
                    let _parti = attente.send(recu);
                }
            }
            Err(erreur) => {
                tracing::error!(commune = %self.commune, %erreur, "db.lot.commit failed");
                for attente in attentes {
                    let _parti = attente.send(Err(erreur.a_chacun()));
                }
            }
        }
    }

    async fn commet(&mut self, ordres: &[Ordre]) -> Result<Vec<Result<Recu, Erreur>>, Erreur> {
        let (mut prudent, mut essai) = (false, 0);
        loop {
            match self.transaction(ordres, prudent).await {
                Ok(recus) => return Ok(recus),
                Err(Arret::Reprendre) => prudent = true,
                Err(Arret::Erreur(erreur)) if essai < ESSAIS && erreur.est_passagere() => {
                    essai += 1;
                    tracing::warn!(commune = %self.commune, %erreur, essai, "db.lot: tried again");
                    tokio::time::sleep(Duration::from_millis(5 << essai)).await;
                }
                Err(Arret::Erreur(erreur)) => return Err(erreur),
            }
        }
    }

    async fn transaction(
        &mut self,
        ordres: &[Ordre],
        prudent: bool,
    ) -> Result<Vec<Result<Recu, Erreur>>, Arret> {
        let mut cx = self.commence().await?;
        cx.prudent = prudent;
        match self.execute(&mut cx, ordres).await {
            Ok((recus, rappels)) => {
                self.valide(cx, rappels).await?;
                Ok(recus)
            }
            Err(arret) => {
                // no transaction may stay open on the writer's connection
                if let Err(erreur) = cx.annule().await {
                    tracing::debug!(commune = %self.commune, %erreur, "db.lot.rollback: nothing to roll back");
                }
                Err(arret)
            }
        }
    }

    async fn commence(&self) -> Result<Cx, Erreur> {
        let mut cx = match &self.ou {
            Ou::Sqlite { base, .. } => {
                let mut cx = Cx::sqlite(base.acquire().await?);
                cx.ordonne("BEGIN IMMEDIATE").await?;
                cx
            }
            Ou::Pg(base) => pg::ecriture(base, &self.commune).await?,
        };
        cx.coffre = coffre::lu(&self.coffre);
        Ok(cx)
    }

    async fn execute(
        &self,
        cx: &mut Cx,
        ordres: &[Ordre],
    ) -> Result<(Vec<Result<Recu, Erreur>>, [Rappel; 3]), Arret> {
        let prudent = cx.prudent;
        let mut recus = Vec::with_capacity(ordres.len());
        let mut rappels = Rappels::default();
        if !prudent {
            let cles: Vec<&str> = ordres.iter().filter_map(Ordre::cle).collect();
            idempotence::annonce(cx, self.commune.as_str(), &cles).await?;
            dossier::annonce(cx, self.commune.as_str(), ordres.iter().flat_map(Ordre::dossiers)).await?;
        }
        for ordre in ordres {
            cx.marque();
            if prudent {
                cx.ordonne("SAVEPOINT ordre").await?;
            }
            let mut recu = ordre.execute(cx, &self.commune).await;
            if prudent && recu.is_ok() {
                // what is refused is this order's
                let envoye = differe::envoie_tout(cx, self.commune.as_str()).await;
                recu = envoye.and(recu);
            }
            match &recu {
                Ok(_) => rappels.apres(ordre),
                // everybody's: none of the others would find room either
                Err(erreur) if erreur.est_passagere() || erreur.est_sans_place() => {
                    return Err(recu.err().unwrap_or(Erreur::Ferme).into());
                }
                Err(_) if prudent => {
                    cx.ordonne("ROLLBACK TO ordre").await?;
                    cx.oublie();
                }
                // a statement that fails ends the whole transaction on PostgreSQL
                Err(erreur) if cx.a_ecrit || matches!(erreur, Erreur::Base(_)) => {
                    return Err(Arret::Reprendre);
                }
                // a guard said no, before anything was written
                Err(_) => {}
            }
            if prudent {
                cx.ordonne("RELEASE ordre").await?;
            }
            recus.push(recu);
        }
        if let Err(erreur) = differe::envoie_tout(cx, self.commune.as_str()).await {
            let de_tous = prudent || erreur.est_passagere() || erreur.est_sans_place();
            return Err(if de_tous { erreur.into() } else { Arret::Reprendre });
        }
        let rappels = rappels.lit(cx, self.commune.as_str()).await?;
        if matches!(self.ou, Ou::Pg(_)) {
            // in the same transaction, alone in this commune: never late, never lost
            for (genre, rappel) in GENRES.into_iter().zip(rappels) {
                a_faire::pose(cx, self.commune.as_str(), genre, rappel).await?;
            }
        }
        Ok((recus, rappels))
    }

    async fn valide(&mut self, cx: Cx, rappels: [Rappel; 3]) -> Result<(), Erreur> {
        cx.valide().await?;
        let Ou::Sqlite { a_faire: base, connu, .. } = &mut self.ou else { return Ok(()) };
        for ((genre, rappel), connu) in GENRES.into_iter().zip(rappels).zip(connu) {
            let nouveau = match (rappel, *connu) {
                (Rappel::Rien, _) => continue,
                // what is already said comes first
                (Rappel::Avance(le), Some(Some(dit))) if dit <= le => continue,
                (Rappel::Fixe(le), Some(dit)) if dit == le => continue,
                (Rappel::Avance(le), _) => Some(le),
                (Rappel::Fixe(le), _) => le,
            };
            let pose = async {
                a_faire::pose(&mut Cx::sqlite(base.acquire().await?), self.commune.as_str(), genre, rappel)
                    .await
            };
            // committed already: a hint that cannot be written must not turn it into an error
            *connu = match pose.await {
                Ok(()) => Some(nouveau),
                Err(erreur) => {
                    tracing::warn!(commune = %self.commune, %erreur, "db.a_faire.pose failed");
                    None
                }
            };
        }
        Ok(())
    }
}
