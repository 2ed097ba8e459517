//! `/_versions`: for whoever runs the process, from the machine itself.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use engine::identifiant::CommuneSlug;
use engine_store::{Erreur, Publication};
use forms::vues::{LignePublication, PageVersions, VilleSuivie};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rules::date_fr;

use super::page;
use crate::state::Etat;

/// Most lines of a town's journal.
const LIGNES: u32 = 10;

/// `GET /_versions`
pub(super) async fn versions(State(etat): State<Arc<Etat>>) -> Response {
    let noms: BTreeSet<&String> = etat.communes.keys().chain(etat.refusees.keys()).collect();
    let mut villes = Vec::new();
    for nom in noms {
        match suivie(&etat, nom).await {
            Ok(ville) => villes.push(ville),
            Err(erreur) => return etat.panne(&erreur),
        }
    }
    page(
        &etat,
        StatusCode::OK,
        &PageVersions { cadre: etat.cadre("Versions en service", "/_versions"), villes },
    )
}

async fn suivie(etat: &Etat, nom: &str) -> Result<VilleSuivie, Erreur> {
    let commune = etat.communes.get(nom);
    let fuseau = commune.map_or(TimeZone::UTC, |c| c.fuseau.clone());
    let dit = |le: Timestamp| date_fr::instant(le.to_zoned(fuseau.clone()).datetime());
    let (mut publications, mut morts) = (Vec::new(), 0);
    if let Ok(slug) = CommuneSlug::lit(nom) {
        let portee = etat.store.portee_de_commande(&slug, "versions");
        publications = etat.store.publications(&portee, LIGNES).await?;
        morts = etat.store.nombre_d_effets_morts(&slug).await?;
    }
    let refusee = etat.refusees.get(nom);
    let maintenant = etat.horloge.reel();
    Ok(VilleSuivie {
        nom: commune.map_or_else(|| nom.to_owned(), |c| c.nom.clone()),
        en_service: commune
            .map(|c| en_service(&c.digest, &publications, maintenant, dit))
            .unwrap_or_default(),
        refus: refusee.map(|r| r.raison.clone()).unwrap_or_default(),
        refus_le: refusee.map(|r| dit(r.le)).unwrap_or_default(),
        diagnostics: refusee.map(|r| r.diagnostics.clone()).unwrap_or_default(),
        effets_morts: morts,
        publications: publications
            .iter()
            .map(|p| LignePublication {
                version: court(&p.digest),
                depuis: dit(p.depuis) + if p.depuis > maintenant { " (à venir)" } else { "" },
                auteur: p.auteur.clone(),
                resume: p.resume.clone(),
            })
            .collect(),
    })
}

fn en_service(
    digest: &str,
    publications: &[Publication],
    maintenant: Timestamp,
    dit: impl Fn(Timestamp) -> String,
) -> String {
    let version = court(digest);
    match publications.iter().find(|p| p.digest == digest && p.depuis <= maintenant) {
        Some(p) => {
            format!("Version {version}, en service depuis le {}, publiée par {}.", dit(p.depuis), p.auteur)
        }
        None => format!("Version {version}."),
    }
}

fn court(digest: &str) -> String {
    digest.chars().take(12).collect()
}
