//! From what was typed to typed answers, or to what is wrong and how to write it.

use std::collections::BTreeSet;

use engine::demarche::{
    Champ, ErreurChamp, Recopie, Reponse, Reponses, TypeChamp, invisible, nom_impossible,
};
use engine::foyer::{Adresse, ValeurFait};
use jiff::civil::{Date, Time};
use rules::valeur::Domaine;
use rust_decimal::Decimal;

use super::{Formulaire, LIGNES_MAX, Lecture, Saisie};
use crate::francais;

/// Longest text of a field that sets none, in characters.
const TEXTE_MAX: usize = 200;
const TEXTE_LONG_MAX: usize = 4000;

impl Formulaire<'_> {
    /// Reads what was posted.
    pub fn lit(&self, saisie: &Saisie) -> Lecture {
        let mut lecture = Lecture::default();
        // every field once, so that conditions see the answers of their own screen
        for champ in self.champs {
            if let Ok(Some(reponse)) = self.lit_champ(champ, "", saisie) {
                lecture.reponses.0.insert(champ.id.clone(), reponse);
            }
        }
        for champ in self.champs.iter().filter(|c| c.recopie.is_some() && saisie.est_recopie(&c.id)) {
            lecture.reponses.0.remove(&champ.id);
            if let Some(copie) = self.copie(champ, &lecture.reponses) {
                lecture.reponses.0.insert(champ.id.clone(), copie);
            }
        }
        let visibles: BTreeSet<String> = self.visibles(&lecture.reponses).map(|c| c.id.clone()).collect();
        for champ in self.champs {
            if !visibles.contains(&champ.id) {
                lecture.reponses.0.remove(&champ.id);
                continue;
            }
            if let Some(recopie) = champ.recopie.as_ref().filter(|_| saisie.est_recopie(&champ.id)) {
                if !lecture.reponses.0.contains_key(&champ.id) {
                    let motif =
                        format!("« {} » n’est pas encore connu : écrivez-le ici.", libelle_recopie(recopie));
                    lecture.erreurs.push(erreur(&champ.id, motif));
                }
                continue;
            }
            let manque = match self.lit_champ(champ, "", saisie) {
                Ok(reponse) => reponse.is_none() && self.est_obligatoire(champ, &lecture.reponses),
                Err(erreurs) => {
                    lecture.erreurs.extend(erreurs);
                    false
                }
            };
            if manque && saisie.etait_affiche(&champ.id) {
                lecture.erreurs.push(erreur(&champ.id, manquant(champ)));
            } else if !saisie.etait_affiche(&champ.id) {
                lecture.apparus.push(champ.id.clone());
            }
        }
        lecture
    }

    /// What the box of a field copies: another answer of this screen or of the others, or what is known.
    fn copie(&self, champ: &Champ, ici: &Reponses) -> Option<Reponse> {
        match champ.recopie.as_ref()? {
            Recopie::Champ { champ, .. } => ici.0.get(champ).or_else(|| self.ailleurs.0.get(champ)).cloned(),
            Recopie::Fait { .. } => self.connu.copies.0.get(&champ.id).cloned(),
        }
    }

    fn lit_champ(
        &self,
        champ: &Champ,
        prefixe: &str,
        saisie: &Saisie,
    ) -> Result<Option<Reponse>, Vec<ErreurChamp>> {
        let nom = format!("{prefixe}{}", champ.id);
        let seule = |e: String| vec![erreur(&nom, e)];
        match &champ.genre {
            TypeChamp::Groupe(sous) => return self.lit_groupe(&nom, sous, saisie),
            TypeChamp::Adresse => return lit_adresse(&nom, saisie).map(|a| a.map(Reponse::Valeur)),
            TypeChamp::Ensemble(options) | TypeChamp::Services(options)
                if champ.plusieurs || est_ensemble(champ) =>
            {
                return lit_ensemble(options, saisie.textes(&nom))
                    .map_err(seule)
                    .map(|e| e.map(Reponse::Valeur));
            }
            _ => {}
        }
        if !champ.plusieurs {
            let valeur = self.lit_texte(champ, saisie.texte(&nom)).map_err(seule)?;
            return Ok(valeur.map(Reponse::Valeur));
        }
        let mut valeurs = Vec::new();
        for texte in saisie.textes(&nom) {
            valeurs.extend(self.lit_texte(champ, texte.trim()).map_err(seule)?);
        }
        Ok((!valeurs.is_empty()).then_some(Reponse::Valeurs(valeurs)))
    }

    fn lit_groupe(
        &self,
        nom: &str,
        sous: &[Champ],
        saisie: &Saisie,
    ) -> Result<Option<Reponse>, Vec<ErreurChamp>> {
        let mut lignes = Vec::new();
        let mut erreurs = Vec::new();
        for i in saisie.lignes(nom).into_iter().take(LIGNES_MAX) {
            let prefixe = format!("{nom}.{i}.");
            let mut ligne = Reponses::default();
            let mut fautes = Vec::new();
            for champ in sous {
                match self.lit_champ(champ, &prefixe, saisie) {
                    Ok(Some(reponse)) => {
                        ligne.0.insert(champ.id.clone(), reponse);
                    }
                    Ok(None) if self.est_obligatoire(champ, &Reponses::default()) => {
                        fautes.push(erreur(&format!("{prefixe}{}", champ.id), manquant(champ)));
                    }
                    Ok(None) => {}
                    Err(e) => fautes.extend(e),
                }
            }
            // a row left empty is no row
            if !ligne.0.is_empty() {
                lignes.push(ligne);
                erreurs.extend(fautes);
            }
        }
        if !erreurs.is_empty() {
            return Err(erreurs);
        }
        Ok((!lignes.is_empty()).then_some(Reponse::Groupe(lignes)))
    }

    /// One value of a field of one answer; `None` when nothing was typed.
    fn lit_texte(&self, champ: &Champ, texte: &str) -> Result<Option<ValeurFait>, String> {
        if texte.is_empty() {
            return Ok(None);
        }
        let valeur = match &champ.genre {
            TypeChamp::Texte { max } => ValeurFait::Texte(lit_ligne(texte, max.map_or(TEXTE_MAX, taille))?),
            TypeChamp::Commune => ValeurFait::Texte(lit_ligne(texte, TEXTE_MAX)?),
            TypeChamp::TexteLong { max } => {
                let propre = texte.replace("\r\n", "\n");
                visible(&propre)?;
                longueur(&propre, max.map_or(TEXTE_LONG_MAX, taille))?;
                ValeurFait::Texte(propre)
            }
            TypeChamp::Nombre(domaine) => ValeurFait::Nombre(lit_nombre(texte, domaine)?),
            TypeChamp::Montant => ValeurFait::Nombre(lit_montant(texte)?),
            TypeChamp::Date => {
                let date = lit_date(texte).ok_or("Écrivez une date, par exemple 21/04/2019.")?;
                if champ.fait.as_ref().is_some_and(|f| f.nom == "naissance") && date > self.aujourdhui {
                    return Err("Cette date de naissance est dans le futur : vérifiez l’année.".to_owned());
                }
                ValeurFait::Date(date)
            }
            TypeChamp::Heure => {
                ValeurFait::Heure(lit_heure(texte).ok_or("Écrivez une heure, par exemple 16:30.")?)
            }
            TypeChamp::Booleen => match texte {
                "oui" => ValeurFait::Booleen(true),
                "non" => ValeurFait::Booleen(false),
                _ => return Err("Répondez par oui ou par non.".to_owned()),
            },
            TypeChamp::Choix(options) | TypeChamp::Services(options) | TypeChamp::Ensemble(options) => {
                if !options.iter().any(|(id, _)| id == texte) {
                    return Err("Choisissez une des réponses proposées.".to_owned());
                }
                ValeurFait::Choix(texte.to_owned())
            }
            TypeChamp::Telephone => ValeurFait::Texte(lit_telephone(texte)?),
            TypeChamp::Courriel => ValeurFait::Texte(lit_courriel(texte)?),
            TypeChamp::Fichier | TypeChamp::Adresse | TypeChamp::Groupe(_) => return Ok(None),
        };
        if let ValeurFait::Texte(t) = &valeur
            && let Some(motif) = nom_impossible(champ, t)
        {
            return Err(motif);
        }
        if let (Some(motif), ValeurFait::Texte(t)) = (&champ.motif, &valeur)
            && !motif.motif.accepte(t)
        {
            return Err(motif.message.clone());
        }
        Ok(Some(valeur))
    }
}

/// The label of what is copied.
pub(super) fn libelle_recopie(recopie: &Recopie) -> &str {
    match recopie {
        Recopie::Champ { libelle, .. } | Recopie::Fait { libelle, .. } => libelle,
    }
}

const fn est_ensemble(champ: &Champ) -> bool {
    matches!(champ.genre, TypeChamp::Ensemble(_))
}

fn taille(max: u32) -> usize {
    usize::try_from(max).unwrap_or(TEXTE_MAX)
}

fn erreur(champ: &str, motif: impl Into<String>) -> ErreurChamp {
    ErreurChamp { champ: champ.to_owned(), motif: motif.into() }
}

fn manquant(champ: &Champ) -> String {
    match &champ.genre {
        TypeChamp::Choix(_) | TypeChamp::Booleen => "Choisissez une réponse.".to_owned(),
        TypeChamp::Ensemble(_) | TypeChamp::Services(_) => "Cochez au moins une réponse.".to_owned(),
        TypeChamp::Groupe(_) => "Remplissez au moins une ligne.".to_owned(),
        TypeChamp::Date => "Indiquez une date, par exemple 21/04/2019.".to_owned(),
        _ => match &champ.exemple {
            Some(exemple) => format!("Ce champ est à remplir, par exemple : {exemple}."),
            None => "Ce champ est à remplir.".to_owned(),
        },
    }
}

fn longueur(texte: &str, max: usize) -> Result<(), String> {
    let n = texte.chars().count();
    if n > max {
        return Err(format!("Ce texte compte {n} caractères : écrivez-en {max} au plus."));
    }
    Ok(())
}

/// What is stored is what is read: no character that hides, or that turns the text round.
fn visible(texte: &str) -> Result<(), String> {
    let cache = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || invisible(c);
    if texte.contains(cache) {
        return Err("Ce texte contient un caractère invisible : effacez-le et retapez le passage.".to_owned());
    }
    Ok(())
}

fn lit_ligne(texte: &str, max: usize) -> Result<String, String> {
    if texte.chars().any(char::is_control) {
        return Err("Écrivez ce texte sur une seule ligne.".to_owned());
    }
    visible(texte)?;
    longueur(texte, max)?;
    Ok(texte.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// `1 234,56`, `1234.56`.
fn decimal(texte: &str) -> Option<Decimal> {
    let propre: String =
        texte.chars().filter(|c| !c.is_whitespace()).map(|c| if c == ',' { '.' } else { c }).collect();
    let propre = propre.strip_suffix('€').unwrap_or(&propre);
    let chiffres = propre.strip_prefix('-').unwrap_or(propre);
    if chiffres.is_empty() || !chiffres.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return None;
    }
    Decimal::from_str_exact(propre).ok()
}

fn lit_nombre(texte: &str, domaine: &Domaine) -> Result<Decimal, String> {
    let n = decimal(texte).ok_or("Écrivez un nombre, par exemple 640 ou 640,50.")?;
    if let Domaine::Nombre { min, max, .. } = domaine {
        if let Some(m) = min.filter(|m| n < *m) {
            return Err(format!("Ce nombre doit être au moins {}.", francais::nombre(m)));
        }
        if let Some(m) = max.filter(|m| n > *m) {
            return Err(format!("Ce nombre doit être au plus {}.", francais::nombre(m)));
        }
    }
    Ok(n)
}

fn lit_montant(texte: &str) -> Result<Decimal, String> {
    let n = decimal(texte).ok_or("Écrivez un montant en euros, par exemple 12,50.")?;
    if n.normalize().scale() > 2 {
        return Err("Un montant a deux chiffres après la virgule au plus, par exemple 12,50.".to_owned());
    }
    if n.is_sign_negative() && !n.is_zero() {
        return Err("Un montant ne peut pas être négatif.".to_owned());
    }
    Ok(n)
}

/// `2019-04-21` (what browsers send), `21/04/2019`: every date that a family types is read here.
pub fn lit_date(texte: &str) -> Option<Date> {
    if let Ok(date) = texte.parse::<Date>() {
        return Some(date);
    }
    let mut morceaux = texte.split(['/', '.', ' ', '-']).map(str::trim);
    let (j, m, a) = (morceaux.next()?, morceaux.next()?, morceaux.next()?);
    if morceaux.next().is_some() || a.len() != 4 {
        return None;
    }
    Date::new(a.parse().ok()?, m.parse().ok()?, j.parse().ok()?).ok()
}

/// `16:30`, `16h30`, `16 h`.
fn lit_heure(texte: &str) -> Option<Time> {
    let propre: String = texte.chars().filter(|c| !c.is_whitespace()).collect();
    let (h, m) = propre.split_once([':', 'h'])?;
    let m = if m.is_empty() { "0" } else { m };
    Time::new(h.parse().ok()?, m.parse().ok()?, 0, 0).ok()
}

fn lit_ensemble(options: &[(String, String)], textes: &[String]) -> Result<Option<ValeurFait>, String> {
    let choisis: BTreeSet<String> = textes.iter().filter(|t| !t.is_empty()).cloned().collect();
    if choisis.iter().any(|c| !options.iter().any(|(id, _)| id == c)) {
        return Err("Choisissez parmi les réponses proposées.".to_owned());
    }
    Ok((!choisis.is_empty()).then_some(ValeurFait::Ensemble(choisis)))
}

fn lit_telephone(texte: &str) -> Result<String, String> {
    const AIDE: &str = "Écrivez un numéro de téléphone, par exemple 06 12 34 56 78 ou +32 470 12 34 56.";
    let propre: String =
        texte.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '.' | '-' | '(' | ')')).collect();
    let (international, chiffres) = match propre.strip_prefix('+') {
        Some(reste) => (true, reste),
        None => (false, propre.as_str()),
    };
    let bon = chiffres.chars().all(|c| c.is_ascii_digit())
        && if international {
            (8..=15).contains(&chiffres.len())
        } else {
            chiffres.len() == 10 && chiffres.starts_with('0')
        };
    if !bon {
        return Err(AIDE.to_owned());
    }
    if international {
        return Ok(propre);
    }
    let paires: Vec<String> =
        chiffres.as_bytes().chunks(2).map(|p| String::from_utf8_lossy(p).into_owned()).collect();
    Ok(paires.join(" "))
}

fn lit_courriel(texte: &str) -> Result<String, String> {
    let bon = texte.len() <= 254
        && !texte
            .contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, ',' | ';' | '<' | '>'))
        && texte.split_once('@').is_some_and(|(avant, domaine)| {
            !avant.is_empty()
                && !domaine.contains('@')
                && domaine.split('.').count() >= 2
                && domaine.split('.').all(|p| !p.is_empty())
        });
    if bon {
        Ok(texte.to_owned())
    } else {
        Err("Écrivez une adresse électronique, par exemple prenom.nom@exemple.fr.".to_owned())
    }
}

fn lit_adresse(nom: &str, saisie: &Saisie) -> Result<Option<ValeurFait>, Vec<ErreurChamp>> {
    let mut erreurs: Vec<ErreurChamp> = Vec::new();
    let mut lit = |partie: &str| {
        let champ = format!("{nom}.{partie}");
        lit_ligne(saisie.texte(&champ), TEXTE_MAX).unwrap_or_else(|motif| {
            erreurs.push(erreur(&champ, motif));
            String::new()
        })
    };
    let (voie, complement, code_postal, commune) =
        (lit("voie"), lit("complement"), lit("code_postal"), lit("commune"));
    if !erreurs.is_empty() {
        return Err(erreurs);
    }
    if voie.is_empty() && complement.is_empty() && code_postal.is_empty() && commune.is_empty() {
        return Ok(None);
    }
    let mut exige = |partie: &str, bon: bool, motif: &str| {
        if !bon {
            erreurs.push(erreur(&format!("{nom}.{partie}"), motif));
        }
    };
    exige("voie", !voie.is_empty(), "Indiquez le numéro et la rue, par exemple 12 rue des Écoles.");
    let cinq = code_postal.len() == 5 && code_postal.chars().all(|c| c.is_ascii_digit());
    exige("code_postal", cinq, "Le code postal a cinq chiffres.");
    exige("commune", !commune.is_empty(), "Indiquez la commune.");
    if !erreurs.is_empty() {
        return Err(erreurs);
    }
    let complement = (!complement.is_empty()).then_some(complement);
    Ok(Some(ValeurFait::Adresse(Adresse { voie, complement, code_postal, commune, insee: None })))
}
