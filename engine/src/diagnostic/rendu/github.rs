//! Workflow commands of GitHub Actions: one annotation a line.

use super::{Lieu, Options, lieu};
use crate::definition::source::SourceSet;
use crate::diagnostic::{Diagnostic, Gravite};

pub(super) fn rend(diagnostics: &[Diagnostic], sources: &SourceSet, options: Options<'_>) -> String {
    let mut sortie = String::new();
    for d in diagnostics {
        let Lieu { chemin, debut, fin } = lieu(sources, d.principal, options.racine);
        let niveau = match d.gravite {
            Gravite::Erreur => "error",
            Gravite::Attention => "warning",
            Gravite::Info => "notice",
        };
        let mut message = d.message.clone();
        for (titre, texte) in [("exemple", &d.temoin), ("aide", &d.aide)] {
            if let Some(texte) = texte {
                message.push_str(&format!("\n{titre} : {texte}"));
            }
        }
        // columns are only taken on one line
        let colonnes = if debut.ligne == fin.ligne && fin.colonne > debut.colonne {
            format!(",col={},endColumn={}", debut.colonne, fin.colonne)
        } else {
            format!(",col={}", debut.colonne)
        };
        sortie.push_str(&format!(
            "::{niveau} file={},line={}{colonnes},title={}::{}\n",
            propriete(&chemin),
            debut.ligne,
            propriete(d.code.nom()),
            donnee(&message),
        ));
    }
    sortie
}

fn donnee(texte: &str) -> String {
    texte.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn propriete(texte: &str) -> String {
    donnee(texte).replace(':', "%3A").replace(',', "%2C")
}
