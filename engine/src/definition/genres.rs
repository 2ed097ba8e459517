//! The kinds of files of a town: where each lies, its JSON Schema for editors, the declarations behind it.

use serde_json::{Map, Value, json};

use super::heritage::IDENTITES;
use super::lecture::{Declaration, Lire, racine};
use super::raw::bareme::{RawBareme, RawFichierBaremes};
use super::raw::cas::RawCas;
use super::raw::commune::RawCommune;
use super::raw::demarche::RawDemarche;
use super::raw::donnees::RawDonnees;
use super::raw::exigence::RawExigences;
use super::raw::piece::RawPieces;
use super::raw::regie::RawRegie;
use super::raw::service::RawService;

/// A kind of file.
#[derive(Debug)]
pub struct Genre {
    /// `bareme`: the name of its schema, in `communes/schema/`.
    pub nom: &'static str,
    /// Where such files lie below a town's folder: `baremes/*.yaml`.
    pub fichiers: &'static str,
    /// In one line.
    pub titre: &'static str,
    schema: fn(&str) -> Value,
    declaration: fn() -> Option<&'static Declaration>,
    /// How a model's file of the same path may complete it.
    heritage: Heritage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heritage {
    /// It is whole in the town's folder.
    Jamais,
    /// Its items may continue a model's: only their identity is required.
    ParElement,
    /// The whole file may continue a model's, when it says `etend`.
    SiEtend,
    /// It is a model's: what the town must say is left out.
    Modele,
}

/// The kinds, in the order of the guide.
pub const GENRES: [Genre; 10] = [
    genre::<RawCommune>("commune", "commune.yaml", "Identité et réglages de la commune", Heritage::Jamais),
    genre::<RawDonnees>(
        "donnees",
        "donnees.yaml",
        "Ce que la commune sait des familles",
        Heritage::ParElement,
    ),
    Genre {
        schema: baremes,
        ..genre::<RawBareme>("bareme", "baremes/*.yaml", "Les prix, par date d'effet", Heritage::Jamais)
    },
    genre::<RawService>("service", "services/*.yaml", "Ce qui se réserve et se facture", Heritage::Jamais),
    genre::<RawPieces>("pieces", "pieces.yaml", "Les pièces justificatives", Heritage::ParElement),
    genre::<RawDemarche>("demarche", "demarches/*.yaml", "Formulaires et étapes", Heritage::SiEtend),
    genre::<RawDemarche>(
        "modele_demarche",
        "modeles/*/demarches/*.yaml",
        "Ce que les démarches de plusieurs communes ont en commun",
        Heritage::Modele,
    ),
    genre::<RawRegie>("regie", "regie.yaml", "Factures, impayés, prélèvement", Heritage::Jamais),
    genre::<RawExigences>(
        "exigences",
        "exigences.yaml",
        "Ce que le guide de la commune demande",
        Heritage::Jamais,
    ),
    genre::<RawCas>("cas", "cas/*.yaml", "Les cas d'essai de la commune", Heritage::Jamais),
];

const fn genre<T: Lire>(
    nom: &'static str,
    fichiers: &'static str,
    titre: &'static str,
    heritage: Heritage,
) -> Genre {
    Genre { nom, fichiers, titre, schema: racine::<T>, declaration: T::declaration, heritage }
}

impl Genre {
    /// The kind of a file, by its path below the communes folder: `villeneuve/baremes/repas.yaml`.
    pub fn de(chemin: &str) -> Option<&'static Self> {
        let du_modele = chemin.strip_prefix("modeles/");
        let (_, dessous) = du_modele.unwrap_or(chemin).split_once('/')?;
        let est = |motif: &str| match motif.strip_suffix("*.yaml") {
            Some(dossier) => {
                dessous.strip_prefix(dossier).is_some_and(|c| c.ends_with(".yaml") && !c.contains('/'))
            }
            None => dessous == motif,
        };
        let propre = |g: &&Self| g.fichiers.strip_prefix("modeles/*/").is_some_and(est);
        let de_la_ville = || GENRES.iter().find(|g| est(g.fichiers));
        du_modele.and_then(|_| GENRES.iter().find(propre)).or_else(de_la_ville)
    }

    /// The first line of a file, for editors, by its path below the communes folder.
    pub fn modeline(chemin: &str) -> Option<String> {
        let genre = Self::de(chemin)?;
        let remonte = "../".repeat(chemin.matches('/').count());
        Some(format!("# yaml-language-server: $schema={remonte}schema/{}.json", genre.nom))
    }

    /// The declarations of its keys: the file's own first.
    pub fn declarations(&self) -> Vec<&'static Declaration> {
        let mut racines = Vec::new();
        if self.nom == "bareme" {
            racines.extend(RawFichierBaremes::declaration());
        }
        racines.extend((self.declaration)());
        racines
    }

    /// Its JSON Schema, draft-07.
    pub fn schema(&self) -> Value {
        let titre = format!("{} — {}", self.fichiers, self.titre);
        let mut schema = (self.schema)(&titre);
        match self.heritage {
            Heritage::Jamais => {}
            Heritage::ParElement | Heritage::Modele => assouplit(&mut schema),
            Heritage::SiEtend => schema = si_etend(schema),
        }
        schema
    }
}

/// One tariff, or several under `baremes:`: chosen by the key written, so that an editor's message is about one of them.
fn baremes(titre: &str) -> Value {
    let mut un = racine::<RawBareme>(titre);
    let mut plusieurs = racine::<RawFichierBaremes>(titre);
    let (seul, fichier) = (corps(&mut un), corps(&mut plusieurs));
    let mut definitions = definitions(&mut plusieurs);
    definitions.append(&mut self::definitions(&mut un));
    alternative(titre, json!({ "required": ["bareme"] }), seul, fichier, definitions)
}

/// A démarche that continues a model's (`etend`) holds only what it changes.
fn si_etend(mut entiere: Value) -> Value {
    let mut prolonge = entiere.clone();
    assouplit(&mut prolonge);
    renomme(&mut prolonge);
    let titre = entiere.get("title").and_then(Value::as_str).unwrap_or_default().to_owned();
    let (suite, entier) = (corps(&mut prolonge), corps(&mut entiere));
    let mut definitions = definitions(&mut entiere);
    definitions
        .extend(self::definitions(&mut prolonge).into_iter().map(|(nom, d)| (format!("{nom}{SUITE}"), d)));
    alternative(&titre, json!({ "required": ["etend"] }), suite, entier, definitions)
}

/// Suffix of the definitions that continue a model's.
const SUITE: &str = "Suite";

fn alternative(titre: &str, si: Value, alors: Value, sinon: Value, definitions: Map<String, Value>) -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": titre,
        "if": si,
        "then": alors,
        "else": sinon,
        "definitions": definitions,
    })
}

fn corps(schema: &mut Value) -> Value {
    schema.pointer_mut("/allOf/0").map(Value::take).unwrap_or_default()
}

fn definitions(schema: &mut Value) -> Map<String, Value> {
    match schema.get_mut("definitions").map(Value::take) {
        Some(Value::Object(definitions)) => definitions,
        _ => Map::new(),
    }
}

/// What is inherited is not written again: items keep only their identity as required, and may say `retire` or where
/// they go among the inherited ones. The checker, which sees both layers, says what is really missing.
fn assouplit(schema: &mut Value) {
    let Some(definitions) = schema.get_mut("definitions").and_then(Value::as_object_mut) else { return };
    for definition in definitions.values_mut() {
        let Some(objet) = definition.as_object_mut() else { continue };
        let Some(proprietes) = objet.get_mut("properties").and_then(Value::as_object_mut) else { continue };
        let premiere = proprietes.keys().next().cloned().unwrap_or_default();
        proprietes.insert(
            "retire".to_owned(),
            json!({ "type": "array", "items": { "type": "string" }, "description": "Ce qui est hérité du modèle et ne vaut pas ici, ex. `[etape.rendez_vous]`." }),
        );
        let identite = IDENTITES.contains(&premiere.as_str());
        if identite {
            for (cle, ou) in [("apres_element", "après"), ("avant_element", "avant")] {
                let description = format!("Se place {ou} cet élément hérité.");
                proprietes.insert(cle.to_owned(), json!({ "type": "string", "description": description }));
            }
        }
        let requises: Vec<&str> = if identite { vec![premiere.as_str()] } else { Vec::new() };
        objet.insert("required".to_owned(), json!(requises));
    }
}

/// Every reference goes to the definition of the same name with [`SUITE`].
fn renomme(valeur: &mut Value) {
    match valeur {
        Value::Object(objet) => {
            for (cle, v) in objet.iter_mut() {
                match v {
                    Value::String(cible) if cle == "$ref" => cible.push_str(SUITE),
                    autre => renomme(autre),
                }
            }
        }
        Value::Array(liste) => liste.iter_mut().for_each(renomme),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chaque_genre_a_ses_fichiers() {
        for (chemin, nom) in [
            ("ham/baremes/repas.yaml", "bareme"),
            ("ham/commune.yaml", "commune"),
            ("ham/demarches/inscription.yaml", "demarche"),
            ("modeles/espace/demarches/inscription.yaml", "modele_demarche"),
            ("modeles/espace/donnees.yaml", "donnees"),
        ] {
            assert_eq!(Genre::de(chemin).unwrap().nom, nom, "{chemin}");
        }
        for chemin in ["ham/baremes/x/repas.yaml", "ham/autre.yaml", "commune.yaml"] {
            assert!(Genre::de(chemin).is_none(), "{chemin}");
        }
        let modeline = Genre::modeline("ham/cas/a.yaml").unwrap();
        assert_eq!(modeline, "# yaml-language-server: $schema=../../schema/cas.json");
        for genre in &GENRES {
            assert!(!genre.declarations().is_empty(), "{}", genre.nom);
        }
    }

    /// A reference that leads nowhere makes an editor accept anything.
    #[test]
    fn toutes_les_references_menent_quelque_part() {
        fn references(v: &Value, vues: &mut Vec<String>) {
            match v {
                Value::Object(o) => {
                    vues.extend(o.get("$ref").and_then(Value::as_str).map(str::to_owned));
                    o.values().for_each(|v| references(v, vues));
                }
                Value::Array(l) => l.iter().for_each(|v| references(v, vues)),
                _ => {}
            }
        }
        for genre in &GENRES {
            let schema = genre.schema();
            let mut vues = Vec::new();
            references(&schema, &mut vues);
            assert!(!vues.is_empty(), "{}", genre.nom);
            for vue in vues {
                assert!(schema.pointer(vue.trim_start_matches('#')).is_some(), "{} : {vue}", genre.nom);
            }
        }
    }
}
