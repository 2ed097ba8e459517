//! The school year: when it begins and ends, and which one families enrol for.

use jiff::civil::Date;

use crate::commune::Commune;

/// The name of the holidays that end a school year.
const ETE: &str = "ete";

/// The first day of the school year that holds `jour`: the day after the last summer holidays before it. `None`: the
/// calendar knows no summer holidays before it.
pub fn rentree(commune: &Commune, jour: Date) -> Option<Date> {
    let etes = commune.calendrier.scolaire().liste().iter().filter(|v| &*v.nom == ETE && v.fin < jour);
    etes.map(|v| v.fin).max().and_then(|fin| fin.tomorrow().ok())
}

/// The first and last day (the end of the summer holidays) of the school year that holds `jour`. `None`: the calendar
/// does not reach them.
pub fn bornes(commune: &Commune, jour: Date) -> Option<(Date, Date)> {
    let debut = rentree(commune, jour)?;
    let etes = commune.calendrier.scolaire().liste().iter().filter(|v| &*v.nom == ETE && v.fin >= debut);
    Some((debut, etes.map(|v| v.fin).min()?))
}

/// The school year of `jour`, by the year it begins in. Where the calendar knows no summer holidays, it begins on
/// 1 September.
pub fn annee_scolaire(commune: &Commune, jour: Date) -> i16 {
    let par_mois = jour.year() - i16::from(jour.month() < 9);
    rentree(commune, jour).map_or(par_mois, |r| if r.year() >= par_mois { r.year() } else { par_mois })
}

/// The school year, by the year it begins in, that families enrol for on `jour`: from the town's day on, the one that
/// follows. `None`: the town does not say that day.
pub fn d_inscription(commune: &Commune, jour: Date) -> Option<i16> {
    let annee = annee_scolaire(commune, jour);
    let debut =
        rentree(commune, jour).filter(|r| r.year() == annee).or_else(|| Date::new(annee, 9, 1).ok())?;
    let bascule = commune.inscriptions?.des(debut)?;
    Some(if jour >= bascule { annee.checked_add(1)? } else { annee })
}

/// `2025-2026`.
pub fn nom(annee: i16) -> String {
    format!("{annee}-{}", annee.saturating_add(1))
}

/// The last day of that school year: the end of its summer holidays, 31 August where the calendar does not reach them.
pub fn fin(commune: &Commune, annee: i16) -> Option<Date> {
    let connue = Date::new(annee, 10, 1).ok().and_then(|j| bornes(commune, j)).map(|(_, fin)| fin);
    connue.or_else(|| Date::new(annee.checked_add(1)?, 8, 31).ok())
}
