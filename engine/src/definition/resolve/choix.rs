//! `regles_de_choix`: compulsory combinations.

use rules::faits::Symboles;

use super::service::Contexte;
use super::{Resolution, calendrier, condition, derive, intervalle, question, texte_source};
use crate::definition::lecture::{Id, Liste, Sp, Texte, suggestion};
use crate::definition::raw::service::{RawLaisse, RawNombrePar, RawRegleDeChoix};
use crate::diagnostic::{Diagnostic, codes};
use crate::service::{Combinaison, Etendue, Nombre, Parmi, RegleDeChoix};
use crate::vocabulaire::JOURS;

/// The keys that say what a rule requires, exactly one of which is written.
const COMBINAISONS: [&str; 9] = [
    "exige",
    "jours_par_semaine",
    "semaine_entiere",
    "jours_fixes",
    "minimum",
    "maximum",
    "laisse",
    "exclut",
    "fratrie_ensemble",
];

/// The periods in which days are counted, as written.
const ETENDUES: [(&str, Etendue); 4] = [
    ("semaine", Etendue::Semaine),
    ("mois", Etendue::Mois),
    ("periode", Etendue::Periode),
    ("annee_scolaire", Etendue::AnneeScolaire),
];

/// The rules of choice of a service; one that cannot be read was reported.
pub(super) fn regles(
    r: &mut Resolution<'_>,
    ctx: &Contexte<'_>,
    liste: &Liste<RawRegleDeChoix>,
) -> Vec<RegleDeChoix> {
    liste.iter().filter_map(|raw| une(r, ctx, raw)).collect()
}

fn une(r: &mut Resolution<'_>, ctx: &Contexte<'_>, raw: &Sp<RawRegleDeChoix>) -> Option<RegleDeChoix> {
    question::de_source(r, &format!("service.{}.{}", ctx.id, raw.regle.as_str()), raw.source.as_ref());
    let source = raw.source.as_ref().map(|s| texte_source(s)).or_else(|| ctx.source.clone());
    let lieu = r.pose(raw.span, source.as_ref());
    let si = condition::facultative(r, raw.si.as_ref());
    let combinaison = combinaison(r, ctx, raw);
    let (si, combinaison) = (si?, combinaison?);
    let message = raw.message.as_ref().map(|m| m.to_string());
    Some(RegleDeChoix { id: raw.regle.to_string(), si, combinaison, message, lieu })
}

fn combinaison(r: &mut Resolution<'_>, ctx: &Contexte<'_>, raw: &Sp<RawRegleDeChoix>) -> Option<Combinaison> {
    super::pipeline::une_seule(r, raw.span, &raw.cles, &COMBINAISONS)?;
    if let Some(e) = &raw.exige {
        let (avec, prestation) = avec(r, e.avec.as_ref(), &e.prestation)?;
        return Some(Combinaison::Exige { avec, prestation });
    }
    if let Some(e) = &raw.exclut {
        let (avec, prestation) = avec(r, e.avec.as_ref(), &e.prestation)?;
        return Some(Combinaison::Exclut { avec, prestation });
    }
    if let Some(n) = &raw.jours_par_semaine {
        return nombre(r, n).map(Combinaison::JoursParSemaine);
    }
    if let Some(n) = &raw.jours_fixes {
        periode_dite(r, ctx, n.span)?;
        return nombre(r, n).map(Combinaison::JoursFixes);
    }
    if let Some(n) = &raw.minimum {
        let (de, par) = nombre_par(r, ctx, n)?;
        return Some(Combinaison::Jours { n: Nombre { de, a: None }, par });
    }
    if let Some(n) = &raw.maximum {
        let (a, par) = nombre_par(r, ctx, n)?;
        return Some(Combinaison::Jours { n: Nombre { de: 0, a: Some(a) }, par });
    }
    if let Some(l) = &raw.laisse {
        return laisse(r, ctx, l);
    }
    let vrai = |b: &Option<Sp<crate::definition::lecture::Booleen>>| b.as_ref().is_some_and(|b| b.0);
    if vrai(&raw.semaine_entiere) {
        return Some(Combinaison::SemaineEntiere);
    }
    if vrai(&raw.fratrie_ensemble) {
        return Some(Combinaison::FratrieEnsemble);
    }
    let d = Diagnostic::new(codes::SYN04, raw.span, "cette règle de choix n'exige rien");
    r.signale(d.aide("retirez la règle, ou écrivez `true`"));
    None
}

/// One or two prestations of the town; an unknown one is reported.
fn avec(
    r: &mut Resolution<'_>,
    avec: Option<&Sp<Id>>,
    prestation: &Sp<Id>,
) -> Option<(Option<String>, String)> {
    let avec = match avec {
        Some(a) => Some(prestation_connue(r, a)?),
        None => None,
    };
    Some((avec, prestation_connue(r, prestation)?))
}

fn prestation_connue(r: &mut Resolution<'_>, p: &Sp<Id>) -> Option<String> {
    let fait = r.vocabulaire.fait("prestation")?;
    if r.vocabulaire.domaine(fait).choix(p.as_str()).is_some() {
        return Some(p.to_string());
    }
    let rules::valeur::Domaine::Choix(noms) = r.vocabulaire.domaine(fait).clone() else { return None };
    let d = Diagnostic::new(codes::REF01, p.span, format!("prestation inconnue : « {} »", p.as_str()));
    r.signale(d.aide(suggestion(p.as_str(), noms.iter().map(|n| &**n))));
    None
}

/// `"3.."`, `"1..2"` or `2`.
fn nombre(r: &mut Resolution<'_>, n: &Sp<Texte>) -> Option<Nombre> {
    let borne = |b: Option<intervalle::Bout<'_>>| match b {
        None => Some(None),
        Some(b) => b.texte.parse::<u32>().ok().filter(|_| b.incluse).map(Some),
    };
    let lu = match intervalle::lit(&n.0) {
        Ok(Some(i)) => borne(i.de).zip(borne(i.a)).map(|(de, a)| Nombre { de: de.unwrap_or(0), a }),
        Ok(None) => n.0.parse::<u32>().ok().map(|n| Nombre { de: n, a: Some(n) }),
        Err(_) => None,
    };
    let lu = lu.filter(|n| n.a.is_none_or(|a| n.de <= a));
    if lu.is_none() {
        let message = format!("nombre de jours attendu — trouvé « {} »", n.0);
        r.signale(Diagnostic::new(codes::SYN04, n.span, message).aide("ex. `\"3..\"`, `\"1..2\"` ou `2`"));
    }
    lu
}

fn nombre_par(r: &mut Resolution<'_>, ctx: &Contexte<'_>, n: &Sp<RawNombrePar>) -> Option<(u32, Etendue)> {
    let nombre = u32::try_from(n.n.valeur.0).ok();
    if nombre.is_none() {
        r.signale(Diagnostic::new(codes::SYN04, n.n.span, "un nombre de jours n'est jamais négatif"));
    }
    Some((nombre?, etendue(r, ctx, &n.par)?))
}

fn etendue(r: &mut Resolution<'_>, ctx: &Contexte<'_>, par: &Sp<Id>) -> Option<Etendue> {
    let trouvee = ETENDUES.iter().find(|(mot, _)| *mot == par.as_str()).map(|(_, e)| *e);
    if trouvee.is_none() {
        derive::mot(r, par, &ETENDUES.map(|(mot, _)| mot));
    }
    if trouvee == Some(Etendue::Periode) {
        periode_dite(r, ctx, par.span)?;
    }
    trouvee
}

/// Counting by period needs the service's `periode_de`.
fn periode_dite(
    r: &mut Resolution<'_>,
    ctx: &Contexte<'_>,
    span: crate::definition::source::Span,
) -> Option<()> {
    if ctx.a_des_periodes {
        return Some(());
    }
    let message = format!("le service `{}` ne dit pas ce qu'est une période", ctx.id);
    r.signale(Diagnostic::new(codes::SYN04, span, message).aide("ajoutez au service `periode_de: vacances`"));
    None
}

fn laisse(r: &mut Resolution<'_>, ctx: &Contexte<'_>, l: &Sp<RawLaisse>) -> Option<Combinaison> {
    let n = nombre(r, &l.n);
    let par = etendue(r, ctx, &l.par);
    let parmi = if JOURS.contains(&l.parmi.as_str()) {
        calendrier::jour_semaine(r, &l.parmi).map(Parmi::JourDeSemaine)
    } else {
        prestation_connue(r, &l.parmi).map(Parmi::Prestation)
    };
    Some(Combinaison::Laisse { n: n?, parmi: parmi?, par: par? })
}
