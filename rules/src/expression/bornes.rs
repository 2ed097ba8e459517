//! Interval arithmetic over a number's tree: « can this price be negative over the declared domain? ».

use rust_decimal::Decimal;

use super::arbre::Nombre;
use crate::faits::FaitId;
use crate::fonctions;
use crate::valeur::Domaine;

/// Closed bounds; `None` = unbounded on that side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bornes {
    /// Never below.
    pub min: Option<Decimal>,
    /// Never above.
    pub max: Option<Decimal>,
}

impl Bornes {
    /// Any number.
    pub const AUCUNE: Self = Self { min: None, max: None };

    /// Exactly this number.
    pub const fn exacte(x: Decimal) -> Self {
        Self { min: Some(x), max: Some(x) }
    }

    /// What a fact's declared domain says.
    pub fn du_domaine(domaine: &Domaine) -> Self {
        match domaine {
            Domaine::Nombre { min, max, .. } => Self { min: *min, max: *max },
            // a measured duration is never below zero
            Domaine::Duree(_) => Self { min: Some(Decimal::ZERO), max: None },
            _ => Self::AUCUNE,
        }
    }

    /// Can a value within be below zero?
    pub fn peut_etre_negatif(&self) -> bool {
        self.min.is_none_or(|m| m.is_sign_negative() && !m.is_zero())
    }

    fn oppose(self) -> Self {
        Self { min: self.max.map(|x| -x), max: self.min.map(|x| -x) }
    }

    fn plus(self, autre: Self) -> Self {
        let somme = |a: Option<Decimal>, b: Option<Decimal>| a?.checked_add(b?);
        Self { min: somme(self.min, autre.min), max: somme(self.max, autre.max) }
    }

    /// Products of the ends; an unbounded end keeps a side only when signs decide it.
    fn fois(self, autre: Self) -> Self {
        let bouts = |b: Self| [Bout::bas(b.min), Bout::haut(b.max)];
        let mut produits = Vec::with_capacity(4);
        for a in bouts(self) {
            for b in bouts(autre) {
                match a.fois(b) {
                    Some(p) => produits.push(p),
                    // an overflow says nothing
                    None => return Self::AUCUNE,
                }
            }
        }
        let min = produits.iter().copied().min().and_then(Bout::fini);
        let max = produits.iter().copied().max().and_then(Bout::fini);
        Self { min, max }
    }

    fn divise(self, autre: Self) -> Self {
        // only a divisor that keeps one sign, away from zero, has a bounded inverse
        let (Some(bas), haut) = (autre.min, autre.max) else {
            return match autre.max {
                Some(haut) if haut < Decimal::ZERO => self.oppose().divise(autre.oppose()),
                _ => Self::AUCUNE,
            };
        };
        if bas > Decimal::ZERO {
            let inverse = |x: Decimal| Decimal::ONE.checked_div(x);
            // 1/haut is rounded: step back by one unit in the last place on both sides, to stay wider than the truth
            let ulp = Decimal::new(1, 28);
            let inv = Self {
                min: match haut {
                    Some(h) => inverse(h).map(|x| (x - ulp).max(Decimal::ZERO)),
                    None => Some(Decimal::ZERO),
                },
                max: inverse(bas).and_then(|x| x.checked_add(ulp)),
            };
            return self.fois_exact(inv, autre);
        }
        match haut {
            Some(haut) if haut < Decimal::ZERO => self.oppose().divise(autre.oppose()),
            _ => Self::AUCUNE,
        }
    }

    /// Ends divided exactly where both are finite, by the inverse otherwise.
    fn fois_exact(self, inverse: Self, diviseur: Self) -> Self {
        match (self.min, self.max, diviseur.min, diviseur.max) {
            (Some(a), Some(b), Some(c), Some(d)) => {
                let quotients: Option<Vec<Decimal>> =
                    [(a, c), (a, d), (b, c), (b, d)].into_iter().map(|(x, y)| x.checked_div(y)).collect();
                quotients.map_or(Self::AUCUNE, |q| Self {
                    min: q.iter().copied().min(),
                    max: q.iter().copied().max(),
                })
            }
            _ => self.fois(inverse),
        }
    }

    fn min(self, autre: Self) -> Self {
        Self { min: self.min.zip(autre.min).map(|(a, b)| a.min(b)), max: plus_petit(self.max, autre.max) }
    }

    fn max(self, autre: Self) -> Self {
        self.oppose().min(autre.oppose()).oppose()
    }
}

/// The smaller of two upper bounds, where `None` is no bound.
fn plus_petit(a: Option<Decimal>, b: Option<Decimal>) -> Option<Decimal> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (un, autre) => un.or(autre),
    }
}

/// An end, with infinities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Bout {
    MoinsInfini,
    Fini(Decimal),
    PlusInfini,
}

impl Bout {
    fn bas(x: Option<Decimal>) -> Self {
        x.map_or(Self::MoinsInfini, Self::Fini)
    }

    fn haut(x: Option<Decimal>) -> Self {
        x.map_or(Self::PlusInfini, Self::Fini)
    }

    fn fini(self) -> Option<Decimal> {
        match self {
            Self::Fini(x) => Some(x),
            _ => None,
        }
    }

    fn signe(self) -> i8 {
        match self {
            Self::MoinsInfini => -1,
            Self::PlusInfini => 1,
            Self::Fini(x) if x.is_zero() => 0,
            Self::Fini(x) if x.is_sign_negative() => -1,
            Self::Fini(_) => 1,
        }
    }

    /// Zero times an unbounded end is zero: the end stands for finite values, however large.
    fn fois(self, autre: Self) -> Option<Self> {
        if let (Self::Fini(a), Self::Fini(b)) = (self, autre) {
            return a.checked_mul(b).map(Self::Fini);
        }
        Some(match self.signe() * autre.signe() {
            0 => Self::Fini(Decimal::ZERO),
            1 => Self::PlusInfini,
            _ => Self::MoinsInfini,
        })
    }
}

/// The bounds of a number's tree.
pub(super) fn du_nombre(
    nombre: &Nombre,
    faits: &dyn Fn(FaitId) -> Bornes,
    parametres: &dyn Fn(u16) -> Bornes,
) -> Bornes {
    let b = |n: &Nombre| du_nombre(n, faits, parametres);
    match nombre {
        Nombre::Constante(x) => Bornes::exacte(*x),
        Nombre::Fait(fait) => faits(*fait),
        Nombre::Parametre(indice) => parametres(*indice),
        Nombre::Plus(xy) => b(&xy.0).plus(b(&xy.1)),
        Nombre::Moins(xy) => b(&xy.0).plus(b(&xy.1).oppose()),
        Nombre::Fois(xy) => b(&xy.0).fois(b(&xy.1)),
        Nombre::Divise(xy) => b(&xy.0).divise(b(&xy.1)),
        Nombre::Oppose(x) => b(x).oppose(),
        Nombre::Min(liste) => liste.iter().map(b).reduce(Bornes::min).unwrap_or(Bornes::AUCUNE),
        Nombre::Max(liste) => liste.iter().map(b).reduce(Bornes::max).unwrap_or(Bornes::AUCUNE),
        Nombre::Borne(xyz) => b(&xyz.0).max(b(&xyz.1)).min(b(&xyz.2)),
        Nombre::Arrondi(x, decimales, sens) => {
            let x = b(x);
            let arrondi = |v: Decimal| fonctions::arrondi(v, *decimales, *sens);
            Bornes { min: x.min.map(arrondi), max: x.max.map(arrondi) }
        }
        Nombre::SemaineIso(_) => Bornes { min: Some(Decimal::ONE), max: Some(Decimal::from(53)) },
        Nombre::Minutes(..) => Bornes { min: Some(Decimal::from(-1440)), max: Some(Decimal::from(1440)) },
        Nombre::Age(_) | Nombre::JoursEntre(_) | Nombre::MoisEntre(_) => Bornes::AUCUNE,
    }
}
