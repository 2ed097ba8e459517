//! The agents' desk: what waits, a file to examine, several at once, the counter, the journal.

mod agents;
mod cles;
mod completude;
mod comptes;
mod document;
mod documents;
mod envois;
mod famille;
mod guichet;
mod instruction;
mod liste;
mod lot;
mod rattachements;
mod travail;

use engine::demarche::{Demarche, Dossier, agent_concerne};
use engine::identifiant::{FoyerId, PersonneId};
use engine_store::{EnTravail, Erreur};
use forms::vues::Genre;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rules::date_fr;

use crate::acts;
use crate::agents::sert_les_familles;
use crate::pages::{Arret, page_interdite};
use crate::routes::{Acces, Routes};
use crate::session::{Agent, Ouverte, Visiteur};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/{slug}/agent/", Acces::Agent, travail::travail)
        .get("/{slug}/agent/etapes/{demarche}/{etape}", Acces::Agent, liste::etape)
        .get("/{slug}/agent/decidees/{demarche}", Acces::Agent, liste::decidees)
        .post("/{slug}/agent/lot", Acces::Agent, lot::prepare)
        .post("/{slug}/agent/lot/confirme", Acces::Agent, lot::confirme)
        .get("/{slug}/agent/envois", Acces::Agent, envois::envois)
        .post("/{slug}/agent/dossiers/{dossier}/envois", Acces::Agent, envois::decide)
        .get("/{slug}/agent/dossiers/{dossier}", Acces::Agent, instruction::dossier)
        .post("/{slug}/agent/dossiers/{dossier}/actes", Acces::Agent, instruction::acte)
        .post("/{slug}/agent/dossiers/{dossier}/avis", Acces::Agent, instruction::rend_un_avis)
        .post("/{slug}/agent/dossiers/{dossier}/charge", Acces::Agent, instruction::charge)
        .post("/{slug}/agent/dossiers/{dossier}/pieces/{piece}", Acces::Agent, instruction::piece)
        .get("/{slug}/agent/dossiers/{dossier}/pieces/{piece}/{n}", Acces::Agent, document::document)
        .get("/{slug}/agent/dossiers/{dossier}/completude", Acces::Agent, completude::completude)
        .get("/{slug}/agent/documents", Acces::Agent, documents::documents)
        .post("/{slug}/agent/documents", Acces::Agent, documents::juge)
        .get("/{slug}/agent/agents", Acces::Agent, agents::agents)
        .post("/{slug}/agent/agents", Acces::Agent, agents::agit)
        .get("/{slug}/agent/cles", Acces::Agent, cles::cles)
        .post("/{slug}/agent/cles", Acces::Agent, cles::agit)
        .get("/{slug}/agent/comptes", Acces::Agent, comptes::comptes)
        .post("/{slug}/agent/comptes", Acces::Agent, comptes::agit)
        .get("/{slug}/agent/rattachements", Acces::Agent, rattachements::rattachements)
        .post("/{slug}/agent/rattachements", Acces::Agent, rattachements::agit)
        .get("/{slug}/agent/foyers/{foyer}", Acces::Agent, famille::famille)
        .post("/{slug}/agent/foyers/{foyer}/rapprochement", Acces::Agent, famille::rapproche)
        .post("/{slug}/agent/foyers/{foyer}/droits", Acces::Agent, famille::ecrit_un_droit)
        .post("/{slug}/agent/foyers/{foyer}/retrait", Acces::Agent, famille::retire)
        .get("/{slug}/agent/guichet", Acces::Agent, guichet::guichet)
        .post("/{slug}/agent/guichet", Acces::Agent, guichet::cherche)
        .post("/{slug}/agent/guichet/ouvre", Acces::Agent, guichet::ouvre)
        .post("/{slug}/guichet/fin", Acces::Famille, guichet::ferme)
}

/// The procedures in which this agent has something to do, in the town's order; then those retired that files still follow.
fn siennes(agent: &Agent) -> Vec<&Demarche> {
    let auteur = agent.session.portee.auteur();
    let (etat, commune) = (&agent.visiteur.etat, &agent.visiteur.commune);
    let toutes = commune.demarches.iter().chain(etat.retirees(commune));
    let mut siennes: Vec<&Demarche> = Vec::new();
    for demarche in toutes.filter(|d| agent_concerne(d, auteur)) {
        // files may follow several versions of a retired one
        if siennes.iter().all(|d| d.id != demarche.id) {
            siennes.push(demarche);
        }
    }
    siennes
}

/// Is this file one for this agent? What was never sent is the family's, and another service's files are not theirs.
pub(super) fn sien(visiteur: &Visiteur, session: &Ouverte, dossier: &Dossier) -> bool {
    acts::a_instruire(&visiteur.etat, &visiteur.commune, dossier, session.portee.auteur())
}

/// The counter and the families' sheets are for the agents of a service, not for who administers their accounts.
fn recoit_les_familles(agent: &Agent) -> Result<(), Arret> {
    if sert_les_familles(agent.session.portee.auteur()) {
        return Ok(());
    }
    Err(page_interdite(&agent.visiteur).into())
}

/// Today, in the town.
fn aujourdhui(agent: &Agent) -> Date {
    let commune = &agent.visiteur.commune;
    agent.visiteur.etat.horloge.maintenant().to_zoned(commune.fuseau.clone()).date()
}

/// « depuis 12 jours »
fn age(fuseau: &TimeZone, depuis: Timestamp, aujourdhui: Date) -> String {
    let jour = depuis.to_zoned(fuseau.clone()).date();
    match aujourdhui.since(jour).map_or(0, |s| s.get_days()) {
        ..=0 => "depuis aujourd’hui".to_owned(),
        1 => "depuis hier".to_owned(),
        n => format!("depuis {n} jours"),
    }
}

/// How many days before the day of silence an agent is warned.
const ALERTE_JOURS: i32 = 10;

/// The last day to answer, in words, with its tone: silence becomes an answer at `le`, so the day before is the last.
fn limite(fuseau: &TimeZone, le: Option<Timestamp>, aujourdhui: Date) -> (String, Genre) {
    let Some(le) = le else { return (String::new(), Genre::Info) };
    let fin = le.to_zoned(fuseau.clone()).date();
    let dernier = fin.yesterday().unwrap_or(fin);
    let reste = dernier.since(aujourdhui).map_or(0, |s| s.get_days());
    match reste {
        ..=-1 => (format!("{} : délai passé", date_fr::date_courte(dernier)), Genre::Erreur),
        0 => ("aujourd’hui".to_owned(), Genre::Erreur),
        n if n <= ALERTE_JOURS => (date_fr::date_courte(dernier), Genre::Alerte),
        _ => (date_fr::date_courte(dernier), Genre::Info),
    }
}

/// Whom a file is about: the child, else the first person of the household.
async fn sujet(agent: &Agent, dossier: &EnTravail) -> Result<String, Erreur> {
    personne(agent, (dossier.enfant.as_ref(), dossier.foyer.as_ref())).await
}

/// That child's name, else that of whoever answers for the household.
async fn personne(agent: &Agent, de: (Option<&PersonneId>, Option<&FoyerId>)) -> Result<String, Erreur> {
    let (store, portee) = (&agent.visiteur.etat.store, &agent.session.portee);
    let personne = match de {
        (Some(enfant), _) => Some(enfant.clone()),
        (None, Some(foyer)) => store.responsables(portee, foyer).await?.into_iter().next(),
        (None, None) => None,
    };
    let Some(personne) = personne else { return Ok("une demande sans compte".to_owned()) };
    let nom = store.designation(portee, &personne).await?.en_entier();
    Ok(if nom.is_empty() { "sans nom".to_owned() } else { nom })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn le_delai_se_compte_en_jours_pleins() {
        let jour = |t: &str| t.parse::<Date>().unwrap();
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let fin: Timestamp = "2025-11-04T23:00:00Z".parse().unwrap(); // 5 November, 00:00 in Paris
        for (aujourdhui, attendu, genre) in [
            ("2025-09-04", "4 novembre 2025", Genre::Info),
            ("2025-10-25", "4 novembre 2025", Genre::Alerte),
            ("2025-11-04", "aujourd’hui", Genre::Erreur),
            ("2025-11-05", "4 novembre 2025 : délai passé", Genre::Erreur),
        ] {
            assert_eq!(limite(&paris, Some(fin), jour(aujourdhui)), (attendu.to_owned(), genre));
        }
        assert_eq!(age(&paris, fin, jour("2025-11-05")), "depuis aujourd’hui");
        assert_eq!(age(&paris, fin, jour("2025-11-06")), "depuis hier");
        assert_eq!(age(&paris, fin, jour("2025-12-05")), "depuis 30 jours");
    }
}
