//! A request followed over HTTP: kept as it is typed, written about both ways, made without an account.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use tests::parcours::{accepte, depose, entre, regle};
use tests::serveur::Serveur;

fn serveur() -> (tempfile::TempDir, Serveur) {
    let dossier = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&dossier.path().join("data")).unwrap();
    (dossier, serveur)
}

#[test]
fn un_brouillon_se_garde_tout_seul_et_un_onglet_perime_ne_perd_rien() {
    let (_dossier, serveur) = serveur();
    let n = entre(&serveur, "durand");
    regle(&n, "2025-07-10", "10:00:00");
    let page = n.lit("/ham/demarches/entourage").unwrap();
    let debut = n.poste(&page.chemin, &[("_jeton", page.jeton().unwrap())]).unwrap();
    assert!(debut.visible().contains("Mes informations"), "{}", debut.visible());
    let base = debut.chemin.trim_end_matches("/informations").to_owned();
    let ecran = n.lit(&format!("{base}/ecrans/1")).unwrap();
    let (jeton, affiches) = (ecran.jeton().unwrap().to_owned(), ecran.cache("_champs").unwrap().to_owned());
    let vu = ecran.cache("_lu").unwrap().to_owned();
    let champs = |lu: &str, nom: &str, auto: bool| {
        let mut c = vec![
            ("_jeton".to_owned(), jeton.clone()),
            ("_champs".to_owned(), affiches.clone()),
            ("_lu".to_owned(), lu.to_owned()),
            ("nom".to_owned(), nom.to_owned()),
        ];
        if auto {
            c.push(("_auto".to_owned(), "1".to_owned()));
        }
        c
    };
    let poste = |c: Vec<(String, String)>| {
        let paires: Vec<(&str, &str)> = c.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        n.poste(&ecran.chemin, &paires).unwrap()
    };
    // the page's script: what is typed is kept, whatever is missing
    let gardee = poste(champs(&vu, "Blanc", true));
    assert_eq!(gardee.code, 200, "{}", gardee.texte);
    assert_ne!(gardee.texte.trim(), vu);
    assert!(n.lit(&ecran.chemin).unwrap().texte.contains("value=\"Blanc\""));
    // another tab, opened before: what it types is shown beside what was kept, and nothing is replaced
    let perimee = poste(champs(&vu, "Noir", false));
    assert_eq!(perimee.code, 409);
    assert!(
        perimee.texte.contains("value=\"Noir\"")
            && perimee.visible().contains("Enregistré entre-temps : Blanc")
    );
    assert!(n.lit(&ecran.chemin).unwrap().texte.contains("value=\"Blanc\""));
    assert_eq!(poste(champs(&vu, "Gris", true)).code, 409);
    // the draft is in « Mes demandes », and leaves it
    let demandes = n.lit("/ham/demandes").unwrap();
    assert!(demandes.visible().contains("Supprimer ce brouillon"), "{}", demandes.visible());
    let supprimee =
        n.poste(&format!("{base}/suppression"), &[("_jeton", demandes.jeton().unwrap())]).unwrap();
    assert!(supprimee.visible().contains("Le brouillon est supprimé"), "{}", supprimee.visible());
    assert!(!supprimee.visible().contains("Supprimer ce brouillon"));
    assert_eq!(n.lit(&base).unwrap().code, 404);
}

#[test]
fn la_famille_et_le_service_s_ecrivent_et_chaque_volet_est_une_adresse() {
    let (_dossier, serveur) = serveur();
    let n = entre(&serveur, "durand");
    regle(&n, "2025-07-10", "10:00:00");
    let page = n.lit("/ham/demarches/entourage").unwrap();
    let debut = n.poste(&page.chemin, &[("_jeton", page.jeton().unwrap())]).unwrap();
    let base = debut.chemin.trim_end_matches("/informations").to_owned();
    let ecran = n.lit(&format!("{base}/ecrans/1")).unwrap();
    let champs = [
        ("_jeton", ecran.jeton().unwrap()),
        ("lien", "contact"),
        ("nom", "Blanc"),
        ("prenom", "Rose"),
        ("telephone", "0322000000"),
    ];
    let recap = n.poste(&ecran.chemin, &champs).unwrap();
    assert!(recap.visible().contains("Récapitulatif"), "{}", recap.visible());
    let acte =
        [("_jeton", recap.jeton().unwrap()), ("_vue", recap.cache("_vue").unwrap()), ("action", "deposer")];
    let suivi = n.poste(&format!("{base}/actes"), &acte).unwrap();
    let vu = suivi.visible();
    assert!(vu.contains("Accusé de réception") && vu.contains("Affaires Scolaire et Enfance"), "{vu}");
    // filed on 10 July: two months of silence end with 10 September
    assert!(vu.contains("au plus tard le mercredi 10 septembre 2025"), "{vu}");
    for volet in ["demandeur", "historique", "echanges"] {
        let page = n.lit(&format!("{base}/{volet}")).unwrap();
        assert_eq!(page.code, 200, "{volet}");
        assert!(page.texte.contains("aria-current=\"page\""), "{volet}");
    }
    assert_eq!(n.lit(&format!("{base}/rendez-vous")).unwrap().code, 404, "this démarche has none");
    let echanges = n.lit(&format!("{base}/echanges")).unwrap();
    let vide = n.poste(&echanges.chemin, &[("_jeton", echanges.jeton().unwrap()), ("texte", " ")]).unwrap();
    assert_eq!(vide.code, 422);
    let jeton = vide.jeton().unwrap();
    let ecrit =
        n.poste(&echanges.chemin, &[("_jeton", jeton), ("texte", "Rose vient <b>mardi</b>.")]).unwrap();
    assert!(ecrit.visible().contains("Votre message est envoyé") && ecrit.visible().contains("Non lu"));

    let agent = entre(&serveur, "agent");
    let sien = base.replace("/ham/dossiers/", "/ham/agent/dossiers/");
    assert!(agent.lit(&sien).unwrap().visible().contains("Échanges (1 non lu)"));
    let page = agent.lit(&format!("{sien}/echanges")).unwrap();
    assert!(!page.visible().contains("Rose vient"), "it is read once opened");
    let ouverte = agent.poste(&format!("{sien}/echanges/1"), &[("_jeton", page.jeton().unwrap())]).unwrap();
    assert!(ouverte.texte.contains("Rose vient &lt;b&gt;mardi&lt;"), "{}", ouverte.texte);
    assert!(n.lit(&format!("{base}/echanges")).unwrap().visible().contains("Lu"));
    // somebody else's family knows nothing of it
    let autre = entre(&serveur, "martin");
    for volet in ["", "/echanges", "/historique", "/demandeur", "/pieces"] {
        assert_eq!(autre.lit(&format!("{base}{volet}")).unwrap().code, 404, "{volet}");
    }
}

#[test]
fn une_demande_acceptee_se_refait_pour_un_frere() {
    let (_dossier, serveur) = serveur();
    let n = entre(&serveur, "durand");
    regle(&n, "2025-09-01", "10:00:00");
    let base = depose(&n);
    accepte(&serveur, &base);
    let page = n.lit(&base).unwrap();
    let tom = page.texte.split("name=\"enfant\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let copie =
        n.poste(&format!("{base}/copie"), &[("_jeton", page.jeton().unwrap()), ("enfant", tom)]).unwrap();
    assert!(
        copie.chemin.contains("/ecrans/1") && copie.visible().contains("Pour Tom"),
        "{}",
        copie.visible()
    );
    assert!(copie.texte.contains("value=\"restauration\" checked"), "{}", copie.texte);
}

#[test]
fn un_ordinateur_se_reserve_sans_compte_et_rejoint_un_espace() {
    let (_dossier, serveur) = serveur();
    let n = serveur.navigateur();
    regle(&n, "2025-07-10", "10:00:00");
    let page = n.lit("/ham/demarches/ordinateur").unwrap();
    let rdv = n.poste(&page.chemin, &[("_jeton", page.jeton().unwrap())]).unwrap();
    assert!(
        rdv.chemin.ends_with("/rendez-vous") && rdv.visible().contains("vendredi 25 juillet 2025"),
        "{}",
        rdv.visible()
    );
    let base = rdv.chemin.trim_end_matches("/rendez-vous").to_owned();
    assert_eq!(rdv.texte.matches("name=\"creneau\"").count(), 24, "three days, eight slots each");
    let pris = n
        .poste(&rdv.chemin, &[("_jeton", rdv.jeton().unwrap()), ("creneau", "2025-07-25T10:30:00")])
        .unwrap();
    assert!(pris.visible().contains("vendredi 25 juillet 2025 à 10 h 30"), "{}", pris.visible());
    let ical = n.lit(&format!("{base}/rendez-vous.ics")).unwrap();
    assert!(ical.texte.contains("DTSTART:20250725T083000Z"), "{}", ical.texte);
    // somebody else does not see the slot any more
    let autre = serveur.navigateur();
    let page = autre.lit("/ham/demarches/ordinateur").unwrap();
    let leur = autre.poste(&page.chemin, &[("_jeton", page.jeton().unwrap())]).unwrap();
    assert!(!leur.texte.contains("value=\"2025-07-25T10:30:00\""));
    assert_eq!(autre.lit(&base).unwrap().code, 404, "one's own request only");

    let ecran = n.lit(&format!("{base}/ecrans/1")).unwrap();
    let champs = [
        ("_jeton", ecran.jeton().unwrap()),
        ("prenom", "Alix"),
        ("nom", "Petit"),
        ("courriel", "alix@exemple.fr"),
    ];
    let recap = n.poste(&ecran.chemin, &champs).unwrap();
    let acte = [("_jeton", recap.jeton().unwrap()), ("action", "deposer")];
    let suivi = n.poste(&format!("{base}/actes"), &acte).unwrap();
    assert!(suivi.visible().contains("Ordinateur réservé"), "{}", suivi.visible());
    // the letter holds the secret link; the page of the link writes nothing by itself
    let mut lien = None;
    for _ in 0..100 {
        let lettres = n.lit("/_courrier").unwrap().texte;
        lien = lettres.split("/ham/suivi/").nth(1).map(|l| l.get(..64).unwrap().to_owned());
        if lien.is_some() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let lien = format!("/ham/suivi/{}", lien.expect("a letter with the link"));
    let ailleurs = serveur.navigateur();
    let page = ailleurs.lit(&lien).unwrap();
    assert!(page.visible().contains("Ouvrir ma demande") && !page.visible().contains("Alix"));
    let ouverte = ailleurs.poste(&lien, &[]).unwrap();
    assert!(ouverte.visible().contains("Alix"), "{}", ouverte.visible());
    let faux = lien.replace(&lien[lien.len() - 4..], "0000");
    assert_eq!(ailleurs.lit(&faux).unwrap().code, 404);
    // put in a family's space, the link opens it no more
    let famille = entre(&serveur, "martin");
    let page = famille.lit(&lien).unwrap();
    let rangee =
        famille.poste(&format!("{lien}/rattachement"), &[("_jeton", page.jeton().unwrap())]).unwrap();
    assert!(rangee.visible().contains("maintenant dans votre espace"), "{}", rangee.visible());
    assert_eq!(ailleurs.lit(&base).unwrap().code, 404);
    assert!(famille.lit("/ham/demandes").unwrap().visible().contains("Réserver un ordinateur"));
}
