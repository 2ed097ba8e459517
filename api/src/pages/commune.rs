//! A town's own pages that anybody may read.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use engine::commune::Commune;
use engine::demarche::Demarche;
use forms::couleur::Theme;
use forms::suivi::{self, Ou};
use forms::vues::{Accessibilite, ContactAffiche, PageCommune, PageDemarche, Tuile};

use super::{page, page_introuvable};
use crate::state::Etat;

pub(super) fn routes() -> Router<Arc<Etat>> {
    Router::new()
        .route("/{slug}", get(sans_barre))
        .route("/{slug}/", get(accueil))
        .route("/{slug}/theme.css", get(theme))
        .route("/{slug}/accessibilite", get(accessibilite))
        .route("/{slug}/demarches/{id}", get(demarche))
}

/// `GET /{slug}`
async fn sans_barre(State(etat): State<Arc<Etat>>, Path(slug): Path<String>) -> Response {
    if etat.communes.contains_key(&slug) {
        return Redirect::permanent(&format!("/{slug}/")).into_response();
    }
    page_introuvable(&etat, &format!("/{slug}"))
}

/// `GET /{slug}/`
async fn accueil(State(etat): State<Arc<Etat>>, Path(slug): Path<String>, uri: Uri) -> Response {
    let Some(commune) = etat.communes.get(&slug) else { return page_introuvable(&etat, uri.path()) };
    let vue = PageCommune {
        cadre: etat.cadre_de(commune, "Accueil", uri.path()),
        connexions: Vec::new(),
        dossiers: Vec::new(),
        tuiles: commune.demarches.iter().map(|d| tuile(commune, d)).collect(),
        contacts: contacts(commune),
    };
    page(&etat, StatusCode::OK, &vue)
}

/// `GET /{slug}/theme.css`: the town's colours. Its address changes with the town's definition.
async fn theme(State(etat): State<Arc<Etat>>, Path(slug): Path<String>) -> Response {
    let Some(commune) = etat.communes.get(&slug) else { return StatusCode::NOT_FOUND.into_response() };
    let portail = &commune.portail;
    let theme = portail.principale.as_deref().and_then(|p| Theme::nouveau(p, portail.texte.as_deref()));
    let css = theme.map(|t| t.css()).unwrap_or_default();
    let garde = "public, max-age=31536000, immutable";
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, garde)], css).into_response()
}

/// `GET /{slug}/accessibilite`
async fn accessibilite(State(etat): State<Arc<Etat>>, Path(slug): Path<String>, uri: Uri) -> Response {
    let Some(commune) = etat.communes.get(&slug) else { return page_introuvable(&etat, uri.path()) };
    let vue = Accessibilite {
        cadre: etat.cadre_de(commune, "Accessibilité", uri.path()),
        commune: commune.nom.clone(),
        contacts: contacts(commune),
    };
    page(&etat, StatusCode::OK, &vue)
}

/// `GET /{slug}/demarches/{id}`: what it is, before starting it.
async fn demarche(
    State(etat): State<Arc<Etat>>,
    Path((slug, id)): Path<(String, String)>,
    uri: Uri,
) -> Response {
    let trouvee = etat.communes.get(&slug).and_then(|c| Some((c, c.demarche(&id)?)));
    let Some((commune, demarche)) = trouvee else { return page_introuvable(&etat, uri.path()) };
    let vue = PageDemarche {
        cadre: etat.cadre_de(commune, &demarche.nom, uri.path()),
        jalons: suivi::jalons(demarche, Ou::Presentation),
        nom: demarche.nom.clone(),
        duree: demarche.duree.clone().unwrap_or_default(),
        service: service(commune, demarche),
        pieces: pieces(commune, demarche),
        silence: suivi::silence(&demarche.silence),
        source: demarche.source.clone().unwrap_or_default(),
        jeton: String::new(),
        action: String::new(),
        enfants: Vec::new(),
        refus: "Pour commencer votre demande, entrez dans votre espace depuis la page d’accueil.".to_owned(),
        brouillon: String::new(),
    };
    page(&etat, StatusCode::OK, &vue)
}

fn tuile(commune: &Commune, demarche: &Demarche) -> Tuile {
    let duree = demarche.duree.as_ref().map(|d| format!("{d} environ"));
    Tuile {
        href: format!("/{}/demarches/{}", commune.slug, demarche.id),
        titre: demarche.nom.clone(),
        detail: duree.unwrap_or_else(|| service(commune, demarche)),
    }
}

/// Name of the service that examines it.
fn service(commune: &Commune, demarche: &Demarche) -> String {
    let contact = commune.contacts.iter().find(|c| c.id == demarche.instruit_par);
    contact.map_or_else(|| demarche.instruit_par.clone(), |c| c.nom.clone())
}

/// Names of the documents that it asks.
fn pieces(commune: &Commune, demarche: &Demarche) -> Vec<String> {
    let nom = |id: &String| {
        commune.pieces.iter().find(|p| p.id == *id).map_or_else(|| id.clone(), |p| p.nom.clone())
    };
    demarche.pieces.iter().map(nom).collect()
}

/// The town hall's services; an address kept as a secret is not shown.
fn contacts(commune: &Commune) -> Vec<ContactAffiche> {
    commune
        .contacts
        .iter()
        .map(|c| ContactAffiche {
            nom: c.nom.clone(),
            lignes: [&c.telephone, &c.courriel, &c.adresse, &c.horaires]
                .into_iter()
                .flatten()
                .filter(|l| !l.starts_with("secret:"))
                .cloned()
                .collect(),
        })
        .collect()
}
