//! A family's running instance of a démarche: what is stored, and how the journal rebuilds it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::phase::Phase;
use super::reponses::Reponses;
use super::suivi::{Avis, Echange, RendezVous, Suivi};
use super::veille::RappelDit;
use crate::identifiant::{AgentId, DossierId, FichierId, FoyerId, PersonneId};

/// The snapshot of a dossier: always equal to the fold of its journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// Which.
    pub id: DossierId,
    /// Which démarche.
    pub demarche: String,
    /// The definition that it is pinned to.
    pub digest: String,
    /// Number read by families and agents; allotted by the store when it is filed.
    pub numero: Option<String>,
    /// The family; `None` while a public démarche is not linked to one.
    pub foyer: Option<FoyerId>,
    /// Who files.
    pub demandeur: Option<PersonneId>,
    /// The child that it is about.
    pub enfant: Option<PersonneId>,
    /// School year that it is for (`2025-2026`).
    pub annee_scolaire: Option<String>,
    /// The étape that it is in.
    pub etape: String,
    /// That étape's phase.
    pub phase: Phase,
    /// How many étapes were entered: an échéance of an earlier entry does nothing.
    pub entree: u32,
    /// When the current one was entered.
    pub entree_le: Timestamp,
    /// How many times it was filed: an échéance of silence of an earlier filing does nothing.
    pub depots: u32,
    /// When it was first filed.
    pub depose_le: Option<Timestamp>,
    /// When it was last filed: the silence counts from there.
    pub dernier_depot_le: Option<Timestamp>,
    /// When it was started.
    pub cree_le: Timestamp,
    /// The answers.
    pub reponses: Reponses,
    /// The documents, by piece.
    pub pieces: BTreeMap<String, PieceRecue>,
    /// What makes it unique while its phase holds the place (`un_dossier_par`), hashed.
    pub cle: Option<String>,
    /// Since when the town's silence means a refusal; an agent may still decide.
    pub rejet_implicite_le: Option<Timestamp>,
    /// The reason given with the last action that asked for one.
    pub motif: Option<String>,
    /// The agent who took it in charge.
    #[serde(default)]
    pub affecte_a: Option<AgentId>,
    /// Messages, appointment, what was asked since.
    #[serde(default)]
    pub suivi: Suivi,
    /// The documents made about it, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<DocumentFait>,
    /// Journal entries so far: the version that a decision guards.
    pub version: i64,
}

/// A received document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PieceRecue {
    /// Its files.
    pub fichiers: Vec<FichierId>,
    /// Those of them that pages may show.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<FichierId>,
    /// The date written on it, where it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// When it came.
    pub recue_le: Timestamp,
    /// What an agent said of it.
    pub etat: EtatPiece,
}

/// A document made about a dossier: an acknowledgement, a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentFait {
    /// The journal entry that decided it.
    pub entree: i64,
    /// Its rank in that entry.
    pub rang: u16,
    /// The text that it was made from.
    pub modele: String,
    /// Its title.
    pub titre: String,
    /// Where it is kept: HTML, to be printed.
    pub fichier: FichierId,
    /// When it was decided.
    pub le: Timestamp,
}

/// What an agent said of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EtatPiece {
    /// Nothing yet.
    AVerifier,
    /// Right.
    Acceptee,
    /// Wrong, with the reason that the family reads.
    Refusee(String),
}

/// What an entry of the journal changed. Folding them gives the snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Changement {
    /// The dossier was started.
    Cree(Box<Dossier>),
    /// Its answers were replaced.
    Repondu(Reponses),
    /// Its answers were replaced, and it was never sent: only its snapshot holds them, which the family may erase. The journal,
    /// which nobody can, receives them when it is filed.
    Redige,
    /// It follows another definition of its démarche.
    Repris(String),
    /// A document was received, in place of the one before.
    PieceRecue {
        /// Which piece.
        piece: String,
        /// The document.
        recue: PieceRecue,
    },
    /// The family took files of a document back: all of them, and the document is not there any more.
    PieceRetiree {
        /// Which piece.
        piece: String,
        /// Which files.
        fichiers: Vec<FichierId>,
        /// Was the dossier never filed? Then nobody relied on them: they go.
        oubliees: bool,
    },
    /// An agent looked at a document.
    PieceVue {
        /// Which piece.
        piece: String,
        /// What they said.
        etat: EtatPiece,
    },
    /// The family was told that a document ends, is due, or is still waited for.
    PieceRappelee {
        /// Which piece.
        piece: String,
        /// When, and of which document.
        dit: RappelDit,
    },
    /// An agent took it in charge, or gave it back.
    Affecte(Option<AgentId>),
    /// An agent gave an opinion on it.
    AvisRendu(Avis),
    /// A document was made about it.
    DocumentFait(DocumentFait),
    /// It was filed.
    Depose(Timestamp),
    /// A reason was given.
    Motive(String),
    /// It entered an étape.
    Entre {
        /// Which.
        etape: String,
        /// Its phase.
        phase: Phase,
        /// When.
        le: Timestamp,
    },
    /// It took the place that only one dossier may hold.
    Unique(String),
    /// It no longer stands in the way of another one: accepted, or attached to a household that has one.
    PlaceRendue,
    /// The town's silence means a refusal since then.
    RejetImplicite(Timestamp),
    /// It was linked to a household, and to who did it.
    Rattache {
        /// Which household.
        foyer: FoyerId,
        /// Who.
        demandeur: Option<PersonneId>,
        /// The child that it is about, where it is another there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        enfant: Option<PersonneId>,
    },
    /// A message was written.
    EchangeEcrit(Echange),
    /// A message was opened.
    EchangeLu {
        /// Its rank.
        n: u32,
        /// When.
        le: Timestamp,
    },
    /// An appointment was taken, in place of the one before.
    RendezVousPris(RendezVous),
    /// The appointment was given back.
    RendezVousAnnule,
    /// The slot held by a draft went back to others.
    CreneauPerdu(DateTime),
    /// An agent noted whether it was held.
    RendezVousConstate(bool),
    /// An agent asked for documents.
    PiecesDemandees(BTreeSet<String>),
    /// It took one of the places that the town gives (`quota`).
    QuotaPris(String),
    /// It gave that place back.
    QuotaRendu,
    /// When silence decides.
    SilenceLe(Timestamp),
    /// The agents were told that silence comes near.
    Alerte(Timestamp),
    /// The family deleted its draft: its answers and documents are forgotten.
    Efface(Timestamp),
    /// The store gave it its number.
    Numerote(String),
}

impl Changement {
    /// The dossier after it. `Cree` stands alone: whatever was there is replaced.
    pub fn applique(&self, dossier: Option<Dossier>) -> Option<Dossier> {
        if let Self::Cree(neuf) = self {
            return Some((**neuf).clone());
        }
        let mut apres = dossier?;
        self.modifie(&mut apres);
        Some(apres)
    }

    /// The same, in place.
    pub(super) fn modifie(&self, d: &mut Dossier) {
        match self {
            Self::Cree(neuf) => d.clone_from(neuf),
            Self::Repondu(reponses) => d.reponses = reponses.clone(),
            // what is written in the journal: the answers are already in the snapshot
            Self::Redige => {}
            Self::Repris(digest) => d.digest.clone_from(digest),
            Self::PieceRecue { piece, recue } => {
                d.pieces.insert(piece.clone(), recue.clone());
            }
            Self::PieceRetiree { piece, fichiers, .. } => {
                if let Some(p) = d.pieces.get_mut(piece) {
                    p.fichiers.retain(|f| !fichiers.contains(f));
                    p.images.retain(|f| !fichiers.contains(f));
                    if p.fichiers.is_empty() {
                        d.pieces.remove(piece);
                    }
                }
            }
            Self::PieceVue { piece, etat } => {
                if let Some(p) = d.pieces.get_mut(piece) {
                    p.etat = etat.clone();
                }
            }
            Self::PieceRappelee { piece, dit } => {
                d.suivi.rappels.insert(piece.clone(), dit.clone());
            }
            Self::Affecte(agent) => d.affecte_a.clone_from(agent),
            Self::AvisRendu(avis) => d.suivi.avis.push(avis.clone()),
            Self::DocumentFait(fait) => d.documents.push(fait.clone()),
            Self::Depose(le) => {
                d.depots = d.depots.saturating_add(1);
                d.depose_le = d.depose_le.or(Some(*le));
                d.dernier_depot_le = Some(*le);
                d.rejet_implicite_le = None;
                d.suivi.alerte_le = None;
            }
            Self::Motive(motif) => d.motif = Some(motif.clone()),
            Self::Entre { etape, phase, le } => {
                d.etape.clone_from(etape);
                d.phase = *phase;
                d.entree = d.entree.saturating_add(1);
                d.entree_le = *le;
            }
            Self::Unique(cle) => d.cle = Some(cle.clone()),
            Self::PlaceRendue => d.cle = None,
            Self::RejetImplicite(le) => d.rejet_implicite_le = Some(*le),
            Self::Rattache { foyer, demandeur, enfant } => {
                d.foyer = Some(foyer.clone());
                d.demandeur.clone_from(demandeur);
                if enfant.is_some() {
                    d.enfant.clone_from(enfant);
                }
            }
            Self::EchangeEcrit(echange) => d.suivi.echanges.push(echange.clone()),
            Self::EchangeLu { n, le } => {
                if let Some(e) = d.suivi.echanges.iter_mut().find(|e| e.n == *n) {
                    e.lu_le = Some(*le);
                }
            }
            Self::RendezVousPris(pris) => {
                d.suivi.rendez_vous = Some(pris.clone());
                d.suivi.creneau_perdu = None;
            }
            Self::RendezVousAnnule => {
                d.suivi.rendez_vous = None;
                d.suivi.creneau_perdu = None;
            }
            Self::CreneauPerdu(debut) => {
                d.suivi.rendez_vous = None;
                d.suivi.creneau_perdu = Some(*debut);
            }
            Self::RendezVousConstate(tenu) => {
                if let Some(r) = &mut d.suivi.rendez_vous {
                    r.tenu = Some(*tenu);
                }
            }
            Self::PiecesDemandees(pieces) => d.suivi.pieces_demandees.extend(pieces.iter().cloned()),
            Self::QuotaPris(cle) => d.suivi.place = Some(cle.clone()),
            Self::QuotaRendu => d.suivi.place = None,
            Self::SilenceLe(le) => d.suivi.silence_le = Some(*le),
            Self::Alerte(le) => d.suivi.alerte_le = Some(*le),
            Self::Efface(le) => {
                d.reponses = Reponses::default();
                d.pieces.clear();
                d.suivi = Suivi { efface: true, ..Suivi::default() };
                // the étape of a draft is left for a phase that nothing waits on
                d.phase = Phase::Annulee;
                d.entree = d.entree.saturating_add(1);
                d.entree_le = *le;
            }
            Self::Numerote(numero) => d.numero = Some(numero.clone()),
        }
    }
}

impl Dossier {
    /// Since when a document waits for an agent to look at it: the oldest; `None` when none does.
    pub fn a_lire_le(&self) -> Option<Timestamp> {
        let attendent = self.pieces.values().filter(|p| p.etat == EtatPiece::AVerifier);
        attendent.map(|p| p.recue_le).min().filter(|_| self.phase.se_verifie() && !self.suivi.efface)
    }

    /// The key that no other live dossier may hold now.
    pub fn cle_vivante(&self) -> Option<&str> {
        self.cle.as_deref().filter(|_| self.phase.occupe())
    }
}
