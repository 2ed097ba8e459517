//! The invariants of the tree (README.md, "Invariants"), as code. Each test names the file and the line.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::path::Path;

use regex::Regex;
use tests::arbre::{code, est_un_test, fichiers, lit, nom, racine};

fn aucun(problemes: &[String]) {
    assert!(problemes.is_empty(), "\n{}\n", problemes.join("\n"));
}

/// Names of a manifest's `[dependencies]`.
fn dependances(paquet: &str) -> BTreeSet<String> {
    let texte = lit(&racine().join(paquet).join("Cargo.toml")).unwrap();
    let section = texte.split("\n[dependencies]\n").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    section.lines().filter_map(|l| Some(l.split_once(['.', ' ', '='])?.0.to_owned())).collect()
}

#[test]
fn les_dependances_vont_dans_un_seul_sens() {
    let internes = ["rules", "engine", "engine-store", "forms", "api", "tests"];
    for (paquet, permises) in [
        ("rules", vec![]),
        ("engine", vec!["rules"]),
        ("engine/store", vec!["engine", "rules"]),
        ("forms", vec!["engine", "rules"]),
        ("api", vec!["engine", "engine-store", "forms", "rules"]),
    ] {
        let vues: Vec<String> =
            dependances(paquet).into_iter().filter(|d| internes.contains(&d.as_str())).collect();
        assert!(vues.iter().all(|d| permises.contains(&d.as_str())), "{paquet} : {vues:?}");
    }
    for pur in ["rules", "engine", "forms"] {
        let interdites =
            ["tokio", "sqlx", "axum", "tower", "getrandom", "chrono", "reqwest", "ureq", "hyper"];
        let vues = dependances(pur);
        assert!(!vues.is_empty());
        for interdite in interdites {
            assert!(!vues.contains(interdite), "{pur} dépend de {interdite}");
        }
    }
    for paquet in ["rules", "engine", "forms", "api"] {
        assert!(!dependances(paquet).contains("sqlx"), "{paquet} : le SQL est dans engine/store");
    }
}

/// (file, line, code) of the production code below these folders.
fn production(dossiers: &[&str]) -> Vec<(String, usize, String)> {
    let mut lignes = Vec::new();
    for dossier in dossiers {
        for fichier in fichiers(dossier, &["rs"]).into_iter().filter(|f| !est_un_test(f)) {
            let texte = lit(&fichier).unwrap();
            lignes.extend(code(&texte).into_iter().map(|(n, l)| (nom(&fichier), n, l)));
        }
    }
    assert!(lignes.len() > 100, "{dossiers:?}");
    lignes
}

fn cherche(lignes: &[(String, usize, String)], motif: &str, quoi: &str) -> Vec<String> {
    let motif = Regex::new(motif).unwrap();
    lignes
        .iter()
        .filter(|(_, _, l)| motif.is_match(l))
        .map(|(f, n, l)| format!("{f}:{n}: {quoi} : {}", l.trim()))
        .collect()
}

#[test]
fn les_paquets_purs_ne_lisent_ni_fichier_ni_environnement_ni_horloge() {
    let lignes = production(&["rules/src", "engine/src", "forms/src"]);
    aucun(&cherche(
        &lignes,
        r"std::(fs|env|net|process|thread)\b|\b(Timestamp|Zoned|SystemTime|Instant)::now\b|\brand::",
        "le monde extérieur est un argument",
    ));
}

#[test]
fn le_sql_est_dans_engine_store() {
    let lignes = production(&["rules/src", "engine/src", "forms/src", "api/src"]);
    aucun(&cherche(
        &lignes,
        r"\b(SELECT\s.*\sFROM|INSERT\s+INTO|DELETE\s+FROM|CREATE\s+TABLE|UPDATE\s+\w+\s+SET)\b",
        "du SQL hors de engine/store",
    ));
}

#[test]
fn aucune_ligne_de_rust_ne_connait_une_commune() {
    let mut mots = BTreeSet::new();
    let slug = Regex::new(r"(?m)^commune: ([a-z0-9_-]+)").unwrap();
    let nomme = Regex::new(r"(?m)^nom: (\S.*?)\s*(?:#.*)?$").unwrap();
    let ecole = Regex::new(r"\bnom: (École [^,}]+)").unwrap();
    let prix = Regex::new(r"\b(?:prix|montant): ([0-9]+\.[0-9]{2})\b").unwrap();
    for fichier in fichiers("communes", &["yaml"]) {
        let texte = lit(&fichier).unwrap();
        if fichier.file_name().is_some_and(|n| n == "commune.yaml") {
            for motif in [&slug, &nomme, &ecole] {
                mots.extend(motif.captures_iter(&texte).filter_map(|c| Some(c.get(1)?.as_str().to_owned())));
            }
        }
        if nom(&fichier).contains("/baremes/") {
            mots.extend(prix.captures_iter(&texte).filter_map(|c| Some(c.get(1)?.as_str().to_owned())));
        }
    }
    // what a message gives as an example of how to write an amount
    mots.retain(|m| m != "3.50");
    let lignes = production(&["rules/src", "engine/src", "engine/store/src", "forms/src", "api/src"]);
    let problemes: Vec<String> = mots
        .iter()
        .flat_map(|m| {
            // a figure is looked for in texts only: elsewhere it may be any number
            let guillemet = if m.starts_with(|c: char| c.is_ascii_digit()) { "\"[^\"]*" } else { "" };
            let motif = format!(r"{guillemet}(^|[^\w.]){}($|[^\w.])", regex::escape(m));
            cherche(&lignes, &motif, &format!("« {m} »"))
        })
        .collect();
    aucun(&problemes);
}

#[test]
fn les_fichiers_sont_courts() {
    let mut longs = Vec::new();
    for dossier in ["rules", "engine", "forms", "api", "tests"] {
        for fichier in fichiers(dossier, &["rs", "mjs", "html", "css"]) {
            let lignes = lit(&fichier).unwrap().lines().count();
            // a transcript of cases is read from top to bottom: a little more room than code has
            let essais = nom(&fichier).contains("tests");
            if lignes > if essais { 700 } else { 600 } {
                longs.push(format!("{} : {lignes} lignes", nom(&fichier)));
            }
        }
    }
    aucun(&longs);
}

#[test]
fn aucun_fourre_tout() {
    let vague = Regex::new(r"/(utils?|helpers?|common|misc)(\.rs|/)").unwrap();
    let mut problemes = Vec::new();
    for dossier in ["rules", "engine", "forms", "api", "tests"] {
        for fichier in fichiers(dossier, &["rs"]) {
            let chemin = nom(&fichier);
            if vague.is_match(&chemin) {
                problemes.push(format!("{chemin} : un module dit ce qu'il fait"));
            }
        }
    }
    aucun(&problemes);
}

/// tera takes an unknown name in a bare condition as false in silence.
#[test]
fn aucune_condition_nue_dans_les_gabarits() {
    let condition = Regex::new(r"\{%-?\s*(?:el)?if\s+(.+?)\s*-?%\}").unwrap();
    let dite = Regex::new(r"\bis\s+(not\s+)?\w+|==|!=|<|>").unwrap();
    let mut problemes = Vec::new();
    for fichier in fichiers("forms/templates", &["html"]) {
        let texte = lit(&fichier).unwrap();
        for (i, ligne) in texte.lines().enumerate() {
            for expression in condition.captures_iter(ligne).filter_map(|c| c.get(1)) {
                let parties = expression.as_str().split(" and ").flat_map(|p| p.split(" or "));
                if parties.into_iter().any(|p| !dite.is_match(p)) {
                    problemes.push(format!("{}:{}: {}", nom(&fichier), i + 1, expression.as_str()));
                }
            }
            if ligne.contains("| safe")
                || ligne.contains("|safe")
                || ligne.contains(" style=")
                || ligne.contains("<script") && !ligne.starts_with("<script src=\"/statique/")
            {
                problemes.push(format!(
                    "{}:{}: ni « safe », ni style, ni script en ligne",
                    nom(&fichier),
                    i + 1
                ));
            }
        }
    }
    aucun(&problemes);
}

#[test]
fn chaque_code_d_erreur_a_sa_page() {
    let registre = lit(&racine().join("engine/src/diagnostic/codes.rs")).unwrap();
    let code = Regex::new(r"(?m)^\s+([A-Z]{3}[0-9]{2}) (?:Erreur|Avertissement|Info\w*|\w+) ").unwrap();
    let codes: BTreeSet<String> = code.captures_iter(&registre).map(|c| c[1].to_owned()).collect();
    assert!(codes.len() >= 7, "{codes:?}");
    let pages: BTreeSet<String> = fichiers("engine/errors", &["md"])
        .iter()
        .filter_map(|f| Some(f.file_stem()?.to_str()?.to_owned()))
        // what the folder itself is
        .filter(|nom| nom != "README")
        .collect();
    let manquantes: Vec<String> =
        codes.difference(&pages).map(|c| format!("engine/errors/{c}.md n'existe pas")).collect();
    let orphelines: Vec<String> =
        pages.difference(&codes).map(|c| format!("engine/errors/{c}.md : aucun code de ce nom")).collect();
    aucun(&[manquantes, orphelines].concat());
}

#[test]
fn le_readme_dit_vrai() {
    let readme = lit(&racine().join("README.md")).unwrap();
    let entre_accents = Regex::new(r"`([^`\n]+)`").unwrap();
    let mut problemes = Vec::new();
    for citation in entre_accents.captures_iter(&readme).map(|c| c[1].to_owned()) {
        let premier = citation.split_whitespace().next().unwrap_or_default();
        let chemin = premier.trim_start_matches("./").split(':').next().unwrap_or_default();
        let racines = ["rules/", "engine/", "forms/", "api/", "communes/", "tests/", ".ci/"];
        let invente = chemin.contains('<') || chemin.contains('*') || chemin.contains('…');
        if racines.iter().any(|r| chemin.starts_with(r)) && !invente && !racine().join(chemin).exists() {
            problemes.push(format!("README.md : `{chemin}` n'existe pas"));
        }
    }
    // each command written `guichet VERB` is a verb of the binary
    let verbes = lit(&racine().join("api/src/command/mod.rs")).unwrap();
    let commande = Regex::new(r"(?:guichet|cargo run --) ([a-z]+)").unwrap();
    for verbe in commande.captures_iter(&readme).map(|c| c[1].to_owned()) {
        if !verbes.contains(&format!("(\"{verbe}\", ")) {
            problemes.push(format!("README.md : `guichet {verbe}` n'est pas un verbe"));
        }
    }
    aucun(&problemes);
}

#[test]
fn la_licence_est_entiere() {
    let texte = lit(&racine().join("LICENSE")).unwrap();
    for passage in ["EUROPEAN UNION PUBLIC LICENCE v. 1.2", "15. Applicable Law", "Appendix"] {
        assert!(texte.contains(passage), "{passage}");
    }
    assert!(lit(Path::new(&racine().join("Cargo.toml"))).unwrap().contains("license = \"EUPL-1.2\""));
}
