//! A document that the town hall made about a file, to be read, saved or printed.

use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use engine::demarche::Dossier;
use engine::identifiant::DossierId;
use engine_store::Erreur;
use sha2::{Digest as _, Sha256};

use super::agent::sien;
use super::{Arret, page_introuvable};
use crate::routes::{Acces, Routes};
use crate::session::{Agent, Ouverte, Parent, Visiteur};

/// Its own style, by its fingerprint (CSP 3, hash source), and nothing else: a document keeps the style that it was made with.
fn politique(html: &[u8]) -> String {
    let texte = std::str::from_utf8(html).unwrap_or_default();
    let style = texte.split_once("<style>").and_then(|(_, suite)| suite.split_once("</style>"));
    let source = style.map_or_else(
        || "'none'".to_owned(),
        |(style, _)| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(style))),
    );
    format!(
        "default-src 'none'; style-src {source}; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
    )
}

pub(super) fn routes() -> Routes {
    Routes::default().get("/{slug}/dossiers/{dossier}/documents/{n}", Acces::Famille, pour_la_famille).get(
        "/{slug}/agent/dossiers/{dossier}/documents/{n}",
        Acces::Agent,
        pour_un_agent,
    )
}

type Adresse = Path<(String, String, usize)>;

/// `GET /{slug}/dossiers/{dossier}/documents/{n}`: the `n`-th (from 1).
async fn pour_la_famille(parent: Parent, Path((_, id, n)): Adresse) -> Result<Response, Arret> {
    let visiteur = &parent.visiteur;
    let lu = lit(visiteur, &parent.session, &id).await.map_err(|e| visiteur.etat.panne(&e))?;
    envoie(visiteur, lu, n).await
}

/// `GET /{slug}/agent/dossiers/{dossier}/documents/{n}`: who read it is written down before it is sent.
async fn pour_un_agent(agent: Agent, Path((_, id, n)): Adresse) -> Result<Response, Arret> {
    let (visiteur, portee) = (&agent.visiteur, &agent.session.portee);
    let etat = &visiteur.etat;
    let lu = lit(visiteur, &agent.session, &id).await.map_err(|e| etat.panne(&e))?;
    let lu = lu.filter(|d| sien(visiteur, &agent.session, d));
    if let Some(foyer) = lu.as_ref().and_then(|d| d.foyer.as_ref()) {
        let detail = Some(format!("{id}/document/{n}"));
        let note = etat.store.consigne(portee, foyer, "lire_document", detail, etat.horloge.maintenant());
        note.await.map_err(|e| etat.panne(&e))?;
    }
    envoie(visiteur, lu, n).await
}

/// The dossier, if it is in this scope.
async fn lit(visiteur: &Visiteur, session: &Ouverte, id: &str) -> Result<Option<Dossier>, Erreur> {
    match DossierId::lit(id) {
        Ok(id) => visiteur.etat.store.dossier(&session.portee, &id).await,
        Err(_) => Ok(None),
    }
}

async fn envoie(visiteur: &Visiteur, dossier: Option<Dossier>, n: usize) -> Result<Response, Arret> {
    let etat = &visiteur.etat;
    let fait = dossier.as_ref().zip(n.checked_sub(1)).and_then(|(d, rang)| d.documents.get(rang));
    let Some(fait) = fait else { return Ok(page_introuvable(etat, &visiteur.chemin)) };
    let octets = etat.fichiers.lit(&visiteur.slug, &fait.fichier).await.map_err(|e| etat.panne(&e))?;
    let numero = dossier.as_ref().and_then(|d| d.numero.as_deref()).unwrap_or("dossier");
    let nom = format!("inline; filename=\"{numero}-{}.html\"", fait.modele);
    Ok((
        [
            (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
            (CONTENT_DISPOSITION, nom),
            (CACHE_CONTROL, "no-store".to_owned()),
            (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
            (CONTENT_SECURITY_POLICY, politique(&octets)),
        ],
        Body::from(octets),
    )
        .into_response())
}
