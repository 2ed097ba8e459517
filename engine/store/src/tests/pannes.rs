//! R03: for thirteen acts of users, the k-th call to the database fails, for k = 1, 2… until none does. Each time the act is
//! done whole or not at all, the caller is told, and the same act works right after.

use std::future::Future;
use std::pin::Pin;

use engine::decision::{Agregat, Decision, Ecriture, EtatReservation, Suivant};
use engine::foyer::{Fait, SourceFait, Sujet, ValeurFait};
use engine::identifiant::{AgentId, CommuneSlug, CourrierId, DossierId, InscriptionId};
use jiff::SignedDuration;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;

use super::base::Essai;
use super::valeurs::{decision, depot, famille, foyer, id, le, personne, reservation, reserve};
use crate::{CleIdempotence, Courrier, Erreur, Publication, Store, VersionGardee, pannes};

#[path = "../../../../rules/tests/longs/mod.rs"]
mod longs;

type Futur<'e, T> = Pin<Box<dyn Future<Output = T> + 'e>>;

/// What is there before, then the act.
struct Acte {
    nom: &'static str,
    avant: for<'e> fn(&'e Essai) -> Futur<'e, ()>,
    fait: for<'e> fn(&'e Essai) -> Futur<'e, Result<(), Erreur>>,
}

async fn commet(e: &Essai, d: Decision) -> Result<(), Erreur> {
    e.store.commet(&e.portee, d, None).await.map(|_| ())
}

fn rien(e: &Essai) -> Futur<'_, ()> {
    // a town's file is made when it is first asked for
    Box::pin(async { assert_eq!(e.store.foyers(&e.portee, 1).await.unwrap(), []) })
}

fn une_famille(e: &Essai) -> Futur<'_, ()> {
    Box::pin(async { commet(e, famille(1)).await.unwrap() })
}

fn un_depot(e: &Essai) -> Futur<'_, ()> {
    Box::pin(async {
        une_famille(e).await;
        commet(e, depot(1, None)).await.unwrap();
    })
}

fn une_reservation(e: &Essai) -> Futur<'_, ()> {
    Box::pin(async {
        une_famille(e).await;
        commet(e, reserve(1)).await.unwrap();
    })
}

/// What an agent's acceptance writes of a family.
fn faits_et_droits() -> Decision {
    let fait = Ecriture::Fait(Fait {
        sujet: Sujet::Foyer(foyer(1)),
        fait: "quotient".into(),
        valeur: ValeurFait::Nombre("900.50".parse().unwrap()),
        valable_du: "2025-09-01".parse().unwrap(),
        valable_au: None,
        connu_le: le(),
        source: SourceFait::Import("reprise".into()),
        valide_par: Some(AgentId::neuf(id(3))),
    });
    let droit = Ecriture::Inscription {
        id: InscriptionId::neuf(id(5)),
        sujet: Sujet::Personne(personne(101)),
        foyer: foyer(1),
        service: "restauration".into(),
        annee_scolaire: Some("2025-2026".into()),
        du: "2025-09-01".parse().unwrap(),
        dossier: DossierId::neuf(id(1)),
    };
    decision(Agregat::Foyer(foyer(1)), 9, Suivant::Rien, vec![fait, droit])
}

fn annulation() -> Decision {
    let etat = EtatReservation::Annulee { annonce: "a_temps".into(), le: le(), motif: None };
    let r = reservation(1, etat, 2);
    decision(Agregat::Reservation(r.id.clone()), 2, Suivant::Reservation(Box::new(r)), Vec::new())
}

fn lettre() -> Courrier {
    Courrier {
        id: CourrierId::neuf(id(1)),
        foyer: Some(foyer(1)),
        a: "parent@exemple.fr".into(),
        objet: "Demande reçue".into(),
        corps: "…".into(),
        le: le(),
    }
}

fn publication() -> (VersionGardee, Publication) {
    let version = VersionGardee {
        digest: "c1".into(),
        source: "source".into(),
        demarches: vec![("inscription".into(), "d1".into())],
    };
    let publication = Publication {
        n: 0,
        digest: "c1".into(),
        depuis: le(),
        publiee_le: le(),
        auteur: "Claude Petit".into(),
        resume: "tarif du repas".into(),
    };
    (version, publication)
}

const ACTES: [Acte; 13] = [
    Acte { nom: "a family is created", avant: rien, fait: |e| Box::pin(commet(e, famille(1))) },
    Acte { nom: "a dossier is filed", avant: une_famille, fait: |e| Box::pin(commet(e, depot(1, None))) },
    Acte {
        nom: "a dossier is filed, under a key",
        avant: une_famille,
        fait: |e| {
            Box::pin(async move {
                let cle =
                    CleIdempotence { cle: "p1/jeton".into(), corps: [7; 32], reponse: "/dossier/1".into() };
                let d = depot(1, Some("enfant/2025"));
                e.store.commet(&e.portee, d, Some(cle)).await.map(|_| ())
            })
        },
    },
    Acte {
        nom: "an acceptance records facts and rights",
        avant: un_depot,
        fait: |e| Box::pin(commet(e, faits_et_droits())),
    },
    Acte { nom: "a day is booked", avant: une_famille, fait: |e| Box::pin(commet(e, reserve(1))) },
    Acte { nom: "a day is given back", avant: une_reservation, fait: |e| Box::pin(commet(e, annulation())) },
    Acte {
        nom: "a session opens",
        avant: une_famille,
        fait: |e| {
            Box::pin(async move {
                let fin = le() + SignedDuration::from_hours(12);
                e.store
                    .ouvre_session(&e.commune, engine::decision::Auteur::Systeme, le(), fin)
                    .await
                    .map(|_| ())
            })
        },
    },
    Acte {
        nom: "a setting changes",
        avant: rien,
        fait: |e| {
            Box::pin(async move { e.store.regle(&e.portee, "horloge".into(), "2025-09-01".into()).await })
        },
    },
    Acte {
        nom: "an answer is kept",
        avant: rien,
        fait: |e| {
            Box::pin(async move {
                let cle = CleIdempotence { cle: "http:p1:a".into(), corps: [7; 32], reponse: "{}".into() };
                e.store.garde_reponse(&e.portee, cle, le()).await
            })
        },
    },
    Acte {
        nom: "a letter is sent",
        avant: un_depot,
        fait: |e| {
            Box::pin(async move {
                let cle = depot(1, None).effets[0].cle.clone();
                e.store.effet_fait(&e.portee, cle, le(), vec![lettre()]).await
            })
        },
    },
    Acte {
        nom: "a letter fails",
        avant: un_depot,
        fait: |e| {
            Box::pin(async move {
                let cle = depot(1, None).effets[0].cle.clone();
                e.store.effet_manque(&e.portee, cle, "smtp".into(), le(), None).await
            })
        },
    },
    Acte {
        nom: "an échéance is closed",
        avant: un_depot,
        fait: |e| {
            Box::pin(async move {
                let due = depot(1, None).echeances[0].clone();
                e.store.ferme_echeance(&e.portee, due.dossier, due.appartient).await
            })
        },
    },
    Acte {
        nom: "a definition is published",
        avant: rien,
        fait: |e| {
            Box::pin(async move {
                let (version, publication) = publication();
                e.store.publie(&e.portee, version, publication).await.map(|_| ())
            })
        },
    },
];

/// Every row of the commune, but for what is drawn at random and the commune's own name.
async fn contenu(e: &Essai) -> Vec<String> {
    let mut tout = e.comptes().await;
    for table in e.tables().await {
        let colonnes = if e.est_postgres() {
            format!(
                "SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}' ORDER BY ordinal_position"
            )
        } else {
            format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid")
        };
        let au_hasard = |c: &String| {
            ["commune_id", "empreinte", "jeton", "n"].iter().any(|h| c == h || c.contains("jeton"))
        };
        let lues = e.textes(&colonnes).await;
        let dite = |c: &String| match e.est_postgres() {
            true => format!("COALESCE(CAST({c} AS TEXT), '-')"),
            false => format!("quote({c})"),
        };
        let rang: Vec<String> = lues.iter().filter(|c| !au_hasard(c)).map(dite).collect();
        let sql = format!(
            "SELECT '{table} ' || {} FROM {table} WHERE commune_id = '{}' ORDER BY 1",
            rang.join(" || ' ' || "),
            e.commune
        );
        tout.extend(e.textes(&sql).await);
    }
    tout.iter().map(|t| t.replace(e.commune.as_str(), "commune")).collect()
}

/// How many calls the act makes, each having failed, alone or with those that follow it.
async fn essaie(acte: &Acte, tenace: bool, voulu: &[String], neuf: &impl AsyncFn() -> Essai) -> u32 {
    let mut essai = neuf().await;
    (acte.avant)(&essai).await;
    for k in 1..200 {
        let avant = contenu(&essai).await;
        pannes::a_la(k, tenace);
        let recu = (acte.fait)(&essai).await;
        let atteinte = pannes::atteinte();
        let apres = contenu(&essai).await;
        match recu {
            Err(erreur) => {
                assert!(atteinte, "{}: {erreur}, and no call failed", acte.nom);
                assert_eq!(apres, avant, "{}: call {k} failed, and half of it is there", acte.nom);
            }
            Ok(()) => {
                assert_eq!(apres, voulu, "{}: call {k} failed, and it was said to be done", acte.nom);
                if !atteinte {
                    return k - 1;
                }
                // the writer tried again, or only a hint was lost: done whole, so from the start
                essai = neuf().await;
                (acte.avant)(&essai).await;
            }
        }
    }
    panic!("{}: no end", acte.nom)
}

async fn actes(nom: &str, actes: &[Acte], neuf: impl AsyncFn() -> Essai) {
    let mut appels = 0;
    for acte in actes {
        let temoin = neuf().await;
        (acte.avant)(&temoin).await;
        (acte.fait)(&temoin).await.unwrap();
        let voulu = contenu(&temoin).await;
        for tenace in [true, false] {
            let k = essaie(acte, tenace, &voulu, &neuf).await;
            println!("{}: {k} calls{}", acte.nom, if tenace { ", all failing from the k-th" } else { "" });
            assert!(k >= 1, "{}: no call", acte.nom);
            appels += usize::try_from(k).unwrap();
        }
    }
    assert!(appels >= 8 * actes.len(), "{appels} calls");
    let dit =
        format!("{} acts, each call failing alone and with the rest: all or nothing, and said", actes.len());
    longs::rapporte(&format!("R03 failing calls, {nom}"), appels, &dit);
}

// one thread: the call that fails is this test's own
#[tokio::test]
async fn r03_chaque_appel_qui_echoue_laisse_tout_ou_rien() {
    actes("SQLite", &ACTES, async || Essai::sqlite().await).await;
}

/// By default three acts, those that write most.
#[tokio::test]
async fn r03_de_meme_sur_postgresql() {
    if Essai::postgres().await.is_some() {
        let combien = if longs::longs() { 12 } else { 3 };
        actes("PostgreSQL", &ACTES[..combien], async || Essai::postgres().await.unwrap()).await;
    }
}

/// Another program (a backup) holds the file: who writes is told to come back, after the five seconds that a writer waits.
#[tokio::test]
async fn un_fichier_pris_dit_de_revenir() {
    let dossier = tempfile::tempdir().unwrap();
    let commune = CommuneSlug::lit("ham").unwrap();
    let store = Store::sqlite(dossier.path()).await.unwrap();
    let portee = store.portee_de_commande(&commune, "essai");
    store.regle(&portee, "avant".into(), "1".into()).await.unwrap();
    let mut autre =
        SqliteConnectOptions::new().filename(dossier.path().join("ham.db")).connect().await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut autre).await.unwrap();
    let erreur = store.regle(&portee, "pendant".into(), "1".into()).await.unwrap_err();
    assert!(matches!(erreur, Erreur::Occupee) && erreur.est_attente(), "{erreur:?}");
    sqlx::raw_sql("ROLLBACK").execute(&mut autre).await.unwrap();
    store.regle(&portee, "pendant".into(), "2".into()).await.unwrap();
    assert_eq!(store.reglage(&portee, "pendant").await.unwrap().as_deref(), Some("2"));
}
