//! Is the service open that day, and if not, why.

use jiff::civil::Date;
use rules::date_fr::date_longue;

use crate::commune::Commune;
use crate::decision::Refus;
use crate::service::Service;

/// `None`: the service is open on `jour`. Otherwise why it is not, or why nobody knows.
pub fn pourquoi_ferme(commune: &Commune, service: &Service, jour: Date) -> Option<Refus> {
    let pourquoi = match service.jours.pourquoi_ferme(jour, &commune.calendrier) {
        Ok(pourquoi) => pourquoi?,
        // a day whose holidays are not published is not open by default
        Err(e) => e.to_string(),
    };
    let motif = format!("{} est fermé le {} : {pourquoi}.", service.nom, date_longue(jour));
    Some(Refus::nouveau("jour_ferme", motif).lieu(service.jours.lieu))
}
