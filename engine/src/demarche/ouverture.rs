//! Is a démarche open to this family, now?

use rules::condition::Condition;

use super::chantier::{Chantier, refus_de_calcul};
use super::definition::{ApresCloture, Ouverture};
use crate::decision::Refus;

/// When a dossier is started: a row whose condition reads the form, which is still empty, may turn out to hold.
pub(super) fn au_depart(chantier: &mut Chantier<'_>) -> Result<(), Refus> {
    let base = chantier.demarche.champs_conditions.base;
    ouverte(chantier, |c| c.faits_lus().any(|f| f.0 >= base))
}

/// When it is filed.
pub(super) fn au_depot(chantier: &mut Chantier<'_>) -> Result<(), Refus> {
    ouverte(chantier, |_| false)
}

fn ouverte(chantier: &mut Chantier<'_>, suppose: impl Fn(&Condition) -> bool) -> Result<(), Refus> {
    let (demarche, maintenant) = (chantier.demarche, chantier.ctx.maintenant);
    let regle = chantier.regle("ouverture");
    let lecture = chantier.lecture()?;
    let mut siennes: Vec<&Ouverture> = Vec::new();
    for rang in &demarche.ouverture {
        let tient = rang.si.as_ref().is_some_and(&suppose)
            || lecture.tient(rang.si.as_ref()).map_err(|e| refus_de_calcul(&regle, &e).lieu(rang.lieu))?;
        if tient {
            siennes.push(rang);
        }
    }
    let mut refus =
        Refus::nouveau(regle.as_str(), "Cette démarche ne vous est pas ouverte.").lieu(demarche.lieu);
    for rang in siennes {
        if let Some(pourquoi) = &rang.jamais {
            refus = Refus::nouveau(regle.as_str(), pourquoi.as_str()).lieu(rang.lieu);
            continue;
        }
        if let Some(des) = rang.des.filter(|des| maintenant < *des) {
            refus = Refus::nouveau(regle.as_str(), "Cette démarche n’est pas encore ouverte.")
                .lieu(rang.lieu)
                .possible(des);
            continue;
        }
        let fermee = rang.jusqu_a.filter(|fin| maintenant > *fin);
        match (fermee, rang.apres) {
            (None, _) => {
                chantier.pas(regle, Some(rang.lieu), "ouverte");
                return Ok(());
            }
            (Some(_), ApresCloture::Accepte) => {
                chantier.pas(regle, Some(rang.lieu), "tardive, et acceptée");
                return Ok(());
            }
            (Some(fin), ApresCloture::Ferme) => {
                refus =
                    Refus::nouveau(regle.as_str(), "Cette démarche est close.").lieu(rang.lieu).possible(fin);
            }
        }
    }
    Err(refus)
}
