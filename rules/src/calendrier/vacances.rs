//! School holidays: the published dates of zones A, B and C, or a commune's own list.

use jiff::civil::Date;

use super::ErreurCalendrier;
use super::jours::plus_jours;

/// National dates, see the head of the file for their origin.
const PUBLIEES: &str = include_str!("vacances_scolaires.csv");

/// A zone of the school calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Besançon, Bordeaux, Clermont-Ferrand, Dijon, Grenoble, Limoges, Lyon, Poitiers.
    A,
    /// Aix-Marseille, Amiens, Lille, Nancy-Metz, Nantes, Nice, Normandie, Orléans-Tours, Reims, Rennes, Strasbourg.
    B,
    /// Créteil, Montpellier, Paris, Toulouse, Versailles.
    C,
}

impl Zone {
    /// From its letter.
    pub fn lettre(texte: &str) -> Option<Self> {
        match texte {
            "A" => Some(Self::A),
            "B" => Some(Self::B),
            "C" => Some(Self::C),
            _ => None,
        }
    }
}

/// A named holiday: `toussaint_2026`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vacances {
    /// Without its year: `toussaint`, `noel`, `hiver`, `printemps`, `ascension`, `ete`, or a town's own word.
    pub nom: Box<str>,
    /// First day, included.
    pub debut: Date,
    /// Last day, included.
    pub fin: Date,
}

impl Vacances {
    /// Its name with the year of its first day, unique in a calendar: Christmas 2026 ends in 2027 and stays `noel_2026`.
    pub fn id(&self) -> String {
        format!("{}_{}", self.nom, self.debut.year())
    }

    /// In French: `vacances de la Toussaint`.
    pub fn en_mots(&self) -> String {
        match &*self.nom {
            "toussaint" => "vacances de la Toussaint".to_owned(),
            "noel" => "vacances de Noël".to_owned(),
            "hiver" => "vacances d'hiver".to_owned(),
            "printemps" => "vacances de printemps".to_owned(),
            "ascension" => "pont de l'Ascension".to_owned(),
            "ete" => "vacances d'été".to_owned(),
            autre => format!("vacances « {} »", autre.replace('_', " ")),
        }
    }
}

/// All holidays of a commune, with the span on which the list is known to be complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendrierScolaire {
    vacances: Vec<Vacances>,
    du: Date,
    au: Date,
}

/// What a day is for schools.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Periode<'a> {
    /// Between two holidays.
    Scolaire {
        /// First day after the holidays before (or of the known span).
        debut: Date,
        /// Last day before the next holidays (or of the known span).
        fin: Date,
    },
    /// In holidays.
    Vacances(&'a Vacances),
}

impl Periode<'_> {
    /// First and last day, both included.
    pub fn bornes(&self) -> (Date, Date) {
        match self {
            Self::Scolaire { debut, fin } => (*debut, *fin),
            Self::Vacances(v) => (v.debut, v.fin),
        }
    }
}

impl CalendrierScolaire {
    /// The published dates of a zone.
    pub fn publie(zone: Zone) -> Result<Self, ErreurCalendrier> {
        let mut vacances = Vec::new();
        for ligne in PUBLIEES.lines().filter(|l| !l.starts_with('#')).skip(1) {
            let champs: Vec<&str> = ligne.split(',').collect();
            let [lettre, nom, debut, fin] = *champs.as_slice() else {
                return Err(ErreurCalendrier::DonneesIllisibles { ligne: ligne.to_owned() });
            };
            let (Some(z), Ok(debut), Ok(fin)) = (Zone::lettre(lettre), debut.parse(), fin.parse()) else {
                return Err(ErreurCalendrier::DonneesIllisibles { ligne: ligne.to_owned() });
            };
            if z == zone {
                vacances.push(Vacances { nom: nom.into(), debut, fin });
            }
        }
        let (Some(premieres), Some(dernieres)) = (vacances.first(), vacances.last()) else {
            return Err(ErreurCalendrier::DonneesIllisibles { ligne: String::new() });
        };
        let (du, au) = (premieres.debut, dernieres.fin);
        Ok(Self { vacances, du, au })
    }

    /// A commune's own list, complete from `du` to `au` (both included); all mistakes otherwise.
    pub fn propre(mut vacances: Vec<Vacances>, du: Date, au: Date) -> Result<Self, Vec<ErreurCalendrier>> {
        let mut erreurs = Vec::new();
        vacances.sort_by_key(|v| v.debut);
        for v in &vacances {
            if v.fin < v.debut {
                erreurs.push(ErreurCalendrier::VacancesInversees { nom: v.id(), debut: v.debut, fin: v.fin });
            }
            if v.debut < du || v.fin > au {
                erreurs.push(ErreurCalendrier::VacancesHorsListe { nom: v.id(), du, au });
            }
        }
        for (avant, apres) in vacances.iter().zip(vacances.iter().skip(1)) {
            if avant.fin >= apres.debut {
                erreurs.push(ErreurCalendrier::VacancesSuperposees { a: avant.id(), b: apres.id() });
            }
        }
        if erreurs.is_empty() { Ok(Self { vacances, du, au }) } else { Err(erreurs) }
    }

    /// The same with a commune's corrections: a holiday of the same id replaces the published one, another is added.
    pub fn corrige(self, corrections: Vec<Vacances>) -> Result<Self, Vec<ErreurCalendrier>> {
        let Self { mut vacances, du, au } = self;
        vacances.retain(|v| corrections.iter().all(|c| c.id() != v.id()));
        vacances.extend(corrections);
        Self::propre(vacances, du, au)
    }

    /// First and last day on which the list is complete.
    pub fn couverture(&self) -> (Date, Date) {
        (self.du, self.au)
    }

    /// All holidays, in order.
    pub fn liste(&self) -> &[Vacances] {
        &self.vacances
    }

    /// The holidays of that id (`toussaint_2026`).
    pub fn nommees(&self, id: &str) -> Option<&Vacances> {
        self.vacances.iter().find(|v| v.id() == id)
    }

    /// What `jour` is for schools; an error when the list does not reach it.
    pub fn periode(&self, jour: Date) -> Result<Periode<'_>, ErreurCalendrier> {
        if jour < self.du || jour > self.au {
            return Err(ErreurCalendrier::VacancesInconnues { jour, du: self.du, au: self.au });
        }
        let suivante = self.vacances.partition_point(|v| v.debut <= jour);
        let avant = suivante.checked_sub(1).and_then(|i| self.vacances.get(i));
        if let Some(v) = avant
            && v.fin >= jour
        {
            return Ok(Periode::Vacances(v));
        }
        let debut = avant.and_then(|v| plus_jours(v.fin, 1)).unwrap_or(self.du);
        let fin = self.vacances.get(suivante).and_then(|v| plus_jours(v.debut, -1)).unwrap_or(self.au);
        Ok(Periode::Scolaire { debut, fin })
    }
}
