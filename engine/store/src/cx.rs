//! A connection of either engine, and the rows that it gives.

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Postgres, Row, Sqlite, Transaction, Type, raw_sql};

use crate::coffre::Coffre;
use crate::differe::{Ajout, Differes};
use crate::erreur::Erreur;
use crate::journal::Tete;
use crate::sql::Valeur;

/// Where statements run, for one commune.
#[derive(Debug)]
pub(crate) struct Cx {
    pub(crate) moteur: Moteur,
    /// Did a statement change a row since [`Cx::marque`]?
    pub(crate) a_ecrit: bool,
    /// The end of the journal's chain, once it was read in this transaction.
    pub(crate) tete: Option<Tete>,
    /// Is each order under its own savepoint, and each row under its own statement?
    pub(crate) prudent: bool,
    /// The town's key, where this process has it.
    pub(crate) coffre: Option<Coffre>,
    /// What this transaction sends together.
    pub(crate) differes: Differes,
}

/// The engine's own connection.
#[derive(Debug)]
pub(crate) enum Moteur {
    /// Of the commune's own file.
    Sqlite(PoolConnection<Sqlite>),
    /// Of the shared database, always inside a transaction, which has set the commune that row security compares with.
    /// Dropped, it is rolled back.
    Pg(Transaction<'static, Postgres>),
}

impl Cx {
    pub(crate) fn sqlite(cx: PoolConnection<Sqlite>) -> Self {
        Self::de(Moteur::Sqlite(cx))
    }

    pub(crate) fn pg(transaction: Transaction<'static, Postgres>) -> Self {
        Self::de(Moteur::Pg(transaction))
    }

    fn de(moteur: Moteur) -> Self {
        Self {
            moteur,
            a_ecrit: false,
            tete: None,
            prudent: false,
            coffre: None,
            differes: Differes::default(),
        }
    }

    /// A row to append, before this transaction commits or somebody reads its table.
    pub(crate) fn ajoute(&mut self, ajout: Ajout, rang: Vec<Valeur<'static>>) {
        self.a_ecrit = true;
        self.differes.ajoute(ajout, rang);
    }

    /// Nothing is known any more of what this transaction read and was about to send.
    pub(crate) fn oublie(&mut self) {
        self.tete = None;
        self.differes = Differes::default();
    }

    /// Runs words of the transaction itself.
    pub(crate) async fn ordonne(&mut self, sql: &'static str) -> Result<(), Erreur> {
        #[cfg(test)]
        if sql != "ROLLBACK" {
            crate::pannes::appel()?;
        }
        match &mut self.moteur {
            Moteur::Sqlite(c) => raw_sql(sql).execute(&mut **c).await.map(|_| ())?,
            Moteur::Pg(c) => raw_sql(sql).execute(&mut **c).await.map(|_| ())?,
        }
        Ok(())
    }

    /// From here, [`Cx::a_ecrit`] says whether something was written.
    pub(crate) const fn marque(&mut self) {
        self.a_ecrit = false;
    }

    /// Ends the transaction: what it wrote is on disk when this returns.
    pub(crate) async fn valide(mut self) -> Result<(), Erreur> {
        match self.moteur {
            Moteur::Sqlite(_) => {
                let valide = self.ordonne("COMMIT").await;
                if valide.is_err() {
                    // a commit that fails may leave its transaction open, and the connection goes back to its pool
                    let _deja_finie = self.ordonne("ROLLBACK").await;
                }
                valide
            }
            Moteur::Pg(c) => c.commit().await.map_err(|erreur| match erreur {
                // the server said no: nothing is written
                sqlx::Error::Database(_) => Erreur::Base(erreur),
                _ => Erreur::Incertain,
            }),
        }
    }

    /// Ends it as if it had never begun.
    pub(crate) async fn annule(mut self) -> Result<(), Erreur> {
        match self.moteur {
            Moteur::Sqlite(_) => self.ordonne("ROLLBACK").await,
            Moteur::Pg(c) => Ok(c.rollback().await?),
        }
    }
}

/// A row.
#[derive(Debug)]
pub(crate) enum Rang {
    Sqlite(SqliteRow),
    Pg(PgRow),
}

impl Rang {
    /// The value of a column, by its place in the statement.
    pub(crate) fn try_get<T>(&self, colonne: usize) -> Result<T, Erreur>
    where
        T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>,
    {
        Ok(match self {
            Self::Sqlite(r) => r.try_get(colonne)?,
            Self::Pg(r) => r.try_get(colonne)?,
        })
    }
}
