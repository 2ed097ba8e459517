//! What a decision may read besides the definition and the dossier.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rules::calendrier::Calendrier;
use rules::expression::Hote;
use rules::scalaire::Duree;
use rules::valeur::Valeur;

use super::definition::Validite;
use super::tenue::Ailleurs;
use crate::commune::Provisoire;
use crate::decision::Auteur;
use crate::foyer::{FaitsDates, Foyer};

/// The rest of the world, as arguments.
#[derive(Clone, Copy)]
pub struct Contexte<'a> {
    /// The server's instant.
    pub maintenant: Timestamp,
    /// The town's zone.
    pub fuseau: &'a TimeZone,
    /// The town's calendar, for delays in working days.
    pub calendrier: &'a Calendrier,
    /// The same, as expressions ask it.
    pub hote: &'a dyn Hote,
    /// Who acts.
    pub auteur: &'a Auteur,
    /// The family, as stored.
    pub foyer: Option<&'a Foyer>,
    /// What is known of its people.
    pub faits: &'a FaitsDates,
    /// The same as the town's dimensions see them now, derived facts included: index = `FaitId`.
    pub valeurs: &'a [Valeur],
    /// The town's named figures in force today.
    pub parametres: &'a [Valeur],
    /// The documents asked of this dossier, conditions already read.
    pub pieces: &'a [PieceDemandee],
    /// Names of the facts that a court decides (`sensibilite: judiciaire`).
    pub judiciaires: &'a BTreeSet<String>,
    /// The school year that a new dossier is for.
    pub annee_scolaire: Option<&'a str>,
    /// Randomness of this act.
    pub alea: [u8; 16],
}

/// A document accepted instead of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepte {
    /// Id in `pieces.yaml`.
    pub piece: String,
    /// Name shown.
    pub nom: String,
    /// For a while only?
    pub provisoire: bool,
}

/// A document as asked of one dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PieceDemandee {
    /// Id in `pieces.yaml`.
    pub piece: String,
    /// Name shown.
    pub nom: String,
    /// Of whom it is asked, in words; empty = of everybody.
    pub pour_qui: String,
    /// Is it about the household, or an adult of it: the same document serves each child?
    pub du_foyer: bool,
    /// Does its absence stop the dossier?
    pub bloque: bool,
    /// Already given, and still valid, from an earlier dossier: asked once.
    pub deja_recue: bool,
    /// Sets of documents, each accepted instead of it; conditions already read.
    pub alternatives: Vec<Vec<String>>,
    /// The same documents, and the one accepted for a while, each once, as the family reads them.
    pub a_la_place: Vec<Accepte>,
    /// Oldest accepted when it is given, counted from the date written on it.
    pub age_max: Option<Duree>,
    /// Does it not stop the dossier, and must it still come (`des_que_possible`)?
    pub plus_tard: bool,
    /// Is it of health or of justice? No letter names it.
    pub sensible: bool,
    /// Accepted for a while instead of it.
    pub provisoire: Option<Provisoire>,
    /// How long it holds once received; `None` = as long as it is not replaced.
    pub valable: Option<Validite>,
    /// Last day of the school year of the request.
    pub fin_d_annee: Option<Date>,
    /// How long before its end the family is reminded.
    pub rappel: Option<Duree>,
    /// How often the family is reminded of one that may come later.
    pub relance: Option<Duree>,
    /// The best that the household's other requests hold of it.
    pub ailleurs: Option<Ailleurs>,
    /// Files at most; `None` = the town does not say.
    pub fichiers: Option<u32>,
}
