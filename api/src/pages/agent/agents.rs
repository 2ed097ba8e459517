//! The agents' accounts, for the town's administrator: listed, opened, closed, their code set again.

use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::compte::{Compte, EtatCompte};
use engine::decision::Auteur;
use engine::identifiant::CompteId;
use forms::formulaire::OptionVue;
use forms::vues::{AgentVu, Genre, PageAgents};

use crate::agents::{Bureau, Neuf, Refuse, Remise, administre, roles};
use crate::pages::connexion::Retour;
use crate::pages::dossier::{Paires, champ, cle};
use crate::pages::{Arret, page, page_interdite};
use crate::session::{Agent, Visiteur};

/// What was typed, and why it was refused.
#[derive(Default)]
struct Essai<'e> {
    refus: String,
    nom: &'e str,
    courriel: &'e str,
    roles: &'e [String],
}

/// What the administrator acts with; nobody else does.
fn bureau(agent: &Agent) -> Result<Bureau<'_>, Arret> {
    let visiteur = &agent.visiteur;
    if !administre(agent.session.portee.auteur()) {
        return Err(page_interdite(visiteur).into());
    }
    Ok(Bureau {
        store: &visiteur.etat.store,
        commune: &visiteur.commune,
        portee: &agent.session.portee,
        le: visiteur.etat.horloge.maintenant(),
    })
}

/// `GET /{slug}/agent/agents`
pub(super) async fn agents(agent: Agent, retour: Retour) -> Result<Response, Arret> {
    montre(&agent, &Essai::default(), &retour).await
}

async fn montre(agent: &Agent, essai: &Essai<'_>, retour: &Retour) -> Result<Response, Arret> {
    let visiteur = &agent.visiteur;
    let comptes = bureau(agent)?.liste().await.map_err(|e| visiteur.etat.panne(&e))?;
    let mut cadre = visiteur.cadre("Agents");
    cadre.avis = retour.avis();
    let option = |(id, nom): (&str, &str)| OptionVue {
        valeur: id.to_owned(),
        libelle: nom.to_owned(),
        choisie: essai.roles.iter().any(|r| r == id),
    };
    let vue = PageAgents {
        cadre,
        refus: essai.refus.clone(),
        agents: comptes.iter().map(|c| vu(agent, c)).collect(),
        nom: essai.nom.to_owned(),
        courriel: essai.courriel.to_owned(),
        roles: roles(&visiteur.commune).into_iter().map(option).collect(),
        jeton: agent.session.jeton_de_formulaire(),
        action: format!("/{}/agent/agents", visiteur.slug),
    };
    let code = if essai.refus.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(page(&visiteur.etat, code, &vue))
}

fn vu(agent: &Agent, compte: &Compte) -> AgentVu {
    let visiteur = &agent.visiteur;
    let siens = match &compte.auteur {
        Some(Auteur::Agent { roles, .. }) => roles.as_slice(),
        _ => &[],
    };
    let (etat, genre) = match compte.etat {
        EtatCompte::EnAttente => ("à activer", Genre::Alerte),
        EtatCompte::Actif => ("actif", Genre::Succes),
        EtatCompte::Ferme => ("fermé", Genre::Info),
    };
    let ici = compte.auteur.as_ref().and_then(Auteur::agent) == agent.session.portee.auteur().agent();
    AgentVu {
        id: compte.id.to_string(),
        nom: compte.nom.clone().unwrap_or_default(),
        courriel: compte.courriel.clone(),
        roles: siens.iter().map(|r| nom_du_role(visiteur, r)).collect::<Vec<_>>().join(", "),
        etat: etat.to_owned(),
        genre,
        ici,
        a_fermer: !ici && compte.etat != EtatCompte::Ferme,
        a_recoder: !ici && compte.etat == EtatCompte::Actif && compte.demande_un_code(),
    }
}

fn nom_du_role(visiteur: &Visiteur, role: &str) -> String {
    let connus = roles(&visiteur.commune);
    connus.iter().find(|(id, _)| *id == role).map_or(role, |(_, nom)| nom).to_owned()
}

/// `POST /{slug}/agent/agents`
pub(super) async fn agit(agent: Agent, Form(paires): Paires) -> Result<Response, Arret> {
    let bureau = bureau(&agent)?;
    let visiteur = &agent.visiteur;
    cle(visiteur, &agent.session, &paires)?;
    let (nom, courriel) = (champ(&paires, "nom"), champ(&paires, "courriel"));
    let voulus: Vec<String> =
        paires.iter().filter(|(n, _)| n == "roles").map(|(_, role)| role.clone()).collect();
    let compte = CompteId::lit(champ(&paires, "compte"));
    let (fait, mot) = match (champ(&paires, "geste"), compte) {
        ("fermer", Ok(compte)) => (bureau.ferme(&compte).await.map(drop), "agent_ferme"),
        ("recoder", Ok(compte)) => (bureau.reinitialise_le_code(&compte).await.map(drop), "agent_recode"),
        _ => {
            let slug = visiteur.slug.as_str();
            let derive = |id: &_| visiteur.etat.liens.jeton_de_compte(slug, id);
            let neuf = Neuf { nom, courriel, roles: &voulus };
            (bureau.ouvre(&neuf, Remise::Lettre(&derive)).await.map(drop), "agent_ouvert")
        }
    };
    match fait {
        Ok(()) => Ok(Redirect::to(&format!("/{}/agent/agents?fait={mot}", visiteur.slug)).into_response()),
        Err(Refuse::Motif(motif)) => {
            let essai = Essai { refus: phrase(&motif), nom, courriel, roles: &voulus };
            montre(&agent, &essai, &Retour::default()).await
        }
        Err(Refuse::Store(erreur)) => Err(visiteur.etat.panne(&erreur).into()),
    }
}

/// A sentence of the command line, as a page writes it.
fn phrase(motif: &str) -> String {
    let mut lettres = motif.chars();
    let premiere = lettres.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
    let reste = lettres.as_str().replace('\'', "’");
    let point = if reste.ends_with('.') { "" } else { "." };
    format!("{premiere}{reste}{point}")
}
