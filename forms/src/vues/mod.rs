//! The pages' typed contexts, one file a group of pages.

mod agent;
mod agents;
mod cadre;
mod cle;
mod code;
mod compte;
mod demarche;
mod document;
mod documents;
mod envois;
mod exploitation;
mod famille;
mod foyer;
mod pieces;
mod public;
mod reservation;
mod suivi;

pub use agent::{
    FamilleTrouvee, LigneLot, LigneTravail, PageGuichet, PageInstruction, PageListe, PageLot, PageTravail,
    Passage, PieceInstruite, ServiceTravail, TravailEtape,
};
pub use agents::{AgentVu, PageAgents};
pub use cadre::{Avis, Cadre, EnTete, Genre, Horloge, Lien, Onglet, Utilisateur};
pub use cle::{
    AttenteVue, ChoixVue, FamilleACle, FamilleAOuvrir, FoyerRessemblant, LettreCle, PageCle, PageCles,
    PageComptes, PageLettres, PagePremiereVisite, PageRattachements, PersonneACle, ResponsableAOuvrir,
};
pub use code::{DessinDeCode, PageCode};
pub use compte::{
    BlocDeTexte, CguVues, Changement, PageCompte, PageCreation, PageMonCompte, SectionCompte, SessionVue,
};
pub use demarche::{
    ActionVue, Etape, FichierVu, Jalon, LigneRecap, PageDemarche, PageEcran, PieceAPreparer, PieceVue,
    SectionRecap, TexteVue,
};
pub use document::PageDocument;
pub use documents::{DocumentALire, PageDocuments};
pub use envois::{EnvoiMort, PageEnvois};
pub use exploitation::{LignePublication, PageVersions, VilleSuivie};
pub use famille::{DoublonVu, LigneDoublon, MembreInstruit, PageFamille};
pub use foyer::{FaitVu, MembreVu, PageFoyer, PageVerification};
pub use pieces::{PageMesPieces, PieceGardee, PiecesDe};
pub use public::{
    Accessibilite, Accueil, Attente, CommuneServie, Connexion, ContactAffiche, Erreur, PageCommune,
    PageDemandes, Refusee, ResumeDossier, Tuile,
};
pub use reservation::{
    Devis, Lettre, LigneDevis, Mot, PageCourrier, PageReservations, RefusVue, ReservationVue, SemaineVue,
};
pub use suivi::{
    ContactPrefere, EchangeVue, JourCreneaux, PageDemandeur, PageDossier, PageEchanges, PageHistorique,
    PageLien, PagePieces, PageRendezVous, TeteDossier,
};

/// Calls `$f::<V>($args…)` for each page.
#[cfg(test)]
macro_rules! chaque_vue {
    ($f:ident, $($arg:expr),*) => {{
        use $crate::vues;
        $f::<vues::Accessibilite>($($arg),*);
        $f::<vues::Accueil>($($arg),*);
        $f::<vues::Erreur>($($arg),*);
        $f::<vues::PageCommune>($($arg),*);
        $f::<vues::PageCompte>($($arg),*);
        $f::<vues::PageCode>($($arg),*);
        $f::<vues::PageCreation>($($arg),*);
        $f::<vues::PageMonCompte>($($arg),*);
        $f::<vues::PageCourrier>($($arg),*);
        $f::<vues::PageDemandes>($($arg),*);
        $f::<vues::PageDemandeur>($($arg),*);
        $f::<vues::PageDemarche>($($arg),*);
        $f::<vues::PageDossier>($($arg),*);
        $f::<vues::PageEchanges>($($arg),*);
        $f::<vues::PageEcran>($($arg),*);
        $f::<vues::PageFamille>($($arg),*);
        $f::<vues::PageFoyer>($($arg),*);
        $f::<vues::PageVerification>($($arg),*);
        $f::<vues::PageHistorique>($($arg),*);
        $f::<vues::PageLien>($($arg),*);
        $f::<vues::PageMesPieces>($($arg),*);
        $f::<vues::PagePieces>($($arg),*);
        $f::<vues::PageRendezVous>($($arg),*);
        $f::<vues::PageReservations>($($arg),*);
        $f::<vues::PageCle>($($arg),*);
        $f::<vues::PageCles>($($arg),*);
        $f::<vues::PageComptes>($($arg),*);
        $f::<vues::PageLettres>($($arg),*);
        $f::<vues::PageRattachements>($($arg),*);
        $f::<vues::PagePremiereVisite>($($arg),*);
        $f::<vues::PageGuichet>($($arg),*);
        $f::<vues::PageAgents>($($arg),*);
        $f::<vues::PageInstruction>($($arg),*);
        $f::<vues::PageDocument>($($arg),*);
        $f::<vues::PageDocuments>($($arg),*);
        $f::<vues::PageEnvois>($($arg),*);
        $f::<vues::PageListe>($($arg),*);
        $f::<vues::PageLot>($($arg),*);
        $f::<vues::PageTravail>($($arg),*);
        $f::<vues::PageVersions>($($arg),*);
    }};
}
#[cfg(test)]
pub(crate) use chaque_vue;
