//! WKF07, WKF08 and WKF10: the family is told, a refusal says why and how to contest it, and an agent looks before accepting.

use super::Examen;
use super::marche::{Par, Passage, atteintes, depart, passages};
use crate::demarche::{Demarche, Destinataire, Effet, Exige, Phase, Quoi};
use crate::diagnostic::{Diagnostic, Gravite, codes};

/// Words by which a text says that a decision can be contested.
const RECOURS: [&str; 4] = ["recours", "tribunal", "contester", "revoir"];

/// Every démarche.
pub(super) fn controle(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) {
    // a message that could not be read would look like nothing said
    if !examen.sain {
        return;
    }
    for demarche in &examen.commune.demarches {
        let passages = passages(demarche);
        for passage in &passages {
            prevenue(examen, passage, sortie);
            refus(examen, passage, sortie);
        }
        acceptation(examen, demarche, &passages, sortie);
    }
}

fn a_la_famille(effet: &Effet) -> Option<&str> {
    match &effet.quoi {
        Quoi::Message {
            modele,
            a:
                Destinataire::Demandeur
                | Destinataire::Payeur
                | Destinataire::Responsables
                | Destinataire::Personne(_),
        } => Some(modele),
        _ => None,
    }
}

/// WKF07: what the family does itself, it knows.
fn prevenue(examen: &Examen<'_>, p: &Passage<'_>, sortie: &mut Vec<Diagnostic>) {
    if p.par.la_famille() || p.de.phase == p.vers.phase || p.effets.iter().any(|e| a_la_famille(e).is_some())
    {
        return;
    }
    let message =
        format!("la demande passe de « {} » à « {} » sans que la famille le sache", p.de.nom, p.vers.nom);
    let d = Diagnostic::new(codes::WKF07, examen.span(p.lieu), message);
    sortie.push(
        d.aide("ajoutez un effet `message: { modele: …, a: demandeur }`, ici ou à l'entrée de l'étape"),
    );
}

/// WKF08: an agent's refusal asks for its reason, tells it, and says how to contest it.
fn refus(examen: &Examen<'_>, p: &Passage<'_>, sortie: &mut Vec<Diagnostic>) {
    let Par::Action(action) = p.par else { return };
    if p.vers.phase != Phase::Refusee {
        return;
    }
    if !action.exige.contains(&Exige::Motif) {
        let message = format!("l'action `{}` refuse sans motif", action.id);
        let d = Diagnostic::new(codes::WKF08, examen.span(action.lieu), message);
        sortie.push(d.aide("ajoutez `exige: [motif]` : un refus est motivé (code des relations entre le public et l'administration, L211-2)"));
    }
    for (effet, modele) in p.effets.iter().filter_map(|e| Some((e, a_la_famille(e)?))) {
        let Some(message) = examen.commune.message(modele) else { continue };
        let corps = message.corps.to_lowercase();
        let manque = match (corps.contains("motif"), RECOURS.iter().any(|m| corps.contains(m))) {
            (true, true) => continue,
            (false, _) => "ne donne pas le motif (`{{ motif }}`)",
            (true, false) => "ne dit pas comment contester la décision",
        };
        let d = Diagnostic::new(
            codes::WKF08,
            examen.span(effet.lieu),
            format!("le message de refus `{modele}` {manque}"),
        );
        let d = d.secondaire(examen.span(message.lieu), "le message est ici");
        sortie.push(d.aide("la famille doit lire pourquoi, et comment demander que la décision soit revue"));
    }
}

/// WKF10: an error when something of the family's had to be looked at, a warning otherwise. A booking that only an
/// appointment holds is decided by the agenda: an agent sees the person there.
fn acceptation(
    examen: &Examen<'_>,
    demarche: &Demarche,
    passages: &[Passage<'_>],
    sortie: &mut Vec<Diagnostic>,
) {
    let Some(depart) = depart(demarche) else { return };
    let seule = atteintes(passages, [depart.id.as_str()], |p| p.par.sans_agent());
    for p in passages.iter().filter(|p| {
        p.vers.phase == Phase::Acceptee
            && p.par.sans_agent()
            && seule.contains(p.de.id.as_str())
            && p.de.phase != Phase::Suspendue
    }) {
        let a_voir = !demarche.pieces.is_empty()
            || p.effets.iter().any(|e| matches!(e.quoi, Quoi::OuvrirServices(_) | Quoi::RattacherCompte));
        if !a_voir && demarche.rendez_vous.as_ref().is_some_and(|r| r.obligatoire) {
            continue;
        }
        let message = format!("une demande arrive à « {} » sans qu'un agent l'ait vue", p.vers.nom);
        let d = Diagnostic::new(codes::WKF10, examen.span(p.lieu), message);
        let d = if a_voir { d } else { d.gravite(Gravite::Attention) };
        sortie.push(d.aide("faites passer la demande par une étape d'où un agent la valide (`par: agent`)"));
    }
}
