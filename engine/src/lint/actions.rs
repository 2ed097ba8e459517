//! WKF04 and WKF05: what an act does is never left to chance, and no family is left without a way out.

use rules::condition::{Condition, NonAnalyse, sans_condition};
use rules::faits::{FaitId, Symboles};

use super::Examen;
use super::marche::{Par, passages};
use crate::demarche::{Demarche, Etape, Quand};
use crate::diagnostic::{Diagnostic, codes};

/// Every étape of every démarche.
pub(super) fn controle(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) {
    for demarche in &examen.commune.demarches {
        for etape in &demarche.etapes {
            memes_actions(examen, demarche, etape, sortie);
            memes_echeances(examen, etape, sortie);
            if examen.sain {
                cas_sans_issue(examen, demarche, etape, sortie);
            }
        }
    }
}

/// May this dimension be absent? A form's field always may.
pub(super) fn peut_manquer<'a>(
    examen: &'a Examen<'_>,
    demarche: &'a Demarche,
) -> impl Fn(FaitId) -> bool + Copy {
    let vocabulaire = &examen.commune.vocabulaire;
    move |f| f.0 >= demarche.champs_conditions.base || vocabulaire.peut_manquer(f)
}

fn memes_actions(examen: &Examen<'_>, demarche: &Demarche, etape: &Etape, sortie: &mut Vec<Diagnostic>) {
    for (i, action) in etape.actions.iter().enumerate() {
        for autre in etape.actions.iter().take(i).filter(|a| a.id == action.id) {
            let (a, b) = (action.si.clone().unwrap_or_default(), autre.si.clone().unwrap_or_default());
            let message = match a.recoupe(&b, peut_manquer(examen, demarche)) {
                Some(false) => continue,
                Some(true) => format!(
                    "deux actions `{}` sont possibles à la fois dans l'étape `{}`",
                    action.id, etape.id
                ),
                None => format!(
                    "deux actions `{}` dans l'étape `{}` : non analysé, parce qu'une condition est écrite en texte",
                    action.id, etape.id
                ),
            };
            let d = Diagnostic::new(codes::WKF04, examen.span(action.lieu), message);
            let d = d.secondaire(examen.span(autre.lieu), "l'autre est ici");
            sortie.push(
                d.aide("donnez-leur des noms différents, ou des conditions `si: { … }` qui s'excluent"),
            );
        }
    }
}

/// Two échéances at the same moment that lead to two étapes.
fn memes_echeances(examen: &Examen<'_>, etape: &Etape, sortie: &mut Vec<Diagnostic>) {
    for (i, echeance) in etape.echeances.iter().enumerate() {
        let autre = etape.echeances.iter().take(i).find(|e| {
            e.quand == echeance.quand
                && e.vers.is_some()
                && echeance.vers.is_some()
                && e.vers != echeance.vers
        });
        if let Some(autre) = autre {
            let quand = match &echeance.quand {
                Quand::Apres(duree) => format!("après {}", duree.en_mots()),
                Quand::Le(_) => "au même instant".to_owned(),
            };
            let message = format!("{quand}, l'étape `{}` mènerait à deux étapes différentes", etape.id);
            let d = Diagnostic::new(codes::WKF04, examen.span(echeance.lieu), message);
            sortie.push(d.secondaire(examen.span(autre.lieu), "l'autre est ici").aide("gardez-en une"));
        }
    }
}

/// Every way out has a condition, and some family meets none.
fn cas_sans_issue(examen: &Examen<'_>, demarche: &Demarche, etape: &Etape, sortie: &mut Vec<Diagnostic>) {
    let passages = passages(demarche);
    let issues: Vec<_> = passages.iter().filter(|p| p.de.id == etape.id).collect();
    let conditions: Vec<&Condition> = issues
        .iter()
        .filter_map(|p| match p.par {
            Par::Action(a) => a.si.as_ref(),
            Par::Echeance => None,
        })
        .collect();
    // a way out without condition, or by time alone, takes everybody
    if issues.is_empty() || conditions.len() < issues.len() {
        return;
    }
    let d = match sans_condition(&conditions, peut_manquer(examen, demarche)) {
        Ok(None) => return,
        Ok(Some(cas)) => {
            let message = format!(
                "certains dossiers restent bloqués dans l'étape `{}` : aucune action ne les en sort",
                etape.id
            );
            let ecrit = |(f, v): &(FaitId, rules::valeur::Valeur)| {
                let champ = f.0.checked_sub(demarche.champs_conditions.base).map(usize::from);
                match champ.and_then(|i| demarche.champs_conditions.champs.get(i)) {
                    Some((nom, domaine)) => format!("{nom}: {}", crate::vocabulaire::ecrit_dans(domaine, *v)),
                    None => {
                        let v_ecrit = examen.commune.vocabulaire.ecrit(*f, *v);
                        format!("{}: {v_ecrit}", examen.commune.vocabulaire.nom(*f))
                    }
                }
            };
            let temoin = cas.iter().map(ecrit).collect::<Vec<_>>().join(", ");
            Diagnostic::new(codes::WKF05, examen.span(etape.lieu), message).temoin(temoin)
        }
        Err(NonAnalyse) => {
            let message = format!(
                "étape `{}` : non analysé, parce qu'une condition est écrite en texte ou que les cas sont trop nombreux",
                etape.id
            );
            Diagnostic::new(codes::WKF05, examen.span(etape.lieu), message)
        }
    };
    sortie.push(d.aide("gardez une action sans `si`, ou une échéance, qui sorte le dossier de l'étape"));
}
