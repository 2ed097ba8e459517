//! Calls to another system: signed, once under one identity, never elsewhere than said.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::banc::{Banc, DEBUT};
use super::recepteur::Recepteur;

#[tokio::test]
async fn un_appel_est_signe_et_ne_dit_que_des_identifiants() {
    let recepteur = Recepteur::lance(&[]);
    let banc = Banc::ouvre(&recepteur.secrets()).await;
    let id = banc.depose().await;
    banc.valide(&id).await;
    banc.bat(1).await;
    let recus = recepteur.recus();
    assert_eq!((recus.len(), banc.morts().await.len()), (1, 0), "{:?}", banc.morts().await);
    let appel = &recus[0];
    assert_eq!(appel.ligne, "POST /guichet HTTP/1.1\r\n");
    let corps: serde_json::Value = serde_json::from_str(&appel.corps).unwrap();
    let cles: Vec<&String> = corps.as_object().unwrap().keys().collect();
    assert_eq!(cles, ["id", "appel", "commune", "dossier", "entree", "le"]);
    assert_eq!(corps["appel"], "caisse");
    assert_eq!(corps["commune"], "ham");
    assert_eq!(corps["dossier"], id.to_string());
    assert_eq!(corps["le"], DEBUT.replace(":00Z", ":01Z"));
    assert_eq!(corps["id"], appel.entete("idempotency-key"));
    for nom in ["Petit", "Claude", "Durand", "durand@exemple.fr"] {
        assert!(!appel.corps.contains(nom), "{}", appel.corps);
    }
    // as whoever is called verifies it
    let (t, v1) = appel.entete("guichet-signature").split_once(',').unwrap();
    let mut hmac = Hmac::<Sha256>::new_from_slice(b"une-cle-partagee").unwrap();
    hmac.update(format!("{}.{}", t.strip_prefix("t=").unwrap(), appel.corps).as_bytes());
    let attendue: String = hmac.finalize().into_bytes().iter().map(|o| format!("{o:02x}")).collect();
    assert_eq!(v1.strip_prefix("v1=").unwrap(), attendue);
    let age = banc.etat.horloge.reel().as_second() - t.strip_prefix("t=").unwrap().parse::<i64>().unwrap();
    assert!((0..60).contains(&age), "the receiver compares it with its own clock: {age} s");
    banc.bat(90_000).await;
    assert_eq!(recepteur.recus().len(), 1);
}

#[tokio::test]
async fn un_systeme_en_panne_est_rappele_sous_la_meme_identite() {
    let recepteur = Recepteur::lance(&["503 Service Unavailable", "429 Too Many Requests"]);
    let banc = Banc::ouvre(&recepteur.secrets()).await;
    let id = banc.depose().await;
    banc.valide(&id).await;
    for quand in [1, 20, 60, 200, 300] {
        banc.bat(quand).await;
    }
    let recus = recepteur.recus();
    assert_eq!((recus.len(), banc.morts().await.len()), (3, 0));
    let identites: Vec<&str> = recus.iter().map(|r| r.entete("idempotency-key")).collect();
    assert!(identites[0].len() == 32 && identites.iter().all(|i| *i == identites[0]), "{identites:?}");
    // what it says is the same too, but for the instant of the try
    let dits = recus.iter().map(|r| serde_json::from_str::<serde_json::Value>(&r.corps).unwrap());
    let dits: Vec<serde_json::Value> = dits
        .map(|mut d| {
            d["le"].take();
            d
        })
        .collect();
    assert!(dits.iter().all(|d| *d == dits[0]), "{dits:?}");
}

#[tokio::test]
async fn un_appel_qui_ne_marchera_pas_attend_quelqu_un() {
    let ailleurs = Recepteur::lance(&[]);
    let renvoi = format!("302 Found\r\nlocation: http://127.0.0.1:{}/vole", ailleurs.port);
    for (reponse, erreur) in [
        ("401 Unauthorized", "le système appelé répond 401"),
        ("404 Not Found", "le système appelé répond 404"),
        (renvoi.as_str(), "le système appelé répond 302"),
    ] {
        let recepteur = Recepteur::lance(&[reponse]);
        let banc = Banc::ouvre(&recepteur.secrets()).await;
        let id = banc.depose().await;
        banc.valide(&id).await;
        banc.bat(1).await;
        let morts = banc.morts().await;
        assert_eq!((morts.len(), recepteur.recus().len()), (1, 1));
        assert_eq!((morts[0].erreur.as_str(), morts[0].essais), (erreur, 1));
        banc.bat(90_000).await;
        assert_eq!(recepteur.recus().len(), 1, "not tried again by itself");
    }
    assert!(ailleurs.recus().is_empty(), "a redirection is not followed");
}

#[tokio::test]
async fn sans_cle_ou_vers_la_machine_meme_rien_ne_part() {
    let recepteur = Recepteur::lance(&[]);
    let port = recepteur.port;
    for (secrets, erreur) in [
        ("communes: {}\n".to_owned(), "la clé de l'appel « caisse » n'est pas donnée (--secrets)"),
        (
            format!(
                "communes: {{ ham: {{ secrets: {{ caisse: k }}, appels_prives: {{ caisse: \"http://169.254.169.254:{port}/\" }} }} }}\n"
            ),
            "l'adresse appelée est celle d'un réseau privé (appels_prives des secrets)",
        ),
    ] {
        let banc = Banc::ouvre(&secrets).await;
        let id = banc.depose().await;
        banc.valide(&id).await;
        banc.bat(1).await;
        assert_eq!(banc.morts().await.iter().map(|m| m.erreur.as_str()).collect::<Vec<_>>(), [erreur]);
    }
    assert!(recepteur.recus().is_empty());
}
