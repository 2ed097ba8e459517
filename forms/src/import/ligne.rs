//! One table: its columns checked once, then each line read as a form.

use std::collections::BTreeMap;

use engine::demarche::{Champ, ChampsConditions, Obligatoire, Reponse, Reponses, TypeChamp, Validite};
use engine::foyer::cle_de_recherche;
use engine::import::Dits;
use jiff::civil::Date;

use super::colonnes::{champs, colonnes};
use super::{Fichier, Lecture, Probleme, Tableau};
use crate::formulaire::{Connu, Formulaire, Saisie};

/// Longest reference of the other program.
const REFERENCE_MAX: usize = 60;

/// A line that was read.
pub(super) struct LigneLue {
    pub(super) numero: u64,
    /// Texts of the columns that are no fact, without spaces around.
    pub(super) fixes: BTreeMap<&'static str, String>,
    /// What it says.
    pub(super) faits: Dits,
}

impl LigneLue {
    /// The text of a column that is no fact; empty when there is none.
    pub(super) fn fixe(&self, nom: &str) -> &str {
        self.fixes.get(nom).map_or("", String::as_str)
    }
}

/// What is wrong there.
pub(super) fn probleme(tableau: &Tableau, ligne: u64, colonne: &str, motif: impl Into<String>) -> Probleme {
    Probleme {
        fichier: tableau.nom.clone(),
        ligne,
        colonne: colonne.to_owned(),
        attention: false,
        motif: motif.into(),
    }
}

/// Where the columns of a table are.
struct Entete<'t> {
    tableau: &'t Tableau,
    champs: Vec<Champ>,
    /// By column, its rank.
    rangs: BTreeMap<String, usize>,
}

/// Reads a table; what is wrong joins `problemes`. A table whose columns are wrong has no line.
pub(super) fn lignes(
    lecture: &Lecture<'_>,
    tableau: &Tableau,
    problemes: &mut Vec<Probleme>,
) -> Vec<LigneLue> {
    let avant = problemes.len();
    let entete = entete(lecture, tableau, problemes);
    if problemes.len() > avant {
        return Vec::new();
    }
    tableau.lignes.iter().filter_map(|l| entete.lit(lecture, l, problemes)).collect()
}

fn entete<'t>(lecture: &Lecture<'_>, tableau: &'t Tableau, problemes: &mut Vec<Probleme>) -> Entete<'t> {
    let fichier = tableau.fichier;
    let champs = champs(lecture.commune, fichier);
    let fixes = fichier.fixes().iter().map(|(nom, exige)| ((*nom).to_owned(), *exige));
    let du_champ = |c: &Champ| {
        let exige = matches!(c.obligatoire, Obligatoire::Toujours);
        colonnes(fichier, c).into_iter().map(move |(colonne, _)| (colonne, exige))
    };
    let connues: BTreeMap<String, bool> = fixes.chain(champs.iter().flat_map(du_champ)).collect();
    let mut rangs = BTreeMap::new();
    for (rang, ecrite) in tableau.colonnes.iter().enumerate() {
        // accents, capitals and signs do not count in a title
        let cle = cle_de_recherche(ecrite);
        let connue = connues.keys().find(|c| cle_de_recherche(c) == cle).cloned();
        let Some(nom) = connue else {
            let noms: Vec<&str> = connues.keys().map(String::as_str).collect();
            let aide = engine::definition::lecture::suggestion(&cle, noms.iter().copied());
            let aide = if aide.starts_with("vouliez") { format!(" {aide}") } else { String::new() };
            let motif = format!(
                "cette colonne n'existe pas dans {}.csv.{aide} Colonnes de cette commune : {}. Retirez du fichier ce qui n'est pas à reprendre",
                fichier.nom(),
                noms.join(", ")
            );
            problemes.push(probleme(tableau, 1, ecrite, motif));
            continue;
        };
        if rangs.insert(nom, rang).is_some() {
            problemes.push(probleme(tableau, 1, ecrite, "deux colonnes ont ce titre : gardez-en une"));
        }
    }
    for (colonne, _) in connues.iter().filter(|(nom, exige)| **exige && !rangs.contains_key(*nom)) {
        let motif = "cette colonne manque : chaque ligne la remplit";
        problemes.push(probleme(tableau, 1, colonne, motif));
    }
    Entete { tableau, champs, rangs }
}

impl Entete<'_> {
    fn lit(
        &self,
        lecture: &Lecture<'_>,
        ligne: &super::Ligne,
        problemes: &mut Vec<Probleme>,
    ) -> Option<LigneLue> {
        let (tableau, fichier) = (self.tableau, self.tableau.fichier);
        if ligne.valeurs.iter().all(|v| v.trim().is_empty()) {
            return None;
        }
        let attendues = tableau.colonnes.len();
        if ligne.valeurs.len() != attendues {
            let motif = format!(
                "cette ligne a {} valeurs pour {attendues} colonnes : un texte qui contient le séparateur ou un retour à la ligne s'écrit entre guillemets",
                ligne.valeurs.len()
            );
            problemes.push(probleme(tableau, ligne.numero, "", motif));
            return None;
        }
        let avant = problemes.len();
        let texte = |colonne: &str| {
            self.rangs.get(colonne).and_then(|r| ligne.valeurs.get(*r)).map_or("", |v| v.trim())
        };
        let mut fixes = BTreeMap::new();
        for (nom, exige) in fichier.fixes() {
            let lu = texte(nom);
            if *exige && lu.is_empty() {
                problemes.push(probleme(tableau, ligne.numero, nom, "cette valeur manque"));
            } else if lu.len() > REFERENCE_MAX && matches!(*nom, "famille" | "personne") {
                let motif = format!("une référence a {REFERENCE_MAX} caractères au plus");
                problemes.push(probleme(tableau, ligne.numero, nom, motif));
            }
            fixes.insert(*nom, lu.to_owned());
        }
        let faits = self.faits(lecture, ligne.numero, &texte, problemes);
        (problemes.len() == avant).then_some(LigneLue { numero: ligne.numero, fixes, faits })
    }

    fn faits<'v>(
        &self,
        lecture: &Lecture<'_>,
        numero: u64,
        texte: &impl Fn(&str) -> &'v str,
        problemes: &mut Vec<Probleme>,
    ) -> Dits {
        let (tableau, fichier) = (self.tableau, self.tableau.fichier);
        let colonnes_de =
            |c: &Champ| colonnes(fichier, c).into_iter().filter(|(col, _)| self.rangs.contains_key(col));
        let ecrits = self.champs.iter().flat_map(|c| {
            colonnes_de(c).map(|(colonne, nom)| (nom, en_saisie(c, texte(&colonne)))).collect::<Vec<_>>()
        });
        let saisie = Saisie::postee(ecrits);
        let (conditions, connu, ailleurs) =
            (ChampsConditions::default(), Connu::default(), Reponses::default());
        let formulaire = Formulaire {
            champs: &self.champs,
            conditions: &conditions,
            valeurs: &[],
            ailleurs: &ailleurs,
            parametres: &[],
            hote: lecture.commune,
            aujourdhui: lecture.jour,
            connu: &connu,
        };
        let lue = formulaire.lit(&saisie);
        for erreur in lue.erreurs {
            let noms = self.champs.iter().flat_map(colonnes_de);
            let colonne = noms.into_iter().find(|(_, nom)| *nom == erreur.champ).map(|(c, _)| c);
            let colonne = colonne.unwrap_or(erreur.champ);
            let motif = mieux(&self.champs, &colonne, texte(&colonne), erreur.motif);
            problemes.push(probleme(tableau, numero, &colonne, motif));
        }
        let mut dits = Dits::new();
        for champ in &self.champs {
            let (Some(Reponse::Valeur(valeur)), Some(fait)) = (lue.reponses.0.get(&champ.id), &champ.fait)
            else {
                continue;
            };
            let au = dernier_jour(lecture, &fait.validite);
            dits.insert(fait.nom.clone(), (valeur.clone(), au));
        }
        dits
    }
}

/// As a form would have it typed: the words of other programs are ours.
fn en_saisie(champ: &Champ, texte: &str) -> String {
    let mot = cle_de_recherche(texte);
    match &champ.genre {
        TypeChamp::Booleen => match mot.as_str() {
            "oui" | "o" | "vrai" | "1" | "x" => "oui",
            "non" | "n" | "faux" | "0" => "non",
            _ => texte,
        }
        .to_owned(),
        TypeChamp::Choix(options) => {
            let mot = match mot.as_str() {
                "m" | "mr" => "monsieur",
                "mme" | "mlle" => "madame",
                autre => autre,
            };
            let option = options.iter().find(|(id, _)| cle_de_recherche(id) == mot);
            option.map_or_else(|| texte.to_owned(), |(id, _)| id.clone())
        }
        _ => texte.to_owned(),
    }
}

/// What a form says, with what a file needs more: the text that was read, what a spreadsheet does to figures.
fn mieux(champs: &[Champ], colonne: &str, texte: &str, motif: String) -> String {
    let motif = motif.trim_end_matches('.');
    let chiffres = !texte.is_empty() && texte.bytes().all(|c| c.is_ascii_digit());
    let champ = champs.iter().find(|c| c.id == colonne);
    if texte.is_empty() {
        return "cette valeur manque".to_owned();
    }
    if colonne.ends_with("code_postal") && texte.len() == 4 && chiffres {
        return format!("« {texte} » : le tableur a retiré le zéro du début ; écrivez 0{texte}");
    }
    match champ.map(|c| &c.genre) {
        Some(TypeChamp::Telephone) if texte.len() == 9 && chiffres => {
            format!("« {texte} » : le tableur a retiré le zéro du début ; écrivez 0{texte}")
        }
        Some(TypeChamp::Date) if !motif.contains("futur") => {
            format!("« {texte} » n'est pas une date qui existe ; écrivez-la 21/04/2019 ou 2019-04-21")
        }
        Some(TypeChamp::Choix(options)) => {
            let ids: Vec<&str> = options.iter().map(|(id, _)| id.as_str()).collect();
            format!("« {texte} » n'est pas un des choix de la commune ; écrivez {}", ids.join(", "))
        }
        _ => format!("« {texte} » : {motif}"),
    }
}

/// The last day on which what is said now holds.
fn dernier_jour(lecture: &Lecture<'_>, validite: &Validite) -> Option<Date> {
    let commune = lecture.commune;
    match validite {
        Validite::Illimitee => None,
        Validite::AnneeScolaire => {
            engine::annee::fin(commune, engine::annee::annee_scolaire(commune, lecture.jour))
        }
        Validite::JusquA(jour) => jour.des(lecture.jour),
        Validite::Duree(duree) => {
            let fin = duree.apres(lecture.jour, &commune.calendrier).ok().flatten();
            fin.and_then(|f| f.yesterday().ok())
        }
    }
}

/// The tables of the files given, one a kind.
pub(super) fn du_genre(tableaux: &[Tableau], fichier: Fichier) -> Option<&Tableau> {
    tableaux.iter().find(|t| t.fichier == fichier)
}
