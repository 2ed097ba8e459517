//! The town of the tests in memory, its mutations, and the judgement of one seeded mistake.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use engine::definition::resolve::charge;
use engine::definition::source::SourceSet;
use engine::diagnostic::{Diagnostic, Gravite, rendu};

/// A seeded mistake.
pub struct Faute {
    /// What must be said.
    pub code: &'static str,
    /// The file that is changed, or created when `ancien` is empty.
    pub fichier: &'static str,
    /// What is replaced, written once in the file.
    pub ancien: &'static str,
    /// By what; `‹` marks the expected place and is not written.
    pub nouveau: &'static str,
    /// The expected place, when it is elsewhere: `fichier|texte`, the start of that text.
    pub ailleurs: &'static str,
}

/// The town: path below its folder → text.
pub struct Ville(BTreeMap<String, String>);

impl Ville {
    pub fn lit() -> Self {
        let racine = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/defauts/ville");
        let mut fichiers = BTreeMap::new();
        let mut dossiers = vec![racine.clone()];
        while let Some(dossier) = dossiers.pop() {
            for entree in std::fs::read_dir(dossier).unwrap() {
                let chemin: PathBuf = entree.unwrap().path();
                if chemin.is_dir() {
                    dossiers.push(chemin);
                } else {
                    let nom = chemin.strip_prefix(&racine).unwrap().to_string_lossy().replace('\\', "/");
                    fichiers.insert(nom, std::fs::read_to_string(&chemin).unwrap());
                }
            }
        }
        Self(fichiers)
    }

    pub fn sources(&self) -> SourceSet {
        let mut sources = SourceSet::new();
        for (chemin, texte) in &self.0 {
            sources.ajoute(place(chemin), texte.clone());
        }
        sources
    }

    /// Replaces; gives the byte where `‹` was, if it was.
    pub fn change(&mut self, fichier: &str, ancien: &str, nouveau: &str) -> Option<u32> {
        let propre = nouveau.replace('‹', "");
        let marque = nouveau.find('‹');
        if ancien.is_empty() {
            self.0.insert(fichier.to_owned(), propre);
            return marque.map(|m| u32::try_from(m).unwrap());
        }
        let texte = self.0.get_mut(fichier).unwrap_or_else(|| panic!("{fichier} n'existe pas"));
        assert_eq!(texte.matches(ancien).count(), 1, "{fichier} : « {ancien} »");
        let debut = texte.find(ancien).unwrap();
        *texte = texte.replacen(ancien, &propre, 1);
        marque.map(|m| u32::try_from(debut + m).unwrap())
    }
}

/// A file of the town, or of its model beside it.
fn place(chemin: &str) -> String {
    if chemin.starts_with("modeles/") { chemin.to_owned() } else { format!("ville/{chemin}") }
}

/// `Ok(exact column?)`, or what was said instead.
pub fn juge(faute: &Faute) -> Result<bool, String> {
    let mut ville = Ville::lit();
    let marque = ville.change(faute.fichier, faute.ancien, faute.nouveau);
    let sources = ville.sources();
    let (fichier, octet) = match (marque, faute.ailleurs.split_once('|')) {
        (Some(octet), None) => (faute.fichier, octet),
        (None, Some((fichier, texte))) => {
            let ici = ville.0.get(fichier).and_then(|t| t.find(texte)).unwrap_or_else(|| panic!("{texte}"));
            (fichier, u32::try_from(ici).unwrap())
        }
        _ => panic!("{} : une place, et une seule", faute.nouveau),
    };
    let id = sources.trouve(&place(fichier)).unwrap();
    let voulu = sources.position(id, octet);
    let trouves = charge(&sources, "ville").diagnostics;
    let tout = || rendu::rend(rendu::Format::Texte, &trouves, &sources, rendu::Options::default());
    let erreurs: Vec<&Diagnostic> = trouves.iter().filter(|d| d.gravite == Gravite::Erreur).collect();
    if erreurs.iter().any(|d| d.code.nom() != faute.code) {
        return Err(tout());
    }
    let ici = |d: &&Diagnostic| {
        let p = sources.position(d.principal.fichier, d.principal.debut);
        d.code.nom() == faute.code && d.principal.fichier == id && p.ligne == voulu.ligne
    };
    let dits: Vec<&Diagnostic> = trouves.iter().filter(ici).collect();
    if dits.is_empty() {
        return Err(format!("attendu {}:{}:{}\n{}", fichier, voulu.ligne, voulu.colonne, tout()));
    }
    let colonne = |d: &&Diagnostic| sources.position(d.principal.fichier, d.principal.debut) == voulu;
    let exact = dits.iter().any(colonne);
    if !exact {
        let p = sources.position(dits[0].principal.fichier, dits[0].principal.debut);
        println!("{} {} : colonne {} au lieu de {}", faute.code, fichier, p.colonne, voulu.colonne);
    }
    Ok(exact)
}
