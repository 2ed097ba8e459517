//! An appointment is taken, changed, cancelled, and noted as held or not.

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

use super::agenda::{Agenda, cle_de_creneau};
use super::chantier::Chantier;
use super::decide::est;
use super::definition::Acteur;
use super::dossier::{Changement, Dossier};
use super::echeance::{le_moteur_seul, pas_avant, perimee};
use super::effet::Destinataire;
use super::phase::Phase;
use super::suivi::RendezVous;
use crate::decision::{Appartient, EcheanceAFaire, Ecriture, Garde, Refus, Sortie};

/// The letters that the engine sends about appointments.
pub(super) const PRIS: &str = "rendez_vous_pris";
pub(super) const ANNULE: &str = "rendez_vous_annule";

/// How long a draft of somebody without an account holds a slot: the time to fill in a form. Without a stated end, a handful of
/// drafts that nobody sends would hold every slot of the town.
const TENUE: SignedDuration = SignedDuration::from_mins(15);

/// Until when the slot of this dossier is held for it only if it is sent; `None`: it has none, or it is its own.
pub fn creneau_tenu_jusqu_a(dossier: &Dossier) -> Option<Timestamp> {
    let pris = dossier.suivi.rendez_vous.as_ref()?;
    let provisoire = dossier.phase == Phase::Brouillon && dossier.foyer.is_none();
    provisoire.then(|| pris.pris_le.saturating_add(TENUE).ok()).flatten()
}

/// Takes a slot, in place of the one held before.
pub(super) fn prendre(chantier: &mut Chantier<'_>, debut: DateTime) -> Result<(), Refus> {
    let agenda = agenda(chantier)?;
    a_prendre(chantier)?;
    if let Some(ancien) = chantier.dossier.suivi.rendez_vous.clone() {
        if ancien.debut == debut {
            return Err(refus(chantier, agenda, "Ce créneau est déjà le vôtre."));
        }
        encore_modifiable(chantier, agenda, ancien.debut)?;
    }
    let regle = chantier.regle("rendez_vous");
    let creneaux = agenda.creneaux(debut.date(), chantier.ctx.calendrier).map_err(|e| {
        Refus::nouveau(regle.as_str(), format!("Les créneaux n’ont pas pu être calculés : {e}."))
            .lieu(agenda.lieu)
    })?;
    if !creneaux.contains(&debut) {
        return Err(refus(chantier, agenda, "Ce créneau n’existe pas : choisissez-en un dans la liste."));
    }
    if !ouvert(chantier, agenda, debut) {
        return Err(refus(chantier, agenda, "Ce créneau est trop proche : choisissez-en un autre."));
    }
    let cle = cle_de_creneau(&chantier.demarche.id, debut);
    chantier.garde(Garde::Capacite { cle, places: agenda.places, prend: 1 });
    rend(chantier);
    chantier.pas(regle, Some(agenda.lieu), format!("créneau du {}", rules::date_fr::instant(debut)));
    let pris = RendezVous { debut, pris_le: chantier.ctx.maintenant, tenu: None };
    chantier.change(Changement::RendezVousPris(pris));
    if let Some(le) = creneau_tenu_jusqu_a(&chantier.dossier) {
        let dossier = chantier.dossier.id.clone();
        chantier.prevoit(EcheanceAFaire { dossier, le, appartient: Appartient::Creneau { debut } });
    }
    ecrit(chantier, PRIS);
    Ok(())
}

/// Gives the slot back.
pub(super) fn annuler(chantier: &mut Chantier<'_>) -> Result<(), Refus> {
    let agenda = agenda(chantier)?;
    a_prendre(chantier)?;
    let Some(pris) = chantier.dossier.suivi.rendez_vous.clone() else {
        if chantier.dossier.suivi.creneau_perdu.is_some() {
            // they do without one
            chantier.change(Changement::RendezVousAnnule);
            return Ok(());
        }
        return Err(refus(chantier, agenda, "Aucun rendez-vous n’est pris."));
    };
    encore_modifiable(chantier, agenda, pris.debut)?;
    if agenda.obligatoire && !chantier.dossier.phase.famille_ecrit() {
        let motif = "Ce rendez-vous est obligatoire : choisissez plutôt un autre créneau.";
        return Err(refus(chantier, agenda, motif));
    }
    rend(chantier);
    let regle = chantier.regle("rendez_vous");
    chantier.pas(regle, Some(agenda.lieu), "annulé");
    ecrit(chantier, ANNULE);
    chantier.change(Changement::RendezVousAnnule);
    Ok(())
}

/// The draft was not sent in time: its slot is others' again, and the family reads so.
pub(super) fn liberer(chantier: &mut Chantier<'_>, debut: DateTime) -> Result<(), Refus> {
    le_moteur_seul(chantier)?;
    let tenu = creneau_tenu_jusqu_a(&chantier.dossier);
    let pris = chantier.dossier.suivi.rendez_vous.as_ref().map(|r| r.debut);
    let Some(le) = tenu.filter(|_| pris == Some(debut)) else { return Err(perimee()) };
    pas_avant(chantier, le)?;
    rend(chantier);
    let dossier = chantier.dossier.id.clone();
    chantier.ecrit(Ecriture::FinEcheance { dossier, appartient: Appartient::Creneau { debut } });
    let regle = chantier.regle("rendez_vous");
    chantier.pas(regle, None, "créneau rendu : la demande n’a pas été envoyée à temps");
    chantier.change(Changement::CreneauPerdu(debut));
    Ok(())
}

/// An agent notes whether the family came.
pub(super) fn constater(chantier: &mut Chantier<'_>, tenu: bool) -> Result<(), Refus> {
    let agenda = agenda(chantier)?;
    if !est(chantier.demarche, &Acteur::Agent(None), chantier.ctx.auteur) {
        return Err(refus(chantier, agenda, "Seul le service note qu’un rendez-vous a été tenu."));
    }
    let Some(pris) = chantier.dossier.suivi.rendez_vous.clone() else {
        return Err(refus(chantier, agenda, "Aucun rendez-vous n’est pris."));
    };
    let commence = instant(chantier, pris.debut)?;
    if chantier.ctx.maintenant < commence {
        return Err(refus(chantier, agenda, "Ce rendez-vous n’a pas encore eu lieu.").possible(commence));
    }
    chantier.change(Changement::RendezVousConstate(tenu));
    Ok(())
}

/// Refuses a filing without the appointment that it needs.
pub(super) fn exige(chantier: &Chantier<'_>) -> Result<(), Refus> {
    let suivi = &chantier.dossier.suivi;
    let Some(agenda) = chantier.demarche.rendez_vous.as_ref().filter(|_| suivi.rendez_vous.is_none()) else {
        return Ok(());
    };
    // never sent without the slot that the family believes to be its own
    if let Some(debut) = suivi.creneau_perdu {
        let ou = if agenda.obligatoire { "" } else { ", ou dites que vous n’en voulez plus" };
        let motif = format!(
            "Le créneau du {} n’était gardé que {} minutes : choisissez-en un autre{ou}.",
            rules::date_fr::instant(debut),
            TENUE.as_mins()
        );
        return Err(refus(chantier, agenda, &motif));
    }
    if agenda.obligatoire {
        return Err(refus(chantier, agenda, "Choisissez d’abord un rendez-vous."));
    }
    Ok(())
}

/// The place goes back to others, when one is held and still to come.
pub(super) fn rend(chantier: &mut Chantier<'_>) {
    if let Some(pris) = &chantier.dossier.suivi.rendez_vous
        && pris.tenu.is_none()
    {
        let cle = cle_de_creneau(&chantier.demarche.id, pris.debut);
        chantier.ecrit(Ecriture::RendPlace { cle, nombre: 1 });
    }
}

fn agenda<'a>(chantier: &Chantier<'a>) -> Result<&'a Agenda, Refus> {
    chantier.demarche.rendez_vous.as_ref().ok_or_else(|| {
        Refus::nouveau(chantier.regle("rendez_vous"), "Cette démarche n’a pas de rendez-vous.")
            .lieu(chantier.demarche.lieu)
    })
}

/// The family, or the service for it, while the dossier is not over.
fn a_prendre(chantier: &Chantier<'_>) -> Result<(), Refus> {
    let (demarche, auteur) = (chantier.demarche, chantier.ctx.auteur);
    let sien = est(demarche, &Acteur::Parent, auteur);
    let du_service =
        est(demarche, &Acteur::Agent(None), auteur) && chantier.dossier.phase != Phase::Brouillon;
    if !sien && !du_service {
        return Err(Refus::nouveau("dossier.famille", "Seule la famille prend son rendez-vous."));
    }
    if matches!(chantier.dossier.phase, Phase::Refusee | Phase::Annulee | Phase::Expiree) {
        let phase = chantier.dossier.phase.libelle();
        return Err(Refus::nouveau("dossier.phase", format!("Ce dossier ne se modifie plus : {phase}.")));
    }
    Ok(())
}

/// A slot that is near, or past, stays as it is.
fn encore_modifiable(chantier: &Chantier<'_>, agenda: &Agenda, debut: DateTime) -> Result<(), Refus> {
    if ouvert(chantier, agenda, debut) {
        return Ok(());
    }
    let motif = "Ce rendez-vous est trop proche pour être changé ou annulé ici : prévenez le service.";
    Err(refus(chantier, agenda, motif))
}

fn ouvert(chantier: &Chantier<'_>, agenda: &Agenda, debut: DateTime) -> bool {
    let ctx = chantier.ctx;
    agenda.encore_ouvert(debut, ctx.maintenant, ctx.calendrier, ctx.fuseau)
}

fn instant(chantier: &Chantier<'_>, debut: DateTime) -> Result<Timestamp, Refus> {
    let instant = rules::repere::premier_instant(chantier.ctx.fuseau, debut);
    instant
        .ok_or_else(|| Refus::nouveau(chantier.regle("rendez_vous"), "Cette heure n’existe pas ce jour-là."))
}

fn ecrit(chantier: &mut Chantier<'_>, modele: &str) {
    // a draft is nobody's business yet
    if chantier.dossier.phase != Phase::Brouillon {
        let (modele, motif) = (modele.to_owned(), chantier.rendez_vous_en_mots());
        chantier.envoie(Sortie::Message { modele, a: Destinataire::Demandeur, motif });
    }
}

fn refus(chantier: &Chantier<'_>, agenda: &Agenda, motif: &str) -> Refus {
    Refus::nouveau(chantier.regle("rendez_vous"), motif).lieu(agenda.lieu)
}
