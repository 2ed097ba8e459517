//! Is the service open that day, and if not, why.

use jiff::civil::Date;
use rules::calendrier::MotifFerme;
use rules::calendrier::{Compte, ErreurCalendrier, Periode};
use rules::date_fr::{date_longue, nom_jour};

use crate::commune::Commune;
use crate::decision::Refus;
use crate::service::Service;

/// Rule of the refusal of a closed day.
const JOUR_FERME: &str = "jour_ferme";

/// `None`: the service is open on `jour`. Otherwise why it is not, or why nobody knows.
pub fn pourquoi_ferme(commune: &Commune, service: &Service, jour: Date) -> Option<Refus> {
    let refus = |pourquoi: &str| {
        let motif = format!("{} est fermé le {} : {pourquoi}.", service.nom, date_longue(jour));
        Some(Refus::nouveau(JOUR_FERME, motif).lieu(service.jours.lieu))
    };
    match motif(commune, service, jour) {
        Ok(None) => None,
        Ok(Some(pourquoi)) => refus(&pourquoi),
        // a day whose holidays are not published is not open by default
        Err(e) => refus(&e.to_string()),
    }
}

fn motif(commune: &Commune, service: &Service, jour: Date) -> Result<Option<String>, ErreurCalendrier> {
    let (jours, calendrier) = (&service.jours, &commune.calendrier);
    let compte = match jours.calendrier.as_str() {
        "jours_ouvres" => Compte::Ouvres,
        "jours_ecole" => Compte::Ecole,
        nom => Compte::Nomme(nom.into()),
    };
    if let Some(m) = calendrier.pourquoi_ferme(&compte, jour)? {
        let pas_son_jour = matches!(m, MotifFerme::JourDeSemaine(_));
        return Ok(Some(if pas_son_jour {
            format!("il n’ouvre pas le {}", nom_jour(jour.weekday()))
        } else {
            m.en_mots()
        }));
    }
    if jours.sauf_feries
        && let Some(nom) = calendrier.nom_ferie(jour)?
    {
        return Ok(Some(format!("jour férié ({nom})")));
    }
    if jours.sauf_fermetures
        && let Some(f) = calendrier.fermeture(&jours.calendrier, jour)
    {
        return Ok(Some(f.motif.to_string()));
    }
    if jours.periodes.is_empty() {
        return Ok(None);
    }
    let periode = calendrier.periode(jour)?;
    let comprise = jours.periodes.iter().any(|p| match &periode {
        Periode::Scolaire { .. } => p == "scolaire",
        Periode::Vacances(v) => p == "vacances" || **p == *v.nom || *p == v.id(),
    });
    Ok(match periode {
        _ if comprise => None,
        Periode::Scolaire { .. } => Some("période scolaire".to_owned()),
        Periode::Vacances(v) => Some(v.en_mots()),
    })
}
