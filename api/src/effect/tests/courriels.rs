//! Letters through a real SMTP server: once, with one identity; later when it says so; never when it says no.

use super::banc::Banc;
use super::serveur_smtp::{ServeurSmtp, Suite, entete};
use crate::effect::reprise;

#[tokio::test]
async fn une_lettre_coupee_repart_sous_la_meme_identite_et_arrive_une_fois() {
    let smtp = ServeurSmtp::lance(&[Suite::Coupe]);
    let banc = Banc::ouvre(&smtp.secrets("aucune")).await;
    banc.depose().await;
    banc.bat(1).await;
    // the server has the text, and nobody knows: it must go again
    assert_eq!((smtp.textes().len(), banc.courriers().await.len(), banc.morts().await.len()), (1, 0, 0));
    banc.bat(20).await;
    assert_eq!(smtp.textes().len(), 1, "the first wait is of 22 seconds at least");
    banc.bat(60).await;
    let textes = smtp.textes();
    assert_eq!((textes.len(), banc.courriers().await.len()), (2, 1));
    let identites: Vec<&str> = textes.iter().map(|t| entete(t, "Message-ID")).collect();
    assert_eq!(identites[0], identites[1]);
    assert!(identites[0].ends_with("@exemple.fr>") && identites[0].len() == 45, "{}", identites[0]);
    assert_eq!(entete(&textes[1], "To"), "durand@exemple.fr");
    assert_eq!(entete(&textes[1], "From"), "Mairie <mairie@exemple.fr>");
    // neither the family nor the child is named where anybody reads
    let objet = entete(&textes[1], "Subject").to_lowercase();
    assert!(!["durand", "camille", "petit", "claude"].iter().any(|n| objet.contains(n)), "{objet}");
    assert_eq!(banc.prochain().await, None, "nothing is left to do");
    banc.bat(90_000).await;
    assert_eq!(smtp.textes().len(), 2, "a letter that was sent is never sent again");

    // another letter is another one
    banc.depose_pour("Dominique").await;
    banc.bat(90_100).await;
    let textes = smtp.textes();
    assert_ne!(entete(&textes[2], "Message-ID"), entete(&textes[1], "Message-ID"));
}

#[tokio::test]
async fn un_serveur_occupe_est_rappele_de_plus_en_plus_tard() {
    let smtp = ServeurSmtp::lance(&[Suite::Refuse(450), Suite::RefuseTexte(451), Suite::Refuse(421)]);
    let banc = Banc::ouvre(&smtp.secrets("aucune")).await;
    banc.depose().await;
    let mut quand = 1;
    // the bounds of each wait, in seconds: 3/4 to 5/4 of 30, 60, 120
    for (n, (tot, tard)) in [(22, 38), (45, 75), (90, 150)].into_iter().enumerate() {
        banc.bat(quand).await;
        assert_eq!((smtp.essais(), banc.courriers().await.len()), (n + 1, 0));
        let prochain = banc.prochain().await.unwrap();
        assert!((quand + tot..=quand + tard).contains(&prochain), "{quand} then {prochain}");
        banc.bat(prochain - 1).await;
        assert_eq!(smtp.essais(), n + 1, "before its hour");
        quand = prochain + 1;
    }
    banc.bat(quand).await;
    assert_eq!((smtp.essais(), smtp.textes().len(), banc.courriers().await.len()), (4, 2, 1));
    assert_eq!(banc.prochain().await, None);
}

#[tokio::test]
async fn un_refus_definitif_attend_quelqu_un_sans_nommer_personne() {
    for suite in [Suite::Refuse(550), Suite::RefuseTexte(554)] {
        let smtp = ServeurSmtp::lance(&[suite]);
        let banc = Banc::ouvre(&smtp.secrets("aucune")).await;
        banc.depose().await;
        banc.bat(1).await;
        let morts = banc.morts().await;
        assert_eq!((morts.len(), morts[0].essais, banc.courriers().await.len()), (1, 1, 0));
        let code = if suite == Suite::Refuse(550) { "550" } else { "554" };
        assert_eq!(morts[0].erreur, format!("le serveur de courriel refuse ce courriel ({code})"));
        banc.bat(90_000).await;
        assert_eq!(smtp.essais(), 1, "not tried again by itself");
    }
}

#[tokio::test]
async fn apres_tous_ses_essais_une_lettre_attend_quelqu_un() {
    let smtp = ServeurSmtp::lance(&[Suite::Refuse(450); 40]);
    let banc = Banc::ouvre(&smtp.secrets("aucune")).await;
    banc.depose().await;
    let mut quand = 1;
    let mut essais = 0;
    while let Some(prochain) = {
        banc.bat(quand).await;
        banc.prochain().await
    } {
        (quand, essais) = (prochain + 1, essais + 1);
        assert!(essais < 100, "it never ends");
    }
    assert_eq!((smtp.essais() as i64, banc.morts().await[0].essais), (reprise::ESSAIS, reprise::ESSAIS));
    assert!(quand > 24 * 3600, "it was tried for more than a day: {quand} s");
}

#[tokio::test]
async fn rien_ne_part_en_clair_quand_starttls_est_demande() {
    let smtp = ServeurSmtp::lance(&[]);
    let banc = Banc::ouvre(&smtp.secrets("starttls")).await;
    banc.depose().await;
    banc.bat(1).await;
    assert_eq!(
        (smtp.connexions(), smtp.essais(), smtp.textes().len()),
        (1, 0, 0),
        "{:?}",
        smtp.destinataires()
    );
    assert!(banc.prochain().await.is_some(), "tried again, once the server offers it");
    assert!(banc.courriers().await.is_empty());
}

#[tokio::test]
async fn une_demonstration_ne_demarre_pas_avec_un_serveur_de_courriel() {
    let smtp = ServeurSmtp::lance(&[]);
    let refus = Banc::essaie(&smtp.secrets("aucune"), true).await.err().unwrap().to_string();
    assert!(refus.contains("une démonstration n'envoie aucun courriel"), "{refus}");
    assert_eq!(smtp.connexions(), 0);
    // without one, letters stay here
    let banc = Banc::essaie("communes: {}\n", true).await.unwrap();
    banc.depose().await;
    banc.bat(1).await;
    assert_eq!(banc.courriers().await.len(), 1);
}
