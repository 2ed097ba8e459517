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

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::calendrier::tests::essai;
    use crate::repere::SiJourFerme;
    use crate::scalaire::Mois;

    fn repere(texte: &str) -> Repere {
        Repere::lit(texte).unwrap()
    }

    #[test]
    fn une_fenetre_a_deux_bouts() {
        let (fuseau, calendrier) = (TimeZone::get("Europe/Paris").unwrap(), essai());
        let ctx = Contexte {
            jour: date(2025, 9, 4),
            debut_creneau: None,
            periode: None,
            fuseau: &fuseau,
            calendrier: &calendrier,
            si_jour_ferme: SiJourFerme::Garde,
        };
        let a = |texte: &str| texte.parse::<Timestamp>().unwrap();
        let entre = Limite::Entre(repere("J 07:30"), repere("J 08:45"));
        let fenetre = entre.fenetre(&ctx).unwrap();
        for (recu_le, moment) in [
            ("2025-09-04T05:29:59Z", Moment::TropTot),
            ("2025-09-04T05:30:00Z", Moment::Ouvert),
            ("2025-09-04T06:45:00Z", Moment::Ouvert),
            ("2025-09-04T06:45:01Z", Moment::TropTard),
        ] {
            assert_eq!(fenetre.moment(a(recu_le)), moment, "{recu_le}");
        }
        assert!(!fenetre.est_vide());
        assert!(Limite::Entre(repere("J 08:45"), repere("J 07:30")).fenetre(&ctx).unwrap().est_vide());
        assert_eq!(entre.en_mots(), "dès le jour même à 7 h 30, et au plus tard le jour même à 8 h 45");
        let jamais = Limite::Jamais("aucune annulation".into()).fenetre(&ctx).unwrap();
        assert_eq!((jamais.moment(a("2025-09-04T05:30:00Z")), jamais.est_vide()), (Moment::Jamais, true));
        assert_eq!(Limite::Toujours.fenetre(&ctx).unwrap().moment(Timestamp::MAX), Moment::Ouvert);
        let des = Limite::Des(repere("2025-08-26")).fenetre(&ctx).unwrap();
        assert_eq!(des.moment(a("2025-08-25T21:59:59Z")), Moment::TropTot);
        assert_eq!(des.moment(a("2025-08-25T22:00:00Z")), Moment::Ouvert);
    }

    #[test]
    fn un_mois_decheances() {
        let (fuseau, calendrier) = (TimeZone::get("Europe/Paris").unwrap(), essai());
        let mois = Mois::lit("2025-10").unwrap();
        let ctx = Contexte {
            jour: mois.premier_jour(),
            debut_creneau: None,
            periode: None,
            fuseau: &fuseau,
            calendrier: &calendrier,
            si_jour_ferme: SiJourFerme::Garde,
        };
        let periode = |jour| calendrier.periode(jour).ok().map(|p| p.bornes());
        let limite = Limite::JusquA(repere("P-2 ouvres 12:00"));
        let fenetres = limite.fenetres(mois.jours(), periode, &ctx);
        assert_eq!(fenetres.len(), 31);
        let ferme = |i: usize| fenetres[i].1.as_ref().unwrap().ferme.as_ref().unwrap().date_en_mots();
        assert_eq!(ferme(0), "jeudi 28 août 2025 à 12 h", "two working days before the term");
        assert_eq!(ferme(19), "jeudi 16 octobre 2025 à 12 h", "before the holidays of 18 October");
    }
}
