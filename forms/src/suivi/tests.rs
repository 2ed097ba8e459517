use std::collections::BTreeMap;

use engine::commune::Contact;
use engine::demarche::{
    Acces, Acteur, ChampsConditions, Ecran, Etape, FaitVise, Obligatoire, PieceRecue, Reponse, TypeChamp,
    Validite,
};
use engine::foyer::ValeurFait;
use engine::identifiant::DossierId;
use rules::lieu::Lieu;
use rules::scalaire::Duree;

use super::*;
use crate::accuse::{accuse, en_texte};

fn champ(id: &str) -> Champ {
    Champ {
        id: id.into(),
        nom: id.to_uppercase(),
        genre: TypeChamp::Texte { max: None },
        fait: None,
        obligatoire: Obligatoire::Toujours,
        si: None,
        aide: None,
        exemple: None,
        unite: None,
        motif: None,
        plusieurs: false,
        recopie: None,
        lieu: Lieu::default(),
    }
}

fn action(id: &str, vers: &str, exige: Vec<Exige>) -> Action {
    Action {
        id: id.into(),
        nom: id.to_uppercase(),
        par: vec![Acteur::Parent],
        si: None,
        exige,
        vers: Some(vers.into()),
        effets: vec![],
        textes: vec![],
        lieu: Lieu::default(),
    }
}

fn demarche() -> Demarche {
    let etape = |id: &str, phase, actions| Etape {
        id: id.into(),
        nom: id.into(),
        phase,
        actions,
        echeances: vec![],
        a_l_entree: vec![],
        lieu: Lieu::default(),
    };
    Demarche {
        id: "d".into(),
        nom: "Démarche".into(),
        instruit_par: "service".into(),
        acces: Acces::Compte,
        un_dossier_par: vec![],
        description: None,
        mots: Vec::new(),
        aide: None,
        quota: None,
        rendez_vous: None,
        echanges: false,
        duree: None,
        ouverture: vec![],
        formulaire: vec![Ecran {
            id: "e".into(),
            aide: None,
            titre: "L’enfant".into(),
            champs: vec![champ("nom"), champ("surnom"), champ("cache")],
            lieu: Lieu::default(),
        }],
        pieces: vec!["sante".into()],
        etapes: vec![
            etape("brouillon", Phase::Brouillon, vec![action("deposer", "deposee", vec![])]),
            etape("deposee", Phase::Deposee, vec![action("refuser", "refusee", vec![Exige::Motif])]),
            etape("refusee", Phase::Refusee, vec![]),
        ],
        silence: Silence {
            delai: Duree::lit("2 mois").unwrap(),
            alerte: None,
            vaut: VautSilence::Rejet,
            lieu: Lieu::default(),
        },
        source: None,
        champs_conditions: ChampsConditions::default(),
        reprise: Vec::new(),
        lieu: Lieu::default(),
        digest: String::new(),
    }
}

fn dossier() -> Dossier {
    let le = "2025-09-01T08:00:00Z".parse().unwrap();
    let texte = |t: &str| Reponse::Valeur(ValeurFait::Texte(t.into()));
    Dossier {
        id: DossierId::neuf([1; 16]),
        demarche: "d".into(),
        digest: String::new(),
        numero: None,
        foyer: None,
        demandeur: None,
        enfant: None,
        annee_scolaire: None,
        etape: "brouillon".into(),
        phase: Phase::Brouillon,
        entree: 1,
        entree_le: le,
        depots: 0,
        depose_le: None,
        dernier_depot_le: None,
        cree_le: le,
        reponses: Reponses(BTreeMap::from([
            ("nom".to_owned(), texte("Léa")),
            ("cache".to_owned(), texte("x")),
        ])),
        pieces: BTreeMap::new(),
        cle: None,
        rejet_implicite_le: None,
        motif: None,
        affecte_a: None,
        suivi: engine::demarche::Suivi::default(),
        documents: Vec::new(),
        version: 1,
    }
}

#[test]
fn les_jalons_sont_les_memes_partout_et_disent_ou_l_on_est() {
    let titres = |d: &Demarche, ou| -> Vec<(String, bool, bool, String)> {
        jalons(d, ou).into_iter().map(|j| (j.titre, j.fait, j.ici, j.detail)).collect()
    };
    let attendu =
        |liste: [(&str, bool, bool, &str); 4]| liste.map(|(t, f, i, d)| (t.to_owned(), f, i, d.to_owned()));
    let d = demarche();
    assert_eq!(
        titres(&d, Ou::Pieces),
        attendu([
            ("La démarche", true, false, ""),
            ("Mes informations", true, false, ""),
            ("Ma demande", false, true, "page 2 sur 2"),
            ("Récapitulatif", false, false, "")
        ])
    );
    assert_eq!(titres(&d, Ou::Ecran(0))[2].3, "page 1 sur 2");
    // a first screen that asks only about who files is their information
    let mut coordonnees = demarche();
    for c in &mut coordonnees.formulaire[0].champs {
        c.fait =
            Some(FaitVise { de: SujetVise::Demandeur, nom: "nom".into(), validite: Validite::Illimitee });
    }
    let ici: Vec<bool> = jalons(&coordonnees, Ou::Ecran(0)).iter().map(|j| j.ici).collect();
    assert_eq!(ici, [false, true, false, false]);
}

#[test]
fn l_accuse_de_reception_porte_les_mentions_de_la_loi() {
    let (d, mut dossier) = (demarche(), dossier());
    let paris = TimeZone::get("Europe/Paris").unwrap();
    assert!(accuse(&d, &dossier, None, &paris).is_empty(), "nothing is acknowledged before the filing");
    dossier.phase = Phase::Deposee;
    dossier.numero = Some("2025-00042".into());
    dossier.dernier_depot_le = Some("2025-09-01T08:00:00Z".parse().unwrap());
    dossier.suivi.silence_le = Some("2025-11-01T23:00:00Z".parse().unwrap());
    let contact = Contact {
        id: "service".into(),
        nom: "Affaires scolaires".into(),
        telephone: Some("03 22 00 00 00".into()),
        courriel: Some("secret:courriel".into()),
        adresse: Some("Mairie".into()),
        horaires: None,
        telephone_ferme: None,
    };
    let texte = en_texte(&accuse(&d, &dossier, Some(&contact), &paris));
    for mention in [
        "Demande reçue : le lundi 1er septembre 2025 à 10 h",
        "Numéro : 2025-00042",
        "Affaires scolaires, 03 22 00 00 00, Mairie",
        // the delay is over when the 1st of November ends
        "au plus tard le samedi 1er novembre 2025, votre demande, si elle est complète, sera considérée comme rejetée",
        "tribunal administratif",
    ] {
        assert!(texte.contains(mention), "« {mention} » dans :\n{texte}");
    }
    assert!(!texte.contains("secret:"), "{texte}");
}

#[test]
fn le_recapitulatif_dit_ce_qui_est_affiche_et_ce_qui_manque() {
    let d = demarche();
    let visibles: Vec<&Champ> = d.champs().filter(|c| c.id != "cache").collect();
    let sections = recapitulatif(&d, &dossier().reponses, &visibles, |i| format!("/ecrans/{i}"));
    let lignes: Vec<(&str, &str)> =
        sections[0].lignes.iter().map(|l| (l.libelle.as_str(), l.valeur.as_str())).collect();
    assert_eq!(lignes, [("NOM", "Léa"), ("SURNOM", "non renseigné")]);
    assert_eq!(sections[0].modifier, "/ecrans/0");
}

#[test]
fn une_piece_dit_son_etat() {
    let demandee = |bloque, deja_recue| {
        [PieceDemandee {
            piece: "sante".into(),
            nom: "Santé".into(),
            pour_qui: "si votre enfant est suivi".into(),
            du_foyer: true,
            bloque,
            deja_recue,
            alternatives: Vec::new(),
            a_la_place: Vec::new(),
            age_max: None,
            fichiers: None,
            plus_tard: false,
            sensible: false,
            provisoire: None,
            valable: None,
            fin_d_annee: None,
            rappel: None,
            relance: None,
            ailleurs: None,
        }]
    };
    let mut d = dossier();
    assert!(pieces(&demandee(true, false), &d, true, None)[0].a_envoyer);
    assert!(!pieces(&demandee(true, false), &d, false, None)[0].a_envoyer, "le dossier est chez l'agent");
    assert!(!pieces(&demandee(true, true), &d, true, None)[0].a_envoyer, "demandée une seule fois");
    let recue = |etat| PieceRecue { fichiers: vec![], images: vec![], date: None, recue_le: d.cree_le, etat };
    let (refusee, envoyee) = (recue(EtatPiece::Refusee("illisible".into())), recue(EtatPiece::AVerifier));
    d.pieces.insert("sante".into(), refusee);
    let vue = &pieces(&demandee(true, false), &d, true, None)[0];
    assert_eq!((vue.etat.as_str(), vue.a_envoyer), ("à renvoyer : illisible", true));
    d.pieces.insert("sante".into(), envoyee);
    assert_eq!(pieces(&demandee(true, false), &d, true, None)[0].genre, Genre::Succes);
    let exigence = |bloque, plus_tard| {
        let [piece] = demandee(bloque, false);
        pieces(&[PieceDemandee { plus_tard, ..piece }], &d, true, None)[0].exigence.clone()
    };
    assert_eq!(exigence(true, false), "obligatoire");
    assert_eq!(exigence(false, true), "à donner dès que possible");
    assert_eq!(exigence(false, false), "facultative");
}

#[test]
fn un_refus_se_voit_et_demande_son_motif() {
    let d = demarche();
    let deposee = &d.etapes[1];
    let vues = actions(&d, &[(&deposee.actions[0], None)]);
    assert_eq!((vues[0].motif, vues[0].danger), (true, true));
    let vues = actions(&d, &[(&d.etapes[0].actions[0], None)]);
    assert_eq!((vues[0].motif, vues[0].danger), (false, false));
    // of three actions of one name, the one whose condition holds, even when something else stops it now
    let deposer = |vers: &str| Action { vers: Some(vers.into()), ..d.etapes[0].actions[0].clone() };
    let (a, b, c) = (deposer("deposee"), deposer("refusee"), deposer("deposee"));
    let refus = |regle: &str| Some(Refus::nouveau(regle, "non"));
    let vues = actions(&d, &[(&a, refus("action.deposer.si")), (&b, refus("piece.rib")), (&c, None)]);
    assert_eq!(vues.iter().map(|v| v.danger).collect::<Vec<_>>(), [true]);
}

#[test]
fn le_silence_se_dit_en_francais() {
    assert_eq!(
        silence(&demarche().silence),
        "Sans réponse au bout de 2 mois, une demande complète est considérée comme rejetée."
    );
    assert!(suite(&demarche(), &dossier(), &TimeZone::UTC).contains("pas encore envoyée"));
}
