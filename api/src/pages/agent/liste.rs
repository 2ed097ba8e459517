//! The files of an étape, or those already decided.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use engine::decision::Refus;
use engine::demarche::{Action, Demarche, est};
use engine_store::{Curseur, EnTravail, Erreur};
use forms::suivi;
use forms::vues::{LigneTravail, PageListe};
use serde::Deserialize;

use super::{age, aujourdhui, limite, siennes, sujet};
use crate::pages::{Arret, page, page_introuvable};
use crate::session::Agent;

/// Files on a page.
const LIGNES: u32 = 50;

/// Where the page before ended.
#[derive(Debug, Deserialize)]
pub(super) struct Suite {
    apres: Option<String>,
}

impl Suite {
    fn lit(&self) -> Option<Curseur> {
        Curseur::lit(self.apres.as_deref()?)
    }
}

/// `GET /{slug}/agent/etapes/{demarche}/{etape}`
pub(super) async fn etape(
    agent: Agent,
    Path((_, id, etape)): Path<(String, String, String)>,
    Query(suite): Query<Suite>,
) -> Result<Response, Arret> {
    let visiteur = &agent.visiteur;
    let Some((demarche, etape)) = siennes(&agent)
        .into_iter()
        .find(|d| d.id == id)
        .and_then(|d| Some((d, d.etapes.iter().find(|e| e.id == etape)?)))
    else {
        return Ok(page_introuvable(&visiteur.etat, &visiteur.chemin));
    };
    let store = &visiteur.etat.store;
    let dossiers = store
        .ouverts(&agent.session.portee, (&demarche.id, &etape.id), suite.lit().as_ref(), LIGNES)
        .await
        .map_err(|e| visiteur.etat.panne(&e))?;
    let auteur = agent.session.portee.auteur();
    // what everybody of the role may do; conditions are looked at file by file in the preview
    let actions: Vec<(&Action, _)> = etape
        .actions
        .iter()
        .filter(|a| a.par.iter().any(|p| est(demarche, p, auteur)))
        .map(|a| (a, None))
        .collect();
    liste(&agent, demarche, &format!("{} : {}", demarche.nom, etape.nom), &dossiers, &actions).await
}

/// `GET /{slug}/agent/decidees/{demarche}`
pub(super) async fn decidees(
    agent: Agent,
    Path((_, id)): Path<(String, String)>,
    Query(suite): Query<Suite>,
) -> Result<Response, Arret> {
    let visiteur = &agent.visiteur;
    let Some(demarche) = siennes(&agent).into_iter().find(|d| d.id == id) else {
        return Ok(page_introuvable(&visiteur.etat, &visiteur.chemin));
    };
    let dossiers = visiteur
        .etat
        .store
        .finis(&agent.session.portee, &demarche.id, suite.lit().as_ref(), LIGNES)
        .await
        .map_err(|e| visiteur.etat.panne(&e))?;
    liste(&agent, demarche, &format!("{} : demandes décidées", demarche.nom), &dossiers, &[]).await
}

async fn liste(
    agent: &Agent,
    demarche: &Demarche,
    titre: &str,
    dossiers: &[EnTravail],
    actions: &[(&Action, Option<Refus>)],
) -> Result<Response, Arret> {
    let visiteur = &agent.visiteur;
    let mut lignes = Vec::with_capacity(dossiers.len());
    for dossier in dossiers {
        lignes.push(ligne(agent, demarche, dossier).await.map_err(|e| visiteur.etat.panne(&e))?);
    }
    let pleine = u32::try_from(dossiers.len()) == Ok(LIGNES);
    let suite = dossiers
        .last()
        .filter(|_| pleine)
        .map(|d| format!("{}?apres={}", visiteur.chemin, d.curseur().texte()));
    let vue = PageListe {
        cadre: visiteur.cadre(titre),
        titre: titre.to_owned(),
        lignes,
        actions: suivi::actions(demarche, actions),
        jeton: if actions.is_empty() { String::new() } else { agent.session.jeton_de_formulaire() },
        action: format!("/{}/agent/lot", visiteur.slug),
        suite: suite.unwrap_or_default(),
    };
    Ok(page(&visiteur.etat, StatusCode::OK, &vue))
}

async fn ligne(agent: &Agent, demarche: &Demarche, d: &EnTravail) -> Result<LigneTravail, Erreur> {
    let fuseau = &agent.visiteur.commune.fuseau;
    let jour = aujourdhui(agent);
    let (texte, genre) = limite(fuseau, d.limite_le.filter(|_| d.phase.silence_court()), jour);
    let charge = match &d.agent {
        None => "",
        Some(a) if Some(a) == agent.session.portee.auteur().agent() => "vous",
        Some(_) => "un autre agent",
    };
    Ok(LigneTravail {
        id: d.id.to_string(),
        href: format!("/{}/agent/dossiers/{}", agent.visiteur.slug, d.id),
        numero: d.numero.clone().unwrap_or_else(|| "sans numéro".to_owned()),
        sujet: sujet(agent, d).await?,
        age: age(fuseau, d.entree_le, jour),
        limite: texte,
        genre,
        charge: charge.to_owned(),
        etat: demarche.etape(&d.etape).map(|e| e.nom.clone()).unwrap_or_default(),
    })
}
