//! Days booked together: all of them, or none.

use super::reserver::{self, Retenue};
use super::{Contexte, Etat, Issue, Venue, ecrire};
use crate::commune::Commune;
use crate::decision::{EtatReservation, Refus, ReservationFaite};
use crate::identifiant::{Alea, ReservationId};
use crate::tarification::{self, A_DEMANDER, Circonstances, Connus, Etendue, LignePricee, Panier};

/// One child's day, and what is known of the child and its household.
pub type Demande<'a> = (&'a Etat<'a>, &'a Venue);

/// The number of a basket among the acts of a family: what is already booked was in others.
const LOT: u32 = 1;

/// Decides a basket of one household: each day sees the others as booked, every refusal of every day is returned, and
/// one price is computed for all. The issues are in the order of the demands.
pub fn decide_ensemble(
    commune: &Commune,
    demandes: &[Demande<'_>],
    contexte: &Contexte,
) -> Result<Vec<Issue>, Vec<Refus>> {
    decide_chacune(commune, demandes, contexte).map_err(|refus| sans_doublon(refus.into_iter().flatten()))
}

/// The same; what refuses each demand is told apart, in the order of the demands, nothing for one that could be booked.
pub fn decide_chacune(
    commune: &Commune,
    demandes: &[Demande<'_>],
    contexte: &Contexte,
) -> Result<Vec<Issue>, Vec<Vec<Refus>>> {
    let (mut retenues, mut refus) = (Vec::new(), Vec::new());
    for (i, (etat, venue)) in demandes.iter().enumerate() {
        let apres = if demandes.len() > 1 { avec_les_autres(demandes, i, contexte) } else { None };
        match reserver::examine(commune, apres.as_ref().unwrap_or(etat), venue, contexte) {
            Ok(retenue) => {
                retenues.push(retenue);
                refus.push(Vec::new());
            }
            Err(plus) => refus.push(sans_doublon(plus)),
        }
    }
    if refus.iter().any(|r| !r.is_empty()) {
        return Err(refus);
    }
    let prix = prix(commune, demandes, &retenues, contexte);
    // an amount that the town has not said, or hours not known yet, do not keep from booking
    let bloque = |sans: &Vec<Refus>| sans.iter().any(|r| *r.regle != *A_DEMANDER && *r.regle != *"mesure");
    let refus: Vec<Vec<Refus>> = prix
        .iter()
        .map(|p| p.as_ref().err().filter(|sans| bloque(sans)).map(|r| sans_doublon(r.iter().cloned())))
        .map(Option::unwrap_or_default)
        .collect();
    if refus.iter().any(|r| !r.is_empty()) {
        return Err(refus);
    }
    let mut alea = contexte.alea.clone();
    let issues = demandes.iter().zip(retenues).zip(prix).map(|(((etat, venue), retenue), prix)| {
        let contexte = match demandes {
            [_] => contexte.clone(),
            _ => Contexte { alea: Alea::nouveau(alea.tire()), ..contexte.clone() },
        };
        ecrire::reservation(commune, etat, venue, retenue.delai, retenue.places, prix, &contexte)
    });
    Ok(issues.collect())
}

/// The state of one demand once the others are booked. Of the same day asked twice, the second finds it booked.
fn avec_les_autres<'a>(demandes: &[Demande<'a>], i: usize, contexte: &Contexte) -> Option<Etat<'a>> {
    let (etat, venue) = demandes.get(i)?;
    let mut apres = (*etat).clone();
    for (j, (autre, v)) in demandes.iter().enumerate().filter(|(j, _)| *j != i) {
        let meme = v.prestation == venue.prestation && v.jour == venue.jour;
        if meme && j < i {
            apres.prises = apres.prises.map(|n| n.saturating_add(1));
        }
        if !(meme && j > i) {
            apres.reservations.push(faite(autre, v, contexte));
        }
        let numero = apres.autres.iter().map(|a| a.numero).max().map_or(0, |n| n.saturating_add(1));
        apres.autres.push(tarification::Acte {
            numero,
            enfant: autre.numero,
            ..tarification::Acte::seul(&v.prestation, v.jour, Circonstances::default(), Connus::default())
        });
    }
    Some(apres)
}

/// A day of the basket as if it were booked already.
fn faite(etat: &Etat<'_>, venue: &Venue, contexte: &Contexte) -> ReservationFaite {
    ReservationFaite {
        id: ReservationId::neuf([0; 16]),
        foyer: etat.foyer.clone(),
        enfant: etat.enfant.clone(),
        prestation: venue.prestation.clone(),
        jour: venue.jour,
        mode: venue.mode.clone(),
        delai: String::new(),
        recu_le: contexte.recu_le,
        etat: EtatReservation::Ferme,
        pointee_le: None,
        version: 0,
    }
}

/// The lines of each demand, computed together; each alone when one of them has no price.
fn prix(
    commune: &Commune,
    demandes: &[Demande<'_>],
    retenues: &[Retenue],
    contexte: &Contexte,
) -> Vec<Result<Vec<LignePricee>, Vec<Refus>>> {
    let seul = || {
        let chacune = demandes.iter().zip(retenues);
        chacune.map(|((etat, v), r)| reserver::prix(commune, etat, v, &r.delai, None, contexte)).collect()
    };
    let (Some((premier, _)), true) = (demandes.first(), demandes.len() > 1) else { return seul() };
    let base = premier.autres.iter().map(|a| a.numero).max().map_or(0, |n| n.saturating_add(1));
    let mut actes = Vec::new();
    for (numero, ((etat, venue), retenue)) in (base..).zip(demandes.iter().zip(retenues)) {
        let circonstances = reserver::circonstances(venue, &retenue.delai, None);
        match reserver::acte(commune, etat, venue, circonstances, contexte) {
            Ok(acte) => actes.push(tarification::Acte { numero, lot: LOT, ..acte }),
            Err(_) => return seul(),
        }
    }
    let panier = Panier {
        actes: &actes,
        contexte: &premier.autres,
        famille: &premier.famille,
        etendue: Etendue::Acte,
    };
    match tarification::panier(commune, &panier) {
        Ok(lignes) => {
            let de = |n: u32| Ok(lignes.iter().filter(|l| l.acte == n).cloned().collect());
            actes.iter().map(|a| de(a.numero)).collect()
        }
        Err(_) => seul(),
    }
}

/// Several rules may lack the same fact: it is told once.
fn sans_doublon(refus: impl IntoIterator<Item = Refus>) -> Vec<Refus> {
    let mut vus: Vec<Refus> = Vec::new();
    for r in refus {
        if !vus.contains(&r) {
            vus.push(r);
        }
    }
    vus
}
