//! `decide`: what an event does to a dossier. Synchronous, total, pure.

use super::chantier::Chantier;
use super::contexte::Contexte;
use super::definition::{Acces, Acteur, Demarche};
use super::dossier::{Changement, Dossier};
use super::evenement::{Evenement, PieceDonnee};
use super::formulaire::erreurs_de_type;
use super::phase::Phase;
use super::{
    affecter, agir, avis, brouillon, copie, demande_pieces, demarrer, echange, echeance, effets, pieces,
    rattachement, rendez_vous, veille,
};
use crate::decision::{Auteur, Decision, Refus};

/// What `evenement` does to `dossier`, by the démarche that it is pinned to (a draft follows the current one).
///
/// `None` as dossier: it does not exist yet. The refusal `dossier.acces` is for somebody who may not know that it exists.
pub fn decide(
    demarche: &Demarche,
    dossier: Option<&Dossier>,
    evenement: &Evenement,
    ctx: &Contexte<'_>,
) -> Result<Decision, Refus> {
    let Some(dossier) = dossier else {
        return match evenement {
            Evenement::Demarrer { foyer, enfant, reponses } => {
                demarrer::demarrer(demarche, foyer.as_ref(), enfant.as_ref(), reponses, ctx)
            }
            Evenement::Dupliquer { source, enfant } => {
                copie::dupliquer(demarche, source, enfant.as_ref(), ctx)
            }
            _ => Err(Refus::nouveau("dossier.inconnu", "Ce dossier n’existe pas.")),
        };
    };
    concerne(demarche, dossier, evenement, ctx.auteur)?;
    let mut chantier = Chantier::sur(demarche, ctx, dossier);
    suit_la_definition(&mut chantier)?;
    match evenement {
        Evenement::Demarrer { .. } | Evenement::Dupliquer { .. } => {
            return Err(Refus::nouveau("dossier.existe", "Ce dossier est déjà commencé."));
        }
        Evenement::EnregistrerBrouillon { reponses, vue } => {
            brouillon::enregistrer(&mut chantier, reponses, *vue)?
        }
        Evenement::DeposerPiece(donnee) => pieces::deposer(&mut chantier, donnee)?,
        Evenement::RetirerPiece { piece, fichier } => {
            pieces::retirer(&mut chantier, piece, fichier.as_ref())?;
        }
        Evenement::VerifierPiece { piece, etat, vue } => pieces::verifier(&mut chantier, piece, etat, *vue)?,
        Evenement::RendreAvis { favorable, texte } => avis::rendre(&mut chantier, *favorable, texte)?,
        Evenement::Affecter { a } => affecter::affecter(&mut chantier, a.as_ref())?,
        Evenement::GarderDocument(fait) => super::document::garder(&mut chantier, fait)?,
        Evenement::RejouerEnvoi { entree, rang } => super::envoi::rejouer(&mut chantier, *entree, *rang)?,
        Evenement::AbandonnerEnvoi { entree, rang, motif } => {
            super::envoi::abandonner(&mut chantier, *entree, *rang, motif)?;
        }
        Evenement::Agir { action, motif, reponses, vue } => {
            vue_a_jour(dossier, *vue)?;
            agir::agir(&mut chantier, action, motif.as_deref(), reponses.as_ref())?;
        }
        Evenement::Echeance { entree, rang } => echeance::echeance(&mut chantier, *entree, *rang)?,
        Evenement::Silence { depot } => echeance::silence(&mut chantier, *depot)?,
        Evenement::AlerteSilence { depot } => echeance::alerte(&mut chantier, *depot)?,
        Evenement::VeillerPieces => veille::veiller(&mut chantier)?,
        Evenement::SupprimerBrouillon => brouillon::supprimer(&mut chantier)?,
        Evenement::Rattacher { foyer } => rattachement::rattacher(&mut chantier, foyer)?,
        Evenement::Ecrire { texte } => echange::ecrire(&mut chantier, texte)?,
        Evenement::LireEchange { n } => echange::lire(&mut chantier, *n)?,
        Evenement::PrendreRendezVous { debut } => rendez_vous::prendre(&mut chantier, *debut)?,
        Evenement::AnnulerRendezVous => rendez_vous::annuler(&mut chantier)?,
        Evenement::LibererCreneau { debut } => rendez_vous::liberer(&mut chantier, *debut)?,
        Evenement::ConstaterRendezVous { tenu } => rendez_vous::constater(&mut chantier, *tenu)?,
        Evenement::DemanderPieces { pieces, texte } => {
            demande_pieces::demander(&mut chantier, pieces, texte)?;
        }
    }
    effets::verifie(&chantier)?;
    if touche_aux_pieces(evenement) {
        veille::arme(&mut chantier);
    }
    let detail = match evenement {
        Evenement::GarderDocument(fait) => Some(fait.titre.clone()),
        Evenement::AbandonnerEnvoi { motif, .. } => Some(motif.trim().to_owned()),
        Evenement::Agir { action, .. } => Some(action.clone()),
        Evenement::DeposerPiece(PieceDonnee { piece, .. })
        | Evenement::RetirerPiece { piece, .. }
        | Evenement::VerifierPiece { piece, .. } => Some(piece.clone()),
        _ => None,
    };
    Ok(chantier.fini(evenement.nom(), detail))
}

/// May it change what there is to tell of the dossier's documents, or when?
const fn touche_aux_pieces(evenement: &Evenement) -> bool {
    matches!(
        evenement,
        Evenement::DeposerPiece(_)
            | Evenement::RetirerPiece { .. }
            | Evenement::VerifierPiece { .. }
            | Evenement::DemanderPieces { .. }
            | Evenement::Agir { .. }
            | Evenement::Echeance { .. }
            | Evenement::Silence { .. }
            | Evenement::Rattacher { .. }
            | Evenement::VeillerPieces
    )
}

/// May this person know of the dossier at all?
fn concerne(
    demarche: &Demarche,
    dossier: &Dossier,
    evenement: &Evenement,
    auteur: &Auteur,
) -> Result<(), Refus> {
    let permis = match auteur {
        // whoever holds the secret link of a public dossier was let in by the scope of the read
        Auteur::Parent { foyer, .. } if matches!(evenement, Evenement::Rattacher { .. }) => {
            demarche.acces == Acces::Public && dossier.foyer.as_ref().is_none_or(|f| f == foyer)
        }
        Auteur::Parent { foyer, .. } => dossier.foyer.as_ref() == Some(foyer),
        // the family's rights, but not on what another service examines
        Auteur::AuGuichet { foyer, .. } => {
            dossier.foyer.as_ref() == Some(foyer) && service_concerne(demarche, auteur)
        }
        Auteur::Agent { .. } => agent_concerne(demarche, auteur),
        Auteur::Public => demarche.acces == Acces::Public && dossier.foyer.is_none(),
        Auteur::Systeme => true,
    };
    if permis && dossier.demarche == demarche.id && !dossier.suivi.efface {
        Ok(())
    } else {
        Err(Refus::nouveau("dossier.acces", "Ce dossier n’existe pas."))
    }
}

/// Does this agent have something to do in the démarche: examine it, or one of its actions?
pub fn agent_concerne(demarche: &Demarche, auteur: &Auteur) -> bool {
    matches!(auteur, Auteur::Agent { .. }) && service_concerne(demarche, auteur)
}

/// The same at the counter too, where the agent's hands do what the family asks.
pub fn service_concerne(demarche: &Demarche, auteur: &Auteur) -> bool {
    let (Auteur::Agent { roles, .. } | Auteur::AuGuichet { roles, .. }) = auteur else { return false };
    let mut acteurs = demarche.etapes.iter().flat_map(|e| e.actions.iter()).flat_map(|a| a.par.iter());
    a_le_role(demarche, None, roles)
        || acteurs
            .any(|acteur| matches!(acteur, Acteur::Agent(r) if a_le_role(demarche, r.as_deref(), roles)))
}

/// `None`: the role of the service that examines.
fn a_le_role(demarche: &Demarche, role: Option<&str>, roles: &[String]) -> bool {
    roles.iter().any(|r| r == role.unwrap_or(&demarche.instruit_par))
}

/// Is `auteur` such an `acteur` of the démarche? Whether the dossier is theirs was seen before.
pub fn est(demarche: &Demarche, acteur: &Acteur, auteur: &Auteur) -> bool {
    match (acteur, auteur) {
        (Acteur::Parent, Auteur::Parent { .. } | Auteur::AuGuichet { .. })
        | (Acteur::Systeme, Auteur::Systeme) => true,
        (Acteur::Parent, Auteur::Public) => demarche.acces == Acces::Public,
        (Acteur::Agent(role), Auteur::Agent { roles, .. }) => a_le_role(demarche, role.as_deref(), roles),
        _ => false,
    }
}

/// Optimistic lock: what was read must still be what is there.
pub(super) fn vue_a_jour(dossier: &Dossier, vue: Option<i64>) -> Result<(), Refus> {
    if vue.is_none_or(|v| v == dossier.version) {
        return Ok(());
    }
    Err(Refus::nouveau(
        "dossier.version",
        "Ce dossier a changé depuis que vous l’avez ouvert. Relisez-le avant de continuer.",
    ))
}

/// A draft follows the current form, and drops the answers that it no longer takes; any other dossier keeps its own.
fn suit_la_definition(chantier: &mut Chantier<'_>) -> Result<(), Refus> {
    let demarche = chantier.demarche;
    if chantier.dossier.digest != demarche.digest {
        if chantier.dossier.phase != Phase::Brouillon {
            return Err(Refus::nouveau(
                "dossier.definition",
                "Ce dossier suit une version antérieure de la démarche.",
            ));
        }
        chantier.change(Changement::Repris(demarche.digest.clone()));
        let mut reponses = chantier.dossier.reponses.clone();
        for erreur in erreurs_de_type(demarche, &reponses) {
            let champ = erreur.champ.split('.').next().unwrap_or_default();
            if reponses.0.remove(champ).is_some() {
                chantier.pas(
                    chantier.regle("formulaire"),
                    None,
                    format!("réponse « {champ} » abandonnée : {}", erreur.motif),
                );
            }
        }
        if reponses != chantier.dossier.reponses {
            chantier.change(Changement::Repondu(reponses));
        }
    }
    if chantier.dossier.phase == Phase::Brouillon && demarche.etape(&chantier.dossier.etape).is_none() {
        // the first étape has another name now: a draft was never anywhere else
        if let Some(depart) = demarche.etapes.iter().find(|e| e.phase == Phase::Brouillon) {
            chantier.entre(depart)?;
        }
    }
    if demarche.etape(&chantier.dossier.etape).is_none() {
        return Err(Refus::nouveau("dossier.etape", "L’étape de ce dossier n’existe plus dans la démarche.")
            .lieu(demarche.lieu));
    }
    Ok(())
}
