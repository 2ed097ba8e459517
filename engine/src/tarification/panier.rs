//! Prices the acts of a family together, service by service.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use rules::ajustement::{self, ActesAvant, Avant, Ligne, Origine, PrestationId, ServiceAvant, ajuste};
use rules::bareme::{BaremeId, Refus as SansPrix, Tarifs};
use rules::lieu::Lieu;
use rules::montant::Montant;
use rules::periode::{Cadre, LigneFacturee, Regles, facture};
use rules::trace::{Journal, Pas, Quoi, SansTrace};
use rust_decimal::Decimal;

use super::dimensions::{self, Valeurs};
use super::mots::Mots;
use super::refus::refus;
use super::{Acte, EtapeAppliquee, FaitLu, Famille, LignePricee};
use crate::annee;
use crate::commune::Commune;
use crate::decision::Refus;
use crate::service::{NomsRegles, Offerte, Prestation, RegleService, Service, Tarif};

/// Which rules are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Etendue {
    /// Those of each act: price, steps, penalties, third parties.
    Acte,
    /// Those of the period too: regroupings, minimums, fees. The acts are then all those of the period.
    Periode,
}

/// What is priced together.
#[derive(Clone, Copy)]
pub struct Panier<'a> {
    /// The family's acts.
    pub actes: &'a [Acte],
    /// Other acts of the family, that ranks and counters see and that are not priced.
    pub contexte: &'a [Acte],
    /// Its children.
    pub famille: &'a Famille,
    /// Which rules are run.
    pub etendue: Etendue,
}

/// The lines of one act, alone.
pub fn prix(commune: &Commune, acte: &Acte) -> Result<Vec<LignePricee>, Vec<Refus>> {
    let famille = Famille::default();
    let actes = std::slice::from_ref(acte);
    let etendue = Etendue::Acte;
    panier(commune, &Panier { actes, contexte: &[], famille: &famille, etendue })
}

/// An act and what its rules read.
struct Prepare<'a> {
    acte: &'a Acte,
    prestation: &'a Prestation,
    /// The gift that makes it free, when one does.
    offerte: Option<&'a Offerte>,
    produit: PrestationId,
    tarif: ajustement::Tarif,
    valeurs: Valeurs,
    quantite: Decimal,
}

/// The acts of a service under one version of its rules.
struct Groupe<'a> {
    service: &'a Service,
    depuis: Date,
    regles: Option<&'a RegleService>,
    actes: Vec<Prepare<'a>>,
    /// Acts whose price no text gives, and why: their steps are still told.
    sans_prix: Vec<(Prepare<'a>, SansPrix)>,
}

/// The lines of a basket, in the order of the services, then of computation; or every refusal.
pub fn panier(commune: &Commune, panier: &Panier<'_>) -> Result<Vec<LignePricee>, Vec<Refus>> {
    let (groupes, mut echecs) = groupes(commune, panier);
    let mut journal = Journal::default();
    let vides = Regles::default();
    let regles: Vec<Cow<'_, Regles>> = groupes
        .iter()
        .map(|g| g.regles.map_or(Cow::Borrowed(&vides), |r| pour(&r.pipeline, panier.etendue)))
        .collect();
    let actes: Vec<Vec<ajustement::Acte<'_>>> =
        groupes.iter().map(|g| g.actes.iter().map(|p| p.acte(commune)).collect()).collect();
    let services: Vec<(&[ajustement::Acte<'_>], &Regles)> =
        actes.iter().zip(&regles).map(|(a, r)| (a.as_slice(), &**r)).collect();
    let (autres, plus) = autres(commune, panier, &groupes);
    echecs.extend(plus);
    let avant = avant(commune, &groupes, &regles, &autres);
    let cadre = Cadre { tarifs: commune, avant: &avant, arrondi: commune.arrondi };
    let mut lignes = Vec::new();
    match facture(&services, cadre, &mut journal) {
        Ok(f) => lignes.extend(f.lignes.into_iter().filter_map(|l| {
            let groupe = groupes.get(l.service)?;
            let prepare = groupe.actes.get(l.ligne.acte)?;
            Some(facturee(commune, prepare, groupe.noms(), l, &journal))
        })),
        Err(e) => echecs.extend(e.iter().map(|e| de_lechec(commune, panier.actes, e.numero, &e.refus))),
    }
    for groupe in &groupes {
        match sans_prix(commune, groupe, &avant) {
            Ok(plus) => lignes.extend(plus),
            Err(plus) => echecs.extend(plus),
        }
    }
    if echecs.is_empty() { Ok(lignes) } else { Err(echecs) }
}

/// The other acts of the family in services whose rules count acts of other days, with what those rules read.
fn autres<'a>(
    commune: &'a Commune,
    panier: &Panier<'a>,
    groupes: &[Groupe<'a>],
) -> (Vec<Prepare<'a>>, Vec<Refus>) {
    let tous: Vec<&Acte> = panier.actes.iter().chain(panier.contexte).collect();
    let comptes = |service: &Service| {
        groupes.iter().any(|g| g.service.id == service.id && g.regles.is_some_and(|r| r.pipeline.compte()))
    };
    let (mut autres, mut echecs) = (Vec::new(), Vec::new());
    for acte in panier.contexte {
        let Some((service, prestation)) = commune.prestation(&acte.prestation) else { continue };
        if !comptes(service) {
            continue;
        }
        match dimensions::valeurs(commune, panier.famille, &tous, acte) {
            Ok(valeurs) => autres.push(Prepare {
                acte,
                prestation,
                offerte: None,
                produit: produit(commune, &acte.prestation),
                // counted, never priced
                tarif: ajustement::Tarif::Gratuit(prestation.lieu),
                valeurs,
                quantite: Decimal::ONE,
            }),
            Err(refus) => echecs.push(refus),
        }
    }
    (autres, echecs)
}

fn avant<'r>(
    commune: &'r Commune,
    groupes: &[Groupe<'_>],
    regles: &'r [Cow<'_, Regles>],
    autres: &'r [Prepare<'_>],
) -> ActesAvant<'r> {
    let services = groupes.iter().zip(regles).filter(|(_, r)| r.compte());
    let services = services.map(|(g, regles)| ServiceAvant {
        prestations: g.service.prestations.iter().map(|p| produit(commune, &p.id)).collect(),
        depuis: g.depuis,
        regles,
        actes: autres
            .iter()
            .filter(|p| g.service.prestation(&p.prestation.id).is_some())
            .map(|p| p.acte(commune))
            .collect(),
    });
    ActesAvant::nouveau(services.collect(), commune)
}

/// The number of a product.
fn produit(commune: &Commune, prestation: &str) -> PrestationId {
    let produit = commune.produits.iter().position(|p| p == prestation);
    PrestationId(produit.and_then(|i| u16::try_from(i).ok()).unwrap_or(u16::MAX))
}

/// The rules that are run on the acts given.
fn pour(regles: &Regles, etendue: Etendue) -> Cow<'_, Regles> {
    if etendue == Etendue::Periode || (regles.sur_periode.is_empty() && regles.frais.is_empty()) {
        return Cow::Borrowed(regles);
    }
    Cow::Owned(Regles { sur_periode: Vec::new(), frais: Vec::new(), ..regles.clone() })
}

fn groupes<'a>(commune: &'a Commune, panier: &Panier<'a>) -> (Vec<Groupe<'a>>, Vec<Refus>) {
    let mut groupes: BTreeMap<(usize, Option<Date>), Groupe<'a>> = BTreeMap::new();
    let mut echecs = Vec::new();
    let tous: Vec<&Acte> = panier.actes.iter().chain(panier.contexte).collect();
    for acte in panier.actes {
        let place = commune.services.iter().position(|s| s.prestation(&acte.prestation).is_some());
        let service = place.and_then(|i| commune.services.get(i).map(|s| (i, s)));
        let trouvee = service.and_then(|(i, s)| s.prestation(&acte.prestation).map(|p| (i, s, p)));
        let Some((i, service, prestation)) = trouvee else {
            let motif = format!("La commune n’a pas de prestation « {} ».", acte.prestation);
            echecs.push(Refus::nouveau("prestation_inconnue", motif));
            continue;
        };
        let version = service.versions.iter().rev().find(|(depuis, _)| *depuis <= acte.jour);
        let groupe = groupes.entry((i, version.map(|(d, _)| *d))).or_insert_with(|| Groupe {
            service,
            depuis: version.map_or(Date::MIN, |(d, _)| *d),
            regles: version.map(|(_, r)| r),
            actes: Vec::new(),
            sans_prix: Vec::new(),
        });
        match prepare(commune, (panier.famille, &tous), acte, prestation) {
            Err(refus) => echecs.push(refus),
            Ok(p) => match p.question(commune) {
                None => groupe.actes.push(p),
                Some(cause) => groupe.sans_prix.push((p, cause)),
            },
        }
    }
    (groupes.into_values().collect(), echecs)
}

fn prepare<'a>(
    commune: &'a Commune,
    (famille, actes): (&Famille, &[&Acte]),
    acte: &'a Acte,
    prestation: &'a Prestation,
) -> Result<Prepare<'a>, Refus> {
    let valeurs = dimensions::valeurs(commune, famille, actes, acte)?;
    let offerte = offerte(commune, prestation, acte, &valeurs)?;
    let tarif = match (&prestation.tarif, offerte) {
        (_, Some(offerte)) => ajustement::Tarif::Gratuit(offerte.lieu),
        (Tarif::Gratuit(_), None) => ajustement::Tarif::Gratuit(prestation.lieu),
        (Tarif::Bareme(nom), None) => {
            let id = commune.bareme(nom).map_or(BaremeId(u16::MAX), |b| b.bareme.id());
            ajustement::Tarif::Bareme(id)
        }
    };
    let produit = produit(commune, &acte.prestation);
    let quantite = dimensions::quantite(commune, acte, &valeurs);
    let mut p = Prepare { acte, prestation, offerte, produit, tarif, valeurs, quantite: Decimal::ONE };
    // a day without a tariff, or without a price, is told before a missing hour
    match quantite {
        Ok(q) => p.quantite = q,
        Err(refus) if p.question(commune).is_none() => return Err(refus),
        Err(_) => {}
    }
    Ok(p)
}

/// The gift that holds for this act.
fn offerte<'a>(
    commune: &Commune,
    prestation: &'a Prestation,
    acte: &Acte,
    valeurs: &Valeurs,
) -> Result<Option<&'a Offerte>, Refus> {
    let Some(offerte) = prestation.offerte.as_ref().filter(|o| o.court(acte.jour)) else { return Ok(None) };
    match offerte.si.tient(&valeurs.faits(), commune) {
        Ok(tient) => Ok(tient.then_some(offerte)),
        Err(e) => {
            let motif = format!("{} : on ne peut pas dire si c’est offert ({e}).", prestation.nom);
            Err(Refus::nouveau("offerte", motif).lieu(offerte.lieu))
        }
    }
}

impl Groupe<'_> {
    fn noms(&self) -> Option<&NomsRegles> {
        self.regles.map(|r| &r.noms)
    }
}

impl Prepare<'_> {
    fn acte(&self, commune: &Commune) -> ajustement::Acte<'_> {
        ajustement::Acte {
            numero: self.acte.numero,
            foyer: 0,
            enfant: self.acte.enfant,
            prestation: self.produit,
            jour: self.acte.jour,
            au: self.acte.au,
            annee_scolaire: annee::annee_scolaire(commune, self.acte.jour),
            lot: self.acte.lot,
            quantite: self.quantite,
            tarif: self.tarif,
            valeurs: &self.valeurs.faits,
            parametres: &self.valeurs.parametres,
        }
    }

    /// The question to the town that stands in place of a price.
    fn question(&self, commune: &Commune) -> Option<SansPrix> {
        let ajustement::Tarif::Bareme(id) = self.tarif else { return None };
        let prix =
            Tarifs::bareme(commune, id)?.prix(self.acte.au, &self.valeurs.faits(), commune, &mut SansTrace);
        prix.err().filter(|e| matches!(e, SansPrix::ADemander { .. }))
    }
}

fn de_lechec(commune: &Commune, actes: &[Acte], numero: u32, cause: &SansPrix) -> Refus {
    let acte = actes.iter().find(|a| a.numero == numero);
    match acte {
        Some(a) => refus(commune, &a.prestation, a.jour, cause),
        None => Refus::nouveau("calcul", cause.to_string()),
    }
}

fn facturee(
    commune: &Commune,
    p: &Prepare<'_>,
    noms: Option<&NomsRegles>,
    l: LigneFacturee,
    journal: &Journal,
) -> LignePricee {
    let part = |id: rules::bareme::PartId| commune.parts.get(usize::from(id.0)).cloned().unwrap_or_default();
    let tiers =
        |n: u16| noms.and_then(|r| r.tiers.get(usize::from(n))).map_or_else(String::new, |t| t.id.clone());
    let mut ligne = ligne(commune, p, noms, &l.ligne, journal, Ok(l.montant));
    ligne.famille = Some(l.famille);
    ligne.tiers = l.tiers.iter().map(|(n, m)| (tiers(*n), *m)).collect();
    ligne.parts = l.parts.iter().map(|(id, m)| (part(*id), *m)).collect();
    ligne
}

fn ligne(
    commune: &Commune,
    p: &Prepare<'_>,
    noms: Option<&NomsRegles>,
    l: &Ligne,
    journal: &Journal,
    montant: Result<Montant, Refus>,
) -> LignePricee {
    let pas: Vec<Pas> = journal.de(l.numero).copied().collect();
    let produit = commune.produits.get(usize::from(l.prestation.0)).cloned().unwrap_or_default();
    let mut faits: BTreeMap<_, _> = BTreeMap::new();
    for pas in &pas {
        if let Quoi::Fait(id, valeur) = pas.quoi {
            let provenance = p.acte.connus.valeur(id).1.map(str::to_owned);
            faits.insert(id, FaitLu { valeur, provenance });
        }
    }
    let mots = Mots::nouveaux(commune, noms, p.acte, &faits);
    let nom = commune.prestation(&produit).map_or(produit.as_str(), |(_, p)| p.nom.as_str());
    let offerte = p.offerte.map(|o| Tarif::Gratuit(o.source.clone()));
    let phrase = mots.phrase(nom, l, &montant, &pas, offerte.as_ref().unwrap_or(&p.prestation.tarif));
    let echeancier = p.prestation.echeancier.as_ref().filter(|_| produit == p.prestation.id);
    let echeances = echeancier.zip(montant.as_ref().ok()).and_then(|(e, m)| e.de(*m)).unwrap_or_default();
    LignePricee {
        numero: l.numero,
        acte: p.acte.numero,
        produit,
        jour: l.jour,
        origine: l.origine,
        penalite: match l.origine {
            Origine::Penalite(n) => noms.and_then(|r| r.penalites.get(usize::from(n))).map(|p| p.id.clone()),
            _ => None,
        },
        quantite: l.quantite,
        unitaire: l.unitaire,
        montant,
        famille: None,
        tiers: Vec::new(),
        parts: Vec::new(),
        echeances,
        exemple: l.exemple,
        etapes: etapes(&pas, noms),
        phrase,
        pas,
        faits,
        lieu: l.lieu,
    }
}

/// The named price steps among the steps of a line.
fn etapes(pas: &[Pas], noms: Option<&NomsRegles>) -> Vec<EtapeAppliquee> {
    let (mut etapes, mut annonce) = (Vec::new(), None);
    for p in pas {
        let numero = match p.quoi {
            Quoi::Ajustement(n) => {
                annonce = Some(n);
                continue;
            }
            Quoi::Majore(n, _) | Quoi::Remise(n, _) | Quoi::Remplace(n) | Quoi::Supplement(n) => Some(n),
            _ => annonce.take(),
        };
        let nom = numero.and_then(|n| noms?.ajustements.get(usize::from(n)));
        let ecart = p.apres.zip(p.avant).and_then(|(apres, avant)| apres.checked_sub(avant));
        etapes.extend(nom.map(|n| EtapeAppliquee { id: n.id.clone(), ecart, lieu: n.lieu }));
    }
    etapes
}

/// The lines whose price no text gives: their steps run on nothing, so that what is voted of them is told.
fn sans_prix(
    commune: &Commune,
    groupe: &Groupe<'_>,
    avant: &dyn Avant,
) -> Result<Vec<LignePricee>, Vec<Refus>> {
    let actes: Vec<ajustement::Acte<'_>> = groupe.sans_prix.iter().map(|(p, _)| p.acte(commune)).collect();
    let mut lignes: Vec<Ligne> = actes.iter().enumerate().map(|(i, a)| inconnue(i, a)).collect();
    let mut numeros = actes.iter().map(|a| a.numero).max().map_or(0, |n| n.saturating_add(1));
    let mut journal = Journal::default();
    if let Some(regles) = groupe.regles {
        let pipeline = &regles.pipeline.ajustements;
        // a step that cannot run without the price tells nothing
        let _ = ajuste(&mut lignes, &actes, pipeline, (commune, avant), &mut numeros, &mut journal);
    }
    let mut sortie = Vec::new();
    for l in &lignes {
        let Some((p, cause)) = groupe.sans_prix.get(l.acte) else { continue };
        let connue =
            l.origine != Origine::Acte || journal.de(l.numero).any(|p| matches!(p.quoi, Quoi::Remplace(_)));
        let montant = if connue {
            let arrondi = l.arrondi.unwrap_or(commune.arrondi.arrondi).applique(l.montant);
            let sans = || refus(commune, &p.acte.prestation, l.jour, &SansPrix::SansArrondi { lieu: l.lieu });
            arrondi.and_then(Montant::exact).ok_or_else(sans)
        } else {
            Err(refus(commune, &p.acte.prestation, l.jour, cause))
        };
        let mut ligne = ligne(commune, p, groupe.noms(), l, &journal, montant);
        if ligne.montant.is_err() {
            taux_de_rien(&mut ligne);
        }
        sortie.push(ligne);
    }
    Ok(sortie)
}

/// A rate of an amount that nobody knows is not an amount.
fn taux_de_rien(ligne: &mut LignePricee) {
    let taux =
        |lieu: Lieu| {
            let de = |p: &&Pas| p.lieu == lieu;
            ligne.pas.iter().filter(de).any(|p| {
                matches!(p.quoi, Quoi::Majore(_, Some(_)) | Quoi::Remise(_, Some(_)) | Quoi::Fois(_))
            })
        };
    let inconnus: Vec<bool> = ligne.etapes.iter().map(|e| taux(e.lieu)).collect();
    for (etape, inconnu) in ligne.etapes.iter_mut().zip(inconnus) {
        if inconnu {
            etape.ecart = None;
        }
    }
}

/// A line that waits for its price.
fn inconnue(i: usize, acte: &ajustement::Acte<'_>) -> Ligne {
    Ligne {
        numero: acte.numero,
        acte: i,
        prestation: acte.prestation,
        jour: acte.jour,
        origine: Origine::Acte,
        quantite: acte.quantite,
        unitaire: Decimal::ZERO,
        montant: Decimal::ZERO,
        parts: Vec::new(),
        exemple: false,
        lieu: Lieu::default(),
        arrondi: None,
    }
}
