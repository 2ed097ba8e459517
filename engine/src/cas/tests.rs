use super::*;
use crate::commune::Commune;
use crate::definition::resolve::{Chargement, Partage, charge};
use crate::definition::source::SourceSet;
use crate::diagnostic::{Diagnostic, Gravite};

const COMMUNE: &str = "commune: essai
langage: 1
nom: Essai
insee: \"99001\"
fuseau: Europe/Paris
zone_scolaire: B
contacts:
  enfance: { nom: Service enfance }
  regie: { nom: Régie }
zonages:
  residence:
    - { zone: ici, communes: [\"Essai (99)\"] }
    - { zone: ailleurs, reste: true }
ecoles:
  - { ecole: centre, nom: École du centre, secteur: public, classes: [cp] }
calendriers:
  jours_service: [lundi, mardi, jeudi, vendredi]
  jours_ouvres: [lundi, mardi, mercredi, jeudi, vendredi]
  inscriptions: 07-01
  fermetures: []
compte:
  etapes: [identite, moyens_de_contact, identifiants]
  cgu: { texte: contenus/cgu.md, version: 2025-07 }
  activation: { delai: 24 h, usage: unique }
  cle_enfance: [ { rattachement_par_agent: { par: enfance } } ]
paiement:
  moyens: { carte: { passerelle: simulateur } }
  date_du_prix: jour_du_service
  arrondi: { pas: 0.01, mode: demi_superieur, a: ligne }
source: \"Règlement\"
";

const DONNEES: &str = "faits:
  - { fait: quotient, nom: Quotient, sujet: foyer, type: quotient, pas: 1, arrondi: inferieur, provenance: [agent], validite: { jusqu_a: 12-31 }, perime: absent, effet: { a: jour, retroactif: non }, sensibilite: financiere, conservation: 2 ans }
";

const REPAS: &str = "bareme: repas
unite: repas
dimensions: [residence, quotient]
versions:
  - depuis: 2025-09-01
    source: \"Délibération n° 1\"
    lignes:
      - { residence: ici, quotient: \"..900\", prix: 2.00 }
      - { residence: ici, quotient: [\"901..\", absent], prix: 3.00 }
      - { residence: ailleurs, prix: 6.00 }
";

const CANTINE: &str = "service: cantine
nom: Cantine
gestionnaire: enfance
prestations:
  - { prestation: repas, nom: Repas, unite: repas, bareme: repas, facturation: enfance }
jours: { calendrier: jours_service, periodes: [scolaire], sauf: [feries, fermetures] }
versions:
  - depuis: 2025-09-01
    source: \"Règlement, article 2\"
    acces:
      - { exige: inscription_acceptee }
    reservation:
      ouverture: [ { des: 2025-08-26 } ]
      delais:
        - { delai: a_temps, limite: [ { avant: \"J 06:00\" } ] }
        - { sinon: refus, message: trop_tard }
    absence:
      annonces:
        - { annonce: a_temps, limite: [ { avant: \"J 06:00\" } ] }
      lignes:
        - { annonce: a_temps, facture: non }
        - { annonce: [trop_tard, aucune], facture: oui }
    presence_sans_reservation: { accueil: accepte }
    ajustements:
      - { ajustement: sans_reserver, si: { delai: sans_reservation }, par: [enfant, jour], preuve: [pointage], majore: 1.50, source: \"Article 3\" }
";

const DEMARCHE: &str = "demarche: inscription
nom: Inscription
instruit_par: enfance
acces: compte
un_dossier_par: [enfant]
ouverture: [ { des: 2025-07-01 } ]
formulaire:
  - ecran: services
    titre: Services
    champs:
      - { champ: services, nom: Services, type: { services: [cantine] }, plusieurs: true, obligatoire: true }
pieces: [assurance]
etapes:
  - etape: brouillon
    nom: Brouillon
    phase: brouillon
    actions:
      - { action: deposer, nom: Envoyer, par: parent, vers: deposee, exige: [champs, pieces], effets: [ { message: { modele: recu, a: demandeur } } ] }
    echeances: [ { apres: 10 jours, vers: expiree } ]
  - etape: deposee
    nom: Déposée
    phase: deposee
    actions:
      - { action: valider, nom: Valider, par: agent.enfance, vers: validee, effets: [ { ouvrir_services: champ.services } ] }
      - { action: annuler, nom: Annuler, par: parent, vers: annulee }
  - { etape: validee, nom: Validée, phase: acceptee }
  - { etape: annulee, nom: Annulée, phase: annulee }
  - { etape: expiree, nom: Expirée, phase: expiree }
silence: { delai: 2 mois, vaut: rejet }
source: \"Règlement, article 1\"
";

const PIECES: &str = "pieces:
  - { piece: assurance, nom: Assurance, de: enfant, quand: toujours, si_manque: bloque, formats: [pdf], fichiers: 1, valable: illimitee, sensibilite: personnelle, conservation: 1 an, source: \"Article 1\" }
";

const REGIE: &str = "facturations:
  - { facturation: enfance, nom: Enfance, periode: mois, mode: postpaye, emise: \"1 M+1\", echeance: \"fin M+1\", impayes: [], source: \"Article 9\" }
";

const EXIGENCES: &str = "exigences:
  - { id: E1, citation: \"jusqu'à 6 h\", document: Règlement, ligne: 4 }
  - { id: E2, citation: \"paiement en ligne\", document: Règlement, ligne: 9, attend: partie_4 }
";

/// A case that passes, on lines that tests name.
const CAS: &str = "cas: \"Tout va\"
horloge: 2025-07-01T08:00:00
donnees:
  foyers:
    f: { residence: ici, quotient: 900, enfants: { lea: {} } }
    g: { residence: ailleurs, enfants: { tom: {} }, etat: [dossier_complet, inscrit] }
grilles:
  - fait: { prix: { prestation: repas, jour: 2025-09-01 } }
    colonnes: [residence, quotient, prix]
    lignes:
      - [ici, 900, 2.00]
      - [ici, 900.99, 2.00]
      - [ici, 901, 3.00]
      - [ici, absent, 3.00]
      - [ailleurs, 10, 6.00]
etapes:
  - { fait: { deposer: { demarche: inscription, dossier: d, enfant: lea, champs: { services: [cantine] } } }, attend: { refus: pieces, manquants: [assurance] } }
  - { fait: { deposer: { demarche: inscription, dossier: d, enfant: lea, champs: { services: [cantine] }, pieces: [assurance] } }, attend: { accepte: true, etat: deposee, courriels: [recu], droits: { parent: [annuler], agent.enfance: [valider] } } }
  - { par: agent.enfance, fait: { agir: { dossier: d, action: valider } }, attend: { etat: validee, ouvre: [cantine], droits: {} } }
  - { a: 2025-09-04T05:59:59, fait: { reserver: { enfant: lea, prestation: repas, jour: 2025-09-04 } }, attend: { accepte: true, delai: a_temps, prix: 2.00 }, couvre: [E1] }
  - { a: 2025-09-04T06:00:00, fait: { reserver: { enfant: tom, prestation: repas, jour: 2025-09-04 } }, attend: { refus: delai, message: trop_tard }, couvre: [E1] }
  - { a: 2025-09-04T12:00:00, par: agent, fait: { pointer: { enfant: tom, prestation: repas, jour: 2025-09-04 } }, attend: { accepte: true, prix: 7.50, lignes: [ { ajustement: sans_reserver, montant: 1.50 } ], ajustements: { sans_reserver: 1.50 } } }
proprietes:
  - prix_jamais_negatif
  - { prix_non_decroissant: { prestation: repas, axe: quotient } }
  - { exterieur_au_moins: { prestation: repas, dimension: residence, dedans: ici, dehors: ailleurs } }
";

fn sources(remplace: &[(&str, &str)]) -> SourceSet {
    let mut s = SourceSet::new();
    for (chemin, texte) in [
        ("commune.yaml", COMMUNE),
        ("donnees.yaml", DONNEES),
        ("baremes/repas.yaml", REPAS),
        ("services/cantine.yaml", CANTINE),
        ("demarches/inscription.yaml", DEMARCHE),
        ("pieces.yaml", PIECES),
        ("regie.yaml", REGIE),
        ("exigences.yaml", EXIGENCES),
        ("contenus/cgu.md", "Conditions"),
        ("messages/recu.tera", "{# objet: Reçu #}\nReçu."),
        ("messages/trop_tard.tera", "{# objet: Trop tard #}\nTrop tard."),
        ("cas/tout.yaml", CAS),
    ] {
        let texte = remplace.iter().find(|(c, _)| *c == chemin).map_or(texte, |(_, t)| t);
        s.ajoute(format!("essai/{chemin}"), texte);
    }
    s
}

fn lit(remplace: &[(&str, &str)]) -> (SourceSet, Chargement) {
    let sources = sources(remplace);
    let chargement = charge(&sources, "essai");
    (sources, chargement)
}

fn erreurs(c: &Chargement) -> Vec<&Diagnostic> {
    c.diagnostics.iter().filter(|d| d.gravite == Gravite::Erreur).collect()
}

fn joue(remplace: &[(&str, &str)]) -> (std::sync::Arc<Commune>, Rapport) {
    let (_, c) = lit(remplace);
    assert!(erreurs(&c).is_empty(), "{:#?}", erreurs(&c));
    let commune = c.commune.unwrap();
    let rapport = execute(&commune, &c.cas);
    (commune, rapport)
}

/// The case with one text changed.
fn cas(de: &str, en: &str) -> String {
    assert!(CAS.contains(de), "{de}");
    CAS.replacen(de, en, 1)
}

#[test]
fn un_cas_entier_passe() {
    let (_, rapport) = joue(&[]);
    assert!(rapport.reussi(), "{}", transcript::echecs(&rapport));
    assert_eq!(rapport.etapes().count(), 14, "5 rows, 6 steps, 3 properties");
    assert_eq!(transcript::resume(&rapport), "1 cas, 14 étapes et lignes, 26 assertions, 0 en échec");
    let texte = transcript::transcript(&rapport);
    assert!(
        texte.contains("étape 4 2025-09-04T05:59:59 · parent · réserver repas pour lea le 2025-09-04"),
        "{texte}"
    );
    assert_eq!(texte, transcript::transcript(&joue(&[]).1), "the same twice");
}

#[test]
fn un_echec_dit_ou_quoi_et_pourquoi() {
    let (_, rapport) =
        joue(&[("cas/tout.yaml", &cas("delai: a_temps, prix: 2.00", "delai: a_temps, prix: 2.10"))]);
    let texte = transcript::echecs(&rapport);
    for attendu in [
        "échec : essai/cas/tout.yaml:20 — « Tout va », étape 4",
        "à 2025-09-04T05:59:59, par parent : réserver repas pour lea le 2025-09-04",
        "prix : attendu 2.10, obtenu 2.00",
        "(essai/baremes/repas.yaml:8)",
    ] {
        assert!(texte.contains(attendu), "{attendu}\n{texte}");
    }
    let xml = junit(&rapport);
    assert!(xml.contains("tests=\"14\" failures=\"1\""), "{xml}");
    assert!(xml.contains("message=\"prix : attendu 2.10, obtenu 2.00\""), "{xml}");
}

#[test]
fn un_refus_ou_une_acceptation_inattendus_ne_passent_pas() {
    for (de, en, cle) in [
        // a price expected, a refusal came
        ("attend: { refus: delai, message: trop_tard }", "attend: { accepte: true }", "refus"),
        ("attend: { refus: delai, message: trop_tard }", "attend: { refus: pas_ouvert }", "refus"),
        ("attend: { refus: delai, message: trop_tard }", "attend: { refus: [delai, pas_ouvert] }", "refus"),
        // nothing said: an act is expected to be accepted
        ("attend: { refus: delai, message: trop_tard }, ", "", "refus"),
        ("attend: { etat: validee, ouvre: [cantine], droits: {} }", "attend: { refus: role }", "refus"),
        ("courriels: [recu]", "courriels: []", "courriels"),
        ("droits: {}", "droits: { parent: [annuler] }", "droits"),
        ("ouvre: [cantine]", "ouvre: []", "ouvre"),
        ("ajustements: { sans_reserver: 1.50 }", "ajustements: {}", "ajustements"),
        (
            "{ ajustement: sans_reserver, montant: 1.50 }",
            "{ ajustement: sans_reserver, montant: 1.51 }",
            "lignes",
        ),
        ("[ici, 900.99, 2.00]", "[ici, 900.99, 3.00]", "prix"),
        ("attend: { etat: validee, ouvre", "attend_exact: { etat: validee, ouvre", "accepte"),
    ] {
        let changee = cas(de, en);
        let sans_proprietes = changee.split("proprietes:").next().unwrap();
        let (_, rapport) = joue(&[("cas/tout.yaml", sans_proprietes)]);
        let echecs: Vec<&str> =
            rapport.echecs().flat_map(|(_, e)| e.echecs.iter().map(|x| x.cle.as_str())).collect();
        assert!(echecs.contains(&cle), "{de} → {en} : {echecs:?}");
        assert_eq!(rapport.echecs().count(), 1, "{en}");
    }
}

#[test]
fn ce_que_la_commune_na_pas_est_dit_a_la_verification() {
    for (de, en, code, message) in [
        (
            "prestation: repas, jour: 2025-09-04 } }, attend: { refus",
            "prestation: repos, jour: 2025-09-04 } }, attend: { refus",
            "REF01",
            "prestation inconnue : « repos »",
        ),
        (
            "action: valider } }",
            "action: valide } }",
            "REF01",
            "la démarche n'a pas cette action : « valide »",
        ),
        (
            "demarche: inscription, dossier: d, enfant: lea, champs: { services: [cantine] } } }, ",
            "demarche: inscriptions, dossier: d, enfant: lea, champs: { services: [cantine] } } }, ",
            "REF01",
            "démarche inconnue",
        ),
        (
            "{ residence: ici, quotient: 900,",
            "{ residance: ici, quotient: 900,",
            "REF01",
            "fait ou dimension inconnu : « residance »",
        ),
        ("[ici, 901, 3.00]", "[icy, 901, 3.00]", "REF01", "« icy » n'est pas une valeur de `residence`"),
        ("par: agent.enfance", "par: agent.enfants", "REF01", "aucun contact"),
        (
            "couvre: [E1] }\n  - { a: 2025-09-04T06",
            "couvre: [E7] }\n  - { a: 2025-09-04T06",
            "REF01",
            "exigence inconnue : « E7 »",
        ),
        ("a: 2025-09-04T06:00:00", "a: 2025-09-03T06:00:00", "SYN04", "l'horloge ne recule pas"),
        ("prix: 2.00 }, couvre", "prx: 2.00 }, couvre", "SYN02", "prx"),
        ("prix: 7.50", "prix: 7,50", "SYN04", "montant attendu"),
        ("[ici, 900, 2.00]", "[ici, 900]", "SYN04", "2 cellules pour 3 colonnes"),
        ("etat: deposee", "etat: depose", "REF01", "n'a pas cette étape : « depose »"),
        ("dossier: d, action", "dossier: dd, action", "REF01", "aucune étape d'avant ne commence ce dossier"),
        (
            "champs: { services: [cantine] }, pieces",
            "champs: { services: [cantne] }, pieces",
            "REF01",
            "« cantne » n'est pas une réponse de `services`",
        ),
    ] {
        let texte = cas(de, en);
        let (sources, c) = lit(&[("cas/tout.yaml", &texte)]);
        let trouve = c.diagnostics.iter().find(|d| d.code.nom() == code && d.message.contains(message));
        let Some(d) = trouve else { panic!("{en} : {:#?}", erreurs(&c)) };
        let change =
            u32::try_from(texte.lines().zip(CAS.lines()).position(|(a, b)| a != b).unwrap() + 1).unwrap();
        assert_eq!(sources.position(d.principal.fichier, d.principal.debut).ligne, change, "{en}");
    }
}

#[test]
fn les_proprietes_trouvent_un_contre_exemple() {
    for (de, en, attendu) in [
        ("prix: 3.00 }", "prix: 1.00 }", "quotient 900 : 2.00, quotient 901 : 1.00"),
        (
            "{ residence: ailleurs, prix: 6.00 }",
            "{ residence: ailleurs, prix: 2.50 }",
            "2.50 au lieu de 3.00 au moins",
        ),
    ] {
        let (_, rapport) = joue(&[("baremes/repas.yaml", &REPAS.replacen(de, en, 1))]);
        let echecs = transcript::echecs(&rapport);
        assert!(echecs.contains(attendu) && echecs.contains("graine 0"), "{echecs}");
    }
}

#[test]
fn une_exigence_sans_preuve_manque() {
    let (commune, rapport) = joue(&[]);
    let vues = exigences(&commune, &rapport);
    assert_eq!(
        vues.iter().map(|e| (e.id.as_str(), e.preuves.len(), e.tenue())).collect::<Vec<_>>(),
        [("E1", 2, true), ("E2", 0, true)]
    );
    assert_eq!(vues[0].preuves[0].0.to_string(), "essai/cas/tout.yaml:20");
    assert_eq!(vues[0].preuves[0].1, ["accepte", "prix", "delai"]);
    // a step that fails, or that asserts nothing, shows nothing
    let rate = cas("delai: a_temps, prix: 2.00", "delai: a_temps, prix: 2.10");
    let (commune, rapport) = joue(&[("cas/tout.yaml", &rate)]);
    assert!(!exigences(&commune, &rapport)[0].tenue());
    let muet = CAS.replace(", couvre: [E1]", "");
    let (commune, rapport) = joue(&[("cas/tout.yaml", &muet)]);
    assert!(!exigences(&commune, &rapport)[0].tenue());
}

#[test]
fn une_regle_que_rien_nexecute_se_voit() {
    let (commune, rapport) = joue(&[]);
    let jamais: Vec<String> = couverture(&commune, &rapport)
        .into_iter()
        .filter(|r| !r.executee)
        .map(|r| format!("{} {}", r.genre, r.place))
        .collect();
    assert_eq!(
        jamais,
        [
            "accès essai/services/cantine.yaml:11",
            "annonce essai/services/cantine.yaml:19",
            "absence essai/services/cantine.yaml:21",
            "absence essai/services/cantine.yaml:22",
            "échéance essai/demarches/inscription.yaml:19",
            "action essai/demarches/inscription.yaml:25",
            "étape essai/demarches/inscription.yaml:27",
            "étape essai/demarches/inscription.yaml:28",
            "silence essai/demarches/inscription.yaml:29",
        ]
        .map(str::to_owned)
        .to_vec()
    );
}

/// The mutations of one file, or of all.
fn verdicts(remplace: &[(&str, &str)], fichier: &str) -> Vec<(Mutation, Verdict)> {
    let sources = sources(remplace);
    let mut partage = Partage::default();
    let atelier = Atelier::nouveau(&sources, "essai", &mut partage).unwrap();
    atelier
        .mutations(1)
        .into_iter()
        .filter(|m| m.place.fichier.ends_with(fichier))
        .map(|m| {
            let v = atelier.essaie(&m, &mut partage);
            (m, v)
        })
        .collect()
}

#[test]
fn une_mutation_est_vue_ou_survit_avec_sa_ligne() {
    let tous = verdicts(&[], "");
    let de = |fichier: &str, ligne: u32, ancien: &str, nouveau: &str| {
        let trouve = tous.iter().find(|(m, _)| {
            m.place.fichier.ends_with(fichier)
                && m.place.ligne == ligne
                && m.ancien == ancien
                && m.nouveau == nouveau
        });
        trouve.unwrap_or_else(|| panic!("{fichier}:{ligne} {ancien} → {nouveau}")).1.clone()
    };
    let grille = |ligne| Verdict::Cas(Place { fichier: "essai/cas/tout.yaml".into(), ligne });
    assert_eq!(de("repas.yaml", 8, "2.00", "2.01"), grille(11));
    assert_eq!(de("repas.yaml", 8, "900", "901"), grille(13), "both rows move: no hole, no overlap");
    assert_eq!(de("repas.yaml", 8, "900", "899"), grille(11));
    assert_eq!(de("cantine.yaml", 15, "J 06:00", "J 06:01"), grille(21));
    assert_eq!(de("cantine.yaml", 15, "J 06:00", "J 05:59"), grille(20));
    assert_eq!(de("cantine.yaml", 15, "avant", "jusqu_a"), grille(21));
    assert_eq!(de("cantine.yaml", 25, "1.50", "1.51"), grille(22));
    // a document that a service waits for and no démarche asks any more is already a finding
    assert_eq!(de("inscription.yaml", 12, "assurance", "(retiré)"), Verdict::Controle("PIE01"));
    assert_eq!(de("inscription.yaml", 24, "agent.enfance", "parent"), Verdict::Controle("WKF10"));
    assert_ne!(de("inscription.yaml", 24, "validee", "annulee"), Verdict::Survit);
    // nothing tries absences, the opening or the delay of a draft
    for (fichier, ligne, ancien, nouveau) in [
        ("cantine.yaml", 21, "non", "oui"),
        ("cantine.yaml", 13, "2025-08-26", "2025-08-27"),
        ("inscription.yaml", 19, "10 jours", "11 jours"),
    ] {
        assert_eq!(de(fichier, ligne, ancien, nouveau), Verdict::Survit, "{fichier}:{ligne}");
    }
    let bilan = BilanMutants::nouveau(tous);
    assert!(!bilan.reussi(), "a date survives");
    assert!(bilan.survivants.iter().any(|m| m.place.to_string() == "essai/services/cantine.yaml:13"));
}

#[test]
fn une_equivalence_expliquee_nest_pas_un_survivant() {
    let cantine = CANTINE.replacen(
        "ouverture: [ { des: 2025-08-26 } ]",
        "ouverture: [ { des: 2025-08-26 } ]   # equivalent: parce que personne ne réserve si tôt",
        1,
    );
    let bilan = BilanMutants::nouveau(verdicts(&[("services/cantine.yaml", &cantine)], "cantine.yaml"));
    assert_eq!(bilan.expliques.len(), 2);
    assert_eq!(bilan.expliques[0].equivalent.as_deref(), Some("parce que personne ne réserve si tôt"));
    assert!(
        bilan.survivants.iter().all(|m| m.place.ligne != 13 || !m.place.fichier.ends_with("cantine.yaml"))
    );
    let repas = REPAS.replacen("prix: 6.00 }", "prix: 6.00 }   # equivalent: à tort", 1);
    let bilan = BilanMutants::nouveau(verdicts(&[("baremes/repas.yaml", &repas)], "baremes/repas.yaml"));
    assert_eq!(bilan.explication_fausse.len(), 1, "every mutation of that line is seen");
}

#[test]
fn lamorce_propose_les_bords() {
    let (commune, _) = joue(&[]);
    let yaml: Vec<String> = amorce(&commune).into_iter().map(|p| p.yaml).collect();
    let tout = yaml.join("\n");
    for attendu in [
        "- { fait: { prix: { prestation: repas, jour: 2025-09-01, residence: ici, quotient: 899 } }, attend: { prix: 2.00 } }",
        "- { fait: { prix: { prestation: repas, jour: 2025-09-01, residence: ici, quotient: 901 } }, attend: { prix: 3.00 } }",
        "jour: 2025-08-31, residence: ailleurs, quotient: 0 } }, attend: { refus: aucun_tarif } }",
        "05:59:59, fait: { reserver: { enfant: lea, prestation: repas, jour: 2025-09-08 } }, attend: { accepte: true, delai: a_temps } }",
        "06:00:00, fait: { reserver: { enfant: lea, prestation: repas, jour: 2025-09-08 } }, attend: { refus: delai } }",
        "- { a: 2025-08-25T23:59:59, fait: { reserver:",
        "06:00:00, fait: { absence: { enfant: lea, prestation: repas, jour: 2025-09-08 } }, attend: { annonce: trop_tard } }",
        "- { par: parent, fait: { agir: { dossier: d1, action: valider, motif: \"…\" } }, attend: { refus: role } }",
        "pieces: [] } }, attend: { refus: pieces, manquants: [assurance] } }",
    ] {
        assert!(tout.contains(attendu), "{attendu}\n{tout}");
    }
    // what is proposed for prices can be read and passes
    let prix: Vec<String> = yaml
        .iter()
        .flat_map(|y| y.lines())
        .filter(|l| l.contains("{ prix: {"))
        .map(|l| format!("  {l}"))
        .collect();
    let texte = format!("cas: amorce\nhorloge: 2025-07-01T08:00:00\netapes:\n{}\n", prix.join("\n"));
    let (_, rapport) = joue(&[("cas/tout.yaml", &texte)]);
    assert!(rapport.reussi() && rapport.assertions() > 10, "{}", transcript::echecs(&rapport));
}

#[test]
fn le_temps_passe_dans_lordre() {
    let texte = "cas: temps
horloge: 2025-07-01T08:00:00
donnees: { foyers: { f: { residence: ici, enfants: { lea: {}, tom: {} } } } }
etapes:
  - { fait: { commencer: { demarche: inscription, dossier: b, enfant: lea, champs: {} } }, attend: { etat: brouillon, silence: aucun } }
  - { fait: { deposer: { demarche: inscription, dossier: d, enfant: tom, champs: { services: [cantine] }, pieces: [assurance] } }, attend: { silence: en_cours } }
  - { a: 2025-07-11T23:59:59, fait: { temps: { dossier: b } }, attend: { etat: brouillon } }
  - { a: 2025-07-12T00:00:00, fait: { temps: { dossier: b } }, attend: { etat: expiree, phase: expiree, droits: {} } }
  - { a: 2025-09-01T23:59:59, fait: { temps: { dossier: d } }, attend: { silence: en_cours } }
  - { a: 2025-09-02T00:00:00, fait: { temps: { dossier: d } }, attend: { silence: rejet, etat: deposee } }
  - { par: agent.regie, fait: { agir: { dossier: d, action: valider } }, attend: { refus: acces } }
  - { par: parent, fait: { agir: { dossier: d, action: valider } }, attend: { refus: role } }
";
    let (_, rapport) = joue(&[("cas/tout.yaml", texte)]);
    assert!(rapport.reussi(), "{}", transcript::echecs(&rapport));
}
