//! Accounts that the service makes for families that it knows: a link by mail, and never a password.

use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::cle_enfance::Modes as _;
use engine::compte::{self, Compte, EtatCompte, courriel_normalise};
use engine::decision::{Auteur, Decision, Ecriture};
use engine::foyer::{Fait, FaitsDates, Genre, SourceFait, Sujet, ValeurFait};
use engine::identifiant::{AgentId, Alea, CompteId, FoyerId, PersonneId};
use engine_store::{Erreur, FoyerLu};
use forms::vues::{FamilleAOuvrir, Genre as Ton, PageComptes, ResponsableAOuvrir};

use crate::alea::alea;
use crate::attachment;
use crate::facts;
use crate::pages::compte::{Manque, commet, lien_d_activation};
use crate::pages::connexion::Retour;
use crate::pages::dossier::{champ, cle};
use crate::pages::{Arret, page, page_interdite, page_introuvable};
use crate::session::Agent;

/// Most families shown: beyond, the name is to be typed further.
const FAMILLES: usize = 20;

type Paires = Form<Vec<(String, String)>>;

/// What was typed about somebody, and why it is not done.
#[derive(Default)]
struct Essai<'e> {
    nom: Option<&'e str>,
    personne: &'e str,
    courriel: &'e str,
    faute: &'e str,
}

/// Name of the letter; the page of a town that makes no account does not exist, and another service's agent makes none.
fn lettre(agent: &Agent) -> Result<&str, Arret> {
    let visiteur = &agent.visiteur;
    if !attachment::rattache(&visiteur.commune, agent.session.portee.auteur()) {
        return Err(page_interdite(visiteur).into());
    }
    let lettre = visiteur.commune.cle_enfance.precree();
    lettre.ok_or_else(|| page_introuvable(&visiteur.etat, &visiteur.chemin).into())
}

/// `GET /{slug}/agent/comptes`
pub(super) async fn comptes(agent: Agent, retour: Retour) -> Result<Response, Arret> {
    lettre(&agent)?;
    montre(&agent, &Essai::default(), &retour).await
}

async fn montre(agent: &Agent, essai: &Essai<'_>, retour: &Retour) -> Result<Response, Arret> {
    let visiteur = &agent.visiteur;
    let mut familles = Vec::new();
    if let Some(nom) = essai.nom {
        familles = self::familles(agent, nom, essai).await.map_err(|e| visiteur.etat.panne(&e))?;
    }
    let mut cadre = visiteur.cadre("Espaces à ouvrir");
    cadre.avis = retour.avis();
    let vue = PageComptes {
        cadre,
        cherche: essai.nom.is_some(),
        recherche: essai.nom.unwrap_or_default().to_owned(),
        familles,
        delai: visiteur.commune.compte.delai_activation.en_mots(),
        jeton: agent.session.jeton_de_formulaire(),
        action: format!("/{}/agent/comptes", visiteur.slug),
    };
    let code = if essai.faute.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(page(&visiteur.etat, code, &vue))
}

async fn familles(agent: &Agent, nom: &str, essai: &Essai<'_>) -> Result<Vec<FamilleAOuvrir>, Erreur> {
    let (etat, portee) = (&agent.visiteur.etat, &agent.session.portee);
    let (maintenant, jour) = (etat.horloge.maintenant(), super::aujourdhui(agent));
    let mut familles = Vec::new();
    for id in etat.store.cherche_foyers(portee, nom, FAMILLES).await? {
        // a household that an account declared is not one that the town knows
        if !attachment::est_connu(&etat.store, portee, &id).await? {
            continue;
        }
        let FoyerLu { foyer: Some(foyer), faits } = etat.store.famille(portee, &id).await? else { continue };
        let comptes = etat.store.comptes_du_foyer(portee, &id).await?;
        let texte = |p: &PersonneId, fait| facts::texte(&faits, p, fait, jour, maintenant);
        let responsables = foyer.membres.iter().filter(|m| m.genre.est_responsable()).map(|m| {
            let vivant = du_responsable(&comptes, &m.personne);
            let sien = essai.personne == m.personne.as_str();
            let (etat, genre) = match vivant.map(|c| c.etat) {
                Some(EtatCompte::Actif) => ("Espace ouvert", Ton::Succes),
                Some(_) => ("Lien envoyé, à activer", Ton::Alerte),
                None => ("", Ton::Info),
            };
            ResponsableAOuvrir {
                personne: m.personne.to_string(),
                nom: format!("{} {}", texte(&m.personne, "prenom"), texte(&m.personne, "nom"))
                    .trim()
                    .to_owned(),
                etat: etat.to_owned(),
                genre,
                courriel: match vivant {
                    _ if sien => essai.courriel.to_owned(),
                    Some(compte) => compte.courriel.clone(),
                    None => texte(&m.personne, "courriel"),
                },
                ouvert: vivant.is_some_and(|c| c.etat == EtatCompte::Actif),
                attend: vivant.is_some_and(|c| c.etat == EtatCompte::EnAttente),
                faute: if sien { essai.faute.to_owned() } else { String::new() },
            }
        });
        let responsables: Vec<ResponsableAOuvrir> = responsables.collect();
        let enfants = foyer.membres.iter().filter(|m| m.genre == Genre::Enfant);
        let mut enfants: Vec<String> = enfants.map(|m| texte(&m.personne, "prenom")).collect();
        enfants.sort();
        familles.push(FamilleAOuvrir {
            foyer: id.to_string(),
            nom: responsables.iter().map(|r| r.nom.as_str()).collect::<Vec<_>>().join(", "),
            enfants: enfants.join(", "),
            responsables,
        });
    }
    Ok(familles)
}

/// The account that somebody has, or waits to activate.
fn du_responsable<'c>(comptes: &'c [Compte], personne: &PersonneId) -> Option<&'c Compte> {
    let siens = comptes.iter().filter(|c| c.auteur.as_ref().and_then(Auteur::personne) == Some(personne));
    siens.filter(|c| c.etat != EtatCompte::Ferme).max_by_key(|c| c.etat == EtatCompte::Actif)
}

/// `POST /{slug}/agent/comptes`: looks for a family (a name never goes in an address), or opens a guardian's space.
pub(super) async fn agit(agent: Agent, Form(paires): Paires) -> Result<Response, Arret> {
    let modele = lettre(&agent)?.to_owned();
    let visiteur = &agent.visiteur;
    cle(visiteur, &agent.session, &paires)?;
    let nom: String = champ(&paires, "nom").trim().chars().take(80).collect();
    let essai = Essai {
        nom: Some(&nom),
        personne: champ(&paires, "ouvrir"),
        courriel: champ(&paires, "courriel").trim(),
        faute: "",
    };
    if essai.personne.is_empty() {
        return montre(&agent, &essai, &Retour::default()).await;
    }
    let (Ok(foyer), Ok(personne)) = (FoyerId::lit(champ(&paires, "foyer")), PersonneId::lit(essai.personne))
    else {
        return Ok(page_introuvable(&visiteur.etat, &visiteur.chemin));
    };
    match ouvre(&agent, &modele, (&foyer, &personne), essai.courriel).await? {
        Ok(()) => {
            let la = format!("/{}/agent/comptes?fait=compte_ouvert", visiteur.slug);
            Ok(Redirect::to(&la).into_response())
        }
        Err(faute) => montre(&agent, &Essai { faute, ..essai }, &Retour::default()).await,
    }
}

/// Opens it, or sends another link; inside, why not, for the agent.
async fn ouvre(
    agent: &Agent,
    modele: &str,
    (foyer, personne): (&FoyerId, &PersonneId),
    saisi: &str,
) -> Result<Result<(), &'static str>, Arret> {
    let visiteur = &agent.visiteur;
    let (etat, portee) = (&visiteur.etat, &agent.session.portee);
    let panne = |e: Erreur| Arret::from(etat.panne(&e));
    let Ok(courriel) = courriel_normalise(saisi) else {
        return Ok(Err(
            "Écrivez l’adresse électronique de la famille, par exemple camille.durand@exemple.fr.",
        ));
    };
    let FoyerLu { foyer: lu, faits } = etat.store.famille(portee, foyer).await.map_err(panne)?;
    let connu = attachment::est_connu(&etat.store, portee, foyer).await.map_err(panne)?;
    let responsable = lu
        .filter(|_| connu)
        .is_some_and(|f| f.membres.iter().any(|m| m.personne == *personne && m.genre.est_responsable()));
    if !responsable {
        return Err(page_introuvable(etat, &visiteur.chemin).into());
    }
    let comptes = etat.store.comptes_du_foyer(portee, foyer).await.map_err(panne)?;
    let pris = etat.store.compte_nomme(&visiteur.slug, &courriel).await.map_err(panne)?;
    if pris.is_some() {
        return Ok(Err("Un espace est déjà ouvert avec cette adresse : la famille peut s’y connecter."));
    }
    let le = etat.horloge.maintenant();
    let lien = lien_d_activation(visiteur, le)?;
    let par = portee.auteur().clone();
    let decision = match du_responsable(&comptes, personne) {
        Some(compte) if compte.etat == EtatCompte::Actif => {
            return Ok(Err("Son espace est déjà ouvert."));
        }
        Some(compte) => {
            let corrige = Compte { courriel: courriel.clone(), ..compte.clone() };
            compte::rappelle(&corrige, lien, modele, (par.clone(), le))
        }
        None => {
            let mut tirage = Alea::nouveau(alea().map_err(|e| etat.panne(&e))?);
            let id = CompteId::neuf(tirage.tire());
            let neuf = Compte::de_famille((id, (personne.clone(), foyer.clone())), courriel.clone(), le);
            compte::ouvre(neuf, lien, Some(modele), par.clone(), le)
        }
    };
    let jour = super::aujourdhui(agent);
    let decision = Decision {
        ecritures: avec_courriel(decision.ecritures, &faits, personne, (&courriel, jour, le), &par),
        ..decision
    };
    match commet(visiteur, vec![decision]).await {
        Ok(()) => Ok(Ok(())),
        Err(Manque::Store(erreur)) => Err(etat.panne(&erreur).into()),
        Err(_) => Ok(Err("Un autre agent vient d’agir pour cette famille : cherchez-la de nouveau.")),
    }
}

/// What is written besides: the address that the agent typed, where it is not the one known.
fn avec_courriel(
    mut ecritures: Vec<Ecriture>,
    faits: &FaitsDates,
    personne: &PersonneId,
    (courriel, jour, le): (&str, jiff::civil::Date, jiff::Timestamp),
    par: &Auteur,
) -> Vec<Ecriture> {
    let connu = facts::texte(faits, personne, "courriel", jour, le);
    let agent: Option<AgentId> = par.agent().cloned();
    if let Some(agent) = agent.filter(|_| !connu.eq_ignore_ascii_case(courriel)) {
        ecritures.push(Ecriture::Fait(Fait {
            sujet: Sujet::Personne(personne.clone()),
            fait: "courriel".to_owned(),
            valeur: ValeurFait::Texte(courriel.to_owned()),
            valable_du: jour,
            valable_au: None,
            connu_le: le,
            source: SourceFait::Agent(agent.clone()),
            valide_par: Some(agent),
        }));
    }
    ecritures
}
