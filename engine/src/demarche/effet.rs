//! What a transition does besides changing the étape: a closed, typed set.

use rules::lieu::Lieu;
use serde::{Deserialize, Serialize};

use super::definition::FaitVise;
use crate::identifiant::PersonneId;

/// One effect, with its place in the town's files.
#[derive(Clone, Debug, PartialEq)]
pub struct Effet {
    /// What it does.
    pub quoi: Quoi,
    /// Where it is written.
    pub lieu: Lieu,
}

/// The closed set of `effets:`.
#[derive(Clone, Debug, PartialEq)]
pub enum Quoi {
    /// `enregistrer_faits: tous | [champs]`: the answers become dated facts.
    EnregistrerFaits(ChampsVises),
    /// `ajouter_personne: { lien: champ.lien }`: the described person joins the household.
    AjouterPersonne {
        /// The field whose answer says who it is (`membre_du_foyer`, `co_representant`, `contact`).
        lien: String,
    },
    /// `retirer_personne: { nom: champ.nom, prenom: champ.prenom }`: whoever has these names leaves the household; `enfant`: the
    /// dossier's child.
    RetirerPersonne(PersonneVisee),
    /// `rattacher_compte`: the account that filed is linked to the household found.
    RattacherCompte,
    /// `ouvrir_service: id`, `ouvrir_services: champ.services | [ids]`: the right to book.
    OuvrirServices(ServicesVises),
    /// `fermer_service: id`.
    FermerService(String),
    /// `ouvrir_demarche: id`: offers the next one, already filled with what is known.
    OuvrirDemarche(String),
    /// `message: { modele, a }`.
    Message {
        /// Name of the text.
        modele: String,
        /// To whom.
        a: Destinataire,
    },
    /// `document: modele`: a document is made from this text, and kept with the dossier.
    Document(String),
    /// `facturer: frais`.
    Facturer(String),
    /// `crediter: frais`.
    Crediter(String),
    /// `rembourser: frais`.
    Rembourser(String),
    /// `planifier: rendez-vous`.
    Planifier(String),
    /// `noter_critere: critere`.
    NoterCritere(String),
    /// `attribuer_cle`: a clé enfance is made and handed over as the town says.
    AttribuerCle,
    /// `adherer: facture_en_ligne | prelevement`: the household's fact of that name becomes true.
    Adherer(FaitVise),
    /// `appeler: nom`: a webhook declared by the town.
    Appeler(String),
}

impl Quoi {
    /// The key as written, for traces and diagnostics.
    pub const fn nom(&self) -> &'static str {
        match self {
            Self::EnregistrerFaits(_) => "enregistrer_faits",
            Self::AjouterPersonne { .. } => "ajouter_personne",
            Self::RetirerPersonne(_) => "retirer_personne",
            Self::RattacherCompte => "rattacher_compte",
            Self::OuvrirServices(_) => "ouvrir_services",
            Self::FermerService(_) => "fermer_service",
            Self::OuvrirDemarche(_) => "ouvrir_demarche",
            Self::Message { .. } => "message",
            Self::Document(_) => "document",
            Self::Facturer(_) => "facturer",
            Self::Crediter(_) => "crediter",
            Self::Rembourser(_) => "rembourser",
            Self::Planifier(_) => "planifier",
            Self::NoterCritere(_) => "noter_critere",
            Self::AttribuerCle => "attribuer_cle",
            Self::Adherer(_) => "adherer",
            Self::Appeler(_) => "appeler",
        }
    }
}

/// Who leaves a household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonneVisee {
    /// The child that the dossier is about.
    Enfant,
    /// Whoever has the names of these fields.
    Nommee {
        /// The field of the family name.
        nom: String,
        /// The field of the first name.
        prenom: String,
    },
}

/// Which fields become facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChampsVises {
    /// Every field that has a `fait:`.
    Tous,
    /// These.
    Liste(Vec<String>),
}

/// Which services open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServicesVises {
    /// Those that the family chose in this field.
    Champ(String),
    /// These.
    Liste(Vec<String>),
}

/// Who receives a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destinataire {
    /// Who filed.
    Demandeur,
    /// Who pays for the child.
    Payeur,
    /// Every legal guardian.
    Responsables,
    /// One of them: each letter is its own, so that an address that refuses it stops no other's.
    Personne(PersonneId),
    /// The agents of this contact (`agent.affaires`).
    Agents(String),
}
