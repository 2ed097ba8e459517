//! Prices each act, then runs the pipeline.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::Compteur;
use super::avant::rang;
use super::{
    Acte, Ajustement, ArrondiA, Avant, Echec, Groupe, Ligne, Niveau, Operation, Origine, Quantum, Regle,
    Remplacement, Sur, Tarif,
};
use crate::bareme::{BaremeId, Grandeur, PartId, Prix, Refus, Tarifs};
use crate::condition::Condition;
use crate::faits::Faits;
use crate::lieu::Lieu;
use crate::table::Table;
use crate::trace::{Quoi, Trace};
use crate::valeur::Valeur;

/// One line an act, at its voted price, in the order of computation. All the acts that have no price are told.
pub fn prix_des_actes<T: Trace>(
    actes: &[Acte<'_>],
    arrondi: ArrondiA,
    tarifs: &dyn Tarifs,
    trace: &mut T,
) -> Result<Vec<Ligne>, Vec<Echec>> {
    let mut ordre: Vec<(usize, &Acte<'_>)> = actes.iter().enumerate().collect();
    ordre.sort_by_key(|(_, a)| rang(a));
    let (mut lignes, mut echecs) = (Vec::with_capacity(actes.len()), Vec::new());
    for (i, acte) in ordre {
        trace.ligne(acte.numero);
        match prix_dun_acte(i, acte, arrondi, tarifs, trace) {
            Ok(ligne) => lignes.push(ligne),
            Err(refus) => echecs.push(Echec { numero: acte.numero, refus }),
        }
    }
    if echecs.is_empty() { Ok(lignes) } else { Err(echecs) }
}

fn prix_dun_acte<T: Trace>(
    i: usize,
    acte: &Acte<'_>,
    arrondi: ArrondiA,
    tarifs: &dyn Tarifs,
    trace: &mut T,
) -> Result<Ligne, Refus> {
    let (mut prix, propre) = match acte.tarif {
        Tarif::Gratuit(lieu) => {
            trace.note(Quoi::Prix, lieu, None, Some(Decimal::ZERO));
            (Prix { montant: Decimal::ZERO, parts: Vec::new(), exemple: false, lieu }, None)
        }
        Tarif::Bareme(id) => prix_et_arrondi(id, acte, tarifs, trace)?,
    };
    if arrondi.a == Niveau::Unitaire {
        arrondit_unitaire(&mut prix, propre.unwrap_or(arrondi.arrondi), trace)?;
    }
    nouvelle(i, acte, acte.numero, Origine::Acte, acte.quantite, prix, propre, trace)
}

/// The unit price of a tariff, and the rounding that the tariff has of its own.
pub(crate) fn prix_et_arrondi<T: Trace>(
    id: BaremeId,
    acte: &Acte<'_>,
    tarifs: &dyn Tarifs,
    trace: &mut T,
) -> Result<(Prix, Option<crate::montant::Arrondi>), Refus> {
    let bareme = tarifs.bareme(id).ok_or(Refus::BaremeInconnu { lieu: Lieu::default() })?;
    let prix = bareme.prix(acte.au, &acte.faits(), tarifs, trace)?;
    Ok((prix, bareme.grille(acte.au).and_then(|(_, g)| g.arrondi())))
}

pub(crate) fn arrondit_unitaire<T: Trace>(
    prix: &mut Prix,
    arrondi: crate::montant::Arrondi,
    trace: &mut T,
) -> Result<(), Refus> {
    let (lieu, avant) = (prix.lieu, prix.montant);
    let rond = |m: Decimal| arrondi.applique(m).ok_or(Refus::Depassement { lieu });
    prix.montant = rond(avant)?;
    if let Some((derniere, premieres)) = prix.parts.split_last_mut() {
        let mut reste = prix.montant;
        for p in premieres {
            p.montant = rond(p.montant)?;
            reste = reste.checked_sub(p.montant).ok_or(Refus::Depassement { lieu })?;
        }
        derniere.montant = reste;
    }
    if T::ACTIVE && avant != prix.montant {
        trace.note(Quoi::Arrondi(arrondi), lieu, Some(avant), Some(prix.montant));
    }
    Ok(())
}

/// A line of `quantite` units at `prix`.
#[expect(clippy::too_many_arguments, reason = "the fields of one line")]
pub(crate) fn nouvelle<T: Trace>(
    i: usize,
    acte: &Acte<'_>,
    numero: u32,
    origine: Origine,
    quantite: Decimal,
    prix: Prix,
    arrondi: Option<crate::montant::Arrondi>,
    trace: &mut T,
) -> Result<Ligne, Refus> {
    let (unitaire, lieu) = (prix.montant, prix.lieu);
    let mut ligne = Ligne {
        numero,
        acte: i,
        prestation: acte.prestation,
        jour: acte.jour,
        origine,
        quantite,
        unitaire,
        montant: unitaire,
        parts: Vec::new(),
        exemple: false,
        lieu,
        arrondi,
    };
    ligne.evalue(prix)?;
    if T::ACTIVE && quantite != Decimal::ONE {
        trace.note(Quoi::Fois(quantite), lieu, Some(unitaire), Some(ligne.montant));
    }
    Ok(ligne)
}

/// Runs the pipeline over the lines of one service. `numeros` gives the next free line number.
pub fn ajuste<T: Trace>(
    lignes: &mut Vec<Ligne>,
    actes: &[Acte<'_>],
    ajustements: &[Ajustement],
    (tarifs, avant): (&dyn Tarifs, &dyn Avant),
    numeros: &mut u32,
    trace: &mut T,
) -> Result<(), Vec<Echec>> {
    let mut nouvelles = Vec::new();
    for ajustement in ajustements {
        let choisies = choisit(lignes, actes, ajustement, tarifs, avant)?;
        let mut echecs = Vec::new();
        for (ligne, unites) in lignes.iter_mut().zip(choisies) {
            let (Some(unites), Some(acte)) = (unites, actes.get(ligne.acte)) else { continue };
            trace.ligne(ligne.numero);
            let fait = match &ajustement.operation {
                Operation::Supplement(prestation, bareme) => {
                    let numero = *numeros;
                    *numeros += 1;
                    trace.ligne(numero);
                    trace.note(Quoi::Supplement(ajustement.numero), ajustement.lieu, None, None);
                    let prix = prix_et_arrondi(*bareme, acte, tarifs, trace);
                    let prix = prix.and_then(|(p, a)| {
                        nouvelle(
                            ligne.acte,
                            acte,
                            numero,
                            Origine::Supplement(ajustement.numero),
                            unites,
                            p,
                            a,
                            trace,
                        )
                    });
                    prix.map(|l| nouvelles.push(Ligne { prestation: *prestation, ..l }))
                }
                operation => opere(ligne, acte, ajustement, operation, unites, tarifs, trace),
            };
            if let Err(refus) = fait {
                echecs.push(Echec { numero: acte.numero, refus });
            }
        }
        if !echecs.is_empty() {
            return Err(echecs);
        }
    }
    lignes.append(&mut nouvelles);
    Ok(())
}

/// For each line, for how many units the adjustment applies; `None` where it does not.
fn choisit(
    lignes: &[Ligne],
    actes: &[Acte<'_>],
    ajustement: &Ajustement,
    tarifs: &dyn Tarifs,
    avant: &dyn Avant,
) -> Result<Vec<Option<Decimal>>, Vec<Echec>> {
    let mut tenues = Vec::with_capacity(lignes.len());
    let mut echecs = Vec::new();
    let mut rangs: BTreeMap<Groupe, u32> = BTreeMap::new();
    for acte in lignes.iter().filter_map(|l| actes.get(l.acte)) {
        tenues.push(
            match tient_avec_compteur(
                acte,
                &ajustement.si,
                ajustement.compteur.as_ref(),
                ajustement.lieu,
                &mut rangs,
                tarifs,
                &|a| avant.compte(Regle::Ajustement(ajustement.numero), a),
            ) {
                Ok(tient) => tient,
                Err(refus) => {
                    echecs.push(Echec { numero: acte.numero, refus });
                    false
                }
            },
        );
    }
    if !echecs.is_empty() {
        return Err(echecs);
    }
    let lot = |l: &Ligne| actes.get(l.acte).map(|a| (a.foyer, a.lot));
    if ajustement.lot {
        let lots: BTreeSet<_> =
            lignes.iter().zip(&tenues).filter(|(_, t)| **t).filter_map(|(l, _)| lot(l)).collect();
        tenues = lignes.iter().map(|l| lot(l).is_some_and(|l| lots.contains(&l))).collect();
    }
    let (mut premiers, mut faits) = (BTreeMap::new(), BTreeSet::new());
    let mut choix = Vec::with_capacity(lignes.len());
    for (ligne, tenue) in lignes.iter().zip(tenues) {
        let Some(acte) = actes.get(ligne.acte).filter(|_| tenue) else {
            choix.push(None);
            continue;
        };
        match unites(ligne, acte, ajustement, &mut premiers, &mut faits, avant) {
            Ok(unites) => choix.push(unites),
            Err(refus) => {
                choix.push(None);
                echecs.push(Echec { numero: acte.numero, refus });
            }
        }
    }
    if echecs.is_empty() { Ok(choix) } else { Err(echecs) }
}

/// For how many units of a line that meets `si` the adjustment applies.
fn unites(
    ligne: &Ligne,
    acte: &Acte<'_>,
    ajustement: &Ajustement,
    premiers: &mut BTreeMap<Groupe, u32>,
    faits: &mut BTreeSet<Groupe>,
    avant: &dyn Avant,
) -> Result<Option<Decimal>, Refus> {
    if let Some(s) = &ajustement.seulement {
        let ici = premiers.entry(Groupe::de(acte, &s.par)).or_insert(0);
        if avant.premiers(ajustement.numero, acte)?.saturating_add(*ici) >= s.premiers {
            return Ok(None);
        }
        *ici += 1;
    }
    let Some(par) = &ajustement.par else { return Ok(Some(ligne.quantite)) };
    let neuf =
        faits.insert(Groupe::de(acte, par)) && !avant.deja(Regle::Ajustement(ajustement.numero), acte)?;
    Ok(neuf.then_some(Decimal::ONE))
}

/// Does `si` hold, `occurrence` counted? `deja` is what the counter holds from before.
pub(crate) fn tient_avec_compteur(
    acte: &Acte<'_>,
    si: &Condition,
    compteur: Option<&Compteur>,
    lieu: Lieu,
    rangs: &mut BTreeMap<Groupe, u32>,
    tarifs: &dyn Tarifs,
    deja: &dyn Fn(&Acte<'_>) -> Result<u32, Refus>,
) -> Result<bool, Refus> {
    let faute = |f| Refus::calcul(lieu, f);
    let Some(compteur) = compteur else { return si.tient(&acte.faits(), tarifs.hote()).map_err(faute) };
    let mut valeurs = acte.valeurs.to_vec();
    let place = usize::from(compteur.fait.0);
    valeurs.resize(valeurs.len().max(place + 1), Valeur::Absent);
    let rang = if compteur.compte.tient(&acte.faits(), tarifs.hote()).map_err(faute)? {
        // acts of other days may stand between two of these: those of before are counted for each
        let ici = rangs.entry(Groupe::de(acte, &compteur.par)).or_insert(0);
        *ici = ici.checked_add(1).ok_or(Refus::Depassement { lieu })?;
        let rang = ici.checked_add(deja(acte)?).ok_or(Refus::Depassement { lieu })?;
        Valeur::Nombre(Decimal::from(rang))
    } else {
        Valeur::Absent
    };
    if let Some(v) = valeurs.get_mut(place) {
        *v = rang;
    }
    si.tient(&Faits { valeurs: &valeurs, parametres: acte.parametres }, tarifs.hote()).map_err(faute)
}

/// The amount that a table of amounts gives.
pub(crate) fn montant_de_table(
    table: &Table<Grandeur>,
    faits: &Faits<'_>,
    tarifs: &dyn Tarifs,
    lieu: Lieu,
) -> Result<Decimal, Refus> {
    let place = |i: u32| table.ligne(i).map_or(lieu, |l| l.lieu);
    let i = table.cherche(faits, tarifs.hote()).map_err(|m| Refus::de_table(m, lieu, place))?;
    let ligne = table.ligne(i).ok_or(Refus::CasNonPrevu { lieu })?;
    ligne.resultat.vaut(faits, tarifs.hote(), ligne.lieu)
}

/// The difference that `quantum` makes: an amount for `unites` units, or a rate of `base`.
fn ecart<T: Trace>(
    quantum: &Quantum,
    base: Decimal,
    unites: Decimal,
    acte: &Acte<'_>,
    lieu: Lieu,
    tarifs: &dyn Tarifs,
    trace: &mut T,
) -> Result<(Decimal, Option<Decimal>), Refus> {
    let faits = acte.faits();
    let unite = match quantum {
        Quantum::Taux(t) => return Ok((base.checked_mul(*t).ok_or(Refus::Depassement { lieu })?, Some(*t))),
        Quantum::Montant(g) => g.vaut(&faits, tarifs.hote(), lieu)?,
        Quantum::Lignes(t) => montant_de_table(t, &faits, tarifs, lieu)?,
        Quantum::Bareme(b) => prix_et_arrondi(*b, acte, tarifs, trace)?.0.montant,
    };
    Ok((unite.checked_mul(unites).ok_or(Refus::Depassement { lieu })?, None))
}

fn opere<T: Trace>(
    ligne: &mut Ligne,
    acte: &Acte<'_>,
    ajustement: &Ajustement,
    operation: &Operation,
    unites: Decimal,
    tarifs: &dyn Tarifs,
    trace: &mut T,
) -> Result<(), Refus> {
    let (lieu, numero, avant) = (ajustement.lieu, ajustement.numero, ligne.montant);
    let trop = || Refus::Depassement { lieu };
    let vers: Option<PartId> = if let Sur::Part(p) = ajustement.sur { Some(p) } else { None };
    let base = match ajustement.sur {
        Sur::Courant => ligne.montant,
        Sur::Unitaire => ligne.unitaire.checked_mul(ligne.quantite).ok_or_else(trop)?,
        Sur::Part(p) => ligne.part(p).ok_or(Refus::PartInconnue { lieu })?,
    };
    // what `base` becomes; the line moves by the same difference
    let devient = |ligne: &mut Ligne, nouvelle: Decimal, quoi: Quoi, trace: &mut T| {
        let montant = nouvelle.checked_sub(base).and_then(|e| avant.checked_add(e)).ok_or_else(trop)?;
        if montant < Decimal::ZERO {
            return Err(Refus::Negatif { lieu });
        }
        ligne.change(montant, vers, lieu)?;
        if T::ACTIVE {
            if !matches!(quoi, Quoi::Majore(..) | Quoi::Remise(..)) {
                trace.note(Quoi::Ajustement(numero), lieu, None, None);
            }
            trace.note(quoi, lieu, Some(avant), Some(montant));
        }
        Ok(())
    };
    let par_unite =
        |g: &Grandeur| g.vaut(&acte.faits(), tarifs.hote(), lieu)?.checked_mul(unites).ok_or_else(trop);
    match operation {
        Operation::Majore(q) => {
            let (plus, taux) = ecart(q, base, unites, acte, lieu, tarifs, trace)?;
            devient(ligne, base.checked_add(plus).ok_or_else(trop)?, Quoi::Majore(numero, taux), trace)
        }
        Operation::Remise(q) => {
            let (moins, taux) = ecart(q, base, unites, acte, lieu, tarifs, trace)?;
            devient(ligne, base.checked_sub(moins).ok_or_else(trop)?, Quoi::Remise(numero, taux), trace)
        }
        Operation::Multiplie(n) => {
            devient(ligne, base.checked_mul(*n).ok_or_else(trop)?, Quoi::Fois(*n), trace)
        }
        Operation::Plancher(g) => {
            let bas = par_unite(g)?;
            if base < bas { devient(ligne, bas, Quoi::Plancher, trace) } else { Ok(()) }
        }
        Operation::Plafond(g) => {
            let haut = par_unite(g)?;
            if base > haut { devient(ligne, haut, Quoi::Plafond, trace) } else { Ok(()) }
        }
        Operation::Script(s) => {
            let nouveau = tarifs
                .script(*s, Some(base), &acte.faits())
                .map_err(|motif| Refus::Script { lieu, motif: motif.into() })?;
            devient(ligne, nouveau, Quoi::Script(*s), trace)
        }
        Operation::Arrondit(a) => {
            ligne.arrondit(*a)?;
            if T::ACTIVE {
                trace.note(Quoi::Ajustement(numero), lieu, None, None);
                trace.note(Quoi::Arrondi(*a), lieu, Some(avant), Some(ligne.montant));
            }
            Ok(())
        }
        Operation::Remplace(r) => remplace(ligne, acte, r, ajustement, tarifs, trace),
        // a line of its own: the caller's
        Operation::Supplement(..) => Ok(()),
    }
}

/// A new price for the whole quantity; `sur: part.x` replaces that part only.
fn remplace<T: Trace>(
    ligne: &mut Ligne,
    acte: &Acte<'_>,
    par: &Remplacement,
    ajustement: &Ajustement,
    tarifs: &dyn Tarifs,
    trace: &mut T,
) -> Result<(), Refus> {
    let (lieu, avant, faits) = (ajustement.lieu, ligne.montant, acte.faits());
    let unite = match par {
        Remplacement::Montant(g) => Ok(g.vaut(&faits, tarifs.hote(), lieu)?),
        Remplacement::Lignes(t) => Ok(montant_de_table(t, &faits, tarifs, lieu)?),
        Remplacement::Bareme(b) => Err(prix_et_arrondi(*b, acte, tarifs, trace)?.0),
        Remplacement::Ligne(nom) => {
            let Tarif::Bareme(id) = acte.tarif else { return Err(Refus::LigneInconnue { lieu }) };
            let bareme = tarifs.bareme(id).ok_or(Refus::BaremeInconnu { lieu })?;
            Err(bareme.prix_de_ligne(nom, acte.au, &faits, tarifs, trace)?)
        }
    };
    match unite {
        Ok(unite) => {
            let nouvelle = unite.checked_mul(ligne.quantite).ok_or(Refus::Depassement { lieu })?;
            let vers = if let Sur::Part(p) = ajustement.sur { Some(p) } else { None };
            let base = vers.map_or(Some(avant), |p| ligne.part(p)).ok_or(Refus::PartInconnue { lieu })?;
            let montant = nouvelle
                .checked_sub(base)
                .and_then(|e| avant.checked_add(e))
                .ok_or(Refus::Depassement { lieu })?;
            if montant < Decimal::ZERO {
                return Err(Refus::Negatif { lieu });
            }
            ligne.change(montant, vers, lieu)?;
        }
        Err(prix) => ligne.evalue(prix)?,
    }
    if T::ACTIVE {
        trace.note(Quoi::Remplace(ajustement.numero), lieu, Some(avant), Some(ligne.montant));
    }
    Ok(())
}
