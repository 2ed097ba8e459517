//! What acts of other days count: the same rules, run on them without their prices.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Acte, Avant, Compteur, Groupe, PrestationId, Regle, tient_avec_compteur};
use crate::bareme::{Refus, Tarifs};
use crate::condition::Condition;
use crate::lieu::Lieu;
use crate::periode::Regles;

/// The other acts of a service, and the rules that count them.
#[derive(Clone, Debug)]
pub struct ServiceAvant<'a> {
    /// Its products.
    pub prestations: Vec<PrestationId>,
    /// The first day of these rules.
    pub depuis: Date,
    /// The rules, as they apply to the acts being priced.
    pub regles: &'a Regles,
    /// The acts, in any order.
    pub actes: Vec<Acte<'a>>,
}

/// Acts of other days, already booked or done: an act that comes before another counts for it, whatever was asked first.
/// Fees only look at whether they were due before.
pub struct ActesAvant<'a> {
    services: Vec<ServiceAvant<'a>>,
    tarifs: &'a dyn Tarifs,
}

/// The order in which acts are computed.
type Rang = (Date, u32, PrestationId, u32);

/// See [`Rang`].
pub(super) fn rang(acte: &Acte<'_>) -> Rang {
    (acte.jour, acte.enfant, acte.prestation, acte.numero)
}

impl<'a> ActesAvant<'a> {
    /// Services under one or several versions of their rules.
    pub fn nouveau(mut services: Vec<ServiceAvant<'a>>, tarifs: &'a dyn Tarifs) -> Self {
        for s in &mut services {
            s.actes.sort_by_key(rang);
        }
        Self { services, tarifs }
    }

    fn service(&self, acte: &Acte<'_>) -> Option<&ServiceAvant<'a>> {
        let siens = self.services.iter().filter(|s| s.prestations.contains(&acte.prestation));
        siens.filter(|s| s.depuis <= acte.au).max_by_key(|s| s.depuis)
    }

    /// The earlier acts that meet `si`, in order.
    fn tenus<'s>(
        &self,
        service: &'s ServiceAvant<'a>,
        acte: &Acte<'_>,
        si: &Condition,
        compteur: Option<&Compteur>,
        lieu: Lieu,
    ) -> Result<Vec<&'s Acte<'a>>, Refus> {
        let mut rangs = BTreeMap::new();
        let mut tenus = Vec::new();
        for a in service.actes.iter().take_while(|a| rang(a) < rang(acte)) {
            // nothing is before the acts of before
            if tient_avec_compteur(a, si, compteur, lieu, &mut rangs, self.tarifs, &|_| Ok(0))? {
                tenus.push(a);
            }
        }
        Ok(tenus)
    }
}

impl Avant for ActesAvant<'_> {
    fn compte(&self, regle: Regle, acte: &Acte<'_>) -> Result<u32, Refus> {
        let Some(s) = self.service(acte) else { return Ok(0) };
        let (compteur, lieu) = match regle {
            Regle::Ajustement(n) => {
                let a = s.regles.ajustements.get(usize::from(n));
                (a.and_then(|a| a.compteur.as_ref()), a.map(|a| a.lieu))
            }
            Regle::Penalite(n) => {
                let p = s.regles.penalites.get(usize::from(n));
                (p.and_then(|p| p.compteur.as_ref()), p.map(|p| p.lieu))
            }
            Regle::Frais(_) => (None, None),
        };
        let (Some(compteur), Some(lieu)) = (compteur, lieu) else { return Ok(0) };
        let tenus = self.tenus(s, acte, &compteur.compte, None, lieu)?;
        combien(&tenus, acte, &compteur.par, lieu)
    }

    fn premiers(&self, numero: u16, acte: &Acte<'_>) -> Result<u32, Refus> {
        let service = self.service(acte);
        let Some((s, a)) =
            service.and_then(|s| s.regles.ajustements.get(usize::from(numero)).map(|a| (s, a)))
        else {
            return Ok(0);
        };
        let Some(seulement) = &a.seulement else { return Ok(0) };
        let tenus = self.tenus(s, acte, &a.si, a.compteur.as_ref(), a.lieu)?;
        combien(&tenus, acte, &seulement.par, a.lieu)
    }

    fn deja(&self, regle: Regle, acte: &Acte<'_>) -> Result<bool, Refus> {
        let Some(s) = self.service(acte) else { return Ok(false) };
        let (si, compteur, par, lieu) = match regle {
            Regle::Ajustement(n) => match s.regles.ajustements.get(usize::from(n)) {
                Some(a) => (&a.si, a.compteur.as_ref(), a.par.as_deref().unwrap_or_default(), a.lieu),
                None => return Ok(false),
            },
            Regle::Penalite(n) => match s.regles.penalites.get(usize::from(n)) {
                Some(p) => (&p.si, p.compteur.as_ref(), p.par.as_deref().unwrap_or_default(), p.lieu),
                None => return Ok(false),
            },
            Regle::Frais(n) => match s.regles.frais.get(usize::from(n)) {
                Some(f) => (&f.declenche, None, f.par.as_slice(), f.lieu),
                None => return Ok(false),
            },
        };
        Ok(combien(&self.tenus(s, acte, si, compteur, lieu)?, acte, par, lieu)? > 0)
    }
}

/// How many of `tenus` are in the group of `acte`.
fn combien(tenus: &[&Acte<'_>], acte: &Acte<'_>, par: &[super::Cle], lieu: Lieu) -> Result<u32, Refus> {
    let groupe = Groupe::de(acte, par);
    let n = tenus.iter().filter(|a| Groupe::de(a, par) == groupe).count();
    u32::try_from(n).map_err(|_| Refus::Depassement { lieu })
}
