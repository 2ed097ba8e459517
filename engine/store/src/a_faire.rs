//! The only table across towns: which has work due, and when. A hint, in its own file, rebuilt from the towns' files.

use engine::identifiant::CommuneSlug;
use jiff::Timestamp;
use sqlx::{Row, SqlitePool};

use crate::erreur::{Erreur, illisible};
use crate::instant::{de_micros, en_micros};
use crate::sql::requetes;

requetes! {
    ECRIRE = "INSERT INTO a_faire (commune, genre, du_le) VALUES ($1, $2, $3)
        ON CONFLICT (commune, genre) DO UPDATE SET du_le = excluded.du_le";
    EFFACER = "DELETE FROM a_faire WHERE commune = $1 AND genre = $2";
    DUS = "SELECT commune, genre, du_le FROM a_faire WHERE du_le <= $1 AND genre <> 'publication'
        ORDER BY du_le, commune, genre";
    PUBLICATIONS = "SELECT commune, du_le FROM a_faire WHERE genre = 'publication' ORDER BY commune";
}

/// What kind of work a town has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GenreTravail {
    /// Effects of the outbox.
    Effets,
    /// Échéances of dossiers.
    Echeances,
}

impl GenreTravail {
    const fn nom(self) -> &'static str {
        match self {
            Self::Effets => "effets",
            Self::Echeances => "echeances",
        }
    }
}

/// A town that has work due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TravailDu {
    /// Which town.
    pub commune: CommuneSlug,
    /// What work.
    pub genre: GenreTravail,
    /// Since when.
    pub du_le: Timestamp,
}

pub(crate) async fn pose(
    base: &SqlitePool,
    commune: &str,
    genre: GenreTravail,
    du_le: Option<i64>,
) -> Result<(), Erreur> {
    match du_le {
        Some(du_le) => sqlx::query(ECRIRE).bind(commune).bind(genre.nom()).bind(du_le).execute(base).await?,
        None => sqlx::query(EFFACER).bind(commune).bind(genre.nom()).execute(base).await?,
    };
    Ok(())
}

/// Says when this town was last published. It stays: every process that serves the town compares it with what it read.
pub(crate) async fn annonce(base: &SqlitePool, commune: &str, publiee_le: Option<i64>) -> Result<(), Erreur> {
    if let Some(le) = publiee_le {
        sqlx::query(ECRIRE).bind(commune).bind("publication").bind(le).execute(base).await?;
    }
    Ok(())
}

/// When each town was last published.
pub(crate) async fn publications(base: &SqlitePool) -> Result<Vec<(CommuneSlug, Timestamp)>, Erreur> {
    let rangs = sqlx::query(PUBLICATIONS).fetch_all(base).await?;
    let lit = |rang: &sqlx::sqlite::SqliteRow| {
        let commune = CommuneSlug::lit(&rang.try_get::<String, _>(0)?);
        Ok((
            commune.map_err(illisible("a_faire", "commune"))?,
            de_micros(rang.try_get(1)?, "a_faire", "du_le")?,
        ))
    };
    rangs.iter().map(lit).collect()
}

pub(crate) async fn dus(base: &SqlitePool, maintenant: Timestamp) -> Result<Vec<TravailDu>, Erreur> {
    let rangs = sqlx::query(DUS).bind(en_micros(maintenant)).fetch_all(base).await?;
    let lit = |rang: &sqlx::sqlite::SqliteRow| {
        let genre: String = rang.try_get(1)?;
        Ok(TravailDu {
            commune: CommuneSlug::lit(&rang.try_get::<String, _>(0)?)
                .map_err(illisible("a_faire", "commune"))?,
            genre: [GenreTravail::Effets, GenreTravail::Echeances]
                .into_iter()
                .find(|g| g.nom() == genre)
                .ok_or(Erreur::Incoherence { table: "a_faire", colonne: "genre" })?,
            du_le: de_micros(rang.try_get(2)?, "a_faire", "du_le")?,
        })
    };
    rangs.iter().map(lit).collect()
}
