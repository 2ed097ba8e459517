//! Required documents.

use super::commune::inconnu;
use super::fichiers::Fichiers;
use super::{Resolution, condition, derive, donnees, pour_qui, question, texte_source};
use crate::commune::{Alternative, Condition, Piece, Provisoire, SiManque};
use crate::definition::lecture::{Entier, Sp};
use crate::definition::raw::piece::{RawPiece, RawProvisoire};
use crate::definition::raw::valeurs::{RawDuree, RawQuand, RawSiManque, RawValable};
use crate::demarche::Validite;
use crate::diagnostic::{Diagnostic, codes};
use jiff::civil::Date;
use rules::scalaire::{Duree, JourAnnuel};

/// What may be received: photographs are written again before they are kept, macros and active content never are (PIE02).
const FORMATS: [&str; 3] = ["pdf", "jpeg", "png"];
/// Files that one document may be made of, whatever the town writes.
const FICHIERS_MAX: u32 = 10;
/// What stands where the town did not say yet.
const A_CONFIRMER: &str = "a_confirmer";
/// Sensitivities that need a retention and a restricted role (PIE05).
const SENSIBLES: [&str; 2] = ["sante", "judiciaire"];
/// All sensitivities.
pub(crate) const SENSIBILITES: [&str; 5] = ["publique", "personnelle", "financiere", "sante", "judiciaire"];

/// Compiles every document.
pub(super) fn resout(r: &mut Resolution<'_>, f: &Fichiers) -> Vec<Piece> {
    let Some(raws) = &f.pieces else { return Vec::new() };
    question::de_liste(r, "pieces", &raws.questions);
    let mut pieces: Vec<Piece> = Vec::new();
    for raw in &raws.pieces {
        if pieces.iter().any(|p| p.id == raw.piece.as_str()) {
            r.signale(donnees::double(raw.piece.span, "pièce", &raw.piece));
        }
        pieces.extend(une(r, raw));
    }
    pieces
}

/// The texts that an agent may start from to refuse one.
pub(super) fn textes(f: &Fichiers) -> Vec<(String, String)> {
    let ecrits = f.pieces.iter().filter_map(|p| p.textes.as_ref());
    ecrits.flat_map(|t| t.valeur.iter()).map(|(nom, texte)| (nom.texte.clone(), texte.0.clone())).collect()
}

fn une(r: &mut Resolution<'_>, raw: &Sp<RawPiece>) -> Option<Piece> {
    let id = raw.piece.to_string();
    question::de_source(r, &format!("piece.{id}"), raw.source.as_ref());
    question::de_liste(r, &format!("piece.{id}"), &raw.questions);
    let source = raw.source.as_ref().map(|s| texte_source(s));
    let lieu = r.pose(raw.piece.span, source.as_ref());
    for format in &raw.formats {
        if !FORMATS.contains(&format.as_str()) {
            r.signale(Diagnostic {
                code: codes::PIE02,
                ..inconnu(format.span, "format refusé", format.as_str(), &FORMATS)
            });
        }
    }
    let sensibilite = raw.sensibilite.as_ref().map_or("personnelle", |s| s.as_str());
    if let Some(s) = &raw.sensibilite {
        derive::mot(r, s, &SENSIBILITES);
    }
    if SENSIBLES.contains(&sensibilite) && raw.conservation.is_none() {
        let message = format!("la pièce `{id}` est sensible ({sensibilite}) et ne dit pas sa `conservation`");
        r.signale(Diagnostic::new(codes::PIE05, raw.piece.span, message).aide("ex. `conservation: 1 an`"));
    }
    let quand = match &raw.quand.valeur {
        RawQuand::Toujours => Condition::default(),
        RawQuand::Si(c) => condition::condition(r, c)?,
    };
    let si_manque = match &raw.si_manque.valeur {
        RawSiManque::Bloque => SiManque::Bloque,
        RawSiManque::SansBlocage => SiManque::SansBlocage,
        RawSiManque::DesQuePossible(_) => SiManque::DesQuePossible,
    };
    let mut alternatives = Vec::new();
    for a in &raw.alternatives {
        let si = condition::facultative(r, a.si.as_ref())?;
        alternatives.push(Alternative { si, pieces: a.pieces.iter().map(|p| p.to_string()).collect() });
    }
    let pour_qui = match &raw.pour_qui {
        Some(ecrit) => ecrit.0.clone(),
        None => pour_qui::en_mots(&quand, &r.vocabulaire),
    };
    Some(Piece {
        id,
        pour_qui,
        nom: raw.nom.0.clone(),
        de: derive::mot(r, &raw.de, &["enfant", "foyer", "responsable", "personne"])?,
        quand,
        si_manque,
        alternatives,
        provisoire: raw.provisoire.as_ref().map(|p| provisoire(r, p)),
        rappel: raw.rappel.as_ref().and_then(|d| rappel(r, d)),
        relance: match &raw.si_manque.valeur {
            RawSiManque::DesQuePossible(relance) => Some(relance.relance.0.clone()),
            RawSiManque::Bloque | RawSiManque::SansBlocage => None,
        },
        formats: match &raw.formats[..] {
            [] => FORMATS.map(str::to_owned).into(),
            formats => formats.iter().map(|f| f.to_string()).collect(),
        },
        fichiers: raw.fichiers.as_ref().and_then(|n| fichiers(r, n)),
        age_max: raw.age_max.as_ref().map(|d| d.0.clone()),
        valable: raw.valable.as_ref().and_then(|v| valable(r, v)),
        signataires: raw.signataires.as_ref().and_then(|s| u8::try_from(s.valeur.0).ok()).unwrap_or(1),
        premiere_fois: raw.premiere_fois.as_ref().is_some_and(|b| b.0),
        sensibilite: sensibilite.to_owned(),
        lieu,
    })
}

/// A document accepted for a while; `a_confirmer`: nobody said for how long yet.
fn provisoire(r: &mut Resolution<'_>, raw: &RawProvisoire) -> Provisoire {
    let jusqu_a = raw.jusqu_a.as_ref().filter(|j| j.0 != A_CONFIRMER).and_then(|j| match Duree::lit(&j.0) {
        Ok(duree) => Some(duree),
        Err(e) => {
            let d = Diagnostic::new(codes::SYN04, j.span, e.message);
            r.signale(d.aide("ex. `jusqu_a: 2 mois`, ou `a_confirmer`"));
            None
        }
    });
    Provisoire { piece: raw.piece.to_string(), jusqu_a }
}

/// A reminder is counted back from a day: civil days, weeks, months.
fn rappel(r: &mut Resolution<'_>, raw: &Sp<RawDuree>) -> Option<Duree> {
    let compte = raw.0.avant(Date::MAX).is_some();
    if !compte {
        let message = "un rappel se compte en jours, en semaines ou en mois avant la fin";
        r.signale(Diagnostic::new(codes::SYN04, raw.span, message).aide("ex. `rappel: 30 jours`"));
    }
    compte.then(|| raw.0.clone())
}

/// How many files a document may be made of.
fn fichiers(r: &mut Resolution<'_>, raw: &Sp<Entier>) -> Option<u32> {
    let n = u32::try_from(raw.valeur.0).ok().filter(|n| (1..=FICHIERS_MAX).contains(n));
    if n.is_none() {
        let message = format!("une pièce se donne en 1 à {FICHIERS_MAX} fichiers");
        r.signale(Diagnostic::new(codes::PIE02, raw.span, message).aide("ex. `fichiers: 4`"));
    }
    n
}

/// How long a document holds. A document « en cours » holds until somebody says otherwise.
fn valable(r: &mut Resolution<'_>, raw: &Sp<RawValable>) -> Option<Validite> {
    match &raw.valeur {
        RawValable::AnneeScolaire => Some(Validite::AnneeScolaire),
        RawValable::EnCours | RawValable::Illimitee => Some(Validite::Illimitee),
        RawValable::Duree(d) => Some(Validite::Duree(d.0.clone())),
        RawValable::JusquA(jour) => match JourAnnuel::lit(&jour.0) {
            Ok(j) => Some(Validite::JusquA(j)),
            Err(e) => {
                r.signale(
                    Diagnostic::new(codes::SYN04, raw.span, e.message)
                        .aide("ex. `valable: { jusqu_a: 12-31 }`"),
                );
                None
            }
        },
    }
}
