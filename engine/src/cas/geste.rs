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
        /// The answers that it changes.
        reponses: Option<Map<String, Value>>,
    },
    /// A document.
    Piece {
        /// For which dossier.
        dossier: String,
        /// Which document.
        piece: Document,
    },
    /// What an agent says of a document.
    Verifier {
        /// Of which dossier.
        dossier: String,
        /// Which document.
        piece: String,
        /// Is it right?
        accepte: bool,
        /// Why not.
        motif: Option<String>,
    },
    /// A message to the other side.
    Ecrire {
        /// In which dossier.
        dossier: String,
        /// The message.
        texte: String,
    },
    /// A message is opened.
    Lire {
        /// In which dossier.
        dossier: String,
        /// Its rank.
        message: i64,
    },
    /// An appointment.
    RendezVous {
        /// Of which dossier.
        dossier: String,
        /// What becomes of it.
        quoi: RendezVousJoue,
    },
    /// An agent asks for documents.
    DemanderPieces {
        /// Of which dossier.
        dossier: String,
        /// Which.
        pieces: Vec<String>,
        /// What the family reads.
        texte: String,
    },
    /// An agent's opinion.
    Avis {
        /// On which dossier.
        dossier: String,
        /// For it, or against it.
        favorable: bool,
        /// Why.
        texte: String,
    },
    /// A dossier is begun from another, for a sibling.
    Dupliquer {
        /// The other one.
        de: String,
        /// The name of the new one in the case.
        dossier: String,
        /// The child that it is about.
        enfant: String,
    },
    /// A draft is deleted.
    Supprimer(String),
    /// Words are looked for on the home page.
    Chercher(String),
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

/// What becomes of an appointment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RendezVousJoue {
    /// It is taken, in place of the one before.
    Pris(DateTime),
    /// It is given back.
    Annule,
    /// An agent notes whether it was held.
    Constate(bool),
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
            reponses: a
                .champs
                .as_ref()
                .map(|c| c.valeur.iter().map(|(cle, n)| (cle.texte.clone(), valeur(n))).collect()),
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
        RawGeste::Verifier(v) => Geste::Verifier {
            dossier: v.dossier.to_string(),
            piece: v.piece.to_string(),
            accepte: v.accepte.0,
            motif: v.motif.as_ref().map(|m| m.0.clone()),
        },
        RawGeste::Ecrire(e) => Geste::Ecrire { dossier: e.dossier.to_string(), texte: e.texte.0.clone() },
        RawGeste::Lire(l) => Geste::Lire { dossier: l.dossier.to_string(), message: l.message.0 },
        RawGeste::RendezVous(r) => Geste::RendezVous {
            dossier: r.dossier.to_string(),
            quoi: match (&r.debut, &r.tenu) {
                (Some(debut), _) => RendezVousJoue::Pris(debut.0),
                (None, Some(tenu)) => RendezVousJoue::Constate(tenu.0),
                (None, None) => RendezVousJoue::Annule,
            },
        },
        RawGeste::DemanderPieces(d) => Geste::DemanderPieces {
            dossier: d.dossier.to_string(),
            pieces: d.pieces.iter().map(|p| p.to_string()).collect(),
            texte: d.texte.0.clone(),
        },
        RawGeste::Avis(a) => {
            Geste::Avis { dossier: a.dossier.to_string(), favorable: a.favorable.0, texte: a.texte.0.clone() }
        }
        RawGeste::Dupliquer(d) => Geste::Dupliquer {
            de: d.de.to_string(),
            dossier: d.dossier.to_string(),
            enfant: d.enfant.to_string(),
        },
        RawGeste::Supprimer(s) => Geste::Supprimer(s.dossier.to_string()),
        RawGeste::Chercher(c) => Geste::Chercher(c.mots.0.clone()),
        RawGeste::RecevoirFait(_) => Geste::Autre("recevoir_fait"),
        RawGeste::Pieces(_) => Geste::Autre("pieces"),
        RawGeste::Panier(_) => Geste::Autre("panier"),
        RawGeste::Pointer(_) => Geste::Autre("pointer"),
        RawGeste::Rattacher(_) => Geste::Autre("rattacher"),
    }
}

/// An answer, as the API takes it.
fn valeur(n: &Noeud) -> Value {
    let texte = |n: &Noeud| n.texte().map_or(Value::Null, Value::from);
    match n.liste() {
        Some(elements) => elements.iter().map(texte).collect(),
        None => texte(n),
    }
}

fn demande(d: &RawDepot) -> Demande {
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
