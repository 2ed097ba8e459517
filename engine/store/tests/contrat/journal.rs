//! The journal: append-only, chained.

use engine::decision::{Agregat, Suivant};
use engine::demarche::Changement;
use engine::identifiant::{DossierId, FichierId};
use engine_store::{Fichiers, Mouvement, RuptureJournal, Tenu};

use crate::base::{Essai, sur_les_deux};
use crate::valeurs::{decision, depot, famille, id, le};

async fn un_journal_retouche_se_voit(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    store.commet(portee, famille(1), None).await.unwrap();
    for n in 1..=4 {
        store.commet(portee, depot(n, None), None).await.unwrap();
    }
    assert_eq!(store.verifie_journal(portee).await.unwrap(), Ok(5));
    let trois = format!("journal WHERE commune_id = '{}' AND n = 3", e.commune);
    let change = trois.replace("WHERE", "SET trace = '[]' WHERE");
    assert!(e.brut(&format!("UPDATE {change}")).await.is_err());
    assert!(e.brut(&format!("DELETE FROM {trois}")).await.is_err());
    // whoever owns the database can: it shows
    let sans_garde = if e.est_postgres() {
        "SET session_replication_role = replica"
    } else {
        "DROP TRIGGER journal_ne_change_pas"
    };
    e.brut(&format!("{sans_garde}; UPDATE {change}")).await.unwrap();
    assert_eq!(store.verifie_journal(portee).await.unwrap(), Err(RuptureJournal { n: 3 }));
}

async fn le_journal_dit_quels_documents_furent_recus(e: &Essai) {
    let (store, portee) = (&e.store, &e.portee);
    store.commet(portee, famille(1), None).await.unwrap();
    let rien = |dernier| Fichiers { dernier, ..Fichiers::default() };
    assert_eq!(store.fichiers_recus(portee, 0).await.unwrap(), rien(1));
    let dossier = Agregat::Dossier(DossierId::neuf(id(3)));
    let mut d = decision(dossier.clone(), 1, Suivant::Rien, Vec::new());
    d.entree.changements = vec![Changement::PieceRecue {
        piece: "justificatif".into(),
        recue: engine::demarche::PieceRecue {
            fichiers: vec![FichierId::neuf(id(5))],
            images: Vec::new(),
            date: None,
            recue_le: le(),
            etat: engine::demarche::EtatPiece::AVerifier,
        },
    }];
    store.commet(portee, d, None).await.unwrap();
    let tenu = Tenu { fichier: FichierId::neuf(id(5)), piece: "justificatif".into() };
    let recu = Mouvement::Recu(tenu.clone());
    let recus = Fichiers { mouvements: vec![(dossier.clone(), recu)], ..rien(2) };
    assert_eq!(store.fichiers_recus(portee, 0).await.unwrap(), recus);
    assert_eq!(store.fichiers_recus(portee, 2).await.unwrap(), rien(2));
    // erased by its family: its documents are nobody's
    let mut d = decision(dossier.clone(), 2, Suivant::Rien, Vec::new());
    d.entree.changements = vec![Changement::Efface(le())];
    store.commet(portee, d, None).await.unwrap();
    let efface = Fichiers { mouvements: vec![(dossier.clone(), Mouvement::Efface)], ..rien(3) };
    assert_eq!(store.fichiers_recus(portee, 2).await.unwrap(), efface);
    // taken back before it was sent, or after: the second is still somebody's
    let mut d = decision(dossier.clone(), 3, Suivant::Rien, Vec::new());
    let retiree = |oubliees, n| Changement::PieceRetiree {
        piece: "justificatif".into(),
        fichiers: vec![FichierId::neuf(id(n))],
        oubliees,
    };
    d.entree.changements = vec![retiree(true, 5), retiree(false, 6)];
    store.commet(portee, d, None).await.unwrap();
    let oublie = (dossier, Mouvement::Oublie(tenu));
    let retires = Fichiers { mouvements: vec![oublie], ..rien(4) };
    assert_eq!(store.fichiers_recus(portee, 3).await.unwrap(), retires);
}

sur_les_deux!(un_journal_retouche_se_voit, le_journal_dit_quels_documents_furent_recus,);
