//! HTML pages, one group a file.

mod accueil;
mod agenda;
mod agent;
mod cle;
mod commune;
mod compte;
mod connexion;
mod courrier;
mod demandes;
mod dossier;
mod ecran;
mod envoi;
mod erreur;
mod feuillet;
mod foyer;
mod gestes;
mod horloge;
mod imprime;
mod joindre;
mod lien;
mod pieces;
mod premiere;
mod presentation;
mod reservations;
mod suggestions;
mod suite;
mod suivi;
mod versions;

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use forms::gabarit::Vue;

pub(crate) use cle::contact as contact_des_cles;
pub(crate) use commune::affiche;
pub(crate) use erreur::{
    page_de_la_machine, page_doublon, page_du_code, page_interdite, page_introuvable, page_lien_passe,
    page_perimee, page_refus, page_sans_session, page_trop_souvent,
};

use crate::assets;
use crate::routes::{Acces, Routes};
use crate::state::Etat;

/// A page that ends a request before its handler does.
pub(crate) struct Arret(Box<Response>);

impl From<Response> for Arret {
    fn from(reponse: Response) -> Self {
        Self(Box::new(reponse))
    }
}

impl IntoResponse for Arret {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// The routes of the pages.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/", Acces::Public, accueil::accueil)
        .get("/statique/{fichier}", Acces::Public, assets::statique)
        .post("/_horloge", Acces::Demonstration, horloge::regle)
        .get("/_courrier", Acces::Demonstration, courrier::courrier)
        .get("/_versions", Acces::Exploitant, versions::versions)
        .get("/{slug}/connexion", Acces::Public, connexion::formulaire)
        .post("/{slug}/connexion", Acces::Public, connexion::entre)
        .post("/{slug}/deconnexion", Acces::Public, connexion::sort)
        .merge(commune::routes())
        .merge(compte::routes())
        .merge(cle::routes())
        .merge(premiere::routes())
        .merge(presentation::routes())
        .merge(suggestions::routes())
        .merge(demandes::routes())
        .merge(foyer::routes())
        .merge(dossier::routes())
        .merge(envoi::routes())
        .merge(ecran::routes())
        .merge(gestes::routes())
        .merge(joindre::routes())
        .merge(lien::routes())
        .merge(pieces::routes())
        .merge(suivi::routes())
        .merge(imprime::routes())
        .merge(reservations::routes())
        .merge(agent::routes())
}

/// The page, or the plain sentence that is left when a template fails.
pub(crate) fn page<V: Vue>(etat: &Etat, code: StatusCode, vue: &V) -> Response {
    match etat.gabarits.rend(vue) {
        Ok(html) => (code, Html(html)).into_response(),
        Err(erreur) => {
            tracing::error!(gabarit = V::GABARIT, %erreur, "template");
            let phrase = "Une erreur est survenue de notre côté. Réessayez dans un instant.";
            (StatusCode::INTERNAL_SERVER_ERROR, Html(phrase)).into_response()
        }
    }
}
