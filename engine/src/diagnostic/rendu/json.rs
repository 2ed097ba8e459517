//! One JSON object: the diagnostics with their places resolved, and their count.

use serde_json::{Value, json};

use super::{Lieu, Options, lieu, nom};
use crate::definition::source::{SourceSet, Span};
use crate::diagnostic::{Diagnostic, Gravite};

pub(super) fn rend(diagnostics: &[Diagnostic], sources: &SourceSet, options: Options<'_>) -> String {
    let place = |span: Span| {
        let Lieu { chemin, debut, fin } = lieu(sources, span, options.racine);
        json!({
            "fichier": chemin, "ligne": debut.ligne, "colonne": debut.colonne,
            "ligne_fin": fin.ligne, "colonne_fin": fin.colonne,
        })
    };
    let un = |d: &Diagnostic| {
        let secondaires =
            d.secondaires.iter().map(|(s, texte)| json!({ "message": texte, "lieu": place(*s) }));
        json!({
            "code": d.code.nom(),
            "gravite": nom(d.gravite),
            "message": d.message,
            "lieu": place(d.principal),
            "texte": sources.texte(d.principal).chars().take(200).collect::<String>(),
            "secondaires": secondaires.collect::<Vec<Value>>(),
            "aide": d.aide,
            "correction": d.correction.as_ref().map(|c| json!({ "lieu": place(c.span), "texte": c.texte })),
            "temoin": d.temoin,
        })
    };
    let compte = |gravite| diagnostics.iter().filter(|d| d.gravite == gravite).count();
    let rapport = json!({
        "diagnostics": diagnostics.iter().map(un).collect::<Vec<Value>>(),
        "resume": {
            "erreurs": compte(Gravite::Erreur),
            "attentions": compte(Gravite::Attention),
            "informations": compte(Gravite::Info),
        },
    });
    format!("{rapport:#}\n")
}
