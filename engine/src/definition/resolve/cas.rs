//! `cas/*.yaml`: read like every other file; the names in them are looked up in the town.

use crate::cas::{Cas, verifie};
use crate::commune::Commune;
use crate::definition::arbre;
use crate::definition::lecture::Lecture;
use crate::definition::raw::cas::RawCas;
use crate::definition::source::SourceSet;
use crate::diagnostic::Diagnostic;

/// Reads the town's cases; those that cannot be read are reported and left out.
pub(super) fn lit(
    sources: &SourceSet,
    slug: &str,
    commune: Option<&Commune>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Cas> {
    let mut cas = Vec::new();
    for (id, chemin, fichier) in sources.sous(&format!("{slug}/cas")) {
        if !chemin.ends_with(".yaml") {
            continue;
        }
        let Some(noeud) = arbre::lit(sources, id, diagnostics) else { continue };
        let mut lecture = Lecture::new();
        let raw = lecture.lit::<RawCas>(&noeud);
        diagnostics.extend(lecture.fin());
        if let Some(raw) = raw {
            cas.push(Cas::nouveau(&fichier.chemin, &fichier.texte, raw.valeur));
        }
    }
    if let Some(commune) = commune {
        for un in &cas {
            verifie(commune, un, diagnostics);
        }
    }
    cas
}
