//! A document of a dossier: its bytes are the body, its format is recognised from them.

use axum::body::Bytes;
use axum::extract::{OriginalUri, Path};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use engine::demarche::{Evenement, PieceDonnee};
use schemars::JsonSchema;
use serde::Deserialize;

use super::Probleme;
use super::appel::{Appel, Apres, Cle, empreinte};
use super::dossiers::{DossierVu, accomplit};
use super::operation::{Corps, Operation};
use super::valeurs::{Jour, dossier};
use crate::acts;
use crate::files::{Defaut, Recu, TAILLE_MAX};
use crate::routes::{Acces, Routes};
use crate::state::sans_place;

pub(super) fn routes() -> Routes {
    Routes::default()
        .post("/{slug}/api/v1/dossiers/{dossier}/pieces/{piece}", Acces::Famille, depose)
        .corps(TAILLE_MAX)
        .decrite(
            Operation::lit::<DossierVu>(
                "deposer_piece",
                "Joint un document : PDF, JPEG ou PNG, 5 Mio au plus.",
            )
            .requete::<Precisions>()
            .agit(Corps::Document, 200),
        )
}

/// What is said of a document.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Precisions {
    /// The date written on it.
    date: Option<Jour>,
}

/// `POST dossiers/{dossier}/pieces/{piece}?date=2025-08-20`
async fn depose(
    appel: Appel,
    Path((_, id, piece)): Path<(String, String, String)>,
    Apres(precisions): Apres<Precisions>,
    cle: Cle,
    entetes: HeaderMap,
    adresse: OriginalUri,
    octets: Bytes,
) -> Result<Response, Probleme> {
    let genre = entetes.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    // a form of another site can only send the other types
    if !["application/pdf", "image/jpeg", "image/png"].contains(&genre) {
        return Err(refuse(Defaut::Format));
    }
    let demande =
        empreinte("POST", &adresse.path_and_query().map(ToString::to_string).unwrap_or_default(), &octets);
    let fait = async {
        let id = dossier(&id)?;
        let (etat, commune) = (&appel.visiteur.etat, &appel.visiteur.commune);
        let portee = &appel.session.portee;
        let echec = |e| Probleme::acte(commune, e);
        // whose dossier it is, before anything is kept
        let avant = acts::lit(etat, commune, portee, &id).await.map_err(echec)?;
        let Recu { octets, format } =
            etat.fichiers.recoit(octets.into(), avant.formats(&piece)).await.map_err(refuse)?;
        // its content names it: sent twice, it is kept once
        let fichier = etat.fichiers.nomme(&appel.visiteur.slug, &id, &octets).map_err(|e| panne(&e))?;
        let fichiers = vec![fichier.clone()];
        let images = if format.est_image() { fichiers.clone() } else { Vec::new() };
        let date = precisions.date.map(|Jour(jour)| jour);
        let evenement =
            Evenement::DeposerPiece(PieceDonnee { piece, fichiers, images, date, en_plus: false });
        // … and whether it takes this document
        avant.decide(portee.auteur(), &evenement).map_err(|r| echec(acts::Echec::Refus(Box::new(r))))?;
        if let Err(erreur) = etat.fichiers.garde(&appel.visiteur.slug, &fichier, &octets).await {
            return Err(panne(&erreur));
        }
        accomplit(&appel, &id, &evenement, &cle).await
    };
    appel.une_fois(&cle, demande, fait).await
}

/// 415: another format; 422: one of those taken, which is not what it should be.
fn refuse(defaut: Defaut) -> Probleme {
    let (code, genre, titre) = match defaut {
        Defaut::Format | Defaut::Heic | Defaut::AutreFormat => {
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, "format", "Format non accepté")
        }
        Defaut::TropLourd => (StatusCode::PAYLOAD_TOO_LARGE, "taille", "Document trop lourd"),
        _ => (StatusCode::UNPROCESSABLE_ENTITY, "document", "Document refusé"),
    };
    let conseil = match defaut {
        Defaut::Format => " Le Content-Type est application/pdf, image/jpeg ou image/png.",
        _ => "",
    };
    Probleme::nouveau(code, genre, titre, &format!("{defaut}{conseil}"))
}

fn panne(erreur: &std::io::Error) -> Probleme {
    tracing::error!(%erreur, "document");
    if sans_place(erreur) {
        return Probleme::du_code(StatusCode::INSUFFICIENT_STORAGE);
    }
    let detail = "Le document n’a pas pu être gardé. Renvoyez-le.";
    let code = StatusCode::INTERNAL_SERVER_ERROR;
    Probleme::nouveau(code, "panne", "Une erreur est survenue", detail)
}
