//! `si`: the map form and the text form.

use rules::expression::{Expr, Sachant, TypeExpr};
use rules::faits::{FaitId, Symboles};
use rules::selection::Selection;
use rules::table::axe::NOMS_PAR_ENSEMBLE;

use super::{Resolution, cellule};
use crate::commune::Condition;
use crate::definition::arbre::{Cle, Contenu, Noeud};
use crate::definition::lecture::{Sp, suggestion};
use crate::definition::raw::valeurs::RawCondition;
use crate::diagnostic::{Code, Diagnostic, codes};

/// The map part and the text part of a condition.
pub(crate) type Parties = (Vec<(FaitId, Selection)>, Option<Expr>);

/// A condition on the town's vocabulary; `None` was reported.
pub(crate) fn condition(r: &mut Resolution<'_>, raw: &RawCondition) -> Option<Condition> {
    let (carte, texte) = parties_raw(r, raw)?;
    let domaines = carte.into_iter().map(|(f, s)| (f, r.vocabulaire.domaine(f).clone(), s)).collect();
    match Condition::compile(domaines, texte) {
        Ok(condition) => Some(condition),
        Err(fait) => {
            // selections come from the fact's own domain: only a set of too many names cannot be compiled
            let nom = r.vocabulaire.nom(fait).to_owned();
            let message = format!("`{nom}` : une condition cite au plus {NOMS_PAR_ENSEMBLE} de ses valeurs");
            let span = match raw {
                RawCondition::Carte(entrees) => entrees.first().map(|(c, _)| c.span),
                RawCondition::Texte(noeud) => Some(noeud.span),
            };
            let span = span.unwrap_or_else(|| r.sources.debut());
            r.signale(Diagnostic::new(codes::SYN06, span, message));
            None
        }
    }
}

/// A condition, or one that always holds when nothing is written; `None` was reported.
pub(crate) fn facultative(r: &mut Resolution<'_>, raw: Option<&Sp<RawCondition>>) -> Option<Condition> {
    match raw {
        None => Some(Condition::default()),
        Some(raw) => condition(r, raw),
    }
}

/// The parts of a condition, to which a caller adds its own; `None` was reported.
pub(crate) fn parties_raw(r: &mut Resolution<'_>, raw: &RawCondition) -> Option<Parties> {
    match raw {
        RawCondition::Carte(entrees) => Some((carte(r, entrees)?, None)),
        RawCondition::Texte(noeud) => Some((Vec::new(), Some(expression(r, noeud, TypeExpr::Booleen)?))),
    }
}

/// The parts of a condition, for a row of a table; `None` was reported.
pub(crate) fn parties(r: &mut Resolution<'_>, noeud: &Noeud) -> Option<Parties> {
    match &noeud.contenu {
        Contenu::Carte(entrees) => Some((carte(r, entrees)?, None)),
        _ => Some((Vec::new(), Some(expression(r, noeud, TypeExpr::Booleen)?))),
    }
}

fn carte(r: &mut Resolution<'_>, entrees: &[(Cle, Noeud)]) -> Option<Vec<(FaitId, Selection)>> {
    let mut cellules = Vec::new();
    let mut bon = true;
    for (cle, valeur) in entrees {
        if r.illisibles.contains(&cle.texte) {
            bon = false;
            continue;
        }
        let Some(fait) = r.vocabulaire.fait(&cle.texte) else {
            let message = format!("`{}` n'est pas une dimension connue", cle.texte);
            let d = Diagnostic::new(codes::REF01, cle.span, message);
            let d = d.aide(suggestion(&cle.texte, r.vocabulaire.noms()));
            r.signale(d);
            bon = false;
            continue;
        };
        match cellule::selection(r, fait, valeur) {
            Some(s) => cellules.push((fait, s)),
            None => bon = false,
        }
    }
    bon.then_some(cellules)
}

/// An expression on the town's vocabulary; all its mistakes are reported at their place in the scalar.
pub(crate) fn expression(r: &mut Resolution<'_>, noeud: &Noeud, attendu: TypeExpr) -> Option<Expr> {
    let Some(texte) = noeud.texte() else {
        r.lecture.inattendu(noeud, "expression attendue, ex. `\"quotient * 0.0042\"`", None);
        return None;
    };
    match Expr::compile(texte, &Sachant { symboles: &r.vocabulaire, connus: &r.connus }, attendu) {
        Ok(expr) => Some(expr),
        Err(erreurs) => {
            for e in erreurs {
                if texte.get(e.debut..e.fin).is_some_and(|nom| r.illisibles.contains(nom)) {
                    continue;
                }
                let code = Code::trouve(e.code).unwrap_or(codes::RHA02);
                let mut d = Diagnostic::new(code, noeud.partie(e.debut, e.fin), e.message);
                d.aide = e.aide;
                r.signale(d);
            }
            None
        }
    }
}
