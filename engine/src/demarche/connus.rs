//! What the town already knows of a family, put in its form before it writes.

use jiff::Timestamp;
use jiff::civil::Date;

use super::contexte::Contexte;
use super::definition::{Champ, Demarche, Recopie, SujetVise, TypeChamp};
use super::dossier::Dossier;
use super::reponses::{Reponse, Reponses};
use crate::foyer::{FaitsDates, Foyer, Sujet, ValeurFait};
use crate::identifiant::{FoyerId, PersonneId};

/// About whom a form asks.
#[derive(Clone, Copy, Debug)]
pub struct Vises<'a> {
    /// The household.
    pub foyer: Option<&'a FoyerId>,
    /// Who files.
    pub demandeur: Option<&'a PersonneId>,
    /// The child that it is about.
    pub enfant: Option<&'a PersonneId>,
}

impl<'a> Vises<'a> {
    /// Those of a dossier.
    pub const fn du_dossier(dossier: &'a Dossier) -> Self {
        Self {
            foyer: dossier.foyer.as_ref(),
            demandeur: dossier.demandeur.as_ref(),
            enfant: dossier.enfant.as_ref(),
        }
    }

    /// As its filer may read them: of a household that is the other guardian's, nothing is proposed.
    #[must_use]
    pub fn pour(self, foyer: Option<&Foyer>) -> Self {
        let montre = self.demandeur.zip(foyer).is_none_or(|(qui, foyer)| foyer.montre_a(qui));
        Self { foyer: self.foyer.filter(|_| montre), ..self }
    }

    fn sujet(&self, de: SujetVise) -> Option<Sujet> {
        match de {
            SujetVise::Foyer => self.foyer.cloned().map(Sujet::Foyer),
            SujetVise::Demandeur => self.demandeur.cloned().map(Sujet::Personne),
            SujetVise::Enfant => self.enfant.cloned().map(Sujet::Personne),
            // somebody whom the town does not know yet
            SujetVise::PersonneAjoutee => None,
        }
    }
}

/// Every field that asks for a fact already known, with its answer: what was known at `connu_au` to hold on `jour`.
pub fn connues(
    demarche: &Demarche,
    faits: &FaitsDates,
    vises: Vises<'_>,
    jour: Date,
    connu_au: Timestamp,
) -> Reponses {
    let une = |champ: &Champ| {
        let vise = champ.fait.as_ref()?;
        let fait = faits.valeur(&vises.sujet(vise.de)?, &vise.nom, jour, connu_au)?;
        Some((champ.id.clone(), reponse(champ, &fait.valeur)?))
    };
    Reponses(demarche.champs().filter_map(une).collect())
}

/// The same, as a decision knows them.
pub(super) fn au_depart(demarche: &Demarche, ctx: &Contexte<'_>, vises: Vises<'_>) -> Reponses {
    let jour = ctx.maintenant.to_zoned(ctx.fuseau.clone()).date();
    connues(demarche, ctx.faits, vises.pour(ctx.foyer), jour, ctx.maintenant)
}

/// What a field whose box « identique » is ticked takes; `None` when nothing is known there.
pub fn recopiee(
    champ: &Champ,
    reponses: &Reponses,
    faits: &FaitsDates,
    vises: Vises<'_>,
    jour: Date,
    connu_au: Timestamp,
) -> Option<Reponse> {
    match champ.recopie.as_ref()? {
        Recopie::Champ { champ, .. } => reponses.0.get(champ).cloned(),
        Recopie::Fait { de, nom, .. } => {
            let fait = faits.valeur(&vises.sujet(*de)?, nom, jour, connu_au)?;
            reponse(champ, &fait.valeur)
        }
    }
}

/// A known value as the answer of a field; `None` when the field no longer takes it.
fn reponse(champ: &Champ, valeur: &ValeurFait) -> Option<Reponse> {
    let offert = |options: &[(String, String)], id: &str| options.iter().any(|(o, _)| o == id);
    match (&champ.genre, valeur) {
        (TypeChamp::Choix(options) | TypeChamp::Services(options), ValeurFait::Choix(id)) => {
            (!champ.plusieurs && offert(options, id)).then(|| Reponse::Valeur(valeur.clone()))
        }
        (TypeChamp::Ensemble(options) | TypeChamp::Services(options), ValeurFait::Ensemble(ids)) => {
            ids.iter().all(|id| offert(options, id)).then(|| Reponse::Valeur(valeur.clone()))
        }
        (TypeChamp::Nombre(_) | TypeChamp::Montant, ValeurFait::Nombre(_))
        | (TypeChamp::Date, ValeurFait::Date(_))
        | (TypeChamp::Heure, ValeurFait::Heure(_))
        | (TypeChamp::Booleen, ValeurFait::Booleen(_))
        | (TypeChamp::Adresse, ValeurFait::Adresse(_))
        | (
            TypeChamp::Texte { .. }
            | TypeChamp::TexteLong { .. }
            | TypeChamp::Commune
            | TypeChamp::Telephone
            | TypeChamp::Courriel,
            ValeurFait::Texte(_),
        ) if !champ.plusieurs => Some(Reponse::Valeur(valeur.clone())),
        _ => None,
    }
}
