//! An appointment as a calendar file (RFC 5545).

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// What a calendar needs to know of an appointment.
#[derive(Clone, Debug)]
pub struct Evenement<'a> {
    /// Stable name: the same appointment, changed, replaces itself in the calendar.
    pub identifiant: &'a str,
    /// How many times it was changed.
    pub rang: i64,
    /// When this file was made.
    pub fait_le: Timestamp,
    /// Its beginning.
    pub debut: Timestamp,
    /// Its length, in minutes.
    pub minutes: u16,
    /// What it is about: the procedure's name, nobody's.
    pub titre: &'a str,
    /// Where.
    pub endroit: &'a str,
}

/// The file: one event, in UTC.
pub fn fichier(e: &Evenement<'_>) -> String {
    let utc = |t: Timestamp| t.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string();
    let fin = e.debut.checked_add(i64::from(e.minutes).minutes()).unwrap_or(e.debut);
    let lignes = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Guichet//FR".to_owned(),
        "METHOD:PUBLISH".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@guichet", e.identifiant),
        format!("SEQUENCE:{}", e.rang),
        format!("DTSTAMP:{}", utc(e.fait_le)),
        format!("DTSTART:{}", utc(e.debut)),
        format!("DTEND:{}", utc(fin)),
        format!("SUMMARY:{}", texte(e.titre)),
        format!("LOCATION:{}", texte(e.endroit)),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ];
    lignes.iter().flat_map(|l| plie(l)).collect()
}

/// §3.3.11: what a text escapes.
fn texte(brut: &str) -> String {
    let mut sorti = String::new();
    for c in brut.chars() {
        match c {
            '\\' | ';' | ',' => {
                sorti.push('\\');
                sorti.push(c);
            }
            '\n' => sorti.push_str("\\n"),
            c if c.is_control() => {}
            c => sorti.push(c),
        }
    }
    sorti
}

/// §3.1: at most 75 bytes a line; the rest follows a space.
fn plie(ligne: &str) -> Vec<String> {
    let mut morceaux = vec![String::new()];
    for c in ligne.chars() {
        let plein = morceaux.last().is_some_and(|m| m.len() + c.len_utf8() > 74);
        if plein {
            morceaux.push(" ".to_owned());
        }
        if let Some(dernier) = morceaux.last_mut() {
            dernier.push(c);
        }
    }
    morceaux.into_iter().map(|m| m + "\r\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_rendez_vous_s_ouvre_dans_un_agenda() {
        let e = Evenement {
            identifiant: "abc",
            rang: 3,
            fait_le: "2024-07-01T08:00:00Z".parse().unwrap(),
            debut: "2024-07-04T07:00:00Z".parse().unwrap(),
            minutes: 20,
            titre: "Inscription, école ; été",
            endroit: "Mairie, bureau des affaires scolaires, place du Général-de-Gaulle, premier étage à gauche",
        };
        let texte = fichier(&e);
        assert!(texte.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
        assert!(texte.contains("DTSTART:20240704T070000Z\r\nDTEND:20240704T072000Z\r\n"), "{texte}");
        assert!(texte.contains("SUMMARY:Inscription\\, école \\; été\r\n"), "{texte}");
        assert!(texte.contains("UID:abc@guichet\r\nSEQUENCE:3\r\n"));
        assert!(texte.lines().all(|l| l.len() <= 75), "{texte}");
        let deplie = texte.replace("\r\n ", "");
        assert!(deplie.contains("LOCATION:Mairie\\, bureau des affaires scolaires\\, place"), "{deplie}");
    }
}
