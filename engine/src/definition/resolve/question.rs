//! What the source does not say: choices and questions, asked until the town confirms (CFM01).

use std::sync::LazyLock;

use rules::lieu::Lieu;

use super::{Resolution, imprime};
use crate::commune::Question;
use crate::definition::lecture::{Liste, Sp, suggestion};
use crate::definition::raw::source::{RawConfirme, RawQuestion, RawSource};
use crate::definition::reference;
use crate::definition::source::{Fichier, Span};
use crate::diagnostic::{Diagnostic, Gravite, codes};

/// Notes the question that a source holds, if it is a choice. `sur` says what it is about.
pub(crate) fn de_source(r: &mut Resolution<'_>, sur: &str, source: Option<&Sp<RawSource>>) {
    if let Some(Sp { valeur: RawSource::Choix(c), span }) = source {
        note(r, *span, sur, &c.question.0, Some(&c.choix.0), c.confirme.as_ref());
    }
}

/// Notes the questions of a block.
pub(crate) fn de_liste(r: &mut Resolution<'_>, contexte: &str, questions: &Liste<RawQuestion>) {
    for q in questions {
        let sur = format!("{contexte}.{}", q.sur.0);
        if r.questions.iter().any(|d| d.sur == sur && d.question == q.question.0) {
            let message = format!("la même question est posée deux fois sur `{sur}`");
            r.signale(Diagnostic::new(codes::CFM03, q.span, message).aide("gardez-en une"));
        }
        designe(r, q);
        imprime::controle(r, q);
        note(r, q.span, &sur, &q.question.0, Some(&q.choix.0), q.confirme.as_ref());
    }
}

/// A question is about something: each word of its path is a key of the language, or is written elsewhere in the folder.
fn designe(r: &mut Resolution<'_>, q: &Sp<RawQuestion>) {
    static CLES: LazyLock<Vec<&'static str>> = LazyLock::new(reference::cles);
    let mots = q.sur.0.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|m| !m.is_empty());
    for mot in mots {
        let ecrit = |f: &Fichier| f.texte.matches(mot).count();
        let ici = r.sources.fichier(q.span.fichier).map_or(0, ecrit);
        let ailleurs = || {
            r.sources
                .iter()
                .any(|(id, f)| id != q.span.fichier && !f.chemin.contains("/cas/") && ecrit(f) > 0)
        };
        if CLES.contains(&mot) || ici > 1 || ailleurs() {
            continue;
        }
        let message = format!("la question porte sur `{}`, et rien ne s'appelle « {mot} »", q.sur.0);
        let d = Diagnostic::new(codes::REF01, q.sur.span, message).gravite(Gravite::Attention);
        r.signale(d.aide(suggestion(mot, CLES.iter().copied())));
    }
}

/// Notes a figure that no source gives.
pub(crate) fn a_demander(r: &mut Resolution<'_>, sur: &str, span: Span, question: &str) -> Lieu {
    note(r, span, sur, question, None, None)
}

fn note(
    r: &mut Resolution<'_>,
    span: Span,
    sur: &str,
    question: &str,
    choix: Option<&str>,
    confirme: Option<&Sp<RawConfirme>>,
) -> Lieu {
    let lieu = r.pose(span, None);
    let confirme = confirme.map(|c| (c.par.0.clone(), c.le.0));
    if confirme.is_none() {
        let (code, suite) = match choix {
            Some(choix) => (codes::CFM01, format!(" — en attendant : {choix}")),
            None => (codes::CFM02, String::new()),
        };
        let d = Diagnostic::new(code, span, format!("question à la commune sur {sur} : {question}{suite}"));
        let aide = match choix {
            Some(_) => "quand la commune a répondu : `confirme: { par: \"service\", le: AAAA-MM-JJ }`",
            None => "quand la commune a répondu, remplacez `a_demander` par le montant voté",
        };
        r.signale(d.aide(aide));
    }
    r.questions.push(Question {
        sur: sur.to_owned(),
        question: question.to_owned(),
        choix: choix.map(str::to_owned),
        confirme,
        lieu,
    });
    lieu
}
