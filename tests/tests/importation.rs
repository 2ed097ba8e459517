//! Families and accounts taken over from another program, and accounts that the service makes: the command over both engines, then
//! what its families see; and what the towns' guides ask of it (`attend: import` in their `exigences.yaml`).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and waits for a while only"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use engine::compte::{Compte, verifie_famille};
use engine::decision::{Decision, Ecriture, Suivant};
use engine::identifiant::CommuneSlug;
use engine::import::Origine;
use engine_store::Store;
use regex::Regex;
use tests::arbre::racine;
use tests::commande::{Sortie, copie, copie_commune, guichet};
use tests::grappe;
use tests::magasin::exigences_en_attente;
use tests::parcours::entre_a;
use tests::serveur::{Navigateur, Page, Serveur};

const CHALONNES: &str = "chalonnes-sur-loire";
const CAISSE: &str = "caisse-des-ecoles-paris";
const MELLOIS: &str = "mellois-en-poitou";
/// What `tests/fixtures/import/comptes.csv` keeps of it.
const ANCIEN: &str = "mon ancien mot 7";
const NEUF: &str = "velo-tomate-lune-42";

/// A town, an id, and what shows it with this server over this data folder.
type Essai = (&'static str, &'static str, fn(&Serveur, &Path));

fn exemple() -> PathBuf {
    racine().join("tests/fixtures/import")
}

fn importe(ville: &str, dossier: &Path, options: &[&str]) -> Sortie {
    let communes = racine().join("communes");
    let fixes = ["import", ville, dossier.to_str().unwrap(), "--communes", communes.to_str().unwrap()];
    guichet(&[&fixes[..], options].concat()).unwrap()
}

/// The sample with one text put in place of another.
fn change(fichier: &str, de: &str, par: &str) -> tempfile::TempDir {
    let dossier = tempfile::tempdir().unwrap();
    copie(&exemple(), dossier.path()).unwrap();
    let chemin = dossier.path().join(fichier);
    let avant: Vec<u8> = std::fs::read(&chemin).unwrap();
    // byte for byte: one of them is in Windows-1252
    let place = avant.windows(de.len()).position(|f| f == de.as_bytes()).unwrap_or_else(|| panic!("{de}"));
    let apres = [&avant[..place], par.as_bytes(), &avant[place + de.len()..]].concat();
    std::fs::write(chemin, apres).unwrap();
    dossier
}

fn entre(serveur: &Serveur, ville: &str, nom: &str, mot: &str) -> (Navigateur, Page) {
    let n = serveur.navigateur();
    let champs = [("identifiant", nom), ("_mot_de_passe", mot)];
    let page = n.poste(&format!("/{ville}/connexion"), &champs).unwrap();
    (n, page)
}

#[test]
fn une_reprise_se_lit_s_essaie_se_fait_une_fois() {
    let dossier = tempfile::tempdir().unwrap();
    let data = dossier.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let base = grappe::administrateur().map(grappe::base_dans);
    if let Some(base) = &base {
        assert_eq!(guichet(&["migrate", "--base", &base.proprietaire]).unwrap().statut, 0);
    }
    let sqlite = vec!["--data", data.to_str().unwrap()];
    let moteurs =
        [Some(sqlite.clone()), base.as_ref().map(|b| [&sqlite[..], &["--base", &b.application]].concat())];
    for ou in moteurs.into_iter().flatten() {
        let lance = |plus: &[&str]| importe(CHALONNES, &exemple(), &[&ou[..], plus].concat());
        let essai = lance(&["--essai"]);
        assert_eq!(essai.statut, 0, "{}{}", essai.texte, essai.erreurs);
        for dit in [
            "familles.csv       UTF-8 (avec BOM), séparateur « ; », 3 lignes",
            "responsables.csv   Windows-1252, séparateur « ; », 4 lignes",
            "enfants.csv        UTF-8, séparateur « , », 4 lignes",
            "Familles      3 à créer, 0 à compléter, 0 déjà là",
            "Comptes       1 à reprendre avec leur mot de passe, 2 à activer par un lien, 0 déjà là",
            "Rien n'a été écrit",
        ] {
            assert!(essai.texte.contains(dit), "{dit}:\n{}", essai.texte);
        }
        assert_eq!(lance(&["--essai"]).texte, essai.texte, "an essay writes nothing");
        let fait = lance(&[]);
        assert_eq!(fait.statut, 0, "{}{}", fait.texte, fait.erreurs);
        assert!(
            fait.texte.contains("Familles      3 créées") && fait.texte.contains("Comptes       1 repris"),
            "{}",
            fait.texte
        );
        let encore = lance(&[]);
        for dit in [
            "Familles      0 créées, 0 complétées, 3 déjà là",
            "Informations  0 écrites, 0 gardées",
            "3 déjà là",
            "Rien à changer",
        ] {
            assert!(encore.texte.contains(dit), "{dit}:\n{}", encore.texte);
        }
        // a figure corrected in the other program is the only thing written
        let corrige = change("responsables.csv", "06 11 22 33 44", "06 11 22 33 45");
        let corrige = importe(CHALONNES, corrige.path(), &ou);
        for dit in ["0 créées, 1 complétées, 2 déjà là", "Informations  1 écrites"] {
            assert!(corrige.texte.contains(dit), "{dit}:\n{}", corrige.texte);
        }
        // the same references of another program are other families, whose logins are taken
        let autre = lance(&["--logiciel", "un autre"]);
        assert_eq!(autre.statut, 1, "{}", autre.texte);
        assert!(autre.texte.contains("comptes.csv:2, colonne « identifiant » : erreur : « anais.riviere » est déjà celui d'un autre compte"), "{}", autre.texte);
    }
    if let Some(base) = &base {
        let options = ["--base", &base.application];
        let serveur = Serveur::lance_avec(&racine().join("communes"), &data, &options).unwrap();
        let (_, page) = entre(&serveur, CHALONNES, "anais.riviere", ANCIEN);
        assert!(page.chemin.ends_with("/verification"), "{} {}", page.chemin, page.visible());
    }
}

#[test]
fn ce_qui_est_faux_se_dit_a_sa_ligne_et_rien_n_est_ecrit() {
    let dossier = tempfile::tempdir().unwrap();
    let data = dossier.path().to_str().unwrap();
    for (fichier, de, par, dit) in [
        (
            "enfants.csv",
            "naissance,",
            "naisance,",
            "enfants.csv:1, colonne « naisance » : erreur : cette colonne n'existe pas dans enfants.csv. vouliez-vous dire `naissance` ?",
        ),
        (
            "enfants.csv",
            "14/05/2018",
            "31/02/2018",
            "enfants.csv:2, colonne « naissance » : erreur : « 31/02/2018 » n'est pas une date qui existe",
        ),
        (
            "enfants.csv",
            "14/05/2018",
            "14/05/2118",
            "enfants.csv:2, colonne « naissance » : erreur : « 14/05/2118 » : Cette date de naissance est dans le futur",
        ),
        (
            "enfants.csv",
            "1001,E2,Rivière,Sami,2020-11-02",
            "1001,E9,RIVIERE,Lila,2018-05-14",
            "enfants.csv:3 : erreur : c'est le même enfant que ligne 2",
        ),
        (
            "enfants.csv",
            "1001,E2",
            "1009,E2",
            "enfants.csv:3, colonne « famille » : erreur : la famille 1009 n'est pas dans familles.csv",
        ),
        (
            "enfants.csv",
            "CE1",
            "CE9",
            "enfants.csv:4, colonne « classe » : erreur : « CE9 » n'est pas un des choix",
        ),
        (
            "enfants.csv",
            "1001,E2,Rivière",
            "1001,E2",
            "enfants.csv:3 : erreur : cette ligne a 5 valeurs pour 6 colonnes",
        ),
        (
            "familles.csv",
            "49070",
            "4907",
            "familles.csv:4, colonne « code_postal » : erreur : « 4907 » : le tableur a retiré le zéro du début",
        ),
        (
            "familles.csv",
            "1002;",
            "1001;",
            "familles.csv:3, colonne « famille » : erreur : la famille 1001 est déjà ligne 2",
        ),
        (
            "responsables.csv",
            "06 11 22 33 44",
            "611223344",
            "responsables.csv:2, colonne « telephone » : erreur : « 611223344 » : le tableur a retiré le zéro",
        ),
        (
            "responsables.csv",
            "R2;",
            "R1;",
            "responsables.csv:3, colonne « personne » : erreur : la personne R1 est déjà responsables.csv:2",
        ),
        (
            "comptes.csv",
            "maud.oeillet@exemple.fr",
            "maud.oeillet",
            "comptes.csv:3, colonne « courriel » : erreur : « maud.oeillet » n'est pas une adresse électronique",
        ),
        (
            "comptes.csv",
            "R4;",
            "E1;",
            "comptes.csv:4, colonne « personne » : erreur : E1 n'est pas un responsable",
        ),
        (
            "comptes.csv",
            "maud.o;",
            "anais.riviere;",
            "comptes.csv:3, colonne « identifiant » : erreur : « anais.riviere » est déjà ligne 2",
        ),
        (
            "comptes.csv",
            "$pbkdf2-sha256$",
            "motdepasse$",
            "comptes.csv:2, colonne « mot_de_passe » : erreur : cette empreinte de mot de passe n'en est pas une",
        ),
        ("comptes.csv", "i=60000", "i=1000", "a trop peu de tours"),
    ] {
        let faux = change(fichier, de, par);
        let refus = importe(CHALONNES, faux.path(), &["--data", data]);
        assert_eq!(refus.statut, 1, "{de} → {par}: {}{}", refus.texte, refus.erreurs);
        assert!(refus.texte.contains(dit), "{dit}:\n{}", refus.texte);
        assert!(refus.texte.ends_with(" : rien n'a été écrit.\n"), "{}", refus.texte);
        assert!(!refus.texte.contains("cmVwcmlzZS1leGVtcGxlMQ"), "a hash is not shown");
    }
    let mal_nomme = tempfile::tempdir().unwrap();
    std::fs::write(mal_nomme.path().join("enfant.csv"), "famille").unwrap();
    let refus = importe(CHALONNES, mal_nomme.path(), &["--data", data]);
    assert!(
        refus.statut == 2 && refus.erreurs.contains("n'est pas un des fichiers repris"),
        "{}",
        refus.erreurs
    );
    // a town that tells its families nothing of it takes no account over
    let refus = importe("ham", &exemple(), &["--data", data]);
    assert!(refus.statut == 1 && refus.texte.contains("commune.yaml n'annonce pas"), "{}", refus.texte);
    let apres = importe(CHALONNES, &exemple(), &["--data", data, "--essai"]);
    assert!(apres.texte.contains("3 à créer, 0 à compléter, 0 déjà là"), "{}", apres.texte);
}

/// The letters of the demonstration to that address, the newest first.
fn lettres(serveur: &Serveur, a: &str) -> Vec<String> {
    let page = serveur.navigateur().lit("/_courrier").unwrap().texte;
    page.split("<article").skip(1).filter(|l| l.contains(&format!("à {a}"))).map(str::to_owned).collect()
}

/// The newest link to that address, waited for, and its letter.
fn lien(serveur: &Serveur, a: &str) -> (String, String) {
    let motif = Regex::new("/[a-z-]+/compte/lien/[0-9a-f]{64}").unwrap();
    let debut = Instant::now();
    loop {
        if let Some((lien, lettre)) =
            lettres(serveur, a).into_iter().find_map(|l| Some((motif.find(&l)?.as_str().to_owned(), l)))
        {
            return (lien, lettre);
        }
        assert!(debut.elapsed().as_secs() < 20, "no letter to {a}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn cgu(page: &Page) -> String {
    let motif = Regex::new("name=\"cgu\" value=\"([^\"]+)\"").unwrap();
    motif.captures(&page.texte).unwrap_or_else(|| panic!("{}", page.visible()))[1].to_owned()
}

/// C2: whoever had a login in the other program keeps it, with its password, and looks at what was taken over once.
fn c2(serveur: &Serveur, data: &Path) {
    let fait =
        importe(CHALONNES, &exemple(), &["--data", data.to_str().unwrap(), "--logiciel", "Espace Famille"]);
    assert_eq!(fait.statut, 0, "{}{}", fait.texte, fait.erreurs);
    assert_eq!(entre(serveur, CHALONNES, "anais.riviere", NEUF).1.code, 422);
    let (n, page) = entre(serveur, CHALONNES, "Anais.Riviere", ANCIEN);
    assert!(page.chemin.ends_with("/verification"), "{} {}", page.chemin, page.visible());
    for dit in [
        "Anaïs Rivière",
        "Lila Rivière",
        "Sami Rivière",
        "Odette Morin",
        "12 rue des Lilas",
        "Tout est exact",
    ] {
        assert!(page.visible().contains(dit), "{dit}: {}", page.visible());
    }
    assert!(
        !page.visible().contains("noel.riviere@exemple.fr"),
        "another guardian's own: {}",
        page.visible()
    );
    // it is where one comes back, until it is answered; and the terms are accepted there
    assert!(n.lit(&format!("/{CHALONNES}/")).unwrap().chemin.ends_with("/verification"));
    let chemin = format!("/{CHALONNES}/verification");
    let sans = n.poste(&chemin, &[("_jeton", page.jeton().unwrap())]).unwrap();
    assert!(sans.code == 422 && sans.visible().contains("Acceptez les conditions"), "{}", sans.visible());
    let version = cgu(&page);
    let bon = n.poste(&chemin, &[("_jeton", page.jeton().unwrap()), ("cgu", &version)]).unwrap();
    assert!(
        bon.chemin.ends_with("/?fait=verifier") && bon.visible().contains("dossier est vérifié"),
        "{}",
        bon.visible()
    );
    assert!(!bon.texte.contains("pastille cadenas"), "the town knows this family: {}", bon.visible());
    // once; then the password is ours, and still opens
    let (n, page) = entre(serveur, CHALONNES, "anais.riviere@exemple.fr", ANCIEN);
    assert_eq!(page.chemin, format!("/{CHALONNES}/"), "{}", page.visible());
    assert_eq!(n.lit(&chemin).unwrap().chemin, format!("/{CHALONNES}/"));

    // without a password: a link, the login recalled; what is wrong leads to what corrects it
    let (lien, lettre) = lien(serveur, "maud.oeillet@exemple.fr");
    assert!(lettre.contains("maud.o") && !lettre.contains(ANCIEN), "{lettre}");
    let n = serveur.navigateur();
    let page = n.lit(&lien).unwrap();
    assert!(page.visible().contains("Votre identifiant : maud.o."), "{}", page.visible());
    let version = cgu(&page);
    let page = n.poste(&lien, &[("_nouveau", NEUF), ("_encore", NEUF), ("cgu", &version)]).unwrap();
    assert!(page.chemin.ends_with("/verification?fait=activer"), "{} {}", page.chemin, page.visible());
    assert!(page.visible().contains("Votre espace est actif") && page.visible().contains("Jeanne Œillet"));
    let champs = [("_jeton", page.jeton().unwrap()), ("corriger", "coordonnees")];
    let corrige = n.poste(&chemin, &champs).unwrap();
    assert_eq!(corrige.chemin, format!("/{CHALONNES}/demarches/coordonnees"), "{}", corrige.visible());
    assert_eq!(n.lit(&format!("/{CHALONNES}/")).unwrap().chemin, format!("/{CHALONNES}/"), "shown once");
    // the child of two households is known in both
    let (lien, _) = self::lien(serveur, "theo.fabre@exemple.fr");
    let n = serveur.navigateur();
    let page = n.poste(&lien, &[("_nouveau", NEUF), ("_encore", NEUF), ("cgu", &version)]).unwrap();
    assert!(
        page.visible().contains("Jeanne Œillet") && !page.visible().contains("Maud"),
        "{}",
        page.visible()
    );
}

/// M2: a family that the service knows: the account is made, the mail holds a link, the parent chooses a password and finds its
/// family.
fn m2(serveur: &Serveur, _: &Path) {
    let agent = entre_a(serveur, MELLOIS, "agent");
    let bureau = format!("/{MELLOIS}/agent/comptes");
    let cherche = |agent: &Navigateur| {
        let page = agent.lit(&bureau).unwrap();
        agent.poste(&bureau, &[("_jeton", page.jeton().unwrap()), ("nom", "durand")]).unwrap()
    };
    let page = cherche(&agent);
    let foyer = page.cache("foyer").unwrap().to_owned();
    let motif = Regex::new("name=\"ouvrir\" value=\"([^\"]+)\"").unwrap();
    let personne = motif.captures(&page.texte).unwrap_or_else(|| panic!("{}", page.visible()))[1].to_owned();
    let ouvre = |courriel: &str| {
        let page = cherche(&agent);
        let champs = [
            ("_jeton", page.jeton().unwrap()),
            ("nom", "durand"),
            ("foyer", &foyer),
            ("ouvrir", &personne),
            ("courriel", courriel),
        ];
        agent.poste(&bureau, &champs).unwrap()
    };
    let faux = ouvre("camille.durand");
    assert!(
        faux.code == 422 && faux.visible().contains("Écrivez l’adresse électronique"),
        "{}",
        faux.visible()
    );
    let fait = ouvre("camille@exemple.fr");
    assert!(fait.visible().contains("un courriel part avec le lien d’activation"), "{}", fait.visible());
    assert!(cherche(&agent).visible().contains("Lien envoyé, à activer"));
    let (premier, lettre) = lien(serveur, "camille@exemple.fr");
    for dit in ["Camille Durand", "Votre identifiant : camille@exemple.fr", "choisissez votre mot de passe"] {
        assert!(lettre.contains(dit), "{dit}: {lettre}");
    }
    // lost: another one, and the first opens nothing any more
    serveur
        .navigateur()
        .poste(&format!("/{MELLOIS}/compte/oubli"), &[("identifiant", "camille@exemple.fr")])
        .unwrap();
    let debut = Instant::now();
    let second = loop {
        let (second, lettre) = lien(serveur, "camille@exemple.fr");
        if second != premier {
            assert!(lettre.contains("Vos enfants sont connus"), "the service's own letter: {lettre}");
            break second;
        }
        assert!(debut.elapsed().as_secs() < 20, "no second letter");
        std::thread::sleep(Duration::from_millis(100));
    };
    let n = serveur.navigateur();
    assert_eq!(n.lit(&premier).unwrap().code, 404);
    let page = n.lit(&second).unwrap();
    assert!(page.visible().contains("votre famille y est déjà"), "{}", page.visible());
    let version = cgu(&page);
    let refus =
        n.poste(&second, &[("_nouveau", "soleil1"), ("_encore", "soleil1"), ("cgu", &version)]).unwrap();
    assert!(refus.code == 422 && refus.visible().contains("8 caractères"), "{}", refus.visible());
    let page = n.poste(&second, &[("_nouveau", NEUF), ("_encore", NEUF), ("cgu", &version)]).unwrap();
    assert!(page.visible().contains("Votre espace est actif"), "{}", page.visible());
    assert!(!page.texte.contains("pastille cadenas"), "{}", page.visible());
    let foyer = n.lit(&format!("/{MELLOIS}/foyer")).unwrap();
    assert!(
        foyer.visible().contains("Léa Durand") && foyer.visible().contains("Tom Durand"),
        "{}",
        foyer.visible()
    );
    assert!(cherche(&agent).visible().contains("Espace ouvert"));
    let encore = ouvre("camille@exemple.fr");
    assert!(encore.code == 422, "{}", encore.visible());
}

/// P11: the account that one has in a partner's space is linked once, with what it knows one by and a child's birth.
fn p11(serveur: &Serveur, data: &Path) {
    let dossier = tempfile::tempdir().unwrap();
    for fichier in ["familles.csv", "responsables.csv", "enfants.csv"] {
        std::fs::copy(exemple().join(fichier), dossier.path().join(fichier)).unwrap();
    }
    std::fs::write(dossier.path().join("partenaires.csv"), "personne;code\nR1;OPUS-4471\nR3;OPUS-9920\n")
        .unwrap();
    let fait = importe(CAISSE, dossier.path(), &["--data", data.to_str().unwrap(), "--logiciel", "Concerto"]);
    assert!(
        fait.statut == 0 && fait.texte.contains("Partenaire    2 références reprises, 0 déjà là"),
        "{}{}",
        fait.texte,
        fait.erreurs
    );
    let encore =
        importe(CAISSE, dossier.path(), &["--data", data.to_str().unwrap(), "--logiciel", "Concerto"]);
    assert!(encore.texte.contains("Partenaire    0 références reprises, 2 déjà là"), "{}", encore.texte);
    let n = entre_a(serveur, CAISSE, "arrivee");
    let accueil = n.lit(&format!("/{CAISSE}/")).unwrap();
    assert!(
        accueil.visible().contains("Relier mon compte : Service Enfance (Concerto)"),
        "{}",
        accueil.visible()
    );
    let chemin = format!("/{CAISSE}/partenaire");
    let essaie = |code: &str, naissance: &str| {
        let page = n.lit(&chemin).unwrap();
        let champs = [("_jeton", page.jeton().unwrap()), ("cle", code), ("naissance", naissance)];
        n.poste(&chemin, &champs).unwrap()
    };
    for (code, naissance) in [("OPUS-4471", "2018-05-15"), ("OPUS-4472", "2018-05-14")] {
        let refus = essaie(code, naissance);
        assert!(
            refus.code == 422 && refus.visible().contains("n’ouvrent pas votre dossier"),
            "{}",
            refus.visible()
        );
    }
    let bon = essaie("opus 4471", "2018-05-14");
    assert!(bon.visible().contains("Votre espace est maintenant relié à votre famille"), "{}", bon.visible());
    assert!(bon.visible().contains("Autres espaces") && bon.visible().contains("Relié"), "{}", bon.visible());
    let foyer = n.lit(&format!("/{CAISSE}/foyer")).unwrap();
    assert!(foyer.visible().contains("Lila Rivière"), "{}", foyer.visible());
    assert!(n.lit(&chemin).unwrap().visible().contains("déjà rattaché"), "asked once");
    // used: nobody else takes it
    let autre = entre_a(serveur, CAISSE, "martin").lit(&chemin).unwrap();
    assert!(autre.visible().contains("déjà rattaché"), "{}", autre.visible());
    assert_eq!(serveur.navigateur().lit("/ham/partenaire").unwrap().code, 200, "led back to the entrance");
}

/// The keys of families that have none, one page each in a file that its maker alone reads; each opens its family.
#[test]
fn les_cles_d_une_commune_s_impriment_une_page_chacune() {
    let dossier = tempfile::tempdir().unwrap();
    let data = dossier.path().join("data");
    let serveur = Serveur::lance(&data).unwrap();
    let reprise = dossier.path().join("reprise");
    std::fs::create_dir(&reprise).unwrap();
    for fichier in ["familles.csv", "responsables.csv", "enfants.csv"] {
        std::fs::copy(exemple().join(fichier), reprise.join(fichier)).unwrap();
    }
    let ou = ["--data", data.to_str().unwrap()];
    assert_eq!(importe("donges", &reprise, &ou).statut, 0);
    let communes = racine().join("communes");
    let ou = [&ou[..], &["--communes", communes.to_str().unwrap()]].concat();
    let cle = |geste: &[&str]| guichet(&[&["childkey"], geste, &ou[..]].concat()).unwrap();
    let imprime = |nom: &str| {
        let pdf = dossier.path().join(nom);
        let fait =
            cle(&["new", "donges", "--pdf", pdf.to_str().unwrap(), "--url", "https://famille.exemple.fr"]);
        assert_eq!(fait.statut, 0, "{}", fait.erreurs);
        (fait.texte, pdf)
    };
    let (dit, pdf) = imprime("un.pdf");
    assert!(dit.starts_with("4 clés de Donges"), "one a guardian: {dit}");
    let droits = std::fs::metadata(&pdf).unwrap().permissions();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&droits) & 0o777, 0o600);
    let octets = std::fs::read(&pdf).unwrap();
    let texte: String = octets.iter().map(|o| char::from(*o)).collect();
    assert!(texte.contains("/Count 4"), "{texte}");
    let motif = Regex::new(r"\(([A-Z]{4}-[0-9]{4}-[A-Z]{2})\)").unwrap();
    let cles: Vec<String> = motif.captures_iter(&texte).map(|c| c[1].to_owned()).collect();
    assert_eq!(cles.len(), 4);
    // none is lacking: no file stays; one taken back is made again, alone
    let (dit, pdf) = imprime("deux.pdf");
    assert!(dit.contains("a déjà sa clé") && !pdf.exists(), "{dit}");
    let liste = cle(&["list", "donges"]).texte;
    assert_eq!(liste.matches("  ouverte  ").count(), 4, "{liste}");
    assert!(cles.iter().all(|c| !liste.contains(c)), "a key is readable on its letter only");
    let id = liste.split_whitespace().next().unwrap().to_owned();
    assert!(cle(&["revoke", "donges", &id]).texte.contains("n'ouvre plus rien"));
    assert!(imprime("trois.pdf").0.starts_with("1 clé de Donges"));
    // a key of the first file that was not taken back opens
    let arrivee = entre_a(&serveur, "donges", "arrivee");
    let essaie = |cle: &str| {
        let page = arrivee.lit("/donges/cle").unwrap();
        let champs = [("_jeton", page.jeton().unwrap()), ("cle", cle), ("naissance", "2017-02-23")];
        arrivee.poste("/donges/cle", &champs).unwrap()
    };
    assert!(
        cles.iter().any(|c| essaie(c).chemin == "/donges/?fait=cle"),
        "Jeanne's guardians have two of them"
    );
    let sans = cle(&["new", "ham", "--pdf", "x.pdf", "--url", "https://famille.exemple.fr"]);
    assert!(sans.statut == 2 && sans.erreurs.contains("ne remet pas de clé"), "{}", sans.erreurs);
}

/// What the town's folder says sensitive is sealed, by the server or by the command: both read it again.
#[test]
fn ce_qui_est_scelle_n_arrete_ni_la_reprise_ni_les_cles() {
    const CANARI: &str = "Docteur Canari 0241000000";
    let dossier = tempfile::tempdir().unwrap();
    let (communes, data) = (dossier.path().join("communes"), dossier.path().join("data"));
    copie_commune("donges", &communes).unwrap();
    let donnees = communes.join("donges/donnees.yaml");
    let avant = std::fs::read_to_string(&donnees).unwrap();
    let (debut, medecin) = avant.split_once("fait: medecin").unwrap();
    let medecin = medecin.replacen("provenance: [", "provenance: [import, ", 1);
    std::fs::write(&donnees, format!("{debut}fait: medecin{medecin}")).unwrap();
    let reprise = dossier.path().join("reprise");
    std::fs::create_dir_all(&reprise).unwrap();
    std::fs::create_dir(&data).unwrap();
    for fichier in ["familles.csv", "responsables.csv"] {
        std::fs::copy(exemple().join(fichier), reprise.join(fichier)).unwrap();
    }
    let enfants =
        format!("famille;personne;nom;prenom;naissance;medecin\n1001;E1;Rivière;Lila;14/05/2018;{CANARI}\n");
    std::fs::write(reprise.join("enfants.csv"), enfants).unwrap();
    let ou = ["--data", data.to_str().unwrap(), "--communes", communes.to_str().unwrap()];
    let lance = |debut: &[&str]| guichet(&[debut, &ou].concat()).unwrap();
    let importe = || lance(&["import", "donges", reprise.to_str().unwrap()]);
    let fait = importe();
    assert!(
        fait.statut == 0 && fait.texte.contains("Familles      3 créées"),
        "{}{}",
        fait.texte,
        fait.erreurs
    );
    let mut lus = 0;
    for entree in std::fs::read_dir(&data).unwrap() {
        let chemin = entree.unwrap().path();
        if chemin.is_file() {
            lus += 1;
            let octets = std::fs::read(&chemin).unwrap();
            assert!(!octets.windows(CANARI.len()).any(|f| f == CANARI.as_bytes()), "{}", chemin.display());
        }
    }
    assert!(lus > 0, "the database is there");
    let encore = importe();
    for dit in ["3 déjà là", "Informations  0 écrites, 0 gardées", "Rien à changer"] {
        assert!(encore.texte.contains(dit), "{dit}:\n{}{}", encore.texte, encore.erreurs);
    }
    let pdf = dossier.path().join("cles.pdf");
    let neuves =
        ["childkey", "new", "donges", "--pdf", pdf.to_str().unwrap(), "--url", "https://famille.exemple.fr"];
    // without the town's key, none is made in its place, and nothing is written
    let gardes = data.join("fichiers");
    let ailleurs = dossier.path().join("ailleurs");
    std::fs::rename(&gardes, &ailleurs).unwrap();
    for refus in [importe(), lance(&neuves)] {
        assert!(
            refus.statut == 2 && refus.erreurs.contains("n'est plus avec les documents"),
            "{}",
            refus.erreurs
        );
    }
    std::fs::remove_dir_all(&gardes).unwrap();
    std::fs::rename(&ailleurs, &gardes).unwrap();
    let cles = lance(&neuves);
    assert!(cles.statut == 0 && cles.texte.starts_with("2 clés de Donges"), "{}{}", cles.texte, cles.erreurs);
}

/// Whoever an agent took out stays out, whatever the files say; and an account that went to another household stays there.
#[test]
fn une_seconde_reprise_ne_defait_pas_ce_que_la_commune_a_fait() {
    let dossier = tempfile::tempdir().unwrap();
    let data = dossier.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let ou = ["--data", data.to_str().unwrap()];
    assert_eq!(importe(CHALONNES, &exemple(), &ou).statut, 0);
    let origine = Origine { commune: CHALONNES, logiciel: "l'ancien logiciel" };
    let (quittee, autre) = (origine.foyer("1001"), origine.foyer("1003"));
    let (sortie, titulaire) = (origine.personne("R2"), origine.personne("R1"));
    let tokio = tokio::runtime::Runtime::new().unwrap();
    let membres = |apres: &dyn Fn(i64, Compte) -> Vec<Decision>| {
        tokio.block_on(async {
            let store = Store::sqlite(&data).await.unwrap();
            let portee = store.portee_de_commande(&CommuneSlug::lit(CHALONNES).unwrap(), "essai");
            let foyer = store.foyer(&portee, &quittee).await.unwrap().unwrap();
            let compte = store.compte(&portee, &origine.compte("R1")).await.unwrap().unwrap();
            for decision in apres(foyer.version, compte) {
                store.commet(&portee, decision, None).await.unwrap();
            }
            store.foyer(&portee, &quittee).await.unwrap().unwrap()
        })
    };
    let le = jiff::Timestamp::now();
    let avant = membres(&|version, compte| {
        let fin = Ecriture::FinMembre { foyer: quittee.clone(), personne: sortie.clone(), le };
        let retrait = Decision::du_systeme(&quittee, version + 1, le, "retirer_membre", vec![fin]);
        let mut part = verifie_famille(&compte, true, None, le);
        part.suivant = Suivant::Compte(Box::new(compte.devient(&autre, &titulaire)));
        vec![retrait, part]
    });
    assert!(!avant.contient(&sortie) && avant.contient(&titulaire));
    for options in [&["--essai"][..], &[]] {
        let encore = importe(CHALONNES, &exemple(), &[&ou[..], options].concat());
        assert_eq!(encore.statut, 0, "{}{}", encore.texte, encore.erreurs);
        for dit in [
            "responsables.csv:3 : à vérifier : la personne R2 n'est plus dans la famille 1001",
            ", 1 gardées hors de leur famille",
            ", 3 déjà là",
            "0 à activer par un lien, 3 déjà là",
            "Rien à changer",
        ] {
            assert!(encore.texte.contains(dit), "{dit}:\n{}", encore.texte);
        }
    }
    assert_eq!(membres(&|_, _| Vec::new()), avant, "nobody is back, nothing is written");
}

#[test]
fn ce_que_les_guides_attendent_d_une_famille_deja_connue_est_montre() {
    let donnees = tempfile::tempdir().unwrap();
    let data = donnees.path().join("data");
    let serveur = Serveur::lance(&data).unwrap();
    let essais: [Essai; 3] = [(CHALONNES, "C2", c2), (MELLOIS, "M2", m2), (CAISSE, "P11", p11)];
    let montrees = essais.map(|(slug, id, essai)| {
        essai(&serveur, &data);
        (slug.to_owned(), id.to_owned())
    });
    assert_eq!(
        exigences_en_attente("import"),
        BTreeSet::from(montrees),
        "each id that waits for it has its assertions here"
    );
}
