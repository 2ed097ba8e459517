//! From lines in euros to an invoice in centimes: rounding, third parties, parts, total.

use rust_decimal::Decimal;

use super::{Cadre, PartTiers, Regles, Tiers, Ventilation, echec, lignes};
use crate::ajustement::{Acte, Echec, Ligne, Niveau, Quantum, montant_de_table, prix_et_arrondi};
use crate::bareme::Refus;
use crate::lieu::Lieu;
use crate::montant::{Arrondi, Montant};
use crate::trace::{Quoi, Trace};

/// A line, in centimes.
#[derive(Clone, Debug, PartialEq)]
pub struct LigneFacturee {
    /// The place in the input of its service.
    pub service: usize,
    /// Where it comes from.
    pub ligne: Ligne,
    /// Its whole amount.
    pub montant: Montant,
    /// What the family owes of it.
    pub famille: Montant,
    /// What each third party owes of it, by number.
    pub tiers: Vec<(u16, Montant)>,
    /// Its parts, for the budget; they add up to `montant`. None for a price in one piece.
    pub parts: Ventilation,
}

/// The lines of a payer's period.
#[derive(Clone, Debug, PartialEq)]
pub struct Facture {
    /// In the order of the services, then of computation.
    pub lignes: Vec<LigneFacturee>,
    /// The sum of the lines.
    pub total: Montant,
    /// What the family owes of it.
    pub famille: Montant,
}

/// The whole computation: a list of services, each with the acts of its products.
///
/// Numbers of new lines follow the largest number of the acts.
pub fn facture<T: Trace>(
    services: &[(&[Acte<'_>], &Regles)],
    cadre: Cadre<'_>,
    trace: &mut T,
) -> Result<Facture, Vec<Echec>> {
    let plus_grand = services.iter().flat_map(|(actes, _)| actes.iter()).map(|a| a.numero).max();
    let mut numeros = plus_grand.map_or(0, |n| n.saturating_add(1));
    let (mut facturees, mut echecs) = (Vec::new(), Vec::new());
    let mut cumul = Cumul { exact: Decimal::ZERO, dit: Montant::ZERO };
    for (service, (actes, regles)) in services.iter().enumerate() {
        match lignes(actes, regles, cadre, &mut numeros, trace) {
            Err(plus) => echecs.extend(plus),
            Ok(lignes) => {
                for ligne in lignes {
                    trace.ligne(ligne.numero);
                    match une_ligne(ligne, actes, regles, cadre, &mut cumul, trace) {
                        Ok(l) => facturees.push(LigneFacturee { service, ..l }),
                        Err(echec) => echecs.push(echec),
                    }
                }
            }
        }
    }
    if !echecs.is_empty() {
        return Err(echecs);
    }
    let somme =
        |de: fn(&LigneFacturee) -> Montant| facturees.iter().map(de).try_fold(Montant::ZERO, Montant::plus);
    let (total, famille) = (somme(|l| l.montant), somme(|l| l.famille));
    let (Some(total), Some(famille)) = (total, famille) else {
        return Err(facturees
            .first()
            .map(|l| Echec { numero: l.ligne.numero, refus: Refus::Depassement { lieu: l.ligne.lieu } })
            .into_iter()
            .collect());
    };
    Ok(Facture { lignes: facturees, total, famille })
}

/// The running total, when the invoice is rounded as a whole.
struct Cumul {
    exact: Decimal,
    dit: Montant,
}

fn une_ligne<T: Trace>(
    mut ligne: Ligne,
    actes: &[Acte<'_>],
    regles: &Regles,
    cadre: Cadre<'_>,
    cumul: &mut Cumul,
    trace: &mut T,
) -> Result<LigneFacturee, Echec> {
    let mut calcul = |ligne: &mut Ligne, trace: &mut T| {
        let lieu = ligne.lieu;
        let arrondi = cadre.arrondi.arrondi;
        if cadre.arrondi.a == Niveau::Facture {
            let exact = cumul.exact.checked_add(ligne.montant).ok_or(Refus::Depassement { lieu })?;
            let dit = centimes(arrondi.applique(exact).ok_or(Refus::Depassement { lieu })?, lieu)?;
            let (avant, apres) = (ligne.montant, dit.moins(cumul.dit).ok_or(Refus::Depassement { lieu })?);
            (cumul.exact, cumul.dit) = (exact, dit);
            if apres.en_euros() != avant {
                ligne.change(apres.en_euros(), None, lieu)?;
                trace.note(Quoi::Arrondi(arrondi), lieu, Some(avant), Some(apres.en_euros()));
            }
        }
        let montant = centimes(ligne.montant, lieu)?;
        let acte = actes.get(ligne.acte).ok_or(Refus::CasNonPrevu { lieu })?;
        let (tiers, famille) = partage(ligne, montant, acte, &regles.tiers, cadre, trace)?;
        Ok((montant, tiers, famille, ventile(ligne, montant)?))
    };
    match calcul(&mut ligne, trace) {
        Ok((montant, tiers, famille, parts)) => {
            Ok(LigneFacturee { service: 0, ligne, montant, famille, tiers, parts })
        }
        Err(refus) => Err(echec(&ligne, actes, refus)),
    }
}

/// Whole centimes, or a refusal: an amount is never cut in silence.
fn centimes(euros: Decimal, lieu: Lieu) -> Result<Montant, Refus> {
    Montant::exact(euros).ok_or(Refus::SansArrondi { lieu })
}

/// What each third party owes, and what is left to the family; never below zero.
fn partage<T: Trace>(
    ligne: &Ligne,
    montant: Montant,
    acte: &Acte<'_>,
    tiers: &[Tiers],
    cadre: Cadre<'_>,
    trace: &mut T,
) -> Result<(Vec<(u16, Montant)>, Montant), Refus> {
    let (mut parts, mut reste) = (Vec::new(), montant);
    for t in tiers.iter().filter(|t| t.prestations.contains(&ligne.prestation)) {
        let (lieu, hote) = (t.lieu, cadre.tarifs.hote());
        let en_vigueur = t.des.is_none_or(|d| ligne.jour >= d) && t.jusqu_a.is_none_or(|d| ligne.jour <= d);
        if reste <= Montant::ZERO
            || !en_vigueur
            || !t.si.tient(&acte.faits(), hote).map_err(|f| Refus::calcul(lieu, f))?
        {
            continue;
        }
        let trop = || Refus::Depassement { lieu };
        let fois = |unite: Decimal| unite.checked_mul(ligne.quantite).ok_or_else(trop);
        let du = reste.en_euros();
        let pris = match &t.part {
            PartTiers::ResteFamille(g) => {
                du.checked_sub(fois(g.vaut(&acte.faits(), hote, lieu)?)?).ok_or_else(trop)?
            }
            PartTiers::Quantum(Quantum::Montant(g)) => fois(g.vaut(&acte.faits(), hote, lieu)?)?,
            PartTiers::Quantum(Quantum::Lignes(table)) => {
                fois(montant_de_table(table, &acte.faits(), cadre.tarifs, lieu)?)?
            }
            PartTiers::Quantum(Quantum::Bareme(b)) => {
                fois(prix_et_arrondi(*b, acte, cadre.tarifs, trace)?.0.montant)?
            }
            PartTiers::Quantum(Quantum::Taux(taux)) => du.checked_mul(*taux).ok_or_else(trop)?,
        };
        let arrondi = ligne.arrondi.unwrap_or(cadre.arrondi.arrondi);
        let pris = arrondi.applique(pris.max(Decimal::ZERO).min(du)).ok_or_else(trop)?;
        let pris = centimes(pris.min(du), lieu)?;
        if pris > Montant::ZERO {
            reste = reste.moins(pris).ok_or_else(trop)?;
            parts.push((t.numero, pris));
            trace.note(Quoi::Tiers(t.numero), lieu, Some(du), Some(reste.en_euros()));
        }
    }
    Ok((parts, reste))
}

/// The parts in centimes; the last one takes the remainder.
fn ventile(ligne: &Ligne, montant: Montant) -> Result<Ventilation, Refus> {
    let lieu = ligne.lieu;
    let mut parts = Vec::with_capacity(ligne.parts.len());
    let mut reste = montant;
    for (i, p) in ligne.parts.iter().enumerate() {
        let mut sienne = reste;
        if i + 1 < ligne.parts.len() {
            sienne =
                centimes(Arrondi::CENTIME.applique(p.montant).ok_or(Refus::Depassement { lieu })?, lieu)?;
        }
        reste = reste.moins(sienne).ok_or(Refus::Depassement { lieu })?;
        parts.push((p.part, sienne));
    }
    Ok(parts)
}
