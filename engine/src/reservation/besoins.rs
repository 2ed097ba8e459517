//! What an act may read: the caller loads exactly that before it decides.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rules::ajustement::{Cle, Operation, Quantum, Remplacement};
use rules::bareme::{Grandeur, Resultat};
use rules::faits::{FaitId, Symboles};
use rules::table::Table;

use super::echeance::Cadre;
use super::ecrire::cle_places;
use super::{Acte, choix};
use crate::commune::{Commune, Condition};
use crate::derive::{Calcul, FaitEnsemble, ValeurLigne};
use crate::service::{Combinaison, Exige, Limite, RegleService, Tarif};
use crate::vocabulaire::Origine;

/// Facts, rows and counters that an act may read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Besoins {
    /// Recorded facts, and zones by their name (they need the address), of the household and the child.
    pub faits: BTreeSet<String>,
    /// The service whose registration is read.
    pub inscription: Option<String>,
    /// Is the state of the child's file read?
    pub dossier: bool,
    /// Documents read one by one.
    pub pieces: BTreeSet<String>,
    /// Is a suspension for unpaid dues read?
    pub impaye: bool,
    /// Is the account's validation read?
    pub compte: bool,
    /// Authorisations read.
    pub autorisations: BTreeSet<String>,
    /// Prestations whose payment is read.
    pub payees: BTreeSet<String>,
    /// Counters: what is counted, and in which period.
    pub compteurs: BTreeSet<(String, String)>,
    /// Prestations whose presence that day is read.
    pub presences: BTreeSet<String>,
    /// First and last day of the child's bookings that are read.
    pub reservations: Option<(Date, Date)>,
    /// Are the acts of the whole household over these days read (ranks, counts)?
    pub actes_du_foyer: bool,
    /// The counter of places.
    pub places: Option<String>,
}

impl Besoins {
    /// Reads the bookings of these days too.
    fn elargit(&mut self, (de, a): (Date, Date)) {
        let lus = self.reservations.map_or((de, a), |(d, f)| (d.min(de), f.max(a)));
        self.reservations = Some(lus);
    }
}

/// What deciding `acte` may read. An unknown prestation reads nothing: it refuses.
pub fn besoins(commune: &Commune, acte: &Acte) -> Besoins {
    let (nom, jour) = acte.quoi();
    let mut b = Besoins::default();
    let Some((service, prestation)) = commune.prestation(nom) else { return b };
    let mut lus = Lus { commune, faits: BTreeSet::new(), ensemble: None };
    b.reservations = Some((jour, jour));
    if let Tarif::Bareme(bareme) = &prestation.tarif {
        lus.bareme(bareme, jour);
    }
    if let Some(offerte) = &prestation.offerte {
        lus.condition(&offerte.si);
    }
    if let Some(regles) = service.regles(jour) {
        if let Acte::Reserver(_) = acte {
            acces(&mut b, &mut lus, regles, (&service.id, jour));
        }
        regles_lues(&mut lus, regles);
        if !regles.capacite.is_empty() {
            b.places = Some(cle_places(nom, jour));
        }
    }
    lus.ferme();
    if let Some(periode) = lus.ensemble {
        b.actes_du_foyer = true;
        b.elargit(periode.autour(jour));
    }
    if let (Acte::Reserver(_), Some((cadre, Some(regles)))) = (acte, Cadre::nouveau(commune, nom, jour)) {
        b.actes_du_foyer |= regles.choix.iter().any(|r| r.combinaison == Combinaison::FratrieEnsemble);
        if let Some(jours) = choix::jours_lus(&cadre, regles) {
            b.elargit(jours);
        }
    }
    for id in lus.faits {
        let Some(s) = commune.vocabulaire.symbole(id) else { continue };
        if matches!(s.origine, Origine::Enregistre | Origine::Zonage(_)) {
            b.faits.insert(s.nom.clone());
        }
    }
    b
}

fn acces(b: &mut Besoins, lus: &mut Lus<'_>, regles: &RegleService, (service, jour): (&str, Date)) {
    for a in &regles.acces {
        lus.condition(&a.si);
        match &a.exige {
            Exige::DossierComplet => b.dossier = true,
            Exige::InscriptionAcceptee => b.inscription = Some(service.to_owned()),
            Exige::SansImpaye => b.impaye = true,
            Exige::CompteValide => b.compte = true,
            Exige::Ecole(_) => lus.faits.extend(lus.commune.vocabulaire.fait("ecole")),
            Exige::Piece(p) => drop(b.pieces.insert(p.clone())),
            Exige::Paye(p) => drop(b.payees.insert(p.clone())),
            Exige::Fait(c) => lus.condition(c),
            Exige::Compteur { de, par, .. } => {
                b.compteurs.insert((de.clone(), par.clone()));
                b.elargit(Portee::de(par).autour(jour));
            }
            Exige::Presence(p) => drop(b.presences.insert(p.clone())),
            // bookings of that day are read in any case
            Exige::Reserve(_) => {}
            Exige::Autorisations(liste) => b.autorisations.extend(liste.iter().cloned()),
        }
    }
}

fn regles_lues(lus: &mut Lus<'_>, regles: &RegleService) {
    if let Some(r) = &regles.reservation {
        lus.limite(&r.ouverture);
        for d in &r.delais {
            lus.limite(&d.limite);
        }
    }
    if let Some(a) = &regles.absence {
        for annonce in &a.annonces {
            lus.limite(&annonce.limite);
        }
        lus.table(&a.lignes);
    }
    for c in &regles.capacite {
        lus.condition(&c.si);
    }
    for r in &regles.choix {
        lus.condition(&r.si);
    }
    for a in &regles.pipeline.ajustements {
        lus.condition(&a.si);
        lus.groupes(a.compteur.as_ref().map(|c| c.par.as_slice()));
        lus.groupes(a.seulement.as_ref().map(|s| s.par.as_slice()));
        lus.groupes(a.par.as_deref());
        match &a.operation {
            Operation::Majore(q) | Operation::Remise(q) => lus.quantum(q),
            Operation::Remplace(Remplacement::Lignes(t)) => lus.montants(t),
            Operation::Remplace(Remplacement::Montant(g))
            | Operation::Plancher(g)
            | Operation::Plafond(g) => {
                lus.grandeur(g);
            }
            // the tariffs that a step names are read whole
            _ => lus.tout(),
        }
    }
    for p in &regles.pipeline.penalites {
        lus.condition(&p.si);
        lus.groupes(p.compteur.as_ref().map(|c| c.par.as_slice()));
        lus.groupes(p.par.as_deref());
        match &p.prix {
            rules::periode::PrixPenalite::Quantum(q) => lus.quantum(q),
            rules::periode::PrixPenalite::Retard(r) => lus.grandeur(&r.montant),
        }
    }
    for t in &regles.pipeline.tiers {
        lus.condition(&t.si);
        match &t.part {
            rules::periode::PartTiers::ResteFamille(g) => lus.grandeur(g),
            rules::periode::PartTiers::Quantum(q) => lus.quantum(q),
        }
    }
}

/// Over which days the acts of the household are read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Portee {
    Jour,
    Semaine,
    Mois,
    Annee,
}

impl Portee {
    fn de(mot: &str) -> Self {
        match mot {
            "annee" | "annee_scolaire" => Self::Annee,
            "mois" => Self::Mois,
            "semaine" => Self::Semaine,
            _ => Self::Jour,
        }
    }

    fn autour(self, jour: Date) -> (Date, Date) {
        let lundi = rules::calendrier::lundi_de(jour).unwrap_or(jour);
        match self {
            Self::Jour => (jour, jour),
            Self::Semaine => (lundi, rules::calendrier::plus_jours(lundi, 6).unwrap_or(jour)),
            Self::Mois => (jour.first_of_month(), jour.last_of_month()),
            // a school year begins the civil year before, or ends in the next
            Self::Annee => {
                let debut = Date::new(jour.year().saturating_sub(1), 7, 1).unwrap_or(jour);
                let fin = Date::new(jour.year().saturating_add(1), 9, 15).unwrap_or(jour);
                (debut, fin)
            }
        }
    }
}

/// The facts met so far.
struct Lus<'a> {
    commune: &'a Commune,
    faits: BTreeSet<FaitId>,
    ensemble: Option<Portee>,
}

impl Lus<'_> {
    fn table<R>(&mut self, table: &Table<R>) {
        self.faits.extend(table.dimensions().iter().map(|d| d.fait));
        for ligne in table.lignes() {
            self.faits.extend(ligne.garde.iter().flat_map(|g| g.faits_lus().iter().copied()));
        }
    }

    /// What is counted, or done once, in such groups depends on the other acts of the same group.
    fn groupes(&mut self, par: Option<&[Cle]>) {
        let Some(par) = par else { return };
        let portee = par.iter().filter_map(|c| match c {
            Cle::Jour => Some(Portee::Jour),
            Cle::Semaine => Some(Portee::Semaine),
            Cle::Mois => Some(Portee::Mois),
            Cle::Annee | Cle::AnneeScolaire => Some(Portee::Annee),
            Cle::Foyer | Cle::Enfant | Cle::Prestation | Cle::Lot => None,
        });
        // the narrowest period of the group bounds it; without one, the group runs over the year at least
        let portee = portee.min().unwrap_or(Portee::Annee);
        self.ensemble = self.ensemble.max(Some(portee));
    }

    fn limite(&mut self, table: &Table<Limite>) {
        self.table(table);
    }

    fn condition(&mut self, condition: &Condition) {
        self.faits.extend(condition.faits_lus());
    }

    fn grandeur(&mut self, grandeur: &Grandeur) {
        match grandeur {
            Grandeur::Formule(e) => self.faits.extend(e.faits_lus().iter().copied()),
            Grandeur::Fait(f) => drop(self.faits.insert(*f)),
            Grandeur::Montant(_) | Grandeur::Parametre(_) => {}
        }
    }

    fn montants(&mut self, table: &Table<Grandeur>) {
        self.table(table);
        for ligne in table.lignes() {
            self.grandeur(&ligne.resultat);
        }
    }

    fn quantum(&mut self, quantum: &Quantum) {
        match quantum {
            Quantum::Montant(g) => self.grandeur(g),
            Quantum::Lignes(t) => self.montants(t),
            Quantum::Taux(_) => {}
            Quantum::Bareme(_) => self.tout(),
        }
    }

    fn bareme(&mut self, nom: &str, jour: Date) {
        let grille = self.commune.bareme(nom).and_then(|b| b.bareme.grille(jour)).map(|(_, g)| g);
        let Some(grille) = grille else { return };
        self.table(grille.table());
        self.faits.extend(grille.axe().into_iter().chain(grille.assiette()));
        for ligne in grille.table().lignes() {
            match &ligne.resultat {
                Resultat::Formule(e) => self.faits.extend(e.faits_lus().iter().copied()),
                Resultat::Taux { assiette, plancher, plafond, .. } => {
                    self.faits.extend(*assiette);
                    for g in plancher.iter().chain(plafond) {
                        self.grandeur(g);
                    }
                }
                // another tariff, or a script: everything that is known may be read
                Resultat::Comme { .. } | Resultat::Script(_) => self.tout(),
                _ => {}
            }
        }
    }

    /// Every name: for rules whose reading is not followed here.
    fn tout(&mut self) {
        self.faits.extend(self.commune.vocabulaire.iter().map(|(id, _)| id));
    }

    /// What derived facts read, and the days over which the family's acts are counted.
    fn ferme(&mut self) {
        for nom in ["enfants_presents", "enfants_inscrits", "enfants_foyer"] {
            if self.commune.vocabulaire.fait(nom).is_some_and(|f| self.faits.contains(&f)) {
                self.ensemble = self.ensemble.max(Some(Portee::Jour));
            }
        }
        // each derived fact comes after what it reads: backwards, one pass follows every chain
        let commune = self.commune;
        for derive in commune.derives.iter().rev() {
            if self.faits.contains(&derive.id) {
                self.derive(&derive.calcul);
            }
        }
    }

    fn derive(&mut self, calcul: &Calcul) {
        match calcul {
            Calcul::Table(t) => {
                self.table(t);
                for ligne in t.lignes() {
                    if let ValeurLigne::Formule(e) = &ligne.resultat {
                        self.faits.extend(e.faits_lus().iter().copied());
                    }
                }
            }
            Calcul::Formule(e) => self.faits.extend(e.faits_lus().iter().copied()),
            Calcul::Age { naissance, .. } => drop(self.faits.insert(*naissance)),
            Calcul::Script(_) => self.tout(),
            Calcul::Ensemble(e) => {
                let portee = match e {
                    FaitEnsemble::Rang { par, ordre, .. } => {
                        if ordre == "naissance" {
                            self.faits.extend(self.commune.vocabulaire.fait("naissance"));
                        }
                        Portee::de(par)
                    }
                    FaitEnsemble::Compte { par, .. } => {
                        par.iter().map(|p| Portee::de(p)).max().unwrap_or(Portee::Annee)
                    }
                    FaitEnsemble::PresenceAilleurs { .. } => Portee::Jour,
                };
                self.ensemble = self.ensemble.max(Some(portee));
            }
        }
    }
}
