//! Messages between the family and the service that examines.

use super::agir::sans_cache;
use super::chantier::Chantier;
use super::decide::est;
use super::definition::Acteur;
use super::dossier::Changement;
use super::effet::Destinataire;
use super::phase::Phase;
use super::suivi::{Cote, Echange};
use crate::decision::{Refus, Sortie};

/// Longest message, in characters.
pub const MESSAGE_MAX: usize = 4000;
/// Most messages of each side in a dossier: the other side always has its own.
pub(super) const MESSAGES_MAX: usize = 100;
/// Longest that all the messages of a side may be together, in characters.
pub(super) const ECHANGES_MAX: usize = 60_000;
/// The letters that say that a message waits, without saying what it says.
pub(super) const POUR_LA_FAMILLE: &str = "nouveau_message";
pub(super) const POUR_LE_SERVICE: &str = "nouveau_message_service";

/// Somebody writes to the other side.
pub(super) fn ecrire(chantier: &mut Chantier<'_>, texte: &str) -> Result<(), Refus> {
    let regle = chantier.regle("echanges");
    if !chantier.demarche.echanges {
        let motif = "Cette démarche n’a pas d’échanges de messages.";
        return Err(Refus::nouveau(regle, motif).lieu(chantier.demarche.lieu));
    }
    let cote = cote(chantier)?;
    if chantier.dossier.phase == Phase::Brouillon {
        return Err(Refus::nouveau(
            regle,
            "Envoyez d’abord votre demande : le service ne la voit pas encore.",
        ));
    }
    let texte = texte.trim();
    let longueur = texte.chars().count();
    if texte.is_empty() || longueur > MESSAGE_MAX {
        let motif = match longueur {
            0 => "Écrivez votre message.".to_owned(),
            n => format!("Ce message compte {n} caractères : écrivez-en {MESSAGE_MAX} au plus."),
        };
        return Err(Refus::nouveau("echange.texte", motif));
    }
    sans_cache("echange.texte", "Ce message", texte)?;
    assez_de_place(chantier, cote, longueur)?;
    let n = u32::try_from(chantier.dossier.suivi.echanges.len()).unwrap_or(u32::MAX).saturating_add(1);
    let le = chantier.ctx.maintenant;
    chantier.change(Changement::EchangeEcrit(Echange {
        n,
        de: cote,
        le,
        texte: texte.to_owned(),
        lu_le: None,
    }));
    let (modele, a) = match cote {
        Cote::Famille => (POUR_LE_SERVICE, Destinataire::Agents(chantier.demarche.instruit_par.clone())),
        Cote::Service => (POUR_LA_FAMILLE, Destinataire::Demandeur),
    };
    chantier.envoie(Sortie::Message { modele: modele.to_owned(), a, motif: None });
    Ok(())
}

/// A dossier is read whole at each act: what is said in it has an end.
fn assez_de_place(chantier: &Chantier<'_>, cote: Cote, longueur: usize) -> Result<(), Refus> {
    let siens = || chantier.dossier.suivi.echanges.iter().filter(|e| e.de == cote);
    let ecrits: usize = siens().map(|e| e.texte.chars().count()).sum();
    let suite = "Continuez par téléphone, ou par courrier, avec le numéro du dossier";
    let motif = if siens().count() >= MESSAGES_MAX {
        format!(
            "Vous avez déjà écrit {MESSAGES_MAX} messages dans ce dossier, c’est le plus possible. {suite}."
        )
    } else if ecrits.saturating_add(longueur) > ECHANGES_MAX {
        let reste = ECHANGES_MAX.saturating_sub(ecrits);
        format!(
            "Vos messages dans ce dossier dépassent ensemble {ECHANGES_MAX} caractères : il vous en reste {reste}. {suite}."
        )
    } else {
        return Ok(());
    };
    Err(Refus::nouveau("echange.nombre", motif))
}

/// The other side opens a message.
pub(super) fn lire(chantier: &mut Chantier<'_>, n: u32) -> Result<(), Refus> {
    let cote = cote(chantier)?;
    let sien = chantier.dossier.suivi.echanges.iter().find(|e| e.n == n && e.de != cote);
    match sien {
        None => Err(Refus::nouveau("echange.inconnu", "Ce message n’existe pas.")),
        Some(e) if e.lu_le.is_some() => Err(Refus::nouveau("echange.lu", "Ce message est déjà lu.")),
        Some(_) => {
            let le = chantier.ctx.maintenant;
            chantier.change(Changement::EchangeLu { n, le });
            Ok(())
        }
    }
}

fn cote(chantier: &Chantier<'_>) -> Result<Cote, Refus> {
    let (demarche, auteur) = (chantier.demarche, chantier.ctx.auteur);
    if est(demarche, &Acteur::Parent, auteur) {
        Ok(Cote::Famille)
    } else if est(demarche, &Acteur::Agent(None), auteur) {
        Ok(Cote::Service)
    } else {
        Err(Refus::nouveau("echange.auteur", "Seuls la famille et le service qui instruit s’écrivent ici."))
    }
}
