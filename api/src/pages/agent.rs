//! The agents' work list and their page of a dossier.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use engine::demarche::Phase;
use engine::identifiant::DossierId;
use engine_store::{FiltreDossiers, ResumeDossier};
use forms::suivi;
use forms::vues::{LigneTravail, PageTravail};
use rules::date_fr;

use super::connexion::Retour;
use super::suite::echec;
use super::{Arret, dossier, page, page_introuvable};
use crate::acts;
use crate::session::Agent;
use crate::state::Etat;

/// Most rows of the list.
const LIGNES: u32 = 200;

pub(super) fn routes() -> Router<Arc<Etat>> {
    Router::new()
        .route("/{slug}/agent/", get(travail))
        .route("/{slug}/agent/dossiers/{dossier}", get(un_dossier))
        .route("/{slug}/agent/dossiers/{dossier}/actes", post(acte))
}

/// `GET /{slug}/agent/`: what waits for an agent first, the oldest first; drafts are the families' own.
async fn travail(agent: Agent) -> Result<Response, Arret> {
    let visiteur = &agent.visiteur;
    let filtre = FiltreDossiers { nombre: LIGNES, ..FiltreDossiers::default() };
    let resumes = visiteur.etat.store.dossiers(&agent.session.portee, &filtre).await;
    let resumes = resumes.map_err(|e| visiteur.etat.panne(&e))?;
    let (mut a_traiter, mut autres) = (Vec::new(), Vec::new());
    for resume in resumes.iter().filter(|r| r.phase != Phase::Brouillon) {
        let ligne = ligne(&agent, resume).await?;
        if resume.phase.silence_court() { a_traiter.push(ligne) } else { autres.push(ligne) }
    }
    let vue = PageTravail { cadre: visiteur.cadre("Demandes"), a_traiter, autres };
    Ok(page(&visiteur.etat, StatusCode::OK, &vue))
}

async fn ligne(agent: &Agent, resume: &ResumeDossier) -> Result<LigneTravail, Arret> {
    let visiteur = &agent.visiteur;
    let commune = &visiteur.commune;
    let lu = acts::lit(&visiteur.etat, commune, &agent.session.portee, &resume.id).await;
    let lu = lu.map_err(|e| echec(visiteur, e))?;
    let prenom = lu.dossier.as_ref().map(|d| lu.prenom(d)).unwrap_or_default();
    let depot = lu.dossier.as_ref().and_then(|d| d.depose_le);
    let jour = depot.map(|d| date_fr::date_courte(d.to_zoned(commune.fuseau.clone()).date()));
    Ok(LigneTravail {
        href: format!("/{}/agent/dossiers/{}", visiteur.slug, resume.id),
        numero: resume.numero.clone().unwrap_or_else(|| "sans numéro".to_owned()),
        demarche: lu.demarche.nom.clone(),
        sujet: if prenom.is_empty() { "le foyer".to_owned() } else { prenom },
        depot: jour.unwrap_or_default(),
        etat: lu.demarche.etape(&resume.etape).map(|e| e.nom.clone()).unwrap_or_default(),
        genre: suivi::genre(resume.phase),
    })
}

/// `GET /{slug}/agent/dossiers/{dossier}`
async fn un_dossier(agent: Agent, Path((_, id)): Path<(String, String)>, retour: Retour) -> Response {
    let visiteur = &agent.visiteur;
    let Ok(id) = DossierId::lit(&id) else { return page_introuvable(&visiteur.etat, &visiteur.chemin) };
    match acts::lit(&visiteur.etat, &visiteur.commune, &agent.session.portee, &id).await {
        Ok(lu) => match &lu.dossier {
            Some(d) if d.phase != Phase::Brouillon => {
                dossier::page_dossier(visiteur, &agent.session, &lu, d, None, &retour).await
            }
            _ => page_introuvable(&visiteur.etat, &visiteur.chemin),
        },
        Err(erreur) => echec(visiteur, erreur),
    }
}

/// `POST /{slug}/agent/dossiers/{dossier}/actes`
async fn acte(
    agent: Agent,
    Path((_, id)): Path<(String, String)>,
    Form(paires): Form<Vec<(String, String)>>,
) -> Result<Response, Arret> {
    dossier::agit(&agent.visiteur, &agent.session, &id, &paires).await
}
