//! S21, the database's half: what is sensitive is nowhere in a copy of it, and reads under the town's key alone.

use std::collections::{BTreeMap, BTreeSet};

use engine::decision::{Agregat, Ecriture, Suivant};
use engine::demarche::{Changement, Dossier, Phase, Reponse, Reponses};
use engine::foyer::{Fait, SourceFait, Sujet, ValeurFait};
use engine::identifiant::{DossierId, FoyerId, LigneId, PersonneId};
use engine_store::{CleIdempotence, Erreur};

use crate::base::{Essai, sur_les_deux};
use crate::valeurs::{decision, dossier, famille, foyer, le, personne, reserve};

/// One for each place: facts, drafts, filed answers, whole answers, traces of prices.
const CANARIS: usize = 200;

fn canari(n: usize) -> String {
    format!("canari-{n:03}-sante")
}

fn noms(noms: &[&str]) -> BTreeSet<String> {
    noms.iter().map(|n| (*n).to_owned()).collect()
}

async fn confie(e: &Essai, cle: u8) {
    e.store.confie(&e.commune, [cle; 32], noms(&["medecin"]), noms(&["soins"])).await.unwrap();
}

fn fait(n: usize, nom: &str, valeur: &str) -> Ecriture {
    Ecriture::Fait(Fait {
        sujet: Sujet::Personne(personne(101)),
        fait: nom.into(),
        valeur: ValeurFait::Texte(valeur.into()),
        valable_du: "2025-09-01".parse().unwrap(),
        valable_au: None,
        connu_le: le() + jiff::SignedDuration::from_secs(i64::try_from(n).unwrap()),
        source: SourceFait::Import("reprise".into()),
        valide_par: None,
    })
}

fn reponses(n: usize) -> Reponses {
    let un = Reponse::Valeur(ValeurFait::Texte(canari(n)));
    Reponses(BTreeMap::from([("soins".to_owned(), un)]))
}

fn demande(n: usize, phase: Phase) -> Dossier {
    let rang = u128::try_from(n).unwrap();
    let id = DossierId::neuf(rang.to_be_bytes());
    Dossier { id, phase, reponses: reponses(n), ..dossier(0, 1, None) }
}

/// What 200 canaries are put in; each by its own way of writing.
async fn ecrit_tout(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    store.commet(portee, famille(1), None).await.unwrap();
    let mut faits = decision(Agregat::Foyer(foyer(1)), 10, Suivant::Rien, Vec::new());
    faits.ecritures = (0..50).map(|n| fait(n, "medecin", &canari(n))).collect();
    faits.ecritures.push(fait(999, "ecole", "temoin-en-clair"));
    store.commet(portee, faits, None).await.unwrap();
    for n in 50..150 {
        let phase = if n < 100 { Phase::Brouillon } else { Phase::Deposee };
        let d = demande(n, phase);
        let changement = if n < 125 {
            Changement::Cree(Box::new(d.clone()))
        } else {
            Changement::Repondu(d.reponses.clone())
        };
        let agregat = Agregat::Dossier(d.id.clone());
        let mut ecrite = decision(agregat, 1, Suivant::Dossier(Box::new(d)), Vec::new());
        ecrite.entree.changements = vec![changement];
        store.commet(portee, ecrite, None).await.unwrap();
    }
    for n in 150..CANARIS {
        let gardee = CleIdempotence {
            cle: format!("reponse-{n}"),
            corps: [1; 32],
            reponse: format!(
                "{{\"id\":\"{}\",\"soins\":\"{}\"}}",
                demande(60, Phase::Brouillon).id,
                canari(n)
            ),
        };
        if n < 175 {
            store.garde_reponse(portee, gardee, le()).await.unwrap();
            continue;
        }
        let mut prix = reserve(u8::try_from(n).unwrap());
        for ecriture in &mut prix.ecritures {
            if let Ecriture::Ligne(ligne) = ecriture {
                ligne.id = LigneId::neuf([u8::try_from(n).unwrap(); 16]);
                ligne.reservation = None;
                ligne.trace = serde_json::json!({ "entrees": [["medecin", canari(n)]] });
            }
        }
        prix.suivant = Suivant::Rien;
        prix.gardes.clear();
        store.commet(portee, prix, None).await.unwrap();
    }
}

async fn trouves(e: &Essai) -> usize {
    let vidage = e.vidage().await;
    let temoin = b"temoin-en-clair";
    assert!(vidage.windows(temoin.len()).any(|w| w == temoin), "the search finds what is in clear");
    let vus: BTreeSet<&[u8]> = vidage
        .windows(canari(0).len())
        .filter(|w| w.starts_with(b"canari-") && w.ends_with(b"-sante"))
        .collect();
    vus.len()
}

/// Everything written reads back.
async fn tout_se_lit(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    let lu = store.famille(portee, &foyer(1)).await.unwrap();
    let dits = lu.faits.de(&Sujet::Personne(personne(101)), "medecin");
    let attendus: Vec<_> = (0..50).map(|n| ValeurFait::Texte(canari(n))).collect();
    assert_eq!(dits.iter().map(|f| f.valeur.clone()).collect::<Vec<_>>(), attendus);
    for n in 50..150 {
        let id = demande(n, Phase::Brouillon).id;
        let lu = store.dossier(portee, &id).await.unwrap().unwrap();
        assert_eq!(lu.reponses, reponses(n), "{n}");
        let journal = store.journal(portee, &Agregat::Dossier(id)).await.unwrap();
        assert_eq!(journal.len(), 1, "{n}");
    }
    assert_eq!(store.dossiers_du_foyer(portee, &foyer(1)).await.unwrap().len(), 100);
    for n in 150..175 {
        let lue = store.reponse_gardee(portee, &format!("reponse-{n}"), &[1; 32]).await.unwrap().unwrap();
        assert!(lue.contains(&canari(n)) && lue.ends_with('}'), "{lue}");
    }
    let jour = "2025-09-02".parse().unwrap();
    assert_eq!(store.lignes(portee, &foyer(1), jour, jour).await.unwrap().len(), 25);
    assert!(store.verifie_journal(portee).await.unwrap().is_ok());
}

async fn deux_cents_canaris_ne_sont_nulle_part(e: &Essai) {
    confie(e, 7).await;
    ecrit_tout(e).await;
    tout_se_lit(e).await;
    assert_eq!(trouves(e).await, 0);
    // an erased draft is still found among the answers that show it
    let efface = demande(60, Phase::Brouillon).id;
    let mut oubli = decision(Agregat::Foyer(foyer(1)), 90, Suivant::Rien, Vec::new());
    oubli.ecritures = vec![Ecriture::OubliReponses { dossier: efface }];
    e.store.commet(&e.portee, oubli, None).await.unwrap();
    assert_eq!(e.store.reponse_gardee(&e.portee, "reponse-160", &[1; 32]).await.unwrap(), None);
    // another key opens nothing, and the chain is checked without any
    confie(e, 8).await;
    let lu = e.store.famille(&e.portee, &FoyerId::lit(foyer(1).as_str()).unwrap()).await;
    assert!(matches!(lu, Err(Erreur::Incoherence { table: "fait", .. })), "{:?}", lu.is_ok());
    assert!(e.store.dossier(&e.portee, &demande(100, Phase::Deposee).id).await.is_err());
    assert!(e.store.verifie_journal(&e.portee).await.unwrap().is_ok());
}

/// A value put in the place of another, of the same person or of somebody else, does not open.
async fn une_valeur_deplacee_ne_s_ouvre_pas(e: &Essai) {
    confie(e, 7).await;
    e.store.commet(&e.portee, famille(1), None).await.unwrap();
    let mut faits = decision(Agregat::Foyer(foyer(1)), 10, Suivant::Rien, Vec::new());
    faits.ecritures = vec![fait(1, "medecin", "un"), fait(2, "medecin", "deux")];
    e.store.commet(&e.portee, faits, None).await.unwrap();
    assert!(e.store.famille(&e.portee, &foyer(1)).await.is_ok());
    let autre = PersonneId::neuf([101; 16]);
    let echange = format!(
        "UPDATE fait SET valeur = (SELECT MAX(f.valeur) FROM fait f WHERE f.commune_id = '{0}' AND f.personne_id = '{1}' AND f.fait = 'medecin')
        WHERE commune_id = '{0}' AND personne_id = '{1}' AND fait = 'medecin'",
        e.commune, autre
    );
    e.brut(&echange).await.unwrap();
    let lu = e.store.famille(&e.portee, &foyer(1)).await;
    assert!(matches!(lu, Err(Erreur::Incoherence { table: "fait", .. })));
}

/// What was kept in clear before this version is sealed, once; the journal, which nobody rewrites, stays as it was.
async fn le_passe_est_scelle(e: &Essai) {
    ecrit_tout(e).await;
    assert_eq!(trouves(e).await, CANARIS);
    confie(e, 7).await;
    // 50 facts, 100 dossiers
    assert_eq!(e.store.scelle_le_passe(&e.commune).await.unwrap(), 150);
    assert_eq!(e.store.scelle_le_passe(&e.commune).await.unwrap(), 0, "once");
    tout_se_lit(e).await;
    let clairs = format!(
        "SELECT CAST(COUNT(*) AS TEXT) FROM fait WHERE commune_id = '{0}' AND valeur LIKE '%canari%'
        UNION ALL SELECT CAST(COUNT(*) AS TEXT) FROM dossier WHERE commune_id = '{0}' AND etat LIKE '%canari%'",
        e.commune
    );
    assert_eq!(e.textes(&clairs).await, ["0", "0"]);
}

sur_les_deux!(deux_cents_canaris_ne_sont_nulle_part, une_valeur_deplacee_ne_s_ouvre_pas, le_passe_est_scelle);
