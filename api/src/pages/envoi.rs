//! A family sends a document.

use axum::extract::{Multipart, Path};
use axum::response::{IntoResponse, Redirect, Response};
use engine::demarche::Evenement;
use engine::identifiant::DossierId;
use jiff::civil::Date;

use super::connexion::Retour;
use super::suite::echec;
use super::suivi::{self, PiecesDites};
use super::{Arret, dossier, page_introuvable, page_perimee};
use crate::acts::{self, Echec};
use crate::files::{Format, TAILLE_MAX};
use crate::routes::{Acces, Routes};
use crate::session::Famille;

pub(super) fn routes() -> Routes {
    Routes::default()
        // a little more than a document, for the form around it
        .post("/{slug}/dossiers/{dossier}/pieces", Acces::Demandeur, envoie)
        .corps(TAILLE_MAX + 64 * 1024)
}

#[derive(Default)]
struct Envoi {
    jeton: String,
    piece: String,
    date: String,
    octets: Vec<u8>,
}

/// Reads the parts; a document that is too long is cut just above the limit, which is enough to refuse it.
async fn lit(mut parties: Multipart) -> Result<Envoi, Arret> {
    let mut envoi = Envoi::default();
    while let Some(mut partie) = parties.next_field().await.map_err(|e| Arret::from(e.into_response()))? {
        let nom = partie.name().unwrap_or_default().to_owned();
        let mut octets = Vec::new();
        while let Some(morceau) = partie.chunk().await.map_err(|e| Arret::from(e.into_response()))? {
            if octets.len() <= TAILLE_MAX {
                octets.extend_from_slice(&morceau);
            }
        }
        match nom.as_str() {
            "fichier" => envoi.octets = octets,
            "_jeton" => envoi.jeton = String::from_utf8_lossy(&octets).into_owned(),
            "date" => envoi.date = String::from_utf8_lossy(&octets).into_owned(),
            "piece" => envoi.piece = String::from_utf8_lossy(&octets).into_owned(),
            _ => {}
        }
    }
    Ok(envoi)
}

/// What is wrong with the document.
fn defaut(octets: &[u8]) -> Option<&'static str> {
    if octets.is_empty() {
        Some("Choisissez un fichier, puis envoyez-le.")
    } else if octets.len() > TAILLE_MAX {
        Some("Ce fichier dépasse 5 Mo : réduisez-le, ou prenez une photo moins grande.")
    } else if Format::reconnu(octets).is_none() {
        Some("Ce fichier n’est ni un PDF, ni une photo JPEG ou PNG : enregistrez-le dans un de ces formats.")
    } else {
        None
    }
}

/// The documents again, with what is wrong beside the one just sent.
async fn montre(famille: &Famille, id: &str, erreur: (&str, &str)) -> Result<Response, Arret> {
    let (visiteur, session) = (&famille.visiteur, &famille.session);
    let (lu, dossier) = dossier::lu(visiteur, session, &dossier::identifiant(visiteur, id)?).await?;
    let dites = PiecesDites { erreur: Some(erreur), ..PiecesDites::default() };
    Ok(suivi::pieces(visiteur, session, &lu, &dossier, dites, &Retour::default()))
}

/// `POST /{slug}/dossiers/{dossier}/pieces`
async fn envoie(
    famille: Famille,
    Path((_, dossier)): Path<(String, String)>,
    parties: Multipart,
) -> Result<Response, Arret> {
    let visiteur = &famille.visiteur;
    let envoi = lit(parties).await?;
    if famille.session.cle_de_formulaire(&envoi.jeton).is_none() {
        return Ok(page_perimee(visiteur));
    }
    let date = envoi.date.parse::<Date>().ok();
    let illisible = (!envoi.date.is_empty() && date.is_none())
        .then_some("Écrivez la date du document, par exemple 21/04/2025.");
    if let Some(motif) = defaut(&envoi.octets).or(illisible) {
        return montre(&famille, &dossier, (&envoi.piece, motif)).await;
    }
    let Ok(id) = DossierId::lit(&dossier) else {
        return Ok(page_introuvable(&visiteur.etat, &visiteur.chemin));
    };
    // its content names it: sent twice, it is kept once
    let fichier = visiteur.etat.fichiers.nomme(&visiteur.slug, &id, &envoi.octets);
    let fichier = fichier.map_err(|e| visiteur.etat.panne(&e))?;
    let piece = envoi.piece.clone();
    let evenement = Evenement::DeposerPiece { piece: envoi.piece, fichiers: vec![fichier.clone()], date };
    let portee = &famille.session.portee;
    // whose dossier it is, and whether it takes this document, before a byte is kept
    match acts::lit(&visiteur.etat, &visiteur.commune, portee, &id).await {
        Err(erreur) => return Ok(echec(visiteur, erreur)),
        Ok(lu) => match lu.decide(portee.auteur(), &evenement) {
            Ok(_) => {}
            Err(refus) if refus.regle.starts_with("piece.") => {
                return montre(&famille, &dossier, (&piece, &refus.motif)).await;
            }
            Err(refus) => return Ok(echec(visiteur, Echec::Refus(Box::new(refus)))),
        },
    }
    if let Err(erreur) = visiteur.etat.fichiers.garde(&visiteur.slug, &fichier, &envoi.octets).await {
        return Ok(visiteur.etat.panne(&erreur));
    }
    Ok(match acts::agit(&visiteur.etat, &visiteur.commune, portee, &id, &evenement, None).await {
        // what is wrong with the document is said beside it
        Err(Echec::Refus(refus)) if refus.regle.starts_with("piece.") => {
            montre(&famille, &dossier, (&piece, &refus.motif)).await?
        }
        Ok(id) => {
            Redirect::to(&format!("/{}/dossiers/{id}/pieces?fait=piece", visiteur.slug)).into_response()
        }
        Err(erreur) => echec(visiteur, erreur),
    })
}
