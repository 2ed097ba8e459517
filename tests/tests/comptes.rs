//! Families' accounts over real HTTP: asked for, activated, entered, forgotten, changed; links that open once (S04), nobody told
//! whether an address has an account (S06), sessions that end when they must (S09), passwords tried too often (S07); and what the
//! towns' guides ask of it (`attend: comptes` in their `exigences.yaml`).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and says how long things took"
)]

#[path = "../../rules/tests/longs/mod.rs"]
mod longs;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use regex::Regex;
use tests::commande::guichet;
use tests::magasin::exigences_en_attente;
use tests::parcours::regle;
use tests::production::Production;
use tests::serveur::{Navigateur, Page, Serveur};

const FORMULAIRE: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const MOT: &str = "velo-tomate-lune-42";
const AUTRE: &str = "nuage orange 77 pupitre";
const CAISSE: &str = "caisse-des-ecoles-paris";

fn demonstration() -> (tempfile::TempDir, Serveur) {
    let donnees = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&donnees.path().join("data")).unwrap();
    regle(&serveur.navigateur(), "2025-07-01", "10:00");
    (donnees, serveur)
}

/// The fields that a family fills in, password and terms included; the page is old enough to be sent.
fn remplie(page: &Page, courriel: &str, identifiant: &str) -> Vec<(String, String)> {
    let cgu = Regex::new("name=\"cgu\" value=\"([^\"]+)\"").unwrap().captures(&page.texte).unwrap();
    let cgu = cgu[1].to_owned();
    let champs = [
        ("_depart", page.cache("_depart").unwrap()),
        ("_champs", page.cache("_champs").unwrap()),
        ("nom", "Durand"),
        ("prenom", "Camille"),
        ("adresse.voie", "12 rue des Écoles"),
        ("adresse.code_postal", "80400"),
        ("adresse.commune", "Ham"),
        ("courriel", courriel),
        ("telephone", "06 12 34 56 78"),
        ("contact_prefere", "courriel"),
        ("identifiant", identifiant),
        ("_mot_de_passe", MOT),
        ("_encore", MOT),
        ("cgu", &cgu),
    ];
    champs.map(|(n, v)| (n.to_owned(), v.to_owned())).into()
}

fn poste(n: &Navigateur, chemin: &str, champs: &[(String, String)]) -> Page {
    let champs: Vec<(&str, &str)> = champs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    n.poste(chemin, &champs).unwrap()
}

fn avec(champs: &[(String, String)], nom: &str, valeur: &str) -> Vec<(String, String)> {
    champs.iter().map(|(n, v)| (n.clone(), if n == nom { valeur.to_owned() } else { v.clone() })).collect()
}

/// Asks for an account, as somebody without a script.
fn demande(n: &Navigateur, slug: &str, courriel: &str, identifiant: &str) -> Page {
    let chemin = format!("/{slug}/compte/creation");
    let page = n.lit(&chemin).unwrap();
    std::thread::sleep(Duration::from_millis(2_050));
    poste(n, &chemin, &remplie(&page, courriel, identifiant))
}

/// The letters of the demonstration to that address, the newest first: subject and text.
fn lettres(serveur: &Serveur, a: &str) -> Vec<String> {
    let page = serveur.navigateur().lit("/_courrier").unwrap().texte;
    page.split("<article").skip(1).filter(|l| l.contains(&format!("à {a}"))).map(str::to_owned).collect()
}

/// The path of the newest link in a letter to that address, waited for.
fn lien(serveur: &Serveur, a: &str, sauf: &[String]) -> String {
    let motif = Regex::new("/[a-z-]+/compte/lien/[0-9a-f]{64}").unwrap();
    let debut = Instant::now();
    loop {
        for lettre in lettres(serveur, a) {
            assert!(!lettre.contains(MOT) && !lettre.contains(AUTRE), "no password in a letter: {lettre}");
            if let Some(lien) =
                motif.find(&lettre).map(|m| m.as_str().to_owned()).filter(|l| !sauf.contains(l))
            {
                return lien;
            }
        }
        assert!(debut.elapsed().as_secs() < 20, "no letter to {a}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// An active account, in a browser that has entered with it.
fn actif(serveur: &Serveur, slug: &str, courriel: &str, identifiant: &str) -> Navigateur {
    let n = serveur.navigateur();
    assert!(demande(&n, slug, courriel, identifiant).chemin.ends_with("/compte/envoye"));
    let page = n.poste(&lien(serveur, courriel, &[]), &[("_mot_de_passe", MOT)]).unwrap();
    assert!(page.chemin.ends_with("/?fait=activer"), "{} {}", page.chemin, page.visible());
    n
}

fn entre(serveur: &Serveur, slug: &str, nom: &str, mot: &str) -> (Navigateur, Page) {
    let n = serveur.navigateur();
    let page =
        n.poste(&format!("/{slug}/connexion"), &[("identifiant", nom), ("_mot_de_passe", mot)]).unwrap();
    (n, page)
}

fn est_entre(n: &Navigateur, slug: &str) -> bool {
    n.lit(&format!("/{slug}/demandes")).unwrap().chemin.ends_with("/demandes")
}

/// The whole life of an account as the guides tell it, each id where it is shown.
#[test]
fn un_compte_se_cree_s_active_s_oublie_et_se_change_comme_le_disent_les_guides() {
    let (_d, serveur) = demonstration();
    let mut montrees = BTreeSet::new();
    let mut montre = |slug: &str, id: &str| montrees.insert((slug.to_owned(), id.to_owned()));

    // Ham: the letter's order, no key, terms accepted, a check that asks nothing
    let n = serveur.navigateur();
    let page = n.lit("/ham/compte/creation").unwrap();
    let titres: Vec<&str> = page.texte.split("<span class=\"numero\">").skip(1).map(|m| &m[..1]).collect();
    assert_eq!(titres, ["1", "2", "3", "4", "5"]);
    let place = |mot: &str| page.texte.find(mot).unwrap_or_else(|| panic!("{mot}"));
    let ordre =
        ["etape-identite", "etape-adresse", "etape-moyens_de_contact", "etape-identifiants", "cgu-titre"];
    assert!(ordre.windows(2).all(|d| place(d[0]) < place(d[1])));
    montre("ham", "H5");
    assert!(!page.visible().to_lowercase().contains("clé"), "{}", page.visible());
    montre("ham", "H6");
    let bons = remplie(&page, "lea@exemple.fr", "");
    // too quick for a person, then without the terms: refused, and nothing typed is lost but the passwords
    let vite = poste(&n, &page.chemin, &bons);
    assert!(vite.code == 422 && vite.visible().contains("très vite"), "{}", vite.visible());
    std::thread::sleep(Duration::from_millis(2_050));
    let sans = poste(&n, &page.chemin, &avec(&bons, "cgu", ""));
    assert!(sans.code == 422 && sans.visible().contains("Acceptez les conditions"), "{}", sans.visible());
    assert!(sans.texte.contains("lea@exemple.fr") && sans.texte.contains("12 rue des Écoles"));
    assert!(!sans.texte.contains(MOT), "a password is never shown again");
    assert!(lettres(&serveur, "lea@exemple.fr").is_empty());
    montre("ham", "H2");
    // a robot fills in what no person sees: it is thanked, and nothing is done
    let robot =
        poste(&n, &page.chemin, &[bons.clone(), vec![("site_web".into(), "https://x.fr".into())]].concat());
    assert!(robot.chemin.ends_with("/compte/envoye"));
    assert!(page.visible().contains("Contrôle de sécurité"));
    std::thread::sleep(Duration::from_millis(1_500));
    assert!(lettres(&serveur, "lea@exemple.fr").is_empty());
    montre("ham", "H7");
    let fait = poste(&n, &page.chemin, &bons);
    assert!(
        fait.chemin.ends_with("/compte/envoye") && fait.visible().contains("24 heures"),
        "{}",
        fait.visible()
    );

    // 24 h, to the minute
    let premier = lien(&serveur, "lea@exemple.fr", &[]);
    regle(&n, "2025-07-02", "09:59");
    assert_eq!(n.lit(&premier).unwrap().code, 200);
    regle(&n, "2025-07-02", "10:01");
    let passe = n.poste(&premier, &[("_mot_de_passe", MOT)]).unwrap();
    assert!(passe.code == 410 && passe.visible().contains("n’ouvre plus"), "{}", passe.visible());
    assert!(!est_entre(&n, "ham"));
    // another one is asked for, the answers were kept
    n.poste("/ham/compte/oubli", &[("identifiant", "lea@exemple.fr")]).unwrap();
    let second = lien(&serveur, "lea@exemple.fr", std::slice::from_ref(&premier));
    regle(&n, "2025-07-03", "09:59");
    assert_eq!(n.lit(&second).unwrap().code, 200, "a mail program looks at it, and does not spend it");
    let faux = n.poste(&second, &[("_mot_de_passe", "pas le bon mot")]).unwrap();
    assert_eq!(faux.code, 422, "{}", faux.visible());
    let ouvert = n.poste(&second, &[("_mot_de_passe", MOT)]).unwrap();
    assert!(ouvert.visible().contains("Votre espace est actif"), "{}", ouvert.visible());
    assert!(est_entre(&n, "ham"));
    assert_eq!(n.poste(&second, &[("_mot_de_passe", MOT)]).unwrap().code, 410, "once");
    montre("ham", "H8");

    // the Caisse: names are unique, and the account says so once its letter was followed
    let n = actif(&serveur, CAISSE, "camille@exemple.fr", "Camille.D");
    montre(CAISSE, "P12");
    let autre = serveur.navigateur();
    assert!(demande(&autre, CAISSE, "deux@exemple.fr", "camille.d").chemin.ends_with("/compte/envoye"));
    let sien = lien(&serveur, "deux@exemple.fr", &[]);
    let page = autre.lit(&sien).unwrap();
    assert!(page.visible().contains("« camille.d » est déjà pris"), "{}", page.visible());
    let encore = autre.poste(&sien, &[("_mot_de_passe", MOT), ("identifiant", "CAMILLE.D")]).unwrap();
    assert!(encore.code == 422 && encore.visible().contains("déjà pris"), "{}", encore.visible());
    let bon = autre.poste(&sien, &[("_mot_de_passe", MOT), ("identifiant", "camille.deux")]).unwrap();
    assert!(bon.chemin.ends_with("?fait=activer"), "{}", bon.visible());
    montre(CAISSE, "P9");
    // by name or by address; out again
    for nom in ["CAMILLE.D", "Camille@exemple.fr "] {
        let (n, page) = entre(&serveur, CAISSE, nom, MOT);
        assert!(page.code == 200 && est_entre(&n, CAISSE), "{}", page.visible());
        n.poste(&format!("/{CAISSE}/deconnexion"), &[]).unwrap();
        assert!(!est_entre(&n, CAISSE));
    }
    let page = n.lit(&format!("/{CAISSE}/compte")).unwrap();
    for mot in ["camille.d", "camille@exemple.fr", "Changer de nom d’utilisateur", "Changer d’adresse"] {
        assert!(page.visible().contains(mot), "{mot}: {}", page.visible());
    }
    montre(CAISSE, "P28");
    // forgotten: a link where the guide mails a password
    let avant = lien(&serveur, "camille@exemple.fr", &[]);
    n.poste(&format!("/{CAISSE}/compte/oubli"), &[("identifiant", "camille.d")]).unwrap();
    let oubli = lien(&serveur, "camille@exemple.fr", &[avant]);
    let refus = n.poste(&oubli, &[("_nouveau", "motdepasse123"), ("_encore", "motdepasse123")]).unwrap();
    assert_eq!(refus.code, 422, "{}", refus.visible());
    let change = n.poste(&oubli, &[("_nouveau", AUTRE), ("_encore", AUTRE)]).unwrap();
    assert!(change.visible().contains("Votre mot de passe est changé"), "{}", change.visible());
    assert_eq!(entre(&serveur, CAISSE, "camille.d", MOT).1.code, 422);
    assert_eq!(entre(&serveur, CAISSE, "camille.d", AUTRE).1.code, 200);
    montre(CAISSE, "P13");

    // asked at the creation, the preferred way is proposed in each new request, and kept when it changes there
    let (n, _) = entre(&serveur, CAISSE, "camille.d", AUTRE);
    let commence = |demarche: &str| {
        let page = n.lit(&format!("/{CAISSE}/demarches/{demarche}")).unwrap();
        n.poste(&page.chemin, &[("_jeton", page.jeton().unwrap())]).unwrap()
    };
    let coche = |moyen: &str| format!("name=\"contact_prefere\" value=\"{moyen}\" checked");
    for demarche in ["changement_telephone", "entourage"] {
        let page = commence(demarche);
        assert!(page.chemin.ends_with("/informations"), "{} {}", page.chemin, page.visible());
        assert!(page.texte.contains(&coche("courriel")), "{demarche}: {}", page.texte);
    }
    let page = commence("changement_courriel");
    let champs = [("_jeton", page.jeton().unwrap()), ("contact_prefere", "telephone")];
    let change = n.poste(&page.chemin.replace("informations", "joindre"), &champs).unwrap();
    assert!(change.texte.contains(&coche("telephone")), "{}", change.texte);
    assert!(commence("changement_adresse").texte.contains(&coche("telephone")), "and in those that follow");
    montre(CAISSE, "P10");

    // Donges: an address of one's own is required; the letter of a forgotten password recalls the login
    let n = serveur.navigateur();
    let page = n.lit("/donges/compte/creation").unwrap();
    std::thread::sleep(Duration::from_millis(2_050));
    let sans = poste(&n, "/donges/compte/creation", &remplie(&page, "", ""));
    assert!(sans.code == 422 && sans.visible().contains("Adresse électronique : "), "{}", sans.visible());
    montre("donges", "D4");
    actif(&serveur, "donges", "noa@exemple.fr", "");
    let avant = lien(&serveur, "noa@exemple.fr", &[]);
    n.poste("/donges/compte/oubli", &[("identifiant", "noa@exemple.fr")]).unwrap();
    lien(&serveur, "noa@exemple.fr", &[avant]);
    assert!(lettres(&serveur, "noa@exemple.fr")[0].contains("Votre identifiant : noa@exemple.fr"));
    montre("donges", "D13");

    // Mellois: its own rule on top of the engine's; the terms come last
    let n = serveur.navigateur();
    let page = n.lit("/mellois-en-poitou/compte/creation").unwrap();
    std::thread::sleep(Duration::from_millis(2_050));
    let chemin = "/mellois-en-poitou/compte/creation";
    let mut champs = remplie(&page, "zoe@exemple.fr", "");
    for (mot, dit) in [
        ("VELO-TOMATE-LUNE-42", "une lettre minuscule"),
        ("velo-tomate-lune-rose", "un chiffre"),
        ("soleil1", "8 caractères"),
    ] {
        champs = avec(&avec(&champs, "_mot_de_passe", mot), "_encore", mot);
        let refus = poste(&n, chemin, &champs);
        assert!(refus.code == 422 && refus.visible().contains(dit), "{mot}: {}", refus.visible());
    }
    assert!(page.texte.find("name=\"cgu\"").unwrap() > page.texte.find("name=\"_encore\"").unwrap());
    assert!(n.lit("/statique/compte.js").unwrap().texte.contains("envoi.disabled = true"));
    montre("mellois-en-poitou", "M3");

    assert_eq!(
        exigences_en_attente("comptes"),
        montrees,
        "each id that waits for accounts has its assertions here"
    );
}

/// S04 through HTTP: a link of another town, a link that nobody made, a link tried again, is a page that does not exist.
#[test]
fn s04_un_lien_ne_se_devine_pas_et_ne_vaut_que_chez_soi() {
    let (_d, serveur) = demonstration();
    let n = serveur.navigateur();
    demande(&n, "ham", "lea@exemple.fr", "");
    let bon = lien(&serveur, "lea@exemple.fr", &[]);
    let ailleurs = bon.replace("/ham/", "/donges/");
    assert_eq!(n.lit(&ailleurs).unwrap().code, 404);
    assert_eq!(n.poste(&ailleurs, &[("_mot_de_passe", MOT)]).unwrap().code, 404);
    let (tete, jeton) = bon.rsplit_once('/').unwrap();
    let essais = if longs::longs() { 5_000 } else { 400 };
    let mut hasard = tests::hasard::Hasard(7);
    for i in 0..essais {
        // neighbours of a real one, and others
        let devine: String = if i % 2 == 0 {
            let mut chiffres: Vec<u8> = jeton.bytes().collect();
            let place = i / 2 % 64;
            chiffres[place] = if chiffres[place] == b'0' { b'1' } else { b'0' };
            String::from_utf8(chiffres).unwrap()
        } else {
            (0..4).map(|_| format!("{:016x}", hasard.tire())).collect()
        };
        assert_eq!(n.lit(&format!("{tete}/{devine}")).unwrap().code, 404, "{devine}");
    }
    for faux in ["", "x", "0", &"é".repeat(64), &format!("{jeton}0"), &jeton.to_uppercase()] {
        let page = n.lit(&format!("{tete}/{faux}")).unwrap();
        assert!(page.code == 404 || faux == jeton.to_uppercase(), "{faux} {}", page.code);
    }
    assert_eq!(n.poste(&bon, &[("_mot_de_passe", MOT)]).unwrap().code, 200);
    assert_eq!(
        (n.lit(&bon).unwrap().code, n.poste(&bon, &[("_mot_de_passe", MOT)]).unwrap().code),
        (410, 410)
    );
    longs::rapporte(
        "S04 links guessed through HTTP",
        essais,
        "0 opened; 256 bits a link, its hash kept, one use",
    );
}

/// What an answer shows, without the demonstration's clock and what was typed.
fn forme(page: &Page, saisi: &str) -> String {
    let banniere =
        Regex::new("(?s)<aside class=\"demo\".*?</aside>|name=\"_depart\" value=\"[^\"]*\"").unwrap();
    let corps = banniere.replace_all(&page.texte, "").replace(saisi, "…");
    let entetes: BTreeMap<_, _> = page.entetes.iter().filter(|(n, _)| n != "date").cloned().collect();
    format!("{} {entetes:?} {corps}", page.code)
}

/// S06: the same status, headers and body whether the address has an account or not; times are reported.
#[test]
fn s06_rien_ne_dit_si_une_adresse_a_un_compte() {
    let (_d, serveur) = demonstration();
    for rang in 0..3 {
        actif(&serveur, CAISSE, &format!("connu{rang}@exemple.fr"), &format!("connu{rang}"));
    }
    let n = serveur.navigateur();
    let brut = |chemin: &str, champs: &[(String, String)]| {
        let paire = |(n, v): &(String, String)| {
            let code = |t: &str| t.bytes().map(|b| format!("%{b:02x}")).collect::<String>();
            format!("{}={}", code(n), code(v))
        };
        let corps = champs.iter().map(paire).collect::<Vec<_>>().join("&");
        let debut = Instant::now();
        let page = n.brut("POST", chemin, &[FORMULAIRE], corps.as_bytes()).unwrap();
        (page, debut.elapsed().as_secs_f64() * 1e3)
    };
    let chemin = |suite: &str| format!("/{CAISSE}/{suite}");
    let page = n.lit(&chemin("compte/creation")).unwrap();
    std::thread::sleep(Duration::from_millis(2_050));
    let essais = if longs::longs() { 500 } else { 30 };
    let mut temps: BTreeMap<(&str, bool), Vec<f64>> = BTreeMap::new();
    for i in 0..essais {
        for connu in [true, false] {
            let qui = if connu { format!("connu{}", i % 3) } else { format!("autre{i:03}") };
            let adresse = format!("{qui}@exemple.fr");
            let creation = remplie(&page, &adresse, &format!("nom-{i}-{connu}"));
            let nomme = vec![("identifiant".to_owned(), adresse.clone())];
            let entree = [nomme.clone(), vec![("_mot_de_passe".to_owned(), "x".to_owned())]].concat();
            for (quoi, ou, champs) in [
                ("creation", "compte/creation", &creation),
                ("oubli", "compte/oubli", &nomme),
                ("connexion", "connexion", &entree),
            ] {
                // names are throttled one by one: the first tries are compared
                if quoi == "connexion" && i >= 9 {
                    continue;
                }
                let (page, duree) = brut(&chemin(ou), champs);
                temps.entry((quoi, connu)).or_default().push(duree);
                let attendu = if quoi == "connexion" { 422 } else { 303 };
                assert_eq!(page.code, attendu, "{quoi} {}", page.visible());
            }
        }
    }
    for (ou, reste) in [("compte/creation", 0), ("compte/oubli", 1), ("connexion", 2)] {
        let formes = ["connu9", "connu0", "autre9"].map(|qui| {
            let adresse = format!("{qui}@exemple.fr");
            let champs = match reste {
                0 => remplie(&page, &adresse, "nom-unique"),
                1 => vec![("identifiant".to_owned(), adresse.clone())],
                _ => vec![
                    ("identifiant".to_owned(), format!("{qui}x")),
                    ("_mot_de_passe".to_owned(), "x".to_owned()),
                ],
            };
            forme(&brut(&chemin(ou), &champs).0, qui)
        });
        assert!(formes[0] == formes[1] && formes[1] == formes[2], "{ou}:\n{}\n{}", formes[0], formes[1]);
    }
    // how often a known one took longer than an unknown one, of all pairs: one half says nothing
    let aire = |quoi: &str| {
        let (a, b) = (&temps[&(quoi, true)], &temps[&(quoi, false)]);
        let plus = a.iter().flat_map(|x| b.iter().map(move |y| f64::from(u8::from(x > y)))).sum::<f64>();
        plus / (a.len() * b.len()) as f64
    };
    let dit = ["creation", "oubli", "connexion"].map(|q| format!("{q} AUC {:.2}", aire(q))).join(", ");
    longs::rapporte("S06 same answer, known or not", essais * 2, &dit);
}

/// S09: sessions are new at each entry, and dead at once when they must be.
#[test]
fn s09_une_session_est_neuve_et_meurt_quand_il_faut() {
    let (_d, serveur) = demonstration();
    actif(&serveur, "ham", "lea@exemple.fr", "");
    let ouvre = || entre(&serveur, "ham", "lea@exemple.fr", MOT).0;
    let (un, deux, trois) = (ouvre(), ouvre(), ouvre());
    // a cookie that somebody set beforehand is not the one that opens
    let fixe = Navigateur::de(&serveur.adresse, &format!("guichet-ham={}; Path=/ham", "0".repeat(64)));
    fixe.poste("/ham/connexion", &[("identifiant", "lea@exemple.fr"), ("_mot_de_passe", MOT)]).unwrap();
    assert!(est_entre(&fixe, "ham"));
    let vole = Navigateur::de(&serveur.adresse, &format!("guichet-ham={}; Path=/ham", "0".repeat(64)));
    assert!(!est_entre(&vole, "ham"));
    // a session of one town opens nothing in another
    let cookie = un.cookie("ham");
    let ailleurs = Navigateur::de(
        &serveur.adresse,
        &format!("{}; Path=/donges", cookie.replace("guichet-ham", "guichet-donges")),
    );
    assert!(!est_entre(&ailleurs, "donges"));
    // left: dead, even for who kept the cookie
    let garde = Navigateur::de(&serveur.adresse, &format!("{}; Path=/ham", trois.cookie("ham")));
    assert!(est_entre(&garde, "ham"));
    trois.poste("/ham/deconnexion", &[]).unwrap();
    assert!(!est_entre(&garde, "ham"));
    // a wrong present password changes nothing; the right one ends the others
    let page = un.lit("/ham/compte").unwrap();
    assert!(page.visible().contains("Cet appareil") && page.visible().contains("Un autre appareil"));
    let champs = |jeton: &str, mot: &str| {
        [("_jeton", jeton), ("_mot_de_passe", mot), ("_nouveau", AUTRE), ("_encore", AUTRE)]
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
    };
    let faux = poste(&un, "/ham/compte/mot-de-passe", &champs(page.jeton().unwrap(), "faux"));
    assert!(faux.code == 422 && est_entre(&deux, "ham"), "{}", faux.visible());
    let sans = poste(&un, "/ham/compte/mot-de-passe", &champs("x.y", MOT));
    assert!(sans.code >= 400, "a form that we did not make: {}", sans.code);
    let avant = Navigateur::de(&serveur.adresse, &format!("{}; Path=/ham", un.cookie("ham")));
    let debut = Instant::now();
    let fait = poste(&un, "/ham/compte/mot-de-passe", &champs(page.jeton().unwrap(), MOT));
    assert!(fait.visible().contains("Votre mot de passe est changé"), "{}", fait.visible());
    for morte in [&deux, &fixe, &avant] {
        assert!(!est_entre(morte, "ham"));
    }
    let delai = debut.elapsed();
    assert!(est_entre(&un, "ham"), "whoever changed it goes on, under a new session");
    assert!(
        lettres(&serveur, "lea@exemple.fr").iter().any(|l| l.contains("mot de passe a changé"))
            || delai.as_secs() < 5
    );
    // everywhere
    let quatre = entre(&serveur, "ham", "lea@exemple.fr", AUTRE).0;
    let jeton = quatre.lit("/ham/compte").unwrap();
    quatre.poste("/ham/compte/sorties", &[("_jeton", jeton.jeton().unwrap())]).unwrap();
    assert!(!est_entre(&quatre, "ham") && !est_entre(&un, "ham"));

    // another address: both confirm, and not before
    let n = entre(&serveur, "ham", "lea@exemple.fr", AUTRE).0;
    let page = n.lit("/ham/compte").unwrap();
    let demande =
        [("_jeton", page.jeton().unwrap()), ("_mot_de_passe", AUTRE), ("courriel", "lea@ailleurs.fr")];
    let connus: Vec<String> = vec![lien(&serveur, "lea@exemple.fr", &[])];
    assert_eq!(n.poste("/ham/compte/courriel", &demande).unwrap().code, 200);
    let (ancien, neuf) = (lien(&serveur, "lea@exemple.fr", &connus), lien(&serveur, "lea@ailleurs.fr", &[]));
    let un = n.poste(&neuf, &[]).unwrap();
    assert!(un.visible().contains("L’autre adresse doit confirmer"), "{}", un.visible());
    assert_eq!(entre(&serveur, "ham", "lea@ailleurs.fr", AUTRE).1.code, 422);
    let deux = n.poste(&ancien, &[]).unwrap();
    assert!(deux.visible().contains("la nouvelle adresse sert dès maintenant"), "{}", deux.visible());
    assert_eq!(entre(&serveur, "ham", "lea@ailleurs.fr", AUTRE).1.code, 200);
    assert_eq!(entre(&serveur, "ham", "lea@exemple.fr", AUTRE).1.code, 422);
    longs::rapporte("S09 sessions", 9, &format!("dead at the next request ({} ms)", delai.as_millis()));
}

/// S07, S05's shape: five wrong passwords in a quarter of an hour, whoever they come from; who entered before from this device still enters.
#[test]
fn s07_un_compte_ne_s_essaie_pas_sans_fin_et_ne_se_bloque_pas_chez_soi() {
    let (_d, serveur) = demonstration();
    let sienne = actif(&serveur, "ham", "lea@exemple.fr", "");
    sienne.poste("/ham/deconnexion", &[]).unwrap();
    let essais = 30;
    let mut trop = 0;
    for i in 0..essais {
        let (_, page) = entre(&serveur, "ham", "lea@exemple.fr", &format!("faux{i}"));
        assert_eq!(page.code, 422);
        trop += usize::from(page.visible().contains("Trop d’essais"));
    }
    assert_eq!(trop, essais - 5);
    // the right one, too late and from elsewhere
    assert_eq!(entre(&serveur, "ham", "lea@exemple.fr", MOT).1.code, 422);
    let page =
        sienne.poste("/ham/connexion", &[("identifiant", "lea@exemple.fr"), ("_mot_de_passe", MOT)]).unwrap();
    assert!(page.code == 200 && est_entre(&sienne, "ham"), "{}", page.visible());
    longs::rapporte(
        "S07 passwords tried on one account",
        essais,
        "5 compared, then none; its own device enters",
    );
}

/// An agent's account is made on the command line, asks a code after its password, refuses it twice, and dies when it is closed.
#[test]
fn un_agent_entre_avec_un_code_et_plus_du_tout_une_fois_ferme() {
    let (donnees, serveur) = demonstration();
    let data = donnees.path().join("data");
    let staff = |arguments: &[&str]| {
        guichet(&[&["staff"], arguments, &["--data", data.to_str().unwrap()]].concat()).unwrap()
    };
    let refuse = staff(&["new", "ham", "--role", "inconnu", "--nom", "A", "--courriel", "a@ville-ham.fr"]);
    assert_eq!(refuse.statut, 2, "{}", refuse.erreurs);
    let roles = ["--role", "affaires_scolaires", "--nom", "Agnès Petit", "--courriel", "Agnes@ville-ham.fr"];
    let fait = staff(&[&["new", "ham"][..], &roles].concat());
    assert_eq!(fait.statut, 0, "{}", fait.erreurs);
    let lien = fait.texte.lines().next().unwrap().to_owned();
    let n = serveur.navigateur();
    let page = n.lit(&lien).unwrap();
    let version =
        Regex::new("name=\"cgu\" value=\"([^\"]+)\"").unwrap().captures(&page.texte).unwrap()[1].to_owned();
    let page = n.poste(&lien, &[("_nouveau", MOT), ("_encore", MOT), ("cgu", &version)]).unwrap();
    let code_de = |page: &Page| {
        let dit = page.visible();
        dit.split("le code est ").nth(1).unwrap_or_else(|| panic!("{dit}"))[..6].to_owned()
    };
    // no session before the code
    let bureau = |n: &Navigateur| n.lit("/ham/agent/").unwrap();
    assert!(!bureau(&n).chemin.starts_with("/ham/agent"), "{}", bureau(&n).chemin);
    let (code, etape) = (code_de(&page), page.cache("_etape").unwrap().to_owned());
    let faux = if code == "000000" { "000001" } else { "000000" };
    let refus = n.poste("/ham/connexion/code", &[("_etape", &etape), ("code", faux)]).unwrap();
    assert_eq!(refus.code, 422, "{}", refus.visible());
    let entre_ = n.poste("/ham/connexion/code", &[("_etape", &etape), ("code", &code)]).unwrap();
    assert!(entre_.chemin.starts_with("/ham/agent"), "{} {}", entre_.chemin, entre_.visible());
    assert_eq!(bureau(&n).code, 200);
    // the same code, or the same page, a second time
    let (autre, page) = entre(&serveur, "ham", "agnes@ville-ham.fr", MOT);
    let rejeu = autre
        .poste("/ham/connexion/code", &[("_etape", page.cache("_etape").unwrap()), ("code", &code)])
        .unwrap();
    assert!(rejeu.visible().contains("déjà servi"), "{}", rejeu.visible());
    let vieille = autre.poste("/ham/connexion/code", &[("_etape", &etape), ("code", &code)]).unwrap();
    assert!(vieille.code >= 400 && !bureau(&autre).chemin.starts_with("/ham/agent"));
    let liste = staff(&["list", "ham"]).texte;
    assert!(liste.contains("actif  affaires_scolaires  Agnès Petit  agnes@ville-ham.fr"), "{liste}");
    let id = liste.split_whitespace().next().unwrap();
    assert_eq!(staff(&["close", "ham", id]).statut, 0);
    let debut = Instant::now();
    assert!(!bureau(&n).chemin.starts_with("/ham/agent"), "closed: dead at once");
    assert!(debut.elapsed().as_secs() < 5);
    assert_eq!(entre(&serveur, "ham", "agnes@ville-ham.fr", MOT).1.code, 422);
}

/// In production, letters by SMTP: a family makes its account and enters; without a script or a proof, an address asks for five an hour.
#[test]
fn en_production_une_famille_cree_son_compte_et_entre() {
    let production = Production::sqlite("2025-07-01T08:00:00Z");
    let serveur = production.lance();
    let n = serveur.navigateur();
    assert!(demande(&n, "ham", "lea@exemple.fr", "").chemin.ends_with("/compte/envoye"));
    let debut = Instant::now();
    let motif = Regex::new("/ham/compte/lien/[0-9a-f]{64}").unwrap();
    let lien = loop {
        let textes = production.smtp.textes().join("\n").replace("=\r\n", "");
        if let Some(lien) = motif.find(&textes) {
            assert!(!textes.contains(MOT));
            break lien.as_str().to_owned();
        }
        assert!(debut.elapsed().as_secs() < 30, "{textes}");
        std::thread::sleep(Duration::from_millis(100));
    };
    assert_eq!(n.poste(&lien, &[("_mot_de_passe", MOT)]).unwrap().code, 200);
    assert!(est_entre(&n, "ham"));
    let (autre, page) = entre(&serveur, "ham", "lea@exemple.fr", MOT);
    assert!(page.code == 200 && est_entre(&autre, "ham"), "{}", page.visible());
    // the demonstration's own logins are not here
    let (durand, page) = entre(&serveur, "ham", "durand", "");
    assert!(page.code == 422 && !est_entre(&durand, "ham"));
    let page = n.lit("/ham/connexion").unwrap();
    assert!(page.code == 200 && !page.texte.contains("fictifs"));
    let codes: Vec<u16> =
        (0..6).map(|i| demande(&serveur.navigateur(), "ham", &format!("p{i}@exemple.fr"), "").code).collect();
    assert_eq!(codes, [200, 200, 200, 200, 429, 429]);
}

/// A code that a parent chooses: enrolled from its picture or its letters, asked at each entry, never twice the same; a code of the
/// list when the application is lost, once; taken away with the password. Entered from a new device, its holder is told.
#[test]
fn un_parent_choisit_un_code_et_apprend_qu_on_entre_d_ailleurs() {
    let (_d, serveur) = demonstration();
    let n = actif(&serveur, "ham", "lea@exemple.fr", "");
    let a_dit = |mots: &str, n: usize| {
        let debut = Instant::now();
        let combien = || lettres(&serveur, "lea@exemple.fr").iter().filter(|l| l.contains(mots)).count();
        while combien() < n {
            assert!(debut.elapsed().as_secs() < 20, "no {n} « {mots} »");
            std::thread::sleep(Duration::from_millis(100));
        }
        assert_eq!(combien(), n, "{mots}");
    };
    let (nouvel, change) = ("Une connexion depuis un nouvel appareil", "Votre code de vérification a changé");
    let poste = |chemin: &str, champs: &[(&str, &str)]| {
        let page = n.lit("/ham/compte/code").unwrap();
        n.poste(chemin, &[&[("_jeton", page.jeton().unwrap())], champs].concat()).unwrap()
    };
    let code_de = |page: &Page| {
        let dit = page.visible();
        dit.split("le code est ").nth(1).unwrap_or_else(|| panic!("{dit}"))[..6].to_owned()
    };
    let page = n.lit("/ham/compte/code").unwrap();
    assert!(page.texte.contains("<svg class=\"qr\"") && !page.texte.contains("otpauth"), "{}", page.texte);
    let code = code_de(&page);
    let faux = if code == "000000" { "000001" } else { "000000" };
    assert_eq!(poste("/ham/compte/code", &[("code", faux)]).code, 422);
    let fait = poste("/ham/compte/code", &[("code", &code_de(&n.lit("/ham/compte/code").unwrap()))]);
    let motif = Regex::new("<code>([A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4})</code>").unwrap();
    let secours: Vec<String> = motif.captures_iter(&fait.texte).map(|c| c[1].to_owned()).collect();
    assert_eq!(secours.len(), 8, "{}", fait.visible());
    assert!(!n.lit("/ham/compte/code").unwrap().texte.contains(&secours[0]), "shown once");
    a_dit(change, 1);
    a_dit(nouvel, 0);

    // from elsewhere: the password alone opens nothing
    let entree = |n: &Navigateur, page: &Page, code: &str| {
        n.poste("/ham/connexion/code", &[("_etape", page.cache("_etape").unwrap()), ("code", code)]).unwrap()
    };
    let (ailleurs, page) = entre(&serveur, "ham", "lea@exemple.fr", MOT);
    assert!(
        !est_entre(&ailleurs, "ham") && page.visible().contains("codes de secours"),
        "{}",
        page.visible()
    );
    assert_eq!(entree(&ailleurs, &page, "ABCD-EFGH-JKLM").code, 422);
    let typee = secours[0].to_lowercase().replace('-', " ");
    assert!(entree(&ailleurs, &page, &typee).code == 200 && est_entre(&ailleurs, "ham"));
    a_dit(nouvel, 1);
    // once; and its device is known from now on
    let (encore, page) = entre(&serveur, "ham", "lea@exemple.fr", MOT);
    assert_eq!(entree(&encore, &page, &secours[0]).code, 422);
    ailleurs.poste("/ham/deconnexion", &[]).unwrap();
    let champs = [("identifiant", "lea@exemple.fr"), ("_mot_de_passe", MOT)];
    let page = ailleurs.poste("/ham/connexion", &champs).unwrap();
    assert!(entree(&ailleurs, &page, &secours[1]).code == 200 && est_entre(&ailleurs, "ham"));
    assert!(n.lit("/ham/compte/code").unwrap().visible().contains("Il vous reste 6 codes"));
    a_dit(nouvel, 1);

    // five wrong codes, then none is compared for a quarter of an hour
    let (essaie, page) = entre(&serveur, "ham", "lea@exemple.fr", MOT);
    let dits: Vec<bool> =
        (0..6).map(|_| entree(&essaie, &page, "AAAA").visible().contains("Trop d’essais")).collect();
    assert_eq!(dits.iter().filter(|t| **t).count(), 1, "{dits:?}");
    assert!(entree(&essaie, &page, &secours[2]).visible().contains("Trop d’essais"));

    // taken away: not without the password
    assert_eq!(poste("/ham/compte/code/fin", &[("_mot_de_passe", "faux")]).code, 422);
    assert_eq!(poste("/ham/compte/code/fin", &[("_mot_de_passe", MOT)]).code, 200);
    a_dit(change, 2);
    let (libre, _) = entre(&serveur, "ham", "lea@exemple.fr", MOT);
    assert!(est_entre(&libre, "ham"));
    a_dit(nouvel, 2);
    // set again, the application of before opens nothing
    assert_ne!(code_de(&n.lit("/ham/compte/code").unwrap()), code);
}
