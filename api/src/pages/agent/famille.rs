//! A household's sheet for agents: who is in it, two sheets that may be one person, somebody taken out with a reason.

use std::collections::BTreeSet;

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::decision::{Agregat, Decision, Refus};
use engine::foyer::{self, Droit, DroitPose, FaitsDates, Foyer, Genre, Obstacle, Retrait};
use engine::identifiant::{FoyerId, PersonneId};
use engine_store::{EntreeLue, Erreur, EtatRapprochement, FoyerLu, Inscription};
use forms::formulaire::lit_date;
use forms::foyer::Lecteur;
use forms::vues::{MembreInstruit, PageFamille};
use jiff::Timestamp;
use rules::date_fr;

use crate::attachment;
use crate::facts;
use crate::pages::connexion::Retour;
use crate::pages::dossier::{champ, cle};
use crate::pages::{Arret, page, page_interdite, page_introuvable};
use crate::session::Agent;

/// Entries of its journal shown: the newest.
const PASSAGES: usize = 10;

type Paires = Form<Vec<(String, String)>>;

/// What was typed about somebody, and why nothing was done.
#[derive(Default)]
struct Saisie<'s> {
    personne: &'s str,
    motif: &'s str,
    faute: String,
    refus: String,
    droit: String,
}

/// A household as it was read, and by whom.
struct Famille<'a> {
    agent: &'a Agent,
    foyer: Foyer,
    faits: FaitsDates,
    inscriptions: Vec<Inscription>,
    connu_au: Timestamp,
    /// Names of the facts that this agent does not read.
    caches: BTreeSet<String>,
}

impl Famille<'_> {
    fn lecteur(&self) -> Lecteur<'_> {
        Lecteur {
            personne: None,
            caches: &self.caches,
            jour: super::aujourdhui(self.agent),
            connu_au: self.connu_au,
        }
    }

    /// Is what a court decided hidden from this agent?
    fn cache_une_decision(&self) -> bool {
        let judiciaires = self.agent.visiteur.commune.vocabulaire.de_sensibilite("judiciaire");
        let droits = Droit::TOUS.map(Droit::fait);
        judiciaires.iter().map(String::as_str).chain(droits).any(|f| self.caches.contains(f))
    }

    /// What hangs on somebody of it today.
    fn obstacles(&self, personne: &PersonneId) -> Vec<Obstacle> {
        let siennes =
            self.inscriptions.iter().filter(|i| i.au.is_none() && i.enfant.as_ref() == Some(personne));
        let mut services: Vec<String> = siennes.map(|i| i.service.clone()).collect();
        services.dedup();
        let judiciaires = self.agent.visiteur.commune.vocabulaire.de_sensibilite("judiciaire");
        let quand = (super::aujourdhui(self.agent), self.connu_au);
        let decide = |f: &str| judiciaires.contains(f) || Droit::lit(f).is_some();
        foyer::obstacles(&self.faits, personne, &services, decide, quand)
    }
}

async fn lit<'a>(agent: &'a Agent, id: &str) -> Result<Famille<'a>, Arret> {
    let visiteur = &agent.visiteur;
    super::recoit_les_familles(agent)?;
    let introuvable = || Arret::from(page_introuvable(&visiteur.etat, &visiteur.chemin));
    let id = FoyerId::lit(id).map_err(|_| introuvable())?;
    let (store, portee) = (&visiteur.etat.store, &agent.session.portee);
    let panne = |e: Erreur| Arret::from(visiteur.etat.panne(&e));
    let FoyerLu { foyer, faits } = store.famille(portee, &id).await.map_err(panne)?;
    let foyer = foyer.ok_or_else(introuvable)?;
    let inscriptions = store.inscriptions(portee, &id).await.map_err(panne)?;
    let caches = facts::caches(&visiteur.commune, portee.auteur());
    Ok(Famille { agent, foyer, faits, inscriptions, connu_au: visiteur.etat.horloge.maintenant(), caches })
}

/// `GET /{slug}/agent/foyers/{foyer}`
pub(super) async fn famille(
    agent: Agent,
    Path((_, id)): Path<(String, String)>,
    retour: Retour,
) -> Result<Response, Arret> {
    let lue = lit(&agent, &id).await?;
    montre(&lue, &Saisie::default(), &retour).await
}

async fn montre(lue: &Famille<'_>, saisie: &Saisie<'_>, retour: &Retour) -> Result<Response, Arret> {
    let visiteur = &lue.agent.visiteur;
    let (etat, portee) = (&visiteur.etat, &lue.agent.session.portee);
    let panne = |e: Erreur| Arret::from(etat.panne(&e));
    let rapprochements = etat.store.rapprochements_du_foyer(portee, &lue.foyer.id).await.map_err(panne)?;
    let journal = etat.store.journal(portee, &Agregat::Foyer(lue.foyer.id.clone())).await.map_err(panne)?;
    let commune = &visiteur.commune;
    let lecteur = lue.lecteur();
    // written down before it is shown
    let lus = sensibles_montres(lue);
    if !lus.is_empty() {
        let detail = Some(lus.into_iter().collect::<Vec<_>>().join(","));
        etat.store
            .consigne(portee, &lue.foyer.id, "lire_donnees_sensibles", detail, lue.connu_au)
            .await
            .map_err(panne)?;
    }
    let attendues: Vec<_> =
        rapprochements.iter().filter(|r| r.etat == EtatRapprochement::EnAttente).collect();
    let mut cadre = visiteur.cadre(&titre(lue, lecteur));
    cadre.avis = retour.avis();
    let vue = PageFamille {
        cadre,
        doublons: attendues
            .iter()
            .map(|r| forms::foyer::doublon(commune, &lue.faits, (&r.declaree, &r.connue), lecteur))
            .collect(),
        membres: membres(lue, lecteur, saisie),
        adultes: nommes(lue, lecteur, |g| {
            g != Genre::Enfant && !lue.caches.contains(Droit::Recuperer.fait())
        }),
        enfants: nommes(lue, lecteur, |g| g == Genre::Enfant),
        droits: Droit::TOUS.map(|d| (d.fait().to_owned(), d.en_mots().to_owned())).to_vec(),
        faute_droit: saisie.droit.clone(),
        foyer: forms::foyer::du_foyer(commune, &lue.foyer, &lue.faits, lecteur),
        journal: journal.iter().rev().take(PASSAGES).map(|e| passage(lue, e)).collect(),
        refus: saisie.refus.clone(),
        jeton: lue.agent.session.jeton_de_formulaire(),
        adresse: format!("/{}/agent/foyers/{}", visiteur.slug, lue.foyer.id),
    };
    let faux = [&saisie.refus, &saisie.faute, &saisie.droit].iter().any(|t| !t.is_empty());
    let code = if faux { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(page(etat, code, &vue))
}

/// Those of these kinds: their id, their name.
fn nommes(lue: &Famille<'_>, lecteur: Lecteur<'_>, genre: impl Fn(Genre) -> bool) -> Vec<(String, String)> {
    let siens = lue.foyer.membres.iter().filter(|m| genre(m.genre));
    siens.map(|m| (m.personne.to_string(), forms::foyer::nom(&lue.faits, &m.personne, lecteur))).collect()
}

/// « Famille Durand »
fn titre(lue: &Famille<'_>, lecteur: Lecteur<'_>) -> String {
    let titulaire = lue.foyer.membres.iter().find(|m| m.genre == Genre::Responsable);
    let nom = titulaire.map(|m| forms::foyer::nom(&lue.faits, &m.personne, lecteur)).unwrap_or_default();
    if nom.is_empty() { "Une famille".to_owned() } else { format!("Famille de {nom}") }
}

/// Names of the sensitive facts that this page shows.
fn sensibles_montres(lue: &Famille<'_>) -> BTreeSet<String> {
    let sensibles = facts::sensibles(&lue.agent.visiteur.commune);
    let connus =
        lue.faits.iter().map(|f| &f.fait).filter(|f| sensibles.contains(*f) && !lue.caches.contains(*f));
    connus.cloned().collect()
}

fn membres(lue: &Famille<'_>, lecteur: Lecteur<'_>, saisie: &Saisie<'_>) -> Vec<MembreInstruit> {
    let commune = &lue.agent.visiteur.commune;
    let vus = forms::foyer::membres(commune, &lue.foyer, &lue.faits, lecteur);
    vus.into_iter()
        .map(|(membre, vu)| {
            let sien = saisie.personne == membre.personne.as_str();
            MembreInstruit {
                retirable: membre.genre != Genre::Responsable,
                obstacles: lue.obstacles(&membre.personne).iter().map(|o| obstacle(lue, o)).collect(),
                motif: if sien { saisie.motif.to_owned() } else { String::new() },
                faute: if sien { saisie.faute.clone() } else { String::new() },
                personne: membre.personne.to_string(),
                membre: vu,
            }
        })
        .collect()
}

fn obstacle(lue: &Famille<'_>, obstacle: &Obstacle) -> String {
    let commune = &lue.agent.visiteur.commune;
    match obstacle {
        Obstacle::Inscription { service } => {
            let nom = commune.services.iter().find(|s| s.id == *service).map_or(service.as_str(), |s| &s.nom);
            format!("Son inscription est ouverte : {nom}. Elle prendra fin aujourd’hui.")
        }
        Obstacle::Decision { .. } => {
            "Une décision de justice concerne cette personne : elle reste au dossier.".to_owned()
        }
    }
}

/// An entry of its journal, in words.
fn passage(lue: &Famille<'_>, EntreeLue { entree, .. }: &EntreeLue) -> (String, String) {
    let fuseau = lue.agent.visiteur.commune.fuseau.clone();
    let quoi = match entree.evenement.as_str() {
        "reunir" => "Le foyer déclaré par un compte a rejoint celui-ci".to_owned(),
        "rapprocher" => "Deux fiches sont devenues une seule personne".to_owned(),
        "distinguer" => "Deux fiches semblables sont deux personnes".to_owned(),
        "ecrire_droit" => "Un droit sur un enfant a été écrit".to_owned(),
        // why may be what a court decided
        "retirer_personne" => match entree.detail.as_deref().filter(|_| !lue.cache_une_decision()) {
            Some(motif) => format!("Une personne a quitté le foyer : {motif}"),
            None => "Une personne a quitté le foyer".to_owned(),
        },
        autre => autre.replace('_', " "),
    };
    (date_fr::instant(entree.le.to_zoned(fuseau).datetime()), quoi)
}

/// `POST /{slug}/agent/foyers/{foyer}/rapprochement`
pub(super) async fn rapproche(
    agent: Agent,
    Path((_, id)): Path<(String, String)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    cle(&agent.visiteur, &agent.session, &paires)?;
    let lue = lit(&agent, &id).await?;
    let visiteur = &agent.visiteur;
    let deux = (PersonneId::lit(champ(&paires, "declaree")), PersonneId::lit(champ(&paires, "connue")));
    let (Ok(declaree), Ok(connue), meme @ ("meme" | "autre")) = (deux.0, deux.1, champ(&paires, "geste"))
    else {
        return Ok(page_introuvable(&visiteur.etat, &visiteur.chemin));
    };
    let auteur = agent.session.portee.auteur();
    // it is not undone: whoever says which household an account belongs to says who is in it
    if !attachment::rattache(&visiteur.commune, auteur) {
        return Ok(page_interdite(visiteur));
    }
    let decision = foyer::tranche(&lue.foyer, (&declaree, &connue), meme == "meme", auteur, lue.connu_au);
    commet(&lue, Ok(decision), Saisie::default()).await
}

/// `POST /{slug}/agent/foyers/{foyer}/retrait`
pub(super) async fn retire(
    agent: Agent,
    Path((_, id)): Path<(String, String)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    cle(&agent.visiteur, &agent.session, &paires)?;
    let lue = lit(&agent, &id).await?;
    let visiteur = &agent.visiteur;
    let Ok(personne) = PersonneId::lit(champ(&paires, "personne")) else {
        return Ok(page_introuvable(&visiteur.etat, &visiteur.chemin));
    };
    let motif = champ(&paires, "motif");
    let retrait = Retrait { personne: &personne, motif, confirme: champ(&paires, "confirme") == "oui" };
    let obstacles = lue.obstacles(&personne);
    // nobody overrides what they may not read
    let decide = obstacles.iter().any(|o| matches!(o, Obstacle::Decision { .. }));
    if decide && lue.cache_une_decision() {
        return Ok(page_interdite(visiteur));
    }
    let quand = (lue.connu_au, super::aujourdhui(&agent));
    let decision = foyer::retire(&lue.foyer, retrait, &obstacles, agent.session.portee.auteur(), quand);
    let saisie = Saisie { personne: champ(&paires, "personne"), motif, ..Saisie::default() };
    commet(&lue, decision, saisie).await
}

/// `POST /{slug}/agent/foyers/{foyer}/droits`: for whoever may read them.
pub(super) async fn ecrit_un_droit(
    agent: Agent,
    Path((_, id)): Path<(String, String)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    cle(&agent.visiteur, &agent.session, &paires)?;
    let lue = lit(&agent, &id).await?;
    let visiteur = &agent.visiteur;
    let auteur = agent.session.portee.auteur();
    if lue.caches.contains(Droit::Recuperer.fait()) {
        return Ok(page_interdite(visiteur));
    }
    let qui = (PersonneId::lit(champ(&paires, "adulte")), PersonneId::lit(champ(&paires, "enfant")));
    let (Ok(adulte), Ok(enfant), Some(droit)) = (qui.0, qui.1, Droit::lit(champ(&paires, "droit"))) else {
        return Ok(page_introuvable(&visiteur.etat, &visiteur.chemin));
    };
    let (du, au) = (champ(&paires, "du").trim(), champ(&paires, "au").trim());
    let du = if du.is_empty() { Some(super::aujourdhui(&agent)) } else { lit_date(du) };
    let au = if au.is_empty() { Some(None) } else { lit_date(au).map(Some) };
    let (Some(du), Some(au)) = (du, au) else {
        let droit = "Écrivez une date, par exemple 01/09/2025.".to_owned();
        return montre(&lue, &Saisie { droit, ..Saisie::default() }, &Retour::default()).await;
    };
    let permis = champ(&paires, "permis") != "non";
    let preuve = champ(&paires, "preuve");
    let voulu = DroitPose { adulte: &adulte, enfant: &enfant, droit, permis, du, au, preuve };
    match foyer::pose(&lue.foyer, &voulu, auteur, lue.connu_au) {
        Ok(decision) => commet(&lue, Ok(decision), Saisie::default()).await,
        Err(refus) => {
            let saisie = Saisie { droit: refus.motif.to_string(), ..Saisie::default() };
            montre(&lue, &saisie, &Retour::default()).await
        }
    }
}

async fn commet(
    lue: &Famille<'_>,
    decision: Result<Decision, Refus>,
    saisie: Saisie<'_>,
) -> Result<Response, Arret> {
    let visiteur = &lue.agent.visiteur;
    let decision = match decision {
        Ok(decision) => decision,
        Err(refus) => {
            let saisie = Saisie { faute: refus.motif.to_string(), ..saisie };
            return montre(lue, &saisie, &Retour::default()).await;
        }
    };
    match visiteur.etat.store.commet(&lue.agent.session.portee, decision, None).await {
        Ok(_) => {
            let la = format!("/{}/agent/foyers/{}?fait=agir", visiteur.slug, lue.foyer.id);
            Ok(Redirect::to(&la).into_response())
        }
        Err(Erreur::Garde(_)) => {
            let refus = "Cette famille vient de changer : relisez-la, puis recommencez.".to_owned();
            montre(lue, &Saisie { refus, ..saisie }, &Retour::default()).await
        }
        Err(erreur) => Err(visiteur.etat.panne(&erreur).into()),
    }
}
