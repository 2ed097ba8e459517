//! The reference of keys, from the declarations that read the files: tables for the guide, pages for `guichet explain`.

use super::genres::{GENRES, Genre};
use super::lecture::{CleDeclaree, Declaration, Forme, Presence};

/// `communes/REFERENCE.md`.
pub fn tables() -> String {
    let mut page = String::from(
        "# Référence des clés\n\n\
         Écrite par `guichet schema --ecrit` à partir de ce que lit le programme : ne la modifiez pas à la main.\n\
         Chaque clé s'explique aussi dans le terminal : `guichet explain delais`.\n",
    );
    let mut vues: Vec<&str> = Vec::new();
    for genre in GENRES.iter().filter(|g| !g.fichiers.starts_with("modeles/")) {
        page.push_str(&format!("\n## `{}` — {}\n", genre.fichiers, genre.titre));
        for racine in genre.declarations() {
            tableau(racine, &mut vues, &mut page);
        }
    }
    page
}

fn tableau(declaration: &'static Declaration, vues: &mut Vec<&'static str>, page: &mut String) {
    if vues.contains(&declaration.nom) {
        return;
    }
    vues.push(declaration.nom);
    let doc = en_ligne(declaration.doc);
    let premiere = match declaration.forme {
        Forme::Bloc => "clé",
        Forme::Variantes => "au choix",
    };
    page.push_str(&format!(
        "\n### {}\n\n{doc}\n\n| {premiere} | valeur | | sens |\n|---|---|---|---|\n",
        titre(declaration)
    ));
    for cle in declaration.cles {
        let genre = match (cle.declaration)() {
            Some(d) => lie(&(cle.genre)(), &format!("[{}](#{})", titre(d), ancre(d))),
            None => (cle.genre)(),
        };
        let ligne = [format!("`{}`", cle.nom), valeur(cle, &genre), presence(cle).to_owned(), cle.aide()];
        page.push_str(&format!("| {} |\n", ligne.map(|c| c.replace('|', "\\|")).join(" | ")));
    }
    for cle in declaration.cles {
        if let Some(d) = (cle.declaration)() {
            tableau(d, vues, page);
        }
    }
}

/// `RawFichierBaremes` → « Fichier baremes ».
fn titre(declaration: &Declaration) -> String {
    let mut mots = String::new();
    for (i, lettre) in declaration.nom.trim_start_matches("Raw").chars().enumerate() {
        if lettre.is_uppercase() && i > 0 {
            mots.push(' ');
            mots.extend(lettre.to_lowercase());
        } else {
            mots.push(lettre);
        }
    }
    mots
}

fn ancre(declaration: &Declaration) -> String {
    titre(declaration).to_lowercase().replace(' ', "-")
}

/// « clés libres → bloc de clés » with its block named.
fn lie(genre: &str, lien: &str) -> String {
    const BLOC: &str = "bloc de clés";
    if genre.contains(BLOC) { genre.replace(BLOC, lien) } else { lien.to_owned() }
}

fn valeur(cle: &CleDeclaree, genre: &str) -> String {
    match cle.presence {
        Presence::Liste | Presence::ListeRequise => format!("liste de {genre}"),
        Presence::Mot => String::new(),
        _ => genre.to_owned(),
    }
}

fn presence(cle: &CleDeclaree) -> &'static str {
    match cle.presence {
        Presence::Requise | Presence::ListeRequise => "requise",
        _ => "",
    }
}

fn en_ligne(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A key somewhere in the files.
struct Place {
    /// `baremes/*.yaml`, then the keys down to it.
    chemin: Vec<&'static str>,
    cle: &'static CleDeclaree,
    dans: &'static Declaration,
}

/// The page of a key (`delais`, or `reservation.delais` to be precise); `None` when no file has it.
pub fn page(demandee: &str) -> Option<String> {
    let mots: Vec<&str> = demandee.split('.').collect();
    let mut page = String::new();
    for place in places() {
        if !place.chemin.ends_with(&mots) {
            continue;
        }
        if !page.is_empty() {
            page.push('\n');
        }
        ecrit(&place, &mut page);
    }
    (!page.is_empty()).then_some(page)
}

/// The name of every key, sorted.
pub fn cles() -> Vec<&'static str> {
    let mut noms: Vec<&str> = places().iter().map(|p| p.cle.nom).collect();
    noms.sort_unstable();
    noms.dedup();
    noms
}

fn ecrit(place: &Place, page: &mut String) {
    let (fichier, cles) = place.chemin.split_first().map_or(("", &[][..]), |(f, c)| (*f, c));
    page.push_str(&format!("{}  ({fichier})\n  {}\n", cles.join(" › "), place.cle.aide()));
    let genre = valeur(place.cle, &(place.cle.genre)());
    let requise = if presence(place.cle).is_empty() { "" } else { " — requise" };
    if !genre.is_empty() {
        page.push_str(&format!("  valeur : {genre}{requise}\n"));
    }
    if let Some(d) = (place.cle.declaration)() {
        let titre = match d.forme {
            Forme::Bloc => "clés",
            Forme::Variantes => "au choix",
        };
        page.push_str(&format!("  {titre} :\n"));
        let largeur = d.cles.iter().map(|c| c.nom.chars().count()).max().unwrap_or(0);
        for cle in d.cles {
            let marque = if presence(cle).is_empty() { ' ' } else { '*' };
            page.push_str(&format!("   {marque} {:largeur$}  {}\n", cle.nom, cle.aide()));
        }
    }
}

/// Every key, by the shortest way to it; a block that several keys hold is walked once.
fn places() -> Vec<Place> {
    let mut toutes = Vec::new();
    let mut vues: Vec<&str> = Vec::new();
    // breadth first: the shortest way comes first
    let mut file: std::collections::VecDeque<(Vec<&'static str>, &'static Declaration)> = GENRES
        .iter()
        .flat_map(|g: &Genre| g.declarations().into_iter().map(|d| (vec![g.fichiers], d)))
        .collect();
    while let Some((chemin, declaration)) = file.pop_front() {
        if vues.contains(&declaration.nom) {
            continue;
        }
        vues.push(declaration.nom);
        // rows are everywhere: one way to them would mislead
        let chemin =
            if declaration.nom == "RawRangee" { vec!["tous les tableaux", "lignes"] } else { chemin };
        for cle in declaration.cles {
            let mut ici = chemin.clone();
            ici.push(cle.nom);
            if let Some(d) = (cle.declaration)() {
                file.push_back((ici.clone(), d));
            }
            toutes.push(Place { chemin: ici, cle, dans: declaration });
        }
    }
    toutes.sort_by(|a, b| (a.chemin.len(), a.dans.nom).cmp(&(b.chemin.len(), b.dans.nom)));
    toutes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_cle_s_explique_avec_ce_qu_elle_contient() {
        let page = page("delais").unwrap();
        assert!(page.starts_with("reservation › delais  (services/*.yaml)\n"), "{page}");
        assert!(page.contains("  clés :\n") && page.contains("    limite"), "{page}");
        assert!(super::page("reservation.delais").is_some());
        assert!(super::page("absence.delais").is_none() && super::page("delaiss").is_none());
        assert!(cles().contains(&"hors_portail"));
    }

    #[test]
    fn les_tables_ont_chaque_cle_une_fois_par_bloc() {
        let tables = tables();
        assert_eq!(tables.matches("\n### Bareme\n").count(), 1);
        assert!(tables.contains("| `depuis` | date | requise | Premier jour d'effet. |"));
        // no Rust name in what configurateurs read
        assert!(!tables.contains("Raw") && !tables.contains("Option<"));
    }
}
