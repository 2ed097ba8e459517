//! What is a person's name, and what is not.

use super::*;

#[test]
fn un_nom_de_personne_n_est_pas_une_adresse() {
    let mut champ = demarche().champs().find(|c| c.id == "nom").unwrap().clone();
    champ.genre = TypeChamp::Texte { max: None };
    let vise = champ.fait.clone().unwrap();
    for nom in [
        "Durand",
        "De la Tour-d’Auvergne",
        "O'Brien",
        "Anne Marie",
        "Jr.",
        "J. R. Martin",
        "Éloïse",
        "Ñuñez",
        "Łukasz",
        "Nguyễn",
        "عمر",
        "李",
        "E\u{301}loi\u{308}se",
        "Saint‐Exupéry",
        "Gal·la",
        "",
    ] {
        assert_eq!(nom_impossible(&champ, nom), None, "{nom}");
    }
    for (faux, signe) in [
        ("www.banque.example", "."),
        ("https://exemple.fr", ":"),
        ("Cliquez exemple.fr", "."),
        ("<b>Durand", "<"),
        ("Durand>", ">"),
        ("Durand2", "2"),
        ("a@b.fr", "@"),
        ("Durand/Martin", "/"),
        ("Durand\nBcc", "\n"),
        ("{{7*7}}", "{"),
        ("💰 gagné", "💰"),
    ] {
        let motif = nom_impossible(&champ, faux).unwrap_or_else(|| panic!("{faux}"));
        assert!(motif.contains(&format!("contient « {signe} »")) && motif.contains("des lettres"), "{motif}");
    }
    // a note, a household's fact, or a field that is no name take what they are given
    champ.fait = Some(FaitVise { de: SujetVise::Foyer, ..vise.clone() });
    assert_eq!(nom_impossible(&champ, "www.a.fr"), None);
    champ.fait = Some(FaitVise { nom: "ecole".into(), ..vise });
    assert_eq!(nom_impossible(&champ, "Groupe 2"), None);
    champ.fait = None;
    assert_eq!(nom_impossible(&champ, "2"), None);

    // refused by whoever decides, page or machine
    let monde = Monde::nouveau();
    let mut reponses = completes();
    reponses.0.insert("nom".into(), texte("www.banque.example"));
    let demarrer = Evenement::Demarrer { foyer: Some(foyer_id()), enfant: None, reponses };
    let refus = monde.decide(None, &demarrer, &parent()).unwrap_err();
    assert!(refus.champs.iter().any(|c| c.champ == "nom" && c.motif.contains("aucun nom")), "{refus:?}");
}
