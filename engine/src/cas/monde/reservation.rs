//! The steps of a case about days: booked, given back, pointed.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{FoyerCas, Impossible, Monde};
use crate::cas::compare::Obtenus;
use crate::cas::execute::montre_refus;
use crate::cas::rapport::Obtenu;
use crate::commune::Commune;
use crate::decision::{
    Auteur, CleUnique, Decision, EtatReservation, Garde, Refus, ReservationFaite, Suivant,
};
use crate::definition::lecture::Liste;
use crate::definition::raw::cas::{RawActe, RawActeur};
use crate::foyer::{FaitsDates, Sujet};
use crate::identifiant::{AgentId, Alea, PersonneId};
use crate::reservation::{
    Absence, Acte, Contexte, Etat, FoyerConnu, Inscrit, Issue, Venue, besoins, decide, decide_ensemble,
    echeances, echeances_absence,
};
use crate::service::Facturee;
use crate::tarification::Sujets;

/// What is done about a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cas) enum Verbe {
    /// Booked.
    Reserver,
    /// Given back.
    Absence,
    /// Came.
    Pointer,
}

impl Monde<'_> {
    /// Decides, commits, and says what came.
    pub(in crate::cas) fn jour(
        &mut self,
        verbe: Verbe,
        raw: &RawActe,
        par: Option<&RawActeur>,
        obtenus: &mut Obtenus,
    ) -> Result<(), Impossible> {
        let (enfant, nom_foyer) = self.enfant(&raw.enfant)?;
        let acte = acte(verbe, raw)?;
        let foyer = self.foyer(&nom_foyer)?.clone();
        let sujets = sujets(&foyer, &enfant);
        let auteur = self.auteur_du_jour(par, &foyer, &raw.prestation);
        let contexte = Contexte { recu_le: self.maintenant, auteur, alea: Alea::nouveau(self.alea.tire()) };
        let dates = self.dates.clone();
        let connu = self.connu(&foyer, &dates, &acte);
        let etat = self.etat(&connu, &foyer, &sujets, &acte)?;
        let lieux = lieux_des_delais(self.commune, verbe, &etat, &acte, &contexte);
        let issue = decide(self.commune, &etat, &acte, &contexte);
        self.touches.extend(lieux);
        let issue = match issue {
            Ok(issue) => self.prend(&issue.decision).map(|()| issue).map_err(|r| vec![r]),
            Err(refus) => Err(refus),
        };
        match issue {
            Ok(issue) => self.montre_issue(verbe, &enfant, raw, issue, obtenus),
            Err(refus) => {
                for r in &refus {
                    self.note_refus(r);
                }
                montre_refus(&refus, obtenus);
            }
        }
        Ok(())
    }

    fn auteur_du_jour(&self, par: Option<&RawActeur>, foyer: &FoyerCas, prestation: &str) -> Auteur {
        match par {
            None | Some(RawActeur::Parent) => {
                Auteur::Parent { personne: foyer.parent.clone(), foyer: foyer.foyer.id.clone() }
            }
            Some(RawActeur::Public) => Auteur::Public,
            Some(RawActeur::Agent(role)) => {
                let gestionnaire = self.commune.prestation(prestation).map(|(s, _)| s.gestionnaire.clone());
                let roles = role.clone().or(gestionnaire).into_iter().collect();
                Auteur::Agent { agent: AgentId::neuf([1; 16]), roles }
            }
        }
    }

    /// `panier`: all of it, or nothing of it.
    pub(in crate::cas) fn panier(
        &mut self,
        actes: &Liste<RawActe>,
        par: Option<&RawActeur>,
        obtenus: &mut Obtenus,
    ) -> Result<(), Impossible> {
        let Some(premier) = actes.elements.first() else {
            return Err(Impossible("un panier a au moins un jour".into()));
        };
        let (_, nom_foyer) = self.enfant(&premier.enfant)?;
        let foyer = self.foyer(&nom_foyer)?.clone();
        let auteur = self.auteur_du_jour(par, &foyer, &premier.prestation);
        let contexte = Contexte { recu_le: self.maintenant, auteur, alea: Alea::nouveau(self.alea.tire()) };
        let mut qui = Vec::new();
        for raw in actes {
            let (enfant, foyer_de) = self.enfant(&raw.enfant)?;
            if foyer_de != nom_foyer {
                return Err(Impossible("un panier est celui d'un seul foyer".into()));
            }
            let Acte::Reserver(venue) = acte(Verbe::Reserver, raw)? else { continue };
            qui.push((sujets(&foyer, &enfant), venue));
        }
        let dates = self.dates.clone();
        let acte_de = |v: &Venue| Acte::Reserver(v.clone());
        let connus: Vec<FoyerConnu<'_>> =
            qui.iter().map(|(_, v)| self.connu(&foyer, &dates, &acte_de(v))).collect();
        let mut etats = Vec::new();
        for ((sujets, venue), connu) in qui.iter().zip(&connus) {
            let acte = acte_de(venue);
            let etat = self.etat(connu, &foyer, sujets, &acte)?;
            let lieux = lieux_des_delais(self.commune, Verbe::Reserver, &etat, &acte, &contexte);
            self.touches.extend(lieux);
            etats.push(etat);
        }
        let demandes: Vec<_> = etats.iter().zip(&qui).map(|(e, (_, v))| (e, v)).collect();
        let issues = decide_ensemble(self.commune, &demandes, &contexte);
        let (avant, decidees) = (self.reservations.clone(), self.decisions.len());
        let issues = issues.and_then(|issues| {
            let pris = issues.iter().try_for_each(|i| self.prend(&i.decision));
            pris.map(|()| issues).map_err(|r| vec![r])
        });
        match issues {
            Ok(issues) => {
                obtenus.insert("accepte", Obtenu::Booleen(true));
                let lignes: Result<Vec<_>, _> = issues.into_iter().map(|i| i.prix).collect();
                if let Ok(lignes) = lignes {
                    self.montre_lignes(&lignes.concat(), obtenus);
                }
            }
            Err(refus) => {
                self.reservations = avant;
                self.decisions.truncate(decidees);
                for r in &refus {
                    self.note_refus(r);
                }
                montre_refus(&refus, obtenus);
            }
        }
        Ok(())
    }

    /// The rows of a household that a decision reads.
    fn connu<'f>(&self, foyer: &'f FoyerCas, faits: &'f FaitsDates, acte: &Acte) -> FoyerConnu<'f> {
        let (soi, jour) = (&foyer.foyer.id, acte.quoi().1);
        let besoins = besoins(self.commune, acte);
        let (de, a) = besoins.reservations.unwrap_or((jour, jour));
        let siennes = self.reservations.iter().filter(|r| r.foyer == *soi && de <= r.jour && r.jour <= a);
        FoyerConnu {
            foyer: &foyer.foyer,
            garde: false,
            faits,
            inscriptions: self.inscriptions_de(foyer),
            reservations: siennes.cloned().collect(),
            dossiers: self.dossiers.values().filter(|d| d.foyer.as_ref() == Some(soi)).cloned().collect(),
            impaye: foyer.etat.contains("impaye"),
            // a case's families are the town's own
            compte_valide: true,
            prises: besoins.places.is_some().then(|| self.prises(acte.quoi().0, jour)),
            recu_le: self.maintenant,
        }
    }

    /// The state of an act; a household said complete lacks no document.
    fn etat<'f>(
        &self,
        connu: &'f FoyerConnu<'f>,
        foyer: &FoyerCas,
        sujets: &'f Sujets,
        acte: &Acte,
    ) -> Result<Etat<'f>, Impossible> {
        let Some(enfant) = &sujets.enfant else {
            return Err(Impossible("un jour est celui d'un enfant".into()));
        };
        let etat = connu.etat(self.commune, sujets, enfant, acte);
        let mut etat = etat.map_err(|r| Impossible(super::demarche::premier(r).motif.to_string()))?;
        if foyer.etat.contains("dossier_complet") {
            etat.pieces_manquantes.clear();
        }
        Ok(etat)
    }

    fn prises(&self, prestation: &str, jour: Date) -> u32 {
        let pris =
            self.reservations.iter().filter(|r| r.prestation == prestation && r.jour == jour && live(r));
        u32::try_from(pris.count()).unwrap_or(u32::MAX)
    }

    fn inscriptions_de(&self, foyer: &FoyerCas) -> Vec<(Option<PersonneId>, Inscrit)> {
        let mut inscrits = Vec::new();
        for i in &self.inscriptions {
            let inscrit = Inscrit { service: i.service.clone(), du: i.du, au: i.au };
            match &i.sujet {
                Sujet::Foyer(f) if *f == foyer.foyer.id => inscrits.push((None, inscrit)),
                Sujet::Personne(p) if foyer.foyer.contient(p) => inscrits.push((Some(p.clone()), inscrit)),
                _ => {}
            }
        }
        if foyer.etat.contains("inscrit") {
            let tous = self.commune.services.iter();
            inscrits.extend(tous.map(|s| (None, Inscrit { service: s.id.clone(), du: Date::MIN, au: None })));
        }
        inscrits
    }

    /// Commits a decision about a day: its gardes hold, then it is there.
    fn prend(&mut self, decision: &Decision) -> Result<(), Refus> {
        for garde in &decision.gardes {
            match garde {
                Garde::Unique(CleUnique::Reservation { enfant, prestation, jour }) => {
                    let meme = |r: &&ReservationFaite| {
                        r.enfant == *enfant && r.prestation == *prestation && r.jour == *jour && live(r)
                    };
                    if self.reservations.iter().any(|r| meme(&r)) {
                        return Err(Refus::nouveau("deja_reserve", "Ce jour est déjà réservé."));
                    }
                }
                Garde::Capacite { cle, places, prend } => {
                    let Some((prestation, jour)) = cle.split_once('/') else { continue };
                    let prises = jour.parse().map_or(0, |j| self.prises(prestation, j));
                    if prises.saturating_add(*prend) > *places {
                        return Err(Refus::nouveau("complet", "Il ne reste plus de place ce jour."));
                    }
                }
                _ => {}
            }
        }
        self.note(&decision.trace);
        if let Suivant::Reservation(faite) = &decision.suivant {
            match self.reservations.iter_mut().find(|r| r.id == faite.id) {
                Some(r) => *r = (**faite).clone(),
                None => self.reservations.push((**faite).clone()),
            }
        }
        self.garde_pour_le_depot(decision);
        Ok(())
    }

    fn montre_issue(
        &mut self,
        verbe: Verbe,
        enfant: &PersonneId,
        raw: &RawActe,
        issue: Issue,
        obtenus: &mut Obtenus,
    ) {
        obtenus.insert("accepte", Obtenu::Booleen(true));
        if let Some(message) = issue.message {
            obtenus.insert("message", Obtenu::Mot(message));
        }
        if verbe != Verbe::Absence
            && let Some(delai) = issue.delai
        {
            obtenus.insert("delai", Obtenu::Mot(delai));
        }
        if let Some(annonce) = issue.annonce {
            obtenus.insert("annonce", Obtenu::Mot(annonce));
        }
        match issue.facture {
            Some(Facturee::Oui) => drop(obtenus.insert("facture", Obtenu::Booleen(true))),
            Some(Facturee::Non) => drop(obtenus.insert("facture", Obtenu::Booleen(false))),
            Some(Facturee::Montant(m)) => drop(obtenus.insert("facture", Obtenu::Montant(m))),
            Some(Facturee::Taux(t)) => {
                drop(obtenus.insert("facture", Obtenu::Mot(format!("taux {}", t.normalize()))));
            }
            Some(Facturee::ADemander(_)) => drop(obtenus.insert("a_demander", Obtenu::Booleen(true))),
            None => {}
        }
        if verbe == Verbe::Absence {
            return;
        }
        if let Ok(lignes) = &issue.prix {
            let mut ajustements: BTreeMap<String, Decimal> = BTreeMap::new();
            for etape in lignes.iter().flat_map(|l| &l.etapes) {
                if let Some(ecart) = etape.ecart {
                    let somme = ajustements.entry(etape.id.clone()).or_default();
                    *somme = somme.saturating_add(ecart);
                }
            }
            self.montre_lignes(lignes, obtenus);
            if verbe == Verbe::Pointer {
                let du_jour = self.ajustements.entry((enfant.clone(), raw.jour.0)).or_default();
                for (id, ecart) in ajustements {
                    let somme = du_jour.entry(id).or_default();
                    *somme = somme.saturating_add(ecart);
                }
            }
        }
        if verbe == Verbe::Pointer {
            let sommes = self.ajustements.get(&(enfant.clone(), raw.jour.0)).cloned().unwrap_or_default();
            obtenus.insert("ajustements", Obtenu::Sommes(sommes));
        }
    }
}

fn sujets(foyer: &FoyerCas, enfant: &PersonneId) -> Sujets {
    Sujets {
        foyer: foyer.foyer.id.clone(),
        enfant: Some(enfant.clone()),
        responsable: Some(foyer.parent.clone()),
    }
}

fn live(r: &ReservationFaite) -> bool {
    r.etat == EtatReservation::Ferme
}

fn acte(verbe: Verbe, raw: &RawActe) -> Result<Acte, Impossible> {
    let heure = |texte: &Option<crate::definition::lecture::Sp<crate::definition::lecture::Texte>>| {
        let lue = texte.as_ref().map(|t| rules::scalaire::Heure::lit(&t.0).map(|h| h.minutes()));
        lue.transpose().map_err(|e| Impossible(e.message))
    };
    let venue = Venue {
        prestation: raw.prestation.to_string(),
        jour: raw.jour.0,
        mode: raw.mode.as_ref().map(|m| m.to_string()),
        arrivee: heure(&raw.arrivee)?,
        depart: heure(&raw.depart)?,
    };
    Ok(match verbe {
        Verbe::Reserver => Acte::Reserver(venue),
        Verbe::Pointer => Acte::Pointer { venue, present: true },
        Verbe::Absence => Acte::Absence(Absence {
            prestation: venue.prestation,
            jour: venue.jour,
            motif: raw.motif.as_ref().map(|m| m.to_string()),
            canal: raw.canal.as_ref().map(|m| m.to_string()),
            piece: None,
        }),
    })
}

/// The rows of opening, delay or announcement that the act meets.
fn lieux_des_delais(
    commune: &Commune,
    verbe: Verbe,
    etat: &Etat<'_>,
    acte: &Acte,
    contexte: &Contexte,
) -> Vec<rules::lieu::Lieu> {
    let (prestation, jour) = acte.quoi();
    let venue = match acte {
        Acte::Reserver(v) | Acte::Pointer { venue: v, .. } => v.clone(),
        Acte::Absence(_) => Venue::simple(prestation, jour),
    };
    let lues = match verbe {
        Verbe::Absence => echeances_absence(commune, etat, &venue, contexte.recu_le),
        _ => echeances(commune, etat, &venue, contexte.recu_le),
    };
    let Ok(e) = lues else { return Vec::new() };
    let mut lieux: Vec<rules::lieu::Lieu> = e.ouverture.iter().map(|(_, l)| *l).collect();
    match e.delai(contexte.recu_le) {
        Some(d) => lieux.push(d.lieu),
        // every limit was passed: each refused
        None => lieux.extend(e.delais.iter().map(|d| d.lieu)),
    }
    if verbe == Verbe::Pointer {
        let regles = commune.prestation(prestation).and_then(|(s, _)| s.regles(jour));
        let sans = etat.reservee(prestation, jour).is_none();
        let regle = regles.and_then(|r| r.presence_sans_reservation.as_ref()).filter(|_| sans);
        return regle.map(|r| r.lieu).into_iter().collect();
    }
    lieux
}
