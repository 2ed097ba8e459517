//! REF06: two names of the same kind that a reader would take for one.

use std::collections::BTreeMap;

use super::Examen;
use crate::definition::source::Span;
use crate::diagnostic::{Diagnostic, Gravite, codes};

/// Facts, services, prestations, tariffs, schools, zones, pieces.
pub(super) fn controle(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) {
    let f = examen.fichiers;
    let commune = || f.commune.iter();
    let zones = commune().flat_map(|c| c.zonages.iter().flat_map(|z| z.valeur.iter()));
    let genres: [(&str, Vec<(&str, Span)>); 6] = [
        (
            "faits",
            f.donnees.iter().flat_map(|d| d.faits.iter()).map(|x| (x.fait.as_str(), x.fait.span)).collect(),
        ),
        ("services", f.services.iter().map(|s| (s.service.as_str(), s.service.span)).collect()),
        (
            "prestations",
            f.services
                .iter()
                .flat_map(|s| s.prestations.iter())
                .map(|p| (p.prestation.as_str(), p.prestation.span))
                .collect(),
        ),
        ("barèmes", f.baremes.iter().map(|b| (b.bareme.as_str(), b.bareme.span)).collect()),
        (
            "écoles",
            commune().flat_map(|c| c.ecoles.iter()).map(|e| (e.ecole.as_str(), e.ecole.span)).collect(),
        ),
        (
            "zones",
            zones.flat_map(|(_, z)| z.valeur.0.iter()).map(|z| (z.zone.as_str(), z.zone.span)).collect(),
        ),
    ];
    for (genre, noms) in genres {
        let mut vus: BTreeMap<String, (&str, Span)> = BTreeMap::new();
        for (nom, span) in noms {
            match vus.get(&squelette(nom)) {
                Some((autre, ailleurs)) if *autre != nom => {
                    let message = format!("deux {genre} presque du même nom : `{autre}` et `{nom}`");
                    let d = Diagnostic::new(codes::REF06, span, message).gravite(Gravite::Attention);
                    sortie.push(
                        d.secondaire(*ailleurs, "l'autre").aide("est-ce le même ? Sinon, changez un mot"),
                    );
                }
                Some(_) => {}
                None => drop(vus.insert(squelette(nom), (nom, span))),
            }
        }
    }
}

/// The name without what the eye skips: underscores and plurals.
fn squelette(nom: &str) -> String {
    nom.split('_').map(|mot| mot.strip_suffix('s').unwrap_or(mot)).collect()
}
