//! What the store commits of an accepted act.

use jiff::civil::Date;
use rules::montant::Montant;
use rules::phrase::{montant_en_lettres, nombre_en_lettres};
use rust_decimal::Decimal;

use super::absence::AUCUNE;
use super::{Absence, Contexte, Etat, Issue, Venue};
use crate::commune::Commune;
use crate::decision::{
    Agregat, CleUnique, Decision, Ecriture, EntreeJournal, EtatReservation, Garde, LigneFaite, Pas, Refus,
    ReservationFaite, Suivant,
};
use crate::identifiant::{Alea, LigneId, ReservationId};
use crate::service::{Facturee, LigneAbsence};
use crate::tarification::{LignePricee, en_json};

type Prix = Result<Vec<LignePricee>, Vec<Refus>>;

/// A new booked day.
pub(super) fn reservation(
    commune: &Commune,
    etat: &Etat<'_>,
    venue: &Venue,
    delai: String,
    places: Option<u32>,
    prix: Prix,
    contexte: &Contexte,
) -> Issue {
    let mut alea = contexte.alea.clone();
    let id = ReservationId::neuf(alea.tire());
    let agregat = Agregat::Reservation(id.clone());
    let faite = ReservationFaite {
        id: id.clone(),
        foyer: etat.foyer.clone(),
        enfant: etat.enfant.clone(),
        prestation: venue.prestation.clone(),
        jour: venue.jour,
        mode: venue.mode.clone(),
        delai: delai.clone(),
        recu_le: contexte.recu_le,
        etat: EtatReservation::Ferme,
        pointee_le: None,
        version: 1,
    };
    let mut gardes = vec![
        Garde::Version { agregat: agregat.clone(), attendue: 0 },
        Garde::Unique(CleUnique::Reservation {
            enfant: etat.enfant.clone(),
            prestation: venue.prestation.clone(),
            jour: venue.jour,
        }),
    ];
    gardes.extend(garde_foyer(etat));
    gardes.extend(places.map(|places| Garde::Capacite {
        cle: cle_places(&venue.prestation, venue.jour),
        places,
        prend: 1,
    }));
    let decision = Decision {
        entree: entree(agregat, 1, "reserver", &venue.prestation, contexte),
        suivant: Suivant::Reservation(Box::new(faite)),
        ecritures: lignes(commune, etat, venue, Some(&id), &prix, &mut alea),
        effets: Vec::new(),
        echeances: Vec::new(),
        gardes,
        trace: trace("reservation.delai", &delai, &prix),
    };
    Issue { decision, delai: Some(delai), annonce: None, facture: None, droit: None, message: None, prix }
}

/// A booked day given back, with the announcement that it met.
pub(super) fn absence(
    etat: &Etat<'_>,
    acte: &Absence,
    reservee: &ReservationFaite,
    annonce: String,
    ligne: &LigneAbsence,
    prix: Prix,
    contexte: &Contexte,
) -> Issue {
    annule(etat, acte, reservee, annonce, "absence", ligne, prix, contexte)
}

/// A booked day on which the child did not come, and nobody said so.
pub(super) fn absence_pointee(
    etat: &Etat<'_>,
    acte: &Absence,
    reservee: &ReservationFaite,
    ligne: &LigneAbsence,
    prix: Prix,
    contexte: &Contexte,
) -> Issue {
    annule(etat, acte, reservee, AUCUNE.to_owned(), "pointer_absent", ligne, prix, contexte)
}

#[expect(clippy::too_many_arguments, reason = "the parts of one decision")]
fn annule(
    etat: &Etat<'_>,
    acte: &Absence,
    reservee: &ReservationFaite,
    annonce: String,
    evenement: &str,
    ligne: &LigneAbsence,
    prix: Prix,
    contexte: &Contexte,
) -> Issue {
    let agregat = Agregat::Reservation(reservee.id.clone());
    let version = reservee.version.saturating_add(1);
    let faite = ReservationFaite {
        etat: EtatReservation::Annulee {
            annonce: annonce.clone(),
            le: contexte.recu_le,
            motif: acte.motif.clone(),
        },
        version,
        ..reservee.clone()
    };
    let mut gardes = vec![Garde::Version { agregat: agregat.clone(), attendue: reservee.version }];
    gardes.extend(garde_foyer(etat));
    let mut trace = trace("absence.annonce", &annonce, &prix);
    trace.push(Pas {
        regle: "absence.lignes".into(),
        lieu: Some(ligne.lieu),
        resultat: en_mots(&ligne.facture),
    });
    let decision = Decision {
        entree: entree(agregat, version, evenement, &acte.prestation, contexte),
        suivant: Suivant::Reservation(Box::new(faite)),
        ecritures: Vec::new(),
        effets: Vec::new(),
        echeances: Vec::new(),
        gardes,
        trace,
    };
    Issue {
        decision,
        delai: Some(reservee.delai.clone()),
        annonce: Some(annonce),
        facture: Some(ligne.facture.clone()),
        droit: ligne.droit.clone(),
        message: ligne.message.clone(),
        prix,
    }
}

/// What an absence costs, for the trace.
fn en_mots(facture: &Facturee) -> String {
    match facture {
        Facturee::Oui => "facturée".to_owned(),
        Facturee::Non => "non facturée".to_owned(),
        Facturee::Taux(t) => {
            let pour_cent = t.checked_mul(Decimal::ONE_HUNDRED).unwrap_or(*t);
            format!("facturée à {} %", nombre_en_lettres(pour_cent))
        }
        Facturee::Montant(m) => format!("facturée {}", montant_en_lettres(*m)),
        Facturee::ADemander(question) => format!("à demander à la commune : {question}"),
    }
}

/// A presence. What was booked keeps its own line; a presence without a booking has one of its own.
#[expect(clippy::too_many_arguments, reason = "the parts of one decision")]
pub(super) fn pointage(
    commune: &Commune,
    etat: &Etat<'_>,
    venue: &Venue,
    reservee: Option<&ReservationFaite>,
    delai: Option<String>,
    message: Option<String>,
    prix: Prix,
    contexte: &Contexte,
) -> Issue {
    let mut alea = contexte.alea.clone();
    let faite = match reservee {
        Some(r) => ReservationFaite {
            version: r.version.saturating_add(1),
            pointee_le: Some(contexte.recu_le),
            ..r.clone()
        },
        None => ReservationFaite {
            id: ReservationId::neuf(alea.tire()),
            foyer: etat.foyer.clone(),
            enfant: etat.enfant.clone(),
            prestation: venue.prestation.clone(),
            jour: venue.jour,
            mode: venue.mode.clone(),
            delai: delai.clone().unwrap_or_default(),
            recu_le: contexte.recu_le,
            etat: EtatReservation::SansReservation,
            pointee_le: Some(contexte.recu_le),
            version: 1,
        },
    };
    let agregat = Agregat::Reservation(faite.id.clone());
    let seq = faite.version;
    let attendue = reservee.map_or(0, |r| r.version);
    let mut gardes = vec![Garde::Version { agregat: agregat.clone(), attendue }];
    let ecritures = match reservee {
        Some(_) => Vec::new(),
        None => {
            gardes.extend(garde_foyer(etat));
            lignes(commune, etat, venue, Some(&faite.id), &prix, &mut alea)
        }
    };
    let suivant = Suivant::Reservation(Box::new(faite));
    let delai = delai.or_else(|| reservee.map(|r| r.delai.clone()));
    let decision = Decision {
        entree: entree(agregat, seq, "pointer", &venue.prestation, contexte),
        suivant,
        ecritures,
        effets: Vec::new(),
        echeances: Vec::new(),
        gardes,
        trace: trace("pointage", delai.as_deref().unwrap_or("pointe"), &prix),
    };
    Issue { decision, delai, annonce: None, facture: None, droit: None, message, prix }
}

/// The counter of places of a prestation on a day.
pub fn cle_places(prestation: &str, jour: Date) -> String {
    format!("{prestation}/{jour}")
}

/// What was read of the household must still be so.
fn garde_foyer(etat: &Etat<'_>) -> Option<Garde> {
    etat.version_foyer
        .map(|attendue| Garde::Version { agregat: Agregat::Foyer(etat.foyer.clone()), attendue })
}

fn entree(
    agregat: Agregat,
    seq: i64,
    evenement: &str,
    prestation: &str,
    contexte: &Contexte,
) -> EntreeJournal {
    EntreeJournal {
        agregat,
        seq,
        le: contexte.recu_le,
        auteur: contexte.auteur.clone(),
        evenement: evenement.to_owned(),
        detail: Some(prestation.to_owned()),
        changements: Vec::new(),
    }
}

/// The lines as told that day; an amount that no text gives has no line.
fn lignes(
    commune: &Commune,
    etat: &Etat<'_>,
    venue: &Venue,
    reservation: Option<&ReservationId>,
    prix: &Prix,
    alea: &mut Alea,
) -> Vec<Ecriture> {
    let connues = prix.iter().flatten().filter_map(|l| l.montant.as_ref().ok().map(|m| (l, *m)));
    connues
        .map(|(l, montant): (&LignePricee, Montant)| {
            Ecriture::Ligne(Box::new(LigneFaite {
                id: LigneId::neuf(alea.tire()),
                foyer: etat.foyer.clone(),
                enfant: Some(etat.enfant.clone()),
                reservation: reservation.cloned(),
                prestation: l.produit.clone(),
                jour: venue.jour,
                montant,
                phrase: l.phrase.clone(),
                trace: en_json(l, commune),
                digest: commune.digest.clone(),
            }))
        })
        .collect()
}

fn trace(regle: &str, resultat: &str, prix: &Prix) -> Vec<Pas> {
    let premier = Pas { regle: regle.to_owned(), lieu: None, resultat: resultat.to_owned() };
    let lignes = prix.iter().flatten().map(|l| Pas {
        regle: format!("prix.{}", l.produit),
        lieu: Some(l.lieu),
        resultat: l.phrase.clone(),
    });
    let refus = prix.as_ref().err().into_iter().flatten().map(|r| Pas {
        regle: r.regle.to_string(),
        lieu: r.lieu,
        resultat: r.motif.to_string(),
    });
    std::iter::once(premier).chain(lignes).chain(refus).collect()
}
