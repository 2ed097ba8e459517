//! Derived facts: what rules compute from other facts before they price, open or refuse.

use jiff::civil::Date;
use rules::expression::{ErreurCalcul, Expr, Hote};
use rules::faits::{FaitId, Faits};
use rules::lieu::Lieu;
use rules::table::{Manque, Table};
use rules::valeur::{Domaine, Sens, Valeur, en_pas};
use rust_decimal::Decimal;

/// A derived fact, in an order where what it reads comes first.
#[derive(Clone, Debug)]
pub struct FaitDerive {
    /// The fact.
    pub id: FaitId,
    /// How it is computed.
    pub calcul: Calcul,
    /// Step that its value is brought to.
    pub pas: Option<(Decimal, Sens)>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// How a derived fact is computed.
#[derive(Clone, Debug)]
pub enum Calcul {
    /// By a table.
    Table(Table<ValeurLigne>),
    /// By a formula.
    Formule(Expr),
    /// The child's age in whole years.
    Age {
        /// The fact that holds the birth date.
        naissance: FaitId,
        /// On which day.
        au: JourAge,
    },
    /// Rank, count, presence elsewhere: computed on the family's acts by whoever holds them, before the others.
    Ensemble(FaitEnsemble),
    /// By a script of `regles/`, at this index of the town's scripts.
    Script(String),
}

/// What a row of its table gives.
#[derive(Clone, Debug)]
pub enum ValeurLigne {
    /// `valeur:`
    Valeur(Valeur),
    /// `formule:`, for a number.
    Formule(Expr),
}

/// The day on which an age counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JourAge {
    /// The service day.
    Jour,
    /// First day of the school year.
    Rentree,
    /// A day of the service day's year.
    JourAnnuel(rules::scalaire::JourAnnuel),
}

/// A fact of the family's acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaitEnsemble {
    /// Rank of the child among others.
    Rang {
        /// foyer, inscrits or presents.
        parmi: String,
        /// Services counted; empty = all.
        services: Vec<String>,
        /// jour, mois or annee.
        par: String,
        /// naissance or prix_decroissant.
        ordre: String,
    },
    /// How many.
    Compte {
        /// reservation, presence, absence, presence_sans_reservation, enfant.
        de: String,
        /// Services counted; empty = all.
        services: Vec<String>,
        /// Grouping; the period resets it.
        par: Vec<String>,
    },
    /// Present or booked the same day at another prestation.
    PresenceAilleurs {
        /// The other prestation.
        prestation: String,
        /// `present` or `reserve`.
        etat: String,
    },
}

/// Why a derived fact has no value.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("le fait calculé ne peut pas l'être")]
pub struct ErreurDerive {
    /// The fact.
    pub id: FaitId,
    /// No row, or a formula that fails.
    pub cause: CauseDerive,
}

/// See [`ErreurDerive`].
#[derive(Clone, Debug, PartialEq)]
pub enum CauseDerive {
    /// No row of its table.
    Table(Manque),
    /// Its formula fails.
    Calcul(ErreurCalcul),
    /// Its script fails, for this reason.
    Script(String),
}

/// Runs the script of `regles/` at that path for a fact.
pub type Scripts<'a> = &'a dyn Fn(&str, FaitId, &Faits<'_>) -> Result<Valeur, String>;

/// Fills the derived facts of one line, in order. What a formula or a table cannot compute because a fact it reads is
/// absent is itself absent: the tables that read it then say what happens.
pub fn remplit(
    derives: &[FaitDerive],
    valeurs: &mut [Valeur],
    parametres: &[Valeur],
    jour: Date,
    rentree: Option<Date>,
    (hote, scripts): (&dyn Hote, Scripts<'_>),
) -> Result<(), ErreurDerive> {
    for derive in derives {
        let faits = Faits { valeurs, parametres };
        let erreur = |cause| ErreurDerive { id: derive.id, cause };
        let valeur = match &derive.calcul {
            Calcul::Ensemble(_) => continue,
            Calcul::Table(table) => match table.cherche(&faits, hote) {
                Ok(ligne) => match table.ligne(ligne).map(|l| &l.resultat) {
                    None => Valeur::Absent,
                    Some(ValeurLigne::Valeur(v)) => *v,
                    Some(ValeurLigne::Formule(expr)) => formule(expr, &faits, hote).map_err(erreur)?,
                },
                // not known yet: only the rules that read it can refuse
                Err(Manque::Absent(_)) => Valeur::Absent,
                Err(manque) => return Err(erreur(CauseDerive::Table(manque))),
            },
            Calcul::Formule(expr) => formule(expr, &faits, hote).map_err(erreur)?,
            Calcul::Age { naissance, au } => age(faits.valeur(*naissance), *au, jour, rentree),
            Calcul::Script(chemin) => {
                scripts(chemin, derive.id, &faits).map_err(|motif| erreur(CauseDerive::Script(motif)))?
            }
        };
        let valeur = ramene(valeur, derive.pas);
        if let Some(case) = valeurs.get_mut(usize::from(derive.id.0)) {
            *case = valeur;
        }
    }
    Ok(())
}

/// A formula that reads an absent fact gives `absent`; one that fails with every fact known is an error.
fn formule(expr: &Expr, faits: &Faits<'_>, hote: &dyn Hote) -> Result<Valeur, CauseDerive> {
    match expr.evalue(faits, hote) {
        Ok(v) => Ok(v),
        Err(_) if expr.faits_lus().iter().any(|f| faits.valeur(*f) == Valeur::Absent) => Ok(Valeur::Absent),
        Err(e) => Err(CauseDerive::Calcul(e)),
    }
}

fn ramene(valeur: Valeur, pas: Option<(Decimal, Sens)>) -> Valeur {
    match (valeur, pas) {
        (Valeur::Nombre(n), Some((pas, sens))) => {
            let unites = en_pas(n, pas, sens).map(Decimal::from).and_then(|u| u.checked_mul(pas));
            unites.map_or(Valeur::Absent, Valeur::Nombre)
        }
        (v, _) => v,
    }
}

fn age(naissance: Valeur, au: JourAge, jour: Date, rentree: Option<Date>) -> Valeur {
    let Valeur::Date(naissance) = naissance else { return Valeur::Absent };
    let au = match au {
        JourAge::Jour => Some(jour),
        JourAge::Rentree => rentree,
        JourAge::JourAnnuel(j) => j.en(jour.year()),
    };
    match au {
        Some(au) if au >= naissance => {
            let revolus = i64::from(au.year()) - i64::from(naissance.year());
            let pas_encore = (au.month(), au.day()) < (naissance.month(), naissance.day());
            Valeur::Nombre(Decimal::from(revolus - i64::from(pas_encore)))
        }
        _ => Valeur::Absent,
    }
}

/// The domain of a derived number.
pub fn domaine_entier(min: i64) -> Domaine {
    Domaine::Nombre { pas: Some((Decimal::ONE, Sens::Inferieur)), min: Some(Decimal::from(min)), max: None }
}
