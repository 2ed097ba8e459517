//! Can these definitions serve the dossiers of a data folder?

use std::path::Path;
use std::sync::Arc;

use engine::commune::Commune;
use engine::definition::source::SourceSet;
use engine::diagnostic::{Diagnostic, codes};
use engine::identifiant::CommuneSlug;
use engine::plan::{etapes_retirees, lieu_de};

use super::storage;
use crate::error::Fatale;
use crate::publication::{Fixees, examine, vivants};

/// WKF09: étapes taken away under dossiers. WKF11: versions that dossiers follow, and that are lost.
pub(super) async fn verifie(
    data: &Path,
    base: Option<&str>,
    sources: &SourceSet,
    villes: &[Arc<Commune>],
) -> Result<Vec<Diagnostic>, Fatale> {
    // opening makes a folder that is not there: a slip in its name would say that all is well
    if storage::base(base)?.is_none() && !data.join("a_faire.db").is_file() {
        return Err(Fatale::Usage(format!("{} n'est pas un dossier de données", data.display())));
    }
    let store = storage::ouvre(data, base).await?;
    let mut diagnostics = Vec::new();
    for commune in villes {
        let Ok(slug) = CommuneSlug::lit(&commune.slug) else { continue };
        let portee = store.portee_de_commande(&slug, "vérification");
        diagnostics.extend(etapes_retirees(commune, sources, &vivants(&store, &portee).await?));
        let (_, perdues) = examine(&store, &portee, commune, &Fixees::new()).await?;
        for perdue in perdues {
            let demarche = perdue.demarche.as_ref().and_then(|(id, _)| commune.demarche(id));
            let message = format!("{} ; {}", perdue.qui(), perdue.raison);
            let d = Diagnostic::new(codes::WKF11, lieu_de(commune, sources, demarche), message);
            diagnostics.push(d.aide(perdue.remede()));
        }
    }
    Ok(diagnostics)
}
