//! Dates and times as a French sentence says them: `jeudi 4 septembre 2025 à 6 h`.

use jiff::civil::{Date, DateTime, Weekday};

use crate::scalaire::Heure;

const MOIS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// `lundi`; the same word in files and in sentences.
pub fn nom_jour(jour: Weekday) -> &'static str {
    match jour {
        Weekday::Monday => "lundi",
        Weekday::Tuesday => "mardi",
        Weekday::Wednesday => "mercredi",
        Weekday::Thursday => "jeudi",
        Weekday::Friday => "vendredi",
        Weekday::Saturday => "samedi",
        Weekday::Sunday => "dimanche",
    }
}

/// `août`; `mois` from 1 to 12, else empty.
pub fn nom_mois(mois: i8) -> &'static str {
    usize::try_from(mois).ok().and_then(|m| MOIS.get(m.checked_sub(1)?)).copied().unwrap_or_default()
}

/// `1er`, `2`…
fn quantieme(jour: i8) -> String {
    if jour == 1 { "1er".to_owned() } else { jour.to_string() }
}

/// `jeudi 4 septembre 2025`.
pub fn date_longue(jour: Date) -> String {
    format!("{} {}", nom_jour(jour.weekday()), date_courte(jour))
}

/// `4 septembre 2025`, `1er septembre 2025`.
pub fn date_courte(jour: Date) -> String {
    format!("{} {}", jour_et_mois(jour), jour.year())
}

/// `1er septembre`.
pub fn jour_et_mois(jour: Date) -> String {
    format!("{} {}", quantieme(jour.day()), nom_mois(jour.month()))
}

/// `jeudi 4 septembre`, where the year is understood.
pub fn jour_semaine_et_mois(jour: Date) -> String {
    format!("{} {}", nom_jour(jour.weekday()), jour_et_mois(jour))
}

/// `septembre 2025`.
pub fn mois_et_annee(jour: Date) -> String {
    format!("{} {}", nom_mois(jour.month()), jour.year())
}

/// `6 h`, `11 h 59`, `24 h`.
pub fn heure(heure: Heure) -> String {
    let (h, min) = (heure.minutes() / 60, heure.minutes() % 60);
    if min == 0 { format!("{h} h") } else { format!("{h} h {min:02}") }
}

/// `jeudi 4 septembre 2025 à 6 h`. Seconds are not said.
pub fn instant(local: DateTime) -> String {
    format!("{} à {}", date_longue(local.date()), heure(Heure::de(local.time())))
}

/// `jeudi 4 septembre à 6 h`.
pub fn instant_sans_annee(local: DateTime) -> String {
    format!("{} à {}", jour_semaine_et_mois(local.date()), heure(Heure::de(local.time())))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn une_date_se_lit_en_francais() {
        assert_eq!(instant(date(2025, 9, 4).at(6, 0, 0, 0)), "jeudi 4 septembre 2025 à 6 h");
        assert_eq!(instant_sans_annee(date(2025, 9, 4).at(11, 59, 0, 0)), "jeudi 4 septembre à 11 h 59");
        assert_eq!(date_courte(date(2026, 8, 1)), "1er août 2026");
        assert_eq!(jour_et_mois(date(2026, 2, 21)), "21 février");
        assert_eq!(mois_et_annee(date(2026, 12, 21)), "décembre 2026");
        assert_eq!(heure(Heure::FIN_DE_JOUR), "24 h");
        assert_eq!(nom_mois(0), "");
        assert_eq!(nom_mois(13), "");
    }
}
