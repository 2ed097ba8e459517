//! The life of a document over real HTTP: read by an agent in one queue, accepted or refused with a reason that the family is
//! told of, given again; reminded of before its end, once; and who may see what.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and waits for letters no longer than it says"
)]

use std::time::{Duration, Instant};

use regex::Regex;
use tests::parcours::{PDF, depose, entre, regle};
use tests::serveur::{Navigateur, Page, Serveur};

const FILE: &str = "/ham/agent/documents";

fn demonstration(jour: &str) -> (tempfile::TempDir, Serveur) {
    let donnees = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&donnees.path().join("data")).unwrap();
    regle(&serveur.navigateur(), jour, "10:00");
    (donnees, serveur)
}

/// When that document came, as its card sends it.
fn vue(page: &Page, piece: &str) -> String {
    let motif = format!(
        "name=\"piece\" value=\"{piece}\">\\s*<input type=\"hidden\" name=\"vue\" value=\"([^\"]+)\""
    );
    let trouve = Regex::new(&motif).unwrap().captures(&page.texte);
    trouve.unwrap_or_else(|| panic!("{piece}: {}", page.visible()))[1].to_owned()
}

fn juge(agent: &Navigateur, page: &Page, dossier: &str, piece: &str, champs: &[(&str, &str)]) -> Page {
    let vue = vue(page, piece);
    let base = [("_jeton", page.jeton().unwrap()), ("dossier", dossier), ("piece", piece), ("vue", &vue)];
    agent.poste(FILE, &[&base[..], champs].concat()).unwrap()
}

/// The letters to that address whose text holds these words: subject and text.
fn lettres(serveur: &Serveur, a: &str, mots: &str) -> Vec<String> {
    let page = serveur.navigateur().lit("/_courrier").unwrap().texte;
    let siennes =
        page.split("<article").skip(1).filter(|l| l.contains(&format!("à {a}")) && l.contains(mots));
    siennes.map(str::to_owned).collect()
}

/// The same, once there are `n`, and no more a moment later.
fn attend_lettres(serveur: &Serveur, a: &str, mots: &str, n: usize) -> Vec<String> {
    let debut = Instant::now();
    while lettres(serveur, a, mots).len() < n {
        assert!(debut.elapsed().as_secs() < 20, "no {n} letters « {mots} » to {a}");
        std::thread::sleep(Duration::from_millis(100));
    }
    std::thread::sleep(Duration::from_millis(1_500));
    let recues = lettres(serveur, a, mots);
    assert_eq!(recues.len(), n, "{mots}: {recues:?}");
    recues
}

fn envoie(n: &Navigateur, dossier: &str, piece: &str) -> Page {
    let page = n.lit("/ham/pieces").unwrap();
    let champs = [("_jeton", page.jeton().unwrap()), ("_retour", "pieces"), ("piece", piece)];
    n.envoie_fichier(&format!("{dossier}/pieces"), &champs, "a.pdf", PDF).unwrap()
}

#[test]
fn un_document_se_lit_se_refuse_et_se_redonne() {
    let (_d, serveur) = demonstration("2025-09-01");
    let (n, agent) = (entre(&serveur, "durand"), entre(&serveur, "agent"));
    assert!(agent.lit(FILE).unwrap().visible().contains("Aucun document n’attend"));
    let dossier = depose(&n);
    let id = dossier.rsplit('/').next().unwrap();
    assert_eq!(n.lit(FILE).unwrap().code, 403, "a family has no queue");

    // one list: whose, for what, since when, until when
    let page = agent.lit(FILE).unwrap();
    let dit = page.visible();
    for mots in [
        "Léa Durand",
        "Dossier santé",
        "Attestation de quotient familial",
        "depuis aujourd’hui",
        "Valable jusqu’au 31 août 2026.",
        "chaque ouverture est inscrite au journal",
    ] {
        assert!(dit.contains(mots), "{mots}: {dit}");
    }
    let lu = agent.lit(&format!("/ham/agent/dossiers/{id}/pieces/dossier_sante/1")).unwrap();
    assert_eq!((lu.code, lu.texte.as_bytes()), (200, PDF));

    // accepted while the request is examined: its own letter will say it
    let page = juge(&agent, &page, id, "dossier_sante", &[("etat", "acceptee")]);
    assert!(
        page.visible().contains("Le document est accepté")
            && !page.visible().contains("Accepter : Dossier santé"),
        "{}",
        page.visible()
    );
    // refused without a reason: no; with the town's text: the family reads it, and its letter says it
    let refus = juge(&agent, &page, id, "procedures_obligatoires", &[("etat", "refusee")]);
    assert!(
        refus.code == 422 && refus.visible().contains("Dites à la famille pourquoi"),
        "{}",
        refus.visible()
    );
    let page =
        juge(&agent, &refus, id, "procedures_obligatoires", &[("etat", "refusee"), ("texte", "Incomplet")]);
    assert!(page.visible().contains("la famille en est prévenue"), "{}", page.visible());
    let recues = attend_lettres(&serveur, "durand@exemple.fr", "Un document est à renvoyer", 1);
    assert!(
        recues[0].contains("Procédures obligatoires") && recues[0].contains("la signature"),
        "{recues:?}"
    );
    let objet = Regex::new("<h[23][^>]*>([^<]*)</h").unwrap().captures(&recues[0]).unwrap()[1].to_owned();
    assert!(["Léa", "Durand", "Procédures"].iter().all(|m| !objet.contains(m)), "{objet}");
    let mien = n.lit("/ham/pieces").unwrap().visible();
    assert!(mien.contains("Motif : Il manque une page, ou la signature"), "{mien}");
    let onglet = n.lit(&format!("{dossier}/pieces")).unwrap().visible();
    assert!(onglet.contains("à renvoyer : Il manque une page"), "{onglet}");

    // given again, it waits again; what was seen before is not what is judged
    let vieille = agent.lit(FILE).unwrap();
    assert!(envoie(&n, &dossier, "procedures_obligatoires").visible().contains("bien reçu"));
    let page = agent.lit(FILE).unwrap();
    assert!(page.visible().contains("Procédures obligatoires"), "{}", page.visible());
    envoie(&n, &dossier, "attestation_caf");
    let perime = juge(&agent, &vieille, id, "attestation_caf", &[("etat", "acceptee")]);
    assert!(
        perime.code == 422 && perime.visible().contains("a envoyé autre chose depuis"),
        "{}",
        perime.visible()
    );

    // of health, refused: no letter says which
    let page = agent.lit(FILE).unwrap();
    juge(&agent, &page, id, "procedures_obligatoires", &[("etat", "acceptee")]);
    let la = format!("/ham/agent/dossiers/{id}");
    let page = agent.lit(&la).unwrap();
    let champs = [("_jeton", page.jeton().unwrap()), ("etat", "refusee"), ("motif", "allergie illisible")];
    agent.poste(&format!("{la}/pieces/dossier_sante"), &champs).unwrap();
    let recues = attend_lettres(&serveur, "durand@exemple.fr", "Un document est à renvoyer", 2);
    assert!(recues.iter().all(|l| !l.contains("allergie") && !l.contains("« Dossier santé »")), "{recues:?}");

    // the same value for whoever examines: what lacks, why, by what rule
    let complet = agent.lit(&format!("{la}/completude")).unwrap();
    let dit = complet.visible();
    for mots in [
        "Pièces de la famille de",
        "Léa Il manque un document.",
        "Motif : allergie illisible",
        "Demandée pour « ",
        "2025-2026",
        "Règle : Lettre aux familles",
    ] {
        assert!(dit.contains(mots), "{mots}: {dit}");
    }
    assert!(!complet.texte.contains("type=\"file\""), "an agent sends nothing here");
    assert_eq!(n.lit(&format!("{la}/completude")).unwrap().code, 403);
}

/// 30 days before 31 December (`rappel`), once; one given meanwhile is next year's, and nobody is told again.
#[test]
fn une_famille_est_prevenue_une_fois_avant_la_fin_et_redonne() {
    let (_d, serveur) = demonstration("2025-09-01");
    let horloge = serveur.navigateur();
    let (n, agent) = (entre(&serveur, "durand"), entre(&serveur, "agent"));
    let dossier = depose(&n);
    let id = dossier.rsplit('/').next().unwrap();
    let page = agent.lit(FILE).unwrap();
    juge(&agent, &page, id, "attestation_caf", &[("etat", "acceptee")]);
    tests::parcours::accepte(&serveur, &dossier);
    let lettre = "arrive à la fin de sa validité";
    let section = || {
        let texte = n.lit("/ham/pieces").unwrap().visible();
        let debut = texte.find("Attestation de quotient familial").unwrap();
        texte[debut..].chars().take(200).collect::<String>()
    };
    regle(&horloge, "2025-11-30", "12:00");
    attend_lettres(&serveur, "durand@exemple.fr", lettre, 0);
    // accepted, and not near its end: it stays
    assert_eq!(envoie(&n, &dossier, "attestation_caf").code, 422);
    regle(&horloge, "2025-12-01", "12:00");
    let recues = attend_lettres(&serveur, "durand@exemple.fr", lettre, 1);
    assert!(recues[0].contains("valable jusqu’au mercredi 31 décembre 2025"), "{recues:?}");
    regle(&horloge, "2025-12-20", "12:00");
    attend_lettres(&serveur, "durand@exemple.fr", lettre, 1);
    assert!(section().contains("Valable jusqu’au 31 décembre 2025"), "{}", section());
    assert!(envoie(&n, &dossier, "attestation_caf").visible().contains("bien reçu"));
    assert!(section().contains("Valable jusqu’au 31 décembre 2026"), "{}", section());
    regle(&horloge, "2026-01-10", "12:00");
    attend_lettres(&serveur, "durand@exemple.fr", lettre, 1);
    assert!(!section().contains("expirée"), "{}", section());
    // in an accepted request, an acceptance is told
    let page = agent.lit(FILE).unwrap();
    juge(&agent, &page, id, "attestation_caf", &[("etat", "acceptee")]);
    attend_lettres(&serveur, "durand@exemple.fr", "Votre document est accepté", 1);
}
