//! CAL01 and CAL02: the calendar reaches the year that rules speak of, and services have days to be booked.

use rules::calendrier::plus_jours;
use rules::limite::Limite;
use rules::repere::Ancre;

use super::{Examen, annee};
use crate::demarche::{Demarche, Unicite};
use crate::diagnostic::{Diagnostic, codes};
use crate::service::Verdict;

/// Every service, version by version.
pub(super) fn controle(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) {
    let commune = examen.commune;
    let (connu_du, connu_au) = commune.calendrier.scolaire().couverture();
    inscriptions(examen, sortie);
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
            // a whole year is looked at: a service of some holidays opens once in it
            let suivante = service.versions.get(i + 1).and_then(|(d, _)| plus_jours(*d, -1));
            let an = plus_jours(du, 365).map_or(au, |an| suivante.map_or(an, |s| s.min(an)));
            let au = au.max(an);
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

/// What is enrolled, or known, by school year needs the day from which it is for the next one.
fn inscriptions(examen: &Examen<'_>, sortie: &mut Vec<Diagnostic>) {
    let commune = examen.commune;
    if commune.inscriptions.is_some() {
        return;
    }
    let par_annee = |d: &&Demarche| d.un_dossier_par.contains(&Unicite::AnneeScolaire);
    let Some(demarche) = commune.demarches.iter().find(par_annee) else { return };
    let message = format!(
        "la démarche `{}` n'ouvre qu'un dossier par année scolaire, et rien ne dit depuis quel jour c'est pour la suivante",
        demarche.id
    );
    let d = Diagnostic::new(codes::CAL01, examen.span(demarche.lieu), message);
    sortie.push(d.aide("dans commune.yaml, sous `calendriers` : `inscriptions: 07-01`"));
}
