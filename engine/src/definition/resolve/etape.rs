//! The étapes of a démarche: phases, actions, échéances.

use rules::scalaire::Heure;

use super::commune::inconnu;
use super::demarche::{Reperes, absolu};
use super::effet::{Portee, effets};
use super::{Resolution, condition, derive, donnees, question, texte_source};
use crate::definition::arbre::Noeud;
use crate::definition::lecture::{Id, Sp, Texte, suggestion};
use crate::definition::raw::demarche::{RawAction, RawDemarche, RawEcheance, RawEtape};
use crate::demarche::{Acteur, Action, Echeance, Ecran, Etape, Exige, Phase, Quand};
use crate::diagnostic::{Diagnostic, codes};

/// The words of `exige`.
const EXIGENCES: [(&str, Exige); 5] = [
    ("motif", Exige::Motif),
    ("pieces", Exige::Pieces),
    ("champs", Exige::Champs),
    ("avis", Exige::Avis),
    ("rendez_vous", Exige::RendezVous),
];

/// Compiles the étapes, the one where a dossier starts first.
pub(super) fn etapes(
    r: &mut Resolution<'_>,
    reperes: &Reperes<'_>,
    raw: &RawDemarche,
    ecrans: &[Ecran],
) -> Vec<Etape> {
    let mut etapes: Vec<Etape> = Vec::new();
    let connues: Vec<&str> = raw.etapes.iter().map(|e| e.etape.as_str()).collect();
    let portee = Portee { reperes, ecrans, demarche: &raw.demarche };
    for e in &raw.etapes {
        if etapes.iter().any(|autre| autre.id == e.etape.as_str()) {
            r.signale(donnees::double(e.etape.span, "étape", &e.etape));
            continue;
        }
        etapes.extend(une(r, &portee, e, &connues));
    }
    // stable: the town's order is kept for the others
    etapes.sort_by_key(|e| e.phase != Phase::Brouillon);
    etapes
}

fn une(r: &mut Resolution<'_>, portee: &Portee<'_>, raw: &Sp<RawEtape>, connues: &[&str]) -> Option<Etape> {
    question::de_source(
        r,
        &format!("demarche.{}.etape.{}", portee.demarche, raw.etape.as_str()),
        raw.source.as_ref(),
    );
    let source = raw.source.as_ref().map(|s| texte_source(s));
    let lieu = r.pose(raw.etape.span, source.as_ref());
    let phases: Vec<&str> = Phase::TOUTES.iter().map(|p| p.nom()).collect();
    let phase = derive::mot(r, &raw.phase, &phases).and_then(|p| Phase::lit(&p));
    let actions = raw.actions.iter().map(|a| action(r, portee, a, connues)).collect();
    let echeances = raw.echeances.iter().filter_map(|e| echeance(r, portee, e, connues)).collect();
    let a_l_entree = effets(r, portee, &raw.a_l_entree);
    let phase = phase?;
    Some(Etape {
        id: raw.etape.to_string(),
        nom: raw.nom.as_ref().map_or_else(|| phase.libelle().to_owned(), |n| n.0.clone()),
        phase,
        actions,
        echeances,
        a_l_entree,
        lieu,
    })
}

fn action(r: &mut Resolution<'_>, portee: &Portee<'_>, raw: &Sp<RawAction>, connues: &[&str]) -> Action {
    if raw.par.is_empty() {
        let message = format!("personne ne peut faire l'action `{}`", raw.action.as_str());
        r.signale(
            Diagnostic::new(codes::WKF03, raw.action.span, message).aide("ex. `par: parent` ou `par: agent`"),
        );
    }
    let par = raw.par.iter().filter_map(|p| acteur(r, portee.reperes, p)).collect();
    let exige = raw.exige.iter().filter_map(|e| {
        let mots: Vec<&str> = EXIGENCES.iter().map(|(mot, _)| *mot).collect();
        let mot = derive::mot(r, e, &mots)?;
        EXIGENCES.iter().find(|(m, _)| *m == mot).map(|(_, exige)| exige.clone())
    });
    let exige = exige.collect();
    let nom = raw.nom.as_ref().map(|n| n.0.clone()).unwrap_or_else(|| {
        let message = format!("l'action `{}` n'a pas de libellé", raw.action.as_str());
        let d = Diagnostic::new(codes::FRM03, raw.action.span, message);
        r.signale(d.aide("ajoutez `nom:` : c'est le texte du bouton"));
        raw.action.replace('_', " ")
    });
    Action {
        id: raw.action.to_string(),
        nom,
        par,
        si: raw.si.as_ref().and_then(|c| condition::condition(r, c)),
        exige,
        vers: vers(r, raw.vers.as_ref(), connues),
        effets: effets(r, portee, &raw.effets),
        textes: textes(r, raw),
        lieu: r.pose(raw.action.span, None),
    }
}

/// The texts that an agent starts from; of no use where no reason is asked.
fn textes(r: &mut Resolution<'_>, raw: &Sp<RawAction>) -> Vec<(String, String)> {
    let Some(textes) = &raw.textes else { return Vec::new() };
    if !raw.exige.iter().any(|e| e.as_str() == "motif") {
        let message =
            format!("l'action `{}` ne demande pas de motif : ces textes ne servent pas", raw.action.as_str());
        r.signale(
            Diagnostic::new(codes::SYN04, textes.span, message)
                .aide("ajoutez `exige: [motif]`, ou retirez `textes`"),
        );
    }
    textes.valeur.iter().map(|(cle, texte)| (cle.texte.clone(), texte.0.clone())).collect()
}

/// `parent`, `agent`, `agent.role`, `systeme`.
pub(super) fn acteur(r: &mut Resolution<'_>, reperes: &Reperes<'_>, par: &Sp<Texte>) -> Option<Acteur> {
    match par.0.as_str() {
        "parent" => return Some(Acteur::Parent),
        "agent" => return Some(Acteur::Agent(None)),
        "systeme" => return Some(Acteur::Systeme),
        _ => {}
    }
    if let Some(role) = par.0.strip_prefix("agent.")
        && reperes.contacts.contains(&role)
    {
        return Some(Acteur::Agent(Some(role.to_owned())));
    }
    let roles: Vec<String> = ["parent", "agent", "systeme"]
        .into_iter()
        .map(str::to_owned)
        .chain(reperes.contacts.iter().map(|c| format!("agent.{c}")))
        .collect();
    let d = Diagnostic::new(codes::WKF03, par.span, format!("rôle inconnu : « {} »", par.0));
    r.signale(d.aide(suggestion(&par.0, roles.iter().map(String::as_str))));
    None
}

fn vers(r: &mut Resolution<'_>, vers: Option<&Sp<Id>>, connues: &[&str]) -> Option<String> {
    let vers = vers?;
    if !connues.contains(&vers.as_str()) {
        r.signale(inconnu(vers.span, "étape inconnue", vers.as_str(), connues));
        return None;
    }
    Some(vers.to_string())
}

fn echeance(
    r: &mut Resolution<'_>,
    portee: &Portee<'_>,
    raw: &Sp<RawEcheance>,
    connues: &[&str],
) -> Option<Echeance> {
    let vers = vers(r, raw.vers.as_ref(), connues);
    let effets = effets(r, portee, &raw.effets);
    let quand = match (&raw.apres, &raw.le) {
        (Some(apres), None) => Quand::Apres(apres.0.clone()),
        (None, Some(le)) => {
            let noeud = Noeud::texte_nu(le.span, &le.0);
            Quand::Le(absolu(r, portee.reperes.fuseau, &noeud, Heure::DEBUT_DE_JOUR)?)
        }
        (None, None) => {
            if !raw.incomplet {
                let d = Diagnostic::new(codes::WKF06, raw.span, "cette échéance ne dit pas quand elle tombe");
                r.signale(d.aide("ex. `apres: 15 jours`, compté depuis l'entrée dans l'étape"));
            }
            return None;
        }
        (Some(_), Some(le)) => {
            let d = Diagnostic::new(
                codes::WKF06,
                le.span,
                "une échéance tombe `apres` une durée, ou `le` un jour : pas les deux",
            );
            r.signale(d.aide("faites deux échéances"));
            return None;
        }
    };
    if raw.vers.is_none() && raw.effets.is_empty() && !raw.incomplet {
        let d = Diagnostic::new(codes::WKF06, raw.span, "cette échéance ne fait rien");
        r.signale(d.aide("ajoutez `vers:` ou `effets:`"));
    }
    Some(Echeance { quand, vers, effets, lieu: r.pose(raw.span, None) })
}
