//! The slots of a démarche's appointments.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rules::calendrier::{Calendrier, ErreurCalendrier};
use rules::lieu::Lieu;
use rules::repere::premier_instant;
use rules::scalaire::{Duree, Plage};

use super::delai;

/// `rendez_vous:` of a démarche.
#[derive(Clone, Debug)]
pub struct Agenda {
    /// Must one be taken before filing?
    pub obligatoire: bool,
    /// Where one goes, as the family reads it.
    pub endroit: String,
    /// Length of a slot, in minutes.
    pub minutes: u16,
    /// How many families a slot takes.
    pub places: u32,
    /// How long before its beginning a slot can still be taken, changed or cancelled.
    pub preavis: Option<Duree>,
    /// When slots exist.
    pub plages: Vec<PlageAgenda>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// Days and hours of slots.
#[derive(Clone, Debug)]
pub struct PlageAgenda {
    /// Days of the week.
    pub jours: Vec<Weekday>,
    /// Hours: a slot that would end after them does not exist.
    pub heures: Plage,
    /// First day.
    pub du: Date,
    /// Last day.
    pub au: Date,
    /// Where it is written.
    pub lieu: Lieu,
}

impl Agenda {
    /// The slots of a day, in order; none on a day that the town does not work.
    pub fn creneaux(&self, jour: Date, calendrier: &Calendrier) -> Result<Vec<DateTime>, ErreurCalendrier> {
        let mut debuts = Vec::new();
        for plage in self.plages.iter().filter(|p| p.du <= jour && jour <= p.au) {
            if !plage.jours.contains(&jour.weekday()) || !calendrier.est_ouvre(jour)? {
                continue;
            }
            let mut debut = plage.heures.de.minutes();
            while self.minutes > 0 && debut.saturating_add(self.minutes) <= plage.heures.a.minutes() {
                let minuit = jour.at(0, 0, 0, 0);
                debuts.extend(minuit.checked_add(i64::from(debut).minutes()));
                debut = debut.saturating_add(self.minutes);
            }
        }
        debuts.sort_unstable();
        debuts.dedup();
        Ok(debuts)
    }

    /// Can the slot still be taken at `maintenant`, with the notice that the town asks?
    pub fn encore_ouvert(
        &self,
        debut: DateTime,
        maintenant: Timestamp,
        calendrier: &Calendrier,
        fuseau: &TimeZone,
    ) -> bool {
        let Some(commence) = premier_instant(fuseau, debut) else { return false };
        let prevenu = match &self.preavis {
            None => true,
            Some(preavis) => {
                let fin = delai::fin(preavis, maintenant, calendrier, fuseau).ok().flatten();
                fin.is_some_and(|fin| fin <= commence)
            }
        };
        commence > maintenant && prevenu
    }

    /// First and last day on which a slot may exist.
    pub fn etendue(&self) -> Option<(Date, Date)> {
        let du = self.plages.iter().map(|p| p.du).min()?;
        let au = self.plages.iter().map(|p| p.au).max()?;
        Some((du, au))
    }
}

/// What the counters of places of a démarche's slots begin with.
pub fn cle_des_creneaux(demarche: &str) -> String {
    format!("rendez_vous/{demarche}")
}

/// The counter of places of a slot.
pub fn cle_de_creneau(demarche: &str, debut: DateTime) -> String {
    format!("{}/{debut}", cle_des_creneaux(demarche))
}
