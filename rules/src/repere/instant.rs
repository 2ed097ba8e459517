//! The instant of a repère for one service day.

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan};
use thiserror::Error;

use super::{Ancre, Decalage, Repere};
use crate::calendrier::{Calendrier, Compte, ErreurCalendrier, lundi_de, plus_jours};
use crate::date_fr;
use crate::scalaire::Heure;

/// The key that holds the repère: it says which side the bound is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verbe {
    /// The bound is excluded: at `06:00:00`, `avant: "J 06:00"` refuses.
    Avant,
    /// The bound is included: at `06:00:00`, `jusqu_a: "J 06:00"` accepts; one second later it refuses.
    /// Without a time, or at 24:00, it is the whole day: its last instant accepts, the first of the next day refuses.
    JusquA,
    /// An opening: at that instant and after.
    Des,
}

/// What happens to a deadline that falls on a closed day of the commune (`jours_ouvres`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SiJourFerme {
    /// It stays, and is reported.
    Garde,
    /// It is earlier: the working day before, at the same time.
    Avance,
    /// It is later: the working day after, at the same time.
    Recule,
}

/// What a repère is relative to.
#[derive(Clone, Copy, Debug)]
pub struct Contexte<'a> {
    /// The service day.
    pub jour: Date,
    /// Start of the child's slot that day, for `72 h`.
    pub debut_creneau: Option<Heure>,
    /// First and last day of the period that holds `jour`, for `P`.
    pub periode: Option<(Date, Date)>,
    /// The commune's zone.
    pub fuseau: &'a TimeZone,
    /// The commune's calendar.
    pub calendrier: &'a Calendrier,
    /// The rule's choice for closed days. A date written in full is never moved.
    pub si_jour_ferme: SiJourFerme,
}

/// Something that a configurateur should know about a computed instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signalement {
    /// The time does not exist that day (clocks go forward): the first instant after it is taken.
    HeureInexistante {
        /// As written.
        ecrite: DateTime,
        /// As taken.
        retenue: DateTime,
    },
    /// The time exists twice that day (clocks go back): the first is taken.
    HeureDouble {
        /// As written.
        ecrite: DateTime,
    },
    /// The clocks change between the deadline and the slot: `72 h` is not the same time three days before.
    ChangementDHeure {
        /// The deadline on the clock.
        local: DateTime,
        /// The same number of hours on the face of a clock.
        au_cadran: DateTime,
    },
    /// The month has no such day: its last is taken.
    QuantiemeAbsent {
        /// As written.
        quantieme: i8,
        /// As taken.
        retenu: Date,
    },
    /// The deadline falls on a closed day.
    JourFerme {
        /// That day.
        jour: Date,
        /// Where it was moved.
        deplace_au: Option<Date>,
    },
}

/// Why no instant can be computed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ErreurCalcul {
    /// The calendar does not know.
    #[error(transparent)]
    Calendrier(#[from] ErreurCalendrier),
    /// `72 h` before what?
    #[error("« {repere} » se compte depuis le début d'un créneau, et la prestation n'en a pas")]
    SansCreneau {
        /// The repère.
        repere: String,
    },
    /// `P` of what?
    #[error("« {repere} » se compte depuis une période, et le {} n'est dans aucune", date_fr::date_courte(*.jour))]
    SansPeriode {
        /// The repère.
        repere: String,
        /// The service day.
        jour: Date,
    },
    /// Beyond the years that dates have.
    #[error("« {repere} » pour le {} sort des dates possibles", date_fr::date_courte(*.jour))]
    HorsDates {
        /// The repère.
        repere: String,
        /// The service day.
        jour: Date,
    },
}

/// A computed deadline or opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Echeance {
    /// The exact instant.
    pub instant: Timestamp,
    /// Which side of it is allowed.
    pub verbe: Verbe,
    /// The day a parent reads; with `heure` at 24:00 it is the day that ends.
    pub jour: Date,
    /// The time a parent reads, 24:00 included.
    pub heure: Heure,
    /// What the commune's clocks show at that instant.
    pub local: DateTime,
    /// Reports, usually none.
    pub signale: Vec<Signalement>,
}

impl Echeance {
    /// Is an act received exactly at the instant allowed?
    pub fn incluse(&self) -> bool {
        match self.verbe {
            Verbe::Avant => false,
            // the instant at which a day ends belongs to the next one
            Verbe::JusquA => self.heure != Heure::FIN_DE_JOUR,
            Verbe::Des => true,
        }
    }

    /// Is an act received then on the allowed side?
    pub fn respecte(&self, recu_le: Timestamp) -> bool {
        match self.verbe {
            Verbe::Des => recu_le >= self.instant,
            Verbe::Avant | Verbe::JusquA if self.incluse() => recu_le <= self.instant,
            Verbe::Avant | Verbe::JusquA => recu_le < self.instant,
        }
    }
}

impl Repere {
    /// The day of the anchor before any move, with its report; `None` for `72 h`, which is an instant.
    fn jour(&self, ctx: &Contexte<'_>, signale: &mut Vec<Signalement>) -> Result<Option<Date>, ErreurCalcul> {
        let hors = || ErreurCalcul::HorsDates { repere: self.to_string(), jour: ctx.jour };
        let jour = match &self.ancre {
            Ancre::Heures { .. } => return Ok(None),
            Ancre::Jour(decalage) => compte_jours(ctx, ctx.jour, decalage)?,
            Ancre::Semaine { jour, decalage } => {
                let n = 7 * i64::from(*decalage) + i64::from(jour.to_monday_zero_offset());
                lundi_de(ctx.jour).and_then(|lundi| plus_jours(lundi, n)).ok_or_else(hors)?
            }
            Ancre::Precedent(jour) => {
                let ecart = (i64::from(ctx.jour.weekday().to_monday_zero_offset())
                    - i64::from(jour.to_monday_zero_offset()))
                .rem_euclid(7);
                plus_jours(ctx.jour, if ecart == 0 { -7 } else { -ecart }).ok_or_else(hors)?
            }
            Ancre::Mois { quantieme, decalage } => {
                let mois = ctx.jour.first_of_month().checked_add(decalage.months()).map_err(|_| hors())?;
                let dernier = mois.last_of_month();
                match quantieme {
                    Some(q) if *q > dernier.day() => {
                        signale.push(Signalement::QuantiemeAbsent { quantieme: *q, retenu: dernier });
                        dernier
                    }
                    Some(q) => mois.with().day(*q).build().map_err(|_| hors())?,
                    None => dernier,
                }
            }
            Ancre::Periode { fin, decalage } => {
                let (premier, dernier) = ctx
                    .periode
                    .ok_or_else(|| ErreurCalcul::SansPeriode { repere: self.to_string(), jour: ctx.jour })?;
                compte_jours(ctx, if *fin { dernier } else { premier }, decalage)?
            }
            Ancre::Absolu { date, .. } => *date,
        };
        Ok(Some(jour))
    }

    /// The instant for `ctx.jour`, on the side that `verbe` says.
    pub fn instant(&self, verbe: Verbe, ctx: &Contexte<'_>) -> Result<Echeance, ErreurCalcul> {
        let hors = || ErreurCalcul::HorsDates { repere: self.to_string(), jour: ctx.jour };
        let mut signale = Vec::new();
        let (jour, heure) = match self.jour(ctx, &mut signale)? {
            Some(jour) => {
                let sans_heure =
                    if verbe == Verbe::JusquA { Heure::FIN_DE_JOUR } else { Heure::DEBUT_DE_JOUR };
                (jour, self.heure.unwrap_or(sans_heure))
            }
            None => {
                let instant = self.heures_avant(ctx, &mut signale)?;
                let local = ctx.fuseau.to_datetime(instant);
                if ctx.si_jour_ferme == SiJourFerme::Garde || ctx.calendrier.est_ouvre(local.date())? {
                    self.signale_ferme(ctx, local.date(), &mut signale)?;
                    let heure = Heure::de(local.time());
                    return Ok(Echeance { instant, verbe, jour: local.date(), heure, local, signale });
                }
                (local.date(), Heure::de(local.time()))
            }
        };
        let jour = self.signale_ferme(ctx, jour, &mut signale)?;
        let ecrite = heure.le(jour).ok_or_else(hors)?;
        let instant = resout(ctx.fuseau, ecrite, &mut signale).ok_or_else(hors)?;
        let local = ctx.fuseau.to_datetime(instant);
        let (jour, heure) =
            if local == ecrite { (jour, heure) } else { (local.date(), Heure::de(local.time())) };
        Ok(Echeance { instant, verbe, jour, heure, local, signale })
    }

    /// Reports a closed day, and where the rule moves it.
    fn signale_ferme(
        &self,
        ctx: &Contexte<'_>,
        jour: Date,
        signale: &mut Vec<Signalement>,
    ) -> Result<Date, ErreurCalcul> {
        if matches!(self.ancre, Ancre::Absolu { .. }) || ctx.calendrier.est_ouvre(jour)? {
            return Ok(jour);
        }
        let deplace_au = match ctx.si_jour_ferme {
            SiJourFerme::Garde => None,
            SiJourFerme::Avance => Some(ctx.calendrier.n_jours_avant(&Compte::Ouvres, jour, 1)?),
            SiJourFerme::Recule => Some(ctx.calendrier.n_jours_apres(&Compte::Ouvres, jour, 1)?),
        };
        signale.push(Signalement::JourFerme { jour, deplace_au });
        Ok(deplace_au.unwrap_or(jour))
    }

    /// `72 h`: elapsed time before the slot's start. `48 h ouvrees`: elapsed time within working days.
    fn heures_avant(
        &self,
        ctx: &Contexte<'_>,
        signale: &mut Vec<Signalement>,
    ) -> Result<Timestamp, ErreurCalcul> {
        let hors = || ErreurCalcul::HorsDates { repere: self.to_string(), jour: ctx.jour };
        let sans = || ErreurCalcul::SansCreneau { repere: self.to_string() };
        let Ancre::Heures { n, ouvrees } = self.ancre else { return Err(hors()) };
        let creneau = ctx.debut_creneau.ok_or_else(sans)?.le(ctx.jour).ok_or_else(hors)?;
        let debut = resout(ctx.fuseau, creneau, signale).ok_or_else(hors)?;
        let mut reste = SignedDuration::from_hours(i64::from(n));
        if !ouvrees {
            let instant = debut.checked_sub(reste).map_err(|_| hors())?;
            let (local, au_cadran) =
                (ctx.fuseau.to_datetime(instant), creneau.checked_sub(reste).map_err(|_| hors())?);
            if local != au_cadran {
                signale.push(Signalement::ChangementDHeure { local, au_cadran });
            }
            return Ok(instant);
        }
        let (mut jour, mut fin) = (ctx.jour, debut);
        loop {
            let minuit = Heure::DEBUT_DE_JOUR.le(jour).and_then(|m| premier_instant(ctx.fuseau, m));
            let minuit = minuit.ok_or_else(hors)?;
            // outside the calendar this is an error: the loop ends
            if ctx.calendrier.est_ouvre(jour)? {
                let disponible = fin.duration_since(minuit);
                if disponible >= reste {
                    return fin.checked_sub(reste).map_err(|_| hors());
                }
                reste -= disponible;
            }
            fin = minuit;
            jour = jour.yesterday().map_err(|_| hors())?;
        }
    }
}

/// `base` shifted in the calendar that `decalage` names.
fn compte_jours(ctx: &Contexte<'_>, base: Date, decalage: &Decalage) -> Result<Date, ErreurCalendrier> {
    let n = decalage.n.unsigned_abs();
    if decalage.n < 0 {
        ctx.calendrier.n_jours_avant(&decalage.compte, base, n)
    } else {
        ctx.calendrier.n_jours_apres(&decalage.compte, base, n)
    }
}

/// The first instant at or after that civil time: through a gap of the clocks to its end, at the first of two.
/// `None` beyond the years that instants have.
pub fn premier_instant(fuseau: &TimeZone, ecrite: DateTime) -> Option<Timestamp> {
    resout(fuseau, ecrite, &mut Vec::new())
}

/// The same, with its reports.
fn resout(fuseau: &TimeZone, ecrite: DateTime, signale: &mut Vec<Signalement>) -> Option<Timestamp> {
    match fuseau.to_ambiguous_timestamp(ecrite).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(ecrite).ok(),
        AmbiguousOffset::Fold { before, .. } => {
            signale.push(Signalement::HeureDouble { ecrite });
            before.to_timestamp(ecrite).ok()
        }
        AmbiguousOffset::Gap { after, .. } => {
            // read with the later offset, a time of the gap is just before the transition
            let avant = after.to_timestamp(ecrite).ok()?;
            let instant = fuseau.following(avant).next()?.timestamp();
            signale.push(Signalement::HeureInexistante { ecrite, retenue: fuseau.to_datetime(instant) });
            Some(instant)
        }
    }
}
