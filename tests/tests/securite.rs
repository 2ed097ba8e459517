//! S08, S18, S19 and S22 on every route of the router: a route that is added is tried here without being declared.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "../../rules/tests/longs/mod.rs"]
mod longs;

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::{Value, json};
use tests::arbre::sources;
use tests::hasard::Hasard;
use tests::parcours::{json as poste, lit_json};
use tests::routes::{Route, routes};
use tests::scene::Scene;
use tests::serveur::{Navigateur, Page};

/// To enter and to leave, to ask for an account or a link, and the demonstration's clock: the cross-origin layer alone protects them.
const SANS_JETON: [&str; 6] = [
    "/_horloge",
    "/{slug}/connexion",
    "/{slug}/deconnexion",
    "/{slug}/guichet/fin",
    "/{slug}/compte/creation",
    "/{slug}/compte/oubli",
];
const FORMULAIRE: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const D_AILLEURS: [(&str, &str); 2] =
    [("sec-fetch-site", "cross-site"), ("origin", "https://mechant.example")];

/// What every answer carries.
fn protegee(page: &Page) {
    let ici = format!("{} ({})", page.chemin, page.code);
    let csp = page.entete("content-security-policy").unwrap_or_else(|| panic!("{ici}: no CSP"));
    assert!(csp.contains("default-src 'none'") && csp.contains("frame-ancestors 'none'"), "{ici}: {csp}");
    // a family's document is stricter still: it is not a page
    let document = csp.contains("sandbox");
    assert!(
        document || csp.contains("form-action 'self'") && csp.contains("base-uri 'none'"),
        "{ici}: {csp}"
    );
    assert!(!csp.contains("unsafe") && !csp.contains('*') && !csp.contains("http:"), "{ici}: {csp}");
    assert_eq!(page.entete("x-content-type-options"), Some("nosniff"), "{ici}");
    assert_eq!(page.entete("referrer-policy"), Some("same-origin"), "{ici}");
    assert!(page.entete("permissions-policy").is_some_and(|p| p.contains("camera=()")), "{ici}");
    assert_eq!(page.entete("cross-origin-opener-policy"), Some("same-origin"), "{ici}");
    let garde = page.entete("cache-control").unwrap_or_else(|| panic!("{ici}: no Cache-Control"));
    let adresse = page.chemin.split('?').next().unwrap();
    // files of the product, and the list of France's communes: nothing of anybody
    let publique = adresse.starts_with("/statique/")
        || adresse.ends_with("/theme.css")
        || adresse.ends_with("/communes");
    assert!(garde == "no-store" || publique, "{ici}: {garde}");
    for bavard in ["server", "x-powered-by", "access-control-allow-origin"] {
        assert_eq!(page.entete(bavard), None, "{ici}");
    }
    for cookie in page.entetes.iter().filter(|(n, _)| n == "set-cookie").map(|(_, v)| v) {
        let dit = |mot: &str| cookie.split("; ").any(|p| p == mot);
        assert!(dit("HttpOnly") && (dit("SameSite=Lax") || dit("SameSite=Strict")), "{ici}: {cookie}");
    }
    assert!(!page.texte.contains("panicked at") && !page.texte.contains("RUST_BACKTRACE"), "{ici}");
}

fn tous(scene: &Scene) -> [(&'static str, Navigateur); 3] {
    [
        ("parent", scene.parent.clone()),
        ("agent", scene.agent.clone()),
        ("inconnu", scene.serveur.navigateur()),
    ]
}

/// The token of a form made for that reader.
fn jeton(scene: &Scene, qui: &str) -> String {
    let page = match qui {
        "agent" => scene.agent.lit(&format!("/ham/agent/dossiers/{}", scene.dossier)),
        _ => scene.parent.lit("/ham/reservations"),
    };
    page.unwrap().jeton().unwrap().to_owned()
}

/// A body that would do something, if it were believed.
fn corps(scene: &Scene, jeton: Option<&str>) -> String {
    let jeton = jeton.map_or(String::new(), |j| format!("_jeton={j}&"));
    format!(
        "{jeton}action=annuler&motif=Essai&enfant={}&prestation=repas&jour=2025-09-05&geste=reserver&identifiant=martin&date=2030-01-01&heure=10%3A00&retour=%2F&dossiers={}&etat=acceptee&personne={}&nom=Martin",
        scene.enfants[0], scene.dossier, scene.enfants[0]
    )
}

/// S08: refused without the token of the form, with a wrong one, with another session's, from another site, as text.
fn formulaire_refuse(scene: &Scene, route: &Route, vues: &mut Vec<Page>) {
    let adresse = scene.adresse(route);
    let sans_jeton = SANS_JETON.contains(&&*route.chemin);
    for (qui, n) in tous(scene) {
        let (le_sien, un_autre) =
            (jeton(scene, qui), jeton(scene, if qui == "agent" { "parent" } else { "agent" }));
        let mut essais = vec![(
            "from another site",
            [&[FORMULAIRE][..], &D_AILLEURS[..]].concat(),
            corps(scene, Some(&le_sien)),
        )];
        if !sans_jeton {
            essais.push(("no token", vec![FORMULAIRE], corps(scene, None)));
            essais.push(("a wrong token", vec![FORMULAIRE], corps(scene, Some("0.0"))));
            essais.push(("another session's token", vec![FORMULAIRE], corps(scene, Some(&un_autre))));
            essais.push(("as text", vec![("content-type", "text/plain")], corps(scene, Some(&le_sien))));
        }
        for (essai, entetes, corps) in essais {
            let page = n.brut(&route.methode, &adresse, &entetes, corps.as_bytes()).unwrap();
            // who has no family's space is shown the way in, or the page of the procedure, which says it
            let vers = |l: &str| l.ends_with("fait=entrer") || l == adresse;
            let a_l_entree = page.code == 303 && page.entete("location").is_some_and(vers);
            let refusee = (400..500).contains(&page.code) || qui != "parent" && a_l_entree;
            assert!(
                refusee,
                "{} {adresse} by {qui}, {essai}: {} {}",
                route.methode,
                page.code,
                page.visible()
            );
            vues.push(page);
        }
    }
}

/// The same for machines: no key, not JSON, from another site, no session.
fn api_refusee(scene: &Scene, route: &Route, vues: &mut Vec<Page>) {
    let adresse = scene.adresse(route);
    let corps =
        json!({ "enfant": scene.enfants[0], "prestation": "repas", "jour": "2025-09-05" }).to_string();
    let json = ("content-type", "application/json");
    for (qui, n) in tous(scene) {
        let cle = ("idempotency-key", "s08");
        let mut essais = vec![("from another site", [&[json, cle][..], &D_AILLEURS[..]].concat())];
        if route.methode != "DELETE" {
            essais.push(("no key", vec![json]));
            essais.push(("as text", vec![("content-type", "text/plain"), cle]));
        }
        if qui == "inconnu" {
            essais.push(("no session", vec![json, cle]));
        }
        for (essai, entetes) in essais {
            let page = n.brut(&route.methode, &adresse, &entetes, corps.as_bytes()).unwrap();
            assert!(
                (400..500).contains(&page.code),
                "{} {adresse} by {qui}, {essai}: {} {}",
                route.methode,
                page.code,
                page.texte
            );
            vues.push(page);
        }
    }
}

/// Every page that can be reached by reading: the routes, then the links of their pages.
fn parcourt(scene: &Scene, n: &Navigateur, routes: &[Route], vues: &mut Vec<Page>) -> usize {
    let lien = Regex::new(r##"(?:href|src)="(/[^"#]*)""##).unwrap();
    let mut a_lire: Vec<String> = routes.iter().filter(|r| !r.change()).map(|r| scene.adresse(r)).collect();
    let mut lues = BTreeSet::new();
    while let Some(adresse) = a_lire.pop() {
        let adresse = adresse.replace("&amp;", "&");
        if lues.len() > 400 || !lues.insert(adresse.clone()) {
            continue;
        }
        let page = n.brut("GET", &adresse, &[], b"").unwrap();
        assert!(page.code < 500, "{adresse}: {}", page.texte);
        // the other towns are the same program
        let d_ici = |a: &str| a.starts_with("/ham") || !a[1..].contains('/');
        a_lire.extend(lien.captures_iter(&page.texte).map(|c| c[1].to_owned()).filter(|a| d_ici(a)));
        vues.push(page);
    }
    lues.len()
}

#[test]
fn s08_s18_aucune_route_ne_s_ecrit_d_ailleurs_ni_ne_change_en_lisant() {
    let scene = Scene::montee();
    let routes = routes();
    let mut vues = Vec::new();

    let avant = scene.empreinte();
    let lues = parcourt(&scene, &scene.parent, &routes, &mut vues)
        + parcourt(&scene, &scene.serveur.navigateur(), &routes, &mut vues);
    assert_eq!(scene.empreinte(), avant, "S08: reading {lues} addresses wrote something");

    // what an agent reads is written in the journal; what they see does not change for it
    let vu = || {
        (lit_json(&scene.agent, "/dossiers"), lit_json(&scene.agent, &format!("/dossiers/{}", scene.dossier)))
    };
    let dossiers = vu();
    parcourt(&scene, &scene.agent, &routes, &mut vues);
    assert_eq!(vu(), dossiers);

    let avant = (scene.empreinte(), dossiers);
    let mutantes: Vec<&Route> = routes.iter().filter(|r| r.change()).collect();
    assert!(mutantes.len() >= 12, "{mutantes:?}");
    let debut = vues.len();
    for route in &mutantes {
        if route.api() {
            api_refusee(&scene, route, &mut vues)
        } else {
            formulaire_refuse(&scene, route, &mut vues)
        }
    }
    let refusees = vues.len() - debut;
    // their forms were read by an agent, which the journal says; the bytes may differ, not what anybody sees
    assert_eq!(vu(), avant.1, "S08: a refused request wrote something");
    let reservations = lit_json(&scene.parent, "/reservations?depuis=2025-09-01");
    assert_eq!(reservations["reservations"].as_array().unwrap().len(), 1, "{reservations}");

    // S18: methods that do not exist, addresses that do not exist, and the cookie itself
    for route in &routes {
        vues.push(scene.parent.brut("PATCH", &scene.adresse(route), &D_AILLEURS[..1], b"").unwrap());
    }
    vues.push(scene.parent.brut("GET", "/n/existe/pas", &[], b"").unwrap());
    vues.push(scene.parent.brut("GET", "/ham/api/v1/n-existe-pas", &[], b"").unwrap());
    let entree = scene
        .serveur
        .navigateur()
        .brut("POST", "/ham/connexion", &[FORMULAIRE], b"identifiant=durand")
        .unwrap();
    let cookie = entree.entete("set-cookie").unwrap();
    assert!(cookie.starts_with("guichet-ham=") && cookie.contains("Path=/ham;"), "{cookie}");
    vues.push(entree);
    vues.iter().for_each(protegee);
    longs::rapporte(
        "S08 mutating routes, without or with a stolen token",
        refusees,
        &format!("{} routes, all refused; {lues} addresses read, not one byte written", mutantes.len()),
    );
    longs::rapporte("S18 headers of answers", vues.len(), &format!("{} routes, all protected", routes.len()));
}

/// Names that a form must not be able to set.
fn champs_du_modele() -> Vec<String> {
    let mut champs: BTreeSet<String> = [
        "id",
        "numero",
        "etape",
        "etat",
        "phase",
        "depose_le",
        "recu_le",
        "cree_le",
        "version",
        "digest",
        "foyer",
        "foyer_id",
        "demandeur",
        "commune",
        "commune_id",
        "slug",
        "role",
        "roles",
        "auteur",
        "agent",
        "portee",
        "prix",
        "montant",
        "unitaire",
        "ligne",
        "delai",
        "facture",
        "valide_par",
        "source",
        "public",
        "admin",
        "affecte_a",
        "rejet_implicite_le",
        "cle",
        "annee_scolaire",
        "_facts",
        "__proto__",
        "horloge",
    ]
    .map(str::to_owned)
    .into();
    let fait = Regex::new(r"(?m)^\s*- (?:\{ )?fait: ([a-z_]+)").unwrap();
    for (_, f) in sources("ham").iter().filter(|(_, f)| f.chemin.ends_with("donnees.yaml")) {
        champs.extend(fait.captures_iter(&f.texte).map(|c| c[1].to_owned()));
    }
    champs.into_iter().collect()
}

#[test]
fn s19_un_champ_de_trop_ne_change_rien() {
    let scene = Scene::montee();
    let champs = champs_du_modele();
    assert!(champs.len() > 40 && champs.iter().any(|c| c == "quotient"), "{champs:?}");
    let (n, enfant) = (&scene.parent, &scene.enfants[0]);
    let avec = |base: &Value, champ: &str| {
        let mut objet = base.as_object().unwrap().clone();
        objet.insert(champ.to_owned(), json!("1"));
        Value::Object(objet)
    };
    let repas = json!({ "enfant": enfant, "prestation": "repas", "jour": "2025-09-05" });
    let reponses =
        json!({ "lien": "contact", "nom": "Petit", "prenom": "Alix", "telephone": "06 12 34 56 78" });
    let mut refusees = 0;
    for champ in &champs {
        let cle = format!("s19-{champ}");
        let essais = [
            ("/reservations".to_owned(), avec(&repas, champ)),
            ("/dossiers".to_owned(), avec(&json!({ "demarche": "entourage", "reponses": reponses }), champ)),
            (
                "/dossiers".to_owned(),
                json!({ "demarche": "entourage", "reponses": avec(&reponses, &format!("x_{champ}")) }),
            ),
            (format!("/dossiers/{}/actions/annuler", scene.dossier), avec(&json!({}), champ)),
        ];
        for (chemin, corps) in essais {
            let (code, p) = poste(n, &chemin, &cle, &corps);
            assert!((400..500).contains(&code), "{chemin} with {champ}: {code} {p}");
            refusees += 1;
        }
    }
    let lues = lit_json(n, "/reservations?depuis=2025-09-01");
    assert_eq!(lues["reservations"].as_array().unwrap().len(), 1, "{lues}");

    // the same in forms, all at once: what the form does not have is not read
    let temoin = lues["reservations"][0].clone();
    let page = n.lit("/ham/reservations").unwrap();
    let propres = [
        ("_jeton", page.jeton().unwrap()),
        ("enfant", enfant.as_str()),
        ("prestation", "repas"),
        ("jour", "2025-09-05"),
        ("geste", "reserver"),
    ];
    let de_trop: Vec<(&str, &str)> = champs.iter().map(|c| (c.as_str(), "0.01")).collect();
    let faite = n.poste("/ham/reservations", &[&propres[..], &de_trop[..]].concat()).unwrap();
    let lues = lit_json(n, "/reservations?depuis=2025-09-01");
    let neuve = lues["reservations"].as_array().unwrap().iter().find(|r| r["jour"] == "2025-09-05");
    let neuve = neuve.unwrap_or_else(|| panic!("not booked: {}", faite.visible()));
    assert_eq!(neuve["prix"]["montant"], "3.50", "{neuve}");
    for cle in ["enfant", "prestation", "mode", "delai", "etat", "annonce"] {
        assert_eq!(neuve[cle], temoin[cle], "{cle}");
    }

    let (code, brouillon) =
        poste(n, "/dossiers", "s19", &json!({ "demarche": "entourage", "reponses": reponses }));
    assert_eq!(code, 201, "{brouillon}");
    let adresse = format!("/ham/dossiers/{}", brouillon["id"].as_str().unwrap());
    let ecran = n.lit(&format!("{adresse}/ecrans/1")).unwrap();
    let base = [("_jeton", ecran.jeton().unwrap()), ("_champs", ecran.cache("_champs").unwrap_or_default())];
    let ecrites =
        [("lien", "contact"), ("nom", "Grand"), ("prenom", "Alix"), ("telephone", "06 12 34 56 78")];
    let autres: Vec<(&str, &str)> = de_trop
        .iter()
        .copied()
        .filter(|(c, _)| !["nom", "prenom", "telephone", "naissance", "commune_naissance"].contains(c))
        .collect();
    let page = n.poste(&ecran.chemin, &[&base[..], &ecrites[..], &autres[..]].concat()).unwrap();
    assert_eq!(page.code, 200, "{}", page.visible());
    let apres = lit_json(n, &format!("/dossiers/{}", brouillon["id"].as_str().unwrap()));
    let mut attendu = brouillon.clone();
    attendu["reponses"]["nom"] = json!("Grand");
    assert_eq!(apres, attendu, "only the form's own fields");
    longs::rapporte("S19 fields that are not the form's", refusees + 2 * champs.len(), "0 taken");
}

#[test]
fn s22_une_adresse_forgee_ne_se_croit_pas() {
    let scene = Scene::montee();
    let n = scene.serveur.navigateur();
    let temoin = n.brut("GET", "/ham/", &[], b"").unwrap();
    assert_eq!(n.brut("GET", "/metrics", &[], b"").unwrap().code, 200, "from the machine itself");
    let combien = if longs::longs() { 1_000 } else { 60 };
    let mut hasard = Hasard(22);
    for i in 0..combien {
        let (a, b) = (hasard.sous(256), hasard.sous(256));
        let ip = if i % 2 == 0 { format!("127.0.{a}.{b}") } else { format!("203.0.{a}.{b}") };
        let (suite, hote) =
            (format!("for={ip};host=mechant{i}.example;proto=https"), format!("mechant{i}.example"));
        // what a proxy adds: nobody declared one, so the request is not the machine's own
        for relais in
            [("x-forwarded-for", &ip), ("forwarded", &suite), ("x-forwarded-host", &hote), ("via", &hote)]
        {
            for chemin in ["/ham/", "/metrics", "/_courrier"] {
                let page = n.brut("GET", chemin, &[(relais.0, relais.1.as_str())], b"").unwrap();
                assert_eq!(page.code, 421, "{chemin} with {relais:?}: {}", page.visible());
                inchangee(&page);
            }
        }
        // what no proxy of ours adds is not read at all
        let ignores = [
            ("x-real-ip", ip.as_str()),
            ("x-client-ip", &ip),
            ("x-original-url", "/ham/agent/"),
            ("x-http-method-override", "DELETE"),
        ];
        let page = n.brut("GET", "/ham/", &ignores, b"").unwrap();
        assert_eq!((page.code, sans_heure(&page)), (200, sans_heure(&temoin)));
        let fermee = n.brut("GET", "/ham/agent/", &ignores, b"").unwrap();
        assert_eq!((fermee.code, fermee.entete("location")), (303, Some("/ham/?fait=entrer")));
        inchangee(&fermee);
    }
    longs::rapporte(
        "S22 forged addresses",
        combien * 14,
        "0 believed, 0 repeated (limits by address come with accounts)",
    );
}

/// The page without the demonstration's banner, whose clock goes on.
fn sans_heure(page: &Page) -> String {
    Regex::new(r#"(?s)<aside class="demo".*?</aside>"#).unwrap().replace_all(&page.texte, "").into_owned()
}

/// Nothing of what was forged comes back.
fn inchangee(page: &Page) {
    let partout = format!("{:?} {}", page.entetes, page.texte);
    assert!(!partout.contains("mechant") && !partout.contains("203.0."), "{partout}");
}
