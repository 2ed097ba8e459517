use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rules::calendrier::Calendrier;
use rules::expression::SansCalendrier;
use rules::valeur::Valeur;

use super::exemple::{calendrier, demarche, fuseau};
use super::*;
use crate::decision::{
    Agregat, Appartient, Auteur, CleUnique, Decision, EcheanceAFaire, Ecriture, Garde, Refus, Sortie, Suivant,
};
use crate::foyer::{Fait, FaitsDates, Foyer, Genre, Membre, Sujet, ValeurFait};
use crate::identifiant::{AgentId, FichierId, FoyerId, PersonneId};

mod abus;
mod effets;
mod journal;
mod noms;

const COMMUNE: Valeur = Valeur::Choix(0);
const EXTERIEUR: Valeur = Valeur::Choix(1);

/// What a test varies; the rest of the world does not move.
struct Monde {
    demarche: Demarche,
    calendrier: Calendrier,
    fuseau: TimeZone,
    faits: FaitsDates,
    pieces: Vec<PieceDemandee>,
    foyer: Foyer,
    residence: Valeur,
    maintenant: Timestamp,
}

fn id(n: u8) -> [u8; 16] {
    [n; 16]
}

fn foyer_id() -> FoyerId {
    FoyerId::neuf(id(1))
}

fn parent() -> Auteur {
    Auteur::Parent { personne: PersonneId::neuf(id(2)), foyer: foyer_id() }
}

fn autre_parent() -> Auteur {
    Auteur::Parent { personne: PersonneId::neuf(id(9)), foyer: FoyerId::neuf(id(8)) }
}

fn agent(role: &str) -> Auteur {
    Auteur::Agent { agent: AgentId::neuf(id(3)), roles: vec![role.to_owned()] }
}

/// Everybody, by a short name.
fn tous() -> Vec<(&'static str, Auteur)> {
    vec![
        ("parent", parent()),
        ("autre", autre_parent()),
        ("enfance", agent("enfance")),
        ("commission", agent("commission")),
        ("voirie", agent("voirie")),
        ("public", Auteur::Public),
        ("systeme", Auteur::Systeme),
    ]
}

impl Monde {
    fn nouveau() -> Self {
        Self {
            demarche: demarche(),
            calendrier: calendrier(),
            fuseau: fuseau(),
            faits: FaitsDates::default(),
            pieces: vec![PieceDemandee {
                piece: "justificatif".into(),
                nom: "Justificatif".into(),
                pour_qui: String::new(),
                du_foyer: true,
                bloque: true,
                deja_recue: false,
                alternatives: Vec::new(),
                a_la_place: Vec::new(),
                age_max: None,
                plus_tard: false,
                sensible: false,
                provisoire: None,
                valable: None,
                fin_d_annee: None,
                rappel: None,
                relance: None,
                ailleurs: None,
                fichiers: Some(2),
            }],
            foyer: Foyer {
                id: foyer_id(),
                version: 1,
                membres: vec![
                    Membre { personne: PersonneId::neuf(id(2)), genre: Genre::Responsable },
                    Membre { personne: PersonneId::neuf(id(4)), genre: Genre::Enfant },
                ],
            },
            residence: COMMUNE,
            maintenant: "2025-09-01T08:00:00Z".parse().unwrap(),
        }
    }

    fn decide(
        &self,
        dossier: Option<&Dossier>,
        evenement: &Evenement,
        auteur: &Auteur,
    ) -> Result<Decision, Refus> {
        let ctx = Contexte {
            maintenant: self.maintenant,
            fuseau: &self.fuseau,
            calendrier: &self.calendrier,
            hote: &SansCalendrier,
            auteur,
            foyer: Some(&self.foyer),
            faits: &self.faits,
            valeurs: &[self.residence],
            parametres: &[],
            pieces: &self.pieces,
            judiciaires: &std::collections::BTreeSet::new(),
            annee_scolaire: Some("2025-2026"),
            alea: id(7),
        };
        decide(&self.demarche, dossier, evenement, &ctx)
    }

    fn brouillon(&self) -> Dossier {
        let demarrer = Evenement::Demarrer { foyer: Some(foyer_id()), enfant: None, reponses: completes() };
        apres(&self.decide(None, &demarrer, &parent()).unwrap())
    }

    /// A complete dossier, in the étape of that phase.
    fn en(&self, phase: Phase) -> Dossier {
        let mut dossier = self.brouillon();
        let piece = Evenement::DeposerPiece(PieceDonnee {
            piece: "justificatif".into(),
            fichiers: vec![FichierId::neuf(id(5))],
            ..PieceDonnee::default()
        });
        dossier = apres(&self.decide(Some(&dossier), &piece, &parent()).unwrap());
        if phase != Phase::Brouillon {
            dossier = apres(&self.decide(Some(&dossier), &agir("deposer"), &parent()).unwrap());
            dossier.etape = format!("e_{}", phase.nom());
            dossier.phase = phase;
            dossier.entree += 1;
        }
        dossier
    }
}

fn apres(decision: &Decision) -> Dossier {
    match &decision.suivant {
        Suivant::Dossier(d) => (**d).clone(),
        autre => panic!("{autre:?}"),
    }
}

fn agir(action: &str) -> Evenement {
    Evenement::Agir { action: action.into(), motif: Some("parce que".into()), reponses: None, vue: None }
}

fn reponses(paires: &[(&str, Reponse)]) -> Reponses {
    Reponses(paires.iter().map(|(c, r)| ((*c).to_owned(), r.clone())).collect())
}

fn choix(id: &str) -> Reponse {
    Reponse::Valeur(ValeurFait::Choix(id.into()))
}

fn texte(t: &str) -> Reponse {
    Reponse::Valeur(ValeurFait::Texte(t.into()))
}

fn completes() -> Reponses {
    reponses(&[
        ("lien", choix("membre_du_foyer")),
        ("nom", texte("Martin")),
        ("naissance", Reponse::Valeur(ValeurFait::Date("2018-05-04".parse().unwrap()))),
        ("services", Reponse::Valeurs(vec![ValeurFait::Choix("restauration".into())])),
        ("quotient", Reponse::Valeur(ValeurFait::Nombre("900.50".parse().unwrap()))),
    ])
}

/// Which refusal, by its rule.
fn regle(resultat: Result<Decision, Refus>) -> String {
    resultat.map_or_else(|r| r.regle.into(), |d| panic!("decided: {:?}", d.entree))
}

/// All states × actions × roles: this table is written from the démarche's text, apart from `decide`.
#[test]
fn seules_les_transitions_ecrites_passent() {
    let legales: BTreeSet<(Phase, &str, &str)> = [
        (Phase::Brouillon, "deposer", "parent"),
        (Phase::Brouillon, "annuler", "parent"),
        (Phase::Deposee, "instruire", "enfance"),
        (Phase::Deposee, "valider", "enfance"),
        (Phase::Deposee, "demander", "enfance"),
        (Phase::Deposee, "refuser", "enfance"),
        (Phase::Deposee, "annuler", "parent"),
        (Phase::Incomplete, "completer", "parent"),
        (Phase::Incomplete, "annuler", "parent"),
        (Phase::EnInstruction, "valider", "enfance"),
        (Phase::EnInstruction, "mettre_en_attente", "commission"),
        (Phase::EnAttente, "valider", "commission"),
        (Phase::Acceptee, "suspendre", "enfance"),
        (Phase::Suspendue, "lever", "systeme"),
    ]
    .into();
    let monde = Monde::nouveau();
    let actions: BTreeSet<String> =
        monde.demarche.etapes.iter().flat_map(|e| e.actions.iter().map(|a| a.id.clone())).collect();
    let mut passees = 0;
    for phase in Phase::TOUTES {
        let dossier = monde.en(phase);
        for action in &actions {
            for (nom, auteur) in tous() {
                let resultat = monde.decide(Some(&dossier), &agir(action), &auteur);
                let attendu = legales.contains(&(phase, action.as_str(), nom));
                assert_eq!(resultat.is_ok(), attendu, "{phase:?} {action} {nom}: {resultat:?}");
                match resultat {
                    Ok(decision) => {
                        passees += 1;
                        assert_eq!(decision.entree.seq, dossier.version + 1);
                        let garde = Garde::Version {
                            agregat: Agregat::Dossier(dossier.id.clone()),
                            attendue: dossier.version,
                        };
                        assert_eq!(decision.gardes.first(), Some(&garde));
                    }
                    Err(refus) => assert!(refus.motif.ends_with('.') && !refus.regle.is_empty(), "{refus:?}"),
                }
            }
        }
    }
    assert_eq!(passees, legales.len());
    assert_eq!(actions.len() * Phase::TOUTES.len() * tous().len(), 10 * 10 * 7);
}

/// The other events, by phase and role.
#[test]
fn chacun_ecrit_quand_cest_son_tour() {
    let monde = Monde::nouveau();
    let brouillon = Evenement::EnregistrerBrouillon { reponses: completes(), vue: None };
    let piece = Evenement::DeposerPiece(PieceDonnee {
        piece: "justificatif".into(),
        fichiers: vec![FichierId::neuf(id(6))],
        ..PieceDonnee::default()
    });
    let verifier =
        Evenement::VerifierPiece { piece: "justificatif".into(), etat: EtatPiece::Acceptee, vue: None };
    for phase in Phase::TOUTES {
        let dossier = monde.en(phase);
        let famille = matches!(phase, Phase::Brouillon | Phase::Incomplete);
        let agents = !matches!(phase, Phase::Brouillon | Phase::Incomplete) && phase.occupe();
        // a document may be added after the filing, until the dossier is over, and some come after the acceptance
        let ajoute = phase.occupe();
        for (nom, auteur) in tous() {
            for (evenement, attendu) in [
                (&brouillon, famille && nom == "parent"),
                (&piece, ajoute && nom == "parent"),
                (&verifier, agents && nom == "enfance"),
            ] {
                let resultat = monde.decide(Some(&dossier), evenement, &auteur);
                assert_eq!(resultat.is_ok(), attendu, "{phase:?} {} {nom}", evenement.nom());
            }
        }
    }
}

#[test]
fn un_dossier_dautrui_nexiste_pas() {
    let monde = Monde::nouveau();
    let dossier = monde.en(Phase::Deposee);
    for auteur in [autre_parent(), agent("voirie"), Auteur::Public] {
        let refus = monde.decide(Some(&dossier), &agir("annuler"), &auteur).unwrap_err();
        assert_eq!((&*refus.regle, &*refus.motif), ("dossier.acces", "Ce dossier n’existe pas."));
    }
}

#[test]
fn le_depot_prend_un_numero_une_place_et_lance_le_silence() {
    let monde = Monde::nouveau();
    let decision = monde.decide(Some(&monde.en(Phase::Brouillon)), &agir("deposer"), &parent()).unwrap();
    let dossier = apres(&decision);
    assert_eq!((dossier.phase, dossier.depots), (Phase::Deposee, 1));
    assert_eq!(
        decision.ecritures,
        [Ecriture::Numero {
            compteur: "dossier-2025".into(),
            prefixe: "2025-".into(),
            dossier: dossier.id.clone()
        }]
    );
    let cle = dossier.cle.clone().unwrap();
    assert!(decision.gardes.contains(&Garde::Unique(CleUnique::Dossier(cle.clone()))));
    let silence = EcheanceAFaire {
        dossier: dossier.id.clone(),
        // two months after the 1st of September, whose last day is given in full
        le: "2025-11-01T23:00:00Z".parse().unwrap(),
        appartient: Appartient::Silence { depot: 1 },
    };
    assert!(decision.echeances.contains(&silence), "{:?}", decision.echeances);
    let [message] = decision.effets.as_slice() else { panic!("{:?}", decision.effets) };
    assert_eq!((message.cle.seq, message.cle.rang), (decision.entree.seq, 0));
    assert!(matches!(&message.sortie, Sortie::Message { modele, .. } if modele == "accuse_reception"));

    // the same person, whatever the letter case, is the same dossier; another one is not
    let cle_de = |nom: &str| {
        let mut autre = completes();
        autre.0.insert("nom".into(), texte(nom));
        let agir =
            Evenement::Agir { action: "deposer".into(), motif: None, reponses: Some(autre), vue: None };
        apres(&monde.decide(Some(&monde.en(Phase::Brouillon)), &agir, &parent()).unwrap()).cle.unwrap()
    };
    assert_eq!(cle_de(" MARTIN "), cle);
    assert_ne!(cle_de("Martine"), cle);
}

#[test]
fn un_formulaire_incomplet_dit_tout_ce_qui_manque() {
    let monde = Monde::nouveau();
    let mut dossier = monde.en(Phase::Brouillon);
    dossier.reponses = reponses(&[("lien", choix("contact")), ("nom", texte("  "))]);
    let refus = monde.decide(Some(&dossier), &agir("deposer"), &parent()).unwrap_err();
    let champs: Vec<&str> = refus.champs.iter().map(|e| e.champ.as_str()).collect();
    // naissance and services do not show for a contact, telephone is then required
    assert_eq!((&*refus.regle, champs), ("demarche.entourage.formulaire", vec!["nom", "telephone"]));
    assert_eq!(&*refus.motif, "2 réponses manquent dans le formulaire.");
}

#[test]
fn une_reponse_a_un_champ_cache_nest_pas_deposee() {
    let monde = Monde::nouveau();
    let mut reponses = completes();
    reponses.0.insert("lien".into(), choix("co_representant"));
    let deposer =
        Evenement::Agir { action: "deposer".into(), motif: None, reponses: Some(reponses), vue: None };
    let dossier = apres(&monde.decide(Some(&monde.en(Phase::Brouillon)), &deposer, &parent()).unwrap());
    let champs: Vec<&str> = dossier.reponses.0.keys().map(String::as_str).collect();
    assert_eq!(champs, ["lien", "nom", "quotient"]);
}

#[test]
fn une_reponse_impossible_est_refusee_des_le_brouillon() {
    let monde = Monde::nouveau();
    let dossier = monde.en(Phase::Brouillon);
    for (champ, reponse) in [
        ("lien", choix("voisin")),
        ("lien", texte("membre_du_foyer")),
        ("nom", texte(&"a".repeat(41))),
        ("quotient", Reponse::Valeur(ValeurFait::Nombre((-1).into()))),
        ("services", Reponse::Valeurs(vec![ValeurFait::Choix("bus".into())])),
        ("nom", Reponse::Valeurs(vec![])),
        ("role", choix("admin")),
    ] {
        let evenement =
            Evenement::EnregistrerBrouillon { reponses: reponses(&[(champ, reponse)]), vue: None };
        let refus = monde.decide(Some(&dossier), &evenement, &parent()).unwrap_err();
        assert_eq!(refus.champs.iter().map(|e| e.champ.as_str()).collect::<Vec<_>>(), [champ]);
    }
}

#[test]
fn une_piece_bloquante_manque_ou_est_refusee() {
    let mut monde = Monde::nouveau();
    let sans = monde.brouillon();
    let refus = monde.decide(Some(&sans), &agir("deposer"), &parent()).unwrap_err();
    assert_eq!(
        (&*refus.regle, &*refus.motif),
        ("piece.justificatif", "Il manque la pièce « Justificatif ».")
    );
    monde.pieces[0].deja_recue = true;
    assert!(monde.decide(Some(&sans), &agir("deposer"), &parent()).is_ok(), "asked once");
    monde.pieces[0].deja_recue = false;

    let deposee = monde.en(Phase::Deposee);
    let refuse = |motif: &str| Evenement::VerifierPiece {
        piece: "justificatif".into(),
        etat: EtatPiece::Refusee(motif.into()),
        vue: None,
    };
    let sans_motif = monde.decide(Some(&deposee), &refuse(" "), &agent("enfance"));
    assert_eq!(regle(sans_motif), "piece.justificatif.motif");
    let vue = apres(&monde.decide(Some(&deposee), &refuse("illisible"), &agent("enfance")).unwrap());
    let rendue = apres(&monde.decide(Some(&vue), &agir("demander"), &agent("enfance")).unwrap());
    assert_eq!(regle(monde.decide(Some(&rendue), &agir("completer"), &parent())), "piece.justificatif");
}

#[test]
fn lacceptation_ecrit_la_personne_ses_faits_et_la_suite() {
    let monde = Monde::nouveau();
    let decision =
        monde.decide(Some(&monde.en(Phase::Deposee)), &agir("valider"), &agent("enfance")).unwrap();
    let faits: Vec<&Fait> = decision
        .ecritures
        .iter()
        .filter_map(|e| match e {
            Ecriture::Fait(f) => Some(f),
            _ => None,
        })
        .collect();
    let ajoutee = decision
        .ecritures
        .iter()
        .find_map(|e| match e {
            Ecriture::Membre { personne, genre, foyer, .. } => {
                assert_eq!((*genre, foyer), (Genre::Enfant, &foyer_id()));
                Some(personne.clone())
            }
            _ => None,
        })
        .unwrap();
    let resume: Vec<(&Sujet, &str, String, Option<String>)> = faits
        .iter()
        .map(|f| (&f.sujet, f.fait.as_str(), f.valable_du.to_string(), f.valable_au.map(|d| d.to_string())))
        .collect();
    let (personne, foyer) = (Sujet::Personne(ajoutee.clone()), Sujet::Foyer(foyer_id()));
    assert_eq!(
        resume,
        [
            (&personne, "nom", "2025-09-01".to_owned(), None),
            (&personne, "naissance", "2025-09-01".to_owned(), None),
            (&foyer, "quotient", "2025-09-01".to_owned(), Some("2025-12-31".to_owned())),
        ]
    );
    assert!(faits.iter().all(|f| f.valide_par == Some(AgentId::neuf(id(3)))));
    let ouvre = Sortie::OuvrirDemarche { demarche: "inscription".into(), enfant: Some(ajoutee) };
    assert_eq!(decision.effets.first().map(|e| &e.sortie), Some(&ouvre));
    assert!(decision.trace.iter().any(|p| p.regle == "etape.e_acceptee" && p.lieu.is_some()));
}

#[test]
fn un_fait_sans_personne_ajoutee_est_refuse() {
    let mut monde = Monde::nouveau();
    monde.demarche.etapes[5].a_l_entree.remove(1);
    let resultat = monde.decide(Some(&monde.en(Phase::Deposee)), &agir("valider"), &agent("enfance"));
    assert_eq!(regle(resultat), "effet.ajouter_personne");
}

#[test]
fn louverture_se_compte_a_linstant() {
    let mut monde = Monde::nouveau();
    let demarrer =
        Evenement::Demarrer { foyer: Some(foyer_id()), enfant: None, reponses: Reponses::default() };
    monde.maintenant = "2025-06-30T21:59:59Z".parse().unwrap();
    let refus = monde.decide(None, &demarrer, &parent()).unwrap_err();
    assert_eq!(&*refus.motif, "Cette démarche n’est pas encore ouverte.");
    assert_eq!(refus.quand_possible, Some("2025-06-30T22:00:00Z".parse().unwrap()));
    monde.maintenant = "2025-06-30T22:00:00Z".parse().unwrap();
    assert!(monde.decide(None, &demarrer, &parent()).is_ok());

    monde.demarche.ouverture[0].jusqu_a = Some("2025-09-30T22:00:00Z".parse().unwrap());
    monde.maintenant = "2025-09-30T22:00:00.000001Z".parse().unwrap();
    assert_eq!(regle(monde.decide(None, &demarrer, &parent())), "demarche.entourage.ouverture");
    monde.demarche.ouverture[0].apres = ApresCloture::Accepte;
    assert!(monde.decide(None, &demarrer, &parent()).is_ok());

    // an outsider has no row: refused, never open by default
    monde.demarche.ouverture[0].si = Some(exemple::si_commune());
    monde.residence = EXTERIEUR;
    assert_eq!(
        &*monde.decide(None, &demarrer, &parent()).unwrap_err().motif,
        "Cette démarche ne vous est pas ouverte."
    );
    monde.demarche.ouverture[0].si = None;
    monde.demarche.ouverture[0].jamais = Some("Le dossier n’est pas validé.".into());
    let refus = monde.decide(None, &demarrer, &parent()).unwrap_err();
    assert_eq!(
        (&*refus.regle, &*refus.motif),
        ("demarche.entourage.ouverture", "Le dossier n’est pas validé.")
    );
    monde.demarche.ouverture[0].jamais = None;
    // a row that reads the form waits for the form
    monde.demarche.ouverture[0].si = Some(exemple::si_lien(&["contact"]));
    let commence = monde.decide(None, &demarrer, &parent());
    assert!(commence.is_ok());
    assert_eq!(
        regle(monde.decide(Some(&monde.en(Phase::Brouillon)), &agir("deposer"), &parent())),
        "demarche.entourage.ouverture"
    );
}

#[test]
fn une_condition_se_lit_sur_les_faits() {
    let mut monde = Monde::nouveau();
    monde.residence = EXTERIEUR;
    let resultat = monde.decide(Some(&monde.en(Phase::EnInstruction)), &agir("valider"), &agent("enfance"));
    assert_eq!(regle(resultat), "etape.e_en_instruction.action.valider.si");
}

#[test]
fn deux_actions_du_meme_nom_suivent_leurs_conditions() {
    let mut monde = Monde::nouveau();
    let examen = monde.demarche.etapes.iter_mut().find(|e| e.phase == Phase::EnInstruction).unwrap();
    let mut autre = examen.actions[0].clone();
    assert!(autre.si.is_some(), "valider, pour ceux de la commune");
    autre.si = Some(super::exemple::si_exterieur());
    autre.vers = Some("e_refusee".to_owned());
    examen.actions.push(autre);
    for (residence, phase) in [(COMMUNE, Phase::Acceptee), (EXTERIEUR, Phase::Refusee)] {
        monde.residence = residence;
        let dossier = monde.en(Phase::EnInstruction);
        let decision = monde.decide(Some(&dossier), &agir("valider"), &agent("enfance")).unwrap();
        assert_eq!(apres(&decision).phase, phase);
    }
}

#[test]
fn un_enfant_dun_autre_foyer_est_refuse() {
    let monde = Monde::nouveau();
    let demarrer = |enfant: u8| Evenement::Demarrer {
        foyer: Some(foyer_id()),
        enfant: Some(PersonneId::neuf(id(enfant))),
        reponses: Reponses::default(),
    };
    assert!(monde.decide(None, &demarrer(4), &parent()).is_ok());
    for autre in [2, 9] {
        assert_eq!(regle(monde.decide(None, &demarrer(autre), &parent())), "dossier.enfant");
    }
    assert_eq!(regle(monde.decide(None, &demarrer(4), &autre_parent())), "dossier.acces");
    assert_eq!(regle(monde.decide(None, &demarrer(4), &Auteur::Public)), "demarche.entourage.acces");
}

#[test]
fn une_echeance_dune_etape_quittee_ne_fait_rien() {
    let mut monde = Monde::nouveau();
    let rendue =
        apres(&monde.decide(Some(&monde.en(Phase::Deposee)), &agir("demander"), &agent("enfance")).unwrap());
    let echeance = |entree, rang| Evenement::Echeance { entree, rang };
    let systeme = Auteur::Systeme;
    let tot = monde.decide(Some(&rendue), &echeance(rendue.entree, 0), &systeme).unwrap_err();
    assert_eq!(&*tot.regle, "echeance.en_avance");
    assert_eq!(tot.quand_possible, Some("2025-09-16T22:00:00Z".parse().unwrap()));
    monde.maintenant = "2025-09-16T22:00:00Z".parse().unwrap();
    let rappel = monde.decide(Some(&rendue), &echeance(rendue.entree, 0), &systeme).unwrap();
    assert_eq!((rappel.effets.len(), apres(&rappel).phase), (1, Phase::Incomplete));
    assert_eq!(regle(monde.decide(Some(&rendue), &echeance(rendue.entree, 0), &parent())), "echeance.auteur");

    monde.maintenant = "2025-10-31T23:00:00Z".parse().unwrap();
    let expiree = monde.decide(Some(&rendue), &echeance(rendue.entree, 1), &systeme).unwrap();
    assert_eq!(apres(&expiree).phase, Phase::Expiree);
    let completee = apres(&monde.decide(Some(&rendue), &agir("completer"), &parent()).unwrap());
    for perimee in
        [echeance(rendue.entree, 1), echeance(completee.entree, 9), Evenement::Silence { depot: 1 }]
    {
        assert_eq!(regle(monde.decide(Some(&completee), &perimee, &systeme)), ECHEANCE_PERIMEE);
    }
}

#[test]
fn le_silence_vaut_ce_que_la_commune_dit() {
    let mut monde = Monde::nouveau();
    let deposee = monde.en(Phase::Deposee);
    let silence = Evenement::Silence { depot: 1 };
    monde.maintenant = "2025-11-01T22:59:59Z".parse().unwrap();
    assert_eq!(regle(monde.decide(Some(&deposee), &silence, &Auteur::Systeme)), "echeance.en_avance");
    monde.maintenant = "2025-11-01T23:00:00Z".parse().unwrap();
    let rejet = apres(&monde.decide(Some(&deposee), &silence, &Auteur::Systeme).unwrap());
    assert_eq!((rejet.phase, rejet.rejet_implicite_le), (Phase::Deposee, Some(monde.maintenant)));
    // an express decision may still come
    assert!(monde.decide(Some(&rejet), &agir("valider"), &agent("enfance")).is_ok());

    monde.demarche.silence.vaut = VautSilence::Acceptation;
    let acceptee = monde.decide(Some(&deposee), &silence, &Auteur::Systeme).unwrap();
    assert_eq!(apres(&acceptee).phase, Phase::Acceptee);
    assert!(acceptee.ecritures.iter().any(|e| matches!(e, Ecriture::Membre { .. })));
    let rendue = monde.en(Phase::Incomplete);
    assert_eq!(regle(monde.decide(Some(&rendue), &silence, &Auteur::Systeme)), ECHEANCE_PERIMEE);
}

#[test]
fn un_brouillon_suit_le_nouveau_formulaire_et_le_dit() {
    let mut monde = Monde::nouveau();
    let (brouillon, deposee) = (monde.en(Phase::Brouillon), monde.en(Phase::Deposee));
    monde.demarche.digest = "d2".into();
    monde.demarche.formulaire[0].champs.retain(|c| c.id != "quotient");
    let decision = monde.decide(Some(&brouillon), &agir("deposer"), &parent()).unwrap();
    assert_eq!(apres(&decision).digest, "d2");
    assert!(
        decision.trace.iter().any(|p| p.resultat.contains("« quotient » abandonnée")),
        "{:?}",
        decision.trace
    );
    assert_eq!(
        regle(monde.decide(Some(&deposee), &agir("valider"), &agent("enfance"))),
        "dossier.definition"
    );
}

#[test]
fn deux_onglets_ne_secrasent_pas() {
    let monde = Monde::nouveau();
    let dossier = monde.en(Phase::Brouillon);
    let ecrit = |vue| Evenement::EnregistrerBrouillon { reponses: completes(), vue: Some(vue) };
    assert!(monde.decide(Some(&dossier), &ecrit(dossier.version), &parent()).is_ok());
    assert_eq!(
        regle(monde.decide(Some(&dossier), &ecrit(dossier.version - 1), &parent())),
        "dossier.version"
    );
}

#[test]
fn les_actions_offertes_sont_celles_qui_passent() {
    let monde = Monde::nouveau();
    let dossier = monde.brouillon();
    let ctx = Contexte {
        maintenant: monde.maintenant,
        fuseau: &monde.fuseau,
        calendrier: &monde.calendrier,
        hote: &SansCalendrier,
        auteur: &parent(),
        foyer: Some(&monde.foyer),
        faits: &monde.faits,
        valeurs: &[COMMUNE],
        parametres: &[],
        pieces: &monde.pieces,
        judiciaires: &std::collections::BTreeSet::new(),
        annee_scolaire: None,
        alea: id(7),
    };
    let offertes: BTreeMap<&str, Option<Box<str>>> = actions(&monde.demarche, &dossier, &ctx)
        .into_iter()
        .map(|(a, empeche)| (a.id.as_str(), empeche.map(|r| r.regle)))
        .collect();
    assert_eq!(offertes, [("annuler", None), ("deposer", Some("piece.justificatif".into()))].into());
}
