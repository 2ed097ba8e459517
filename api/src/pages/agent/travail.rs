//! `/{slug}/agent/`: what waits for an answer, counted by service and étape.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine_store::{CompteEtape, Erreur};
use forms::vues::{Genre, Lien, PageTravail, ServiceTravail, TravailEtape};
use serde::Deserialize;

use super::{age, aujourdhui, limite, siennes};
use crate::attachment;
use crate::deliveries;
use crate::pages::{Arret, page};
use crate::session::Agent;

/// Most households shown where two sheets may be one person: the oldest.
const QUESTIONS: u32 = 20;

#[derive(Debug, Deserialize)]
pub(super) struct Recherche {
    numero: Option<String>,
}

/// `GET /{slug}/agent/`, and `?numero=2025-00042` to open a file by what is read over the telephone.
pub(super) async fn travail(agent: Agent, Query(recherche): Query<Recherche>) -> Result<Response, Arret> {
    let visiteur = &agent.visiteur;
    let (etat, commune) = (&visiteur.etat, &visiteur.commune);
    let demarches = siennes(&agent);
    let numero = recherche.numero.as_deref().map(str::trim).filter(|n| !n.is_empty());
    if let Some(numero) = numero {
        let trouve = etat.store.dossier_numero(&agent.session.portee, numero).await;
        let trouve = trouve.map_err(|e| etat.panne(&e))?;
        if let Some(d) = trouve.filter(|d| demarches.iter().any(|s| s.id == d.demarche)) {
            let adresse = format!("/{}/agent/dossiers/{}", visiteur.slug, d.id);
            return Ok(Redirect::to(&adresse).into_response());
        }
    }
    let comptes = etat.store.travail(&agent.session.portee).await.map_err(|e| etat.panne(&e))?;
    let jour = aujourdhui(&agent);
    let etape = |compte: &CompteEtape| {
        let demarche = demarches.iter().find(|d| d.id == compte.demarche)?;
        let (texte, genre) = limite(&commune.fuseau, compte.limite_le, jour);
        Some(TravailEtape {
            href: format!("/{}/agent/etapes/{}/{}", visiteur.slug, compte.demarche, compte.etape),
            demarche: demarche.nom.clone(),
            etape: demarche.etape(&compte.etape).map_or_else(|| compte.etape.clone(), |e| e.nom.clone()),
            nombre: compte.nombre,
            age: age(&commune.fuseau, compte.depuis, jour),
            limite: texte,
            genre,
        })
    };
    let services = commune.contacts.iter().filter_map(|contact| {
        let siennes = demarches.iter().filter(|d| d.instruit_par == contact.id);
        let etapes: Vec<TravailEtape> =
            siennes.flat_map(|d| comptes.iter().filter(|c| c.demarche == d.id)).filter_map(etape).collect();
        (!etapes.is_empty()).then(|| ServiceTravail { nom: contact.nom.clone(), etapes })
    });
    let envois = deliveries::en_attente(etat, commune, &agent.session.portee).await;
    let envois = envois.map_err(|e| etat.panne(&e))?.len();
    let foyers = a_rapprocher(&agent).await.map_err(|e| etat.panne(&e))?;
    let vue = PageTravail {
        foyers,
        envois,
        href_envois: format!("/{}/agent/envois", visiteur.slug),
        cadre: visiteur.cadre("Demandes"),
        services: services.collect(),
        decidees: demarches
            .iter()
            .map(|d| TravailEtape {
                href: format!("/{}/agent/decidees/{}", visiteur.slug, d.id),
                demarche: d.nom.clone(),
                etape: String::new(),
                nombre: 0,
                age: String::new(),
                limite: String::new(),
                genre: Genre::Info,
            })
            .collect(),
        introuvable: numero.unwrap_or_default().chars().take(20).collect(),
    };
    Ok(page(etat, StatusCode::OK, &vue))
}

/// The households where two sheets may be one person, for whoever attaches families.
async fn a_rapprocher(agent: &Agent) -> Result<Vec<Lien>, Erreur> {
    let visiteur = &agent.visiteur;
    let (store, portee) = (&visiteur.etat.store, &agent.session.portee);
    if !attachment::rattache(&visiteur.commune, portee.auteur()) {
        return Ok(Vec::new());
    }
    let mut liens: Vec<Lien> = Vec::new();
    for un in store.rapprochements(portee, QUESTIONS).await? {
        let href = format!("/{}/agent/foyers/{}", visiteur.slug, un.foyer);
        if liens.iter().any(|l| l.href == href) {
            continue;
        }
        let (declaree, connue) = (
            store.designation(portee, &un.declaree).await?.en_entier(),
            store.designation(portee, &un.connue).await?.en_entier(),
        );
        liens.push(Lien { titre: format!("{declaree} est-il ou elle {connue} ?"), href });
    }
    Ok(liens)
}
