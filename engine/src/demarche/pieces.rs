//! Documents: given by the family, looked at by an agent.

use jiff::Timestamp;
use jiff::civil::Date;

use super::agir::lisible;
use super::brouillon::la_famille;
use super::chantier::Chantier;
use super::contexte::PieceDemandee;
use super::decide::est;
use super::definition::{Acteur, Demarche};
use super::dossier::{Changement, EtatPiece, PieceRecue};
use super::effet::Destinataire;
use super::evenement::PieceDonnee;
use super::lettres;
use super::reponses::ErreurChamp;
use super::tenue::fin_du_provisoire;
use super::veille;
use crate::decision::{Refus, Sortie};
use crate::identifiant::FichierId;

/// Files that one document may be made of, where the town does not say.
pub const FICHIERS_PAR_PIECE: u32 = 4;

pub(super) fn deposer(chantier: &mut Chantier<'_>, donnee: &PieceDonnee) -> Result<(), Refus> {
    let (piece, date) = (donnee.piece.as_str(), donnee.date);
    la_famille_donne(chantier, piece)?;
    connue(chantier, piece)?;
    // what was refused is given again, not completed
    let avant = chantier.dossier.pieces.get(piece).filter(|r| donnee.en_plus && !est_refusee(&r.etat));
    let (mut fichiers, mut images) =
        avant.map(|r| (r.fichiers.clone(), r.images.clone())).unwrap_or_default();
    let date = date.or(avant.and_then(|r| r.date));
    plausible(chantier, piece, date)?;
    recente(chantier, piece, date)?;
    if donnee.fichiers.is_empty() {
        return Err(Refus::nouveau(format!("piece.{piece}"), "Joignez au moins un fichier."));
    }
    // the same file sent twice is there once
    let neufs: Vec<FichierId> = donnee.fichiers.iter().filter(|f| !fichiers.contains(f)).cloned().collect();
    fichiers.extend(neufs);
    images.extend(donnee.images.iter().filter(|i| donnee.fichiers.contains(i)).cloned());
    images.sort();
    images.dedup();
    let demandee = chantier.ctx.pieces.iter().find(|p| p.piece == piece);
    let max = demandee.and_then(|p| p.fichiers).unwrap_or(FICHIERS_PAR_PIECE);
    if fichiers.len() > usize::try_from(max).unwrap_or(usize::MAX) {
        let motif = format!("{} fichiers pour cette pièce : {max} au plus.", fichiers.len());
        return Err(Refus::nouveau(format!("piece.{piece}.fichiers"), motif));
    }
    let recue_le = chantier.ctx.maintenant;
    chantier.change(Changement::PieceRecue {
        piece: piece.to_owned(),
        recue: PieceRecue { fichiers, images, date, recue_le, etat: EtatPiece::AVerifier },
    });
    Ok(())
}

const fn est_refusee(etat: &EtatPiece) -> bool {
    matches!(etat, EtatPiece::Refusee(_))
}

/// While the dossier is in the family's hands: what a request in progress stands on stays with it.
pub(super) fn retirer(
    chantier: &mut Chantier<'_>,
    piece: &str,
    fichier: Option<&FichierId>,
) -> Result<(), Refus> {
    let phase = chantier.dossier.phase;
    la_famille(chantier, true)?;
    if !phase.famille_ecrit() {
        let motif = "Ce document accompagne une demande envoyée : remplacez-le plutôt, tant que le service ne l’a pas accepté.";
        return Err(Refus::nouveau(format!("piece.{piece}.relie"), motif));
    }
    let recue = chantier.dossier.pieces.get(piece);
    let fichiers: Vec<FichierId> = recue
        .map(|r| r.fichiers.iter().filter(|f| fichier.is_none_or(|voulu| voulu == *f)).cloned().collect())
        .unwrap_or_default();
    if fichiers.is_empty() {
        return Err(Refus::nouveau(format!("piece.{piece}"), "Ce document n’est plus là."));
    }
    let oubliees = chantier.dossier.depose_le.is_none();
    chantier.change(Changement::PieceRetiree { piece: piece.to_owned(), fichiers, oubliees });
    Ok(())
}

/// Until the dossier is over, and even once accepted: some documents may come later.
fn la_famille_donne(chantier: &Chantier<'_>, piece: &str) -> Result<(), Refus> {
    let phase = chantier.dossier.phase;
    la_famille(chantier, phase.occupe())?;
    let acceptee = chantier.dossier.pieces.get(piece).is_some_and(|p| p.etat == EtatPiece::Acceptee);
    if acceptee && !phase.famille_ecrit() && !veille::se_renouvelle(chantier, piece) {
        return Err(Refus::nouveau(format!("piece.{piece}"), "Le service a déjà accepté cette pièce."));
    }
    Ok(())
}

pub(super) fn verifier(
    chantier: &mut Chantier<'_>,
    piece: &str,
    etat: &EtatPiece,
    vue: Option<Timestamp>,
) -> Result<(), Refus> {
    connue(chantier, piece)?;
    if !est(chantier.demarche, &Acteur::Agent(None), chantier.ctx.auteur) {
        return Err(Refus::nouveau(
            "dossier.instruction",
            "Seuls les agents qui instruisent ce dossier vérifient ses pièces.",
        ));
    }
    let phase = chantier.dossier.phase;
    if !phase.se_verifie() {
        return Err(Refus::nouveau(
            "dossier.phase",
            format!("Les pièces de ce dossier ne se vérifient pas : {}.", phase.libelle()),
        ));
    }
    let Some(recue) = chantier.dossier.pieces.get(piece) else {
        return Err(Refus::nouveau(format!("piece.{piece}"), "Cette pièce n’a pas été reçue."));
    };
    if vue.is_some_and(|vue| vue != recue.recue_le) {
        let motif = "La famille a envoyé autre chose depuis : ouvrez ce qui est là maintenant.";
        return Err(Refus::nouveau(format!("piece.{piece}.vue"), motif));
    }
    if matches!(etat, EtatPiece::Refusee(motif) if motif.trim().is_empty()) {
        return Err(Refus::nouveau(
            format!("piece.{piece}.motif"),
            "Dites à la famille pourquoi la pièce est refusée.",
        ));
    }
    if let EtatPiece::Refusee(motif) = etat {
        lisible(&format!("piece.{piece}.motif"), motif)?;
    }
    let deja = recue.etat == *etat;
    chantier.change(Changement::PieceVue { piece: piece.to_owned(), etat: etat.clone() });
    if !deja {
        previent(chantier, piece, etat);
    }
    Ok(())
}

/// The family is told of a refusal at once; of an acceptance only where no letter about the request will say it.
fn previent(chantier: &mut Chantier<'_>, piece: &str, etat: &EtatPiece) {
    let nomme = chantier.ctx.pieces.iter().find(|p| p.piece == piece && !p.sensible);
    let nom = nomme.map(|p| format!("« {} »", p.nom));
    let (modele, motif) = match etat {
        EtatPiece::Refusee(motif) => (
            lettres::PIECE_REFUSEE,
            nom.map_or_else(
                || "La raison est écrite dans votre espace.".to_owned(),
                |n| format!("{n} : {motif}"),
            ),
        ),
        EtatPiece::Acceptee if !chantier.dossier.phase.silence_court() => {
            (lettres::PIECE_ACCEPTEE, nom.unwrap_or_else(|| "Il est nommé dans votre espace.".to_owned()))
        }
        EtatPiece::Acceptee | EtatPiece::AVerifier => return,
    };
    chantier.envoie(Sortie::Message {
        modele: modele.to_owned(),
        a: Destinataire::Demandeur,
        motif: Some(motif),
    });
}

/// Refuses while a document that stops the dossier is missing or refused.
pub(super) fn exige(chantier: &Chantier<'_>) -> Result<(), Refus> {
    let recue = |piece: &str| {
        let recue = chantier.dossier.pieces.get(piece);
        recue.is_some_and(|r| !est_refusee(&r.etat))
    };
    let manque = |p: &&PieceDemandee| {
        p.bloque
            && !p.deja_recue
            && !recue(&p.piece)
            && !p.alternatives.iter().any(|a| !a.is_empty() && a.iter().all(|piece| recue(piece)))
            && !en_attendant(chantier, p)
    };
    let manquantes: Vec<&PieceDemandee> = chantier.ctx.pieces.iter().filter(manque).collect();
    let Some(premiere) = manquantes.first() else { return Ok(()) };
    let noms: Vec<String> = manquantes.iter().map(|p| format!("« {} »", p.nom)).collect();
    let motif = match noms.len() {
        1 => format!("Il manque la pièce {}.", noms.join("")),
        n => format!("Il manque {n} pièces : {}.", noms.join(", ")),
    };
    let champs = manquantes
        .iter()
        .map(|p| ErreurChamp { champ: p.piece.clone(), motif: format!("« {} » est à joindre.", p.nom) })
        .collect();
    let refus = Refus::nouveau(format!("piece.{}", premiere.piece), motif).lieu(chantier.demarche.lieu);
    Err(Refus { fait_manquant: Some(premiere.piece.as_str().into()), champs, ..refus })
}

/// Does what is accepted for a while stand for it still?
fn en_attendant(chantier: &Chantier<'_>, piece: &PieceDemandee) -> bool {
    let Some(provisoire) = &piece.provisoire else { return false };
    let recue = chantier.dossier.pieces.get(&provisoire.piece).filter(|r| !est_refusee(&r.etat));
    let fin = recue
        .map(|r| fin_du_provisoire(provisoire, r.recue_le, chantier.ctx.calendrier, chantier.ctx.fuseau));
    fin.is_some_and(|fin| fin.is_none_or(|fin| chantier.ctx.maintenant < fin))
}

/// No document of a family is older: the year was mistyped.
const PREMIERE_ANNEE: i16 = 1900;

/// The date written on a document is one that it can bear.
fn plausible(chantier: &Chantier<'_>, piece: &str, date: Option<Date>) -> Result<(), Refus> {
    let Some(date) = date else { return Ok(()) };
    let regle = format!("piece.{piece}.date");
    let nom = chantier.ctx.pieces.iter().find(|p| p.piece == piece).map_or(piece, |p| p.nom.as_str());
    let ecrite = rules::date_fr::date_longue(date);
    if date.year() < PREMIERE_ANNEE {
        let motif = format!("« {nom} » serait du {ecrite} : vérifiez l’année.");
        return Err(Refus::nouveau(regle, motif));
    }
    if date > chantier.aujourdhui() {
        let motif = format!("« {nom} » serait du {ecrite}, une date à venir : vérifiez-la.");
        return Err(Refus::nouveau(regle, motif));
    }
    Ok(())
}

/// A document that must be recent: counted from the date written on it, the last day included.
fn recente(chantier: &Chantier<'_>, piece: &str, date: Option<Date>) -> Result<(), Refus> {
    let Some(demandee) = chantier.ctx.pieces.iter().find(|p| p.piece == piece) else { return Ok(()) };
    let Some(age_max) = &demandee.age_max else { return Ok(()) };
    let regle = format!("piece.{piece}.age_max");
    let aujourdhui = chantier.aujourdhui();
    let Some(date) = date else {
        return Err(Refus::nouveau(regle, format!("Dites la date écrite sur « {} ».", demandee.nom)));
    };
    let trop = || {
        let motif = format!(
            "« {} » est du {} : il doit dater de moins de {}.",
            demandee.nom,
            rules::date_fr::date_longue(date),
            age_max.en_mots()
        );
        Refus::nouveau(regle.as_str(), motif)
    };
    match age_max.apres(date, chantier.ctx.calendrier) {
        Ok(Some(limite)) if limite >= aujourdhui => Ok(()),
        Ok(_) => Err(trop()),
        Err(e) => Err(Refus::nouveau(regle, format!("L’âge du document n’a pas pu être calculé : {e}."))),
    }
}

fn connue(chantier: &Chantier<'_>, piece: &str) -> Result<(), Refus> {
    let demarche: &Demarche = chantier.demarche;
    let remplace = |p: &PieceDemandee| {
        let provisoire = p.provisoire.iter().map(|p| &p.piece);
        p.alternatives.iter().flatten().chain(provisoire).any(|a| a == piece)
    };
    if demarche.pieces.iter().any(|p| p == piece) || chantier.ctx.pieces.iter().any(remplace) {
        return Ok(());
    }
    Err(Refus::nouveau(format!("piece.{piece}"), "Cette démarche ne demande pas cette pièce.")
        .lieu(demarche.lieu))
}
