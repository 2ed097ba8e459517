//! Words of a scalar with their places.

use super::erreur::{ErreurScalaire, proche};
use crate::calendrier::Compte;

/// A run of non-blank characters and its first byte in the scalar.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mot<'a> {
    pub(crate) texte: &'a str,
    pub(crate) debut: usize,
}

impl<'a> Mot<'a> {
    /// One past its last byte.
    pub(crate) fn fin(&self) -> usize {
        self.debut + self.texte.len()
    }

    /// An error on the whole word.
    pub(crate) fn erreur(&self, message: impl Into<String>) -> ErreurScalaire {
        ErreurScalaire::nouvelle(message, self.debut, self.fin())
    }

    /// What follows `prefixe`, as a word of its own.
    pub(crate) fn apres(&self, prefixe: &str) -> Option<Mot<'a>> {
        let texte = self.texte.strip_prefix(prefixe)?;
        Some(Mot { texte, debut: self.debut + prefixe.len() })
    }
}

/// The words of `texte`, in order.
pub(crate) fn mots(texte: &str) -> Vec<Mot<'_>> {
    let mut mots = Vec::new();
    let mut reste = texte;
    let mut debut = 0;
    while let Some(blancs) = reste.find(|c: char| !c.is_whitespace()) {
        reste = reste.get(blancs..).unwrap_or_default();
        debut += blancs;
        let taille = reste.find(char::is_whitespace).unwrap_or(reste.len());
        let (mot, suite) = reste.split_at(taille);
        mots.push(Mot { texte: mot, debut });
        reste = suite;
        debut += taille;
    }
    mots
}

/// The only word of `texte`; `attendu` says what a good one looks like.
pub(crate) fn unique<'a>(texte: &'a str, attendu: &str) -> Result<Mot<'a>, ErreurScalaire> {
    match mots(texte).as_slice() {
        [seul] => Ok(*seul),
        [] => Err(ErreurScalaire::nouvelle(format!("{attendu} attendu, le texte est vide"), 0, texte.len())),
        [_, trop, ..] => Err(trop.erreur(format!("« {} » est de trop : {attendu} attendu", trop.texte))),
    }
}

/// A number of days, hours or months from 1 to `max`, in ASCII digits without a leading zero.
pub(crate) fn entier(mot: &Mot<'_>, max: u32) -> Result<u32, ErreurScalaire> {
    let chiffres = !mot.texte.is_empty() && mot.texte.bytes().all(|b| b.is_ascii_digit());
    if !chiffres {
        return Err(mot.erreur(format!("nombre entier attendu, pas « {} »", mot.texte)));
    }
    if mot.texte.starts_with('0') {
        return Err(mot.erreur("un nombre commence par 1 à 9"));
    }
    match mot.texte.parse::<u32>() {
        Ok(n) if n <= max => Ok(n),
        _ => Err(mot.erreur(format!("nombre trop grand : {max} au plus"))),
    }
}

/// The calendar that a word names. `connus`: the commune's own calendars, when the caller knows them;
/// without them any identifier is taken, unless it looks like a slip for a word of the language.
pub(crate) fn compte(mot: &Mot<'_>, connus: Option<&[&str]>) -> Result<Compte, ErreurScalaire> {
    const LANGUE: [&str; 3] = ["ouvres", "ecole", "francs"];
    match mot.texte {
        "ouvres" => return Ok(Compte::Ouvres),
        "ecole" => return Ok(Compte::Ecole),
        "francs" => return Ok(Compte::Francs),
        _ => {}
    }
    let nommes = connus.unwrap_or_default();
    if nommes.contains(&mot.texte) {
        return Ok(Compte::Nomme(mot.texte.into()));
    }
    let voisin = proche(mot.texte, LANGUE.into_iter().chain(nommes.iter().copied()));
    let identifiant = mot.texte.starts_with(|c: char| c.is_ascii_lowercase())
        && mot.texte.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if connus.is_none() && identifiant && voisin.is_none() {
        return Ok(Compte::Nomme(mot.texte.into()));
    }
    let aide = match voisin {
        Some(voisin) => format!("vouliez-vous dire « {voisin} » ?"),
        None if nommes.is_empty() => "calendriers connus : ouvres, ecole, francs".to_owned(),
        None => format!("calendriers connus : ouvres, ecole, francs, {}", nommes.join(", ")),
    };
    Err(mot.erreur(format!("« {} » n'est pas un calendrier", mot.texte)).aide(aide))
}
