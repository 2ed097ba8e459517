//! The acknowledgement of receipt of a request (code des relations entre le public et l'administration, L112-11, R112-5 and
//! R112-11-1): when, by whom, what silence means and when, and how to contest.

use engine::commune::Contact;
use engine::demarche::{Demarche, Dossier, VautSilence};
use jiff::tz::TimeZone;
use rules::date_fr;

use crate::suivi::{RECOURS, silence_date};
use crate::vues::LigneRecap;

/// Label and text of each mention; empty before filing.
pub fn accuse(
    demarche: &Demarche,
    dossier: &Dossier,
    contact: Option<&Contact>,
    fuseau: &TimeZone,
) -> Vec<LigneRecap> {
    let Some(depot) = dossier.dernier_depot_le else { return Vec::new() };
    let ligne = |libelle: &str, valeur: String| LigneRecap { libelle: libelle.to_owned(), valeur };
    let recue = date_fr::instant(depot.to_zoned(fuseau.clone()).datetime());
    let mut lignes = vec![ligne("Demande reçue", format!("le {recue}"))];
    if let Some(numero) = &dossier.numero {
        lignes.push(ligne("Numéro", numero.clone()));
    }
    if let (Some(pris), Some(agenda)) = (&dossier.suivi.rendez_vous, &demarche.rendez_vous) {
        let quand = date_fr::instant(pris.debut);
        lignes.push(ligne("Rendez-vous", format!("{quand}, {}", agenda.endroit)));
    }
    lignes.push(ligne("Service chargé du dossier", service(demarche, contact)));
    if dossier.phase.silence_court() {
        lignes.push(ligne("Sans réponse", silence_date(demarche, dossier, fuseau)));
        let suite = match demarche.silence.vaut {
            VautSilence::Acceptation => {
                "Une acceptation par silence vous donne droit, sur demande, à une attestation (article L232-3).".to_owned()
            }
            VautSilence::Rejet => RECOURS.replace("cette décision", "un rejet"),
        };
        lignes.push(ligne("Vos droits", suite));
    }
    lignes
}

/// The same, for a letter.
pub fn en_texte(lignes: &[LigneRecap]) -> String {
    lignes.iter().map(|l| format!("{} : {}", l.libelle, l.valeur)).collect::<Vec<_>>().join("\n")
}

/// Name and ways to reach the service; an address kept as a secret is not shown.
fn service(demarche: &Demarche, contact: Option<&Contact>) -> String {
    let Some(c) = contact else { return demarche.instruit_par.clone() };
    let moyens = [&c.telephone, &c.courriel, &c.adresse];
    let moyens = moyens.into_iter().flatten().filter(|m| !m.starts_with("secret:"));
    std::iter::once(c.nom.as_str()).chain(moyens.map(String::as_str)).collect::<Vec<_>>().join(", ")
}
