//! What an adult may do for a child: fetch it, pay for it; since when, until when, and what proves it.
//!
//! A right is a fact about the two of them, never updated, only closed by a newer one: what held on a day is read as it was known.
//! A decision of a court is named, with its date, beside what it decides.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Fait, FaitsDates, Foyer, Genre, SourceFait, Sujet, ValeurFait};
use crate::decision::{Agregat, Auteur, Decision, Ecriture, EntreeJournal, Garde, Refus, Suivant};
use crate::identifiant::PersonneId;

/// A right over a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Droit {
    /// To fetch it.
    Recuperer,
    /// To be billed for it.
    Facturation,
}

impl Droit {
    /// All of them.
    pub const TOUS: [Self; 2] = [Self::Recuperer, Self::Facturation];

    /// The fact that says it.
    pub const fn fait(self) -> &'static str {
        match self {
            Self::Recuperer => "droit_recuperer",
            Self::Facturation => "droit_facturation",
        }
    }

    /// The fact that says what proves it.
    pub const fn preuve(self) -> &'static str {
        match self {
            Self::Recuperer => "droit_recuperer_preuve",
            Self::Facturation => "droit_facturation_preuve",
        }
    }

    /// In words: « venir le chercher ».
    pub const fn en_mots(self) -> &'static str {
        match self {
            Self::Recuperer => "venir chercher l’enfant",
            Self::Facturation => "recevoir les factures",
        }
    }

    /// The right that this fact says.
    pub fn lit(fait: &str) -> Option<Self> {
        Self::TOUS.into_iter().find(|d| d.fait() == fait)
    }

    /// Names of all the facts about rights: a court may decide each of them.
    pub fn faits() -> impl Iterator<Item = &'static str> {
        Self::TOUS.into_iter().flat_map(|d| [d.fait(), d.preuve()])
    }
}

/// The value of a right that is given.
const AUTORISE: &str = "autorise";
/// The value of one that is refused.
const INTERDIT: &str = "interdit";

/// A right in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DroitTenu {
    /// Whose.
    pub adulte: PersonneId,
    /// Over whom.
    pub enfant: PersonneId,
    /// Which.
    pub droit: Droit,
    /// Given, or refused?
    pub permis: bool,
    /// First day.
    pub du: Date,
    /// Last day; `None`: until a newer decision.
    pub au: Option<Date>,
    /// What proves it; empty when nothing was asked.
    pub preuve: String,
}

/// The rights in force on `jour`, as known at `connu_au`: by adult, child, right. What is over is not among them.
pub fn droits(faits: &FaitsDates, jour: Date, connu_au: Timestamp) -> Vec<DroitTenu> {
    let mut liens: Vec<&Sujet> = faits.iter().map(|f| &f.sujet).collect();
    liens.dedup();
    let mut tenus = Vec::new();
    for sujet in liens {
        let Sujet::Lien { adulte, enfant } = sujet else { continue };
        for droit in Droit::TOUS {
            let Some(fait) = faits.valeur(sujet, droit.fait(), jour, connu_au) else { continue };
            let un = DroitTenu {
                adulte: adulte.clone(),
                enfant: enfant.clone(),
                droit,
                permis: fait.valeur != ValeurFait::Choix(INTERDIT.to_owned()),
                du: fait.valable_du,
                au: fait.valable_au,
                preuve: match faits.valeur(sujet, droit.preuve(), jour, connu_au).map(|f| &f.valeur) {
                    Some(ValeurFait::Texte(texte)) => texte.clone(),
                    _ => String::new(),
                },
            };
            if !tenus.contains(&un) {
                tenus.push(un);
            }
        }
    }
    tenus
}

/// A right that an agent gives, or refuses.
#[derive(Clone, Debug)]
pub struct DroitPose<'d> {
    /// Whose.
    pub adulte: &'d PersonneId,
    /// Over whom.
    pub enfant: &'d PersonneId,
    /// Which.
    pub droit: Droit,
    /// Given, or refused?
    pub permis: bool,
    /// First day.
    pub du: Date,
    /// Last day.
    pub au: Option<Date>,
    /// The document that says it, with its date.
    pub preuve: &'d str,
}

/// An agent writes a right. To refuse one asks for what proves it: nobody is kept from a child on a word.
pub fn pose(foyer: &Foyer, pose: &DroitPose<'_>, auteur: &Auteur, le: Timestamp) -> Result<Decision, Refus> {
    let refus = |suite: &str, motif: &str| Err(Refus::nouveau(format!("foyer.droit.{suite}"), motif));
    let genre = |p: &PersonneId| foyer.membres.iter().find(|m| m.personne == *p).map(|m| m.genre);
    match (genre(pose.adulte), genre(pose.enfant)) {
        (Some(adulte), Some(Genre::Enfant)) if adulte != Genre::Enfant => {}
        _ => return refus("personnes", "Choisissez un adulte et un enfant de ce foyer."),
    }
    let preuve = pose.preuve.trim();
    if !pose.permis && preuve.is_empty() {
        return refus(
            "preuve",
            "Une interdiction demande la décision de justice : laquelle, et de quelle date ?",
        );
    }
    if pose.au.is_some_and(|au| au < pose.du) {
        return refus("dates", "Le dernier jour vient après le premier.");
    }
    let source = match auteur.agent() {
        Some(agent) => SourceFait::Agent(agent.clone()),
        None => return refus("auteur", "Un droit s’écrit par un agent."),
    };
    let sujet = Sujet::Lien { adulte: pose.adulte.clone(), enfant: pose.enfant.clone() };
    let fait = |nom: &str, valeur| {
        Ecriture::Fait(Fait {
            sujet: sujet.clone(),
            fait: nom.to_owned(),
            valeur,
            valable_du: pose.du,
            valable_au: pose.au,
            connu_le: le,
            source: source.clone(),
            valide_par: auteur.agent().cloned(),
        })
    };
    let valeur = if pose.permis { AUTORISE } else { INTERDIT };
    let agregat = Agregat::Foyer(foyer.id.clone());
    Ok(Decision {
        entree: EntreeJournal {
            agregat: agregat.clone(),
            seq: foyer.version.saturating_add(1),
            le,
            auteur: auteur.clone(),
            evenement: "ecrire_droit".to_owned(),
            // which right, of nobody: the journal is read by more agents than the sheet
            detail: Some(pose.droit.fait().to_owned()),
            changements: Vec::new(),
        },
        suivant: Suivant::Rien,
        ecritures: vec![
            fait(pose.droit.fait(), ValeurFait::Choix(valeur.to_owned())),
            fait(pose.droit.preuve(), ValeurFait::Texte(preuve.chars().take(500).collect())),
        ],
        effets: Vec::new(),
        echeances: Vec::new(),
        gardes: vec![Garde::Version { agregat, attendue: foyer.version }],
        trace: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foyer::Membre;
    use crate::identifiant::{AgentId, FoyerId};

    #[test]
    fn un_droit_a_ses_dates_et_sa_preuve() {
        let personne = |n: u8| PersonneId::neuf([n; 16]);
        let membre = |n, genre| Membre { personne: personne(n), genre };
        let foyer = Foyer {
            id: FoyerId::neuf([1; 16]),
            version: 3,
            membres: vec![membre(1, Genre::Responsable), membre(2, Genre::Enfant), membre(3, Genre::Contact)],
        };
        let agent = Auteur::Agent { agent: AgentId::neuf([9; 16]), roles: vec![] };
        let jour = |j: &str| -> Date { j.parse().unwrap() };
        let (contact, enfant) = (personne(3), personne(2));
        let essai = DroitPose {
            adulte: &contact,
            enfant: &enfant,
            droit: Droit::Recuperer,
            permis: false,
            du: jour("2025-09-01"),
            au: Some(jour("2025-12-31")),
            preuve: "Ordonnance du 20 août 2025",
        };
        let le: Timestamp = "2025-09-01T08:00:00Z".parse().unwrap();
        let refuse =
            |p: &DroitPose<'_>, auteur: &Auteur| pose(&foyer, p, auteur, le).unwrap_err().regle.to_string();
        assert_eq!(refuse(&DroitPose { preuve: " ", ..essai.clone() }, &agent), "foyer.droit.preuve");
        let inverse = DroitPose { au: Some(jour("2025-08-31")), ..essai.clone() };
        assert_eq!(refuse(&inverse, &agent), "foyer.droit.dates");
        assert_eq!(refuse(&DroitPose { adulte: &enfant, ..essai.clone() }, &agent), "foyer.droit.personnes");
        let parent = Auteur::Parent { personne: personne(1), foyer: foyer.id.clone() };
        assert_eq!(refuse(&essai, &parent), "foyer.droit.auteur");
        let decision = pose(&foyer, &essai, &agent, le).unwrap();
        let faits = FaitsDates::nouveau(decision.ecritures.into_iter().filter_map(|e| match e {
            Ecriture::Fait(f) => Some(f),
            _ => None,
        }));
        let [tenu] = &droits(&faits, jour("2025-12-31"), le)[..] else { panic!("one") };
        assert!(!tenu.permis && tenu.droit == Droit::Recuperer && tenu.adulte == contact);
        assert_eq!(tenu.preuve, "Ordonnance du 20 août 2025");
        assert_eq!(droits(&faits, jour("2026-01-01"), le), [], "it ends at its date");
        assert_eq!(droits(&faits, jour("2025-08-31"), le), [], "and begins at its own");
        // without a proof, to allow
        let permis = DroitPose { permis: true, preuve: "", au: None, ..essai.clone() };
        assert!(pose(&foyer, &permis, &agent, le).is_ok());
    }
}
