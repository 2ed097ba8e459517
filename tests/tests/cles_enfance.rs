//! Clés enfance and accounts to attach, over real HTTP: made at the desk, typed by a parent, tried in vain, attached by an agent.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

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
    for dit in ["Alex Durand", "Camille Durand", "Léa (14 mai 2018), Tom (2 novembre 2020)"] {
        assert!(file.visible().contains(dit), "{dit}: {}", file.visible());
    }
    let jeton = file.jeton().unwrap().to_owned();
    let foyer = file.cache("foyer").unwrap().to_owned();
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
