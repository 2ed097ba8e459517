//! `compte.cle_enfance`: the ways in which an account is linked to a family that the town knows.

use super::{Resolution, question};
use crate::cle_enfance::{CleRemise, FormatCle, Mode, ModeCle, UnePar};
use crate::definition::lecture::{Liste, Sp};
use crate::definition::raw::commune::{RawCle, RawModeCle};
use crate::definition::source::Span;
use crate::diagnostic::{Diagnostic, codes};

/// Bits of the weakest key that is not guessable while two thousand are alive (see CLE01's page).
const BITS: f64 = 35.0;

/// Every mode, in the town's order.
pub(super) fn modes(r: &mut Resolution<'_>, raw: &Liste<RawModeCle>) -> Vec<ModeCle> {
    let mut modes = Vec::new();
    for m in raw {
        question::de_source(r, "commune.compte.cle_enfance", m.source.as_ref());
        let ecrits: Vec<&(String, Span)> =
            m.cles.iter().filter(|(c, _)| c != "si" && c != "source").collect();
        match ecrits.as_slice() {
            [_] => {
                let lieu = r.pose(m.span, None);
                modes.extend(mode(r, m).map(|mode| ModeCle { mode, lieu }));
            }
            [] => r.signale(Diagnostic::new(codes::SYN04, m.span, "un mode de rattachement est attendu")),
            [_, (autre, span), ..] => {
                let message = format!("un seul mode par élément : `{autre}` est de trop");
                r.signale(Diagnostic::new(codes::SYN04, *span, message).aide("une ligne par mode"));
            }
        }
    }
    modes
}

fn mode(r: &mut Resolution<'_>, raw: &RawModeCle) -> Option<Mode> {
    if let Some(rattachement) = &raw.rattachement_par_agent {
        return Some(Mode::RattachementParAgent { par: rattachement.par.to_string() });
    }
    if let Some(precree) = &raw.compte_precree {
        return Some(Mode::ComptePrecree { message: precree.message.to_string() });
    }
    if let Some(cle) = &raw.cle {
        return remise(r, cle).map(|cle| Mode::Cle(Box::new(cle)));
    }
    if let Some(partenaire) = &raw.espace_partenaire {
        let nom = partenaire.nom.0.clone();
        return Some(Mode::EspacePartenaire { nom, une_fois: partenaire.une_fois.0 });
    }
    let import = raw.import.as_ref()?;
    if !import.identifiants_conserves.0 {
        let message = "une reprise qui change les identifiants est une création de compte";
        r.signale(
            Diagnostic::new(codes::SYN04, import.identifiants_conserves.span, message)
                .aide("`identifiants_conserves: oui`, ou un autre mode"),
        );
    }
    Some(Mode::Import)
}

/// CLE01: a key must be long enough, expire, count its misses, and ask one thing more.
fn remise(r: &mut Resolution<'_>, cle: &Sp<RawCle>) -> Option<CleRemise> {
    let format = match FormatCle::lit(&cle.format.0) {
        Ok(format) => Some(format),
        Err(e) => {
            r.signale(Diagnostic::new(codes::SYN04, cle.format.span, e.to_string()));
            None
        }
    };
    if let Some(bits) = format.as_ref().map(FormatCle::bits).filter(|b| *b < BITS) {
        let message = format!("la clé « {} » se devine : {bits:.0} bits, il en faut {BITS:.0}", cle.format.0);
        r.signale(
            Diagnostic::new(codes::CLE01, cle.format.span, message).aide("allongez-la, ex. `9999-AAA-999`"),
        );
    }
    let mut manque = |cle_manquante: &str, aide: &str| {
        let message = format!("la clé ne dit pas `{cle_manquante}`");
        r.signale(Diagnostic::new(codes::CLE01, cle.span, message).aide(aide));
    };
    if cle.expire.is_none() {
        manque("expire", "ex. `expire: 12 mois`");
    }
    if cle.second_facteur.is_none() {
        manque("second_facteur", "ex. `second_facteur: naissance_enfant`");
    }
    if cle.essais.is_none() {
        manque("essais", "ex. `essais: 5`");
    }
    let essais = cle.essais.as_ref()?;
    let compte = u32::try_from(essais.0).ok().filter(|n| (1..=10).contains(n));
    if compte.is_none() {
        let message = format!("{} essais : une clé en compte de 1 à 10", essais.0);
        r.signale(Diagnostic::new(codes::SYN04, essais.span, message).aide("ex. `essais: 5`"));
    }
    let dit = |moment: &str| cle.saisie.iter().any(|s| s.as_str() == moment);
    Some(CleRemise {
        format: format?,
        remise: cle.remise.iter().map(|m| m.to_string()).collect(),
        une_par: if cle.une_par.as_str() == "foyer" { UnePar::Foyer } else { UnePar::Responsable },
        essais: compte?,
        expire: cle.expire.as_ref()?.0.clone(),
        a_la_creation: dit("creation"),
        // said of neither: it has to be typed somewhere
        plus_tard: dit("plus_tard") || !dit("creation"),
        ouvre: cle.ouvre.iter().map(|s| s.to_string()).collect(),
    })
}
