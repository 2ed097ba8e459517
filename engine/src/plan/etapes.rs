//! WKF09: an étape that a new version takes away while dossiers stand in it.

use std::collections::BTreeMap;

use crate::commune::Commune;
use crate::definition::source::{SourceSet, Span};
use crate::demarche::{Demarche, Phase};
use crate::diagnostic::{Diagnostic, codes};

/// Live dossiers of one étape, under one definition of their démarche.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnEtape {
    /// Which démarche.
    pub demarche: String,
    /// Their étape.
    pub etape: String,
    /// The definition that they are pinned to.
    pub digest: String,
    /// That étape's phase.
    pub phase: Phase,
    /// How many.
    pub nombre: i64,
}

/// One error for each étape that `commune` no longer has, in which dossiers stand, and that `reprise` does not replace.
///
/// Drafts follow the new form whatever its first étape is called; a démarche taken away whole leaves its dossiers on their own
/// definition, until they end.
pub fn etapes_retirees(commune: &Commune, sources: &SourceSet, vivants: &[EnEtape]) -> Vec<Diagnostic> {
    let mut perdus: BTreeMap<(&str, &str), (Phase, i64)> = BTreeMap::new();
    for groupe in vivants.iter().filter(|g| g.phase != Phase::Brouillon) {
        let Some(demarche) = commune.demarche(&groupe.demarche) else { continue };
        if demarche.digest == groupe.digest || connait(demarche, &groupe.etape) {
            continue;
        }
        let compte = perdus.entry((&groupe.demarche, &groupe.etape)).or_insert((groupe.phase, 0));
        compte.1 = compte.1.saturating_add(groupe.nombre);
    }
    perdus
        .into_iter()
        .filter_map(|((id, etape), (phase, nombre))| {
            let demarche = commune.demarche(id)?;
            Some(retiree(commune, sources, demarche, etape, phase, nombre))
        })
        .collect()
}

fn connait(demarche: &Demarche, etape: &str) -> bool {
    demarche.etape(etape).is_some() || demarche.reprise.iter().any(|(ancienne, _)| ancienne == etape)
}

fn retiree(
    commune: &Commune,
    sources: &SourceSet,
    demarche: &Demarche,
    etape: &str,
    phase: Phase,
    nombre: i64,
) -> Diagnostic {
    let dossiers =
        if nombre == 1 { "1 dossier y est".to_owned() } else { format!("{nombre} dossiers y sont") };
    let message = format!("l'étape `{etape}` de la démarche `{}` n'existe plus, et {dossiers}", demarche.id);
    let autres = demarche.etapes.iter().filter(|e| e.phase != Phase::Brouillon);
    // an étape that says the same thing of the dossier is the likely one
    let proche = autres.clone().find(|e| e.phase == phase).or_else(|| autres.clone().next());
    let cible = proche.map_or("nouvelle_etape", |e| e.id.as_str());
    let d = Diagnostic::new(codes::WKF09, lieu_de(commune, sources, Some(demarche)), message);
    d.aide(format!("dites où ils continuent, par exemple : reprise: {{ {etape}: {cible} }}"))
}

/// Where a démarche is written; the start of the sources for one that the town does not have any more.
pub fn lieu_de(commune: &Commune, sources: &SourceSet, demarche: Option<&Demarche>) -> Span {
    let detail = demarche.and_then(|d| commune.lieux.detail(d.lieu));
    let span = detail.and_then(|d| {
        let fichier = sources.trouve(&d.fichier)?;
        Some(sources.mot_a(fichier, usize::try_from(d.ligne).ok()?, usize::try_from(d.colonne).ok()?))
    });
    span.unwrap_or_else(|| sources.debut())
}
