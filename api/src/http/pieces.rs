//! A document of a dossier: its bytes are the body, its format is recognised from them.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode, header};
use engine::demarche::Evenement;
use engine::identifiant::{DossierId, FichierId};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

use super::Probleme;
use super::appel::{Appel, Cle};
use super::dossiers::montre;
use crate::acts;
use crate::files::{Format, TAILLE_MAX};
use crate::routes::{Acces, Routes};

pub(crate) fn routes() -> Routes {
    Routes::default()
        .post("/{slug}/api/v1/dossiers/{id}/pieces/{piece}", Acces::Famille, depose)
        .corps(TAILLE_MAX)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Precisions {
    /// The date written on the document.
    date: Option<Date>,
}

/// `POST dossiers/{id}/pieces/{piece}?date=2025-08-20`
async fn depose(
    appel: Appel,
    Path((_, id, piece)): Path<(String, String, String)>,
    precisions: Result<Query<Precisions>, QueryRejection>,
    Cle(cle): Cle,
    entetes: HeaderMap,
    octets: Bytes,
) -> Result<Json<Value>, Probleme> {
    let genre = entetes.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    // a form of another site can only send the other types
    if !["application/pdf", "image/jpeg", "image/png"].contains(&genre) || Format::reconnu(&octets).is_none()
    {
        return Err(Probleme::nouveau(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "format",
            "Format non accepté",
            "Envoyez un PDF, un JPEG ou un PNG, avec son Content-Type (application/pdf, image/jpeg, image/png).",
        ));
    }
    let Ok(Query(precisions)) = precisions else {
        return Err(Probleme::illisible("La date du document s’écrit 2025-08-20."));
    };
    let id = DossierId::lit(&id).map_err(|_| Probleme::introuvable())?;
    let (etat, commune) = (&appel.visiteur.etat, &appel.visiteur.commune);
    let portee = &appel.session.portee;
    let echec = |e| Probleme::acte(commune, e);
    // whose dossier it is, before anything is kept
    let avant = acts::lit(etat, commune, portee, &id).await.map_err(echec)?;
    // its content names it: sent twice, it is kept once
    let fichier = FichierId::neuf(acts::graine(&id, &octets));
    let evenement = Evenement::DeposerPiece { piece, fichiers: vec![fichier.clone()], date: precisions.date };
    // … and whether it takes this document
    avant.decide(portee.auteur(), &evenement).map_err(|r| echec(acts::Echec::Refus(Box::new(r))))?;
    if let Err(erreur) = etat.fichiers.garde(&appel.visiteur.slug, &fichier, &octets).await {
        tracing::error!(%erreur, "document");
        let detail = "Le document n’a pas pu être gardé. Renvoyez-le.";
        let code = StatusCode::INTERNAL_SERVER_ERROR;
        return Err(Probleme::nouveau(code, "panne", "Une erreur est survenue", detail));
    }
    let id = acts::agit(etat, commune, portee, &id, &evenement, Some(&cle)).await.map_err(echec)?;
    let lu = acts::lit(etat, commune, portee, &id).await.map_err(echec)?;
    montre(&appel, &lu).map(Json)
}
