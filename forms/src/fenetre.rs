//! When a procedure is open, in words.

use engine::demarche::Fenetre;
use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use rules::date_fr;
use rules::scalaire::Heure;

use crate::vues::Genre;

/// On a tile: some words, and their tone; empty while it is open without an end.
pub fn en_bref(fenetre: Fenetre, fuseau: &TimeZone) -> (String, Genre) {
    match fenetre {
        Fenetre::Ouverte { jusqu_a: None } => (String::new(), Genre::Info),
        Fenetre::Ouverte { jusqu_a: Some(fin) } => {
            (format!("ouverte jusqu’au {}", dernier_jour(fin, fuseau)), Genre::Succes)
        }
        Fenetre::Tardive { .. } => ("hors délai, encore reçue".to_owned(), Genre::Alerte),
        Fenetre::AVenir { des } => (format!("ouvre le {}", premier_jour(des, fuseau)), Genre::Alerte),
        Fenetre::Close { depuis } => {
            (format!("close depuis le {}", dernier_jour(depuis, fuseau)), Genre::Erreur)
        }
        Fenetre::Jamais => ("fermée".to_owned(), Genre::Erreur),
    }
}

/// On its own page: one sentence; empty while it is open without an end.
pub fn phrase(fenetre: Fenetre, fuseau: &TimeZone) -> String {
    match fenetre {
        Fenetre::Ouverte { jusqu_a: None } => String::new(),
        Fenetre::Ouverte { jusqu_a: Some(fin) } => {
            format!("Ouverte jusqu’au {} inclus.", fin_en_mots(fin, fuseau))
        }
        Fenetre::Tardive { depuis } => format!(
            "La période s’est terminée le {} : une demande tardive est encore reçue.",
            fin_en_mots(depuis, fuseau)
        ),
        Fenetre::AVenir { des } => format!("Cette démarche ouvre le {}.", debut_en_mots(des, fuseau)),
        Fenetre::Close { depuis } => {
            format!("Cette démarche est close depuis le {}.", fin_en_mots(depuis, fuseau))
        }
        Fenetre::Jamais => "Cette démarche n’est pas ouverte.".to_owned(),
    }
}

fn local(instant: Timestamp, fuseau: &TimeZone) -> DateTime {
    instant.to_zoned(fuseau.clone()).datetime()
}

fn premier_jour(des: Timestamp, fuseau: &TimeZone) -> String {
    date_fr::date_courte(local(des, fuseau).date())
}

/// The last day of a window: midnight is the end of the day before.
fn dernier_jour(fin: Timestamp, fuseau: &TimeZone) -> String {
    let fin = local(fin, fuseau);
    let jour = if fin.time() == Time::midnight() { fin.date().yesterday() } else { Ok(fin.date()) };
    date_fr::date_courte(jour.unwrap_or(fin.date()))
}

fn debut_en_mots(des: Timestamp, fuseau: &TimeZone) -> String {
    let des = local(des, fuseau);
    if des.time() == Time::midnight() { date_fr::date_longue(des.date()) } else { date_fr::instant(des) }
}

fn fin_en_mots(fin: Timestamp, fuseau: &TimeZone) -> String {
    let local = local(fin, fuseau);
    if local.time() == Time::midnight() {
        return date_fr::date_longue(local.date().yesterday().unwrap_or(local.date()));
    }
    format!("{} à {}", date_fr::date_longue(local.date()), date_fr::heure(Heure::de(local.time())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_fenetre_se_lit() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let t = |texte: &str| texte.parse::<Timestamp>().unwrap();
        // 24:00 on 23 August in Paris
        let fin = t("2024-08-23T22:00:00Z");
        assert_eq!(
            en_bref(Fenetre::Ouverte { jusqu_a: Some(fin) }, &paris).0,
            "ouverte jusqu’au 23 août 2024"
        );
        assert_eq!(
            phrase(Fenetre::Tardive { depuis: fin }, &paris),
            "La période s’est terminée le vendredi 23 août 2024 : une demande tardive est encore reçue."
        );
        let des = t("2024-05-31T22:00:00Z");
        assert_eq!(en_bref(Fenetre::AVenir { des }, &paris).0, "ouvre le 1er juin 2024");
        assert_eq!(phrase(Fenetre::AVenir { des }, &paris), "Cette démarche ouvre le samedi 1er juin 2024.");
        let matin = Fenetre::AVenir { des: t("2024-06-03T06:30:00Z") };
        assert_eq!(phrase(matin, &paris), "Cette démarche ouvre le lundi 3 juin 2024 à 8 h 30.");
        let midi = Fenetre::Close { depuis: t("2024-08-23T10:00:00Z") };
        assert_eq!(phrase(midi, &paris), "Cette démarche est close depuis le vendredi 23 août 2024 à 12 h.");
        assert_eq!(phrase(Fenetre::Ouverte { jusqu_a: None }, &paris), "");
    }
}
