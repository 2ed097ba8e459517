//! Clés enfance and accounts to attach, over real HTTP: made at the desk, typed by a parent, tried in vain, attached by an agent;
//! and what the towns' guides ask of keys (`attend: cles` in their `exigences.yaml`).
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::time::Duration;

use regex::Regex;
use tests::magasin::exigences_en_attente;
use tests::parcours::{entre_a, option, regle};
use tests::serveur::{Navigateur, Page, Serveur};

const VILLE: &str = "donges";

fn serveur() -> (tempfile::TempDir, Serveur) {
    let donnees = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&donnees.path().join("data")).unwrap();
    regle(&serveur.navigateur(), "2025-09-01", "10:00");
    (donnees, serveur)
}

/// What stands between these two texts.
fn entre_deux<'p>(page: &'p Page, avant: &str, apres: &str) -> &'p str {
    let reste = page.texte.split(avant).nth(1).unwrap_or_else(|| panic!("{avant}: {}", page.visible()));
    reste.split(apres).next().unwrap()
}

/// The desk looks for that family.
fn cherche(agent: &Navigateur, ville: &str, nom: &str) -> Page {
    let page = agent.lit(&format!("/{ville}/agent/cles")).unwrap();
    agent.poste(&page.chemin, &[("_jeton", page.jeton().unwrap()), ("nom", nom)]).unwrap()
}

/// The desk makes a key for each guardian of the Durands who is known: the letters.
fn fait(agent: &Navigateur, ville: &str) -> Page {
    let page = cherche(agent, ville, "durand");
    let foyer = page.cache("foyer").unwrap().to_owned();
    let champs = [("_jeton", page.jeton().unwrap()), ("foyer", &foyer), ("faire", "tous")];
    agent.poste(&page.chemin, &champs).unwrap()
}

fn cle(lettre: &Page) -> String {
    entre_deux(lettre, "<p class=\"cle\">", "<").to_owned()
}

fn essaie(n: &Navigateur, ville: &str, cle: &str, naissance: &str) -> Page {
    let page = n.lit(&format!("/{ville}/cle")).unwrap();
    let champs = [("_jeton", page.jeton().unwrap()), ("cle", cle), ("naissance", naissance)];
    n.poste(&page.chemin, &champs).unwrap()
}

#[test]
fn une_cle_remise_au_guichet_ouvre_l_espace() {
    let (_donnees, serveur) = serveur();
    let (agent, arrivee) = (entre_a(&serveur, VILLE, "agent"), entre_a(&serveur, VILLE, "arrivee"));
    // before: padlocks, and the procedure refuses, whoever asks
    let accueil = arrivee.lit("/donges/").unwrap();
    assert!(accueil.texte.contains("pastille cadenas"), "{}", accueil.visible());
    assert!(accueil.texte.contains("href=\"/donges/cle\""), "{}", accueil.visible());
    let fermee = arrivee.lit("/donges/demarches/inscription_scolaire").unwrap();
    assert!(
        fermee.visible().contains("Cette démarche s’ouvre avec votre clé enfance"),
        "{}",
        fermee.visible()
    );

    // what no padlock closes is begun before
    let page = arrivee.lit("/donges/demarches/coordonnees").unwrap();
    let debut = arrivee.poste(&page.chemin, &[("_jeton", page.jeton().unwrap())]).unwrap();
    let commencee = debut.chemin.trim_end_matches("/informations").to_owned();
    assert!(commencee.starts_with("/donges/dossiers/"), "{commencee}: {}", debut.visible());

    let lettres = fait(&agent, VILLE);
    assert_eq!(lettres.texte.matches("class=\"carte lettre\"").count(), 1, "one guardian, one letter");
    let cle = cle(&lettres);
    assert_eq!(cle.len(), "AAAA-9999-AA".len(), "{cle}");
    for dit in
        ["Camille Durand", "Léa, Tom", "sert une seule fois, jusqu’au 1er septembre 2026", "J’ai une clé"]
    {
        assert!(lettres.visible().contains(dit), "{dit}: {}", lettres.visible());
    }
    assert_eq!(lettres.entete("cache-control"), Some("no-store"));
    // once: it is nowhere afterwards
    let bureau = cherche(&agent, VILLE, "Durand");
    assert!(bureau.visible().contains("Clé faite, ouverte jusqu’au"), "{}", bureau.visible());
    assert!(!bureau.texte.contains(&cle), "shown once");

    // as one types it
    let ouverte = essaie(&arrivee, VILLE, &cle.to_lowercase().replace('-', " "), "2018-05-14");
    assert_eq!((ouverte.code, ouverte.chemin.as_str()), (200, "/donges/?fait=cle"), "{}", ouverte.visible());
    assert!(ouverte.visible().contains("Votre espace est maintenant relié à votre famille"));
    assert!(!ouverte.texte.contains("pastille cadenas"), "{}", ouverte.visible());
    let demarche = arrivee.lit("/donges/demarches/inscription_scolaire").unwrap();
    for prenom in ["Léa", "Tom"] {
        assert!(!option(&demarche, "enfant", prenom).is_empty(), "the family's own children");
    }
    // and it followed: it is where it was, and can be taken up again
    let demandes = arrivee.lit("/donges/demandes").unwrap();
    assert!(demandes.texte.contains(&commencee), "{}", demandes.visible());
    assert_eq!(arrivee.lit(&commencee).unwrap().code, 200);
    assert!(cherche(&agent, VILLE, "Durand").visible().contains("Clé utilisée"));
    assert!(arrivee.lit("/donges/cle").unwrap().visible().contains("déjà rattaché"));
}

#[test]
fn le_refus_ne_dit_pas_ce_qui_est_faux() {
    let (_donnees, serveur) = serveur();
    let agent = entre_a(&serveur, VILLE, "agent");
    let cle = cle(&fait(&agent, VILLE));
    let ailleurs = self::cle(&fait(&entre_a(&serveur, "mellois-en-poitou", "agent"), "mellois-en-poitou"));
    let arrivee = entre_a(&serveur, VILLE, "arrivee");
    // nothing is counted of what is not there
    for (saisie, jour, dit) in [
        ("", "2018-05-14", "Saisissez la clé"),
        ("ABCD", "", "Indiquez la date de naissance"),
        ("ABCD", "14 mai", "Écrivez une date"),
    ] {
        let page = essaie(&arrivee, VILLE, saisie, jour);
        assert_eq!(page.code, 422);
        assert!(page.visible().contains(dit), "{dit}: {}", page.visible());
    }
    let mut refus = Vec::new();
    for (quoi, saisie, jour) in [
        ("no such key", "ZZZZ-0000-ZZ", "2018-05-14"),
        ("the right key, the wrong birth", cle.as_str(), "2018-05-15"),
        ("another town's", ailleurs.as_str(), "2018-05-14"),
    ] {
        let page = essaie(&arrivee, VILLE, saisie, jour);
        assert_eq!(page.code, 422, "{quoi}");
        assert!(page.texte.contains(&format!("value=\"{jour}\"")), "what was typed is kept: {quoi}");
        assert!(!page.texte.contains(saisie), "but the key: {quoi}");
        let jeton = page.jeton().unwrap().to_owned();
        refus.push(page.texte.replace(&jeton, "").replace(jour, ""));
    }
    assert!(refus.windows(2).all(|p| p[0] == p[1]), "one refusal, whatever is wrong");
    // a key that is over
    regle(&serveur.navigateur(), "2026-09-02", "00:01");
    let passee = essaie(&arrivee, VILLE, &cle, "2018-05-14");
    assert!(passee.visible().contains("n’ouvrent pas votre dossier"), "{}", passee.visible());
    regle(&serveur.navigateur(), "2025-09-01", "10:00");
    assert_eq!(essaie(&arrivee, VILLE, &cle, "2018-05-14").code, 200, "it was right");
}

/// Ten wrong tries: five are compared in a quarter of an hour, then nothing is, the right key neither; after a restart too.
#[test]
fn dix_essais_en_vain_attendent() {
    let donnees = tempfile::tempdir().unwrap();
    let data = donnees.path().join("data");
    let serveur = Serveur::lance(&data).unwrap();
    regle(&serveur.navigateur(), "2025-09-01", "10:00");
    let cle = cle(&fait(&entre_a(&serveur, VILLE, "agent"), VILLE));
    let arrivee = entre_a(&serveur, VILLE, "arrivee");
    let codes: Vec<u16> =
        (0..10).map(|n| essaie(&arrivee, VILLE, &format!("ABCD-000{n}-EF"), "2018-05-14").code).collect();
    assert_eq!(codes, [422, 422, 422, 422, 422, 429, 429, 429, 429, 429]);
    let bloque = essaie(&arrivee, VILLE, &cle, "2018-05-14");
    assert_eq!(bloque.code, 429);
    assert!(bloque.visible().contains("Trop d’essais ont échoué. Réessayez après"), "{}", bloque.visible());
    serveur.tue().unwrap();
    let serveur = Serveur::lance(&data).unwrap();
    let revenu = entre_a(&serveur, VILLE, "arrivee");
    assert_eq!(essaie(&revenu, VILLE, &cle, "2018-05-14").code, 429, "the count is in the data");
}

#[test]
fn une_cle_retiree_ou_refaite_n_ouvre_plus() {
    let (_donnees, serveur) = serveur();
    let (agent, arrivee) = (entre_a(&serveur, VILLE, "agent"), entre_a(&serveur, VILLE, "arrivee"));
    let premiere = cle(&fait(&agent, VILLE));
    let lettres = fait(&agent, VILLE);
    assert!(lettres.visible().contains("Elle remplace la précédente"), "{}", lettres.visible());
    let seconde = cle(&lettres);
    assert_ne!(premiere, seconde);
    assert_eq!(essaie(&arrivee, VILLE, &premiere, "2018-05-14").code, 422);
    let bureau = cherche(&agent, VILLE, "Durand");
    let id = entre_deux(&bureau, "name=\"retirer\" value=\"", "\"").to_owned();
    let fait = agent.poste(&bureau.chemin, &[("_jeton", bureau.jeton().unwrap()), ("retirer", &id)]).unwrap();
    assert!(fait.visible().contains("La clé est retirée"), "{}", fait.visible());
    assert_eq!(essaie(&arrivee, VILLE, &seconde, "2018-05-14").code, 422);
    // a page of keys that is asked for again makes none
    let page = cherche(&agent, VILLE, "durand");
    let foyer = page.cache("foyer").unwrap().to_owned();
    let champs = [("_jeton", page.jeton().unwrap()), ("foyer", &foyer), ("faire", "tous")];
    assert!(agent.poste(&page.chemin, &champs).unwrap().texte.contains("<p class=\"cle\">"));
    let encore = agent.poste(&page.chemin, &champs).unwrap();
    assert!(encore.visible().contains("Cette lettre a déjà été montrée"), "{}", encore.visible());
}

/// Ham: the family types nothing; an agent attaches its account to the family that the town knows.
#[test]
fn un_agent_rattache_accepte_ou_refuse() {
    let (_donnees, serveur) = serveur();
    let (agent, arrivee) = (entre_a(&serveur, "ham", "agent"), entre_a(&serveur, "ham", "arrivee"));
    let accueil = arrivee.lit("/ham/").unwrap();
    assert!(accueil.visible().contains("vous n’avez rien à faire"), "{}", accueil.visible());
    assert!(accueil.texte.contains("pastille cadenas"), "{}", accueil.visible());
    assert_eq!(arrivee.lit("/ham/cle").unwrap().code, 404, "no key is asked of the parent");
    assert_eq!(agent.lit("/ham/agent/cles").unwrap().code, 404, "nor made");

    let file = agent.lit("/ham/agent/rattachements").unwrap();
    for dit in ["Alex Petit", "Aucune famille connue ne porte ce nom"] {
        assert!(file.visible().contains(dit), "{dit}: {}", file.visible());
    }
    let jeton = file.jeton().unwrap().to_owned();
    let foyer = file.cache("foyer").unwrap().to_owned();
    let champs = [("_jeton", jeton.as_str()), ("foyer", &foyer), ("geste", "chercher"), ("nom", "durand")];
    let trouvees = agent.poste(&file.chemin, &champs).unwrap();
    for dit in ["Camille Durand", "Léa (14 mai 2018), Tom (2 novembre 2020)"] {
        assert!(trouvees.visible().contains(dit), "{dit}: {}", trouvees.visible());
    }
    let sans = agent
        .poste(&file.chemin, &[("_jeton", &jeton), ("foyer", &foyer), ("geste", "refuser"), ("motif", " ")])
        .unwrap();
    assert_eq!(sans.code, 422);
    assert!(sans.visible().contains("Écrivez pourquoi"), "{}", sans.visible());
    let motif = "Présentez-vous à l’accueil avec votre livret de famille.";
    let champs = [("_jeton", jeton.as_str()), ("foyer", &foyer), ("geste", "refuser"), ("motif", motif)];
    assert_eq!(agent.poste(&file.chemin, &champs).unwrap().code, 200);
    assert!(arrivee.lit("/ham/").unwrap().visible().contains(motif));
    assert!(agent.lit("/ham/agent/rattachements").unwrap().visible().contains("Aucun compte n’attend"));
    // a refusal may be taken back: accepted as a family that arrives
    let champs = [("_jeton", jeton.as_str()), ("foyer", &foyer), ("geste", "accepter")];
    assert_eq!(agent.poste(&file.chemin, &champs).unwrap().code, 200);
    assert!(!arrivee.lit("/ham/").unwrap().texte.contains("pastille cadenas"));
    // answered: another agent, with the page of before, changes nothing
    let encore = agent.poste(&file.chemin, &champs).unwrap();
    assert_eq!(encore.code, 422);
    assert!(encore.visible().contains("vient de recevoir une réponse"), "{}", encore.visible());
}

#[test]
fn la_premiere_visite_dit_par_ou_entrer() {
    let (_donnees, serveur) = serveur();
    let n = serveur.navigateur();
    for (ville, dits) in [
        ("ham", vec!["Ma famille est connue, ou nouvelle", "vous n’avez rien d’autre à faire"]),
        ("donges", vec!["J’ai une clé", "par courrier ou au guichet", "votre clé vous est remise sur place"]),
        (
            "mellois-en-poitou",
            vec!["J’ai reçu un courriel d’activation", "J’ai une clé", "1234-ABC-123", "mardi"],
        ),
        (
            "chalonnes-sur-loire",
            vec!["J’ai déjà un compte dans l’ancien portail", "Votre identifiant ne change pas"],
        ),
        ("caisse-des-ecoles-paris", vec!["Service Enfance (Concerto)", "une seule fois"]),
    ] {
        assert!(n.lit(&format!("/{ville}/")).unwrap().texte.contains("/premiere-visite"), "{ville}");
        let page = n.lit(&format!("/{ville}/premiere-visite")).unwrap();
        for dit in dits {
            assert!(page.visible().contains(dit), "{ville}: {dit}: {}", page.visible());
        }
    }
}

const MOT: &str = "Cheval-Agrafe-Pile-42";

/// Asks for an account with this key and this birth, waits for the letter's link, follows it.
fn cree_avec(
    serveur: &Serveur,
    ville: &str,
    courriel: &str,
    cle: &str,
    naissance: &str,
) -> (Navigateur, Page) {
    let n = serveur.navigateur();
    let page = n.lit(&format!("/{ville}/compte/creation")).unwrap();
    let cgu =
        Regex::new("name=\"cgu\" value=\"([^\"]+)\"").unwrap().captures(&page.texte).unwrap()[1].to_owned();
    let champs = [
        ("_depart", page.cache("_depart").unwrap()),
        ("_champs", page.cache("_champs").unwrap()),
        ("nom", "Durand"),
        ("prenom", "Camille"),
        ("adresse.voie", "12 rue des Écoles"),
        ("adresse.code_postal", "79500"),
        ("adresse.commune", "Melle"),
        ("courriel", courriel),
        ("telephone", "06 12 34 56 78"),
        ("_mot_de_passe", MOT),
        ("_encore", MOT),
        ("cgu", &cgu),
        ("cle_enfance", cle),
    ];
    std::thread::sleep(Duration::from_millis(2_050));
    let sans_date = n.poste(&page.chemin, &champs).unwrap();
    assert_eq!(sans_date.code, 422);
    assert!(sans_date.visible().contains("Avec la clé, indiquez la date"), "{}", sans_date.visible());
    assert!(!sans_date.texte.contains(cle), "what was typed is kept, but the key");
    assert!(sans_date.texte.contains(courriel));
    let fini = n.poste(&page.chemin, &[&champs[..], &[("naissance_enfant", naissance)]].concat()).unwrap();
    assert!(fini.chemin.ends_with("/compte/envoye"), "{}", fini.visible());
    let motif = Regex::new("/[a-z-]+/compte/lien/[0-9a-f]{64}").unwrap();
    let mut attente = 0;
    let lien = loop {
        let lettres = serveur.navigateur().lit("/_courrier").unwrap().texte;
        let sienne =
            lettres.split("<article").find(|l| l.contains(&format!("à {courriel}"))).map(str::to_owned);
        if let Some(lien) = sienne.as_deref().and_then(|l| motif.find(l)) {
            break lien.as_str().to_owned();
        }
        attente += 1;
        assert!(attente < 300, "no letter");
        std::thread::sleep(Duration::from_millis(100));
    };
    let page = n.poste(&lien, &[("_mot_de_passe", MOT)]).unwrap();
    (n, page)
}

/// A town, an id, and what shows it.
type Exigence = (&'static str, &'static str, fn(&Serveur));

/// D5: a letter gives the key, one for each guardian, each theirs.
fn d5(serveur: &Serveur) {
    let agent = entre_a(serveur, "donges", "agent");
    let bureau = cherche(&agent, "donges", "durand");
    assert!(bureau.visible().contains("Une clé pour chaque représentant"), "{}", bureau.visible());
    let lettre = fait(&agent, "donges");
    assert!(lettre.visible().contains("chaque représentant reçoit la sienne"), "{}", lettre.visible());
}

/// D6: the desk makes the key of whoever is there, and it opens at once.
fn d6(serveur: &Serveur) {
    let agent = entre_a(serveur, "donges", "agent");
    let bureau = cherche(&agent, "donges", "durand");
    let (foyer, jeton) = (bureau.cache("foyer").unwrap().to_owned(), bureau.jeton().unwrap().to_owned());
    let personne = entre_deux(&bureau, "name=\"faire\" value=\"", "\"").to_owned();
    let champs = [("_jeton", jeton.as_str()), ("foyer", &foyer), ("faire", &personne)];
    let lettre = agent.poste(&bureau.chemin, &champs).unwrap();
    let page = essaie(&entre_a(serveur, "donges", "arrivee"), "donges", &cle(&lettre), "2020-11-02");
    assert!(page.chemin.ends_with("/?fait=cle"), "{}", page.visible());
}

/// M4: the key, of the form 1234-XXX-123, is a step of the creation, and may be entered later.
fn m4(serveur: &Serveur) {
    let ville = "mellois-en-poitou";
    let agent = entre_a(serveur, ville, "agent");
    let page = cherche(&agent, ville, "durand");
    let foyer = page.cache("foyer").unwrap().to_owned();
    let champs = [("_jeton", page.jeton().unwrap()), ("foyer", &foyer), ("faire", "foyer")];
    let cle = cle(&agent.poste(&page.chemin, &champs).unwrap());
    assert!(Regex::new("^[0-9]{4}-[A-Z]{3}-[0-9]{3}$").unwrap().is_match(&cle), "{cle}");
    // a wrong birth at the creation: the account is active, and the family types them again
    let (n, page) = cree_avec(serveur, ville, "a@exemple.fr", &cle, "2018-05-15");
    assert!(page.chemin.ends_with("/?fait=cle_refusee"), "{}", page.chemin);
    assert!(page.texte.contains("pastille cadenas"), "{}", page.visible());
    let ouverte = essaie(&n, ville, &cle, "2018-05-14");
    assert!(ouverte.chemin.ends_with("/?fait=cle"), "{}", ouverte.visible());
    assert!(!ouverte.texte.contains("pastille cadenas"), "{}", ouverte.visible());
    // right at once
    let page = cherche(&agent, ville, "durand");
    let champs = [("_jeton", page.jeton().unwrap()), ("foyer", &foyer), ("faire", "foyer")];
    let cle = self::cle(&agent.poste(&page.chemin, &champs).unwrap());
    let (_, page) = cree_avec(serveur, ville, "b@exemple.fr", &cle, "2018-05-14");
    assert!(page.chemin.ends_with("/?fait=cle"), "{} {}", page.chemin, page.visible());
}

/// M18: when the service does not answer the telephone, beside the key.
fn m18(serveur: &Serveur) {
    let page = entre_a(serveur, "mellois-en-poitou", "arrivee").lit("/mellois-en-poitou/cle").unwrap();
    assert!(page.visible().contains("ne répond pas"), "{}", page.visible());
    assert!(page.visible().contains("mardi"), "{}", page.visible());
}

#[test]
fn ce_que_les_guides_demandent_des_cles_est_montre() {
    let (_donnees, serveur) = serveur();
    let essais: [Exigence; 4] = [
        ("donges", "D5", d5),
        ("donges", "D6", d6),
        ("mellois-en-poitou", "M4", m4),
        ("mellois-en-poitou", "M18", m18),
    ];
    let montrees = essais.map(|(slug, id, essai)| {
        essai(&serveur);
        (slug.to_owned(), id.to_owned())
    });
    assert_eq!(
        exigences_en_attente("cles"),
        BTreeSet::from(montrees),
        "each id that waits for keys has its assertions here"
    );
}
