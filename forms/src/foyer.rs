//! A household as its page shows it: who is in it, and what is known of each, since when, and by whom.

use std::collections::BTreeSet;

use engine::commune::Commune;
use engine::demarche::Champ;
use engine::foyer::{Fait, FaitsDates, Foyer, Genre, Membre, SourceFait, Sujet, ValeurFait};
use engine::identifiant::PersonneId;
use jiff::Timestamp;
use jiff::civil::Date;
use rules::date_fr;

use crate::formulaire::valeur_lisible;
use crate::vues::{FaitVu, MembreVu};

/// Who reads it, and when.
#[derive(Clone, Copy, Debug)]
pub struct Lecteur<'l> {
    /// The adult whose page it is.
    pub personne: &'l PersonneId,
    /// Today, in the town.
    pub jour: Date,
    /// Now.
    pub connu_au: Timestamp,
}

/// Whoever is in the household: the reader first, the children, the other adults.
///
/// Of another legal guardian only the name is shown: where they live and how to reach them is theirs.
pub fn membres(commune: &Commune, foyer: &Foyer, faits: &FaitsDates, lecteur: Lecteur<'_>) -> Vec<MembreVu> {
    let mut membres: Vec<&Membre> = foyer.membres.iter().collect();
    let rang = |m: &Membre| match m.genre {
        _ if m.personne == *lecteur.personne => 0,
        Genre::Enfant => 1,
        Genre::Responsable | Genre::CoRepresentant => 2,
        Genre::Contact => 3,
    };
    membres.sort_by_key(|m| (rang(m), nom(faits, &m.personne, lecteur)));
    membres.into_iter().map(|m| membre(commune, faits, m, lecteur)).collect()
}

/// What is known of the household itself.
pub fn du_foyer(commune: &Commune, foyer: &Foyer, faits: &FaitsDates, lecteur: Lecteur<'_>) -> Vec<FaitVu> {
    connus(commune, faits, &Sujet::Foyer(foyer.id.clone()), lecteur)
}

fn membre(commune: &Commune, faits: &FaitsDates, membre: &Membre, lecteur: Lecteur<'_>) -> MembreVu {
    let moi = membre.personne == *lecteur.personne;
    let autre_responsable = membre.genre.est_responsable() && !moi;
    let sujet = Sujet::Personne(membre.personne.clone());
    let mut lignes = if autre_responsable { Vec::new() } else { connus(commune, faits, &sujet, lecteur) };
    // what ties an adult to each child
    lignes.extend(faits.iter().map(|f| &f.sujet).collect::<BTreeSet<_>>().into_iter().flat_map(
        |s| match s {
            Sujet::Lien { adulte, enfant } if *adulte == membre.personne && !autre_responsable => {
                let prenom = texte(faits, enfant, "prenom", lecteur);
                let pour = |f: FaitVu| FaitVu { libelle: format!("{} ({prenom})", f.libelle), ..f };
                connus(commune, faits, s, lecteur).into_iter().map(pour).collect()
            }
            _ => Vec::new(),
        },
    ));
    let nom = nom(faits, &membre.personne, lecteur);
    MembreVu {
        nom: if nom.is_empty() { "Nom inconnu".to_owned() } else { nom },
        role: match membre.genre {
            _ if moi => "Vous",
            Genre::Responsable | Genre::CoRepresentant => "Autre responsable",
            Genre::Enfant => "Enfant",
            Genre::Contact => "Contact",
        }
        .to_owned(),
        reserve: autre_responsable,
        faits: lignes,
    }
}

/// First and family names.
fn nom(faits: &FaitsDates, personne: &PersonneId, lecteur: Lecteur<'_>) -> String {
    let texte = |fait| texte(faits, personne, fait, lecteur);
    format!("{} {}", texte("prenom"), texte("nom")).trim().to_owned()
}

fn texte(faits: &FaitsDates, personne: &PersonneId, fait: &str, lecteur: Lecteur<'_>) -> String {
    let sujet = Sujet::Personne(personne.clone());
    let lu = faits.valeur(&sujet, fait, lecteur.jour, lecteur.connu_au);
    lu.map(|f| valeur_lisible(None, &f.valeur)).unwrap_or_default()
}

/// What holds today of somebody, the names aside: they are the title.
fn connus(commune: &Commune, faits: &FaitsDates, sujet: &Sujet, lecteur: Lecteur<'_>) -> Vec<FaitVu> {
    let noms: BTreeSet<&str> = faits.iter().filter(|f| f.sujet == *sujet).map(|f| f.fait.as_str()).collect();
    let mut vus: Vec<FaitVu> = noms
        .into_iter()
        .filter(|n| !matches!(*n, "nom" | "prenom"))
        .filter_map(|nom| {
            let fait = faits.valeur(sujet, nom, lecteur.jour, lecteur.connu_au)?;
            let (libelle, valeur) = match zone(commune, nom, &fait.valeur) {
                Some(zone) => ("Zone du domicile".to_owned(), zone),
                None => (libelle(commune, sujet, nom), lisible(commune, nom, &fait.valeur)),
            };
            Some(FaitVu { libelle, valeur, detail: detail(commune, fait) })
        })
        .collect();
    vus.sort_by(|a, b| a.libelle.cmp(&b.libelle));
    vus
}

/// As families read it: a choice that no form of the town names is at least written as a word.
fn lisible(commune: &Commune, nom: &str, valeur: &ValeurFait) -> String {
    match (champ(commune, nom), valeur) {
        (None, ValeurFait::Choix(id)) => {
            let mots = id.replace('_', " ");
            let mut lettres = mots.chars();
            lettres.next().map(|l| l.to_uppercase().chain(lettres).collect()).unwrap_or_default()
        }
        (champ, valeur) => valeur_lisible(champ, valeur),
    }
}

/// The name of the zone that the household's address falls in.
fn zone(commune: &Commune, nom: &str, valeur: &ValeurFait) -> Option<String> {
    let ValeurFait::Choix(id) = valeur else { return None };
    let (fait, _) = commune.vocabulaire.iter().find(|(_, s)| s.nom == nom)?;
    let zonage = commune.zonages.iter().find(|z| z.fait == fait)?;
    zonage.zones.iter().find(|z| z.id == *id).map(|z| z.nom.clone())
}

/// The town's own name of a fact.
fn libelle(commune: &Commune, sujet: &Sujet, nom: &str) -> String {
    let de = match sujet {
        Sujet::Foyer(_) => "foyer",
        Sujet::Personne(_) => "personne",
        Sujet::Lien { .. } => "lien",
    };
    let texte = || {
        let texte = commune.vocabulaire.texte(&format!("{de}.{nom}"));
        texte.or_else(|| commune.vocabulaire.texte(nom)).map(|t| t.libelle.clone())
    };
    let symbole = commune.vocabulaire.iter().find(|(_, s)| s.nom == nom).map(|(_, s)| s.libelle.clone());
    symbole.or_else(texte).unwrap_or_else(|| nom.replace('_', " "))
}

/// A field that asks for this fact: its options have names, its amounts a unit.
fn champ<'c>(commune: &'c Commune, nom: &str) -> Option<&'c Champ> {
    let mut champs = commune.demarches.iter().flat_map(|d| d.champs());
    champs.find(|c| c.fait.as_ref().is_some_and(|f| f.nom == nom))
}

/// Since when, until when, and who said it.
fn detail(commune: &Commune, fait: &Fait) -> String {
    let su_le = date_fr::date_courte(fait.connu_le.to_zoned(commune.fuseau.clone()).date());
    let organisme = &commune.organisme;
    let dit = match (&fait.source, &fait.valide_par) {
        (SourceFait::Dossier(_) | SourceFait::Compte(_), Some(_)) => {
            format!("Déclaré par vous, vérifié par {organisme}")
        }
        (SourceFait::Dossier(_) | SourceFait::Compte(_), None) => "Déclaré par vous".to_owned(),
        (SourceFait::Piece(_), _) => "Lu sur votre document".to_owned(),
        (SourceFait::Agent(_), _) => format!("Noté par {organisme}"),
        (SourceFait::Import(_), _) => format!("Ce que {organisme} savait déjà, repris"),
    };
    let fin = fait.valable_au.map(|au| format!(", valable jusqu’au {}", date_fr::date_courte(au)));
    format!("{dit} le {su_le}{}", fin.unwrap_or_default())
}
