//! Families' keys: one use, an end, so many misses, and the same refusal whatever is wrong.

use engine::decision::{Agregat, Auteur, Ecriture, Suivant};
use engine::foyer::{Fait, Genre, SourceFait, Sujet, ValeurFait};
use engine::identifiant::{CleEnfanceId, PersonneId, hexa};
use engine_store::{CleNeuve, Essai as Try, EssaiFait, EtatCle, Store};
use jiff::{SignedDuration, Timestamp};

use crate::base::{Essai, sur_les_deux};
use crate::valeurs::{decision, famille, foyer, id, le, personne};

const NE_LE: &str = "2018-05-14";

pub(crate) fn fait(sujet: PersonneId, nom: &str, valeur: ValeurFait) -> Ecriture {
    Ecriture::Fait(Fait {
        sujet: Sujet::Personne(sujet),
        fait: nom.into(),
        valeur,
        valable_du: "2018-05-14".parse().unwrap(),
        valable_au: None,
        connu_le: le(),
        source: SourceFait::Import("essai".into()),
        valide_par: None,
    })
}

/// Household `n`: Camille Durand and Dominique Martin, whose child was born on [`NE_LE`].
pub(crate) async fn connue(store: &Store, portee: &engine_store::Portee, n: u8) {
    let texte = |t: &str| ValeurFait::Texte(t.into());
    let mut d = famille(n);
    let autre = personne(n + 50);
    d.ecritures.push(Ecriture::Membre {
        foyer: foyer(n),
        personne: autre.clone(),
        genre: Genre::CoRepresentant,
        depuis: le(),
    });
    for (qui, prenom, nom) in [(personne(n), "Camille", "Durand"), (autre, "Dominique", "Martin")] {
        d.ecritures.push(fait(qui.clone(), "prenom", texte(prenom)));
        d.ecritures.push(fait(qui, "nom", texte(nom)));
    }
    d.ecritures.push(fait(personne(n + 100), "naissance", ValeurFait::Date(NE_LE.parse().unwrap())));
    store.commet(portee, d, None).await.unwrap();
}

fn neuve(n: u8, foyer_n: u8, responsable: Option<u8>) -> CleNeuve {
    CleNeuve {
        id: CleEnfanceId::neuf(id(n)),
        empreinte: [n; 32],
        foyer: foyer(foyer_n),
        responsable: responsable.map(personne),
        ouvre: vec!["restauration".into()],
        expire_le: dans(60 * 24 * 365),
        essais: 5,
    }
}

fn dans(minutes: i64) -> Timestamp {
    le() + SignedDuration::from_mins(minutes)
}

fn essai(cle: u8, qui: u8, adresse: u8, minute: i64) -> Try {
    Try {
        empreinte: [cle; 32],
        naissance: NE_LE.parse().unwrap(),
        auteur: Auteur::Parent { personne: personne(qui), foyer: foyer(qui) },
        compte: None,
        nom: "dominique martin".into(),
        adresse: [adresse; 32],
        le: dans(minute),
        reel: dans(minute),
    }
}

async fn une_cle_ouvre_une_fois_au_bon_responsable(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    connue(store, portee, 1).await;
    let faites = store.fait_cles(portee, vec![neuve(1, 1, Some(1)), neuve(2, 1, None)], le()).await.unwrap();
    assert!(faites.iter().all(|f| f.remplace.is_none()));
    let essaie = |t| store.essaie_cle(&e.commune, t);
    let ouverte = essaie(essai(1, 200, 1, 1)).await.unwrap();
    let attendue = |cle: u8, qui: u8| EssaiFait::Ouverte {
        cle: CleEnfanceId::neuf(id(cle)),
        foyer: foyer(1),
        personne: personne(qui),
        ouvre: vec!["restauration".into()],
    };
    assert_eq!(ouverte, attendue(1, 1), "whoever types it is the key's own responsable");
    assert_eq!(essaie(essai(1, 200, 1, 2)).await.unwrap(), EssaiFait::Refusee, "once");
    assert_eq!(essaie(essai(2, 200, 1, 2)).await.unwrap(), attendue(2, 51), "the household's: by name");
    let etats: Vec<_> = store.cles_enfance(portee, Some(&foyer(1)), 10).await.unwrap();
    assert!(etats.iter().all(|c| c.etat(dans(3)) == EtatCle::Utilisee), "{etats:?}");
    // the journal says who did what with which key, and never the key
    let journal = store.journal(portee, &Agregat::CleEnfance(CleEnfanceId::neuf(id(1)))).await.unwrap();
    let evenements: Vec<_> = journal.iter().map(|j| j.entree.evenement.as_str()).collect();
    assert_eq!(evenements, ["faire_cle", "utiliser_cle"]);
    let textes = e.textes(&format!("SELECT entree FROM journal WHERE commune_id = '{}'", e.commune)).await;
    assert!(textes.len() >= 5 && textes.iter().all(|t| !t.contains(&hexa(&[1; 32]))), "{textes:?}");
    assert!(store.verifie_journal(portee).await.unwrap().is_ok());
}

async fn le_refus_est_le_meme_quoi_qui_soit_faux(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    connue(store, portee, 1).await;
    let ailleurs = e.ailleurs();
    connue(store, &ailleurs, 1).await;
    let mut courte = neuve(3, 1, Some(51));
    courte.expire_le = dans(5);
    store.fait_cles(portee, vec![neuve(1, 1, Some(1)), courte], le()).await.unwrap();
    store.fait_cles(&ailleurs, vec![neuve(4, 1, Some(1))], le()).await.unwrap();
    let mut fausse_date = essai(1, 200, 1, 10);
    fausse_date.naissance = "2018-05-15".parse().unwrap();
    let cas = [
        ("no such key", essai(9, 200, 1, 10)),
        ("right key, wrong birth", fausse_date),
        ("expired", essai(3, 200, 1, 10)),
        ("of another town", essai(4, 200, 1, 10)),
    ];
    for (quoi, essai) in cas {
        assert_eq!(store.essaie_cle(&e.commune, essai).await.unwrap(), EssaiFait::Refusee, "{quoi}");
    }
    assert!(store.revoque_cle(portee, &CleEnfanceId::neuf(id(1)), dans(11)).await.unwrap());
    assert!(!store.revoque_cle(portee, &CleEnfanceId::neuf(id(1)), dans(11)).await.unwrap(), "already");
    assert_eq!(store.essaie_cle(&e.commune, essai(1, 200, 1, 12)).await.unwrap(), EssaiFait::Refusee);
    // the same key opens where it was made
    let la = store.essaie_cle(ailleurs.commune(), essai(4, 200, 1, 12)).await.unwrap();
    assert!(matches!(la, EssaiFait::Ouverte { .. }), "{la:?}");
    let manques = format!("SELECT CAST(COUNT(*) AS TEXT) FROM essai_cle WHERE commune_id = '{}'", e.commune);
    assert_eq!(e.textes(&manques).await, ["5"]);
}

async fn une_cle_meurt_de_ses_essais(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    connue(store, portee, 1).await;
    store.fait_cles(portee, vec![CleNeuve { essais: 10, ..neuve(1, 1, Some(1)) }], le()).await.unwrap();
    for n in 0..10 {
        // from an account and an address of their own: only the key counts them all
        let mut faux = essai(1, 200 + n, n, 1);
        faux.naissance = "2001-01-01".parse().unwrap();
        let reste = store.cles_enfance(portee, None, 10).await.unwrap()[0].essais_restants;
        assert_eq!(reste, 10 - u32::from(n));
        assert_eq!(store.essaie_cle(&e.commune, faux).await.unwrap(), EssaiFait::Refusee);
    }
    assert_eq!(store.cles_enfance(portee, None, 10).await.unwrap()[0].etat(dans(2)), EtatCle::Bloquee);
    assert_eq!(store.essaie_cle(&e.commune, essai(1, 150, 100, 2)).await.unwrap(), EssaiFait::Refusee);
    // another one takes its place
    let faites = store.fait_cles(portee, vec![neuve(2, 1, Some(1))], dans(3)).await.unwrap();
    assert_eq!(faites[0].remplace, Some(CleEnfanceId::neuf(id(1))));
    let ouverte = store.essaie_cle(&e.commune, essai(2, 150, 100, 4)).await.unwrap();
    assert!(matches!(ouverte, EssaiFait::Ouverte { .. }), "{ouverte:?}");
}

/// S05: fifty tries every fifty seconds, 10,000 in all, from one address and one account, then from two hundred of each.
async fn dix_mille_essais_n_avancent_pas(e: &Essai) {
    for (qui, n) in [("one", 1_u32), ("two hundred", 200)] {
        let portee = e.ailleurs();
        connue(&e.store, &portee, 1).await;
        let (mut manques, mut alerte) = (Vec::new(), 0);
        for debut in (0..10_000_u32).step_by(50) {
            let essais: Vec<_> = (debut..debut + 50)
                .map(|essaye| {
                    let rang = u8::try_from(essaye % n).unwrap();
                    let mut faux = essai(9, rang, rang, 0);
                    faux.reel = le() + SignedDuration::from_secs(i64::from(debut));
                    let (store, commune) = (e.store.clone(), portee.commune().clone());
                    tokio::spawn(async move { (rang, store.essaie_cle(&commune, faux).await.unwrap()) })
                })
                .collect();
            for essai in essais {
                match essai.await.unwrap() {
                    (rang, EssaiFait::Refusee) => manques.push((debut, rang)),
                    (_, EssaiFait::Trop { commune, .. }) => alerte += u32::from(commune),
                    (_, EssaiFait::Ouverte { .. }) => panic!("a key that does not exist"),
                }
            }
        }
        let au_plus = |fenetre: u32, max: usize, rang: Option<u8>| {
            let siens: Vec<u32> =
                manques.iter().filter(|(_, r)| rang.is_none_or(|x| x == *r)).map(|(s, _)| *s).collect();
            let pire = siens.iter().map(|d| siens.iter().filter(|s| (*d..d + fenetre).contains(*s)).count());
            let pire = pire.max().unwrap_or(0);
            assert!(pire <= max, "{qui}: {pire} in {fenetre} s");
            pire
        };
        for rang in 0..u8::try_from(n).unwrap() {
            au_plus(900, 5, Some(rang));
            au_plus(3_600, 20, Some(rang));
        }
        let ville = au_plus(3_600, 200, None);
        // in 10,000 s: one account misses 5 in each of 12 quarters of an hour; the whole town 200 in each of 3 hours
        let attendus = if n == 1 { (60, 20, false) } else { (600, 200, true) };
        assert_eq!((manques.len(), ville, alerte > 0), attendus, "{qui}");
    }
}

async fn cinquante_a_la_fois_une_seule_ouvre(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    connue(store, portee, 1).await;
    store.fait_cles(portee, vec![neuve(1, 1, Some(1))], le()).await.unwrap();
    let autre = if e.est_postgres() { e.autre().await } else { store.clone() };
    let essais: Vec<_> = (0..50)
        .map(|n| {
            let store = if n % 2 == 0 { store.clone() } else { autre.clone() };
            let commune = e.commune.clone();
            tokio::spawn(async move { store.essaie_cle(&commune, essai(1, 150 + n, n, 1)).await.unwrap() })
        })
        .collect();
    let (mut ouvertes, mut refusees) = (0, 0);
    for fait in essais {
        match fait.await.unwrap() {
            EssaiFait::Ouverte { .. } => ouvertes += 1,
            EssaiFait::Refusee => refusees += 1,
            EssaiFait::Trop { .. } => panic!("fifty accounts, fifty addresses"),
        }
    }
    assert_eq!((ouvertes, refusees), (1, 49), "one use");
}

async fn les_essais_survivent_a_un_redemarrage(e: &Essai) {
    for n in 0..5 {
        assert_eq!(e.store.essaie_cle(&e.commune, essai(9, 200, 1, n)).await.unwrap(), EssaiFait::Refusee);
    }
    // SQLite's file has one process; PostgreSQL's other process sees the same rows
    let neuf = e.autre().await;
    let bloque = neuf.essaie_cle(&e.commune, essai(9, 200, 2, 6)).await.unwrap();
    assert_eq!(bloque, EssaiFait::Trop { jusqu_a: dans(15), commune: false });
    assert_eq!(neuf.essaie_cle(&e.commune, essai(9, 200, 2, 15)).await.unwrap(), EssaiFait::Refusee);
}

async fn une_famille_ne_lit_ni_ne_fait_de_cle(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    connue(store, portee, 1).await;
    store.fait_cles(portee, vec![neuve(1, 1, Some(1))], le()).await.unwrap();
    let auteur = Auteur::Parent { personne: personne(1), foyer: foyer(1) };
    let jeton = store.ouvre_session(&e.commune, auteur, le(), dans(60)).await.unwrap();
    let sienne = store.session(&e.commune, &jeton, dans(1)).await.unwrap().unwrap().portee;
    assert!(store.cles_enfance(&sienne, None, 10).await.unwrap().is_empty());
    assert!(store.fait_cles(&sienne, vec![neuve(2, 1, Some(51))], le()).await.unwrap().is_empty());
    assert!(!store.revoque_cle(&sienne, &CleEnfanceId::neuf(id(1)), le()).await.unwrap());
    let agregat = Agregat::CleEnfance(CleEnfanceId::neuf(id(1)));
    assert!(store.journal(&sienne, &agregat).await.unwrap().is_empty());
    assert_eq!(store.cles_enfance(portee, None, 10).await.unwrap().len(), 1);
    assert_eq!(store.foyers_a_cle(portee, None, 10).await.unwrap(), [foyer(1)]);
    // a household that cannot be opened by a key: no guardian
    let vide = vec![Ecriture::Foyer(foyer(2))];
    store.commet(portee, decision(Agregat::Foyer(foyer(2)), 1, Suivant::Rien, vide), None).await.unwrap();
    assert_eq!(store.foyers_a_cle(portee, None, 10).await.unwrap(), [foyer(1)]);
}

sur_les_deux!(
    une_cle_ouvre_une_fois_au_bon_responsable,
    le_refus_est_le_meme_quoi_qui_soit_faux,
    une_cle_meurt_de_ses_essais,
    dix_mille_essais_n_avancent_pas,
    cinquante_a_la_fois_une_seule_ouvre,
    les_essais_survivent_a_un_redemarrage,
    une_famille_ne_lit_ni_ne_fait_de_cle,
);
