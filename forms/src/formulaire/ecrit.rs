//! Answers as a family or an agent reads them.

use engine::demarche::{Champ, Reponse, TypeChamp};
use engine::foyer::ValeurFait;
use rules::date_fr;
use rules::scalaire::Heure;

use crate::francais;

/// The answer to `champ`, in words; several answers are joined, rows of a group are numbered.
pub fn reponse_lisible(champ: &Champ, reponse: &Reponse) -> String {
    match reponse {
        Reponse::Valeur(v) => valeur_lisible(Some(champ), v),
        Reponse::Valeurs(vs) => {
            vs.iter().map(|v| valeur_lisible(Some(champ), v)).collect::<Vec<_>>().join(", ")
        }
        Reponse::Groupe(lignes) => {
            let sous = match &champ.genre {
                TypeChamp::Groupe(sous) => sous.as_slice(),
                _ => &[],
            };
            let ligne = |(i, r): (usize, &engine::demarche::Reponses)| {
                let parties: Vec<String> = sous
                    .iter()
                    .filter_map(|c| Some(format!("{} : {}", c.nom, reponse_lisible(c, r.0.get(&c.id)?))))
                    .collect();
                format!("{}) {}", i + 1, parties.join(", "))
            };
            lignes.iter().enumerate().map(ligne).collect::<Vec<_>>().join(" ; ")
        }
    }
}

/// A value as people read it, in the words of the field that asks for it where there is one.
pub fn valeur_lisible(champ: Option<&Champ>, valeur: &ValeurFait) -> String {
    match valeur {
        ValeurFait::Booleen(b) => if *b { "oui" } else { "non" }.to_owned(),
        ValeurFait::Choix(id) => libelle(champ, id),
        ValeurFait::Ensemble(ids) => {
            // in the order of the form, not of the alphabet
            let options = options(champ);
            let mut noms: Vec<&str> =
                options.iter().filter(|(id, _)| ids.contains(id)).map(|(_, n)| n.as_str()).collect();
            noms.extend(ids.iter().filter(|i| !options.iter().any(|(id, _)| id == *i)).map(String::as_str));
            noms.join(", ")
        }
        ValeurFait::Nombre(n) => match (champ.map(|c| &c.genre), champ.and_then(|c| c.unite.as_ref())) {
            (Some(TypeChamp::Montant), _) => format!("{}\u{a0}€", francais::nombre(*n)),
            (_, Some(unite)) => format!("{}\u{a0}{unite}", francais::nombre(*n)),
            _ => francais::nombre(*n),
        },
        ValeurFait::Date(d) => date_fr::date_courte(*d),
        ValeurFait::Heure(h) => date_fr::heure(Heure::de(*h)),
        ValeurFait::Texte(t) => t.clone(),
        ValeurFait::Adresse(a) => {
            let complement = a.complement.as_ref().map(|c| format!(", {c}")).unwrap_or_default();
            format!("{}{complement}, {} {}", a.voie, a.code_postal, a.commune)
        }
    }
}

fn options(champ: Option<&Champ>) -> &[(String, String)] {
    match champ.map(|c| &c.genre) {
        Some(TypeChamp::Choix(o) | TypeChamp::Ensemble(o) | TypeChamp::Services(o)) => o,
        _ => &[],
    }
}

/// Where no form names it, its identifier is read as words.
fn libelle(champ: Option<&Champ>, id: &str) -> String {
    options(champ).iter().find(|(i, _)| i == id).map_or_else(|| id.replace('_', " "), |(_, nom)| nom.clone())
}
