//! What was typed, as it was typed: nothing of it is lost when something else is wrong.

use std::collections::{BTreeMap, BTreeSet};

use engine::demarche::{Reponse, Reponses};
use engine::foyer::ValeurFait;
use serde_json::Value;

/// Texts by field; a field of several answers has several. In a repeated group: `groupe.2.champ` (the first row is 1);
/// in an address: `champ.voie`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saisie(BTreeMap<String, Vec<String>>);

impl Saisie {
    /// From the pairs of a posted form, in order.
    pub fn postee(paires: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut saisie = Self::default();
        for (nom, texte) in paires {
            saisie.ajoute(nom, texte);
        }
        saisie
    }

    /// From a plain JSON object: `{ "services": ["a", "b"], "enfants": [ { "nom": "…" } ] }`.
    pub fn json(objet: &serde_json::Map<String, Value>) -> Self {
        fn depose(saisie: &mut Saisie, nom: &str, valeur: &Value) {
            match valeur {
                Value::Null => {}
                Value::Bool(b) => saisie.ajoute(nom.to_owned(), if *b { "oui" } else { "non" }.to_owned()),
                Value::Number(n) => saisie.ajoute(nom.to_owned(), n.to_string()),
                Value::String(t) => saisie.ajoute(nom.to_owned(), t.clone()),
                Value::Array(elements) => {
                    for (i, element) in elements.iter().enumerate() {
                        if element.is_object() {
                            depose(saisie, &format!("{nom}.{}", i + 1), element);
                        } else {
                            depose(saisie, nom, element);
                        }
                    }
                }
                Value::Object(champs) => {
                    for (cle, element) in champs {
                        depose(saisie, &format!("{nom}.{cle}"), element);
                    }
                }
            }
        }
        let mut saisie = Self::default();
        for (nom, valeur) in objet {
            depose(&mut saisie, nom, valeur);
        }
        saisie
    }

    /// As one would have typed these answers.
    pub fn de_reponses(reponses: &Reponses) -> Self {
        let mut saisie = Self::default();
        saisie.reprend("", reponses);
        saisie
    }

    /// These answers as a plain JSON object, which [`Self::json`] reads again: a list where the field takes several, even when
    /// there is one; else a text.
    pub fn objet_de(reponses: &Reponses) -> serde_json::Map<String, Value> {
        let mut listes = BTreeSet::new();
        a_plusieurs("", reponses, &mut listes);
        let saisie = Self::de_reponses(reponses);
        let valeur = |(nom, textes): (String, Vec<String>)| match &textes[..] {
            [seul] if !listes.contains(&nom) => (nom, Value::from(seul.as_str())),
            _ => (nom, Value::from(textes)),
        };
        saisie.0.into_iter().map(valeur).collect()
    }

    fn reprend(&mut self, prefixe: &str, reponses: &Reponses) {
        for (champ, reponse) in &reponses.0 {
            let nom = format!("{prefixe}{champ}");
            match reponse {
                Reponse::Valeur(v) => self.reprend_valeur(&nom, v),
                Reponse::Valeurs(vs) => {
                    for v in vs {
                        self.reprend_valeur(&nom, v);
                    }
                }
                Reponse::Groupe(lignes) => {
                    for (i, ligne) in lignes.iter().enumerate() {
                        self.reprend(&format!("{nom}.{}.", i + 1), ligne);
                    }
                }
            }
        }
    }

    fn reprend_valeur(&mut self, nom: &str, valeur: &ValeurFait) {
        let texte = match valeur {
            ValeurFait::Booleen(b) => if *b { "oui" } else { "non" }.to_owned(),
            ValeurFait::Choix(t) | ValeurFait::Texte(t) => t.clone(),
            ValeurFait::Nombre(n) => n.to_string().replace('.', ","),
            ValeurFait::Date(d) => d.to_string(),
            ValeurFait::Heure(h) => h.strftime("%H:%M").to_string(),
            ValeurFait::Ensemble(ids) => {
                for id in ids {
                    self.ajoute(nom.to_owned(), id.clone());
                }
                return;
            }
            ValeurFait::Adresse(a) => {
                self.ajoute(format!("{nom}.voie"), a.voie.clone());
                self.ajoute(format!("{nom}.complement"), a.complement.clone().unwrap_or_default());
                self.ajoute(format!("{nom}.code_postal"), a.code_postal.clone());
                self.ajoute(format!("{nom}.commune"), a.commune.clone());
                return;
            }
        };
        self.ajoute(nom.to_owned(), texte);
    }

    fn ajoute(&mut self, nom: String, texte: String) {
        self.0.entry(nom).or_default().push(texte);
    }

    /// Everything typed in a field.
    pub fn textes(&self, nom: &str) -> &[String] {
        self.0.get(nom).map(Vec::as_slice).unwrap_or_default()
    }

    /// What was typed in a field of one answer, trimmed; empty when nothing was.
    pub fn texte(&self, nom: &str) -> &str {
        self.textes(nom).last().map(|t| t.trim()).unwrap_or_default()
    }

    /// The rows of a repeated group, by their number as posted, in order.
    pub fn lignes(&self, groupe: &str) -> Vec<usize> {
        let prefixe = format!("{groupe}.");
        let mut lignes: Vec<usize> = self
            .0
            .keys()
            .filter_map(|nom| nom.strip_prefix(&prefixe)?.split_once('.')?.0.parse().ok())
            .collect();
        lignes.sort_unstable();
        lignes.dedup();
        lignes
    }

    /// Is the box « identique » of that field ticked?
    pub fn est_recopie(&self, champ: &str) -> bool {
        self.textes("_recopie").iter().any(|c| c == champ)
    }

    /// Was this field on the page that was posted? The page lists its own fields.
    pub fn etait_affiche(&self, champ: &str) -> bool {
        match self.0.get(vue_affiches()) {
            Some(listes) => listes.iter().any(|l| l.split(',').any(|c| c == champ)),
            None => true,
        }
    }
}

/// Name of the hidden input that lists the fields of the page.
pub(super) const fn vue_affiches() -> &'static str {
    "_champs"
}

/// The names of the fields that take several answers.
fn a_plusieurs(prefixe: &str, reponses: &Reponses, listes: &mut BTreeSet<String>) {
    for (champ, reponse) in &reponses.0 {
        let nom = format!("{prefixe}{champ}");
        match reponse {
            Reponse::Valeurs(_) | Reponse::Valeur(ValeurFait::Ensemble(_)) => {
                listes.insert(nom);
            }
            Reponse::Groupe(lignes) => {
                for (i, ligne) in lignes.iter().enumerate() {
                    a_plusieurs(&format!("{nom}.{}.", i + 1), ligne, listes);
                }
            }
            Reponse::Valeur(_) => {}
        }
    }
}
