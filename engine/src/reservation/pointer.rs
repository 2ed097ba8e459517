//! The child came, or did not: what was booked says at what price.

use rules::date_fr::date_longue;

use super::absence::{self, AUCUNE};
use super::echeance::{Cadre, Echeances};
use super::{Absence, Contexte, Etat, Issue, Venue, ecrire, phrases, reserver};
use crate::commune::Commune;
use crate::decision::Refus;
use crate::service::{Accueil, RegleService};
use crate::tarification::SANS_RESERVATION;

/// The child is there.
pub(super) fn present(
    commune: &Commune,
    etat: &Etat<'_>,
    venue: &Venue,
    contexte: &Contexte,
) -> Result<Issue, Vec<Refus>> {
    let Some((cadre, regles)) = Cadre::nouveau(commune, &venue.prestation, venue.jour) else {
        return Err(phrases::prestation_inconnue(&venue.prestation));
    };
    let regles = regles.ok_or_else(|| vec![cadre.sans_regles(phrases::ACCUEIL)])?;
    if let Some(reservee) = etat.reservee(&venue.prestation, venue.jour) {
        let venue = Venue { mode: venue.mode.clone().or_else(|| reservee.mode.clone()), ..venue.clone() };
        let prix = reserver::prix(commune, etat, &venue, &reservee.delai, None, contexte);
        return Ok(ecrire::pointage(commune, etat, &venue, Some(reservee), None, None, prix, contexte));
    }
    // marked twice: the first mark is the one that counts
    let deja = etat.venue_sans_reservation(&venue.prestation, venue.jour);
    if regles.reservation.is_none() {
        let circonstances = crate::tarification::Circonstances {
            mode: venue.mode.clone(),
            arrivee: venue.arrivee,
            depart: venue.depart,
            ..Default::default()
        };
        let prix = reserver::de_circonstances(commune, etat, venue, circonstances, contexte);
        return refuse_mesure(prix)
            .map(|prix| ecrire::pointage(commune, etat, venue, deja, None, None, prix, contexte));
    }
    let message = accueil(&cadre, regles, etat, venue)?;
    let echeances = cadre.echeances(regles, etat, venue.mode.as_deref(), contexte.recu_le).ok();
    let derniere = echeances.as_ref().and_then(Echeances::derniere);
    let prix = reserver::prix(commune, etat, venue, SANS_RESERVATION, derniere, contexte);
    let delai = Some(SANS_RESERVATION.to_owned());
    Ok(ecrire::pointage(commune, etat, venue, deja, delai, message, prix, contexte))
}

/// Hours that do not make a time are corrected, not recorded.
type Prix = Result<Vec<crate::tarification::LignePricee>, Vec<Refus>>;
fn refuse_mesure(prix: Prix) -> Result<Prix, Vec<Refus>> {
    match prix {
        Err(refus) if refus.iter().any(|r| *r.regle == *"mesure") => Err(refus),
        prix => Ok(prix),
    }
}

/// What the town does of a child who comes without a booking: its text when it takes it, a refusal otherwise.
fn accueil(
    cadre: &Cadre<'_>,
    regles: &RegleService,
    etat: &Etat<'_>,
    venue: &Venue,
) -> Result<Option<String>, Vec<Refus>> {
    const REGLE: &str = "presence_sans_reservation";
    let nom = format!("{} n’est pas réservé le {}", cadre.prestation.nom, date_longue(venue.jour));
    let refus = |raison: &str| Refus::nouveau(REGLE, phrases::impossible(phrases::ACCUEIL, raison));
    let Some(regle) = &regles.presence_sans_reservation else {
        let raison = format!("{nom}, et la commune n’a pas dit si l’enfant est alors accueilli");
        return Err(vec![refus(&raison).lieu(cadre.service.lieu)]);
    };
    let places = regles.capacite.iter().filter_map(|c| c.places).min();
    let complet = etat.prises.zip(places).is_some_and(|(prises, places)| prises >= places);
    match regle.accueil {
        Accueil::Accepte => Ok(regle.message.clone()),
        Accueil::SelonPlace if !complet => Ok(regle.message.clone()),
        Accueil::SelonPlace => {
            Err(vec![refus(&format!("{nom}, et il ne reste plus de place")).lieu(regle.lieu)])
        }
        Accueil::Refuse => {
            let r = refus(&format!("{nom} ; l’enfant n’est pas accueilli")).lieu(regle.lieu);
            Err(vec![phrases::avec_message(r, regle.message.as_ref())])
        }
    }
}

/// The child was expected and did not come: an absence that nobody announced.
pub(super) fn absent(
    commune: &Commune,
    etat: &Etat<'_>,
    venue: &Venue,
    contexte: &Contexte,
) -> Result<Issue, Vec<Refus>> {
    let Some((_, prestation)) = commune.prestation(&venue.prestation) else {
        return Err(phrases::prestation_inconnue(&venue.prestation));
    };
    let Some(reservee) = etat.reservee(&venue.prestation, venue.jour) else {
        let raison = format!("{} n’est pas réservé le {}", prestation.nom, date_longue(venue.jour));
        let motif = phrases::impossible("Pointage d’une absence", &raison);
        return Err(vec![Refus::nouveau("pas_de_reservation", motif)]);
    };
    let acte = Absence {
        prestation: venue.prestation.clone(),
        jour: venue.jour,
        motif: None,
        canal: None,
        piece: None,
    };
    let venue = Venue { mode: reservee.mode.clone(), ..venue.clone() };
    let ligne = absence::cout(commune, etat, &acte, &venue, AUCUNE, contexte)?;
    let prix = absence::prix(commune, etat, &venue, &reservee.delai, contexte);
    Ok(ecrire::absence_pointee(etat, &acte, reservee, &ligne, prix, contexte))
}
