//! The agents' desk over real HTTP: counts, a file by its number, documents opened and verified, several files at once with a
//! preview that writes nothing, the counter. Each read of a document and each act for a family is in the journal.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use tests::parcours::{PDF, depose, depose_pour, entre, regle};
use tests::serveur::{Navigateur, Page, Serveur};

fn poste(n: &Navigateur, page: &Page, vers: &str, champs: &[(&str, &str)]) -> Page {
    n.poste(vers, &[&[("_jeton", page.jeton().unwrap())], champs].concat()).unwrap()
}

/// The identifier at the end of a path.
fn id(chemin: &str) -> &str {
    chemin.rsplit('/').next().unwrap()
}

#[test]
fn l_agent_trouve_verifie_et_decide_plusieurs_dossiers() {
    let donnees = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&donnees.path().join("data")).unwrap();
    regle(&serveur.navigateur(), "2025-09-01", "10:00");
    let parent = entre(&serveur, "durand");
    let (lea, tom) = (depose(&parent), depose_pour(&parent, "Tom"));
    let agent = entre(&serveur, "agent");

    let travail = agent.lit("/ham/agent/").unwrap();
    let texte = travail.visible();
    assert!(texte.contains("Demande déposée 2 depuis aujourd’hui 1er novembre 2025"), "{texte}");
    // 12 days later the age has grown; 10 days before the town's silence becomes an answer, the date is the same
    regle(&serveur.navigateur(), "2025-09-13", "10:00");
    assert!(agent.lit("/ham/agent/").unwrap().visible().contains("depuis 12 jours"));
    assert_eq!(parent.lit("/ham/agent/").unwrap().code, 403);

    // by its number, as read over the telephone
    let page = agent.lit("/ham/agent/?numero=2025-00001").unwrap();
    assert_eq!(id(&page.chemin), id(&lea));
    let page_inconnue = agent.lit("/ham/agent/?numero=2025-99999").unwrap();
    assert!(page_inconnue.visible().contains("Aucun dossier de vos services ne porte le numéro 2025-99999"));

    // a document is opened as it was sent, never shown as a page; nobody else opens it
    let piece = format!("/ham/agent/dossiers/{}/pieces/dossier_sante/1", id(&lea));
    let document = agent.lit(&piece).unwrap();
    assert_eq!((document.code, document.texte.as_bytes()), (200, PDF));
    assert_eq!(parent.lit(&piece).unwrap().code, 403);
    assert_eq!(
        agent.lit(&format!("/ham/agent/dossiers/{}/pieces/dossier_sante/2", id(&lea))).unwrap().code,
        404
    );
    assert_eq!(agent.lit(&format!("/ham/agent/dossiers/{}/pieces/rien/1", id(&lea))).unwrap().code, 404);

    // taken in charge, a document refused with its reason, which the family reads
    let adresse = format!("/ham/agent/dossiers/{}", id(&tom));
    let page = agent.lit(&adresse).unwrap();
    let page = poste(&agent, &page, &format!("{adresse}/charge"), &[("charge", "prendre")]);
    assert!(page.visible().contains("En charge vous"), "{}", page.visible());
    let verifier = format!("{adresse}/pieces/dossier_sante");
    let sans = poste(&agent, &page, &verifier, &[("etat", "refusee"), ("motif", " ")]);
    assert_eq!(sans.code, 422, "{}", sans.visible());
    let page = agent.lit(&adresse).unwrap();
    let page = poste(&agent, &page, &verifier, &[("etat", "refusee"), ("motif", "La page 2 manque.")]);
    assert!(page.visible().contains("refusée : La page 2 manque."), "{}", page.visible());
    assert!(
        page.visible().contains("Dossier santé Merci de l’envoyer depuis votre espace"),
        "{}",
        page.visible()
    );
    assert!(parent.lit(&tom).unwrap().visible().contains("La page 2 manque."));

    // both at once: the preview says who cannot be accepted, and writes nothing
    let liste = agent.lit("/ham/agent/etapes/inscription/deposee").unwrap();
    let choix = [("dossier", id(&lea)), ("dossier", id(&tom)), ("acte", "valider")];
    let apercu = poste(&agent, &liste, "/ham/agent/lot", &choix);
    let texte = apercu.visible();
    assert!(texte.contains("Possible pour 1 dossiers sur 2"), "{texte}");
    assert!(texte.contains("Léa Durand deviendra : Demande acceptée"), "{texte}");
    assert!(texte.contains("Tom Durand Il manque la pièce « Dossier santé »"), "{texte}");
    assert!(parent.lit(&lea).unwrap().visible().contains("Demande déposée"));

    // confirmed twice (a double click): done once, and the same answer
    let jeton = apercu.jeton().unwrap().to_owned();
    let confirme = || {
        let champs = [("_jeton", jeton.as_str()), ("dossier", id(&lea)), ("acte", "valider")];
        agent.poste("/ham/agent/lot/confirme", &champs).unwrap().visible()
    };
    assert!(confirme().contains("C’est fait pour 1 dossiers."));
    assert!(confirme().contains("C’est fait pour 1 dossiers."));
    let page = agent.lit(&format!("/ham/agent/dossiers/{}", id(&lea))).unwrap();
    assert_eq!(page.visible().matches("Demande acceptée par vous").count(), 1, "{}", page.visible());
    // a family's session prepares nothing
    assert_eq!(poste(&parent, &parent.lit(&tom).unwrap(), "/ham/agent/lot", &choix).code, 403);
}

#[test]
fn au_guichet_l_agent_agit_pour_la_famille_et_c_est_note() {
    let donnees = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&donnees.path().join("data")).unwrap();
    regle(&serveur.navigateur(), "2025-09-01", "10:00");
    entre(&serveur, "martin");
    let agent = entre(&serveur, "agent");

    let page = agent.lit("/ham/agent/guichet").unwrap();
    let trouvees = poste(&agent, &page, "/ham/agent/guichet", &[("nom", "DURA")]);
    let texte = trouvees.visible();
    assert!(texte.contains("Camille Durand Enfants : ") && !texte.contains("Martin"), "{texte}");
    let rien = poste(&agent, &trouvees, "/ham/agent/guichet", &[("nom", "%")]);
    assert!(rien.visible().contains("Personne ne porte ce nom"), "{}", rien.visible());

    let (foyer, personne) =
        (trouvees.cache("foyer").unwrap(), trouvees.cache("personne").unwrap().to_owned());
    let chez_eux =
        poste(&agent, &trouvees, "/ham/agent/guichet/ouvre", &[("foyer", foyer), ("personne", &personne)]);
    assert!(
        chez_eux.visible().contains("Vous agissez pour une famille, au guichet"),
        "{}",
        chez_eux.visible()
    );
    // the family's rights, and not the agent's
    assert_eq!(agent.lit("/ham/agent/").unwrap().code, 403);
    let dossier = depose(&agent);

    let fini = agent.poste("/ham/guichet/fin", &[]).unwrap();
    assert_eq!((fini.code, fini.chemin.as_str()), (200, "/ham/agent/guichet"));
    let sien = agent.lit(&format!("/ham/agent/dossiers/{}", id(&dossier))).unwrap();
    assert!(
        sien.visible().contains("Demande déposée par vous, au guichet pour la famille"),
        "{}",
        sien.visible()
    );
    // the family finds it in its own space
    let parent = entre(&serveur, "durand");
    assert!(parent.lit(&dossier).unwrap().visible().contains("Demande déposée"));
    // a person of another household is not opened by mixing identifiers
    let voisins =
        poste(&agent, &agent.lit("/ham/agent/guichet").unwrap(), "/ham/agent/guichet", &[("nom", "martin")]);
    let mele = [("foyer", voisins.cache("foyer").unwrap()), ("personne", personne.as_str())];
    assert_eq!(poste(&agent, &voisins, "/ham/agent/guichet/ouvre", &mele).code, 404);
}
