//! `rendez_vous:` of a démarche: the slots that families choose from.

use rules::scalaire::{Plage, lit_jour_semaine};

use super::Resolution;
use crate::definition::lecture::{Entier, Sp, Texte};
use crate::definition::raw::demarche::{RawPlageAgenda, RawRendezVous};
use crate::demarche::{Agenda, PlageAgenda};
use crate::diagnostic::{Diagnostic, codes};

/// Compiles it; a slot that cannot exist is an error.
pub(super) fn agenda(r: &mut Resolution<'_>, raw: &Sp<RawRendezVous>) -> Option<Agenda> {
    let ecrit = &raw.agenda;
    let minutes = ecrit.duree.0.en_minutes().and_then(|m| u16::try_from(m).ok()).filter(|m| *m > 0);
    if minutes.is_none() {
        let d = Diagnostic::new(codes::SYN04, ecrit.duree.span, "un créneau dure des minutes ou des heures");
        r.signale(d.aide("ex. `duree: 20 min`"));
    }
    let places = places(r, &ecrit.places);
    let plages: Vec<PlageAgenda> =
        ecrit.plages.iter().flat_map(|p| plage(r, p, minutes.unwrap_or(1))).collect();
    if ecrit.plages.is_empty() && !ecrit.plages.incomplete {
        let span = ecrit.plages.span.unwrap_or(ecrit.span);
        let d = Diagnostic::new(codes::SYN04, span, "l'agenda n'a aucun créneau");
        r.signale(d.aide("ex. `plages: [ { jour_semaine: lundi, heures: \"09:00..12:00\", du: 2025-07-01, au: 2025-07-31 } ]`"));
    }
    Some(Agenda {
        obligatoire: raw.obligatoire.0,
        endroit: ecrit.lieu.0.clone(),
        minutes: minutes?,
        places: places?,
        preavis: ecrit.preavis.as_ref().map(|p| p.0.clone()),
        plages,
        lieu: r.pose(raw.span, None),
    })
}

fn places(r: &mut Resolution<'_>, raw: &Sp<Entier>) -> Option<u32> {
    let places = u32::try_from(raw.valeur.0).ok().filter(|n| *n > 0);
    if places.is_none() {
        r.signale(Diagnostic::new(codes::SYN04, raw.span, "un créneau reçoit au moins une famille"));
    }
    places
}

/// One for days of the week, one a date.
fn plage(r: &mut Resolution<'_>, raw: &Sp<RawPlageAgenda>, minutes: u16) -> Vec<PlageAgenda> {
    let Some(heures) = heures(r, &raw.heures, minutes) else { return Vec::new() };
    let lieu = r.pose(raw.span, None);
    let pose = |jours, du, au| PlageAgenda { jours, heures, du, au, lieu };
    match (&raw.jour_semaine, &raw.du, &raw.au) {
        (Some(ecrits), Some(du), Some(au)) if raw.dates.is_empty() => {
            if au.0 < du.0 {
                let d = Diagnostic::new(codes::SYN04, au.span, "la plage finit avant de commencer");
                r.signale(d.secondaire(du.span, "elle commence ici"));
                return Vec::new();
            }
            let mut jours = Vec::new();
            for jour in ecrits.iter() {
                match lit_jour_semaine(jour.as_str()) {
                    Ok(j) => jours.push(j),
                    Err(e) => {
                        let mut d = Diagnostic::new(codes::SYN04, jour.span, e.message);
                        d.aide = e.aide;
                        r.signale(d);
                    }
                }
            }
            vec![pose(jours, du.0, au.0)]
        }
        (None, None, None) if !raw.dates.is_empty() => {
            raw.dates.iter().map(|d| pose(vec![d.0.weekday()], d.0, d.0)).collect()
        }
        _ => {
            let message = "une plage dit `jour_semaine`, `du` et `au`, ou bien `dates`";
            let d = Diagnostic::new(codes::SYN04, raw.span, message);
            r.signale(d.aide("ex. `{ jour_semaine: lundi, du: 2025-07-01, au: 2025-07-31, heures: \"09:00..12:00\" }` ou `{ dates: [2025-07-25], heures: \"09:00..12:00\" }`"));
            Vec::new()
        }
    }
}

/// Hours that slots fill: what is left at their end would be nobody's, in silence.
fn heures(r: &mut Resolution<'_>, ecrites: &Sp<Texte>, minutes: u16) -> Option<Plage> {
    let plage = match Plage::lit(&ecrites.0) {
        Ok(plage) => plage,
        Err(e) => {
            let mut d = Diagnostic::new(codes::SYN04, ecrites.span, e.message);
            d.aide = e.aide;
            r.signale(d);
            return None;
        }
    };
    if plage.minutes() < minutes {
        let d = Diagnostic::new(codes::SYN04, ecrites.span, "aucun créneau ne tient dans ces heures");
        r.signale(d.aide("allongez la plage, ou raccourcissez `duree`"));
    } else if let Some(reste) = plage.minutes().checked_rem(minutes).filter(|reste| *reste > 0) {
        let message = format!("ces heures laissent {reste} min après le dernier créneau");
        let d = Diagnostic::new(codes::SYN04, ecrites.span, message);
        r.signale(d.aide(format!("un nombre entier de créneaux de {minutes} min doit y tenir")));
    }
    Some(plage)
}
