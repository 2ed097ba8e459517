//! « Mes pièces »: what the family gave and what lacks, for each child and for the household; a document sent once serves again.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use serde_json::json;
use tests::parcours::{PDF, enfants, entre, json, lit_json, regle};
use tests::serveur::{Navigateur, Serveur};

/// A draft for that child, without a document.
fn commence(n: &Navigateur, enfant: &str, cle: &str) -> String {
    let reponses =
        json!({ "ecole": "jean_zay", "classe": "cp", "services": ["restauration"], "regime": "standard" });
    let (code, p) = json(
        n,
        "/dossiers",
        cle,
        &json!({ "demarche": "inscription", "enfant": enfant, "reponses": reponses }),
    );
    assert_eq!(code, 201, "{p}");
    p["id"].as_str().unwrap().to_owned()
}

fn donne(n: &Navigateur, id: &str, piece: &str) {
    let cle = format!("{id}-{piece}");
    let entetes = [("idempotency-key", cle.as_str()), ("content-type", "application/pdf")];
    let (code, p) = n.octets(&format!("/ham/api/v1/dossiers/{id}/pieces/{piece}"), &entetes, PDF).unwrap();
    assert_eq!(code, 200, "{p}");
}

/// The words of the section of that title.
fn section(n: &Navigateur, titre: &str) -> String {
    let texte = n.lit("/ham/pieces").unwrap().visible();
    let debut = texte.find(titre).unwrap_or_else(|| panic!("{titre}: {texte}"));
    let reste = &texte[debut + titre.len()..];
    let fin = ["Léa Il", "Léa Rien", "Tom Il", "Tom Rien"].iter().filter_map(|t| reste.find(t)).min();
    reste[..fin.unwrap_or(reste.len())].to_owned()
}

#[test]
fn un_document_donne_une_fois_sert_tant_qu_il_vaut() {
    let temporaire = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&temporaire.path().join("data")).unwrap();
    regle(&serveur.navigateur(), "2025-07-02", "10:00");
    let (n, agent) = (entre(&serveur, "durand"), entre(&serveur, "agent"));
    let vide = n.lit("/ham/pieces").unwrap();
    assert!(vide.visible().contains("Aucun document n’est demandé"), "{}", vide.visible());
    let enfants = enfants(&n);
    let lea = commence(&n, &enfants[0], "lea");

    // two documents of the child lack; the household's stops nothing
    let dit = section(&n, "Léa");
    assert!(dit.contains("Il manque 2 documents") && dit.contains("manquante"), "{dit}");
    assert!(
        dit.contains("Demandée pour « ") && dit.contains("2025-2026") && dit.contains("Règle : "),
        "{dit}"
    );
    assert!(section(&n, "Toute la famille").contains("Attestation de quotient familial facultative"));
    for piece in ["dossier_sante", "procedures_obligatoires", "attestation_caf"] {
        donne(&n, &lea, piece);
    }
    let (code, p) = json(&n, &format!("/dossiers/{lea}/actions/deposer"), "depose", &json!({}));
    assert_eq!(code, 200, "{p}");
    let dit = section(&n, "Léa");
    assert!(dit.contains("Rien ne manque") && dit.contains("reçue, à vérifier"), "{dit}");
    assert!(dit.contains("Valable jusqu’au 31 août 2026"), "{dit}");

    // the household's document serves the other child; the child's own do not
    let tom = commence(&n, &enfants[1], "tom");
    let page = n.lit(&format!("/ham/dossiers/{tom}/pieces")).unwrap().visible();
    assert!(page.contains("déjà donnée") && page.contains("Dossier santé à envoyer"), "{page}");
    let (code, p) = json(&n, &format!("/dossiers/{tom}/actions/deposer"), "depose-tom", &json!({}));
    assert_eq!((code, p["regle"].as_str()), (422, Some("piece.dossier_sante")), "{p}");

    // the agent accepts one, refuses the other: the family reads why, and sends it again from its page
    let base = format!("/ham/agent/dossiers/{lea}");
    let juge = |piece: &str, etat: &str, motif: &str| {
        let page = agent.lit(&base).unwrap();
        let champs = [("_jeton", page.jeton().unwrap()), ("etat", etat), ("motif", motif)];
        assert_eq!(agent.poste(&format!("{base}/pieces/{piece}"), &champs).unwrap().code, 200);
    };
    juge("dossier_sante", "acceptee", "");
    juge("procedures_obligatoires", "refusee", "La signature manque");
    let dit = section(&n, "Léa");
    assert!(dit.contains("Dossier santé acceptée") && dit.contains("Motif : La signature manque"), "{dit}");
    assert!(dit.contains("Il manque un document"), "{dit}");
    let page = n.lit("/ham/pieces").unwrap();
    let envoi = format!("/ham/dossiers/{lea}/pieces");
    assert!(page.texte.contains(&format!("action=\"{envoi}\"")), "{}", page.texte);
    let champs =
        [("_jeton", page.jeton().unwrap()), ("_retour", "pieces"), ("piece", "procedures_obligatoires")];
    let page = n.envoie_fichier(&envoi, &champs, "a.pdf", PDF).unwrap();
    assert!(
        page.chemin.starts_with("/ham/pieces") && page.visible().contains("bien reçu"),
        "{}",
        page.visible()
    );
    assert!(section(&n, "Léa").contains("Rien ne manque"));
    // what a request in progress stands on is not taken back
    let champs = [("_jeton", page.jeton().unwrap()), ("piece", "procedures_obligatoires")];
    let refus = n.poste(&format!("/ham/dossiers/{lea}/retrait-de-piece"), &champs).unwrap();
    assert_eq!(refus.code, 422, "{}", refus.visible());
    let dossier = lit_json(&n, &format!("/dossiers/{lea}"));
    assert_eq!(dossier["pieces"].as_array().map(Vec::len), Some(3), "{dossier}");

    // the year over, it is asked again
    let (code, p) = json(&agent, &format!("/dossiers/{lea}/actions/valider"), "valide", &json!({}));
    assert_eq!((code, p["phase"].as_str()), (200, Some("acceptee")), "{p}");
    regle(&serveur.navigateur(), "2026-01-02", "10:00");
    assert!(
        section(&n, "Toute la famille").contains("expirée le 31 décembre 2025"),
        "{}",
        section(&n, "Toute la famille")
    );
}
