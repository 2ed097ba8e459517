//! The contract of a script, read from its header: `//! entrees: quotient: quotient` and `//! sortie: montant`.

use std::sync::Arc;

use rhai::{Dynamic, Map, Position};
use rust_decimal::Decimal;

use super::hote::Liste;
use super::valeur::ValeurScript;
use super::{ErreurScript, erreur};
use crate::faits::Symboles;
use crate::syntaxe;
use crate::valeur::Domaine;

/// Most columns of a record.
const COLONNES_MAX: usize = 32;
/// Most elements of a list, given or returned.
pub(super) const LISTE_MAX: usize = 1_024;
/// Longest text, given or returned, in bytes.
const TEXTE_MAX: usize = 4_096;
const AIDE: &str = "les types sont : montant, quotient, nombre, booleen, texte, date, heure, duree, une information \
                    déclarée, ou une liste « [ligne { jour, montant }] »";

/// Inputs and output.
#[derive(Clone, Debug, PartialEq)]
pub struct Contrat {
    /// In the order of the header.
    pub entrees: Vec<Entree>,
    /// What the script returns.
    pub sortie: TypeScript,
}

/// One input.
#[derive(Clone, Debug, PartialEq)]
pub struct Entree {
    /// Its name in the script.
    pub nom: Box<str>,
    /// The word of the header: a type, or the fact that the caller reads.
    pub declare: Box<str>,
    /// Its type.
    pub genre: TypeScript,
    /// Written `?`: it may be absent, and the script asks `est_connu(x)`.
    pub peut_manquer: bool,
    pub(super) position: Position,
}

/// A type of the contract.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeScript {
    /// An exact number within these bounds (an amount is in euros).
    Nombre {
        /// Inclusive.
        min: Option<Decimal>,
        /// Inclusive.
        max: Option<Decimal>,
    },
    /// Yes or no.
    Booleen,
    /// Any text.
    Texte,
    /// One of these names.
    Choix(Arc<[Box<str>]>),
    /// A civil date.
    Date,
    /// Minutes since midnight.
    Heure,
    /// Records with exactly these columns.
    Liste(Box<[(Box<str>, TypeScript)]>),
}

impl Entree {
    /// Is `valeur` of this input's type? The sentence says why not.
    pub(super) fn accepte(&self, valeur: &ValeurScript) -> Result<(), String> {
        match valeur {
            ValeurScript::Absent if self.peut_manquer => Ok(()),
            ValeurScript::Absent => Err("sa valeur n'est pas connue".to_owned()),
            valeur => self.genre.accepte(valeur),
        }
    }
}

impl TypeScript {
    fn article(&self) -> &'static str {
        match self {
            Self::Nombre { .. } => "un nombre",
            Self::Booleen => "une condition (true ou false)",
            Self::Texte => "un texte",
            Self::Choix(_) => "un choix",
            Self::Date => "une date",
            Self::Heure => "une heure",
            Self::Liste(_) => "une liste",
        }
    }

    fn accepte(&self, valeur: &ValeurScript) -> Result<(), String> {
        match (self, valeur) {
            (Self::Nombre { min, max }, ValeurScript::Nombre(x)) => {
                if min.is_some_and(|m| *x < m) || max.is_some_and(|m| *x > m) {
                    return Err(format!("{x} sort des bornes déclarées"));
                }
                Ok(())
            }
            (Self::Booleen, ValeurScript::Booleen(_)) | (Self::Date, ValeurScript::Date(_)) => Ok(()),
            (Self::Heure, ValeurScript::Heure(h)) if *h <= 1440 => Ok(()),
            (Self::Texte, ValeurScript::Texte(t)) if t.len() <= TEXTE_MAX => Ok(()),
            (Self::Texte, ValeurScript::Texte(_)) => Err(format!("le texte dépasse {TEXTE_MAX} octets")),
            (Self::Choix(noms), ValeurScript::Texte(t)) => {
                if noms.iter().any(|n| **n == **t) {
                    return Ok(());
                }
                Err(format!("« {t} » n'est pas une valeur possible"))
            }
            (Self::Liste(colonnes), ValeurScript::Liste(lignes)) => {
                if lignes.len() > LISTE_MAX {
                    return Err(format!("la liste dépasse {LISTE_MAX} lignes"));
                }
                for ligne in lignes {
                    if ligne.len() != colonnes.len() {
                        return Err("une ligne n'a pas les colonnes déclarées".to_owned());
                    }
                    for ((_, genre), valeur) in colonnes.iter().zip(ligne) {
                        genre.accepte(valeur)?;
                    }
                }
                Ok(())
            }
            _ => Err(format!("{} est attendu", self.article())),
        }
    }

    /// A script's answer, checked for type, size and names.
    pub(super) fn relit(&self, valeur: Dynamic) -> Result<ValeurScript, String> {
        let recu = hote_type(&valeur);
        let mauvais = || format!("ce script doit rendre {}, il rend {recu}", self.article());
        let lu = match self {
            Self::Nombre { .. } => ValeurScript::Nombre(super::hote::nombre(&valeur).ok_or_else(mauvais)?),
            Self::Booleen => ValeurScript::Booleen(valeur.as_bool().map_err(|_| mauvais())?),
            Self::Texte | Self::Choix(_) => {
                ValeurScript::Texte(valeur.into_immutable_string().map_err(|_| mauvais())?.as_str().into())
            }
            Self::Date => ValeurScript::Date(valeur.try_cast().ok_or_else(mauvais)?),
            Self::Heure => {
                let minutes = super::hote::nombre(&valeur).and_then(|n| crate::fonctions::entier(n).ok());
                ValeurScript::Heure(minutes.and_then(|m| u16::try_from(m).ok()).ok_or_else(mauvais)?)
            }
            Self::Liste(colonnes) => {
                let liste: Liste = valeur.try_cast().ok_or_else(mauvais)?;
                if liste.0.len() > LISTE_MAX {
                    return Err(format!("la liste rendue dépasse {LISTE_MAX} lignes"));
                }
                let lignes: Result<Vec<_>, _> = liste.0.iter().map(|l| relit_ligne(colonnes, l)).collect();
                ValeurScript::Liste(lignes?)
            }
        };
        self.accepte(&lu)?;
        Ok(lu)
    }
}

fn relit_ligne(colonnes: &[(Box<str>, TypeScript)], ligne: &Dynamic) -> Result<Vec<ValeurScript>, String> {
    let table =
        ligne.as_map_ref().map_err(|_| "chaque ligne rendue est un enregistrement #{ … }".to_owned())?;
    let table: &Map = &table;
    if let Some(inconnue) = table.keys().find(|cle| !colonnes.iter().any(|(nom, _)| **nom == ***cle)) {
        return Err(format!("une ligne rendue a la colonne « {inconnue} », qui n'est pas déclarée"));
    }
    colonnes
        .iter()
        .map(|(nom, genre)| {
            let valeur =
                table.get(&**nom).ok_or_else(|| format!("une ligne rendue n'a pas la colonne « {nom} »"))?;
            genre.relit(valeur.clone()).map_err(|e| format!("colonne « {nom} » : {e}"))
        })
        .collect()
}

fn hote_type(valeur: &Dynamic) -> &'static str {
    if super::hote::nombre(valeur).is_some() {
        "un nombre"
    } else if valeur.is_unit() {
        "rien"
    } else if valeur.is_bool() {
        "une condition"
    } else if valeur.is_string() {
        "un texte"
    } else if valeur.is_map() {
        "un enregistrement"
    } else if valeur.is::<jiff::civil::Date>() {
        "une date"
    } else if valeur.is::<Liste>() || valeur.is_array() {
        "une liste"
    } else {
        "autre chose"
    }
}

/// Reads the header's lines; what is wrong is placed on its line.
pub(super) fn lit(source: &str, symboles: &dyn Symboles) -> (Option<Contrat>, Vec<ErreurScript>) {
    let mut erreurs = Vec::new();
    let (mut entrees, mut sortie) = (None, None);
    for (i, ligne) in source.lines().enumerate() {
        let Some(texte) = ligne.strip_prefix("//!") else { continue };
        let mut lecteur = Lecteur { texte, reste: texte, ligne: i + 1, symboles };
        let Some(cle) = lecteur.mot() else { continue };
        let resultat = match cle {
            "entrees" if entrees.is_some() => Err(lecteur.erreur("« entrees » est écrit deux fois")),
            "sortie" if sortie.is_some() => Err(lecteur.erreur("« sortie » est écrit deux fois")),
            "entrees" => lecteur.entrees().map(|e| entrees = Some(e)),
            "sortie" => lecteur.sortie().map(|s| sortie = Some(s)),
            // any other comment of the header
            _ => continue,
        };
        erreurs.extend(resultat.err());
    }
    let debut = Position::new(1, 1);
    if sortie.is_none() && erreurs.is_empty() {
        let aide = Some("écrivez en tête « //! sortie: montant »".to_owned());
        erreurs.push(erreur("RHA01", debut, "ce script ne dit pas ce qu'il rend", aide));
    }
    if entrees.is_none() && erreurs.is_empty() {
        let aide = Some("écrivez en tête « //! entrees: quotient: quotient »".to_owned());
        erreurs.push(erreur("RHA01", debut, "ce script ne dit pas ce qu'il lit", aide));
    }
    (entrees.zip(sortie).map(|(entrees, sortie)| Contrat { entrees, sortie }), erreurs)
}

struct Lecteur<'a> {
    texte: &'a str,
    reste: &'a str,
    ligne: usize,
    symboles: &'a dyn Symboles,
}

impl<'a> Lecteur<'a> {
    fn position(&self) -> Position {
        let avant = self.texte.len() - self.reste.trim_start().len();
        let colonne = 4 + self.texte.get(..avant).map_or(0, |t| t.chars().count());
        Position::new(u16_sature(self.ligne), u16_sature(colonne))
    }

    fn erreur(&self, message: impl Into<String>) -> ErreurScript {
        erreur("RHA01", self.position(), message, Some(AIDE.to_owned()))
    }

    fn mot(&mut self) -> Option<&'a str> {
        let reste = self.reste.trim_start();
        let fin =
            reste.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(reste.len());
        let (mot, suite) = reste.split_at_checked(fin)?;
        if mot.is_empty() {
            return None;
        }
        self.reste = suite;
        Some(mot)
    }

    fn signe(&mut self, signe: char) -> bool {
        match self.reste.trim_start().strip_prefix(signe) {
            Some(suite) => {
                self.reste = suite;
                true
            }
            None => false,
        }
    }

    fn attend(&mut self, signe: char) -> Result<(), ErreurScript> {
        if self.signe(signe) { Ok(()) } else { Err(self.erreur(format!("« {signe} » est attendu ici"))) }
    }

    fn fin(&self) -> Result<(), ErreurScript> {
        if self.reste.trim().is_empty() {
            Ok(())
        } else {
            Err(self.erreur("la ligne devrait s'arrêter ici"))
        }
    }

    fn entrees(&mut self) -> Result<Vec<Entree>, ErreurScript> {
        self.attend(':')?;
        let mut entrees: Vec<Entree> = Vec::new();
        while !self.reste.trim().is_empty() {
            let position = self.position();
            let nom = self.mot().ok_or_else(|| self.erreur("le nom d'une entrée est attendu ici"))?;
            if nom.contains('.') || !nom.starts_with(|c: char| c.is_ascii_lowercase()) {
                return Err(erreur("RHA01", position, format!("« {nom} » n'est pas un nom d'entrée"), None));
            }
            if entrees.iter().any(|e| *e.nom == *nom) {
                return Err(erreur(
                    "RHA01",
                    position,
                    format!("l'entrée « {nom} » est écrite deux fois"),
                    None,
                ));
            }
            self.attend(':')?;
            let (declare, genre) = self.genre()?;
            let peut_manquer = self.signe('?');
            entrees.push(Entree { nom: nom.into(), declare: declare.into(), genre, peut_manquer, position });
            if !self.signe(',') {
                self.fin()?;
            }
        }
        Ok(entrees)
    }

    fn sortie(&mut self) -> Result<TypeScript, ErreurScript> {
        self.attend(':')?;
        let (_, genre) = self.genre()?;
        self.fin()?;
        Ok(genre)
    }

    fn genre(&mut self) -> Result<(&'a str, TypeScript), ErreurScript> {
        if !self.signe('[') {
            let avant = self.position();
            let mot = self.mot().ok_or_else(|| self.erreur("un type est attendu ici"))?;
            return Ok((mot, self.simple(mot, avant)?));
        }
        let nom = self.mot().ok_or_else(|| self.erreur("le nom d'une ligne est attendu ici"))?;
        self.attend('{')?;
        let mut colonnes: Vec<(Box<str>, TypeScript)> = Vec::new();
        while !self.signe('}') {
            let avant = self.position();
            let colonne = self.mot().ok_or_else(|| self.erreur("le nom d'une colonne est attendu ici"))?;
            let genre = if self.signe(':') {
                let avant = self.position();
                let mot = self.mot().ok_or_else(|| self.erreur("un type est attendu ici"))?;
                self.simple(mot, avant)?
            } else {
                self.simple(colonne, avant)?
            };
            if colonnes.iter().any(|(c, _)| **c == *colonne) || colonnes.len() == COLONNES_MAX {
                let message =
                    format!("la colonne « {colonne} » est en trop (deux fois, ou plus de {COLONNES_MAX})");
                return Err(erreur("RHA01", avant, message, None));
            }
            colonnes.push((colonne.into(), genre));
            if !self.signe(',') {
                self.attend('}')?;
                break;
            }
        }
        self.attend(']')?;
        Ok((nom, TypeScript::Liste(colonnes.into())))
    }

    fn simple(&self, mot: &str, position: Position) -> Result<TypeScript, ErreurScript> {
        let nombre = |min| TypeScript::Nombre { min, max: None };
        Ok(match mot {
            "montant" | "nombre" => nombre(None),
            "quotient" if self.symboles.fait("quotient").is_none() => nombre(Some(Decimal::ZERO)),
            "duree" if self.symboles.fait("duree").is_none() => nombre(Some(Decimal::ZERO)),
            "booleen" => TypeScript::Booleen,
            "texte" => TypeScript::Texte,
            "date" => TypeScript::Date,
            "jour" if self.symboles.fait("jour").is_none() => TypeScript::Date,
            "heure" => TypeScript::Heure,
            _ => match self.symboles.fait(mot).map(|f| self.symboles.domaine(f)) {
                Some(Domaine::Nombre { min, max, .. }) => TypeScript::Nombre { min: *min, max: *max },
                Some(Domaine::Duree(_)) => nombre(Some(Decimal::ZERO)),
                Some(Domaine::Booleen) => TypeScript::Booleen,
                Some(Domaine::Choix(noms)) => TypeScript::Choix(noms.clone()),
                Some(Domaine::Date) => TypeScript::Date,
                Some(Domaine::Heure) => TypeScript::Heure,
                Some(Domaine::Ensemble(_)) => {
                    let message = format!("« {mot} » est un ensemble : un script n'en lit pas");
                    return Err(erreur("RHA01", position, message, Some(AIDE.to_owned())));
                }
                None => {
                    let types =
                        ["montant", "quotient", "nombre", "booleen", "texte", "date", "heure", "duree"];
                    let noms = types.into_iter().chain(self.symboles.noms());
                    let aide = syntaxe::vouliez_vous_dire(mot, noms).unwrap_or_else(|| AIDE.to_owned());
                    let message = format!("« {mot} » n'est ni un type ni une information déclarée");
                    return Err(erreur("RHA01", position, message, Some(aide)));
                }
            },
        })
    }
}

fn u16_sature(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(u16::MAX)
}
