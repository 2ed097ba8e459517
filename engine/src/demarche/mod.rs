//! Démarches: how a town defines them, and what happens to a family's dossier. `decide` is synchronous, total and pure.

mod condition;
mod contexte;
mod definition;
mod delai;
mod dossier;
mod effet;
mod evenement;
mod phase;
mod reponses;

pub use condition::Condition;
pub use contexte::{Contexte, PieceDemandee};
pub use definition::{
    Acces, Acteur, Action, ApresCloture, Champ, ChampsConditions, Demarche, Echeance, Ecran, Etape, Exige,
    FaitVise, Motif, Obligatoire, Ouverture, Quand, Silence, SujetVise, TypeChamp, Unicite, VautSilence,
    genre_de_lien,
};
pub use delai::{Delai, UniteDelai};
pub use dossier::{Changement, Dossier, EtatPiece, PieceRecue};
pub use effet::{ChampsVises, Destinataire, Effet, Quoi, ServicesVises};
pub use evenement::Evenement;
pub use phase::Phase;
pub use reponses::{ErreurChamp, Reponse, Reponses};
