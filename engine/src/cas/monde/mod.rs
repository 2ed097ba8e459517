//! A town in memory: the fold of Decisions, and a clock that only the case moves.

mod demarche;
mod depot;
mod prix;
mod reservation;
mod suivi;
mod temps;

pub use demarche::mot_de_la_regle;
pub(super) use demarche::{Suite, mot_du_refus};
pub(super) use reservation::Verbe;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use rules::lieu::Lieu;
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use super::Cas;
use super::depot::Depot;
use super::lit;
use super::rapport::PasTrace;
use crate::commune::Commune;
use crate::decision::{
    Agregat, CleUnique, Decision, EcheanceAFaire, Ecriture, Garde, Pas, Refus, ReservationFaite, Sortie,
    Suivant,
};
use crate::demarche::{Changement, Destinataire, Dossier, refus_de_garde};
use crate::foyer::{Fait, FaitsDates, Foyer, Genre, Membre, SourceFait, Sujet, ValeurFait};
use crate::identifiant::{Alea, DossierId, FoyerId, PersonneId};
use crate::tarification::{Connus, Sujets};

/// A household of a case.
#[derive(Clone, Debug)]
pub(super) struct FoyerCas {
    pub(super) foyer: Foyer,
    /// Who acts for it.
    pub(super) parent: PersonneId,
    /// `dossier_complet`, `inscrit`, `impaye`.
    pub(super) etat: BTreeSet<String>,
}

/// A mail that a decision sends.
#[derive(Clone, Debug)]
pub(super) struct Courriel {
    pub(super) modele: String,
    pub(super) dossier: Option<DossierId>,
}

/// A live inscription.
#[derive(Clone, Debug)]
pub(super) struct Inscription {
    pub(super) sujet: Sujet,
    pub(super) service: String,
    pub(super) du: Date,
    pub(super) au: Option<Date>,
}

/// A town in memory.
pub(super) struct Monde<'c> {
    pub(super) commune: &'c Commune,
    pub(super) maintenant: Timestamp,
    pub(super) foyers: BTreeMap<String, FoyerCas>,
    /// Child → (who, household's name).
    pub(super) enfants: BTreeMap<String, (PersonneId, String)>,
    pub(super) faits: Vec<Fait>,
    pub(super) dates: FaitsDates,
    pub(super) dossiers: BTreeMap<DossierId, Dossier>,
    /// Dossiers by the case's name for them.
    pub(super) noms: BTreeMap<String, DossierId>,
    pub(super) silences: BTreeMap<DossierId, &'static str>,
    pub(super) inscriptions: Vec<Inscription>,
    pub(super) echeances: Vec<EcheanceAFaire>,
    pub(super) courriels: Vec<Courriel>,
    /// How many of its mails were looked at, by dossier.
    pub(super) lus: BTreeMap<Option<DossierId>, usize>,
    pub(super) alea: Alea,
    /// Rules that decided something.
    pub(super) touches: BTreeSet<Lieu>,
    /// The decisions of the current step, in order.
    pub(super) trace: Vec<PasTrace>,
    pub(super) numeros: BTreeMap<String, u32>,
    /// Places taken, by counter.
    pub(super) places: BTreeMap<String, u32>,
    pub(super) reservations: Vec<ReservationFaite>,
    /// Where it is stored, when it is.
    depot: Option<Box<dyn Depot>>,
    /// Decided and not stored yet.
    decisions: Vec<Decision>,
    /// Rank of the last entry that was no decision of the engine, by household.
    seqs: BTreeMap<FoyerId, i64>,
    /// Adjustments of a child's day, with their sum in euros.
    pub(super) ajustements: BTreeMap<(PersonneId, Date), BTreeMap<String, Decimal>>,
}

/// A case that cannot run: a name that the town does not have.
#[derive(Clone, Debug)]
pub(super) struct Impossible(pub(super) String);

impl From<lit::Faute> for Impossible {
    fn from(faute: lit::Faute) -> Self {
        Self(match faute.aide {
            Some(aide) => format!("{} ({aide})", faute.message),
            None => faute.message,
        })
    }
}

/// What a step of a dossier may end with.
pub(super) enum Arret {
    /// The rule that refuses.
    Refus(Box<Refus>),
    /// The case is wrong.
    Impossible(Impossible),
}

impl From<Refus> for Arret {
    fn from(r: Refus) -> Self {
        Self::Refus(Box::new(r))
    }
}

impl From<Impossible> for Arret {
    fn from(i: Impossible) -> Self {
        Self::Impossible(i)
    }
}

impl From<lit::Faute> for Arret {
    fn from(f: lit::Faute) -> Self {
        Self::Impossible(f.into())
    }
}

impl<'c> Monde<'c> {
    /// The town at the beginning of a case.
    pub(super) fn nouveau(commune: &'c Commune, cas: &Cas) -> Result<Self, Impossible> {
        let graine = cas.raw.graine.as_ref().map_or(0, |g| g.valeur.0);
        let empreinte = Sha256::new().chain_update(&cas.nom).chain_update(graine.to_be_bytes()).finalize();
        let mut octets = [0; 16];
        for (cible, source) in octets.iter_mut().zip(empreinte) {
            *cible = source;
        }
        let mut monde = Self {
            commune,
            maintenant: Timestamp::MIN,
            foyers: BTreeMap::new(),
            enfants: BTreeMap::new(),
            faits: Vec::new(),
            dates: FaitsDates::default(),
            dossiers: BTreeMap::new(),
            noms: BTreeMap::new(),
            silences: BTreeMap::new(),
            inscriptions: Vec::new(),
            echeances: Vec::new(),
            courriels: Vec::new(),
            lus: BTreeMap::new(),
            alea: Alea::nouveau(octets),
            touches: BTreeSet::new(),
            trace: Vec::new(),
            numeros: BTreeMap::new(),
            places: BTreeMap::new(),
            reservations: Vec::new(),
            depot: None,
            decisions: Vec::new(),
            seqs: BTreeMap::new(),
            ajustements: BTreeMap::new(),
        };
        monde.maintenant = monde.instant(cas.raw.horloge.0)?;
        for (cle, foyer) in cas.raw.donnees.iter().flat_map(|d| d.foyers.iter()).flat_map(|f| f.iter()) {
            monde.accueille(&cle.texte, foyer)?;
        }
        monde.dates = FaitsDates::nouveau(monde.faits.iter().cloned());
        Ok(monde)
    }

    /// A local time as an instant; one that the clocks skip or repeat is the first at or after it.
    pub(super) fn instant(&self, local: DateTime) -> Result<Timestamp, Impossible> {
        self.commune
            .fuseau
            .to_ambiguous_timestamp(local)
            .compatible()
            .map_err(|_| Impossible(format!("{local} n'existe pas dans ce fuseau")))
    }

    /// The town's watch.
    pub(super) fn heure(&self) -> DateTime {
        self.maintenant.to_zoned(self.commune.fuseau.clone()).datetime()
    }

    fn accueille(
        &mut self,
        nom: &str,
        raw: &crate::definition::raw::cas::RawFoyerCas,
    ) -> Result<(), Impossible> {
        let foyer = FoyerId::neuf(self.alea.tire());
        let parent = PersonneId::neuf(self.alea.tire());
        let mut membres = vec![Membre { personne: parent.clone(), genre: Genre::Responsable }];
        for (cle, valeur) in &raw.faits {
            let sujet = match self.sujet_de(&cle.texte) {
                Some("responsable") => Sujet::Personne(parent.clone()),
                _ => Sujet::Foyer(foyer.clone()),
            };
            self.connait(sujet, &cle.texte, valeur)?;
        }
        for (cle, faits) in &raw.enfants {
            let enfant = PersonneId::neuf(self.alea.tire());
            membres.push(Membre { personne: enfant.clone(), genre: Genre::Enfant });
            for (fait, valeur) in faits {
                self.connait(Sujet::Personne(enfant.clone()), &fait.texte, valeur)?;
            }
            if self.enfants.insert(cle.texte.clone(), (enfant, nom.to_owned())).is_some() {
                return Err(Impossible(format!("deux enfants s'appellent `{}`", cle.texte)));
            }
        }
        let etat = raw.etat.iter().map(|e| e.to_string()).collect();
        let foyer = Foyer { id: foyer, version: 0, membres };
        self.foyers.insert(nom.to_owned(), FoyerCas { foyer, parent, etat });
        Ok(())
    }

    /// Whose a fact is.
    pub(super) fn sujet_de(&self, fait: &str) -> Option<&'c str> {
        let vocabulaire = &self.commune.vocabulaire;
        let symbole = lit::symbole(self.commune, fait).ok().and_then(|id| vocabulaire.symbole(id));
        let sujet = symbole.and_then(|s| s.sujet.as_deref());
        sujet.or_else(|| vocabulaire.texte(fait).map(|t| t.sujet.as_str()))
    }

    /// Something known from long before the case.
    fn connait(
        &mut self,
        sujet: Sujet,
        nom: &str,
        noeud: &crate::definition::arbre::Noeud,
    ) -> Result<(), Impossible> {
        let Some(valeur) = lit::fait(self.commune, nom, noeud)? else { return Ok(()) };
        let valable_du = Date::new(1900, 1, 1).map_err(|e| Impossible(e.to_string()))?;
        let valable_au = Some(Date::MAX);
        self.faits.push(fait(sujet, nom, valeur, valable_du, valable_au, Timestamp::MIN));
        Ok(())
    }

    /// What is known of a child and its household, to hold on `jour`.
    pub(super) fn connus(
        &self,
        foyer: &FoyerCas,
        enfant: Option<&PersonneId>,
        jour: Date,
    ) -> Result<Connus, Vec<Refus>> {
        let sujets = Sujets {
            foyer: foyer.foyer.id.clone(),
            enfant: enfant.cloned(),
            responsable: Some(foyer.parent.clone()),
        };
        Connus::dates(self.commune, &self.dates, &sujets, jour, self.maintenant)
    }

    /// Records a fact.
    pub(super) fn apprend(&mut self, fait: Fait) {
        self.faits.push(fait);
        self.dates = FaitsDates::nouveau(self.faits.iter().cloned());
    }

    /// The household of that name.
    pub(super) fn foyer(&self, nom: &str) -> Result<&FoyerCas, Impossible> {
        self.foyers.get(nom).ok_or_else(|| Impossible(format!("le cas n'a pas de foyer `{nom}`")))
    }

    /// The child of that name, with the name of its household.
    pub(super) fn enfant(&self, nom: &str) -> Result<(PersonneId, String), Impossible> {
        self.enfants.get(nom).cloned().ok_or_else(|| Impossible(format!("le cas n'a pas d'enfant `{nom}`")))
    }

    /// Commits a decision as a store would: all of it, or the refusal of the garde that no longer holds.
    pub(super) fn applique(&mut self, decision: &Decision) -> Result<(), Refus> {
        for garde in &decision.gardes {
            self.garde(garde, &decision.suivant)?;
        }
        for garde in &decision.gardes {
            if let (Garde::Capacite { cle, prend, .. }, Suivant::Dossier(_)) = (garde, &decision.suivant) {
                let prises = self.places.entry(cle.clone()).or_default();
                *prises = prises.saturating_add(*prend);
            }
        }
        self.note(&decision.trace);
        if let Suivant::Dossier(d) = &decision.suivant {
            self.dossiers.insert(d.id.clone(), (**d).clone());
        }
        let mut appris = false;
        for ecriture in &decision.ecritures {
            appris |= matches!(ecriture, Ecriture::Fait(_));
            self.ecrit(ecriture);
        }
        if appris {
            self.dates = FaitsDates::nouveau(self.faits.iter().cloned());
        }
        let dossier = match &decision.entree.agregat {
            Agregat::Dossier(id) => Some(id.clone()),
            _ => None,
        };
        let mut a_chacun = BTreeSet::new();
        for effet in &decision.effets {
            if let Sortie::Message { modele, a, .. } = &effet.sortie
                // one line a letter of the town, however many guardians receive it
                && (!matches!(a, Destinataire::Personne(_)) || a_chacun.insert(modele))
            {
                self.courriels.push(Courriel { modele: modele.clone(), dossier: dossier.clone() });
            }
        }
        self.echeances.extend(decision.echeances.iter().cloned());
        self.garde_pour_le_depot(decision);
        Ok(())
    }

    /// Keeps a decision for the store.
    fn garde_pour_le_depot(&mut self, decision: &Decision) {
        if self.depot.is_some() {
            self.decisions.push(decision.clone());
        }
    }

    fn garde(&self, garde: &Garde, suivant: &Suivant) -> Result<(), Refus> {
        match garde {
            Garde::Version { agregat: Agregat::Dossier(id), attendue } => {
                let version = self.dossiers.get(id).map_or(0, |d| d.version);
                if version != *attendue {
                    return Err(Refus::nouveau("dossier.version", "Ce dossier a changé entre-temps."));
                }
            }
            Garde::Unique(CleUnique::Dossier(cle)) => {
                let soi = match suivant {
                    Suivant::Dossier(d) => Some(&d.id),
                    _ => None,
                };
                let pris = |d: &&Dossier| Some(&d.id) != soi && d.cle_vivante() == Some(cle.as_str());
                if self.dossiers.values().any(|d| pris(&d)) {
                    return Err(self.refus_de(garde, suivant));
                }
            }
            Garde::Capacite { cle, places, prend } => {
                if !matches!(suivant, Suivant::Dossier(_)) {
                    return Ok(());
                }
                let prises = self.places.get(cle).copied().unwrap_or_default();
                if prises.saturating_add(*prend) > *places {
                    return Err(self.refus_de(garde, suivant));
                }
            }
            Garde::SansInscription { personne, .. } => {
                let ouverte =
                    |i: &Inscription| i.sujet == Sujet::Personne(personne.clone()) && i.au.is_none();
                if self.inscriptions.iter().any(ouverte) {
                    return Err(self.refus_de(garde, suivant));
                }
            }
            Garde::Version { .. } | Garde::Brouillons { .. } | Garde::Lien { .. } | Garde::Unique(_) => {}
        }
        Ok(())
    }

    /// Why a guard that does not hold will not hold the next time either.
    fn refus_de(&self, garde: &Garde, suivant: &Suivant) -> Refus {
        let refus = match suivant {
            Suivant::Dossier(d) => {
                self.commune.demarche(&d.demarche).and_then(|x| refus_de_garde(x, Some(d), garde))
            }
            _ => None,
        };
        refus.unwrap_or_else(|| Refus::nouveau("capacite", "Il n’y a plus de place."))
    }

    fn ecrit(&mut self, ecriture: &Ecriture) {
        match ecriture {
            Ecriture::Fait(f) => self.faits.push(f.clone()),
            Ecriture::Membre { foyer, personne, genre, .. } => {
                let connu = self.foyers.values_mut().find(|f| f.foyer.id == *foyer);
                if let Some(f) = connu {
                    f.foyer.membres.push(Membre { personne: personne.clone(), genre: *genre });
                }
            }
            Ecriture::FinMembre { foyer, personne, .. } => {
                let connu = self.foyers.values_mut().find(|f| f.foyer.id == *foyer);
                if let Some(f) = connu {
                    f.foyer.membres.retain(|m| m.personne != *personne);
                }
            }
            Ecriture::Inscription { sujet, service, du, .. } => {
                let deja = |i: &Inscription| i.sujet == *sujet && i.service == *service && i.au.is_none();
                if !self.inscriptions.iter().any(deja) {
                    let (sujet, service) = (sujet.clone(), service.clone());
                    self.inscriptions.push(Inscription { sujet, service, du: *du, au: None });
                }
            }
            Ecriture::FinInscription { sujet, service, au, .. } => {
                for i in &mut self.inscriptions {
                    if i.sujet == *sujet && i.service == *service && i.au.is_none() {
                        i.au = Some(*au);
                    }
                }
            }
            Ecriture::Numero { compteur, prefixe, dossier } => {
                let n = self.numeros.entry(compteur.clone()).or_insert(0);
                *n = n.saturating_add(1);
                let numero = format!("{prefixe}{n:05}");
                if let Some(d) = self.dossiers.get_mut(dossier) {
                    let apres = Changement::Numerote(numero).applique(Some(d.clone()));
                    *d = apres.unwrap_or_else(|| d.clone());
                }
            }
            Ecriture::RendPlace { cle, nombre } => {
                if let Some(prises) = self.places.get_mut(cle) {
                    *prises = prises.saturating_sub(*nombre);
                }
            }
            Ecriture::FinEcheance { dossier, appartient } => {
                self.echeances.retain(|e| !(e.dossier == *dossier && e.appartient == *appartient));
            }
            _ => {}
        }
    }

    /// Keeps a decision's trace for the step, and the places that it touched.
    pub(super) fn note(&mut self, pas: &[Pas]) {
        for p in pas {
            self.touches.extend(p.lieu);
            self.trace.push(PasTrace {
                regle: p.regle.clone(),
                lieu: p.lieu.map(|l| self.commune.lieux.texte(l)).unwrap_or_default(),
                resultat: p.resultat.clone(),
            });
        }
    }

    /// Keeps a refusal's rule.
    pub(super) fn note_refus(&mut self, refus: &Refus) {
        self.touches.extend(refus.lieu);
        // a missing document is refused by its own rule
        let manquantes = self.commune.pieces.iter().filter(|p| refus.champs.iter().any(|c| c.champ == p.id));
        self.touches.extend(manquantes.map(|p| p.lieu));
        self.trace.push(PasTrace {
            regle: refus.regle.to_string(),
            lieu: refus.lieu.map(|l| self.commune.lieux.texte(l)).unwrap_or_default(),
            resultat: refus.motif.to_string(),
        });
    }

    /// The mails about a dossier (or all) since they were last looked at.
    pub(super) fn courriels_nouveaux(&mut self, dossier: Option<&DossierId>) -> Vec<String> {
        let concernes: Vec<&Courriel> =
            self.courriels.iter().filter(|c| dossier.is_none() || c.dossier.as_ref() == dossier).collect();
        let lus = self.lus.entry(dossier.cloned()).or_insert(0);
        let nouveaux = concernes.iter().skip(*lus).map(|c| c.modele.clone()).collect();
        *lus = concernes.len();
        nouveaux
    }
}

/// A fact of a case.
pub(super) fn fait(
    sujet: Sujet,
    nom: &str,
    valeur: ValeurFait,
    valable_du: Date,
    valable_au: Option<Date>,
    connu_le: Timestamp,
) -> Fait {
    let source = SourceFait::Import("cas".into());
    Fait { sujet, fait: nom.to_owned(), valeur, valable_du, valable_au, connu_le, source, valide_par: None }
}
