//! What is known of a household when an act on a day is decided: the same rows give the same state, wherever they come
//! from.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use rules::faits::Symboles;
use rules::valeur::Valeur;

use super::besoins::{Besoins, besoins};
use super::{Acte, Etat, Inscrit};
use crate::annee;
use crate::commune::Commune;
use crate::decision::{EtatReservation, Refus, ReservationFaite};
use crate::demarche::{Dossier, Phase, demandees_de, tenues, vue};
use crate::foyer::{FaitsDates, Foyer, Genre, Sujet, ValeurFait};
use crate::identifiant::PersonneId;
use crate::tarification::{
    self, Circonstances, Connus, Enfant, FaitsFamille, Famille, SANS_RESERVATION, Sujets,
};

/// The rows of one household, as a store or a case holds them.
#[derive(Clone, Debug)]
pub struct FoyerConnu<'a> {
    /// Who is in it.
    pub foyer: &'a Foyer,
    /// Is its version guarded by the commit?
    pub garde: bool,
    /// What is known of its people.
    pub faits: &'a FaitsDates,
    /// Its registrations: for a child, or for all of them.
    pub inscriptions: Vec<(Option<PersonneId>, Inscrit)>,
    /// Its booked days that [`Besoins::reservations`] names, in the order in which they are stored.
    pub reservations: Vec<ReservationFaite>,
    /// Its dossiers, when documents are read.
    pub dossiers: Vec<Dossier>,
    /// Is it suspended for unpaid dues?
    pub impaye: bool,
    /// Does the town know it: made by the town, or declared by an account that the service has accepted?
    pub compte_valide: bool,
    /// Places taken that day at this prestation, when they are counted.
    pub prises: Option<u32>,
    /// The server's instant.
    pub recu_le: Timestamp,
}

impl FoyerConnu<'_> {
    /// The state in which `acte` of the child of `sujets` is decided.
    pub fn etat<'e>(
        &'e self,
        commune: &Commune,
        sujets: &'e Sujets,
        enfant: &PersonneId,
        acte: &Acte,
    ) -> Result<Etat<'e>, Vec<Refus>> {
        let besoins = besoins(commune, acte);
        let faits = FaitsFamille::Dates { faits: self.faits, sujets };
        let mut etat = Etat::nouveau(self.foyer.id.clone(), enfant.clone(), faits);
        etat.version_foyer = self.garde.then_some(self.foyer.version);
        etat.numero = self.numero(enfant);
        etat.famille = self.famille(commune);
        etat.inscriptions = self.inscriptions_de(enfant).map(|i| i.1.clone()).collect();
        (etat.pieces_valables, etat.pieces_manquantes) = self.pieces(commune, sujets, enfant, &besoins);
        etat.impaye = self.impaye;
        etat.compte_valide = self.compte_valide;
        etat.autorisations = self.autorisations(commune, sujets, &besoins)?;
        etat.compteurs = self.compteurs(commune, enfant, acte, &besoins);
        etat.presences = self.presences(enfant);
        etat.autres = match besoins.actes_du_foyer {
            true => self.autres(commune, sujets, enfant, acte)?,
            false => Vec::new(),
        };
        etat.prises = self.prises;
        etat.reservations.clone_from(&self.reservations);
        Ok(etat)
    }

    fn enfants(&self) -> impl Iterator<Item = &PersonneId> {
        self.foyer.membres.iter().filter(|m| m.genre == Genre::Enfant).map(|m| &m.personne)
    }

    /// The child's place in the household; a child who left it is after the others.
    fn numero(&self, enfant: &PersonneId) -> u32 {
        let place = self.enfants().position(|e| e == enfant);
        place.and_then(|n| u32::try_from(n).ok()).unwrap_or(u32::MAX)
    }

    fn inscriptions_de(&self, enfant: &PersonneId) -> impl Iterator<Item = &(Option<PersonneId>, Inscrit)> {
        self.inscriptions.iter().filter(move |(e, _)| e.as_ref().is_none_or(|e| e == enfant))
    }

    /// The household's children, as ranks and counts see them.
    pub fn famille(&self, commune: &Commune) -> Famille {
        let jour = commune.fuseau.to_datetime(self.recu_le).date();
        let un = |enfant: &PersonneId| {
            let lu = self.faits.valeur(&Sujet::Personne(enfant.clone()), "naissance", jour, self.recu_le);
            let naissance = match lu.map(|f| &f.valeur) {
                Some(ValeurFait::Date(d)) => Some(*d),
                _ => None,
            };
            let inscrit_a = self.inscriptions_de(enfant).map(|(_, i)| i.service.clone()).collect();
            Enfant { naissance, inscrit_a }
        };
        Famille { enfants: self.enfants().map(un).collect() }
    }

    /// The documents of the child's own files: which are valid today, and the names of the blocking ones that lack. A
    /// child without a file lacks the file.
    fn pieces(
        &self,
        commune: &Commune,
        sujets: &Sujets,
        enfant: &PersonneId,
        besoins: &Besoins,
    ) -> (BTreeSet<String>, Vec<String>) {
        let (mut valables, mut demandees, mut vus) = (BTreeSet::new(), Vec::new(), false);
        if !besoins.dossier && besoins.pieces.is_empty() {
            return (valables, Vec::new());
        }
        let jour = commune.fuseau.to_datetime(self.recu_le).date();
        let tenues = tenues(commune, &self.dossiers, Some(enfant));
        valables.extend(tenues.iter().filter(|t| t.vaut(jour)).map(|t| t.piece.to_owned()));
        for d in &self.dossiers {
            let sien = d.enfant.as_ref().is_none_or(|e| e == enfant);
            let demarche = commune.demarche(&d.demarche).filter(|m| !m.pieces.is_empty());
            let (Some(demarche), true) = (demarche, sien && d.phase != Phase::Brouillon && d.phase.occupe())
            else {
                continue;
            };
            vus = true;
            let vue = vue(
                commune,
                demarche,
                (self.faits, Some(sujets)),
                (Some(&d.reponses), &demandees_de(Some(d))),
                self.recu_le,
            );
            demandees.extend(vue.pieces.into_iter().filter(|p| p.bloque));
        }
        if !vus {
            return (valables, vec!["le dossier de l’année".to_owned()]);
        }
        let mut manquantes: Vec<String> = Vec::new();
        for piece in demandees {
            let autrement = piece.alternatives.iter().any(|a| a.iter().all(|p| valables.contains(p)));
            if !valables.contains(&piece.piece) && !autrement && !manquantes.contains(&piece.nom) {
                manquantes.push(piece.nom);
            }
        }
        (valables, manquantes)
    }

    /// An authorisation is given when the fact of that name says yes on the day of the act.
    fn autorisations(
        &self,
        commune: &Commune,
        sujets: &Sujets,
        besoins: &Besoins,
    ) -> Result<BTreeSet<String>, Vec<Refus>> {
        if besoins.autorisations.is_empty() {
            return Ok(BTreeSet::new());
        }
        let jour = commune.fuseau.to_datetime(self.recu_le).date();
        let connus = Connus::dates(commune, self.faits, sujets, jour, self.recu_le)?;
        let donnee = |nom: &&String| {
            commune.vocabulaire.fait(nom).is_some_and(|f| connus.valeur(f).0 == Valeur::Booleen(true))
        };
        Ok(besoins.autorisations.iter().filter(donnee).cloned().collect())
    }

    /// What access rules count of the child, in the period of the service day, at the service's prestations.
    fn compteurs(
        &self,
        commune: &Commune,
        enfant: &PersonneId,
        acte: &Acte,
        besoins: &Besoins,
    ) -> std::collections::BTreeMap<String, u32> {
        let (prestation, jour) = acte.quoi();
        let service = commune.prestation(prestation).map(|(s, _)| s);
        let siennes = || {
            let faites = self.reservations.iter().filter(|r| r.enfant == *enfant);
            faites.filter(|r| service.is_some_and(|s| s.prestation(&r.prestation).is_some()))
        };
        let compte = |(de, par): &(String, String)| {
            let (du, au) = periode(commune, par, jour);
            let n = siennes().filter(|r| du <= r.jour && r.jour <= au && est(r, de)).count();
            (de.clone(), u32::try_from(n).unwrap_or(u32::MAX))
        };
        besoins.compteurs.iter().map(compte).collect()
    }

    fn presences(&self, enfant: &PersonneId) -> BTreeSet<(String, Date)> {
        let venues = self.reservations.iter().filter(|r| r.enfant == *enfant && est(r, "presence"));
        venues.map(|r| (r.prestation.clone(), r.jour)).collect()
    }

    /// The household's other acts, that ranks and counters see: what is booked, who came without booking, who did not come
    /// and had not said so in time.
    fn autres(
        &self,
        commune: &Commune,
        sujets: &Sujets,
        enfant: &PersonneId,
        acte: &Acte,
    ) -> Result<Vec<tarification::Acte>, Vec<Refus>> {
        let (prestation, jour) = acte.quoi();
        let mut autres = Vec::new();
        for (numero, r) in (0..).zip(&self.reservations) {
            let celle_ci = r.prestation == prestation && r.jour == jour && r.enfant == *enfant;
            let annulee = matches!(r.etat, EtatReservation::Annulee { .. });
            if celle_ci || (annulee && !est(r, "absence")) {
                continue;
            }
            let sujets = Sujets { enfant: Some(r.enfant.clone()), ..sujets.clone() };
            let connus = Connus::dates(commune, self.faits, &sujets, r.jour, self.recu_le)?;
            let circonstances = Circonstances {
                mode: r.mode.clone(),
                delai: Some(r.delai.clone()),
                absent: annulee,
                ..Circonstances::default()
            };
            autres.push(tarification::Acte {
                numero,
                enfant: self.numero(&r.enfant),
                ..tarification::Acte::seul(&r.prestation, r.jour, circonstances, connus)
            });
        }
        Ok(autres)
    }
}

/// The first and last day of the period of `jour` in which something is counted.
fn periode(commune: &Commune, par: &str, jour: Date) -> (Date, Date) {
    match par {
        "jour" => (jour, jour),
        "semaine" => {
            let lundi = rules::calendrier::lundi_de(jour).unwrap_or(jour);
            (lundi, rules::calendrier::plus_jours(lundi, 6).unwrap_or(jour))
        }
        "mois" => (jour.first_of_month(), jour.last_of_month()),
        "annee" => (jour.first_of_year(), jour.last_of_year()),
        _ => annee::bornes(commune, jour).unwrap_or_else(|| {
            let debut = annee::annee_scolaire(commune, jour);
            let borne = |annee: i16, mois, jour_| Date::new(annee, mois, jour_).unwrap_or(jour);
            (borne(debut, 9, 1), borne(debut.saturating_add(1), 8, 31))
        }),
    }
}

/// Announced in time: the day is given back, as if it had not been booked.
fn a_temps(etat: &EtatReservation) -> bool {
    use super::absence::{AUCUNE, TROP_TARD};
    matches!(etat, EtatReservation::Annulee { annonce, .. } if annonce != TROP_TARD && annonce != AUCUNE)
}

/// Is it one of the events that a counter of this kind counts?
fn est(r: &ReservationFaite, genre: &str) -> bool {
    let venue_sans = r.etat == EtatReservation::SansReservation;
    match genre {
        "reservation" => r.etat == EtatReservation::Ferme,
        "presence" => venue_sans || (r.etat == EtatReservation::Ferme && r.pointee_le.is_some()),
        "absence" => matches!(r.etat, EtatReservation::Annulee { .. }) && !a_temps(&r.etat),
        SANS_PRESENCE => venue_sans && r.delai == SANS_RESERVATION,
        _ => false,
    }
}

/// The counter of those who come without a booking.
const SANS_PRESENCE: &str = "presence_sans_reservation";
