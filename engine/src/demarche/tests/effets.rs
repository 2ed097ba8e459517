//! What an effect writes, and how many files a document may have.

use super::*;

#[test]
fn adherer_rend_vrai_le_fait_du_foyer() {
    let mut monde = Monde::nouveau();
    let vise = FaitVise {
        de: SujetVise::Foyer,
        nom: "prelevement".into(),
        validite: Validite::Duree(rules::scalaire::Duree::lit("1 an").unwrap()),
    };
    for action in monde.demarche.etapes.iter_mut().flat_map(|e| &mut e.actions).filter(|a| a.id == "valider")
    {
        action.effets = vec![Effet { quoi: Quoi::Adherer(vise.clone()), lieu: rules::lieu::Lieu(4) }];
    }
    let dossier = monde.en(Phase::Deposee);
    let decision = monde.decide(Some(&dossier), &agir("valider"), &agent("enfance")).unwrap();
    let fait = decision.ecritures.iter().find_map(|e| match e {
        Ecriture::Fait(f) if f.fait == "prelevement" => Some(f),
        _ => None,
    });
    let fait = fait.unwrap();
    assert_eq!((&fait.sujet, &fait.valeur), (&Sujet::Foyer(foyer_id()), &ValeurFait::Booleen(true)));
    // from the day of the filing, for the declared time, checked by the agent who accepts
    assert_eq!(
        (fait.valable_du.to_string(), fait.valable_au.unwrap().to_string(), fait.valide_par.is_some()),
        ("2025-09-01".into(), "2026-08-31".into(), true)
    );
    let acte = |e: &crate::decision::EffetAFaire| matches!(e.sortie, Sortie::Acte { .. });
    assert!(!decision.effets.iter().any(acte), "nothing is left to a worker: {:?}", decision.effets);
}

#[test]
fn une_piece_a_au_plus_les_fichiers_dits() {
    let mut monde = Monde::nouveau();
    let brouillon = monde.brouillon();
    let don = |n: u8| {
        Evenement::DeposerPiece(PieceDonnee {
            piece: "justificatif".into(),
            fichiers: (0..n).map(|i| FichierId::neuf(id(20 + i))).collect(),
            ..PieceDonnee::default()
        })
    };
    assert!(monde.decide(Some(&brouillon), &don(2), &parent()).is_ok());
    let refus = monde.decide(Some(&brouillon), &don(3), &parent()).unwrap_err();
    assert_eq!(
        (&*refus.regle, &*refus.motif),
        ("piece.justificatif.fichiers", "3 fichiers pour cette pièce : 2 au plus.")
    );
    monde.pieces[0].fichiers = None;
    assert!(monde.decide(Some(&brouillon), &don(3), &parent()).is_ok());
}

/// Files are added to those given before, taken back one by one while the family holds its request, and not after.
#[test]
fn une_piece_se_complete_et_se_retire_tant_que_la_famille_a_la_main() {
    let monde = Monde::nouveau();
    let don = |n: u8, en_plus| {
        let fichiers = vec![FichierId::neuf(id(n))];
        let images = fichiers.clone();
        Evenement::DeposerPiece(PieceDonnee {
            piece: "justificatif".into(),
            fichiers,
            images,
            en_plus,
            ..PieceDonnee::default()
        })
    };
    let retrait = |n: Option<u8>| Evenement::RetirerPiece {
        piece: "justificatif".into(),
        fichier: n.map(|n| FichierId::neuf(id(n))),
    };
    let fait = |d: &Dossier, e: &Evenement| monde.decide(Some(d), e, &parent()).map(|d| apres(&d));
    let un = fait(&monde.brouillon(), &don(20, false)).unwrap();
    let deux = fait(&un, &don(21, true)).unwrap();
    let nombre = |d: &Dossier| d.pieces.get("justificatif").map(|r| (r.fichiers.len(), r.images.len()));
    assert_eq!(nombre(&deux), Some((2, 2)));
    assert_eq!(nombre(&fait(&deux, &don(21, true)).unwrap()), Some((2, 2)), "the same one is there once");
    assert_eq!(&*fait(&deux, &don(22, true)).unwrap_err().regle, "piece.justificatif.fichiers");
    assert_eq!(nombre(&fait(&deux, &don(22, false)).unwrap()), Some((1, 1)), "or replaced");
    assert_eq!(nombre(&fait(&deux, &retrait(Some(20))).unwrap()), Some((1, 1)));
    assert_eq!(nombre(&fait(&deux, &retrait(None)).unwrap()), None);
    assert_eq!(&*fait(&deux, &retrait(Some(30))).unwrap_err().regle, "piece.justificatif");
    let depose = fait(&deux, &agir("deposer")).unwrap();
    assert_eq!(&*fait(&depose, &retrait(None)).unwrap_err().regle, "piece.justificatif.relie");
    assert_eq!(
        nombre(&fait(&depose, &don(22, false)).unwrap()),
        Some((1, 1)),
        "replaced, while it is not accepted"
    );
}
