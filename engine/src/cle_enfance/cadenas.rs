//! The padlock: what a family cannot start before the town knows it.

use std::collections::BTreeSet;

use super::Modes as _;
use crate::commune::Commune;
use crate::demarche::{Demarche, Quoi, ServicesVises};

/// Is this procedure closed to a household that the town does not know yet? Those that open a service which a key opens are, and
/// those that lead to one; never the one by which a family says who it is.
pub fn est_sous_cadenas(commune: &Commune, demarche: &Demarche) -> bool {
    let ouvre = commune.cle_enfance.cle().map_or(&[][..], |cle| &cle.ouvre);
    let mut vues = BTreeSet::new();
    let mut reste = vec![demarche];
    while let Some(une) = reste.pop() {
        if !vues.insert(une.id.as_str()) || une.effets().any(|q| matches!(q, Quoi::AjouterPersonne { .. })) {
            continue;
        }
        for quoi in une.effets() {
            match quoi {
                Quoi::OuvrirServices(ServicesVises::Champ(_)) => return true,
                Quoi::OuvrirServices(ServicesVises::Liste(services))
                    if ouvre.is_empty() || services.iter().any(|s| ouvre.contains(s)) =>
                {
                    return true;
                }
                Quoi::OuvrirDemarche(suite) => reste.extend(commune.demarche(suite)),
                _ => {}
            }
        }
    }
    false
}
