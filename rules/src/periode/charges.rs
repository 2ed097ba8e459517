//! Penalties and fees: lines of their own.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::{Cadre, Frais, Penalite, PrixPenalite, Retard, echec};
use crate::ajustement::{
    Acte, Echec, Groupe, Ligne, Origine, Quantum, Regle, montant_de_table, nouvelle, prix_et_arrondi,
    tient_avec_compteur,
};
use crate::bareme::{Prix, Refus};
use crate::lieu::Lieu;
use crate::trace::{Quoi, Trace};
use crate::valeur::Valeur;

pub(super) fn penalites<T: Trace>(
    lignes: &mut Vec<Ligne>,
    actes: &[Acte<'_>],
    penalites: &[Penalite],
    cadre: Cadre<'_>,
    numeros: &mut u32,
    trace: &mut T,
) -> Result<(), Vec<Echec>> {
    let mut nouvelles = Vec::new();
    for penalite in penalites {
        let (mut faites, mut rangs) = (BTreeSet::new(), BTreeMap::new());
        for ligne in lignes.iter_mut().filter(|l| l.origine == Origine::Acte) {
            let Some(acte) = actes.get(ligne.acte) else { continue };
            let une = une_penalite(ligne, acte, penalite, &mut faites, &mut rangs, cadre, numeros, trace);
            match une {
                Ok(nouvelle) => nouvelles.extend(nouvelle),
                Err(refus) => return Err(vec![echec(ligne, actes, refus)]),
            }
        }
    }
    lignes.append(&mut nouvelles);
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "the state of one pass over the lines")]
fn une_penalite<T: Trace>(
    ligne: &mut Ligne,
    acte: &Acte<'_>,
    penalite: &Penalite,
    faites: &mut BTreeSet<Groupe>,
    rangs: &mut BTreeMap<Groupe, u32>,
    cadre: Cadre<'_>,
    numeros: &mut u32,
    trace: &mut T,
) -> Result<Option<Ligne>, Refus> {
    let lieu = penalite.lieu;
    let deja = |rang: &Acte<'_>| cadre.avant.compte(Regle::Penalite(penalite.numero), rang);
    if !tient_avec_compteur(acte, &penalite.si, penalite.compteur.as_ref(), lieu, rangs, cadre.tarifs, &deja)?
    {
        return Ok(None);
    }
    let groupe = penalite.par.as_ref().map(|par| Groupe::de(acte, par));
    if let Some(groupe) = &groupe
        && (faites.contains(groupe) || cadre.avant.deja(Regle::Penalite(penalite.numero), acte)?)
    {
        return Ok(None);
    }
    trace.ligne(*numeros);
    let Some(montant) = montant_de(&penalite.prix, ligne, acte, lieu, cadre, trace)? else { return Ok(None) };
    faites.extend(groupe);
    let numero = *numeros;
    *numeros += 1;
    if T::ACTIVE {
        trace.note(Quoi::Penalite(penalite.numero), lieu, None, Some(montant));
    }
    let prix = Prix { montant, parts: Vec::new(), exemple: false, lieu };
    let nouvelle = nouvelle(
        ligne.acte,
        acte,
        numero,
        Origine::Penalite(penalite.numero),
        Decimal::ONE,
        prix,
        None,
        trace,
    )?;
    if penalite.remplace_le_prix && !ligne.montant.is_zero() {
        let avant = ligne.montant;
        ligne.change(Decimal::ZERO, None, lieu)?;
        trace.ligne(ligne.numero);
        if T::ACTIVE {
            trace.note(Quoi::Penalite(penalite.numero), lieu, Some(avant), Some(Decimal::ZERO));
        }
    }
    Ok(Some(nouvelle))
}

/// `None`: not late enough for anything to be due.
fn montant_de<T: Trace>(
    prix: &PrixPenalite,
    ligne: &Ligne,
    acte: &Acte<'_>,
    lieu: Lieu,
    cadre: Cadre<'_>,
    trace: &mut T,
) -> Result<Option<Decimal>, Refus> {
    let (faits, hote) = (acte.faits(), cadre.tarifs.hote());
    let montant = match prix {
        PrixPenalite::Quantum(Quantum::Montant(g)) => g.vaut(&faits, hote, lieu)?,
        PrixPenalite::Quantum(Quantum::Lignes(t)) => montant_de_table(t, &faits, cadre.tarifs, lieu)?,
        PrixPenalite::Quantum(Quantum::Bareme(b)) => {
            prix_et_arrondi(*b, acte, cadre.tarifs, trace)?.0.montant
        }
        PrixPenalite::Quantum(Quantum::Taux(t)) => {
            ligne.montant.checked_mul(*t).ok_or(Refus::Depassement { lieu })?
        }
        PrixPenalite::Retard(r) => {
            let depart = match faits.valeur(r.fait) {
                Valeur::Heure(h) => h,
                Valeur::Absent => return Err(Refus::FaitManquant { lieu, fait: r.fait }),
                _ => return Err(Refus::TypeInattendu { lieu, fait: r.fait }),
            };
            let tranches = r.tranches(depart).ok_or(Refus::CasNonPrevu { lieu })?;
            if tranches == 0 {
                return Ok(None);
            }
            r.montant
                .vaut(&faits, hote, lieu)?
                .checked_mul(Decimal::from(tranches))
                .ok_or(Refus::Depassement { lieu })?
        }
    };
    if montant < Decimal::ZERO {
        return Err(Refus::Negatif { lieu });
    }
    Ok(Some(montant))
}

impl Retard {
    /// Steps due for a departure at that minute; `None` when a step lasts nothing.
    pub fn tranches(&self, depart: u16) -> Option<u16> {
        let retard = depart.saturating_sub(self.apres);
        if self.par_tranche == 0 {
            return None;
        }
        if retard <= self.tolerance {
            return Some(0);
        }
        Some(if self.entamee { retard.div_ceil(self.par_tranche) } else { retard / self.par_tranche })
    }
}

pub(super) fn frais<T: Trace>(
    lignes: &mut Vec<Ligne>,
    actes: &[Acte<'_>],
    frais: &[Frais],
    cadre: Cadre<'_>,
    numeros: &mut u32,
    trace: &mut T,
) -> Result<(), Vec<Echec>> {
    let mut nouvelles = Vec::new();
    for un in frais {
        let mut faits = BTreeSet::new();
        for ligne in lignes.iter().filter(|l| l.origine == Origine::Acte) {
            let Some(acte) = actes.get(ligne.acte) else { continue };
            match un_frais(ligne, acte, un, &mut faits, cadre, numeros, trace) {
                Ok(nouvelle) => nouvelles.extend(nouvelle),
                Err(refus) => return Err(vec![echec(ligne, actes, refus)]),
            }
        }
    }
    lignes.append(&mut nouvelles);
    Ok(())
}

fn un_frais<T: Trace>(
    ligne: &Ligne,
    acte: &Acte<'_>,
    frais: &Frais,
    faits: &mut BTreeSet<Groupe>,
    cadre: Cadre<'_>,
    numeros: &mut u32,
    trace: &mut T,
) -> Result<Option<Ligne>, Refus> {
    let tient = frais
        .declenche
        .tient(&acte.faits(), cadre.tarifs.hote())
        .map_err(|f| Refus::calcul(frais.lieu, f))?;
    if !tient
        || !faits.insert(Groupe::de(acte, &frais.par))
        || cadre.avant.deja(Regle::Frais(frais.numero), acte)?
    {
        return Ok(None);
    }
    let numero = *numeros;
    *numeros += 1;
    trace.ligne(numero);
    trace.note(Quoi::Frais(frais.numero), frais.lieu, None, None);
    let (prix, arrondi) = prix_et_arrondi(frais.bareme, acte, cadre.tarifs, trace)?;
    let nouvelle =
        nouvelle(ligne.acte, acte, numero, Origine::Frais(frais.numero), Decimal::ONE, prix, arrondi, trace)?;
    Ok(Some(Ligne { prestation: frais.prestation, ..nouvelle }))
}
