//! The journal rebuilds the dossier.

use proptest::prelude::*;

use super::*;

fn un_evenement() -> impl Strategy<Value = Evenement> {
    let action = prop::sample::select(vec![
        "deposer",
        "annuler",
        "instruire",
        "valider",
        "demander",
        "refuser",
        "completer",
        "mettre_en_attente",
        "suspendre",
        "lever",
        "inconnue",
    ]);
    let lien = prop::sample::select(vec!["membre_du_foyer", "contact", "voisin"]);
    prop_oneof![
        6 => (action, any::<bool>()).prop_map(|(action, motive)| Evenement::Agir {
            action: action.into(),
            motif: motive.then(|| "motif".to_owned()),
            reponses: None,
            vue: None,
        }),
        2 => lien.prop_map(|lien| {
            let mut reponses = completes();
            reponses.0.insert("lien".into(), choix(lien));
            Evenement::EnregistrerBrouillon { reponses, vue: None }
        }),
        2 => Just(Evenement::DeposerPiece(PieceDonnee { piece: "justificatif".into(), fichiers: vec![FichierId::neuf(id(6))], ..PieceDonnee::default() })),
        1 => any::<bool>().prop_map(|bien| Evenement::VerifierPiece {
            piece: "justificatif".into(),
            etat: if bien { EtatPiece::Acceptee } else { EtatPiece::Refusee("flou".into()) },
            vue: None,
        }),
        2 => (0..6_u32, 0..3_u16).prop_map(|(entree, rang)| Evenement::Echeance { entree, rang }),
        1 => (0..3_u32).prop_map(|depot| Evenement::Silence { depot }),
    ]
}

proptest! {
    /// Whatever happens, in whatever order: no panic, and the journal rebuilds the snapshot.
    #[test]
    fn le_journal_redonne_le_dossier(
        suite in prop::collection::vec((un_evenement(), 0..7_usize, 0..100_i64), 0..40)
    ) {
        let mut monde = Monde::nouveau();
        let mut dossier = monde.brouillon();
        let premier = Evenement::Demarrer { foyer: Some(foyer_id()), enfant: None, reponses: completes() };
        let mut journal = vec![monde.decide(None, &premier, &parent()).unwrap().entree];
        for (evenement, qui, jours) in suite {
            monde.maintenant += jiff::SignedDuration::from_hours(24 * jours);
            // most of the time somebody who may; sometimes anybody
            let auteurs = if jours % 4 == 0 { vec![tous().swap_remove(qui).1] } else {
                vec![parent(), agent("enfance"), agent("commission"), Auteur::Systeme]
            };
            for auteur in auteurs {
                if let Ok(decision) = monde.decide(Some(&dossier), &evenement, &auteur) {
                    prop_assert_eq!(decision.entree.seq, dossier.version + 1);
                    dossier = apres(&decision);
                    prop_assert_eq!(dossier.version, decision.entree.seq);
                    // the journal is stored as text
                    let texte = serde_json::to_string(&decision.entree).unwrap();
                    journal.push(serde_json::from_str(&texte).unwrap());
                    let phase = monde.demarche.etape(&dossier.etape).map(|e| e.phase);
                    prop_assert_eq!(phase, Some(dossier.phase));
                    break;
                }
            }
        }
        let mut refait = None;
        for entree in &journal {
            for changement in &entree.changements {
                refait = changement.applique(refait);
            }
        }
        let mut refait = refait.unwrap();
        if dossier.depose_le.is_none() {
            // the journal never says what a draft holds: its family may erase it
            prop_assert_eq!(&refait.reponses, &Reponses::default());
            refait.reponses = dossier.reponses.clone();
        }
        refait.version = i64::try_from(journal.len()).unwrap();
        prop_assert_eq!(refait, dossier);
    }
}
