//! What the town's guide asks, and the executed assertions that show it.

use std::collections::BTreeMap;

use super::Place;
use super::rapport::Rapport;
use crate::commune::Commune;

/// One line of `exigences.yaml` and what shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExigenceVue {
    /// `H14`.
    pub id: String,
    /// Short quote.
    pub citation: String,
    /// The part that it waits for, when definitions alone cannot show it.
    pub attend: Option<String>,
    /// Where it is written.
    pub place: Place,
    /// The steps that ran, asserted something, and agreed: place, keys.
    pub preuves: Vec<(Place, Vec<String>)>,
    /// Steps that name it and did not agree.
    pub echecs: Vec<Place>,
}

impl ExigenceVue {
    /// Shown, or waiting for a later part; a step that does not agree shows nothing.
    pub fn tenue(&self) -> bool {
        self.echecs.is_empty() && (!self.preuves.is_empty() || self.attend.is_some())
    }
}

/// Each requirement with its proofs, in the file's order.
pub fn exigences(commune: &Commune, rapport: &Rapport) -> Vec<ExigenceVue> {
    let mut preuves: BTreeMap<&str, Vec<(Place, Vec<String>)>> = BTreeMap::new();
    let mut echecs: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
    for etape in rapport.etapes() {
        for id in &etape.couvre {
            if !etape.echecs.is_empty() {
                echecs.entry(id).or_default().push(etape.place.clone());
            } else if !etape.assertions.is_empty() {
                let cles = etape.assertions.iter().map(|a| a.cle.clone()).collect();
                preuves.entry(id).or_default().push((etape.place.clone(), cles));
            }
        }
    }
    let une = |e: &crate::commune::Exigence| {
        let detail = commune.lieux.detail(e.lieu);
        ExigenceVue {
            id: e.id.clone(),
            citation: e.citation.clone(),
            attend: e.attend.clone(),
            place: Place {
                fichier: detail.map_or_else(|| "".into(), |d| d.fichier.clone()),
                ligne: detail.map_or(1, |d| d.ligne),
            },
            preuves: preuves.get(e.id.as_str()).cloned().unwrap_or_default(),
            echecs: echecs.get(e.id.as_str()).cloned().unwrap_or_default(),
        }
    };
    commune.exigences.iter().map(une).collect()
}
