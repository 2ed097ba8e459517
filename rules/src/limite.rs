//! A limit as one row says it, and the window it opens for a service day.
//!
//! The table of rows (which limit holds for which child) is the engine's; here is what one limit computes.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::repere::{Contexte, Echeance, ErreurCalcul, Repere, Verbe};

/// When an act is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limite {
    /// Strictly before.
    Avant(Repere),
    /// Until then, included.
    JusquA(Repere),
    /// From then on.
    Des(Repere),
    /// From the first (included) until the second (included); without a time, whole days.
    Entre(Repere, Repere),
    /// Always.
    Toujours,
    /// Never, for this reason.
    Jamais(Box<str>),
}

/// When an act is allowed for one service day: from `ouvre` to `ferme`, where they are.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Fenetre {
    /// First allowed instant.
    pub ouvre: Option<Echeance>,
    /// Last allowed instant.
    pub ferme: Option<Echeance>,
    /// Never allowed, for this reason.
    pub jamais: Option<Box<str>>,
}

/// Where an instant stands in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Not open yet.
    TropTot,
    /// Allowed.
    Ouvert,
    /// Closed.
    TropTard,
    /// Never allowed.
    Jamais,
}

impl Limite {
    /// The window for `ctx.jour`.
    pub fn fenetre(&self, ctx: &Contexte<'_>) -> Result<Fenetre, ErreurCalcul> {
        let vide = Fenetre::default();
        Ok(match self {
            Self::Avant(r) => Fenetre { ferme: Some(r.instant(Verbe::Avant, ctx)?), ..vide },
            Self::JusquA(r) => Fenetre { ferme: Some(r.instant(Verbe::JusquA, ctx)?), ..vide },
            Self::Des(r) => Fenetre { ouvre: Some(r.instant(Verbe::Des, ctx)?), ..vide },
            Self::Entre(de, a) => Fenetre {
                ouvre: Some(de.instant(Verbe::Des, ctx)?),
                ferme: Some(a.instant(Verbe::JusquA, ctx)?),
                ..vide
            },
            Self::Toujours => vide,
            Self::Jamais(motif) => Fenetre { jamais: Some(motif.clone()), ..vide },
        })
    }

    /// The windows of many service days, for a month's page or a graph. `ctx` gives what does not change;
    /// `periode` the period that holds a day.
    pub fn fenetres(
        &self,
        jours: impl IntoIterator<Item = Date>,
        periode: impl Fn(Date) -> Option<(Date, Date)>,
        ctx: &Contexte<'_>,
    ) -> Vec<(Date, Result<Fenetre, ErreurCalcul>)> {
        let fenetre = |jour| (jour, self.fenetre(&Contexte { jour, periode: periode(jour), ..*ctx }));
        jours.into_iter().map(fenetre).collect()
    }

    /// The repères it is made of.
    pub fn reperes(&self) -> impl Iterator<Item = &Repere> {
        let (a, b) = match self {
            Self::Avant(r) | Self::JusquA(r) | Self::Des(r) => (Some(r), None),
            Self::Entre(de, a) => (Some(de), Some(a)),
            Self::Toujours | Self::Jamais(_) => (None, None),
        };
        a.into_iter().chain(b)
    }

    /// The rule in words: `au plus tard la veille à 10 h`.
    pub fn en_mots(&self) -> String {
        match self {
            Self::Avant(r) => r.regle_en_mots(Verbe::Avant),
            Self::JusquA(r) => r.regle_en_mots(Verbe::JusquA),
            Self::Des(r) => r.regle_en_mots(Verbe::Des),
            Self::Entre(de, a) => {
                format!("{}, et {}", de.regle_en_mots(Verbe::Des), a.regle_en_mots(Verbe::JusquA))
            }
            Self::Toujours => "à tout moment".to_owned(),
            Self::Jamais(motif) => format!("jamais : {motif}"),
        }
    }
}

impl Fenetre {
    /// Where `recu_le` stands.
    pub fn moment(&self, recu_le: Timestamp) -> Moment {
        if self.jamais.is_some() {
            return Moment::Jamais;
        }
        if self.ouvre.as_ref().is_some_and(|e| !e.respecte(recu_le)) {
            return Moment::TropTot;
        }
        if self.ferme.as_ref().is_some_and(|e| !e.respecte(recu_le)) {
            Moment::TropTard
        } else {
            Moment::Ouvert
        }
    }

    /// Can nothing ever be inside? Its opening is after its closing.
    pub fn est_vide(&self) -> bool {
        match (&self.ouvre, &self.ferme) {
            (Some(ouvre), Some(ferme)) => !ferme.respecte(ouvre.instant),
            _ => self.jamais.is_some(),
        }
    }
}
