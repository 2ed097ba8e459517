//! What time does to documents: one that soon holds no more, one that stood for another for a while, one that may come later
//! and did not. One échéance a dossier says all of it: it is moved to the next thing to say, and each is said once.

use jiff::Timestamp;
use jiff::civil::Date;
use rules::date_fr::date_longue;
use serde::{Deserialize, Serialize};

use super::chantier::Chantier;
use super::contexte::PieceDemandee;
use super::delai;
use super::dossier::{Changement, EtatPiece, PieceRecue};
use super::echeance::{le_moteur_seul, perimee};
use super::effet::Destinataire;
use super::lettres;
use super::tenue::{fin_de_validite, fin_du_provisoire};
use crate::decision::{Appartient, EcheanceAFaire, Ecriture, Refus, Sortie};

/// What a family was last told of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RappelDit {
    /// When.
    pub le: Timestamp,
    /// When the document that it was about had come: another one is told of anew. `None`: none had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub de: Option<Timestamp>,
}

/// Something to tell a family of a document.
struct ADire<'p> {
    piece: &'p PieceDemandee,
    quoi: Quoi,
    /// From when.
    le: Timestamp,
    de: Option<Timestamp>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoi {
    Expire(Date),
    Due,
    Attendue,
}

impl Quoi {
    const fn lettre(self) -> &'static str {
        match self {
            Self::Expire(_) => lettres::PIECE_EXPIRE,
            Self::Due => lettres::PIECE_DUE,
            Self::Attendue => lettres::PIECE_ATTENDUE,
        }
    }
}

/// The family is told of what is due, in one letter a kind.
pub(super) fn veiller(chantier: &mut Chantier<'_>) -> Result<(), Refus> {
    le_moteur_seul(chantier)?;
    let maintenant = chantier.ctx.maintenant;
    let tous = a_dire(chantier);
    if tous.is_empty() {
        return Err(perimee());
    }
    chantier.ecrit(Ecriture::FinEcheance {
        dossier: chantier.dossier.id.clone(),
        appartient: Appartient::Pieces,
    });
    let dus: Vec<ADire<'_>> = tous.into_iter().filter(|d| d.le <= maintenant).collect();
    for modele in [lettres::PIECE_EXPIRE, lettres::PIECE_DUE, lettres::PIECE_ATTENDUE] {
        let lignes: Vec<String> = dus.iter().filter(|d| d.quoi.lettre() == modele).map(en_mots).collect();
        if !lignes.is_empty() {
            chantier.envoie(Sortie::Message {
                modele: modele.to_owned(),
                a: Destinataire::Demandeur,
                motif: Some(lignes.join("\n")),
            });
        }
    }
    for du in dus {
        let dit = RappelDit { le: maintenant, de: du.de };
        chantier.pas(
            format!("piece.{}.{}", du.piece.piece, du.quoi.lettre()),
            None,
            "la famille est prévenue",
        );
        chantier.change(Changement::PieceRappelee { piece: du.piece.piece.clone(), dit });
    }
    Ok(())
}

/// Moves the dossier's échéance to the next thing to say of its documents, where there is one.
pub(super) fn arme(chantier: &mut Chantier<'_>) {
    let prochaine = a_dire(chantier).iter().map(|d| d.le).min();
    if let Some(le) = prochaine {
        let dossier = chantier.dossier.id.clone();
        chantier.prevoit(EcheanceAFaire { dossier, le, appartient: Appartient::Pieces });
    }
}

/// Everything that was not said yet, due or to come.
fn a_dire<'p>(chantier: &Chantier<'p>) -> Vec<ADire<'p>> {
    if !chantier.dossier.phase.se_verifie() || chantier.dossier.suivi.efface {
        return Vec::new();
    }
    let pieces: &'p [PieceDemandee] = chantier.ctx.pieces;
    pieces.iter().filter_map(|p| du_document(chantier, p)).collect()
}

fn du_document<'p>(chantier: &Chantier<'p>, piece: &'p PieceDemandee) -> Option<ADire<'p>> {
    let (dossier, ctx) = (&chantier.dossier, chantier.ctx);
    let la = |id: &str| dossier.pieces.get(id).filter(|r| !matches!(r.etat, EtatPiece::Refusee(_)));
    let dit = dossier.suivi.rappels.get(&piece.piece);
    let deja = |de: Timestamp| dit.is_some_and(|d| d.de == Some(de));
    if let Some(recue) = la(&piece.piece) {
        let (fin, le) = fin_et_rappel(chantier, piece, recue)?;
        let ailleurs = piece.ailleurs.as_ref().is_some_and(|a| a.passe_avant(fin, recue, &dossier.id));
        let neuf = !deja(recue.recue_le) && !ailleurs;
        return neuf.then_some(ADire { piece, quoi: Quoi::Expire(fin), le, de: Some(recue.recue_le) });
    }
    if piece.deja_recue {
        return None;
    }
    if let Some(provisoire) = &piece.provisoire
        && let Some(recue) = la(&provisoire.piece)
    {
        let le = fin_du_provisoire(provisoire, recue.recue_le, ctx.calendrier, ctx.fuseau)?;
        return (!deja(recue.recue_le)).then_some(ADire {
            piece,
            quoi: Quoi::Due,
            le,
            de: Some(recue.recue_le),
        });
    }
    let autrement = piece.alternatives.iter().any(|a| !a.is_empty() && a.iter().all(|p| la(p).is_some()));
    let relance = piece.relance.as_ref().filter(|_| piece.plus_tard && !autrement)?;
    let depuis = dit.map(|d| d.le).or(dossier.depose_le)?;
    let le = delai::fin(relance, depuis, ctx.calendrier, ctx.fuseau).ok()??;
    let jour = le.to_zoned(ctx.fuseau.clone()).date();
    let finie = piece.fin_d_annee.is_some_and(|fin| jour > fin);
    (!finie).then_some(ADire { piece, quoi: Quoi::Attendue, le, de: None })
}

/// Its last day, and the first instant of the day on which the family is reminded; `None`: it has no end, or no reminder.
fn fin_et_rappel(
    chantier: &Chantier<'_>,
    piece: &PieceDemandee,
    recue: &PieceRecue,
) -> Option<(Date, Timestamp)> {
    let (fuseau, calendrier) = (chantier.ctx.fuseau, chantier.ctx.calendrier);
    let avant = piece.rappel.as_ref()?;
    let le = recue.recue_le.to_zoned(fuseau.clone()).date();
    let fin =
        fin_de_validite(piece.valable.as_ref()?, piece.rappel.as_ref(), le, piece.fin_d_annee, calendrier)?;
    let rappel = avant.avant(fin)?.to_zoned(fuseau.clone()).ok()?.timestamp();
    Some((fin, rappel))
}

/// May an accepted document be given again: is it over, or does its reminder run?
pub(super) fn se_renouvelle(chantier: &Chantier<'_>, piece: &str) -> bool {
    let Some(demandee) = chantier.ctx.pieces.iter().find(|p| p.piece == piece) else { return false };
    let Some(recue) = chantier.dossier.pieces.get(piece) else { return false };
    let le = recue.recue_le.to_zoned(chantier.ctx.fuseau.clone()).date();
    let fin = demandee.valable.as_ref().and_then(|v| {
        fin_de_validite(v, demandee.rappel.as_ref(), le, demandee.fin_d_annee, chantier.ctx.calendrier)
    });
    let des = fin.and_then(|fin| match &demandee.rappel {
        Some(avant) => avant.avant(fin),
        None => fin.tomorrow().ok(),
    });
    des.is_some_and(|des| chantier.aujourdhui() >= des)
}

fn en_mots(du: &ADire<'_>) -> String {
    let nom = if du.piece.sensible {
        "Un document, nommé dans votre espace".to_owned()
    } else {
        format!("« {} »", du.piece.nom)
    };
    match du.quoi {
        Quoi::Expire(fin) => format!("{nom} : valable jusqu’au {}.", date_longue(fin)),
        Quoi::Due | Quoi::Attendue => format!("{nom}."),
    }
}
