//! Typed trees: one enum a type, so that evaluation never meets a wrong one.

use std::cmp::Ordering;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::faits::{FaitId, Faits};
use crate::fonctions::{self, ErreurCalcul, Hote, SensArrondi};
use crate::valeur::Valeur;

type Resultat<T> = Result<T, ErreurCalcul>;

/// A whole expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Racine {
    Booleen(Booleen),
    Nombre(Nombre),
    Date(DateExpr),
}

/// `< <= …` on ordered things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparaison {
    Egal,
    Different,
    Inferieur,
    InferieurOuEgal,
    Superieur,
    SuperieurOuEgal,
}

impl Comparaison {
    #[inline]
    fn tient(self, ordre: Ordering) -> bool {
        match self {
            Self::Egal => ordre.is_eq(),
            Self::Different => ordre.is_ne(),
            Self::Inferieur => ordre.is_lt(),
            Self::InferieurOuEgal => ordre.is_le(),
            Self::Superieur => ordre.is_gt(),
            Self::SuperieurOuEgal => ordre.is_ge(),
        }
    }
}

/// A number. A duration is the number of its unit.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Nombre {
    Constante(Decimal),
    Fait(FaitId),
    Parametre(u16),
    Plus(Box<(Nombre, Nombre)>),
    Moins(Box<(Nombre, Nombre)>),
    Fois(Box<(Nombre, Nombre)>),
    Divise(Box<(Nombre, Nombre)>),
    Oppose(Box<Nombre>),
    Min(Box<[Nombre]>),
    Max(Box<[Nombre]>),
    Borne(Box<(Nombre, Nombre, Nombre)>),
    Arrondi(Box<Nombre>, u32, SensArrondi),
    Age(Box<(DateExpr, DateExpr)>),
    JoursEntre(Box<(DateExpr, DateExpr)>),
    MoisEntre(Box<(DateExpr, DateExpr)>),
    SemaineIso(Box<DateExpr>),
    /// Minutes from the second hour to the first.
    Minutes(Heure, Heure),
}

/// A civil date.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum DateExpr {
    Constante(Date),
    Fait(FaitId),
    AjouteMois(Box<(DateExpr, Nombre)>),
}

/// Minutes since midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heure {
    Constante(u16),
    Fait(FaitId),
}

/// An index in a list of names; both sides of a comparison have the same list.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Choix {
    Constante(u16),
    Fait(FaitId),
    JourSemaine(DateExpr),
}

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Booleen {
    Constante(bool),
    Fait(FaitId),
    EstConnu(FaitId),
    Non(Box<Booleen>),
    Et(Box<[Booleen]>),
    Ou(Box<[Booleen]>),
    Nombres(Comparaison, Box<(Nombre, Nombre)>),
    Dates(Comparaison, Box<(DateExpr, DateExpr)>),
    Heures(Comparaison, Heure, Heure),
    /// `true` for `==`, `false` for `!=`.
    Choix(bool, Box<(Choix, Choix)>),
    Booleens(bool, Box<(Booleen, Booleen)>),
    NombreDans(Box<(Nombre, Box<[Nombre]>)>),
    DateDans(Box<(DateExpr, Box<[DateExpr]>)>),
    HeureDans(Heure, Box<[Heure]>),
    ChoixDans(Box<(Choix, Box<[Choix]>)>),
    /// The set holds all these bits.
    Contient(FaitId, u64),
    EstFerie(Box<DateExpr>),
    EstEcole(Box<DateExpr>),
}

/// The value is not what the fact's domain says.
#[cold]
fn autre(valeur: Valeur, fait: FaitId) -> ErreurCalcul {
    match valeur {
        Valeur::Absent => ErreurCalcul::FaitAbsent(fait),
        _ => ErreurCalcul::TypeInattendu(fait),
    }
}

impl Nombre {
    pub(super) fn evalue(&self, faits: &Faits, hote: &dyn Hote) -> Resultat<Decimal> {
        use ErreurCalcul::Depassement;
        match self {
            Self::Constante(x) => Ok(*x),
            Self::Fait(fait) => match faits.valeur(*fait) {
                Valeur::Nombre(x) => Ok(x),
                Valeur::Duree(unites) => Ok(unites.into()),
                autre_valeur => Err(autre(autre_valeur, *fait)),
            },
            Self::Parametre(indice) => match faits.parametre(*indice) {
                Valeur::Nombre(x) => Ok(x),
                _ => Err(ErreurCalcul::ParametreAbsent(*indice)),
            },
            Self::Plus(ab) => {
                ab.0.evalue(faits, hote)?.checked_add(ab.1.evalue(faits, hote)?).ok_or(Depassement)
            }
            Self::Moins(ab) => {
                ab.0.evalue(faits, hote)?.checked_sub(ab.1.evalue(faits, hote)?).ok_or(Depassement)
            }
            Self::Fois(ab) => {
                ab.0.evalue(faits, hote)?.checked_mul(ab.1.evalue(faits, hote)?).ok_or(Depassement)
            }
            Self::Divise(ab) => fonctions::divise(ab.0.evalue(faits, hote)?, ab.1.evalue(faits, hote)?),
            Self::Oppose(x) => Ok(-x.evalue(faits, hote)?),
            Self::Min(liste) => extreme(liste, faits, hote, Ordering::is_lt),
            Self::Max(liste) => extreme(liste, faits, hote, Ordering::is_gt),
            Self::Borne(xyz) => {
                let (x, bas, haut) = &**xyz;
                fonctions::borne(x.evalue(faits, hote)?, bas.evalue(faits, hote)?, haut.evalue(faits, hote)?)
            }
            Self::Arrondi(x, decimales, sens) => {
                Ok(fonctions::arrondi(x.evalue(faits, hote)?, *decimales, *sens))
            }
            Self::Age(ab) => Ok(fonctions::age(ab.0.evalue(faits, hote)?, ab.1.evalue(faits, hote)?).into()),
            Self::JoursEntre(ab) => {
                Ok(fonctions::jours_entre(ab.0.evalue(faits, hote)?, ab.1.evalue(faits, hote)?).into())
            }
            Self::MoisEntre(ab) => {
                Ok(fonctions::mois_entre(ab.0.evalue(faits, hote)?, ab.1.evalue(faits, hote)?).into())
            }
            Self::SemaineIso(d) => Ok(fonctions::semaine_iso(d.evalue(faits, hote)?).into()),
            Self::Minutes(a, b) => Ok((i64::from(a.evalue(faits)?) - i64::from(b.evalue(faits)?)).into()),
        }
    }
}

fn extreme(
    liste: &[Nombre],
    faits: &Faits,
    hote: &dyn Hote,
    garde: fn(Ordering) -> bool,
) -> Resultat<Decimal> {
    let mut meilleur: Option<Decimal> = None;
    for x in liste {
        let x = x.evalue(faits, hote)?;
        if meilleur.is_none_or(|m| garde(x.cmp(&m))) {
            meilleur = Some(x);
        }
    }
    // the reader refuses an empty list
    meilleur.ok_or(ErreurCalcul::BornesInversees)
}

impl DateExpr {
    pub(super) fn evalue(&self, faits: &Faits, hote: &dyn Hote) -> Resultat<Date> {
        match self {
            Self::Constante(d) => Ok(*d),
            Self::Fait(fait) => match faits.valeur(*fait) {
                Valeur::Date(d) => Ok(d),
                autre_valeur => Err(autre(autre_valeur, *fait)),
            },
            Self::AjouteMois(dn) => {
                fonctions::ajoute_mois(dn.0.evalue(faits, hote)?, dn.1.evalue(faits, hote)?)
            }
        }
    }
}

impl Heure {
    fn evalue(self, faits: &Faits) -> Resultat<u16> {
        match self {
            Self::Constante(h) => Ok(h),
            Self::Fait(fait) => match faits.valeur(fait) {
                Valeur::Heure(h) => Ok(h),
                autre_valeur => Err(autre(autre_valeur, fait)),
            },
        }
    }
}

impl Choix {
    fn evalue(&self, faits: &Faits, hote: &dyn Hote) -> Resultat<u16> {
        match self {
            Self::Constante(c) => Ok(*c),
            Self::Fait(fait) => match faits.valeur(*fait) {
                Valeur::Choix(c) => Ok(c),
                autre_valeur => Err(autre(autre_valeur, *fait)),
            },
            Self::JourSemaine(d) => d.evalue(faits, hote).map(fonctions::jour_semaine),
        }
    }
}

impl Booleen {
    pub(super) fn evalue(&self, faits: &Faits, hote: &dyn Hote) -> Resultat<bool> {
        Ok(match self {
            Self::Constante(b) => *b,
            Self::Fait(fait) => match faits.valeur(*fait) {
                Valeur::Booleen(b) => b,
                autre_valeur => return Err(autre(autre_valeur, *fait)),
            },
            Self::EstConnu(fait) => faits.valeur(*fait) != Valeur::Absent,
            Self::Non(b) => !b.evalue(faits, hote)?,
            Self::Et(liste) => {
                for b in liste {
                    if !b.evalue(faits, hote)? {
                        return Ok(false);
                    }
                }
                true
            }
            Self::Ou(liste) => {
                for b in liste {
                    if b.evalue(faits, hote)? {
                        return Ok(true);
                    }
                }
                false
            }
            Self::Nombres(op, ab) => op.tient(ab.0.evalue(faits, hote)?.cmp(&ab.1.evalue(faits, hote)?)),
            Self::Dates(op, ab) => op.tient(ab.0.evalue(faits, hote)?.cmp(&ab.1.evalue(faits, hote)?)),
            Self::Heures(op, a, b) => op.tient(a.evalue(faits)?.cmp(&b.evalue(faits)?)),
            Self::Choix(egal, ab) => (ab.0.evalue(faits, hote)? == ab.1.evalue(faits, hote)?) == *egal,
            Self::Booleens(egal, ab) => (ab.0.evalue(faits, hote)? == ab.1.evalue(faits, hote)?) == *egal,
            Self::NombreDans(xl) => {
                let x = xl.0.evalue(faits, hote)?;
                parmi(&xl.1, |y| Ok(y.evalue(faits, hote)? == x))?
            }
            Self::DateDans(xl) => {
                let x = xl.0.evalue(faits, hote)?;
                parmi(&xl.1, |y| Ok(y.evalue(faits, hote)? == x))?
            }
            Self::HeureDans(x, liste) => {
                let x = x.evalue(faits)?;
                parmi(liste, |y| Ok(y.evalue(faits)? == x))?
            }
            Self::ChoixDans(xl) => {
                let x = xl.0.evalue(faits, hote)?;
                parmi(&xl.1, |y| Ok(y.evalue(faits, hote)? == x))?
            }
            Self::Contient(fait, bits) => match faits.valeur(*fait) {
                Valeur::Ensemble(tous) => tous & bits == *bits,
                autre_valeur => return Err(autre(autre_valeur, *fait)),
            },
            Self::EstFerie(d) => {
                let d = d.evalue(faits, hote)?;
                hote.est_ferie(d).ok_or(ErreurCalcul::HorsCalendrier(d))?
            }
            Self::EstEcole(d) => {
                let d = d.evalue(faits, hote)?;
                hote.est_ecole(d).ok_or(ErreurCalcul::HorsCalendrier(d))?
            }
        })
    }
}

fn parmi<T>(liste: &[T], egal: impl Fn(&T) -> Resultat<bool>) -> Resultat<bool> {
    for y in liste {
        if egal(y)? {
            return Ok(true);
        }
    }
    Ok(false)
}
