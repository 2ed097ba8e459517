//! The school year on which rules are tried, and what the calendar says of each of its days.

use jiff::civil::Date;
use rules::calendrier::{Periode, plus_jours};
use rules::faits::{FaitId, Symboles};
use rules::scalaire::MOIS;
use rules::selection::Selection;
use rules::valeur::Valeur;

use crate::commune::Commune;
use crate::service::Service;
use crate::vocabulaire::JOURS;

/// First and last day of the school year that holds `jour`: September to August.
pub(super) fn scolaire(jour: Date) -> Option<(Date, Date)> {
    let annee = if jour.month() >= 9 { jour.year() } else { jour.year().checked_sub(1)? };
    Some((Date::new(annee, 9, 1).ok()?, Date::new(annee.checked_add(1)?, 8, 31).ok()?))
}

/// The days on which a version of a service is tried: from its first day to the end of that school year (of the
/// next one when it starts in the summer holidays), or to the next version. A version without a date is tried on the last year that the town's files speak of.
pub(super) fn jours_de(commune: &Commune, service: &Service, version: usize) -> Option<(Date, Date)> {
    let (depuis, _) = service.versions.get(version)?;
    let suivante = service.versions.get(version + 1).and_then(|(d, _)| plus_jours(*d, -1));
    let (connu_du, _) = commune.calendrier.scolaire().couverture();
    let depart = if *depuis == Date::MIN { derniere(commune)? } else { (*depuis).max(connu_du) };
    let (debut, fin) = scolaire(depart)?;
    // a version voted for a school year often starts in the summer before it
    let ete = *depuis != Date::MIN
        && matches!(commune.calendrier.periode(depart), Ok(Periode::Vacances(v)) if v.fin >= fin);
    let fin = if ete { scolaire(plus_jours(fin, 1)?)?.1 } else { fin };
    let debut = if *depuis == Date::MIN { debut } else { debut.max(depart) };
    let fin = suivante.map_or(fin, |s| s.min(fin));
    (debut <= fin).then_some((debut, fin))
}

/// The last date from which something of the town changes; the last known school year when nothing is dated.
fn derniere(commune: &Commune) -> Option<Date> {
    let grilles = commune.baremes.iter().flat_map(|b| b.bareme.versions().iter().map(|v| v.depuis));
    let services = commune.services.iter().flat_map(|s| s.versions.iter().map(|(d, _)| *d));
    let datees = grilles.chain(services).filter(|d| *d != Date::MIN).max();
    Some(datees.unwrap_or(commune.calendrier.scolaire().couverture().1))
}

/// The days from `du` to `au`, both included.
pub(super) fn jours(du: Date, au: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(du), |d| d.tomorrow().ok()).take_while(move |d| *d <= au)
}

/// The dimensions that a day alone gives.
pub(super) struct JourLu(Vec<(FaitId, Valeur)>);

impl JourLu {
    /// Reads a day.
    pub(super) fn lit(commune: &Commune, jour: Date) -> Self {
        let v = &commune.vocabulaire;
        let mut lues = Vec::new();
        let mut choix = |nom: &str, mot: &str| {
            let fait = v.fait(nom);
            lues.extend(fait.and_then(|f| Some((f, v.domaine(f).choix(mot)?))));
        };
        let rang = usize::try_from(jour.weekday().to_monday_zero_offset()).unwrap_or(0);
        choix("jour_semaine", JOURS.get(rang).copied().unwrap_or_default());
        let mois = usize::try_from(jour.month() - 1).unwrap_or(0);
        choix("mois", MOIS.get(mois).copied().unwrap_or_default());
        let paire = jour.iso_week_date().week() % 2 == 0;
        choix("semaine_iso_parite", if paire { "paire" } else { "impaire" });
        match commune.calendrier.periode(jour) {
            Ok(Periode::Scolaire { .. }) => choix("periode", "scolaire"),
            Ok(Periode::Vacances(p)) => choix("periode", &p.id()),
            Err(_) => {}
        }
        lues.extend(v.fait("jour").map(|f| (f, Valeur::Date(jour))));
        if let (Some(fait), Ok(feries)) = (v.fait("feries_semaine"), commune.calendrier.feries_semaine(jour))
        {
            let mut bits = 0;
            for (i, nom) in SEMAINE.iter().enumerate() {
                if feries.contient(*nom) {
                    bits |= 1 << i;
                }
            }
            lues.push((fait, Valeur::Ensemble(bits)));
        }
        Self(lues)
    }

    /// May a row with these conditions apply on that day? Conditions on anything else are taken to hold.
    pub(super) fn permet(&self, conditions: &[(FaitId, Selection)]) -> bool {
        let refuse = |(f, s): &(FaitId, Selection)| self.0.iter().any(|(g, v)| g == f && !s.accepte(*v));
        !conditions.iter().any(refuse)
    }
}

const SEMAINE: [jiff::civil::Weekday; 7] = [
    jiff::civil::Weekday::Monday,
    jiff::civil::Weekday::Tuesday,
    jiff::civil::Weekday::Wednesday,
    jiff::civil::Weekday::Thursday,
    jiff::civil::Weekday::Friday,
    jiff::civil::Weekday::Saturday,
    jiff::civil::Weekday::Sunday,
];

/// « le lundi 3 novembre 2025, le … et 12 autres jours ».
pub(super) fn liste(jours: &[Date]) -> String {
    let dits: Vec<String> = jours.iter().take(3).map(|j| rules::date_fr::date_longue(*j)).collect();
    match jours.len().saturating_sub(dits.len()) {
        0 => dits.join(", "),
        1 => format!("{} et 1 autre jour", dits.join(", ")),
        n => format!("{} et {n} autres jours", dits.join(", ")),
    }
}
