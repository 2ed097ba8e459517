//! `si`: a map of conditions, a text, or both; all must hold.

use crate::expression::{ErreurCalcul, Expr, Hote};
use crate::faits::{FaitId, Faits};
use crate::selection::Selection;
use crate::table::axe::Axe;
use crate::valeur::{Domaine, Valeur};

/// A compiled `si`. Without anything written, it always holds.
#[derive(Clone, Debug, Default)]
pub struct Condition {
    carte: Vec<Cellule>,
    textes: Vec<Expr>,
}

/// What the map form says of one fact.
#[derive(Clone, Debug)]
struct Cellule {
    fait: FaitId,
    domaine: Domaine,
    selection: Selection,
    axe: Axe,
    prises: Vec<u32>,
}

/// What can be said of a condition without knowing any fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Portee {
    /// No family can meet it.
    Jamais,
    /// Every family meets it.
    Toujours,
    /// It depends on the facts, or a text says it.
    Selon,
}

impl Condition {
    /// Compiles the map and the text. Numbers are brought to their `pas` as in a table. `Err(fait)`: the selection is not
    /// of the fact's type, or mentions too many names of a set.
    pub fn compile(carte: Vec<(FaitId, Domaine, Selection)>, texte: Option<Expr>) -> Result<Self, FaitId> {
        let carte = carte.into_iter().map(|(fait, domaine, selection)| {
            let axe = Axe::coupe(&domaine, std::iter::once(&selection))
                .filter(|a| a.comprend(&selection))
                .ok_or(fait)?;
            let prises = axe.prises(&selection);
            Ok(Cellule { fait, domaine, selection, axe, prises })
        });
        Ok(Self { carte: carte.collect::<Result<_, _>>()?, textes: texte.into_iter().collect() })
    }

    /// Does it hold for these facts?
    pub fn tient(&self, faits: &Faits<'_>, hote: &dyn Hote) -> Result<bool, ErreurCalcul> {
        for Cellule { fait, axe, prises, .. } in &self.carte {
            let classe = axe.classe(faits.valeur(*fait)).ok_or(ErreurCalcul::TypeInattendu(*fait))?;
            if !prises.contains(&classe) {
                return Ok(false);
            }
        }
        for texte in &self.textes {
            if texte.evalue(faits, hote)? != Valeur::Booleen(true) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Both must hold.
    #[must_use]
    pub fn et(mut self, autre: Self) -> Self {
        self.carte.extend(autre.carte);
        self.textes.extend(autre.textes);
        self
    }

    /// The facts it reads.
    pub fn faits_lus(&self) -> impl Iterator<Item = FaitId> {
        self.carte
            .iter()
            .map(|c| c.fait)
            .chain(self.textes.iter().flat_map(|t| t.faits_lus().iter().copied()))
    }

    /// The map form: what each fact must be, in its domain.
    pub fn cellules(&self) -> impl Iterator<Item = (FaitId, &Domaine, &Selection)> {
        self.carte.iter().map(|c| (c.fait, &c.domaine, &c.selection))
    }

    /// The text form: nothing is concluded about it.
    pub fn textes(&self) -> &[Expr] {
        &self.textes
    }

    /// Can it hold, can it fail? `peut_manquer` says which facts may be absent.
    pub fn portee(&self, peut_manquer: impl Fn(FaitId) -> bool) -> Portee {
        let mut toujours = self.textes.is_empty();
        for c in &self.carte {
            // a fact may be asked twice: by a screen, then by its field
            let siennes: Vec<&Cellule> = self.carte.iter().filter(|d| d.fait == c.fait).collect();
            let Some(axe) = Axe::coupe(&c.domaine, siennes.iter().map(|d| &d.selection)) else {
                return Portee::Selon;
            };
            let prises: Vec<Vec<u32>> = siennes.iter().map(|d| axe.prises(&d.selection)).collect();
            let possibles = possibles(&axe, peut_manquer(c.fait));
            if !possibles.clone().any(|p| prises.iter().all(|x| x.contains(&p))) {
                return Portee::Jamais;
            }
            toujours &= possibles.clone().all(|p| prises.iter().all(|x| x.contains(&p)));
        }
        if toujours { Portee::Toujours } else { Portee::Selon }
    }

    /// Is there a family that meets both? `None` when a text keeps from telling; facts that only one of them reads never
    /// separate two conditions.
    pub fn recoupe(&self, autre: &Self, peut_manquer: impl Fn(FaitId) -> bool) -> Option<bool> {
        for c in &self.carte {
            for d in autre.carte.iter().filter(|d| d.fait == c.fait) {
                let axe = Axe::coupe(&c.domaine, [&c.selection, &d.selection].into_iter())?;
                let (a, b) = (axe.prises(&c.selection), axe.prises(&d.selection));
                if !possibles(&axe, peut_manquer(c.fait)).any(|p| a.contains(&p) && b.contains(&p)) {
                    return Some(false);
                }
            }
        }
        (self.textes.is_empty() && autre.textes.is_empty()).then_some(true)
    }
}

/// Why conditions were not analysed: one is written as a text, or there are more than 20 000 cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NonAnalyse;

/// Does every family meet one of `conditions`? Else a family that meets none, as what each fact that they read is worth.
pub fn sans_condition(
    conditions: &[&Condition],
    peut_manquer: impl Fn(FaitId) -> bool,
) -> Result<Option<Vec<(FaitId, Valeur)>>, NonAnalyse> {
    if conditions.iter().any(|c| !c.textes.is_empty()) {
        return Err(NonAnalyse);
    }
    let toutes = || conditions.iter().flat_map(|c| c.carte.iter());
    let mut axes: Vec<(FaitId, Axe, Vec<u32>)> = Vec::new();
    for c in toutes() {
        if axes.iter().any(|(f, ..)| *f == c.fait) {
            continue;
        }
        let selections = toutes().filter(|d| d.fait == c.fait).map(|d| &d.selection);
        let axe = Axe::coupe(&c.domaine, selections.collect::<Vec<_>>().into_iter()).ok_or(NonAnalyse)?;
        let possibles: Vec<u32> = possibles(&axe, peut_manquer(c.fait)).collect();
        axes.push((c.fait, axe, possibles));
    }
    let cas = axes.iter().try_fold(1_usize, |n, (.., p)| n.checked_mul(p.len()).filter(|n| *n <= CAS_MAX));
    for i in 0..cas.ok_or(NonAnalyse)? {
        let mut reste = i;
        let mut point: Vec<(FaitId, Valeur)> = Vec::with_capacity(axes.len());
        for (fait, axe, possibles) in &axes {
            let classe =
                possibles.get(reste.checked_rem(possibles.len()).ok_or(NonAnalyse)?).ok_or(NonAnalyse)?;
            reste = reste.checked_div(possibles.len()).ok_or(NonAnalyse)?;
            point.push((*fait, axe.exemple(*classe).ok_or(NonAnalyse)?));
        }
        let valeur = |f: FaitId| point.iter().find(|(g, _)| *g == f).map_or(Valeur::Absent, |(_, v)| *v);
        let tient = |c: &Condition| {
            c.carte.iter().all(|d| d.axe.classe(valeur(d.fait)).is_some_and(|x| d.prises.contains(&x)))
        };
        if !conditions.iter().any(|c| tient(c)) {
            return Ok(Some(point));
        }
    }
    Ok(None)
}

/// Most cases that [`sans_condition`] tries.
const CAS_MAX: usize = 20_000;

/// The classes that the fact may fall in.
fn possibles(axe: &Axe, peut_manquer: bool) -> impl Iterator<Item = u32> + Clone {
    let absente = axe.absente();
    (0..axe.classes()).filter(move |c| if *c == absente { peut_manquer } else { axe.possible(*c) })
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::selection::{Borne, Intervalle, Motif};
    use crate::valeur::Sens;

    fn entiers() -> Domaine {
        Domaine::Nombre { pas: Some((Decimal::ONE, Sens::Inferieur)), min: Some(Decimal::ZERO), max: None }
    }

    fn entre(fait: u16, de: Option<i64>, a: Option<i64>) -> (FaitId, Domaine, Selection) {
        let borne = |n: i64| Borne { valeur: Decimal::from(n), incluse: true };
        let intervalle = Intervalle { de: de.map(borne), a: a.map(borne) };
        let selection =
            Selection { motifs: vec![Motif::Nombres(intervalle)], sauf: false, absent_aussi: false };
        (FaitId(fait), entiers(), selection)
    }

    fn si(cellules: Vec<(FaitId, Domaine, Selection)>) -> Condition {
        Condition::compile(cellules, None).unwrap()
    }

    #[test]
    fn portee_selon_le_domaine() {
        assert_eq!(Condition::default().portee(|_| true), Portee::Toujours);
        assert_eq!(si(vec![entre(0, Some(0), None)]).portee(|_| false), Portee::Toujours);
        assert_eq!(si(vec![entre(0, Some(0), None)]).portee(|_| true), Portee::Selon, "absent n'y est pas");
        assert_eq!(si(vec![entre(0, None, Some(-1))]).portee(|_| true), Portee::Jamais);
        assert_eq!(si(vec![entre(0, None, Some(0))]).portee(|_| true), Portee::Selon);
    }

    #[test]
    fn un_fait_demande_deux_fois_ne_tient_jamais() {
        let deux = si(vec![entre(0, None, Some(900))]).et(si(vec![entre(0, Some(901), None)]));
        assert_eq!(deux.portee(|_| true), Portee::Jamais);
    }

    #[test]
    fn les_conditions_couvrent_tout_ou_un_cas_manque() {
        let (bas, haut) = (si(vec![entre(0, None, Some(900))]), si(vec![entre(0, Some(901), None)]));
        assert_eq!(sans_condition(&[&bas, &haut], |_| false), Ok(None));
        assert_eq!(sans_condition(&[&bas, &haut], |_| true), Ok(Some(vec![(FaitId(0), Valeur::Absent)])));
        let trou = si(vec![entre(0, Some(902), None)]);
        let manque = sans_condition(&[&bas, &trou], |_| false);
        assert_eq!(manque, Ok(Some(vec![(FaitId(0), Valeur::Nombre(Decimal::from(901)))])));
    }

    #[test]
    fn deux_conditions_se_recoupent_a_la_borne() {
        let bas = si(vec![entre(0, None, Some(900))]);
        assert_eq!(bas.recoupe(&si(vec![entre(0, Some(901), None)]), |_| true), Some(false));
        assert_eq!(bas.recoupe(&si(vec![entre(0, Some(900), None)]), |_| true), Some(true));
        assert_eq!(bas.recoupe(&si(vec![entre(1, Some(901), None)]), |_| true), Some(true), "autre fait");
        assert_eq!(bas.recoupe(&Condition::default(), |_| true), Some(true));
    }
}
