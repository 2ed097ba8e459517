//! A town at work: a dossier under instruction, an accepted one, a booked day; and everybody who may look at them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads files"
)]

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::parcours::{brouillon, enfants, entre, inscrit, json, regle};
use crate::routes::Route;
use crate::serveur::{Navigateur, Serveur};

/// Ham on 1 September 2025, with what happened there.
#[derive(Debug)]
pub struct Scene {
    /// Its server.
    pub serveur: Serveur,
    /// Where it keeps its data.
    pub data: PathBuf,
    _donnees: tempfile::TempDir,
    /// Of the family Durand.
    pub parent: Navigateur,
    /// Of the family Martin.
    pub voisin: Navigateur,
    /// Of the town hall.
    pub agent: Navigateur,
    /// The two children of the Durands; the first is registered.
    pub enfants: Vec<String>,
    /// A filed dossier of the second child.
    pub dossier: String,
    /// A booked meal of the first.
    pub reservation: String,
}

impl Scene {
    /// Makes it.
    pub fn montee() -> Self {
        let donnees = tempfile::tempdir().unwrap();
        let data = donnees.path().join("data");
        let serveur = Serveur::lance(&data).unwrap();
        regle(&serveur.navigateur(), "2025-09-01", "10:00");
        let [parent, voisin, agent] = ["durand", "martin", "agent"].map(|nom| entre(&serveur, nom));
        let enfants = enfants(&parent);
        let [premier, second] = &*enfants else { panic!("two children: {enfants:?}") };
        inscrit(&parent, &agent, premier, &["restauration"]);
        let dossier = brouillon(&parent, second, &["restauration"], "scene");
        let (code, p) =
            json(&parent, &format!("/dossiers/{dossier}/actions/deposer"), "scene-depot", &json!({}));
        assert_eq!(code, 200, "{p}");
        let repas = json!({ "enfant": premier, "prestation": "repas", "jour": "2025-09-04" });
        let (code, p) = json(&parent, "/reservations", "scene-repas", &repas);
        assert_eq!(code, 201, "{p}");
        let reservation = p.get("id").and_then(Value::as_str).unwrap().to_owned();
        Self { serveur, data, _donnees: donnees, parent, voisin, agent, enfants, dossier, reservation }
    }

    /// The route's address, its holes filled in with what is there.
    pub fn adresse(&self, route: &Route) -> String {
        let id = if route.chemin.contains("/reservations/") {
            &self.reservation
        } else if route.chemin.contains("/dossiers/") {
            &self.dossier
        } else {
            "inscription"
        };
        route.remplie(&[
            ("slug", "ham"),
            ("dossier", &self.dossier),
            ("id", id),
            ("demarche", "inscription"),
            ("etape", "deposee"),
            ("piece", "dossier_sante"),
            ("action", "valider"),
            ("fichier", "guichet.css"),
            ("n", "1"),
        ])
    }

    /// What the data folder holds, once nothing is being written any more.
    pub fn empreinte(&self) -> u64 {
        let mut avant = contenu(&self.data);
        let mut calme = 0;
        for _ in 0..150 {
            std::thread::sleep(Duration::from_millis(200));
            let apres = contenu(&self.data);
            calme = if apres == avant { calme + 1 } else { 0 };
            avant = apres;
            if calme == 5 {
                return avant;
            }
        }
        panic!("the data folder never stops changing");
    }
}

/// The files of a folder; the index of a journal (`-shm`) holds readers, not data.
fn contenu(dossier: &Path) -> u64 {
    let mut somme = DefaultHasher::new();
    let mut fichiers = Vec::new();
    let mut a_lire = vec![dossier.to_path_buf()];
    while let Some(ici) = a_lire.pop() {
        for chemin in std::fs::read_dir(&ici).into_iter().flatten().filter_map(|e| Some(e.ok()?.path())) {
            if chemin.is_dir() { a_lire.push(chemin) } else { fichiers.push(chemin) }
        }
    }
    fichiers.sort();
    for chemin in fichiers.iter().filter(|c| !c.to_string_lossy().ends_with("-shm")) {
        chemin.hash(&mut somme);
        std::fs::read(chemin).unwrap_or_default().hash(&mut somme);
    }
    somme.finish()
}
