//! The documents that a household holds: sent once, they are good for each request that asks for them, while they hold.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rules::calendrier::Calendrier;
use rules::scalaire::Duree;

use super::contexte::PieceDemandee;
use super::definition::Validite;
use super::delai;
use super::dossier::{Dossier, EtatPiece, PieceRecue};
use super::phase::Phase;
use crate::annee;
use crate::commune::{Commune, Provisoire};
use crate::identifiant::{DossierId, PersonneId};

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
pub fn dernier_jour(commune: &Commune, dossier: &Dossier, piece: &str, recue: &PieceRecue) -> Option<Date> {
    let le = commune.fuseau.to_datetime(recue.recue_le).date();
    let definie = commune.piece(piece)?;
    let annee = fin_d_annee(commune, Some(dossier), le);
    fin_de_validite(definie.valable.as_ref()?, definie.rappel.as_ref(), le, annee, &commune.calendrier)
}

/// The last day of the school year that a dossier is for; of that of `le` where it says none.
fn fin_d_annee(commune: &Commune, dossier: Option<&Dossier>, le: Date) -> Option<Date> {
    let pour = dossier.and_then(|d| d.annee_scolaire.as_deref()?.split('-').next()?.parse().ok());
    annee::fin(commune, pour.unwrap_or_else(|| annee::annee_scolaire(commune, le)))
}

/// The last day on which a document received on `le` holds. One given while the reminder of a yearly end runs is the next year's.
pub(super) fn fin_de_validite(
    valable: &Validite,
    rappel: Option<&Duree>,
    le: Date,
    fin_d_annee: Option<Date>,
    calendrier: &Calendrier,
) -> Option<Date> {
    match valable {
        Validite::Illimitee => None,
        Validite::JusquA(jour) => {
            let fin = jour.des(le)?;
            match rappel.and_then(|avant| avant.avant(fin)) {
                Some(des) if le >= des => jour.des(fin.tomorrow().ok()?),
                _ => Some(fin),
            }
        }
        Validite::Duree(d) => d.apres(le, calendrier).ok().flatten().and_then(|d| d.yesterday().ok()),
        Validite::AnneeScolaire => fin_d_annee,
    }
}

/// The last instant, excluded, at which what is accepted for a while still stands; `None`: nobody said until when.
pub(super) fn fin_du_provisoire(
    provisoire: &Provisoire,
    recue_le: Timestamp,
    calendrier: &Calendrier,
    fuseau: &TimeZone,
) -> Option<Timestamp> {
    delai::fin(provisoire.jusqu_a.as_ref()?, recue_le, calendrier, fuseau).ok().flatten()
}

/// The best that the household's other requests hold of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ailleurs {
    /// Last day that it holds; `None` = until it is replaced.
    pub fin: Option<Date>,
    /// When it came.
    pub recue_le: Timestamp,
    /// With which request.
    pub dossier: DossierId,
}

impl Ailleurs {
    fn de(tenue: &Tenue<'_>) -> Self {
        Self { fin: tenue.fin, recue_le: tenue.recue.recue_le, dossier: tenue.dossier.id.clone() }
    }

    fn rang(&self) -> (Date, Timestamp, &DossierId) {
        (self.fin.unwrap_or(Date::MAX), self.recue_le, &self.dossier)
    }

    /// Does it hold longer than that one, or was it given later? Of two, one only is told of.
    pub(super) fn passe_avant(&self, fin: Date, recue: &PieceRecue, dossier: &DossierId) -> bool {
        self.rang() > (fin, recue.recue_le, dossier)
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
    let en_attendant = |p: &Provisoire| {
        let siennes = tenues.iter().filter(|t| t.piece == p.piece && t.vaut(jour));
        siennes
            .map(|t| fin_du_provisoire(p, t.recue.recue_le, &commune.calendrier, &commune.fuseau))
            .any(|fin| fin.is_none_or(|fin| maintenant < fin))
    };
    for demandee in demandees {
        demandee.fin_d_annee = fin_d_annee(commune, dossier, jour);
        let siennes = tenues.iter().filter(|t| t.piece == demandee.piece && t.vaut(jour)).map(Ailleurs::de);
        demandee.ailleurs = siennes.max_by(|a, b| a.rang().cmp(&b.rang()));
        let redemandee = dossier.is_some_and(|d| {
            let refusee = |r: &PieceRecue| matches!(r.etat, EtatPiece::Refusee(_));
            d.suivi.pieces_demandees.contains(&demandee.piece)
                || d.pieces.get(&demandee.piece).is_some_and(refusee)
        });
        let autrement = demandee.alternatives.iter().any(|a| !a.is_empty() && a.iter().all(|p| tient(p)));
        let provisoire = demandee.provisoire.as_ref().is_some_and(en_attendant);
        demandee.deja_recue = !redemandee && (tient(&demandee.piece) || autrement || provisoire);
    }
}
