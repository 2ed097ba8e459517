//! WKF01 and WKF02: a dossier starts somewhere, every étape can be reached, and none is a trap.

use super::Examen;
use super::marche::{Par, atteintes, depart, passages};
use crate::demarche::{Demarche, Phase, VautSilence};
use crate::diagnostic::{Diagnostic, codes};

/// Every démarche.
pub(super) fn controle(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) {
    // an étape, a passage or an échéance that was left out would make others look lost
    if !examen.sain {
        return;
    }
    for demarche in &examen.commune.demarches {
        if depart_unique(examen, demarche, sortie) {
            inatteignables(examen, demarche, sortie);
        }
        sans_issue(examen, demarche, sortie);
        en_rond(examen, demarche, sortie);
        silence(examen, demarche, sortie);
    }
}

fn depart_unique(examen: &Examen<'_>, demarche: &Demarche, sortie: &mut Vec<Diagnostic>) -> bool {
    let departs: Vec<_> = demarche.etapes.iter().filter(|e| e.phase == Phase::Brouillon).collect();
    match departs.as_slice() {
        [_] => true,
        [] => {
            let message = format!("la démarche `{}` n'a pas d'étape de départ", demarche.id);
            let d = Diagnostic::new(codes::WKF01, examen.span(demarche.lieu), message);
            sortie.push(d.aide("une étape, et une seule, est en `phase: brouillon`"));
            false
        }
        [premiere, autres @ ..] => {
            for autre in autres {
                let message = format!("`{}` est une deuxième étape de départ", autre.id);
                let d = Diagnostic::new(codes::WKF01, examen.span(autre.lieu), message);
                let d = d.secondaire(examen.span(premiere.lieu), "la première est ici");
                sortie.push(d.aide("une seule étape est en `phase: brouillon`"));
            }
            false
        }
    }
}

fn inatteignables(examen: &Examen<'_>, demarche: &Demarche, sortie: &mut Vec<Diagnostic>) {
    let passages = passages(demarche);
    let reprises = demarche.reprise.iter().map(|(_, vers)| vers.as_str());
    let silence = demarche
        .etapes
        .iter()
        .filter(|e| e.phase == Phase::Acceptee && demarche.silence.vaut == VautSilence::Acceptation);
    let departs = depart(demarche).map(|e| e.id.as_str()).into_iter();
    let departs = departs.chain(reprises).chain(silence.map(|e| e.id.as_str()));
    let vues = atteintes(&passages, departs, |_| true);
    for etape in demarche.etapes.iter().filter(|e| !vues.contains(e.id.as_str())) {
        let message = format!("aucune action, aucune échéance ne mène à l'étape `{}`", etape.id);
        let d = Diagnostic::new(codes::WKF01, examen.span(etape.lieu), message);
        sortie.push(d.aide("donnez à une action `vers:` cette étape, ou retirez l'étape"));
    }
}

fn sans_issue(examen: &Examen<'_>, demarche: &Demarche, sortie: &mut Vec<Diagnostic>) {
    let passages = passages(demarche);
    for etape in demarche.etapes.iter().filter(|e| !e.phase.est_finale()) {
        let message = if !passages.iter().any(|p| p.de.id == etape.id) {
            format!("un dossier ne sort jamais de l'étape `{}`", etape.id)
        } else {
            let vues = atteintes(&passages, [etape.id.as_str()], |_| true);
            let finit = demarche.etapes.iter().any(|e| e.phase.est_finale() && vues.contains(e.id.as_str()));
            if finit {
                continue;
            }
            format!("depuis l'étape `{}`, un dossier ne finit jamais", etape.id)
        };
        let d = Diagnostic::new(codes::WKF02, examen.span(etape.lieu), message);
        let aide = "une phase qui n'est pas finale mène à `acceptee`, `refusee`, `annulee` ou `expiree`, par une action ou une échéance";
        sortie.push(d.aide(aide));
    }
}

/// Échéances that lead back to where they started: the dossier turns without anybody.
fn en_rond(examen: &Examen<'_>, demarche: &Demarche, sortie: &mut Vec<Diagnostic>) {
    let passages = passages(demarche);
    let temps: Vec<_> = passages.iter().filter(|p| matches!(p.par, Par::Echeance)).collect();
    for passage in &temps {
        let vues = atteintes(&passages, [passage.vers.id.as_str()], |p| matches!(p.par, Par::Echeance));
        // one report a circle: at its étape whose name comes first
        let cercle: Vec<&str> = vues
            .iter()
            .copied()
            .filter(|id| {
                atteintes(&passages, [*id], |p| matches!(p.par, Par::Echeance))
                    .contains(passage.de.id.as_str())
            })
            .collect();
        if vues.contains(passage.de.id.as_str()) && cercle.first() == Some(&passage.de.id.as_str()) {
            let message =
                format!("les échéances ramènent le dossier à l'étape `{}`, sans fin", passage.de.id);
            let d = Diagnostic::new(codes::WKF02, examen.span(passage.lieu), message);
            sortie.push(d.aide("une des échéances du cercle doit mener à une phase finale"));
        }
    }
}

/// A silence that accepts leads to the accepted étape: there is one.
fn silence(examen: &Examen<'_>, demarche: &Demarche, sortie: &mut Vec<Diagnostic>) {
    let acceptees = demarche.etapes.iter().filter(|e| e.phase == Phase::Acceptee).count();
    if demarche.silence.vaut == VautSilence::Acceptation && acceptees != 1 {
        let message = format!("le silence vaut acceptation, et la démarche a {acceptees} étapes acceptées");
        let d = Diagnostic::new(codes::WKF02, examen.span(demarche.silence.lieu), message);
        sortie.push(d.aide("il en faut une, et une seule"));
    }
}
