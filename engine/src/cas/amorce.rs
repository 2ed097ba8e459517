//! Boundary cases proposed from the town's own rules, as YAML to edit: what the rules answer today is written as expected,
//! for somebody to compare with the règlement.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use rules::faits::FaitId;
use rules::lieu::Lieu;
use rules::repere::Verbe;
use rules::selection::{Motif, Selection};
use rules::table::{Dimension, Ligne};
use rules::valeur::{Domaine, Valeur};
use rust_decimal::Decimal;

use super::Place;
use super::rapport::euros;
use crate::commune::Commune;
use crate::demarche::{Acteur, Demarche};
use crate::foyer::ValeurFait;
use crate::identifiant::{FoyerId, PersonneId};
use crate::reservation::{Echeances, Etat, Venue, echeances, echeances_absence, pourquoi_ferme};
use crate::service::{Service, Tarif};
use crate::tarification::{Acte, Circonstances, Connus, FaitsFamille, prix};

/// A step to copy in a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposition {
    /// The rule that it tries.
    pub place: Place,
    /// One or several steps, as items of `etapes:`.
    pub yaml: String,
}

/// Boundary cases: each bound of a tariff (−pas, bound, +pas), each deadline to the second, each transition.
pub fn amorce(commune: &Commune) -> Vec<Proposition> {
    let mut propositions = Vec::new();
    for service in &commune.services {
        for prestation in &service.prestations {
            if let Tarif::Bareme(nom) = &prestation.tarif {
                tarif(commune, &prestation.id, nom, &mut propositions);
            }
        }
        delais(commune, service, &mut propositions);
    }
    for demarche in &commune.demarches {
        transitions(commune, demarche, &mut propositions);
    }
    propositions.sort_by(|a, b| a.place.cmp(&b.place));
    propositions.dedup();
    propositions
}

fn place(commune: &Commune, lieu: Lieu) -> Place {
    let detail = commune.lieux.detail(lieu);
    Place {
        fichier: detail.map_or_else(|| "".into(), |d| d.fichier.clone()),
        ligne: detail.map_or(1, |d| d.ligne),
    }
}

fn tarif(commune: &Commune, prestation: &str, nom: &str, propositions: &mut Vec<Proposition>) {
    let Some(bareme) = commune.bareme(nom) else { return };
    for version in bareme.bareme.versions() {
        let Some(grille) = &version.grille else { continue };
        for ligne in grille.table().lignes() {
            let jours = [version.depuis.yesterday().ok(), Some(version.depuis)];
            let mut etapes = Vec::new();
            for valeurs in cas_de(grille.table().dimensions(), ligne) {
                etapes.push(prix_le(commune, prestation, version.depuis, &valeurs));
            }
            if let ([Some(veille), _], Some(valeurs)) =
                (jours, cas_de(grille.table().dimensions(), ligne).first())
            {
                etapes.push(prix_le(commune, prestation, veille, valeurs));
            }
            propositions.push(Proposition { place: place(commune, ligne.lieu), yaml: etapes.join("\n") });
        }
    }
}

/// Values around each bound of a row, the other dimensions inside it.
fn cas_de<R>(dimensions: &[Dimension], ligne: &Ligne<R>) -> Vec<BTreeMap<FaitId, Valeur>> {
    let milieu: BTreeMap<FaitId, Valeur> = dimensions
        .iter()
        .map(|d| {
            let selection = ligne.conditions.iter().find(|(f, _)| *f == d.fait).map(|(_, s)| s);
            (d.fait, selection.map_or_else(|| premiere(&d.domaine), |s| dedans(s, &d.domaine)))
        })
        .collect();
    let mut cas = vec![milieu.clone()];
    for d in dimensions {
        let selection = ligne.conditions.iter().find(|(f, _)| *f == d.fait).map(|(_, s)| s);
        for valeur in selection.map(|s| autour(s, &d.domaine)).unwrap_or_default() {
            let mut un = milieu.clone();
            un.insert(d.fait, valeur);
            cas.push(un);
        }
    }
    cas
}

fn premiere(domaine: &Domaine) -> Valeur {
    match domaine {
        Domaine::Booleen => Valeur::Booleen(true),
        Domaine::Choix(_) => Valeur::Choix(0),
        Domaine::Nombre { min, .. } => Valeur::Nombre(min.unwrap_or(Decimal::ZERO)),
        _ => Valeur::Absent,
    }
}

fn dedans(selection: &Selection, domaine: &Domaine) -> Valeur {
    let mut essais: Vec<Valeur> = Vec::new();
    if let Domaine::Choix(noms) = domaine {
        essais.extend((0..noms.len()).filter_map(|i| u16::try_from(i).ok()).map(Valeur::Choix));
    }
    essais.extend([Valeur::Booleen(true), Valeur::Booleen(false)]);
    essais.extend(autour(selection, domaine));
    essais.push(Valeur::Nombre(Decimal::ZERO));
    essais.into_iter().find(|v| selection.accepte(*v)).unwrap_or(Valeur::Absent)
}

/// The bounds of a cell, and one step on each side.
fn autour(selection: &Selection, domaine: &Domaine) -> Vec<Valeur> {
    let Domaine::Nombre { pas, .. } = domaine else { return Vec::new() };
    let pas = pas.map_or(Decimal::new(1, 2), |(p, _)| p);
    let mut valeurs = Vec::new();
    for motif in &selection.motifs {
        let Motif::Nombres(i) = motif else { continue };
        for borne in [i.de, i.a].into_iter().flatten() {
            let voisines = [borne.valeur.checked_sub(pas), Some(borne.valeur), borne.valeur.checked_add(pas)];
            let positives = voisines.into_iter().flatten().filter(|v| !v.is_sign_negative());
            valeurs.extend(positives.map(Valeur::Nombre));
        }
    }
    valeurs
}

/// The step that asks this price, with what the rules answer today.
fn prix_le(commune: &Commune, prestation: &str, jour: Date, valeurs: &BTreeMap<FaitId, Valeur>) -> String {
    let ecrits: Vec<String> = valeurs
        .iter()
        .filter_map(|(f, v)| {
            let symbole = commune.vocabulaire.symbole(*f)?;
            let dit = *v != Valeur::Absent && symbole.nom != "prestation";
            dit.then(|| format!(", {}: {}", symbole.nom, commune.vocabulaire.ecrit(*f, *v)))
        })
        .collect();
    let connus = Connus::default().avec(valeurs.iter().map(|(f, v)| (*f, *v)));
    let acte = Acte::seul(prestation, jour, Circonstances::default(), connus);
    let attend = match prix(commune, &acte) {
        Err(refus) => {
            let regle = refus.first().map_or("", |r| &*r.regle);
            format!("refus: {}", regle.rsplit('.').next().unwrap_or_default())
        }
        Ok(lignes) => {
            let somme = lignes.iter().try_fold(Decimal::ZERO, |s, l| {
                l.montant.as_ref().ok().and_then(|m| s.checked_add(m.en_euros()))
            });
            somme.map_or_else(|| "a_demander: true".to_owned(), |s| format!("prix: {}", euros(s)))
        }
    };
    format!(
        "- {{ fait: {{ prix: {{ prestation: {prestation}, jour: {jour}{} }} }}, attend: {{ {attend} }} }}",
        ecrits.concat()
    )
}

/// Days looked at for one on which a service is open.
const HORIZON: usize = 400;

fn delais(commune: &Commune, service: &Service, propositions: &mut Vec<Proposition>) {
    let mut vus = BTreeSet::new();
    for (depuis, regles) in &service.versions {
        let jours = std::iter::successors(Some(*depuis), |j| j.tomorrow().ok()).take(HORIZON);
        let Some(jour) = jours.skip(7).find(|j| pourquoi_ferme(commune, service, *j).is_none()) else {
            continue;
        };
        let Some(reservation) = &regles.reservation else { continue };
        let modes: Vec<Option<String>> = match reservation.modes.as_slice() {
            [] => vec![None],
            modes => modes.iter().cloned().map(Some).collect(),
        };
        let faits = familles(commune);
        let (foyer, enfant) = (FoyerId::neuf([0; 16]), PersonneId::neuf([0; 16]));
        let etat = Etat::nouveau(foyer, enfant, FaitsFamille::Simples(&faits));
        for prestation in &service.prestations {
            for mode in &modes {
                let venue = Venue { mode: mode.clone(), ..Venue::simple(&prestation.id, jour) };
                let reserver = echeances(commune, &etat, &venue, Timestamp::MIN);
                ecrit_delais(commune, "reserver", &venue, reserver.ok(), &mut vus, propositions);
                let absence = echeances_absence(commune, &etat, &venue, Timestamp::MIN);
                ecrit_delais(commune, "absence", &venue, absence.ok(), &mut vus, propositions);
            }
        }
    }
}

/// A household in the first zone of each zonage.
fn familles(commune: &Commune) -> BTreeMap<String, ValeurFait> {
    let zone = |z: &crate::commune::Zonage| {
        let nom = commune.vocabulaire.symbole(z.fait)?.nom.clone();
        Some((nom, ValeurFait::Choix(z.zones.first()?.id.clone())))
    };
    commune.zonages.iter().filter_map(zone).collect()
}

fn ecrit_delais(
    commune: &Commune,
    geste: &str,
    venue: &Venue,
    e: Option<Echeances>,
    vus: &mut BTreeSet<(Lieu, &'static str)>,
    propositions: &mut Vec<Proposition>,
) {
    let Some(e) = e else { return };
    let mode = venue.mode.as_ref().map(|m| format!(", mode: {m}")).unwrap_or_default();
    let etape = |quand: Timestamp, attend: &str| {
        let local = commune.fuseau.to_datetime(quand);
        let (prestation, jour) = (&venue.prestation, venue.jour);
        format!(
            "- {{ a: {local}, fait: {{ {geste}: {{ enfant: lea, prestation: {prestation}, jour: {jour}{mode} }} }}, attend: {{ {attend} }} }}"
        )
    };
    let seconde = |quand: Timestamp, de: i64| quand.checked_add(de.seconds()).unwrap_or(quand);
    let ouverture = e.ouverture.iter().filter_map(|(f, l)| Some((f.ouvre.as_ref()?, l)));
    for (des, lieu) in ouverture.filter(|(_, l)| vus.insert((**l, "ouverture"))) {
        let yaml =
            [etape(seconde(des.instant, -1), "refus: pas_ouvert"), etape(des.instant, "accepte: true")];
        propositions.push(Proposition { place: place(commune, *lieu), yaml: yaml.join("\n") });
    }
    let genre = if geste == "absence" { "absence" } else { "delai" };
    for delai in &e.delais {
        let Some(fin) = &delai.fenetre.ferme else { continue };
        if !vus.insert((delai.lieu, genre)) {
            continue;
        }
        let dernier = if fin.verbe == Verbe::Avant { seconde(fin.instant, -1) } else { fin.instant };
        let (tenu, passe) = match geste {
            "absence" => (format!("annonce: {}", delai.id), "annonce: trop_tard".to_owned()),
            _ => (format!("accepte: true, delai: {}", delai.id), "refus: delai".to_owned()),
        };
        let yaml = [etape(dernier, &tenu), etape(seconde(dernier, 1), &passe)];
        propositions.push(Proposition { place: place(commune, delai.lieu), yaml: yaml.join("\n") });
    }
}

fn transitions(commune: &Commune, demarche: &Demarche, propositions: &mut Vec<Proposition>) {
    let acteur = |a: &Acteur| match a {
        Acteur::Parent | Acteur::Systeme => "parent".to_owned(),
        Acteur::Agent(role) => format!("agent.{}", role.as_ref().unwrap_or(&demarche.instruit_par)),
    };
    for etape in &demarche.etapes {
        for action in &etape.actions {
            let permis: Vec<String> = action.par.iter().map(acteur).collect();
            let qui = permis.first().cloned().unwrap_or_else(|| "parent".to_owned());
            let autre = if qui == "parent" {
                format!("agent.{}", demarche.instruit_par)
            } else {
                "parent".to_owned()
            };
            let vers = action.vers.as_deref().unwrap_or(&etape.id);
            let un = |par: &str, attend: &str| {
                format!(
                    "- {{ par: {par}, fait: {{ agir: {{ dossier: d1, action: {}, motif: \"…\" }} }}, attend: {{ {attend} }} }}",
                    action.id
                )
            };
            let yaml = [un(&autre, "refus: role"), un(&qui, &format!("accepte: true, etat: {vers}"))];
            propositions.push(Proposition { place: place(commune, action.lieu), yaml: yaml.join("\n") });
        }
        for echeance in &etape.echeances {
            let etat = echeance.vers.as_deref().unwrap_or(&etape.id);
            let yaml = [
                format!(
                    "- {{ a: …, fait: {{ temps: {{ dossier: d1 }} }}, attend: {{ etat: {}, courriels: [] }} }}",
                    etape.id
                ),
                format!("- {{ a: …, fait: {{ temps: {{ dossier: d1 }} }}, attend: {{ etat: {etat} }} }}"),
            ];
            propositions.push(Proposition { place: place(commune, echeance.lieu), yaml: yaml.join("\n") });
        }
    }
    for piece in &demarche.pieces {
        let autres: Vec<&str> = demarche.pieces.iter().filter(|p| *p != piece).map(String::as_str).collect();
        let yaml = format!(
            "- {{ fait: {{ deposer: {{ demarche: {}, dossier: d1, enfant: lea, champs: {{}}, pieces: [{}] }} }}, attend: {{ refus: pieces, manquants: [{piece}] }} }}",
            demarche.id,
            autres.join(", ")
        );
        propositions.push(Proposition { place: place(commune, demarche.lieu), yaml });
    }
}
