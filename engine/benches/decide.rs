//! What a decision costs on a real town's démarche, beside the same rules written by hand for it alone (target: 5 µs).
//!
//! The ratio is the price of rules read from files: conditions, exigences, guards, the journal entry and the trace.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench answers on its standard output, or stops"
)]

#[path = "../tests/dossiers/mod.rs"]
mod dossiers;
#[path = "../../rules/benches/paires/mod.rs"]
mod paires;

use std::hint::black_box;

use dossiers::{fichiers, sources};
use engine::commune::Commune;
use engine::decision::{Auteur, Decision, Suivant};
use engine::definition::resolve::charge;
use engine::demarche::{Contexte, Demarche, Dossier, Evenement, Phase, Reponse, Reponses, decide};
use engine::foyer::{FaitsDates, Foyer, Genre, Membre, ValeurFait};
use engine::identifiant::{AgentId, FoyerId, PersonneId};
use paires::compare;
use rules::valeur::Valeur;

/// A family, its faits and an instant: what the decisions read.
struct Monde {
    commune: std::sync::Arc<Commune>,
    foyer: Foyer,
    faits: FaitsDates,
    valeurs: Vec<Valeur>,
}

impl Monde {
    fn demarche(&self) -> &Demarche {
        self.commune.demarche("entourage").expect("a démarche of ham")
    }

    fn decide(&self, dossier: Option<&Dossier>, evenement: &Evenement, auteur: &Auteur) -> Decision {
        let ctx = Contexte {
            maintenant: jiff::Timestamp::constant(1_756_713_600, 0),
            fuseau: &self.commune.fuseau,
            calendrier: &self.commune.calendrier,
            hote: &*self.commune.calendrier,
            auteur,
            foyer: Some(&self.foyer),
            faits: &self.faits,
            valeurs: &self.valeurs,
            parametres: &[],
            pieces: &[],
            judiciaires: &std::collections::BTreeSet::new(),
            annee_scolaire: Some("2025-2026"),
            alea: [7; 16],
        };
        decide(self.demarche(), dossier, evenement, &ctx).expect("allowed")
    }
}

fn apres(decision: Decision) -> Dossier {
    match decision.suivant {
        Suivant::Dossier(d) => *d,
        autre => panic!("{autre:?}"),
    }
}

fn agir(action: &str) -> Evenement {
    Evenement::Agir {
        action: action.into(),
        motif: Some("Il manque une date.".into()),
        reponses: None,
        vue: None,
    }
}

/// The filing and the examination of this démarche and no other: what one would write without a language.
fn a_la_main(
    dossier: &Dossier,
    action: &str,
    auteur: &Auteur,
    motif: &str,
) -> Option<(Dossier, &'static str)> {
    let rempli = |champ: &str| dossier.reponses.0.contains_key(champ);
    let (etape, phase, message) = match (dossier.phase, action, auteur) {
        (Phase::Brouillon, "deposer", Auteur::Parent { foyer, .. })
            if dossier.foyer.as_ref() == Some(foyer) =>
        {
            let membre = match dossier.reponses.0.get("lien")? {
                Reponse::Valeur(ValeurFait::Choix(lien)) => lien == "membre_du_foyer",
                _ => return None,
            };
            let propres =
                if membre { rempli("naissance") && rempli("commune_naissance") } else { rempli("telephone") };
            if !(propres && rempli("nom") && rempli("prenom")) {
                return None;
            }
            ("deposee", Phase::Deposee, "accuse_reception")
        }
        (Phase::Deposee, "demander_complement", Auteur::Agent { roles, .. })
            if !motif.is_empty() && roles.iter().any(|r| r == "affaires_scolaires") =>
        {
            ("a_completer", Phase::Incomplete, "complement")
        }
        _ => return None,
    };
    let mut suivant = dossier.clone();
    suivant.etape = etape.to_owned();
    suivant.phase = phase;
    suivant.entree += 1;
    suivant.version += 1;
    Some((suivant, message))
}

fn main() {
    let chargement = charge(&sources(&fichiers(&["ham", "modeles"])), "ham");
    let commune = chargement.commune.expect("ham loads");
    let foyer = FoyerId::neuf([1; 16]);
    let monde = Monde {
        valeurs: vec![Valeur::Absent; commune.vocabulaire.len()],
        commune,
        foyer: Foyer {
            id: foyer.clone(),
            version: 1,
            membres: vec![Membre { personne: PersonneId::neuf([2; 16]), genre: Genre::Responsable }],
        },
        faits: FaitsDates::default(),
    };
    let parent = Auteur::Parent { personne: PersonneId::neuf([2; 16]), foyer: foyer.clone() };
    let agent = Auteur::Agent { agent: AgentId::neuf([3; 16]), roles: vec!["affaires_scolaires".to_owned()] };
    let texte = |t: &str| Reponse::Valeur(ValeurFait::Texte(t.into()));
    let reponses = Reponses(
        [
            ("lien", Reponse::Valeur(ValeurFait::Choix("contact".into()))),
            ("nom", texte("Martin")),
            ("prenom", texte("Lou")),
            ("telephone", texte("06 12 34 56 78")),
        ]
        .map(|(champ, r)| (champ.to_owned(), r))
        .into(),
    );
    let demarrer = Evenement::Demarrer { foyer: Some(foyer), enfant: None, reponses };
    let brouillon = apres(monde.decide(None, &demarrer, &parent));
    let (deposer, demander, valider) = (agir("deposer"), agir("demander_complement"), agir("valider"));
    let depose = apres(monde.decide(Some(&brouillon), &deposer, &parent));

    println!("ratio  what");
    for (nom, dossier, evenement, action, auteur) in [
        ("a family files", &brouillon, &deposer, "deposer", &parent),
        ("an agent asks for more", &depose, &demander, "demander_complement", &agent),
    ] {
        let (attendu, _) = a_la_main(dossier, action, auteur, "x").expect("allowed");
        let obtenu = apres(monde.decide(Some(dossier), evenement, auteur));
        assert_eq!((obtenu.etape, obtenu.phase), (attendu.etape, attendu.phase));
        compare(
            &format!("decide, {nom} (target 5,000 ns)"),
            5,
            ("from the town's files", || monde.decide(Some(black_box(dossier)), evenement, auteur)),
            ("match by hand", || a_la_main(black_box(dossier), action, auteur, "x")),
        );
    }
    compare(
        "decide, an agent accepts: a person added, facts kept, a démarche opened (target 5,000 ns)",
        5,
        ("from the town's files", || monde.decide(Some(black_box(&depose)), &valider, &agent)),
        ("the dossier cloned", || depose.clone()),
    );
}
