//! What could not be delivered waits for an agent, who has it tried again, or gives it up with a reason.

use engine::decision::Agregat;
use serde_json::{Value, json};

use super::banc::Banc;
use super::serveur_smtp::{ServeurSmtp, Suite};

/// The value of that hidden input.
fn cache<'t>(page: &'t str, nom: &str) -> &'t str {
    let (_, suite) =
        page.split_once(&format!("name=\"{nom}\" value=\"")).unwrap_or_else(|| panic!("no {nom}:\n{page}"));
    suite.split('"').next().unwrap()
}

fn formulaire(page: &str, acte: &str, motif: &str) -> String {
    let [jeton, entree, rang] = ["_jeton", "entree", "rang"].map(|n| cache(page, n));
    format!("_jeton={jeton}&entree={entree}&rang={rang}&acte={acte}&motif={motif}")
}

#[tokio::test]
async fn un_agent_reessaie_ou_abandonne_et_cela_s_ecrit() {
    let smtp = ServeurSmtp::lance(&[Suite::Refuse(550), Suite::Refuse(550)]);
    let banc = Banc::ouvre(&smtp.secrets("aucune")).await;
    let (code, bureau) = banc.page("/ham/agent/", None).await;
    assert!(code == 200 && !bureau.contains("pas abouti"), "{bureau}");
    let id = banc.depose().await;
    banc.bat(1).await;
    let (_, bureau) = banc.page("/ham/agent/", None).await;
    assert!(bureau.contains("<a href=\"/ham/agent/envois\">1 envoi n’a pas abouti</a>"), "{bureau}");
    let (code, page) = banc.page("/ham/agent/envois", None).await;
    for dit in
        ["Courriel «", "à qui a fait la demande", "1 essai", "(550)", "lundi 1er septembre 2025 à 10 h"]
    {
        assert!(page.contains(dit), "{dit}\n{page}");
    }
    assert!(code == 200 && !page.contains("exemple.fr") && !page.contains("Petit"), "{page}");

    // without a reason it is not given up
    let adresse = format!("/ham/agent/dossiers/{id}/envois");
    let (code, refus) = banc.page(&adresse, Some(&formulaire(&page, "abandonner", ""))).await;
    assert!(code == 422 && refus.contains("Écrivez pourquoi cet envoi est abandonné"), "{code} {refus}");

    // tried again: refused again, then taken
    for essais in [2, 3] {
        let (_, page) = banc.page("/ham/agent/envois", None).await;
        let (code, _) = banc.page(&adresse, Some(&formulaire(&page, "reessayer", ""))).await;
        assert_eq!((code, smtp.essais()), (303, essais - 1), "it waits for the worker");
        banc.bat(i64::try_from(essais).unwrap()).await;
        assert_eq!(smtp.essais(), essais);
    }
    assert_eq!((smtp.textes().len(), banc.courriers().await.len(), banc.morts().await.len()), (1, 1, 0));
    let (_, vide) = banc.page("/ham/agent/envois", None).await;
    assert!(vide.contains("Tout est parti"), "{vide}");
    let (code, refus) = banc.page(&adresse, Some(&formulaire(&page, "reessayer", ""))).await;
    assert!(code == 422 && refus.contains("n’attend plus"), "{code} {refus}");

    // the call has no key: given up, it never leaves
    banc.valide(&id).await;
    banc.bat(60).await;
    let (_, page) = banc.page("/ham/agent/envois", None).await;
    assert!(page.contains("Appel du logiciel « caisse »"), "{page}");
    let (code, _) = banc.page(&adresse, Some(&formulaire(&page, "abandonner", "Saisi+à+la+main"))).await;
    assert_eq!((code, banc.morts().await.len(), banc.prochain().await), (303, 0, None));

    // each of these acts is in the file's journal, and the file goes on
    let (_, dossier) = banc.page(&format!("/ham/agent/dossiers/{id}"), None).await;
    assert_eq!(dossier.matches("Envoi réessayé").count(), 2);
    assert!(dossier.contains("Envoi abandonné : Saisi à la main"), "{dossier}");
    let journal = banc.etat.store.journal(&banc.agent, &Agregat::Dossier(id.clone())).await.unwrap();
    let rangs: Vec<i64> = journal.iter().map(|e| e.entree.seq).collect();
    assert_eq!(rangs, (1..=6).collect::<Vec<i64>>(), "demarrer, deposer, 2 essais, valider, abandon");
}

#[tokio::test]
async fn la_meme_chose_en_json() {
    let banc = Banc::ouvre("communes: {}\n").await;
    let id = banc.depose().await;
    banc.valide(&id).await;
    banc.bat(1).await;
    let lit = |(code, texte): (u16, String)| (code, serde_json::from_str::<Value>(&texte).unwrap());
    let (code, liste) = lit(banc.page("/ham/api/v1/envois", None).await);
    let envoi = &liste["envois"][0];
    assert_eq!((code, liste["envois"].as_array().unwrap().len()), (200, 1), "{liste}");
    assert_eq!(envoi["quoi"], "Appel du logiciel « caisse »");
    assert_eq!(envoi["dossier"], id.to_string());
    let corps = |acte: &str, motif: Value| {
        json!({ "entree": envoi["entree"], "rang": envoi["rang"], "acte": acte, "motif": motif }).to_string()
    };
    let adresse = format!("/ham/api/v1/dossiers/{id}/envois");
    let (code, refus) = lit(banc.page(&adresse, Some(&corps("abandonner", Value::Null))).await);
    assert_eq!((code, &refus["regle"]), (422, &json!("envoi.motif")), "{refus}");
    let (code, reste) = lit(banc.page(&adresse, Some(&corps("abandonner", json!("Fait à la main")))).await);
    assert_eq!((code, reste), (200, json!({ "envois": [] })));
    let (code, _) = lit(banc.page(&adresse, Some(&corps("reessayer", Value::Null))).await);
    assert_eq!(code, 404, "given up for good");
}
