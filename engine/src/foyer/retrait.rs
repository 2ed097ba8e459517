//! Somebody leaves a household: by the town only, with its reason, and never silently where something hangs on them.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{FaitsDates, Foyer, Genre, Sujet, cle_de_recherche};
use crate::decision::{Agregat, Auteur, Decision, Ecriture, EntreeJournal, Garde, Pas, Refus, Suivant};
use crate::identifiant::PersonneId;

/// Why somebody is not taken out of a household without a second look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// A child's right to a service is open.
    Inscription {
        /// To which service.
        service: String,
    },
    /// A right about them, or over a child, holds by a court decision.
    Decision {
        /// The fact that says it.
        fait: String,
    },
}

/// What an agent asks.
#[derive(Clone, Copy, Debug)]
pub struct Retrait<'r> {
    /// Who leaves.
    pub personne: &'r PersonneId,
    /// Why: kept in the journal, read by agents.
    pub motif: &'r str,
    /// Were the obstacles read?
    pub confirme: bool,
}

/// What hangs on this person on that day. `services`: those that are open to them. `judiciaires`: names of the facts that a
/// court decides.
pub fn obstacles(
    faits: &FaitsDates,
    personne: &PersonneId,
    services: &[String],
    judiciaires: impl Fn(&str) -> bool,
    (jour, connu_au): (Date, Timestamp),
) -> Vec<Obstacle> {
    let inscrit = services.iter().map(|s| Obstacle::Inscription { service: s.clone() });
    let mut decides: Vec<Obstacle> = Vec::new();
    for fait in faits.iter().filter(|f| concerne(&f.sujet, personne) && judiciaires(&f.fait)) {
        let tient = faits
            .valeur(&fait.sujet, &fait.fait, jour, connu_au)
            .is_some_and(|f| !f.valeur.est_non() && !permis(&f.valeur));
        let dit = Obstacle::Decision { fait: fait.fait.clone() };
        if tient && !decides.contains(&dit) {
            decides.push(dit);
        }
    }
    inscrit.chain(decides).collect()
}

/// A right that is given is no decision against anybody.
fn permis(valeur: &super::ValeurFait) -> bool {
    matches!(valeur, super::ValeurFait::Choix(c) if c == "autorise")
}

fn concerne(sujet: &Sujet, qui: &PersonneId) -> bool {
    match sujet {
        Sujet::Foyer(_) => false,
        Sujet::Personne(p) => p == qui,
        Sujet::Lien { adulte, enfant } => adulte == qui || enfant == qui,
    }
}

/// An agent takes somebody out. With obstacles that were read, the open rights end that day.
pub fn retire(
    foyer: &Foyer,
    retrait: Retrait<'_>,
    obstacles: &[Obstacle],
    auteur: &Auteur,
    (le, jour): (Timestamp, Date),
) -> Result<Decision, Refus> {
    let membre = foyer.membres.iter().find(|m| m.personne == *retrait.personne);
    let Some(membre) = membre else {
        return Err(Refus::nouveau("foyer.retrait", "Cette personne n’est plus dans le foyer."));
    };
    if membre.genre == Genre::Responsable {
        let motif = "Le titulaire de l’espace ne se retire pas du foyer : fermez son compte.";
        return Err(Refus::nouveau("foyer.retrait.titulaire", motif));
    }
    if retrait.motif.trim().is_empty() {
        return Err(Refus::nouveau("foyer.retrait.motif", "Dites pourquoi : le motif est gardé au journal."));
    }
    if !obstacles.is_empty() && !retrait.confirme {
        let motif = "Lisez ce qui tient à cette personne, puis confirmez.";
        return Err(Refus::nouveau("foyer.retrait.obstacles", motif));
    }
    let agregat = Agregat::Foyer(foyer.id.clone());
    let sujet = Sujet::Personne(retrait.personne.clone());
    let mut ecritures = Vec::new();
    for obstacle in obstacles {
        if let Obstacle::Inscription { service } = obstacle {
            ecritures.push(Ecriture::FinInscription {
                sujet: sujet.clone(),
                foyer: foyer.id.clone(),
                service: service.clone(),
                au: jour,
            });
        }
    }
    ecritures.push(Ecriture::FinMembre { foyer: foyer.id.clone(), personne: retrait.personne.clone(), le });
    let trace = obstacles.iter().map(|o| Pas {
        regle: "foyer.retrait".to_owned(),
        lieu: None,
        resultat: match o {
            Obstacle::Inscription { service } => format!("l’inscription à {service} prend fin"),
            // what a court decided is said nowhere in clear
            Obstacle::Decision { .. } => "malgré une décision de justice, lue".to_owned(),
        },
    });
    Ok(Decision {
        entree: EntreeJournal {
            agregat: agregat.clone(),
            seq: foyer.version.saturating_add(1),
            le,
            auteur: auteur.clone(),
            evenement: "retirer_personne".to_owned(),
            detail: Some(retrait.motif.trim().chars().take(500).collect()),
            changements: Vec::new(),
        },
        suivant: Suivant::Rien,
        ecritures,
        effets: Vec::new(),
        echeances: Vec::new(),
        gardes: vec![Garde::Version { agregat, attendue: foyer.version }],
        trace: trace.collect(),
    })
}

/// The people of the household who have these names, without accents or capitals.
pub fn nommes(
    foyer: &Foyer,
    faits: &FaitsDates,
    (prenom, nom): (&str, &str),
    (jour, connu_au): (Date, Timestamp),
) -> Vec<PersonneId> {
    let dit = |personne: &PersonneId, fait: &str| {
        let lu = faits.valeur(&Sujet::Personne(personne.clone()), fait, jour, connu_au);
        match lu.map(|f| &f.valeur) {
            Some(super::ValeurFait::Texte(texte)) => cle_de_recherche(texte),
            _ => String::new(),
        }
    };
    let cherche = (cle_de_recherche(prenom), cle_de_recherche(nom));
    let siens = foyer.membres.iter().map(|m| &m.personne);
    siens.filter(|p| (dit(p, "prenom"), dit(p, "nom")) == cherche).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::foyer::{Fait, Membre, SourceFait, ValeurFait};
    use crate::identifiant::{AgentId, FoyerId};

    fn personne(n: u8) -> PersonneId {
        PersonneId::neuf([n; 16])
    }

    #[test]
    fn rien_de_ce_qui_tient_a_une_personne_ne_part_en_silence() {
        let membre = |n, genre| Membre { personne: personne(n), genre };
        let foyer = Foyer {
            id: FoyerId::neuf([1; 16]),
            version: 4,
            membres: vec![membre(1, Genre::Responsable), membre(2, Genre::Enfant), membre(3, Genre::Contact)],
        };
        let le: Timestamp = "2025-09-01T08:00:00Z".parse().unwrap();
        let jour: Date = "2025-09-01".parse().unwrap();
        let interdit = |au: Option<&str>| {
            FaitsDates::nouveau([Fait {
                sujet: Sujet::Lien { adulte: personne(3), enfant: personne(2) },
                fait: "recuperer".into(),
                valeur: ValeurFait::Choix("interdit".into()),
                valable_du: "2025-01-01".parse().unwrap(),
                valable_au: au.map(|d| d.parse().unwrap()),
                connu_le: "2025-01-02T00:00:00Z".parse().unwrap(),
                source: SourceFait::Agent(AgentId::neuf([9; 16])),
                valide_par: None,
            }])
        };
        let tient = |n, services: &[String], faits: &FaitsDates| {
            obstacles(faits, &personne(n), services, |f| f == "recuperer", (jour, le))
        };
        let decide = [Obstacle::Decision { fait: "recuperer".into() }];
        assert_eq!(tient(3, &[], &interdit(None)), decide);
        assert_eq!(tient(2, &[], &interdit(None)), decide, "the child whom it protects too");
        assert_eq!(tient(3, &[], &interdit(Some("2025-08-31"))), [], "over");
        let cantine = ["cantine".to_owned()];
        let inscrit = tient(2, &cantine, &FaitsDates::default());
        let agent = Auteur::Agent { agent: AgentId::neuf([9; 16]), roles: vec![] };
        let retire = |n, motif, confirme, obstacles: &[Obstacle]| {
            let qui = personne(n);
            let retrait = Retrait { personne: &qui, motif, confirme };
            super::retire(&foyer, retrait, obstacles, &agent, (le, jour)).map_err(|r| r.regle.to_string())
        };
        assert_eq!(retire(2, "parti", false, &inscrit).unwrap_err(), "foyer.retrait.obstacles");
        assert_eq!(retire(3, " ", false, &[]).unwrap_err(), "foyer.retrait.motif");
        assert_eq!(retire(1, "parti", true, &[]).unwrap_err(), "foyer.retrait.titulaire");
        assert_eq!(retire(7, "parti", true, &[]).unwrap_err(), "foyer.retrait");
        let fait = retire(2, "parti", true, &inscrit).unwrap();
        let [Ecriture::FinInscription { service, au, .. }, Ecriture::FinMembre { personne: parti, .. }] =
            &fait.ecritures[..]
        else {
            panic!("{:?}", fait.ecritures)
        };
        assert_eq!((service.as_str(), *au, parti), ("cantine", jour, &personne(2)));
        assert_eq!((fait.entree.seq, fait.trace.len()), (5, 1));
    }
}
