//! A dimension cut into elementary classes: all the values between two bounds written in the table answer alike.

use jiff::{ToSpan, civil::Date};
use rust_decimal::Decimal;

use crate::selection::{Borne, Intervalle, Motif, Selection};
use crate::valeur::{Domaine, Sens, Valeur, en_pas};

/// The classes of one dimension. `absent` is always the last one.
#[derive(Clone, Debug)]
pub struct Axe {
    lecture: Lecture,
    /// For ordered dimensions: where a new class begins, in key units, sorted.
    seuils: Box<[i64]>,
    classes: u32,
    /// Smallest and largest key that the domain allows, both included.
    etendue: (Option<i64>, Option<i64>),
}

/// How a value becomes a key.
#[derive(Clone, Copy, Debug)]
enum Lecture {
    Booleen,
    Choix(u16),
    /// The key is the number of `pas`.
    Pas(Decimal, Sens),
    /// The key is `2 × value × 10^echelle` on that grid and one more between two of its points,
    /// so that « after 900 » and « before 901 » are different places.
    Dense(u32),
    /// Days since 1970-01-01.
    Date,
    Heure,
    Duree,
    /// The names that some row mentions; a class is which of them the set holds.
    Ensemble(u64),
}

/// A half-open range of keys; `None` = no end on that side.
type Plage = (Option<i64>, Option<i64>);

/// Most set names that the rows of one table may mention on one dimension (2^n classes).
pub const NOMS_PAR_ENSEMBLE: u32 = 12;

impl Axe {
    /// Cuts `domaine` at each bound of `selections`. `None` when a set dimension mentions too many names.
    pub fn coupe<'s>(
        domaine: &Domaine,
        selections: impl Iterator<Item = &'s Selection> + Clone,
    ) -> Option<Self> {
        let motifs = || selections.clone().flat_map(|s| s.motifs.iter());
        let lecture = match domaine {
            Domaine::Booleen => Lecture::Booleen,
            Domaine::Choix(noms) => Lecture::Choix(u16::try_from(noms.len()).ok()?),
            Domaine::Nombre { pas: Some((pas, sens)), .. } => Lecture::Pas(*pas, *sens),
            Domaine::Nombre { pas: None, min, max } => {
                let bornes = motifs().flat_map(nombres_ecrits).chain(*min).chain(*max);
                Lecture::Dense(bornes.map(|d| d.normalize().scale()).max().unwrap_or(0))
            }
            Domaine::Date => Lecture::Date,
            Domaine::Heure => Lecture::Heure,
            Domaine::Duree(_) => Lecture::Duree,
            Domaine::Ensemble(_) => {
                let cites = motifs().fold(0, |tous, m| match m {
                    Motif::Valeur(Valeur::Ensemble(bits)) => tous | bits,
                    _ => tous,
                });
                if cites.count_ones() > NOMS_PAR_ENSEMBLE {
                    return None;
                }
                Lecture::Ensemble(cites)
            }
        };
        let mut seuils: Vec<i64> =
            motifs().filter_map(|m| lecture.plage(m)).flat_map(|(de, a)| de.into_iter().chain(a)).collect();
        seuils.sort_unstable();
        seuils.dedup();
        let connues = match lecture {
            Lecture::Booleen => 2,
            Lecture::Choix(n) => u32::from(n),
            Lecture::Ensemble(cites) => 1 << cites.count_ones(),
            _ => u32::try_from(seuils.len()).ok()? + 1,
        };
        let etendue = match domaine {
            Domaine::Nombre { min, max, .. } => (
                min.and_then(|m| lecture.cle(Valeur::Nombre(m))),
                max.and_then(|m| lecture.cle(Valeur::Nombre(m))),
            ),
            Domaine::Heure => (Some(0), Some(24 * 60)),
            Domaine::Duree(_) => (Some(0), None),
            _ => (None, None),
        };
        Some(Self { lecture, seuils: seuils.into_boxed_slice(), classes: connues + 1, etendue })
    }

    /// How many classes, `absent` included.
    pub fn classes(&self) -> u32 {
        self.classes
    }

    /// The class of [`Valeur::Absent`].
    pub fn absente(&self) -> u32 {
        self.classes - 1
    }

    /// Is it an axis with an order (a number, a date, an hour, a duration)?
    pub fn ordonne(&self) -> bool {
        !matches!(self.lecture, Lecture::Booleen | Lecture::Choix(_) | Lecture::Ensemble(_))
    }

    /// The class of `v`; `None` when its type is not the dimension's, or when it does not fit.
    #[inline]
    pub fn classe(&self, v: Valeur) -> Option<u32> {
        if v == Valeur::Absent {
            return Some(self.absente());
        }
        let cle = self.lecture.cle(v)?;
        if self.ordonne() {
            return u32::try_from(self.seuils.partition_point(|s| *s <= cle)).ok();
        }
        u32::try_from(cle).ok().filter(|c| *c < self.absente())
    }

    /// Is its key a whole number that a column can hold?
    pub(super) fn entier(&self) -> bool {
        matches!(self.lecture, Lecture::Pas(..) | Lecture::Heure | Lecture::Duree)
    }

    /// The class of a key of an ordered axis.
    #[inline]
    pub(super) fn classe_de_cle(&self, cle: i64) -> u32 {
        // counting has no branch to miss; it is the faster of the two on a printed grid
        if self.seuils.len() <= 24 {
            return self.seuils.iter().fold(0, |classe, seuil| classe + u32::from(*seuil <= cle));
        }
        u32::try_from(self.seuils.partition_point(|s| *s <= cle)).unwrap_or(u32::MAX)
    }

    /// The number that the table sees: brought to the dimension's `pas`, or as it is on a dense axis.
    pub fn lu(&self, v: Decimal) -> Option<Decimal> {
        match self.lecture {
            Lecture::Pas(pas, sens) => Decimal::from(en_pas(v, pas, sens)?).checked_mul(pas),
            Lecture::Dense(_) => Some(v),
            _ => None,
        }
    }

    /// The classes that `selection` takes, in order.
    pub fn prises(&self, selection: &Selection) -> Vec<u32> {
        let plages: Vec<Plage> = selection.motifs.iter().filter_map(|m| self.lecture.plage(m)).collect();
        let connues = (0..self.absente()).filter(|classe| {
            if self.ordonne() {
                let debut = self.debut(*classe);
                let dedans = plages.iter().any(|(de, a)| {
                    de.is_none_or(|d| debut.is_some_and(|x| x >= d))
                        && a.is_none_or(|f| debut.is_none_or(|x| x < f))
                });
                dedans != selection.sauf
            } else {
                self.exemple(*classe).is_some_and(|v| selection.accepte(v))
            }
        });
        let mut prises: Vec<u32> = connues.collect();
        if selection.accepte(Valeur::Absent) {
            prises.push(self.absente());
        }
        prises
    }

    /// Bounds of `selection` that are not multiples of the dimension's `pas`.
    pub fn hors_pas(&self, selection: &Selection) -> Vec<Decimal> {
        let Lecture::Pas(pas, _) = self.lecture else { return Vec::new() };
        let bornes = selection.motifs.iter().flat_map(nombres_ecrits);
        bornes.filter(|b| en_pas(*b, pas, Sens::Inferieur) != en_pas(*b, pas, Sens::Superieur)).collect()
    }

    /// Does each motif speak of this dimension's type?
    pub fn comprend(&self, selection: &Selection) -> bool {
        selection.motifs.iter().all(|m| match (m, self.lecture) {
            (Motif::Valeur(Valeur::Absent), _)
            | (Motif::Entiers(_), Lecture::Heure | Lecture::Duree)
            | (Motif::Dates(_), Lecture::Date) => true,
            (Motif::Nombres(_), Lecture::Pas(..) | Lecture::Dense(_)) => self.lecture.plage(m).is_some(),
            (Motif::Valeur(Valeur::Ensemble(_)), Lecture::Ensemble(_)) => true,
            (Motif::Valeur(v), lecture) => lecture.cle(*v).is_some_and(|c| match lecture {
                Lecture::Choix(n) => c < i64::from(n),
                _ => true,
            }),
            _ => false,
        })
    }

    /// May a declared value fall in that class? (`absent` is the table's matter, not the axis's.)
    pub fn possible(&self, classe: u32) -> bool {
        if !self.ordonne() || classe == self.absente() {
            return true;
        }
        let (min, max) = self.etendue;
        let apres_min = min.is_none_or(|m| self.fin(classe).is_none_or(|f| f > m));
        let avant_max = max.is_none_or(|m| self.debut(classe).is_none_or(|d| d <= m));
        apres_min && avant_max
    }

    /// First key of an ordered class; `None` = no lower end.
    fn debut(&self, classe: u32) -> Option<i64> {
        self.seuils.get(usize::try_from(classe.checked_sub(1)?).ok()?).copied()
    }

    /// First key after an ordered class; `None` = no upper end.
    fn fin(&self, classe: u32) -> Option<i64> {
        self.seuils.get(usize::try_from(classe).ok()?).copied()
    }

    /// The ends of an ordered class within the domain, as an interval of values.
    pub fn intervalle(&self, de: u32, a: u32) -> Intervalle<Valeur> {
        let (min, max) = self.etendue;
        let bas = self.debut(de).into_iter().chain(min).max();
        let haut = self.fin(a).into_iter().chain(max.and_then(|m| m.checked_add(1))).min();
        Intervalle { de: bas.and_then(|c| self.borne(c, true)), a: haut.and_then(|c| self.borne(c, false)) }
    }

    /// The bound that key `c` is: of the class it begins (`debut`) or of the one it ends.
    fn borne(&self, c: i64, debut: bool) -> Option<Borne<Valeur>> {
        if let Lecture::Dense(echelle) = self.lecture {
            let point = Decimal::from_i128_with_scale(i128::from(c.div_euclid(2)), echelle).normalize();
            // an even key is the grid's point itself, an odd one the open gap after it
            return Some(Borne { valeur: Valeur::Nombre(point), incluse: (c.rem_euclid(2) == 0) == debut });
        }
        let c = if debut { c } else { c.checked_sub(1)? };
        Some(Borne { valeur: self.lecture.valeur(c)?, incluse: true })
    }

    /// The smallest value of a class, or a plain one inside when the class has no smallest (900.5 between 900 and 901).
    pub fn exemple(&self, classe: u32) -> Option<Valeur> {
        if classe == self.absente() {
            return Some(Valeur::Absent);
        }
        match self.lecture {
            Lecture::Booleen => return Some(Valeur::Booleen(classe == 1)),
            Lecture::Choix(_) => return u16::try_from(classe).ok().map(Valeur::Choix),
            Lecture::Ensemble(cites) => return Some(Valeur::Ensemble(deplie(classe, cites))),
            _ => {}
        }
        let i = self.intervalle(classe, classe);
        match (i.de, i.a) {
            (Some(Borne { valeur, incluse: true }), _) => Some(valeur),
            // only dense numbers have an open lower end
            (Some(Borne { valeur: Valeur::Nombre(bas), .. }), haut) => match haut {
                Some(Borne { valeur: Valeur::Nombre(h), .. }) => {
                    bas.checked_add(h)?.checked_div(Decimal::TWO).map(|m| Valeur::Nombre(m.normalize()))
                }
                _ => bas.checked_add(Decimal::ONE).map(Valeur::Nombre),
            },
            (None, haut) => {
                let fin = self.fin(classe);
                if fin.is_none_or(|f| f > 0) {
                    return self.lecture.valeur(0);
                }
                match haut {
                    Some(Borne { valeur, incluse: true }) => Some(valeur),
                    Some(Borne { valeur: Valeur::Nombre(h), .. }) => {
                        h.checked_sub(Decimal::ONE).map(Valeur::Nombre)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The selection that these classes make, for a message: « jusqu'à 900, ou absent ».
    pub fn selection(&self, classes: &[u32]) -> Selection {
        let mut motifs = Vec::new();
        let mut reste = classes.iter().copied().filter(|c| *c != self.absente()).peekable();
        while let Some(de) = reste.next() {
            let mut a = de;
            if self.ordonne() {
                while reste.next_if(|c| *c == a + 1).is_some() {
                    a += 1;
                }
            }
            let i = self.intervalle(de, a);
            motifs.extend(if self.ordonne() {
                motif_de(self.lecture, i)
            } else {
                self.exemple(de).map(Motif::Valeur)
            });
        }
        if classes.contains(&self.absente()) {
            motifs.push(Motif::Valeur(Valeur::Absent));
        }
        Selection { motifs, sauf: false, absent_aussi: false }
    }
}

impl Lecture {
    /// The key of a known value; `None` when its type is another's, or when it does not fit.
    #[inline]
    fn cle(self, v: Valeur) -> Option<i64> {
        match (self, v) {
            (Self::Pas(pas, sens), Valeur::Nombre(n)) => en_pas(n, pas, sens),
            (Self::Choix(_), Valeur::Choix(i)) => Some(i64::from(i)),
            (Self::Booleen, Valeur::Booleen(b)) => Some(i64::from(b)),
            (Self::Dense(echelle), Valeur::Nombre(n)) => {
                let grille = Decimal::new(1, echelle);
                let bas = en_pas(n, grille, Sens::Inferieur)?;
                let entre = en_pas(n, grille, Sens::Superieur)? != bas;
                bas.checked_mul(2)?.checked_add(i64::from(entre))
            }
            (Self::Date, Valeur::Date(d)) => Some(jours(d)),
            (Self::Heure, Valeur::Heure(h)) => Some(i64::from(h)),
            (Self::Duree, Valeur::Duree(d)) => Some(i64::from(d)),
            (Self::Ensemble(cites), Valeur::Ensemble(bits)) => Some(i64::from(replie(bits, cites))),
            _ => None,
        }
    }

    /// The value whose key is `c`, on an axis without gaps.
    fn valeur(self, c: i64) -> Option<Valeur> {
        match self {
            Self::Pas(pas, _) => Decimal::from(c).checked_mul(pas).map(|d| Valeur::Nombre(d.normalize())),
            Self::Dense(echelle) => Some(Valeur::Nombre(
                Decimal::from_i128_with_scale(i128::from(c.div_euclid(2)), echelle).normalize(),
            )),
            Self::Date => EPOQUE.checked_add(c.days()).ok().map(Valeur::Date),
            Self::Heure => u16::try_from(c).ok().map(Valeur::Heure),
            Self::Duree => i32::try_from(c).ok().map(Valeur::Duree),
            _ => None,
        }
    }

    /// The keys that `motif` accepts on an ordered axis.
    fn plage(self, motif: &Motif) -> Option<Plage> {
        match (self, motif) {
            (Self::Pas(pas, _), Motif::Nombres(i)) => {
                let (bas, haut) = (|n| en_pas(n, pas, Sens::Superieur), |n| en_pas(n, pas, Sens::Inferieur));
                let de =
                    cote(i.de, |b| if b.incluse { bas(b.valeur) } else { haut(b.valeur)?.checked_add(1) })?;
                let a =
                    cote(i.a, |b| if b.incluse { haut(b.valeur)?.checked_add(1) } else { bas(b.valeur) })?;
                Some((de, a))
            }
            (Self::Pas(pas, _), Motif::Valeur(Valeur::Nombre(n))) => Some((
                Some(en_pas(*n, pas, Sens::Superieur)?),
                Some(en_pas(*n, pas, Sens::Inferieur)?.checked_add(1)?),
            )),
            (Self::Dense(_), Motif::Nombres(i)) => self.bornes(*i, Valeur::Nombre),
            (Self::Date, Motif::Dates(i)) => self.bornes(*i, Valeur::Date),
            (Self::Heure | Self::Duree, Motif::Entiers(i)) => {
                let de = cote(i.de, |b| b.valeur.checked_add(i64::from(!b.incluse)))?;
                Some((de, cote(i.a, |b| b.valeur.checked_add(i64::from(b.incluse)))?))
            }
            (Self::Dense(_) | Self::Date | Self::Heure | Self::Duree, Motif::Valeur(v))
                if *v != Valeur::Absent =>
            {
                let c = self.cle(*v)?;
                Some((Some(c), Some(c.checked_add(1)?)))
            }
            _ => None,
        }
    }

    /// The keys of an interval whose bounds are exact keys.
    fn bornes<T>(self, i: Intervalle<T>, valeur: impl Fn(T) -> Valeur) -> Option<Plage> {
        let de = cote(i.de, |b| self.cle(valeur(b.valeur))?.checked_add(i64::from(!b.incluse)))?;
        let a = cote(i.a, |b| self.cle(valeur(b.valeur))?.checked_add(i64::from(b.incluse)))?;
        Some((de, a))
    }
}

/// `None` = the bound does not fit; `Some(None)` = no bound.
fn cote<T>(borne: Option<Borne<T>>, cle: impl FnOnce(Borne<T>) -> Option<i64>) -> Option<Option<i64>> {
    match borne {
        None => Some(None),
        Some(b) => cle(b).map(Some),
    }
}

fn nombres_ecrits(m: &Motif) -> impl Iterator<Item = Decimal> + use<> {
    let (un, de, a) = match m {
        Motif::Valeur(Valeur::Nombre(n)) => (Some(*n), None, None),
        Motif::Nombres(i) => (None, i.de.map(|b| b.valeur), i.a.map(|b| b.valeur)),
        _ => (None, None, None),
    };
    un.into_iter().chain(de).chain(a)
}

fn motif_de(lecture: Lecture, i: Intervalle<Valeur>) -> Option<Motif> {
    if let (Some(Borne { valeur: bas, incluse: true }), Some(Borne { valeur: haut, incluse: true })) =
        (i.de, i.a)
        && bas == haut
    {
        return Some(Motif::Valeur(bas));
    }
    Some(match lecture {
        Lecture::Pas(..) | Lecture::Dense(_) => {
            Motif::Nombres(change(i, |v| if let Valeur::Nombre(n) = v { Some(n) } else { None }))
        }
        Lecture::Date => Motif::Dates(change(i, |v| if let Valeur::Date(d) = v { Some(d) } else { None })),
        Lecture::Heure | Lecture::Duree => Motif::Entiers(change(i, |v| match v {
            Valeur::Heure(h) => Some(i64::from(h)),
            Valeur::Duree(d) => Some(i64::from(d)),
            _ => None,
        })),
        _ => return None,
    })
}

fn change<T>(i: Intervalle<Valeur>, f: impl Fn(Valeur) -> Option<T>) -> Intervalle<T> {
    let borne = |b: Borne<Valeur>| f(b.valeur).map(|valeur| Borne { valeur, incluse: b.incluse });
    Intervalle { de: i.de.and_then(borne), a: i.a.and_then(borne) }
}

const EPOQUE: Date = jiff::civil::date(1970, 1, 1);

/// Days since 1970-01-01 (Hinnant's `days_from_civil`): integers only, as a price is asked millions of times.
fn jours(d: Date) -> i64 {
    let (mois, jour) = (i64::from(d.month()), i64::from(d.day()));
    let an = i64::from(d.year()) - i64::from(mois <= 2);
    let ere = an.div_euclid(400);
    let an_dere = an.rem_euclid(400);
    let jour_dan = (153 * ((mois + 9) % 12) + 2) / 5 + jour - 1;
    ere * 146_097 + an_dere * 365 + an_dere / 4 - an_dere / 100 + jour_dan - 719_468
}

/// The bits of `v` at the places of `masque`, side by side.
fn replie(v: u64, masque: u64) -> u32 {
    let places = (0..64).filter(|i| masque >> i & 1 == 1);
    places.enumerate().fold(0, |r, (k, i)| r | u32::from(v >> i & 1 == 1) << k)
}

/// The inverse of [`replie`].
fn deplie(r: u32, masque: u64) -> u64 {
    let places = (0..64_u32).filter(|i| masque >> i & 1 == 1);
    places.enumerate().fold(0, |v, (k, i)| v | u64::from(r >> k & 1) << i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_jours_sont_ceux_du_calendrier() {
        for (d, attendu) in [
            (jiff::civil::date(1970, 1, 1), 0),
            (jiff::civil::date(1969, 12, 31), -1),
            (jiff::civil::date(2024, 2, 29), 19_782),
            (jiff::civil::date(2024, 3, 1), 19_783),
        ] {
            assert_eq!(jours(d), attendu, "{d}");
            assert_eq!(Lecture::Date.valeur(attendu), Some(Valeur::Date(d)));
        }
    }

    #[test]
    fn un_ensemble_se_replie_et_se_deplie() {
        assert_eq!(replie(0b1011_0000, 0b1001_1000), 0b110);
        assert_eq!(deplie(0b110, 0b1001_1000), 0b1001_0000);
    }
}
