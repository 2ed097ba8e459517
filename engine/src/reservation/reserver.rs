//! To come that day.

use rules::date_fr::date_longue;
use rules::limite::Moment;
use rules::repere::Echeance;

use super::echeance::{Cadre, Echeances, mode_connu, prochaine};
use super::{Contexte, Etat, Issue, Venue, acces, choix, jour, panier, phrases};
use crate::commune::Commune;
use crate::decision::Refus;
use crate::service::{RegleService, Sinon};
use crate::tarification::{self, Circonstances, LignePricee};

/// What holds for a day that may be booked.
#[derive(Clone, Debug)]
pub(super) struct Retenue {
    /// The town's delay that it meets.
    pub(super) delai: String,
    /// How many places there are, when they are counted.
    pub(super) places: Option<u32>,
}

pub(super) fn decide(
    commune: &Commune,
    etat: &Etat<'_>,
    venue: &Venue,
    contexte: &Contexte,
) -> Result<Issue, Vec<Refus>> {
    let mut issues = panier::decide_ensemble(commune, &[(etat, venue)], contexte)?;
    issues.pop().ok_or_else(Vec::new)
}

/// May the day be booked? Every refusal otherwise; its price is another question.
pub(super) fn examine(
    commune: &Commune,
    etat: &Etat<'_>,
    venue: &Venue,
    contexte: &Contexte,
) -> Result<Retenue, Vec<Refus>> {
    let Some((cadre, regles)) = Cadre::nouveau(commune, &venue.prestation, venue.jour) else {
        return Err(phrases::prestation_inconnue(&venue.prestation));
    };
    let ferme = jour::pourquoi_ferme(commune, cadre.service, venue.jour);
    let Some(regles) = regles else {
        return Err(vec![cadre.sans_regles(phrases::RESERVATION)].into_iter().chain(ferme).collect());
    };
    let Some(reservation) = &regles.reservation else { return Err(vec![cadre.sans_reservation()]) };
    let mut refus = acces::refus(&cadre, regles, etat, venue, contexte.recu_le);
    refus.extend(mode(commune, &reservation.modes, venue));
    if etat.reservee(&venue.prestation, venue.jour).is_some() {
        let raison = format!("{} est déjà réservé le {}", cadre.prestation.nom, date_longue(venue.jour));
        refus.push(Refus::nouveau("deja_reserve", phrases::impossible(phrases::RESERVATION, &raison)));
    }
    let mut delai = None;
    if let Some(ferme) = ferme {
        // a closed day has no deadline to tell, and no combination to complete
        refus.push(ferme);
    } else {
        refus.extend(choix::refus(&cadre, regles, etat, venue, contexte.recu_le));
        match cadre.echeances(regles, etat, venue.mode.as_deref(), contexte.recu_le) {
            Err(plus) => refus.extend(plus),
            Ok(e) => match retient(&cadre, &e, etat, venue, contexte) {
                Ok(id) => delai = Some(id),
                Err(plus) => refus.extend(plus),
            },
        }
    }
    let places = match places(&cadre, regles, etat, venue, contexte) {
        Ok(p) => p,
        Err(plus) => {
            refus.push(plus);
            None
        }
    };
    match delai {
        Some(delai) if refus.is_empty() => Ok(Retenue { delai, places }),
        _ => Err(refus),
    }
}

fn mode(commune: &Commune, modes: &[String], venue: &Venue) -> Option<Refus> {
    let raison = match &venue.mode {
        None if modes.is_empty() => return None,
        None => format!("il faut dire comment : {}", modes.join(", ").replace('_', " ")),
        Some(mode) if modes.contains(mode) && mode_connu(commune, mode) => return None,
        Some(mode) => format!("« {mode} » n’est pas un mode de réservation de ce service"),
    };
    Some(Refus::nouveau("mode", phrases::impossible(phrases::RESERVATION, &raison)))
}

/// The delay that holds, or why none does.
fn retient(
    cadre: &Cadre<'_>,
    e: &Echeances,
    etat: &Etat<'_>,
    venue: &Venue,
    contexte: &Contexte,
) -> Result<String, Vec<Refus>> {
    let mut refus = Vec::new();
    refus.extend(pas_ouvert(e, contexte));
    match e.delai(contexte.recu_le) {
        Some(d) if refus.is_empty() => return Ok(d.id.clone()),
        Some(_) => return Err(refus),
        None => {}
    }
    match &e.sinon {
        Some(Sinon::Delai(id)) if refus.is_empty() => Ok(id.clone()),
        Some(Sinon::Delai(_)) => Err(refus),
        Some(Sinon::Refus(message)) => {
            refus.push(phrases::avec_message(trop_tard(cadre, e, etat, venue, contexte), message.as_ref()));
            Err(refus)
        }
        Some(Sinon::ListeAttente) | None => {
            refus.push(trop_tard(cadre, e, etat, venue, contexte));
            Err(refus)
        }
    }
}

fn pas_ouvert(e: &Echeances, contexte: &Contexte) -> Option<Refus> {
    let (fenetre, lieu) = e.ouverture.as_ref()?;
    let (raison, quand) = match fenetre.moment(contexte.recu_le) {
        Moment::Ouvert => return None,
        Moment::TropTot => {
            let des = fenetre.ouvre.as_ref()?;
            (format!("les réservations ouvrent {}", des.en_mots()), Some(des.instant))
        }
        Moment::TropTard => {
            let fin = fenetre.ferme.as_ref()?;
            (format!("les réservations étaient possibles {}", fin.en_mots()), Some(fin.instant))
        }
        Moment::Jamais => (fenetre.jamais.as_deref().unwrap_or_default().to_owned(), None),
    };
    let raison = raison.replace("ouvrent à partir du", "ouvrent le");
    let mut refus =
        Refus::nouveau("pas_ouvert", phrases::impossible(phrases::RESERVATION, &raison)).lieu(*lieu);
    refus.quand_possible = quand;
    Some(refus)
}

/// Too late, or never: what was possible until when, and what still is.
fn trop_tard(cadre: &Cadre<'_>, e: &Echeances, etat: &Etat<'_>, venue: &Venue, contexte: &Contexte) -> Refus {
    let lieu = e.delais.last().map_or(cadre.service.lieu, |d| d.lieu);
    let jamais = e.delais.iter().find_map(|d| d.fenetre.jamais.as_deref());
    let Some(derniere) = e.derniere() else {
        let raison = jamais.unwrap_or("aucun délai ne le permet");
        return Refus::nouveau("delai", phrases::impossible(phrases::RESERVATION, raison)).lieu(lieu);
    };
    let tot = e.delais.iter().all(|d| d.fenetre.moment(contexte.recu_le) == Moment::TropTot);
    let raison = format!(
        "{} pour « {} » du {}",
        if tot { "il est trop tôt" } else { "il est trop tard" },
        cadre.prestation.nom,
        date_longue(venue.jour)
    );
    let mut motif = phrases::impossible(phrases::RESERVATION, &raison);
    motif.push_str(&format!(" C’était possible {}.", derniere.en_mots()));
    if let Some((jour, echeance)) = prochaine(cadre.commune, etat, venue, contexte.recu_le) {
        let jusque = echeance.as_ref().map_or_else(String::new, |e| format!(", {}", e.en_mots()));
        motif.push_str(&format!(" Vous pouvez encore réserver le {}{jusque}.", date_longue(jour)));
    }
    Refus::nouveau("delai", motif).lieu(lieu).possible(derniere.instant)
}

/// How many places there are that day, when the town counts them.
fn places(
    cadre: &Cadre<'_>,
    regles: &RegleService,
    etat: &Etat<'_>,
    venue: &Venue,
    contexte: &Contexte,
) -> Result<Option<u32>, Refus> {
    if regles.capacite.is_empty() {
        return Ok(None);
    }
    let valeurs =
        cadre.valeurs(etat, venue.mode.as_deref(), venue.jour, contexte.recu_le).map_err(|mut r| {
            r.pop().unwrap_or_else(|| Refus::nouveau("complet", "Les places ne se comptent pas."))
        })?;
    let mut places = None;
    for c in &regles.capacite {
        let tient = c.si.tient(&valeurs.faits(), cadre.commune).map_err(|e| {
            let raison = format!("le nombre de places ne peut pas être lu ({e})");
            Refus::nouveau("complet", phrases::impossible(phrases::RESERVATION, &raison)).lieu(c.lieu)
        })?;
        if tient && let Some(n) = c.places {
            places = Some(places.map_or(n, |p: u32| p.min(n)));
            if etat.prises.is_some_and(|prises| prises >= n) {
                let raison = format!("il ne reste plus de place le {}", date_longue(venue.jour));
                return Err(Refus::nouveau("complet", phrases::impossible(phrases::RESERVATION, &raison))
                    .lieu(c.lieu));
            }
        }
    }
    Ok(places)
}

/// The price of that day as a presence, whether or not it can still be booked: what a planning shows.
pub fn prix_dit(
    commune: &Commune,
    etat: &Etat<'_>,
    venue: &Venue,
    delai: Option<&str>,
    contexte: &Contexte,
) -> Result<Vec<LignePricee>, Vec<Refus>> {
    let circonstances = Circonstances { delai: delai.map(str::to_owned), ..circonstances(venue, "", None) };
    de_circonstances(commune, etat, venue, circonstances, contexte)
}

/// The lines of this act, as the family's other acts of the period are known.
pub(super) fn prix(
    commune: &Commune,
    etat: &Etat<'_>,
    venue: &Venue,
    delai: &str,
    echeance: Option<&Echeance>,
    contexte: &Contexte,
) -> Result<Vec<LignePricee>, Vec<Refus>> {
    de_circonstances(commune, etat, venue, circonstances(venue, delai, echeance), contexte)
}

/// A presence that met that delay.
pub(super) fn circonstances(venue: &Venue, delai: &str, echeance: Option<&Echeance>) -> Circonstances {
    Circonstances {
        mode: venue.mode.clone(),
        delai: Some(delai.to_owned()),
        echeance: echeance.map(Echeance::date_en_mots),
        arrivee: venue.arrivee,
        depart: venue.depart,
        ..Circonstances::default()
    }
}

/// The same, in circumstances that the caller says.
pub(super) fn de_circonstances(
    commune: &Commune,
    etat: &Etat<'_>,
    venue: &Venue,
    circonstances: Circonstances,
    contexte: &Contexte,
) -> Result<Vec<LignePricee>, Vec<Refus>> {
    let acte = acte(commune, etat, venue, circonstances, contexte)?;
    tarification::panier(
        commune,
        &tarification::Panier {
            actes: std::slice::from_ref(&acte),
            contexte: &etat.autres,
            famille: &etat.famille,
            etendue: tarification::Etendue::Acte,
        },
    )
}

/// The act to price, with what is known on the day whose price holds.
pub(super) fn acte(
    commune: &Commune,
    etat: &Etat<'_>,
    venue: &Venue,
    circonstances: Circonstances,
    contexte: &Contexte,
) -> Result<tarification::Acte, Vec<Refus>> {
    let recu_le = etat.reservee(&venue.prestation, venue.jour).map_or(contexte.recu_le, |r| r.recu_le);
    let reserve_le = commune.fuseau.to_datetime(recu_le).date();
    let au = tarification::jour_du_prix(commune, &venue.prestation, venue.jour, reserve_le)
        .map_err(|r| vec![r])?;
    let connus = etat.faits.connus(commune, au, contexte.recu_le)?;
    let numero = etat.autres.iter().map(|a| a.numero).max().map_or(0, |n| n.saturating_add(1));
    Ok(tarification::Acte {
        numero,
        enfant: etat.numero,
        au,
        ..tarification::Acte::seul(&venue.prestation, venue.jour, circonstances, connus)
    })
}
