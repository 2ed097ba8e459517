//! The only table across towns: which has work due, and when. A hint: rebuilt from the towns' own rows.

use engine::identifiant::CommuneSlug;
use jiff::Timestamp;

use crate::cx::{Cx, Rang};
use crate::erreur::{Erreur, illisible};
use crate::instant::{de_micros, en_micros};
use crate::sql::{requete, requetes};

requetes! {
    FIXER = "INSERT INTO a_faire (commune, genre, du_le) VALUES ($1, $2, $3)
        ON CONFLICT (commune, genre) DO UPDATE SET du_le = excluded.du_le";
    AVANCER = "INSERT INTO a_faire (commune, genre, du_le) VALUES ($1, $2, $3)
        ON CONFLICT (commune, genre) DO UPDATE SET du_le = excluded.du_le WHERE a_faire.du_le > excluded.du_le";
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

/// What a town says across towns: its next effect, its next échéance, its last publication.
pub(crate) const GENRES: [&str; 3] = ["effets", "echeances", "publication"];

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

/// What a batch of writes changes of what a town says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Rappel {
    /// Nothing.
    #[default]
    Rien,
    /// There is work no later than this: it may have come before what was known.
    Avance(i64),
    /// Work was taken or ended, or the town was published: this is the next, the last, if any.
    Fixe(Option<i64>),
}

pub(crate) async fn pose(
    cx: &mut Cx,
    commune: &str,
    genre: &'static str,
    rappel: Rappel,
) -> Result<(), Erreur> {
    let sql = match rappel {
        Rappel::Rien => return Ok(()),
        Rappel::Avance(_) => AVANCER,
        Rappel::Fixe(Some(_)) => FIXER,
        Rappel::Fixe(None) => EFFACER,
    };
    let mut q = requete(sql).bind(commune).bind(genre);
    if let Rappel::Avance(le) | Rappel::Fixe(Some(le)) = rappel {
        q = q.bind(le);
    }
    q.execute(cx).await.map(|_| ())
}

pub(crate) async fn dus(cx: &mut Cx, maintenant: Timestamp) -> Result<Vec<TravailDu>, Erreur> {
    let rangs = requete(DUS).bind(en_micros(maintenant)).fetch_all(cx).await?;
    let lit = |rang: &Rang| {
        let genre: String = rang.try_get(1)?;
        Ok(TravailDu {
            commune: CommuneSlug::lit(&rang.try_get::<String>(0)?)
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

/// When each town was last published.
pub(crate) async fn publications(cx: &mut Cx) -> Result<Vec<(CommuneSlug, Timestamp)>, Erreur> {
    let rangs = requete(PUBLICATIONS).fetch_all(cx).await?;
    let lit = |rang: &Rang| {
        let commune = CommuneSlug::lit(&rang.try_get::<String>(0)?);
        Ok((
            commune.map_err(illisible("a_faire", "commune"))?,
            de_micros(rang.try_get(1)?, "a_faire", "du_le")?,
        ))
    };
    rangs.iter().map(lit).collect()
}
