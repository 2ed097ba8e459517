//! What a commune says of its calendar, and what is wrong with it.

use jiff::civil::Date;

use super::{CalendrierScolaire, ErreurCalendrier, RegimeFeries, Semaine};
use crate::lieu::Lieu;

/// Words of the language, that no calendar may take as its name.
const RESERVES: [&str; 5] = ["ouvres", "ecole", "francs", "ouvrees", "precedent"];

/// Days on which something is closed, by the commune's decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fermeture {
    /// First day, included.
    pub debut: Date,
    /// Last day, included.
    pub fin: Date,
    /// As a parent reads it: « pont de l'Ascension ».
    pub motif: Box<str>,
    /// The calendars it closes (`ouvres`, `ecole`, a named one); empty = all that observe closures.
    pub calendriers: Box<[Box<str>]>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// What makes a day open in one calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegleJours {
    /// These weekdays…
    pub jours: Semaine,
    /// … but not public holidays.
    pub sauf_feries: bool,
    /// … nor school holidays.
    pub sauf_vacances: bool,
    /// … nor the commune's closures.
    pub sauf_fermetures: bool,
}

/// What a commune says of its calendar.
#[derive(Clone, Debug)]
pub struct DefinitionCalendrier {
    /// First and last year computed, both included.
    pub annees: (i16, i16),
    /// Which public holidays.
    pub feries: RegimeFeries,
    /// Its school holidays.
    pub scolaire: CalendrierScolaire,
    /// Working days: public holidays and closures are taken off.
    pub jours_ouvres: Semaine,
    /// School days: public holidays, school holidays and closures are taken off.
    pub jours_ecole: Semaine,
    /// Other calendars, by name.
    pub nommes: Vec<(Box<str>, RegleJours)>,
    /// Closures.
    pub fermetures: Vec<Fermeture>,
}

impl Fermeture {
    /// Does it close the calendar of that name?
    pub(super) fn vise(&self, nom: &str) -> bool {
        self.calendriers.is_empty() || self.calendriers.iter().any(|c| **c == *nom)
    }

    /// Do the two close one same calendar?
    fn croise(&self, autre: &Self) -> bool {
        self.calendriers.is_empty()
            || autre.calendriers.is_empty()
            || self.calendriers.iter().any(|c| autre.vise(c))
    }
}

/// All mistakes of names and closures.
pub(super) fn verifie(definition: &DefinitionCalendrier) -> Vec<ErreurCalendrier> {
    let mut erreurs = Vec::new();
    let mut noms: Vec<&str> = RESERVES.to_vec();
    for (nom, _) in &definition.nommes {
        if noms.contains(&&**nom) {
            erreurs.push(ErreurCalendrier::NomPris { nom: nom.clone() });
        }
        noms.push(nom);
    }
    for f in &definition.fermetures {
        let (motif, lieu) = (f.motif.clone(), f.lieu);
        if f.fin < f.debut {
            erreurs.push(ErreurCalendrier::FermetureInversee { motif, debut: f.debut, fin: f.fin, lieu });
        }
        for nom in &f.calendriers {
            let connu =
                matches!(&**nom, "ouvres" | "ecole") || definition.nommes.iter().any(|(n, _)| n == nom);
            if !connu {
                let (motif, nom) = (f.motif.clone(), nom.clone());
                erreurs.push(ErreurCalendrier::FermetureDInconnu { motif, nom, lieu });
            }
        }
    }
    let mut triees: Vec<&Fermeture> = definition.fermetures.iter().filter(|f| f.debut <= f.fin).collect();
    triees.sort_by_key(|f| f.debut);
    for (i, a) in triees.iter().enumerate() {
        let suivantes = triees.iter().skip(i + 1).take_while(|b| b.debut <= a.fin);
        for b in suivantes.filter(|b| a.croise(b)) {
            erreurs.push(ErreurCalendrier::FermeturesSuperposees {
                a: a.motif.clone(),
                b: b.motif.clone(),
                jour: b.debut,
                lieu: b.lieu,
            });
        }
    }
    erreurs
}
