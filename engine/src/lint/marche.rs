//! The states of a démarche as a graph: what leads from one étape to another, and who makes it happen.

use std::collections::BTreeSet;

use rules::lieu::Lieu;

use crate::demarche::{Acteur, Demarche, Effet, Etape, Phase};

/// A passage to another étape.
pub(super) struct Passage<'a> {
    /// From.
    pub de: &'a Etape,
    /// To.
    pub vers: &'a Etape,
    /// Who makes it happen.
    pub par: Par<'a>,
    /// Its own effects, then those of the entry.
    pub effets: Vec<&'a Effet>,
    /// Where it is written.
    pub lieu: Lieu,
}

/// Who makes a passage happen.
#[derive(Clone, Copy)]
pub(super) enum Par<'a> {
    /// Somebody, by an action.
    Action(&'a crate::demarche::Action),
    /// Time.
    Echeance,
}

impl Par<'_> {
    /// May the family do it alone?
    pub(super) fn la_famille(self) -> bool {
        matches!(self, Self::Action(a) if a.par.contains(&Acteur::Parent))
    }

    /// Does it happen without an agent?
    pub(super) fn sans_agent(self) -> bool {
        match self {
            Self::Action(a) => a.par.iter().any(|p| !matches!(p, Acteur::Agent(_))),
            Self::Echeance => true,
        }
    }
}

/// Every passage that changes the étape.
pub(super) fn passages(demarche: &Demarche) -> Vec<Passage<'_>> {
    let mut tous = Vec::new();
    for de in &demarche.etapes {
        let actions = de.actions.iter().map(|a| (a.vers.as_deref(), Par::Action(a), &a.effets, a.lieu));
        let echeances = de.echeances.iter().map(|e| (e.vers.as_deref(), Par::Echeance, &e.effets, e.lieu));
        for (vers, par, effets, lieu) in actions.chain(echeances) {
            let Some(vers) = vers.and_then(|v| demarche.etape(v)) else { continue };
            let effets = effets.iter().chain(&vers.a_l_entree).collect();
            tous.push(Passage { de, vers, par, effets, lieu });
        }
    }
    tous
}

/// The étapes that a walk from `depart` reaches, itself included.
pub(super) fn atteintes<'a>(
    passages: &[Passage<'a>],
    depart: impl IntoIterator<Item = &'a str>,
    permis: impl Fn(&Passage<'a>) -> bool,
) -> BTreeSet<&'a str> {
    let mut vues: BTreeSet<&str> = depart.into_iter().collect();
    loop {
        let nouvelles: Vec<&str> = passages
            .iter()
            .filter(|p| permis(p) && vues.contains(p.de.id.as_str()) && !vues.contains(p.vers.id.as_str()))
            .map(|p| p.vers.id.as_str())
            .collect();
        if nouvelles.is_empty() {
            return vues;
        }
        vues.extend(nouvelles);
    }
}

/// The étape where a dossier starts.
pub(super) fn depart(demarche: &Demarche) -> Option<&Etape> {
    demarche.etapes.iter().find(|e| e.phase == Phase::Brouillon)
}
