//! A dossier joins a household: filed without an account, that of the family that holds its secret link; of a household that an
//! account declared, the one that the town knows.

use std::collections::BTreeMap;

use super::chantier::Chantier;
use super::demarrer::cle_de_place;
use super::dossier::{Changement, Dossier};
use crate::decision::{Auteur, Refus};
use crate::identifiant::{FoyerId, PersonneId};

impl Dossier {
    /// What attaching it to the household that the town knows changes. `connues`: who each declared person is there; whoever is
    /// not in it stays who they were, and nothing that was answered changes.
    pub fn suit(&self, foyer: &FoyerId, connues: &BTreeMap<PersonneId, PersonneId>) -> Vec<Changement> {
        let demandeur = self.demandeur.as_ref().map(|p| connues.get(p).unwrap_or(p).clone());
        let enfant = self.enfant.as_ref().and_then(|e| connues.get(e)).cloned();
        let rattache = Changement::Rattache { foyer: foyer.clone(), demandeur, enfant };
        let mut apres = self.clone();
        rattache.modifie(&mut apres);
        let place = place(self, &apres).filter(|cle| self.cle.as_ref() != Some(cle));
        std::iter::once(rattache).chain(place.map(Changement::Unique)).collect()
    }
}

/// The key of its place in the other household. A key is a hash of what the démarche says (`un_dossier_par`): the orders of the
/// dossier's own values are tried until one gives the key that it had (64 at most), so that no definition is needed here. `None`: it
/// had none, or one that names somebody whom its answers describe, which stays.
fn place(avant: &Dossier, apres: &Dossier) -> Option<String> {
    const VALEURS: [fn(&Dossier) -> Option<String>; 4] = [
        |d| d.foyer.as_ref().map(ToString::to_string),
        |d| d.demandeur.as_ref().map(ToString::to_string),
        |d| d.enfant.as_ref().map(ToString::to_string),
        |d| d.annee_scolaire.clone(),
    ];
    let ancienne = avant.cle.as_deref()?;
    let cle = |d: &Dossier, rangs: &[usize]| {
        let valeurs: Option<Vec<String>> =
            rangs.iter().map(|r| VALEURS.get(*r).and_then(|lit| lit(d))).collect();
        Some(cle_de_place(&d.demarche, &valeurs?))
    };
    let mut reste: Vec<Vec<usize>> = (0..VALEURS.len()).rev().map(|r| vec![r]).collect();
    while let Some(rangs) = reste.pop() {
        if cle(avant, &rangs).as_deref() == Some(ancienne) {
            return cle(apres, &rangs);
        }
        for rang in (0..VALEURS.len()).filter(|r| !rangs.contains(r)) {
            reste.push([rangs.as_slice(), &[rang]].concat());
        }
    }
    None
}

pub(super) fn rattacher(chantier: &mut Chantier<'_>, foyer: &FoyerId) -> Result<(), Refus> {
    let Auteur::Parent { personne, foyer: sien } = chantier.ctx.auteur else {
        return Err(Refus::nouveau(
            "dossier.famille",
            "Entrez dans votre espace pour y rattacher cette demande.",
        ));
    };
    if sien != foyer {
        return Err(Refus::nouveau("dossier.acces", "Ce dossier n’existe pas."));
    }
    if chantier.dossier.foyer.is_some() {
        return Err(Refus::nouveau("dossier.rattache", "Cette demande est déjà dans votre espace."));
    }
    let demandeur = Some(personne.clone());
    chantier.change(Changement::Rattache { foyer: foyer.clone(), demandeur, enfant: None });
    Ok(())
}
