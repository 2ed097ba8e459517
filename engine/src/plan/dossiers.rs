//! The procedures that change, what becomes of the dossiers that live under them, and the documents that become due.

use std::collections::BTreeMap;

use serde::Serialize;

use super::EnEtape;
use crate::commune::{Commune, Condition, SiManque};
use crate::demarche::{Demarche, Phase};

/// A procedure that changes, or that is added or taken away while dossiers live under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DemarcheTouchee {
    /// Its id.
    pub demarche: String,
    /// What happens to it.
    pub pourquoi: Pourquoi,
    /// Live dossiers by étape, drafts included.
    pub etapes: Vec<EtapeTouchee>,
    /// Documents that become due.
    pub pieces: Vec<PieceDue>,
}

/// What happens to a procedure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pourquoi {
    /// New.
    Ajoutee,
    /// Its form, étapes, documents or conditions change.
    Modifiee,
    /// Taken away.
    Retiree,
}

/// The dossiers of one étape.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EtapeTouchee {
    /// Which.
    pub etape: String,
    /// How many.
    pub dossiers: i64,
    /// What becomes of them.
    pub devenir: Devenir,
}

/// What becomes of dossiers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Devenir {
    /// Drafts: they follow the new form, and say so.
    Suit,
    /// They stay on the definition that they are pinned to.
    Reste,
    /// They go on in this étape of the new one (`reprise`).
    Repris(String),
    /// Their étape is gone and nothing says where they go on: refused (WKF09).
    Bloque,
    /// Drafts of a procedure that is taken away: they can no longer be filed.
    Perdu,
}

/// A document that some live dossiers did not have to give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PieceDue {
    /// Its id.
    pub piece: String,
    /// Its name.
    pub nom: String,
    /// Does its absence stop the dossier?
    pub bloque: bool,
    /// Only some families are asked.
    pub sous_condition: bool,
    /// Drafts and moved dossiers that will be asked for it, when they must give it.
    pub dossiers: i64,
}

pub(super) fn demarches(avant: &Commune, apres: &Commune, vivants: &[EnEtape]) -> Vec<DemarcheTouchee> {
    let retirees = avant.demarches.iter().filter(|d| apres.demarche(&d.id).is_none());
    let mut touchees = Vec::new();
    for demarche in apres.demarches.iter().chain(retirees) {
        let (a, b) = (avant.demarche(&demarche.id), apres.demarche(&demarche.id));
        let pourquoi = match (a, b) {
            (Some(a), Some(b)) if a.digest == b.digest => continue,
            (None, _) => Pourquoi::Ajoutee,
            (_, None) => Pourquoi::Retiree,
            _ => Pourquoi::Modifiee,
        };
        let etapes = etapes(&demarche.id, b, vivants);
        let suivent = |e: &&EtapeTouchee| matches!(e.devenir, Devenir::Suit | Devenir::Repris(_));
        let touches = etapes.iter().filter(suivent).map(|e| e.dossiers).sum();
        touchees.push(DemarcheTouchee {
            demarche: demarche.id.clone(),
            pourquoi,
            pieces: b.map(|b| pieces((avant, a), (apres, b), touches)).unwrap_or_default(),
            etapes,
        });
    }
    touchees
}

fn etapes(demarche: &str, apres: Option<&Demarche>, vivants: &[EnEtape]) -> Vec<EtapeTouchee> {
    let mut comptes: BTreeMap<(&str, bool), i64> = BTreeMap::new();
    // a dossier that is already on the new definition is not touched by it
    let siens = vivants.iter().filter(|g| g.demarche == demarche);
    for groupe in siens.filter(|g| apres.is_none_or(|d| d.digest != g.digest)) {
        let compte = comptes.entry((&groupe.etape, groupe.phase == Phase::Brouillon)).or_default();
        *compte = compte.saturating_add(groupe.nombre);
    }
    let devenir = |etape: &str, brouillon: bool| match apres {
        None if brouillon => Devenir::Perdu,
        None => Devenir::Reste,
        Some(_) if brouillon => Devenir::Suit,
        Some(d) => match d.reprise.iter().find(|(ancienne, _)| ancienne == etape) {
            Some((_, vers)) => Devenir::Repris(vers.clone()),
            None if d.etape(etape).is_some() => Devenir::Reste,
            None => Devenir::Bloque,
        },
    };
    let touchee = |((etape, brouillon), dossiers): ((&str, bool), i64)| EtapeTouchee {
        etape: etape.to_owned(),
        dossiers,
        devenir: devenir(etape, brouillon),
    };
    comptes.into_iter().map(touchee).collect()
}

/// The documents that the new definition asks and the old one did not, or did not insist on.
fn pieces(
    (avant, a): (&Commune, Option<&Demarche>),
    (apres, b): (&Commune, &Demarche),
    dossiers: i64,
) -> Vec<PieceDue> {
    let mut dues = Vec::new();
    for id in &b.pieces {
        let Some(piece) = apres.piece(id) else { continue };
        let ancienne = a.filter(|a| a.pieces.contains(id)).and_then(|_| avant.piece(id));
        let bloque = piece.si_manque == SiManque::Bloque;
        // what was asked of everybody, and stopped them, is asked of nobody new
        let deja = ancienne.is_some_and(|p| {
            (toujours(&p.quand) || !toujours(&piece.quand)) && (p.si_manque == SiManque::Bloque || !bloque)
        });
        if !deja {
            dues.push(PieceDue {
                piece: piece.id.clone(),
                nom: piece.nom.clone(),
                bloque,
                sous_condition: !toujours(&piece.quand),
                dossiers,
            });
        }
    }
    dues
}

/// Does it hold for every family?
fn toujours(condition: &Condition) -> bool {
    condition.cellules().next().is_none() && condition.textes().is_empty()
}
