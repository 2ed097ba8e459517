//! Answers as a family or an agent reads them.

use engine::demarche::{Champ, Reponse, TypeChamp};
use engine::foyer::ValeurFait;
use rules::date_fr;
use rules::scalaire::Heure;

use crate::francais;

/// The answer to `champ`, in words; several answers are joined, rows of a group are numbered.
pub fn reponse_lisible(champ: &Champ, reponse: &Reponse) -> String {
    match reponse {
        Reponse::Valeur(v) => valeur(champ, v),
        Reponse::Valeurs(vs) => vs.iter().map(|v| valeur(champ, v)).collect::<Vec<_>>().join(", "),
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

fn valeur(champ: &Champ, valeur: &ValeurFait) -> String {
    match valeur {
        ValeurFait::Booleen(b) => if *b { "oui" } else { "non" }.to_owned(),
        ValeurFait::Choix(id) => libelle(champ, id).to_owned(),
        ValeurFait::Ensemble(ids) => {
            // in the order of the form, not of the alphabet
            let options = options(champ);
            let mut noms: Vec<&str> =
                options.iter().filter(|(id, _)| ids.contains(id)).map(|(_, n)| n.as_str()).collect();
            noms.extend(ids.iter().filter(|i| !options.iter().any(|(id, _)| id == *i)).map(String::as_str));
            noms.join(", ")
        }
        ValeurFait::Nombre(n) => match (&champ.genre, &champ.unite) {
            (TypeChamp::Montant, _) => format!("{}\u{a0}€", francais::nombre(*n)),
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

fn options(champ: &Champ) -> &[(String, String)] {
    match &champ.genre {
        TypeChamp::Choix(o) | TypeChamp::Ensemble(o) | TypeChamp::Services(o) => o,
        _ => &[],
    }
}

fn libelle<'a>(champ: &'a Champ, id: &'a str) -> &'a str {
    options(champ).iter().find(|(i, _)| i == id).map_or(id, |(_, nom)| nom)
}
