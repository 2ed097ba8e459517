//! « Mon foyer »: who is in it, what is known of each and who said it; another guardian's own affairs stay theirs.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use engine::decision::Agregat;
use engine::identifiant::{CommuneSlug, FoyerId};
use engine_store::Store;
use serde_json::{Value, json};
use tests::parcours::{entre, entre_a, json as poste, regle};
use tests::serveur::{Navigateur, Page, Serveur};

/// Declares somebody; the dossier.
fn declare(n: &Navigateur, lien: &str, prenom: &str) -> String {
    let reponses = json!({ "lien": lien, "nom": "Renard", "prenom": prenom, "telephone": "06 12 34 56 78" });
    let (code, p) = poste(
        n,
        "/dossiers",
        &format!("b-{prenom}"),
        &json!({ "demarche": "entourage", "reponses": reponses }),
    );
    assert_eq!(code, 201, "{p}");
    let id = p.get("id").and_then(Value::as_str).unwrap().to_owned();
    let (code, p) = poste(n, &format!("/dossiers/{id}/actions/deposer"), &format!("d-{prenom}"), &json!({}));
    assert_eq!(code, 200, "{p}");
    id
}

#[test]
fn une_personne_est_deposee_puis_validee_et_l_autre_responsable_garde_ses_coordonnees() {
    let donnees = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&donnees.path().join("data")).unwrap();
    regle(&serveur.navigateur(), "2025-07-01", "10:00");
    let [parent, voisin, agent] = ["durand", "martin", "agent"].map(|q| entre(&serveur, q));
    let vue = |n: &Navigateur| n.lit("/ham/foyer").unwrap().visible();
    let avant = vue(&parent);
    for su in [
        "Camille Durand Vous",
        "Léa Durand Enfant",
        "14 mai 2018",
        "Quotient familial 640",
        "Hamois",
        "la mairie savait déjà, repris le 1er janvier 2020",
    ] {
        assert!(avant.contains(su), "{su}: {avant}");
    }
    assert!(!avant.contains("Zoé") && !avant.contains("martin@exemple.fr"), "another household's: {avant}");
    assert!(avant.contains("Vous ne pouvez pas retirer une personne vous-même : la mairie"), "{avant}");

    let contact = declare(&parent, "contact", "Alix");
    let autre = declare(&parent, "co_representant", "Sacha");
    let attend = vue(&parent);
    assert_eq!(attend.matches("Demande déposée").count(), 2, "{attend}");
    assert!(!attend.contains("Alix Renard"), "nobody is added before the service says so: {attend}");

    for id in [&contact, &autre] {
        let (code, p) =
            poste(&agent, &format!("/dossiers/{id}/actions/valider"), &format!("v-{id}"), &json!({}));
        assert_eq!(code, 200, "{p}");
    }
    let apres = parent.lit("/ham/foyer").unwrap();
    let lu = apres.visible();
    assert!(!lu.contains("Demande déposée"), "{lu}");
    let carte = |nom: &str| {
        let (_, reste) = apres.texte.split_once(&format!("<h3>{nom}</h3>")).unwrap_or_else(|| panic!("{lu}"));
        reste.split("</li>").next().unwrap().to_owned()
    };
    // the number is the contact's as the family gave it, and the other guardian's own
    assert!(carte("Alix Renard").contains("06"), "{}", carte("Alix Renard"));
    assert!(carte("Alix Renard").contains("vérifié par la mairie le"), "{}", carte("Alix Renard"));
    assert!(!carte("Sacha Renard").contains("06"), "{}", carte("Sacha Renard"));
    assert!(carte("Sacha Renard").contains("Autre responsable"), "{}", carte("Sacha Renard"));
    assert!(!vue(&voisin).contains("Renard"), "another household reads none of it");
    assert_eq!(serveur.navigateur().lit("/ham/foyer").unwrap().chemin, "/ham/?fait=entrer");
}

/// C3: the family adds, the managing service takes away.
#[test]
fn la_ou_le_service_retire_la_page_y_mene() {
    let donnees = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&donnees.path().join("data")).unwrap();
    let n = entre_a(&serveur, "chalonnes-sur-loire", "durand");
    let page = n.lit("/chalonnes-sur-loire/foyer").unwrap();
    assert!(
        page.visible().contains("Vous ne pouvez pas retirer une personne vous-même"),
        "{}",
        page.visible()
    );
    let (_, retirer) = page.texte.split_once("id=\"retirer\"").unwrap();
    assert!(retirer.contains("href=\"/chalonnes-sur-loire/demarches/suppression_contact\""), "{retirer}");
}

/// The account that waits longest to be attached, before an agent.
struct Attente<'a> {
    agent: &'a Navigateur,
    file: Page,
}

impl<'a> Attente<'a> {
    fn premiere(agent: &'a Navigateur) -> Self {
        Self { agent, file: agent.lit("/ham/agent/rattachements").unwrap() }
    }

    fn agit(&self, geste: &str, champs: &[(&str, &str)]) -> Page {
        let (jeton, foyer) = (self.file.jeton().unwrap(), self.file.cache("foyer").unwrap());
        let mut tous = vec![("_jeton", jeton), ("foyer", foyer), ("geste", geste)];
        tous.extend(champs);
        self.agent.poste(&self.file.chemin, &tous).unwrap()
    }

    fn cherche(&self, nom: &str) -> Page {
        self.agit("chercher", &[("nom", nom)])
    }

    fn rattache(&self, vers: &str, personne: &str) {
        assert_eq!(self.agit("rattacher", &[("vers", vers), ("personne", personne)]).code, 200);
    }
}

/// A child declared twice is one child: recognised when the account is attached, or asked of the agent, side by side. What an agent
/// takes out goes with its reason, and what hangs on somebody is read first.
#[test]
fn un_enfant_declare_deux_fois_est_un_enfant_et_l_agent_tranche_le_reste() {
    let donnees = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&donnees.path().join("data")).unwrap();
    regle(&serveur.navigateur(), "2025-09-01", "10:00");
    let [arrivee, agent] = ["arrivee", "agent"].map(|q| entre(&serveur, q));
    for (prenom, naissance) in [("LEA", "2018-05-14"), ("Tom", "2020-02-11"), ("Noé", "2023-03-03")] {
        let reponses = json!({ "lien": "membre_du_foyer", "nom": "Durand", "prenom": prenom, "naissance": naissance, "commune_naissance": "Ham" });
        let corps = json!({ "demarche": "entourage", "reponses": reponses });
        let (code, p) = poste(&arrivee, "/dossiers", &format!("b-{naissance}"), &corps);
        assert_eq!(code, 201, "{p}");
        let id = p.get("id").and_then(Value::as_str).unwrap().to_owned();
        let depose =
            poste(&arrivee, &format!("/dossiers/{id}/actions/deposer"), &format!("d-{id}"), &json!({}));
        assert_eq!(depose.0, 200, "{}", depose.1);
        let valide =
            poste(&agent, &format!("/dossiers/{id}/actions/valider"), &format!("v-{id}"), &json!({}));
        assert_eq!(valide.0, 200, "{}", valide.1);
    }
    let attente = Attente::premiere(&agent);
    let trouvees = attente.cherche("durand");
    for dit in [
        "LEA Durand est Léa Durand, que vous connaissez : une seule fiche",
        "Tom Durand est peut-être Tom Durand : vous le direz ensuite",
        "Noé Durand rejoindra ce foyer",
    ] {
        assert!(trouvees.visible().contains(dit), "{dit}: {}", trouvees.visible());
    }
    let (vers, personne) = (trouvees.cache("vers").unwrap(), trouvees.cache("personne").unwrap());
    attente.rattache(vers, personne);
    let jeton = attente.file.jeton().unwrap();
    // the parent reads it too; the demonstration's login has no account that moves: it enters again
    let arrivee = entre(&serveur, "arrivee");
    let vu = arrivee.lit("/ham/foyer").unwrap().visible();
    assert_eq!(vu.matches("Léa Durand Enfant").count(), 1, "{vu}");
    assert!(vu.contains("elle n’a qu’une fiche"), "{vu}");
    assert!(vu.contains("le service vérifie s’il s’agit de la même"), "{vu}");
    assert_eq!(vu.matches("Tom Durand Enfant").count(), 2, "nothing is lost meanwhile: {vu}");
    assert!(vu.contains("Noé Durand Enfant"), "{vu}");

    let bureau = agent.lit("/ham/agent/").unwrap();
    assert!(bureau.visible().contains("Tom Durand est-il ou elle Tom Durand ?"), "{}", bureau.visible());
    let fiche = agent.lit(&format!("/ham/agent/foyers/{vers}")).unwrap();
    let lu = fiche.visible();
    for dit in ["Est-ce la même personne ?", "11 février 2020", "2 novembre 2020", "différent"] {
        assert!(lu.contains(dit), "{dit}: {lu}");
    }
    let (declaree, connue) = (fiche.cache("declaree").unwrap(), fiche.cache("connue").unwrap());
    let oui = [("_jeton", jeton), ("declaree", declaree), ("connue", connue), ("geste", "meme")];
    let adresse = format!("/ham/agent/foyers/{vers}");
    let apres = agent.poste(&format!("{adresse}/rapprochement"), &oui).unwrap();
    assert!(apres.visible().contains("C’est enregistré."), "{}", apres.visible());
    assert!(apres.visible().contains("La famille avait déclaré « 11 février 2020 »"), "{}", apres.visible());
    let vu = arrivee.lit("/ham/foyer").unwrap().visible();
    assert_eq!(vu.matches("Tom Durand Enfant").count(), 1, "{vu}");
    // answered: the page of before does nothing
    assert_eq!(agent.poste(&format!("{adresse}/rapprochement"), &oui).unwrap().code, 422);

    // somebody is taken out with a reason
    let (_, noe) = apres.texte.split_once("<h3>Noé Durand</h3>").unwrap();
    let (_, noe) = noe.split_once("name=\"personne\" value=\"").unwrap();
    let noe = noe.split('"').next().unwrap();
    let retrait = |motif| [("_jeton", jeton), ("personne", noe), ("motif", motif)];
    let sans = agent.poste(&format!("{adresse}/retrait"), &retrait(" ")).unwrap();
    assert_eq!(sans.code, 422);
    assert!(sans.visible().contains("Dites pourquoi"), "{}", sans.visible());
    let parti = agent.poste(&format!("{adresse}/retrait"), &retrait("Déclaré par erreur")).unwrap();
    assert!(
        parti.visible().contains("Une personne a quitté le foyer : Déclaré par erreur"),
        "{}",
        parti.visible()
    );
    assert!(!arrivee.lit("/ham/foyer").unwrap().visible().contains("Noé"));
    // whoever holds the space is not taken out
    let refus = agent
        .poste(
            &format!("{adresse}/retrait"),
            &[("_jeton", jeton), ("personne", personne), ("motif", "Essai")],
        )
        .unwrap();
    assert_eq!(refus.code, 422);
    assert_eq!(arrivee.lit(&adresse).unwrap().code, 403, "no family reads it");
    assert_eq!(agent.lit("/ham/agent/foyers/inconnu").unwrap().code, 404);
}

/// What is each guardian's own stays theirs, whichever page the other one opens; an agent writes who may not fetch a child, with what
/// proves it and until when, and who reads it is written down.
#[test]
fn l_autre_responsable_ne_lit_rien_et_une_interdiction_se_prouve() {
    let donnees = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&donnees.path().join("data")).unwrap();
    regle(&serveur.navigateur(), "2025-09-01", "10:00");
    let [parent, agent] = ["durand", "agent"].map(|q| entre(&serveur, q));
    for (lien, prenom) in [("co_representant", "Sacha"), ("contact", "Alix")] {
        let id = declare(&parent, lien, prenom);
        let valide =
            poste(&agent, &format!("/dossiers/{id}/actions/valider"), &format!("v-{id}"), &json!({}));
        assert_eq!(valide.0, 200, "{}", valide.1);
    }
    let sienne = parent.lit("/ham/foyer").unwrap().texte;
    let canaris = ["durand@exemple.fr", "rue des Lilas", ">640"];
    let canaris: Vec<&str> = canaris.into_iter().filter(|c| sienne.contains(*c)).collect();
    assert!(canaris.len() >= 2, "the family reads its own: {sienne}");
    // the other guardian has an account of their own
    let attente = Attente::premiere(&agent);
    let trouvees = attente.cherche("renard");
    let sacha =
        trouvees.texte.split("<form class=\"famille\"").find(|f| f.contains("<strong>Sacha Renard")).unwrap();
    let lit = |nom: &str| {
        let (_, reste) = sacha.split_once(&format!("name=\"{nom}\" value=\"")).unwrap();
        reste.split('"').next().unwrap().to_owned()
    };
    let (vers, personne) = (lit("vers"), lit("personne"));
    attente.rattache(&vers, &personne);
    let jeton = attente.file.jeton().unwrap();
    let arrivee = entre(&serveur, "arrivee");
    let vu = arrivee.lit("/ham/foyer").unwrap().visible();
    assert!(vu.contains("Camille Durand Autre responsable") && vu.contains("Léa Durand Enfant"), "{vu}");
    let mut pages = vec![
        "/ham/".to_owned(),
        "/ham/foyer".to_owned(),
        "/ham/demandes".to_owned(),
        "/ham/pieces".to_owned(),
        "/ham/reservations".to_owned(),
        "/ham/demarches/entourage".to_owned(),
        "/ham/demarches/inscription".to_owned(),
        "/ham/api/v1/enfants".to_owned(),
        "/ham/api/v1/dossiers".to_owned(),
    ];
    // a form of theirs proposes nothing of the other's
    let corps = json!({ "demarche": "entourage", "reponses": { "lien": "contact" }, "incomplet": true });
    let (code, p) = poste(&arrivee, "/dossiers", "co", &corps);
    assert_eq!(code, 201, "{p}");
    let id = p.get("id").and_then(Value::as_str).unwrap().to_owned();
    for suite in ["", "/informations", "/ecrans/1", "/recapitulatif"] {
        pages.push(format!("/ham/dossiers/{id}{suite}"));
    }
    pages.push(format!("/ham/api/v1/dossiers/{id}"));
    for page in pages {
        let lue = arrivee.lit(&page).unwrap();
        for canari in &canaris {
            assert!(!lue.texte.contains(canari), "{canari} at {page}: {}", lue.visible());
        }
    }

    // who may not fetch a child: not on a word
    let adresse = format!("/ham/agent/foyers/{vers}");
    let fiche = agent.lit(&adresse).unwrap();
    let choix = |nom: &str, qui: &str| {
        let (_, liste) = fiche.texte.split_once(&format!("name=\"{nom}\">")).unwrap();
        let liste = liste.split("</select>").next().unwrap();
        let une = liste.split("<option value=\"").find(|o| o.contains(qui)).unwrap();
        une.split('"').next().unwrap().to_owned()
    };
    let (alix, lea) = (choix("adulte", "Alix Renard"), choix("enfant", "Léa Durand"));
    let droit = |preuve, du, au| {
        [
            ("_jeton", jeton),
            ("adulte", &alix),
            ("enfant", &lea),
            ("droit", "droit_recuperer"),
            ("permis", "non"),
            ("du", du),
            ("au", au),
            ("preuve", preuve),
        ]
    };
    let droits = format!("{adresse}/droits");
    let sans = agent.poste(&droits, &droit("", "2025-09-01", "2025-12-31")).unwrap();
    assert_eq!(sans.code, 422);
    assert!(sans.visible().contains("Une interdiction demande la décision de justice"), "{}", sans.visible());
    let inverse = agent.poste(&droits, &droit("Ordonnance", "2025-09-02", "2025-09-01")).unwrap();
    assert_eq!(inverse.code, 422);
    let preuve = "Ordonnance du 20 août 2025";
    let ecrit = agent.poste(&droits, &droit(preuve, "2025-09-01", "2025-12-31")).unwrap();
    let phrase = "NE PEUT PAS venir chercher l’enfant : Léa, depuis le 1er septembre 2025 jusqu’au 31 décembre 2025 (Ordonnance du 20 août 2025)";
    assert!(ecrit.visible().contains(phrase), "{}", ecrit.visible());
    assert!(
        ecrit.visible().contains("Une décision de justice concerne cette personne"),
        "{}",
        ecrit.visible()
    );
    assert!(parent.lit("/ham/foyer").unwrap().visible().contains(phrase));
    // taken out only once it was read
    let retrait = |confirme| {
        [("_jeton", jeton), ("personne", alix.as_str()), ("motif", "Essai"), ("confirme", confirme)]
    };
    let refus = agent.poste(&format!("{adresse}/retrait"), &retrait("")).unwrap();
    assert!(refus.code == 422 && refus.visible().contains("Lisez ce qui tient à cette personne"));
    // it ends at its date
    regle(&serveur.navigateur(), "2026-01-01", "10:00");
    assert!(!agent.lit(&adresse).unwrap().visible().contains("NE PEUT PAS"));

    // nowhere in a copy of the data, and whoever read it is in the journal
    drop(serveur);
    let data = donnees.path().join("data");
    let octets: Vec<u8> = std::fs::read_dir(&data)
        .unwrap()
        .map(|f| f.unwrap().path())
        .filter(|f| f.is_file())
        .flat_map(|f| std::fs::read(f).unwrap())
        .collect();
    let contient = |mot: &str| octets.windows(mot.len()).any(|w| w == mot.as_bytes());
    assert!(contient("Renard") && !contient("Ordonnance du 20"), "sealed where it is kept");
    let tokio = tokio::runtime::Runtime::new().unwrap();
    let journal = tokio.block_on(async {
        let store = Store::sqlite(&data).await.unwrap();
        let portee = store.portee_de_commande(&CommuneSlug::lit("ham").unwrap(), "essai");
        store.journal(&portee, &Agregat::Acces(FoyerId::lit(&vers).unwrap())).await.unwrap()
    });
    let lectures = journal.iter().filter(|e| e.entree.evenement == "lire_donnees_sensibles");
    let details: Vec<&str> = lectures.filter_map(|e| e.entree.detail.as_deref()).collect();
    assert!(details.iter().any(|d| d.contains("droit_recuperer")), "{details:?}");
}
