//! The demonstration of an empty data folder: two families that the town knows, one that arrives and one agent a town, all
//! invented.

use engine::commune::Commune;
use engine::decision::{Auteur, Decision, Ecriture};
use engine::foyer::{Fait, Genre, SourceFait, Sujet, ValeurFait};
use engine::identifiant::{AgentId, Alea, CommuneSlug, FoyerId, PersonneId};
use engine::vocabulaire::Origine;
use engine_store::{CleIdempotence, Commis, Erreur, Portee, Store};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rules::valeur::Domaine;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::alea::alea;

/// Where the logins are kept.
const REGLAGE: &str = "demonstration.comptes";

/// Since when the town knows them: before any day that the demonstration shows.
const CONNU_DEPUIS: Date = Date::constant(2020, 1, 1);

/// Since when the family that arrives waits.
const ARRIVE_LE: Date = Date::constant(2025, 8, 20);

/// How many years of attestations they gave.
const ANNEES: i16 = 16;

/// A login of the demonstration.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Compte {
    /// What the button posts.
    pub(crate) identifiant: String,
    /// What it says.
    pub(crate) libelle: String,
    /// Whom it makes one.
    pub(crate) auteur: Auteur,
}

struct Famille {
    identifiant: &'static str,
    nom: &'static str,
    prenom: &'static str,
    enfants: &'static [(&'static str, &'static str)],
    quotient: Option<i64>,
    /// Lives in the last zone of each list (outside), rather than in the first.
    dehors: bool,
    /// Its account has just declared it: the town does not know it yet.
    arrive: bool,
}

const FAMILLES: [Famille; 3] = [
    Famille {
        identifiant: "durand",
        nom: "Durand",
        prenom: "Camille",
        enfants: &[("Léa", "2018-05-14"), ("Tom", "2020-11-02")],
        quotient: Some(640),
        dehors: false,
        arrive: false,
    },
    Famille {
        identifiant: "martin",
        nom: "Martin",
        prenom: "Dominique",
        enfants: &[("Zoé", "2017-02-23")],
        quotient: None,
        dehors: true,
        arrive: false,
    },
    Famille {
        identifiant: "arrivee",
        nom: "Petit",
        prenom: "Alex",
        enfants: &[],
        quotient: None,
        dehors: false,
        arrive: true,
    },
];

/// The logins of a town: made the first time.
pub(crate) async fn comptes(
    store: &Store,
    commune: &Commune,
    slug: &CommuneSlug,
) -> Result<Vec<Compte>, Erreur> {
    let portee = store.portee_de_commande(slug, "demonstration");
    if let Some(texte) = store.reglage(&portee, REGLAGE).await? {
        return Ok(serde_json::from_str(&texte)?);
    }
    // the banner may set the clock back: what is known of these families was known long before
    let le = CONNU_DEPUIS.to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |z| z.timestamp());
    let mut comptes = Vec::new();
    for famille in &FAMILLES {
        comptes.push(cree(store, &portee, commune, famille, le).await?);
    }
    comptes.push(Compte {
        identifiant: "agent".to_owned(),
        libelle: format!("Agent – {}", commune.nom),
        auteur: Auteur::Agent {
            agent: AgentId::neuf(agent_de(&comptes)),
            roles: commune.contacts.iter().map(|c| c.id.clone()).collect(),
        },
    });
    store.regle(&portee, REGLAGE.to_owned(), serde_json::to_string(&comptes)?).await?;
    Ok(comptes)
}

async fn cree(
    store: &Store,
    portee: &Portee,
    commune: &Commune,
    famille: &Famille,
    le: Timestamp,
) -> Result<Compte, Erreur> {
    let mut tirage = Alea::nouveau(alea()?);
    let foyer = FoyerId::neuf(tirage.tire());
    let personne = PersonneId::neuf(tirage.tire());
    let mut ecritures = vec![Ecriture::Foyer(foyer.clone())];
    let membre = |personne: &PersonneId, genre| Ecriture::Membre {
        foyer: foyer.clone(),
        personne: personne.clone(),
        genre,
        depuis: le,
    };
    let fait = |sujet: &Sujet, nom: &str, valeur: ValeurFait, valable_du: Date| {
        Ecriture::Fait(Fait {
            sujet: sujet.clone(),
            fait: nom.to_owned(),
            valeur,
            valable_du,
            valable_au: None,
            connu_le: le,
            source: SourceFait::Import("démonstration".to_owned()),
            valide_par: None,
        })
    };
    let texte = |t: &str| ValeurFait::Texte(t.to_owned());
    ecritures.push(membre(&personne, Genre::Responsable));
    let lui = Sujet::Personne(personne.clone());
    ecritures.push(fait(&lui, "nom", texte(famille.nom), CONNU_DEPUIS));
    ecritures.push(fait(&lui, "prenom", texte(famille.prenom), CONNU_DEPUIS));
    ecritures.push(fait(
        &lui,
        "courriel",
        texte(&format!("{}@exemple.fr", famille.identifiant)),
        CONNU_DEPUIS,
    ));
    for (prenom, naissance) in famille.enfants {
        let enfant = PersonneId::neuf(tirage.tire());
        ecritures.push(membre(&enfant, Genre::Enfant));
        let sujet = Sujet::Personne(enfant);
        ecritures.push(fait(&sujet, "nom", texte(famille.nom), CONNU_DEPUIS));
        ecritures.push(fait(&sujet, "prenom", texte(prenom), CONNU_DEPUIS));
        if let Ok(date) = naissance.parse() {
            ecritures.push(fait(&sujet, "naissance", ValeurFait::Date(date), CONNU_DEPUIS));
        }
    }
    let sien = Sujet::Foyer(foyer.clone());
    for (_, symbole) in commune.vocabulaire.iter() {
        match (&symbole.origine, &symbole.domaine) {
            (Origine::Zonage(_), Domaine::Choix(zones)) => {
                let zone = if famille.dehors { zones.last() } else { zones.first() };
                if let Some(zone) = zone {
                    ecritures.push(fait(
                        &sien,
                        &symbole.nom,
                        ValeurFait::Choix(zone.to_string()),
                        CONNU_DEPUIS,
                    ));
                }
            }
            (Origine::Enregistre, _) if symbole.nom == "quotient" => {
                // an attestation a year: whatever year the banner shows, one is in force
                let annees = CONNU_DEPUIS.year()..CONNU_DEPUIS.year() + ANNEES;
                for (q, annee) in famille.quotient.iter().flat_map(|q| annees.clone().map(move |a| (*q, a))) {
                    let du = Date::new(annee, 1, 1).unwrap_or(CONNU_DEPUIS);
                    ecritures.push(fait(&sien, &symbole.nom, ValeurFait::Nombre(q.into()), du));
                }
            }
            _ => {}
        }
    }
    if famille.arrive {
        let (foyer, personne) = (foyer.clone(), personne.clone());
        let le = ARRIVE_LE.to_zoned(TimeZone::UTC).map_or(le, |z| z.timestamp());
        ecritures.push(Ecriture::Rattachement { foyer, personne, le });
    }
    let decision = Decision::du_systeme(&foyer, 1, le, "demonstration", ecritures);
    let compte = Compte {
        identifiant: famille.identifiant.to_owned(),
        libelle: if famille.arrive {
            "Famille qui arrive".to_owned()
        } else {
            format!("Famille {}", famille.nom)
        },
        auteur: Auteur::Parent { personne, foyer },
    };
    // two first visitors at once: one makes the family, the other finds it
    let cle = CleIdempotence {
        cle: format!("demonstration:{}", famille.identifiant),
        corps: [0; 32],
        reponse: serde_json::to_string(&compte)?,
    };
    match store.commet(portee, decision, Some(cle)).await? {
        Commis::Ecrit { .. } => Ok(compte),
        Commis::Deja { reponse } => Ok(serde_json::from_str(&reponse)?),
    }
}

/// The agent of these families: whoever makes them finds the same one.
fn agent_de(comptes: &[Compte]) -> [u8; 16] {
    let mut empreinte = Sha256::new().chain_update("agent");
    for compte in comptes {
        if let Some(foyer) = compte.auteur.foyer() {
            empreinte.update(foyer.as_str());
        }
    }
    let mut octets = [0; 16];
    for (cible, source) in octets.iter_mut().zip(empreinte.finalize()) {
        *cible = source;
    }
    octets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn dix_premiers_visiteurs_trouvent_les_memes_comptes() {
        let dossier = tempfile::tempdir().unwrap();
        let store = Store::sqlite(dossier.path()).await.unwrap();
        let slug = CommuneSlug::lit("ham").unwrap();
        let racine = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../communes");
        let dossiers = crate::folders::Dossiers::lit(&[racine]).unwrap();
        let commune = engine::definition::resolve::charge(&dossiers.sources, "ham").commune.unwrap();
        let visiteurs: Vec<_> = (0..10)
            .map(|_| {
                let (store, commune, slug) = (store.clone(), commune.clone(), slug.clone());
                tokio::spawn(async move { comptes(&store, &commune, &slug).await.unwrap() })
            })
            .collect();
        let mut vus = std::collections::BTreeSet::new();
        for visiteur in visiteurs {
            vus.insert(serde_json::to_string(&visiteur.await.unwrap()).unwrap());
        }
        assert_eq!(vus.len(), 1, "{vus:?}");
        let portee = store.portee_de_commande(&slug, "essai");
        assert_eq!(store.foyers(&portee, 10).await.unwrap().len(), FAMILLES.len());
    }
}
