//! Compulsory combinations: what must be booked together, how many days, what excludes what.

use rules::lieu::Lieu;

use crate::commune::Condition;

/// One of `regles_de_choix`. It is judged when a family books, on what the child would have afterwards; an absence
/// announced later undoes no choice.
#[derive(Clone, Debug)]
pub struct RegleDeChoix {
    /// Its name in refusals.
    pub id: String,
    /// Applies to a booked day only if.
    pub si: Condition,
    /// What it requires.
    pub combinaison: Combinaison,
    /// Message shown instead of the built sentence.
    pub message: Option<String>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// What a rule of choice requires; exactly one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Combinaison {
    /// `exige`: the first does not go without the second, the same day.
    Exige {
        /// What is booked; `None` = anything else of the service.
        avec: Option<String>,
        /// What must go with it.
        prestation: String,
    },
    /// `exclut`: not both the same day; without `avec`, not at all.
    Exclut {
        /// What is booked.
        avec: Option<String>,
        /// What cannot go with it.
        prestation: String,
    },
    /// `jours_par_semaine`: days of the service in one ISO week.
    JoursParSemaine(Nombre),
    /// `semaine_entiere`: every open day of the week, or none.
    SemaineEntiere,
    /// `jours_fixes`: different weekdays in one period.
    JoursFixes(Nombre),
    /// `minimum`, `maximum`: days of the service in a period.
    Jours {
        /// How many.
        n: Nombre,
        /// In which period.
        par: Etendue,
    },
    /// `laisse`: open days of a period that are not booked.
    Laisse {
        /// How many are left.
        n: Nombre,
        /// Among which days.
        parmi: Parmi,
        /// In which period.
        par: Etendue,
    },
    /// `fratrie_ensemble`: the brothers and sisters registered to the service come the same days.
    FratrieEnsemble,
}

/// A number of days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nombre {
    /// At least.
    pub de: u32,
    /// At most.
    pub a: Option<u32>,
}

/// The days counted together with a booked day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Etendue {
    /// Its ISO week.
    Semaine,
    /// Its month.
    Mois,
    /// Its period, as `periode_de` says.
    Periode,
    /// Its school year.
    AnneeScolaire,
}

/// Which open days are left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parmi {
    /// Those of this weekday.
    JourDeSemaine(jiff::civil::Weekday),
    /// Those of this prestation.
    Prestation(String),
}

impl Nombre {
    /// Is `n` between the two ends?
    pub fn comprend(self, n: u32) -> bool {
        self.de <= n && self.a.is_none_or(|a| n <= a)
    }

    /// `au moins 3`, `au plus 2`, `entre 1 et 2`, `exactement 5`.
    pub fn en_mots(self) -> String {
        match (self.de, self.a) {
            (de, None) => format!("au moins {de}"),
            (0, Some(a)) => format!("au plus {a}"),
            (de, Some(a)) if de == a => format!("exactement {de}"),
            (de, Some(a)) => format!("entre {de} et {a}"),
        }
    }
}
