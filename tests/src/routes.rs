//! Every route of the server, read in the table of the router itself: one that is added is tried without being declared
//! anywhere else.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::missing_panics_doc,
    reason = "a test fails by panicking, and reads the sources"
)]

use std::collections::BTreeSet;

use regex::Regex;

use crate::arbre;

/// A route: its method and its address, with its `{holes}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// `GET`, `POST`…
    pub methode: String,
    /// `/{slug}/dossiers/{dossier}`
    pub chemin: String,
    /// Who may call it, as the table says it: `Public`, `Famille`, `Agent`…
    pub acces: String,
}

impl Route {
    /// May it change something?
    pub fn change(&self) -> bool {
        self.methode != "GET"
    }

    /// Is it for machines?
    pub fn api(&self) -> bool {
        self.chemin.contains("/api/")
    }

    /// The address with each hole filled in.
    pub fn remplie(&self, trous: &[(&str, &str)]) -> String {
        let trou = Regex::new(r"\{\*?([a-z_]+)\}").unwrap();
        let mot = |nom: &str| trous.iter().find(|(n, _)| *n == nom).map_or("inconnu", |(_, v)| *v).to_owned();
        trou.replace_all(&self.chemin, |c: &regex::Captures<'_>| mot(&c[1])).into_owned()
    }
}

/// Every `.get("…", Acces::…, …)` of the table, sorted; a file may have another name for `Acces`.
pub fn routes() -> Vec<Route> {
    let entree =
        Regex::new(r#"\.(get|post|put|patch|delete)\(\s*"(/[^"]*)",\s*[A-Z][A-Za-z]*::([A-Za-z]+)"#).unwrap();
    let mut trouvees = BTreeSet::new();
    for chemin in arbre::fichiers("api/src", &["rs"]) {
        let texte = arbre::lit(&chemin).unwrap();
        for c in entree.captures_iter(&texte) {
            trouvees.insert(Route {
                methode: c[1].to_uppercase(),
                chemin: c[2].to_owned(),
                acces: c[3].to_owned(),
            });
        }
    }
    trouvees.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn la_table_est_lue_en_entier() {
        let routes = routes();
        assert!(routes.len() >= 40, "{}", routes.len());
        for (methode, chemin, acces) in [
            ("GET", "/", "Public"),
            ("POST", "/{slug}/reservations", "Famille"),
            ("DELETE", "/{slug}/api/v1/reservations/{reservation}", "Famille"),
            ("GET", "/metrics", "Exploitant"),
            ("GET", "/{slug}/dossiers/{dossier}", "Demandeur"),
        ] {
            let voulue = Route { methode: methode.into(), chemin: chemin.into(), acces: acces.into() };
            assert!(routes.contains(&voulue), "{voulue:?}");
        }
        // none is written in a way that is not read here
        let toutes = Regex::new(r#"\.(get|post|put|patch|delete)\(\s*"/"#).unwrap();
        let ecrites: usize = arbre::fichiers("api/src", &["rs"])
            .iter()
            .filter(|c| !arbre::est_un_test(c))
            .map(|c| toutes.find_iter(&arbre::lit(c).unwrap()).count())
            .sum();
        assert_eq!(routes.len(), ecrites);
        // no other way in: the table alone makes the router
        let routeur = Regex::new(r"\.(route|nest|nest_service|route_service|fallback_service)\(").unwrap();
        let autres: usize = arbre::fichiers("api/src", &["rs"])
            .iter()
            .filter(|c| !arbre::est_un_test(c))
            .map(|c| routeur.find_iter(&arbre::lit(c).unwrap()).count())
            .sum();
        assert_eq!(
            autres, 2,
            "one `.route(` makes all of them; one service leads to the router of the version in force"
        );
    }
}
