//! The form of a démarche against a family's answers: what shows, what is missing, what is of the wrong type.

use rules::condition::Condition;
use rules::expression::{ErreurCalcul, Hote};
use rules::faits::Faits;
use rules::valeur::Valeur;

use super::definition::{Champ, Demarche, Obligatoire, TypeChamp};
use super::nom::nom_impossible;
use super::reponses::{ErreurChamp, Reponse, Reponses};
use crate::foyer::ValeurFait;

/// The dimensions of a démarche's conditions: the town's facts, then the answers.
pub struct Lecture<'a> {
    valeurs: Vec<Valeur>,
    parametres: &'a [Valeur],
    hote: &'a dyn Hote,
}

/// The caller gave another number of facts than the town has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{recus} facts were given, the town has {attendus}")]
pub struct ErreurFaits {
    /// How many were given.
    pub recus: usize,
    /// How many the town has.
    pub attendus: usize,
}

impl<'a> Lecture<'a> {
    /// `valeurs`: the town's facts, in the order of their ids. An answer that is not of its field's type reads as absent:
    /// [`erreurs_de_type`] reports it.
    pub fn nouvelle(
        demarche: &Demarche,
        reponses: &Reponses,
        valeurs: &[Valeur],
        parametres: &'a [Valeur],
        hote: &'a dyn Hote,
    ) -> Result<Self, ErreurFaits> {
        let attendus = usize::from(demarche.champs_conditions.base);
        if valeurs.len() != attendus {
            return Err(ErreurFaits { recus: valeurs.len(), attendus });
        }
        let mut toutes = valeurs.to_vec();
        toutes.extend(demarche.champs_conditions.champs.iter().map(|(champ, domaine)| {
            match reponses.0.get(champ) {
                Some(Reponse::Valeur(v)) => v.en_valeur(domaine),
                // a field that takes several is a set
                Some(Reponse::Valeurs(vs)) => {
                    let noms = vs.iter().filter_map(|v| match v {
                        ValeurFait::Choix(c) => Some(c.clone()),
                        _ => None,
                    });
                    ValeurFait::Ensemble(noms.collect()).en_valeur(domaine)
                }
                Some(Reponse::Groupe(_)) | None => None,
            }
            .unwrap_or(Valeur::Absent)
        }));
        Ok(Self { valeurs: toutes, parametres, hote })
    }

    /// Does it hold? No condition always does.
    pub fn tient(&self, condition: Option<&Condition>) -> Result<bool, ErreurCalcul> {
        let faits = Faits { valeurs: &self.valeurs, parametres: self.parametres };
        condition.map_or(Ok(true), |c| c.tient(&faits, self.hote))
    }

    fn efface(&mut self, demarche: &Demarche, champ: &str) {
        if let Some(id) = demarche.champs_conditions.fait(champ)
            && let Some(v) = self.valeurs.get_mut(usize::from(id.0))
        {
            *v = Valeur::Absent;
        }
    }
}

/// The fields that show, in the form's order. A field that does not show counts as not answered for those after it.
pub fn champs_visibles<'d>(
    demarche: &'d Demarche,
    lecture: &mut Lecture<'_>,
) -> Result<Vec<&'d Champ>, ErreurCalcul> {
    let mut visibles = Vec::new();
    for champ in demarche.champs() {
        if lecture.tient(champ.si.as_ref())? {
            visibles.push(champ);
        } else {
            lecture.efface(demarche, &champ.id);
        }
    }
    Ok(visibles)
}

/// The required fields that show and are not answered.
pub fn champs_manquants(
    demarche: &Demarche,
    reponses: &Reponses,
    lecture: &mut Lecture<'_>,
) -> Result<Vec<ErreurChamp>, ErreurCalcul> {
    let mut manquants = Vec::new();
    for champ in champs_visibles(demarche, lecture)? {
        manque(champ, reponses, lecture, &champ.id, &mut manquants)?;
    }
    Ok(manquants)
}

fn manque(
    champ: &Champ,
    reponses: &Reponses,
    lecture: &Lecture<'_>,
    chemin: &str,
    manquants: &mut Vec<ErreurChamp>,
) -> Result<(), ErreurCalcul> {
    let exige = match &champ.obligatoire {
        Obligatoire::Toujours => true,
        Obligatoire::Jamais => false,
        Obligatoire::Si(condition) => lecture.tient(Some(condition))?,
    };
    let reponse = reponses.0.get(&champ.id);
    if exige && reponse.is_none_or(vide) {
        manquants.push(ErreurChamp {
            champ: chemin.to_owned(),
            motif: format!("« {} » est à remplir.", champ.nom),
        });
    }
    if let (TypeChamp::Groupe(champs), Some(Reponse::Groupe(rangs))) = (&champ.genre, reponse) {
        for (i, rang) in rangs.iter().enumerate() {
            for interne in champs {
                if lecture.tient(interne.si.as_ref())? {
                    manque(interne, rang, lecture, &format!("{chemin}.{}.{}", i + 1, interne.id), manquants)?;
                }
            }
        }
    }
    Ok(())
}

fn vide(reponse: &Reponse) -> bool {
    match reponse {
        Reponse::Valeur(ValeurFait::Texte(t)) => t.trim().is_empty(),
        Reponse::Valeur(ValeurFait::Ensemble(e)) => e.is_empty(),
        Reponse::Valeur(_) => false,
        Reponse::Valeurs(v) => v.is_empty(),
        Reponse::Groupe(g) => g.is_empty(),
    }
}

/// The answers that are not of their field's type, and those to no field.
pub fn erreurs_de_type(demarche: &Demarche, reponses: &Reponses) -> Vec<ErreurChamp> {
    let mut erreurs = Vec::new();
    let champs: Vec<&Champ> = demarche.champs().collect();
    verifie(&champs, reponses, "", &mut erreurs);
    erreurs
}

fn verifie(champs: &[&Champ], reponses: &Reponses, prefixe: &str, erreurs: &mut Vec<ErreurChamp>) {
    for (id, reponse) in &reponses.0 {
        let chemin = format!("{prefixe}{id}");
        let Some(champ) = champs.iter().find(|c| c.id == *id) else {
            erreurs.push(ErreurChamp {
                champ: chemin,
                motif: "Ce champ n’existe pas dans le formulaire.".to_owned(),
            });
            continue;
        };
        if let (TypeChamp::Groupe(internes), Reponse::Groupe(rangs)) = (&champ.genre, reponse) {
            let internes: Vec<&Champ> = internes.iter().collect();
            for (i, rang) in rangs.iter().enumerate() {
                verifie(&internes, rang, &format!("{chemin}.{}.", i + 1), erreurs);
            }
        } else if let Some(motif) = refuse(champ, reponse) {
            erreurs.push(ErreurChamp { champ: chemin, motif });
        }
    }
}

fn refuse(champ: &Champ, reponse: &Reponse) -> Option<String> {
    let nom = &champ.nom;
    match (reponse, champ.plusieurs) {
        (Reponse::Valeur(v), _) => refuse_valeur(champ, v),
        (Reponse::Valeurs(vs), true) => vs.iter().find_map(|v| refuse_valeur(champ, v)),
        (Reponse::Valeurs(_), false) => Some(format!("« {nom} » prend une seule réponse.")),
        (Reponse::Groupe(_), _) => Some(format!("« {nom} » n’est pas un groupe de réponses.")),
    }
}

fn refuse_valeur(champ: &Champ, valeur: &ValeurFait) -> Option<String> {
    let nom = &champ.nom;
    let parmi = |options: &[(String, String)], id: &str| options.iter().any(|(o, _)| o == id);
    let juste = match (&champ.genre, valeur) {
        (TypeChamp::Texte { max } | TypeChamp::TexteLong { max }, ValeurFait::Texte(t)) => {
            if let Some(max) = max.filter(|m| u32::try_from(t.chars().count()).is_ok_and(|n| n > *m)) {
                return Some(format!("« {nom} » dépasse {max} caractères."));
            }
            return nom_impossible(champ, t).or_else(|| hors_motif(champ, t));
        }
        (TypeChamp::Telephone | TypeChamp::Courriel | TypeChamp::Commune, ValeurFait::Texte(t)) => {
            return hors_motif(champ, t);
        }
        (TypeChamp::Nombre(domaine), v @ ValeurFait::Nombre(_)) => {
            if v.en_valeur(domaine).is_none() {
                return Some(format!("« {nom} » est hors des valeurs possibles."));
            }
            true
        }
        (TypeChamp::Montant, ValeurFait::Nombre(n)) => n.normalize().scale() <= 2,
        (TypeChamp::Choix(options) | TypeChamp::Services(options), ValeurFait::Choix(c)) => parmi(options, c),
        (TypeChamp::Ensemble(options) | TypeChamp::Services(options), ValeurFait::Ensemble(e)) => {
            e.iter().all(|c| parmi(options, c))
        }
        (TypeChamp::Choix(options), ValeurFait::Ensemble(e)) => {
            champ.plusieurs && e.iter().all(|c| parmi(options, c))
        }
        (TypeChamp::Date, ValeurFait::Date(_))
        | (TypeChamp::Heure, ValeurFait::Heure(_))
        | (TypeChamp::Booleen, ValeurFait::Booleen(_))
        | (TypeChamp::Adresse, ValeurFait::Adresse(_))
        | (TypeChamp::Fichier, ValeurFait::Texte(_)) => true,
        _ => false,
    };
    (!juste).then(|| format!("La réponse à « {nom} » n’est pas une réponse possible."))
}

fn hors_motif(champ: &Champ, texte: &str) -> Option<String> {
    champ.motif.as_ref().filter(|m| !texte.is_empty() && !m.motif.accepte(texte)).map(|m| m.message.clone())
}
