//! A document made about a dossier is kept with it, once.

use super::chantier::Chantier;
use super::dossier::{Changement, DocumentFait};
use crate::decision::{Auteur, Refus};

/// The rule that refuses a document that was made already.
pub const DOCUMENT_FAIT: &str = "document.fait";

pub(super) fn garder(chantier: &mut Chantier<'_>, fait: &DocumentFait) -> Result<(), Refus> {
    if !matches!(chantier.ctx.auteur, Auteur::Systeme) {
        return Err(Refus::nouveau("document.auteur", "Les documents de la mairie se font d’eux-mêmes."));
    }
    let deja = |d: &DocumentFait| (d.entree, d.rang) == (fait.entree, fait.rang);
    if chantier.dossier.documents.iter().any(deja) {
        return Err(Refus::nouveau(DOCUMENT_FAIT, "Ce document est déjà fait."));
    }
    chantier.change(Changement::DocumentFait(fait.clone()));
    Ok(())
}
