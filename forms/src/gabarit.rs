//! The templates, and the one way to render a page from them.

use std::error::Error as _;

use serde::Serialize;
use tera::{Context, Kwargs, State, Tera, Value};

/// A page's typed context: the only thing its template sees.
pub trait Vue: Serialize {
    /// The template's name below `forms/templates`.
    const GABARIT: &'static str;

    /// Contexts that reach every branch of the template. A test renders them all, so that a template that names
    /// a variable which does not exist fails there and not in front of a family.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

/// Why a template cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("gabarit : {0}")]
pub struct ErreurGabarit(String);

impl From<tera::Error> for ErreurGabarit {
    fn from(erreur: tera::Error) -> Self {
        let mut texte = erreur.to_string();
        let mut source = erreur.source();
        while let Some(cause) = source {
            texte.push_str(&format!("\n{cause}"));
            source = cause.source();
        }
        Self(texte)
    }
}

/// All templates, parsed and checked once.
#[derive(Debug)]
pub struct Gabarits(Tera);

impl Gabarits {
    /// From (name, text) pairs; an unknown filter, test, component or include is refused here.
    ///
    /// Templates write `{% if x is vrai %}`, `is present`, `is rempli` and never a bare `{% if x %}`: tera takes an
    /// unknown name in a bare condition as false in silence, our tests refuse it.
    pub fn nouveau(sources: impl IntoIterator<Item = (String, String)>) -> Result<Self, ErreurGabarit> {
        let mut tera = Tera::new();
        tera.register_test("vrai", |v: &Value, _: Kwargs, _: &State| {
            v.as_bool().ok_or_else(|| tera::Error::message("« is vrai » attend un booléen"))
        });
        tera.register_test("present", |v: &Value, _: Kwargs, _: &State| {
            if v.is_undefined() {
                return Err(tera::Error::message("« is present » : variable inconnue"));
            }
            Ok(!v.is_none())
        });
        tera.register_test("rempli", |v: &Value, _: Kwargs, _: &State| {
            v.as_array()
                .map(|a| !a.is_empty())
                .ok_or_else(|| tera::Error::message("« is rempli » attend une liste"))
        });
        tera.add_raw_templates(sources)?;
        Ok(Self(tera))
    }

    /// The page, as HTML.
    pub fn rend<V: Vue>(&self, vue: &V) -> Result<String, ErreurGabarit> {
        Ok(self.0.render(V::GABARIT, &Context::from_serialize(vue)?)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vues;

    fn gabarits() -> Gabarits {
        let racine = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        let mut sources = Vec::new();
        let mut dossiers = vec![racine.clone()];
        while let Some(dossier) = dossiers.pop() {
            for entree in std::fs::read_dir(dossier).unwrap() {
                let chemin = entree.unwrap().path();
                if chemin.is_dir() {
                    dossiers.push(chemin);
                } else {
                    let nom = chemin.strip_prefix(&racine).unwrap().to_str().unwrap().to_owned();
                    sources.push((nom, std::fs::read_to_string(chemin).unwrap()));
                }
            }
        }
        Gabarits::nouveau(sources).unwrap()
    }

    fn rend_tout<V: Vue>(gabarits: &Gabarits, vues: &mut Vec<&'static str>) {
        let samples = V::samples();
        assert!(!samples.is_empty(), "{} n'a pas d'exemple", V::GABARIT);
        for vue in samples {
            let html = gabarits.rend(&vue).unwrap_or_else(|e| panic!("{} : {e}", V::GABARIT));
            assert!(html.contains("</html>"), "{}", V::GABARIT);
            for trop in ["&lt;div", "&lt;span", "&amp;lt;"] {
                assert!(!html.contains(trop), "{} : échappé deux fois", V::GABARIT);
            }
            assert!(!html.contains("<b>"), "{} : un texte d'utilisateur n'est pas échappé", V::GABARIT);
        }
        vues.push(V::GABARIT);
    }

    #[test]
    fn toutes_les_pages_se_rendent_avec_leurs_exemples() {
        let g = gabarits();
        let mut vues = Vec::new();
        vues::chaque_vue!(rend_tout, &g, &mut vues);
        let mut pages: Vec<&str> =
            g.0.get_template_names()
                .filter(|n| !matches!(*n, "base.html" | "champs.html" | "jalons.html" | "suivi.html"))
                .collect();
        pages.sort_unstable();
        vues.sort_unstable();
        assert_eq!(pages, vues, "chaque page a sa vue dans `chaque_vue!`");
    }

    #[test]
    fn une_variable_inconnue_est_une_erreur() {
        for source in [
            "{{ inconnue }}",
            "{% if titre is vrai %}{% endif %}",
            "{% if inconnue is present %}{% endif %}",
            "{% if inconnue is rempli %}{% endif %}",
            "{% if cadre.inconnue is vrai %}{% endif %}",
        ] {
            let g = Gabarits::nouveau([("erreur.html".to_owned(), source.to_owned())]).unwrap();
            assert!(g.rend(&vues::Erreur::samples()[0]).is_err(), "{source}");
        }
        assert!(Gabarits::nouveau([("a".to_owned(), "{{ x | filtre_inconnu }}".to_owned())]).is_err());
    }
}
