//! S12: a hundred hostile texts in every text field of a démarche and in an agent's reason: literal in every page and mail.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "../../rules/tests/longs/mod.rs"]
mod longs;

use std::time::Duration;

use serde_json::json;
use tests::parcours::{entre, json as poste, nom_de, regle};
use tests::serveur::{Navigateur, Page, Serveur};

const CHARGES: [&str; 25] = [
    "{{7*7}}",
    "{{ foyer }}",
    "{% for x in 1..9 %}{{x}}{% endfor %}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "' onmouseover='alert(1)",
    "</textarea><b>gras</b>",
    "<a href=\"javascript:alert(1)\">clic</a>",
    "&lt;b&gt;double&lt;/b&gt;",
    "'; DROP TABLE dossier; --",
    "\" OR \"1\"=\"1",
    "1' UNION SELECT * FROM fait --",
    "=cmd|' /C calc'!A0",
    "+SUM(1;1)",
    "@import 'x'",
    "%0d%0aSet-Cookie: a=b",
    "../../etc/passwd",
    "$(id) `id` | id",
    "%s%n%x",
    "\u{202e}inverse",
    "Émile-Zoé O’Brien 👪",
];

/// Four places for each: alone, in a sentence, quoted, as a long text.
fn charges() -> Vec<String> {
    let dans = |c: &str, n: usize| match n {
        0 => c.to_owned(),
        1 => format!("Jean {c} fin"),
        2 => format!("«{c}»"),
        _ => format!("{c}{c}"),
    };
    (0..4).flat_map(|n| CHARGES.map(|c| dans(c, n))).collect()
}

/// The page's text as a reader sees it, fields included.
fn lu(page: &Page) -> String {
    let mut texte = page.texte.clone();
    for (entite, signe) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&#x2f;", "/"),
        ("&#x2F;", "/"),
        ("&#x60;", "`"),
        ("&#x3D;", "="),
        ("&amp;", "&"),
    ] {
        texte = texte.replace(entite, signe);
    }
    texte
}

fn litteral(page: &Page, charge: &str, attendu: bool) {
    let ici = format!("{} of {charge:?}", page.chemin);
    assert!(page.code == 200 || page.code == 422, "{ici}: {}", page.code);
    if charge.contains(['<', '>', '"', '\'']) {
        assert!(!page.texte.contains(charge), "{ici}: not escaped");
    }
    assert!(!attendu || lu(page).contains(charge), "{ici}: not literal\n{}", page.visible());
    for nom in ["a", "b"] {
        assert!(page.entetes.iter().all(|(n, v)| n != nom && !v.contains("alert")), "{ici}: a header");
    }
    assert!(page.entete("set-cookie").is_none(), "{ici}");
}

fn dossier(n: &Navigateur, rang: usize, charge: &str) -> Option<String> {
    // a person's name takes no such text: a street does
    let adresse = json!({ "voie": charge, "code_postal": "80400", "commune": "Ham" });
    let nom = nom_de(rang);
    let reponses = json!({ "lien": "contact", "nom": nom, "prenom": "Alix", "telephone": "06 12 34 56 78", "adresse": adresse });
    let (code, p) = poste(
        n,
        "/dossiers",
        &format!("s12-{rang}"),
        &json!({ "demarche": "entourage", "reponses": reponses }),
    );
    match code {
        201 => Some(p["id"].as_str().unwrap().to_owned()),
        422 => {
            assert!(p["champs"].as_array().is_some_and(|c| !c.is_empty()), "refused with its field: {p}");
            None
        }
        _ => panic!("{code} {p}"),
    }
}

#[test]
fn s12_cent_textes_hostiles_restent_des_textes() {
    let donnees = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&donnees.path().join("data")).unwrap();
    regle(&serveur.navigateur(), "2025-09-01", "10:00");
    let (parent, agent) = (entre(&serveur, "durand"), entre(&serveur, "agent"));
    let charges = charges();
    assert_eq!(charges.len(), 100);
    let (mut prises, mut pages, mut lettres) = (0, 0, 0);
    for (rang, charge) in charges.iter().enumerate() {
        // the screen given back with its errors keeps what was typed, as text
        let neuve = parent.lit("/ham/demarches/entourage").unwrap();
        if rang < 25 {
            let debut = parent.poste(&neuve.chemin, &[("_jeton", neuve.jeton().unwrap())]).unwrap();
            let ecran = parent.lit(&debut.chemin.replace("/informations", "/ecrans/1")).unwrap();
            let base =
                [("_jeton", ecran.jeton().unwrap()), ("_champs", ecran.cache("_champs").unwrap_or_default())];
            let rendue = parent
                .poste(
                    &ecran.chemin,
                    &[
                        &base[..],
                        &[
                            ("nom", charge.as_str()),
                            ("lien", charge.as_str()),
                            ("telephone", charge.as_str()),
                        ],
                    ]
                    .concat(),
                )
                .unwrap();
            assert_eq!(rendue.code, 422, "{}", rendue.visible());
            litteral(&rendue, charge, true);
            pages += 1;
        }
        let Some(id) = dossier(&parent, rang, charge) else { continue };
        prises += 1;
        let adresse = format!("/ham/dossiers/{id}");
        litteral(&parent.lit(&adresse).unwrap(), charge, true);
        litteral(&parent.lit(&format!("{adresse}/ecrans/1")).unwrap(), charge, true);
        let (code, p) =
            poste(&parent, &format!("/dossiers/{id}/actions/deposer"), &format!("s12-d-{rang}"), &json!({}));
        assert_eq!(code, 200, "{p}");
        litteral(&agent.lit(&format!("/ham/agent/dossiers/{id}")).unwrap(), charge, true);
        litteral(&agent.lit("/ham/agent/").unwrap(), charge, false);
        // the agent's reason reaches the family, on its page and by mail
        let motif = json!({ "motif": format!("Motif {rang}: {charge}") });
        let (code, p) =
            poste(&agent, &format!("/dossiers/{id}/actions/refuser"), &format!("s12-r-{rang}"), &motif);
        assert_eq!(code, 200, "{p}");
        litteral(&parent.lit(&adresse).unwrap(), charge, true);
        pages += 5;
        // the mails page shows the last ones: read as they come
        let marque = format!("Motif {rang}: ");
        let courrier = (0..100).find_map(|_| {
            let page = agent.lit("/_courrier").unwrap();
            let la = lu(&page).contains(&marque);
            if !la {
                std::thread::sleep(Duration::from_millis(100));
            }
            la.then_some(page)
        });
        let courrier = courrier.unwrap_or_else(|| panic!("no mail for {charge:?} within 10 s"));
        litteral(&courrier, &format!("{marque}{charge}"), true);
        lettres += 1;
    }
    println!("{prises} taken, {pages} pages, {lettres} mails");
    assert!(prises >= 80, "{prises} of 100 were taken");
    longs::rapporte(
        "S12 hostile texts in text fields and reasons",
        charges.len(),
        &format!("{prises} taken, literal on {pages} pages and in {lettres} mails"),
    );
}
