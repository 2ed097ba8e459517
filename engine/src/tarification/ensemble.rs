//! Facts of the family's acts: how many children are present, ranks, counts, presence elsewhere.

use jiff::civil::Date;
use rules::faits::Symboles;
use rules::valeur::Valeur;
use rust_decimal::Decimal;

use super::Acte;
use crate::annee;
use crate::commune::Commune;
use crate::derive::{Calcul, FaitEnsemble};

/// Delay of those who come without a booking.
pub(crate) const SANS_RESERVATION: &str = "sans_reservation";

/// The children of the household that pays; empty = not said, and what counts them is then `absent`.
#[derive(Clone, Debug, Default)]
pub struct Famille {
    /// An act's `enfant` is an index here.
    pub enfants: Vec<Enfant>,
}

/// A child, as ranks need it.
#[derive(Clone, Debug, Default)]
pub struct Enfant {
    /// Ranks by birth need it.
    pub naissance: Option<Date>,
    /// The services that it is registered to.
    pub inscrit_a: Vec<String>,
}

/// Sets the facts of the family's acts for `acte`, one of `actes`.
pub(super) fn pose(
    commune: &Commune,
    famille: &Famille,
    actes: &[&Acte],
    acte: &Acte,
    valeurs: &mut [Valeur],
) {
    let service = commune.prestation(&acte.prestation).map(|(s, _)| s.id.as_str());
    let foyer = famille.enfants.len();
    let mut compte = |nom: &str, n: Option<usize>| {
        let id = commune.vocabulaire.fait(nom);
        if let Some(case) = id.and_then(|id| valeurs.get_mut(usize::from(id.0))) {
            *case = n.map_or(Valeur::Absent, |n| Valeur::Nombre(Decimal::from(n)));
        }
    };
    let presents = enfants(actes, |a| a.jour == acte.jour && !a.circonstances.absent);
    compte("enfants_presents", Some(presents.len()));
    compte("enfants_foyer", (foyer > 0).then_some(foyer));
    let inscrits = famille.enfants.iter().filter(|e| e.inscrit_a.iter().any(|s| Some(s.as_str()) == service));
    compte("enfants_inscrits", (foyer > 0).then(|| inscrits.count()));
    for derive in &commune.derives {
        let Calcul::Ensemble(fait) = &derive.calcul else { continue };
        if let Some(case) = valeurs.get_mut(usize::from(derive.id.0)) {
            *case = vaut(commune, famille, actes, acte, fait);
        }
    }
}

/// The children of these acts, each once, in order.
fn enfants(actes: &[&Acte], garde: impl Fn(&Acte) -> bool) -> Vec<u32> {
    let mut numeros: Vec<u32> = actes.iter().filter(|a| garde(a)).map(|a| a.enfant).collect();
    numeros.sort_unstable();
    numeros.dedup();
    numeros
}

fn vaut(commune: &Commune, famille: &Famille, actes: &[&Acte], acte: &Acte, fait: &FaitEnsemble) -> Valeur {
    let du_service = |services: &[String], a: &Acte| {
        services.is_empty()
            || commune.prestation(&a.prestation).is_some_and(|(s, _)| services.contains(&s.id))
    };
    match fait {
        FaitEnsemble::Rang { parmi, services, par, ordre } => {
            // ranks by price are known once prices are: such a fact stays absent, and tables refuse
            if ordre != "naissance" {
                return Valeur::Absent;
            }
            let parmi = match parmi.as_str() {
                "presents" => enfants(actes, |a| {
                    !a.circonstances.absent
                        && meme(commune, par, a.jour, acte.jour)
                        && du_service(services, a)
                }),
                "inscrits" => numeros(famille, |e| {
                    e.inscrit_a.iter().any(|s| services.is_empty() || services.contains(s))
                }),
                _ => numeros(famille, |_| true),
            };
            rang(famille, &parmi, acte.enfant)
        }
        FaitEnsemble::Compte { de, services, par } => {
            if de == "enfant" {
                let n = famille.enfants.len();
                return if n == 0 { Valeur::Absent } else { Valeur::Nombre(Decimal::from(n)) };
            }
            let compte = actes.iter().filter(|a| {
                let groupe = par.iter().all(|p| match p.as_str() {
                    "enfant" => a.enfant == acte.enfant,
                    "prestation" => a.prestation == acte.prestation,
                    periode => meme(commune, periode, a.jour, acte.jour),
                });
                groupe && du_service(services, a) && est(a, de)
            });
            Valeur::Nombre(Decimal::from(compte.count()))
        }
        FaitEnsemble::PresenceAilleurs { prestation, etat } => {
            let ailleurs = actes.iter().any(|a| {
                let genre = if etat == "reserve" { "reservation" } else { "presence" };
                a.enfant == acte.enfant && a.jour == acte.jour && a.prestation == *prestation && est(a, genre)
            });
            Valeur::Booleen(ailleurs)
        }
    }
}

/// Is it one of the acts that a counter of this kind counts?
fn est(acte: &Acte, genre: &str) -> bool {
    let sans = acte.circonstances.delai.as_deref() == Some(SANS_RESERVATION);
    match genre {
        "reservation" => !sans,
        "presence" => !acte.circonstances.absent,
        "absence" => acte.circonstances.absent,
        "presence_sans_reservation" => sans && !acte.circonstances.absent,
        _ => false,
    }
}

fn meme(commune: &Commune, periode: &str, a: Date, b: Date) -> bool {
    match periode {
        "jour" => a == b,
        "semaine" => rules::calendrier::lundi_de(a) == rules::calendrier::lundi_de(b),
        "mois" => (a.year(), a.month()) == (b.year(), b.month()),
        "annee" => a.year() == b.year(),
        "annee_scolaire" => annee::annee_scolaire(commune, a) == annee::annee_scolaire(commune, b),
        _ => true,
    }
}

fn numeros(famille: &Famille, garde: impl Fn(&Enfant) -> bool) -> Vec<u32> {
    (0..).zip(&famille.enfants).filter(|(_, e)| garde(e)).map(|(i, _)| i).collect()
}

/// The place of a child by birth, the eldest first; twins by their number. Absent when a birth is not known.
fn rang(famille: &Famille, parmi: &[u32], enfant: u32) -> Valeur {
    let naissance = |n: &u32| famille.enfants.get(usize::try_from(*n).ok()?)?.naissance.map(|d| (d, *n));
    let Some(mut ordre) = parmi.iter().map(naissance).collect::<Option<Vec<_>>>() else {
        return Valeur::Absent;
    };
    ordre.sort_unstable();
    let place = ordre.iter().position(|(_, n)| *n == enfant);
    place.map_or(Valeur::Absent, |p| Valeur::Nombre(Decimal::from(p + 1)))
}
