//! A cell: what is written for one dimension, read in that dimension's domain.

use jiff::civil::Date;
use rules::faits::{FaitId, Symboles};
use rules::scalaire::{Duree, ErreurScalaire, Heure, Unite};
use rules::selection::{Borne, Intervalle, Motif, Selection};
use rules::valeur::{Domaine, UniteDuree, Valeur};

use super::Resolution;
use super::intervalle::{self, Bout};
use crate::definition::arbre::{Contenu, Noeud};
use crate::definition::lecture::suggestion;
use crate::definition::raw::valeurs::nombre;
use crate::definition::source::Span;
use crate::diagnostic::{Diagnostic, codes};

/// What the cell accepts; `None` when something in it is wrong (and was reported).
pub(super) fn selection(r: &mut Resolution<'_>, fait: FaitId, noeud: &Noeud) -> Option<Selection> {
    match &noeud.contenu {
        Contenu::Liste(elements) => {
            let motifs: Vec<Option<Vec<Motif>>> = elements.iter().map(|n| motif(r, fait, n)).collect();
            let motifs: Option<Vec<Vec<Motif>>> = motifs.into_iter().collect();
            Some(Selection { motifs: motifs?.concat(), sauf: false, absent_aussi: false })
        }
        Contenu::Carte(entrees) => match entrees.as_slice() {
            [(cle, valeur)] if cle.texte == "sauf" => {
                let dedans = selection(r, fait, valeur)?;
                // `absent` written in the exception is already out: leaving it out of `motifs` keeps one meaning
                let motifs =
                    dedans.motifs.into_iter().filter(|m| *m != Motif::Valeur(Valeur::Absent)).collect();
                Some(Selection { motifs, sauf: true, absent_aussi: false })
            }
            _ => {
                let aide = "une valeur, une liste, un intervalle, ou `{ sauf: [..] }`";
                r.lecture.inattendu(noeud, "valeur attendue", Some(aide));
                None
            }
        },
        Contenu::Scalaire(_) => {
            Some(Selection { motifs: motif(r, fait, noeud)?, sauf: false, absent_aussi: false })
        }
        Contenu::Nul => {
            r.lecture.inattendu(noeud, "valeur attendue", Some("pour « pas connu », écrivez `absent`"));
            None
        }
    }
}

/// The alternatives that one scalar stands for: several when a short name covers dated ones (`toussaint`).
fn motif(r: &mut Resolution<'_>, fait: FaitId, noeud: &Noeud) -> Option<Vec<Motif>> {
    let Some(texte) = noeud.texte() else {
        r.lecture.inattendu(noeud, "une seule valeur attendue", Some("les listes ne s'emboîtent pas"));
        return None;
    };
    if texte == "absent" {
        if !r.vocabulaire.peut_manquer(fait) {
            let nom = r.vocabulaire.nom(fait).to_owned();
            let message = format!("`{nom}` est toujours connu : `absent` ne peut pas arriver");
            r.lecture.signale(Diagnostic::new(codes::TAR04, noeud.span, message).aide("retirez `absent`"));
        }
        return Some(vec![Motif::Valeur(Valeur::Absent)]);
    }
    let domaine = r.vocabulaire.domaine(fait).clone();
    match lit_motif(texte, &domaine) {
        Ok(motifs) => Some(motifs),
        Err(Faute::Inconnu { connues }) => {
            let nom = r.vocabulaire.nom(fait).to_owned();
            r.lecture.signale(inconnue(noeud.span, texte, &nom, &connues));
            None
        }
        Err(Faute::Ecriture(e)) => {
            let nom = r.vocabulaire.nom(fait).to_owned();
            let span = noeud.partie(e.debut, e.fin);
            let mut d = Diagnostic::new(codes::SYN04, span, format!("`{nom}` : {}", e.message));
            d.aide = e.aide;
            r.lecture.signale(d);
            None
        }
    }
}

/// REF01: a value that the dimension does not have.
pub(super) fn inconnue(span: Span, texte: &str, nom: &str, connues: &[&str]) -> Diagnostic {
    let message = format!("« {texte} » n'est pas une valeur de `{nom}`");
    let d = Diagnostic::new(codes::REF01, span, message);
    d.aide(suggestion(texte, connues.iter().copied()))
}

enum Faute<'d> {
    Inconnu { connues: Vec<&'d str> },
    Ecriture(ErreurScalaire),
}

fn lit_motif<'d>(texte: &str, domaine: &'d Domaine) -> Result<Vec<Motif>, Faute<'d>> {
    if let Domaine::Choix(noms) | Domaine::Ensemble(noms) = domaine {
        if texte == ".." {
            return Ok((0..noms.len())
                .filter_map(|i| u16::try_from(i).ok())
                .map(|i| Motif::Valeur(Valeur::Choix(i)))
                .collect());
        }
        if let Some(valeur) = domaine.choix(texte) {
            return Ok(vec![Motif::Valeur(valeur)]);
        }
        // `toussaint` stands for `toussaint_2025`, `toussaint_2026`…; `vacances` for every holiday
        let couvre = |nom: &str| {
            nom.strip_prefix(texte)
                .and_then(|r| r.strip_prefix('_'))
                .is_some_and(|a| a.bytes().all(|b| b.is_ascii_digit()))
        };
        let dates: Vec<Motif> = noms
            .iter()
            .filter(|n| {
                couvre(n)
                    || (texte == "vacances"
                        && noms.first().is_some_and(|s| **s == *"scolaire")
                        && ***n != *"scolaire")
            })
            .filter_map(|n| domaine.choix(n))
            .map(Motif::Valeur)
            .collect();
        if !dates.is_empty() {
            return Ok(dates);
        }
        return Err(Faute::Inconnu { connues: noms.iter().map(|n| &**n).collect() });
    }
    if *domaine == Domaine::Booleen {
        return match domaine.choix(texte) {
            Some(v) => Ok(vec![Motif::Valeur(v)]),
            None => Err(Faute::Inconnu { connues: vec!["oui", "non"] }),
        };
    }
    let ecrit = match intervalle::lit(texte) {
        Ok(ecrit) => ecrit,
        Err(e) => {
            return Err(Faute::Ecriture(ErreurScalaire {
                message: e.message.into(),
                debut: e.debut,
                fin: e.fin,
                aide: None,
            }));
        }
    };
    let Some(ecrit) = ecrit else {
        return Ok(vec![match domaine {
            Domaine::Nombre { .. } => Motif::Nombres(egal(nombre(texte).map_err(Faute::Ecriture)?)),
            Domaine::Date => Motif::Dates(egal(date(texte).map_err(Faute::Ecriture)?)),
            _ => Motif::Entiers(egal(entier(texte, domaine).map_err(Faute::Ecriture)?)),
        }]);
    };
    let motif = match domaine {
        Domaine::Nombre { .. } => Motif::Nombres(bornes(texte, ecrit, nombre)?),
        Domaine::Date => Motif::Dates(bornes(texte, ecrit, date)?),
        _ => Motif::Entiers(bornes(texte, ecrit, |t| entier(t, domaine))?),
    };
    Ok(vec![motif])
}

fn egal<T: Copy>(valeur: T) -> Intervalle<T> {
    let borne = Borne { valeur, incluse: true };
    Intervalle { de: Some(borne), a: Some(borne) }
}

fn bornes<'d, T: Copy + PartialOrd>(
    texte: &str,
    ecrit: intervalle::IntervalleEcrit<'_>,
    lit: impl Fn(&str) -> Result<T, ErreurScalaire>,
) -> Result<Intervalle<T>, Faute<'d>> {
    let bout = |b: Option<Bout<'_>>| -> Result<Option<Borne<T>>, Faute<'d>> {
        let Some(b) = b else { return Ok(None) };
        let valeur = lit(b.texte).map_err(|e| {
            Faute::Ecriture(ErreurScalaire { debut: e.debut + b.debut, fin: e.fin + b.debut, ..e })
        })?;
        Ok(Some(Borne { valeur, incluse: b.incluse }))
    };
    let intervalle = Intervalle { de: bout(ecrit.de)?, a: bout(ecrit.a)? };
    if let (Some(de), Some(a)) = (intervalle.de, intervalle.a)
        && (de.valeur > a.valeur || (de.valeur == a.valeur && !(de.incluse && a.incluse)))
    {
        let message = "l'intervalle est vide : la borne de gauche dépasse celle de droite";
        return Err(Faute::Ecriture(ErreurScalaire::entier(texte, message)));
    }
    Ok(intervalle)
}

fn date(texte: &str) -> Result<Date, ErreurScalaire> {
    rules::scalaire::lit_date(texte)
}

/// Hours in minutes since midnight, durations in the domain's unit.
fn entier(texte: &str, domaine: &Domaine) -> Result<i64, ErreurScalaire> {
    match domaine {
        Domaine::Heure => Heure::lit(texte).map(|h| i64::from(h.minutes())),
        Domaine::Duree(unite) => {
            let duree = Duree::lit(texte)?;
            en_unites(&duree, *unite).ok_or_else(|| {
                let attendue = match unite {
                    UniteDuree::Minute => "minutes ou heures, ex. 15 min",
                    UniteDuree::Jour => "jours, ex. 3 jours",
                    UniteDuree::Mois => "mois, ex. 2 mois",
                };
                ErreurScalaire::entier(texte, format!("durée attendue en {attendue} — trouvé « {texte} »"))
            })
        }
        _ => nombre(texte).and_then(|n| {
            i64::try_from(n.trunc().mantissa())
                .map_err(|_| ErreurScalaire::entier(texte, format!("nombre trop grand : « {texte} »")))
        }),
    }
}

/// A duration in whole units; `None` when it is not one of this domain's.
fn en_unites(duree: &Duree, unite: UniteDuree) -> Option<i64> {
    let n = i64::from(duree.n);
    match (unite, &duree.unite) {
        (UniteDuree::Minute, _) => duree.en_minutes().map(i64::from),
        (UniteDuree::Jour, Unite::Jours(_)) => Some(n),
        (UniteDuree::Jour, Unite::Semaines) => n.checked_mul(7),
        (UniteDuree::Mois, Unite::Mois) => Some(n),
        (UniteDuree::Mois, Unite::Ans) => n.checked_mul(12),
        _ => None,
    }
}
