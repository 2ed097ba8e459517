//! `sur_periode`: rules over groups of lines.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::{Cadre, RegleDePeriode, Repartit, SurPeriode, echec};
use crate::ajustement::{
    Acte, Echec, Groupe, Ligne, Niveau, Origine, PrestationId, Quantum, arrondit_unitaire, montant_de_table,
    nouvelle, prix_et_arrondi,
};
use crate::bareme::{BaremeId, Prix, Refus};
use crate::faits::{FaitId, Faits};
use crate::lieu::Lieu;
use crate::trace::{Quoi, Trace};
use crate::valeur::Valeur;

/// Applies one rule to each of its groups.
pub(super) fn applique<T: Trace>(
    lignes: &mut Vec<Ligne>,
    actes: &[Acte<'_>],
    regle: &RegleDePeriode,
    cadre: Cadre<'_>,
    numeros: &mut u32,
    trace: &mut T,
) -> Result<(), Vec<Echec>> {
    let mut groupes: BTreeMap<Groupe, Vec<usize>> = BTreeMap::new();
    for (i, ligne) in lignes.iter().enumerate() {
        let Some(acte) = actes.get(ligne.acte) else { continue };
        let tient = regle.si.tient(&acte.faits(), cadre.tarifs.hote());
        match tient {
            Ok(true) => groupes.entry(Groupe::de(acte, &regle.par)).or_default().push(i),
            Ok(false) => {}
            Err(f) => return Err(vec![echec(ligne, actes, Refus::calcul(regle.lieu, f))]),
        }
    }
    let mut travail = Travail {
        lignes,
        actes,
        regle,
        cadre,
        numeros,
        trace,
        retirees: BTreeSet::new(),
        nouvelles: Vec::new(),
    };
    for groupe in groupes.values() {
        if let Err(refus) = travail.groupe(groupe) {
            let premiere = groupe.first().and_then(|i| travail.lignes.get(*i));
            return Err(premiere.map(|l| echec(l, actes, refus)).into_iter().collect());
        }
    }
    let Travail { retirees, mut nouvelles, .. } = travail;
    let mut rang = 0;
    lignes.retain(|_| {
        rang += 1;
        !retirees.contains(&(rang - 1))
    });
    lignes.append(&mut nouvelles);
    Ok(())
}

struct Travail<'a, 'b, T> {
    lignes: &'a mut Vec<Ligne>,
    actes: &'a [Acte<'b>],
    regle: &'a RegleDePeriode,
    cadre: Cadre<'a>,
    numeros: &'a mut u32,
    trace: &'a mut T,
    retirees: BTreeSet<usize>,
    nouvelles: Vec<Ligne>,
}

impl<'a, 'b, T: Trace> Travail<'a, 'b, T> {
    fn groupe(&mut self, groupe: &[usize]) -> Result<(), Refus> {
        match &self.regle.operation {
            SurPeriode::Regroupe { actes, en, bareme } => self.regroupe(groupe, actes, *en, *bareme),
            SurPeriode::Forfait { prestation, a_partir_de, en, bareme } => {
                let comptees: Vec<usize> =
                    groupe.iter().copied().filter(|i| self.est(*i, *prestation)).collect();
                if u32::try_from(comptees.len()).is_ok_and(|n| n >= *a_partir_de && n > 0) {
                    self.remplace(&comptees, *en, *bareme)?;
                }
                Ok(())
            }
            SurPeriode::TotalSelon { table, repartit } => {
                let faits = self.faits(groupe)?;
                let total = montant_de_table(table, &faits, self.cadre.tarifs, self.regle.lieu)?;
                match repartit {
                    Repartit::Egal => {
                        let n = Decimal::from(groupe.len());
                        let part = total.checked_div(n).ok_or_else(|| self.trop())?;
                        self.repartit(groupe, total, |_, _| Ok(part))
                    }
                    Repartit::Proportion => {
                        let (avant, lieu) = (self.somme(groupe)?, self.regle.lieu);
                        if avant.is_zero() && !total.is_zero() {
                            return Err(Refus::SansProportion { lieu });
                        }
                        self.repartit(groupe, total, |_, montant| {
                            if avant.is_zero() {
                                return Ok(Decimal::ZERO);
                            }
                            montant
                                .checked_mul(total)
                                .and_then(|m| m.checked_div(avant))
                                .ok_or(Refus::Depassement { lieu })
                        })
                    }
                    Repartit::Rang(fait) => {
                        let paliers = self.paliers(groupe, *fait, &|f: &Faits<'_>| {
                            montant_de_table(table, f, self.cadre.tarifs, self.regle.lieu)
                        })?;
                        self.repartit(groupe, total, |rang, _| {
                            paliers.get(rang).copied().ok_or(Refus::CasNonPrevu { lieu: Lieu::default() })
                        })
                    }
                }
            }
            SurPeriode::Remise { decroissant, de, a, taux } => {
                self.remise(groupe, *decroissant, *de, *a, *taux)
            }
            SurPeriode::Minimum(q) => self.complete(groupe, q, true),
            SurPeriode::Maximum(q) => self.complete(groupe, q, false),
            SurPeriode::Script(s) => {
                for i in groupe {
                    let Some(ligne) = self.lignes.get_mut(*i) else { continue };
                    let Some(acte) = self.actes.get(ligne.acte) else { continue };
                    let avant = ligne.montant;
                    let nouveau = self.cadre.tarifs.script(*s, Some(avant), &acte.faits());
                    let nouveau = nouveau
                        .map_err(|motif| Refus::Script { lieu: self.regle.lieu, motif: motif.into() })?;
                    change(ligne, nouveau, Quoi::Regle(self.regle.numero), self.regle.lieu, self.trace)?;
                }
                Ok(())
            }
        }
    }

    fn trop(&self) -> Refus {
        Refus::Depassement { lieu: self.regle.lieu }
    }

    fn est(&self, i: usize, prestation: PrestationId) -> bool {
        self.lignes.get(i).is_some_and(|l| l.prestation == prestation)
    }

    fn somme(&self, groupe: &[usize]) -> Result<Decimal, Refus> {
        let montants = groupe.iter().filter_map(|i| self.lignes.get(*i)).map(|l| l.montant);
        montants.clone().try_fold(Decimal::ZERO, |t, m| t.checked_add(m)).ok_or_else(|| self.trop())
    }

    /// The facts of the group's first line.
    fn faits(&self, groupe: &[usize]) -> Result<Faits<'b>, Refus> {
        self.premier(groupe).map(|(_, a)| a.faits())
    }

    fn premier(&self, groupe: &[usize]) -> Result<(usize, &'a Acte<'b>), Refus> {
        let ligne = groupe.first().and_then(|i| self.lignes.get(*i));
        ligne
            .and_then(|l| Some((l.acte, self.actes.get(l.acte)?)))
            .ok_or(Refus::CasNonPrevu { lieu: self.regle.lieu })
    }

    /// What the total gains with each further line.
    fn paliers(
        &self,
        groupe: &[usize],
        fait: FaitId,
        total: &dyn Fn(&Faits<'_>) -> Result<Decimal, Refus>,
    ) -> Result<Vec<Decimal>, Refus> {
        let faits = self.faits(groupe)?;
        let mut valeurs = faits.valeurs.to_vec();
        let place = usize::from(fait.0);
        valeurs.resize(valeurs.len().max(place + 1), Valeur::Absent);
        let mut avant = Decimal::ZERO;
        let mut paliers = Vec::with_capacity(groupe.len());
        for rang in 1..=groupe.len() {
            if let Some(v) = valeurs.get_mut(place) {
                *v = Valeur::Nombre(Decimal::from(rang));
            }
            let jusque_la = total(&Faits { valeurs: &valeurs, parametres: faits.parametres })?;
            paliers.push(jusque_la.checked_sub(avant).ok_or_else(|| self.trop())?);
            avant = jusque_la;
        }
        Ok(paliers)
    }

    /// Gives each line its share of `total`, rounded as lines are; the last one takes the remainder.
    fn repartit(
        &mut self,
        groupe: &[usize],
        total: Decimal,
        part: impl Fn(usize, Decimal) -> Result<Decimal, Refus>,
    ) -> Result<(), Refus> {
        let (lieu, mut reste) = (self.regle.lieu, total);
        let trop = Refus::Depassement { lieu };
        for (rang, i) in groupe.iter().enumerate() {
            let Some(ligne) = self.lignes.get_mut(*i) else { continue };
            let arrondi = ligne.arrondi.unwrap_or(self.cadre.arrondi.arrondi);
            let mut sienne = part(rang, ligne.montant)?;
            if self.cadre.arrondi.a != Niveau::Facture {
                sienne = arrondi.applique(sienne).ok_or(trop.clone())?;
            }
            if rang + 1 == groupe.len() {
                sienne = reste;
            }
            reste = reste.checked_sub(sienne).ok_or(trop.clone())?;
            change(ligne, sienne, Quoi::Repartition(self.regle.numero), lieu, self.trace)?;
        }
        Ok(())
    }

    fn remise(
        &mut self,
        groupe: &[usize],
        decroissant: bool,
        de: u32,
        a: Option<u32>,
        taux: Decimal,
    ) -> Result<(), Refus> {
        let mut classees: Vec<(Decimal, usize)> =
            groupe.iter().filter_map(|i| Some((self.lignes.get(*i)?.montant, *i))).collect();
        // equal prices keep the order of computation
        classees.sort_by(|(m, i), (n, j)| if decroissant { n.cmp(m) } else { m.cmp(n) }.then(i.cmp(j)));
        for (rang, (montant, i)) in (1..).zip(classees) {
            if rang < de || a.is_some_and(|a| rang > a) {
                continue;
            }
            let reduit =
                montant.checked_mul(taux).and_then(|m| montant.checked_sub(m)).ok_or_else(|| self.trop())?;
            if reduit < Decimal::ZERO {
                return Err(Refus::Negatif { lieu: self.regle.lieu });
            }
            if let Some(ligne) = self.lignes.get_mut(i) {
                change(ligne, reduit, Quoi::Regle(self.regle.numero), self.regle.lieu, self.trace)?;
            }
        }
        Ok(())
    }

    /// A line that brings the group up to a minimum or down to a maximum.
    fn complete(&mut self, groupe: &[usize], quantum: &Quantum, minimum: bool) -> Result<(), Refus> {
        let (lieu, somme) = (self.regle.lieu, self.somme(groupe)?);
        let (place, acte) = self.premier(groupe)?;
        let borne = match quantum {
            Quantum::Montant(g) => g.vaut(&acte.faits(), self.cadre.tarifs.hote(), lieu)?,
            Quantum::Lignes(t) => montant_de_table(t, &acte.faits(), self.cadre.tarifs, lieu)?,
            Quantum::Bareme(b) => prix_et_arrondi(*b, acte, self.cadre.tarifs, self.trace)?.0.montant,
            Quantum::Taux(t) => somme.checked_mul(*t).ok_or_else(|| self.trop())?,
        };
        if (minimum && somme >= borne) || (!minimum && somme <= borne) {
            return Ok(());
        }
        let ecart = borne.checked_sub(somme).ok_or_else(|| self.trop())?;
        let prix = Prix { montant: ecart, parts: Vec::new(), exemple: false, lieu };
        let numero = self.numero();
        if T::ACTIVE {
            self.trace.note(Quoi::Regle(self.regle.numero), lieu, Some(somme), Some(borne));
        }
        let ligne = nouvelle(
            place,
            acte,
            numero,
            Origine::Complement(self.regle.numero),
            Decimal::ONE,
            prix,
            None,
            self.trace,
        )?;
        self.nouvelles.push(ligne);
        Ok(())
    }

    fn numero(&mut self) -> u32 {
        let numero = *self.numeros;
        *self.numeros += 1;
        self.trace.ligne(numero);
        numero
    }

    fn regroupe(
        &mut self,
        groupe: &[usize],
        actes: &[(PrestationId, u32)],
        en: PrestationId,
        bareme: BaremeId,
    ) -> Result<(), Refus> {
        if actes.is_empty() || actes.iter().any(|(_, n)| *n == 0) {
            return Err(Refus::CasNonPrevu { lieu: self.regle.lieu });
        }
        let mut libres: Vec<Vec<usize>> = Vec::new();
        for (prestation, _) in actes {
            libres.push(groupe.iter().copied().filter(|i| self.est(*i, *prestation)).rev().collect());
        }
        loop {
            let complet =
                libres.iter().zip(actes).all(|(l, (_, n))| u32::try_from(l.len()).is_ok_and(|l| l >= *n));
            if !complet {
                return Ok(());
            }
            let mut prises = Vec::new();
            for (liste, (_, n)) in libres.iter_mut().zip(actes) {
                for _ in 0..*n {
                    prises.extend(liste.pop());
                }
            }
            prises.sort_unstable();
            self.remplace(&prises, en, bareme)?;
        }
    }

    /// One unit of `en` instead of these lines.
    fn remplace(&mut self, prises: &[usize], en: PrestationId, bareme: BaremeId) -> Result<(), Refus> {
        let (place, acte) = self.premier(prises)?;
        let avant = self.somme(prises)?;
        let numero = self.numero();
        if T::ACTIVE {
            self.trace.note(Quoi::Regle(self.regle.numero), self.regle.lieu, Some(avant), None);
        }
        let (mut prix, propre) = prix_et_arrondi(bareme, acte, self.cadre.tarifs, self.trace)?;
        if self.cadre.arrondi.a == Niveau::Unitaire {
            arrondit_unitaire(&mut prix, propre.unwrap_or(self.cadre.arrondi.arrondi), self.trace)?;
        }
        let ligne = nouvelle(
            place,
            acte,
            numero,
            Origine::Regroupement(self.regle.numero),
            Decimal::ONE,
            prix,
            propre,
            self.trace,
        )?;
        self.nouvelles.push(Ligne { prestation: en, ..ligne });
        self.retirees.extend(prises);
        Ok(())
    }
}

fn change<T: Trace>(
    ligne: &mut Ligne,
    nouveau: Decimal,
    quoi: Quoi,
    lieu: Lieu,
    trace: &mut T,
) -> Result<(), Refus> {
    let avant = ligne.montant;
    if nouveau < Decimal::ZERO {
        return Err(Refus::Negatif { lieu });
    }
    if nouveau != avant {
        ligne.change(nouveau, None, lieu)?;
        if T::ACTIVE {
            trace.ligne(ligne.numero);
            trace.note(quoi, lieu, Some(avant), Some(nouveau));
        }
    }
    Ok(())
}
