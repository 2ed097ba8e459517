//! The secret link of a request made without an account: opened, or put in a family's space.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::decision::Auteur;
use engine::demarche::Evenement;
use engine_store::{Erreur, Jeton, Portee};
use forms::vues::PageLien;

use super::dossier::{Paires, cle};
use super::suite::echec;
use super::{Arret, page, page_introuvable, page_lien_passe};
use crate::acts::{self, ESSAIS, Echec, Lu};
use crate::routes::{Acces, Routes};
use crate::session::{self, Visiteur};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/{slug}/suivi/{jeton}", Acces::Public, lien)
        .post("/{slug}/suivi/{jeton}", Acces::Public, ouvre)
        .post("/{slug}/suivi/{jeton}/rattachement", Acces::Famille, rattache)
}

/// The token of an address, what it shows, and its dossier; a link that shows nothing any more is a page that does not exist.
async fn lit<'v>(visiteur: &'v Visiteur, jeton: &str) -> Result<(Jeton, Portee, Lu<'v>), Arret> {
    let absent = || Arret::from(page_introuvable(&visiteur.etat, &format!("/{}/suivi/", visiteur.slug)));
    let jeton = Jeton::lit(jeton).ok_or_else(absent)?;
    let etat = &visiteur.etat;
    let reel = etat.horloge.reel();
    let portee = etat.store.portee_de_suivi(&visiteur.slug, &jeton, reel).await;
    let Some(portee) = portee.map_err(|e| etat.panne(&e))? else {
        let passe = etat.store.suivi_passe(&visiteur.slug, &jeton, reel).await;
        return Err(match passe.map_err(|e| etat.panne(&e))? {
            true => page_lien_passe(visiteur).into(),
            false => absent(),
        });
    };
    let id = portee.dossier().cloned().ok_or_else(absent)?;
    let lu = acts::lit(etat, &visiteur.commune, &portee, &id).await.map_err(|e| echec(visiteur, e))?;
    Ok((jeton, portee, lu))
}

/// `GET /{slug}/suivi/{jeton}`: nothing is written, so that a mail program may look at the link.
async fn lien(visiteur: Visiteur, Path((_, jeton)): Path<(String, String)>) -> Result<Response, Arret> {
    let (jeton, _, lu) = lit(&visiteur, &jeton).await?;
    let famille = visiteur.famille().filter(|(s, _)| matches!(s.portee.auteur(), Auteur::Parent { .. }));
    let vue = PageLien {
        cadre: visiteur.cadre_sans_chemin("Suivre ma demande"),
        demarche: lu.demarche.nom.clone(),
        numero: lu.dossier.as_ref().and_then(|d| d.numero.clone()).unwrap_or_default(),
        adresse: format!("/{}/suivi/{}", visiteur.slug, jeton.texte()),
        jeton: famille.as_ref().map(|(s, _)| s.jeton_de_formulaire()).unwrap_or_default(),
        rattachable: famille.is_some(),
    };
    Ok(page(&visiteur.etat, StatusCode::OK, &vue))
}

/// `POST /{slug}/suivi/{jeton}`: the link becomes the cookie.
async fn ouvre(visiteur: Visiteur, Path((_, jeton)): Path<(String, String)>) -> Result<Response, Arret> {
    let (jeton, portee, _) = lit(&visiteur, &jeton).await?;
    let dossier = portee.dossier().map(ToString::to_string).unwrap_or_default();
    Ok(session::entree(
        &visiteur.etat,
        &visiteur.slug,
        &jeton,
        &format!("/{}/dossiers/{dossier}", visiteur.slug),
    ))
}

/// `POST /{slug}/suivi/{jeton}/rattachement`
async fn rattache(
    visiteur: Visiteur,
    Path((_, jeton)): Path<(String, String)>,
    Form(paires): Paires,
) -> Result<Response, Arret> {
    let Some((session, foyer)) = visiteur.famille() else { return Ok(visiteur.a_l_entree()) };
    let cle = cle(&visiteur, &session, &paires)?;
    let evenement = Evenement::Rattacher { foyer };
    let mut essais = 0;
    let id = loop {
        // read again when another family was quicker: the link then leads nowhere
        let (_, _, lu) = lit(&visiteur, &jeton).await?;
        match acts::commet(&visiteur.etat, &session.portee, &lu, &evenement, Some(&cle)).await {
            Err(Echec::Store(Erreur::Garde(_))) if essais < ESSAIS => essais += 1,
            fait => break fait.map_err(|e| echec(&visiteur, e))?.id,
        }
    };
    Ok(Redirect::to(&format!("/{}/dossiers/{id}?fait=rattacher", visiteur.slug)).into_response())
}
