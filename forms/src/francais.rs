//! Dates, hours and lists as a French reader expects them.

use jiff::Zoned;
use jiff::civil::{Date, Time, Weekday};
use rust_decimal::Decimal;

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

/// « jeudi 4 septembre 2025 », « lundi 1er septembre 2025 ».
pub fn date_longue(date: Date) -> String {
    let jour = match date.weekday() {
        Weekday::Monday => "lundi",
        Weekday::Tuesday => "mardi",
        Weekday::Wednesday => "mercredi",
        Weekday::Thursday => "jeudi",
        Weekday::Friday => "vendredi",
        Weekday::Saturday => "samedi",
        Weekday::Sunday => "dimanche",
    };
    format!("{jour} {}", date_sans_jour(date))
}

/// « 4 septembre 2025 ».
pub fn date_sans_jour(date: Date) -> String {
    let mois = usize::try_from(date.month() - 1).ok().and_then(|i| MOIS.get(i)).unwrap_or(&"");
    let quantieme = if date.day() == 1 { "1er".to_owned() } else { date.day().to_string() };
    format!("{quantieme} {mois} {}", date.year())
}

/// « 6 h », « 5 h 59 », « 5 h 59 min 30 s ».
pub fn heure(heure: Time) -> String {
    let (h, m, s) = (heure.hour(), heure.minute(), heure.second());
    match (m, s) {
        (0, 0) => format!("{h}\u{a0}h"),
        (m, 0) => format!("{h}\u{a0}h\u{a0}{m:02}"),
        (m, s) => format!("{h}\u{a0}h\u{a0}{m:02}\u{a0}min\u{a0}{s:02}\u{a0}s"),
    }
}

/// « jeudi 4 septembre 2025 à 5 h 59 », in the zone that it carries.
pub fn instant(instant: &Zoned) -> String {
    format!("{} à {}", date_longue(instant.date()), heure(instant.time()))
}

/// « 1 234,5 »: a decimal comma, narrow no-break spaces between thousands, the decimals as they are.
pub fn nombre(n: Decimal) -> String {
    let texte = n.abs().to_string();
    let (entier, decimales) = texte.split_once('.').unwrap_or((&texte, ""));
    let mut entier = entier.to_owned();
    let mut fin = entier.len();
    while fin > 3 {
        fin -= 3;
        entier.insert(fin, '\u{202f}');
    }
    let signe = if n.is_sign_negative() && !n.is_zero() { "−" } else { "" };
    let virgule = if decimales.is_empty() { "" } else { "," };
    format!("{signe}{entier}{virgule}{decimales}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_dates_se_lisent_en_francais() {
        let date = |t: &str| t.parse::<Date>().unwrap();
        assert_eq!(date_longue(date("2025-09-04")), "jeudi 4 septembre 2025");
        assert_eq!(date_longue(date("2025-09-01")), "lundi 1er septembre 2025");
        let zone: Zoned = "2025-09-04T05:59:00+02:00[Europe/Paris]".parse().unwrap();
        assert_eq!(instant(&zone), "jeudi 4 septembre 2025 à 5\u{a0}h\u{a0}59");
        assert_eq!(heure("06:00".parse().unwrap()), "6\u{a0}h");
        assert_eq!(nombre("1234567.50".parse().unwrap()), "1\u{202f}234\u{202f}567,50");
        assert_eq!(nombre("-3".parse().unwrap()), "−3");
        assert_eq!(heure("05:59:30".parse().unwrap()), "5\u{a0}h\u{a0}59\u{a0}min\u{a0}30\u{a0}s");
    }
}
