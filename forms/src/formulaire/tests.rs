use engine::demarche::{FaitVise, Motif, Recopie, SujetVise, TypeChamp, Validite};
use engine::foyer::ValeurFait;
use rules::faits::FaitId;
use rules::lieu::Lieu;
use rules::selection::{Motif as Accepte, Selection};
use rules::valeur::Domaine;

use super::*;

fn champ(id: &str, genre: TypeChamp) -> Champ {
    Champ {
        id: id.into(),
        nom: id.into(),
        genre,
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

fn deux(a: &str, b: &str) -> Vec<(String, String)> {
    vec![(a.into(), a.to_uppercase()), (b.into(), b.to_uppercase())]
}

fn liens() -> Domaine {
    Domaine::Choix(["enfant".into(), "contact".into()].into())
}

fn avec<R>(champs: &[Champ], f: impl FnOnce(&Formulaire<'_>) -> R) -> R {
    let conditions = ChampsConditions { base: 1, champs: vec![("lien".into(), liens())] };
    f(&Formulaire {
        champs,
        conditions: &conditions,
        valeurs: &[],
        ailleurs: &Reponses::default(),
        parametres: &[],
        hote: &rules::expression::SansCalendrier,
        aujourdhui: "2025-09-04".parse().unwrap(),
        connu: &Connu::default(),
    })
}

fn saisie(paires: &[(&str, &str)]) -> Saisie {
    Saisie::postee(paires.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())))
}

fn erreurs(l: &Lecture) -> Vec<&str> {
    l.erreurs.iter().map(|e| e.champ.as_str()).collect()
}

#[test]
fn chaque_type_se_lit_et_dit_comment_s_ecrire() {
    let un = |genre: TypeChamp, texte: &str| {
        avec(&[champ("c", genre)], |f| {
            let l = f.lit(&saisie(&[("c", texte)]));
            match (l.reponses.valeur("c").cloned(), l.erreurs.first()) {
                (Some(v), None) => Ok(v),
                (None, Some(e)) => Err(e.motif.clone()),
                autre => panic!("{autre:?}"),
            }
        })
    };
    let nombre =
        || TypeChamp::Nombre(Domaine::Nombre { pas: None, min: Some(0.into()), max: Some(9999.into()) });
    let t = |t: &str| ValeurFait::Texte(t.into());
    let n = |t: &str| ValeurFait::Nombre(t.parse().unwrap());
    for (genre, texte, attendu) in [
        (TypeChamp::Texte { max: None }, "  Anne   Marie ", t("Anne Marie")),
        (nombre(), "1 640,50", n("1640.50")),
        (TypeChamp::Montant, "12,5 €", n("12.5")),
        (TypeChamp::Date, "21/04/2019", ValeurFait::Date("2019-04-21".parse().unwrap())),
        (TypeChamp::Date, "2019-04-21", ValeurFait::Date("2019-04-21".parse().unwrap())),
        (TypeChamp::Heure, "16h30", ValeurFait::Heure("16:30".parse().unwrap())),
        (TypeChamp::Booleen, "non", ValeurFait::Booleen(false)),
        (TypeChamp::Choix(deux("a", "b")), "b", ValeurFait::Choix("b".into())),
        (TypeChamp::Telephone, "0612.34-56 78", t("06 12 34 56 78")),
        (TypeChamp::Telephone, "+32 470 12 34 56", t("+32470123456")),
        (TypeChamp::Courriel, "a.b@exemple.fr", t("a.b@exemple.fr")),
    ] {
        assert_eq!(un(genre.clone(), texte), Ok(attendu), "{genre:?} {texte}");
    }
    for (genre, texte, mot) in [
        (TypeChamp::Texte { max: Some(3) }, "abcd", "4 caractères"),
        (nombre(), "beaucoup", "640,50"),
        (nombre(), "-1", "au moins 0"),
        (nombre(), "10000", "9\u{202f}999"),
        (TypeChamp::Montant, "12,505", "deux chiffres"),
        (TypeChamp::Montant, "-1", "négatif"),
        (TypeChamp::Date, "31/02/2019", "21/04/2019"),
        (TypeChamp::Date, "21/04/19", "21/04/2019"),
        (TypeChamp::Heure, "25:00", "16:30"),
        (TypeChamp::Booleen, "peut-être", "oui ou par non"),
        (TypeChamp::Choix(deux("a", "b")), "c", "proposées"),
        (TypeChamp::Telephone, "12345", "06 12"),
        (TypeChamp::Courriel, "a@b", "exemple.fr"),
        (TypeChamp::Courriel, "a b@exemple.fr", "exemple.fr"),
        (TypeChamp::Texte { max: None }, "", "remplir"),
    ] {
        let motif = un(genre.clone(), texte).unwrap_err();
        assert!(motif.contains(mot), "{genre:?} {texte} : {motif}");
    }
}

#[test]
fn un_motif_dit_son_message() {
    let mut c = champ("cle", TypeChamp::Texte { max: None });
    c.motif = Some(Motif {
        motif: engine::motif::Motif::compile("[0-9]{4}").unwrap(),
        message: "Quatre chiffres.".into(),
    });
    avec(&[c], |f| {
        assert_eq!(f.lit(&saisie(&[("cle", "12a4")])).erreurs[0].motif, "Quatre chiffres.");
        assert!(f.lit(&saisie(&[("cle", "1234")])).erreurs.is_empty());
    });
}

#[test]
fn une_naissance_n_est_pas_dans_le_futur() {
    let mut c = champ("naissance", TypeChamp::Date);
    c.fait = Some(FaitVise { de: SujetVise::Enfant, nom: "naissance".into(), validite: Validite::Illimitee });
    avec(&[c], |f| {
        assert_eq!(erreurs(&f.lit(&saisie(&[("naissance", "2025-09-05")]))), ["naissance"]);
        assert!(f.lit(&saisie(&[("naissance", "2025-09-04")])).erreurs.is_empty());
    });
}

#[test]
fn un_champ_apparait_sans_reproche_puis_se_demande() {
    let mut naissance = champ("naissance", TypeChamp::Date);
    let cellule =
        Selection { motifs: vec![Accepte::Valeur(Valeur::Choix(0))], sauf: false, absent_aussi: false };
    naissance.si = Some(Condition::compile(vec![(FaitId(1), liens(), cellule)], None).unwrap());
    let champs = [champ("lien", TypeChamp::Choix(deux("enfant", "contact"))), naissance];
    avec(&champs, |f| {
        let vide = f.vue(&Saisie::default(), &[]);
        assert_eq!(Formulaire::affiches(&vide), "lien");
        let l = f.lit(&saisie(&[("_champs", "lien"), ("lien", "enfant")]));
        assert_eq!((erreurs(&l).len(), l.apparus.as_slice()), (0, ["naissance".to_owned()].as_slice()));
        assert!(l.complete().is_err(), "on ne passe pas à la suite");
        let l = f.lit(&saisie(&[("_champs", "lien,naissance"), ("lien", "enfant"), ("naissance", "")]));
        assert_eq!(erreurs(&l), ["naissance"]);
        let l =
            f.lit(&saisie(&[("_champs", "lien,naissance"), ("lien", "contact"), ("naissance", "n'importe")]));
        assert!(l.complete().is_ok(), "un champ caché n'est ni lu ni gardé");
    });
}

#[test]
fn rien_de_ce_qui_est_tape_ne_se_perd() {
    let champs = [champ("nom", TypeChamp::Texte { max: None }), champ("naissance", TypeChamp::Date)];
    avec(&champs, |f| {
        let s = saisie(&[("nom", "Léa <b>"), ("naissance", "hier")]);
        let l = f.lit(&s);
        assert_eq!(l.reponses.valeur("nom"), Some(&ValeurFait::Texte("Léa <b>".into())), "le bon est gardé");
        let vue = f.vue(&s, &l.erreurs);
        assert_eq!(vue[1].valeur, "hier");
        assert_eq!(vue[1].decrit_par, "c-naissance-faute");
        let resume = f.resume(&vue);
        assert_eq!((resume.len(), resume[0].cible.as_str()), (1, "c-naissance"));
    });
}

#[test]
fn un_groupe_gagne_et_perd_des_lignes_sans_script() {
    let mut groupe = champ("contacts", TypeChamp::Groupe(vec![champ("nom", TypeChamp::Texte { max: None })]));
    groupe.nom = "Contacts".into();
    avec(&[groupe], |f| {
        assert_eq!(f.vue(&Saisie::default(), &[])[0].lignes.len(), 1, "obligatoire : une ligne à remplir");
        let s = saisie(&[("contacts.1.nom", "A"), ("contacts.2.nom", "B"), ("_lignes", "+contacts")]);
        assert!(Formulaire::est_un_geste(&s));
        let rangs: Vec<usize> = f.vue(&s, &[])[0].lignes.iter().map(|l| l.rang).collect();
        assert_eq!(rangs, [1, 2, 3]);
        let s = saisie(&[("contacts.1.nom", "A"), ("contacts.2.nom", "B"), ("_lignes", "-contacts.1")]);
        assert_eq!(f.vue(&s, &[])[0].lignes[0].champs[0].valeur, "B");
        let l = f.lit(&saisie(&[("contacts.1.nom", "A"), ("contacts.3.nom", "")]));
        let Some(Reponse::Groupe(lignes)) = l.reponses.0.get("contacts") else { panic!("{l:?}") };
        assert_eq!(lignes.len(), 1);
        assert_eq!(erreurs(&f.lit(&Saisie::default())), ["contacts"]);
    });
}

#[test]
fn des_reponses_se_retapent_et_se_relisent() {
    let mut services = champ("services", TypeChamp::Services(deux("cantine", "bus")));
    services.plusieurs = true;
    let champs = [
        services,
        champ("adresse", TypeChamp::Adresse),
        champ("qf", TypeChamp::Montant),
        champ("groupe", TypeChamp::Groupe(vec![champ("le", TypeChamp::Date), champ("a", TypeChamp::Heure)])),
    ];
    let json = serde_json::json!({
        "services": ["bus", "cantine"], "qf": "1234.50",
        "adresse": { "voie": "1 rue A", "code_postal": "80400", "commune": "B" },
        "groupe": [ { "le": "2025-09-04", "a": "16:30" } ],
    });
    avec(&champs, |f| {
        let l = f.lit(&Saisie::json(json.as_object().unwrap()));
        assert_eq!(l.erreurs, []);
        assert_eq!(f.lit(&Saisie::de_reponses(&l.reponses)).reponses, l.reponses);
        let lisible: Vec<String> =
            champs.iter().map(|c| reponse_lisible(c, l.reponses.0.get(&c.id).unwrap())).collect();
        assert_eq!(
            lisible,
            [
                "CANTINE, BUS",
                "1 rue A, 80400 B",
                "1\u{202f}234,50\u{a0}€",
                "1) le : 4 septembre 2025, a : 16 h 30"
            ]
        );
    });
    assert_eq!(
        erreurs(&avec(&champs, |f| f.lit(&saisie(&[("adresse.voie", "1 rue A"), ("services", "x")])))),
        ["services", "adresse.code_postal", "adresse.commune", "qf", "groupe"]
    );
    // one answer to a field that takes several is read again as a list
    let un = serde_json::json!({ "services": ["bus"], "qf": "12.50" });
    avec(&champs, |f| {
        let relu = Saisie::objet_de(&f.lit(&Saisie::json(un.as_object().unwrap())).reponses);
        assert_eq!(
            (&relu["services"], &relu["qf"]),
            (&serde_json::json!(["bus"]), &serde_json::json!("12,50"))
        );
    });
    // each line of an address is a line: what is not seen, and what has no end, is said at its field
    for (partie, texte) in
        [("voie", "1 rue\u{202e} A".to_owned()), ("commune", "a\nb".into()), ("complement", "x".repeat(5000))]
    {
        let nom = format!("adresse.{partie}");
        let mut paires =
            vec![("adresse.voie", "1 rue A"), ("adresse.code_postal", "80400"), ("adresse.commune", "B")];
        paires.retain(|(n, _)| *n != nom);
        paires.push((&nom, &texte));
        let refus = avec(&champs, |f| f.lit(&saisie(&paires)));
        assert!(erreurs(&refus).contains(&nom.as_str()), "{partie}: {:?}", refus.erreurs);
    }
}

#[test]
fn le_schema_dit_ce_que_la_lecture_accepte() {
    let mut libre = champ("note", TypeChamp::TexteLong { max: Some(10) });
    libre.obligatoire = Obligatoire::Jamais;
    let s = schema("Essai", &[champ("regime", TypeChamp::Choix(deux("a", "b"))), libre]);
    assert_eq!(s["required"], serde_json::json!(["regime"]));
    assert_eq!(s["properties"]["regime"]["enum"], serde_json::json!(["a", "b"]));
    assert_eq!(s["properties"]["note"]["maxLength"], 10);
    assert_eq!(s["additionalProperties"], false);
}

#[test]
fn ce_qui_se_cache_est_refuse() {
    for genre in [TypeChamp::Texte { max: None }, TypeChamp::TexteLong { max: None }] {
        for texte in ["Du\u{202e}rand", "Du\u{200b}rand", "\u{feff}Durand", "Du\u{7}rand"] {
            avec(&[champ("nom", genre.clone())], |f| {
                let lu = f.lit(&saisie(&[("nom", texte)]));
                assert_eq!(erreurs(&lu), ["nom"], "{texte:?}");
                assert!(lu.reponses.valeur("nom").is_none(), "{texte:?}");
            });
        }
        avec(&[champ("nom", genre)], |f| {
            assert_eq!(erreurs(&f.lit(&saisie(&[("nom", "D’Almeida-Ñuñez Çelik")]))), [""; 0]);
        });
    }
}

#[test]
fn une_case_recopie_un_autre_champ_ou_ce_qui_est_connu() {
    let texte = |t: &str| Reponse::Valeur(ValeurFait::Texte(t.into()));
    let source = champ("rue", TypeChamp::Texte { max: None });
    let copie = Champ {
        recopie: Some(Recopie::Champ { champ: "rue".into(), libelle: "Rue".into() }),
        ..champ("sa_rue", TypeChamp::Texte { max: None })
    };
    let connue = Champ {
        recopie: Some(Recopie::Fait {
            de: SujetVise::Demandeur,
            nom: "ville".into(),
            libelle: "Ville".into(),
        }),
        ..champ("ville", TypeChamp::Texte { max: None })
    };
    let champs = [source, copie, connue];
    let postee = saisie(&[
        ("rue", "1 rue des Écoles"),
        ("sa_rue", "efface"),
        ("_recopie", "sa_rue"),
        ("_recopie", "ville"),
    ]);
    avec(&champs, |f| {
        let connu =
            Connu { copies: Reponses([("ville".to_owned(), texte("Ham"))].into()), ..Connu::default() };
        let f = Formulaire { connu: &connu, ..*f };
        let reponses = f.lit(&postee).complete().unwrap();
        assert_eq!(reponses.0["sa_rue"], texte("1 rue des Écoles"));
        assert_eq!(reponses.0["ville"], texte("Ham"));
        let vues = f.vue(&postee, &[]);
        assert_eq!((vues[1].recopie.as_str(), vues[1].copiee), ("Identique à : Rue", true));
    });
    // nothing is known there: the parent is told to write it
    avec(&champs, |f| {
        let erreurs = f.lit(&postee).erreurs;
        assert_eq!(erreurs.len(), 1);
        assert_eq!(erreurs[0].champ, "ville");
        assert!(erreurs[0].motif.contains("« Ville » n’est pas encore connu"), "{}", erreurs[0].motif);
    });
}

#[test]
fn ce_qui_est_repris_du_dossier_se_dit_et_se_change() {
    let champs = [champ("nom", TypeChamp::Texte { max: None })];
    let connu = Connu {
        faits: Reponses([("nom".to_owned(), Reponse::Valeur(ValeurFait::Texte("Durand".into())))].into()),
        ..Connu::default()
    };
    avec(&champs, |f| {
        let f = Formulaire { connu: &connu, ..*f };
        assert!(f.vue(&saisie(&[("nom", "Durand")]), &[])[0].repris);
        assert!(!f.vue(&saisie(&[("nom", "Martin")]), &[])[0].repris);
    });
}
