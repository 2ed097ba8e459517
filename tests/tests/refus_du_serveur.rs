//! Whatever refuses a request before its handler, the answer is French, readable, and loses nothing of what was typed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and measures time"
)]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use tests::parcours::entre;
use tests::serveur::Serveur;

fn lance() -> (tempfile::TempDir, Serveur) {
    let donnees = tempfile::tempdir().unwrap();
    let serveur = Serveur::lance(&donnees.path().join("data")).unwrap();
    (donnees, serveur)
}

/// Sends these bytes as they are; everything that comes back.
fn brut(serveur: &Serveur, requete: &str) -> String {
    let hote = serveur.adresse.trim_start_matches("http://");
    let mut flux = TcpStream::connect(hote).unwrap();
    flux.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    flux.write_all(requete.replace("HOTE", hote).as_bytes()).unwrap();
    let mut reponse = Vec::new();
    flux.read_to_end(&mut reponse).unwrap();
    String::from_utf8_lossy(&reponse).into_owned()
}

#[test]
fn chaque_refus_du_cadre_est_en_francais() {
    let (_donnees, serveur) = lance();
    let json = "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    let page = |requete: &str, code: u16, phrase: &str| {
        let reponse = brut(&serveur, requete);
        assert!(reponse.starts_with(&format!("HTTP/1.1 {code} ")), "{requete}\n{reponse}");
        assert!(reponse.to_lowercase().contains("content-type: text/html"), "{requete}\n{reponse}");
        assert!(reponse.contains(phrase) && reponse.contains("<html lang=\"fr\">"), "{requete}\n{reponse}");
    };
    let fin = "Host: HOTE\r\nConnection: close\r\n";
    page(&format!("GET /ham/nulle-part HTTP/1.1\r\n{fin}\r\n"), 404, "Page introuvable");
    page(&format!("DELETE /ham/ HTTP/1.1\r\n{fin}\r\n"), 405, "ne s’utilise pas ainsi");
    page(&format!("POST /_horloge HTTP/1.1\r\n{fin}{json}"), 415, "pas la forme attendue");
    page(&format!("GET /ham/?fait=a&fait=b HTTP/1.1\r\n{fin}\r\n"), 400, "n’a pas pu être lu");
    page(&format!("GET /statique/rien.css HTTP/1.1\r\n{fin}\r\n"), 404, "Page introuvable");
    let ailleurs = "Sec-Fetch-Site: cross-site\r\nContent-Length: 0\r\n";
    page(
        &format!("POST /ham/deconnexion HTTP/1.1\r\n{fin}{ailleurs}\r\n"),
        403,
        "ne vient pas d’une page de ce site",
    );

    let probleme = |requete: &str, code: u16, genre: &str| {
        let reponse = brut(&serveur, requete);
        assert!(reponse.starts_with(&format!("HTTP/1.1 {code} ")), "{requete}\n{reponse}");
        let (entetes, corps) = reponse.split_once("\r\n\r\n").unwrap();
        assert!(entetes.contains("application/problem+json"), "{requete}\n{reponse}");
        let corps: serde_json::Value =
            serde_json::from_str(corps).unwrap_or_else(|e| panic!("{e}: {reponse}"));
        assert_eq!(corps["type"], format!("urn:guichet:probleme:{genre}"), "{requete}");
        assert_eq!(corps["status"], code, "{requete}");
    };
    probleme(&format!("GET /ham/api/v1/nulle-part HTTP/1.1\r\n{fin}\r\n"), 404, "introuvable");
    probleme(&format!("GET /nulle-part/api/v1/demarches HTTP/1.1\r\n{fin}\r\n"), 404, "introuvable");
    probleme(&format!("PUT /ham/api/v1/demarches HTTP/1.1\r\n{fin}\r\n"), 405, "methode");
    probleme(&format!("POST /ham/api/v1/dossiers HTTP/1.1\r\n{fin}{json}"), 401, "session");
    let long = "Content-Length: 300000\r\n";
    probleme(&format!("POST /ham/api/v1/dossiers HTTP/1.1\r\n{fin}{long}\r\n"), 413, "taille");
}

/// DNS rebinding, a relay: a demonstration opens its accounts without a password.
#[test]
fn une_demonstration_ne_repond_qu_a_sa_machine() {
    let (_donnees, serveur) = lance();
    for entetes in [
        "Host: exemple.fr\r\n",
        "Host: 127.0.0.1.exemple.fr\r\n",
        "Host: HOTE\r\nX-Forwarded-For: 10.0.0.1\r\n",
        "Host: HOTE\r\nX-Forwarded-Host: exemple.fr\r\n",
        "Host: HOTE\r\nForwarded: for=10.0.0.1\r\n",
    ] {
        let reponse = brut(&serveur, &format!("GET /ham/ HTTP/1.1\r\n{entetes}Connection: close\r\n\r\n"));
        assert!(reponse.starts_with("HTTP/1.1 421 "), "{entetes}\n{reponse}");
        assert!(reponse.contains("ne répond qu’à sa propre machine"), "{reponse}");
        assert!(!reponse.contains("Famille Durand"), "{reponse}");
    }
    let port = serveur.adresse.rsplit_once(':').unwrap().1;
    for hote in [format!("localhost:{port}"), format!("127.0.0.1:{port}"), "[::1]".to_owned()] {
        let reponse =
            brut(&serveur, &format!("GET /ham/ HTTP/1.1\r\nHost: {hote}\r\nConnection: close\r\n\r\n"));
        assert!(reponse.starts_with("HTTP/1.1 200 "), "{hote}\n{reponse}");
    }
}

/// A form of 50 MB: the sender is heard to the end, so that it reads why it is refused.
#[test]
fn un_formulaire_de_50_mo_est_refuse_clairement() {
    let (_donnees, serveur) = lance();
    let n = entre(&serveur, "durand");
    let geant = "x".repeat(50 * 1024 * 1024);
    let debut = Instant::now();
    let page = n.poste("/ham/reservations", &[("jour", &geant)]).unwrap();
    assert_eq!(page.code, 413);
    assert!(page.visible().contains("Votre envoi est trop lourd"), "{}", page.visible());
    assert!(page.visible().contains("toujours dans le formulaire"), "{}", page.visible());
    assert!(debut.elapsed() < Duration::from_secs(30));
    let fichier = n
        .envoie_fichier("/ham/dossiers/7zzzzzzzzzzzzzzzzzzzzzzzzz/pieces", &[], "a.pdf", geant.as_bytes())
        .unwrap();
    assert_eq!(fichier.code, 413, "{}", fichier.visible());
    assert!(fichier.visible().contains("5 Mo au plus"), "{}", fichier.visible());
    // and the server is well
    assert_eq!(n.lit("/sante").unwrap().code, 200);
}

/// No token, another session's, a session that ended: refused, and what was typed is on the page.
#[test]
fn rien_de_tape_ne_se_perd() {
    let (_donnees, serveur) = lance();
    let n = entre(&serveur, "durand");
    let voisin = entre(&serveur, "martin");
    let etranger = voisin.lit("/ham/reservations").unwrap();
    let texte = "Léa est absente <jeudi> & vendredi";
    let action = "/ham/dossiers/7zzzzzzzzzzzzzzzzzzzzzzzzz/actes";
    for jeton in ["", "0.0", etranger.jeton().unwrap()] {
        let champs = [("_jeton", jeton), ("action", "annuler"), ("motif_annuler", texte)];
        let page = n.poste(action, &champs).unwrap();
        assert_eq!(page.code, 403, "{}", page.visible());
        assert!(page.visible().contains("Ce que vous aviez écrit Motif annuler"), "{}", page.visible());
        assert!(page.texte.contains("Léa est absente &lt;jeudi&gt; &amp; vendredi"), "{}", page.texte);
    }
    let jeton = n.lit("/ham/reservations").unwrap().jeton().unwrap().to_owned();
    n.poste("/ham/deconnexion", &[]).unwrap();
    let champs = [("_jeton", jeton.as_str()), ("action", "annuler"), ("motif_annuler", texte)];
    let page = n.poste(action, &champs).unwrap();
    assert_eq!(page.code, 401, "{}", page.visible());
    assert!(page.visible().contains("Votre session est terminée"), "{}", page.visible());
    assert!(page.texte.contains("Léa est absente &lt;jeudi&gt;"), "{}", page.texte);
    assert!(!page.texte.contains(&jeton), "the token is not typed text");
}

/// Whoever sends a head a byte at a time, or stops in the middle of a body, does not hold a place for ever.
#[test]
fn une_connexion_lente_est_fermee() {
    let (_donnees, serveur) = lance();
    let hote = serveur.adresse.trim_start_matches("http://");
    let ouvre = |debut: &str| {
        let mut flux = TcpStream::connect(hote).unwrap();
        flux.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        flux.write_all(debut.replace("HOTE", hote).as_bytes()).unwrap();
        flux
    };
    let mut tete = ouvre("GET / HTTP/1.1\r\nHost: HO");
    let mut corps = ouvre(
        "POST /_horloge HTTP/1.1\r\nHost: HOTE\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 20\r\n\r\ndate=",
    );
    let debut = Instant::now();
    let mut lu = String::new();
    tete.read_to_string(&mut lu).unwrap();
    assert!(debut.elapsed() < Duration::from_secs(25), "head: {:?} {lu}", debut.elapsed());
    let mut lu = String::new();
    corps.read_to_string(&mut lu).unwrap();
    assert!(debut.elapsed() < Duration::from_secs(40), "body: {:?} {lu}", debut.elapsed());
    assert!(!lu.contains(" 200 ") && !lu.contains(" 303 "), "{lu}");
}

/// The stop waits for what is being answered, and not for ever.
#[cfg(unix)]
#[test]
fn l_arret_est_borne() {
    let (_donnees, mut serveur) = lance();
    let hote = serveur.adresse.trim_start_matches("http://").to_owned();
    // an idle connection, and one that never ends its body
    let _oisive = TcpStream::connect(&hote).unwrap();
    let mut lente = TcpStream::connect(&hote).unwrap();
    write!(lente, "POST /_horloge HTTP/1.1\r\nHost: {hote}\r\nContent-Length: 20\r\n\r\nd").unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let debut = Instant::now();
    assert!(serveur.arrete().unwrap(), "a clean status");
    assert!(debut.elapsed() < Duration::from_secs(15), "{:?}", debut.elapsed());
}
