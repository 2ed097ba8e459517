//! The pages of the SYN codes: their title is the registry's, their wrong example has the code and the right one is clean.

use std::path::Path;

use engine::definition::{arbre, source::SourceSet};
use engine::diagnostic::{codes, trie};

/// The codes that the tree finds in a text.
fn codes_de(texte: &str) -> Vec<&'static str> {
    let mut sources = SourceSet::new();
    let fichier = sources.ajoute("x.yaml", texte);
    let mut diagnostics = Vec::new();
    arbre::lit(&sources, fichier, &mut diagnostics);
    trie(&mut diagnostics, &sources);
    diagnostics.iter().map(|d| d.code.nom()).collect()
}

/// The fenced block of this kind.
fn bloc<'a>(page: &'a str, genre: &str) -> Option<&'a str> {
    Some(page.split_once(&format!("```yaml {genre}\n"))?.1.split_once("```")?.0)
}

#[test]
fn chaque_page_syn_montre_sa_faute_et_sa_correction() {
    let mut pages = 0;
    for code in codes::REGISTRE.iter().filter(|c| c.nom().starts_with("SYN")) {
        let chemin = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("errors/{code}.md"));
        let Ok(page) = std::fs::read_to_string(&chemin) else { panic!("{code} : pas de page") };
        assert!(page.starts_with(&format!("# {code} — {}\n\n## Pourquoi\n", code.titre())), "{code} : titre");
        assert!(page.contains("\n## Exemple\n") && page.contains("\n## Corriger\n"), "{code} : parties");
        assert_eq!(codes_de(bloc(&page, "bon").unwrap()), Vec::<&str>::new(), "{code} : l'exemple juste");
        // unknown keys, wrong types and keys that wait need the grammar of the file, which the tree does not know
        if !["SYN02", "SYN04", "SYN07", "SYN09"].contains(&code.nom()) {
            assert!(
                codes_de(bloc(&page, "mauvais").unwrap()).contains(&code.nom()),
                "{code} : l'exemple faux"
            );
        }
        pages += 1;
    }
    assert!(pages >= 7);
}
