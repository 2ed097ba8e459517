//! Time passes: an échéance of an étape, or the delay of silence.

use jiff::Timestamp;

use super::agir::{etape_de, passe, vers};
use super::chantier::{Chantier, fin_de};
use super::definition::{Quand, VautSilence};
use super::dossier::Changement;
use super::effet::Destinataire;
use super::effets::applique;
use super::phase::Phase;
use crate::decision::{Appartient, Auteur, EcheanceAFaire, Ecriture, Refus, Sortie};

/// The refusal of an échéance whose étape, or filing, is over: the caller closes its row, nothing else happens.
pub const ECHEANCE_PERIMEE: &str = "echeance.perimee";

/// The letter that tells the agents that silence comes near.
pub(super) const ALERTE: &str = "alerte_silence";

pub(super) fn echeance(chantier: &mut Chantier<'_>, entree: u32, rang: u16) -> Result<(), Refus> {
    le_moteur_seul(chantier)?;
    if entree != chantier.dossier.entree {
        return Err(perimee());
    }
    let etape = etape_de(chantier.demarche, &chantier.dossier)?;
    let Some(echeance) = etape.echeances.get(usize::from(rang)) else { return Err(perimee()) };
    let le = match &echeance.quand {
        Quand::Apres(duree) => fin_de(chantier.ctx, duree, chantier.dossier.entree_le, echeance.lieu)?,
        Quand::Le(instant) => *instant,
    };
    pas_avant(chantier, le)?;
    let appartient = Appartient::Etape { entree, rang };
    chantier.ecrit(Ecriture::FinEcheance { dossier: chantier.dossier.id.clone(), appartient });
    chantier.pas(
        format!("etape.{}.echeance.{}", etape.id, rang.saturating_add(1)),
        Some(echeance.lieu),
        "échue",
    );
    for effet in &echeance.effets {
        applique(chantier, effet)?;
    }
    let suivante = vers(chantier.demarche, echeance.vers.as_deref(), etape)?;
    passe(chantier, suivante)
}

pub(super) fn silence(chantier: &mut Chantier<'_>, depot: u32) -> Result<(), Refus> {
    le_moteur_seul(chantier)?;
    if depot != chantier.dossier.depots || !chantier.dossier.phase.silence_court() {
        return Err(perimee());
    }
    let silence = &chantier.demarche.silence;
    let le = chantier.ctx.maintenant;
    let depot_le = chantier.dossier.dernier_depot_le.unwrap_or(chantier.dossier.entree_le);
    pas_avant(chantier, fin_de(chantier.ctx, &silence.delai, depot_le, silence.lieu)?)?;
    let appartient = Appartient::Silence { depot };
    chantier.ecrit(Ecriture::FinEcheance { dossier: chantier.dossier.id.clone(), appartient });
    let regle = chantier.regle("silence");
    match silence.vaut {
        // a refusal by silence does not stop an express decision: the dossier stays where it is, and says so
        VautSilence::Rejet => {
            chantier.pas(regle, Some(silence.lieu), "le silence vaut rejet");
            chantier.change(Changement::RejetImplicite(le));
            Ok(())
        }
        VautSilence::Acceptation => {
            let mut acceptees = chantier.demarche.etapes.iter().filter(|e| e.phase == Phase::Acceptee);
            let (Some(acceptee), None) = (acceptees.next(), acceptees.next()) else {
                let motif = "Le silence vaut acceptation, mais la démarche n’a pas une étape « acceptee » et une seule.";
                return Err(Refus::nouveau(regle, motif).lieu(silence.lieu));
            };
            chantier.pas(regle, Some(silence.lieu), "le silence vaut acceptation");
            passe(chantier, Some(acceptee))
        }
    }
}

/// The silence's delay, and its alert, counted from the filing at `depot`.
pub(super) fn arme_le_silence(chantier: &mut Chantier<'_>, depot: Timestamp) -> Result<(), Refus> {
    let silence = &chantier.demarche.silence;
    let le = fin_de(chantier.ctx, &silence.delai, depot, silence.lieu)?;
    let (dossier, depot_n) = (chantier.dossier.id.clone(), chantier.dossier.depots);
    if let Some(alerte) = &silence.alerte {
        let avant = fin_de(chantier.ctx, alerte, depot, silence.lieu)?;
        let appartient = Appartient::Alerte { depot: depot_n };
        chantier.prevoit(EcheanceAFaire { dossier: dossier.clone(), le: avant, appartient });
    }
    chantier.change(Changement::SilenceLe(le));
    chantier.prevoit(EcheanceAFaire { dossier, le, appartient: Appartient::Silence { depot: depot_n } });
    Ok(())
}

/// The agents are told that silence will soon decide for them.
pub(super) fn alerte(chantier: &mut Chantier<'_>, depot: u32) -> Result<(), Refus> {
    le_moteur_seul(chantier)?;
    let silence = &chantier.demarche.silence;
    let Some(alerte) = &silence.alerte else { return Err(perimee()) };
    if depot != chantier.dossier.depots || !chantier.dossier.phase.silence_court() {
        return Err(perimee());
    }
    let depot_le = chantier.dossier.dernier_depot_le.unwrap_or(chantier.dossier.entree_le);
    pas_avant(chantier, fin_de(chantier.ctx, alerte, depot_le, silence.lieu)?)?;
    let appartient = Appartient::Alerte { depot };
    chantier.ecrit(Ecriture::FinEcheance { dossier: chantier.dossier.id.clone(), appartient });
    let regle = chantier.regle("silence.alerte");
    chantier.pas(regle, Some(silence.lieu), "le service est alerté");
    chantier.change(Changement::Alerte(chantier.ctx.maintenant));
    let a = Destinataire::Agents(chantier.demarche.instruit_par.clone());
    chantier.envoie(Sortie::Message { modele: ALERTE.to_owned(), a, motif: None });
    Ok(())
}

pub(super) fn le_moteur_seul(chantier: &Chantier<'_>) -> Result<(), Refus> {
    match chantier.ctx.auteur {
        Auteur::Systeme => Ok(()),
        _ => Err(Refus::nouveau("echeance.auteur", "Seul le temps fait échoir un délai.")),
    }
}

/// A clock that went back closes nothing early.
pub(super) fn pas_avant(chantier: &Chantier<'_>, le: jiff::Timestamp) -> Result<(), Refus> {
    if chantier.ctx.maintenant >= le {
        return Ok(());
    }
    Err(Refus::nouveau("echeance.en_avance", "Ce délai n’est pas encore échu.").possible(le))
}

pub(super) fn perimee() -> Refus {
    Refus::nouveau(ECHEANCE_PERIMEE, "Cette échéance ne concerne plus le dossier.")
}
