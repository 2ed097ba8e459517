//! Entering and leaving. In the demonstration one says who one is; real accounts come with their own proofs.

use axum::extract::{Form, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::decision::Auteur;
use jiff::ToSpan;
use serde::Deserialize;

use crate::demo;
use crate::session::{self, Visiteur};

#[derive(Debug, Deserialize)]
pub(super) struct Choix {
    identifiant: String,
}

/// `POST /{slug}/connexion`
pub(super) async fn entre(visiteur: Visiteur, Form(choix): Form<Choix>) -> Response {
    let etat = &visiteur.etat;
    if !etat.est_demonstration() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let comptes = match demo::comptes(&etat.store, &visiteur.commune, &visiteur.slug).await {
        Ok(comptes) => comptes,
        Err(erreur) => return etat.panne(&erreur),
    };
    let Some(compte) = comptes.into_iter().find(|c| c.identifiant == choix.identifiant) else {
        return Redirect::to(&format!("/{}/", visiteur.slug)).into_response();
    };
    let vers = match compte.auteur {
        Auteur::Agent { .. } => format!("/{}/agent/", visiteur.slug),
        _ => format!("/{}/", visiteur.slug),
    };
    // a session lives in real time, whatever the demonstration's clock says
    let reel = etat.horloge.reel();
    let expire = reel.checked_add(session::DUREE_HEURES.hours()).unwrap_or(reel);
    match etat.store.ouvre_session(&visiteur.slug, compte.auteur, reel, expire).await {
        Ok(jeton) => session::entree(etat, &visiteur.slug, &jeton, &vers),
        Err(erreur) => etat.panne(&erreur),
    }
}

/// `POST /{slug}/deconnexion`
pub(super) async fn sort(visiteur: Visiteur) -> Response {
    if let Some(session) = &visiteur.session
        && let Err(erreur) = visiteur.etat.store.ferme_session(&visiteur.slug, session::jeton(session)).await
    {
        return visiteur.etat.panne(&erreur);
    }
    session::sortie(&visiteur.etat, &visiteur.slug, &format!("/{}/", visiteur.slug))
}

/// What the previous act did, as the address of the next page says it: a word of this list, never a text.
#[derive(Debug, Deserialize, Default)]
pub(crate) struct Fait {
    fait: Option<String>,
}

impl Fait {
    /// The sentence.
    pub(crate) fn avis(&self) -> Option<forms::vues::Avis> {
        use forms::vues::{Avis, Genre};
        let (genre, texte) = match self.fait.as_deref()? {
            "entrer" => (Genre::Info, "Entrez dans votre espace pour continuer."),
            "agir" => (Genre::Succes, "C’est enregistré."),
            "copie" => (Genre::Succes, "Vos réponses sont reprises : vérifiez-les, puis continuez."),
            "ecrire" => (Genre::Succes, "Votre message est envoyé."),
            "rattacher" => (Genre::Succes, "Cette demande est maintenant dans votre espace."),
            "supprimer" => (Genre::Succes, "Le brouillon est supprimé."),
            "piece" => (Genre::Succes, "Votre document est bien reçu."),
            "retirer" => (Genre::Succes, "Le document est retiré."),
            "reserver" => (Genre::Succes, "La réservation est enregistrée."),
            "annuler" => (Genre::Succes, "La réservation est annulée."),
            _ => return None,
        };
        Some(Avis { genre, texte: texte.to_owned() })
    }
}

/// The extractor of [`Fait`].
pub(crate) type Retour = Query<Fait>;
