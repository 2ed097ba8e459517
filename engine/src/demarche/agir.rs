//! Somebody does an action of the étape.

use super::chantier::{Chantier, refus_de_calcul};
use super::contexte::Contexte;
use super::decide::est;
use super::definition::{Action, Demarche, Etape, Exige};
use super::dossier::{Changement, Dossier};
use super::effets::applique;
use super::phase::Phase;
use super::reponses::Reponses;
use super::{avis, brouillon, deposer, pieces};
use crate::decision::Refus;

pub(super) fn agir(
    chantier: &mut Chantier<'_>,
    action: &str,
    motif: Option<&str>,
    reponses: Option<&Reponses>,
) -> Result<(), Refus> {
    let demarche = chantier.demarche;
    let etape = etape_de(demarche, &chantier.dossier)?;
    // two actions may share a name when their conditions exclude each other (WKF04)
    let mut candidates = etape.actions.iter().filter(|a| a.id == action);
    let possible = |a: &&Action| permise(chantier, etape, a).is_ok() && tient(chantier, etape, a).is_ok();
    let Some(action) = candidates.clone().find(possible).or_else(|| candidates.next()) else {
        let regle = format!("etape.{}.actions", etape.id);
        let motif = format!("Ce n’est plus possible : {}.", etape.phase.libelle());
        return Err(Refus::nouveau(regle, motif).lieu(etape.lieu));
    };
    permise(chantier, etape, action)?;
    if let Some(reponses) = reponses {
        brouillon::la_famille_ecrit(chantier)?;
        chantier.repond(reponses)?;
    }
    tient(chantier, etape, action)?;
    let motif = motif.map(str::trim).filter(|m| !m.is_empty());
    if let Some(texte) = motif {
        lisible(&format!("{}.motif", regle(etape, action)), texte)?;
    }
    for exigence in &action.exige {
        exige(chantier, etape, action, exigence, motif)?;
    }
    if let Some(motif) = motif {
        chantier.change(Changement::Motive(motif.to_owned()));
    }
    let vers = vers(demarche, action.vers.as_deref(), etape)?;
    if let Some(vers) = vers
        && etape.phase.famille_ecrit()
        && (vers.phase.silence_court() || vers.phase == Phase::Acceptee)
    {
        deposer::deposer(chantier, etape)?;
    }
    chantier.pas(regle(etape, action), Some(action.lieu), action.nom.clone());
    for effet in &action.effets {
        applique(chantier, effet)?;
    }
    passe(chantier, vers)
}

/// The actions that `ctx.auteur` may see on the dossier, each with what stops it now, `exige` aside from the reason.
pub fn actions<'d>(
    demarche: &'d Demarche,
    dossier: &Dossier,
    ctx: &Contexte<'_>,
) -> Vec<(&'d Action, Option<Refus>)> {
    let Some(etape) = demarche.etape(&dossier.etape) else { return Vec::new() };
    let chantier = Chantier::sur(demarche, ctx, dossier);
    etape
        .actions
        .iter()
        .filter(|action| permise(&chantier, etape, action).is_ok())
        .map(|action| {
            let empeche = tient(&chantier, etape, action).and_then(|()| {
                let mut autres = action.exige.iter().filter(|e| **e != Exige::Motif);
                autres.try_for_each(|e| exige(&chantier, etape, action, e, None))
            });
            (action, empeche.err())
        })
        .collect()
}

fn regle(etape: &Etape, action: &Action) -> String {
    format!("etape.{}.action.{}", etape.id, action.id)
}

/// Longest reason, in characters: what a letter prints on a page.
const MOTIF_MAX: usize = 2000;

/// A reason is read by a family, in a letter and on its page.
pub(super) fn lisible(regle: &str, motif: &str) -> Result<(), Refus> {
    let n = motif.chars().count();
    if n > MOTIF_MAX {
        let phrase = format!("Ce motif compte {n} caractères : écrivez-en {MOTIF_MAX} au plus.");
        return Err(Refus::nouveau(regle, phrase));
    }
    sans_cache(regle, "Ce motif", motif)
}

/// Refuses what is not seen in a text that somebody reads.
pub(super) fn sans_cache(regle: &str, quoi: &str, texte: &str) -> Result<(), Refus> {
    let cache = |c: char| (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || invisible(c);
    if texte.contains(cache) {
        let phrase = format!("{quoi} contient un caractère invisible : effacez-le et retapez le passage.");
        return Err(Refus::nouveau(regle, phrase));
    }
    Ok(())
}

/// Characters that change the order of what is read, or that nobody sees.
pub const fn invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

pub(super) fn permise(chantier: &Chantier<'_>, etape: &Etape, action: &Action) -> Result<(), Refus> {
    if action.par.iter().any(|acteur| est(chantier.demarche, acteur, chantier.ctx.auteur)) {
        return Ok(());
    }
    let motif = format!("« {} » ne vous est pas ouvert.", action.nom);
    Err(Refus::nouveau(format!("{}.par", regle(etape, action)), motif).lieu(action.lieu))
}

pub(super) fn tient(chantier: &Chantier<'_>, etape: &Etape, action: &Action) -> Result<(), Refus> {
    let regle = format!("{}.si", regle(etape, action));
    if chantier
        .lecture()?
        .tient(action.si.as_ref())
        .map_err(|e| refus_de_calcul(&regle, &e).lieu(action.lieu))?
    {
        return Ok(());
    }
    Err(Refus::nouveau(regle, format!("« {} » n’est pas possible dans cette situation.", action.nom))
        .lieu(action.lieu))
}

fn exige(
    chantier: &Chantier<'_>,
    etape: &Etape,
    action: &Action,
    exigence: &Exige,
    motif: Option<&str>,
) -> Result<(), Refus> {
    let manque = |quoi: &str, phrase: &str| {
        Err(Refus::nouveau(format!("{}.exige.{quoi}", regle(etape, action)), phrase).lieu(action.lieu))
    };
    match exigence {
        Exige::Motif if motif.is_none() => manque("motif", "Écrivez le motif : la famille le lira."),
        Exige::Motif => Ok(()),
        Exige::Champs => chantier.exige_champs(),
        Exige::Pieces => pieces::exige(chantier),
        Exige::Avis if avis::rendu(&chantier.dossier) => Ok(()),
        Exige::Avis => manque("avis", "Aucun avis n’est enregistré sur ce dossier depuis son dernier envoi."),
        Exige::RendezVous => {
            let pris = chantier.dossier.suivi.rendez_vous.as_ref();
            match pris.is_some_and(|r| r.tenu == Some(true)) {
                true => Ok(()),
                false => manque("rendez_vous", "Aucun rendez-vous tenu n’est enregistré sur ce dossier."),
            }
        }
    }
}

/// The dossier's étape.
pub(super) fn etape_de<'d>(demarche: &'d Demarche, dossier: &Dossier) -> Result<&'d Etape, Refus> {
    demarche.etape(&dossier.etape).ok_or_else(|| {
        Refus::nouveau("dossier.etape", "L’étape de ce dossier n’existe plus dans la démarche.")
            .lieu(demarche.lieu)
    })
}

/// The étape that follows, if there is one.
pub(super) fn vers<'d>(
    demarche: &'d Demarche,
    vers: Option<&str>,
    etape: &Etape,
) -> Result<Option<&'d Etape>, Refus> {
    let Some(id) = vers else { return Ok(None) };
    let inconnue =
        || Refus::nouveau("dossier.etape", format!("L’étape « {id} » n’existe pas.")).lieu(etape.lieu);
    demarche.etape(id).map(Some).ok_or_else(inconnue)
}

/// Enters the étape that follows, with its own effects.
pub(super) fn passe(chantier: &mut Chantier<'_>, vers: Option<&Etape>) -> Result<(), Refus> {
    let Some(vers) = vers else { return Ok(()) };
    chantier.entre(vers)?;
    for effet in &vers.a_l_entree {
        applique(chantier, effet)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_motif_se_lit_en_entier() {
        assert_eq!(lisible("r", "Pièce illisible :\n– la page 2\t(verso)."), Ok(()));
        assert_eq!(lisible("r", &"é".repeat(MOTIF_MAX)), Ok(()));
        let long = lisible("r", &"é".repeat(MOTIF_MAX + 1)).unwrap_err();
        assert!(long.motif.contains("compte 2001 caractères : écrivez-en 2000 au plus"), "{}", long.motif);
        for cache in ["a\u{0}b", "a\u{202e}b", "a\u{200b}b", "\u{feff}a", "a\u{1b}[31m", "a\u{2066}b"] {
            assert!(lisible("r", cache).unwrap_err().motif.contains("caractère invisible"), "{cache:?}");
        }
    }
}
