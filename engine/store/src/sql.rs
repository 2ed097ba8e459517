//! Statements are constants, one text for both engines wherever the engines agree; a test prepares each on both.

use std::borrow::Cow;

use sqlx::{Postgres, Sqlite};

use crate::cx::{Cx, Moteur, Rang};
use crate::differe;
use crate::erreur::Erreur;

/// A statement, as each engine reads it. Parameters are `$1`, `$2`… on both, texts and `BIGINT`s and bytes only.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sql {
    pub(crate) sqlite: &'static str,
    pub(crate) pg: &'static str,
}

/// Declares statements, and `TOUTES` with all of the file's: `NOM = "…";`, or `NOM = "…", pg: "…";` where they differ.
macro_rules! requetes {
    (@pg $sql:literal) => { $sql };
    (@pg $sql:literal $pg:literal) => { $pg };
    ($($(#[$doc:meta])* $nom:ident = $sql:literal $(, pg: $pg:literal)?;)*) => {
        $($(#[$doc])* pub(crate) const $nom: $crate::sql::Sql = $crate::sql::Sql {
            sqlite: $sql,
            pg: $crate::sql::requetes!(@pg $sql $($pg)?),
        };)*
        /// Every statement of this file.
        #[cfg(test)]
        pub(crate) const TOUTES: &[(&str, $crate::sql::Sql)] = &[$((stringify!($nom), $nom)),*];
    };
}
pub(crate) use requetes;

/// What a parameter holds; `None` is NULL, of that type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Valeur<'q> {
    Texte(Option<Cow<'q, str>>),
    Entier(Option<i64>),
    Octets(Cow<'q, [u8]>),
}

impl<'q> From<&'q str> for Valeur<'q> {
    fn from(v: &'q str) -> Self {
        Self::Texte(Some(Cow::Borrowed(v)))
    }
}

impl<'q> From<&'q String> for Valeur<'q> {
    fn from(v: &'q String) -> Self {
        Self::Texte(Some(Cow::Borrowed(v)))
    }
}

impl From<String> for Valeur<'_> {
    fn from(v: String) -> Self {
        Self::Texte(Some(Cow::Owned(v)))
    }
}

impl<'q> From<Option<&'q str>> for Valeur<'q> {
    fn from(v: Option<&'q str>) -> Self {
        Self::Texte(v.map(Cow::Borrowed))
    }
}

impl From<Option<String>> for Valeur<'_> {
    fn from(v: Option<String>) -> Self {
        Self::Texte(v.map(Cow::Owned))
    }
}

impl From<Vec<u8>> for Valeur<'_> {
    fn from(v: Vec<u8>) -> Self {
        Self::Octets(Cow::Owned(v))
    }
}

impl From<i64> for Valeur<'_> {
    fn from(v: i64) -> Self {
        Self::Entier(Some(v))
    }
}

impl From<Option<i64>> for Valeur<'_> {
    fn from(v: Option<i64>) -> Self {
        Self::Entier(v)
    }
}

impl<'q> From<&'q [u8]> for Valeur<'q> {
    fn from(v: &'q [u8]) -> Self {
        Self::Octets(Cow::Borrowed(v))
    }
}

/// A statement with its parameters, for either engine.
#[derive(Clone, Debug)]
pub(crate) struct Requete<'q> {
    sql: Sql,
    valeurs: Vec<Valeur<'q>>,
}

/// Starts a statement: `requete(LIRE).bind(commune).fetch_all(cx).await?`.
pub(crate) const fn requete<'q>(sql: Sql) -> Requete<'q> {
    Requete { sql, valeurs: Vec::new() }
}

macro_rules! prete {
    ($moteur:ty, $sql:expr, $valeurs:expr) => {{
        let mut q = sqlx::query::<$moteur>($sql);
        for valeur in $valeurs {
            q = match valeur {
                Valeur::Texte(v) => q.bind(v),
                Valeur::Entier(v) => q.bind(v),
                Valeur::Octets(v) => q.bind(v),
            };
        }
        q
    }};
}

impl<'q> Requete<'q> {
    /// A statement with all its parameters.
    pub(crate) const fn avec(sql: Sql, valeurs: Vec<Valeur<'q>>) -> Self {
        Self { sql, valeurs }
    }

    /// The next parameter.
    pub(crate) fn bind(mut self, valeur: impl Into<Valeur<'q>>) -> Self {
        self.valeurs.push(valeur.into());
        self
    }

    /// How many rows it changed.
    pub(crate) async fn execute(self, cx: &mut Cx) -> Result<u64, Erreur> {
        self.apres_les_differes(cx).await?;
        #[cfg(test)]
        crate::pannes::appel()?;
        let touchees = match &mut cx.moteur {
            Moteur::Sqlite(c) => {
                prete!(Sqlite, self.sql.sqlite, self.valeurs).execute(&mut **c).await?.rows_affected()
            }
            Moteur::Pg(c) => {
                prete!(Postgres, self.sql.pg, self.valeurs).execute(&mut **c).await?.rows_affected()
            }
        };
        cx.a_ecrit |= touchees > 0;
        Ok(touchees)
    }

    /// Its rows.
    pub(crate) async fn fetch_all(self, cx: &mut Cx) -> Result<Vec<Rang>, Erreur> {
        self.apres_les_differes(cx).await?;
        #[cfg(test)]
        crate::pannes::appel()?;
        cx.a_ecrit |= self.ecrit();
        Ok(match &mut cx.moteur {
            Moteur::Sqlite(c) => {
                let rangs = prete!(Sqlite, self.sql.sqlite, self.valeurs).fetch_all(&mut **c).await?;
                rangs.into_iter().map(Rang::Sqlite).collect()
            }
            Moteur::Pg(c) => {
                let rangs = prete!(Postgres, self.sql.pg, self.valeurs).fetch_all(&mut **c).await?;
                rangs.into_iter().map(Rang::Pg).collect()
            }
        })
    }

    /// Its only row, or none.
    pub(crate) async fn fetch_optional(self, cx: &mut Cx) -> Result<Option<Rang>, Erreur> {
        Ok(self.fetch_all(cx).await?.pop())
    }

    /// Its row; none is an error.
    pub(crate) async fn fetch_one(self, cx: &mut Cx) -> Result<Rang, Erreur> {
        self.fetch_optional(cx).await?.ok_or(Erreur::Base(sqlx::Error::RowNotFound))
    }

    /// Rows that wait for a table that it names go first. They are other orders': that they write says nothing of this one, whose
    /// own rows said it when they began to wait.
    async fn apres_les_differes(&self, cx: &mut Cx) -> Result<(), Erreur> {
        let Some(dernier) = cx.differes.concerne(self.sql.sqlite) else { return Ok(()) };
        let a_ecrit = cx.a_ecrit;
        // boxed: what waits goes by statements too
        Box::pin(differe::envoie(cx, dernier)).await?;
        cx.a_ecrit = a_ecrit;
        Ok(())
    }

    /// Does it write, and answer rows (`RETURNING`)?
    fn ecrit(&self) -> bool {
        !self.sql.sqlite.starts_with("SELECT")
    }
}
