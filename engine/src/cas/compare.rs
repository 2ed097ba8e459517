//! What a step expects against what came.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::rapport::{Assertion, Echec, LigneObtenue, Obtenu};
use crate::definition::lecture::Liste;
use crate::definition::raw::cas::{RawAttend, RawFacture};

/// What came, by key of `attend`.
pub(super) type Obtenus = BTreeMap<&'static str, Obtenu>;

/// One expectation.
enum Attendu {
    /// The same value.
    Egal(Obtenu),
    /// One word among those that came.
    Parmi(String),
    /// The same words, in any order.
    Ensemble(Vec<String>),
    /// Each of these lines came.
    Lignes(Vec<LigneObtenue>),
}

/// Compares; what is refused or accepted is always compared, written or not.
pub(super) fn compare(attend: &RawAttend, exact: bool, obtenus: &Obtenus) -> (Vec<Assertion>, Vec<Echec>) {
    let (mut assertions, mut echecs) = (Vec::new(), Vec::new());
    let attendus = attendus(attend);
    let ecrite = |cle: &str| attendus.iter().any(|(c, _)| *c == cle);
    for (cle, attendu) in &attendus {
        let tenue = tenue(attendu, obtenus.get(cle));
        assertions.push(Assertion { cle: (*cle).to_owned(), tenue });
        if !tenue {
            let obtenu = obtenus.get(cle).map_or_else(|| explication(obtenus), ToString::to_string);
            echecs.push(Echec { cle: (*cle).to_owned(), attendu: en_mots(attendu), obtenu });
        }
    }
    for cle in ["refus", "a_demander"] {
        let refuse_attendu = attend.accepte.as_ref().is_some_and(|a| !a.0);
        if let Some(obtenu) = obtenus.get(cle)
            && !ecrite(cle)
            && !(cle == "refus" && (refuse_attendu || ecrite("a_demander")))
            // an act may be accepted though its price is not published yet
            && !(cle == "a_demander" && obtenus.contains_key("accepte"))
        {
            let attendu = "rien".to_owned();
            echecs.push(Echec { cle: cle.to_owned(), attendu, obtenu: explication_de(obtenu, obtenus) });
        }
    }
    if exact {
        for (cle, obtenu) in obtenus.iter().filter(|(c, _)| **c != "motif" && !ecrite(c)) {
            let deja = echecs.iter().any(|e| e.cle == **cle);
            if !deja && !rien(obtenu) {
                let attendu = "rien (attend_exact)".to_owned();
                echecs.push(Echec { cle: (*cle).to_owned(), attendu, obtenu: obtenu.to_string() });
            }
        }
    }
    (assertions, echecs)
}

/// The keys that a step expects, so that only they are computed when that costs.
pub(super) fn demande(attend: Option<&RawAttend>, exact: bool, cle: &str) -> bool {
    exact || attend.is_some_and(|a| a.cles.iter().any(|(c, _)| c == cle))
}

fn rien(obtenu: &Obtenu) -> bool {
    match obtenu {
        Obtenu::Liste(l) => l.is_empty(),
        Obtenu::Droits(d) => d.is_empty(),
        Obtenu::Sommes(s) => s.is_empty(),
        Obtenu::Lignes(l) => l.is_empty(),
        Obtenu::Booleen(_) | Obtenu::Mot(_) | Obtenu::Montant(_) => false,
    }
}

/// When a key has nothing, the refusal says why.
fn explication(obtenus: &Obtenus) -> String {
    match obtenus.get("refus") {
        Some(refus) => explication_de(refus, obtenus),
        None => "rien".to_owned(),
    }
}

fn explication_de(obtenu: &Obtenu, obtenus: &Obtenus) -> String {
    match obtenus.get("motif") {
        Some(motif) => format!("{obtenu} — {motif}"),
        None => obtenu.to_string(),
    }
}

fn tenue(attendu: &Attendu, obtenu: Option<&Obtenu>) -> bool {
    match (attendu, obtenu) {
        (Attendu::Egal(a), Some(o)) => a == o,
        (Attendu::Parmi(mot), Some(Obtenu::Liste(l))) => l.contains(mot),
        (Attendu::Ensemble(mots), Some(Obtenu::Liste(l))) => {
            let (mut a, mut b) = (mots.clone(), l.clone());
            a.sort();
            b.sort();
            a == b
        }
        (Attendu::Lignes(lignes), Some(Obtenu::Lignes(obtenues))) => {
            lignes.iter().all(|l| obtenues.iter().any(|o| meme_ligne(l, o)))
        }
        _ => false,
    }
}

fn meme_ligne(attendue: &LigneObtenue, obtenue: &LigneObtenue) -> bool {
    (attendue.ajustement.is_none() || attendue.ajustement == obtenue.ajustement)
        && (attendue.prestation.is_empty() || attendue.prestation == obtenue.prestation)
        && (attendue.penalite.is_none() || attendue.penalite == obtenue.penalite)
        // the line of a prestation is not that of its adjustment, nor of its penalty
        && (attendue.ajustement.is_some() || obtenue.ajustement.is_none())
        && (attendue.penalite.is_some() || obtenue.penalite.is_none())
        && attendue.montant == obtenue.montant
}

fn en_mots(attendu: &Attendu) -> String {
    match attendu {
        Attendu::Egal(o) => o.to_string(),
        Attendu::Parmi(mot) => mot.clone(),
        Attendu::Ensemble(mots) => format!("[{}]", mots.join(", ")),
        Attendu::Lignes(l) => Obtenu::Lignes(l.clone()).to_string(),
    }
}

/// Every key written, in one order.
fn attendus(a: &RawAttend) -> Vec<(&'static str, Attendu)> {
    let mut liste: Vec<(&'static str, Attendu)> = Vec::new();
    let mut pose = |cle, attendu: Option<Attendu>| liste.extend(attendu.map(|v| (cle, v)));
    let booleen = |b: bool| Attendu::Egal(Obtenu::Booleen(b));
    let mot = |m: &str| Attendu::Egal(Obtenu::Mot(m.to_owned()));
    let montant = |m: Decimal| Attendu::Egal(Obtenu::Montant(m));
    pose("accepte", a.accepte.as_ref().map(|b| booleen(b.0)));
    pose(
        "refus",
        a.refus.as_ref().map(|r| match r.valeur.0.elements.as_slice() {
            [seul] if r.valeur.0.span == Some(seul.span) => Attendu::Parmi(seul.to_string()),
            plusieurs => Attendu::Ensemble(plusieurs.iter().map(|m| m.to_string()).collect()),
        }),
    );
    pose("a_demander", a.a_demander.as_ref().map(|b| booleen(b.0)));
    pose("message", a.message.as_ref().map(|m| mot(m)));
    pose("manquants", mots(&a.manquants));
    pose("prix", a.prix.as_ref().map(|m| montant(m.0)));
    pose("total", a.total.as_ref().map(|m| montant(m.0)));
    pose("famille", a.famille.as_ref().map(|m| montant(m.0)));
    pose(
        "tiers",
        a.tiers.as_ref().map(|c| {
            Attendu::Egal(Obtenu::Sommes(c.valeur.iter().map(|(cle, m)| (cle.texte.clone(), m.0)).collect()))
        }),
    );
    pose(
        "echeances",
        a.echeances.as_ref().map(|c| {
            let sommes = c.valeur.iter().map(|(cle, m)| (cle.texte.clone(), m.0)).collect();
            Attendu::Egal(Obtenu::Sommes(sommes))
        }),
    );
    pose("delai", a.delai.as_ref().map(|m| mot(m)));
    pose("annonce", a.annonce.as_ref().map(|m| mot(m)));
    pose(
        "facture",
        a.facture.as_ref().map(|f| match f.valeur {
            RawFacture::Tout(b) => booleen(b),
            RawFacture::Montant(m) => montant(m),
            RawFacture::Taux(t) => mot(&format!("taux {}", t.normalize())),
        }),
    );
    if a.lignes.span.is_some() {
        let lignes = a.lignes.iter().map(|l| LigneObtenue {
            ajustement: l.ajustement.as_ref().map(|m| m.to_string()),
            penalite: l.penalite.as_ref().map(|m| m.to_string()),
            prestation: l.prestation.as_ref().map(|m| m.to_string()).unwrap_or_default(),
            montant: l.montant.0,
        });
        pose("lignes", Some(Attendu::Lignes(lignes.collect())));
    }
    pose(
        "ajustements",
        a.ajustements.as_ref().map(|c| {
            let sommes = c.valeur.iter().map(|(cle, m)| (cle.texte.clone(), m.0)).collect();
            Attendu::Egal(Obtenu::Sommes(sommes))
        }),
    );
    pose("etat", a.etat.as_ref().map(|m| mot(m)));
    pose("phase", a.phase.as_ref().map(|m| mot(m)));
    pose("silence", a.silence.as_ref().map(|m| mot(m)));
    pose("courriels", ids(&a.courriels));
    pose("documents", ids(&a.documents));
    pose(
        "droits",
        a.droits.as_ref().map(|c| {
            let un = |(cle, actions): &(crate::definition::arbre::Cle, crate::definition::lecture::Sp<_>)| {
                let actions: &crate::definition::lecture::UnOuListe<crate::definition::lecture::Id> =
                    &actions.valeur;
                (cle.texte.clone(), actions.iter().map(|a| a.to_string()).collect::<BTreeSet<_>>())
            };
            Attendu::Egal(Obtenu::Droits(c.valeur.iter().map(un).filter(|(_, a)| !a.is_empty()).collect()))
        }),
    );
    pose("ouvre", ids(&a.ouvre));
    pose("personnes", ids(&a.personnes));
    pose("demarches", ids(&a.demarches));
    pose("pieces", ids(&a.pieces));
    pose("remplis", ids(&a.remplis));
    pose("recues", ids(&a.recues));
    pose("rendez_vous", a.rendez_vous.as_ref().map(|m| mot(&m.0)));
    pose("non_lus", ids(&a.non_lus));
    liste
}

fn ids(liste: &Liste<crate::definition::lecture::Id>) -> Option<Attendu> {
    liste.span.map(|_| Attendu::Ensemble(liste.iter().map(|m| m.to_string()).collect()))
}

fn mots(liste: &Liste<crate::definition::lecture::Texte>) -> Option<Attendu> {
    liste.span.map(|_| Attendu::Ensemble(liste.iter().map(|m| m.0.clone()).collect()))
}

/// The value of a cell of a grid's last column, compared.
pub(super) fn compare_cellule(
    cle: &'static str,
    attendu: Obtenu,
    obtenus: &Obtenus,
) -> (Assertion, Option<Echec>) {
    let attendu = match attendu {
        Obtenu::Liste(mots) => Attendu::Ensemble(mots),
        autre => Attendu::Egal(autre),
    };
    let tenue = tenue(&attendu, obtenus.get(cle));
    let obtenu = || obtenus.get(cle).map_or_else(|| explication(obtenus), ToString::to_string);
    let echec = (!tenue).then(|| Echec { cle: cle.to_owned(), attendu: en_mots(&attendu), obtenu: obtenu() });
    (Assertion { cle: cle.to_owned(), tenue }, echec)
}
