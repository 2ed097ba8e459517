//! Démarches: how a town defines them, and what happens to a family's dossier. `decide` is synchronous, total and pure.

mod affecter;
mod agenda;
mod agir;
mod avis;
mod brouillon;
mod chantier;
mod completude;
mod connus;
mod contexte;
mod copie;
mod decide;
mod definition;
mod delai;
mod demande_pieces;
mod demarrer;
mod deposer;
mod document;
mod dossier;
mod echange;
mod echeance;
mod effet;
mod effets;
mod empreinte;
mod envoi;
mod evenement;
#[cfg(test)]
mod exemple;
mod famille;
mod fenetre;
mod formulaire;
mod garde;
pub mod lettres;
mod nom;
mod ouverture;
mod phase;
mod pieces;
mod quota;
mod rattachement;
mod recherche;
mod rendez_vous;
mod reponses;
mod reprise;
mod suivi;
mod tenue;
#[cfg(test)]
mod tests;
mod veille;

pub use agenda::{Agenda, PlageAgenda, cle_de_creneau, cle_des_creneaux};
pub use agir::{actions, invisible};
pub use completude::{Completude, Demandeuse, EtatTenu, Famille, PieceDuFoyer, completude};
pub use connus::{Vises, connues, recopiee};
pub use contexte::{Accepte, Contexte, PieceDemandee};
pub use decide::{agent_concerne, decide, est, service_concerne};
pub use definition::{
    Acces, Acteur, Action, ApresCloture, Champ, ChampsConditions, Demarche, Echeance, Ecran, Etape, Exige,
    FaitVise, Motif, Obligatoire, Ouverture, Quand, Quota, Recopie, Silence, SujetVise, TypeChamp, Unicite,
    Validite, VautSilence, genre_de_lien,
};
pub use document::DOCUMENT_FAIT;
pub use dossier::{Changement, DocumentFait, Dossier, EtatPiece, PieceRecue};
pub use echange::MESSAGE_MAX;
pub use echeance::ECHEANCE_PERIMEE;
pub use effet::{ChampsVises, Destinataire, Effet, PersonneVisee, Quoi, ServicesVises};
pub(crate) use empreinte::{condense, empreinte};
pub use evenement::{Evenement, PieceDonnee};
pub use famille::{Vue, demandees_de, pieces_pour, reponses_de, vue};
pub use fenetre::Fenetre;
pub use formulaire::{ErreurFaits, Lecture, champs_manquants, champs_visibles, erreurs_de_type};
pub use garde::refus_de_garde;
pub use nom::nom_impossible;
pub use phase::Phase;
pub use pieces::FICHIERS_PAR_PIECE;
pub use recherche::{cherche, recherche_nettoyee};
pub use rendez_vous::creneau_tenu_jusqu_a;
pub use reponses::{ErreurChamp, Reponse, Reponses};
pub use reprise::reprend;
pub use suivi::{Avis, Cote, Echange, RendezVous, Suivi};
pub use tenue::{Ailleurs, Tenue, dernier_jour as validite, reutilise, tenues};
pub use veille::RappelDit;
