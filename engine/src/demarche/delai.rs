//! When a length of time after an event is over: `24 h`, `60 jours`, `2 mois`.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rules::calendrier::{Calendrier, ErreurCalendrier};
use rules::scalaire::Duree;

/// The first instant at which `delai`, started at `depuis`, is over. Hours and minutes are elapsed time. Days and longer
/// give their last civil day in full, in the town's zone: 15 days from any hour of the 1st are over on the 17th at 00:00.
/// `None` out of the dates that exist.
pub(super) fn fin(
    delai: &Duree,
    depuis: Timestamp,
    calendrier: &Calendrier,
    fuseau: &TimeZone,
) -> Result<Option<Timestamp>, ErreurCalendrier> {
    if let Some(minutes) = delai.en_minutes() {
        return Ok(depuis.checked_add(i64::from(minutes).minutes()).ok());
    }
    let jour = depuis.to_zoned(fuseau.clone()).date();
    let Some(dernier) = delai.apres(jour, calendrier)? else { return Ok(None) };
    let minuit = dernier.tomorrow().ok().and_then(|lendemain| lendemain.to_zoned(fuseau.clone()).ok());
    Ok(minuit.map(|z| z.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demarche::exemple;

    #[test]
    fn un_delai_en_jours_donne_le_dernier_jour_en_entier() {
        let (calendrier, paris) = (exemple::calendrier(), exemple::fuseau());
        for (depuis, delai, attendu) in [
            ("2025-09-01T10:00:00Z", "15 jours", "2025-09-16T22:00:00Z"),
            // 23:30 in UTC is already the next day in Paris
            ("2025-08-31T23:30:00Z", "15 jours", "2025-09-16T22:00:00Z"),
            // across the end of summer time: still whole civil days
            ("2025-10-20T10:00:00Z", "10 jours", "2025-10-30T23:00:00Z"),
            // Armistice and two week-ends
            ("2025-11-03T10:00:00Z", "10 jours ouvres", "2025-11-18T23:00:00Z"),
            ("2025-12-31T10:00:00Z", "2 mois", "2026-02-28T23:00:00Z"),
            ("2025-10-25T10:00:00Z", "24 h", "2025-10-26T10:00:00Z"),
        ] {
            let duree = Duree::lit(delai).unwrap();
            let fin = fin(&duree, depuis.parse().unwrap(), &calendrier, &paris);
            assert_eq!(fin, Ok(Some(attendu.parse().unwrap())), "{delai}");
        }
    }
}
