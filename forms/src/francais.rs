//! Numbers and the reader's clock in French; dates are said by `rules::date_fr`.

use jiff::Zoned;
use rules::date_fr;
use rust_decimal::Decimal;

/// « jeudi 4 septembre 2025 à 5 h 59 », in the zone that it carries; seconds are said when there are some,
/// because a limit may fall between two.
pub fn instant(instant: &Zoned) -> String {
    let phrase = date_fr::instant(instant.datetime());
    match (instant.minute(), instant.second()) {
        (_, 0) => phrase,
        (0, s) => format!("{phrase} 00 min {s:02} s"),
        (_, s) => format!("{phrase} min {s:02} s"),
    }
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
    fn l_heure_de_la_banniere_dit_ses_secondes() {
        let a = |t: &str| instant(&format!("2025-09-04T{t}+02:00[Europe/Paris]").parse::<Zoned>().unwrap());
        assert_eq!(a("05:59:00"), "jeudi 4 septembre 2025 à 5 h 59");
        assert_eq!(a("05:59:30"), "jeudi 4 septembre 2025 à 5 h 59 min 30 s");
        assert_eq!(a("06:00:01"), "jeudi 4 septembre 2025 à 6 h 00 min 01 s");
    }

    #[test]
    fn un_nombre_se_lit_en_francais() {
        assert_eq!(nombre("1234567.50".parse().unwrap()), "1\u{202f}234\u{202f}567,50");
        assert_eq!(nombre("-3".parse().unwrap()), "−3");
    }
}
