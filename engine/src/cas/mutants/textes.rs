//! The small changes of one written value.

use jiff::civil::Date;
use rules::scalaire::{Duree, Heure};

use crate::definition::raw::valeurs::{montant, nombre, taux};

/// The number with its last digit one more: `3.50` → `3.51`, `900` → `901`, `0.420` → `0.421`.
pub(super) fn un_de_plus(texte: &str) -> Option<String> {
    bouge(texte, 1)
}

/// The number with its last digit one less; nothing below zero.
pub(super) fn un_de_moins(texte: &str) -> Option<String> {
    bouge(texte, -1)
}

fn bouge(texte: &str, de: i128) -> Option<String> {
    let n = nombre(texte).ok()?;
    let mantisse = n.mantissa().checked_add(de).filter(|m| *m >= 0)?;
    Some(rust_decimal::Decimal::try_from_i128_with_scale(mantisse, n.scale()).ok()?.to_string())
}

/// An amount, one centime (or the last decimal) more.
pub(super) fn montant_voisin(texte: &str) -> Option<String> {
    montant(texte).ok()?;
    un_de_plus(texte)
}

/// A rate, its last digit one more.
pub(super) fn taux_voisin(texte: &str) -> Option<String> {
    taux(texte).ok()?;
    let chiffres = texte.strip_suffix('%')?.trim_end();
    let suite = texte.get(chiffres.len()..)?;
    Some(format!("{}{suite}", un_de_plus(chiffres)?))
}

/// The days before and after a date, weekday left out.
pub(super) fn dates_voisines(texte: &str) -> Vec<String> {
    let Ok(date) = texte.parse::<Date>() else { return Vec::new() };
    [date.yesterday(), date.tomorrow()].into_iter().flatten().map(|d| d.to_string()).collect()
}

/// A length of time, one unit less and one more.
pub(super) fn durees_voisines(texte: &str) -> Vec<String> {
    if Duree::lit(texte).is_err() {
        return Vec::new();
    }
    let Some((n, unite)) = texte.split_once(' ') else { return Vec::new() };
    [un_de_moins(n), un_de_plus(n)].into_iter().flatten().map(|n| format!("{n} {unite}")).collect()
}

/// The minutes before and after a time of day.
pub(super) fn heures_voisines(texte: &str) -> Vec<String> {
    let Ok(heure) = Heure::lit(texte) else { return Vec::new() };
    let ecrit = |m: u16| format!("{:02}:{:02}", m / 60, m % 60);
    let m = heure.minutes();
    [m.checked_sub(1), m.checked_add(1).filter(|m| *m <= 1440)].into_iter().flatten().map(ecrit).collect()
}

/// The time of day at the end of a repère: `J-2 ouvres 10:00`.
pub(super) fn heure_de_repere(texte: &str) -> Option<(&str, &str)> {
    let (ancre, heure) = texte.rsplit_once(' ')?;
    Heure::lit(heure).ok()?;
    Some((ancre, heure))
}

/// The anchor of a repère, one step less and one more: `J` → `J-1`; `J-2 ouvres` → `J-1 ouvres`, `J-3 ouvres`.
pub(super) fn ancres_voisines(ancre: &str) -> Vec<String> {
    if let Some(heures) = ancre.strip_suffix(" h").or_else(|| ancre.strip_suffix(" h ouvrees")) {
        let suite = ancre.get(heures.len()..).unwrap_or_default();
        return [un_de_moins(heures), un_de_plus(heures)]
            .into_iter()
            .flatten()
            .map(|n| format!("{n}{suite}"))
            .collect();
    }
    for lettre in ["J", "S", "M", "P"] {
        let Some(place) = ancre.find(lettre) else { continue };
        let Some((avant, suite)) = ancre.split_at_checked(place + 1) else { continue };
        if suite.is_empty() {
            return vec![format!("{avant}-1")];
        }
        let Some(nombre_et_mot) = suite.strip_prefix('-') else { continue };
        let fin = nombre_et_mot.find(|c: char| !c.is_ascii_digit()).unwrap_or(nombre_et_mot.len());
        let (Some(n), Some(mot)) = (nombre_et_mot.get(..fin), nombre_et_mot.get(fin..)) else { continue };
        let mut voisines: Vec<String> = un_de_plus(n).iter().map(|n| format!("{avant}-{n}{mot}")).collect();
        match un_de_moins(n).as_deref() {
            Some("0") if mot.is_empty() => voisines.push(avant.to_owned()),
            Some("0") | None => {}
            Some(n) => voisines.push(format!("{avant}-{n}{mot}")),
        }
        return voisines;
    }
    Vec::new()
}

/// Every number of a formula, one after the other: (byte range, new text).
pub(super) fn constantes(formule: &str) -> Vec<(usize, usize, String)> {
    let mut trouvees = Vec::new();
    let mut debut = None;
    let octets: Vec<(usize, char)> = formule.char_indices().chain([(formule.len(), ' ')]).collect();
    let mut avant = ' ';
    for (i, c) in octets {
        let chiffre = c.is_ascii_digit() || (c == '.' && debut.is_some());
        match (debut, chiffre) {
            (None, true) if !avant.is_ascii_alphanumeric() && avant != '_' => debut = Some(i),
            (Some(d), false) => {
                if let Some(neuf) = formule.get(d..i).and_then(un_de_plus) {
                    trouvees.push((d, i, neuf));
                }
                debut = None;
            }
            _ => {}
        }
        avant = c;
    }
    trouvees
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chaque_valeur_a_ses_voisines() {
        assert_eq!(montant_voisin("3.50").as_deref(), Some("3.51"));
        assert_eq!(montant_voisin("9.99").as_deref(), Some("10.00"));
        assert_eq!(montant_voisin("900"), None, "not an amount");
        assert_eq!(taux_voisin("0.420 %").as_deref(), Some("0.421 %"));
        assert_eq!(taux_voisin("20 %").as_deref(), Some("21 %"));
        assert_eq!(dates_voisines("2025-09-01"), ["2025-08-31", "2025-09-02"]);
        assert_eq!(durees_voisines("15 jours"), ["14 jours", "16 jours"]);
        assert_eq!(durees_voisines("0 min"), ["1 min"]);
        assert_eq!(heures_voisines("06:00"), ["05:59", "06:01"]);
        assert_eq!(heures_voisines("24:00"), ["23:59"]);
        assert_eq!(heure_de_repere("J-2 ouvres 10:00"), Some(("J-2 ouvres", "10:00")));
        assert_eq!(heure_de_repere("J"), None);
        assert_eq!(ancres_voisines("J"), ["J-1"]);
        assert_eq!(ancres_voisines("J-1"), ["J-2", "J"]);
        assert_eq!(ancres_voisines("J-2 ouvres"), ["J-3 ouvres", "J-1 ouvres"]);
        assert_eq!(ancres_voisines("jeudi S-1"), ["jeudi S-2", "jeudi S"]);
        assert_eq!(ancres_voisines("72 h"), ["71 h", "73 h"]);
    }

    #[test]
    fn chaque_nombre_dune_formule_bouge_seul() {
        let f = "quotient * 0.00420 * 2 + 3.95";
        let mutes: Vec<String> = constantes(f)
            .into_iter()
            .map(|(d, fin, neuf)| format!("{}{neuf}{}", &f[..d], &f[fin..]))
            .collect();
        assert_eq!(
            mutes,
            [
                "quotient * 0.00421 * 2 + 3.95",
                "quotient * 0.00420 * 3 + 3.95",
                "quotient * 0.00420 * 2 + 3.96"
            ]
        );
        assert!(constantes("tranche_2 + x1").is_empty());
    }
}
