//! Groups of lines: `par: [enfant, jour]`.

use jiff::civil::Date;

use super::Acte;

/// What lines of one group share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cle {
    /// The household.
    Foyer,
    /// The child.
    Enfant,
    /// The product.
    Prestation,
    /// The day.
    Jour,
    /// The ISO week.
    Semaine,
    /// The calendar month.
    Mois,
    /// The civil year.
    Annee,
    /// The school year.
    AnneeScolaire,
    /// The submission.
    Lot,
}

/// One group; comparable, so that groups come out in one order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Groupe(Vec<i64>);

impl Groupe {
    /// The group of an act.
    pub fn de(acte: &Acte<'_>, par: &[Cle]) -> Self {
        Self(par.iter().map(|c| c.de(acte)).collect())
    }
}

impl Cle {
    fn de(self, acte: &Acte<'_>) -> i64 {
        let jour = acte.jour;
        match self {
            Self::Foyer => i64::from(acte.foyer),
            Self::Enfant => i64::from(acte.enfant),
            Self::Prestation => i64::from(acte.prestation.0),
            Self::Jour => suite(jour) + i64::from(jour.day()),
            Self::Semaine => {
                let iso = jour.iso_week_date();
                i64::from(iso.year()) * 100 + i64::from(iso.week())
            }
            Self::Mois => suite(jour),
            Self::Annee => i64::from(jour.year()),
            Self::AnneeScolaire => i64::from(acte.annee_scolaire),
            Self::Lot => i64::from(acte.lot),
        }
    }
}

/// A number that tells months apart and leaves room for the day.
fn suite(jour: Date) -> i64 {
    i64::from(jour.year()) * 10_000 + i64::from(jour.month()) * 100
}
