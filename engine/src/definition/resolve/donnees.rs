//! The vocabulary: built-in dimensions, zones, facts of `donnees.yaml`, named figures.

use std::collections::BTreeMap;

use rules::faits::Symboles;
use rules::scalaire::JourAnnuel;
use rules::valeur::{Domaine, Sens};
use rust_decimal::Decimal;

use super::fichiers::Fichiers;
use super::piece::SENSIBILITES;
use super::{Resolution, derive, question, texte_source};
use crate::definition::lecture::{Id, Sp, suggestion};
use crate::definition::raw::donnees::RawFait;
use crate::definition::raw::valeurs::RawType;
use crate::definition::source::Span;
use crate::demarche::Validite;
use crate::diagnostic::{Diagnostic, codes};
use crate::vocabulaire::{
    Effet, GenreTexte, Inventaire, Lecture, Origine, Symbole, choix, dimensions_integrees,
};

/// The words of `type`.
const TYPES: [&str; 13] = [
    "montant",
    "quotient",
    "nombre",
    "texte",
    "texte_long",
    "telephone",
    "courriel",
    "commune",
    "adresse",
    "date",
    "heure",
    "booleen",
    "duree",
];
/// Whose a fact may be.
const SUJETS: [&str; 5] = ["foyer", "responsable", "enfant", "convive", "personne"];

/// Fills the vocabulary; derived facts get their domain here and their computation in `derive`.
pub(super) fn vocabulaire(r: &mut Resolution<'_>, f: &Fichiers, periodes: Vec<String>) {
    let inventaire = inventaire(f, periodes);
    for (nom, domaine, peut_manquer) in dimensions_integrees(&inventaire) {
        ajoute(r, None, nom, nom, domaine, peut_manquer, Origine::Integree, None, None);
    }
    if let Some(commune) = &f.commune {
        for (cle, zones) in commune.zonages.iter().flat_map(|z| z.valeur.iter()) {
            let noms: Vec<&str> = zones.valeur.0.iter().map(|z| z.zone.as_str()).collect();
            let restes = zones.valeur.0.iter().filter(|z| z.reste.is_some_and(|b| b.0)).count();
            if restes != 1 && !zones.valeur.0.incomplete {
                let message =
                    format!("le zonage `{}` doit avoir une zone `reste: true`, et une seule", cle.texte);
                r.signale(
                    Diagnostic::new(codes::REF01, cle.span, message)
                        .aide("`reste: true` : toutes les autres communes"),
                );
            }
            let origine = Origine::Zonage(cle.texte.clone());
            ajoute(
                r,
                Some(cle.span),
                &cle.texte,
                &cle.texte,
                choix(noms),
                false,
                origine,
                Some("foyer"),
                None,
            );
        }
    }
    if let Some(donnees) = &f.donnees {
        question::de_liste(r, "donnees", &donnees.questions);
        for fait in &donnees.faits {
            un_fait(r, f, fait);
        }
    }
    for p in &f.parametres {
        if r.vocabulaire.parametre(&p.parametre).is_some() {
            r.signale(double(p.parametre.span, "figure nommée", &p.parametre));
        } else {
            r.vocabulaire.ajoute_parametre(p.parametre.to_string());
        }
    }
}

pub(super) fn double(span: Span, quoi: &str, nom: &str) -> Diagnostic {
    Diagnostic::new(codes::REF06, span, format!("{quoi} `{nom}` défini deux fois"))
        .aide("chaque identifiant est unique dans la commune")
}

fn inventaire(f: &Fichiers, periodes: Vec<String>) -> Inventaire {
    let mut i = Inventaire { periodes, ..Inventaire::default() };
    let ajoute = |liste: &mut Vec<String>, nom: &str| {
        if !liste.iter().any(|n| n == nom) {
            liste.push(nom.to_owned());
        }
    };
    for service in &f.services {
        ajoute(&mut i.services, &service.service);
        for p in &service.prestations {
            ajoute(&mut i.prestations, &p.prestation);
        }
        let regles = super::service::reservations(service);
        for reservation in regles.reservations {
            for mode in &reservation.modes {
                ajoute(&mut i.modes, mode.as_str());
            }
            for delai in reservation.delais.iter().filter_map(|d| d.delai.as_ref()) {
                ajoute(&mut i.delais, delai.as_str());
            }
        }
        for absence in regles.absences {
            for motif in &absence.motifs {
                ajoute(&mut i.motifs, motif.as_str());
            }
            for canal in &absence.canaux {
                ajoute(&mut i.canaux, canal.as_str());
            }
            for annonce in &absence.annonces {
                ajoute(&mut i.annonces, &annonce.annonce);
            }
        }
    }
    i
}

#[expect(
    clippy::too_many_arguments,
    reason = "one call a kind of name; a struct would only repeat `Symbole`"
)]
fn ajoute(
    r: &mut Resolution<'_>,
    span: Option<Span>,
    nom: &str,
    libelle: &str,
    domaine: Domaine,
    peut_manquer: bool,
    origine: Origine,
    sujet: Option<&str>,
    lecture: Option<Lecture>,
) {
    let lieu = span.map_or_else(Default::default, |s| r.pose(s, None));
    let symbole = Symbole {
        nom: nom.to_owned(),
        libelle: libelle.to_owned(),
        domaine,
        peut_manquer,
        origine,
        sujet: sujet.map(str::to_owned),
        lecture,
        lieu,
    };
    match (r.vocabulaire.ajoute(symbole), sujet) {
        (Some(id), Some(sujet)) => r.vocabulaire.alias(format!("{sujet}.{nom}"), id),
        (Some(_), None) => {}
        (None, _) => {
            if let Some(span) = span {
                r.signale(double(span, "fait ou dimension", nom));
            }
        }
    }
}

fn un_fait(r: &mut Resolution<'_>, f: &Fichiers, fait: &Sp<RawFait>) {
    question::de_source(r, &format!("donnees.{}", fait.fait.as_str()), fait.source.as_ref());
    question::de_liste(r, &format!("donnees.{}", fait.fait.as_str()), &fait.questions);
    if !SUJETS.contains(&fait.sujet.as_str()) {
        let message = format!("sujet inconnu : « {} »", fait.sujet.as_str());
        r.signale(
            Diagnostic::new(codes::SYN04, fait.sujet.span, message).aide(suggestion(&fait.sujet, SUJETS)),
        );
    }
    let libelle = fait.nom.as_ref().map_or_else(|| fait.fait.to_string(), |n| n.0.clone());
    let nom = fait.fait.as_str();
    if fait.derive.is_none() && fait.provenance.iter().any(|p| p.as_str() == "import") {
        r.vocabulaire.ajoute_reprenable(&fait.sujet, nom);
    }
    let dite =
        fait.sensibilite.as_ref().and_then(|s| SENSIBILITES.into_iter().find(|mot| *mot == s.as_str()));
    if let Some(sensibilite) = dite {
        r.vocabulaire.note_sensibilite(nom, sensibilite);
    }
    if let RawType::Mot(mot) = &fait.genre.valeur
        && let Some(genre) = GenreTexte::lit(mot.as_str())
    {
        let source = fait.source.as_ref().map(|s| texte_source(s));
        let lieu = r.pose(fait.span, source.as_ref());
        r.vocabulaire.ajoute_texte(nom, &fait.sujet, &libelle, genre, lieu);
        return;
    }
    let Some(domaine) = domaine(r, f, fait) else { return };
    let derive = fait.derive.is_some();
    if !derive {
        exige_declaration(r, fait);
    }
    let origine = if derive { Origine::Derive } else { Origine::Enregistre };
    let lecture = if derive { None } else { Some(lecture(r, fait)) };
    let sujet = Some(fait.sujet.as_str());
    ajoute(r, Some(fait.fait.span), nom, &libelle, domaine, peut_manquer(fait), origine, sujet, lecture);
}

/// A count always answers, and a table unless a row says `absent`; a formula answers when what it reads is known.
fn peut_manquer(fait: &RawFait) -> bool {
    let Some(d) = &fait.derive else { return true };
    let mut lignes = d.lignes.iter();
    let par_ligne = lignes.any(|l| {
        l.entree("formule").is_some() || l.entree("valeur").is_some_and(|(_, v)| v.texte() == Some("absent"))
    });
    par_ligne || d.formule.is_some() || d.age.is_some() || d.script.is_some()
}

/// What a recorded fact must say, or nobody could tell what it is worth next year.
fn exige_declaration(r: &mut Resolution<'_>, fait: &Sp<RawFait>) {
    let nom = fait.fait.as_str();
    let mut manque = |cle: &str, aide: &str| {
        let message = format!("le fait `{nom}` ne dit pas `{cle}`");
        r.signale(Diagnostic::new(codes::SYN04, fait.fait.span, message).aide(aide));
    };
    if fait.provenance.is_empty() && fait.provenance.span.is_none() {
        manque("provenance", "qui peut l'écrire : parent, agent, une pièce, import");
    }
    let Some(validite) = &fait.validite else {
        manque("validite", "ex. `{ duree: 3 mois }`, `{ annee_scolaire: true }` ou `{ illimitee: true }`");
        return;
    };
    if validite.illimitee.is_none() && fait.perime.is_none() {
        manque("perime", "après sa validité : `absent`, ou `garde` la dernière valeur");
    }
    if fait.sensibilite.is_none() {
        let message = format!("le fait `{nom}` ne dit pas sa `sensibilite`");
        let aide = "publique, personnelle, financiere, sante ou judiciaire";
        r.signale(Diagnostic::new(codes::RGP01, fait.fait.span, message).aide(aide));
    }
    if fait.conservation.is_none() {
        let message = format!("le fait `{nom}` ne dit pas sa durée de `conservation`");
        r.signale(Diagnostic::new(codes::RGP01, fait.fait.span, message).aide("ex. `conservation: 2 ans`"));
    }
}

/// How the fact is read on a day. What it does not say was reported: its value then holds without end, from its reception.
fn lecture(r: &mut Resolution<'_>, fait: &RawFait) -> Lecture {
    let genre = match &fait.genre.valeur {
        RawType::Liste(cle, _) => cle.texte.clone(),
        RawType::DeLaCommune(_) => "choix".to_owned(),
        RawType::Mot(mot) => mot.to_string(),
    };
    let effet = fait.effet.as_ref().and_then(|e| match e.a.as_str() {
        "jour" => Some(Effet::Jour),
        "mois_suivant" => Some(Effet::MoisSuivant),
        "periode_suivante" => Some(Effet::PeriodeSuivante),
        _ => derive::mot(r, &e.a, &["jour", "mois_suivant", "periode_suivante"]).and(None),
    });
    let garde = fait.perime.as_ref().is_some_and(|p| {
        derive::mot(r, p, &["absent", "garde"]);
        p.as_str() == "garde"
    });
    let retroactif = fait.effet.as_ref().and_then(|e| e.retroactif.as_ref()).is_some_and(|b| b.0);
    let reference = fait.effet.as_ref().and_then(|e| e.reference.as_ref());
    let reference = reference.and_then(|texte| match JourAnnuel::lit(&texte.0) {
        Ok(jour) => Some(jour),
        Err(e) => {
            r.signale(Diagnostic::new(codes::SYN04, texte.span, e.message).aide("ex. `reference: 05-31`"));
            None
        }
    });
    let effet = effet.unwrap_or(Effet::Jour);
    Lecture { genre, validite: validite(r, fait), garde, effet, reference, retroactif }
}

pub(super) fn validite(r: &mut Resolution<'_>, fait: &RawFait) -> Validite {
    let Some(v) = &fait.validite else { return Validite::Illimitee };
    if let Some(duree) = &v.duree {
        return Validite::Duree(duree.0.clone());
    }
    if v.annee_scolaire.as_ref().is_some_and(|b| b.0) {
        return Validite::AnneeScolaire;
    }
    let Some(jour) = &v.jusqu_a else { return Validite::Illimitee };
    match JourAnnuel::lit(&jour.0) {
        Ok(j) => Validite::JusquA(j),
        Err(e) => {
            r.signale(Diagnostic::new(codes::SYN04, jour.span, e.message).aide("ex. `jusqu_a: 12-31`"));
            Validite::Illimitee
        }
    }
}

fn domaine(r: &mut Resolution<'_>, f: &Fichiers, fait: &Sp<RawFait>) -> Option<Domaine> {
    let nom = fait.fait.as_str();
    let genre = &fait.genre;
    match &genre.valeur {
        RawType::Liste(cle, liste) => {
            let noms: Vec<&str> = liste.iter().map(|n| n.as_str()).collect();
            if noms.is_empty() && !liste.incomplete {
                r.signale(Diagnostic::new(
                    codes::FRM02,
                    genre.span,
                    format!("`{nom}` : la liste des choix est vide"),
                ));
                return None;
            }
            Some(match cle.texte.as_str() {
                "ensemble" | "services" => Domaine::Ensemble(noms.into_iter().map(Box::from).collect()),
                _ => choix(noms),
            })
        }
        RawType::DeLaCommune(liste) => de_la_commune(r, f, liste),
        RawType::Mot(mot) => match mot.as_str() {
            "booleen" => Some(Domaine::Booleen),
            "date" => Some(Domaine::Date),
            "heure" => Some(Domaine::Heure),
            "duree" => Some(Domaine::Duree(rules::valeur::UniteDuree::Jour)),
            "montant" | "quotient" | "nombre" => Some(nombres(r, fait, mot.as_str())),
            inconnu => {
                let d = Diagnostic::new(codes::SYN04, genre.span, format!("type inconnu : « {inconnu} »"));
                r.signale(d.aide(suggestion(inconnu, TYPES)));
                None
            }
        },
    }
}

fn de_la_commune(r: &mut Resolution<'_>, f: &Fichiers, liste: &Sp<Id>) -> Option<Domaine> {
    let ecoles = || f.commune.iter().flat_map(|c| c.ecoles.iter());
    match liste.as_str() {
        "ecoles" => Some(choix(ecoles().map(|e| e.ecole.as_str()))),
        "classes" => {
            let uniques: BTreeMap<&str, ()> =
                ecoles().flat_map(|e| e.classes.iter()).map(|c| (c.as_str(), ())).collect();
            Some(choix(uniques.into_keys()))
        }
        autre => {
            let message = format!("liste de la commune inconnue : « {autre} »");
            r.signale(
                Diagnostic::new(codes::REF01, liste.span, message)
                    .aide(suggestion(autre, ["ecoles", "classes"])),
            );
            None
        }
    }
}

fn nombres(r: &mut Resolution<'_>, fait: &Sp<RawFait>, mot: &str) -> Domaine {
    let sens = fait.arrondi.as_ref().and_then(|a| match a.as_str() {
        "inferieur" => Some(Sens::Inferieur),
        "superieur" => Some(Sens::Superieur),
        "proche" => Some(Sens::Proche),
        autre => {
            let d = Diagnostic::new(codes::SYN04, a.span, format!("arrondi inconnu : « {autre} »"));
            r.signale(d.aide(suggestion(autre, ["inferieur", "superieur", "proche"])));
            None
        }
    });
    let pas = match (&fait.pas, &fait.arrondi) {
        (Some(pas), Some(_)) if pas.0 > Decimal::ZERO => sens.map(|s| (pas.0, s)),
        (Some(pas), Some(_)) => {
            r.signale(Diagnostic::new(codes::SYN04, pas.span, "`pas` doit être plus grand que zéro"));
            None
        }
        (Some(pas), None) => {
            let message = format!("`{}` a un `pas` mais pas d'`arrondi`", fait.fait.as_str());
            let d = Diagnostic::new(codes::TAR11, pas.span, message);
            r.signale(d.aide(
                "`arrondi: inferieur`, `superieur` ou `proche` : ce que devient 900,50 avec un pas de 1",
            ));
            // read as if it had one, so that nothing else is concluded from this
            (pas.0 > Decimal::ZERO).then_some((pas.0, Sens::Inferieur))
        }
        (None, Some(arrondi)) => {
            let message = format!("`{}` a un `arrondi` mais pas de `pas`", fait.fait.as_str());
            r.signale(
                Diagnostic::new(codes::TAR11, arrondi.span, message).aide("ex. `pas: 1` ou `pas: 0.01`"),
            );
            None
        }
        (None, None) => None,
    };
    let compte = fait.derive.as_ref().map(|d| (d.rang.is_some(), d.compte.is_some()));
    // ranks start at 1 and counts at 0, both whole
    let (pas, zero) = match compte {
        Some((true, _)) => (pas.or(Some((Decimal::ONE, Sens::Inferieur))), Some(Decimal::ONE)),
        Some((_, true)) => (pas.or(Some((Decimal::ONE, Sens::Inferieur))), Some(Decimal::ZERO)),
        _ => (pas, (mot != "nombre").then_some(Decimal::ZERO)),
    };
    Domaine::Nombre { pas, min: fait.min.as_ref().map(|n| n.0).or(zero), max: fait.max.as_ref().map(|n| n.0) }
}
