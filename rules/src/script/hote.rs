//! What a script may call: the functions of expressions, and a few on lists. Each is O(1) or spends its size.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use jiff::civil::Date;
use rhai::{Array, Dynamic, Engine, EvalAltResult, FnPtr, ImmutableString, NativeCallContext, Position};
use rust_decimal::Decimal;

use super::contrat::LISTE_MAX;
use super::moteur::{self, DIVISE};
use crate::fonctions::{self, DECIMALES_MAX, ErreurCalcul, JOURS, SensArrondi};

/// A list of records or scalars: shared, so that naming it twice costs nothing.
#[derive(Clone, Debug, Default)]
pub struct Liste(pub(super) Arc<Vec<Dynamic>>);

/// The message of a host function that fails (a script's own `throw` carries something else).
#[derive(Clone, Debug)]
pub(super) struct Echec(pub(super) Cow<'static, str>);

type Resultat<T> = Result<T, Box<EvalAltResult>>;

/// Name, arguments as the help prints them, fewest and most.
pub(super) const FONCTIONS: [(&str, &str, usize, usize); 27] = [
    ("min", "a, b", 2, 4),
    ("max", "a, b", 2, 4),
    ("borne", "x, bas, haut", 3, 3),
    ("arrondi", "x, décimales", 2, 2),
    ("arrondi_inf", "x, décimales", 2, 2),
    ("arrondi_sup", "x, décimales", 2, 2),
    ("est_connu", "x", 1, 1),
    ("age", "naissance, au", 2, 2),
    ("jours_entre", "a, b", 2, 2),
    ("mois_entre", "a, b", 2, 2),
    ("ajoute_mois", "date, n", 2, 2),
    ("jour_semaine", "date", 1, 1),
    ("semaine_iso", "date", 1, 1),
    ("est_ferie", "date", 1, 1),
    ("est_ecole", "date", 1, 1),
    ("date", "\"2025-09-01\"", 1, 1),
    ("entier", "x", 1, 1),
    ("liste", "", 0, 0),
    ("ajoute", "liste, ligne", 2, 2),
    ("compte", "liste, |ligne| condition", 1, 2),
    ("somme", "liste, |ligne| nombre", 1, 2),
    ("filtre", "liste, |ligne| condition", 2, 2),
    ("trie", "liste, |ligne| clé", 2, 2),
    ("premier", "liste, |ligne| condition", 1, 2),
    ("rang", "liste, i", 2, 2),
    ("contains", "valeur in [a, b]", 2, 2),
    (DIVISE, "a / b", 2, 2),
];

/// The functions that take a closure, always last.
pub(super) const AVEC_FONCTION: [&str; 5] = ["compte", "somme", "filtre", "trie", "premier"];

fn echec(message: impl Into<Cow<'static, str>>) -> Box<EvalAltResult> {
    EvalAltResult::ErrorRuntime(Dynamic::from(Echec(message.into())), Position::NONE).into()
}

fn calcul(e: ErreurCalcul) -> Box<EvalAltResult> {
    echec(e.to_string())
}

/// Spends one operation an element, or fails.
fn paie(n: usize) -> Resultat<()> {
    if moteur::depense(u64::try_from(n).unwrap_or(u64::MAX)) {
        Ok(())
    } else {
        Err(EvalAltResult::ErrorTooManyOperations(Position::NONE).into())
    }
}

/// An integer or a decimal, as a decimal.
pub(super) fn nombre(valeur: &Dynamic) -> Option<Decimal> {
    if let Ok(n) = valeur.as_int() {
        return Some(n.into());
    }
    valeur.as_decimal().ok()
}

fn un_nombre(valeur: &Dynamic) -> Resultat<Decimal> {
    nombre(valeur).ok_or_else(|| echec("un nombre est attendu"))
}

fn extreme(valeurs: &[Dynamic], garde: Ordering) -> Resultat<Decimal> {
    let mut meilleur: Option<Decimal> = None;
    for valeur in valeurs {
        let n = un_nombre(valeur)?;
        if meilleur.is_none_or(|m| n.cmp(&m) == garde) {
            meilleur = Some(n);
        }
    }
    meilleur.ok_or_else(|| echec("un nombre est attendu"))
}

/// Order of two scalars of one kind; `None` when they have none.
fn ordre(a: &Dynamic, b: &Dynamic) -> Option<Ordering> {
    if let (Some(x), Some(y)) = (nombre(a), nombre(b)) {
        return Some(x.cmp(&y));
    }
    if let (Some(x), Some(y)) = (a.clone().try_cast::<Date>(), b.clone().try_cast::<Date>()) {
        return Some(x.cmp(&y));
    }
    if let (Ok(x), Ok(y)) = (a.as_bool(), b.as_bool()) {
        return Some(x.cmp(&y));
    }
    match (a.as_immutable_string_ref(), b.as_immutable_string_ref()) {
        (Ok(x), Ok(y)) => Some(x.as_str().cmp(y.as_str())),
        _ => None,
    }
}

fn scalaire(valeur: &Dynamic) -> bool {
    nombre(valeur).is_some() || valeur.is_bool() || valeur.is_string() || valeur.is::<Date>()
}

fn egaux(a: &Dynamic, b: &Dynamic) -> bool {
    (a.is_unit() && b.is_unit()) || ordre(a, b) == Some(Ordering::Equal)
}

/// A list holds scalars, or records of scalars: never a list, so that it can be neither deep nor circular.
fn element(valeur: &Dynamic) -> bool {
    scalaire(valeur) || valeur.as_map_ref().is_ok_and(|m| m.values().all(|v| scalaire(v) || v.is_unit()))
}

fn appelle(contexte: &NativeCallContext, f: &FnPtr, x: &Dynamic) -> Resultat<Dynamic> {
    paie(1)?;
    f.call_within_context(contexte, (x.clone(),))
}

fn condition(contexte: &NativeCallContext, f: &FnPtr, x: &Dynamic) -> Resultat<bool> {
    appelle(contexte, f, x)?
        .as_bool()
        .map_err(|_| echec("la fonction doit rendre une condition (true ou false)"))
}

pub(super) fn inscrit(moteur: &mut Engine) {
    inscrit_nombres(moteur);
    inscrit_dates(moteur);
    inscrit_listes(moteur);
    moteur.register_fn("est_connu", |x: Dynamic| !x.is_unit());
    // Rhai's own sleep is not loaded; if a package ever brings it, this one stands before it
    moteur.register_fn("sleep", |_: Dynamic| -> Resultat<()> { Err(echec("un script n'attend pas")) });
}

fn inscrit_nombres(moteur: &mut Engine) {
    let divise = |a: Decimal, b: Decimal| fonctions::divise(a, b).map_err(calcul);
    moteur
        .register_fn(DIVISE, move |a: Decimal, b: Decimal| divise(a, b))
        .register_fn(DIVISE, move |a: Decimal, b: i64| divise(a, b.into()))
        .register_fn(DIVISE, move |a: i64, b: Decimal| divise(a.into(), b))
        .register_fn(DIVISE, move |a: i64, b: i64| divise(a.into(), b.into()));
    for (nom, garde) in [("min", Ordering::Less), ("max", Ordering::Greater)] {
        moteur
            .register_fn(nom, move |a: Dynamic, b: Dynamic| extreme(&[a, b], garde))
            .register_fn(nom, move |a: Dynamic, b: Dynamic, c: Dynamic| extreme(&[a, b, c], garde))
            .register_fn(nom, move |a: Dynamic, b: Dynamic, c: Dynamic, d: Dynamic| {
                extreme(&[a, b, c, d], garde)
            });
    }
    for (nom, sens) in [
        ("arrondi", SensArrondi::Proche),
        ("arrondi_inf", SensArrondi::Inferieur),
        ("arrondi_sup", SensArrondi::Superieur),
    ] {
        moteur.register_fn(nom, move |x: Dynamic, decimales: i64| {
            let decimales = u32::try_from(decimales).ok().filter(|n| *n <= DECIMALES_MAX);
            let decimales = decimales.ok_or_else(|| echec("le nombre de décimales va de 0 à 10"))?;
            un_nombre(&x).map(|x| fonctions::arrondi(x, decimales, sens))
        });
    }
    moteur
        .register_fn("borne", |x: Dynamic, bas: Dynamic, haut: Dynamic| {
            fonctions::borne(un_nombre(&x)?, un_nombre(&bas)?, un_nombre(&haut)?).map_err(calcul)
        })
        .register_fn("entier", |x: Dynamic| fonctions::entier(un_nombre(&x)?).map_err(calcul));
}

fn inscrit_dates(moteur: &mut Engine) {
    moteur
        .register_type_with_name::<Date>("date")
        .register_fn("==", |a: Date, b: Date| a == b)
        .register_fn("!=", |a: Date, b: Date| a != b)
        .register_fn("<", |a: Date, b: Date| a < b)
        .register_fn("<=", |a: Date, b: Date| a <= b)
        .register_fn(">", |a: Date, b: Date| a > b)
        .register_fn(">=", |a: Date, b: Date| a >= b)
        .register_fn("date", |texte: ImmutableString| {
            let date = (texte.len() == 10).then(|| texte.parse::<Date>().ok()).flatten();
            date.ok_or_else(|| echec("une date s'écrit \"2025-09-01\""))
        })
        .register_fn("age", |a: Date, b: Date| Decimal::from(fonctions::age(a, b)))
        .register_fn("jours_entre", |a: Date, b: Date| Decimal::from(fonctions::jours_entre(a, b)))
        .register_fn("mois_entre", |a: Date, b: Date| Decimal::from(fonctions::mois_entre(a, b)))
        .register_fn("ajoute_mois", |d: Date, n: Dynamic| {
            fonctions::ajoute_mois(d, un_nombre(&n)?).map_err(calcul)
        })
        .register_fn("semaine_iso", |d: Date| Decimal::from(fonctions::semaine_iso(d)))
        .register_fn("jour_semaine", |d: Date| {
            JOURS.get(usize::from(fonctions::jour_semaine(d))).copied().unwrap_or_default()
        })
        .register_fn("est_ferie", |d: Date| du_calendrier(d, |h, d| h.est_ferie(d)))
        .register_fn("est_ecole", |d: Date| du_calendrier(d, |h, d| h.est_ecole(d)));
}

fn du_calendrier(jour: Date, lit: fn(&dyn fonctions::Hote, Date) -> Option<bool>) -> Resultat<bool> {
    let hote = moteur::hote_en_cours();
    hote.and_then(|h| lit(&*h, jour)).ok_or_else(|| calcul(ErreurCalcul::HorsCalendrier(jour)))
}

fn inscrit_listes(moteur: &mut Engine) {
    moteur
        .register_type_with_name::<Liste>("liste")
        .register_iterator::<Liste>()
        .register_fn("liste", Liste::default)
        .register_fn("ajoute", |liste: &mut Liste, x: Dynamic| -> Resultat<()> {
            if liste.0.len() >= LISTE_MAX {
                return Err(echec("la liste devient trop longue"));
            }
            if !element(&x) {
                return Err(echec(
                    "une liste contient des valeurs simples ou des enregistrements de valeurs simples",
                ));
            }
            // a list that something else still names is copied
            paie(if Arc::strong_count(&liste.0) > 1 { liste.0.len() + 1 } else { 1 })?;
            Arc::make_mut(&mut liste.0).push(x);
            Ok(())
        })
        .register_fn("rang", |liste: Liste, i: i64| {
            let i = usize::try_from(i).ok();
            i.and_then(|i| liste.0.get(i).cloned()).ok_or_else(|| echec("cet indice sort de la liste"))
        })
        .register_fn("compte", |liste: Liste| Decimal::from(liste.0.len()))
        .register_fn("compte", |contexte: NativeCallContext, liste: Liste, f: FnPtr| {
            let mut n = 0_u32;
            for x in liste.0.iter() {
                n += u32::from(condition(&contexte, &f, x)?);
            }
            Ok::<_, Box<EvalAltResult>>(Decimal::from(n))
        })
        .register_fn("somme", |liste: Liste| {
            paie(liste.0.len())?;
            somme(liste.0.iter().map(un_nombre))
        })
        .register_fn("somme", |contexte: NativeCallContext, liste: Liste, f: FnPtr| {
            somme(liste.0.iter().map(|x| un_nombre(&appelle(&contexte, &f, x)?)))
        })
        .register_fn("filtre", |contexte: NativeCallContext, liste: Liste, f: FnPtr| {
            let mut gardes = Vec::new();
            for x in liste.0.iter() {
                if condition(&contexte, &f, x)? {
                    gardes.push(x.clone());
                }
            }
            Ok::<_, Box<EvalAltResult>>(Liste(Arc::new(gardes)))
        })
        .register_fn("premier", |liste: Liste| liste.0.first().cloned().unwrap_or(Dynamic::UNIT))
        .register_fn("premier", |contexte: NativeCallContext, liste: Liste, f: FnPtr| {
            for x in liste.0.iter() {
                if condition(&contexte, &f, x)? {
                    return Ok(x.clone());
                }
            }
            Ok::<_, Box<EvalAltResult>>(Dynamic::UNIT)
        })
        .register_fn("trie", trie)
        .register_fn("contains", |liste: Array, x: Dynamic| {
            paie(liste.len())?;
            Ok::<_, Box<EvalAltResult>>(liste.iter().any(|y| egaux(y, &x)))
        });
}

fn somme(nombres: impl Iterator<Item = Resultat<Decimal>>) -> Resultat<Decimal> {
    let mut total = Decimal::ZERO;
    for n in nombres {
        total = total.checked_add(n?).ok_or_else(|| calcul(ErreurCalcul::Depassement))?;
    }
    Ok(total)
}

/// By increasing key; equal keys keep their order. The keys are computed once, then compared without calling back.
#[expect(clippy::needless_pass_by_value, reason = "the signature that Rhai registers")]
fn trie(contexte: NativeCallContext, liste: Liste, f: FnPtr) -> Resultat<Liste> {
    let n = liste.0.len();
    // n log n comparisons
    paie(n.saturating_mul(usize::BITS.saturating_sub(n.leading_zeros()).try_into().unwrap_or(64)))?;
    let mut cles: Vec<(Dynamic, &Dynamic)> = Vec::with_capacity(n);
    for x in liste.0.iter() {
        cles.push((appelle(&contexte, &f, x)?, x));
    }
    if let Some((premiere, _)) = cles.first()
        && cles.iter().any(|(cle, _)| ordre(premiere, cle).is_none())
    {
        return Err(echec(
            "les clés d'un tri sont toutes des nombres, ou toutes des dates, ou tous des textes",
        ));
    }
    cles.sort_by(|a, b| ordre(&a.0, &b.0).unwrap_or(Ordering::Equal));
    Ok(Liste(Arc::new(cles.into_iter().map(|(_, x)| x.clone()).collect())))
}

impl IntoIterator for Liste {
    type Item = Dynamic;
    type IntoIter = Parcours;

    fn into_iter(self) -> Parcours {
        Parcours { liste: self.0, prochain: 0 }
    }
}

/// Walks a shared list without copying it.
#[derive(Debug)]
pub struct Parcours {
    liste: Arc<Vec<Dynamic>>,
    prochain: usize,
}

impl Iterator for Parcours {
    type Item = Dynamic;

    fn next(&mut self) -> Option<Dynamic> {
        let x = self.liste.get(self.prochain)?.clone();
        self.prochain += 1;
        Some(x)
    }
}
