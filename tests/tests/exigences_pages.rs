//! What the towns' guides ask and only pages can show (`attend: pages` in their `exigences.yaml`), each shown over real HTTP.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and writes a file"
)]

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use tests::commande::copie_commune;
use tests::magasin::exigences_en_attente;
use tests::parcours::{entre, entre_a, option, regle};
use tests::serveur::Serveur;

/// A town, an id, and what shows it.
type Essai = (&'static str, &'static str, fn(&Serveur));

/// H3: required fields have a star; what is missing is said in red, above and at its field.
fn h3(serveur: &Serveur) {
    let n = entre(serveur, "durand");
    let page = n.lit("/ham/demarches/inscription").unwrap();
    let enfant = option(&page, "enfant", "Léa");
    let debut = n.poste(&page.chemin, &[("_jeton", page.jeton().unwrap()), ("enfant", &enfant)]).unwrap();
    let dossier = debut.chemin.trim_end_matches("/informations").to_owned();
    let ecran = n.lit(&format!("{dossier}/ecrans/1")).unwrap();
    assert!(ecran.texte.contains("class=\"obligatoire\""), "{}", ecran.texte);
    let affiches = ecran.cache("_champs").unwrap().to_owned();
    let champs = [("_jeton", ecran.jeton().unwrap()), ("_champs", affiches.as_str()), ("classe", "cp")];
    let rendue = n.poste(&ecran.chemin, &champs).unwrap();
    assert_eq!(rendue.code, 422);
    for marque in ["class=\"avis erreur\"", "en-erreur", "class=\"faute\"", "aria-invalid=\"true\""] {
        assert!(rendue.texte.contains(marque), "{marque}: {}", rendue.texte);
    }
    let css = n.lit("/statique/guichet.css").unwrap().texte;
    let rouge = css.split("--erreur: #").nth(1).unwrap();
    let part = |n: usize| u8::from_str_radix(&rouge[n..n + 2], 16).unwrap();
    assert!(part(0) > 128 && part(2) < 64 && part(4) < 64, "#{}", &rouge[..6]);
    assert!(css.contains(".faute { display: block; color: var(--erreur)"), "the words too");
}

/// H4: what is typed of a commune is completed from a list.
fn h4(serveur: &Serveur) {
    let n = entre(serveur, "durand");
    let (code, lues) = n.json("/ham/communes?q=abbevil", &[], None).unwrap();
    assert_eq!(code, 200, "{lues}");
    assert!(lues.to_string().contains("Abbeville"), "{lues}");
}

/// H21: links to the town's site and to its page.
fn h21(serveur: &Serveur) {
    let page = serveur.navigateur().lit("/ham/").unwrap();
    for lien in ["href=\"https://ville-ham.fr\"", "href=\"https://www.facebook.com/"] {
        assert!(page.texte.contains(lien), "{lien}: {}", page.texte);
    }
}

/// H23: a setting changes after the opening, while the portal runs: families see it, and nothing stops.
fn h23(_: &Serveur) {
    let ailleurs = tempfile::tempdir().unwrap();
    let communes = ailleurs.path().join("communes");
    copie_commune("ham", &communes).unwrap();
    let serveur = Serveur::lance_sur(&communes, &ailleurs.path().join("data")).unwrap();
    let n = serveur.navigateur();
    let portail = communes.join("ham/commune.yaml");
    let texte = std::fs::read_to_string(&portail).unwrap();
    assert!(n.lit("/ham/").unwrap().visible().contains("Page Facebook de la Ville"));
    std::fs::write(&portail, texte.replace("Page Facebook de la Ville", "La page de la Ville")).unwrap();
    let vu = (0..600).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        let page = n.lit("/ham/").unwrap();
        assert_eq!(page.code, 200, "{}", page.visible());
        page.visible().contains("La page de la Ville")
    });
    assert!(vu, "{}", n.lit("/_versions").unwrap().visible());
}

/// D15: the number to call, on the first page.
fn d15(serveur: &Serveur) {
    let page = serveur.navigateur().lit("/donges/").unwrap();
    assert!(page.visible().contains("02 40 45 79 79"), "{}", page.visible());
}

/// P22: the last four requests, the newest first.
fn p22(serveur: &Serveur) {
    let n = entre_a(serveur, "caisse-des-ecoles-paris", "durand");
    let demarches =
        ["changement_telephone", "changement_courriel", "changement_adresse", "prelevement", "question"];
    for (rang, demarche) in demarches.iter().enumerate() {
        regle(&n, "2024-06-03", &format!("1{rang}:00"));
        let corps = json!({ "demarche": demarche, "reponses": {}, "incomplet": true });
        let chemin = "/caisse-des-ecoles-paris/api/v1/dossiers";
        let (code, p) = n.json(chemin, &[("idempotency-key", demarche)], Some(&corps)).unwrap();
        assert_eq!(code, 201, "{demarche}: {p}");
    }
    let page = n.lit("/caisse-des-ecoles-paris/").unwrap().texte;
    let section =
        page.split("aria-labelledby=\"demandes\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert_eq!(section.matches("<h3").count(), 4, "{section}");
    assert!(!section.contains("Changer de téléphone"), "the oldest is not there: {section}");
    let rang = |titre: &str| section.find(titre).unwrap_or_else(|| panic!("{titre}: {section}"));
    assert!(rang("prélèvement") < rang("adresse postale"), "{section}");
    assert!(rang("adresse postale") < rang("adresse électronique"), "{section}");
}

/// P25: the help stands under the time that the procedure takes.
fn p25(serveur: &Serveur) {
    let n = entre_a(serveur, "caisse-des-ecoles-paris", "durand");
    let texte = n.lit("/caisse-des-ecoles-paris/demarches/rendez_vous").unwrap().visible();
    let duree = texte.find("5 minutes au plus").unwrap_or_else(|| panic!("{texte}"));
    assert!(texte[duree..].contains("Aide à la saisie"), "{texte}");
}

/// P14: a document of up to four files, added one by one, replaced, deleted whole from « Mes pièces ».
fn p14(serveur: &Serveur) {
    let n = entre_a(serveur, "caisse-des-ecoles-paris", "durand");
    regle(&n, "2024-06-03", "16:00");
    let base = "/caisse-des-ecoles-paris";
    let (_, lus) = n.json(&format!("{base}/api/v1/enfants"), &[], None).unwrap();
    let corps = json!({ "demarche": "inscription", "enfant": lus["enfants"][0]["id"], "reponses": {}, "incomplet": true });
    let chemin = format!("{base}/api/v1/dossiers");
    let (code, p) = n.json(&chemin, &[("idempotency-key", "p14")], Some(&corps)).unwrap();
    assert_eq!(code, 201, "{p}");
    let dossier = format!("{base}/dossiers/{}", p["id"].as_str().unwrap());
    let envoie = |rang: usize, geste: &str| {
        let page = n.lit(&format!("{dossier}/pieces")).unwrap();
        let champs = [("_jeton", page.jeton().unwrap()), ("piece", "bulletin_inscription"), ("geste", geste)];
        let pdf = format!("%PDF-1.4\n{rang}\n%%EOF\n");
        n.envoie_fichier(&format!("{dossier}/pieces"), &champs, "a.pdf", pdf.as_bytes()).unwrap()
    };
    for rang in 1..=4 {
        let page = envoie(rang, "ajouter");
        assert!(page.visible().contains(&format!("{rang} fichier")), "{}", page.visible());
    }
    let refus = envoie(5, "ajouter");
    assert!(refus.code == 422 && refus.visible().contains("4 au plus"), "{}", refus.visible());
    assert!(envoie(6, "remplacer").visible().contains("1 fichier sur 4"));
    let page = n.lit(&format!("{base}/pieces")).unwrap();
    assert!(page.texte.contains(&format!("{dossier}/retrait-de-piece")), "{}", page.texte);
    let champs =
        [("_jeton", page.jeton().unwrap()), ("_retour", "pieces"), ("piece", "bulletin_inscription")];
    let page = n.poste(&format!("{dossier}/retrait-de-piece"), &champs).unwrap();
    assert!(
        page.visible().contains("Le document est retiré") && page.chemin.ends_with("/pieces?fait=retirer")
    );
    assert!(!page.texte.contains("retrait-de-piece"), "{}", page.visible());
}

/// P29: the appointments that come are on the first page, and lead to their own.
fn p29(serveur: &Serveur) {
    let n = entre_a(serveur, "caisse-des-ecoles-paris", "martin");
    regle(&n, "2024-06-03", "10:00");
    let accueil = || n.lit("/caisse-des-ecoles-paris/").unwrap();
    assert!(!accueil().visible().contains("Rendez-vous proches"), "{}", accueil().visible());
    let base = "/caisse-des-ecoles-paris/api/v1/dossiers";
    let corps = json!({ "demarche": "rendez_vous", "reponses": {}, "incomplet": true });
    let (code, p) = n.json(base, &[("idempotency-key", "p29")], Some(&corps)).unwrap();
    assert_eq!(code, 201, "{p}");
    let id = p["id"].as_str().unwrap().to_owned();
    let (_, offerts) = n.json(&format!("{base}/{id}/creneaux"), &[], None).unwrap();
    let debut = offerts["creneaux"][0].as_str().unwrap_or_else(|| panic!("{offerts}"));
    let choix = json!({ "debut": debut });
    let (code, p) = n
        .json(&format!("{base}/{id}/rendez_vous"), &[("idempotency-key", "p29-pris")], Some(&choix))
        .unwrap();
    assert_eq!(code, 200, "{p}");
    let page = accueil();
    assert!(page.visible().contains("Rendez-vous proches"), "{}", page.visible());
    let lien = format!("/caisse-des-ecoles-paris/dossiers/{id}/rendez-vous");
    assert!(page.texte.contains(&format!("href=\"{lien}\"")), "{}", page.texte);
    assert_eq!(n.lit(&lien).unwrap().code, 200);
}

#[test]
fn ce_que_seules_les_pages_montrent_est_montre() {
    let donnees = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&donnees.path().join("data")).unwrap();
    regle(&serveur.navigateur(), "2025-07-01", "10:00");
    let essais: [Essai; 9] = [
        ("ham", "H3", h3),
        ("ham", "H4", h4),
        ("ham", "H21", h21),
        ("ham", "H23", h23),
        ("donges", "D15", d15),
        ("caisse-des-ecoles-paris", "P25", p25),
        ("caisse-des-ecoles-paris", "P22", p22),
        ("caisse-des-ecoles-paris", "P14", p14),
        ("caisse-des-ecoles-paris", "P29", p29),
    ];
    let montrees = essais.map(|(slug, id, essai)| {
        essai(&serveur);
        (slug.to_owned(), id.to_owned())
    });
    assert_eq!(
        exigences_en_attente("pages"),
        BTreeSet::from(montrees),
        "each id that waits for pages has its assertions here"
    );
}
