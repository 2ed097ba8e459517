//! SARIF 2.1.0 (OASIS), one run, columns in characters.

use serde_json::{Value, json};

use super::{Lieu, Options, lieu};
use crate::definition::source::{SourceSet, Span};
use crate::diagnostic::{Code, Diagnostic, Gravite};

pub(super) fn rend(diagnostics: &[Diagnostic], sources: &SourceSet, options: Options<'_>) -> String {
    let mut codes: Vec<Code> = diagnostics.iter().map(|d| d.code).collect();
    codes.sort();
    codes.dedup();
    let place = |span: Span| {
        let Lieu { chemin, debut, fin } = lieu(sources, span, options.racine);
        json!({
            "artifactLocation": { "uri": uri(&chemin) },
            "region": region(debut.ligne, debut.colonne, fin.ligne, fin.colonne),
        })
    };
    let resultat = |d: &Diagnostic| {
        let mut message = d.message.clone();
        for (titre, texte) in [("Exemple", &d.temoin), ("Aide", &d.aide)] {
            if let Some(texte) = texte {
                message.push_str(&format!(". {titre} : {texte}"));
            }
        }
        let lies = d.secondaires.iter().enumerate().map(|(i, (span, texte))| {
            json!({ "id": i, "physicalLocation": place(*span), "message": { "text": texte } })
        });
        let mut resultat = json!({
            "ruleId": d.code.nom(),
            "ruleIndex": codes.binary_search(&d.code).unwrap_or(0),
            "level": niveau(d.gravite),
            "message": { "text": message },
            "locations": [{ "physicalLocation": place(d.principal) }],
            "relatedLocations": lies.collect::<Vec<Value>>(),
        });
        if let (Some(correction), Some(objet)) = (&d.correction, resultat.as_object_mut()) {
            let Lieu { chemin, debut, fin } = lieu(sources, correction.span, options.racine);
            let remplacement = json!({
                "deletedRegion": region(debut.ligne, debut.colonne, fin.ligne, fin.colonne),
                "insertedContent": { "text": correction.texte },
            });
            let changement =
                json!({ "artifactLocation": { "uri": uri(&chemin) }, "replacements": [remplacement] });
            objet.insert("fixes".to_owned(), json!([{ "artifactChanges": [changement] }]));
        }
        resultat
    };
    let regles = codes.iter().map(|c| {
        json!({
            "id": c.nom(),
            "shortDescription": { "text": c.titre() },
            "defaultConfiguration": { "level": niveau(c.gravite()) },
        })
    });
    let journal = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "guichet", "rules": regles.collect::<Vec<Value>>() } },
            "columnKind": "unicodeCodePoints",
            "results": diagnostics.iter().map(resultat).collect::<Vec<Value>>(),
        }],
    });
    format!("{journal:#}\n")
}

fn niveau(gravite: Gravite) -> &'static str {
    match gravite {
        Gravite::Erreur => "error",
        Gravite::Attention => "warning",
        Gravite::Info => "note",
    }
}

fn region(ligne: u32, colonne: u32, ligne_fin: u32, colonne_fin: u32) -> Value {
    json!({ "startLine": ligne, "startColumn": colonne, "endLine": ligne_fin, "endColumn": colonne_fin })
}

/// A relative path as a URI: everything but unreserved characters and `/` is percent-encoded.
fn uri(chemin: &str) -> String {
    let mut uri = String::new();
    for octet in chemin.bytes() {
        match octet {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(octet))
            }
            _ => uri.push_str(&format!("%{octet:02X}")),
        }
    }
    uri
}
