//! The lines of all files together: households with who is in them, and what does not fit.

use std::collections::{BTreeMap, BTreeSet};

use engine::cle_enfance::normale;
use engine::compte::{courriel_normalise, nom_normalise};
use engine::foyer::{Genre, ValeurFait, cle_de_recherche};
use engine::import::{CompteRepris, Dits, FamilleReprise, PersonneReprise};
use jiff::ToSpan;

use super::ligne::{LigneLue, du_genre, lignes, probleme};
use super::{Fichier, Lecture, Lu, Probleme, Tableau};

/// Older, a child of the files is looked at twice.
const ENFANT_ANS: i64 = 20;

/// Somebody of the files, with the line that says them.
struct Personne<'t> {
    tableau: &'t Tableau,
    ligne: u64,
    famille: String,
    reference: String,
    genre: Genre,
    faits: Dits,
}

/// Reads the files together; each kind is there once at most.
pub fn lit(lecture: &Lecture<'_>, tableaux: &[Tableau]) -> Lu {
    let mut problemes = Vec::new();
    let lues: Vec<(&Tableau, Vec<LigneLue>)> = Fichier::TOUS
        .into_iter()
        .filter_map(|f| du_genre(tableaux, f))
        .map(|t| (t, lignes(lecture, t, &mut problemes)))
        .collect();
    // what follows would only repeat what is wrong above
    if problemes.iter().any(|p| p.ligne <= 1) {
        problemes.sort();
        return Lu { familles: Vec::new(), problemes };
    }
    let mut familles: Vec<FamilleReprise> = Vec::new();
    let mut rangs: BTreeMap<String, (usize, &str, u64)> = BTreeMap::new();
    let annoncees = du_genre(tableaux, Fichier::Familles).is_some();
    let mut personnes = Vec::new();
    let (mut comptes, mut references) = (Vec::new(), Vec::new());
    for (tableau, lignes) in lues {
        for ligne in lignes {
            match tableau.fichier {
                Fichier::Familles => {
                    let reference = ligne.fixe("famille").to_owned();
                    if let Some((_, _, deja)) = rangs.get(&reference) {
                        let motif =
                            format!("la famille {reference} est déjà ligne {deja} : gardez une seule ligne");
                        problemes.push(probleme(tableau, ligne.numero, "famille", motif));
                        continue;
                    }
                    rangs.insert(reference.clone(), (familles.len(), tableau.nom.as_str(), ligne.numero));
                    familles.push(famille(lecture, reference, ligne.faits));
                }
                Fichier::Comptes => comptes.push((tableau, ligne)),
                Fichier::Partenaires => references.push((tableau, ligne)),
                _ => personnes.extend(personne(tableau, ligne, &mut problemes)),
            }
        }
    }
    verifie_personnes(lecture, &personnes, &mut problemes);
    let comptes = comptes_des_lignes(lecture, comptes, &personnes, &mut problemes);
    let partenaires = references_des_lignes(references, &personnes, &mut problemes);
    let mut dites = BTreeSet::new();
    for p in personnes {
        let rang = match rangs.get(&p.famille) {
            Some((rang, ..)) => *rang,
            None if annoncees => {
                let motif = format!(
                    "la famille {} n'est pas dans familles.csv : ajoutez sa ligne, ou corrigez la référence",
                    p.famille
                );
                problemes.push(probleme(p.tableau, p.ligne, "famille", motif));
                continue;
            }
            None => {
                rangs.insert(p.famille.clone(), (familles.len(), p.tableau.nom.as_str(), p.ligne));
                familles.push(famille(lecture, p.famille.clone(), Dits::new()));
                familles.len().saturating_sub(1)
            }
        };
        // a child of two households is known once
        let premiere = dites.insert(p.reference.clone());
        let compte = comptes.get(&p.reference).filter(|_| premiere).cloned();
        if let Some(famille) = familles.get_mut(rang) {
            famille.personnes.push(PersonneReprise {
                id: lecture.origine.personne(&p.reference),
                genre: p.genre,
                faits: if premiere { p.faits } else { Dits::new() },
                compte,
                partenaire: partenaires.get(&p.reference).filter(|_| premiere).cloned(),
                reference: p.reference,
                ligne: p.ligne,
            });
        }
    }
    for (reference, (rang, fichier, ligne)) in &rangs {
        let Some(famille) = familles.get_mut(*rang) else { continue };
        un_titulaire(famille);
        if !famille.personnes.iter().any(|p| p.genre.est_responsable()) {
            problemes.push(Probleme {
                fichier: (*fichier).to_owned(),
                ligne: *ligne,
                colonne: "famille".to_owned(),
                attention: false,
                motif: format!(
                    "la famille {reference} n'a aucun responsable : ajoutez une ligne à responsables.csv"
                ),
            });
        }
    }
    problemes.sort();
    Lu { familles, problemes }
}

fn famille(lecture: &Lecture<'_>, reference: String, faits: Dits) -> FamilleReprise {
    FamilleReprise { id: lecture.origine.foyer(&reference), reference, faits, personnes: Vec::new() }
}

/// The first guardian holds the household; guardians come first.
fn un_titulaire(famille: &mut FamilleReprise) {
    let seuls_autres = !famille.personnes.iter().any(|p| p.genre == Genre::Responsable);
    if let Some(premier) = famille.personnes.iter_mut().find(|p| p.genre.est_responsable() && seuls_autres) {
        premier.genre = Genre::Responsable;
    }
    famille.personnes.sort_by_key(|p| p.genre);
}

fn personne<'t>(
    tableau: &'t Tableau,
    ligne: LigneLue,
    problemes: &mut Vec<Probleme>,
) -> Option<Personne<'t>> {
    let genre = match (tableau.fichier, ligne.fixe("role")) {
        (Fichier::Enfants, _) => Genre::Enfant,
        (Fichier::Contacts, _) => Genre::Contact,
        (_, "" | "responsable") => Genre::Responsable,
        (_, "co_representant") => Genre::CoRepresentant,
        (_, autre) => {
            let motif = format!("« {autre} » n'est pas un rôle ; écrivez responsable ou co_representant");
            problemes.push(probleme(tableau, ligne.numero, "role", motif));
            return None;
        }
    };
    Some(Personne {
        tableau,
        ligne: ligne.numero,
        famille: ligne.fixe("famille").to_owned(),
        reference: ligne.fixe("personne").to_owned(),
        genre,
        faits: ligne.faits,
    })
}

/// Nobody twice, and ages that are those of children.
fn verifie_personnes(lecture: &Lecture<'_>, personnes: &[Personne<'_>], problemes: &mut Vec<Probleme>) {
    let mut references: BTreeMap<&str, &Personne<'_>> = BTreeMap::new();
    let mut enfants: BTreeMap<(String, ValeurCle), &Personne<'_>> = BTreeMap::new();
    let adulte = lecture.jour.checked_sub(ENFANT_ANS.years()).unwrap_or(lecture.jour);
    for p in personnes {
        if let Some(deja) = references.get(p.reference.as_str()) {
            let ailleurs = deja.famille != p.famille && deja.genre == p.genre;
            if !ailleurs {
                let motif = format!(
                    "la personne {} est déjà {}:{} : chaque personne a sa référence, et une ligne par famille",
                    p.reference, deja.tableau.nom, deja.ligne
                );
                problemes.push(probleme(p.tableau, p.ligne, "personne", motif));
                continue;
            }
        } else {
            references.insert(&p.reference, p);
        }
        let Some((ValeurFait::Date(naissance), _)) = p.faits.get("naissance") else { continue };
        if p.genre != Genre::Enfant {
            continue;
        }
        if *naissance < adulte {
            let motif = format!("cet enfant a plus de {ENFANT_ANS} ans : la date est-elle la bonne ?");
            let vu = probleme(p.tableau, p.ligne, "naissance", motif);
            problemes.push(Probleme { attention: true, ..vu });
        }
        let cle = (format!("{} {}", mot(&p.faits, "prenom"), mot(&p.faits, "nom")), naissance.to_string());
        match enfants.get(&cle) {
            Some(deja) if deja.reference == p.reference => {}
            Some(deja) if deja.famille == p.famille => {
                let motif = format!(
                    "c'est le même enfant que ligne {} (mêmes nom, prénom et date de naissance) : gardez une seule ligne",
                    deja.ligne
                );
                problemes.push(probleme(p.tableau, p.ligne, "", motif));
            }
            Some(deja) => {
                let motif = format!(
                    "un enfant de mêmes nom, prénom et date de naissance est ligne {} (famille {}) : s'il a deux foyers, donnez-lui la même référence `personne` aux deux lignes",
                    deja.ligne, deja.famille
                );
                let vu = probleme(p.tableau, p.ligne, "personne", motif);
                problemes.push(Probleme { attention: true, ..vu });
            }
            None => {
                enfants.insert(cle, p);
            }
        }
    }
}

/// A date, as a key.
type ValeurCle = String;

fn mot(faits: &Dits, fait: &str) -> String {
    match faits.get(fait) {
        Some((ValeurFait::Texte(texte), _)) => cle_de_recherche(texte),
        _ => String::new(),
    }
}

/// The accounts, by the person's reference.
fn comptes_des_lignes(
    lecture: &Lecture<'_>,
    lignes: Vec<(&Tableau, LigneLue)>,
    personnes: &[Personne<'_>],
    problemes: &mut Vec<Probleme>,
) -> BTreeMap<String, CompteRepris> {
    let mut comptes: BTreeMap<String, CompteRepris> = BTreeMap::new();
    let mut noms: BTreeMap<String, u64> = BTreeMap::new();
    for (tableau, ligne) in lignes {
        let mut faux =
            |colonne: &str, motif: String| problemes.push(probleme(tableau, ligne.numero, colonne, motif));
        let reference = ligne.fixe("personne").to_owned();
        let qui = personnes.iter().find(|p| p.reference == reference);
        match qui {
            Some(p) if p.genre.est_responsable() => {}
            Some(_) => {
                faux(
                    "personne",
                    format!("{reference} n'est pas un responsable : seul un responsable a un compte"),
                );
                continue;
            }
            None => {
                faux(
                    "personne",
                    format!(
                        "{reference} n'est pas dans responsables.csv : ajoutez sa ligne, ou corrigez la référence"
                    ),
                );
                continue;
            }
        }
        if let Some(deja) = comptes.get(&reference) {
            faux(
                "personne",
                format!("{reference} a déjà un compte ligne {} : gardez une seule ligne", deja.ligne),
            );
            continue;
        }
        let courriel = courriel_normalise(ligne.fixe("courriel"));
        let courriel = match courriel {
            Ok(courriel) => courriel,
            Err(_) => {
                faux(
                    "courriel",
                    format!(
                        "« {} » n'est pas une adresse électronique ; écrivez par exemple camille.durand@exemple.fr",
                        ligne.fixe("courriel")
                    ),
                );
                continue;
            }
        };
        let identifiant = match identifiant(ligne.fixe("identifiant"), &courriel) {
            Ok(identifiant) => identifiant,
            Err(motif) => {
                faux("identifiant", motif);
                continue;
            }
        };
        let mot_de_passe = match ligne.fixe("mot_de_passe") {
            "" => None,
            texte => match (lecture.empreinte)(texte) {
                Ok(empreinte) => Some(empreinte),
                Err(motif) => {
                    faux("mot_de_passe", motif);
                    continue;
                }
            },
        };
        let pris = identifiant.iter().chain([&courriel]).find_map(|n| Some((n.clone(), *noms.get(n)?)));
        if let Some((nom, deja)) = pris {
            let colonne = if nom == courriel { "courriel" } else { "identifiant" };
            faux(
                colonne,
                format!(
                    "« {nom} » est déjà ligne {deja} : deux comptes n'ont ni le même identifiant, ni la même adresse"
                ),
            );
            continue;
        }
        noms.extend(identifiant.iter().chain([&courriel]).map(|n| (n.clone(), ligne.numero)));
        let compte = CompteRepris {
            id: lecture.origine.compte(&reference),
            identifiant,
            courriel,
            mot_de_passe,
            ligne: ligne.numero,
        };
        comptes.insert(reference, compte);
    }
    comptes
}

/// Shortest reference of a partner's space, in letters and digits: a shorter one is guessed.
const CODE_MIN: usize = 5;

/// What a partner's space knows guardians by, by the person's reference.
fn references_des_lignes(
    lignes: Vec<(&Tableau, LigneLue)>,
    personnes: &[Personne<'_>],
    problemes: &mut Vec<Probleme>,
) -> BTreeMap<String, String> {
    let mut references = BTreeMap::new();
    let mut vus: BTreeMap<String, u64> = BTreeMap::new();
    for (tableau, ligne) in lignes {
        let (reference, code) = (ligne.fixe("personne").to_owned(), ligne.fixe("code").to_owned());
        let normale = normale(&code);
        let responsable = personnes.iter().any(|p| p.reference == reference && p.genre.est_responsable());
        let faute = if !responsable {
            Some((
                "personne",
                format!("{reference} n'est pas un responsable de responsables.csv : corrigez la référence"),
            ))
        } else if normale.len() < CODE_MIN {
            Some(("code", format!("« {code} » a moins de {CODE_MIN} lettres et chiffres : il se devinerait")))
        } else if let Some(deja) = vus.get(&normale) {
            Some(("code", format!("« {code} » est déjà ligne {deja} : un code n'est que d'une personne")))
        } else if references.contains_key(&reference) {
            Some(("personne", format!("{reference} a déjà un code : gardez une seule ligne")))
        } else {
            None
        };
        match faute {
            Some((colonne, motif)) => problemes.push(probleme(tableau, ligne.numero, colonne, motif)),
            None => {
                vus.insert(normale, ligne.numero);
                references.insert(reference, code);
            }
        }
    }
    references
}

/// The name that one entered with: kept. One that is the address itself needs no other.
fn identifiant(texte: &str, courriel: &str) -> Result<Option<String>, String> {
    if texte.is_empty() || courriel_normalise(texte).is_ok_and(|c| c == courriel) {
        return Ok(None);
    }
    let nom = nom_normalise(texte);
    nom.map(Some).map_err(|e| {
        format!("« {texte} » ne peut pas rester un identifiant : {e} Laissez vide : la famille entrera avec son adresse électronique")
    })
}
