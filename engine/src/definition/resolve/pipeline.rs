//! Ordered steps on lines, rules of a period, penalties, fees, third parties.

use rules::ajustement::{Ajustement, Cle, Compteur, Operation, Quantum, Remplacement, Seulement, Sur};
use rules::bareme::{Grandeur, Resultat};
use rules::faits::{FaitId, Symboles};
use rules::lieu::Lieu;
use rules::montant::Arrondi;
use rules::selection::{Intervalle, Motif, Selection};
use rules::table::Table;
use rules::valeur::Valeur;
use rust_decimal::Decimal;

use super::bareme::{grandeur_noeud, mode};
use super::index::Index;
use super::table::{self, Forme};
use super::{Resolution, condition, derive, question, texte_source};
use crate::commune::{Condition, Texte};
use crate::definition::arbre::Noeud;
use crate::definition::lecture::{Id, Liste, Sp, suggestion};
use crate::definition::raw::pipeline::{RawAjustement, RawCompteur, RawSeulement};
use crate::definition::raw::source::RawSource;
use crate::definition::raw::valeurs::{RawCondition, RawOperande, RawOperandeBloc, RawRangee, nombre};
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

pub(super) fn cles(r: &mut Resolution<'_>, par: &Liste<Id>) -> Vec<Cle> {
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
        etapes.1.push(nom(&raw.ajustement, raw.nom.as_ref(), &raw.preuve, a.lieu));
        etapes.0.push(a);
    }
    etapes
}

pub(super) fn nom(
    id: &Sp<Id>,
    nom: Option<&Sp<crate::definition::lecture::Texte>>,
    preuve: &Liste<Id>,
    lieu: Lieu,
) -> NomRegle {
    NomRegle {
        id: id.to_string(),
        nom: nom.map_or_else(|| id.as_str().replace('_', " "), |n| n.0.clone()),
        preuve: preuve.iter().map(|p| p.to_string()).collect(),
        lieu,
    }
}

/// Notes the questions of a step and where it is written.
pub(super) fn ouvre(
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
pub(super) fn une_seule(
    r: &mut Resolution<'_>,
    span: Span,
    cles: &[(String, Span)],
    parmi: &[&str],
) -> Option<()> {
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
pub(super) fn expression(r: &mut Resolution<'_>, noeud: &Noeud) -> Option<Grandeur> {
    if let Some(f) = noeud.texte().and_then(|t| t.strip_prefix("fait.")).and_then(|t| r.vocabulaire.fait(t)) {
        return Some(Grandeur::Fait(f));
    }
    grandeur_noeud(r, noeud)
}

pub(super) fn quantum(
    r: &mut Resolution<'_>,
    c: &mut Cadre<'_>,
    id: &str,
    o: &Sp<RawOperande>,
) -> Option<Quantum> {
    match &o.valeur {
        RawOperande::Montant(m) => Some(Quantum::Montant(Grandeur::Montant(*m))),
        RawOperande::Taux(t) => Some(Quantum::Taux(*t)),
        RawOperande::Expression(noeud) => expression(r, noeud).map(Quantum::Montant),
        RawOperande::Bloc(b) => quantum_bloc(r, c, id, b, o.span),
    }
}

pub(super) fn quantum_bloc(
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
pub(super) fn montants(
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
pub(super) fn quand(
    r: &mut Resolution<'_>,
    mot: &Sp<Id>,
    si: Option<&Sp<RawCondition>>,
) -> Option<Condition> {
    let (fait, selection) = evenement(r, mot)?;
    let (mut carte, texte) = match si.map(|s| &s.valeur) {
        None => (Vec::new(), None),
        Some(raw) => condition::parties_raw(r, raw)?,
    };
    carte.push((fait, selection));
    let carte = carte.into_iter().map(|(f, s)| (f, r.vocabulaire.domaine(f).clone(), s)).collect();
    Condition::compile(carte, texte).ok()
}

pub(super) fn compteur(r: &mut Resolution<'_>, raw: &Sp<RawCompteur>) -> Option<Compteur> {
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
