//! A sample démarche for tests: every phase, every kind of rule, no town.

use jiff::tz::TimeZone;
use rules::calendrier::{Calendrier, CalendrierScolaire, DefinitionCalendrier, RegimeFeries, Semaine, Zone};
use rules::condition::Condition;
use rules::faits::FaitId;
use rules::lieu::Lieu;
use rules::scalaire::{Duree, JourAnnuel};
use rules::selection::{Motif as MotifSelection, Selection};
use rules::valeur::{Domaine, Valeur};

use super::*;

pub(super) fn fuseau() -> TimeZone {
    TimeZone::get("Europe/Paris").unwrap()
}

pub(super) fn calendrier() -> Calendrier {
    use jiff::civil::Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};
    let semaine = || Semaine::de([Monday, Tuesday, Wednesday, Thursday, Friday]);
    Calendrier::construit(DefinitionCalendrier {
        annees: (2024, 2027),
        feries: RegimeFeries::Commun,
        scolaire: CalendrierScolaire::publie(Zone::B).unwrap(),
        jours_ouvres: semaine(),
        jours_ecole: semaine(),
        nommes: Vec::new(),
        fermetures: Vec::new(),
    })
    .unwrap()
}

fn options(ids: &[&str]) -> Vec<(String, String)> {
    ids.iter().map(|id| ((*id).to_owned(), (*id).to_owned())).collect()
}

fn domaine(ids: &[&str]) -> Domaine {
    Domaine::Choix(ids.iter().map(|id| Box::from(*id)).collect())
}

const LIENS: [&str; 3] = ["membre_du_foyer", "co_representant", "contact"];
const SERVICES: [&str; 2] = ["restauration", "garderie"];

fn champ(id: &str, genre: TypeChamp) -> Champ {
    Champ {
        id: id.to_owned(),
        nom: id.to_owned(),
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
        lieu: Lieu(1),
    }
}

fn vise(de: SujetVise, nom: &str, validite: Validite) -> Option<FaitVise> {
    Some(FaitVise { de, nom: nom.to_owned(), validite })
}

fn action(id: &str, par: Acteur, vers: &str) -> Action {
    Action {
        id: id.to_owned(),
        nom: id.to_owned(),
        par: vec![par],
        si: None,
        exige: Vec::new(),
        vers: Some(vers.to_owned()),
        effets: Vec::new(),
        textes: Vec::new(),
        lieu: Lieu(2),
    }
}

fn etape(phase: Phase, actions: Vec<Action>) -> Etape {
    Etape {
        id: format!("e_{}", phase.nom()),
        nom: phase.libelle().to_owned(),
        phase,
        actions,
        echeances: Vec::new(),
        a_l_entree: Vec::new(),
        lieu: Lieu(3),
    }
}

fn effet(quoi: Quoi) -> Effet {
    Effet { quoi, lieu: Lieu(4) }
}

pub(super) fn message(modele: &str) -> Effet {
    effet(Quoi::Message { modele: modele.to_owned(), a: Destinataire::Demandeur })
}

fn compile(fait: FaitId, noms: &[&str], motifs: Vec<MotifSelection>) -> Condition {
    let selection = Selection { motifs, sauf: false, absent_aussi: false };
    Condition::compile(vec![(fait, domaine(noms), selection)], None).unwrap()
}

/// Is the answer to `lien` one of these?
pub(super) fn si_lien(ids: &[&str]) -> Condition {
    let motifs = ids.iter().map(|id| MotifSelection::Valeur(domaine(&LIENS).choix(id).unwrap())).collect();
    // the town has one fact, the residence: the first field is number 1
    compile(FaitId(1), &LIENS, motifs)
}

/// Does the family live in the town?
pub(super) fn si_commune() -> Condition {
    let motifs = vec![MotifSelection::Valeur(Valeur::Choix(0))];
    compile(FaitId(0), &["commune", "exterieur"], motifs)
}

/// Does it live elsewhere?
pub(super) fn si_exterieur() -> Condition {
    let motifs = vec![MotifSelection::Valeur(Valeur::Choix(1))];
    compile(FaitId(0), &["commune", "exterieur"], motifs)
}

fn formulaire() -> Vec<Ecran> {
    let illimitee = || Validite::Illimitee;
    let membre = || Some(si_lien(&["membre_du_foyer"]));
    let champs = vec![
        champ("lien", TypeChamp::Choix(options(&LIENS))),
        Champ {
            fait: vise(SujetVise::PersonneAjoutee, "nom", illimitee()),
            ..champ("nom", TypeChamp::Texte { max: Some(40) })
        },
        Champ {
            fait: vise(SujetVise::PersonneAjoutee, "naissance", illimitee()),
            si: membre(),
            ..champ("naissance", TypeChamp::Date)
        },
        Champ {
            obligatoire: Obligatoire::Si(si_lien(&["contact"])),
            ..champ("telephone", TypeChamp::Telephone)
        },
        Champ { plusieurs: true, si: membre(), ..champ("services", TypeChamp::Services(options(&SERVICES))) },
        Champ {
            obligatoire: Obligatoire::Jamais,
            fait: vise(SujetVise::Foyer, "quotient", Validite::JusquA(JourAnnuel::lit("12-31").unwrap())),
            ..champ(
                "quotient",
                TypeChamp::Nombre(Domaine::Nombre { pas: None, min: Some(0.into()), max: None }),
            )
        },
    ];
    vec![Ecran { id: "personne".into(), titre: "La personne".into(), aide: None, champs, lieu: Lieu(1) }]
}

fn etapes() -> Vec<Etape> {
    use Acteur::{Agent, Parent};
    let duree = |texte: &str| Quand::Apres(Duree::lit(texte).unwrap());
    let echeance = |texte: &str, vers: Option<&str>, effets: Vec<Effet>| Echeance {
        quand: duree(texte),
        vers: vers.map(str::to_owned),
        effets,
        lieu: Lieu(5),
    };
    let depot = |id: &str| Action {
        exige: vec![Exige::Champs, Exige::Pieces],
        effets: vec![message("accuse_reception")],
        ..action(id, Parent, "e_deposee")
    };
    let motif = |id: &str, vers: &str| Action { exige: vec![Exige::Motif], ..action(id, Agent(None), vers) };
    let annuler = || action("annuler", Parent, "e_annulee");
    let mut etapes = vec![
        etape(Phase::Brouillon, vec![depot("deposer"), annuler()]),
        etape(
            Phase::Deposee,
            vec![
                action("instruire", Agent(None), "e_en_instruction"),
                action("valider", Agent(None), "e_acceptee"),
                motif("demander", "e_incomplete"),
                motif("refuser", "e_refusee"),
                annuler(),
            ],
        ),
        etape(Phase::Incomplete, vec![depot("completer"), annuler()]),
        etape(
            Phase::EnInstruction,
            vec![
                Action { si: Some(si_commune()), ..action("valider", Agent(None), "e_acceptee") },
                action("mettre_en_attente", Agent(Some("commission".into())), "e_en_attente"),
            ],
        ),
        etape(Phase::EnAttente, vec![action("valider", Agent(Some("commission".into())), "e_acceptee")]),
        etape(Phase::Acceptee, vec![motif("suspendre", "e_suspendue")]),
        etape(Phase::Refusee, Vec::new()),
        etape(Phase::Annulee, Vec::new()),
        etape(Phase::Expiree, Vec::new()),
        etape(Phase::Suspendue, vec![action("lever", Acteur::Systeme, "e_acceptee")]),
    ];
    etapes[0].echeances = vec![echeance("60 jours", Some("e_expiree"), Vec::new())];
    etapes[2].echeances = vec![
        echeance("15 jours", None, vec![message("rappel")]),
        echeance("60 jours", Some("e_expiree"), Vec::new()),
    ];
    etapes[5].a_l_entree = vec![
        effet(Quoi::EnregistrerFaits(ChampsVises::Tous)),
        effet(Quoi::AjouterPersonne { lien: "lien".into() }),
        effet(Quoi::OuvrirDemarche("inscription".into())),
        message("validee"),
    ];
    etapes
}

/// A démarche that adds a person to a household.
pub(super) fn demarche() -> Demarche {
    Demarche {
        id: "entourage".into(),
        nom: "Déclarer votre entourage".into(),
        instruit_par: "enfance".into(),
        acces: Acces::Compte,
        un_dossier_par: vec![Unicite::PersonneAjoutee],
        description: None,
        mots: Vec::new(),
        aide: None,
        quota: None,
        rendez_vous: None,
        echanges: false,
        duree: None,
        ouverture: vec![Ouverture {
            si: None,
            des: Some("2025-07-01T00:00:00+02:00".parse().unwrap()),
            jusqu_a: None,
            apres: ApresCloture::Ferme,
            jamais: None,
            lieu: Lieu(6),
        }],
        formulaire: formulaire(),
        pieces: vec!["justificatif".into()],
        etapes: etapes(),
        silence: Silence {
            delai: Duree::lit("2 mois").unwrap(),
            vaut: VautSilence::Rejet,
            alerte: None,
            lieu: Lieu(7),
        },
        source: None,
        champs_conditions: ChampsConditions { base: 1, champs: vec![("lien".into(), domaine(&LIENS))] },
        reprise: Vec::new(),
        lieu: Lieu(8),
        digest: "d1".into(),
    }
}
