//! `guichet explain`: the page of a check code, or what a key of the files says.

use clap::Args;
use engine::definition::lecture::suggestion;
use engine::definition::reference;
use engine::diagnostic::codes::REGISTRE;
use engine::diagnostic::{Code, Gravite};

use super::{Issue, ecrit};
use crate::error::Fatale;

/// What `explain` takes.
#[derive(Debug, Clone, Args)]
pub(super) struct Explain {
    /// Un code (TAR01), une clé (delais) ou un chemin de clés (reservation.delais) ; sinon, la liste des codes.
    #[arg(value_name = "CODE|CLÉ")]
    quoi: Option<String>,
}

pub(super) fn run(args: &Explain) -> Result<Issue, Fatale> {
    let Some(quoi) = &args.quoi else {
        ecrit(&liste())?;
        return Ok(Issue::Bien);
    };
    if let Some(code) = Code::trouve(quoi) {
        ecrit(code.page())?;
        return Ok(Issue::Bien);
    }
    if let Some(page) = reference::page(quoi) {
        ecrit(&page)?;
        return Ok(Issue::Bien);
    }
    let aide = if quoi.contains(|c: char| c.is_ascii_digit()) {
        suggestion(&quoi.to_ascii_uppercase(), REGISTRE.iter().map(|c| c.nom()))
    } else {
        suggestion(quoi.rsplit('.').next().unwrap_or(quoi), reference::cles())
    };
    Err(Fatale::Usage(format!("`{quoi}` n'est ni un code ni une clé ; {aide}")))
}

/// Every code, with its severity and title.
fn liste() -> String {
    REGISTRE
        .iter()
        .map(|c| {
            let gravite = match c.gravite() {
                Gravite::Erreur => "erreur",
                Gravite::Attention => "attention",
                Gravite::Info => "information",
            };
            format!("{c}  {gravite:<11}  {}\n", c.titre())
        })
        .collect()
}
