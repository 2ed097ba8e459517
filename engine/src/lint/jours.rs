//! CAL01 and CAL02: the calendar reaches the year that rules speak of, and services have days to be booked.

use rules::limite::Limite;
use rules::repere::Ancre;

use super::{Examen, annee};
use crate::diagnostic::{Diagnostic, codes};
use crate::service::Verdict;

/// Every service, version by version.
pub(super) fn controle(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) {
    let commune = examen.commune;
    let (connu_du, connu_au) = commune.calendrier.scolaire().couverture();
    for service in &commune.services {
        for (i, (depuis, regles)) in service.versions.iter().enumerate() {
            let Some((du, au)) = annee::jours_de(commune, service, i) else { continue };
            let ou = examen.span(service.jours.lieu);
            if du > connu_au {
                let message = format!(
                    "service `{}` : les vacances scolaires ne sont connues que du {connu_du} au {connu_au}, et ses règles commencent le {depuis}",
                    service.id
                );
                let d = Diagnostic::new(codes::CAL01, ou, message);
                sortie.push(d.aide("donnez les vacances de cette année dans `calendriers.vacances`"));
                continue;
            }
            let ouvert = |j| service.jours.ouvre(j, &commune.calendrier).unwrap_or(false);
            if !annee::jours(du, au.min(connu_au)).any(ouvert) {
                let message =
                    format!("service `{}` : aucun jour ouvert entre le {du} et le {au}", service.id);
                let d = Diagnostic::new(codes::CAL02, ou, message);
                sortie.push(d.aide("vérifiez `calendrier`, `periodes` et `sauf`"));
            }
            let ouverture = regles.reservation.iter().flat_map(|r| r.ouverture.lignes());
            for ligne in ouverture {
                let Verdict::Borne(Limite::Des(repere)) = &ligne.resultat.borne else { continue };
                let Ancre::Absolu { date, .. } = repere.ancre() else { continue };
                if commune.calendrier.est_ouvre(*date).is_ok_and(|o| !o) {
                    let message = format!(
                        "service `{}` : les réservations ouvrent le {}, un jour où la mairie est fermée",
                        service.id,
                        rules::date_fr::date_longue(*date)
                    );
                    let d = Diagnostic::new(codes::CAL02, examen.span(ligne.lieu), message);
                    sortie.push(d.aide("personne ne répondra ce jour-là : vérifiez la date"));
                }
            }
        }
    }
}
