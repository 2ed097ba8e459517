//! A form is a value: a screen's fields, what was typed so far, and who fills it in.

mod ecrit;
mod lecture;
mod saisie;
mod schema;
mod vue;

use engine::demarche::{Champ, ChampsConditions, ErreurChamp, Obligatoire, Reponse, Reponses};
use engine::foyer::ValeurFait;
use jiff::civil::Date;
use rules::condition::Condition;
use rules::expression::Hote;
use rules::faits::Faits;
use rules::valeur::Valeur;

pub use ecrit::{reponse_lisible, valeur_lisible};
pub use lecture::lit_date;
pub use saisie::Saisie;
pub use schema::schema;
pub use vue::{ChampVue, ErreurVue, LigneVue, OptionVue, Rendu};

/// Most rows of a repeated group: a form is not a file import.
pub const LIGNES_MAX: usize = 20;

/// A screen to fill in.
#[derive(Clone, Copy)]
pub struct Formulaire<'a> {
    /// Fields of the screen, in order.
    pub champs: &'a [Champ],
    /// The form's fields that conditions read.
    pub conditions: &'a ChampsConditions,
    /// The town's facts now, derived ones included: index = `FaitId`.
    pub valeurs: &'a [Valeur],
    /// Answers of the other screens: a condition may read them.
    pub ailleurs: &'a Reponses,
    /// The town's named figures, in the order of the vocabulary.
    pub parametres: &'a [Valeur],
    /// The town, whose calendar conditions may ask.
    pub hote: &'a dyn Hote,
    /// Today, in the town's zone.
    pub aujourdhui: Date,
    /// What the town already knows.
    pub connu: &'a Connu,
}

/// What the town already knows of the family, as answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Connu {
    /// By field, the fact that it asks for.
    pub faits: Reponses,
    /// By field, what its box « identique » copies from facts.
    pub copies: Reponses,
}

/// What was read from a screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lecture {
    /// Every answer that is well written, whatever the others are: the draft keeps them.
    pub reponses: Reponses,
    /// What is wrong, in the order of the fields.
    pub erreurs: Vec<ErreurChamp>,
    /// Fields that an answer has just made appear: nobody could fill them in yet.
    pub apparus: Vec<String>,
}

impl Lecture {
    /// The answers, when nothing is wrong and nothing new is asked.
    pub fn complete(self) -> Result<Reponses, Vec<ErreurChamp>> {
        if self.erreurs.is_empty() && self.apparus.is_empty() { Ok(self.reponses) } else { Err(self.erreurs) }
    }
}

impl<'a> Formulaire<'a> {
    /// The fields shown, given what is answered.
    pub fn visibles<'f>(&'f self, reponses: &'f Reponses) -> impl Iterator<Item = &'a Champ> + use<'f, 'a> {
        let valeurs = self.dimensions(reponses);
        self.champs.iter().filter(move |c| c.si.as_ref().is_none_or(|si| self.tient(si, &valeurs)))
    }

    /// Must this field be answered?
    pub fn est_obligatoire(&self, champ: &Champ, reponses: &Reponses) -> bool {
        match &champ.obligatoire {
            Obligatoire::Toujours => true,
            Obligatoire::Jamais => false,
            Obligatoire::Si(si) => self.tient(si, &self.dimensions(reponses)),
        }
    }

    /// A condition that cannot be computed shows its field: the engine refuses the filing, with the reason.
    fn tient(&self, si: &Condition, valeurs: &[Valeur]) -> bool {
        si.tient(&Faits { valeurs, parametres: self.parametres }, self.hote).unwrap_or(true)
    }

    /// The town's facts, then the form's fields, as conditions see them.
    fn dimensions(&self, reponses: &Reponses) -> Vec<Valeur> {
        let mut valeurs = self.valeurs.to_vec();
        valeurs.resize(usize::from(self.conditions.base), Valeur::Absent);
        valeurs.extend(self.conditions.champs.iter().map(|(nom, domaine)| {
            let reponse = reponses.0.get(nom).or_else(|| self.ailleurs.0.get(nom));
            match reponse {
                Some(Reponse::Valeur(v)) => v.en_valeur(domaine).unwrap_or(Valeur::Absent),
                // a field that takes several is a set
                Some(Reponse::Valeurs(vs)) => {
                    let noms = vs.iter().filter_map(|v| match v {
                        ValeurFait::Choix(c) => Some(c.clone()),
                        _ => None,
                    });
                    ValeurFait::Ensemble(noms.collect()).en_valeur(domaine).unwrap_or(Valeur::Absent)
                }
                _ => Valeur::Absent,
            }
        }));
        valeurs
    }
}

#[cfg(test)]
mod tests;
