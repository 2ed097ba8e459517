//! The secret link of a letter without an account: one, the same at each try, with an end, nowhere in the data.

use jiff::SignedDuration;

use super::banc::Banc;
use super::serveur_smtp::{ServeurSmtp, Suite};

/// The text below the headers.
fn corps(texte: &str) -> &str {
    texte.split_once("\r\n\r\n").unwrap().1
}

#[tokio::test]
async fn un_lien_secret_est_le_meme_a_chaque_essai_a_une_fin_et_n_est_pas_dans_les_donnees() {
    let smtp = ServeurSmtp::lance(&[Suite::Coupe]);
    let banc = Banc::ouvre(&smtp.secrets("aucune")).await;
    let id = banc.reserve_sans_compte("alix@exemple.fr").await;
    banc.bat_a("2025-07-10T08:00:01Z").await;
    assert_eq!((smtp.textes().len(), banc.lettres().await.len()), (1, 0), "cut before the answer");
    banc.bat_a("2025-07-10T08:02:00Z").await;
    let textes = smtp.textes();
    assert_eq!(textes.len(), 2);
    assert_eq!(corps(&textes[0]), corps(&textes[1]), "the letter sent again is the same one");

    let etat = &banc.etat;
    let jeton = etat.liens.jeton("ham", &id, "alix@exemple.fr").unwrap();
    let lettres = banc.lettres().await;
    let [lettre] = &lettres[..] else { panic!("{lettres:?}") };
    let lue = etat.liens.en_clair("ham", &lettre.a, &lettre.corps);
    assert!(lue.contains(&format!("/ham/suivi/{}\n", jeton.texte())), "{lue}");
    // 180 days after 10 July
    assert!(lue.contains("Il ouvre votre demande jusqu’au mardi 6 janvier 2026"), "{lue}");
    assert!(!lettre.corps.contains(&jeton.texte()) && lettre.corps.contains(&format!("/suivi/@{id}")));
    for fichier in banc.fichiers() {
        let octets = std::fs::read(&fichier).unwrap();
        let clair = jeton.texte();
        assert!(!octets.windows(64).any(|o| o == clair.as_bytes()), "{}", fichier.display());
    }

    let chemin = format!("/ham/suivi/{}", jeton.texte());
    let (code, page) = banc.page(&chemin, None).await;
    assert!(code == 200 && page.contains("Ouvrir ma demande"), "{code} {page}");
    let reel = etat.horloge.reel();
    let slug = engine::identifiant::CommuneSlug::lit("ham").unwrap();
    for (jours, ouvre) in [(179, true), (181, false)] {
        let alors = reel.checked_add(SignedDuration::from_hours(24 * jours)).unwrap();
        let lu = etat.store.portee_de_suivi(&slug, &jeton, alors).await.unwrap();
        assert_eq!(lu.is_some(), ouvre, "{jours} days");
    }
    // over: a page says what to do; one that never was is a page that does not exist
    let passe = engine_store::Jeton::tire().unwrap();
    let hier = reel.checked_sub(SignedDuration::from_hours(24)).unwrap();
    etat.store.ouvre_suivi(&slug, &passe, id.clone(), hier, hier).await.unwrap();
    let (code, page) = banc.page(&format!("/ham/suivi/{}", passe.texte()), None).await;
    assert!(
        code == 410 && page.contains("n’est pas perdue") && page.contains("appelez le service"),
        "{code} {page}"
    );
    let jamais = engine_store::Jeton::tire().unwrap();
    assert_eq!(banc.page(&format!("/ham/suivi/{}", jamais.texte()), None).await.0, 404);
}
