//! Not to come although it was booked: which announcement it meets, and what it costs.

use rules::date_fr::date_longue;
use rules::faits::Symboles;
use rules::valeur::Valeur;
use rust_decimal::Decimal;

use super::echeance::{Cadre, echeances_absence};
use super::{Absence, Contexte, Etat, Issue, Venue, ecrire, phrases, reserver};
use crate::commune::Commune;
use crate::decision::{Refus, ReservationFaite};
use crate::service::{self, LigneAbsence};
use crate::tarification::{Circonstances, LignePricee};

/// Announced after every limit.
pub(super) const TROP_TARD: &str = "trop_tard";
/// Not announced at all.
pub(super) const AUCUNE: &str = "aucune";
/// The channel of who acts on the portal.
const PORTAIL: &str = "portail";
/// The state of the document when none is given.
const SANS_PIECE: &str = "absente";

pub(super) fn decide(
    commune: &Commune,
    etat: &Etat<'_>,
    acte: &Absence,
    contexte: &Contexte,
) -> Result<Issue, Vec<Refus>> {
    let (venue, reservee) = reservee(commune, etat, acte)?;
    let e = echeances_absence(commune, etat, &venue, contexte.recu_le)?;
    let annonce = e.delai(contexte.recu_le).map_or(TROP_TARD, |d| &d.id).to_owned();
    let ligne = cout(commune, etat, acte, &venue, &annonce, contexte)?;
    let prix = prix(commune, etat, &venue, &reservee.delai, contexte);
    Ok(ecrire::absence(etat, acte, reservee, annonce, &ligne, prix, contexte))
}

/// The booking that the absence is from.
fn reservee<'e>(
    commune: &Commune,
    etat: &'e Etat<'_>,
    acte: &Absence,
) -> Result<(Venue, &'e ReservationFaite), Vec<Refus>> {
    let Some((_, prestation)) = commune.prestation(&acte.prestation) else {
        return Err(phrases::prestation_inconnue(&acte.prestation));
    };
    let Some(reservee) = etat.reservee(&acte.prestation, acte.jour) else {
        let raison = format!("{} n’est pas réservé le {}", prestation.nom, date_longue(acte.jour));
        let motif = phrases::impossible(phrases::ANNULATION, &raison);
        return Err(vec![Refus::nouveau("pas_de_reservation", motif)]);
    };
    Ok((Venue { mode: reservee.mode.clone(), ..Venue::simple(&acte.prestation, acte.jour) }, reservee))
}

/// The row of the town's table of absences.
pub(super) fn cout(
    commune: &Commune,
    etat: &Etat<'_>,
    acte: &Absence,
    venue: &Venue,
    annonce: &str,
    contexte: &Contexte,
) -> Result<LigneAbsence, Vec<Refus>> {
    let Some((cadre, Some(regles))) = Cadre::nouveau(commune, &acte.prestation, acte.jour) else {
        return Err(phrases::prestation_inconnue(&acte.prestation));
    };
    let Some(absence) = &regles.absence else {
        let raison = format!("{} ne dit pas ce que coûte une absence", cadre.service.nom);
        let motif = phrases::impossible(phrases::ANNULATION, &raison);
        return Err(vec![Refus::nouveau("absence", motif).lieu(cadre.service.lieu)]);
    };
    let mut refus: Vec<Refus> = Vec::new();
    // nobody gave a reason for an absence that nobody announced
    if annonce != AUCUNE {
        refus.extend(motif(absence, acte));
    }
    let inconnu = |dimension: &str, nom: &str| {
        let fait = commune.vocabulaire.fait(dimension);
        fait.is_none_or(|f| commune.vocabulaire.domaine(f).choix(nom).is_none())
    };
    let (canal, piece) =
        (acte.canal.as_deref().unwrap_or(PORTAIL), acte.piece.as_deref().unwrap_or(SANS_PIECE));
    for (dimension, nom) in [("canal", canal), ("piece", piece)] {
        if inconnu(dimension, nom) {
            let raison = format!("« {nom} » n’est pas une valeur de « {dimension} »");
            refus.push(Refus::nouveau(dimension, phrases::impossible(phrases::ANNULATION, &raison)));
        }
    }
    if !refus.is_empty() {
        return Err(refus);
    }
    let mut valeurs = cadre.valeurs(etat, venue.mode.as_deref(), acte.jour, contexte.recu_le)?;
    valeurs.choix(commune, "annonce", Some(annonce));
    valeurs.choix(commune, "motif", acte.motif.as_deref());
    valeurs.choix(commune, "canal", Some(canal));
    valeurs.choix(commune, "piece", Some(piece));
    valeurs.choix(commune, "presence", Some("absent"));
    // a day announced alone: runs of several days are settled with the invoice, when they are whole
    for dimension in ["duree_serie", "rang_jour"] {
        valeurs.valeur(commune, dimension, Valeur::Nombre(Decimal::ONE));
    }
    let sans = || {
        let raison = "la règle des absences ne prévoit pas ce cas";
        vec![Refus::nouveau("absence", phrases::impossible(phrases::ANNULATION, raison)).lieu(absence.lieu)]
    };
    let numero = absence.lignes.cherche(&valeurs.faits(), commune).map_err(|_| sans())?;
    absence.lignes.ligne(numero).map(|l| l.resultat.clone()).ok_or_else(sans)
}

fn motif(absence: &service::Absence, acte: &Absence) -> Option<Refus> {
    if absence.motifs.is_empty() {
        return None;
    }
    let raison = match &acte.motif {
        Some(m) if absence.motifs.contains(m) => return None,
        Some(m) => format!("« {m} » n’est pas un motif d’absence de ce service"),
        None => format!("il faut dire pourquoi : {}", absence.motifs.join(", ").replace('_', " ")),
    };
    Some(Refus::nouveau("motif", phrases::impossible(phrases::ANNULATION, &raison)).lieu(absence.lieu))
}

/// The price of the day not spent there, as rules see an absence.
pub(super) fn prix(
    commune: &Commune,
    etat: &Etat<'_>,
    venue: &Venue,
    delai: &str,
    contexte: &Contexte,
) -> Result<Vec<LignePricee>, Vec<Refus>> {
    let circonstances = Circonstances {
        mode: venue.mode.clone(),
        delai: Some(delai.to_owned()),
        absent: true,
        ..Circonstances::default()
    };
    reserver::de_circonstances(commune, etat, venue, circonstances, contexte)
}
