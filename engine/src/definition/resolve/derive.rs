//! Derived facts: their computation, in an order where what each reads comes first.

use rules::expression::{Expr, TypeExpr};
use rules::faits::{FaitId, Symboles};
use rules::scalaire::JourAnnuel;
use rules::selection::Motif;
use rules::table::Table;
use rules::valeur::{Domaine, Valeur};

use super::fichiers::Fichiers;
use super::table::{self, Forme};
use super::{Resolution, cellule, condition, texte_source};
use crate::definition::arbre::Noeud;
use crate::definition::lecture::{Id, Liste, Sp, suggestion};
use crate::definition::raw::donnees::{RawDerive, RawFait};
use crate::derive::{Calcul, FaitDerive, FaitEnsemble, JourAge, ValeurLigne};
use crate::diagnostic::{Diagnostic, codes};

/// The keys of `derive`, exactly one of which is written.
const FORMES: [&str; 8] =
    ["lignes", "formule", "zonage", "rang", "compte", "presence_ailleurs", "age", "script"];

/// What a row of `lignes` gives, exactly one of which is written.
const RESULTATS: [&str; 2] = ["valeur", "formule"];

/// Compiles every derived fact and orders them; a cycle is REF03.
pub(super) fn resout(r: &mut Resolution<'_>, f: &Fichiers) -> Vec<FaitDerive> {
    let faits: Vec<&Sp<RawFait>> =
        f.donnees.iter().flat_map(|d| d.faits.iter()).filter(|x| x.derive.is_some()).collect();
    let derives: Vec<(FaitDerive, Vec<FaitId>, &Sp<RawFait>)> = faits
        .into_iter()
        .filter_map(|raw| {
            let (derive, lus) = un(r, raw)?;
            Some((derive, lus, raw))
        })
        .collect();
    ordonne(r, derives)
}

fn un(r: &mut Resolution<'_>, raw: &Sp<RawFait>) -> Option<(FaitDerive, Vec<FaitId>)> {
    let derive = raw.derive.as_ref()?;
    let id = r.vocabulaire.fait(&raw.fait)?;
    let ecrites: Vec<&(String, crate::definition::source::Span)> = derive.cles.iter().collect();
    if let [_, (autre, span), ..] = ecrites.as_slice() {
        let message = format!("un fait ne se calcule que d'une façon : `{autre}` est de trop");
        r.signale(Diagnostic::new(codes::SYN04, *span, message).aide("une seule clé sous `derive`"));
        return None;
    }
    let source = raw.source.as_ref().map(|s| texte_source(s));
    let lieu = r.pose(raw.fait.span, source.as_ref());
    let pas = match r.vocabulaire.domaine(id) {
        Domaine::Nombre { pas, .. } => *pas,
        _ => None,
    };
    let (calcul, lus) = calcul(r, raw, derive, id)?;
    Some((FaitDerive { id, calcul, pas, lieu }, lus))
}

fn calcul(
    r: &mut Resolution<'_>,
    raw: &Sp<RawFait>,
    derive: &Sp<RawDerive>,
    id: FaitId,
) -> Option<(Calcul, Vec<FaitId>)> {
    if !derive.lignes.is_empty() {
        let table = par_table(r, raw, &derive.lignes, id);
        let lus = lus_par_table(&table).collect();
        return Some((Calcul::Table(table), lus));
    }
    if let Some(formule) = &derive.formule {
        let expr = formule_de_fait(r, &Noeud::texte_nu(formule.span, &formule.0))?;
        let lus = expr.faits_lus().to_vec();
        return Some((Calcul::Formule(expr), lus));
    }
    if let Some(rang) = &derive.rang {
        if rang.ordre.as_str() == "prix_decroissant" {
            let message = "un rang par prix n'est pas encore calculé : ce fait reste `absent`";
            let aide = "la moins chère se remet avec `sur_periode` : `remise: { classe: prix_decroissant, rang: \"2..\", taux: 100 % }`";
            r.signale(Diagnostic::new(codes::SYN09, rang.ordre.span, message).aide(aide));
        }
        let fait = FaitEnsemble::Rang {
            parmi: mot(r, &rang.parmi, &["foyer", "inscrits", "presents"])?,
            services: services(r, &rang.services),
            par: mot(r, &rang.par, &["jour", "mois", "annee"])?,
            ordre: mot(r, &rang.ordre, &["naissance", "prix_decroissant"])?,
        };
        return Some((Calcul::Ensemble(fait), Vec::new()));
    }
    if let Some(compte) = &derive.compte {
        let de = ["reservation", "presence", "absence", "presence_sans_reservation", "enfant"];
        let fait = FaitEnsemble::Compte {
            de: mot(r, &compte.de, &de)?,
            services: services(r, &compte.services),
            par: compte.par.iter().map(|p| p.to_string()).collect(),
        };
        return Some((Calcul::Ensemble(fait), Vec::new()));
    }
    if let Some(ailleurs) = &derive.presence_ailleurs {
        mot(r, &ailleurs.meme, &["jour"])?;
        let fait = r.vocabulaire.fait("prestation")?;
        if r.vocabulaire.domaine(fait).choix(&ailleurs.prestation).is_none() {
            let d = Diagnostic::new(
                codes::REF01,
                ailleurs.prestation.span,
                format!("prestation inconnue : « {} »", ailleurs.prestation.as_str()),
            );
            r.signale(d);
            return None;
        }
        let etat = match &ailleurs.etat {
            None => "present".to_owned(),
            Some(e) => mot(r, e, &["present", "reserve"])?,
        };
        let fait = FaitEnsemble::PresenceAilleurs { prestation: ailleurs.prestation.to_string(), etat };
        return Some((Calcul::Ensemble(fait), Vec::new()));
    }
    if let Some(age) = &derive.age {
        let Some(naissance) = r.vocabulaire.fait("naissance") else {
            let d = Diagnostic::new(codes::REF01, age.span, "l'âge demande un fait `naissance` de type date");
            r.signale(d.aide("déclarez `naissance`, ou héritez d'un modèle qui le déclare"));
            return None;
        };
        let au = match age.au.0.as_str() {
            "jour" => JourAge::Jour,
            "rentree" => JourAge::Rentree,
            texte => match JourAnnuel::lit(texte) {
                Ok(j) => JourAge::JourAnnuel(j),
                Err(e) => {
                    let d = Diagnostic::new(codes::SYN04, age.au.span, e.message);
                    r.signale(d.aide("`jour`, `rentree` ou un jour de l'année, ex. `12-31`"));
                    return None;
                }
            },
        };
        return Some((Calcul::Age { naissance, au }, vec![naissance]));
    }
    if let Some(script) = &derive.script {
        if !r.scripts.contains_key(&script.0) {
            let connus: Vec<String> = r.scripts.keys().cloned().collect();
            let d = Diagnostic::new(codes::REF01, script.span, format!("script inconnu : « {} »", script.0));
            r.signale(d.aide(suggestion(&script.0, connus.iter().map(String::as_str))));
            return None;
        }
        return Some((Calcul::Script(script.0.clone()), Vec::new()));
    }
    if derive.zonage.is_none() {
        let d = Diagnostic::new(codes::SYN04, derive.span, "`derive` ne dit pas comment le fait se calcule");
        r.signale(d.aide(suggestion("", FORMES)));
    } else {
        let d = Diagnostic::new(
            codes::REF02,
            derive.span,
            "un zonage est déjà une dimension : nommez-la directement",
        );
        r.signale(d.aide("les zonages de commune.yaml sont des dimensions des tableaux"));
    }
    None
}

/// One of these words; another is reported.
pub(super) fn mot(r: &mut Resolution<'_>, mot: &Sp<Id>, connus: &[&str]) -> Option<String> {
    if connus.contains(&mot.as_str()) {
        return Some(mot.to_string());
    }
    let d = Diagnostic::new(codes::SYN04, mot.span, format!("mot inconnu : « {} »", mot.as_str()));
    r.signale(d.aide(suggestion(mot.as_str(), connus.iter().copied())));
    None
}

fn services(r: &mut Resolution<'_>, services: &Liste<Id>) -> Vec<String> {
    services.iter().filter_map(|s| service(r, s)).collect()
}

/// A service of the town; an unknown one is reported.
pub(super) fn service(r: &mut Resolution<'_>, s: &Sp<Id>) -> Option<String> {
    let fait = r.vocabulaire.fait("service")?;
    let Domaine::Choix(noms) = r.vocabulaire.domaine(fait).clone() else { return None };
    if noms.iter().any(|n| **n == *s.as_str()) {
        return Some(s.to_string());
    }
    let d = Diagnostic::new(codes::REF01, s.span, format!("service inconnu : « {} »", s.as_str()));
    r.signale(d.aide(suggestion(s.as_str(), noms.iter().map(|n| &**n))));
    None
}

fn par_table(
    r: &mut Resolution<'_>,
    raw: &Sp<RawFait>,
    lignes: &Liste<crate::definition::raw::valeurs::RawRangee>,
    id: FaitId,
) -> Table<ValeurLigne> {
    let source = raw.source.as_ref().map(|s| texte_source(s));
    let forme = Forme {
        nom: format!("le fait calculé `{}`", raw.fait.as_str()),
        dimensions: None,
        resultats: &RESULTATS,
        restreint: &[],
        source: source.as_ref(),
        trou: codes::TAR01,
        span: lignes.span.unwrap_or(raw.span),
    };
    table::table(r, &forme, lignes, ValeurLigne::Valeur(Valeur::Absent), |r, rangee, _| {
        let (cle, noeud) = table::un_resultat(r, rangee, &RESULTATS)?;
        if cle == "formule" {
            return formule_de_fait(r, noeud).map(ValeurLigne::Formule);
        }
        if noeud.texte() == Some("absent") {
            return Some(ValeurLigne::Valeur(Valeur::Absent));
        }
        let s = cellule::selection(r, id, noeud)?;
        let valeur = match s.motifs.as_slice() {
            [Motif::Valeur(v)] if !s.sauf => Some(*v),
            [Motif::Nombres(i)] if i.de.is_some() && i.de == i.a => i.de.map(|b| Valeur::Nombre(b.valeur)),
            _ => {
                r.lecture.inattendu(noeud, "une seule valeur attendue", None);
                None
            }
        };
        valeur.map(ValeurLigne::Valeur)
    })
}

/// A number from other facts; where one of them is unknown it is `absent` (see `crate::derive::remplit`): no guard is asked.
fn formule_de_fait(r: &mut Resolution<'_>, noeud: &Noeud) -> Option<Expr> {
    r.connus = r.vocabulaire.iter().map(|(f, _)| f).collect();
    let expr = condition::expression(r, noeud, TypeExpr::Nombre);
    r.connus.clear();
    expr
}

/// The facts that a table reads: its dimensions, its text conditions, its formulas.
fn lus_par_table(table: &Table<ValeurLigne>) -> impl Iterator<Item = FaitId> + '_ {
    let par_ligne = table.lignes().iter().flat_map(|l| {
        let formule = match &l.resultat {
            ValeurLigne::Formule(e) => e.faits_lus(),
            ValeurLigne::Valeur(_) => &[],
        };
        l.garde.iter().flat_map(|g| g.faits_lus()).chain(formule)
    });
    table.dimensions().iter().map(|d| d.fait).chain(par_ligne.copied())
}

/// Depth first: what a fact reads comes before it.
fn ordonne(r: &mut Resolution<'_>, derives: Vec<(FaitDerive, Vec<FaitId>, &Sp<RawFait>)>) -> Vec<FaitDerive> {
    let mut sortie: Vec<FaitDerive> = Vec::new();
    let mut reste = derives;
    loop {
        let attendus: Vec<FaitId> = reste.iter().map(|(d, ..)| d.id).collect();
        let (prets, encore): (Vec<_>, Vec<_>) =
            reste.into_iter().partition(|(_, lus, _)| lus.iter().all(|f| !attendus.contains(f)));
        if prets.is_empty() {
            if let [(_, _, premier), ..] = encore.as_slice() {
                let noms: Vec<&str> = encore.iter().map(|(_, _, raw)| raw.fait.as_str()).collect();
                let message = format!("ces faits se calculent en cercle : {}", noms.join(" → "));
                r.signale(
                    Diagnostic::new(codes::REF03, premier.fait.span, message)
                        .aide("l'un d'eux doit être saisi ou lu sur une pièce"),
                );
            }
            return sortie;
        }
        for (d, _, _) in prets {
            sortie.push(d);
        }
        reste = encore;
    }
}
