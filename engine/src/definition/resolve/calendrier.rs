//! The town's calendar.

use std::sync::Arc;

use jiff::civil::Weekday;
use rules::calendrier::{
    Calendrier, CalendrierScolaire, DefinitionCalendrier, Fermeture, RegimeFeries, RegleJours, Semaine,
    Vacances, Zone,
};

use super::{Resolution, texte_source};
use crate::definition::lecture::{Id, Liste, Sp, suggestion};
use crate::definition::raw::commune::{RawCalendriers, RawCommune};
use crate::diagnostic::{Diagnostic, codes};
use crate::vocabulaire::JOURS;

/// Years on either side of the published school holidays that a calendar is computed for.
const ANNEES: (i16, i16) = (2020, 2040);

const SEMAINE: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

/// Builds the calendar; `None` was reported.
pub(super) fn resout(r: &mut Resolution<'_>, commune: &RawCommune) -> Option<Arc<Calendrier>> {
    let raw = &commune.calendriers;
    let Some(zone) = Zone::lettre(&commune.zone_scolaire.0) else {
        let message = format!("zone scolaire « {} » inconnue", commune.zone_scolaire.0);
        r.signale(Diagnostic::new(codes::CAL01, commune.zone_scolaire.span, message).aide("`A`, `B` ou `C`"));
        return None;
    };
    let publie = CalendrierScolaire::publie(zone).ok()?;
    let vacances: Vec<Vacances> = raw
        .vacances
        .iter()
        .map(|v| {
            let nom = v.periode.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('_');
            Vacances { nom: nom.into(), debut: v.du.0, fin: v.au.0 }
        })
        .collect();
    let scolaire = match publie.corrige(vacances) {
        Ok(s) => s,
        Err(e) => {
            let span = raw.vacances.span.unwrap_or(raw.span);
            for e in e {
                r.signale(Diagnostic::new(codes::CAL01, span, e.to_string()));
            }
            return None;
        }
    };
    let jours_service = semaine(r, &raw.jours_service);
    let jours_ecole = if raw.jours_ecole.is_empty() { jours_service } else { semaine(r, &raw.jours_ecole) };
    let service =
        RegleJours { jours: jours_service, sauf_feries: false, sauf_vacances: false, sauf_fermetures: false };
    let mut nommes = vec![(Box::from("jours_service"), service)];
    for (cle, jours) in raw.calendriers.iter().flat_map(|c| c.valeur.iter()) {
        let regle = RegleJours { jours: semaine(r, &jours.valeur.0), ..service };
        nommes.push((Box::from(cle.texte.as_str()), regle));
    }
    let alsace = raw.feries.as_ref().and_then(|f| f.alsace_moselle).is_some_and(|b| b.0);
    let definition = DefinitionCalendrier {
        annees: ANNEES,
        feries: if alsace { RegimeFeries::AlsaceMoselle } else { RegimeFeries::Commun },
        scolaire,
        jours_ouvres: semaine(r, &raw.jours_ouvres),
        jours_ecole,
        nommes,
        fermetures: fermetures(r, raw),
    };
    // towns of the same zone and week share one calendar: it is most of what a small town weighs
    let cle = format!("{definition:?}");
    if let Some(deja) = r.partage.calendriers.get(&cle) {
        return Some(Arc::clone(deja));
    }
    match Calendrier::construit(definition) {
        Ok(c) => {
            let c = Arc::new(c);
            r.partage.calendriers.insert(cle, Arc::clone(&c));
            Some(c)
        }
        Err(e) => {
            for e in e {
                r.signale(Diagnostic::new(codes::CAL01, commune.calendriers.span, e.to_string()));
            }
            None
        }
    }
}

fn fermetures(r: &mut Resolution<'_>, raw: &RawCalendriers) -> Vec<Fermeture> {
    let mut liste: Vec<(Fermeture, crate::definition::source::Span)> = Vec::new();
    for f in &raw.fermetures {
        let source = f.source.as_ref().map(|s| texte_source(s));
        let lieu = r.pose(f.span, source.as_ref());
        let (debut, fin) = (f.du.0, f.au.as_ref().map_or(f.du.0, |d| d.0));
        if fin < debut {
            r.signale(Diagnostic::new(codes::CAL01, f.span, "cette fermeture finit avant de commencer"));
            continue;
        }
        if let Some((_, autre)) = liste.iter().find(|(g, _)| g.debut <= fin && debut <= g.fin) {
            let d = Diagnostic::new(codes::CAL01, f.span, "deux fermetures se recouvrent");
            r.signale(d.secondaire(*autre, "l'autre fermeture"));
        }
        let motif = Box::from(f.motif.0.as_str());
        liste.push((Fermeture { debut, fin, motif, calendriers: Box::from([]), lieu }, f.span));
    }
    liste.into_iter().map(|(f, _)| f).collect()
}

/// Weekdays by name; an unknown one is reported and left out.
pub(super) fn semaine(r: &mut Resolution<'_>, jours: &Liste<Id>) -> Semaine {
    Semaine::de(jours.iter().filter_map(|j| jour_semaine(r, j)).collect::<Vec<_>>())
}

/// One weekday.
pub(super) fn jour_semaine(r: &mut Resolution<'_>, jour: &Sp<Id>) -> Option<Weekday> {
    let trouve = JOURS.iter().position(|j| **j == *jour.as_str()).and_then(|i| SEMAINE.get(i)).copied();
    if trouve.is_none() {
        let mut d = Diagnostic::new(
            codes::SYN04,
            jour.span,
            format!("jour de la semaine attendu — trouvé « {} »", jour.as_str()),
        );
        d = d.aide(suggestion(jour.as_str(), JOURS));
        r.signale(d);
    }
    trouve
}
