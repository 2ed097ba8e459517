//! Every code has its page, every page its code, and a page is written as the others.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::Path;

use engine::diagnostic::{Code, codes};

#[test]
fn chaque_code_a_sa_page() {
    for code in codes::REGISTRE {
        let page = code.page();
        assert!(
            page.starts_with(&format!("# {code} — {}\n\n## Pourquoi\n\n", code.titre())),
            "{code} : titre"
        );
        for partie in ["\n## Exemple\n", "\n## Corriger\n", "```yaml mauvais\n", "```yaml bon\n"] {
            assert_eq!(page.matches(partie).count(), 1, "{code} : {partie:?}");
        }
        assert!(page.ends_with('\n') && !page.contains("\n\n\n"), "{code} : blancs");
    }
}

#[test]
fn chaque_page_a_son_code() {
    let dossier = Path::new(env!("CARGO_MANIFEST_DIR")).join("errors");
    let mut pages = 0;
    for entree in std::fs::read_dir(dossier).unwrap() {
        let nom = entree.unwrap().file_name().into_string().unwrap();
        let Some(code) = nom.strip_suffix(".md") else { panic!("{nom} n'est pas une page") };
        if code != "README" {
            assert!(Code::trouve(code).is_some(), "{nom} : aucun contrôle de ce code");
            pages += 1;
        }
    }
    assert_eq!(pages, codes::REGISTRE.len());
}
