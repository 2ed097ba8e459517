//! The documents that a household holds: sent once, they are good for each request that asks for them, while they hold.

use jiff::Timestamp;
use jiff::civil::Date;

use super::contexte::PieceDemandee;
use super::definition::Validite;
use super::dossier::{Dossier, EtatPiece, PieceRecue};
use super::phase::Phase;
use crate::annee;
use crate::commune::Commune;
use crate::identifiant::PersonneId;

/// A document of a dossier.
#[derive(Clone, Copy, Debug)]
pub struct Tenue<'d> {
    /// Which piece.
    pub piece: &'d str,
    /// What was received.
    pub recue: &'d PieceRecue,
    /// With which request.
    pub dossier: &'d Dossier,
    /// Last day that it holds; `None` = until it is replaced.
    pub fin: Option<Date>,
}

impl Tenue<'_> {
    /// Was it accepted, or not looked at yet, and does it still hold on `jour`?
    pub fn vaut(&self, jour: Date) -> bool {
        !matches!(self.recue.etat, EtatPiece::Refusee(_)) && self.fin.is_none_or(|fin| jour <= fin)
    }
}

/// The last day on which a document of this dossier holds (`valable`), counted from the day that it was received; that of a
/// school year is the dossier's own.
pub(super) fn dernier_jour(
    commune: &Commune,
    dossier: &Dossier,
    piece: &str,
    recue: &PieceRecue,
) -> Option<Date> {
    let le = commune.fuseau.to_datetime(recue.recue_le).date();
    match commune.piece(piece).and_then(|p| p.valable.as_ref())? {
        Validite::Illimitee => None,
        Validite::JusquA(j) => j.des(le),
        Validite::Duree(d) => {
            d.apres(le, &commune.calendrier).ok().flatten().and_then(|d| d.yesterday().ok())
        }
        Validite::AnneeScolaire => {
            let pour = dossier.annee_scolaire.as_deref().and_then(|a| a.split('-').next()?.parse().ok());
            annee::fin(commune, pour.unwrap_or_else(|| annee::annee_scolaire(commune, le)))
        }
    }
}

/// Does what it proves of one child say nothing of another?
fn de_l_enfant(commune: &Commune, piece: &str) -> bool {
    commune.piece(piece).is_some_and(|p| p.de == "enfant" || p.de == "personne")
}

/// The documents of these dossiers about this child, or about the household of any of them, the latest first; `None` = about the
/// household only. Those of a request that was never sent, that was refused or given up, are nobody's.
pub fn tenues<'d>(commune: &Commune, dossiers: &'d [Dossier], enfant: Option<&PersonneId>) -> Vec<Tenue<'d>> {
    let envoyes =
        dossiers.iter().filter(|d| d.phase != Phase::Brouillon && d.phase.occupe() && !d.suivi.efface);
    let mut tenues: Vec<Tenue<'d>> = envoyes.flat_map(|d| du_dossier(commune, d, enfant)).collect();
    tenues.sort_by_key(|t| std::cmp::Reverse(t.recue.recue_le));
    tenues
}

/// Those of one dossier.
pub(super) fn du_dossier<'d>(
    commune: &Commune,
    dossier: &'d Dossier,
    enfant: Option<&PersonneId>,
) -> Vec<Tenue<'d>> {
    let sien = |piece: &str| match (&dossier.enfant, enfant) {
        (_, None) => !de_l_enfant(commune, piece),
        (Some(de), Some(enfant)) => de == enfant || !de_l_enfant(commune, piece),
        (None, Some(_)) => true,
    };
    let un = |(piece, recue): (&'d String, &'d PieceRecue)| Tenue {
        piece: piece.as_str(),
        recue,
        dossier,
        fin: dernier_jour(commune, dossier, piece, recue),
    };
    dossier.pieces.iter().filter(|(piece, _)| sien(piece)).map(un).collect()
}

/// Says of each document asked whether the household's other requests hold it; one that an agent asked for, or refused, in this
/// very request is given again.
pub fn reutilise(
    commune: &Commune,
    demandees: &mut [PieceDemandee],
    autres: &[Dossier],
    (dossier, enfant): (Option<&Dossier>, Option<&PersonneId>),
    maintenant: Timestamp,
) {
    let jour = commune.fuseau.to_datetime(maintenant).date();
    let autres: Vec<Dossier> =
        autres.iter().filter(|d| dossier.is_none_or(|ici| ici.id != d.id)).cloned().collect();
    let tenues = tenues(commune, &autres, enfant);
    let tient = |piece: &str| tenues.iter().any(|t| t.piece == piece && t.vaut(jour));
    for demandee in demandees {
        let redemandee = dossier.is_some_and(|d| {
            let refusee = |r: &PieceRecue| matches!(r.etat, EtatPiece::Refusee(_));
            d.suivi.pieces_demandees.contains(&demandee.piece)
                || d.pieces.get(&demandee.piece).is_some_and(refusee)
        });
        let autrement = demandee.alternatives.iter().any(|a| !a.is_empty() && a.iter().all(|p| tient(p)));
        demandee.deja_recue = !redemandee && (tient(&demandee.piece) || autrement);
    }
}
