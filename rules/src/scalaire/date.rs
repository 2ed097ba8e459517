//! Dates, days of the year, months.

use std::fmt;

use jiff::civil::{Date, Weekday};

use super::erreur::{ErreurScalaire, proche};
use super::mots::{Mot, mots, unique};
use crate::date_fr;
use crate::fonctions::JOURS;

/// The weekday that exactly `texte` names.
pub(crate) fn jour_nomme(texte: &str) -> Option<Weekday> {
    let rang = JOURS.iter().position(|nom| *nom == texte)?;
    Weekday::from_monday_zero_offset(i8::try_from(rang).ok()?).ok()
}

/// Reads `lundi`.
pub fn lit_jour_semaine(texte: &str) -> Result<Weekday, ErreurScalaire> {
    let mot = unique(texte, "un jour de la semaine")?;
    jour_nomme(mot.texte).ok_or_else(|| {
        let erreur = mot.erreur(format!("« {} » n'est pas un jour de la semaine", mot.texte));
        match proche(mot.texte, JOURS) {
            Some(voisin) => erreur.aide(format!("vouliez-vous dire « {voisin} » ?")),
            None => erreur,
        }
    })
}

/// The twelve names as files write them (ASCII), January first.
pub const MOIS: [&str; 12] = [
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
];

/// Reads `septembre`, a month of any year: 1 to 12.
pub fn lit_nom_mois(texte: &str) -> Result<i8, ErreurScalaire> {
    let mot = unique(texte, "un nom de mois")?;
    let rang = (1_i8..).zip(MOIS).find(|(_, nom)| *nom == mot.texte).map(|(rang, _)| rang);
    rang.ok_or_else(|| {
        let erreur = mot.erreur(format!("« {} » n'est pas un mois", mot.texte));
        match proche(mot.texte, MOIS) {
            Some(voisin) => erreur.aide(format!("vouliez-vous dire « {voisin} » ?")),
            None => erreur,
        }
    })
}

/// Reads `2025-09-01` or `mardi 2025-09-30`; a stated weekday must be that date's.
pub fn lit_date(texte: &str) -> Result<Date, ErreurScalaire> {
    match mots(texte).as_slice() {
        [date] => date_du_mot(date),
        [jour, date] => Ok(date_et_jour(jour, date)?.0),
        _ => Err(ErreurScalaire::nouvelle("date attendue, comme « 2025-09-01 »", 0, texte.len())),
    }
}

/// A date with its verified weekday.
pub(crate) fn date_et_jour(jour: &Mot<'_>, date: &Mot<'_>) -> Result<(Date, Weekday), ErreurScalaire> {
    let dit = lit_jour_semaine(jour.texte).map_err(|e| e.decale(jour.debut))?;
    let lue = date_du_mot(date)?;
    if lue.weekday() == dit {
        return Ok((lue, dit));
    }
    let (vrai, ecrit) = (date_fr::nom_jour(lue.weekday()), date_fr::date_courte(lue));
    Err(ErreurScalaire::nouvelle(
        format!("le {ecrit} est un {vrai}, pas un {}", jour.texte),
        jour.debut,
        date.fin(),
    )
    .aide(format!("vérifier la date imprimée, puis écrire « {vrai} {lue} » ou corriger la date")))
}

/// A date alone.
pub(crate) fn date_du_mot(mot: &Mot<'_>) -> Result<Date, ErreurScalaire> {
    let nombres: Vec<&str> = mot.texte.split('-').collect();
    if let [a, m, j] = *nombres.as_slice()
        && a.len() == 4
        && m.len() == 2
        && j.len() == 2
        && nombres.iter().all(|n| n.bytes().all(|b| b.is_ascii_digit()))
    {
        let (Ok(a), Ok(m), Ok(j)) = (a.parse(), m.parse(), j.parse()) else { return Err(attendue(mot)) };
        return Date::new(a, m, j).map_err(|_| mot.erreur(format!("le jour {} n'existe pas", mot.texte)));
    }
    Err(attendue(mot))
}

/// « date attendue », with the rewriting of `01/09/2025` and `2025-9-1`.
fn attendue(mot: &Mot<'_>) -> ErreurScalaire {
    let erreur = mot.erreur(format!("date attendue, comme « 2025-09-01 », pas « {} »", mot.texte));
    let nombres: Vec<i16> = mot.texte.split(['/', '-', '.']).filter_map(|n| n.parse().ok()).collect();
    let voulue = match *nombres.as_slice() {
        [a, m, j] if a > 31 => Some((a, m, j)),
        [j, m, a] if a > 1000 => Some((a, m, j)),
        _ => None,
    };
    let existe = |(a, m, j): (i16, i16, i16)| Date::new(a, i8::try_from(m).ok()?, i8::try_from(j).ok()?).ok();
    match voulue.and_then(existe) {
        Some(date) => erreur.aide(format!("écrire {date}")),
        None => erreur,
    }
}

/// A day of every year: `12-31`. 29 February is refused: most years have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct JourAnnuel {
    mois: i8,
    jour: i8,
}

impl JourAnnuel {
    /// Reads `12-31`: month, then day.
    pub fn lit(texte: &str) -> Result<Self, ErreurScalaire> {
        let mot = unique(texte, "un jour de l'année, comme « 12-31 » (mois-jour),")?;
        let attendu = || {
            mot.erreur(format!("jour de l'année attendu, comme « 12-31 » (mois-jour), pas « {} »", mot.texte))
        };
        let (m, j) = mot.texte.split_once('-').ok_or_else(attendu)?;
        let deux = |t: &str| t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit());
        if !(deux(m) && deux(j)) {
            return Err(attendu());
        }
        let (Ok(mois), Ok(jour)) = (m.parse(), j.parse()) else { return Err(attendu()) };
        if (mois, jour) == (2, 29) {
            return Err(mot.erreur("le 29 février n'existe pas chaque année").aide("écrire 02-28 ou 03-01"));
        }
        // 2001 is a common year
        Date::new(2001, mois, jour).map(|_| Self { mois, jour }).map_err(|_| {
            mot.erreur(format!("le jour {} n'existe pas", mot.texte)).aide("le mois vient d'abord : 12-31")
        })
    }

    /// That day in a year.
    pub fn en(self, annee: i16) -> Option<Date> {
        Date::new(annee, self.mois, self.jour).ok()
    }

    /// The first such day from `jour` on, `jour` included.
    pub fn des(self, jour: Date) -> Option<Date> {
        let cette_annee = self.en(jour.year())?;
        if cette_annee >= jour { Some(cette_annee) } else { self.en(jour.year().checked_add(1)?) }
    }

    /// `31 décembre`.
    pub fn en_mots(self) -> String {
        self.en(2001).map(date_fr::jour_et_mois).unwrap_or_default()
    }
}

/// `12-31`.
impl fmt::Display for JourAnnuel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.mois, self.jour)
    }
}

/// A month of a year: `2025-10`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mois {
    premier: Date,
}

impl Mois {
    /// Reads `2025-10`.
    pub fn lit(texte: &str) -> Result<Self, ErreurScalaire> {
        let mot = unique(texte, "un mois, comme « 2025-10 »,")?;
        let attendu = || mot.erreur(format!("mois attendu, comme « 2025-10 », pas « {} »", mot.texte));
        let (a, m) = mot.texte.split_once('-').ok_or_else(attendu)?;
        if !(a.len() == 4 && m.len() == 2 && a.bytes().chain(m.bytes()).all(|b| b.is_ascii_digit())) {
            return Err(attendu());
        }
        let (Ok(a), Ok(m)) = (a.parse(), m.parse()) else { return Err(attendu()) };
        Date::new(a, m, 1).map(|premier| Self { premier }).map_err(|_| mot.erreur("les mois vont de 01 à 12"))
    }

    /// The month that holds `jour`.
    pub fn de(jour: Date) -> Self {
        Self { premier: jour.first_of_month() }
    }

    /// Its first day.
    pub fn premier_jour(self) -> Date {
        self.premier
    }

    /// Its last day.
    pub fn dernier_jour(self) -> Date {
        self.premier.last_of_month()
    }

    /// Its days, in order.
    pub fn jours(self) -> impl Iterator<Item = Date> {
        let dernier = self.dernier_jour();
        std::iter::successors(Some(self.premier), |j| j.tomorrow().ok()).take_while(move |j| *j <= dernier)
    }

    /// `octobre 2025`.
    pub fn en_mots(self) -> String {
        date_fr::mois_et_annee(self.premier)
    }
}

/// `2025-10`.
impl fmt::Display for Mois {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.premier.year(), self.premier.month())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn le_jour_dit_est_verifie() {
        assert_eq!(lit_date("mardi 2025-09-30"), Ok(date(2025, 9, 30)));
        let faux = lit_date("lundi 2025-09-30").unwrap_err();
        assert_eq!(faux.message, "le 30 septembre 2025 est un mardi, pas un lundi");
        assert_eq!((faux.debut, faux.fin), (0, 16));
        assert_eq!(lit_date("mardy 2025-09-30").unwrap_err().aide.unwrap(), "vouliez-vous dire « mardi » ?");
        assert_eq!(lit_date("01/09/2025").unwrap_err().aide.unwrap(), "écrire 2025-09-01");
        assert_eq!(lit_date("2025-9-1").unwrap_err().aide.unwrap(), "écrire 2025-09-01");
        assert_eq!(lit_date("2025-02-29").unwrap_err().message, "le jour 2025-02-29 n'existe pas");
        assert!(lit_date("").is_err() && lit_date("le mardi 2025-09-30").is_err());
    }

    #[test]
    fn un_jour_de_lannee_existe_chaque_annee() {
        let fin = JourAnnuel::lit("12-31").unwrap();
        assert_eq!((fin.to_string().as_str(), fin.en_mots().as_str()), ("12-31", "31 décembre"));
        assert_eq!(JourAnnuel::lit("05-31").unwrap().des(date(2025, 6, 1)), Some(date(2026, 5, 31)));
        assert_eq!(JourAnnuel::lit("05-31").unwrap().des(date(2025, 5, 31)), Some(date(2025, 5, 31)));
        assert!(JourAnnuel::lit("02-29").unwrap_err().message.contains("29 février"));
        assert!(JourAnnuel::lit("31-12").unwrap_err().aide.unwrap().contains("mois vient d'abord"));
    }

    #[test]
    fn un_mois_a_ses_jours() {
        let fevrier = Mois::lit("2028-02").unwrap();
        assert_eq!(fevrier.jours().count(), 29);
        assert_eq!((fevrier.to_string().as_str(), fevrier.en_mots().as_str()), ("2028-02", "février 2028"));
        assert_eq!((lit_nom_mois("janvier"), lit_nom_mois("decembre")), (Ok(1), Ok(12)));
        assert_eq!(lit_nom_mois("août").unwrap_err().aide.unwrap(), "vouliez-vous dire « aout » ?");
        assert!(Mois::lit("2028-13").is_err() && Mois::lit("02-2028").is_err());
    }
}
