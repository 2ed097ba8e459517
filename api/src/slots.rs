//! The slots of a procedure's appointments that somebody may still take.

use engine::demarche::{Agenda, cle_de_creneau, cle_des_creneaux};
use engine_store::{Erreur, Portee};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

use crate::acts::Lu;
use crate::state::Etat;

/// How many days with a free slot are told at once.
const JOURS_MONTRES: usize = 10;
/// How far a free slot is looked for, in days.
const JOURS_CHERCHES: i64 = 120;

/// The next days that have a free slot, with them, from `depuis` (today when it is past or not said); the one that the
/// dossier holds is left out.
pub(crate) async fn libres(
    etat: &Etat,
    portee: &Portee,
    lu: &Lu<'_>,
    agenda: &Agenda,
    depuis: Option<Date>,
) -> Result<Vec<(Date, Vec<DateTime>)>, Erreur> {
    let sien = lu.dossier.as_ref().and_then(|d| d.suivi.rendez_vous.as_ref()).map(|r| r.debut);
    let prises = etat.store.places_prises_sous(portee, &cle_des_creneaux(&lu.demarche.id)).await?;
    let mut jours = Vec::new();
    let Some((du, au)) = agenda.etendue() else { return Ok(jours) };
    let mut jour = lu.aujourdhui.max(du).max(depuis.unwrap_or(du));
    let fin = jour.checked_add(JOURS_CHERCHES.days()).map_or(au, |f| f.min(au));
    while jour <= fin && jours.len() < JOURS_MONTRES {
        // a day beyond the town's calendar has no slot
        let debuts = agenda.creneaux(jour, &lu.commune.calendrier).unwrap_or_default();
        let reste = |d: &DateTime| {
            let prises = prises.get(&cle_de_creneau(&lu.demarche.id, *d)).copied().unwrap_or_default();
            prises < i64::from(agenda.places)
        };
        let (calendrier, fuseau) = (&lu.commune.calendrier, &lu.commune.fuseau);
        let creneaux: Vec<DateTime> = debuts
            .into_iter()
            .filter(|d| Some(*d) != sien)
            .filter(reste)
            .filter(|d| agenda.encore_ouvert(*d, lu.maintenant, calendrier, fuseau))
            .collect();
        if !creneaux.is_empty() {
            jours.push((jour, creneaux));
        }
        let Ok(demain) = jour.tomorrow() else { break };
        jour = demain;
    }
    Ok(jours)
}
