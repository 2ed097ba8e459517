//! `regie.yaml`: invoice streams and what is done of arrears.

use rules::repere::{Ancre, Repere};

use super::demarche::Reperes;
use super::effet::message;
use super::etape::acteur;
use super::{Resolution, derive, donnees, question, texte_source};
use crate::definition::arbre::Noeud;
use crate::definition::lecture::{Id, Sp, Texte};
use crate::definition::raw::effet::RawEffet;
use crate::definition::raw::regie::{RawFacturation, RawImpaye, RawPrelevement, RawRegie};
use crate::demarche::Acteur;
use crate::diagnostic::{Diagnostic, codes};
use crate::regie::{
    Facturation, Impaye, Mode, Periode, Portefeuille, Prelevement, QuandImpaye, Regie, Relance,
};

/// Compiles the cash office; `None` when the town has none.
pub(super) fn resout(r: &mut Resolution<'_>, reperes: &Reperes<'_>) -> Option<Regie> {
    let raw: &Sp<RawRegie> = reperes.fichiers.regie.as_ref()?;
    question::de_source(r, "regie", raw.source.as_ref());
    question::de_liste(r, "regie", &raw.questions);
    let mut facturations: Vec<Facturation> = Vec::new();
    for f in &raw.facturations {
        if facturations.iter().any(|autre| autre.id == f.facturation.as_str()) {
            r.signale(donnees::double(f.facturation.span, "facturation", &f.facturation));
            continue;
        }
        facturations.extend(facturation(r, reperes, f));
    }
    let portefeuille = raw.portefeuille.as_ref().map(|p| Portefeuille {
        recharge_minimum: p.recharge_minimum.as_ref().map(|m| m.0),
        par_enfant: p
            .par
            .as_ref()
            .is_some_and(|m| derive::mot(r, m, &["enfant", "foyer"]).as_deref() == Some("enfant")),
    });
    let prelevement = raw.prelevement.as_ref().and_then(|p| prelevement(r, p));
    Some(Regie { facturations, portefeuille, prelevement })
}

fn parmi<T: Copy>(r: &mut Resolution<'_>, mot: &Sp<Id>, mots: &[(&str, T)]) -> Option<T> {
    let connus: Vec<&str> = mots.iter().map(|(m, _)| *m).collect();
    let lu = derive::mot(r, mot, &connus)?;
    mots.iter().find(|(m, _)| *m == lu).map(|(_, valeur)| *valeur)
}

fn facturation(
    r: &mut Resolution<'_>,
    reperes: &Reperes<'_>,
    raw: &Sp<RawFacturation>,
) -> Option<Facturation> {
    let sur = format!("regie.{}", raw.facturation.as_str());
    question::de_source(r, &sur, raw.source.as_ref());
    question::de_liste(r, &sur, &raw.questions);
    let source = raw.source.as_ref().map(|s| texte_source(s));
    let (periode, mode) = (parmi(r, &raw.periode, &Periode::MOTS), parmi(r, &raw.mode, &Mode::MOTS));
    let emise = raw.emise.as_ref().and_then(|t| repere(r, t));
    let echeance = raw.echeance.as_ref().and_then(|t| repere(r, t));
    let impayes = raw.impayes.iter().filter_map(|i| impaye(r, reperes, i)).collect();
    let (periode, mode) = (periode?, mode?);
    if mode.facture_apres() {
        for (cle, ecrite) in [("emise", raw.emise.is_some()), ("echeance", raw.echeance.is_some())] {
            if !ecrite && !raw.incomplet {
                let message = format!("la facturation `{}` ne dit pas `{cle}`", raw.facturation.as_str());
                let d = Diagnostic::new(codes::LIM01, raw.facturation.span, message);
                r.signale(d.aide("ex. `emise: \"1 M+1\"`, `echeance: \"fin M+1\"`"));
            }
        }
    }
    Some(Facturation {
        id: raw.facturation.to_string(),
        nom: raw.nom.0.clone(),
        periode,
        mode,
        emise,
        echeance,
        seuil_report: raw.seuil_report.as_ref().map(|m| m.0),
        impayes,
        numerotation: raw.numerotation.as_ref().map(|t| t.0.clone()),
        budget: raw.budget.as_ref().map(|t| t.0.clone()),
        lieu: r.pose(raw.facturation.span, source.as_ref()),
    })
}

/// A day relative to the billed period: no slot, no school period.
fn repere(r: &mut Resolution<'_>, texte: &Sp<Texte>) -> Option<Repere> {
    let noeud = Noeud::texte_nu(texte.span, &texte.0);
    let attendu = "repère attendu, ex. `\"1 M+1\"` ou `\"fin M+1\"`";
    let repere = r.lecture.feuille(&noeud, attendu, Repere::lit)?;
    if repere.veut_creneau() || matches!(repere.ancre(), Ancre::Periode { .. }) {
        let message = format!("« {} » se compte depuis un créneau ou une période de service", texte.0);
        let d = Diagnostic::new(codes::LIM01, texte.span, message);
        r.signale(d.aide("une facture se compte en jours et en mois : `\"1 M+1\"`, `\"J+30\"`"));
        return None;
    }
    Some(repere)
}

fn impaye(r: &mut Resolution<'_>, reperes: &Reperes<'_>, raw: &Sp<RawImpaye>) -> Option<Impaye> {
    question::de_source(r, "regie.impayes", raw.source.as_ref());
    let source = raw.source.as_ref().map(|s| texte_source(s));
    let faire = raw.faire.iter().filter_map(|e| relance(r, reperes, e)).collect();
    let quand = match (&raw.apres, &raw.le) {
        (Some(apres), None) => QuandImpaye::Apres(apres.0.clone()),
        (None, Some(le)) => QuandImpaye::Le(repere(r, le)?),
        _ if raw.incomplet => return None,
        _ => {
            let d = Diagnostic::new(
                codes::LIM01,
                raw.span,
                "une étape d'impayé tombe `apres` une durée, ou `le` un repère",
            );
            r.signale(d.aide("ex. `apres: 15 jours`, compté depuis l'échéance de la facture"));
            return None;
        }
    };
    Some(Impaye { quand, faire, lieu: r.pose(raw.span, source.as_ref()) })
}

fn relance(r: &mut Resolution<'_>, reperes: &Reperes<'_>, raw: &Sp<RawEffet>) -> Option<Relance> {
    match &raw.valeur {
        RawEffet::Message(envoi) => {
            let (modele, a) = message(r, reperes, envoi)?;
            Some(Relance::Message { modele, a })
        }
        RawEffet::AvertirSuspension(a) => Some(Relance::AvertirSuspension { delai: a.delai.0.clone() }),
        RawEffet::ProposerSuspension(p) => {
            derive::mot(r, &p.leve, &["au_paiement"])?;
            match acteur(r, reperes, &p.decide_par)? {
                Acteur::Agent(decide_par) => Some(Relance::ProposerSuspension { decide_par }),
                Acteur::Parent | Acteur::Systeme => {
                    let message = "une suspension pour impayé se décide par un agent, jamais seule";
                    let d = Diagnostic::new(codes::PEN02, p.decide_par.span, message);
                    r.signale(
                        d.aide("ex. `decide_par: agent.affaires_scolaires`")
                            .gravite(crate::diagnostic::Gravite::Erreur),
                    );
                    None
                }
            }
        }
        _ => {
            let d = Diagnostic::new(
                codes::SYN04,
                raw.span,
                "cet effet appartient à une démarche, pas aux impayés",
            );
            r.signale(d.aide("possibles : `message`, `avertir_suspension`, `proposer_suspension`"));
            None
        }
    }
}

fn prelevement(r: &mut Resolution<'_>, raw: &Sp<RawPrelevement>) -> Option<Prelevement> {
    question::de_source(r, "regie.prelevement", raw.source.as_ref());
    // every month has a 28th
    let jour = u8::try_from(raw.jour.valeur.0).ok().filter(|j| (1..=28).contains(j));
    if jour.is_none() {
        let d = Diagnostic::new(codes::LIM01, raw.jour.span, "le prélèvement tombe un jour de 1 à 28");
        r.signale(d.aide("au-delà, certains mois n'ont pas ce jour"));
    }
    Some(Prelevement {
        jour: jour?,
        prenotification: raw.prenotification.as_ref().map(|d| d.0.clone()),
        lieu: r.pose(raw.span, None),
    })
}
