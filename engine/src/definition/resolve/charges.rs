//! Rules of a period, penalties, fees, third parties.

use rules::ajustement::Quantum;
use rules::bareme::Grandeur;
use rules::faits::Symboles;
use rules::periode::{
    Frais, PartTiers, Penalite, PrixPenalite, RegleDePeriode, Repartit, Retard, SurPeriode, Tiers,
};
use rules::scalaire::Heure;

use super::pipeline::{
    Cadre, Etapes, cles, compteur, expression, montants, nom, ouvre, quand, quantum, quantum_bloc, une_seule,
};
use super::{Resolution, condition, derive, intervalle, question};
use crate::commune::Condition;
use crate::definition::arbre::Noeud;
use crate::definition::lecture::{Id, Liste, Sp, suggestion};
use crate::definition::raw::pipeline::{RawFrais, RawPenalite, RawReglePeriode, RawTiers};
use crate::definition::raw::valeurs::RawOperande;
use crate::diagnostic::{Diagnostic, codes};

/// The rules of a period.
pub(super) fn sur_periode(
    r: &mut Resolution<'_>,
    c: &mut Cadre<'_>,
    liste: &Liste<RawReglePeriode>,
) -> Etapes<RegleDePeriode> {
    let mut etapes = (Vec::new(), Vec::new());
    for raw in liste {
        let numero = u16::try_from(etapes.0.len()).unwrap_or(u16::MAX);
        let id = raw.regle.to_string();
        let lieu = ouvre(r, c, raw.span, &id, raw.source.as_ref());
        question::de_liste(r, &format!("service.{}.{id}", c.service), &raw.questions);
        let si = condition::facultative(r, raw.si.as_ref());
        let par = cles(r, &raw.par);
        let operation = periode(r, c, raw);
        if let (Some(si), Some(operation)) = (si, operation) {
            etapes.0.push(RegleDePeriode { numero, si, par, operation, lieu });
            etapes.1.push(nom(&raw.regle, None, &Liste::default(), lieu));
        }
    }
    etapes
}

fn periode(r: &mut Resolution<'_>, c: &mut Cadre<'_>, raw: &Sp<RawReglePeriode>) -> Option<SurPeriode> {
    const OPERATIONS: [&str; 6] = ["regroupe", "total_selon", "remise", "minimum", "maximum", "transforme"];
    une_seule(r, raw.span, &raw.cles, &OPERATIONS)?;
    let id = raw.regle.as_str();
    if let Some(g) = &raw.regroupe {
        let (en, bareme) = c.index.prestation_tarifee(r, &g.en)?;
        if let (Some(p), Some(n)) = (&g.prestation, &g.a_partir_de) {
            let prestation = c.index.prestation(r, p)?;
            return Some(SurPeriode::Forfait {
                prestation,
                a_partir_de: u32::try_from(n.valeur.0).ok()?,
                en,
                bareme,
            });
        }
        let mut actes = Vec::new();
        for (cle, n) in g.actes.iter().flat_map(|a| a.valeur.iter()) {
            let id = Sp { valeur: Id::analyse(&cle.texte).ok()?, span: cle.span };
            actes.push((c.index.prestation(r, &id)?, u32::try_from(n.valeur.0).ok()?));
        }
        if actes.is_empty() {
            r.signale(Diagnostic::new(
                codes::SYN04,
                g.span,
                "`actes: { matin: 1, soir: 1 }`, ou `prestation` et `a_partir_de`, attendu",
            ));
            return None;
        }
        return Some(SurPeriode::Regroupe { actes, en, bareme });
    }
    if let Some(t) = &raw.total_selon {
        let fait = r.vocabulaire.fait(&t.fait);
        if fait.is_none() {
            let d =
                Diagnostic::new(codes::REF01, t.fait.span, format!("fait inconnu : « {} »", t.fait.as_str()));
            let d = d.aide(suggestion(&t.fait, r.vocabulaire.noms()));
            r.signale(d);
        }
        let table = montants(r, c, id, &t.lignes, t.span);
        let repartit = match &raw.repartit {
            None => {
                let d = Diagnostic::new(
                    codes::TAR11,
                    raw.regle.span,
                    format!("`{id}` ne dit pas comment le total se répartit"),
                );
                r.signale(d.aide("`repartit: egal`, `rang` ou `proportion`"));
                return None;
            }
            Some(mot) => match derive::mot(r, mot, &["egal", "rang", "proportion"])?.as_str() {
                "egal" => Repartit::Egal,
                "rang" => Repartit::Rang(fait?),
                _ => Repartit::Proportion,
            },
        };
        return Some(SurPeriode::TotalSelon { table, repartit });
    }
    if let Some(x) = &raw.remise {
        let classe = derive::mot(r, &x.classe, &["prix_decroissant", "prix_croissant"])?;
        let (de, a) = rangs(r, &x.rang)?;
        return Some(SurPeriode::Remise {
            decroissant: classe == "prix_decroissant",
            de,
            a,
            taux: x.taux.valeur.0,
        });
    }
    if let Some(o) = &raw.minimum {
        return quantum(r, c, id, o).map(SurPeriode::Minimum);
    }
    if let Some(o) = &raw.maximum {
        return quantum(r, c, id, o).map(SurPeriode::Maximum);
    }
    let script = raw.transforme.as_ref()?;
    c.index.script(r, &script.0, script.span).map(SurPeriode::Script)
}

/// `"3.."`: first and last rank.
fn rangs(r: &mut Resolution<'_>, rang: &Sp<crate::definition::lecture::Texte>) -> Option<(u32, Option<u32>)> {
    let lu = match intervalle::lit(&rang.0) {
        Ok(Some(i)) if i.de.is_none_or(|b| b.incluse) && i.a.is_none_or(|b| b.incluse) => {
            let de = i.de.map_or(Ok(1), |b| b.texte.parse());
            let a = i.a.map(|b| b.texte.parse()).transpose();
            de.ok().zip(a.ok())
        }
        Ok(None) => rang.0.parse().ok().map(|n| (n, Some(n))),
        _ => None,
    };
    if lu.is_none() {
        r.signale(Diagnostic::new(codes::SYN04, rang.span, "rangs attendus, ex. `\"3..\"`"));
    }
    lu
}

/// The penalties of a service.
pub(super) fn penalites(
    r: &mut Resolution<'_>,
    c: &mut Cadre<'_>,
    liste: &Liste<RawPenalite>,
) -> Etapes<Penalite> {
    let mut etapes = (Vec::new(), Vec::new());
    for raw in liste {
        let numero = u16::try_from(etapes.0.len()).unwrap_or(u16::MAX);
        let id = raw.penalite.to_string();
        let lieu = ouvre(r, c, raw.span, &id, raw.source.as_ref());
        question::de_liste(r, &format!("service.{}.{id}", c.service), &raw.questions);
        let si = quand(r, &raw.quand, raw.si.as_ref());
        let prix = prix_penalite(r, c, &id, &raw.prix);
        let compteur = raw.compteur.as_ref().and_then(|k| compteur(r, k));
        let par = raw.par.span.map(|_| cles(r, &raw.par));
        if let (Some(si), Some(prix)) = (si, prix) {
            let remplace_le_prix = raw.remplace_le_prix.valeur.0;
            etapes.0.push(Penalite { numero, si, prix, remplace_le_prix, par, compteur, lieu });
            etapes.1.push(nom(&raw.penalite, raw.nom.as_ref(), &raw.preuve, lieu));
        }
    }
    etapes
}

fn prix_penalite(
    r: &mut Resolution<'_>,
    c: &mut Cadre<'_>,
    id: &str,
    o: &Sp<RawOperande>,
) -> Option<PrixPenalite> {
    let RawOperande::Bloc(b) = &o.valeur else { return quantum(r, c, id, o).map(PrixPenalite::Quantum) };
    let Some(apres) = &b.apres else { return quantum_bloc(r, c, id, b, o.span).map(PrixPenalite::Quantum) };
    let heure = match Heure::lit(&apres.0) {
        Ok(h) => h,
        Err(e) => {
            r.signale(Diagnostic::new(codes::SYN04, apres.span, e.message));
            return None;
        }
    };
    let (Some(tranche), Some(montant)) = (&b.par_tranche, &b.montant) else {
        r.signale(Diagnostic::new(codes::SYN04, o.span, "`apres` va avec `par_tranche` et `montant`"));
        return None;
    };
    let minutes = |d: &rules::scalaire::Duree| d.en_minutes().and_then(|m| u16::try_from(m).ok());
    let Some(par_tranche) = minutes(&tranche.valeur.0).filter(|m| *m > 0) else {
        r.signale(Diagnostic::new(codes::SYN04, tranche.span, "`par_tranche` : des minutes, ex. 15 min"));
        return None;
    };
    let entamee = match &b.entamee {
        None => {
            let d = Diagnostic::new(codes::TAR11, o.span, "une tranche entamée est-elle due ?");
            r.signale(d.aide("`entamee: due` ou `entamee: non_due`"));
            return None;
        }
        Some(mot) => derive::mot(r, mot, &["due", "non_due"])? == "due",
    };
    let tolerance = b.tolerance.as_ref().map_or(Some(0), |d| minutes(&d.valeur.0))?;
    let fait = r.vocabulaire.fait("depart")?;
    let montant = Grandeur::Montant(montant.valeur.0);
    Some(PrixPenalite::Retard(Retard {
        fait,
        apres: heure.minutes(),
        par_tranche,
        entamee,
        tolerance,
        montant,
    }))
}

/// The fees of a service.
pub(super) fn frais(r: &mut Resolution<'_>, c: &mut Cadre<'_>, liste: &Liste<RawFrais>) -> Etapes<Frais> {
    let mut etapes = (Vec::new(), Vec::new());
    for raw in liste {
        let numero = u16::try_from(etapes.0.len()).unwrap_or(u16::MAX);
        let lieu = ouvre(r, c, raw.span, &raw.frais, raw.source.as_ref());
        derive::mot(r, &raw.declenche, &["inscription", "premiere_presence", "adhesion"]);
        let bareme = c.index.bareme(r, &raw.bareme, raw.bareme.span);
        let prestation = c.index.produit(&raw.frais);
        let par = cles(r, &raw.par);
        if let Some(bareme) = bareme {
            etapes.0.push(Frais { numero, declenche: Condition::default(), par, prestation, bareme, lieu });
            etapes.1.push(nom(&raw.frais, None, &Liste::default(), lieu));
        }
    }
    etapes
}

/// The third parties of a service.
pub(super) fn tiers(r: &mut Resolution<'_>, c: &mut Cadre<'_>, liste: &Liste<RawTiers>) -> Etapes<Tiers> {
    let mut etapes = (Vec::new(), Vec::new());
    for raw in liste {
        let numero = u16::try_from(etapes.0.len()).unwrap_or(u16::MAX);
        let lieu = ouvre(r, c, raw.span, &raw.tiers, raw.source.as_ref());
        let si = condition::facultative(r, raw.si.as_ref());
        let prestations = raw.prestations.iter().filter_map(|p| c.index.prestation(r, p)).collect();
        let part = part_tiers(r, c, raw);
        if let (Some(si), Some(part)) = (si, part) {
            let des = raw.des.as_ref().map(|d| d.valeur.0);
            let jusqu_a = raw.jusqu_a.as_ref().map(|d| d.valeur.0);
            etapes.0.push(Tiers { numero, si, prestations, des, jusqu_a, part, lieu });
            etapes.1.push(nom(&raw.tiers, None, &Liste::default(), lieu));
        }
    }
    etapes
}

fn part_tiers(r: &mut Resolution<'_>, c: &Cadre<'_>, raw: &RawTiers) -> Option<PartTiers> {
    let part = &raw.part;
    une_seule(r, part.span, &part.cles, &["reste_famille", "montant", "taux", "bareme"])?;
    if let Some(m) = &part.reste_famille {
        return Some(PartTiers::ResteFamille(Grandeur::Montant(m.valeur.0)));
    }
    if let Some(m) = &part.montant {
        let noeud = Noeud::texte_nu(m.span, &m.0);
        return expression(r, &noeud).map(|g| PartTiers::Quantum(Quantum::Montant(g)));
    }
    if let Some(t) = &part.taux {
        return Some(PartTiers::Quantum(Quantum::Taux(t.valeur.0)));
    }
    let bareme = part.bareme.as_ref()?;
    c.index.bareme(r, bareme, bareme.span).map(|b| PartTiers::Quantum(Quantum::Bareme(b)))
}
