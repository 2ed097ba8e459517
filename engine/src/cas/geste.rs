//! A case as somebody else may play it: its households and its steps, without how they are written.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use serde_json::{Map, Value};

use super::Cas;
use crate::definition::arbre::Noeud;
use crate::definition::raw::cas::{RawActe, RawActeur, RawDepot, RawEtapeCas, RawGeste};

/// A household of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Famille {
    /// The names of its children, in order.
    pub enfants: Vec<String>,
    /// `dossier_complet`, `inscrit`, `impaye`.
    pub etat: Vec<String>,
}

/// A step.
#[derive(Clone, Debug, PartialEq)]
pub struct Etape {
    /// When; `None`: at once.
    pub a: Option<DateTime>,
    /// By whom; `None`: the household.
    pub par: Option<RawActeur>,
    /// What.
    pub geste: Geste,
    /// Does it look at what each may do next?
    pub droits: bool,
}

/// What is done.
#[derive(Clone, Debug, PartialEq)]
pub enum Geste {
    /// A request, kept as a draft.
    Commencer(Demande),
    /// A request, sent.
    Deposer(Demande),
    /// An action on a dossier.
    Agir {
        /// Which, by its name in the case.
        dossier: String,
        /// Which action.
        action: String,
        /// The reason given.
        motif: Option<String>,
        /// Does it change answers too?
        champs: bool,
    },
    /// A document.
    Piece {
        /// For which dossier.
        dossier: String,
        /// Which document.
        piece: Document,
    },
    /// Time passes, and one may look at a dossier.
    Temps(Option<String>),
    /// What a day costs a child; `None`: a situation that is nobody's.
    Prix(Option<Jour>),
    /// A day is booked.
    Reserver(Jour),
    /// A day is given back.
    Absence(Jour),
    /// Another one, by its key.
    Autre(&'static str),
}

/// A request that is filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct Demande {
    /// Of which démarche.
    pub demarche: String,
    /// Its name in the case.
    pub dossier: String,
    /// For which household.
    pub foyer: Option<String>,
    /// For which child.
    pub enfant: Option<String>,
    /// The answers, as the API takes them: a text, or a list.
    pub reponses: Map<String, Value>,
    /// The documents.
    pub pieces: Vec<Document>,
}

/// A document, with the date written on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Which piece.
    pub piece: String,
    /// Its date.
    pub date: Option<Date>,
}

/// A child's day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jour {
    /// Whose.
    pub enfant: String,
    /// Of what.
    pub prestation: String,
    /// Which.
    pub jour: Date,
    /// The booking mode.
    pub mode: Option<String>,
    /// The reason of an absence.
    pub motif: Option<String>,
    /// Does it say more: hours, the channel of an announcement?
    pub precise: bool,
}

impl Cas {
    /// When it begins.
    pub fn debut(&self) -> DateTime {
        self.raw.horloge.0
    }

    /// Its households, by name.
    pub fn familles(&self) -> BTreeMap<String, Famille> {
        let foyers = self.raw.donnees.iter().flat_map(|d| d.foyers.iter()).flat_map(|f| f.iter());
        let une = |f: &crate::definition::raw::cas::RawFoyerCas| Famille {
            enfants: f.enfants.iter().map(|(cle, _)| cle.texte.clone()).collect(),
            etat: f.etat.iter().map(|e| e.to_string()).collect(),
        };
        foyers.map(|(cle, f)| (cle.texte.clone(), une(f))).collect()
    }

    /// Its steps, in order.
    pub fn etapes(&self) -> Vec<Etape> {
        self.raw.etapes.iter().map(|e| etape(e)).collect()
    }
}

fn etape(e: &RawEtapeCas) -> Etape {
    let attend = e.attend_exact.as_ref().or(e.attend.as_ref());
    Etape {
        a: e.a.as_ref().map(|a| a.valeur.0),
        par: e.par.as_ref().map(|p| p.valeur.clone()),
        geste: geste(&e.fait.valeur),
        droits: attend.is_some_and(|a| a.droits.is_some()),
    }
}

fn geste(geste: &RawGeste) -> Geste {
    match geste {
        RawGeste::Commencer(d) => Geste::Commencer(demande(d)),
        RawGeste::Deposer(d) => Geste::Deposer(demande(d)),
        RawGeste::Agir(a) => Geste::Agir {
            dossier: a.dossier.to_string(),
            action: a.action.to_string(),
            motif: a.motif.as_ref().map(|m| m.0.clone()),
            champs: a.champs.is_some(),
        },
        RawGeste::Piece(p) => Geste::Piece {
            dossier: p.dossier.to_string(),
            piece: Document { piece: p.piece.to_string(), date: p.date.as_ref().map(|d| d.0) },
        },
        RawGeste::Temps(t) => Geste::Temps(t.dossier.as_ref().map(|d| d.to_string())),
        RawGeste::Prix(p) => Geste::Prix(match (&p.enfant, &p.prestation, &p.jour) {
            (Some(enfant), Some(prestation), Some(jour))
                if p.faits.is_empty() && p.actes.elements.is_empty() =>
            {
                Some(Jour {
                    enfant: enfant.to_string(),
                    prestation: prestation.to_string(),
                    jour: jour.0,
                    mode: None,
                    motif: None,
                    precise: false,
                })
            }
            _ => None,
        }),
        RawGeste::Reserver(a) => Geste::Reserver(jour(a)),
        RawGeste::Absence(a) => Geste::Absence(jour(a)),
        RawGeste::Verifier(_) => Geste::Autre("verifier"),
        RawGeste::RecevoirFait(_) => Geste::Autre("recevoir_fait"),
        RawGeste::Pieces(_) => Geste::Autre("pieces"),
        RawGeste::Panier(_) => Geste::Autre("panier"),
        RawGeste::Pointer(_) => Geste::Autre("pointer"),
        RawGeste::Ecrire(_) => Geste::Autre("ecrire"),
        RawGeste::Lire(_) => Geste::Autre("lire"),
        RawGeste::RendezVous(_) => Geste::Autre("rendez_vous"),
        RawGeste::DemanderPieces(_) => Geste::Autre("demander_pieces"),
        RawGeste::Dupliquer(_) => Geste::Autre("dupliquer"),
        RawGeste::Supprimer(_) => Geste::Autre("supprimer"),
        RawGeste::Rattacher(_) => Geste::Autre("rattacher"),
    }
}

fn demande(d: &RawDepot) -> Demande {
    let texte = |n: &Noeud| n.texte().map_or(Value::Null, Value::from);
    let valeur = |n: &Noeud| match n.liste() {
        Some(elements) => elements.iter().map(texte).collect(),
        None => texte(n),
    };
    let champs = d.champs.iter().flat_map(|c| c.valeur.iter());
    let piece = |p: &crate::definition::raw::cas::RawPieceDonnee| Document {
        piece: p.piece.to_string(),
        date: p.date.as_ref().map(|d| d.0),
    };
    Demande {
        demarche: d.demarche.to_string(),
        dossier: d.dossier.to_string(),
        foyer: d.foyer.as_ref().map(|f| f.to_string()),
        enfant: d.enfant.as_ref().map(|e| e.to_string()),
        reponses: champs.map(|(cle, n)| (cle.texte.clone(), valeur(&n.valeur))).collect(),
        pieces: d.pieces.iter().map(|p| piece(p)).collect(),
    }
}

fn jour(a: &RawActe) -> Jour {
    Jour {
        enfant: a.enfant.to_string(),
        prestation: a.prestation.to_string(),
        jour: a.jour.0,
        mode: a.mode.as_ref().map(|m| m.to_string()),
        motif: a.motif.as_ref().map(|m| m.to_string()),
        precise: a.arrivee.is_some() || a.depart.is_some() || a.canal.is_some(),
    }
}
