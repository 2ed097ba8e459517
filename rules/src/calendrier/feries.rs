//! Public holidays, computed: code du travail L3133-1 (all of France), L3134-13 (Alsace and Moselle), L3422-2 (overseas).

use jiff::civil::{Date, date};
use jiff::{SignedDuration, ToSpan};

/// Which days are public holidays in a commune: the law knows exactly these three cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegimeFeries {
    /// The eleven days of L3133-1.
    Commun,
    /// The same, and Good Friday and 26 December (Bas-Rhin, Haut-Rhin, Moselle).
    AlsaceMoselle,
    /// The same, and the day of the abolition of slavery there.
    OutreMer(Territoire),
}

/// Where the abolition of slavery is a public holiday, each on its own day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Territoire {
    /// 27 May.
    Guadeloupe,
    /// 22 May.
    Martinique,
    /// 10 June.
    Guyane,
    /// 20 December.
    Reunion,
    /// 27 April.
    Mayotte,
    /// 9 October.
    SaintBarthelemy,
    /// 28 May.
    SaintMartin,
}

impl Territoire {
    /// All of them, with the name a configurateur writes.
    pub const TOUS: [(&'static str, Self); 7] = [
        ("guadeloupe", Self::Guadeloupe),
        ("martinique", Self::Martinique),
        ("guyane", Self::Guyane),
        ("reunion", Self::Reunion),
        ("mayotte", Self::Mayotte),
        ("saint_barthelemy", Self::SaintBarthelemy),
        ("saint_martin", Self::SaintMartin),
    ];

    /// The territory that a configurateur names.
    pub fn nomme(texte: &str) -> Option<Self> {
        Self::TOUS.iter().find(|(nom, _)| *nom == texte).map(|(_, t)| *t)
    }

    /// Month and day of the abolition.
    const fn abolition(self) -> (i8, i8) {
        match self {
            Self::Guadeloupe => (5, 27),
            Self::Martinique => (5, 22),
            Self::Guyane => (6, 10),
            Self::Reunion => (12, 20),
            Self::Mayotte => (4, 27),
            Self::SaintBarthelemy => (10, 9),
            Self::SaintMartin => (5, 28),
        }
    }
}

/// Easter Sunday by the anonymous Gregorian algorithm (Meeus, *Astronomical Algorithms*, ch. 8), for the years 1583 to 9999.
pub fn paques(annee: i16) -> Option<Date> {
    if annee < 1583 {
        return None;
    }
    let y = i32::from(annee);
    let (siecle, an) = (y / 100, y % 100);
    let lune = y % 19;
    let correction = (siecle - (siecle + 8) / 25 + 1) / 3;
    let epacte = (19 * lune + siecle - siecle / 4 - correction + 15) % 30;
    let dimanche = (32 + 2 * (siecle % 4) + 2 * (an / 4) - epacte - an % 4) % 7;
    let recul = (lune + 11 * epacte + 22 * dimanche) / 451;
    let rang = epacte + dimanche - 7 * recul + 114;
    Date::new(annee, i8::try_from(rang / 31).ok()?, i8::try_from(rang % 31 + 1).ok()?).ok()
}

/// The public holidays of a year in order of date. Two may share a day (1 May 2008 was also Ascension Day).
/// Empty before 1583, when Easter has no Gregorian date.
pub fn feries(annee: i16, regime: RegimeFeries) -> Vec<(Date, &'static str)> {
    let Some(paques) = paques(annee) else { return Vec::new() };
    let apres = |jours: i64| paques.saturating_add(SignedDuration::from_hours(24 * jours));
    let mut tous = vec![
        (date(annee, 1, 1), "jour de l'an"),
        (apres(1), "lundi de Pâques"),
        (date(annee, 5, 1), "fête du Travail"),
        (date(annee, 5, 8), "victoire de 1945"),
        (apres(39), "Ascension"),
        (apres(50), "lundi de Pentecôte"),
        (date(annee, 7, 14), "fête nationale"),
        (date(annee, 8, 15), "Assomption"),
        (date(annee, 11, 1), "Toussaint"),
        (date(annee, 11, 11), "armistice de 1918"),
        (date(annee, 12, 25), "Noël"),
    ];
    match regime {
        RegimeFeries::Commun => {}
        RegimeFeries::AlsaceMoselle => {
            tous.push((paques.saturating_sub(2.days()), "vendredi saint"));
            tous.push((date(annee, 12, 26), "Saint-Étienne"));
        }
        RegimeFeries::OutreMer(territoire) => {
            let (mois, jour) = territoire.abolition();
            tous.push((date(annee, mois, jour), "abolition de l'esclavage"));
        }
    }
    tous.sort_by_key(|(jour, _)| *jour);
    tous
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Days that `holidays` counts and the law does not: local customs, and overseas days outside L3422-2.
    const USAGES: [&str; 2] = ["Mi-Carême", "Fête de Victor Schoelcher"];

    #[test]
    fn feries_egaux_a_une_source_publiee_de_2000_a_2040() {
        let publie = include_str!("../../tests/donnees/feries_2000_2040.csv");
        let mut france = BTreeSet::new();
        let mut ajoutes: std::collections::BTreeMap<&str, BTreeSet<Date>> = Default::default();
        for ligne in publie.lines().filter(|l| !l.starts_with('#')).skip(1) {
            let [lieu, jour, nom] = ligne.split(',').collect::<Vec<_>>()[..] else { panic!("{ligne}") };
            let jour: Date = jour.parse().unwrap();
            match lieu {
                "FR" => drop(france.insert(jour)),
                // custom of Guadeloupe, not of the law
                "971" if nom == "Vendredi saint" => {}
                _ if USAGES.contains(&nom) => {}
                _ => drop(ajoutes.entry(lieu).or_default().insert(jour)),
            }
        }
        // 2005 to 2007: `holidays` follows the « journée de solidarité »; L3133-1 never ceased to list the day.
        for annee in 2005..=2007 {
            france.insert(paques(annee).unwrap().saturating_add(50.days()));
        }
        let calcule = |regime, de: i16| -> BTreeSet<Date> {
            (de..=2040).flat_map(|a| feries(a, regime)).map(|(jour, _)| jour).collect()
        };
        assert_eq!(calcule(RegimeFeries::Commun, 2000), france);
        assert_eq!(france.len(), 41 * 11 - 1, "Ascension falls on 1 May once, in 2008");
        for (lieu, regime, de) in [
            ("57", RegimeFeries::AlsaceMoselle, 2000),
            ("971", RegimeFeries::OutreMer(Territoire::Guadeloupe), 2000),
            ("972", RegimeFeries::OutreMer(Territoire::Martinique), 2000),
            ("973", RegimeFeries::OutreMer(Territoire::Guyane), 2000),
            ("974", RegimeFeries::OutreMer(Territoire::Reunion), 2000),
            ("976", RegimeFeries::OutreMer(Territoire::Mayotte), 2000),
            ("BL", RegimeFeries::OutreMer(Territoire::SaintBarthelemy), 2012),
            ("MF", RegimeFeries::OutreMer(Territoire::SaintMartin), 2012),
        ] {
            let mut attendu: BTreeSet<Date> =
                france.iter().filter(|j| j.year() >= de).chain(&ajoutes[lieu]).copied().collect();
            attendu.extend(ajoutes[lieu].iter());
            assert_eq!(calcule(regime, de), attendu, "{lieu}");
        }
    }

    #[test]
    fn territoires_nommes() {
        assert_eq!(Territoire::nomme("reunion"), Some(Territoire::Reunion));
        assert_eq!(Territoire::nomme("Réunion"), None);
    }
}
