//! Ordered steps on lines, rules of a period, penalties, fees, third parties.

use rules::ajustement::{Ajustement, Cle, Compteur, Operation, Quantum, Remplacement, Seulement, Sur};
use rules::bareme::{Grandeur, Resultat};
use rules::faits::{FaitId, Symboles};
use rules::lieu::Lieu;
use rules::montant::Arrondi;
use rules::periode::{
    Frais, PartTiers, Penalite, PrixPenalite, RegleDePeriode, Repartit, Retard, SurPeriode, Tiers,
};
use rules::scalaire::Heure;
use rules::selection::{Intervalle, Motif, Selection};
use rules::table::Table;
use rules::valeur::Valeur;
use rust_decimal::Decimal;

use super::bareme::{grandeur_noeud, mode};
use super::index::Index;
use super::table::{self, Forme};
use super::{Resolution, condition, derive, intervalle, question, texte_source};
use crate::commune::{Condition, Texte};
use crate::definition::arbre::Noeud;
use crate::definition::lecture::{Id, Liste, Sp, suggestion};
use crate::definition::raw::pipeline::{
    RawAjustement, RawCompteur, RawFrais, RawPenalite, RawReglePeriode, RawSeulement, RawTiers,
};
use crate::definition::raw::valeurs::{
    RawCondition, RawOperande, RawOperandeBloc, RawRangee, RawSource, de_rules, nombre,
};
use crate::definition::source::Span;
use crate::diagnostic::{Diagnostic, codes};
use crate::service::NomRegle;

/// What the steps of one service are read with.
pub(super) struct Cadre<'a> {
    /// Service id.
    pub service: &'a str,
    /// Values that may happen in this service.
    pub restreint: &'a [(FaitId, Vec<Valeur>)],
    /// Nearest source.
    pub source: Option<&'a Texte>,
    /// Interned names.
    pub index: &'a mut Index,
}

/// Steps and their names, by number.
pub(super) type Etapes<T> = (Vec<T>, Vec<NomRegle>);

const GROUPES: [(&str, Cle); 9] = [
    ("foyer", Cle::Foyer),
    ("enfant", Cle::Enfant),
    ("prestation", Cle::Prestation),
    ("jour", Cle::Jour),
    ("semaine", Cle::Semaine),
    ("mois", Cle::Mois),
    ("annee", Cle::Annee),
    ("annee_scolaire", Cle::AnneeScolaire),
    ("lot", Cle::Lot),
];

fn cles(r: &mut Resolution<'_>, par: &Liste<Id>) -> Vec<Cle> {
    let un = |r: &mut Resolution<'_>, mot: &Sp<Id>| {
        let trouve = GROUPES.iter().find(|(nom, _)| *nom == mot.as_str()).map(|(_, c)| *c);
        if trouve.is_none() {
            derive::mot(r, mot, &GROUPES.map(|(nom, _)| nom));
        }
        trouve
    };
    par.iter().filter_map(|m| un(r, m)).collect()
}

/// The price steps of a service.
pub(super) fn ajustements(
    r: &mut Resolution<'_>,
    c: &mut Cadre<'_>,
    liste: &Liste<RawAjustement>,
) -> Etapes<Ajustement> {
    let mut etapes = (Vec::new(), Vec::new());
    let mut taux_avant: Option<Span> = None;
    for raw in liste {
        let numero = u16::try_from(etapes.0.len()).unwrap_or(u16::MAX);
        let Some(a) = ajustement(r, c, raw, numero) else { continue };
        if matches!(&a.operation, Operation::Majore(Quantum::Taux(_)) | Operation::Remise(Quantum::Taux(_))) {
            if let (Some(avant), None) = (taux_avant, &raw.sur) {
                let message = format!(
                    "l'étape `{}` est un taux après un autre taux : il faut dire `sur`",
                    raw.ajustement.as_str()
                );
                let d = Diagnostic::new(codes::TAR11, raw.ajustement.span, message)
                    .secondaire(avant, "le premier taux");
                r.signale(
                    d.aide("`sur: courant` (après l'étape précédente) ou `sur: unitaire` (le prix voté)"),
                );
            }
            taux_avant = Some(raw.ajustement.span);
        }
        etapes.1.push(nom(&raw.ajustement, &raw.preuve, a.lieu));
        etapes.0.push(a);
    }
    etapes
}

fn nom(id: &Sp<Id>, preuve: &Liste<Id>, lieu: Lieu) -> NomRegle {
    NomRegle { id: id.to_string(), preuve: preuve.iter().map(|p| p.to_string()).collect(), lieu }
}

/// Notes the questions of a step and where it is written.
fn ouvre(
    r: &mut Resolution<'_>,
    c: &Cadre<'_>,
    span: Span,
    id: &str,
    source: Option<&Sp<RawSource>>,
) -> Lieu {
    question::de_source(r, &format!("service.{}.{id}", c.service), source);
    let texte = source.map(|s| texte_source(s)).or_else(|| c.source.cloned());
    r.pose(span, texte.as_ref())
}

fn ajustement(
    r: &mut Resolution<'_>,
    c: &mut Cadre<'_>,
    raw: &Sp<RawAjustement>,
    numero: u16,
) -> Option<Ajustement> {
    let id = raw.ajustement.to_string();
    let lieu = ouvre(r, c, raw.span, &id, raw.source.as_ref());
    question::de_liste(r, &format!("service.{}.{id}", c.service), &raw.questions);
    let si = condition::facultative(r, raw.si.as_ref());
    let sur = sur(r, c, raw);
    let operation = operation(r, c, raw);
    let par = raw.par.span.map(|_| cles(r, &raw.par));
    let seulement = raw.seulement.as_ref().and_then(|s| seulement(r, s));
    let compteur = match &raw.compteur {
        Some(k) => Some(compteur(r, k)?),
        None => None,
    };
    let lot = match &raw.portee {
        None => false,
        Some(p) => derive::mot(r, p, &["lot"]).is_some(),
    };
    Some(Ajustement {
        numero,
        si: si?,
        operation: operation?,
        sur: sur?,
        par,
        seulement,
        lot,
        compteur,
        lieu,
    })
}

fn sur(r: &mut Resolution<'_>, c: &Cadre<'_>, raw: &RawAjustement) -> Option<Sur> {
    let Some(sur) = &raw.sur else { return Some(Sur::Courant) };
    match sur.0.as_str() {
        "courant" => Some(Sur::Courant),
        "unitaire" => Some(Sur::Unitaire),
        texte => {
            let part = texte.strip_prefix("part.").and_then(|p| c.index.part_connue(p));
            if part.is_none() {
                let parts: Vec<String> = c.index.parts.iter().map(|p| format!("part.{p}")).collect();
                let connus = ["courant", "unitaire"].into_iter().chain(parts.iter().map(String::as_str));
                let connus: Vec<&str> = connus.collect();
                let d = Diagnostic::new(codes::REF01, sur.span, format!("`sur` inconnu : « {texte} »"));
                r.signale(d.aide(suggestion(texte, connus)));
            }
            part.map(Sur::Part)
        }
    }
}

/// Exactly one operation.
fn operation(r: &mut Resolution<'_>, c: &mut Cadre<'_>, raw: &Sp<RawAjustement>) -> Option<Operation> {
    const OPERATIONS: [&str; 9] = [
        "majore",
        "remise",
        "remplace",
        "multiplie",
        "plancher",
        "plafond",
        "supplement",
        "arrondit",
        "script",
    ];
    une_seule(r, raw.span, &raw.cles, &OPERATIONS)?;
    let id = raw.ajustement.as_str();
    if let Some(o) = &raw.majore {
        return quantum(r, c, id, o).map(Operation::Majore);
    }
    if let Some(o) = &raw.remise {
        return quantum(r, c, id, o).map(Operation::Remise);
    }
    if let Some(o) = &raw.remplace {
        return remplacement(r, c, id, o).map(Operation::Remplace);
    }
    if let Some(m) = &raw.multiplie {
        return match nombre(&m.0) {
            Ok(n) => Some(Operation::Multiplie(n)),
            Err(e) => {
                r.signale(Diagnostic::new(codes::SYN04, m.span, e.message));
                None
            }
        };
    }
    if let Some(o) = &raw.plancher {
        return grandeur(r, o).map(Operation::Plancher);
    }
    if let Some(o) = &raw.plafond {
        return grandeur(r, o).map(Operation::Plafond);
    }
    if let Some(s) = &raw.supplement {
        let (prestation, bareme) = c.index.prestation_tarifee(r, &s.prestation)?;
        return Some(Operation::Supplement(prestation, bareme));
    }
    if let Some(a) = &raw.arrondit {
        let pas = nombre(&a.pas.0).ok().filter(|p| *p > Decimal::ZERO);
        let mode = mode(r, &a.mode);
        let Some(pas) = pas else {
            r.signale(Diagnostic::new(
                codes::SYN04,
                a.pas.span,
                "`pas` : un nombre plus grand que zéro, ex. 0.10",
            ));
            return None;
        };
        return mode.map(|mode| Operation::Arrondit(Arrondi { pas, mode }));
    }
    let script = raw.script.as_ref()?;
    c.index.script(r, &script.0, script.span).map(Operation::Script)
}

/// Exactly one of these keys is written.
fn une_seule(r: &mut Resolution<'_>, span: Span, cles: &[(String, Span)], parmi: &[&str]) -> Option<()> {
    let ecrites: Vec<&(String, Span)> = cles.iter().filter(|(c, _)| parmi.contains(&c.as_str())).collect();
    match ecrites.as_slice() {
        [_] => Some(()),
        [] => {
            let liste = parmi.iter().map(|p| format!("`{p}`")).collect::<Vec<_>>().join(", ");
            r.signale(Diagnostic::new(
                codes::SYN04,
                span,
                format!("il manque ce que fait l'étape : une clé parmi {liste}"),
            ));
            None
        }
        [(premiere, place), (seconde, span), ..] => {
            let message = format!("une étape ne fait qu'une chose : `{premiere}` et `{seconde}`");
            r.signale(Diagnostic::new(codes::SYN04, *span, message).secondaire(*place, "première opération"));
            None
        }
    }
}

fn grandeur(r: &mut Resolution<'_>, o: &Sp<RawOperande>) -> Option<Grandeur> {
    match &o.valeur {
        RawOperande::Montant(m) => Some(Grandeur::Montant(*m)),
        RawOperande::Expression(noeud) => expression(r, noeud),
        RawOperande::Taux(_) | RawOperande::Bloc(_) => {
            r.signale(Diagnostic::new(codes::SYN04, o.span, "montant, figure nommée ou formule attendue"));
            None
        }
    }
}

/// A named figure, `fait.nom`, or a formula.
fn expression(r: &mut Resolution<'_>, noeud: &Noeud) -> Option<Grandeur> {
    if let Some(f) = noeud.texte().and_then(|t| t.strip_prefix("fait.")).and_then(|t| r.vocabulaire.fait(t)) {
        return Some(Grandeur::Fait(f));
    }
    grandeur_noeud(r, noeud)
}

fn quantum(r: &mut Resolution<'_>, c: &mut Cadre<'_>, id: &str, o: &Sp<RawOperande>) -> Option<Quantum> {
    match &o.valeur {
        RawOperande::Montant(m) => Some(Quantum::Montant(Grandeur::Montant(*m))),
        RawOperande::Taux(t) => Some(Quantum::Taux(*t)),
        RawOperande::Expression(noeud) => expression(r, noeud).map(Quantum::Montant),
        RawOperande::Bloc(b) => quantum_bloc(r, c, id, b, o.span),
    }
}

fn quantum_bloc(
    r: &mut Resolution<'_>,
    c: &mut Cadre<'_>,
    id: &str,
    b: &RawOperandeBloc,
    span: Span,
) -> Option<Quantum> {
    if b.lignes.span.is_some() {
        return Some(Quantum::Lignes(montants(r, c, id, &b.lignes, span)));
    }
    if let Some(bareme) = &b.bareme {
        return c.index.bareme(r, bareme, bareme.span).map(Quantum::Bareme);
    }
    if let Some(m) = &b.montant {
        return Some(Quantum::Montant(Grandeur::Montant(m.0)));
    }
    if let Some(q) = &b.a_demander {
        let lieu = question::a_demander(r, &format!("service.{}.{id}", c.service), q.span, &q.0);
        return Some(Quantum::Bareme(c.index.ajoute(Resultat::ADemander(q.0.as_str().into()), lieu)));
    }
    if let Some(m) = &b.exemple {
        let lieu = r.pose(m.span, c.source);
        let message = format!("service `{}`, `{id}` : {} est un montant d'exemple, non voté", c.service, m.0);
        r.signale(Diagnostic::new(codes::CFM02, m.span, message).aide("remplacez-le par le montant voté"));
        return Some(Quantum::Bareme(c.index.ajoute(Resultat::Exemple(m.0), lieu)));
    }
    if let Some(f) = &b.fait {
        let fait = r.vocabulaire.fait(&f.0);
        if fait.is_none() {
            let d = Diagnostic::new(codes::REF01, f.span, format!("fait inconnu : « {} »", f.0));
            let d = d.aide(suggestion(&f.0, r.vocabulaire.noms()));
            r.signale(d);
        }
        return fait.map(Grandeur::Fait).map(Quantum::Montant);
    }
    r.signale(Diagnostic::new(codes::SYN04, span, "`lignes`, `bareme`, `montant` ou `a_demander` attendu"));
    None
}

/// A table of amounts.
fn montants(
    r: &mut Resolution<'_>,
    c: &Cadre<'_>,
    id: &str,
    lignes: &Liste<RawRangee>,
    span: Span,
) -> Table<Grandeur> {
    let forme = Forme {
        nom: format!("le tableau de `{id}`"),
        dimensions: None,
        resultats: &["montant"],
        restreint: c.restreint,
        source: c.source,
        trou: codes::TAR01,
        span: lignes.span.unwrap_or(span),
    };
    table::table(r, &forme, lignes, Grandeur::Montant(Decimal::ZERO), |r, rangee, _| {
        question::de_source(r, &format!("service.{}.{id}", c.service), rangee.source.as_ref());
        let (_, noeud) = table::un_resultat(r, rangee, &["montant"])?;
        expression(r, noeud)
    })
}

fn remplacement(
    r: &mut Resolution<'_>,
    c: &mut Cadre<'_>,
    id: &str,
    o: &Sp<RawOperande>,
) -> Option<Remplacement> {
    match &o.valeur {
        RawOperande::Montant(m) => Some(Remplacement::Montant(Grandeur::Montant(*m))),
        RawOperande::Expression(noeud) => expression(r, noeud).map(Remplacement::Montant),
        RawOperande::Taux(_) => {
            r.signale(Diagnostic::new(
                codes::SYN04,
                o.span,
                "un prix ne se remplace pas par un taux : montant, `{ bareme }` ou `{ ligne }`",
            ));
            None
        }
        RawOperande::Bloc(b) => {
            if let Some(ligne) = &b.ligne {
                return Some(Remplacement::Ligne(ligne.as_str().into()));
            }
            match quantum_bloc(r, c, id, b, o.span)? {
                Quantum::Montant(g) => Some(Remplacement::Montant(g)),
                Quantum::Lignes(t) => Some(Remplacement::Lignes(t)),
                Quantum::Bareme(b) => Some(Remplacement::Bareme(b)),
                Quantum::Taux(_) => None,
            }
        }
    }
}

fn seulement(r: &mut Resolution<'_>, raw: &Sp<RawSeulement>) -> Option<Seulement> {
    derive::mot(r, &raw.ordre, &["jour"]);
    let premiers = u32::try_from(raw.premiers.valeur.0).ok().filter(|n| *n > 0);
    if premiers.is_none() {
        r.signale(Diagnostic::new(codes::SYN04, raw.premiers.span, "`premiers` : un nombre d'au moins 1"));
    }
    Some(Seulement { premiers: premiers?, par: cles(r, &raw.par) })
}

/// The events that may be counted or that bring a penalty, as conditions on the built-in dimensions.
const EVENEMENTS: [&str; 7] = [
    "presence_sans_reservation",
    "absence_non_annoncee",
    "depart_tardif",
    "inscription_tardive",
    "absence",
    "presence",
    "reservation",
];

fn evenement(r: &mut Resolution<'_>, mot: &Sp<Id>) -> Option<(FaitId, Selection)> {
    let valeur = |r: &Resolution<'_>, fait: &str, texte: &str, sauf: bool| {
        let fait = r.vocabulaire.fait(fait)?;
        let motif = Motif::Valeur(r.vocabulaire.domaine(fait).choix(texte)?);
        Some((fait, Selection { motifs: vec![motif], sauf, absent_aussi: false }))
    };
    let trouve = match mot.as_str() {
        "presence_sans_reservation" => valeur(r, "delai", "sans_reservation", false),
        "reservation" => valeur(r, "delai", "sans_reservation", true),
        "absence_non_annoncee" => valeur(r, "annonce", "aucune", false),
        "inscription_tardive" => valeur(r, "delai", "tardif", false),
        "absence" => valeur(r, "presence", "absent", false),
        "presence" => valeur(r, "presence", "present", false),
        "depart_tardif" => r.vocabulaire.fait("depart").map(|f| {
            let connu = Motif::Entiers(Intervalle { de: None, a: None });
            (f, Selection { motifs: vec![connu], sauf: false, absent_aussi: false })
        }),
        _ => {
            derive::mot(r, mot, &EVENEMENTS);
            return None;
        }
    };
    if trouve.is_none() {
        let message = format!("`{}` ne peut pas arriver ici : aucun délai ne porte ce nom", mot.as_str());
        r.signale(
            Diagnostic::new(codes::REF01, mot.span, message)
                .aide("ex. un délai `tardif` dans la réservation"),
        );
    }
    trouve
}

/// An event, and a condition besides.
fn quand(r: &mut Resolution<'_>, mot: &Sp<Id>, si: Option<&Sp<RawCondition>>) -> Option<Condition> {
    let (fait, selection) = evenement(r, mot)?;
    let (mut carte, texte) = match si.map(|s| &s.valeur) {
        None => (Vec::new(), None),
        Some(raw) => condition::parties_raw(r, raw)?,
    };
    carte.push((fait, selection));
    let carte = carte.into_iter().map(|(f, s)| (f, r.vocabulaire.domaine(f).clone(), s)).collect();
    Condition::compile(carte, texte).ok()
}

fn compteur(r: &mut Resolution<'_>, raw: &Sp<RawCompteur>) -> Option<Compteur> {
    let fait = r.vocabulaire.fait("occurrence")?;
    let compte = quand(r, &raw.de, None)?;
    let par = cles(r, &raw.par);
    let periode = par.iter().any(|c| !matches!(c, Cle::Foyer | Cle::Enfant | Cle::Prestation));
    if !periode {
        let d = Diagnostic::new(
            codes::PEN01,
            raw.par.span.unwrap_or(raw.span),
            "ce compteur ne revient jamais à zéro",
        );
        r.signale(d.aide("ajoutez une période à `par` : jour, semaine, mois, annee ou annee_scolaire"));
    }
    Some(Compteur { fait, compte, par })
}

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
            etapes.1.push(NomRegle { id, preuve: Vec::new(), lieu });
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
            etapes.1.push(nom(&raw.penalite, &raw.preuve, lieu));
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
    let heure = match Heure::lit(&apres.0).map_err(de_rules) {
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
            etapes.1.push(NomRegle { id: raw.frais.to_string(), preuve: Vec::new(), lieu });
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
            etapes.1.push(NomRegle { id: raw.tiers.to_string(), preuve: Vec::new(), lieu });
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
